"""What is title, header, data, total and footnote in a grid of text: the shape that people give to a table.

Rules from the Guide 2015, step 2.1 ("with errors" example) and from INEGI's exports (domain.md 3.5).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kit.tables.facts import facts, pattern, plain
from kit.tables.grid import Grid

_HEAD = 80
_TAIL = 200
_LONGEST_NAME = 150
_LONGEST_GROUP = 40
_FIRST_COLUMNS = 6
_YEAR = re.compile(r"^(18|19|20)\d\d$")
_NO_WORD = re.compile(
    r"^[\s$(+-]*[\d.,\s]+\)?(e[+-]?\d+)?\s*(%|m2|m²|km|has?)?$"  # numbers, amounts, keys
    r"|^\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?([ t][\d:.]+(z|[+-][\d:]+)?)?$|^\d{1,2}:\d\d(:\d\d)?$"  # dates and times
    r"|^\\n$|^[0-9a-f]{24,}$|^[\d-]{5,}$|^(https?://|[^@\s]+@[^@\s]+$)",  # nulls, geometry, keys, addresses
    re.IGNORECASE,
)


@dataclass(slots=True)
class Shape:
    """The names, the rows that are no data, and what was seen on the way."""

    names: list[str] = field(default_factory=list)
    header_rows: list[int] = field(default_factory=list)
    guessed_none: bool = False
    titles: list[tuple[int, str]] = field(default_factory=list)
    footnotes: list[tuple[int, str]] = field(default_factory=list)
    totals: list[tuple[int, str]] = field(default_factory=list)
    totals_inside: list[int] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)
    blank_rows: list[int] = field(default_factory=list)
    blank_columns: int = 0
    unnamed: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    trimmed: list[str] = field(default_factory=list)


def find_shape(grid: Grid, header: str | int | None, names: list[str] | None = None) -> Shape:
    """Name the columns of ``grid`` and drop, in place, every row that is no data."""
    shape = Shape()
    blank = grid.blank_rows()
    shape.blank_rows = grid.rows[blank].tolist()
    grid.keep(~blank)
    _drop_blank_columns(grid, shape, names)
    if names is not None:
        raw_names = names[: grid.width]
    else:
        top = _header_positions(grid, header, shape)
        raw_names = _take_header(grid, top, shape)
    _drop_tail(grid, shape)
    _name_columns(raw_names, grid.width, shape)
    if shape.header_rows:
        _drop_repeated_header(grid, raw_names, shape)
    _note_inner_totals(grid, shape)
    return shape


def _drop_blank_columns(grid: Grid, shape: Shape, names: list[str] | None) -> None:
    """Columns at the right without a single cell, name included, are an artefact of the spreadsheet."""
    while grid.width > 1 and not (names and len(names) >= grid.width and names[grid.width - 1].strip()):
        cells = pc.fill_null(pc.utf8_trim_whitespace(grid.columns[-1]), "")
        if pc.any(pc.not_equal(cells, "")).as_py():
            break
        grid.columns.pop()
        shape.blank_columns += 1


def _header_positions(grid: Grid, header: str | int | None, shape: Shape) -> list[int]:
    """Positions in the grid of the rows that hold the names: none, one or two."""
    if header is None:
        return []
    if isinstance(header, int):
        return np.flatnonzero(grid.rows == header).tolist()
    lines = grid.lines(0, _HEAD)
    found = _guess_header(lines)
    shape.guessed_none = found is None and bool(lines)
    if found is None:
        return []
    if found and _groups(lines[found - 1], lines[found], grid.rows[found - 1] + 1 == grid.rows[found]):
        return [found - 1, found]
    if found + 1 < len(lines) and _completes(lines[found], lines[found + 1], lines[found + 2 :]):
        return [found, found + 1]
    return [found]


def _filled(line: list[str]) -> int:
    return sum(1 for cell in line if cell)


def _wordy(cell: str) -> bool:
    """Whether a cell could be a name: a word, not a number, date, address, null or long text."""
    return bool(cell) and len(cell) <= _LONGEST_NAME and not _NO_WORD.match(cell)


def _textual(line: list[str]) -> bool:
    """Whether every cell could be a name; years may stand among words."""
    cells = [cell for cell in line if cell]
    return any(_wordy(c) for c in cells) and all(_wordy(c) or _YEAR.match(c) for c in cells)


def _guess_header(lines: list[list[str]]) -> int | None:
    """The position of the header, or None if the first full row already looks like data."""
    if not lines:
        return None
    widest = max(_filled(line) for line in lines)
    enough = max(min(2, widest), widest * 0.5)
    for i, line in enumerate(lines):
        if _filled(line) < enough:
            continue
        if _years_only(line, lines[i + 1 :]):
            return i
        if not _textual(line) or _recurs(line, lines[i + 1 :]):
            return None
        return i
    return None


def _years_only(line: list[str], below: list[list[str]]) -> bool:
    """Whether a row names only years, rising, over columns of figures, beside unnamed columns of words."""
    years = [cell for cell in line if cell]
    if len(years) < 2 or not all(_YEAR.match(year) for year in years) or sorted(set(years)) != years:
        return False
    unnamed = [j for j, cell in enumerate(line) if not cell]
    return any(_wordy(other[j]) for other in below[:5] for j in unnamed)


def _recurs(line: list[str], below: list[list[str]]) -> bool:
    """Whether the cells of ``line`` come again in their own columns, as values do and names do not."""
    others = [other for other in below if other != line]
    filled = [j for j, cell in enumerate(line) if cell]
    again = sum(1 for j in filled if any(other[j] == line[j] for other in others))
    return again >= 2 or (again == 1 and len(filled) <= 3 and len(others) >= 2)


def _groups(above: list[str], header: list[str], adjacent: bool) -> bool:
    """Whether the row above the header spans groups of its columns ("Turistas" over two of them)."""
    filled = [j for j, cell in enumerate(above) if cell]
    if not adjacent or not filled or not _textual(above) or any(len(above[j]) > _LONGEST_GROUP for j in filled):
        return False
    gaps = any(not above[j] and header[j] for j in range(filled[0], len(above)))
    # One text in the first column is a title; a single one further right spans what follows it.
    return gaps and (len(filled) > 1 or filled[0] > 0)


def _completes(header: list[str], below: list[str], data: list[list[str]]) -> bool:
    """Whether ``below`` is the header's second row: words under its gaps, gaps under its words, data after it."""
    if not _textual(below) or not data:
        return False
    under_gaps = [j for j, cell in enumerate(below) if cell and not header[j]]
    gaps_under = [j for j, cell in enumerate(header) if cell and not below[j]]
    if not under_gaps or not gaps_under:
        return False
    # The columns of the second row hold data of another kind, or at least fuller rows than it is.
    values = [line[j] for line in data[:20] for j in under_gaps if line[j]]
    return sum(not _wordy(v) for v in values) * 2 > len(values) or _filled(data[0]) > _filled(below)


def _take_header(grid: Grid, top: list[int], shape: Shape) -> list[str]:
    """Cut off the header and what stands above it; the raw names."""
    if not top:
        return [""] * grid.width
    first, last = top[0], top[-1]
    for number, line in zip(grid.rows[:first].tolist(), grid.lines(0, first), strict=True):
        shape.titles.append((number, " ".join(cell for cell in line if cell)))
    raw = [[cell or "" for cell in column.slice(first, last - first + 1).to_pylist()] for column in grid.columns]
    shape.header_rows = grid.rows[first : last + 1].tolist()
    mask = np.ones(grid.height, dtype=bool)
    mask[: last + 1] = False
    grid.keep(mask)
    if len(top) == 1:
        return [cells[0] for cells in raw]
    return _joined(raw)


def _joined(raw: list[list[str]]) -> list[str]:
    """Two rows of names as one: a group's name goes on to the right over columns that have only a second name."""
    names: list[str] = []
    group = ""
    for upper, lower in ((cells[0].strip(), cells[1].strip()) for cells in raw):
        group = upper or (group if lower else "")
        names.append(f"{group} {lower}".strip() if lower else upper)
        if upper and not lower:
            group = ""
    return names


def _drop_tail(grid: Grid, shape: Shape) -> None:
    """Cut off footnotes and totals at the end, and a total right under the header."""
    start = max(0, grid.height - _TAIL)
    tail = grid.lines(start, grid.height)
    if not tail:
        return
    usual = float(np.median([_filled(line) for line in tail]))
    mask = np.ones(grid.height, dtype=bool)
    for offset in range(len(tail) - 1, -1, -1):
        line, position = tail[offset], start + offset
        number = int(grid.rows[position])
        if _is_footnote(line, usual, number in grid.ragged):
            shape.footnotes.insert(0, (number, " ".join(cell for cell in line if cell)))
        elif _is_total(line):
            shape.totals.insert(0, (number, " ".join(cell for cell in line if cell)))
        else:
            break
        mask[position] = False
    if mask.any() and mask[0] and grid.height > 1 and _is_total(first := grid.lines(0, 1)[0]):
        shape.totals.insert(0, (int(grid.rows[0]), " ".join(cell for cell in first if cell)))
        mask[0] = False
    grid.keep(mask)


def _is_footnote(line: list[str], usual: float, ragged: bool) -> bool:
    filled = _filled(line)
    first = next((cell for cell in line if cell), "")
    if pattern("shape", "footnote").search(plain(first)):
        return filled <= max(1, usual / 2) or ragged or (filled < usual and ":" in first)
    # Without a telling word: one text alone at the left, where rows are fuller.
    return filled == 1 and usual >= 3 and bool(line[0]) and _wordy(first) and " " in first


def _is_total(line: list[str]) -> bool:
    words = [cell for cell in line if _wordy(cell)]
    return bool(words) and bool(pattern("shape", "total").search(plain(words[0]))) and _filled(line) > 1


def _name_columns(raw: list[str], width: int, shape: Shape) -> None:
    """Names without blanks around, none missing, none twice."""
    raw = [*raw, *[""] * (width - len(raw))][:width]
    seen: Counter[str] = Counter()
    taken = {" ".join(name.split()) for name in raw}
    for i, name in enumerate(raw, start=1):
        clean = " ".join(name.split())
        if clean != name and clean:
            shape.trimmed.append(clean)
        if not clean:
            clean = f"column_{i}"
            if shape.header_rows:
                shape.unnamed.append(clean)
        seen[clean] += 1
        if seen[clean] > 1:
            shape.renamed.append(clean)
            while (numbered := f"{clean}_{seen[clean]}") in taken:
                seen[clean] += 1
            clean = numbered
            taken.add(clean)
        shape.names.append(clean)


def _drop_repeated_header(grid: Grid, raw: list[str], shape: Shape) -> None:
    """Rows that say the header again (pages pasted one under the other)."""
    named = [i for i, name in enumerate(raw) if name.strip() and i < grid.width][:3]
    if not grid.height or not named:
        return
    same = np.ones(grid.height, dtype=bool)
    for i in named:
        if same.any():
            same &= np.asarray(pc.fill_null(pc.equal(grid.columns[i], raw[i]), False))
    if len(named) > 1 and same.any():
        shape.repeated_headers = grid.rows[same].tolist()
        grid.keep(~same)


def _note_inner_totals(grid: Grid, shape: Shape) -> None:
    """Rows among the data whose label says that they are totals; they stay."""
    total = "(?i)" + facts()["shape"]["total"]
    found: set[int] = set()
    for column in grid.columns[:_FIRST_COLUMNS]:
        if any(_wordy(cell or "") for cell in column.slice(0, 50).to_pylist()):
            hits = pc.fill_null(pc.match_substring_regex(column, total), False)
            if pc.any(hits).as_py():
                found.update(grid.rows[np.asarray(hits)].tolist())
    shape.totals_inside = sorted(found)


def null_marks(grid: Grid) -> tuple[list[int], int]:
    r"""Turn PostgreSQL's ``\N`` into missing cells, in place; the columns' positions and how many cells there were."""
    null = facts()["missing"]["null"]
    touched: list[int] = []
    count = 0
    for i, column in enumerate(grid.columns):
        hits = pc.fill_null(pc.equal(column, null), False)
        if n := pc.sum(hits).as_py():
            grid.columns[i] = pc.if_else(hits, pa.scalar(None, pa.string()), column)
            touched.append(i)
            count += n
    return touched, count
