"""Rules on whole rows: totals among the data, rows that stand twice, keys that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kit import keys as layouts
from kit.findings import Finding, error, warning
from kit.steps.cleaning.proposals import Draft, proposal_id, rule
from kit.steps.cleaning.state import State
from kit.tables.facts import pattern
from kit.words import unaccented


@rule("rows-total")
def rows_total(state: State) -> Iterator[Draft | Finding]:
    """Rows that sum the others: a cell says "Total" and the columns that would name a place or a key are empty."""
    texts = state.of_kind("key", "code", "category", "name", "text")
    if not texts:
        return
    frame = state.frame[[f.name for f in texts]]
    total, totals = pd.Series(False, index=frame.index), pattern("shape", "total")
    for column in frame:
        values = frame[column].dropna()
        near = values[values.str.contains("total|suma", case=False, regex=True)]
        named = near[near.str.len() < 60].map(unaccented).str.lower().str.strip()
        total[named.index[named.map(lambda text: bool(totals.search(text)))]] = True
    total &= frame.notna().sum(axis=1) <= max(1, len(texts) // 2)
    dropped = frame.index[total]
    if len(dropped):
        finding = warning(
            "cleaning.rows-total",
            state.place(None, dropped),
            n=len(dropped),
            proposal=proposal_id("rows-total", None),
        )
        yield Draft(finding, pd.Series(None, index=dropped, dtype=object), certain=True, target="row")


@rule("rows-duplicated")
def rows_duplicated(state: State) -> Iterator[Draft | Finding]:
    """Rows equal to an earlier one in every cell (and in geometry): the first stays."""
    frame = state.frame
    if state.geometry is not None:
        frame = frame.assign(**{"\0geometry": state.geometry.to_wkb()})
    twice = frame.index[frame.duplicated(keep="first") & frame.notna().any(axis=1)]
    if len(twice):
        finding = warning(
            "cleaning.rows-duplicated",
            state.place(None, twice),
            n=len(twice),
            proposal=proposal_id("rows-duplicated", None),
        )
        yield Draft(finding, pd.Series(None, index=twice, dtype=object), certain=True, target="row")


@rule("key-duplicated", check=True)
def key_duplicated(state: State) -> Iterator[Draft | Finding]:
    """Different rows with one key: which of them is right only the office that made the data can say."""
    key = state.key_field()
    if key is None:
        return
    values = state.values(key.name)
    whole = values[layouts.LAYOUTS[key.layout or "standard"].fits(values)]
    repeated = whole[whole.duplicated(keep=False)]
    if len(repeated):
        yield error(
            "cleaning.key-duplicated",
            state.place(key.name, repeated.index),
            n=int(repeated.nunique()),
            rows=len(repeated),
            examples=list(repeated.unique()[:3]),
        )
