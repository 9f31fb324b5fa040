"""A cell typed far from all others would make the spreadsheet reader reserve the whole rectangle: found beforehand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kit.findings import KitError, Place, error
from kit.tables.facts import facts

_CHUNK = 1 << 20
_OVERLAP = 1 << 10  # longer than the start tag of a cell
_TWO_LETTERS = 702  # columns A to ZZ
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_WIDE = re.compile(rb'<c r="[A-Z]{3}\d')
_CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*(?<!/)>')  # with content, not style only


def check_far_cells(path: Path, name: str) -> None:
    """Refuse an XLSX whose cells span more than the limit in ``facts.toml``; the reader would exhaust the memory.

    Raises:
        KitError: naming the last cell.
    """
    limit = facts()["limits"]["max_cells"]
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not re.match(r"xl/worksheets/[^/]+\.xml$", member):
                continue
            rows, wide = _rough_size(_chunks(archive, member))
            # Most sheets end here; only where the rough size is suspicious is every cell looked at.
            if rows * (16_384 if wide else _TWO_LETTERS) <= limit:
                continue
            rows, columns = _exact_size(_chunks(archive, member))
            if rows * columns > limit:
                cell = f"{_letters(columns)}{rows}"
                raise KitError(error("tables.far-cells", Place(name), cell=cell, millions=rows * columns // 1_000_000))


def _chunks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The member piece by piece, each with the end of the one before."""
    carried = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            yield carried + chunk
            carried = chunk[-_OVERLAP:]


def _rough_size(chunks: Iterator[bytes]) -> tuple[int, bool]:
    """The last row, and whether any column has a name of three letters."""
    rows, wide = 0, False
    for chunk in chunks:
        if (at := chunk.rfind(b"<row ")) >= 0 and (match := _ROW.match(chunk, at)):
            rows = max(rows, int(match[1]))
        wide = wide or bool(_WIDE.search(chunk))
    return rows, wide


def _exact_size(chunks: Iterator[bytes]) -> tuple[int, int]:
    """The last row and column with content."""
    rows = columns = 0
    for chunk in chunks:
        for letters, number in _CELL.findall(chunk):
            rows = max(rows, int(number))
            columns = max(columns, _number(letters))
    return rows, columns


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
