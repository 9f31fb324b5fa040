"""Classes of a map: which parcels share a colour and a pattern, for words and for numbers.

The colours and patterns are data (``palette.json``): Okabe-Ito for categories, viridis by quantiles for numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit import messages

PALETTE: dict[str, Any] = json.loads((Path(__file__).parent / "palette.json").read_text(encoding="utf-8"))
MAX_CATEGORIES = len(PALETTE["categories"])


@dataclass(frozen=True, slots=True)
class MapClass:
    """One class: what the legend calls it, how it is drawn, how many parcels it holds."""

    label: str
    colour: str
    ink: str
    pattern: str
    hatch: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Classes:
    """All classes of a map and the class (0, 1, ...) of each parcel."""

    column: str
    numeric: bool
    codes: npt.NDArray[np.int_]
    classes: tuple[MapClass, ...]


def classify(values: pd.Series, lang: str) -> Classes:
    """The classes of one column.

    A column of numbers with more than eight different values is cut at its quintiles; anything else makes one class per
    value, the most frequent first, and what goes beyond eight shares a class "other". Blanks are a class of their own.
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = pd.Series(values.to_numpy(dtype=float, na_value=np.nan))
        if numbers.nunique() > MAX_CATEGORIES:
            return _by_quantile(str(values.name), numbers, lang)
        words = {number: messages.number(number, lang) for number in numbers.dropna().unique()}
        return _by_category(str(values.name), numbers.map(words), lang)
    return _by_category(str(values.name), values, lang)


def use_label(value: str, lang: str) -> str:
    """A use as the legend writes it: the official word, explained in English for English readers."""
    key = f"maps.use.{value.strip().lower().replace(' ', '-')}"
    return messages.text(key, lang=lang) if messages.has(key) else value


def _by_category(column: str, values: pd.Series, lang: str) -> Classes:
    text = values.astype("string").str.strip()
    text = text.mask(text == "")
    known: dict[str, int] = PALETTE["known"]
    counts = text.value_counts()
    recognised = [word for word in known if word in counts.index]
    if len(recognised) >= 2:  # a column of uses: every use keeps its own colour on every map
        names = recognised + [str(word) for word in counts.index if word not in known]
        free = [i for i in range(MAX_CATEGORIES) if i not in {known[word] for word in recognised}]
        places = [known[word] for word in recognised] + free
    else:
        names = [str(word) for word in counts.index]
        places = list(range(MAX_CATEGORIES))
    shown = names if len(names) <= MAX_CATEGORIES else names[: MAX_CATEGORIES - 1]
    styles = [
        MapClass(use_label(name, lang), **PALETTE["categories"][place])
        for name, place in zip(shown, places, strict=False)
    ]
    codes = pd.Index(shown).get_indexer(pd.Index(text)).astype(int)
    rest = (codes < 0) & text.notna().to_numpy()
    if rest.any():
        codes[rest] = len(styles)
        styles.append(
            MapClass(messages.text("maps.class.other", lang=lang, n=len(names) - len(shown)), **PALETTE["other"])
        )
    return _finish(column, False, codes, styles, lang)


def _by_quantile(column: str, numbers: pd.Series, lang: str) -> Classes:
    present = numbers[np.isfinite(numbers)]
    styles = PALETTE["numbers"]
    edges = np.unique(np.quantile(present, np.linspace(0, 1, len(styles) + 1)))
    if len(edges) == 1:
        edges = np.array([edges[0], edges[0]])
    codes = np.full(len(numbers), -1)
    ok = np.isfinite(numbers.to_numpy())
    codes[ok] = np.clip(np.searchsorted(edges, present.to_numpy(), side="right") - 1, 0, len(edges) - 2)
    picked = np.linspace(0, len(styles) - 1, len(edges) - 1).round().astype(int)
    decimals = "0" if np.abs(edges).max() >= 100 else "2"
    labels = [
        messages.text(
            "maps.class.range",
            lang=lang,
            low=messages.number(low, lang, decimals),
            high=messages.number(high, lang, decimals),
        )
        for low, high in pairwise(edges)
    ]
    made = [MapClass(label, **styles[i]) for label, i in zip(labels, picked, strict=True)]
    return _finish(column, True, codes, made, lang)


def _finish(column: str, numeric: bool, codes: npt.NDArray[np.int_], styles: list[MapClass], lang: str) -> Classes:
    """Count the parcels of each class and give those without a value their own."""
    if (codes < 0).any():
        codes = np.where(codes < 0, len(styles), codes)
        styles = [*styles, MapClass(messages.text("maps.class.missing", lang=lang), **PALETTE["missing"])]
    counts = np.bincount(codes, minlength=len(styles))
    made = tuple(replace(style, count=int(n)) for style, n in zip(styles, counts, strict=True))
    return Classes(column, numeric, codes, made)
