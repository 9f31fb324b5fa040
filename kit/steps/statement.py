"""Is a sentence a problem? Solutions in disguise and whole sectors, told by words in Spanish and English.

Words cannot tell everything: `tests/steps/test_problem.py` measures, on statements as officials write them, how many
this judges right. The lists are in ``problem-words.json``.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "problem-words.json").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=4096)
def plain(words: str) -> str:
    """Words in lower case, without accents, blanks folded: for comparing what people write."""
    without = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    return " ".join(without.split())


def near(one: str, other: str) -> bool:
    """Whether two sentences say the same in nearly the same words; a figure more or less makes them different.

    Examples:
        >>> near("No hay personal en Catastro.", "En Catastro no hay personal")
        True
        >>> near("Faltan 3 inspectores", "Faltan 4 inspectores")
        False
    """
    first, second = _content(one), _content(other)
    if not first or not second or _figures(first) != _figures(second):
        return bool(plain(one)) and plain(one) == plain(other)
    if set(first) == set(second):
        return True
    negated = {"no", "nadie", "sin", "nunca", "not", "nobody", "without", "never"}
    if negated & set(first) != negated & set(second):
        return False
    ratio = difflib.SequenceMatcher(None, sorted(first), sorted(second), autojunk=False).ratio()
    letters = difflib.SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio()
    return max(ratio, letters) >= FACTS["alike"]


def is_solution(statement: str) -> bool:
    """Whether it says what should be done or bought, or that a tool is missing, instead of what somebody suffers."""
    words = plain(statement)
    opened = words.lstrip("¿¡\"'«“-*•. ")
    if _OPENING.match(opened) and not _COUNTED.match(opened):
        return True
    return any(found.search(_BECAUSE.split(words)[0]) for found in (_TOOL_WANTED, _DONE, _CLOSED))


def names_solution_as_cause(statement: str) -> bool:
    """Whether the part after a "because" says that a tool is missing."""
    words = plain(statement)
    because = _BECAUSE.search(words)
    return because is not None and bool(_TOOL_WANTED.search(words, because.start()))


def is_broad(statement: str) -> bool:
    """Whether it is no longer than a heading, or holds nothing but the name of a sector and a place."""
    words = re.findall(r"\w+", plain(statement))
    if len(words) < FACTS["fewest_words"]:
        return True
    if any(word.isdigit() for word in words):
        return False
    places = {plain(word) for word in re.findall(r"(?<=\s)[A-ZÁÉÍÓÚÑ]\w+", statement)}
    left = [w for w in words if w not in places and not _SECTOR.fullmatch(w) and not _IDLE.fullmatch(w)]
    return len(left) <= 1 and any(_SECTOR.fullmatch(word) for word in words)


def wants_tool(why: str) -> bool:
    """Whether a cause is that some tool is missing."""
    return bool(_TOOL_WANTED.search(plain(why)))


def blames_budget(why: str) -> bool:
    """Whether a cause is the lack of money."""
    return bool(_BUDGET.search(plain(why)))


def _whole(*lists: str) -> str:
    return rf"\b(?:{'|'.join(entry for name in lists for entry in FACTS[name])})\b"


def _content(words: str) -> list[str]:
    return [w for w in re.findall(r"\w+", plain(words)) if not _SMALL.fullmatch(w)]


def _figures(words: list[str]) -> list[str]:
    return sorted(word for word in words if word[0].isdigit())


_BETWEEN = rf"(?:(?!(?:{'|'.join(FACTS['not_between'])})\b)[\w-]+ ){{0,4}}?"
_TOOL_WANTED = re.compile(
    rf"{_whole('absence', 'need')} {_BETWEEN}{_whole('tools')}|{_whole('need')} (?:\w+ ){{0,1}}?{_whole('verbs')}"
)
_OPENING = re.compile(_whole("opening", "verbs"))
_COUNTED = re.compile(rf"(?:se )?\w+ (?:\d|{_whole('counted')})")
_DONE = re.compile(rf"^(?:la |el |the )?{_whole('nouns_of_doing')} (?:de|del|of) {_BETWEEN}{_whole('tools')}")
_CLOSED = re.compile(_whole("closed"))
_BECAUSE = re.compile(_whole("because"))
_SECTOR = re.compile(_whole("sector"))
_IDLE = re.compile(_whole("generic", "small"))
_SMALL = re.compile(_whole("small"))
_BUDGET = re.compile(_whole("budget"))
