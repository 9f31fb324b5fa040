"""The catalogue of defects, and the shapes in which their makers answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

KEY_COLUMNS = ("file", "layer", "row", "key", "column", "defect", "dirty", "true")
_DATA = Path(__file__).parent / "data"
_Maker = TypeVar("_Maker")


@dataclass(frozen=True)
class Strike:
    """What a maker of cell defects is given: the column's true texts, the rows still clean, how many to strike."""

    values: np.ndarray
    free: np.ndarray
    count: int
    column: str
    rng: np.random.Generator

    def pick(self, allowed: np.ndarray | bool = True) -> np.ndarray:
        """Up to ``count`` of the clean rows where ``allowed``, ascending."""
        return pick(self.free & allowed, self.count, self.rng)


@dataclass(frozen=True)
class Drawn:
    """The rows a defect struck, what they now say, and rows that must stay clean so that it can be seen."""

    rows: np.ndarray
    dirty: np.ndarray
    protected: np.ndarray | None = None


def registrar(registry: dict[str, _Maker]) -> Callable[[str], Callable[[_Maker], _Maker]]:
    """A decorator that files a maker under its defect's name.

    Raises:
        ValueError: (the decorator) if the name is taken.
    """

    def named(name: str) -> Callable[[_Maker], _Maker]:
        def register(maker: _Maker) -> _Maker:
            if name in registry:
                raise ValueError(f"{name}: registered twice")
            registry[name] = maker
            return maker

        return register

    return named


@lru_cache
def catalogue() -> pd.DataFrame:
    """All defects: defect, scope (file, row, cell, feature), column, rate, recoverable, es, en, source."""
    return pd.read_csv(_DATA / "defects.csv", encoding="utf-8", keep_default_na=False)


@lru_cache
def words() -> dict:
    """The spellings that makers use (``data/dirt.json``)."""
    return json.loads((_DATA / "dirt.json").read_text(encoding="utf-8"))


def rates(scope: str, factor: float = 1.0, chosen: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The catalogue's defects of one scope with their rates times ``factor``, or as ``chosen`` says by name."""
    table = catalogue()
    table = table[table["scope"] == scope].copy()
    rate = table["rate"].astype(float) * factor
    table["rate"] = table["defect"].map(dict(chosen)).fillna(rate) if chosen else rate
    return table


def how_many(rate: float, size: int) -> int:
    """How many of ``size`` a rate strikes: none only if the rate is 0."""
    return max(1, round(rate * size)) if rate > 0 else 0


def pick(allowed: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Up to ``count`` of the positions where ``allowed``, ascending."""
    rows = np.flatnonzero(allowed)
    return np.sort(rng.choice(rows, min(count, len(rows)), replace=False))
