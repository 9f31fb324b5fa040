"""The document model: a dossier's content said once, as blocks that three renderers (HTML, PDF, DOCX) show.

Blocks hold plain text and pictures. Whatever a participant wrote is text here and stays text in every format.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from PIL import Image

from kit.findings import Findings

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LENGTH = re.compile(rb'<svg\b[^>]*?\s(width|height)="([0-9.]+)', re.DOTALL)
_VIEW_BOX = re.compile(rb'<svg\b[^>]*?\sviewBox="([^"]+)"', re.DOTALL)


def plain(value: Any) -> str:
    """A value as text that XML, HTML and PDF can hold: line feeds stay, control characters go."""
    if value is None:
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNPRINTABLE.sub("", text).strip()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter: level 2 below the chapter's own, 3 below that."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; "note" is set smaller and lighter, "lead" larger."""

    text: str
    style: Literal["", "note", "lead"] = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with points or with numbers."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts.

    ``widths`` are shares of the columns among each other; ``wide`` asks for pages on their side; a grid without
    ``head`` has its headings in the first column.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    widths: tuple[float, ...] = ()
    wide: bool = False
    row_heads: bool = True

    def shares(self) -> tuple[float, ...]:
        """The share of each column in the width of the table."""
        count = len(self.head) or max((len(row) for row in self.rows), default=1)
        widths = self.widths if len(self.widths) == count else (1.0,) * count
        return tuple(width / sum(widths) for width in widths)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (SVG) or a picture (PNG) with its description; ``wide`` asks for a page on its side."""

    content: bytes
    alt: str
    caption: str
    wide: bool = False

    @property
    def kind(self) -> str:
        """The file's ending: "svg" or "png"."""
        return "png" if self.content.startswith(b"\x89PNG") else "svg"

    @property
    def ratio(self) -> float:
        """Width by height."""
        if self.kind == "png":
            with Image.open(io.BytesIO(self.content)) as image:
                return image.width / image.height
        lengths = {name: float(value) for name, value in _LENGTH.findall(self.content[:2000])}
        if lengths.get(b"width") and lengths.get(b"height"):
            return lengths[b"width"] / lengths[b"height"]
        box = _VIEW_BOX.search(self.content[:2000])
        numbers = [float(n) for n in re.split(rb"[\s,]+", box[1].strip())] if box else []
        return numbers[2] / numbers[3] if len(numbers) == 4 and numbers[3] else 1.5


Block: TypeAlias = Heading | Paragraph | Bullets | Grid | Picture


def grid(
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    caption: str,
    *,
    widths: Sequence[float] = (),
    wide: bool = False,
) -> Grid:
    """A `Grid` of values of any kind, each as text; blank cells are shown as a dash."""
    cells = tuple(tuple(plain(cell) or "-" for cell in row) for row in rows)
    return Grid(tuple(plain(name) for name in head), cells, plain(caption), tuple(widths), wide)


def bullets(items: Iterable[Any], *, numbered: bool = False) -> list[Block]:
    """A list of the items that are not blank; nothing if all are."""
    words = tuple(text for text in (plain(item) for item in items) if text)
    return [Bullets(words, numbered)] if words else []


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step's part of the dossier; ``key`` is its anchor, ``state`` "done", "todo" or "damaged"."""

    key: str
    title: str
    state: str
    blocks: tuple[Block, ...]
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole dossier: what the cover says, then the chapters."""

    lang: str
    title: str
    government: str
    date: str
    cover: tuple[tuple[str, str], ...]  # pairs of label and value
    contents: str  # the heading of the list of contents
    chapters: tuple[Chapter, ...]

    def pages(self) -> Iterator[tuple[Chapter, bool]]:
        """Each chapter, and whether it begins a page: the steps that are not done yet share one."""
        before = ""
        for chapter in self.chapters:
            yield chapter, not (chapter.state == before == "todo")
            before = chapter.state

    def headings(self) -> list[tuple[str, str]]:
        """Anchor and title of each chapter, in order."""
        return [(chapter.key, chapter.title) for chapter in self.chapters]
