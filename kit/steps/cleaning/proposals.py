"""Proposals: what cleaning would change, shown before it is done, and the registry of the rules that make them.

A rule looks at the table and yields drafts (cells that it would change, with the new values and the finding that says
why) or bare findings, where what is right cannot be known. Rules run in the order of their registration: each sees the
table as the proposals before it would leave it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, overload

import numpy as np
import pandas as pd

from kit import messages
from kit.findings import Finding, KitError, Place, error, warning
from kit.markup import table
from kit.steps.cleaning.state import Field, State

EXAMPLES = 3
MORE = "~new"
Target = Literal["column", "row", "geometry"]
Decided = Literal["open", "accepted", "refused"]


@dataclass(frozen=True)
class Draft:
    """What a rule would do: new values by row (a Series), rows to drop (its index alone), or new geometries."""

    finding: Finding
    new: pd.Series
    certain: bool
    column: str | None = None
    target: Target = "column"
    more: str = ""  # set apart from the proposal of the same rule and column: what a recipe's pairs do not cover


@dataclass(frozen=True)
class Rule:
    """A registered rule: its name, the kinds of column it looks at (none: the whole table), and its function."""

    name: str
    kinds: tuple[str, ...]
    run: Callable[..., Iterator[Draft | Finding]]
    by_value: bool  # a recipe keeps the pairs of values, because they are decisions and not a calculation
    check: bool  # makes findings only

    def look(self, state: State) -> Iterator[Draft | Finding]:
        """All that the rule has to say about the table."""
        if not self.kinds:
            yield from self.run(state)
            return
        for column in state.of_kind(*self.kinds):
            yield from self.run(state, column)


RULES: dict[str, Rule] = {}


def rule(name: str, *kinds: str, by_value: bool = False, check: bool = False) -> Callable[[Any], Any]:
    """Register a function as the rule ``name``: ``f(state, field)`` for the kinds of column, ``f(state)`` for none.

    Raises:
        ValueError: if the name is taken.
    """

    def register(function: Callable[..., Iterator[Draft | Finding]]) -> Callable[..., Iterator[Draft | Finding]]:
        if name in RULES:
            raise ValueError(f"two rules are called {name}")
        RULES[name] = Rule(name, kinds, function, by_value, check)
        return function

    return register


def proposal_id(rule_name: str, column: str | None, more: str = "") -> str:
    """The name by which a proposal is accepted or refused; the same whenever the same file is read."""
    return f"{rule_name}:{column}{more}" if column else rule_name


def changed(values: pd.Series, new: pd.Series) -> pd.Series:
    """Those of ``new`` that differ from ``values``; a missing value differs from any other."""
    old, now = values.astype(object), new.astype(object)
    differs = (old != now) & ~(old.isna() & now.isna())
    return now[differs]


def by_unique(values: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """``function`` on every distinct value; where it returns None the row is left out."""
    mapping = {value: function(value) for value in values.unique()}
    new = values.astype(object).map(mapping)
    return new[new.notna()]


def examples(old: pd.Series, new: pd.Series) -> tuple[tuple[str, str], ...]:
    """The first few distinct pairs of before and after."""
    pairs = dict.fromkeys(zip(map(shown, old), map(shown, new), strict=True))
    return tuple(list(pairs)[:EXAMPLES])


def shown(value: Any) -> str:
    """A cell as a person should see it: blanks visible, an empty one as ∅, long ones shortened."""
    if value is None or value != value:
        return "∅"
    text = str(value)
    if text != text.strip() or "  " in text or "\xa0" in text:
        text = text.replace(" ", "␣").replace("\xa0", "␣")
    return text if len(text) <= 48 else f"{text[:32]}…{text[-12:]}"


@dataclass(frozen=True)
class Proposal:
    """One proposed change, with what a person needs to decide on it."""

    id: str
    rule: str
    finding: Finding
    column: str | None
    rows: tuple[int, ...]
    examples: tuple[tuple[str, str], ...]
    cells: int
    certain: bool
    decision: Decided = "open"
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)  # distinct old value -> new one

    def render(self, lang: str | None = None) -> dict[str, str]:
        """The proposal in words."""
        arrows = "; ".join(f"{before} → {after}" for before, after in self.examples)
        return {
            "id": self.id,
            "place": self.finding.place.render(lang),
            "change": arrows,
            "cells": messages.number(self.cells, lang),
            "rule": messages.text(f"cleaning.rule.{self.rule}", lang=lang),
            "why": f"{self.finding.sentence('found', lang)} {self.finding.sentence('expected', lang)}",
            "certain": messages.text(f"cleaning.certain.{'yes' if self.certain else 'no'}", lang=lang),
            "decision": messages.text(f"cleaning.decision.{self.decision}", lang=lang),
        }

    def _repr_html_(self) -> str:
        return Proposals([self])._repr_html_()


class Proposals(Sequence[Proposal]):
    """A list of proposals that shows itself as a table."""

    def __init__(self, items: Iterable[Proposal] = ()) -> None:
        self._items = list(items)

    @overload
    def __getitem__(self, index: int | str) -> Proposal: ...
    @overload
    def __getitem__(self, index: slice) -> Proposals: ...
    def __getitem__(self, index: int | str | slice) -> Proposal | Proposals:
        if isinstance(index, str):
            found = [p for p in self._items if p.id == index]
            if not found:
                raise KitError(unknown(index, self))
            return found[0]
        if isinstance(index, slice):
            return Proposals(self._items[index])
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Proposal]:
        return iter(self._items)

    @property
    def open(self) -> Proposals:
        """Those on which nobody has decided yet."""
        return Proposals(p for p in self if p.decision == "open")

    @property
    def certain(self) -> Proposals:
        """Those whose new value can be known from the file itself."""
        return Proposals(p for p in self if p.certain)

    @property
    def uncertain(self) -> Proposals:
        """Those that a person must decide."""
        return Proposals(p for p in self if not p.certain)

    def of(self, *names: str) -> Proposals:
        """Those of the given ids, rules or columns."""
        return Proposals(p for p in self if {p.id, p.rule, p.column} & set(names))

    def frame(self, lang: str | None = None) -> pd.DataFrame:
        """A table with the headings of the language."""
        names = ["id", "place", "change", "cells", "rule", "why", "certain", "decision"]
        frame = pd.DataFrame([p.render(lang) for p in self], columns=names)
        return frame.rename(columns=lambda name: messages.text(f"cleaning.heading.{name}", lang=lang))

    def __repr__(self) -> str:
        lines = [f"{w['id']} · {w['change']} · {w['cells']} · {w['certain']} · {w['decision']}" for w in self._words()]
        return "\n".join(lines) or messages.text("cleaning.no-proposals")

    def _repr_html_(self) -> str:
        if not self._items:
            return f"<p>✔ {html.escape(messages.text('cleaning.no-proposals'))}</p>"
        names = ["id", "place", "change", "cells", "rule", "certain", "decision"]  # "why" repeats them in a sentence
        head = [messages.text(f"cleaning.heading.{name}") for name in names]
        caption = messages.text("cleaning.proposals-caption", n=len(self), cells=sum(p.cells for p in self))
        return table(head, [[words[name] for name in names] for words in self._words()], caption)

    def _words(self) -> list[dict[str, str]]:
        return [p.render() for p in self]


def unknown(name: str, proposals: Iterable[Proposal]) -> Finding:
    """The finding on a name that no proposal, rule or column has."""
    known = [p.id for p in proposals]
    return error("cleaning.unknown-proposal", Place(item=name), name=name, known=", ".join(known) or "-")


def propose(rule_name: str, draft: Draft, state: State, decision: Decided) -> Proposal:
    """The proposal that shows ``draft`` to a person."""
    index = np.asarray(draft.new.index)
    values: dict[str, Any] = {}
    if draft.target == "column":
        old = state.frame.loc[index, draft.column]
        pairs = examples(old, draft.new)
        distinct = pd.DataFrame({"old": old.astype(object).where(old.notna(), ""), "new": draft.new}).drop_duplicates(
            "old"
        )
        values = dict(zip(distinct["old"], distinct["new"], strict=True))
    elif draft.target == "row":
        first = state.frame.loc[index[:EXAMPLES]].iloc[:, :4]
        pairs = tuple((", ".join(map(shown, row)), "∅") for row in first.itertuples(index=False))
    else:
        assert state.geometry is not None  # noqa: S101 - only rules that saw a geometry make such drafts
        pairs = examples(state.geometry.loc[index[:EXAMPLES]], draft.new.iloc[:EXAMPLES])
    return Proposal(
        id=proposal_id(rule_name, draft.column, draft.more),
        rule=rule_name,
        finding=draft.finding,
        column=draft.column,
        rows=draft.finding.place.rows,
        examples=pairs,
        cells=len(index),
        certain=draft.certain,
        decision=decision,
        values=values,
    )


def override(draft: Draft, state: State, values: Mapping[str, Any]) -> Draft:
    """The draft with a person's own new values in place of the rule's, for the old values named."""
    if draft.target != "column" or not values:
        return draft
    old = state.frame.loc[draft.new.index, draft.column].astype(object)
    old = old.where(old.notna(), "")
    new = draft.new.astype(object).copy()
    given = old.isin(list(values))
    new[given] = [values[value] for value in old[given]]
    return replace(draft, new=changed(state.frame.loc[new.index, draft.column], new))


def pairs_draft(column: str, pairs: Mapping[str, Any], state: State, proposal: str, more: str = "") -> Draft:
    """A draft that replaces exactly the given values, as a recipe says."""
    values = state.values(column)
    cells = values[values.isin(list(pairs))]
    new = changed(cells, cells.astype(object).map(dict(pairs)))
    finding = warning(
        "cleaning.recipe-pairs",
        state.place(column, new.index),
        n=len(new),
        examples=[" → ".join(pair) for pair in examples(cells.loc[new.index], new)],
        proposal=proposal,
    )
    return Draft(finding, new, certain=True, column=column, more=more)


def narrowed(draft: Draft, new: pd.Series, state: State) -> Draft:
    """The draft with fewer cells, under a name of its own."""
    proposal = f"{draft.finding.params['proposal']}{MORE}"
    old = state.frame.loc[new.index, draft.column]
    facts = {"n": len(new), "examples": [" → ".join(p) for p in examples(old, new)], "proposal": proposal}
    finding = replace(
        draft.finding, place=state.place(draft.column, new.index), params={**draft.finding.params, **facts}
    )
    return replace(draft, finding=finding, new=new, more=MORE)


__all__ = ["RULES", "Draft", "Field", "Proposal", "Proposals", "Rule", "rule"]
