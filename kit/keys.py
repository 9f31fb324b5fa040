"""Cadastral keys: what they are made of, how one is built, read, recognised and brought to its canonical form.

The facts (segments, lengths, sources) stand in ``keys.json`` beside this module. Everything works on a whole column.

Examples:
    >>> from kit import keys
    >>> parts = {"state": 14, "municipality": 120, "zone": 1, "locality": 1, "block": 45, "parcel": 12}
    >>> list(keys.STANDARD.build(**parts))
    ['1400012001000100004500012000000']
    >>> keys.STANDARD.split(["1400012001000100004500012000000"]).loc[0, "parcel"]
    '00012'
    >>> list(keys.shapes(["001-0007-000012", "1.4E+30", "1400012001000100004500012000000"]))
    ['local', 'scientific', 'standard']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_FACTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)

Keys = pd.Series | npt.NDArray[Any] | Iterable[Any]


@dataclass(frozen=True)
class Segment:
    """One part of a key: its name, the norm's own name, its length and where it begins (0 = first character).

    ``also`` names the parts of another layout that may hold the same number.
    """

    name: str
    official: str
    length: int
    start: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The segments of one kind of key, in order."""

    name: str
    title: str
    source: str
    separator: str
    segments: tuple[Segment, ...]

    @cached_property
    def length(self) -> int:
        """How many characters a key of this kind has."""
        return self.segments[-1].start + self.segments[-1].length

    @cached_property
    def pattern(self) -> str:
        """The regular expression that a key of this kind matches, digits only."""
        return "^" + re.escape(self.separator).join(f"[0-9]{{{s.length}}}" for s in self.segments) + "$"

    def fits(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Which keys have exactly this layout; empty ones do not."""
        fits, _ = self._digits(as_arrow(keys))
        return fits

    def numbers(self, keys: Keys, *names: str) -> dict[str, npt.NDArray[np.int64]]:
        """The parts of each key as numbers, all or those named; -1 where the key has not this layout."""
        fits, digits = self._digits(as_arrow(keys))
        result: dict[str, npt.NDArray[np.int64]] = {}
        for segment in self.segments:
            if names and segment.name not in names:
                continue
            part = digits[:, segment.start : segment.start + segment.length].astype(np.int64)
            result[segment.name] = np.full(len(fits), -1, dtype=np.int64)
            result[segment.name][fits] = part @ _powers(segment.length)
        return result

    def _digits(self, texts: pa.Array) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint8]]:
        """Which texts fit, and a row of figures for each of those (a separator's figure means nothing).

        Works on Arrow's own bytes: a million keys take a few hundredths of a second, a pattern ten times that.
        """
        fits = np.asarray(pc.fill_null(pc.binary_length(texts), -1).to_numpy(zero_copy_only=False) == self.length)
        chosen = texts if fits.all() else texts.filter(pa.array(fits))
        content, length = chosen.buffers()[2], len(chosen) * self.length
        first = _start(chosen)
        codes = np.frombuffer(content or b"", dtype=np.uint8)[first : first + length].reshape(-1, self.length)
        right = np.ones(len(codes), dtype=np.bool_)
        for position in range(self.length):
            inside = any(s.start <= position < s.start + s.length for s in self.segments)
            column = codes[:, position]
            right &= (column - 48 < 10) if inside else (column == ord(self.separator))
        fits[np.flatnonzero(fits)[~right]] = False
        return fits, (codes if right.all() else codes[right]) - 48

    def build(self, **parts: Any) -> pd.Series:
        """Keys from their parts: numbers, texts of digits, columns of them, or one value for all; absent parts are 0.

        The result has the index of the first part that is a Series.

        Raises:
            ValueError: for an unknown part, or a number that does not fit its segment.
        """
        if unknown := set(parts) - {s.name for s in self.segments}:
            raise ValueError(f"unknown part {sorted(unknown)}: expected {[s.name for s in self.segments]}")
        numbers = {name: np.atleast_1d(np.asarray(part)).astype(np.int64) for name, part in parts.items()}
        count = len(np.broadcast_arrays(*numbers.values())[0])
        content = np.full((count, self.length), ord(self.separator or "0"), dtype=np.uint8)
        for segment in self.segments:
            number = numbers.get(segment.name, np.zeros(1, dtype=np.int64))
            if number.min() < 0 or number.max() >= 10**segment.length:
                raise ValueError(f"{segment.name}: {number.max()} needs more than {segment.length} digits")
            figures = (number[:, None] // _powers(segment.length)) % 10
            content[:, segment.start : segment.start + segment.length] = figures + ord("0")
        index = next((part.index for part in parts.values() if isinstance(part, pd.Series)), None)
        return _series(_texts(content), index).rename(self.name)

    def split(self, keys: Keys, *names: str) -> pd.DataFrame:
        """The parts of each key as text, all or those named; missing where the key has not this layout."""
        index = keys.index if isinstance(keys, pd.Series) else None
        texts = as_arrow(keys)
        texts = pc.if_else(pa.array(self.fits(texts)), texts, pa.scalar(None, pa.large_string()))
        wanted = [s for s in self.segments if not names or s.name in names]
        columns = {s.name: pc.utf8_slice_codeunits(texts, s.start, s.start + s.length) for s in wanted}
        return pd.DataFrame({name: _series(c) for name, c in columns.items()}).set_axis(
            index if index is not None else range(len(texts)), axis=0
        )


def _powers(length: int) -> npt.NDArray[np.int64]:
    return np.asarray(10 ** np.arange(length - 1, -1, -1, dtype=np.int64))


def _layout(name: str) -> Layout:
    facts, start, segments = _FACTS[name], 0, []
    for segment in facts["segments"]:
        segments.append(Segment(start=start, **{**segment, "also": tuple(segment.get("also", ()))}))
        start += segment["length"] + len(facts["separator"])
    return Layout(name, facts["title"], facts["source"], facts["separator"], tuple(segments))


STANDARD = _layout("standard")  # 31 characters
LOCAL = _layout("local")  # CCC-MMMM-PPPPPP
BLOCK = _layout("block")  # CCC-MMMM
LAYOUTS = {layout.name: layout for layout in (STANDARD, LOCAL, BLOCK)}
STATES = frozenset(
    f"{number:02d}"
    for number in [*range(_FACTS["states"]["first"], _FACTS["states"]["last"] + 1), *_FACTS["states"]["fictional"]]
)

# What a key that has no layout looks like, tried in this order; the first that matches names it.
_SHAPES: tuple[tuple[str, str], ...] = (
    ("blank", r"^\s*$"),
    ("non-ascii", r"[^\x00-\x7f]"),
    ("scientific", r"^\s*[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}\s*$"),
    ("short", rf"^\s*[0-9]{{{STANDARD.length - 1}}}\s*$"),
    ("separated", rf"^[\s.\-_/]*(?:[0-9][\s.\-_/]*){{{STANDARD.length}}}$"),
    ("local-bare", rf"^\s*[0-9]{{{LOCAL.length - 2}}}\s*$"),
    ("local-separated", rf"^[\s.\-_/]*(?:[0-9][\s.\-_/]*){{{LOCAL.length - 2}}}$"),
)
SHAPES = (*LAYOUTS, *(name for name, _ in _SHAPES), "other")


def shapes(keys: Keys) -> pd.Series:
    """What each key looks like, one of `SHAPES`.

    "standard", "local" and "block" are right as they stand. "separated" and "local-separated" hold the right number of
    digits with blanks or signs among them, "local-bare" a local key without its hyphens, "short" a standard key
    that lost a digit, mostly the leading zero, "scientific" one that a spreadsheet turned into a number (beyond
    mending), "non-ascii" any character outside ASCII, "blank" nothing.
    """
    index = keys.index if isinstance(keys, pd.Series) else None
    texts = pc.fill_null(as_arrow(keys), "")
    codes = np.full(len(texts), len(SHAPES) - 1, dtype=np.int8)
    for code, layout in enumerate(LAYOUTS.values()):
        codes[layout.fits(texts)] = code
    todo = np.flatnonzero(codes == len(SHAPES) - 1)
    for code, (_, pattern) in enumerate(_SHAPES, len(LAYOUTS)):
        matched = _match(texts.take(pa.array(todo)), pattern)
        codes[todo[matched]] = code
        todo = todo[~matched]
    return pd.Series(pd.Categorical.from_codes(cast(Any, codes), categories=pd.Index(SHAPES)), index=index)


def canonical(keys: Keys) -> pd.Series:
    """Keys with what can be known put right: blanks and signs taken out, a lost leading zero and hyphens put back.

    A leading zero is put back only where the column's whole keys (if it has any) are of a state that begins with one:
    else it was some other digit that got lost. A key that is beyond mending is returned as it came.
    """
    shape = np.asarray(shapes(keys))
    if (shape == "standard").any() and np.median(STANDARD.numbers(keys, "state")["state"][shape == "standard"]) > 9:
        shape[shape == "short"] = "other"
    index = keys.index if isinstance(keys, pd.Series) else None
    result = _series(as_arrow(keys), index)
    digits = {"short": STANDARD, "separated": STANDARD, "local-bare": LOCAL, "local-separated": LOCAL}
    for name, layout in digits.items():
        where = shape == name
        if where.any():
            bare = (
                result[where].str.replace(r"[^0-9]", "", regex=True).str.zfill(sum(s.length for s in layout.segments))
            )
            result[where] = _separated(bare, layout)
    return result


def agree(keys: Keys, layout: Layout, others: Keys, other: Layout) -> npt.NDArray[np.bool_]:
    """Where two keys of one parcel do not contradict each other: the parts that both have are the same.

    A part that is shorter in one of them is compared by its last digits: block 0031 of a local key is block 031 of the
    standard one. The local key's first part may be the standard key's zone or its sector (offices differ), and is not
    judged where both are zero. Nor are pairs judged of which either has not its layout.
    """
    left, right = layout.numbers(keys), other.numbers(others)
    agreed = (left[layout.segments[0].name] < 0) | (right[other.segments[0].name] < 0)
    contradicted = np.zeros(len(agreed), dtype=np.bool_)
    for segment in other.segments:
        options = [o for o in layout.segments if o.name in {segment.name, *segment.also}]
        if not options:
            continue
        same, unused = np.zeros(len(agreed), dtype=np.bool_), np.full(len(agreed), len(options) > 1)
        for option in options:
            limit = 10 ** min(segment.length, option.length)
            same |= left[option.name] % limit == right[segment.name] % limit
            unused &= left[option.name] == 0
        contradicted |= ~(same | unused)
    return agreed | ~contradicted


def _separated(bare: pd.Series, layout: Layout) -> pd.Series:
    if not layout.separator:
        return bare
    start, parts = 0, []
    for segment in layout.segments:
        parts.append(bare.str.slice(start, start + segment.length))
        start += segment.length
    return parts[0].str.cat(pd.concat(parts[1:], axis=1), sep=layout.separator)


def as_arrow(keys: Keys) -> pa.Array:
    """A column of keys as one Arrow text array; numbers are written without decimals, empty ones are null."""
    if isinstance(keys, pa.Array):
        return keys
    plain = isinstance(keys, (pd.Series, np.ndarray))
    column = keys if isinstance(keys, pd.Series) else pd.Series(keys if plain else list(keys))
    if pd.api.types.is_float_dtype(column.dtype):
        column = column.map(lambda value: f"{value:.0f}" if value == value and abs(value) < 2**53 else f"{value:.6G}")
        column = column.where(column != "NAN")
    array = pa.array(column.astype(_TEXT), type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _series(texts: pa.Array, index: Any = None) -> pd.Series:
    return pd.Series(cast(Any, _TEXT).__from_arrow__(texts), index=index)


def _start(texts: pa.Array) -> int:
    """Where the bytes of the first text begin; a slice of a column (without its header, say) begins anywhere."""
    if not len(texts):
        return 0
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    return int(np.frombuffer(texts.buffers()[1], dtype=width)[texts.offset])


def _match(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    matched = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(matched.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _texts(content: npt.NDArray[np.uint8]) -> pa.Array:
    """A matrix of ASCII codes, one row a text, as an Arrow text array."""
    count, width = content.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(content)))
