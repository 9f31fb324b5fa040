"""Rules on dates: every form that a date can be read from becomes AAAA-MM-DD; one that cannot exist is reported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pandas as pd

from kit.findings import Finding, error, warning
from kit.steps.cleaning.proposals import Draft, examples, proposal_id, rule
from kit.steps.cleaning.state import CATALOGUES, Field, State
from kit.tables.facts import facts
from kit.words import unaccented

ISO = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?"
    r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[-+][0-9]{2}:?[0-9]{2})?)?"
)
_EPOCH = dt.date(1899, 12, 30)  # day 0 of spreadsheets, with 1900 counted as a leap year as they do
_SERIALS = range(*facts()["dates"]["serial_range"])
_EARLIEST = 1900
_MONTHS: dict[str, int] = {name.upper(): number for name, number in facts()["dates"]["months"].items()}
_TIME = r"(?:[T ]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\s*(?P<half>[ap]\.?\s?m\.?)?)?"
_TRIPLE = re.compile(
    rf"^(?P<a>[0-9]{{1,2}})\s*[/.\- ]\s*(?P<b>[0-9]{{1,2}})\s*[/.\- ]\s*(?P<y>[0-9]{{4}}|[0-9]{{2}}){_TIME}$", re.I
)
_YEAR_FIRST = re.compile(
    rf"^(?P<y>[0-9]{{4}})\s*[/.\-]\s*(?P<m>[0-9]{{1,2}})\s*[/.\-]\s*(?P<d>[0-9]{{1,2}}){_TIME}$", re.I
)
_WORDS = re.compile(
    r"^(?:(?P<d>[0-9]{1,2})\s*(?:DE\s+|[\-/. ]\s*))?"
    r"(?P<m>[A-Z]{3,10})\.?\s*(?:DEL?\s+|[\-/., ]\s*)(?P<y>[0-9]{4}|[0-9]{2})$"
)
_COMPACT = re.compile(r"^(?P<y>(?:19|20)[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$")
_MONTH_YEAR = re.compile(r"^(?P<m>[0-9]{1,2})[/-](?P<y>[0-9]{4})$")
_SERIAL = re.compile(r"^(?P<days>[0-9]{5})(?:\.(?P<part>[0-9]+))?$")


def read_date(cell: str, order: str = "dmy") -> tuple[str | None, str]:
    """The date in ISO 8601 that a cell means and how it was read.

    How: "clear" (one reading only), "month" (no day in it), "order" (day and month could be exchanged), "swapped" (only
    the other order makes a date), "short-year", "serial", "impossible" (the form of a date, but there is no such day),
    "unreadable".

    Args:
        cell: the cell.
        order: "dmy" or "mdy", which to take where both are possible.
    """
    text = unaccented(cell.strip()).upper()
    if match := _SERIAL.match(text):
        days = int(match["days"])
        return ((_EPOCH + dt.timedelta(days)).isoformat(), "serial") if days in _SERIALS else (None, "unreadable")
    if match := _TRIPLE.match(text):
        return _triple(match, order)
    for pattern in (_YEAR_FIRST, _COMPACT):
        if match := pattern.match(text):
            return _made(int(match["y"]), int(match["m"]), int(match["d"]), match.groupdict().get("time"), "clear")
    if match := _MONTH_YEAR.match(text):
        month = int(match["m"])
        return (f"{match['y']}-{month:02d}", "month") if 1 <= month <= 12 else (None, "impossible")
    if (match := _WORDS.match(text)) and match["m"] in _MONTHS:
        return _worded(match)
    return None, "unreadable"


def _triple(match: re.Match[str], order: str) -> tuple[str | None, str]:
    first, second, short = int(match["a"]), int(match["b"]), len(match["y"]) == 2
    year = _century(int(match["y"])) if short else int(match["y"])
    day, month = (first, second) if order == "dmy" else (second, first)
    time = match["time"] if not match["half"] else None
    how = "clear" if first > 12 or first == second else "order"
    if month > 12 >= day:
        day, month, how = month, day, "swapped"
    elif max(first, second) > 12:
        how = "clear"
    return _made(year, month, day, time, "short-year" if short else how)


def _worded(match: re.Match[str]) -> tuple[str | None, str]:
    short = len(match["y"]) == 2
    year, month = _century(int(match["y"])) if short else int(match["y"]), _MONTHS[match["m"]]
    how = "short-year" if short else "clear"
    if match["d"] is None:
        return f"{year:04d}-{month:02d}", "month"
    return _made(year, month, int(match["d"]), None, how)


def _century(year: int) -> int:
    return 2000 + year if 2000 + year <= dt.date.today().year else 1900 + year


def _made(year: int, month: int, day: int, time: str | None, how: str) -> tuple[str | None, str]:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None, "impossible"
    if time and time.strip("0:.") != "":
        return f"{date.isoformat()}T{time.zfill(5)}", how
    return date.isoformat(), how


def _order_of(values: pd.Series) -> tuple[str, bool]:
    """Which order the column writes, by the dates that allow only one, and whether they all agree."""
    parts = values.str.extract(r"^\s*([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-][0-9]{2,4}").dropna().astype(int)
    day_first = int(((parts[0] > 12) & (parts[1] <= 12)).sum())
    month_first = int(((parts[1] > 12) & (parts[0] <= 12)).sum())
    order = "mdy" if month_first > day_first else "dmy"
    return order, min(day_first, month_first) == 0 < max(day_first, month_first)


def _read(state: State, column: Field, *hows: str) -> tuple[pd.Series, pd.Series, str, bool]:
    """Cells that are not ISO yet and read in one of the given ways, their dates, the order, whether it is proved."""
    values = state.values(column.name)
    order, proved = _order_of(values)
    odd = values[~values.str.fullmatch(ISO)]
    read = {cell: read_date(cell, order) for cell in odd.unique()}
    chosen = odd[odd.map({cell: how in hows for cell, (_, how) in read.items()}).astype(bool)]
    return chosen, chosen.astype(object).map({cell: date for cell, (date, _) in read.items()}), order, proved


# These run before "date-format", because the dates that allow one reading only are what proves the order of the others.


@rule("date-order", "date")
def date_order(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Dates whose day and month could be exchanged: read in the order that the rest of the column proves."""
    cells, new, order, proved = _read(state, column, "order")
    if len(new):
        finding = warning(
            "cleaning.date-order",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(p) for p in examples(cells, new)],
            order="dd/mm/aaaa" if order == "dmy" else "mm/dd/aaaa",
            proposal=proposal_id("date-order", column.name),
        )
        yield Draft(finding, new, certain=proved, column=column.name)


@rule("date-swapped", "date")
def date_swapped(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Dates that exist only with day and month in the other order than the column's."""
    cells, new, _, _ = _read(state, column, "swapped")
    if len(new):
        finding = warning(
            "cleaning.date-swapped",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(p) for p in examples(cells, new)],
            proposal=proposal_id("date-swapped", column.name),
        )
        yield Draft(finding, new, certain=False, column=column.name)


@rule("date-short-year", "date")
def date_short_year(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Years of two digits: read as the latest century that is not in the future."""
    cells, new, _, _ = _read(state, column, "short-year")
    if len(new):
        finding = warning(
            "cleaning.date-short-year",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(p) for p in examples(cells, new)],
            proposal=proposal_id("date-short-year", column.name),
        )
        yield Draft(finding, new, certain=False, column=column.name)


@rule("date-month", "date")
def date_month(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Months without a day: certain where the column is one of months, else precision that the other rows have."""
    cells, new, _, _ = _read(state, column, "month")
    if len(new):
        values = state.values(column.name)
        months = len(new) + values.str.fullmatch(r"[0-9]{4}-[0-9]{2}").sum()
        finding = warning(
            "cleaning.date-month",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(p) for p in examples(cells, new)],
            proposal=proposal_id("date-month", column.name),
        )
        yield Draft(finding, new, certain=bool(2 * months > len(values)), column=column.name)


@rule("date-format", "date")
def date_format(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Dates in a form that allows one reading: day above 12, month in letters, year first, a spreadsheet's number."""
    cells, new, _, _ = _read(state, column, "clear", "serial")
    if len(new):
        finding = warning(
            "cleaning.date-format",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(p) for p in examples(cells, new)],
            proposal=proposal_id("date-format", column.name),
        )
        yield Draft(finding, new, certain=True, column=column.name)


@rule("date-invented", "date")
def date_invented(state: State, column: Field) -> Iterator[Draft | Finding]:
    """01/01/1900 and its like: the day from which programs count, on which nothing happened."""
    values = state.values(column.name)
    marks = values[values.str[:10].isin(CATALOGUES["missing_dates"])]
    if len(marks):
        finding = warning(
            "cleaning.missing-marks",
            state.place(column.name, marks.index),
            n=len(marks),
            examples=list(marks.unique()[:3]),
            proposal=proposal_id("date-invented", column.name),
        )
        yield Draft(finding, pd.Series(None, index=marks.index, dtype=object), certain=False, column=column.name)


@rule("date-check", "date", check=True)
def date_check(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Days that do not exist, cells that are no date, and dates outside any office's life."""
    cells, _, _, _ = _read(state, column, "impossible")
    if len(cells):
        yield error(
            "cleaning.date-impossible",
            state.place(column.name, cells.index),
            n=len(cells),
            examples=list(cells.unique()[:3]),
        )
    odd, _, _, _ = _read(state, column, "unreadable")
    if len(odd):
        yield error(
            "cleaning.date-unreadable",
            state.place(column.name, odd.index),
            n=len(odd),
            examples=list(odd.unique()[:3]),
        )
    values = state.values(column.name)
    iso = values[values.str.fullmatch(ISO)].str[:10]
    today = dt.date.today().isoformat()
    outside = iso[((iso > today) | (iso < str(_EARLIEST))) & ~iso.isin(CATALOGUES["missing_dates"])]
    if len(outside):
        yield warning(
            "cleaning.date-outside",
            state.place(column.name, outside.index),
            n=len(outside),
            examples=list(outside.unique()[:3]),
            today=today,
        )
