"""Official templates as files: written as CSV and XLSX with the published headers, and read back exactly.

What an official fills in by hand goes through `kit.tables`, which copes with anything; `read_exact` is for a file that
is still as the kit wrote it, so that not one character of it is interpreted.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kit.safecells import bare, safe_table

OF_NO_MATTER = (  # what the reader tells of data to be published; a template judges it itself, or may have it
    "tables.empty-cells",
    "tables.empty-cells-many",
    "tables.empty-columns",
    "tables.mostly-empty-column",
    "tables.blank-parent-cells",
    "tables.cells-with-blanks",
)
_AS_TEXT = "@"  # Excel's format that leaves 2015-09 alone instead of making a date of it
_LINE, _MOST_LINES = 15.0, 20  # points; the tallest row that Excel takes has 409
_ROOMY = 1.15  # words do not fill a line to its end
_ROOM_BELOW = 500  # rows under the last one that are ready to be filled in
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"  # what XML, and so XLSX, cannot hold
_FIXED_TIME = (2015, 6, 18, 0, 0, 0)  # the same content gives the same bytes, or each saving would look like a change
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an official template."""

    key: str  # its name in the kit
    header: str  # as published
    width: float = 20
    meaning: str = ""
    mandatory: bool = False
    aliases: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Column:
        """The column that a template's data file describes."""
        return cls(**{**facts, "aliases": tuple(facts.get("aliases", ()))})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: its table, widths, and the choices of the columns that have a drop-down.

    A prompt is what a spreadsheet shows beside a cell of such a column when it is chosen; 255 characters at most.
    """

    title: str
    table: pd.DataFrame
    widths: Sequence[float]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)


def as_text(values: pd.Series) -> pd.Series:
    """Cells as text: missing as "", line ends as LF, without outer blanks and characters that no file can hold."""
    cells = values.astype("object").where(values.notna(), "")
    clean = {cell: _clean(str(cell)) for cell in cells.unique()}
    return cells.map(clean).astype("str")


def _clean(cell: str) -> str:
    return re.sub(_CONTROL, "", cell.replace("\r\n", "\n").replace("\r", "\n")).strip()


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """The table as UTF-8, commas, LF; no cell is a formula (`kit.safecells`)."""
    safe_table(table).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_xlsx(path: Path, sheets: Iterable[Sheet]) -> None:
    """The sheets as a workbook: every cell text, header bold and frozen, drop-downs that also allow other words."""
    book = Workbook()
    del book["Sheet"]
    for sheet in sheets:
        _add_sheet(book, sheet)
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(_same_bytes(stream.getvalue()))


def _add_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "A2"
    _set_paper(page)
    headers = list(sheet.table.columns)
    for number, values in enumerate([headers, *sheet.table.itertuples(index=False)], start=1):
        for position, value in enumerate(values, start=1):
            if value == "":
                continue
            cell = page.cell(number, position, value)
            cell.data_type = "s"  # a name that begins with "=" is a name, not a formula
            cell.number_format = _AS_TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
        page.row_dimensions[number].height = _height(values, sheet.widths)
    for position, width in enumerate(sheet.widths, start=1):
        column = page.column_dimensions[get_column_letter(position)]
        column.width = width
        column.number_format = _AS_TEXT
    last = len(sheet.table) + _ROOM_BELOW
    for header, choices in sheet.choices.items():
        letter = get_column_letter(headers.index(header) + 1)
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=False)
        if header in sheet.prompts:
            rule.prompt, rule.showInputMessage = sheet.prompts[header], True
        rule.add(f"{letter}2:{letter}{last}")
        page.add_data_validation(rule)


def _height(cells: Sequence[str], widths: Sequence[float]) -> float:
    """Points that a row needs for its wrapped text: LibreOffice does not work that out for a file that it prints."""
    lines = [
        sum(max(1, math.ceil(len(part) * _ROOMY / width)) for part in cell.split("\n"))
        for cell, width in zip(cells, widths, strict=False)
    ]
    return _LINE * min(_MOST_LINES, max(lines, default=1))


def _set_paper(page: Worksheet) -> None:
    """On paper: letter, lying, all columns on one page and the header on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_LETTER
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def _same_bytes(content: bytes) -> bytes:
    """The workbook without the moment at which it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", compression=zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2015-06-18T00:00:00Z\g<3>", data)
            new.writestr(zipfile.ZipInfo(name, _FIXED_TIME), data, compress_type=zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def read_exact(path: Path, headers: Sequence[str]) -> pd.DataFrame | None:
    """The table of a file that is as `write_csv` leaves it; None if it is any different."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        read = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [[bare(cell) for cell in line] for line in read]
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    if not lines or lines[0] != list(headers) or any(len(line) != len(headers) for line in lines):
        return None
    return pd.DataFrame(lines[1:], columns=list(headers), dtype="str")
