"""A file or a frame as columns of text for the checks, with the number of each row as a spreadsheet shows it.

Arrow reads the cells with all cores where every row has the header's width, else in order, giving back the others one
by one. A large file goes through to a database on disk in pieces and is never whole in memory.
"""

# ruff: noqa: S608 - names in the SQL are made here (c0, k0, cells) and every text is quoted
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from kit.findings import KitError, Place, error
from kit.tables import read_table
from kit.tables.delimited import guess_separator
from kit.tables.encoding import CHUNK, Encoding, detect, rewrite_as_utf8, scan

LARGE = 1 << 29
_DELIMITED = {".csv", ".tsv", ".txt", ".psv", ".tab", ""}
_BLOCK, _MAX_BLOCK = 1 << 22, 1 << 28
_SAMPLE = 1 << 18
_MEMORY = "700MB"


@dataclass
class Cells:
    """The cells as the relation ``name`` of a database: c0, c1, … as text, NULL where a short row has no cell; n."""

    labels: list[str]
    name: str
    extra: list[tuple[int, int, str]] = field(default_factory=list)  # row, position from 1, text


@dataclass
class _File:
    path: Path
    separator: str
    labels: list[str]
    quoted: bool
    odd: list[tuple[int, str]] = field(default_factory=list)


def connect(work: Path) -> duckdb.DuckDBPyConnection:
    """A database in ``work`` that spills to disk, reaches no network and loads nothing."""
    base = duckdb.connect(str(work / "cells.duckdb"))
    base.execute(f"SET memory_limit='{_MEMORY}'")
    base.execute("SET temp_directory=$1", [str(work / "spilled")])
    base.execute("SET autoinstall_known_extensions=false; SET autoload_known_extensions=false")
    base.execute("SET enable_progress_bar=false")
    return base


def load(
    source: Path | str | pd.DataFrame,
    base: duckdb.DuckDBPyConnection,
    name: str,
    work: Path,
    *,
    separator: str | None = None,
    encoding: str | None = None,
) -> Cells:
    """The cells of ``source`` as the relation ``name``."""
    if isinstance(source, pd.DataFrame):
        return _frame(source, np.arange(2, len(source) + 2), base, name)
    path = Path(source)
    if path.suffix.lower() not in _DELIMITED:
        read = read_table(path, types=False)
        return _frame(read.table, read.rows, base, name)
    if not path.is_file():
        raise KitError(error("tables.file-missing", Place(path.name), folder=str(path.parent)))
    path = _utf8(path, work / f"{name}.csv", encoding)
    try:
        return _text(path, base, name, separator)
    except pa.ArrowInvalid as problem:
        if "UTF8" not in str(problem):
            raise KitError(error("validation.file-unreadable", Place(Path(source).name))) from problem
    seen = scan(path)
    rewrite_as_utf8(path, detect(seen), work / f"{name}.csv")
    return _text(work / f"{name}.csv", base, name, separator)


def _frame(frame: pd.DataFrame, rows: np.ndarray, base: duckdb.DuckDBPyConnection, name: str) -> Cells:
    columns = [pa.array(frame.iloc[:, i].astype("string").fillna(""), type=pa.string()) for i in range(frame.shape[1])]
    names = [f"c{i}" for i in range(len(columns))]
    base.register(name, pa.table([*columns, pa.array(rows, type=pa.int64())], names=[*names, "n"]))
    return Cells([str(label) for label in frame.columns], name)


def _utf8(path: Path, target: Path, encoding: str | None) -> Path:
    """The file itself where it may be UTF-8, else (by its descriptor, its mark or its NULs) written anew."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    known = (encoding or "").lower().replace("_", "-")
    if known not in ("", "utf-8", "utf8", "utf-8-sig", "ascii"):
        try:
            rewrite_as_utf8(path, Encoding(known), target)
        except LookupError as problem:
            raise KitError(error("validation.file-unreadable", Place(path.name))) from problem
        return target
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 5 > len(head):
        rewrite_as_utf8(path, detect(scan(path)), target)
        return target
    return path


def _text(path: Path, base: duckdb.DuckDBPyConnection, name: str, separator: str | None) -> Cells:
    file = _open(path, separator)
    if path.stat().st_size > LARGE:
        reader = pa.RecordBatchReader.from_batches(_schema(file), _stream(file))
        base.register("incoming", reader)
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        base.unregister("incoming")
        cells = Cells(file.labels, name)
        odd = _odd_table(file, cells)
        if odd.num_rows:
            base.register("odd", odd)
            base.execute(f"INSERT INTO {name} SELECT * FROM odd")
            base.unregister("odd")
        return cells
    table = _whole(file)
    cells = Cells(file.labels, name)
    odd = _odd_table(file, cells)
    base.register(name, pa.concat_tables([table, odd]) if odd.num_rows else table)
    return cells


def _open(path: Path, separator: str | None) -> _File:
    quoted = False
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE).decode("utf-8", errors="replace")
        stream.seek(0)
        while not quoted and (chunk := stream.read(CHUNK)):
            quoted = b'"' in chunk
    separator = separator or guess_separator(head, len(head) < _SAMPLE)[0]
    labels = _record(head.removeprefix("\ufeff"), separator)
    if not labels:
        raise KitError(error("tables.file-empty", Place(path.name)))
    return _File(path, separator, labels, quoted)


def _record(text: str, separator: str) -> list[str]:
    """The cells of the first record of ``text``."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:  # a cell longer than the module's limit
        return text.splitlines()[0].split(separator)


def _options(file: _File, block: int, threads: bool) -> dict[str, Any]:
    names = [f"c{i}" for i in range(len(file.labels))]

    def note(row: arrow_csv.InvalidRow) -> str:
        file.odd.append((row.number, row.text))
        return "skip"

    file.odd.clear()
    return {
        "read_options": arrow_csv.ReadOptions(column_names=names, use_threads=threads, block_size=block),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=file.separator,
            newlines_in_values=file.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=None if threads else note,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    }


def _whole(file: _File) -> pa.Table:
    block, threads = _BLOCK, True
    while True:
        try:
            table = arrow_csv.read_csv(file.path, **_options(file, block, threads))
            break
        except pa.ArrowInvalid as problem:
            if threads and "Expected" in str(problem):
                threads = False
            elif "straddling" in str(problem) and block < _MAX_BLOCK:
                block *= 8
            else:
                raise
    return table.append_column("n", pa.array(_numbers(file, 0, table.num_rows))).slice(1)


def _stream(file: _File) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in arrow_csv.open_csv(file.path, **_options(file, _BLOCK * 4, False)):
        numbered = batch.append_column("n", pa.array(_numbers(file, done, done + batch.num_rows)))
        yield numbered if done else numbered.slice(1)
        done += batch.num_rows


def _numbers(file: _File, start: int, stop: int) -> np.ndarray:
    """The numbers in the file of the rows of the table's width: rows of another width stand between them."""
    positions = np.arange(start, stop, dtype=np.int64)
    if not file.odd:
        return positions + 1
    before = np.sort(np.array([number for number, _ in file.odd], dtype=np.int64)) - np.arange(len(file.odd)) - 1
    return positions + 1 + np.searchsorted(before, positions, side="right")


def _schema(file: _File) -> pa.Schema:
    return pa.schema([*((f"c{i}", pa.string()) for i in range(len(file.labels))), ("n", pa.int64())])


def _odd_table(file: _File, cells: Cells) -> pa.Table:
    """The rows of another width: NULL for what is not there; what is beyond goes to ``cells.extra``."""
    width = len(file.labels)
    rows: list[list[Any]] = []
    for number, text in file.odd:
        found = _record(text, file.separator) if text else []
        cells.extra.extend((number, width + i, cell) for i, cell in enumerate(found[width:], start=1))
        rows.append([*found[:width], *([None] * (width - len(found))), number])
    columns = list(zip(*rows, strict=True)) if rows else [()] * (width + 1)
    return pa.table(
        [pa.array(column, type=kind.type) for column, kind in zip(columns, _schema(file), strict=True)],
        schema=_schema(file),
    )
