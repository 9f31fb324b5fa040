"""Read an official table as it comes, from the bytes to typed columns, and say everything it took."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.tables import containers, delimited, encoding, mojibake, workbooks
from kit.tables.columns import typed_table
from kit.tables.containers import Found
from kit.tables.facts import facts
from kit.tables.grid import Grid
from kit.tables.reports import at_rows, dialect_findings, ragged_findings, shape_findings
from kit.tables.shape import find_shape, null_marks
from kit.tables.sparse import check_far_cells


@dataclass(slots=True)
class TableRead:
    """A table as read, and how.

    Attributes:
        table: the data rows; column names stripped, keys as text with their zeros.
        rows: for each row of ``table``, its row number in the file (1 = first line, as a spreadsheet shows it).
        findings: everything the reader had to do or saw.
        source: ``file``, ``member``, ``kind``, ``encoding``, ``separator``, ``sheet``, ``header_rows``, ``sha256``.
    """

    table: pd.DataFrame
    rows: np.ndarray
    findings: Findings = field(default_factory=Findings)
    source: dict[str, Any] = field(default_factory=dict)


def read_table(
    path: str | os.PathLike[str],
    *,
    sheet: str | int | None = None,
    encoding: str | None = None,
    header: str | int | None = "auto",
    columns: Sequence[str] | None = None,
    types: bool = True,
    member: str | None = None,
    separator: str | None = None,
) -> TableRead:
    r"""Read a table: delimited text, XLSX, XLS, ODS or DBF, in a ZIP or GZIP or not.

    Args:
        path: the file.
        sheet: name or position (from 0) of the sheet; else the one that holds the data.
        encoding: of a text or DBF file, if the guess is wrong: "utf-8", "latin-1", "windows-1252", "mac_roman"…
        header: "auto"; None if there is none (columns become ``column_1``…); or its row in the file (1 = first line).
        columns: names of the columns to keep, in this order.
        types: read numbers and dates where a whole column is such; False leaves all as text.
        member: which file of a ZIP.
        separator: of a text file, if the guess is wrong: ``,`` ``;`` ``|`` or ``"\t"``.

    Raises:
        KitError: if there is no readable table; its findings say why and what to do.

    Examples:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "a.csv")
        ...     _ = file.write_bytes("Año;Clave\n2014;01\n".encode("latin-1"))
        ...     read = read_table(file)
        >>> read.table.to_dict("records"), read.source["encoding"]
        ([{'Año': 2014, 'Clave': '01'}], 'latin-1')
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="kit-tables-", ignore_cleanup_errors=True) as work:
        found = containers.locate(path, Path(work), member)
        reader = _Reader(found, Path(work), header)
        if found.kind == "delimited":
            reader.read_text(encoding, separator)
        elif found.kind == "dbf":
            reader.read_dbf(encoding)
        else:
            reader.read_workbook(sheet)
        reader.source["sha256"] = _sha256(path)
    return reader.finish(columns, types)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Reader:
    """The way of one file through encoding, cells, shape and types; findings gather on the way."""

    def __init__(self, found: Found, work: Path, header: str | int | None) -> None:
        self.found, self.work, self.header = found, work, header
        self.file = found.name
        self.place = Place(self.file)
        self.findings = Findings()
        self.names: list[str] | None = None
        self.grid = Grid([], np.array([], dtype="int64"))
        self.maybe_misread = True
        self.ragged: tuple[list[int], list[int], int] = ([], [], 0)
        self.source: dict[str, Any] = {
            "file": self.file.split("/")[0] if found.member else self.file,
            "member": found.member,
            "kind": found.kind,
            "encoding": None,
            "separator": None,
            "sheet": None,
            "header_rows": [],
        }
        if found.disguised:
            extension = Path(self.file).suffix
            self.findings.add(advice("tables.disguised", self.place, extension=extension, kind=found.kind.upper()))

    def read_text(self, codec: str | None, separator: str | None) -> None:
        """Cells of a delimited text."""
        try:
            text = self._as_utf8(codec)
            read = delimited.read_delimited(text, self.work, separator)
        except pa.ArrowInvalid as problem:
            reason = str(problem).splitlines()[0][:200]
            raise KitError(error("tables.not-delimited", self.place, reason=reason)) from None
        except delimited.TooWideError as problem:
            raise KitError(_too_wide(problem.width, self.place)) from None
        except delimited.TooLongError as problem:
            megabytes, most = (n // 1_000_000 for n in (problem.length, facts()["limits"]["max_line_bytes"]))
            raise KitError(error("tables.line-too-long", self.place, megabytes=megabytes, most=most)) from None
        self.grid, dialect = read.grid, read.dialect
        self.source["separator"] = dialect.separator if dialect.width > 1 else None
        self.maybe_misread = dialect.maybe_misread
        self.ragged = (read.short, read.long, dialect.width)
        self.findings.extend(dialect_findings(read, self.place))

    def _as_utf8(self, codec: str | None) -> Path:
        """The file itself if it is UTF-8, else a copy that is."""
        path = self.found.path
        guess = encoding.Encoding(_codec(codec, self.place)) if codec else encoding.detect(encoding.scan(path))
        self.source["encoding"] = guess.codec
        if guess.codec.startswith("utf-8") and not guess.mixed and codec is None:
            if guess.bom:
                self.findings.add(advice("tables.bom", self.place))
            return path
        target = self.work / "as-utf-8.csv"
        lost = encoding.rewrite_as_utf8(path, guess, target)
        if guess.mixed:
            rows = encoding.rows_not_utf8(path)
            self.findings.add(warning("tables.encoding-mixed", at_rows(self.place, rows), n=len(rows)))
        elif not guess.codec.startswith("utf-8"):
            self.findings.add(advice("tables.encoding-not-utf8", self.place, encoding=guess.codec))
        if lost:
            self.findings.add(warning("tables.unreadable-signs", self.place, n=lost, encoding=guess.codec))
        return target

    def read_workbook(self, sheet: str | int | None) -> None:
        """Cells of a spreadsheet's sheet."""
        if self.found.kind == "xlsx":
            check_far_cells(self.found.path, self.file)
        read = workbooks.read_workbook(self.found.path, self.file, sheet)
        self.grid = read.grid
        self.source["sheet"] = read.name
        self.place = Place(self.file, read.name)
        if read.others:
            self.findings.add(advice("tables.sheets", self.place, n=len(read.others), others=read.others))

    def read_dbf(self, codec: str | None) -> None:
        """Cells of a dBASE table; its names are its own."""
        read = workbooks.read_dbf(self.found.path, self.file, codec and _codec(codec, self.place))
        self.grid, self.names = read.grid, read.header
        self.source["encoding"] = read.codec
        if read.codec and read.codec != "utf-8":
            self.findings.add(advice("tables.encoding-not-utf8", self.place, encoding=read.codec))
        if read.deleted:
            self.findings.add(advice("tables.dbf-deleted", self.place, n=read.deleted))

    def finish(self, columns: Sequence[str] | None, types: bool) -> TableRead:
        """Shape, names and types, once the cells are there."""
        if not self.grid.width or (not self.grid.height and self.names is None):
            raise KitError(error("tables.file-empty", Place(self.file)))
        if self.grid.width > facts()["limits"]["max_columns"]:
            raise KitError(_too_wide(self.grid.width, self.place))
        if self.maybe_misread:
            self._repair()
        shape = find_shape(self.grid, self.header, self.names)
        if not self.grid.height and not shape.header_rows and self.names is None:
            raise KitError(error("tables.file-empty", Place(self.file)))
        if isinstance(self.header, int) and not isinstance(self.header, bool) and not shape.header_rows:
            raise KitError(error("tables.header-row-missing", self.place, row=str(self.header)))
        self.source["header_rows"] = shape.header_rows
        self.findings.extend(shape_findings(shape, self.place, self.grid.height))
        self.findings.extend(ragged_findings(shape, self.place, *self.ragged))
        touched, count = null_marks(self.grid)
        if count:
            names = [shape.names[i] for i in touched]
            self.findings.add(advice("tables.null-marks", self.place, n=count, columns=names))
        wanted = _wanted(columns, shape.names, self.place)
        rows = self.grid.rows
        table, found = typed_table(self.grid, shape.names, wanted, types, self.place)
        self.findings.extend(found)
        return TableRead(table, rows, self.findings, self.source)

    def _repair(self) -> None:
        repair = mojibake.repair(self.grid.columns)
        if repair.cells:
            examples = [f"{was} → {now}" for was, now in repair.examples.items()]
            chain = " → ".join(codec for codec in (repair.codec, self.source["encoding"]) if codec)
            self.findings.add(
                warning("tables.double-encoding", self.place, n=repair.cells, chain=chain, examples=examples)
            )
        if repair.lost:
            self.findings.add(warning("tables.lost-letters", self.place, n=repair.lost))
        for positions in repair.suspected.values():
            rows = self.grid.rows[positions].tolist()
            self.findings.add(advice("tables.double-encoding-suspected", at_rows(self.place, rows), n=len(rows)))


def _too_wide(width: int, place: Place) -> Finding:
    return error("tables.too-many-columns", place, n=width, most=facts()["limits"]["max_columns"])


def _codec(name: str, place: Place) -> str:
    """``name`` if Python knows the encoding."""
    try:
        "".encode(name)
    except LookupError:
        raise KitError(error("tables.unknown-encoding", place, encoding=name)) from None
    return name


def _wanted(columns: Sequence[str] | None, names: list[str], place: Place) -> list[str] | None:
    """``columns`` if all are there.

    Raises:
        KitError: naming the columns there are.
    """
    if columns is None:
        return None
    if unknown := [name for name in columns if name not in names]:
        raise KitError(error("tables.unknown-column", place, n=len(unknown), unknown=unknown, names=names))
    return list(columns)
