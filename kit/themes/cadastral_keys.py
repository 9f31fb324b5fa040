"""Checks of the key columns of a cadastral table: repeated, damaged, of another place, contradicting each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit import keys
from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.themes.mapping import Mapping

_SHARE = json.loads(Path(__file__).with_name("cadastre.json").read_text(encoding="utf-8"))["expected_share"]["share"]
_EXAMPLES = 4
_RIGHT = {"standard", "local", "block"}

Locate = Callable[..., Place]
Mask = npt.NDArray[np.bool_]

_SHAPES: dict[str, Callable[..., Finding]] = {
    "blank": lambda place, **params: error("cadastre.key-blank", place, **params),
    "scientific": lambda place, **params: error("cadastre.key-scientific", place, **params),
    "short": lambda place, **params: error("cadastre.key-short", place, **params),
    "separated": lambda place, **params: warning("cadastre.key-separated", place, **params),
    "local-separated": lambda place, **params: warning("cadastre.key-separated", place, **params),
    "local-bare": lambda place, **params: warning("cadastre.key-separated", place, **params),
    "non-ascii": lambda place, **params: error("cadastre.key-non-ascii", place, **params),
    "other": lambda place, **params: error("cadastre.key-malformed", place, **params),
}


def duplicates(table: pd.DataFrame, mapping: Mapping, locate: Locate) -> tuple[pd.DataFrame, Findings]:
    """The keys that several rows share (key, features, rows), and a finding if there are any.

    Keys are compared in their canonical form; blank ones and those that a spreadsheet turned into numbers are not keys.
    """
    nothing = pd.DataFrame({"key": [], "features": np.array([], dtype=np.int64), "rows": []})
    if mapping.key is None or mapping.key not in table.columns:
        return nothing, Findings()
    shape = keys.shapes(table[mapping.key])
    canonical = keys.canonical(table[mapping.key]).reset_index(drop=True)
    canonical = canonical[~shape.isin(["blank", "scientific"]).to_numpy()]
    again = canonical[canonical.duplicated(keep=False)]
    if again.empty:
        return nothing, Findings()
    place = locate(again.index.to_numpy(), column=mapping.key)
    row_of = pd.Series(place.rows, index=again.index)
    groups = row_of.groupby(again.to_numpy(), sort=False)
    found = pd.DataFrame({"features": groups.size(), "rows": groups.agg(tuple)})
    found = found.rename_axis("key").reset_index().sort_values("features", ascending=False, kind="stable")
    finding = error(
        "cadastre.key-repeated",
        place,
        n=len(again),
        features=len(again),
        keys=len(found),
        extra=len(again) - len(found),
        examples=found["key"].head(_EXAMPLES).tolist(),
    )
    return found.reset_index(drop=True), Findings([finding])


def check_keys(table: pd.DataFrame, mapping: Mapping, locate: Locate, municipality: str | None = None) -> Findings:
    """Form of the keys, the place that they name, and whether the standard, the local and the block key agree."""
    findings = Findings()
    for column in (mapping.key, mapping.local):
        if column is not None and column in table.columns:
            findings.extend(_form(table[column], locate, column))
    if mapping.key is not None and mapping.key in table.columns:
        findings.extend(_whereabouts(table, mapping, locate, municipality))
        findings.extend(_agreement(table, mapping, locate))
    return findings


def _form(cells: pd.Series, locate: Locate, column: str) -> Findings:
    """One finding per shape that is not right, and one if right keys of two kinds are mixed."""
    shape = keys.shapes(cells)
    # A key of 30 digits whose zero cannot be put back lost some other digit.
    truncated = (shape == "short").to_numpy() & ~keys.STANDARD.fits(keys.canonical(cells))
    shape[truncated] = "other"
    counts = shape.value_counts()
    findings = Findings()
    for name in sorted(_SHAPES):
        if counts[name]:
            where = np.flatnonzero(shape == name)
            examples = cells.iloc[where[:_EXAMPLES]].astype("str").tolist() if name != "blank" else []
            findings.add(_SHAPES[name](locate(where, column=column), n=len(where), of=len(cells), examples=examples))
    right = counts[[name for name in _RIGHT if counts[name]]]
    if len(right) > 1:
        main = str(right.idxmax())
        where = np.flatnonzero(shape.isin(_RIGHT - {main}))
        examples = cells.iloc[where[:_EXAMPLES]].astype("str").tolist()
        title = keys.LAYOUTS[main].title
        findings.add(
            warning("cadastre.key-mixed", locate(where, column=column), n=len(where), main=title, examples=examples)
        )
    return findings


def _whereabouts(table: pd.DataFrame, mapping: Mapping, locate: Locate, municipality: str | None) -> Findings:
    """Standard keys of a state that does not exist, or of another municipality than the file's."""
    parts = keys.STANDARD.numbers(table[str(mapping.key)], "state", "municipality")
    named = np.where(parts["state"] < 0, -1, parts["state"] * 1000 + parts["municipality"])
    judged = named >= 0
    if not judged.any():
        return Findings()
    unknown = judged & ~np.isin(parts["state"], [int(state) for state in keys.STATES])
    expected = _expected(table, mapping, named[judged], municipality)
    elsewhere = judged & ~unknown & (named != expected) & (expected >= 0)
    findings = Findings()
    if unknown.any():
        place = locate(np.flatnonzero(unknown), column=mapping.key)
        findings.add(error("cadastre.key-state-unknown", place, n=int(unknown.sum()), examples=_usual(named[unknown])))
    if elsewhere.any():
        place = locate(np.flatnonzero(elsewhere), column=mapping.key)
        right = _usual(np.broadcast_to(expected, named.shape)[elsewhere])[0]
        params = {"n": int(elsewhere.sum()), "examples": _usual(named[elsewhere]), "expected": right}
        findings.add(error("cadastre.key-elsewhere", place, **params))
    return findings


def _expected(
    table: pd.DataFrame, mapping: Mapping, named: npt.NDArray[np.int64], municipality: str | None
) -> npt.NDArray[np.int64]:
    """State and municipality that each key should name: as given, as the table's columns say, or as most keys say.

    One number for all or one a row; -1 where nothing is known.
    """
    if municipality is not None:
        return np.asarray(int(municipality))
    if mapping.state in table.columns and mapping.municipality in table.columns:
        state, within = _numbers(table[str(mapping.state)]), _numbers(table[str(mapping.municipality)])
        return np.where((state < 0) | (within < 0), -1, state * 1000 + within)
    counts = np.bincount(named)
    return np.asarray(counts.argmax() if counts.max() >= _SHARE * len(named) else -1)


def _numbers(cells: pd.Series) -> npt.NDArray[np.int64]:
    """INEGI keys as numbers; -1 where a cell is no such key (a name, say)."""
    codes, distinct = pd.factorize(cells)
    values = pd.to_numeric(pd.Series(distinct, dtype="object"), errors="coerce").fillna(-1).astype(np.int64)
    return np.append(values.to_numpy(), -1)[codes]


def _usual(named: npt.NDArray[np.int64]) -> list[str]:
    """The commonest of some five-digit keys, as text."""
    return [f"{number:05d}" for number in pd.Series(named).value_counts().index[:_EXAMPLES]]


def _agreement(table: pd.DataFrame, mapping: Mapping, locate: Locate) -> Findings:
    """The key against the local key and the block's key of the same row."""
    findings = Findings()
    key = keys.canonical(table[str(mapping.key)])
    local = keys.canonical(table[mapping.local]) if mapping.local in table.columns else None
    if local is not None:
        wrong = np.flatnonzero(~keys.agree(key, keys.STANDARD, local, keys.LOCAL))
        if len(wrong):
            examples = (key.iloc[wrong[:_EXAMPLES]] + " / " + local.iloc[wrong[:_EXAMPLES]]).tolist()
            place = locate(wrong, column=mapping.local)
            findings.add(error("cadastre.key-local-differs", place, n=len(wrong), examples=examples))
    if mapping.block in table.columns:
        findings.extend(_block_agreement(key, local, table[str(mapping.block)], locate, str(mapping.block)))
    return findings


def _block_agreement(
    key: pd.Series, local: pd.Series | None, block: pd.Series, locate: Locate, column: str
) -> Findings:
    """A block's key must be contained in the keys of its parcels (shpUploader.php of edgar-orozco/catastro)."""
    cells = pd.Series(keys.as_arrow(block), index=block.index, dtype="str").str.strip()
    if not keys.BLOCK.fits(cells).any():
        return Findings()
    wrong = ~keys.agree(key, keys.STANDARD, cells, keys.BLOCK)
    for other in (key, local):
        if other is not None:
            wrong |= ~keys.agree(other, keys.LOCAL, cells, keys.BLOCK)
    findings = Findings()
    if wrong.any():
        where = np.flatnonzero(wrong)
        examples = (key.iloc[where[:_EXAMPLES]] + " / " + cells.iloc[where[:_EXAMPLES]]).tolist()
        findings.add(error("cadastre.key-block-differs", locate(where, column=column), n=len(where), examples=examples))
    bad = cells.notna().to_numpy() & cells.ne("").to_numpy() & ~keys.BLOCK.fits(cells)
    if bad.any():
        where = np.flatnonzero(bad)
        examples = cells.iloc[where[:_EXAMPLES]].tolist()
        findings.add(advice("cadastre.block-malformed", locate(where, column=column), n=len(where), examples=examples))
    return findings
