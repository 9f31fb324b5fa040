"""The rules of an opening plan.

Mandatory fields and the two officials: ADELA 2015-10, opening_plan.rb and its form; frequencies, dates and the 365 days
of the strategic infrastructure: miniguia del Plan de Apertura, steps 1 and 2. Those marked "ours" go further.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kit import messages
from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan.facts import (
    CRITERIA,
    FREQUENCIES,
    IEDA_DAYS,
    LEAST_EFFORT,
    MOST_EFFORT,
    TEMPLATE,
    TOP_SCORE,
    frequency_word,
    header,
    is_interval,
)
from kit.steps.plan.files import OFFICIALS, PERSON
from kit.steps.plan.reading import Lines
from kit.steps.plan.schedule import a_day
from kit.steps.readiness import Person, role_name

if TYPE_CHECKING:
    from kit.steps.plan.model import Item, Plan

_FILE = "plan.csv"
_BASIS = "priorities.yaml"
_EMAIL = re.compile(TEMPLATE["email_pattern"])


def check(plan: Plan, inventory: Inventory | None, today: dt.date) -> Findings:
    """Everything that the rules find; the rows are those of the plan's file."""
    found = Findings(_officials(plan))
    found.extend(_items(plan))
    found.extend(_frequencies(plan))
    found.extend(_dates(plan, today))
    found.extend(_against_inventory(plan, inventory))
    found.extend(_weights(plan))
    found.extend(_priorities(plan))
    return found


def placed(found: Findings, lines: Lines) -> Iterator[Finding]:
    """Findings with the file and the rows that the items were read from, instead of those of the kit's own file."""
    for finding in found:
        if finding.place.file != _FILE:
            yield finding
            continue
        rows = tuple(lines.rows[row - 2] for row in finding.place.rows)
        yield replace(finding, place=replace(finding.place, file=lines.file, sheet=lines.sheet, rows=rows))


def _place(rows: list[int], key: str) -> Place:
    return Place(_FILE, rows=tuple(rows), column=header(key))


def _cell(key: str, field: str | None = None) -> Place:
    """A column that stands for the whole plan: the same in every row, so without rows, and a field of the form."""
    return Place(_FILE, column=header(key), field=field or key)


def _rows(plan: Plan, items: list[Item]) -> list[int]:
    """The rows in the file: the header is row 1."""
    numbers = {id(item): row for row, item in enumerate(plan.items, start=2)}
    return [numbers[id(item)] for item in items]


def _officials(plan: Plan) -> Iterator[Finding]:
    """Two officials, each with name, position and official mail; ours: they are two people."""
    if not plan.vision:
        yield warning("plan.no-vision", _cell("vision"))
    for role in OFFICIALS:
        yield from _official(getattr(plan, role), role)
    names = [person.name for person in (plan.liaison, plan.administrator) if person and person.name]
    if len(names) == len(OFFICIALS) and len({fold(name) for name in names}) == 1:
        yield warning("plan.one-person", _cell("administrator.name"), name=names[0])


def _official(person: Person | None, role: str) -> Iterator[Finding]:
    """One of the two: a finding for each part that is blank, unless all are."""
    title = role_name(role)
    empty = [part for part in PERSON if not getattr(person, part, "")]
    if person is None or len(empty) == len(PERSON):
        yield error("plan.official-missing", _cell(f"{role}.name", field=role), role=title)
        return
    for part in empty:
        place = _cell(f"{role}.{part}")
        yield error("plan.official-incomplete", place, role=title, column=header(f"{role}.{part}"))
    place = _cell(f"{role}.email")
    if person.email and not _EMAIL.fullmatch(person.email):
        yield error("plan.email", place, role=title, email=person.email)
    elif person.email.rpartition("@")[2].lower() in TEMPLATE["personal_mail"]:
        yield advice("plan.email-personal", place, role=title, email=person.email)


def _items(plan: Plan) -> Iterator[Finding]:
    """At least one dataset, each once, with name, date and frequency; ours: with a description."""
    if not plan.items:
        yield error("plan.empty", Place(_FILE))
    for key in ("dataset", "frequency", "date"):
        blank = [item for item in plan.items if not getattr(item, key)]
        if blank:
            yield error("plan.blank", _place(_rows(plan, blank), key), n=len(blank), column=header(key))
    bare = [item for item in plan.items if not item.description]
    if bare:
        yield warning("plan.no-description", _place(_rows(plan, bare), "description"), n=len(bare))
    seen: set[str] = set()
    again: list[Item] = []
    for item in plan.items:
        name = fold(item.dataset)
        if name and name in seen:
            again.append(item)
        seen.add(name)
    if again:
        names = [item.dataset for item in again]
        yield error("plan.dataset-repeated", _place(_rows(plan, again), "dataset"), n=len(again), names=names)


def _frequencies(plan: Plan) -> Iterator[Finding]:
    """A frequency of the catalogue; another ISO 8601 repeating interval only draws attention."""
    other = [item for item in plan.items if item.frequency and item.frequency not in FREQUENCIES]
    unknown = [item for item in other if not is_interval(item.frequency)]
    uncommon = [item for item in other if is_interval(item.frequency)]
    known = [f"{frequency_word(code)} ({code})" for code in FREQUENCIES]
    if unknown:
        values = sorted({item.frequency for item in unknown})
        place = _place(_rows(plan, unknown), "frequency")
        yield error("plan.frequency-unknown", place, n=len(unknown), values=values, known=known)
    if uncommon:
        values = sorted({item.frequency for item in uncommon})
        yield advice("plan.frequency-uncommon", _place(_rows(plan, uncommon), "frequency"), values=values)


def _dates(plan: Plan, today: dt.date) -> Iterator[Finding]:
    """Dates AAAA-MM-DD, not past, and within 365 natural days for what belongs to the strategic infrastructure."""
    dated = [(item, a_day(item.date)) for item in plan.items if item.date]
    wrong = [item for item, day in dated if day is None]
    past = [item for item, day in dated if day is not None and day < today]
    limit = today + dt.timedelta(days=IEDA_DAYS)
    strategic = {fold(name) for name, scores in plan.scores.items() if scores.get("ieda", 0) > 0}
    late = [item for item, day in dated if day is not None and day > limit and fold(item.dataset) in strategic]
    if wrong:
        values = [item.date for item in wrong]
        yield error("plan.date-format", _place(_rows(plan, wrong), "date"), n=len(wrong), values=values)
    if past:
        values = [item.date for item in past]
        place = _place(_rows(plan, past), "date")
        yield error("plan.date-past", place, n=len(past), values=values, today=today.isoformat())
    if late:
        names = [item.dataset for item in late]
        place = _place(_rows(plan, late), "date")
        yield warning("plan.ieda-late", place, n=len(late), names=names, limit=limit.isoformat())


def _against_inventory(plan: Plan, inventory: Inventory | None) -> Iterator[Finding]:
    """Every dataset is in the inventory and has at least one public resource."""
    if inventory is None:
        yield advice("plan.no-inventory", Place(_FILE))
        return
    datasets = inventory.datasets()
    public = {fold(name): bool(n) for name, n in zip(datasets["dataset"], datasets["public"], strict=True)}
    unknown = [item for item in plan.items if item.dataset and fold(item.dataset) not in public]
    private = [item for item in plan.items if public.get(fold(item.dataset)) is False]
    if unknown:
        names = [item.dataset for item in unknown]
        yield error("plan.not-in-inventory", _place(_rows(plan, unknown), "dataset"), n=len(unknown), names=names)
    if private:
        names = [item.dataset for item in private]
        yield error("plan.private-dataset", _place(_rows(plan, private), "dataset"), n=len(private), names=names)
    scored = [name for name in plan.scores if fold(name) not in public]
    if scored:
        yield warning("plan.scored-not-in-inventory", Place(_BASIS), n=len(scored), names=scored)


def _weights(plan: Plan) -> Iterator[Finding]:
    """Weights and scores are those of the seven criteria; no weight is negative, and one is more than 0."""
    names = {*plan.weights, *(name for scores in plan.scores.values() for name in scores)}
    strange = sorted(names - set(CRITERIA))
    if strange:
        yield error("plan.unknown-criterion", Place(_BASIS, field="weights"), names=strange, known=list(CRITERIA))
    for name in CRITERIA:
        if plan.weights.get(name, 1.0) < 0:
            place = Place(_BASIS, item=messages.text(f"plan.short.{name}"), field=f"weights.{name}")
            yield error("plan.weights", place, values=[plan.weights[name]])
    if not any(plan.weights.get(name, 1.0) > 0 for name in CRITERIA):
        yield error("plan.weights", Place(_BASIS, field="weights"), values=[0])


def _priorities(plan: Plan) -> Iterator[Finding]:
    """Something is prioritised; scores are 0 to 5, efforts 1 to 5; each dataset is scored on each criterion."""
    if not any(value > 0 for scores in plan.scores.values() for value in scores.values()):
        yield warning("plan.nothing-prioritised", Place(_BASIS))
        return
    cells = [(name, key, value) for name, scores in plan.scores.items() for key, value in scores.items()]
    out = [f"{name}, {_short(key)}: {value:g}" for name, key, value in cells if not 0 <= value <= TOP_SCORE]
    if out:
        yield error("plan.score-out-of-range", Place(_BASIS), n=len(out), values=out, top=TOP_SCORE)
    efforts = [f"{n}: {value:g}" for n, value in plan.effort.items() if not LEAST_EFFORT <= value <= MOST_EFFORT]
    if efforts:
        yield error("plan.effort-out-of-range", Place(_BASIS), n=len(efforts), values=efforts)
    scored = {fold(name): len(scores) for name, scores in plan.scores.items()}
    gaps = [item.dataset for item in plan.items if scored.get(fold(item.dataset), 0) < len(CRITERIA)]
    if gaps:
        yield advice("plan.not-scored", Place(_BASIS), n=len(gaps), names=gaps)
    effortless = [item.dataset for item in plan.items if fold(item.dataset) not in {fold(n) for n in plan.effort}]
    if effortless:
        yield advice("plan.no-effort", Place(_BASIS), n=len(effortless), names=effortless)


def _short(criterion: str) -> str:
    """A criterion as the heading of its column names it; what is none of the seven stays as written."""
    return messages.text(f"plan.short.{criterion}") if criterion in CRITERIA else criterion
