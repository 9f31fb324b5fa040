"""The plan in time: the Guide's deadlines and the plan's own publications, from one first day, in natural days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from kit import messages
from kit.steps.plan.facts import again, deadlines, first_day, frequency_word, interval

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FEWEST_DAYS = 27  # between updates that the picture shows: more frequent ones would be a bar


class Dated(Protocol):
    """What a dataset of the plan says of itself."""

    dataset: str
    frequency: str
    date: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something with a day: a step of the Guide, from the deadline before it to its own, or a dataset's publication."""

    kind: Literal["guide", "dataset"]
    label: str
    begin: dt.date
    end: dt.date
    day: int  # natural days since the first
    note: str  # what proves it, or how often it is updated
    updates: tuple[dt.date, ...] = ()  # those that follow before the schedule ends


def a_day(text: str) -> dt.date | None:
    """The date that ``text`` is, written AAAA-MM-DD."""
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def tasks(items: Sequence[Dated], start: dt.date | str | None, revision: str) -> list[Task]:
    """The Guide's steps that have a deadline, then the datasets by date; those without a date that is one are left out.

    Args:
        items: the datasets of the plan.
        start: the first day; without it the one on which the revision was published, else today.
        revision: of the Guide.
    """
    first = first_day(start, revision)
    lang = messages.current_language()
    found: list[Task] = []
    begin = end = first
    for facts in deadlines(revision):
        if facts["days"] is None:
            continue
        day = first + dt.timedelta(days=facts["days"])
        if day > end:  # two steps with one deadline begin on one day too
            begin, end = end, day
        label = f"{facts['steps']} {facts[lang]['action']}"
        found.append(Task("guide", label, begin, day, facts["days"], facts[lang]["proof"] or again(facts)))
    days = {id(item): a_day(item.date) for item in items}
    last = max([task.end for task in found] + [day for day in days.values() if day is not None])
    for item in sorted(items, key=lambda item: days[id(item)] or dt.date.max):
        due = days[id(item)]
        if due is not None:
            word, following = frequency_word(item.frequency), _updates(due, item.frequency, last)
            found.append(Task("dataset", item.dataset or "-", due, due, (due - first).days, word, following))
    return found


def _updates(day: dt.date, frequency: str, last: dt.date) -> tuple[dt.date, ...]:
    step = interval(frequency)
    if step is None or (pd.Timestamp(day) + step - pd.Timestamp(day)).days < _FEWEST_DAYS:
        return ()
    found = []
    for number in range(1, 200):
        following = (pd.Timestamp(day) + step * number).date()
        if following > last:
            break
        found.append(following)
    return tuple(found)


def table(found: Sequence[Task], lang: str | None = None) -> pd.DataFrame:
    """The schedule as a table by date: date, natural days since the first, of what kind, what, and a note."""
    head = [messages.text(f"plan.heading.{name}", lang=lang) for name in ("date", "days", "kind", "what", "note")]
    kinds = {kind: messages.text(f"plan.task.{kind}", lang=lang) for kind in ("guide", "dataset")}
    rows = [
        (t.end, t.day, kinds[t.kind], t.label, t.note) for t in sorted(found, key=lambda t: (t.end, t.kind != "guide"))
    ]
    return pd.DataFrame(rows, columns=head)


def describe(found: Sequence[Task]) -> str:
    """The schedule in words, for the alt text of its picture."""
    guide = [f"{t.end.isoformat()} {t.label}" for t in found if t.kind == "guide"]
    data = [t for t in found if t.kind == "dataset"]
    parts = [messages.text("plan.gantt.alt", n=len(guide), steps=guide)]
    if data:
        first, last = data[0].end, max(t.end for t in data)
        names = [f"{t.label} ({t.end.isoformat()})" for t in data]
        parts.append(messages.text("plan.gantt.alt-data", n=len(data), first=first, last=last, names=names))
    return " ".join(parts)
