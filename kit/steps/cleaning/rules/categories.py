"""Rules on categories and names: one spelling per value, by the official catalogue or by the column's own majority.

The ideas carry the names OpenRefine gives them: key collision with a fingerprint (no case, accents, signs, order of
words), then nearest neighbours by edit distance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from kit.findings import Finding, warning
from kit.steps.cleaning.proposals import Draft, changed, examples, proposal_id, rule
from kit.steps.cleaning.state import CATALOGUES, Field, State
from kit.words import unaccented

_MOST_VALUES = 3000  # distinct values above which a column is free text and is not clustered
_NEAR = 2  # edits at most between neighbours
_MAJORITY = 3  # times as frequent as all other spellings together
_RARE = 0.1  # a neighbour is a misspelling only if it is this much rarer than what it resembles
_WORDS: dict[str, str] = CATALOGUES["generic_words"]
_SETTLEMENTS = set(CATALOGUES["kinds_of_settlement"])


def fingerprint(text: str) -> str:
    """The text's key: capitals, no accents, no signs, abbreviations written out, each word once, in order.

    Examples:
        >>> fingerprint("  Río, la  ribera del ") == fingerprint("LA RIBERA DEL RIO")
        True
    """
    words = re.findall(r"[A-Z0-9]+", unaccented(text).upper())
    return " ".join(sorted(dict.fromkeys(_WORDS.get(word, word) for word in words)))


@rule("category-catalogue", "category", by_value=True)
def category_catalogue(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Spellings of the official catalogue's values: same fingerprint, or an abbreviation that can mean nothing else."""
    yield from _by_catalogue(state, column, "category-catalogue", certain=True)


@rule("category-probable", "category", by_value=True)
def category_probable(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Words that probably mean one of the catalogue's values, and misspellings near to exactly one of them."""
    yield from _by_catalogue(state, column, "category-probable", certain=False)


def _by_catalogue(state: State, column: Field, name: str, certain: bool) -> Iterator[Draft | Finding]:
    catalogue = _catalogue(state, column)
    if not catalogue:
        return
    values = state.values(column.name)
    known = {fingerprint(v): value for value, forms in catalogue.items() for v in (value, *forms["certain"])}
    maybe = {fingerprint(v): value for value, forms in catalogue.items() for v in forms["probable"]}
    new: dict[str, str] = {}
    for value in values.unique():
        if value in catalogue:
            continue
        print_ = fingerprint(value)
        if certain and print_ in known:
            new[value] = known[print_]
        elif not certain and print_ not in known and (found := maybe.get(print_) or _one_near(print_, catalogue)):
            new[value] = found
    cells = values[values.isin(list(new))]
    if len(cells):
        mapped = cells.astype(object).map(new)
        finding = warning(
            "cleaning.category-catalogue",
            state.place(column.name, cells.index),
            n=len(cells),
            examples=[" → ".join(p) for p in examples(cells, mapped)],
            catalogue=list(catalogue),
            proposal=proposal_id(name, column.name),
        )
        yield Draft(finding, mapped, certain=certain, column=column.name)


def _catalogue(state: State, column: Field) -> dict[str, dict[str, list[str]]]:
    """The values that the column may hold, with their other spellings."""
    if column.name in state.reference.names:
        return {name: {"certain": [], "probable": []} for name in state.reference.names[column.name]}
    return CATALOGUES.get(column.catalogue, {}) if column.catalogue else {}


def _one_near(print_: str, catalogue: dict[str, dict[str, list[str]]]) -> str | None:
    if len(print_) < 4:
        return None
    limit = 1 if len(print_) < 6 else _NEAR
    near = [value for value in catalogue if _edits(print_, fingerprint(value), limit) <= limit]
    return near[0] if len(near) == 1 else None


@rule("category-cluster", "category", "name", by_value=True)
def category_cluster(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Key collision: values with one fingerprint are one value; the column's own majority says how it is written."""
    counts = _counts(state, column)
    if counts is None:
        return
    yield from _clusters(
        state, column, "category-cluster", _collisions(state, column, counts, clear=True), certain=True
    )


@rule("category-even", "category", "name", by_value=True)
def category_even(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Key collision without a majority: one value, but which spelling is right a person must say."""
    counts = _counts(state, column)
    if counts is None:
        return
    yield from _clusters(state, column, "category-even", _collisions(state, column, counts, clear=False), certain=False)


def _collisions(state: State, column: Field, counts: pd.Series, clear: bool) -> dict[str, str]:
    """Spelling to the one it should be, for the groups in which the choice is clear, or for the others."""
    official = {fingerprint(name): name for name in state.reference.names.get(column.name, [])}
    groups: dict[str, list[str]] = {}
    for value in counts.index:
        groups.setdefault(fingerprint(value), []).append(value)
    pairs: dict[str, str] = {}
    groups.pop("", None)  # signs alone are not one value
    for print_, spellings in groups.items():
        best = official.get(print_, spellings[0])
        others = [s for s in spellings if s != best]
        if clear == (print_ in official or counts.get(best, 0) >= _MAJORITY * sum(counts[others])):
            pairs.update(dict.fromkeys(others, best))
    return pairs


@rule("category-near", "category", "name", by_value=True)
def category_near(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Nearest neighbours: a rare value within two edits of exactly one frequent one; numbers must be the same."""
    counts = _counts(state, column)
    if counts is None:
        return
    prints = {value: fingerprint(value) for value in counts.index}
    official = {fingerprint(name) for name in state.reference.names.get(column.name, [])}
    pairs: dict[str, str] = {}
    for value, print_ in prints.items():
        if len(print_) < 5 or print_ in official:
            continue
        bare = _without_kind(print_)
        frequent = [
            v for v in counts.index if counts[value] <= _RARE * counts[v] and _digits(print_) == _digits(prints[v])
        ]
        near = [v for v in frequent if _edits(bare, _without_kind(prints[v]), _NEAR) <= _NEAR]
        if len(near) == 1:
            pairs[value] = near[0]
    yield from _clusters(state, column, "category-near", pairs, certain=False)


def _counts(state: State, column: Field) -> pd.Series | None:
    """How often each value stands in the column, the most frequent first, or None where clustering makes no sense."""
    if column.kind == "category" and _catalogue(state, column):
        return None
    counts = state.values(column.name).value_counts()
    if not 1 < len(counts) <= _MOST_VALUES:
        return None
    return counts.sort_index().sort_values(ascending=False, kind="stable")


def _clusters(
    state: State, column: Field, name: str, pairs: dict[str, str], certain: bool
) -> Iterator[Draft | Finding]:
    values = state.values(column.name)
    cells = values[values.isin(list(pairs))]
    if not len(cells):
        return
    new = changed(cells, cells.astype(object).map(pairs))
    finding = warning(
        "cleaning.category-cluster",
        state.place(column.name, new.index),
        n=len(new),
        spellings=len(pairs),
        examples=[" → ".join(p) for p in examples(cells, new)],
        proposal=proposal_id(name, column.name),
    )
    yield Draft(finding, new, certain=certain, column=column.name)


def _without_kind(print_: str) -> str:
    """The fingerprint without "colonia" and its like, which offices write or leave out."""
    return " ".join(w for w in print_.split() if w not in _SETTLEMENTS) or print_


def _digits(text: str) -> list[str]:
    return re.findall(r"[0-9]+|\b[IVX]+\b", text)


def _edits(left: str, right: str, limit: int) -> int:
    """Insertions, deletions, replacements and exchanges of neighbours between two texts, or ``limit + 1`` if more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        now = [i, *[0] * len(right)]
        for j, b in enumerate(right, start=1):
            now[j] = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                now[j] = min(now[j], before[j - 2] + 1)
        if min(now) > limit:
            return limit + 1
        before, row = row, now
    return row[-1]


@rule("name-by-block", "name")
def name_by_block(state: State, column: Field) -> Iterator[Draft | Finding]:
    """An empty name in a block all of whose other rows have one and the same."""
    block = next((f for f in state.of_kind("key") if f.layout == "block"), None)
    empty = state.frame.index[state.frame[column.name].isna()]
    if block is None or not len(empty):
        return
    pairs = state.frame[[block.name, column.name]].dropna().drop_duplicates()
    single = pairs[~pairs[block.name].duplicated(keep=False)].set_index(block.name)[column.name]
    new = state.frame.loc[empty, block.name].map(single).dropna()
    if len(new):
        finding = warning(
            "cleaning.name-by-block",
            state.place(column.name, new.index),
            n=len(new),
            block=block.name,
            examples=list(new.unique()[:3]),
            proposal=proposal_id("name-by-block", column.name),
        )
        yield Draft(finding, new.astype(object), certain=False, column=column.name)


@rule("category-check", "category", check=True)
def category_check(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Values that the official catalogue does not have."""
    catalogue = _catalogue(state, column)
    if not catalogue:
        return
    values = state.values(column.name)
    odd = values[~values.isin(list(catalogue))]
    if len(odd):
        yield warning(
            "cleaning.category-unknown",
            state.place(column.name, odd.index),
            n=len(odd),
            examples=list(odd.unique()[:4]),
            catalogue=list(catalogue),
        )
