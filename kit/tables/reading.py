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
import pyarrow.compute as pc

from kit.findings import Findings, KitError, Place, advice, error, warning
from kit.tables import containers, delimited, encoding, mojibake, workbooks
from kit.tables.columns import typed_table
from kit.tables.containers import Found
from kit.tables.grid import Grid
from kit.tables.shape import Shape, find_shape, null_marks

_SHOWN_ROWS = 1000


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
        self.grid, dialect = read.grid, read.dialect
        self.source["separator"] = dialect.separator if dialect.width > 1 else None
        self.maybe_misread = dialect.maybe_misread
        self._tell_dialect(read)

    def _as_utf8(self, codec: str | None) -> Path:
        """The file itself if it is UTF-8, else a copy that is."""
        path = self.found.path
        if codec is None:
            guess = encoding.detect(encoding.scan(path))
        else:
            guess = encoding.Encoding(_codec(codec, self.place))
        self.source["encoding"] = guess.codec
        if guess.codec.startswith("utf-8") and not guess.mixed and codec is None:
            if guess.bom:
                self.findings.add(advice("tables.bom", self.place))
            return path
        target = self.work / "as-utf-8.csv"
        lost = encoding.rewrite_as_utf8(path, guess, target)
        if guess.mixed:
            rows = encoding.rows_not_utf8(path)
            self.findings.add(warning("tables.encoding-mixed", self._at(rows), n=len(rows)))
        elif not guess.codec.startswith("utf-8"):
            self.findings.add(advice("tables.encoding-not-utf8", self.place, encoding=guess.codec))
        if lost:
            self.findings.add(warning("tables.unreadable-signs", self.place, n=lost, encoding=guess.codec))
        return target

    def _tell_dialect(self, read: delimited.Delimited) -> None:
        dialect = read.dialect
        if dialect.width > 1 and dialect.separator != ",":
            shown = "\\t (tab)" if dialect.separator == "\t" else dialect.separator
            self.findings.add(advice("tables.separator", self.place, separator=shown))
        ends = {"CRLF": dialect.crlf, "CR": dialect.cr, "LF": dialect.lf}
        if dialect.quotes and min(dialect.cr, dialect.lf) + dialect.crlf > 0:
            # Line ends inside quoted cells belong to the cells.
            for column in self.grid.columns:
                inner = pc.sum(pc.count_substring(column, "\n")).as_py() or 0
                pairs = pc.sum(pc.count_substring(column, "\r\n")).as_py() or 0
                ends["LF"] -= inner - pairs
                ends["CRLF"] -= pairs
                ends["CR"] -= (pc.sum(pc.count_substring(column, "\r")).as_py() or 0) - pairs
        kinds = [kind for kind, n in ends.items() if n > 0]
        if len(kinds) > 1:
            counts = [f"{kind} ({ends[kind]})" for kind in kinds]
            self.findings.add(warning("tables.line-ends-mixed", self.place, kinds=counts))
        elif kinds and kinds != ["LF"]:
            self.findings.add(advice("tables.line-ends", self.place, kind=kinds[0], n=ends[kinds[0]]))
        if read.stray_quotes:
            self.findings.add(warning("tables.stray-quotes", self._at(read.stray_quotes), n=len(read.stray_quotes)))
        self.ragged = (read.short, read.long, dialect.width)

    def read_workbook(self, sheet: str | int | None) -> None:
        """Cells of a spreadsheet's sheet."""
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
        if not self.grid.width or not self.grid.height and self.names is None:
            raise KitError(error("tables.file-empty", Place(self.file)))
        if self.maybe_misread:
            self._repair()
        shape = find_shape(self.grid, self.header, self.names)
        if isinstance(self.header, int) and not isinstance(self.header, bool) and not shape.header_rows:
            raise KitError(error("tables.header-row-missing", self.place, row=str(self.header)))
        self.source["header_rows"] = shape.header_rows
        self._tell_shape(shape)
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
        examples = [f"{was} → {now}" for was, now in (repair.examples or {}).items()]
        if repair.cells:
            chain = [repair.codec, *([self.source["encoding"]] if self.source["encoding"] else [])]
            self.findings.add(
                warning(
                    "tables.double-encoding", self.place, n=repair.cells, chain=" → ".join(chain), examples=examples
                )
            )
        if repair.lost:
            self.findings.add(warning("tables.lost-letters", self.place, n=repair.lost))
        for positions in (repair.suspected or {}).values():
            rows = [int(self.grid.rows[p]) for p in positions]
            self.findings.add(advice("tables.double-encoding-suspected", self._at(rows), n=len(rows)))

    def _at(self, rows: Sequence[int]) -> Place:
        return Place(self.file, self.place.sheet, tuple(rows[:_SHOWN_ROWS]))

    def _tell_shape(self, shape: Shape) -> None:
        add = self.findings.add
        if shape.guessed_none:
            add(warning("tables.no-header", self.place, n=len(shape.names), first=shape.names[0], last=shape.names[-1]))
        for code_rows in (shape.titles, shape.footnotes, shape.totals):
            texts = [_short(text) for _, text in code_rows]
            at = self._at([number for number, _ in code_rows])
            if code_rows and code_rows is shape.titles:
                add(advice("tables.title-rows", at, n=len(texts), texts=texts))
            elif code_rows and code_rows is shape.footnotes:
                add(advice("tables.footnotes", at, n=len(texts), texts=texts))
            elif code_rows:
                add(warning("tables.totals", at, n=len(texts), texts=texts))
        if len(shape.header_rows) > 1:
            add(warning("tables.two-row-header", self._at(shape.header_rows), names=shape.names))
        if shape.totals_inside:
            add(warning("tables.totals-inside", self._at(shape.totals_inside), n=len(shape.totals_inside)))
        if shape.repeated_headers:
            add(warning("tables.header-repeated", self._at(shape.repeated_headers), n=len(shape.repeated_headers)))
        if shape.blank_rows:
            add(advice("tables.blank-rows", self._at(shape.blank_rows), n=len(shape.blank_rows)))
        if shape.blank_columns:
            add(advice("tables.blank-columns", self.place, n=shape.blank_columns))
        if shape.unnamed:
            add(warning("tables.unnamed-columns", self.place, n=len(shape.unnamed), names=shape.unnamed))
        if shape.renamed:
            add(warning("tables.repeated-names", self.place, n=len(shape.renamed), names=shape.renamed))
        if shape.trimmed:
            add(advice("tables.name-blanks", self.place, n=len(shape.trimmed), names=shape.trimmed))
        self._tell_ragged(shape)
        if not self.grid.height:
            add(warning("tables.no-rows", self.place))

    ragged: tuple[list[int], list[int], int] = ([], [], 0)

    def _tell_ragged(self, shape: Shape) -> None:
        """Rows of another width, those left out that turned out to be titles, notes, totals or header."""
        short, long, width = self.ragged
        others = {number for group in (shape.titles, shape.footnotes, shape.totals) for number, _ in group}
        others |= {*shape.header_rows, *shape.blank_rows, *shape.repeated_headers}
        short, long = ([row for row in rows if row not in others] for rows in (short, long))
        if short:
            self.findings.add(warning("tables.ragged-short", self._at(short), n=len(short), width=width))
        if long:
            extra = shape.names[width:]
            self.findings.add(warning("tables.ragged-long", self._at(long), n=len(long), width=width, columns=extra))


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


def _short(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
