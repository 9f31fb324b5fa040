"""Names that are almost the same: a dataset written in two ways, or cut into one dataset per year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kit.steps.inventory.template import fold

_SMALL_WORDS = frozenset(("de", "del", "la", "las", "el", "los", "y", "e", "en", "por", "para", "con", "a", "al"))
_SMALL_WORDS |= {"the", "of", "and", "in", "for"}
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_SHORTEST = 6  # letters a word must have before one letter more or less is taken for a slip


def similar(names: Iterable[str]) -> list[list[str]]:
    """Groups of different names that may mean the same, in the order in which they first come.

    Two names are alike if they differ only in case, accents, punctuation, small words or plurals, or in one letter of
    one long word. Figures must agree: "Zona 1" and "Zona 2" are two things.

    Examples:
        >>> similar(["Predios del catastro", "predios de catastro", "Zona 1", "Zona 2", "Predios del catstro"])
        [['Predios del catastro', 'predios de catastro', 'Predios del catstro']]
    """
    order = list(dict.fromkeys(names))
    leader = {name: name for name in order}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    seen: dict[tuple[str, ...], str] = {}
    for name in order:
        for variant in _variants(name):
            first = seen.setdefault(variant, name)
            if first != name:
                leader[lead(name)] = lead(first)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in order:
        groups[lead(name)].append(name)
    return [group for group in groups.values() if len(group) > 1]


def _variants(name: str) -> Iterator[tuple[str, ...]]:
    """What two like names have in common: all words, or all with one letter taken out of one long word."""
    words = [_singular(word) for word in fold(name).split() if word not in _SMALL_WORDS]
    if not words:
        return
    yield ("".join(words),)
    for at, word in enumerate(words):
        if len(word) >= _SHORTEST and word.isalpha():
            for cut in {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}:
                yield (*words[:at], f"{cut}~", *words[at + 1 :])


def _singular(word: str) -> str:
    return re.sub(r"(?<=[a-z]{3})(es?|s)$", "", word)


def by_year(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ only in a year.

    Examples:
        >>> by_year(["FONDEN 2011", "FONDEN 2012", "Predios 2014"])
        [['FONDEN 2011', 'FONDEN 2012']]
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        if _YEAR.search(name):
            groups[fold(_YEAR.sub(" ", name))].append(name)
    return [group for rest, group in groups.items() if len(group) > 1 and rest]
