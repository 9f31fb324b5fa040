"""Step 02: the theory of change: from the problem to the change, over actions that open data make possible.

Order of the boxes: DIY Toolkit, tool 10 (Nesta): problem and long-term change first, then audience, entry point,
steps, measurable effect and wider benefits, with the assumptions under each. What makes it open-data work is the link
from each action to the data it needs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from kit import messages
from kit.findings import Findings, Place, advice, error, warning
from kit.models import Model
from kit.portfolio import Portfolio
from kit.steps.base import StepModel
from kit.steps.canvas import Box, draw_canvas
from kit.steps.problem import Problem, plain

DRAWING = "theory.svg"


class Indicator(Model):
    """A measurable effect: unit, baseline, target, date and source."""

    name: str
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    date: dt.date | None = None
    source: str = ""


class Action(Model):
    """What is done, by whom, with which data, and which indicators it should move."""

    name: str
    who: str = ""
    data: list[str] = []
    leads_to: list[str] = []


class Assumption(Model):
    """What must be true for the chain to hold, and how one would notice that it is not."""

    statement: str
    test: str = ""


class Theory(StepModel):
    """A theory of change."""

    step: ClassVar[str] = "02"
    file: ClassVar[str] = "theory.yaml"

    problem: str
    change: str
    audience: list[str] = []
    entry_point: str = ""
    actions: list[Action] = []
    indicators: list[Indicator] = []
    benefits: list[str] = []
    assumptions: list[Assumption] = []
    stakeholders: list[str] = []

    @classmethod
    def from_problem(cls, problem: Problem, **fields: object) -> Theory:
        """A theory that begins with the problem of step 01."""
        return cls.of({"problem": problem.statement, **fields})

    def check(self) -> Findings:
        """A chain that breaks, an indicator that cannot be measured, an assumption that nobody tests."""
        found = Findings()
        for name in ("audience", "entry_point", "benefits", "stakeholders"):
            if not getattr(self, name):
                found.add(warning("theory.empty-box", Place(self.file, item=name), box=box_name(name)))
        if not self.actions:
            found.add(error("theory.no-action", Place(self.file, item="actions")))
        for action in self.actions:
            found.extend(self._check_action(action))
        for indicator in self.indicators:
            found.extend(self._check_indicator(indicator))
        if not self.assumptions:
            found.add(warning("theory.no-assumption", Place(self.file, item="assumptions")))
        for assumption in self.assumptions:
            if not assumption.test:
                found.add(
                    warning(
                        "theory.untested-assumption",
                        Place(self.file, item="assumptions"),
                        statement=assumption.statement,
                    )
                )
        return found

    def _check_action(self, action: Action) -> Findings:
        found = Findings()
        place = Place(self.file, item=action.name)
        known = {plain(indicator.name) for indicator in self.indicators}
        stray = [name for name in action.leads_to if plain(name) not in known]
        if not action.leads_to:
            found.add(error("theory.broken-chain", place, action=action.name))
        if stray:
            found.add(
                error("theory.unknown-indicator", place, names=stray, known=[i.name for i in self.indicators] or ["-"])
            )
        if not action.data:
            found.add(advice("theory.no-data", place, action=action.name))
        if not action.who:
            found.add(warning("theory.nobody", place, action=action.name))
        return found

    def _check_indicator(self, indicator: Indicator) -> Findings:
        found = Findings()
        place = Place(self.file, item=indicator.name)
        empty = [n for n in ("unit", "baseline", "target", "date", "source") if getattr(indicator, n) in (None, "")]
        if empty:
            found.add(error("theory.indicator-incomplete", place, indicator=indicator.name, fields=empty))
        elif indicator.baseline == indicator.target:
            found.add(error("theory.no-change", place, indicator=indicator.name))
        if not any(plain(indicator.name) == plain(name) for action in self.actions for name in action.leads_to):
            found.add(warning("theory.nothing-leads-here", place, indicator=indicator.name))
        return found

    def check_data(self, datasets: Iterable[str]) -> Findings:
        """After step 03: the data that actions need and that no inventory row answers.

        Args:
            datasets: names of the inventory's datasets and resources.
        """
        known = [plain(name) for name in datasets]
        found = Findings()
        for action in self.actions:
            missing = [
                need for need in action.data if not any(plain(need) in name or name in plain(need) for name in known)
            ]
            if missing:
                found.add(
                    warning(
                        "theory.data-not-in-inventory", Place(self.file, item=action.name), n=len(missing), data=missing
                    )
                )
        return found

    def drawing(self) -> str:
        """The canvas as SVG, for one A4 page on its side."""
        boxes = [
            Box(box_name("problem"), [self.problem], column=0),
            Box(box_name("audience"), self.audience, column=1),
            Box(box_name("entry_point"), [self.entry_point] if self.entry_point else [], column=1),
            Box(box_name("actions"), [self._words(action) for action in self.actions], column=2),
            Box(box_name("indicators"), [_figures(indicator) for indicator in self.indicators], column=3),
            Box(box_name("benefits"), self.benefits, column=3),
            Box(box_name("change"), [self.change], column=4),
        ]
        foot = Box(box_name("assumptions"), [a.statement for a in self.assumptions], column=0)
        title = messages.text("theory.canvas-title")
        return draw_canvas(title, self.describe(), boxes, foot)

    def describe(self) -> str:
        """The canvas in words, for its alt text."""
        return messages.text(
            "theory.alt",
            problem=self.problem,
            change=self.change,
            actions=len(self.actions),
            indicators=len(self.indicators),
        )

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``theory.yaml`` and its drawing; return what `check` finds."""
        found = super().save(portfolio)
        portfolio.write_text(DRAWING, self.drawing(), step=self.step)
        return found

    def _repr_html_(self) -> str:
        return self.drawing()

    def _words(self, action: Action) -> str:
        data = messages.text("theory.needs-data", data=action.data) if action.data else ""
        return f"{action.name} {data}".strip()


def box_name(name: str) -> str:
    """The title of a box in the language in force."""
    return messages.text(f"theory.box.{name}")


def _figures(indicator: Indicator) -> str:
    return messages.text(
        "theory.figures",
        name=indicator.name,
        baseline=indicator.baseline,
        target=indicator.target,
        unit=indicator.unit,
        year=str(indicator.date.year) if indicator.date else "-",
    )
