"""Text that was read in the wrong encoding and saved again ("pÃºblico", "p̼blico"): found, proved and turned back.

The way back is a table: for every sign of Spanish text, what UTF-8's bytes of it look like when read as another
encoding. It covers signs that the wrong encoding left as raw control bytes, and those that a second saving lost
("_" or "?" after "Ã"), which come back only where the word leaves one reading.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from kit.tables.facts import facts

LOST = "\ufffd"
_LEADS = "[ÃÂ√¬├┬]"
_WORD = re.compile(rf"[^\W_]*{LOST}[^\W_]*")
_STRONG = 0.9


@dataclass(slots=True)
class Repair:
    """What was turned back: cells, examples, lost letters; and what was only suspected."""

    cells: int = 0
    codec: str = ""
    examples: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    suspected: dict[int, list[int]] = field(default_factory=dict)  # column index to positions, left as they were


@lru_cache(maxsize=1)
def _ways_back() -> tuple[dict[str, str], dict[str, str], re.Pattern[str]]:
    """Misread text to the sign it was, misread text to the encoding, and a pattern that finds them."""
    known = facts()["encodings"]
    signs = known["spanish"] + known["signs"] + "\xa0àèìòùâêîôûäëïöçÀÈÌÒÙÂÊÎÔÛÄËÏÖÇ©®±·…"
    back: dict[str, str] = {}
    codec_of: dict[str, str] = {}
    for codec in known["misread_as"]:
        for sign in dict.fromkeys(signs):
            for seen in _views(sign.encode("utf-8"), codec):
                if not seen.isascii() and len(seen) > 1:
                    back.setdefault(seen, sign)
                    codec_of.setdefault(seen, codec)
    # A soft hyphen (the second byte of "í") is often dropped on the way; "_" and "?" stand for what a saving lost.
    for lost in ("Ã_", "Ã?", f"Ã{LOST}"):
        back[lost] = LOST
        codec_of[lost] = "windows-1252"
    longest_first = sorted(back, key=len, reverse=True)
    return back, codec_of, re.compile("|".join(map(re.escape, longest_first)))


def _views(raw: bytes, codec: str) -> set[str]:
    """How ``raw`` looks when read as ``codec``; bytes it leaves undefined also as MacRoman later shows them."""
    plain = "".join(_one(byte, codec) for byte in raw)
    views = {plain}
    for other in ("mac_roman",):
        views.add("".join(_one(b, other) if "\x80" <= _one(b, codec) <= "\x9f" else _one(b, codec) for b in raw))
    return views


def _one(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def repair_text(text: str) -> str:
    """``text`` with every misread sequence turned back, as often as that changes something (at most three times).

    Examples:
        >>> repair_text("pÃºblico")
        'público'
    """
    back, _, finder = _ways_back()
    for _ in range(3):
        changed = finder.sub(lambda match: back[match.group()], text)
        if changed == text:
            break
        text = changed
    return _WORD.sub(_restore, text) if LOST in text else text


def _restore(match: re.Match[str]) -> str:
    """A word with lost letters, whole again where spelling leaves one reading."""
    word = match.group()
    shape = word.lower().replace(LOST, "?")
    for rule in facts()["encodings"]["lost"]:
        if any(_fits(shape, known) for known in rule["words"]):
            first = word.startswith(LOST)
            letter = rule["letter"].upper() if first or word.isupper() else rule["letter"]
            return word.replace(LOST, letter)
    return word


def _fits(shape: str, known: str) -> bool:
    """Whether the word's shape is ``known``; its "?" is the lost letter and no wildcard."""
    return fnmatchcase(shape.replace("?", "\x00"), known.replace("?", "\x00"))


def repair(columns: list[pa.ChunkedArray]) -> Repair:
    """Turn back misread text in ``columns`` (in place) where a column, or the whole table, is misread throughout."""
    result = Repair()
    found: dict[int, tuple[int, int]] = {}
    for i, column in enumerate(columns):
        if pc.any(pc.match_substring_regex(column, _LEADS)).as_py():
            found[i] = _evidence(column)
    found = {i: counts for i, counts in found.items() if counts[0]}
    misread, other = (sum(counts[k] for counts in found.values()) for k in (0, 1))
    # Columns without misread text but with proper accents speak against a file-wide fault.
    for i, column in enumerate(columns):
        if found and i not in found:
            other += _evidence(column)[1]
    everywhere = misread >= 2 and misread > _STRONG * (misread + other)
    codecs: Counter[str] = Counter()
    for i, (n, rest) in found.items():
        if everywhere or (n >= 2 and n > _STRONG * (n + rest)):
            columns[i] = _repaired(columns[i], result, codecs)
        else:
            mask = pc.match_substring_regex(columns[i], _finder_re2())
            result.suspected[i] = pc.indices_nonzero(mask).to_pylist()
    result.codec = codecs.most_common(1)[0][0] if codecs else ""
    return result


@lru_cache(maxsize=1)
def _finder_re2() -> str:
    return "|".join(re.escape(seen) for seen in _ways_back()[0])


def _evidence(column: pa.ChunkedArray) -> tuple[int, int]:
    """Misread sequences, and other signs beyond ASCII, in the distinct cells of ``column``."""
    finder = _ways_back()[2]
    misread = other = 0
    for cell in column.unique().to_pylist():
        if cell and not cell.isascii():
            hits = finder.findall(cell)
            misread += len(hits)
            other += sum(1 for sign in finder.sub("", cell) if not sign.isascii())
    return misread, other


def _repaired(column: pa.ChunkedArray, result: Repair, codecs: Counter[str]) -> pa.ChunkedArray:
    _, codec_of, finder = _ways_back()
    coded = column.combine_chunks().dictionary_encode()
    before = coded.dictionary.to_pylist()
    after = [cell if cell is None or cell.isascii() else repair_text(cell) for cell in before]
    changed = pa.array([old != new for old, new in zip(before, after, strict=True)])
    result.cells += pc.sum(pc.take(changed, coded.indices)).as_py() or 0
    for old, new in zip(before, after, strict=True):
        if old != new:
            codecs.update(codec_of[hit] for hit in finder.findall(old))
            result.lost += new.count(LOST)
            _note_words(old, new, result.examples)
    return pa.chunked_array([pc.take(pa.array(after, pa.string()), coded.indices)])


def _note_words(old: str, new: str, examples: dict[str, str], limit: int = 5) -> None:
    """Keep a few distinct words as they were and as they are now."""
    if len(examples) < limit:
        for was, now in zip(old.split(), new.split(), strict=False):
            if was != now and len(was) < 40 and len(examples) < limit:
                examples.setdefault(was, now)
