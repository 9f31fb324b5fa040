"""What each column holds: a key, numbers, dates or text; the table with its types, and findings about the cells.

A column is read as numbers or dates only if all its cells are such, marks for "no value" aside. Nothing is mended here:
a column of two minds stays text, with the rows that disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.arrays import ArrowStringArray

from kit.findings import Finding, Place, advice, warning
from kit.tables.facts import facts, pattern, plain_name
from kit.tables.grid import Grid
from kit.tables.values import missing_marks, parse_dates, parse_numbers

_SAMPLE = 600
_MIXED_FROM = 0.5
_SHOWN_ROWS = 1000
_SHOWN = 5
_PART_EMPTY = 0.05
_MANY_COLUMNS = 6
_PARENT_SHARE = 0.5
_TEXT = pd.StringDtype(na_value=np.nan)
_INTEGER = r"^-?(0|[1-9]\d{0,17})$"
_FLOAT = r"^-?(\d{1,15}(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?$"
_DAMAGED_KEY = r"^\d([.,]\d+)?[eE]\+\d+$"
_AMOUNT_START = r"^[\s$(+\-−]*(?:[A-Z]{2,3}\$?)?\s*[.]?\d"
_FORMULA = r"^\s*=\s*(?:[A-Za-zÁÉÍÓÚÑ.]+\(|[\"0-9+(-])"


@dataclass(slots=True)
class _Told:
    """What is told once for several columns."""

    findings: list[Finding] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    part_empty: dict[str, float] = field(default_factory=dict)
    blanks: dict[str, int] = field(default_factory=dict)
    missing_in: dict[str, bytes] = field(default_factory=dict)  # packed bits: columns may be many and long


def typed_table(
    grid: Grid, names: list[str], wanted: list[str] | None, types: bool, place: Place
) -> tuple[pd.DataFrame, list[Finding]]:
    """The grid as a table; its columns are let go one by one, so that a table is never held twice.

    Args:
        grid: the data rows; emptied on the way.
        names: its columns' names.
        wanted: the names to keep, or None for all.
        types: whether to read numbers and dates; False leaves every cell text.
        place: file and sheet, for the findings.
    """
    told = _Told()
    rows = grid.rows
    height = len(rows)
    columns: dict[str, Any] = {}
    for i, name in enumerate(names):
        cells, grid.columns[i] = grid.columns[i], None
        if wanted is not None and name not in wanted:
            continue
        cells = _without_blanks(cells, name, told)
        if height and cells.null_count == height:
            told.empty.append(name)
        _note_missing(cells, name, told)
        columns[name] = _Column(name, rows, place, told).read(cells, types)
        del cells
    if wanted is not None:
        columns = {name: columns[name] for name in wanted}
    table = pd.DataFrame(columns, index=pd.RangeIndex(height), copy=False)
    told.findings += _about_all(told, rows, place)
    return table, told.findings


def _without_blanks(cells: pa.ChunkedArray, name: str, told: _Told) -> pa.ChunkedArray:
    """Cells with nothing but blanks become missing; blanks around text are only counted."""
    chunks: list[pa.Array] = []
    padded = 0
    for chunk in cells.chunks:  # chunk by chunk, so that a trimmed copy is never longer than a chunk
        trimmed = pc.utf8_trim_whitespace(chunk)
        empty = pc.equal(trimmed, "")
        changed = pc.and_not(pc.not_equal(trimmed, chunk), empty)
        padded += pc.sum(changed).as_py() or 0
        has_empty = pc.any(empty).as_py()
        chunks.append(pc.if_else(empty, pa.scalar(None, chunk.type), chunk) if has_empty else chunk)
    if padded:
        told.blanks[name] = padded
    return pa.chunked_array(chunks, type=cells.type)


def _note_missing(cells: pa.ChunkedArray, name: str, told: _Told) -> None:
    if cells.null_count and cells.null_count < len(cells):
        share = cells.null_count / len(cells)
        if share >= _PART_EMPTY:
            told.part_empty[name] = share
            told.missing_in[name] = np.packbits(np.asarray(cells.is_null())).tobytes()


class _Column:
    """One column being read."""

    def __init__(self, name: str, rows: np.ndarray, place: Place, told: _Told) -> None:
        self.name, self.rows, self.place, self.told = name, rows, place, told

    def at(self, mask: np.ndarray | None = None) -> Place:
        """This column, or its rows where ``mask`` is True (the first thousand)."""
        found = () if mask is None else tuple(self.rows[np.flatnonzero(mask)[:_SHOWN_ROWS]].tolist())
        return Place(self.place.file, self.place.sheet, found, self.name)

    def read(self, cells: pa.ChunkedArray, types: bool) -> Any:
        """The cells as the array that the table takes."""
        if cells.null_count == len(cells):
            return _text(cells)
        sample = _sample(cells).rename(self.name)
        if sample.str.contains("=", regex=False).any() or pc.any(pc.starts_with(cells, "=")).as_py():
            self._note_formulas(cells)
        if self._is_key(cells, sample):
            self.told.keys.append(self.name)
            self._check_key(cells)
            return _text(cells)
        if not types:
            return _text(cells)
        # 20140214 and Excel's 42309 are dates where the name says so, numbers elsewhere.
        dated = bool(pattern("dates", "column").search(plain_name(self.name).replace("_", " ")))
        for read in (self._dates, self._numbers) if dated else (self._numbers, self._dates):
            values = read(cells, sample)
            if values is not None:
                return values
        return _text(cells)

    def _is_key(self, cells: pa.ChunkedArray, sample: pd.Series) -> bool:
        """By name, or because as numbers its cells would lose zeros or figures."""
        name = plain_name(self.name)
        if pattern("keys", "name").search(name) and not pattern("keys", "not_name").search(name):
            return True
        # INEGI's exports write " 01 001 " for 01001.
        digits = sample.str.fullmatch(r"\s*\d+(?: \d+)*\s*", na=False)
        if not len(sample) or digits.mean() < 0.8:
            return False
        long = facts()["keys"]["long_digits"]
        return bool(pc.any(pc.match_substring_regex(cells, rf"^\s*(0\d+( \d+)*|\d{{{long},}})\s*$")).as_py())

    def _check_key(self, cells: pa.ChunkedArray) -> None:
        damaged = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _DAMAGED_KEY), False))
        if n := int(damaged.sum()):
            examples = cells.filter(pa.array(damaged)).unique().to_pylist()[:_SHOWN]
            self.told.findings.append(warning("tables.key-damaged", self.at(damaged), n=n, examples=examples))
        lengths = _key_lengths(plain_name(self.name))
        if not lengths:
            return
        trimmed = pc.utf8_trim_whitespace(cells)
        figures = np.asarray(pc.fill_null(pc.match_substring_regex(trimmed, r"^\d+$"), False))
        sizes = np.asarray(pc.fill_null(pc.utf8_length(trimmed), 0))
        if not figures.any():
            return
        longest = int(sizes[figures].max())
        due = next((length for length in lengths if length >= longest), None)
        zeros = np.asarray(pc.fill_null(pc.starts_with(trimmed, "0"), False))
        short = figures & (sizes < due) if due else np.zeros(len(sizes), dtype=bool)
        if n := int(short.sum()):
            examples = trimmed.filter(pa.array(short)).unique().to_pylist()[:_SHOWN]
            self.told.findings.append(
                warning("tables.leading-zero-lost", self.at(short), n=n, examples=examples, length=due)
            )
        elif not zeros.any():
            example = trimmed.filter(pa.array(figures))[0].as_py()
            self.told.findings.append(advice("tables.keys-without-zeros", self.at(), example=example, length=longest))

    def _note_formulas(self, cells: pa.ChunkedArray) -> None:
        mask = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _FORMULA), False))
        if n := int(mask.sum()):
            examples = cells.filter(pa.array(mask)).unique().to_pylist()[:_SHOWN]
            self.told.findings.append(warning("tables.formula", self.at(mask), n=n, examples=examples))

    def _numbers(self, cells: pa.ChunkedArray, sample: pd.Series) -> Any:
        """The cells as numbers if all are, or None."""
        considered = sample[~missing_marks(sample)]
        # A cell may begin with anything that an amount begins with; most columns of words end here.
        if considered.empty or considered.str.contains(_AMOUNT_START, na=False).mean() < _MIXED_FROM:
            return None
        for form, kind in ((_INTEGER, pa.int64()), (_FLOAT, pa.float64())):
            if pc.all(pc.match_substring_regex(cells, form)).as_py():
                return self._array(cells.cast(kind))
        text = pd.Series(_text(cells), name=self.name)
        values, ok, stripped = parse_numbers(text)
        missing = missing_marks(text)
        wrong = ~ok & ~missing
        n = int((~missing).sum())
        if not n or not ok.any():
            return None
        if wrong.any():
            if ok.sum() >= _MIXED_FROM * n and not self._all_dates(sample):
                self._note_mixed(text, wrong, n)
            return None
        self._note_marks(text, missing)
        self._note_stripped(text, stripped)
        whole = not missing.any() and bool((values % 1 == 0).all()) and bool((values.abs() < 2**53).all())
        result = values.astype("int64") if whole and not text.str.contains(".", regex=False).any() else values
        self._note_codes(result.to_numpy())
        return result.array

    def _array(self, numbers: pa.ChunkedArray) -> np.ndarray:
        values = numbers.to_numpy()
        self._note_codes(values)
        return np.array(values) if not values.flags.writeable else values

    def _all_dates(self, sample: pd.Series) -> bool:
        ok = parse_dates(sample)[1]
        return bool((ok | missing_marks(sample)).all())

    def _dates(self, cells: pa.ChunkedArray, sample: pd.Series) -> Any:
        """The cells as dates if all are, or None."""
        considered = sample[~missing_marks(sample)]
        if considered.empty or not considered.str.contains(r"\d{2}", na=False).mean() >= _MIXED_FROM:
            return None
        if parse_dates(considered)[1].mean() < _MIXED_FROM:
            return None
        text = pd.Series(_text(cells), name=self.name)
        values, ok, form = parse_dates(text)
        if "iso-offset" in form:
            return None  # a moment with its zone is already as ISO 8601 wants it; a bare date would lose the zone
        missing = missing_marks(text)
        wrong = ~ok & ~missing
        if wrong.any():
            self._note_mixed(text, wrong, int((~missing).sum()))
            return None
        self._note_marks(text, missing)
        if form not in ("iso", "iso-time", "iso, iso-time", "iso-time, iso"):
            forms = form.split(", ")
            example = str(text[ok].iloc[0])
            read = values[ok].iloc[0].date()
            place = self.at()
            if len(forms) > 1:
                self.told.findings.append(
                    warning("tables.dates-mixed-forms", place, forms=forms, example=example, read=read)
                )
            else:
                self.told.findings.append(advice("tables.dates-read", place, form=form, example=example, read=read))
        return values.array

    def _note_mixed(self, text: pd.Series, wrong: pd.Series, n_cells: int) -> None:
        examples = text[wrong].unique().tolist()[:_SHOWN]
        self.told.findings.append(
            warning(
                "tables.mixed-column",
                self.at(wrong.to_numpy()),
                n=int(wrong.sum()),
                total=n_cells,
                examples=[_short(example) for example in examples],
            )
        )

    def _note_marks(self, text: pd.Series, missing: pd.Series) -> None:
        marked = (missing & text.notna()).to_numpy()
        if n := int(marked.sum()):
            marks = text[marked].str.strip().unique().tolist()
            self.told.findings.append(advice("tables.missing-marks", self.at(marked), n=n, marks=marks))

    def _note_stripped(self, text: pd.Series, stripped: dict[str, int]) -> None:
        if not stripped:
            return
        units = [sign for sign in stripped if re.search(r"[a-zA-Z%²³°]", sign) and sign != "decimal comma"]
        example = str(text[text.notna() & ~missing_marks(text)].iloc[0]).strip()
        # Only the signs are named: "decimal comma" is the comma itself.
        signs = ["," if sign == "decimal comma" else sign for sign in stripped if sign not in units]
        n = max(stripped.values())
        if signs:
            code = advice("tables.numbers-with-symbols", self.at(), n=n, signs=signs, example=example)
            if "decimal comma" in stripped:
                code = advice("tables.decimal-comma", self.at(), n=stripped["decimal comma"], example=example)
            self.told.findings.append(code)
        if units:
            self.told.findings.append(advice("tables.numbers-with-unit", self.at(), n=n, units=units, example=example))

    def _note_codes(self, values: np.ndarray) -> None:
        """A largest value of nines, repeated and far from all others, may be a code for "not known"."""
        if not len(values):
            return
        top = np.nanmax(values)
        if top not in facts()["missing"]["codes"]:
            return
        at_top = values == top
        others = values[~at_top & ~np.isnan(values)]
        if at_top.sum() >= 2 and len(others) and others.max() * 2 <= top:
            self.told.findings.append(
                advice("tables.maybe-missing-code", self.at(at_top), n=int(at_top.sum()), value=str(int(top)))
            )


def _sample(cells: pa.ChunkedArray) -> pd.Series:
    """Some cells that are not missing, from the whole length of the column."""
    positions = np.unique(np.linspace(0, len(cells) - 1, _SAMPLE).astype("int64"))
    sample = pd.Series(_text(cells.take(pa.array(positions)))).dropna()
    return sample if len(sample) else pd.Series(_text(cells.drop_null().slice(0, _SAMPLE)))


def _text(cells: pa.ChunkedArray) -> ArrowStringArray:
    return ArrowStringArray(cells.cast(pa.large_string()), dtype=_TEXT)  # type: ignore[call-arg]


@lru_cache(maxsize=1024)
def _key_lengths(name: str) -> tuple[int, ...]:
    for rule in facts()["keys"]["length"]:
        if re.search(rule["name"], name):
            return tuple(rule["lengths"])
    return ()


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _about_all(told: _Told, rows: np.ndarray, place: Place) -> list[Finding]:
    """The findings that speak of several columns at once."""
    found: list[Finding] = []
    if told.keys:
        found.append(advice("tables.keys-kept", place, n=len(told.keys), columns=told.keys))
    if told.empty:
        found.append(advice("tables.empty-columns", place, n=len(told.empty), columns=told.empty))
    if told.blanks:
        found.append(advice("tables.cells-with-blanks", place, n=sum(told.blanks.values()), columns=list(told.blanks)))
    parents, children = _grouped_columns(told, len(rows))
    if parents:
        share = float(np.mean([told.part_empty[name] for name in parents]))
        found.append(advice("tables.blank-parent-cells", place, n=len(parents), share=share, columns=parents))
    part = {n: s for n, s in told.part_empty.items() if n not in parents and n not in children}
    if len(part) > _MANY_COLUMNS:
        cells = [f"{name} ({share:.0%})" for name, share in part.items()]
        found.append(advice("tables.empty-cells-many", place, n=len(part), columns=cells))
        return found
    for name, share in part.items():
        at = Place(place.file, place.sheet, (), name)
        n = round(share * len(rows))
        if share > _PARENT_SHARE:
            found.append(warning("tables.mostly-empty-column", at, share=share, n=n))
        else:
            found.append(advice("tables.empty-cells", at, share=share, n=n))
    return found


def _grouped_columns(told: _Told, height: int) -> tuple[list[str], list[str]]:
    """Columns filled only in the first row of a group, and those blank only there (``ds:`` beside ``rs:``)."""
    patterns: dict[bytes, list[str]] = {}
    for name, packed in told.missing_in.items():
        if told.part_empty[name] >= _PARENT_SHARE and not packed[0] & 0x80:  # the first row opens a group
            patterns.setdefault(packed, []).append(name)
    if not patterns:
        return [], []
    common, largest = max(patterns.items(), key=lambda item: len(item[1]))
    if len(largest) < 2:
        return [], []
    blank = np.frombuffer(common, dtype=np.uint8)
    opposite = np.packbits(~np.unpackbits(blank, count=height).astype(bool)).tobytes()
    return largest, [name for name, packed in told.missing_in.items() if packed == opposite]
