"""Facts of the opening plan: its template, the seven criteria, the catalogue of frequencies, the Guide's deadlines."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from kit import messages
from kit.steps.inventory.template import fold
from kit.steps.official import Column

_FOLDER = Path(__file__).parent


def _read(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return facts


TEMPLATE = _read("template.json")
COLUMNS = tuple(Column.of(column) for column in TEMPLATE["columns"])
KEYS = tuple(column.key for column in COLUMNS)
HEADERS = tuple(column.header for column in COLUMNS)

GUIDE = _read("guide.json")
CRITERIA: tuple[str, ...] = tuple(GUIDE["criteria"])
TOP_SCORE: float = GUIDE["top_score"]
IEDA_DAYS: int = GUIDE["ieda_days"]
GUIDE_PUBLISHED = dt.date.fromisoformat(GUIDE["published"])
LEAST_EFFORT, MOST_EFFORT, UNKNOWN_EFFORT = (float(GUIDE["effort"][name]) for name in ("least", "most", "unknown"))

_FREQUENCIES: list[dict[str, Any]] = _read("frequencies.json")["frequencies"]
FREQUENCIES: tuple[str, ...] = tuple(f["code"] for f in _FREQUENCIES)
_INTERVAL = re.compile(r"R\d*/P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


def _code_words() -> dict[str, str]:
    words = {}
    for entry in _FREQUENCIES:
        for word in (entry["code"], entry["es"], entry["en"], *entry["aliases"]):
            words[fold(word)] = entry["code"]
    return words


_CODE_OF = _code_words()


def header(key: str) -> str:
    """The published header of a column of the plan."""
    return HEADERS[KEYS.index(key)]


def frequency_code(words: str) -> str:
    """The catalogue's value for a word in either language or a value; anything else comes back as it is.

    Examples:
        >>> frequency_code("Mensual"), frequency_code("quarterly"), frequency_code("r/p1y"), frequency_code("a veces")
        ('R/P1M', 'R/P3M', 'R/P1Y', 'a veces')
    """
    return _CODE_OF.get(fold(words), words.strip())


def frequency_word(code: str, lang: str | None = None) -> str:
    """The word for a value of the catalogue; anything else comes back as it is."""
    chosen = lang or messages.current_language()
    return next((str(f[chosen]) for f in _FREQUENCIES if f["code"] == code), code)


def is_interval(code: str) -> bool:
    """Whether ``code`` is an ISO 8601 repeating interval, in the catalogue or not."""
    return _INTERVAL.fullmatch(code) is not None


def frequencies(lang: str | None = None) -> pd.DataFrame:
    """The catalogue of frequencies: the word, and the value that the plan's file carries."""
    head = [messages.text(f"plan.heading.{name}", lang=lang) for name in ("frequency", "code")]
    return pd.DataFrame([(frequency_word(code, lang), code) for code in FREQUENCIES], columns=head)


def criteria(lang: str | None = None) -> pd.DataFrame:
    """The seven official criteria: the key that scores and weights use, and what each asks."""
    head = [messages.text(f"plan.heading.{name}", lang=lang) for name in ("key", "criterion")]
    return pd.DataFrame([(key, messages.text(f"plan.criterion.{key}", lang=lang)) for key in CRITERIA], columns=head)


def calendar(start: dt.date | str | None = None, lang: str | None = None) -> pd.DataFrame:
    """The Guide's deadlines from a first day: date, natural days, step, what is due, and what proves it.

    Args:
        start: the first day, as a date or AAAA-MM-DD; without it the day the Guide was published.
        lang: "es" or "en"; else the language in force.
    """
    chosen = lang or messages.current_language()
    first = GUIDE_PUBLISHED if start is None else dt.date.fromisoformat(str(start))
    head = [messages.text(f"plan.heading.{n}", lang=chosen) for n in ("date", "days", "steps", "action", "proof")]
    rows = [
        (first + dt.timedelta(days=d["days"]), d["days"], d["steps"], d[chosen]["action"], d[chosen]["proof"])
        for d in GUIDE["deadlines"]
    ]
    return pd.DataFrame(rows, columns=head)
