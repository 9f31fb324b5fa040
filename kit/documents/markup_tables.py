"""The tables that models show in notebooks, read back as grids: a table is said once, by the model it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from kit.documents.blocks import Grid, grid


def grids(markup: str, *, widths: Sequence[float] = (), wide: bool = False) -> list[Grid]:
    """Every table of ``markup`` (as `kit.markup.table` writes them), in order.

    Args:
        markup: HTML of the kit's own.
        widths: the shares of the columns of each table that has as many.
        wide: whether they want pages on their side.
    """
    reader = _Tables()
    reader.feed(markup)
    found = []
    for caption, head, rows in reader.tables:
        fitting = widths if len(widths) == len(head) else ()
        found.append(grid(head, rows, caption, widths=fitting, wide=wide))
    return found


class _Tables(HTMLParser):
    """Collects caption, headings and rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[str], list[list[str]]]] = []
        self._caption = ""
        self._head: list[str] = []
        self._rows: list[list[str]] = []
        self._row: list[str] = []
        self._in_head = False
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, a row or a cell begins."""
        del attrs
        if tag == "table":
            self._caption, self._head, self._rows = "", [], []
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._row = []
        elif tag in {"caption", "th", "td"}:
            self._text = []
        elif tag in {"br", "li", "p"} and self._text:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        """Words of a cell, or of nothing that counts."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """A cell, a row or a table is complete."""
        if tag in {"caption", "th", "td"} and self._text is not None:
            words = "".join(self._text).strip()
            self._text = None
            if tag == "caption":
                self._caption = words
            else:
                self._row.append(words)
        elif tag == "tr":
            if self._in_head:
                self._head = self._row
            else:
                self._rows.append(self._row)
        elif tag == "thead":
            self._in_head = False
        elif tag == "table":
            self.tables.append((self._caption, self._head, self._rows))
