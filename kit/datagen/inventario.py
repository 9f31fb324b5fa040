"""The inventory package: ``datasets/inventario``, one truth handed over as a dirty workbook and as a dirty CSV."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kit.datagen import inventario_dirt, package
from kit.datagen.inventario_dirt import Cell, DirtyInventory
from kit.datagen.inventario_facts import COLUMNS, HEADERS, THEME, facts, fields, rows
from kit.datasets import sha256

BOOK, TABLE, KEY = "raw/inventario.xlsx", "raw/inventario.csv", "answer-key.csv"
DEFAULT_SEED = 2015
_ROOM_BELOW = 500
_LINE = 15  # points
_MONTH = "mmm-yy"  # as Excel shows a month that was typed into it


def truth(seed: int = DEFAULT_SEED) -> pd.DataFrame:  # noqa: ARG001  (the same for all seeds; as `catastro.truth`)
    """The clean inventory on the official headers. It is made again, never shipped."""
    return rows()[list(COLUMNS)].set_axis(list(HEADERS), axis="columns")


def themes() -> dict[str, str]:
    """The theme of each dataset: cadastre, mobility, security, resilience or other."""
    return dict(rows().drop_duplicates("dataset").set_index("dataset")[THEME])


def soil(seed: int = DEFAULT_SEED, *, file: str) -> DirtyInventory:
    """What an office makes of the truth: ``raw/inventario.xlsx`` or ``raw/inventario.csv``, with its answer key."""
    return inventario_dirt.soil(rows()[list(COLUMNS)], seed, file=file)


def build(folder: Path, seed: int = DEFAULT_SEED) -> dict[str, Any]:
    """Write the whole package into ``folder`` and return its entry for the registry."""
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    book, table = soil(seed, file=BOOK), soil(seed, file=TABLE)
    write_book(folder / BOOK, book)
    table.write_csv(folder / TABLE)
    key = pd.concat([book.key, table.key], ignore_index=True)
    key.to_csv(folder / KEY, index=False, encoding="utf-8", lineterminator="\n")
    titles = facts()["resources"]
    sections = {
        "inventario": (titles["libro"], _fields("inventario")),
        KEY: (titles["answer-key"], _fields("answer-key")),
    }
    package.write_dictionary(folder, facts()["titles"], sections)
    figures = {"resources": len(rows()), "datasets": rows()["dataset"].nunique(), "defects": len(key)}
    package.write_readmes(folder, facts(), seed=str(seed), **figures)
    generator = {"module": "kit.datagen.inventario", "seed": seed}
    package.write_descriptor(folder, facts(), _resources(folder, book.header, table.header), generator)
    return {
        "name": "inventario",
        "folder": "inventario",
        "titles": facts()["titles"],
        "rows": len(rows()),
        "geometry": None,
        "crs": None,
        "encoding": "iso-8859-1",
        "licence": "CC-BY-4.0",
        "synthetic": True,
        "standard": facts()["standard"],
        "hash": f"sha256:{sha256(folder / 'datapackage.json')}",
    }


def write_book(path: Path, dirty: DirtyInventory) -> None:
    """The workbook of an office: merged cells, months that Excel made dates, the template's drop-down, two sheets."""
    book = Workbook()
    del book["Sheet"]
    page = book.create_sheet(facts()["sheet"])
    for number, line in enumerate(dirty.grid, start=1):
        for position, value in enumerate(line, start=1):
            if value == "":
                continue
            cell = page.cell(number, position, value)
            cell.alignment = Alignment(wrap_text=number >= dirty.header, vertical="top")
            if isinstance(value, dt.date):
                cell.number_format = _MONTH
            if number <= dirty.header:
                cell.font = Font(bold=True)
        if number >= dirty.header:
            page.row_dimensions[number].height = _LINE * _lines_of(line)
    for column, first, last in dirty.merges:
        page.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    for position, width in enumerate(facts()["widths"], start=1):
        page.column_dimensions[get_column_letter(position)].width = width
    choices = DataValidation(type="list", formula1=f'"{",".join(facts()["choices"])}"', showErrorMessage=False)
    letter = get_column_letter(COLUMNS.index("reason") + 1)
    choices.add(f"{letter}{dirty.header + 1}:{letter}{len(dirty.grid) + _ROOM_BELOW}")
    page.add_data_validation(choices)
    page.freeze_panes = f"A{dirty.header + 1}"
    meanings = book.create_sheet(facts()["dictionary_sheet"])
    meanings.append(["Columna", "Significado"])
    for field in _fields("inventario").to_dict("records"):
        meanings.append([field["name"], field["es"]])
    for letter, width in (("A", 40), ("B", 95)):
        meanings.column_dimensions[letter].width = width
    package.write_book(path, book, facts()["created"])


def _lines_of(cells: list[Cell]) -> int:
    """How many lines the fullest cell of a row wraps to."""
    return max(1, *(math.ceil(len(str(cell)) / width) for cell, width in zip(cells, facts()["widths"], strict=True)))


def _fields(resource: str) -> pd.DataFrame:
    chosen = fields()
    return chosen[chosen["resource"] == resource]


def _resources(folder: Path, book_header: int, table_header: int) -> list[dict[str, Any]]:
    """The descriptor's resources; schemas describe the clean form, ``dirty`` says that the file is not there yet."""
    titles = facts()["resources"]
    schema = package.schema(_fields("inventario"))
    book = package.resource(
        folder, "libro", BOOK, titles["libro"],
        type="table", format="xlsx", mediatype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        dirty=True, dialect={"sheetName": facts()["sheet"], "headerRows": [book_header]}, schema=schema,
    )  # fmt: skip
    table = package.resource(
        folder, "tabla", TABLE, titles["tabla"],
        type="table", format="csv", mediatype="text/csv", encoding="iso-8859-1", dirty=True,
        dialect={"delimiter": ",", "lineTerminator": "\r\n", "headerRows": [table_header]}, schema=schema,
    )  # fmt: skip
    key = package.resource(
        folder, "answer-key", KEY, titles["answer-key"],
        type="table", format="csv", mediatype="text/csv", encoding="utf-8",
        schema=package.schema(_fields("answer-key")),
    )  # fmt: skip
    return [book, table, key]
