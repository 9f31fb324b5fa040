"""Pictures for a dossier: the models' own, as files that PDF, HTML and Word can hold."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from kit.documents.blocks import Block, Picture, plain
from kit.findings import Finding, KitError, Place, warning
from kit.messages import text
from kit.portfolio import Portfolio

_LARGEST_PIXELS = 60_000_000
_LARGEST_BYTES = 40_000_000


def figure_svg(figure: Figure) -> bytes:
    """A chart as SVG whose letters are outlines: it looks the same everywhere, and the same chart is the same bytes."""
    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "taller", "svg.fonttype": "path"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def drawn(
    make: Callable[[], Figure | str], describe: Callable[[], str], caption: str, *, file: str, wide: bool = False
) -> tuple[list[Block], list[Finding]]:
    """A model's picture; one that cannot be drawn is left out, and that is a finding.

    Args:
        make: gives a chart or an SVG drawing.
        describe: gives its alt text.
        caption: what stands under it.
        file: of the portfolio, whose content is drawn.
        wide: whether it wants a page on its side.
    """
    try:
        made = make()
        content = figure_svg(made) if isinstance(made, Figure) else made.encode("utf-8")
        return [Picture(content, plain(describe()), plain(caption), wide)], []
    except Exception as problem:  # a name with "$" may be a formula to the drawing library: the words stay all the same
        reason = plain(problem).split("\n")[0][:200] or type(problem).__name__
        return [], [warning("documents.not-drawn", Place(file, item=caption), picture=caption, reason=reason)]


def png_of(portfolio: Portfolio, rel: str) -> Picture:
    """A PNG of the portfolio with the title and the description that it carries.

    Raises:
        KitError: ``documents.bad-picture`` if it is none, is damaged, or is larger than any map.
    """
    content = portfolio.read_bytes(rel)
    try:
        if len(content) > _LARGEST_BYTES:
            raise ValueError(text("documents.too-many-bytes"))
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.width * image.height > _LARGEST_PIXELS:
                raise ValueError(text("documents.too-many-bytes"))
            image.load()
            said = dict(image.info)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        reason = plain(problem) or type(problem).__name__
        raise KitError(warning("documents.bad-picture", Place(rel), file=rel, reason=reason)) from problem
    title = plain(said.get("Title")) or rel
    return Picture(content, plain(said.get("Description")) or title, title)
