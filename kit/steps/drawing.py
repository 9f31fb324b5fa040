"""Boxes with text, and arrows between them, on one page: what the drawings of the planning steps are made of.

A drawing has the shape of a sheet on its side and always fits it: the page grows around the text, which so prints
smaller, down to a size that can still be read; after that long texts are cut, and a mark says that the table has the
rest. Texts are measured in the font that prints them, whatever the machine has on its screen.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

from kit import messages

WIDTH = 1120.0  # of the smallest page, at 96 dpi
MARGIN = 18.0
PADDING = 9.0
LINE = 17.0
SIZE = 13.0
_SHAPE = 1.45  # width by height of A4 and A3 on their side, inside the margins of the printer
_SCALES = (1.0, 1.1, 1.2, 1.3, 1.45, 1.6, 1.75)  # the last prints 13 px as 5.2 points on A4, 7.4 on A3
_CUTS = ((20, 99), (12, 99), (8, 30), (6, 20), (4, 12), (3, 12), (2, 12), (2, 8), (1, 8), (1, 5), (1, 3), (1, 1))
_NARROWEST = 2.5  # pixels of a sign
_FAMILY = "DejaVu Sans,Segoe UI,Helvetica Neue,Arial,sans-serif"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DARK, ENDS, INK, QUIET = "#0b4f6c", ("#8a3b00", "#00614a"), "#1a1a1a", "#595959"


@dataclass(frozen=True, slots=True)
class Room:
    """The page that a drawing is tried on, and how much of long texts may be shown."""

    width: float
    height: float
    lines: int  # of one text
    texts: int  # in one box, or boxes in one chain
    tight: bool = False  # the page grows no more: what does not fit is cut


@dataclass(frozen=True, slots=True)
class Box:
    """A box with an optional title and paragraphs; a hint stands in it while it is empty."""

    title: str
    texts: Sequence[str]
    hint: str = ""
    colour: str = DARK
    dashed: bool = False
    spaced: bool = False  # a blank line between the paragraphs


@dataclass(slots=True)
class Canvas:
    """What has been drawn so far, and how far down it reaches."""

    parts: list[str] = field(default_factory=list)
    bottom: float = 0.0

    def box(self, box: Box, room: Room, at: tuple[float, float], size: tuple[float, float]) -> None:
        """Draw a box, at least as high as its text."""
        (x, y), (width, height) = at, size
        height = max(height, height_of(box, room, width))
        title = wrap(box.title, (width - 2 * PADDING) / 1.13) if box.title else []
        head = len(title) * LINE + 9 if title else 0.0
        dash = ' stroke-dasharray="5 3"' if box.dashed else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" '
            f'fill="#f7f9fb" stroke="{box.colour}"{dash}/>'
        )
        if title:
            self.parts.append(
                f'<path d="M{x:.1f} {y + head:.1f}v{4 - head:.1f}q0 -4 4 -4h{width - 8:.1f}q4 0 4 4v{head - 4:.1f}z" '
                f'fill="{box.colour}"/>'
            )
            self.text(title, x + PADDING, y + LINE, 'font-weight="700" fill="#ffffff"')
        lines, quiet = _lines(box, room, width)
        self.text(lines, x + PADDING, y + head + PADDING + 11, f'fill="{QUIET}" font-style="italic"' if quiet else "")
        self.bottom = max(self.bottom, y + height)

    def text(self, lines: Sequence[str], x: float, y: float, style: str = "") -> None:
        """Draw lines of text below each other."""
        spans = "".join(
            f'<tspan x="{x:.1f}" y="{y + number * LINE:.1f}">{html.escape(line)}</tspan>'
            for number, line in enumerate(lines)
            if line
        )
        if spans:
            self.parts.append(f"<text{' ' + style if style else ''}>{spans}</text>")

    def line(self, *points: tuple[float, float], arrow: bool = True, dashed: bool = False) -> None:
        """Draw a line along points, with a head at its end."""
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="2 4"' if dashed else ""
        self.parts.append(f'<path d="M{way}" fill="none" stroke="{DARK}" stroke-width="1.6"{dash}/>')
        if arrow:
            (x0, y0), (x, y) = points[-2:]
            across, along = (0, 1 if y > y0 else -1) if abs(y - y0) > abs(x - x0) else (1 if x > x0 else -1, 0)
            sides = [(x - 8 * across + s * 5 * along, y - 8 * along + s * 5 * across) for s in (1, -1)]
            corners = "L".join(f"{a:.1f} {b:.1f}" for a, b in ((x, y), *sides))
            self.parts.append(f'<path d="M{corners}z" fill="{DARK}"/>')

    def badge(self, words: str, x: float, y: float) -> None:
        """Draw a number in a circle."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#ffffff" stroke="{DARK}" stroke-width="1.6"/>'
        )
        self.parts.append(
            f'<text x="{x:.1f}" y="{y + 4.2:.1f}" text-anchor="middle" font-size="12" font-weight="700" '
            f'fill="{DARK}">{html.escape(words)}</text>'
        )


def page(title: str, description: str, draw: Callable[[Room, Canvas], None]) -> str:
    """The SVG of one page.

    Args:
        title: its heading, also the accessible name of the drawing.
        description: the drawing in words.
        draw: draws into the room that it is given, below the heading; it may be called several times.
    """
    for room in _rooms():
        canvas = Canvas()
        canvas.text([title], MARGIN, MARGIN + 16, 'font-size="19" font-weight="700"')
        draw(room, canvas)
        if canvas.bottom <= room.height - MARGIN + 0.5:
            break
    height = max(room.height, canvas.bottom + MARGIN)  # the last, hardest cut fits any text; nothing may be lost if not
    key = hashlib.sha256(description.encode("utf-8", "replace")).hexdigest()[:8]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {room.width:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="t{key} d{key}" font-family="{_FAMILY}" font-size="{SIZE:.0f}" fill="{INK}">'
        f'<title id="t{key}">{html.escape(clean(title))}</title>'
        f'<desc id="d{key}">{html.escape(clean(description))}</desc>'
        f'<rect width="{room.width:.0f}" height="{height:.0f}" fill="#ffffff"/>{"".join(canvas.parts)}</svg>'
    )


def _rooms() -> Iterator[Room]:
    for scale in _SCALES:
        high = WIDTH * scale / _SHAPE
        yield Room(WIDTH * scale, high, int(high / LINE), int(high / LINE))  # what has more lines cannot fit whole
    yield Room(WIDTH * scale, high, int(high / LINE), int(high / LINE), tight=True)
    for lines, texts in _CUTS:
        yield Room(WIDTH * scale, high, lines, texts, tight=True)


def fit(box: Box, room: Room, width: float, height: float) -> Room:
    """The room with texts cut so far that one box of a size holds its own."""
    for lines, texts in ((room.lines, room.texts), *_CUTS):
        room = dataclasses.replace(room, lines=min(lines, room.lines), texts=min(texts, room.texts))
        if height_of(box, room, width) <= height:
            break
    return room


def height_of(box: Box, room: Room, width: float) -> float:
    """How high a box of a width must be for its text."""
    title = len(wrap(box.title, (width - 2 * PADDING) / 1.13)) * LINE + 9 if box.title else 0.0
    return title + max(1, len(_lines(box, room, width)[0])) * LINE + 2 * PADDING


def clean(words: str) -> str:
    """Words without the signs that XML forbids."""
    return _NOT_IN_XML.sub("", words)


def _lines(box: Box, room: Room, width: float) -> tuple[list[str], bool]:
    """The lines of a box, and whether they are its hint."""
    texts = [text for text in box.texts if text.strip()]
    inner = width - 2 * PADDING
    if not texts:
        return list(wrap(box.hint, inner)), True
    more = messages.text("theory.more-in-table")
    longest = int((room.lines + 1) * inner / _NARROWEST)
    lines: list[str] = []
    for text in texts[: room.texts]:
        found = [line for part in text[:longest].split("\n") for line in wrap(part, inner)]
        lines += [""] if box.spaced and lines else []
        lines += [*found[: room.lines], *wrap(more, inner)] if len(found) > room.lines else found
    left = len(texts) - room.texts
    return lines + list(wrap(messages.text("theory.more-texts", n=left), inner) if left > 0 else ()), False


@functools.lru_cache(maxsize=4096)
def wrap(words: str, width: float) -> tuple[str, ...]:
    """Words in lines that are no wider than ``width`` pixels; a word that is too long is broken."""
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for word in clean(words).split():
        long = _width(word)
        if line and used + _width(" ") + long <= width:
            line.append(word)
            used += _width(" ") + long
            continue
        if line:
            lines.append(" ".join(line))
        *full, rest = _pieces(word, width) if long > width else [word]
        lines += full
        line, used = [rest], _width(rest)
    return (*lines, " ".join(line)) if line else tuple(lines)


def _pieces(word: str, width: float) -> list[str]:
    """A word in pieces that fit; between letters a hyphen shows the break."""
    pieces, piece, used = [], "", 0.0
    for sign in word:
        hyphen = "-" if piece[-1:].isalpha() and sign.isalpha() else ""
        if piece and used + _width(sign + hyphen) > width and not unicodedata.combining(sign):
            pieces.append(piece + hyphen)
            piece, used = "", 0.0
        piece += sign
        used += _advance(sign)
    return [*pieces, piece]


@functools.lru_cache(maxsize=4096)
def _width(words: str) -> float:
    return sum(map(_advance, words))


@functools.cache
def _advance(sign: str) -> float:
    """The width of a sign in pixels; one that the font lacks is taken for a wide one."""
    font = _font()
    if not font.get_char_index(ord(sign)):
        return 0.0 if unicodedata.combining(sign) else SIZE * 1.3
    return float(font.load_char(ord(sign)).linearHoriAdvance) / 65536 * SIZE / 10


@functools.cache
def _font() -> FT2Font:
    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    font.set_size(10, 72)
    return font
