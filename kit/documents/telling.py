"""What a chapter is told into: blocks in order, and the findings that are still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.figure import Figure

from kit.documents.blocks import Block, Heading, Paragraph, bullets, grid, plain
from kit.documents.drawings import drawn
from kit.documents.markup_tables import grids
from kit.findings import Findings
from kit.messages import text


class Telling:
    """Collects a chapter; every sentence comes from the catalogue, everything else is a participant's text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.findings = Findings()

    def head(self, key: str, level: int = 2, **params: Any) -> None:
        """A heading ``documents.<key>``."""
        self.blocks.append(Heading(text(f"documents.{key}", **params), level))

    def say(self, key: str, style: str = "", **params: Any) -> None:
        """A paragraph ``documents.<key>``."""
        self.blocks.append(Paragraph(text(f"documents.{key}", **params), style))  # type: ignore[arg-type]

    def quote(self, words: Any, style: str = "") -> None:
        """A participant's text as a paragraph, if there is any."""
        if plain(words):
            self.blocks.append(Paragraph(plain(words), style))  # type: ignore[arg-type]

    def list(self, items: Iterable[Any], *, numbered: bool = False) -> None:
        """A list, if it has items."""
        self.blocks.extend(bullets(items, numbered=numbered))

    def facts(self, caption: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """A table of two columns without a head: what, and how it is."""
        self.blocks.append(grid((), pairs, text(f"documents.{caption}"), widths=(2, 5)))

    def table(
        self,
        head: Sequence[Any],
        rows: Iterable[Sequence[Any]],
        caption: str,
        *,
        widths: Sequence[float] = (),
        wide: bool = False,
    ) -> None:
        """A table, if it has rows."""
        made = grid(head, rows, caption, widths=widths, wide=wide)
        if made.rows:
            self.blocks.append(made)

    def markup(self, html: str, *, widths: Sequence[float] = (), wide: bool = False) -> None:
        """The tables that a model shows in a notebook."""
        self.blocks.extend(one for one in grids(html, widths=widths, wide=wide) if one.rows)

    def draw(
        self,
        make: Callable[[], Figure | str],
        describe: Callable[[], str],
        caption: str,
        *,
        file: str,
        wide: bool = False,
    ) -> None:
        """A model's picture, or the finding that says why it is not there."""
        blocks, findings = drawn(make, describe, text(f"documents.{caption}"), file=file, wide=wide)
        self.blocks.extend(blocks)
        self.findings.extend(findings)
