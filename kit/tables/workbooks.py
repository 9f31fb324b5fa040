"""XLSX, XLS, ODS and DBF into a grid of text: which sheet holds the data, and what a cell says as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine
from pyogrio.errors import DataSourceError
from pyogrio.raw import read_arrow

from kit.findings import KitError, Place, error
from kit.tables import encoding
from kit.tables.facts import pattern, plain
from kit.tables.grid import Grid

_BATCH = 20_000
_MIDNIGHT = dt.time()
_DBF_LANGUAGE = 29  # offset of the byte that names a code page


@dataclass(slots=True)
class Sheet:
    """The grid of a sheet, its name, and the other sheets there were."""

    grid: Grid
    name: str | None = None
    others: list[str] = field(default_factory=list)
    header: list[str] | None = None  # known beforehand (DBF)
    codec: str | None = None
    deleted: int = 0


def read_workbook(path: Path, name: str, sheet: str | int | None) -> Sheet:
    """The sheet asked for, or the one that holds the data.

    Raises:
        KitError: for a damaged or protected workbook, a sheet that is not there, or no data.
    """
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        with book:
            chosen, others = _choose(book, name, sheet)
            grid = _grid(chosen)
    except calamine.PasswordError:
        raise KitError(error("tables.password", Place(name))) from None
    except (calamine.CalamineError, OSError) as problem:
        if "assword" in str(problem) or "ncrypted" in str(problem):
            raise KitError(error("tables.password", Place(name))) from None
        kind = path.suffix.lstrip(".").upper() or "XLSX"
        raise KitError(error("tables.file-damaged", Place(name), kind=kind)) from None
    return Sheet(grid, chosen.name, others)


def _choose(
    book: calamine.CalamineWorkbook, name: str, wanted: str | int | None
) -> tuple[calamine.CalamineSheet, list[str]]:
    """The sheet ``wanted``, else the first that is about as large as the largest and no side sheet."""
    names = book.sheet_names
    if wanted is not None:
        exact = [n for i, n in enumerate(names) if wanted in (n, i)]
        fitting = exact or [n for n in names if plain(n).strip() == plain(str(wanted)).strip()]
        if not fitting:
            raise KitError(error("tables.sheet-missing", Place(name), sheet=str(wanted), sheets=names))
        return book.get_sheet_by_name(fitting[0]), []
    visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible] or names
    sheets: dict[str, int] = {}
    for each in visible:
        loaded = book.get_sheet_by_name(each)
        if loaded.height and loaded.width:
            sheets[each] = loaded.height * loaded.width
    if not sheets:
        raise KitError(error("tables.file-empty", Place(name)))
    main = {n: area for n, area in sheets.items() if not pattern("shape", "side_sheet").search(plain(n))} or sheets
    chosen = next(n for n, area in main.items() if area * 2 >= max(main.values()))
    return book.get_sheet_by_name(chosen), [n for n in sheets if n != chosen]


def _grid(sheet: calamine.CalamineSheet) -> Grid:
    """The cells as text, batch by batch, so that never more than a batch stands as Python objects."""
    pieces: list[list[pa.Array]] = []
    count = 0
    for batch in _batches(sheet.iter_rows()):
        pieces = pieces or [[] for _ in batch[0]]  # calamine's own widths count from 0 or from the first used column
        count += len(batch)
        for i, column in enumerate(zip(*batch, strict=True)):
            pieces[i].append(pa.array([as_text(cell) for cell in column], pa.string()))
    columns = [pa.chunked_array(chunks, type=pa.string()) for chunks in pieces]
    return Grid(columns, np.arange(1, count + 1))


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def as_text(cell: Any) -> str:
    """A spreadsheet's cell as text: whole numbers without ".0", dates as ISO.

    Examples:
        >>> as_text(45729.0), as_text(dt.datetime(2014, 1, 2))
        ('45729', '2014-01-02')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(sep=" ")
    return str(cell)


def read_dbf(path: Path, name: str, codec: str | None = None) -> Sheet:
    """A DBF's records as text, in the encoding its .cpg or header names, else the one its bytes speak for."""
    codec = codec or _dbf_codec(path)
    try:
        meta, table = read_arrow(path, encoding=_gdal_name(codec), read_geometry=False, return_fids=True)
    except (DataSourceError, UnicodeDecodeError, ValueError):
        raise KitError(error("tables.file-damaged", Place(name), kind="DBF")) from None
    numbers = np.asarray(table.column(meta["fid_column"] or 0)) + 2  # row 1 is the header in a spreadsheet
    names = [str(n) for n in meta["fields"]]
    columns = [_text_column(table.column(n)) for n in names]
    with path.open("rb") as stream:
        stated = int.from_bytes(stream.read(8)[4:8], "little")
    return Sheet(Grid(columns, numbers), None, [], names, codec, max(0, stated - len(numbers)))


def _text_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A typed column as text; whole floats without their ".0"."""
    if pa.types.is_floating(column.type):
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0$", "")
    if pa.types.is_timestamp(column.type):
        return pc.replace_substring_regex(column.cast(pa.string()), r" 00:00:00(\.0+)?$", "")
    return column.cast(pa.string())


def _dbf_codec(path: Path) -> str:
    companions = [path.with_suffix(".cpg"), path.with_suffix(".CPG"), path.with_suffix(".cst")]
    for companion in companions:
        if companion.exists():
            return _python_name(companion.read_text(encoding="ascii", errors="replace").strip())
    with path.open("rb") as stream:
        header = stream.read(32)
    seen = encoding.scan(path, start=int.from_bytes(header[8:10], "little"))
    seen.nuls = 0  # some programs fill with NUL: no sign of UTF-16 here
    found = encoding.detect(seen)
    if found.codec.startswith("utf-8"):
        return "utf-8"
    language = header[_DBF_LANGUAGE]
    return {0x01: "cp437", 0x02: "cp850", 0x03: "windows-1252", 0x57: "windows-1252"}.get(language, found.codec)


def _python_name(named: str) -> str:
    """What a .cpg says ("1252", "ANSI 1252", "ISO 88591", "UTF-8") as Python names it."""
    digits = re.sub(r"\D", "", named)
    if "utf" in named.lower() or digits == "65001":
        return "utf-8"
    if digits in ("88591", "28591"):
        return "latin-1"
    return {"1252": "windows-1252", "850": "cp850", "437": "cp437", "10000": "mac_roman"}.get(digits, "latin-1")


def _gdal_name(codec: str) -> str:
    known = {"latin-1": "ISO-8859-1", "windows-1252": "CP1252", "mac_roman": "MACINTOSH", "utf-8": "UTF-8"}
    return known.get(codec, codec.upper())
