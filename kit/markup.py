"""HTML that notebooks and pages share: a table with caption and header cells, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "", *, row_heads: bool = False) -> str:
    """A table that a screen reader can walk through.

    Args:
        head: the headings of the columns.
        rows: the cells; everything is shown as text, nothing as markup.
        caption: what the table shows.
        row_heads: whether the first cell of a row is its heading.
    """
    parts = ["<table>"]
    if caption:
        parts.append(f'<caption style="text-align:left">{html.escape(caption)}</caption>')
    parts.append("<thead><tr>")
    parts.extend(f'<th scope="col" style="text-align:left">{html.escape(str(name))}</th>' for name in head)
    parts.append("</tr></thead><tbody>")
    for row in rows:
        cells = [html.escape(str(cell)) for cell in row]
        opened = [f'<th scope="row" style="text-align:left">{cells[0]}</th>'] if row_heads and cells else []
        rest = cells[1:] if opened else cells
        parts.append("<tr>" + "".join(opened + [f'<td style="text-align:left">{c}</td>' for c in rest]) + "</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def framed(page: str, *, title: str, height: int = 640) -> str:
    """A whole HTML page inside another, cut off from it: it runs no script and reaches nothing outside.

    Args:
        page: the page's source.
        title: what a screen reader announces.
        height: in pixels.
    """
    return (
        f'<iframe srcdoc="{html.escape(page, quote=True)}" title="{html.escape(title, quote=True)}" sandbox '
        f'style="width:100%;height:{height}px;border:1px solid #c9d3da"></iframe>'
    )
