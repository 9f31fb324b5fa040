"""Rules of a catalogue of 2014-15 (``ds:`` and ``rs:`` columns, or the first flat one), told while it is imported.

An inventory has no place for identifiers, keywords, addresses and periodicities: their faults are told here or never.
Rules: ADELA 2015-10 (catalog.rb, dataset.rb and their validators) and the ficha técnica of the catalogue, 2015.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from kit.findings import Finding, Place, advice, error, warning
from kit.steps.inventory import places
from kit.steps.inventory.columns import EXAMPLES, Mask
from kit.steps.inventory.rules import key_finding
from kit.steps.inventory.template import fold

_HERE = Path(__file__).parent
FACTS: dict[str, Any] = json.loads((_HERE / "catalogues.json").read_text(encoding="utf-8"))
_RULES: dict[str, list[str]] = FACTS["rules"]
_FREQUENCIES = json.loads((_HERE.parent / "plan" / "frequencies.json").read_text(encoding="utf-8"))["frequencies"]
_CODES = {entry["code"] for entry in _FREQUENCIES}
_CODE_OF = {
    fold(word): entry["code"] for entry in _FREQUENCIES for word in (entry["es"], entry["en"], *entry["aliases"])
}
_REPEATING = re.compile(r"R\d*/P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")
_IDENTIFIER = re.compile(r"[!-~]+")  # ASCII without blanks
_KEYWORDS = re.compile(r"[\w\s.,-]*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_INSTANT = r"\d{4}(?:-\d\d(?:-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)?)?"
_PERIOD = re.compile(rf"({_INSTANT})(?:/({_INSTANT}))?")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue's cells as text, the row of each in its file, and which rows are datasets and which resources."""

    cells: pd.DataFrame
    rows: np.ndarray
    place: Place
    heads: Mask
    resources: Mask

    def named(self, *names: str) -> Iterator[tuple[str, pd.Series]]:
        """The columns of these names that the catalogue has, by its own spelling."""
        wanted = {fold(name) for name in names}
        for name in self.cells.columns:
            if fold(str(name)) in wanted:
                yield str(name), self.cells[name]

    def at(self, mask: Mask, column: str) -> Place:
        """The place of the rows under ``mask``."""
        rows = tuple(int(row) for row in self.rows[mask])
        return Place(self.place.file, self.place.sheet, rows, column)

    def flawed(
        self, rule: str, is_flawed: Callable[[str], Any], among: Mask | None = None
    ) -> Iterator[tuple[str, Mask, list[str]]]:
        """For each column of a rule: where its filled cells are flawed, and some of them."""
        for name, values in self.named(*_RULES[rule]):
            flawed = {value: bool(value and is_flawed(value)) for value in values.unique()}
            mask = values.map(flawed).to_numpy(dtype=bool) & (True if among is None else among)
            if mask.any():
                yield name, mask, list(values[mask].unique()[:EXAMPLES])


def check(catalogue: Catalogue, today: dt.date | None = None) -> Iterator[Finding]:
    """What the rules of a catalogue find; ``today`` is the day after which nothing can have been modified."""
    yield from _blanks(catalogue)
    yield from _names(catalogue)
    yield from _keywords(catalogue)
    yield from _addresses(catalogue)
    yield from _times(catalogue, today or dt.date.today())
    yield from _places(catalogue)


def _blanks(c: Catalogue) -> Iterator[Finding]:
    for name, cells in c.named(*_RULES["obligatory"]):
        blank = c.heads & (cells == "").to_numpy()
        if blank.any():
            yield warning("inventory.catalogue-blank", c.at(blank, name), n=int(blank.sum()), column=name)


def _names(c: Catalogue) -> Iterator[Finding]:
    for name, mask, values in c.flawed("identifier", lambda text: not _IDENTIFIER.fullmatch(text)):
        yield advice("inventory.identifier-signs", c.at(mask, name), n=len(set(values)), values=values)
    for name, titles in c.named(*_RULES["title"]):
        filled = c.heads & (titles != "").to_numpy()
        folded = titles.map(fold)
        identifier = next((column for _, column in c.named(*_RULES["identifier"])), titles)
        several = identifier.where(filled).groupby(folded).transform("nunique") > 1
        again = filled & several.to_numpy(dtype=bool)
        if again.any():
            names = list(titles[again].unique()[:EXAMPLES])
            yield error("inventory.title-repeated", c.at(again, name), n=len(names), names=names)


def _keywords(c: Catalogue) -> Iterator[Finding]:
    for name, mask, values in c.flawed("keyword", lambda text: not _KEYWORDS.fullmatch(text)):
        yield warning("inventory.keyword-signs", c.at(mask, name), n=int(mask.sum()), values=values)


def _addresses(c: Catalogue) -> Iterator[Finding]:
    for rule, among in (("resource_url", c.resources), ("dataset_url", c.heads)):
        for name, cells in c.named(*_RULES[rule]):
            blank = (cells == "").to_numpy() & among
            if blank.any():
                yield error("inventory.url-missing", c.at(blank, name), n=int(blank.sum()))
    for rule in ("resource_url", "dataset_url", "other_url"):
        for name, mask, values in c.flawed(rule, lambda text: not _is_address(text)):
            yield error("inventory.url-invalid", c.at(mask, name), n=int(mask.sum()), values=values)
    for name, mask, values in c.flawed("size", lambda text: not text.isdigit()):
        yield advice("inventory.byte-size", c.at(mask, name), n=int(mask.sum()), values=values)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https", "ftp"} and "." in (parts.hostname or "") and not re.search(r"\s", text)


def _times(c: Catalogue, today: dt.date) -> Iterator[Finding]:
    for name, mask, values in c.flawed(
        "periodicity", lambda text: text not in _CODES and not _REPEATING.fullmatch(text)
    ):
        proposals = [f"{value} → {_CODE_OF.get(fold(value), '?')}" for value in values]
        yield warning("inventory.periodicity-unlisted", c.at(mask, name), n=int(mask.sum()), proposals=proposals)
    for name, mask, values in c.flawed("modified", lambda text: not _MOMENT.fullmatch(text)):
        yield warning("inventory.modified-form", c.at(mask, name), n=int(mask.sum()), values=values)
    for name, mask, values in c.flawed(
        "modified", lambda text: bool(_MOMENT.fullmatch(text)) and text[:10] > today.isoformat()
    ):
        yield error("inventory.modified-future", c.at(mask, name), n=int(mask.sum()), values=values)
    for name, mask, values in c.flawed("temporal", lambda text: not _PERIOD.fullmatch(text)):
        yield advice("inventory.temporal-form", c.at(mask, name), n=int(mask.sum()), values=values)
    for name, mask, values in c.flawed("temporal", _runs_backwards):
        yield error("inventory.temporal-order", c.at(mask, name), n=int(mask.sum()), values=values)


def _runs_backwards(text: str) -> bool:
    match = _PERIOD.fullmatch(text)
    if not match or not match[2]:
        return False
    both = min(len(match[1]), len(match[2]))
    return match[1][:both] > match[2][:both]


def _places(c: Catalogue) -> Iterator[Finding]:
    for name, cells in c.named(*_RULES["spatial"]):
        known = {cell: places.spatial_flaws(cell) for cell in cells.unique()}
        for kind in (places.ZERO_LOST, places.UNKNOWN, places.OTHER_PLACE):
            told = {cell: [f for f in flaws if f.kind == kind] for cell, flaws in known.items()}
            mask = cells.map({cell: bool(flaws) for cell, flaws in told.items()}).to_numpy(dtype=bool)
            if mask.any():
                yield key_finding(kind, c.at(mask, name), [flaw for cell in cells[mask] for flaw in told[cell]])
    for name, mask, values in c.flawed("spatial", places.ambiguous):
        names = [f"{value} ({_some(places.ambiguous(value))})" for value in values]
        yield advice("inventory.place-ambiguous", c.at(mask, name), n=int(mask.sum()), names=names)


def _some(keys: Sequence[str]) -> str:
    return ", ".join(keys[:3]) + ("…" if len(keys) > 3 else "")
