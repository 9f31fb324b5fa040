"""Numbers and dates as officials write them, read for a whole column at once: ``$1,234.50``, ``12 %``, ``Ene 2013``.

The work is done on the distinct texts of a column by Arrow's and pandas' vectorised kernels; a cell that does not parse
is reported by a mask and never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from kit.tables.facts import facts, pattern, plain

_DECIMAL_COMMA, _DECIMAL_POINT = "decimal comma", "decimal point"
_GROUPS_OF_COMMAS = r"[1-9]\d{0,2}(?:,\d{3})+"
_GROUPS_OF_POINTS = r"[1-9]\d{0,2}(?:\.\d{3})+"
_TWO_COMMAS = r"[1-9]\d{0,2}(?:,\d{3}){2,}"  # no decimal sign comes twice
_TWO_POINTS = r"[1-9]\d{0,2}(?:\.\d{3}){2,}"
_GROUPS_OF_BLANKS = r"[1-9]\d{0,2}(?: \d{3})+"


def missing_marks(texts: pd.Series) -> pd.Series:
    """Where a text is blank or a mark for "no value" (``s/d``, ``ND``, ``-``, ``NA``…)."""
    return texts.isna() | texts.fillna("").str.strip().str.lower().isin(["", *facts()["missing"]["marks"], "\\n"])


def parse_numbers(series: pd.Series) -> tuple[pd.Series, pd.Series, dict[str, int]]:
    """Numbers out of text.

    Thousands commas, points (with a decimal comma) and blanks, currency signs, a unit or ``%`` at the end, and
    accountants' parentheses for negatives are understood. Whether a comma is a decimal sign is decided for the column.
    A percentage keeps its figure: ``12 %`` is 12.0.

    Args:
        series: text cells (numbers pass through).

    Returns:
        The values (float64, NaN where none was read), a mask that is True where a number was read, and how many cells
        had each thing that was stripped: ``{"$": 3, ",": 5, "%": 1}``.

    Examples:
        >>> import pandas as pd
        >>> parse_numbers(pd.Series(["$1,234.50", "(7)", "s/d"]))[0].tolist()
        [1234.5, -7.0, nan]
    """
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        values = series.astype("float64")
        return values, values.notna(), {}
    codes, distinct = pd.factorize(series)
    texts = pd.Series(distinct, dtype="str")
    parts = _parts(texts)
    figures, comma = _read_bodies(parts["body"])
    negative = parts["sign"].eq("-") | parts["sign2"].eq("-") | (parts["open"].eq("(") & parts["close"].eq(")"))
    unbalanced = parts["open"].eq("(") != parts["close"].eq(")")
    unbalanced |= parts["sign"].ne("") & parts["sign2"].ne("")
    numbers = np.where(unbalanced, np.nan, np.where(negative, -figures, figures))
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    stripped = _stripped(parts, ~np.isnan(numbers), counts, comma)
    everywhere = _spread(numbers, codes, np.nan)
    return (
        pd.Series(everywhere, index=series.index, name=series.name),
        pd.Series(~np.isnan(everywhere), index=series.index, name=series.name),
        stripped,
    )


def _spread(distinct: np.ndarray, codes: np.ndarray, missing: object) -> np.ndarray:
    """The values of the distinct texts, put back at every row."""
    return np.append(distinct, np.array([missing], dtype=distinct.dtype))[codes]


@lru_cache(maxsize=1)
def _number_pattern() -> str:
    known = facts()["numbers"]
    currency = "|".join(sorted(known["currency"], key=len, reverse=True))
    units = "|".join(sorted(known["units"], key=len, reverse=True))
    return (
        rf"^\s*(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<currency>{currency})?\s*(?P<sign2>[-+])?\s*"
        rf"(?P<body>\d[\d.,' ]*|\.\d+)(?P<exponent>[eE][-+]?\d{{1,3}})?\s*(?P<unit>{units})?\s*(?P<close>\))?\s*$"
    )


def _parts(texts: pd.Series) -> pd.DataFrame:
    plain_signs = texts.str.replace("\xa0", " ").str.replace("\u2212", "-").str.replace("\u202f", " ")
    parts = plain_signs.str.extract(_number_pattern(), flags=re.IGNORECASE)
    parts["body"] = (parts["body"].str.strip() + parts["exponent"].fillna("")).astype("str")
    return parts.fillna({name: "" for name in parts.columns if name != "body"})


def _read_bodies(bodies: pd.Series) -> tuple[pd.Series, bool]:
    """Figures with their separators as floats, and whether commas were decimal signs."""
    grouped = bodies.str.fullmatch(_GROUPS_OF_COMMAS, na=False)
    says_comma = bodies.str.fullmatch(
        rf"\d+,\d+|(?:{_GROUPS_OF_POINTS}|{_GROUPS_OF_BLANKS}),\d+|{_TWO_POINTS}", na=False
    )
    says_comma &= ~grouped
    points = bodies.str.fullmatch(_GROUPS_OF_POINTS, na=False)
    says_point = bodies.str.fullmatch(rf"\d*\.\d+|{_GROUPS_OF_COMMAS}\.\d*|{_TWO_COMMAS}", na=False)
    says_point &= ~points
    comma = bool(says_comma.any() and not says_point.any())
    if comma:
        good = rf"(?:\d+|{_GROUPS_OF_POINTS}|{_GROUPS_OF_BLANKS})(?:,\d*)?(?:e[-+]?\d+)?"
        figures = bodies.str.replace(r"[. ']", "", regex=True).str.replace(",", ".")
    else:
        good = rf"(?:\d*|{_GROUPS_OF_COMMAS}|{_GROUPS_OF_BLANKS}|[1-9]\d{{0,2}}(?:'\d{{3}})+)(?:\.\d*)?(?:e[-+]?\d+)?"
        figures = bodies.str.replace(r"[, ']", "", regex=True)
    fits = bodies.str.fullmatch(good, flags=re.IGNORECASE, na=False)
    return pd.to_numeric(figures.where(fits), errors="coerce").astype("float64"), comma


def _stripped(parts: pd.DataFrame, ok: np.ndarray, counts: np.ndarray, comma: bool) -> dict[str, int]:
    """How many cells had each sign that a bare number has not."""
    found: dict[str, int] = {}

    def note(sign: str, where: pd.Series) -> None:
        if n := int(counts[np.asarray(where) & ok].sum()):
            found[sign] = found.get(sign, 0) + n

    bodies = parts["body"].fillna("")
    for sign in parts["currency"].unique():
        if sign:
            note(sign, parts["currency"].eq(sign))
    note(_DECIMAL_COMMA if comma else ",", bodies.str.contains(",", regex=False))
    if comma:
        note(".", bodies.str.contains(".", regex=False))
    note(" ", bodies.str.contains(" ", regex=False))
    note("'", bodies.str.contains("'", regex=False))
    note("()", parts["open"].eq("("))
    for unit in parts["unit"].unique():
        if unit:
            note(unit, parts["unit"].eq(unit))
    return found


def parse_dates(series: pd.Series) -> tuple[pd.Series, pd.Series, str]:
    """Dates out of text: ISO, ``dd/mm/aaaa``, ``15-ene-2014``, ``15 de enero de 2014``, ``Ene 2013``, ``01/2013``.

    Months alone become their first day. Excel's day numbers and ``aaaammdd`` are read only if ``series.name`` speaks of
    a date. Day or month first is decided for the column; day first unless that is impossible.

    Args:
        series: text cells (dates pass through).

    Returns:
        The values (datetime64, NaT where none was read), a mask that is True where a date was read, and the forms met,
        commonest first, joined by ", ": "iso", "iso-time", "iso-offset", "aaaa-mm", "dd/mm/aaaa", "mm/dd/aaaa",
        "dd-mmm-aaaa", "mmm aaaa", "mm/aaaa", "aaaammdd", "serial".

    Examples:
        >>> import pandas as pd
        >>> parse_dates(pd.Series(["Ene 2013", "01/2013"]))[0].dt.strftime("%Y-%m").tolist()
        ['2013-01', '2013-01']
    """
    if pd.api.types.is_datetime64_any_dtype(series):
        return series, series.notna(), "iso"
    codes, distinct = pd.factorize(series)
    texts = pd.Series(distinct, dtype="str").str.strip()
    dated = bool(pattern("dates", "column").search(plain(str(series.name or ""))))
    values = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    forms = np.full(len(texts), "", dtype=object)
    for form, found in _by_form(texts, dated):
        new = np.isnat(values) & ~np.isnat(found)
        values[new] = found[new]
        forms[new] = form
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    tally = pd.Series(counts, dtype="int64").groupby(forms).sum().drop("", errors="ignore")
    spread = _spread(values, codes, np.datetime64("NaT"))
    return (
        pd.Series(spread, index=series.index, name=series.name),
        pd.Series(~np.isnat(spread), index=series.index, name=series.name),
        ", ".join(str(form) for form in tally.sort_values(ascending=False, kind="stable").index),
    )


def _by_form(texts: pd.Series, dated: bool) -> list[tuple[str, np.ndarray]]:
    """Every form with the dates it reads."""
    clock = (
        r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?(?: ?(?P<half>[ap])\.? ?m\.?)?)"
    )
    iso = texts.str.extract(
        rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){clock}?(?P<offset>Z|[-+]\d\d:?\d\d)?$",
        flags=re.IGNORECASE,
    )
    numeric = texts.str.extract(
        rf"^(?P<first>\d{{1,2}})[-/.](?P<second_part>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){clock}?$",
        flags=re.IGNORECASE,
    )
    plain_texts = (
        texts.str.lower().str.replace(r"[.,]", " ", regex=True).str.replace(r"\s+", " ", regex=True).str.strip()
    )
    worded = plain_texts.str.extract(
        r"^(?:(?P<day>\d{1,2})(?:[-/ ]| de )+)?(?P<name>[a-z]{3,10})(?:[-/ ]| de | del )*(?P<year>\d{4}|\d{2})$"
    )
    worded["month"] = worded["name"].map(facts()["dates"]["months"])
    iso_dates = _dates(iso["year"], iso["month"], iso["day"], iso)
    nat = np.datetime64("NaT")
    timed, offset = iso["hour"].notna().to_numpy(), iso["offset"].notna().to_numpy()
    by_day = worded["day"].notna().to_numpy()
    worded_dates = _dates(worded["year"], worded["month"], worded["day"].fillna("1"))
    month_first = _month_first(numeric)
    day, month = ("second_part", "first") if month_first else ("first", "second_part")
    year_month = texts.str.extract(r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})$")
    month_year = texts.str.extract(r"^(?P<month>\d{1,2})[-/](?P<year>\d{4})$")
    forms = [
        ("iso", np.where(timed | offset, nat, iso_dates)),
        ("iso-time", np.where(timed & ~offset, iso_dates, nat)),
        ("iso-offset", np.where(offset, iso_dates, nat)),
        ("mm/dd/aaaa" if month_first else "dd/mm/aaaa", _dates(numeric["year"], numeric[month], numeric[day], numeric)),
        ("dd-mmm-aaaa", np.where(by_day, worded_dates, nat)),
        ("mmm aaaa", np.where(by_day, nat, worded_dates)),
        ("aaaa-mm", _dates(year_month["year"], year_month["month"])),
        ("mm/aaaa", _dates(month_year["year"], month_year["month"])),
    ]
    if dated:
        compact = texts.str.extract(r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$")
        forms += [("aaaammdd", _dates(compact["year"], compact["month"], compact["day"])), ("serial", _serials(texts))]
    return forms


def _month_first(numeric: pd.DataFrame) -> bool:
    """Whether the column can only be month first: some second part above 12 and no first part above 12."""
    first = pd.to_numeric(numeric["first"], errors="coerce")
    second = pd.to_numeric(numeric["second_part"], errors="coerce")
    return bool((second > 12).any() and not (first > 12).any())


def _dates(
    years: pd.Series, months: pd.Series, days: pd.Series | None = None, clock: pd.DataFrame | None = None
) -> np.ndarray:
    """Year, month and day (first if None) as datetime64; NaT where there is no such day."""
    year = pd.to_numeric(years, errors="coerce").to_numpy(dtype="float64")
    month = pd.to_numeric(months, errors="coerce").to_numpy(dtype="float64")
    day = np.ones(len(year)) if days is None else pd.to_numeric(days, errors="coerce").to_numpy(dtype="float64")
    # Two figures: this century up to 2049, as spreadsheets read them.
    year = np.where(year < 50, year + 2000, np.where(year < 100, year + 1900, year))
    known = facts()["dates"]
    fine = (year >= known["first_year"]) & (year <= known["last_year"]) & (month >= 1) & (month <= 12) & (day >= 1)
    year, month, day = (np.where(fine, part, 1).astype("int64") for part in (year, month, day))
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    date = first.astype("datetime64[D]") + (day - 1)
    fine &= date.astype("datetime64[M]") == first
    result = date.astype("datetime64[us]")
    if clock is not None:
        hour, minute, second = (
            pd.to_numeric(clock[part], errors="coerce").fillna(0).to_numpy(dtype="float64")
            for part in ("hour", "minute", "second")
        )
        half = clock["half"].str.lower()
        hour = np.where(half.eq("p") & (hour < 12), hour + 12, np.where(half.eq("a") & (hour == 12), 0, hour))
        fine &= (hour < 24) & (minute < 60) & (second < 60)
        result += np.round((hour * 3600 + minute * 60 + second) * 1e6).astype("timedelta64[us]")
    return np.where(fine, result, np.datetime64("NaT"))


def _serials(texts: pd.Series) -> np.ndarray:
    """Excel's day numbers (1900 system) within the range that is likely."""
    days = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{5}(\.\d+)?", na=False)), errors="coerce").to_numpy(
        "float64"
    )
    low, high = facts()["dates"]["serial_range"]
    fine = (days >= low) & (days <= high)
    micros = np.round(np.where(fine, days, 0) * 86_400e6).astype("int64").astype("timedelta64[us]")
    return np.where(fine, np.datetime64("1899-12-30", "us") + micros, np.datetime64("NaT"))
