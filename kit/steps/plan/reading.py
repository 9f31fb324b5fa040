"""Read an opening plan as it comes: the official template, one changed by hand, or a list of topics of 2014."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pandas as pd

from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.safecells import bare_table
from kit.steps.inventory.template import fold
from kit.steps.official import OF_NO_MATTER, as_text, read_exact
from kit.steps.plan.facts import COLUMNS, HEADERS, KEYS, TEMPLATE, header, last_day
from kit.steps.plan.files import fields, item_rows
from kit.tables import TableRead, parse_dates, read_table

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_ISO = r"\d{4}-\d\d-\d\d"
_DAY = rf"\d{{1,2}}\D.*\D\d{{2,4}}|\d{{4}}\D\d{{1,2}}\D\d{{1,2}}(?:\D.*)?|\d{{5}}(?:\.0+)?|{_ISO}[T ].*"
_ALIKE = 0.9  # of two headers: the official ones have typing errors that people mend
_WHOLE = KEYS[:7]  # said of the whole plan: vision and officials
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each item of a plan stands: the file, its sheet, and for each item its row and the dataset's name."""

    file: str
    sheet: str | None = None
    rows: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


def read(path: Path, *, as_written: bool = False) -> tuple[dict[str, Any], Findings, Lines]:
    """The fields of the plan in a file, what reading it took, and where its items stand.

    Args:
        path: the file.
        as_written: leave dates of another form as they are, where nobody would be told that they were understood.

    Raises:
        KitError: ``plan.not-a-plan`` if the columns are not those of a plan.
    """
    exact = read_exact(path, HEADERS)
    if exact is not None:
        table = pd.DataFrame({name: as_text(exact[name]) for name in HEADERS})
        return fields(table), Findings(), Lines(path.name, None, item_rows(table, range(2, len(table) + 2)))
    source = _most_like_a_plan(path)
    names = [str(name) for name in source.table.columns]
    place = Place(str(source.source["file"]), source.source["sheet"])
    findings = Findings(finding for finding in source.findings if _matters(finding))
    found = _assign(names)
    topics = {fold(name): name for name in names}
    if not _is_plan(found) and _is_topics(topics):
        return _topics(source, topics, place, findings)
    missing = [column.header for column in COLUMNS if column.key not in found]
    if not _is_plan(found):
        raise KitError(error("plan.not-a-plan", place, n=len(missing), missing=missing, columns=names))
    findings.extend(_columns(names, found, missing, place))
    table = _official(source.table, found)
    findings.extend(_several(table, place))
    if not as_written:
        table, told = _with_days(table, source.rows, place)
        findings.extend(told)
    rows = item_rows(table, [int(row) for row in source.rows])
    return fields(table), findings, Lines(place.file or path.name, place.sheet, rows)


def _matters(finding: Finding) -> bool:
    """Whether a finding of the reader concerns a plan; the sheet of frequencies is no surprise."""
    if finding.code == "tables.sheets":
        return bool(set(finding.params["others"]) - {TEMPLATE["frequencies_sheet"]})
    if finding.code == "tables.line-ends":
        return finding.params["kind"] != "CRLF"  # as every CSV saved on Windows
    return finding.code not in OF_NO_MATTER


# -- which table and which columns ------------------------------------------------------------------------------------


def _most_like_a_plan(path: Path) -> TableRead:
    """The table of the file; of a workbook the sheet with most of a plan's columns."""
    best = read_table(path, types=False)
    if best.source["sheet"] is None:
        return replace(best, table=bare_table(best.table))
    for told in list(best.findings.of("tables.sheets")):
        first = best.source["sheet"]
        for sheet in told.params["others"]:
            other = _of_sheet(path, sheet)
            if other is not None and len(_assign(other.table.columns)) > len(_assign(best.table.columns)):
                others = [name for name in (first, *told.params["others"]) if name != sheet]
                place = Place(told.place.file, sheet)
                other.findings.add(replace(told, place=place, params={"n": len(others), "others": others}))
                best = other
    return best


def _of_sheet(path: Path, sheet: str) -> TableRead | None:
    try:
        return read_table(path, types=False, sheet=sheet)
    except KitError:  # a sheet that holds no table
        return None


def _assign(names: Any) -> dict[str, str]:
    """For each official column its column in the file: the same words, those without brackets, or nearly the same."""
    free = {str(name): fold(str(name)) for name in names}
    found: dict[str, str] = {}
    for alike in (_equal, _without_brackets, _nearly):
        for column in COLUMNS:
            match = next((name for name, words in free.items() if alike(words, column.header)), None)
            if column.key not in found and match is not None:
                found[column.key] = match
                del free[match]
    return found


def _equal(words: str, head: str) -> bool:
    return words == fold(head)


def _without_brackets(words: str, head: str) -> bool:
    return words == fold(head.split("(")[0])


def _nearly(words: str, head: str) -> bool:
    return SequenceMatcher(None, words, fold(head)).ratio() >= _ALIKE


def _is_plan(found: Mapping[str, str]) -> bool:
    """A plan names its datasets, and when or how often they come."""
    return "dataset" in found and not found.keys().isdisjoint(("date", "frequency"))


def _columns(names: list[str], found: Mapping[str, str], missing: list[str], place: Place) -> Iterator[Finding]:
    added = [name for name in names if name not in found.values()]
    if missing:
        yield error("plan.columns-missing", place, n=len(missing), names=missing)
    if added:
        yield warning("plan.columns-added", place, n=len(added), names=added)


def _official(table: pd.DataFrame, found: Mapping[str, str]) -> pd.DataFrame:
    blank = pd.Series("", index=table.index, dtype="str")
    cells = {c.header: as_text(table[found[c.key]]) if c.key in found else blank for c in COLUMNS}
    return pd.DataFrame(cells).reset_index(drop=True)


# -- what the cells say -----------------------------------------------------------------------------------------------


def _several(table: pd.DataFrame, place: Place) -> Iterator[Finding]:
    """Of vision and officials the first is taken; that there are others is told."""
    for key in _WHOLE:
        values = [str(value) for value in table[header(key)].unique() if value]
        if len({fold(value) for value in values}) > 1:
            at = Place(place.file, place.sheet, column=header(key))
            yield warning("plan.several-values", at, n=len(values), values=values[:_EXAMPLES])


def _with_days(table: pd.DataFrame, rows: Any, place: Place) -> tuple[pd.DataFrame, Findings]:
    """Whole dates written in another way as AAAA-MM-DD; a month alone is left, because it names no day."""
    name = header("date")
    values = table[name]
    other = values.str.fullmatch(_DAY) & ~values.str.fullmatch(_ISO)
    dates, read_, _ = parse_dates(values.where(other).astype("str").rename("fecha"))
    known = (other & read_).to_numpy(dtype=bool)
    if not known.any():
        return table, Findings()
    days = values.where(~known, dates.dt.strftime("%Y-%m-%d"))
    pairs = list(dict.fromkeys(f"{was} → {now}" for was, now in zip(values[known], days[known], strict=True)))
    at = Place(place.file, place.sheet, tuple(int(row) for row in rows[known]), name)
    told = advice("plan.dates-read", at, n=int(known.sum()), proposals=pairs[:_EXAMPLES])
    return table.assign(**{name: days.astype("str")}), Findings([told])


# -- the plan of 2014 -------------------------------------------------------------------------------------------------


def _is_topics(names: Mapping[str, object]) -> bool:
    """Whether the columns, by their folded names, are those of a plan of 2014."""
    return all(_topic_column(names, key) is not None for key in ("dataset", "date"))


def _topic_column(names: Mapping[str, object], key: str) -> object | None:
    return next((names[word] for word in TEMPLATE["topics"][key] if word in names), None)


def _topics(
    source: TableRead, names: Mapping[str, object], place: Place, findings: Findings
) -> tuple[dict[str, Any], Findings, Lines]:
    """A plan of 2014: each topic a dataset, its month the last day of it; what has no column today is named."""
    columns = {key: _topic_column(names, key) for key in TEMPLATE["topics"]}
    cells = {key: as_text(source.table[name]) for key, name in columns.items() if name is not None}
    topics = pd.DataFrame({key: cells[key] for key in ("dataset", "description", "date") if key in cells})
    topics = topics.assign(row=[int(row) for row in source.rows])
    if "order" in cells:
        topics = topics.iloc[pd.to_numeric(cells["order"], errors="coerce").argsort(kind="stable").to_numpy()]
    topics = topics.assign(date=[last_day(text) if _MONTH.fullmatch(text) else text for text in topics["date"]])
    topics = topics[topics["dataset"] != ""]
    items = topics.drop(columns="row").to_dict("records")
    left = [str(columns[key]) for key in ("owner", "published") if columns[key] is not None] or ["-"]
    found = advice("plan.topics-read", Place(place.file), n=len(items), left=left)
    lines = Lines(place.file or "", place.sheet, tuple(topics["row"]))
    return {"items": items}, Findings([*findings, found]), lines
