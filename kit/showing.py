"""How a notebook shows a table, a picture or a page: readable in both languages, with words beside every picture."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from kit import messages
from kit.markup import framed, table

_EMPTY = "∅"
_LONGEST, _BEGINNING = 400, 60  # a geometry written out is no reading matter
_DECIMALS = 4  # and no separator of thousands: these are data, to be compared with the file
_DOTS_PER_INCH = 110


class Shown:
    """Something ready to be shown: HTML in a notebook, words in a terminal."""

    def __init__(self, markup: str, words: str) -> None:
        self._markup, self._words = markup, words

    def __repr__(self) -> str:
        return self._words

    def _repr_html_(self) -> str:
        return self._markup


def show(
    thing: pd.DataFrame | pd.Series | Mapping[str, Any] | Figure | bytes | str, *, heads: str = "", alt: str = ""
) -> Shown:
    """A table, a picture or a paragraph for people's eyes.

    Args:
        thing: a table (its index is shown if it has a name), a column or a mapping (two columns), a matplotlib figure,
            the bytes of a PNG, or words.
        heads: which headings of the catalogue to use, ``workshop.<heads>.<column>``; else a column keeps its name.
        alt: a picture's description, which is also shown as text under it.
    """
    if isinstance(thing, str):
        return Shown(f"<p>{html.escape(thing)}</p>", thing)
    if isinstance(thing, (Figure, bytes)):
        source = base64.b64encode(thing if isinstance(thing, bytes) else as_png(thing)).decode("ascii")
        words = html.escape(alt, quote=True)
        picture = f'<img src="data:image/png;base64,{source}" alt="{words}" style="max-width:100%;height:auto">'
        return Shown(f"<figure>{picture}<figcaption>{words}</figcaption></figure>", alt)
    if isinstance(thing, Mapping):
        thing = pd.Series(dict(thing), name="value").rename_axis("field")
    if isinstance(thing, pd.Series):
        thing = thing.to_frame()
    indexed = thing.index.name is not None
    frame = thing.reset_index() if indexed else thing
    head = [_heading(str(name), heads) for name in frame.columns]
    rows = [[cell_words(value) for value in row] for row in frame.astype(object).itertuples(index=False)]
    markup = f'<div style="overflow-x:auto">{table(head, rows, row_heads=indexed)}</div>'
    return Shown(markup, "\n".join("  ".join(row) for row in [head, *rows]))


def show_page(page: str, *, title: str, height: int = 640) -> Shown:
    """A whole HTML page in a frame, so that its styles stay its own and no script of it runs."""
    return Shown(f"<div>{framed(page, title=title, height=height)}</div>", title)


def cell_words(value: Any) -> str:
    """A cell as people write it; blanks at its ends are made visible, because they are what one looks for."""
    if hasattr(value, "geom_type"):
        return str(value.geom_type)
    if isinstance(value, Mapping):
        return "; ".join(cell_words(item) for item in value.values() if item not in (None, "", []))
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_words(item) for item in value) or _EMPTY
    if pd.isna(value) or value == "":
        return _EMPTY
    if isinstance(value, str):
        value = value if len(value) <= _LONGEST else f"{value[:_BEGINNING]}…"
        return value if value == value.strip() else value.replace(" ", "␣").replace("\xa0", "␣")
    if not isinstance(value, bool) and hasattr(value, "__float__"):
        return np.format_float_positional(round(float(value), _DECIMALS), trim="-")
    return messages.text("workshop.value", value=value)


def _heading(name: str, heads: str) -> str:
    key = f"workshop.{heads}.{name}"
    return messages.text(key) if heads and messages.has(key) else name


def as_png(figure: Figure, dots_per_inch: int = _DOTS_PER_INCH) -> bytes:
    """A figure as the bytes of a PNG for the screen."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dots_per_inch)
    return stream.getvalue()
