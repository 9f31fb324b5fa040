"""Findings about a file's layout and a table's shape: what the reader saw there and what it did about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow.compute as pc

from kit.findings import Finding, Place, advice, warning
from kit.tables.delimited import Delimited
from kit.tables.shape import Shape

_SHOWN_ROWS = 1000
_SHOWN_SIGNS = 80


def at_rows(place: Place, rows: Sequence[int]) -> Place:
    """``place`` at ``rows`` (the first thousand)."""
    return Place(place.file, place.sheet, tuple(rows[:_SHOWN_ROWS]))


def dialect_findings(read: Delimited, place: Place) -> list[Finding]:
    """About separator, line ends and quotes."""
    found: list[Finding] = []
    dialect = read.dialect
    if dialect.width > 1 and dialect.separator != ",":
        shown = "\\t (tab)" if dialect.separator == "\t" else dialect.separator
        found.append(advice("tables.separator", place, separator=shown))
    ends = {kind: n for kind, n in _line_ends(read).items() if n > 0}
    if len(ends) > 1:
        kinds = [f"{kind} ({n})" for kind, n in ends.items()]
        found.append(warning("tables.line-ends-mixed", place, kinds=kinds))
    elif ends and "LF" not in ends:
        kind, n = ends.popitem()
        found.append(advice("tables.line-ends", place, kind=kind, n=n))
    if read.stray_quotes:
        found.append(warning("tables.stray-quotes", at_rows(place, read.stray_quotes), n=len(read.stray_quotes)))
    return found


def _line_ends(read: Delimited) -> dict[str, int]:
    """How many lines end in what; line ends inside quoted cells belong to the cells."""
    dialect = read.dialect
    ends = {"CRLF": dialect.crlf, "CR": dialect.cr, "LF": dialect.lf}
    if not dialect.quotes or sum(n > 0 for n in ends.values()) < 2:
        return ends
    for column in read.grid.columns:
        pairs, cr, lf = (pc.sum(pc.count_substring(column, sign)).as_py() or 0 for sign in ("\r\n", "\r", "\n"))
        ends["CRLF"] -= pairs
        ends["CR"] -= cr - pairs
        ends["LF"] -= lf - pairs
    return ends


def shape_findings(shape: Shape, place: Place, height: int) -> list[Finding]:
    """About header, titles, notes, totals, blanks and names; ``height`` is the number of data rows."""
    found: list[Finding] = []
    if shape.guessed_none:
        first, last = shape.names[0], shape.names[-1]
        found.append(warning("tables.no-header", place, n=len(shape.names), first=first, last=last))
    if len(shape.header_rows) > 1:
        found.append(warning("tables.two-row-header", at_rows(place, shape.header_rows), names=shape.names))
    found += _set_apart(shape, place)
    found += _rows_and_names(shape, place)
    if not height:
        found.append(warning("tables.no-rows", place))
    return found


def _set_apart(shape: Shape, place: Place) -> list[Finding]:
    """About rows with words that are no data."""
    found: list[Finding] = []
    if shape.titles:
        at, texts = _words(shape.titles, place)
        found.append(advice("tables.title-rows", at, n=len(texts), texts=texts))
    if shape.footnotes:
        at, texts = _words(shape.footnotes, place)
        found.append(advice("tables.footnotes", at, n=len(texts), texts=texts))
    if shape.totals:
        at, texts = _words(shape.totals, place)
        found.append(warning("tables.totals", at, n=len(texts), texts=texts))
    return found


def _words(rows: list[tuple[int, str]], place: Place) -> tuple[Place, list[str]]:
    texts = [text if len(text) <= _SHOWN_SIGNS else text[: _SHOWN_SIGNS - 1] + "…" for _, text in rows]
    return at_rows(place, [number for number, _ in rows]), texts


def _rows_and_names(shape: Shape, place: Place) -> list[Finding]:
    """About rows that were dropped or doubted, and names that were changed."""
    found: list[Finding] = []

    def tell(make: Callable[[Place, int], Finding], rows: Sequence[int]) -> None:
        if rows:
            found.append(make(at_rows(place, rows), len(rows)))

    tell(lambda at, n: warning("tables.totals-inside", at, n=n), shape.totals_inside)
    tell(lambda at, n: warning("tables.header-repeated", at, n=n), shape.repeated_headers)
    tell(lambda at, n: advice("tables.blank-rows", at, n=n), shape.blank_rows)
    if shape.blank_columns:
        found.append(advice("tables.blank-columns", place, n=shape.blank_columns))
    if shape.unnamed:
        found.append(warning("tables.unnamed-columns", place, n=len(shape.unnamed), names=shape.unnamed))
    if shape.renamed:
        found.append(warning("tables.repeated-names", place, n=len(shape.renamed), names=shape.renamed))
    if shape.trimmed:
        found.append(advice("tables.name-blanks", place, n=len(shape.trimmed), names=shape.trimmed))
    return found


def ragged_findings(shape: Shape, place: Place, short: list[int], long: list[int], width: int) -> list[Finding]:
    """About rows of another width, without those that turned out to be title, header, note or total."""
    others = {number for group in (shape.titles, shape.footnotes, shape.totals) for number, _ in group}
    others |= {*shape.header_rows, *shape.blank_rows, *shape.repeated_headers}
    short, long = ([row for row in rows if row not in others] for rows in (short, long))
    found: list[Finding] = []
    if short:
        found.append(warning("tables.ragged-short", at_rows(place, short), n=len(short), width=width))
    if long:
        extra = shape.names[width:]
        found.append(warning("tables.ragged-long", at_rows(place, long), n=len(long), width=width, columns=extra))
    return found
