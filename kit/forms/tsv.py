"""A block of cells as a spreadsheet puts it on the clipboard: tabs between cells, line ends between rows.

Excel, LibreOffice and Google Sheets put a cell that holds a tab, a line end or a quote between quotes, with its own
quotes doubled. What only looks like that (a cell that begins with a quote and never closes it) is taken as it stands.
"""

from __future__ import annotations

_LINE_END = "\n"


def parse(text: str) -> list[list[str]]:
    r"""The rows of a clipboard's text; no row for the line end that closes the last one.

    Examples:
        >>> parse('Predios\t"de dos\nrenglones"\r\n"2"" de ancho"\t=1+1\r\n')
        [['Predios', 'de dos\nrenglones'], ['2" de ancho', '=1+1']]
    """
    text = text.replace("\r\n", _LINE_END).replace("\r", _LINE_END)
    if text.endswith(_LINE_END):
        text = text[:-1]
    rows: list[list[str]] = [[]]
    at = 0
    while True:
        cell, at = _cell(text, at)
        rows[-1].append(cell)
        if at >= len(text):
            return rows
        if text[at] == _LINE_END:
            rows.append([])
        at += 1


def _cell(text: str, at: int) -> tuple[str, int]:
    """The cell that begins at ``at``, and where it ends."""
    if text.startswith('"', at):
        quoted = _quoted(text, at)
        if quoted is not None:
            return quoted
    end = at
    while end < len(text) and text[end] not in ("\t", _LINE_END):
        end += 1
    return text[at:end], end


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """The cell between quotes that begins at ``at``; None if its quote is not closed before a tab or a line end."""
    position = at + 1
    while True:
        close = text.find('"', position)
        if close < 0:
            return None
        after = text[close + 1 : close + 2]
        if after == '"':
            position = close + 2
        elif after in ("", "\t", _LINE_END):
            return text[at + 1 : close].replace('""', '"'), close + 1
        else:
            return None
