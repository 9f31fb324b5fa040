"""Cells that no spreadsheet runs: what would be a formula in a CSV is written as text, and read back as it was.

A spreadsheet that opens a CSV takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula. Every writer of
the kit puts an apostrophe before such a cell; numbers with a sign, telephone numbers and lone marks stay as they are.
A cell that already has apostrophes before such text gets one more, so that `bare` gives back exactly what was there.
Line ends inside a cell become LF: Python's writer does not quote a lone CR, and a reader would begin a new line there.
Workbooks need none of this: their cells say themselves that they are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

_SIGNS = "=+\\-@＝＋－＠\u2212"  # also as full width signs, which spreadsheets of some countries take for the same
_LIVE = re.compile(rf"'*(?:[\t\r\n\x00]|\s*[{_SIGNS}])")
_NUMBER = r"[-+\u2212]?\s?\$?\s?[0-9][0-9.,' ]*(?:[eE][-+]?[0-9]{1,3})?\s?%?"
_TELEPHONE = r"\+[0-9][0-9 .()]*"
_MARKS = r"[-\u2212]+"
_HARMLESS = re.compile(rf"\s*(?:{_NUMBER}|{_TELEPHONE}|{_MARKS})\s*")


def is_live(text: str) -> bool:
    r"""Whether a spreadsheet could run the cell, or already carries the mark for it.

    Examples:
        >>> [is_live(cell) for cell in ("=1+1", "-12.5", "- nota", "+52 228 123 4567", "@SUM(A1)", "\tx", "'=1+1")]
        [True, False, True, False, True, True, True]
    """
    if not _LIVE.match(text):
        return False
    plain = text.lstrip("'")
    return plain[:1] in "\t\r\n\x00" or not _HARMLESS.fullmatch(plain)


def safe(cell: Any) -> Any:
    """The cell as it may stand in a CSV; only text is looked at.

    Examples:
        >>> safe("=cmd|' /C calc'!A0"), safe("Peñón"), safe(-3), safe("'=x")
        ("'=cmd|' /C calc'!A0", 'Peñón', -3, "''=x")
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    return f"'{text}" if is_live(text) else text


def bare(cell: Any) -> Any:
    """What `safe` was given, line ends as LF.

    Examples:
        >>> bare("'=x"), bare("''=x"), bare("'Ndrangheta"), bare("=x")
        ('=x', "'=x", "'Ndrangheta", '=x')
    """
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and is_live(cell[1:]) else cell


def safe_row(cells: Iterable[Any]) -> list[Any]:
    """The cells of one line, each `safe`."""
    return [safe(cell) for cell in cells]


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table, column names too, as it may stand in a CSV; columns without such a cell are not copied."""
    return _each(table, safe)


def bare_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table that `safe_table` was given."""
    return _each(table, bare)


def _each(table: pd.DataFrame, change: Any) -> pd.DataFrame:
    columns = {}
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        columns[position] = _column(column, change) if _may_hold_text(column) else column
    if not columns:
        return table
    made = pd.DataFrame(columns, index=table.index)
    made.columns = pd.Index([change(name) for name in table.columns])
    return made


def _may_hold_text(column: pd.Series) -> bool:
    kinds = pd.api.types
    return bool(kinds.is_object_dtype(column.dtype) or kinds.is_string_dtype(column.dtype)) or isinstance(
        column.dtype, pd.CategoricalDtype
    )


def _column(column: pd.Series, change: Any) -> pd.Series:
    pairs = {v: n for v in column.unique() if isinstance(v, str) and (n := change(v)) != v}
    if not pairs:
        return column
    made = column.astype(object).map(lambda cell: pairs.get(cell, cell) if isinstance(cell, str) else cell)
    return made if isinstance(column.dtype, pd.CategoricalDtype) else made.astype(column.dtype)
