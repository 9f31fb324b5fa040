"""The link that makes a theory of change open-data work: whether an inventory row answers each need for data."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kit import messages
from kit.findings import Finding, Findings, advice, warning
from kit.steps.inventory import Inventory, access
from kit.steps.inventory.names import similar
from kit.steps.inventory.template import fold

if TYPE_CHECKING:
    from kit.steps.theory import DataNeed, Theory

_SMALL_WORDS = frozenset(
    ("de", "del", "la", "las", "el", "los", "y", "e", "en", "por", "para", "con", "a", "al", "un", "una")
)
_SMALL_WORDS |= {"the", "of", "and", "in", "for", "by", "to"}
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOSE = 3  # names that look alike, at most


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of the inventory says to somebody who looks for data; ``kind`` as `access` tells it, "" unknown."""

    name: str
    holder: str = ""
    kind: str = ""


def rows(inventory: Inventory) -> list[Row]:
    """Each row of an inventory twice: by the name of its dataset and by that of its resource."""
    kinds = access.classify(inventory.column("access"))
    columns = (inventory.column(key) for key in ("dataset", "resource", "responsible"))
    found = []
    for dataset, resource, holder, kind in zip(*columns, kinds, strict=True):
        found += [Row(str(name), str(holder), str(kind)) for name in (dataset, resource) if name]
    return found


def check(theory: Theory, known: Sequence[Row]) -> Findings:
    """Needs that no row answers, that only rows kept private answer, or whose holder the inventory gives otherwise."""
    inventory = _Known(known, [need.name for action in theory.actions for need in action.data])
    found = Findings()
    for number, action in enumerate(theory.actions):
        for position, need in enumerate(action.data):
            if need.name:
                found.extend(_check(theory, f"actions.{number}.data.{position}", action.name, need, inventory))
    return found


def table(theory: Theory, inventory: Inventory) -> pd.DataFrame:
    """Each need beside the rows that answer it: action, data, who holds them, rows of the inventory.

    The headings are in the language in force; a need that no row answers has an empty last cell.
    """
    known = rows(inventory)
    asked = [(action.name, need) for action in theory.actions for need in action.data if need.name]
    answering = _Known(known, [need.name for _, need in asked])
    lines = []
    for action, need in asked:
        answers = list(dict.fromkeys(row.name for row in answering.answers(need.name)))
        lines.append((action, need.name, need.holder, "; ".join(answers[:_CLOSE])))
    head = [messages.text(f"theory.heading.{name}") for name in ("action", "data", "holder", "answered-by")]
    return pd.DataFrame(lines, columns=head)


def _check(theory: Theory, at: str, action: str, need: DataNeed, inventory: _Known) -> Iterator[Finding]:
    answers = inventory.answers(need.name)
    place = theory.place(f"{at}.name", action)
    if not answers:
        yield warning("theory.data-not-in-inventory", place, data=need.name, near=inventory.near(need.name) or ["-"])
        return
    kinds = {row.kind for row in answers}
    if kinds == {access.PRIVATE}:
        yield warning("theory.data-private", place, data=need.name, row=answers[0].name)
    elif kinds <= {access.RESTRICTED, access.PRIVATE}:
        yield advice("theory.data-restricted", place, data=need.name, row=answers[0].name)
    holders = list(dict.fromkeys(row.holder for row in answers if row.holder))
    if need.holder and holders and not any(_words_fit(_words(need.holder), _words(holder)) for holder in holders):
        place = theory.place(f"{at}.holder", action)
        yield advice("theory.other-holder", place, data=need.name, holder=need.holder, holders=holders)


class _Known:
    """The names of an inventory, made comparable once for all needs.

    Alike are names that differ in case, accents, plurals, small words, a year or one letter; and a name that holds all
    words of the other one, as "Predios" is answered by "Predios del catastro 2015".
    """

    def __init__(self, known: Sequence[Row], needs: Sequence[str]) -> None:
        self._rows = [(row, _words(row.name)) for row in known if row.name]
        names = [*needs, *(row.name for row in known)]
        alike = similar(_YEAR.sub(" ", name) for name in names)
        self._group = {name: number for number, group in enumerate(alike) for name in group}

    def answers(self, need: str) -> list[Row]:
        """The rows that may be what somebody asks for in other words."""
        asked, group = _words(need), self._group_of(need)
        return [
            row
            for row, given in self._rows
            if _words_fit(asked, given)
            or fold(need) == fold(row.name) != ""
            or (group is not None and group == self._group_of(row.name))
        ]

    def near(self, need: str) -> list[str]:
        """Names that look like it, the nearest first."""
        names = {fold(row.name): row.name for row, _ in self._rows}
        return [names[name] for name in difflib.get_close_matches(fold(need), list(names), n=_CLOSE, cutoff=0.5)]

    def _group_of(self, name: str) -> int | None:
        return self._group.get(_YEAR.sub(" ", name))


def _words_fit(asked: frozenset[str], given: frozenset[str]) -> bool:
    return bool(asked and given) and (asked <= given or (given <= asked and len(given) > 1))


def _words(name: str) -> frozenset[str]:
    words = (re.sub(r"(?<=[a-z]{3})(es?|s)$", "", word) for word in fold(name).split())
    return frozenset(word for word in words if word not in _SMALL_WORDS and not _YEAR.fullmatch(word))
