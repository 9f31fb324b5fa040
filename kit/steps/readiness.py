"""Step 00: how ready a government is, on the eight dimensions of the World Bank's ODRA, and who will do the work.

Source: Open Data Readiness Assessment v3.1 (dimensions, colours and weights in ``odra.json``); roles and council: Guia
2015, step 1.1 (``council.json``). The guiding questions and the suggested actions are the kit's own.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, cast

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes
from pydantic import Field, field_validator

from kit import messages
from kit.findings import Findings, advice, warning
from kit.integrity import is_readable
from kit.markup import table
from kit.models import Model
from kit.portfolio import Portfolio
from kit.portfolio.manifest import yaml_rules
from kit.steps.base import StepModel
from kit.words import unaccented

_FOLDER = Path(__file__).parent
_FACTS = json.loads((_FOLDER / "odra.json").read_text(encoding="utf-8"))
_COUNCIL = json.loads((_FOLDER / "council.json").read_text(encoding="utf-8"))
DIMENSIONS: tuple[str, ...] = tuple(_FACTS["dimensions"])
LEVELS: dict[str, int] = _FACTS["levels"]
SEATS: tuple[str, ...] = tuple(_COUNCIL["seats"])
OFFICIALS = ("liaison", "administrator")
_URGENCY: list[str] = _FACTS["urgency"]
_IMPORTANCE: list[str] = _FACTS["importance"]
_MARKS = {"green": "●●●", "yellow": "●●○", "red": "●○○", "grey": "?"}
_NEXT_ACTIONS = 3
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_LINES = {"now": "#0072B2", "earlier": "#D55E00"}

Dimension = Literal["", "leadership", "policy", "institutions", "data", "demand", "engagement", "funding", "technology"]
Level = Literal["green", "yellow", "red", "grey"]


class Answer(Model):
    """Where the government stands on one dimension, what shows it, how much it weighs, and what would come next."""

    dimension: Dimension = ""
    level: Level = "grey"
    importance: Literal["top", "high", "medium"] = "high"
    evidence: str = ""
    action: str = ""

    @property
    def counted(self) -> Level:
        """The level that the picture counts: green needs evidence, without it the dimension counts as yellow."""
        return "yellow" if self.level == "green" and not self.evidence else self.level


class Person(Model):
    """An official with a role."""

    name: str = ""
    position: str = ""
    email: str = ""


class Member(Person):
    """A member of the Consejo Institucional, with the seat that the Guide gives to each kind of area."""

    seat: Literal["", "control", "transparency", "generating", "communication", "other"] = ""

    @property
    def taken(self) -> str:
        """The seat, or the one that the position's words show; "" if neither says."""
        words = unaccented(self.position).lower()
        return self.seat or next((s for s, known in _COUNCIL["seats"].items() if any(w in words for w in known)), "")


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to begin with in a dimension; ``suggested`` if the kit proposes it and nobody has written one."""

    dimension: str
    level: str
    action: str
    suggested: bool


class Readiness(StepModel):
    """The self-assessment of a government, with the two officials that the Guide asks for and their council."""

    step: ClassVar[str] = "00"
    file: ClassVar[str] = "readiness.yaml"

    government: str = ""
    date: dt.date | None = None
    liaison: Person | None = None  # Enlace Institucional de Datos Abiertos
    administrator: Person | None = None  # Administrador de Datos
    council: list[Member] = []  # Consejo Institucional
    council_session: dt.date | None = None  # the last one
    answers: list[Answer] = Field(default=[], validate_default=True)

    @field_validator("answers")
    @classmethod
    def _eight_in_order(cls, answers: list[Answer]) -> list[Answer]:
        """The eight dimensions in their order, so that each has its place on a form; what is left over comes after."""
        first: dict[str, Answer] = {}
        for answer in answers:
            first.setdefault(answer.dimension, answer)
        eight = [first.get(name) or Answer.model_validate({"dimension": name}) for name in DIMENSIONS]
        kept = {id(answer) for answer in eight}
        return eight + [a for a in answers if id(a) not in kept and (a.dimension or a.evidence or a.action)]

    # -- rules ---------------------------------------------------------------------------------------------------------

    def check(self) -> Findings:
        """Dimensions without an answer or evidence, officials without a name, seats of the council left empty."""
        found = Findings()
        if not self.government:
            found.add(warning("readiness.no-government", self.place("government")))
        if self.date is None:
            found.add(advice("readiness.no-date", self.place("date")))
        for number, answer in enumerate(self.answers):
            found.extend(self._check_answer(number, answer))
        for role in OFFICIALS:
            found.extend(self._check_official(role))
        if self.liaison and self.administrator and _same(self.liaison.name, self.administrator.name):
            found.add(advice("readiness.one-person", self.place("administrator.name"), name=self.liaison.name))
        return found + self._check_council()

    def _check_answer(self, number: int, answer: Answer) -> Findings:
        at = f"answers.{number}"
        if number >= len(DIMENSIONS):
            return Findings([warning("readiness.answer-twice", self.place(f"{at}.dimension", title(answer.dimension)))])
        name = title(answer.dimension)
        found = Findings()
        if answer.level == "grey":
            found.add(warning("readiness.unanswered", self.place(f"{at}.level", name), dimension=name))
        elif answer.level != answer.counted:
            found.add(warning("readiness.unproved-green", self.place(f"{at}.evidence", name), dimension=name))
        elif not answer.evidence:
            found.add(warning("readiness.no-evidence", self.place(f"{at}.evidence", name), dimension=name))
        if answer.level in {"red", "yellow"} and not answer.action:
            found.add(advice("readiness.no-action", self.place(f"{at}.action", name), dimension=name))
        return found

    def _check_official(self, role: str) -> Findings:
        person: Person | None = getattr(self, role)
        if person is None or not person.name:
            return Findings([warning("readiness.no-official", self.place(f"{role}.name"), role=role_name(role))])
        empty = [name for name in ("position", "email") if not getattr(person, name)]
        found = Findings()
        if empty:
            fields = [self.label(f"{role}.{name}") for name in empty]
            place = self.place(f"{role}.{empty[0]}", role_name(role))
            found.add(warning("readiness.official-incomplete", place, role=role_name(role), fields=fields))
        return found + self._check_email(role, person)

    def _check_email(self, at: str, person: Person) -> Findings:
        if not person.email or _EMAIL.fullmatch(person.email):
            return Findings()
        place = self.place(f"{at}.email", person.name)
        return Findings([warning("readiness.bad-email", place, email=person.email, name=person.name or "-")])

    def _check_council(self) -> Findings:
        if not any(member.name or member.position for member in self.council):
            return Findings([warning("readiness.no-council", self.place("council"))])
        found = Findings()
        for number, member in enumerate(self.council):
            if not member.name:
                place = self.place(f"council.{number}.name", member.position)
                found.add(advice("readiness.unnamed-member", place, position=member.position or "-"))
            found.extend(self._check_email(f"council.{number}", member))
        taken = {member.taken for member in self.council}
        missing = [seat_name(seat) for seat in SEATS if seat not in taken]
        if missing:
            found.add(warning("readiness.empty-seat", self.place("council"), n=len(missing), seats=missing))
        return found + self._check_session()

    def _check_session(self) -> Findings:
        if self.council_session is None:
            return Findings([advice("readiness.no-session", self.place("council_session"))])
        since = (self.date - self.council_session).days if self.date else 0
        if since > _COUNCIL["days_between_sessions"]:
            place = self.place("council_session")
            return Findings([advice("readiness.old-session", place, date=self.council_session, days=since)])
        return Findings()

    # -- what follows from it ------------------------------------------------------------------------------------------

    def next_actions(self) -> list[NextAction]:
        """The three actions to begin with, the weakest dimensions' first; where nobody wrote one, the kit suggests it.

        Dimensions without evidence of anything come first, then those that nobody could answer, then the half-way ones;
        among equals those that weigh more.
        """
        order = sorted(
            self.answers[: len(DIMENSIONS)],
            key=lambda a: (_URGENCY.index(a.counted), _IMPORTANCE.index(a.importance)),
        )
        actions = [
            NextAction(a.dimension, a.counted, a.action or suggestion(a.dimension, a.counted), not a.action)
            for a in order
        ]
        return [action for action in actions if action.action][:_NEXT_ACTIONS]

    def earlier(self, portfolio: Portfolio) -> Readiness | None:
        """The latest assessment of another date that the portfolio's history holds; None if there is none."""
        for version in portfolio.versions(self.file):
            if not is_readable(version.stored):
                continue
            model, _ = Readiness.read(yaml_rules().load(version.stored.read_text(encoding="utf-8-sig")), self.file)
            if model and model.date and self.date and model.date < self.date:
                return model
        return None

    # -- showing -------------------------------------------------------------------------------------------------------

    def picture(self, earlier: Readiness | None = None) -> Figure:
        """A radar of the eight dimensions, with a second line for an earlier assessment; `describe` has the words.

        A green level without evidence is drawn as a hollow mark where yellow is.
        """
        angles = np.linspace(0, 2 * np.pi, len(DIMENSIONS), endpoint=False)
        with mpl.rc_context({"font.size": 9}):
            figure = Figure(figsize=(8.4, 4.8), layout="constrained")
            axes = cast(PolarAxes, figure.add_subplot(projection="polar"))
            if earlier is not None:
                _draw(axes, angles, earlier, "earlier")
            _draw(axes, angles, self, "now")
            axes.set_xticks(angles, [textwrap.fill(title(name), 18) for name in DIMENSIONS])
            for label, angle in zip(axes.get_xticklabels(), angles, strict=True):
                label.set_horizontalalignment(
                    "center" if abs(np.cos(angle)) < 0.1 else "left" if np.cos(angle) > 0 else "right"
                )
            axes.set_yticks(list(LEVELS.values()), [messages.text(f"readiness.tick.{level}") for level in LEVELS])
            axes.set_rlabel_position(22.5)
            axes.set_ylim(0, max(LEVELS.values()))
            if earlier is not None or self._unproved():
                figure.legend(loc="outside lower center", ncols=3, frameon=False)
        return figure

    def describe(self, earlier: Readiness | None = None) -> str:
        """The picture in words, for its alt text."""
        parts = [f"{title(a.dimension)}: {level_name(a.counted)}" for a in self.answers[: len(DIMENSIONS)]]
        words = [messages.text("readiness.alt", government=self.government or "-", parts="; ".join(parts))]
        if unproved := self._unproved():
            words.append(messages.text("readiness.alt-unproved", dimensions=unproved))
        if earlier is not None:
            changes = [f"{title(name)}: {change}" for name, _, _, change in self._changes(earlier) if change != "="]
            words.append(messages.text("readiness.alt-earlier", date=earlier.date, changes="; ".join(changes) or "="))
        return " ".join(words)

    def comparison(self, earlier: Readiness) -> str:
        """The two assessments side by side, as an HTML table."""
        then, now = (model.date.isoformat() if model.date else "-" for model in (earlier, self))
        head = [messages.text("readiness.heading.dimension"), then, now, messages.text("readiness.heading.change")]
        rows = [(title(name), _marked(old), _marked(new), change) for name, old, new, change in self._changes(earlier)]
        return table(head, rows, messages.text("readiness.comparison", government=self.government), row_heads=True)

    def answers_table(self) -> str:
        """The eight dimensions with level, importance, evidence and action, as an HTML table."""
        names = ("dimension", "level", "importance", "evidence", "action")
        rows = [
            (
                title(a.dimension) if a.dimension else "-",
                _stated(a),
                messages.text(f"readiness.importance.{a.importance}"),
                a.evidence or "-",
                a.action or "-",
            )
            for a in self.answers
        ]
        caption = messages.text("readiness.caption", government=self.government or "-", date=self.date)
        return table([messages.text(f"readiness.heading.{name}") for name in names], rows, caption, row_heads=True)

    def actions_table(self) -> str:
        """The three next actions, as an HTML table that says which are the kit's suggestions."""
        head = [messages.text(f"readiness.heading.{name}") for name in ("dimension", "level", "action", "whose")]
        rows = [
            (title(n.dimension), _marked(n.level), n.action, messages.text(f"readiness.whose.{_whose(n)}"))
            for n in self.next_actions()
        ]
        return table(head, rows, messages.text("readiness.actions-caption"), row_heads=True)

    def roles_table(self) -> str:
        """The two officials and the council with their seats, as an HTML table."""
        head = [messages.text(f"readiness.heading.{name}") for name in ("role", "name", "position", "email")]
        rows = [(role_name(role), *_person(getattr(self, role))) for role in OFFICIALS]
        rows += [(seat_name(member.taken or "other"), *_person(member)) for member in self.council]
        missing = [seat for seat in SEATS if seat not in {member.taken for member in self.council}]
        rows += [(seat_name(seat), *_person(None)) for seat in missing]
        return table(head, rows, messages.text("readiness.roles-caption", date=self.council_session), row_heads=True)

    def _repr_html_(self) -> str:
        return self.answers_table() + self.actions_table() + self.roles_table()

    def _unproved(self) -> list[str]:
        return [title(a.dimension) for a in self.answers[: len(DIMENSIONS)] if a.level != a.counted]

    def _changes(self, earlier: Readiness) -> list[tuple[str, str, str, str]]:
        rows: list[tuple[str, str, str, str]] = []
        for old, new in zip(earlier.answers, self.answers[: len(DIMENSIONS)], strict=False):
            step = LEVELS[new.counted] - LEVELS[old.counted]
            unknown = "grey" in {old.counted, new.counted} and step
            change = "?" if unknown else f"▲ +{step}" if step > 0 else f"▼ −{-step}" if step < 0 else "="
            rows.append((new.dimension, old.counted, new.counted, change))
        return rows


def title(dimension: str) -> str:
    """The name of a dimension in the language in force; "-" for none."""
    return messages.text(f"readiness.dimension.{dimension}") if dimension else "-"


def level_name(level: str) -> str:
    """The name of a level in the language in force."""
    return messages.text(f"readiness.level.{level}")


def role_name(role: str) -> str:
    """The official name of a role, the same in both languages."""
    return messages.text(f"readiness.role.{role}")


def seat_name(seat: str) -> str:
    """The name of a seat of the council in the language in force."""
    return messages.text(f"readiness.seat.{seat}")


def questions(dimension: str) -> list[str]:
    """The questions that help to judge a dimension, in the language in force."""
    return [messages.text(f"readiness.question.{dimension}.{n}") for n in range(1, _FACTS["questions"] + 1)]


def suggestion(dimension: str, level: str) -> str:
    """What the kit suggests to do first in a dimension at a level; "" for a green one."""
    return "" if level == "green" else messages.text(f"readiness.suggestion.{dimension}.{level}")


def _draw(axes: PolarAxes, angles: np.ndarray, model: Readiness, which: str) -> None:
    answers = model.answers[: len(DIMENSIONS)]
    values = [LEVELS[answer.counted] for answer in answers]
    label = messages.text(f"readiness.legend.{which}", date=model.date)
    style = {"now": "-", "earlier": "--"}[which]
    colour = _LINES[which]
    axes.plot([*angles, angles[0]], [*values, values[0]], color=colour, linestyle=style, label=label)
    axes.fill(angles, values, color=colour, alpha=0.2 if which == "now" else 0.0)
    for proved in (True, False):
        points = [(g, v) for g, v, a in zip(angles, values, answers, strict=True) if (a.level == a.counted) is proved]
        if points:
            axes.plot(
                [angle for angle, _ in points],
                [value for _, value in points],
                marker="o" if which == "now" else "s",
                linestyle="",
                clip_on=False,
                color=colour,
                markerfacecolor=colour if proved else "white",
                label=None if proved or which == "earlier" else messages.text("readiness.legend.unproved"),
            )


def _marked(level: str) -> str:
    return f"{_MARKS[level]} {level_name(level)}"


def _stated(answer: Answer) -> str:
    if answer.level == answer.counted:
        return _marked(answer.level)
    return messages.text("readiness.unproved", mark=_MARKS[answer.counted])


def _whose(action: NextAction) -> str:
    return "kit" if action.suggested else "own"


def _person(person: Person | None) -> tuple[str, str, str]:
    return (person.name or "-", person.position or "-", person.email or "-") if person else ("-", "-", "-")


def _folded(name: str) -> str:
    return " ".join(unaccented(name).lower().split())


def _same(one: str, other: str) -> bool:
    return bool(one) and _folded(one) == _folded(other)
