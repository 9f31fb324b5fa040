"""Which encoding a file is in, by looking at all of it; and the file again as UTF-8, in constant memory.

UTF-8 is taken only if the whole file decodes. Otherwise the candidates of ``facts.toml`` are scored on every
distinct place where a byte above 127 stands, by how Spanish they make it, misread UTF-8 included.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from kit.tables import mojibake
from kit.tables.facts import facts

CHUNK = 1 << 20
_RUN = re.compile(rb"[\x80-\xff]+")
_RUNS_PER_CHUNK = 2000
_ASCII = bytes(range(128))
_UTF16 = ("utf-16-le", "utf-16-be")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(slots=True)
class Scan:
    """What one pass over the bytes of a file says."""

    size: int = 0
    bom: str | None = None
    ascii: bool = True
    utf8: bool = True
    nuls: int = 0
    odd_nuls: int = 0  # at an odd offset, counting from 0: little-endian UTF-16 puts them there
    high: Counter[int] = field(default_factory=Counter)  # bytes above 0x7f
    contexts: Counter[bytes] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding and how sure it is: ``mixed`` when most is UTF-8 and the rest is not."""

    codec: str
    bom: bool = False
    mixed: bool = False


def scan(path: Path, start: int = 0) -> Scan:
    """One pass over ``path`` from byte ``start``: size, whether it is UTF-8, and the evidence if it is not."""
    seen = Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        stream.seek(start)
        while chunk := stream.read(CHUNK):
            if not seen.size:
                seen.bom = next((codec for mark, codec in _BOMS if chunk.startswith(mark)), None)
            seen.nuls += (nuls := chunk.count(0))
            if nuls:
                seen.odd_nuls += chunk[1 - seen.size % 2 :: 2].count(0)
            seen.size += len(chunk)
            if seen.utf8 and not (chunk.isascii() and decoder.getstate()[0] == b""):
                seen.ascii = False
                seen.utf8 = _decodes(decoder, chunk)
        if seen.utf8:
            seen.utf8 = _decodes(decoder, b"", final=True)
        if not seen.utf8:
            stream.seek(start)
            _gather_contexts(stream, seen)
    return seen


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _gather_contexts(stream: BinaryIO, seen: Scan) -> None:
    """Count the bytes above 127 everywhere, and their surroundings in a part of every chunk."""
    while chunk := stream.read(CHUNK):
        if chunk.isascii():
            continue
        seen.high.update(Counter(chunk.translate(None, _ASCII)))
        runs = islice(_RUN.finditer(chunk), _RUNS_PER_CHUNK)
        seen.contexts.update(chunk[max(0, run.start() - 1) : run.end() + 1] for run in runs)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def detect(seen: Scan) -> Encoding:
    """The encoding that the evidence speaks for."""
    if seen.bom in _UTF16:
        return Encoding(seen.bom, bom=True)
    if seen.nuls > seen.size * 0.2:
        return Encoding("utf-16-le" if seen.odd_nuls * 2 > seen.nuls else "utf-16-be")
    if seen.utf8:
        return Encoding("utf-8-sig" if seen.bom else "utf-8", bom=bool(seen.bom))
    if seen.bom:
        return Encoding("utf-8-sig", bom=True, mixed=True)
    candidates = facts()["encodings"]["candidates"]
    # An encoding that has no sign for a byte of the file is not the file's.
    possible = [name for name in candidates if all(_has_sign(byte, name) for byte in seen.high)] or candidates
    scores = {name: _score(seen.contexts, name) for name in possible}
    codec = max(possible, key=scores.__getitem__)
    # Most of it UTF-8: but MacRoman's bytes may pass for combining signs, so the result must be Spanish, too.
    if _score(seen.contexts, "utf-8", "kit-windows-1252") > scores[codec]:
        return Encoding("utf-8", mixed=True)
    if codec == "windows-1252" and not any(byte <= 0x9F for byte in seen.high):
        codec = "latin-1"
    return Encoding(codec)


def _has_sign(byte: int, codec: str) -> bool:
    return bytes([byte]).decode(codec, errors="ignore") != ""


def _score(contexts: Counter[bytes], codec: str, errors: str = "replace") -> float:
    """How Spanish ``codec`` makes the places with high bytes; ties go to the earlier candidate."""
    total = 0.0
    for context, count in contexts.items():
        text = context.decode(codec, errors=errors)
        total += min(count, 50) * max(spanishness(text), spanishness(mojibake.repair_text(text)) - 0.1)
    return total


def spanishness(text: str) -> float:
    """Points for signs that Spanish uses where it uses them, against those that it does not."""
    letters, signs = facts()["encodings"]["spanish"], facts()["encodings"]["signs"]
    points = 0.0
    for i, sign in enumerate(text):
        if sign.isascii():
            continue
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        if sign in letters:
            points += -1 if sign.isupper() and before.islower() else 2
        elif sign in signs or sign == "\xa0":
            points += -1 if before.isalpha() and after.isalpha() else 0.5
        elif sign == "\ufffd" or "\x80" <= sign <= "\x9f":
            points -= 4
        else:
            points -= 1
    return points


def _as_windows_1252(problem: UnicodeError) -> tuple[str, int]:
    """For UTF-8 with other bytes in it: those bytes as windows-1252 reads them."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    raw = problem.object[problem.start : problem.end]
    return raw.decode("windows-1252", errors="replace"), problem.end


codecs.register_error("kit-windows-1252", _as_windows_1252)


def rewrite_as_utf8(source: Path, encoding: Encoding, target: Path) -> int:
    """Write ``source`` as UTF-8 without BOM to ``target``, by chunks; the number of signs that could not be read."""
    errors = "kit-windows-1252" if encoding.mixed else "replace"
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors)
    lost = 0
    with source.open("rb") as stream, target.open("wb") as out:
        first = True
        while True:
            chunk = stream.read(CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            lost += text.count("\ufffd")
            out.write(text.encode("utf-8", errors="replace"))
            if not chunk:
                return lost


def rows_not_utf8(source: Path, limit: int = 200) -> list[int]:
    """The lines (from 1) that are not UTF-8, at most ``limit``."""
    rows: list[int] = []
    with source.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.isascii() and not _is_utf8(line.removeprefix(codecs.BOM_UTF8)):
                rows.append(number)
                if len(rows) >= limit:
                    break
    return rows
