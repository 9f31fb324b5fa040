"""Personal data in a table that is to be opened: direct identifiers, groups that are too small, remedies, limits.

It finds what has a name or a form. It cannot see a name in a column of another name, somebody whom
neighbours recognise, or what another published file adds: `findings` always ends by saying so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from kit.findings import Findings, KitError, Place, advice, error, warning
from kit.steps.cleaning.state import plain_name
from kit.words import unaccented

FACTS = json.loads(Path(__file__).with_name("privacy.json").read_text(encoding="utf-8"))
K = int(FACTS["k"]["default"])
_SAMPLE = 50_000
_CURP_SIGNS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_RFC_SIGNS = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_GENERIC_RFC = {"XAXX010101000", "XEXX010101000"}  # "the public" and "foreigners", who are nobody

_CURP = r"[A-ZÑ][AEIOUX][A-ZÑ]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}[0-9A-Z]\d"
_RFC = r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{2}[0-9A]"
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?:\+?52[\s.-]*)?(?:1[\s.-]*)?(?:\(\d{2,3}\)[\s.-]*\d{3,4}|\d{2,3}[\s.-]+\d{3,4})[\s.-]+\d{2}[\s.-]?\d{2}"
_PLATE = r"[A-Z]{3}-?\d{2}-?\d{2}|[A-Z]{3}-?\d{3}-?[A-Z]|[A-Z]-?\d{3}-?[A-Z]{3}|[A-Z]{3}-\d{3,4}|\d{3}-?[A-Z]{3}"
_ADDRESS = r"\b(?:CALLE|AV|AVENIDA|BLVD|PRIV|PRIVADA|ANDADOR|CALZ|CALZADA)\b\.?.*?\d+"


def curp_is_valid(curp: str) -> bool:
    """Whether the last digit of a CURP is the one that its other 17 characters give (RENAPO's algorithm).

    Examples:
        >>> curp_is_valid("HEGG560427MVZRRL04"), curp_is_valid("HEGG560427MVZRRL05")
        (True, False)
    """
    text = curp.strip().upper()
    if not re.fullmatch(_CURP, text):
        return False
    total = sum(_CURP_SIGNS.index(sign) * (18 - i) for i, sign in enumerate(text[:17]))
    return int(text[17]) == (10 - total % 10) % 10


def rfc_is_valid(rfc: str) -> bool:
    """Whether the last sign of an RFC (12 signs or 13) follows from the others (SAT's algorithm).

    Examples:
        >>> rfc_is_valid("GODE561231GR8"), rfc_is_valid("GODE561231GR9")
        (True, False)
    """
    text = rfc.strip().upper().replace("-", "").replace(" ", "")
    if not re.fullmatch(_RFC, text):
        return False
    padded = text.rjust(13)
    total = sum(_RFC_SIGNS.index(sign) * (13 - i) for i, sign in enumerate(padded[:12]))
    rest = 11 - total % 11
    return text[-1] == {11: "0", 10: "A"}.get(rest, str(rest))


@dataclass(frozen=True)
class Identifier:
    """A column that holds, or seems to hold, personal data."""

    column: str
    kind: str  # a key of privacy.json's names, or "plate" and the like by content
    by: str  # "name", "form", "checksum"
    cells: int
    rows: tuple[int, ...] = field(default=(), repr=False)


def identifiers(table: pd.DataFrame, rows: Sequence[int] | None = None) -> list[Identifier]:
    """Columns with direct identifiers, by the column's name and by the form of the cells, at most one per way each.

    Args:
        table: the table that is to be opened.
        rows: the row in the file of each of its rows; 2 and on when not given.
    """
    numbers = pd.Series(list(rows) if rows is not None else range(2, len(table) + 2), index=table.index)
    found: list[Identifier] = []
    for name in table.columns:
        if name == "geometry":
            continue
        cells = table[name].dropna()
        if kind := _kind_by_name(str(name)):
            found.append(Identifier(str(name), kind, "name", len(cells)))
        found.extend(_by_content(str(name), cells, numbers))
    return found


def _kind_by_name(name: str) -> str | None:
    plain = plain_name(name)
    return next((k for k, forms in FACTS["names"].items() if any(re.fullmatch(f, plain) for f in forms)), None)


def _by_content(name: str, cells: pd.Series, numbers: pd.Series) -> list[Identifier]:
    if not (pd.api.types.is_string_dtype(cells.dtype) or cells.dtype == object) or cells.empty:
        return []
    texts = cells.astype("str").head(_SAMPLE).str.upper()
    distinct = pd.Series(texts.unique())
    found: list[Identifier] = []
    for kind, by, holds, least in _FORMS:
        good = set(distinct[distinct.map(holds).astype(bool)])
        where = texts.index[texts.isin(good)]
        if len(where) and len(where) >= least * len(texts):
            found.append(Identifier(name, kind, by, len(where), tuple(int(r) for r in numbers[where])))
    return found


def _contains(pattern: str, check: Callable[[str], bool] | None = None) -> Callable[[str], bool]:
    """A test whether a text holds a word of the form (that passes the check)."""
    compiled = re.compile(rf"(?<![A-Z0-9]){pattern}(?![A-Z0-9])")

    def holds(text: str) -> bool:
        return any(check is None or check(match.group()) for match in compiled.finditer(text))

    return holds


def _real_rfc(text: str) -> bool:
    return rfc_is_valid(text) and text not in _GENERIC_RFC


def _whole(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: bool(compiled.fullmatch(text.strip()))


_FORMS: tuple[tuple[str, str, Callable[[str], bool], float], ...] = (
    ("curp", "checksum", _contains(_CURP, curp_is_valid), 0.0),
    ("rfc", "checksum", _contains(_RFC, _real_rfc), 0.0),
    ("email", "form", _contains(_EMAIL.replace(r"\w", "[A-Z0-9_]").replace("[[A-Z0-9_]", "[A-Z0-9_")), 0.0),
    ("phone", "form", _contains(_PHONE), 0.0),
    ("phone", "form", _whole(r"(?:\+?52)?[2-9]\d{9}"), float(FACTS["share"]["phone"])),
    ("plate", "form", _whole(_PLATE), float(FACTS["share"]["plate"])),
    ("address", "form", lambda t: bool(re.search(_ADDRESS, unaccented(t))), float(FACTS["share"]["address"])),
)


@dataclass(frozen=True)
class KAnonymity:
    """How small the groups are that the quasi-identifiers make."""

    quasi: tuple[str, ...]
    k: int
    smallest: int
    failing: pd.DataFrame  # one row per group under k: the quasi-identifiers and n
    rows: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether every group has at least k rows."""
        return self.failing.empty


def k_anonymity(table: pd.DataFrame, quasi: Sequence[str], k: int = K, rows: Sequence[int] | None = None) -> KAnonymity:
    """Group by the quasi-identifiers and find the groups under ``k`` rows; an empty cell is a value like another.

    Raises:
        KitError: ``privacy.unknown-column`` if the table has not one of them.
    """
    if lost := [name for name in quasi if name not in table.columns]:
        known = [str(name) for name in table.columns]
        raise KitError(error("privacy.unknown-column", Place(), columns=lost, known=known))
    numbers = pd.Series(list(rows) if rows is not None else range(2, len(table) + 2), index=table.index)
    if not quasi or table.empty:
        return KAnonymity(tuple(quasi), k, len(table), pd.DataFrame(columns=[*quasi, "n"]), ())
    cells = pd.DataFrame(table[list(quasi)]).astype("object")
    size = cells.groupby(list(quasi), dropna=False, sort=False)[quasi[0]].transform("size")
    small = size < k
    failing = cells[small].assign(n=size[small]).drop_duplicates().sort_values("n", kind="stable")
    return KAnonymity(
        tuple(quasi), k, int(size.min()), failing.reset_index(drop=True), tuple(int(r) for r in numbers[small])
    )


def likely_quasi(table: pd.DataFrame) -> list[str]:
    """Columns that describe a person without naming them, by their names."""
    return [str(n) for n in table.columns if any(re.fullmatch(f, plain_name(str(n))) for f in FACTS["quasi_names"])]


def findings(
    table: pd.DataFrame,
    quasi: Sequence[str] = (),
    k: int = K,
    *,
    file: str | None = None,
    rows: Sequence[int] | None = None,
) -> Findings:
    """All that can be said of personal data in the table; examples are never quoted."""
    found = Findings()
    for item in identifiers(table, rows):
        place = Place(file, rows=item.rows, column=item.column)
        if item.by == "name":
            found.add(error("privacy.column-name", place, column=item.column, kind=label(item.kind), n=item.cells))
        elif item.by == "checksum":
            found.add(error("privacy.checksum", place, kind=label(item.kind), n=item.cells))
        else:
            found.add(warning("privacy.form", place, kind=label(item.kind), n=item.cells))
    sensitive = [str(n) for n in table.columns if _is_sensitive(str(n))]
    if sensitive:
        found.add(warning("privacy.sensitive", Place(file), columns=sensitive, k=int(FACTS["k"]["sensitive"])))
    if quasi:
        groups = k_anonymity(table, quasi, k, rows)
        if not groups.holds:
            place = Place(file, rows=groups.rows, column=", ".join(quasi))
            facts = {"n": len(groups.failing), "rows": len(groups.rows), "k": k, "smallest": groups.smallest}
            found.add(warning("privacy.small-groups", place, **facts))
    found.add(advice("privacy.cannot-see", Place(file)))
    return found


def label(kind: str) -> str:
    """The name that Mexican files give to a kind of personal data."""
    return str(FACTS["labels"].get(kind, kind))


def _is_sensitive(name: str) -> bool:
    return any(re.fullmatch(form, plain_name(name)) for form in FACTS["sensitive_names"])


# -- remedies: each returns a new table --------------------------------------------------------------------------------


def drop(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The table without the columns."""
    return table.drop(columns=list(columns))


def to_month(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Dates as year and month, AAAA-MM."""
    return _with(table, column, _iso(table[column]).str[:7])


def to_year(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Dates as years."""
    return _with(table, column, _iso(table[column]).str[:4])


def to_bands(table: pd.DataFrame, column: str, width: float) -> pd.DataFrame:
    """Numbers as ISO intervals of one width: 0/100 is from 0 to under 100 (Guide 2015, step 2.1: no "0-5")."""
    low = (pd.to_numeric(table[column], errors="coerce") // width) * width
    text = low.map(lambda v: f"{v:g}/{v + width:g}", na_action="ignore")
    return _with(table, column, text.astype("str").where(low.notna()))


def round_to(table: pd.DataFrame, column: str, step: float) -> pd.DataFrame:
    """Numbers rounded to multiples of ``step``."""
    numbers = pd.to_numeric(table[column], errors="coerce")
    return _with(table, column, (numbers / step).round() * step)


def regroup(table: pd.DataFrame, column: str, groups: Mapping[str, str]) -> pd.DataFrame:
    """Values replaced by the wider ones that ``groups`` gives; the others stay."""
    return _with(table, column, table[column].astype("object").replace(dict(groups)))


def suppress(table: pd.DataFrame, quasi: Sequence[str], k: int = K) -> pd.DataFrame:
    """Quasi-identifiers made empty in the groups under ``k``, and in the next smallest if those emptied are too few.

    A single small group that is emptied could be worked out from a total; hence the second one.
    """
    result = table.copy()
    size = table[list(quasi)].astype("object").groupby(list(quasi), dropna=False)[quasi[0]].transform("size")
    hidden = size < k
    if 0 < hidden.sum() < k:
        others = size[~hidden]
        groups = table.loc[others.index, list(quasi)].astype("object").groupby(list(quasi), dropna=False).ngroup()
        smallest = groups[others == others.min()].iloc[0] if len(others) else None
        hidden.loc[groups.index[groups == smallest]] = True
    for name in quasi:
        result[name] = result[name].astype("object").mask(hidden, None)
    return result


def _iso(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return cells.dt.strftime("%Y-%m-%d").astype("str").where(cells.notna())
    return cells.astype("str").where(cells.notna())


def _with(table: pd.DataFrame, column: str, cells: Any) -> pd.DataFrame:
    result = table.copy()
    result[column] = cells
    return result
