"""Land use: the catalogue's words, and the ways in which offices write them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

_FACTS = json.loads(Path(__file__).with_name("cadastre.json").read_text(encoding="utf-8"))["use"]
CATALOGUE: tuple[str, ...] = tuple(_FACTS["catalogue"])


def fold(cells: pd.Series) -> pd.Series:
    """Texts in capitals, without accents, with single blanks: the form in which they are compared."""
    texts = cells.astype("str").str.normalize("NFKD").str.replace(r"[^\x00-\x7f]", "", regex=True)
    return texts.str.upper().str.replace(r"\s+", " ", regex=True).str.strip()


def canonical_uses(cells: pd.Series) -> pd.Series:
    """The catalogue's word for each cell; missing where there is none."""
    table = {word: word for word in CATALOGUE}
    table |= {variant: word for word, variants in _FACTS["variants"].items() for variant in variants}
    codes, distinct = pd.factorize(cells)
    words = fold(pd.Series(distinct)).map(table)
    return pd.Series(words.reindex(codes).to_numpy(), index=cells.index, name=cells.name, dtype="str")


def known_uses(cells: pd.Series) -> pd.Series:
    """Which cells are a use of the catalogue, however it is written."""
    return canonical_uses(cells).notna()
