"""The rules of step 09: what is not measured, not answered, not told, or does not agree with the theory of change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kit import messages
from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.steps.impact.progress import Row, figure, rows
from kit.steps.problem import plain
from kit.steps.theory import Theory

if TYPE_CHECKING:
    from kit.steps.impact.model import FollowUp, Impact, Report, Reuse, Story

_FILE = "impact.yaml"
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
_NUMBER = r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)\s*"


def check(impact: Impact, today: dt.date) -> Findings:
    """What the file says by itself."""
    found = Findings(_story(impact.story))
    found.extend(_reuses(impact.reuses))
    for number, report in enumerate(impact.reports):
        found.extend(_report(report, number, impact.answer_days, today))
    found.extend(_follow_ups(impact.follow_ups, today))
    return found


def check_against(impact: Impact, theory: Theory, today: dt.date) -> Findings:
    """What only the theory of change shows."""
    found = Findings(_known(impact, theory))
    for row in rows(impact, theory):
        found.extend(_indicator(impact, row, today))
    found.extend(_figures_of_the_story(impact, theory))
    return found


def no_theory() -> Findings:
    """That there is no theory of change to hold the indicators against."""
    return Findings([warning("impact.no-theory", _place("follow_ups", _label("follow_ups")))])


def _place(field: str, item: str) -> Place:
    return Place(_FILE, item=item, field=field)


def _item(name: str, position: int) -> str:
    """What a person reads as the place in a list; ``position`` counts from 0."""
    return messages.text(f"impact.item.{name}", number=position + 1)


def _label(field: str) -> str:
    """What people call a field; its path without positions."""
    return messages.text(f"impact.field.{field}")


# -- the story --------------------------------------------------------------------------------------------------------


def _story(story: Story | None) -> Iterator[Finding]:
    """The official four parts, a title, and at least one figure among the results."""
    parts = ("background", "challenges", "solution", "results")
    if story is None or not any((story.title, *(getattr(story, name) for name in parts))):
        yield warning("impact.no-story", _place("story", _label("story")))
        return
    if not story.title:
        yield advice("impact.story-untitled", _place("story.title", _label("story.title")))
    for name in parts:
        if not getattr(story, name):
            title = _label(f"story.{name}")
            yield warning("impact.story-incomplete", _place(f"story.{name}", title), part=title)
    if story.results and not re.search(r"\d", story.results):
        title = _label("story.results")
        yield warning("impact.story-without-figure", _place("story.results", title))


def _figures_of_the_story(impact: Impact, theory: Theory) -> Iterator[Finding]:
    """Each figure of the results that has the unit of an indicator is one of its values, or a difference of two."""
    if impact.story is None or not impact.story.results:
        return
    words = plain(impact.story.results)
    known: dict[str, set[float]] = {}
    for row in rows(impact, theory):
        values = {row.indicator.baseline, row.indicator.target, *(value for _, value in row.points)} - {None}
        numbers = {round(float(v), 6) for v in values if v is not None}
        numbers |= {round(abs(a - b), 6) for a in numbers for b in numbers}
        known.setdefault(plain(row.indicator.unit), set()).update(numbers)
    for unit, numbers in known.items():
        if not unit:
            continue
        end = r"\b" if unit[-1].isalnum() else ""
        told = [float(text.replace(",", "")) for text in re.findall(_NUMBER + re.escape(unit) + end, words)]
        strange = sorted({value for value in told if round(value, 6) not in numbers})
        if strange:
            title = _label("story.results")
            figures = [figure(value, unit) for value in strange]
            yield advice("impact.story-contradicts", _place("story.results", title), n=len(figures), figures=figures)


# -- uses -------------------------------------------------------------------------------------------------------------


def _reuses(reuses: list[Reuse]) -> Iterator[Finding]:
    """Somebody uses the data, not only the institution itself; who, what, since when or where, and what came of it."""
    if not reuses:
        yield advice("impact.no-reuse", _place("reuses", _label("reuses")))
        return
    for position, reuse in enumerate(reuses):
        item = _item("reuse", position)
        for name in ("who", "what"):
            if not getattr(reuse, name):
                title = _label(f"reuses.{name}")
                yield warning("impact.reuse-incomplete", _place(f"reuses.{position}.{name}", item), field=title)
        if reuse.url and not _LINK.fullmatch(reuse.url):
            yield warning("impact.reuse-link", _place(f"reuses.{position}.url", item), url=reuse.url)
        if not reuse.url and reuse.date is None:
            yield advice("impact.reuse-unproven", _place(f"reuses.{position}.url", item))
    if all(reuse.kind == "institution" for reuse in reuses):
        yield advice("impact.only-inside", _place("reuses", _label("reuses")))
    if not any(reuse.outcome for reuse in reuses):
        yield advice("impact.no-outcome", _place("reuses.0.outcome", _label("reuses")))


# -- reports ----------------------------------------------------------------------------------------------------------


def _report(report: Report, position: int, days: int, today: dt.date) -> Iterator[Finding]:
    """A citizen's report says what and when, and has an answer within 30 days that is dated and says what was done."""
    item = _item("report", position)
    path = f"reports.{position}"
    for name in ("what", "received"):
        if not getattr(report, name):
            title = _label(f"reports.{name}")
            yield warning("impact.report-incomplete", _place(f"{path}.{name}", item), field=title)
    if report.received and report.received > today:
        yield error("impact.report-future", _place(f"{path}.received", item), date=report.received)
    due = report.due(days)
    if not report.answer:
        yield from _without_answer(report, _place(f"{path}.answer", item), days, today)
        return
    if report.status in (None, "received"):
        yield advice("impact.report-open", _place(f"{path}.status", item))
    if report.answered is None:
        yield advice("impact.answer-undated", _place(f"{path}.answered", item))
    elif report.received and report.answered < report.received:
        place = _place(f"{path}.answered", item)
        yield error("impact.answer-before", place, answered=report.answered, received=report.received)
    elif due and report.answered > due and report.received:
        taken = (report.answered - report.received).days
        yield advice("impact.late-answer", _place(f"{path}.answered", item), taken=taken, days=days)


def _without_answer(report: Report, place: Place, days: int, today: dt.date) -> Iterator[Finding]:
    due = report.due(days)
    if due is None:
        return
    if due < today:
        late = (today - due).days
        yield warning("impact.answer-overdue", place, received=report.received, due=due, n=late, days=days)
    else:
        yield advice("impact.unanswered", place, received=report.received, due=due, days=days)


# -- values of indicators ---------------------------------------------------------------------------------------------


def _follow_ups(values: list[FollowUp], today: dt.date) -> Iterator[Finding]:
    """Each value with its indicator, date and source, none of tomorrow, and one a day."""
    seen: dict[tuple[str, dt.date], float | None] = {}
    for position, value in enumerate(values):
        item = value.indicator or _item("follow-up", position)
        path = f"follow_ups.{position}"
        for name in ("indicator", "date", "value"):
            if getattr(value, name) in (None, ""):
                title = _label(f"follow_ups.{name}")
                yield error("impact.follow-up-incomplete", _place(f"{path}.{name}", item), field=title)
        if not value.source:
            yield warning("impact.no-source", _place(f"{path}.source", item), indicator=item)
        if value.date is None:
            continue
        if value.date > today:
            yield error("impact.follow-up-future", _place(f"{path}.date", item), date=value.date, today=today)
        key = (plain(value.indicator), value.date)
        if value.indicator and key in seen and seen[key] != value.value:
            place = _place(f"{path}.value", item)
            yield error("impact.two-values", place, date=value.date, values=[seen[key], value.value])
        seen.setdefault(key, value.value)


def _known(impact: Impact, theory: Theory) -> Iterator[Finding]:
    """Each value is of an indicator of the theory, in its unit."""
    known = {plain(indicator.name): indicator for indicator in theory.indicators if indicator.name}
    names = [indicator.name for indicator in known.values()] or ["-"]
    for position, value in enumerate(impact.follow_ups):
        if not value.indicator:
            continue
        path = f"follow_ups.{position}"
        indicator = known.get(plain(value.indicator))
        if indicator is None:
            place = _place(f"{path}.indicator", value.indicator)
            yield error("impact.unknown-indicator", place, indicator=value.indicator, known=names)
        elif value.unit and indicator.unit and plain(value.unit) != plain(indicator.unit):
            place = _place(f"{path}.unit", value.indicator)
            yield error("impact.unit", place, indicator=indicator.name, unit=value.unit, expected=indicator.unit)


def _indicator(impact: Impact, row: Row, today: dt.date) -> Iterator[Finding]:
    """An indicator has a baseline and a target, is measured, and reaches the target by its date."""
    name = row.indicator.name
    place = _place(_last_field(impact, row), name)
    if row.latest is None:
        yield warning("impact.not-followed", place, indicator=name)
        return
    if row.indicator.baseline is None or row.indicator.target is None:
        yield warning("impact.no-baseline", place, indicator=name)
        return
    yield from _late(row, place, today)
    if row.state == "back":
        start, now = (figure(v, row.indicator.unit) for v in (row.indicator.baseline, row.latest.value))
        yield warning("impact.wrong-way", place, indicator=name, baseline=start, latest=now)
    elif row.state == "beyond":
        target, now = (figure(v, row.indicator.unit) for v in (row.indicator.target, row.latest.value))
        yield advice("impact.beyond-target", place, indicator=name, target=target, latest=now)


def _late(row: Row, place: Place, today: dt.date) -> Iterator[Finding]:
    """After the date of its target an indicator is measured, and then has reached it."""
    one, latest = row.indicator, row.latest
    if one.date is None or today <= one.date or row.state in ("reached", "beyond") or not latest or not latest.date:
        return
    if latest.date < one.date:
        yield warning("impact.overdue", place, indicator=one.name, date=one.date, last=latest.date)
    else:
        target, now = figure(one.target, one.unit), figure(latest.value, one.unit)
        yield warning("impact.target-missed", place, indicator=one.name, date=one.date, target=target, latest=now)


def _last_field(impact: Impact, row: Row) -> str:
    """Where the form shows what is said of an indicator: its latest value, else the list of values."""
    for position, value in enumerate(impact.follow_ups):
        if value is row.latest:
            return f"follow_ups.{position}.value"
    return "follow_ups"
