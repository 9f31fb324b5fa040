"""INEGI's keys of states and municipalities, wherever an inventory or a catalogue names one beside a place.

A number in a sentence is taken for a key only with evidence: "CVE", "clave INEGI" or "clave del municipio" right before
it, "clave" with a known place before that, or a known place right before its brackets: "Zapopan (14120)". A number that
can be a year is none; budgets have keys too, and postcodes stand in brackets.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from kit.steps.inventory.template import fold

_FACTS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "places.json").read_text(encoding="utf-8"))[
    "states"
]
ZERO_LOST, UNKNOWN, OTHER_PLACE = "zero-lost", "unknown", "other-place"
_WHOLE = {2: 2, 5: 5, 9: 5, 13: 5, 16: 5}  # length of a CVEGEO: how much of it names state or municipality
_LONGEST_NAME = 7  # words
_OF_PLACES = re.compile(r"cve|inegi|geoes|munic|estat|estado|entidad|localidad", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_EVIDENCE = re.compile(
    r"""(?P<word>\b(?:claves?|cve(?:geo|_(?:ent|mun|loc|geo))?\.?)
          (?:\s+(?:geoestad[íi]sticas?|inegi|municipal(?:es)?|estatal|del?|la|entidad|estado|municipio|localidad))*)
        \s*(?:es|son|[:=\#(])?\s*["'“]?(?P<told>\d{1,15}[\dA-P]?)(?![\w.,/-]*\d)
      | \(\s*(?P<bracketed>\d{4,5}|\d{8,9})\s*\)""",
    re.IGNORECASE | re.VERBOSE,
)
HINT = r"(?i)(?:clave|cve)\D{0,60}\d|\(\s*\d{4,9}\s*\)"  # what every cell with evidence holds; RE2 finds it fast


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one key: the kind, the key as written, and what was expected (a key, or a place's name)."""

    kind: str
    key: str
    expected: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.key})" if self.name else self.key


def place_of(key: str) -> str:
    """The name that goes with a key of a state (2) or municipality (5), or "".

    Examples:
        >>> place_of("14120"), place_of("30"), place_of("45001")
        ('Zapopan', 'Veracruz de Ignacio de la Llave', '')
    """
    state = _FACTS.get(key[:2])
    if state is None:
        return ""
    return str(state["names"][0] if len(key) == 2 else state["municipalities"].get(key[2:5], ""))


@cache
def _keys_by_name() -> dict[str, tuple[str, ...]]:
    """Folded name to the keys of all places of that name."""
    found: dict[str, list[str]] = defaultdict(list)
    for state, facts in _FACTS.items():
        for name in facts["names"]:
            found[fold(name)].append(state)
        for number, name in facts["municipalities"].items():
            found[fold(name)].append(state + number)
    return {name: tuple(keys) for name, keys in found.items()}


def keys_of(name: str) -> tuple[str, ...]:
    """The keys of every state and municipality of that name.

    Examples:
        >>> keys_of("San Luis Potosí")
        ('24', '24028')
    """
    return _keys_by_name().get(fold(name), ())


def flaws(text: str) -> list[Flaw]:
    """What is wrong with the keys that a sentence names.

    Examples:
        >>> [str(flaw) for flaw in flaws("Rutas de Zapopan (14039)")], flaws("Rutas de Zapopan (14120), 2015")
        (['Zapopan (14039)'], [])
    """
    return [flaw for _, flaw in _with_spans(text)]


@lru_cache(maxsize=4096)
def _with_spans(text: str) -> tuple[tuple[tuple[int, int], Flaw], ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[tuple[tuple[int, int], Flaw]]:
    for match in _EVIDENCE.finditer(text):
        key = match["told"] or match["bracketed"]
        name = _name_before(text[: match.start()])
        if _YEAR.fullmatch(key) or not (name or _OF_PLACES.search(match["word"] or "")):
            continue
        flaw = _judge(key, name)
        if flaw is None or (match["bracketed"] and flaw.kind == UNKNOWN and not _of_its_state(key, name)):
            continue
        yield match.span("told" if match["told"] else "bracketed"), flaw


def _of_its_state(key: str, name: str) -> bool:
    return any(known[:2] == key[:2] for known in keys_of(name))


def _judge(key: str, name: str) -> Flaw | None:
    """The flaw of a key that stands beside a place's name ("" for none), or None."""
    if len(key) + 1 in _WHOLE and len(key) > 3 and place_of(f"0{key}"[:5]):
        return Flaw(ZERO_LOST, key, f"0{key}", name)
    if len(key) not in _WHOLE or (len(key) == 2 and not name):
        return None
    part = key[: _WHOLE[len(key)]]
    place = place_of(part)
    if not place:
        return Flaw(UNKNOWN, key, place_of(part[:2]), name)
    if name and not any(part.startswith(known) or known.startswith(part) for known in keys_of(name)):
        return Flaw(OTHER_PLACE, key, place, name)
    return None


def _name_before(text: str) -> str:
    """The known place with which a text ends, as it is written there; "" for none."""
    words = text.rstrip(" ,:;(-–").split()[-_LONGEST_NAME:]
    for first in range(len(words)):
        name = " ".join(words[first:])
        if name[:1].isupper() and keys_of(name):
            return name
    return ""


def with_zeros(values: pd.Series) -> pd.Series:
    """Cells in which a key lost its zero, with the zero; "" for the others."""
    hinted = values[values.str.contains(HINT, regex=True)].unique()
    mended = {text: new for text in hinted if (new := _with_zeros(text))}
    return values.map(lambda text: mended.get(text, "")).astype("str")


def _with_zeros(text: str) -> str:
    lost = [(span, flaw.expected) for span, flaw in _with_spans(text) if flaw.kind == ZERO_LOST]
    for (start, end), key in reversed(lost):
        text = text[:start] + key + text[end:]
    return text if lost else ""


def spatial_flaws(text: str) -> list[Flaw]:
    """What is wrong with the keys of a cell that says where the data are from ("14120", "Zapopan 14039")."""
    match = re.fullmatch(r"\s*(?P<before>\D*?)\s*[-,(:]?\s*(?P<key>\d{1,16})\)?\s*[-,:]?\s*(?P<after>\D*?)\s*", text)
    if match is None:
        return flaws(text)
    name = next((n for n in (match["before"], match["after"]) if n and keys_of(n)), "")
    key = match["key"]
    if len(key) == 1 and key != "0":
        return [Flaw(ZERO_LOST, key, f"0{key}", name)]
    if len(key) == 2 and not place_of(key):
        return [Flaw(UNKNOWN, key, "", name)]
    if _YEAR.fullmatch(key) and not place_of(f"0{key}"):
        return []
    flaw = _judge(key, name)
    return [flaw] if flaw else []


def ambiguous(text: str) -> tuple[str, ...]:
    """The keys of all places that a bare name may mean, if more than one; a state of its own name comes first."""
    keys = keys_of(text)
    return keys if len(keys) > 1 else ()
