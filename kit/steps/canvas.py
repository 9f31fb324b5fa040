"""Boxes with text, laid out in columns from left to right: the drawing of a theory of change, as SVG."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH = 1120  # A4 on its side at 96 dpi
_MARGIN = 20
_GAP = 26
_LINE = 17
_PADDING = 10
_CHARACTER = 6.9  # mean width of a character at 13 px in the fonts named below
_STYLE = (
    "text{font:13px 'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#1a1a1a}"
    ".t{font-weight:700;fill:#fff}.h{font-size:19px;font-weight:700}"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A titled box with paragraphs, in a column counted from 0."""

    title: str
    texts: Sequence[str]
    column: int


def draw_canvas(title: str, description: str, boxes: Sequence[Box], foot: Box) -> str:
    """The boxes in their columns, arrows between columns, and one wide box at the foot.

    Args:
        title: the heading of the page, also the accessible name of the drawing.
        description: the drawing in words.
        boxes: in reading order; boxes of one column stand below each other.
        foot: a box as wide as the page.
    """
    columns = max(box.column for box in boxes) + 1
    width = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    parts: list[str] = []
    bottom = 0.0
    top = 62.0
    for column in range(columns):
        x = _MARGIN + column * (width + _GAP)
        y = top
        for box in (b for b in boxes if b.column == column):
            drawn, height = _box(box, x, y, width)
            parts.append(drawn)
            y += height + 14
        bottom = max(bottom, y)
        if column:
            parts.append(_arrow(x - _GAP + 3, top + 13, x - 3))
    drawn, height = _box(foot, _MARGIN, bottom + 6, _WIDTH - 2 * _MARGIN)
    parts.append(drawn)
    total = bottom + height + 6 + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {total:.0f}" role="img" '
        f'aria-labelledby="canvas-title canvas-description"><title id="canvas-title">{html.escape(title)}</title>'
        f'<desc id="canvas-description">{html.escape(description)}</desc><style>{_STYLE}</style>'
        f'<rect width="{_WIDTH}" height="{total:.0f}" fill="#fff"/>'
        f'<text class="h" x="{_MARGIN}" y="38">{html.escape(title)}</text>{"".join(parts)}</svg>'
    )


def _box(box: Box, x: float, y: float, width: float) -> tuple[str, float]:
    room = max(12, int((width - 2 * _PADDING) / _CHARACTER))
    heading = textwrap.wrap(box.title, room) or [""]
    lines: list[str] = []
    for number, words in enumerate(box.texts):
        if number:
            lines.append("")
        lines.extend(textwrap.wrap(words, room))
    head = len(heading) * _LINE + 10
    height = head + max(1, len(lines)) * _LINE + 2 * _PADDING
    drawn = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" '
        'fill="#f7f9fb" stroke="#0b4f6c"/>',
        f'<path d="M{x:.1f} {y + head:.1f}v{4 - head:.1f}q0 -4 4 -4h{width - 8:.1f}q4 0 4 4v{head - 4:.1f}z" '
        'fill="#0b4f6c"/>',
        _lines(heading, x + _PADDING, y + _LINE + 1, "t"),
        _lines(lines, x + _PADDING, y + head + _PADDING + 12, ""),
    ]
    return "".join(drawn), height


def _lines(lines: Sequence[str], x: float, y: float, kind: str) -> str:
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{y + number * _LINE:.1f}">{html.escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f"<text{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{spans}</text>"


def _arrow(start: float, y: float, end: float) -> str:
    return (
        f'<path d="M{start:.1f} {y:.1f}H{end - 6:.1f}" stroke="#0b4f6c" stroke-width="2"/>'
        f'<path d="M{end - 8:.1f} {y - 5:.1f}L{end:.1f} {y:.1f}l-8 5z" fill="#0b4f6c"/>'
    )
