"""What a participant takes back from a planning step: a paragraph for the mayor, and the drawing on one page.

The paragraph is put together from what the participant wrote; what is not written yet stands in it as a gap, by name.
"""

from __future__ import annotations

import datetime as dt
import html
from collections import Counter
from functools import singledispatch
from pathlib import PurePosixPath

from babel.dates import format_date

from kit import messages
from kit.paper import picture_page
from kit.portfolio import Portfolio
from kit.showing import Shown
from kit.steps.problem import Problem
from kit.steps.readiness import OFFICIALS, Readiness, role_name
from kit.steps.theory import Theory

PAPER = "us-letter"  # "carta", what a Mexican office prints on; "a3" or "us-tabloid" for a wall
_OUTSIDE = "-"  # a page to print belongs to no step: it does not say that the step is done


def paragraph(model: Readiness | Problem | Theory) -> Shown:
    """What the step says, in a few sentences, and what is asked of the mayor."""
    words = _sentences(model)
    return Shown(f'<blockquote style="font-size:1.05em">{html.escape(words)}</blockquote>', words)


def page(model: Problem | Theory, portfolio: Portfolio, *, paper: str = PAPER) -> Shown:
    """Write the drawing of a step as a PDF of one page beside the step's file, and say where it lies.

    Args:
        model: a problem with its tree, or a theory of change with its canvas; of a blank one there is no page.
        portfolio: where to.
        paper: the name of a paper size: "us-letter", "us-tabloid", "a4", "a3".
    """
    if not model.to_data():
        return _said("takeaway.blank")
    name = f"{PurePosixPath(model.file).stem}.pdf"
    title = messages.text(f"takeaway.page.{PurePosixPath(model.file).stem}", title=portfolio.title)
    drawn = picture_page(
        model.drawing(), title=title, alt=model.describe(), lang=messages.current_language(), paper=paper
    )
    return _said("takeaway.written", file=str(portfolio.write_bytes(name, drawn, step=_OUTSIDE)))


@singledispatch
def _sentences(model: object) -> str:
    raise TypeError(f"{type(model).__name__} has no paragraph")


@_sentences.register
def _(model: Readiness) -> str:
    counts = Counter(answer.level for answer in model.answers)
    said = [
        messages.text(
            "takeaway.readiness",
            government=_or_gap(model, "government", model.government),
            green=counts["green"],
            yellow=counts["yellow"],
            red=counts["red"],
            grey=counts["grey"],
        )
    ]
    actions = [f"{number}) {_bare(one.action)}" for number, one in enumerate(model.next_actions(), 1)]
    if actions:
        said.append(messages.text("takeaway.readiness-actions", actions="; ".join(actions)))
    people = {role: getattr(model, role) for role in OFFICIALS}
    named = [
        messages.text("takeaway.person", name=person.name, role=role_name(role))
        for role, person in people.items()
        if person and person.name
    ]
    missing = [role_name(role) for role, person in people.items() if not (person and person.name)]
    if missing:
        said.append(messages.text("takeaway.readiness-appoint", roles=missing))
    else:
        said.append(messages.text("takeaway.readiness-sign", people=named))
    return " ".join(said)


@_sentences.register
def _(model: Problem) -> str:
    measure = model.measure
    amount = ""
    if measure and measure.baseline is not None:
        amount = f"{messages.number(measure.baseline)} {measure.unit}".strip()
    whys = [why for why in model.whys if why]
    return messages.text(
        "takeaway.problem",
        statement=_or_gap(model, "statement", model.statement),
        affected=_or_gap(model, "affected", _listed(model.affected)),
        amount=_or_gap(model, "measure.baseline", amount),
        source=_or_gap(model, "measure.source", measure.source if measure else ""),
        date=_or_gap(model, "measure.date", measure.date if measure else ""),
        effects=_or_gap(model, "effects", _listed(model.effects)),
        root=_or_gap(model, "whys", whys[-1] if whys else ""),
    )


@_sentences.register
def _(model: Theory) -> str:
    first = next((one for one in model.indicators if one.name), None)
    aim = ""
    if first is not None:
        aim = messages.text(
            "takeaway.aim",
            name=first.name,
            start=first.baseline,
            end=first.target,
            unit=first.unit or "-",
            date=_long(first.date),
        )
    needs = dict.fromkeys((need.name, need.holder) for action in model.actions for need in action.data if need.name)
    data = "; ".join(f"{name} ({holder})" if holder else name for name, holder in needs)
    return messages.text(
        "takeaway.theory",
        problem=_or_gap(model, "problem", model.problem),
        change=_or_gap(model, "change", model.change),
        actions=_or_gap(model, "actions", _listed([action.name for action in model.actions])),
        aim=_or_gap(model, "indicators", aim),
        data=_or_gap(model, "actions.data", data),
    )


def _or_gap(model: Readiness | Problem | Theory, field: str, words: str) -> str:
    """The words without their full stop, or the name of what is missing in brackets."""
    return _bare(words) or messages.text("takeaway.gap", field=model.label(field))


def _long(day: dt.date | None) -> str:
    """A date as one says it."""
    locale = {"es": "es_MX", "en": "en_US"}[messages.current_language()]
    return str(format_date(day, "long", locale=locale)) if day else "-"


def _listed(items: list[str]) -> str:
    return "; ".join(_bare(item) for item in items if item)


def _bare(words: str) -> str:
    return words.strip().rstrip(".")


def _said(key: str, **params: str) -> Shown:
    words = messages.text(key, **params)
    return Shown(f"<p>{html.escape(words)}</p>", words)
