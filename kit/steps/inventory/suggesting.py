"""Typical datasets of a theme, for a city that does not know where to start, ready to become draft rows.

One file per theme in ``suggestions/`` says what each is, the standard behind it and who usually holds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import pandas as pd

from kit import messages
from kit.findings import KitError, error
from kit.markup import table
from kit.steps.inventory.template import ACCESS, NOT_APPLICABLE, REASONS, fold

THEMES: tuple[str, ...] = ("cadastre", "mobility", "security", "resilience")
_FOLDER = Path(__file__).parent / "suggestions"
_HEADINGS = ("dataset", "standard", "holder", "privacy")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dataset that a city hall usually has, in one language.

    ``privacy`` says what its public form must not hold; ``confirmed`` whether the standard was seen in its own text or
    comes from general knowledge.
    """

    id: str
    dataset: str
    resource: str
    description: str
    standard: str
    holder: str
    privacy: str
    access: str
    platform: str
    confirmed: bool

    def row(self) -> dict[str, str]:
        """The draft of an inventory's row: its date is left to be agreed, and a public row's reason says so."""
        public = self.access == "public"
        return {
            "responsible": self.holder,
            "dataset": self.dataset,
            "resource": self.resource,
            "description": f"{self.description} {self.privacy}.",
            "access": ACCESS[self.access],
            "reason": NOT_APPLICABLE if public else REASONS[1],
            "platform": self.platform,
            "date": "" if public else NOT_APPLICABLE,
        }


class Suggestions(Sequence[Suggestion]):
    """Suggestions that show themselves as a table."""

    def __init__(self, theme: str, suggestions: Iterable[Suggestion], lang: str) -> None:
        self.theme, self.lang = theme, lang
        self._suggestions = tuple(suggestions)

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> Suggestions: ...
    def __getitem__(self, index: int | slice) -> Suggestion | Suggestions:
        if isinstance(index, slice):
            return Suggestions(self.theme, self._suggestions[index], self.lang)
        return self._suggestions[index]

    def __len__(self) -> int:
        return len(self._suggestions)

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self._suggestions)

    def choose(self, *names: str) -> Suggestions:
        """Those of these names of datasets, or of these ids.

        Raises:
            KitError: ``inventory.unknown-suggestion`` naming those there are.
        """
        known = {fold(word): s for s in self for word in (s.dataset, s.id)}
        unknown = [name for name in names if fold(name) not in known]
        if unknown:
            raise KitError(error("inventory.unknown-suggestion", names=unknown, known=[s.dataset for s in self]))
        return Suggestions(self.theme, [known[fold(name)] for name in names], self.lang)

    def rows(self) -> list[dict[str, str]]:
        """A draft row for each, as `Inventory.from_rows` and `Inventory.with_rows` take them."""
        return [suggestion.row() for suggestion in self]

    def frame(self) -> pd.DataFrame:
        """The table: dataset, standard, who usually holds it, what it must not hold."""
        head = [messages.text(f"inventory.heading.{name}", lang=self.lang) for name in _HEADINGS]
        return pd.DataFrame([[self._cell(s, name) for name in _HEADINGS] for s in self], columns=head)

    def _cell(self, suggestion: Suggestion, name: str) -> str:
        if name == "standard" and not suggestion.confirmed:
            return messages.text("inventory.standard-unconfirmed", lang=self.lang, standard=suggestion.standard)
        return str(getattr(suggestion, name))

    def __repr__(self) -> str:
        return self.frame().to_string(index=False)

    def _repr_html_(self) -> str:
        frame = self.frame()
        caption = messages.text("inventory.suggestions-caption", lang=self.lang)
        return table(list(frame.columns), frame.itertuples(index=False), caption, row_heads=True)


def suggestions(theme: str, lang: str | None = None) -> Suggestions:
    """Datasets that a city hall usually has for a theme, ready to be chosen from.

    Args:
        theme: one of `THEMES`, or its Spanish name ("catastro", "movilidad", "seguridad", "resiliencia").
        lang: "es" or "en"; else the language in force.

    Raises:
        KitError: ``inventory.unknown-theme``.
    """
    chosen = lang or messages.current_language()
    wanted = fold(theme)
    facts = {name: _facts(name) for name in THEMES}
    name = next((name for name in THEMES if wanted in (name, *facts[name]["aliases"])), None)
    if name is None:
        known = [messages.text(f"examples.theme.{key}") for key in THEMES]
        raise KitError(error("inventory.unknown-theme", theme=theme, themes=known))
    common = ("id", "access", "platform", "confirmed")
    entries = facts[name]["datasets"]
    return Suggestions(name, [Suggestion(**{k: e[k] for k in common}, **e[chosen]) for e in entries], chosen)


def suggest(theme: str, lang: str | None = None) -> pd.DataFrame:
    """`suggestions` as a table: name, the standard behind it, who usually holds it, and what it must not hold."""
    return suggestions(theme, lang).frame()


def _facts(theme: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((_FOLDER / f"{theme}.json").read_text(encoding="utf-8"))
    return facts
