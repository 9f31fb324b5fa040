"""The plan's file: eleven official columns, vision and officials repeated in every row as ADELA does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kit import messages
from kit.steps.official import Sheet, as_text, write_csv, write_xlsx
from kit.steps.plan.facts import COLUMNS, FREQUENCIES, KEYS, TEMPLATE, frequency_word, header

if TYPE_CHECKING:
    from kit.steps.plan.model import Plan

OFFICIALS = ("liaison", "administrator")
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


def item_rows(table: pd.DataFrame, rows: Sequence[int]) -> tuple[int, ...]:
    """Of the rows of the official table those that hold an item, in the order of `fields`."""
    filled = (table[[header(name) for name in ITEM]] != "").any(axis=1)
    return tuple(int(row) for row, holds in zip(rows, filled, strict=True) if holds)


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
