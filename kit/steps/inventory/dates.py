"""Column H: the month of publication, AAAA-MM, and what was meant where something else was typed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kit.steps.inventory.template import FACTS, fold
from kit.tables import parse_dates

_RIGHT = r"\d{4}-(?:0[1-9]|1[0-2])"
_SERIAL = r"\d{5}(?:\.0+)?"
_BETWEEN = r"(?:\s*[-/._‐‑–—−]\s*|\s+)"
_OTHER_MONTH = rf"^['’]?((?:19|20)\d\d)(?:{_BETWEEN}|(?=\d\d$))(\d{{1,2}})\s*[-/.]?$"  # 2015.10, 2015 - 10, 201510
_YEAR_FIRST = rf"^((?:19|20)\d\d){_BETWEEN}([^\W\d_]{{3,10}})\.?$"  # 2015-sep
_NO_DATE = frozenset(fold(word) for word in FACTS["no_date_words"]) | {""}
_FIRST_YEAR, _LAST_YEAR = FACTS["plausible_years"]
BLANK, RIGHT, WITH_DAY, SERIAL, OTHER, IMPLAUSIBLE, UNREADABLE = (
    "blank",
    "right",
    "with-day",
    "serial",
    "other",
    "implausible",
    "unreadable",
)


def judge(values: pd.Series) -> pd.DataFrame:
    """What each cell is, and the month it means.

    Returns:
        A table with the index of ``values``: ``kind`` (blank, right, with-day, serial: an Excel day number; other:
        readable but written otherwise; implausible: a year out of reach; unreadable) and ``month`` (AAAA-MM or "").
    """
    blank = values.map({value: fold(value) in _NO_DATE for value in values.unique()}).astype(bool).to_numpy()
    right = values.str.fullmatch(_RIGHT).to_numpy(dtype=bool)
    with_day = values.str.fullmatch(rf"{_RIGHT}-\d\d(?:[T ].*)?").to_numpy(dtype=bool)
    serial = values.str.fullmatch(_SERIAL).to_numpy(dtype=bool)
    told = values.where(~blank).astype("str").rename("fecha")  # a column that speaks of a date may hold day numbers
    named = told.where(right, _turned(told))
    dates, ok, _ = parse_dates(named)
    readable = ok.to_numpy(dtype=bool) & ~blank
    year = dates.dt.year.to_numpy()
    implausible = readable & ((year < _FIRST_YEAR) | (year > _LAST_YEAR))
    kinds = [BLANK, IMPLAUSIBLE, RIGHT, WITH_DAY, SERIAL, OTHER]
    masks = [blank, implausible, right & readable, with_day & readable, serial & readable, readable]
    month = dates.dt.strftime("%Y-%m").fillna("").where(readable & ~implausible, "")
    return pd.DataFrame({"kind": np.select(masks, kinds, UNREADABLE), "month": month}, index=values.index)


def _turned(values: pd.Series) -> pd.Series:
    """Months in the order and with the signs that a reader of dates knows."""
    months = values.str.replace(_OTHER_MONTH, r"\1-\2", regex=True)
    return months.str.replace(_YEAR_FIRST, r"\2 \1", regex=True)
