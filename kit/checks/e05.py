"""The questions of exercise e05: read a cadastre file, clean its uses, read its numbers, count its repeated keys.

Each is asked of a file beside the notebook (``on("predios.csv")``) and, in hidden tests, of tables that the learner
never saw. What is right is worked out from the material, so any table with the cadastre's columns will do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.checks.core import FunctionQuestion
from kit.findings import Finding, Findings, KitError, Place, error
from kit.tables import parse_numbers

KEY, USE = "CVE_CAT_EST", "USO"
_COLUMNS = (pd.Series, pd.api.extensions.ExtensionArray, np.ndarray, list)
_FIRST_ROW = 2  # of the data in a file: the header is row 1
_EXAMPLES = 3
_CENT = 0.005


@lru_cache(maxsize=1)
def _facts() -> Mapping[str, Any]:
    facts: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return facts


@dataclass(frozen=True)
class _Material:
    """A table whose cells are all text, and the name of its file if it has one."""

    table: pd.DataFrame
    file: str | None

    @classmethod
    def of(cls, given: Any) -> _Material:
        if isinstance(given, pd.DataFrame):
            return cls(given.reset_index(drop=True), None)
        path = Path(given)
        if not path.is_file():
            raise KitError(error("checks.file-missing", Place(path.name), file=path.name))
        return cls(pd.read_csv(path, dtype=str, encoding="latin-1"), path.name)

    def place(self, column: str | None = None, where: pd.Series | None = None) -> Place:
        rows = () if where is None else tuple(int(row) + _FIRST_ROW for row in np.flatnonzero(where.to_numpy()))
        return Place(self.file, rows=rows, column=column)


class Reading(FunctionQuestion):
    """A function that reads the file: every row, the keys as text with their zeros, the letters with their accents."""

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Half the answer is the keys, half the letters; without all rows and columns nothing counts."""
        material = _Material.of(self.material)
        expected = material.table
        given = self.call(answer, str(self.material))
        if not isinstance(given, pd.DataFrame):
            return Findings([error("checks.e05-no-table", material.place(), given=type(given).__name__)]), 0.0
        missing = [name for name in expected if name not in given]
        if missing:
            return Findings([error("checks.e05-no-columns", material.place(), columns=missing)]), 0.0
        if len(given) != len(expected):
            rows = {"given": len(given), "expected": len(expected)}
            return Findings([error("checks.e05-rows", material.place(), **rows)]), 0.0
        keys = [name for name in _facts()["key_columns"] if not _same_text(given[name], expected[name])]
        findings = Findings(_lost_zeros(material, given, name) for name in keys)
        letters = _as_text(given["COLONIA"]) != _as_text(expected["COLONIA"])
        if letters.any():
            example = str(given.loc[letters.to_numpy(), "COLONIA"].iloc[0])
            findings.add(error("checks.e05-letters", material.place("COLONIA", letters), example=example))
        return findings, (0.0 if keys else 0.5) + (0.0 if letters.any() else 0.5)


class Uses(FunctionQuestion):
    """A function that maps a column of uses to the four official ones; what is no use becomes a missing value."""

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Each kind of spelling is a fifth; leaving alone what needs no change earns nothing by itself."""
        material = _Material.of(self.material)
        uses = material.table[USE]
        plain = _as_text(uses).str.upper().str.rstrip(".")
        expected = plain.map(_official())
        given = _column(self.call(answer, uses.copy()), uses, self.function)
        wrong = ~((given == expected) | (given.isna() & expected.isna()))
        kinds = {
            "unknown": expected.isna(),
            "official": uses.isin(list(_facts()["uses"])),
            "blanks": uses != uses.str.strip(),
            "case": plain.isin(list(_facts()["uses"])),
        }
        kind = pd.Series(np.select(list(kinds.values()), list(kinds), default="short"), index=uses.index)
        findings = Findings(
            _use_finding(name, material.place(USE, wrong & (kind == name)), _pairs(uses[wrong & (kind == name)], given))
            for name in sorted(set(kind[wrong]))
        )
        return findings, _share(kind, wrong, of_worth=("blanks", "case", "short"))


class Numbers(FunctionQuestion):
    """A function that turns a column of amounts as officials write them into numbers; no amount becomes NaN."""

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Each way of writing is a fifth; plain numbers alone earn nothing."""
        material = _Material.of(self.material)
        columns = [name for name in _facts()["number_columns"] if name in material.table]
        findings, kinds, wrongs = Findings(), [], []
        for column in columns:
            texts = material.table[column]
            expected, _, _ = parse_numbers(texts)
            given = _numbers(_column(self.call(answer, texts.copy()), texts, self.function), column)
            wrong = ~(((given - expected).abs() < _CENT) | (given.isna() & expected.isna()))
            findings.extend(_number_findings(material, texts, expected, given, wrong))
            kinds.append(_way_of_writing(texts, expected))
            wrongs.append(wrong)
        kind, wrong = pd.concat(kinds, ignore_index=True), pd.concat(wrongs, ignore_index=True)
        return findings, _share(kind, wrong, of_worth=("money", "thousands", "unit"))


class RepeatedKeys(FunctionQuestion):
    """A function that counts how many parcels share a key with another one, and how many keys they share."""

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Each of the two numbers is half the answer."""
        material = _Material.of(self.material)
        given = self.call(answer, material.table.copy())
        if not _is_two_numbers(given):
            return Findings([error("checks.e05-not-two", material.place(KEY), given=str(given)[:60])]), 0.0
        parcels, keys = (int(number) for number in given)
        right = _repeated(_as_text(material.table[KEY]))
        share = 0.5 * (parcels == right[0]) + 0.5 * (keys == right[1])
        if share == 1.0:
            return Findings(), share
        raw = material.table[KEY]
        place, shown = material.place(KEY), {"parcels": parcels, "keys": keys}
        if (parcels, keys) == right[::-1]:
            return Findings([error("checks.e05-swapped", place, **shown)]), share
        if (parcels, keys) == _repeated(raw) != right:
            return Findings([error("checks.e05-key-blanks", place, **shown)]), share
        if parcels in (right[0] - right[1], int(raw.duplicated().sum())):
            return Findings([error("checks.e05-first-left-out", place, **shown)]), share
        return Findings([error("checks.e05-count", place, **shown)]), share


def _as_text(series: pd.Series) -> pd.Series:
    return series.reset_index(drop=True).astype("str").str.strip().where(series.reset_index(drop=True).notna(), "")


def _same_text(given: pd.Series, expected: pd.Series) -> bool:
    """Whether every cell is text, and the same text but for blanks around it."""
    return bool(given.map(lambda cell: isinstance(cell, str)).all() and (_as_text(given) == _as_text(expected)).all())


def _lost_zeros(material: _Material, given: pd.DataFrame, column: str) -> Finding:
    examples = {"given": str(given[column].iloc[0]), "right": str(material.table[column].iloc[0])}
    return error("checks.e05-keys-as-numbers", material.place(column), **examples)


@lru_cache(maxsize=1)
def _official() -> Mapping[str, str]:
    """Each spelling in capitals to its official use."""
    return {name: use for use, spellings in _facts()["uses"].items() for name in (use, *spellings)}


def _column(given: Any, asked: pd.Series, function: str) -> pd.Series:
    """What the function gave, as a column like the one it was given.

    Raises:
        KitError: if it is no column, or one of another length.
    """
    if not isinstance(given, _COLUMNS) or len(given) != len(asked):
        length = len(given) if hasattr(given, "__len__") else 1
        shown = {"given": type(given).__name__, "length": length, "right": len(asked)}
        raise KitError(error("checks.e05-no-column", Place(item=function), **shown))
    cells = pd.Series(list(given), index=asked.index, dtype=object)
    return cells.where(cells.notna(), None)


def _numbers(given: pd.Series, column: str) -> pd.Series:
    """Numbers as floats.

    Raises:
        KitError: if there are texts among them.
    """
    texts = given[given.map(lambda cell: isinstance(cell, str))]
    if len(texts):
        raise KitError(error("checks.e05-still-text", Place(column=column), n=len(texts), example=str(texts.iloc[0])))
    return pd.to_numeric(given, errors="coerce").astype("float64")


def _use_finding(kind: str, place: Place, examples: list[str]) -> Finding:
    """The finding of one kind of spelling that went wrong."""
    made: dict[str, Callable[[], Finding]] = {
        "unknown": lambda: error("checks.e05-use-unknown", place, examples=examples),
        "official": lambda: error("checks.e05-use-lost", place, examples=examples),
        "blanks": lambda: error("checks.e05-use-blanks", place, examples=examples),
        "case": lambda: error("checks.e05-use-case", place, examples=examples),
        "short": lambda: error("checks.e05-use-short", place, examples=examples),
    }
    return made[kind]()


def _way_of_writing(texts: pd.Series, expected: pd.Series) -> pd.Series:
    ways = {
        "unknown": expected.isna(),
        "money": texts.str.contains("$", regex=False, na=False),
        "unit": texts.str.contains("[A-Za-z]", na=False),
        "thousands": texts.str.contains(",", regex=False, na=False),
    }
    return pd.Series(np.select(list(ways.values()), list(ways), default="plain"), index=texts.index)


def _number_findings(
    material: _Material, texts: pd.Series, expected: pd.Series, given: pd.Series, wrong: pd.Series
) -> Findings:
    """Why the numbers are wrong, one finding per cause."""
    column = str(texts.name)
    invented = wrong & expected.isna()
    unread = wrong & given.isna()
    left = wrong & ~invented & ~unread
    cut = ((given - np.trunc(expected)).abs() < _CENT) | ((given - expected.round()).abs() < _CENT)
    cents = left & (cut | ((given - expected * 100).abs() < 1))
    other = left & ~cents

    def shown(where: pd.Series) -> dict[str, Any]:
        return {"n": int(where.sum()), "examples": _pairs(texts[where], given)}

    findings = Findings()
    if invented.any():
        findings.add(error("checks.e05-number-invented", material.place(column, invented), **shown(invented)))
    if unread.any():
        findings.add(error("checks.e05-number-unread", material.place(column, unread), **shown(unread)))
    if cents.any():
        findings.add(error("checks.e05-cents", material.place(column, cents), **shown(cents)))
    if other.any():
        findings.add(error("checks.e05-number-wrong", material.place(column, other), **shown(other)))
    return findings


def _pairs(asked: pd.Series, given: pd.Series) -> list[str]:
    """The first different cells that went wrong, with what became of them: ``"'mixto ' → 'mixto'"``."""
    first = asked.drop_duplicates().head(_EXAMPLES)
    return [f"{cell!r} → {_shown(value)}" for cell, value in zip(first, given[first.index], strict=True)]


def _shown(value: Hashable) -> str:
    return "NaN" if value is None or value != value else repr(value)  # NaN is the value that differs from itself


def _share(kind: pd.Series, wrong: pd.Series, of_worth: tuple[str, ...]) -> float:
    """The share of the kinds that are wholly right; 0 when none of those that are worth anything by themselves is."""
    right = ~wrong.groupby(kind).any()
    return float(right.mean()) if right.reindex(of_worth, fill_value=False).any() else 0.0


def _repeated(keys: pd.Series) -> tuple[int, int]:
    """How many rows share their key with another row, and how many keys they share."""
    counts = keys.value_counts()
    shared = counts[counts > 1]
    return int(shared.sum()), len(shared)


def _is_two_numbers(given: Any) -> bool:
    return (
        isinstance(given, (tuple, list, np.ndarray))
        and len(given) == 2
        and all(hasattr(number, "__int__") and not isinstance(number, str) for number in given)
    )


reading = Reading("e05-reading", "read_parcels")
uses = Uses("e05-uses", "clean_use")
numbers = Numbers("e05-numbers", "to_number")
repeated = RepeatedKeys("e05-repeated", "repeated_keys")
