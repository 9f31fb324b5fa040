"""Scripts and style sheets of the forms; a widget's page is one module, so its files are put one after the other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def joined(*names: str) -> str:
    """The files of this folder with these names, in this order, as one text."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)
