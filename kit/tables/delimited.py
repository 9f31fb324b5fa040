"""Delimited text into a grid: separator, line ends, quotes that do not close, rows of another width.

A sound file is read once, streaming, by Arrow. Rows whose width is not the table's come back from it one by one with
their number and text and are put in their place again, so that no cell is lost. Only a file whose quotes do not pair
is first written anew, record by record.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from kit.tables.facts import facts
from kit.tables.grid import Grid

SEPARATORS = (",", ";", "\t", "|")
_NONE = "\x01"  # for a file with one column
_SAMPLE = 1 << 18
_CHUNK = 1 << 20
_BLOCK = 1 << 22
_MAX_BLOCK = 1 << 30
_LONGEST_CELL_LINES = 200
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# How misread UTF-8 begins. The rarest byte of each is looked for first: one byte is found many times faster than two.
_MISREAD_LEADS = tuple((sign.encode()[-1:], sign.encode()) for sign in "ÃÂ√¬├┬")


class TooWideError(Exception):
    """The table has more columns than can be worked with."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.width = width


class TooLongError(Exception):
    """A line has more bytes than a table's can have."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


@dataclass(slots=True)
class Dialect:
    """How a text file is laid out, and what one pass over its bytes counted."""

    separator: str = ","
    width: int = 1
    cr: int = 0  # alone
    lf: int = 0  # alone
    crlf: int = 0
    quotes: int = 0
    unpaired: bool = False
    maybe_misread: bool = False
    longest: int = 0  # bytes of the longest line, where one is longer than a chunk


@dataclass(slots=True)
class Delimited:
    """A grid, and what reading it took."""

    grid: Grid
    dialect: Dialect
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    stray_quotes: list[int] = field(default_factory=list)


def read_delimited(path: Path, work: Path, separator: str | None = None) -> Delimited:
    """The cells of a UTF-8 text file; ``work`` is a folder for temporary files.

    Raises:
        TooWideError: beyond ``max_columns`` of ``facts.toml``.
        TooLongError: beyond its ``max_line_bytes``.
    """
    dialect = examine(path, separator)
    if dialect.longest > facts()["limits"]["max_line_bytes"]:
        raise TooLongError(dialect.longest)
    stray: list[int] = []
    source = path
    if dialect.unpaired:
        source = work / "quotes-mended.csv"
        stray = _mend_quotes(path, source, dialect)
    grid, odd = _read(source, dialect)
    if len(odd) > grid.height:
        dialect.width = Counter(width for _, width, _ in odd).most_common(1)[0][0]
        grid, odd = _read(source, dialect)
    result = Delimited(grid, dialect, stray_quotes=stray)
    _put_back(result, odd)
    return result


def examine(path: Path, separator: str | None = None) -> Dialect:
    """Separator, width, line ends and quotes of ``path``."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
        complete = len(head) < _SAMPLE
    dialect = Dialect()
    dialect.separator, dialect.width = guess_separator(head.decode("utf-8", errors="replace"), complete, separator)
    _count_signs(path, dialect)
    return dialect


def guess_separator(sample: str, complete: bool = True, separator: str | None = None) -> tuple[str, int]:
    """The separator that gives most lines the same number of cells, and that number."""
    sample = sample.removeprefix("\ufeff")
    lines = [line for line in re.split(r"\r\n|\r|\n", _QUOTED.sub("Q", sample)) if line.strip()]
    lines = [line for line in lines if line.strip(" \t,;|")] or lines  # rows of separators only say little
    if not complete and len(lines) > 1:
        lines.pop()
    best, best_score = (separator or _NONE, 1), 0.0
    for candidate in (separator,) if separator else SEPARATORS:
        widths = Counter(line.count(candidate) + 1 for line in lines)
        several = Counter({width: n for width, n in widths.items() if width > 1})
        if not several:
            continue
        # The commonest width wins; between two as common, the wider.
        width, n = max(several.items(), key=lambda item: (item[1], item[0]))
        if n == 1 and len(lines) > 2:
            continue  # one line with commas in it is running text
        score = n / len(lines) + 0.001 * min(width, 50) - (0.2 if candidate == "," and _decimal_commas(lines) else 0)
        if score > best_score:
            best, best_score = (candidate, width), score
    # A comma here and there in running text separates nothing.
    return best if separator or best_score > 0.3 else (_NONE, 1)


def _decimal_commas(lines: list[str]) -> bool:
    """Whether the commas of most lines stand between digits while another separator is there too."""
    both = [line for line in lines if re.search(r"\d,\d", line) and re.search(r"[;\t|]", line)]
    return len(both) * 2 > len(lines)


def _count_signs(path: Path, dialect: Dialect) -> None:
    sep = dialect.separator.encode()
    opens = closes = spaced = running = 0
    last = b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            seen = last + chunk  # one byte of overlap, so that pairs across chunks are counted
            dialect.lf += chunk.count(b"\n")
            if b"\r" in seen:
                dialect.crlf += seen.count(b"\r\n")
                dialect.cr += chunk.count(b"\r")
            if b'"' in seen:
                dialect.quotes += chunk.count(b'"')
                opens += sum(seen.count(before + b'"') for before in (sep, b"\n", b"\r"))
                closes += sum(seen.count(b'"' + after) for after in (sep, b"\n", b"\r"))
                spaced += seen.count(sep + b' "')
            if not chunk.isascii() and not dialect.maybe_misread:
                dialect.maybe_misread = any(rare in chunk and lead in chunk for rare, lead in _MISREAD_LEADS)
            last = chunk[-1:]
            ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
            running += min(ends, default=len(chunk))
            dialect.longest = max(dialect.longest, running)
            if ends:
                running = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1
    closes += last == b'"'
    dialect.cr -= dialect.crlf
    dialect.lf -= dialect.crlf
    dialect.unpaired = bool(dialect.quotes) and (dialect.quotes % 2 == 1 or opens != closes or spaced > 0)


def _read(path: Path, dialect: Dialect) -> tuple[Grid, list[tuple[int, int, str]]]:
    """The rows of the table's width as a grid, and the others as (row number, cells, text)."""
    _check_width(dialect.width)
    names = [f"c{i}" for i in range(dialect.width)]
    block = _BLOCK
    while True:
        odd: list[tuple[int, int, str]] = []

        def note(row: arrow_csv.InvalidRow, odd: list[tuple[int, int, str]] = odd) -> str:
            odd.append((row.number, row.actual_columns, row.text))
            return "skip"

        try:
            with pa.OSFile(str(path), "rb") as stream:
                table = arrow_csv.read_csv(
                    stream,
                    read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=block),
                    parse_options=arrow_csv.ParseOptions(
                        delimiter=dialect.separator,
                        newlines_in_values=dialect.quotes > 0,
                        ignore_empty_lines=False,
                        invalid_row_handler=note,
                    ),
                    convert_options=arrow_csv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                    ),
                    memory_pool=_pool(),
                )
            break
        except pa.ArrowInvalid as problem:
            # A record longer than a block (a polygon in one cell).
            if "straddling" not in str(problem) or block >= _MAX_BLOCK:
                raise
            block *= 8
    columns = table.columns
    numbers = np.arange(1, table.num_rows + len(odd) + 1)
    if odd:
        numbers = np.delete(numbers, np.array([number for number, _, _ in odd]) - 1)
    return Grid(columns, numbers), odd


def _check_width(width: int) -> None:
    if width > facts()["limits"]["max_columns"]:
        raise TooWideError(width)


def _pool() -> pa.MemoryPool:
    """The allocator that gives memory back soonest, where Arrow has it; measured a fifth less at the peak."""
    try:
        return pa.jemalloc_memory_pool()
    except NotImplementedError:
        return pa.default_memory_pool()


def _put_back(result: Delimited, odd: list[tuple[int, int, str]]) -> None:
    """Insert the rows of another width; blank cells beyond the table's width are no cells."""
    width = result.dialect.width
    lines: list[tuple[int, list[str]]] = []
    for number, _, text in odd:
        cells = split_record(text, result.dialect.separator)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        _check_width(len(cells))
        lines.append((number, cells))
        if len(cells) > width:
            result.long.append(number)
        elif len(cells) < width:
            result.short.append(number)
    result.grid.insert(lines)
    result.grid.ragged = {*result.short, *result.long}


def split_record(text: str, separator: str) -> list[str]:
    """The cells of one record; quotes that do not pair are taken as they stand."""
    if '"' not in text:
        return text.split(separator)
    cells = _split_quoted(text, separator)
    return cells if cells is not None else text.split(separator)


def _split_quoted(text: str, separator: str) -> list[str] | None:
    """The cells of a record whose quotes pair, or None: a quoted cell ends where a separator or the end follows."""
    cells: list[str] = []
    at = 0
    while True:
        start = at
        while text[start : start + 1] == " ":
            start += 1
        if text[start : start + 1] == '"':
            match = _QUOTED.match(text, start)
            if match is None:
                return None
            end = match.end()
            while text[end : end + 1] == " ":
                end += 1
            if end < len(text) and text[end] != separator:
                return None
            cells.append(match.group()[1:-1].replace('""', '"'))
        else:
            end = text.find(separator, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        if end >= len(text):
            return cells
        at = end + 1


def _mend_quotes(path: Path, target: Path, dialect: Dialect) -> list[int]:
    """Write the records anew with proper quotes; the numbers of those whose quotes did not pair."""
    stray: list[int] = []
    number = 0
    with path.open(encoding="utf-8", newline="") as stream, target.open("w", encoding="utf-8", newline="") as out:
        waiting: deque[str] = deque()
        for line in _lines(stream, waiting):
            number += 1
            body = line.rstrip("\r\n")
            if '"' not in body:
                out.write(body + "\n")
                continue
            cells = _split_quoted(body, dialect.separator)
            if cells is None:
                cells = _join_lines(line, stream, waiting, dialect)
            elif any('"' in cell and _quote(cell, dialect.separator) not in body for cell in cells):
                stray.append(number)  # quotes amid a cell that is not quoted
            if cells is None:
                stray.append(number)
                cells = body.split(dialect.separator)
            out.write(dialect.separator.join(_quote(cell, dialect.separator) for cell in cells) + "\n")
    return stray


def _lines(stream: Iterator[str], waiting: deque[str]) -> Iterator[str]:
    """The lines of ``stream``, those put back into ``waiting`` first."""
    while True:
        line = waiting.popleft() if waiting else next(stream, None)
        if line is None:
            return
        yield line


def _join_lines(line: str, stream: Iterator[str], waiting: deque[str], dialect: Dialect) -> list[str] | None:
    """The cells of a record that goes on over the next lines, if together they make a row of the table's width."""
    record = line
    for i in range(_LONGEST_CELL_LINES):
        if i == len(waiting):
            following = next(stream, None)
            if following is None:
                return None
            waiting.append(following)
        record += waiting[i]
        if '"' not in waiting[i]:
            continue
        cells = _split_quoted(record.rstrip("\r\n"), dialect.separator)
        if cells is not None and len(cells) == dialect.width:
            for _ in range(i + 1):
                waiting.popleft()
            return cells
    return None


def _quote(cell: str, separator: str) -> str:
    if '"' in cell or separator in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
