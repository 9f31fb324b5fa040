"""Step 00: how ready a government is, on the eight dimensions of the World Bank's ODRA, and who will do the work.

Source: Open Data Readiness Assessment v3.1 (dimensions and colours in ``odra.json``); roles: Guia 2015, step 1.1.
"""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from pathlib import Path
from typing import ClassVar, Literal, cast

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from kit import messages
from kit.findings import Findings, Place, advice, warning
from kit.markup import table
from kit.models import Model
from kit.steps.base import StepModel

_FACTS = json.loads((Path(__file__).parent / "odra.json").read_text(encoding="utf-8"))
DIMENSIONS: tuple[str, ...] = tuple(_FACTS["dimensions"])
LEVELS: dict[str, int] = _FACTS["levels"]
_MARKS = {"green": "✔✔✔", "yellow": "✔✔", "red": "✔", "grey": "?"}
_NEXT_ACTIONS = 3


class Answer(Model):
    """Where the government stands on one dimension, what shows it, and what would come next."""

    dimension: Literal["leadership", "policy", "institutions", "data", "demand", "engagement", "funding", "technology"]
    level: Literal["green", "yellow", "red", "grey"] = "grey"
    evidence: str = ""
    action: str = ""


class Person(Model):
    """An official with a role."""

    name: str
    position: str = ""
    email: str = ""


class Readiness(StepModel):
    """The self-assessment of a government, with the two officials that the Guide asks for and their council."""

    step: ClassVar[str] = "00"
    file: ClassVar[str] = "readiness.yaml"

    government: str
    date: dt.date | None = None
    liaison: Person | None = None  # Enlace Institucional de Datos Abiertos
    administrator: Person | None = None  # Administrador de Datos
    council: list[Person] = []  # Consejo Institucional
    answers: list[Answer] = []

    def check(self) -> Findings:
        """Dimensions without an answer or evidence, roles without a name."""
        found = Findings()
        for name in DIMENSIONS:
            answer = self._answer(name)
            place = Place(self.file, item=title(name))
            if answer.level == "grey":
                found.add(warning("readiness.unanswered", place, dimension=title(name)))
            elif not answer.evidence:
                found.add(warning("readiness.no-evidence", place, dimension=title(name)))
            if answer.level in {"red", "yellow"} and not answer.action:
                found.add(advice("readiness.no-action", place, dimension=title(name)))
        for role, person in (("liaison", self.liaison), ("administrator", self.administrator)):
            if person is None:
                found.add(warning("readiness.no-official", Place(self.file, item=role), role=role_name(role)))
        if self.liaison and self.administrator and self.liaison.name == self.administrator.name:
            found.add(advice("readiness.one-person", Place(self.file), name=self.liaison.name))
        return found

    def next_actions(self) -> list[Answer]:
        """The three actions to begin with: those of the weakest dimensions, in the order of the assessment."""
        planned = [self._answer(name) for name in DIMENSIONS if self._answer(name).action]
        return sorted(planned, key=lambda answer: LEVELS[answer.level])[:_NEXT_ACTIONS]

    def picture(self) -> Figure:
        """A radar of the eight dimensions; `describe` says the same in words."""
        angles = np.linspace(0, 2 * np.pi, len(DIMENSIONS), endpoint=False)
        values = [LEVELS[self._answer(name).level] for name in DIMENSIONS]
        with mpl.rc_context({"font.size": 9}):
            figure = Figure(figsize=(8.4, 4.8), layout="constrained")
            axes = cast(PolarAxes, figure.add_subplot(projection="polar"))
            axes.plot([*angles, angles[0]], [*values, values[0]], color="#0072B2", marker="o")
            axes.fill(angles, values, color="#0072B2", alpha=0.2)
            axes.set_xticks(angles, [textwrap.fill(title(name), 18) for name in DIMENSIONS])
            for label, angle in zip(axes.get_xticklabels(), angles, strict=True):
                label.set_horizontalalignment(
                    "center" if abs(np.cos(angle)) < 0.1 else "left" if np.cos(angle) > 0 else "right"
                )
            axes.set_yticks(list(LEVELS.values()), [messages.text(f"readiness.tick.{level}") for level in LEVELS])
            axes.set_rlabel_position(22.5)
            axes.set_ylim(0, max(LEVELS.values()))
        return figure

    def describe(self) -> str:
        """The picture in words, for its alt text."""
        parts = [f"{title(name)}: {level_name(self._answer(name).level)}" for name in DIMENSIONS]
        return messages.text("readiness.alt", government=self.government, parts="; ".join(parts))

    def _answer(self, name: str) -> Answer:
        return next((a for a in self.answers if a.dimension == name), Answer.model_validate({"dimension": name}))

    def _repr_html_(self) -> str:
        answers = [self._answer(name) for name in DIMENSIONS]
        head = [messages.text(f"readiness.heading.{name}") for name in ("dimension", "level", "evidence", "action")]
        rows = [
            (title(a.dimension), f"{_MARKS[a.level]} {level_name(a.level)}", a.evidence or "-", a.action or "-")
            for a in answers
        ]
        return table(head, rows, messages.text("readiness.caption", government=self.government), row_heads=True)


def title(dimension: str) -> str:
    """The name of a dimension in the language in force."""
    return messages.text(f"readiness.dimension.{dimension}")


def level_name(level: str) -> str:
    """The name of a level in the language in force."""
    return messages.text(f"readiness.level.{level}")


def role_name(role: str) -> str:
    """The official name of a role, the same in both languages."""
    return messages.text(f"readiness.role.{role}")
