"""Facts of the opening plan: its template, the seven criteria, the catalogue of frequencies, the Guide's deadlines."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from kit import messages
from kit.findings import KitError, error
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
REVISIONS: tuple[str, ...] = tuple(GUIDE["revisions"])
LEAST_EFFORT, MOST_EFFORT, UNKNOWN_EFFORT = (float(GUIDE["effort"][name]) for name in ("least", "most", "unknown"))

_FREQUENCIES: list[dict[str, Any]] = _read("frequencies.json")["frequencies"]
FREQUENCIES: tuple[str, ...] = tuple(f["code"] for f in _FREQUENCIES)
_WITH_CODE = re.compile(r".+\((R/P\w+)\)")  # "Mensual (R/P1M)", as the kit shows a frequency
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
    bracketed = _WITH_CODE.fullmatch(words.strip())
    return _CODE_OF.get(fold(bracketed[1] if bracketed else words), words.strip())


def frequency_word(code: str, lang: str | None = None) -> str:
    """The word for a value of the catalogue; anything else comes back as it is."""
    chosen = lang or messages.current_language()
    return next((str(f[chosen]) for f in _FREQUENCIES if f["code"] == code), code)


def interval(code: str) -> pd.DateOffset | None:
    """The time between two updates; None for what is irregular, unknown, or shorter than a day."""
    parts = _INTERVAL.fullmatch(code)
    if parts is None:
        return None
    years, months, weeks, days = (int(part[:-1]) if part else 0 for part in parts.groups()[:4])
    if not (years or months or weeks or days):
        return None
    return pd.DateOffset(years=years, months=months, weeks=weeks, days=days)


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


def last_day(month: str) -> str:
    """The last day of a month AAAA-MM as AAAA-MM-DD; "" for a blank."""
    if not month:
        return ""
    first = dt.date.fromisoformat(f"{month}-01")
    return str((first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1))


def deadlines(revision: str = REVISIONS[0]) -> list[dict[str, Any]]:
    """What a revision of the Guide asks for, in its order.

    Raises:
        KitError: ``plan.unknown-revision``.
    """
    return list(_revision(revision)["deadlines"])


def first_day(start: dt.date | str | None, revision: str = REVISIONS[0]) -> dt.date:
    """The day from which deadlines count: the one given, else that on which the revision was published, else today.

    Raises:
        KitError: ``plan.start`` for what is no date AAAA-MM-DD, ``plan.unknown-revision``.
    """
    published = _revision(revision)["published"]
    try:
        return dt.date.fromisoformat(str(start or published or dt.date.today()))
    except ValueError:
        raise KitError(error("plan.start", value=str(start))) from None


def _revision(name: str) -> dict[str, Any]:
    if name not in REVISIONS:
        raise KitError(error("plan.unknown-revision", value=name, known=list(REVISIONS)))
    found: dict[str, Any] = GUIDE["revisions"][name]
    return found


def again(facts: dict[str, Any], lang: str | None = None) -> str:
    """What follows a deadline: how often it comes round, that it goes on, or nothing."""
    if facts.get("repeats"):
        return frequency_word(facts["repeats"], lang)
    return messages.text("plan.continuous", lang=lang) if facts.get("continuous") else "-"


def calendar(start: dt.date | str | None = None, lang: str | None = None, revision: str = REVISIONS[0]) -> pd.DataFrame:
    """The Guide's deadlines from a first day, in natural days: date, days, step, what is due, proof, and what follows.

    Args:
        start: the first day, as a date or AAAA-MM-DD; without it the day the Guide was published, else today.
        lang: "es" or "en"; else the language in force.
        revision: "2015" or "2017".
    """
    chosen = lang or messages.current_language()
    first = first_day(start, revision)
    head = [
        messages.text(f"plan.heading.{n}", lang=chosen)
        for n in ("date", "days", "steps", "action", "proof", "afterwards")
    ]
    rows = [
        (
            "-" if d["days"] is None else first + dt.timedelta(days=d["days"]),
            "-" if d["days"] is None else d["days"],
            d["steps"],
            d[chosen]["action"],
            d[chosen]["proof"] or "-",
            again(d, chosen),
        )
        for d in deadlines(revision)
    ]
    return pd.DataFrame(rows, columns=head)


def work_steps(lang: str | None = None) -> pd.DataFrame:
    """The seven steps of making the plan with the hours that the miniguia gives to each, and their sum so far."""
    chosen = lang or messages.current_language()
    head = [messages.text(f"plan.heading.{n}", lang=chosen) for n in ("steps", "action", "hours", "hours-so-far")]
    sums = list(itertools.accumulate(w["hours"] for w in GUIDE["work"]))
    rows = [(w["step"], w[chosen], w["hours"], total) for w, total in zip(GUIDE["work"], sums, strict=True)]
    return pd.DataFrame(rows, columns=head)
