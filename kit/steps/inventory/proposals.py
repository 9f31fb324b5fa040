"""Proposals: what probably belongs in a cell. Nothing is changed until somebody accepts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from kit import messages
from kit.markup import table
from kit.steps.inventory import access, dates, places, wording
from kit.steps.inventory.template import KEYS, NAMING, NOT_APPLICABLE, PARENTS, PLACEHOLDER, header

if TYPE_CHECKING:
    from kit.steps.inventory.table import Inventory


@dataclass(frozen=True, slots=True)
class Proposal:
    """One cell: its row in the file, its column, what stands there, what probably should, and the finding behind it."""

    row: int
    column: str
    found: str
    proposed: str
    code: str


class Proposals(Sequence[Proposal]):
    """Proposals that show themselves as a table."""

    def __init__(self, proposals: Iterable[Proposal] = ()) -> None:
        self._proposals = tuple(proposals)

    @overload
    def __getitem__(self, index: int) -> Proposal: ...
    @overload
    def __getitem__(self, index: slice) -> Proposals: ...
    def __getitem__(self, index: int | slice) -> Proposal | Proposals:
        found = self._proposals[index]
        return Proposals(found) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self._proposals)

    def __iter__(self) -> Iterator[Proposal]:
        return iter(self._proposals)

    def of(self, *codes: str) -> Proposals:
        """Those of the given codes."""
        return Proposals(p for p in self if p.code in codes)

    def in_rows(self, *rows: int) -> Proposals:
        """Those of the given rows of the file."""
        return Proposals(p for p in self if p.row in rows)

    def frame(self, lang: str | None = None) -> pd.DataFrame:
        """A table with the headings of the language: row, column, found, proposed."""
        head = [messages.text(f"inventory.heading.{n}", lang=lang) for n in ("row", "column", "found", "proposed")]
        return pd.DataFrame([(p.row, p.column, p.found, p.proposed) for p in self], columns=head)

    def __repr__(self) -> str:
        return self.frame().to_string(index=False) if self else messages.text("inventory.no-proposals")

    def _repr_html_(self) -> str:
        frame = self.frame()
        if frame.empty:
            return f"<p>{messages.text('inventory.no-proposals')}</p>"
        caption = messages.text("inventory.proposals", n=len(frame))
        return table(list(frame.columns), frame.itertuples(index=False), caption, row_heads=True)


def propose(inventory: Inventory) -> Proposals:
    """What probably belongs in blank grouped cells, misspelt words, other dates, cut keys and broken letters."""
    c = inventory.prepared
    word = access.official_word(c["access"])
    found = [(key, c.parents[key], "inventory.parent-blank") for key in PARENTS]
    found += [(key, wording.repaired(c[key]), "inventory.broken-letters") for key in KEYS]
    found += [(key, places.with_zeros(c[key]), "inventory.key-zero-lost") for key in NAMING]
    unchosen = (c["reason"] == PLACEHOLDER) & ~c.private
    none = pd.Series(np.where(unchosen, NOT_APPLICABLE, ""), dtype="str")
    found.append(("reason", none, "inventory.reason-placeholder"))
    found.append(("access", word.where(word != c["access"], ""), "inventory.access-spelling"))
    found += [
        ("date", c.months["month"].where(c.months["kind"] == kind, ""), code)
        for kind, code in (
            (dates.SERIAL, "inventory.date-serial"),
            (dates.OTHER, "inventory.date-other-form"),
            (dates.WITH_DAY, "inventory.date-with-day"),
        )
    ]
    proposals = [
        Proposal(int(c.rows[at]), header(key), str(c[key].iloc[at]), str(values.iloc[at]), code)
        for key, values, code in found
        for at in np.flatnonzero(values != "")
    ]
    return Proposals(sorted(proposals, key=lambda p: p.row))
