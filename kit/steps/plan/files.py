"""The plan's file: eleven official columns, vision and officials repeated in every row as ADELA does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kit import messages
from kit.findings import Findings, KitError, Place, advice, error
from kit.safecells import bare_table
from kit.steps.inventory.template import fold
from kit.steps.official import Sheet, as_text, read_exact, write_csv, write_xlsx
from kit.steps.plan.facts import COLUMNS, FREQUENCIES, HEADERS, KEYS, TEMPLATE, frequency_word, header, last_day
from kit.tables import TableRead, read_table

if TYPE_CHECKING:
    from kit.steps.plan.model import Plan

OFFICIALS = ("liaison", "administrator")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
PERSON = ("name", "position", "email")
ITEM = ("dataset", "description", "frequency", "date")


def cells(plan: Plan) -> pd.DataFrame:
    """The plan as the official table; a plan without datasets keeps one row for its vision and officials."""
    common = dict.fromkeys(KEYS, "") | {"vision": plan.vision}
    for role in OFFICIALS:
        person = getattr(plan, role)
        common |= {f"{role}.{part}": getattr(person, part) if person else "" for part in PERSON}
    rows = [{**common, **{name: getattr(item, name) for name in ITEM}} for item in plan.items]
    if not rows and any(common.values()):
        rows = [common]
    table = pd.DataFrame(rows, columns=list(KEYS))
    return pd.DataFrame({c.header: as_text(table[c.key]) for c in COLUMNS})


def fields(table: pd.DataFrame) -> dict[str, Any]:
    """The fields of a plan out of the official table; vision and officials are those of the first row that has them."""
    by_key = {column.key: table[column.header] for column in COLUMNS}

    def first(key: str) -> str:
        filled = by_key[key][by_key[key] != ""]
        return "" if filled.empty else str(filled.iloc[0])

    found: dict[str, Any] = {"vision": first("vision")}
    for role in OFFICIALS:
        person = {part: first(f"{role}.{part}") for part in PERSON}
        found[role] = person if any(person.values()) else None
    lines = zip(*(by_key[name] for name in ITEM), strict=True)
    found["items"] = [dict(zip(ITEM, map(str, line), strict=True)) for line in lines if any(line)]
    return found


def write(plan: Plan, path: Path) -> None:
    """The official table as CSV, or as XLSX if the name ends so."""
    table = cells(plan)
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, _sheets(table))
    else:
        write_csv(path, table)


def _sheets(table: pd.DataFrame) -> list[Sheet]:
    """The plan with the drop-down of its frequencies, and what each of them means on a sheet of its own."""
    values, words = header("frequency"), [messages.text(f"plan.heading.{name}") for name in ("code", "es", "en")]
    meaning = pd.DataFrame(
        [(code, frequency_word(code, "es"), frequency_word(code, "en")) for code in FREQUENCIES], columns=words
    )
    return [
        Sheet(
            TEMPLATE["sheet"],
            table,
            [column.width for column in COLUMNS],
            {values: FREQUENCIES},
            {values: messages.text("plan.frequency-prompt")},
        ),
        Sheet(TEMPLATE["frequencies_sheet"], meaning, [20, 24, 24]),
    ]


def read(path: Path) -> tuple[dict[str, Any], Findings]:
    """The fields of the plan in a file, and what reading it took; a plan of 2014 (a list of topics) is read too.

    Raises:
        KitError: ``plan.not-a-plan`` if official columns are missing.
    """
    exact = read_exact(path, HEADERS)
    if exact is not None:
        return fields(pd.DataFrame({name: as_text(exact[name]) for name in HEADERS})), Findings()
    found = _table(path)
    names = {fold(str(name)): name for name in found.table.columns}
    missing = [header for header in HEADERS if fold(header) not in names]
    if missing and _is_topics(names):
        return _topics(found.table, names, path.name, found.findings)
    if missing:
        place = Place(str(found.source["file"]), found.source["sheet"])
        columns = [str(name) for name in names.values()]
        raise KitError(error("plan.not-a-plan", place, n=len(missing), missing=missing, columns=columns))
    table = pd.DataFrame({header: as_text(found.table[names[fold(header)]]) for header in HEADERS})
    return fields(table), found.findings


def _table(path: Path) -> TableRead:
    """The table of the file; of a workbook the plan's sheet, though the list of frequencies may have more rows."""
    found = read_table(path, types=False)
    if found.source["sheet"] is None:
        return replace(found, table=bare_table(found.table))
    if found.source["sheet"] == TEMPLATE["sheet"]:
        return found
    try:
        return read_table(path, types=False, sheet=TEMPLATE["sheet"])
    except KitError:  # no such sheet: the plan lies in another
        return found


def _is_topics(names: Mapping[str, object]) -> bool:
    """Whether the columns, by their folded names, are those of a plan of 2014."""
    return all(_topic_column(names, key) is not None for key in ("dataset", "date"))


def _topic_column(names: Mapping[str, object], key: str) -> object | None:
    return next((names[word] for word in TEMPLATE["topics"][key] if word in names), None)


def _topics(
    table: pd.DataFrame, names: Mapping[str, object], file: str, findings: Findings
) -> tuple[dict[str, Any], Findings]:
    """A plan of 2014: each topic a dataset, its month the last day of it; what has no column today is named."""
    columns = {key: _topic_column(names, key) for key in TEMPLATE["topics"]}
    cells = {key: as_text(table[name]) for key, name in columns.items() if name is not None}
    rows = pd.DataFrame({key: cells[key] for key in ("dataset", "description", "date") if key in cells})
    if "order" in cells:
        rows = rows.iloc[pd.to_numeric(cells["order"], errors="coerce").argsort(kind="stable").to_numpy()]
    rows = rows.assign(date=[last_day(text) if _MONTH.fullmatch(text) else text for text in rows["date"]])
    items = [row for row in rows.to_dict("records") if row["dataset"]]
    left = [str(columns[key]) for key in ("owner", "published") if columns[key] is not None] or ["-"]
    found = advice("plan.topics-read", Place(file), n=len(items), left=left)
    return {"items": items}, Findings([*findings, found])
