"""What a participant takes back from a planning step: a paragraph for the mayor, and the drawing on one page.

The paragraph is put together from what the participant wrote; what is not written yet stands in it as a gap, by name.
"""

from __future__ import annotations

import datetime as dt
import html
from collections import Counter
from collections.abc import Sequence
from functools import singledispatch
from pathlib import Path, PurePosixPath

from kit import messages
from kit.paper import picture_page
from kit.portfolio import Portfolio
from kit.showing import Shown
from kit.steps.base import StepModel
from kit.steps.impact import Impact
from kit.steps.inventory import Inventory
from kit.steps.plan import Plan
from kit.steps.problem import Problem
from kit.steps.readiness import OFFICIALS, Readiness, role_name
from kit.steps.theory import Theory

PAPER = "us-letter"  # "carta", what a Mexican office prints on; "a3" or "us-tabloid" for a wall
_OUTSIDE = "-"  # a page to print belongs to no step: it does not say that the step is done


def paragraph(model: Readiness | Problem | Theory | Inventory | Plan | Impact) -> Shown:
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


def saved(files: Sequence[Path]) -> Shown:
    """The files that were written, by name, and the folder in which they lie."""
    folder = str(files[0].parent) if files else "-"
    words = messages.text("takeaway.saved", names=[file.name for file in files], folder=folder)
    return Shown(f"<p>{html.escape(words)}</p>", words)


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


@_sentences.register
def _(model: Inventory) -> str:
    if not len(model):
        return f"{_gap(messages.text('takeaway.the-inventory'))}. {messages.text('takeaway.inventory-start')}"
    summary, found = model.summary(), model.check()
    offices = len({words for words in model.column("responsible") if words})
    said = [
        messages.text(
            "takeaway.inventory",
            datasets=messages.text("takeaway.datasets", n=summary.datasets),
            resources=messages.text("takeaway.resources", n=summary.resources),
            offices=messages.text("takeaway.offices", n=offices),
            public=summary.public,
            restricted=summary.restricted,
            private=summary.private,
        )
    ]
    errors = len(found.errors)
    if not errors:
        if summary.restricted + summary.private:
            said.append(messages.text("takeaway.inventory-reasons"))
        said.append(messages.text("takeaway.inventory-ask"))
    else:
        said.append(messages.text("takeaway.inventory-errors", n=errors))
    return " ".join(said)


@_sentences.register
def _(model: Plan) -> str:
    items = sorted((item for item in model.items if item.dataset), key=lambda item: item.date or "~")
    promised = "; ".join(
        messages.text(
            "takeaway.promise", dataset=item.dataset, date=item.date or _gap(messages.text("plan.heading.date"))
        )
        for item in items
    )
    people = [person.name for person in (model.liaison, model.administrator) if person and person.name]
    said = [
        messages.text(
            "takeaway.plan",
            vision=_bare(model.vision) or _gap(messages.text("takeaway.the-vision")),
            promised=promised or _gap(messages.text("takeaway.the-datasets")),
        )
    ]
    if len(model.scores) > 1:
        said.append(model.firmness())
    asked = [_gap(role_name(role)) for role in OFFICIALS if not (getattr(model, role) and getattr(model, role).name)]
    said.append(messages.text("takeaway.plan-ask", people=[*people, *asked]))
    return " ".join(said)


@_sentences.register
def _(model: Impact) -> str:
    story = model.story
    answered = sum(bool(report.answer) for report in model.reports)
    who = list(dict.fromkeys(use.who for use in model.reuses if use.who))
    return messages.text(
        "takeaway.impact",
        title=_or_gap(model, "story.title", story.title if story else ""),
        results=_or_gap(model, "story.results", story.results if story else ""),
        who=_or_gap(model, "reuses", _listed(who)),
        reports=len(model.reports),
        answered=answered,
    )


def _or_gap(model: StepModel, field: str, words: str) -> str:
    """The words without their full stop, or the name of what is missing in brackets."""
    return _bare(words) or _gap(model.label(field))


def _gap(what: str) -> str:
    return messages.text("takeaway.gap", field=what)


def _long(day: dt.date | None) -> str:
    return messages.long_date(day) if day else "-"


def _listed(items: list[str]) -> str:
    return "; ".join(_bare(item) for item in items if item)


def _bare(words: str) -> str:
    return words.strip().rstrip(".")


def _said(key: str, **params: str) -> Shown:
    words = messages.text(key, **params)
    return Shown(f"<p>{html.escape(words)}</p>", words)
