"""Column E: whether a resource is public, restricted or private, as the official validator reads it."""

from __future__ import annotations

import re

import pandas as pd

from kit.steps.inventory.template import ACCESS, FACTS, fold

_PUBLIC = re.compile(FACTS["public_pattern"], re.IGNORECASE)
_NOT_PUBLIC = re.compile(FACTS["not_public_pattern"], re.IGNORECASE)
PUBLIC, RESTRICTED, PRIVATE = "public", "restricted", "private"


def classify(values: pd.Series) -> pd.Series:
    """Each cell as "public", "restricted" or "private".

    Public is only what says so (ADELA: ``/P[úu]blico/i``); everything else, blank included, counts as private. A cell
    that says both ("No público") is not taken for public either: the official validator would publish it.
    """
    return values.map({value: _classify(value) for value in values.unique()}).astype("str")


def _classify(value: str) -> str:
    if _PUBLIC.search(value) and not _NOT_PUBLIC.search(value):
        return PUBLIC
    return RESTRICTED if fold(value).startswith(fold(ACCESS[RESTRICTED])[:9]) else PRIVATE


def contradictory(values: pd.Series) -> pd.Series:
    """Where a cell speaks of public and of not public at once."""
    return values.map(
        {value: bool(_PUBLIC.search(value) and _NOT_PUBLIC.search(value)) for value in values.unique()}
    ).astype(bool)


def official_word(values: pd.Series) -> pd.Series:
    """The template's own word for a cell that clearly means it ("PUBLICO", "son públicos"), else ""."""
    words = {fold(word): word for word in ACCESS.values()}
    plurals = {f"{known}s": word for known, word in words.items()}
    feminine = {"publica": ACCESS[PUBLIC], "privada": ACCESS[PRIVATE], "restringida": ACCESS[RESTRICTED]}
    known = {**words, **plurals, **feminine, "son publicos": ACCESS[PUBLIC]}
    return values.map({value: known.get(fold(value), "") for value in values.unique()}).astype("str")
