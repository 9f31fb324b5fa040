"""Names that are almost the same: a dataset written in two ways, or cut into one dataset per year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kit.steps.inventory.template import fold, fold_all

_SMALL_WORDS = frozenset(("de", "del", "la", "las", "el", "los", "y", "e", "en", "por", "para", "con", "a", "al"))
_SMALL_WORDS |= {"the", "of", "and", "in", "for"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PLURAL = re.compile(r"(?<=[a-z]{3})(?:es?|s)$")
_SHORTEST = 6  # letters a word must have before one letter more or less is taken for a slip


def similar(names: Iterable[str]) -> list[list[str]]:
    """Groups of different names that may mean the same, in the order in which they first come.

    Two names are alike if they differ only in case, accents, punctuation, small words or plurals, in the order of
    their words, or in one letter of one long word. Figures must agree: "Zona 1" and "Zona 2" are two things.

    Examples:
        >>> similar(["Predios del catastro", "predios de catastro", "Zona 1", "Zona 2", "Predios del catstro"])
        [['Predios del catastro', 'predios de catastro', 'Predios del catstro']]
    """
    order = list(dict.fromkeys(names))
    leader = list(range(len(order)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    def join(first: int, second: int) -> None:
        one, two = sorted((lead(first), lead(second)))
        leader[two] = one

    words = [_words(name) for name in fold_all(order)]
    for first, second in _same(words):
        join(first, second)
    for first, second in _slips(words):
        join(first, second)
    groups: dict[int, list[str]] = defaultdict(list)
    for at, name in enumerate(order):
        groups[lead(at)].append(name)
    return [group for group in groups.values() if len(group) > 1]


def _words(folded: str) -> list[str]:
    """What counts in a folded name: its words in the singular, without the small ones."""
    return [_PLURAL.sub("", word) for word in folded.split() if word not in _SMALL_WORDS]


def _same(words: list[list[str]]) -> Iterator[tuple[int, int]]:
    """Pairs of names with the same letters, or with the same words in another order."""
    seen: dict[str, int] = {}
    for at, name in enumerate(words):
        keys = ["".join(name)] if name else []
        if len(name) > 1 and all(word.isalpha() for word in name):
            keys.append(" ".join(sorted(name)))
        for key in keys:
            first = seen.setdefault(key, at)
            if first != at:
                yield first, at


def _slips(words: list[list[str]]) -> Iterator[tuple[int, int]]:
    """Pairs of names that differ in one long word only, and there by one letter.

    Names that share all words but one are few, so only these are looked at letter by letter.
    """
    sharing: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, name in enumerate(words):
        for position, word in enumerate(name):
            if len(word) >= _SHORTEST - 1 and word.isalpha():
                sharing[f"{position} {' '.join(name[:position])}_{' '.join(name[position + 1 :])}"].append((at, word))
    for members in sharing.values():
        if len(members) > 1:
            yield from _one_letter_apart(members)


def _one_letter_apart(members: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Pairs whose words become the same when at most one letter is taken out of each."""
    seen: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, word in members:
        for cut in {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}:
            for first, other in seen[cut][:1]:
                if max(len(word), len(other)) >= _SHORTEST:
                    yield first, at
            seen[cut].append((at, word))


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
