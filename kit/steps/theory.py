"""Step 02: the theory of change: from the problem to the change, over actions that open data make possible.

Order of the boxes: DIY Toolkit, tool 10 (Nesta): problem and long-term change first, then audience, entry point,
steps, measurable effect and wider benefits, with the assumptions under each. What makes it open-data work is the link
from each action to the data it needs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar, Literal

from kit import messages
from kit.findings import Findings
from kit.models import Model, Texts
from kit.portfolio import Portfolio
from kit.steps import chain, needs
from kit.steps.base import Named, StepModel
from kit.steps.canvas import Box, draw_canvas
from kit.steps.inventory import Inventory
from kit.steps.problem import Problem

DRAWING = "theory.svg"
LINKS = ("entry_point", "actions", "indicators", "benefits", "change")  # by the box that each leads to


class Indicator(Model):
    """A measurable effect: unit, baseline, target, date and source."""

    name: str = ""
    unit: str = ""
    baseline: float | None = None
    baseline_date: dt.date | None = None
    target: float | None = None
    date: dt.date | None = None  # of the target
    source: str = ""
    better: Literal["", "lower", "higher"] = ""


class DataNeed(Named):
    """A dataset that an action needs, and the area that holds it."""

    holder: str = ""


class Stakeholder(Named):
    """Somebody who gains, loses, decides or helps."""

    role: str = ""
    interest: str = ""


class Action(Model):
    """What is done, by whom, with which data, and which indicators it should move."""

    name: str = ""
    who: str = ""
    data: list[DataNeed] = []
    leads_to: Texts = []


class Assumption(Model):
    """What must be true for a link of the chain to hold, and how one would notice that it is not.

    A link is named by the box that it leads to.
    """

    statement: str = ""
    link: Literal["", "entry_point", "actions", "indicators", "benefits", "change"] = ""
    test: str = ""


class Theory(StepModel):
    """A theory of change."""

    step: ClassVar[str] = "02"
    file: ClassVar[str] = "theory.yaml"
    links: ClassVar[tuple[str, ...]] = LINKS

    date: dt.date | None = None  # when it was agreed; targets lie after it
    problem: str = ""
    change: str = ""
    audience: Texts = []
    entry_point: str = ""
    actions: list[Action] = []
    indicators: list[Indicator] = []
    benefits: Texts = []
    assumptions: list[Assumption] = []
    stakeholders: list[Stakeholder] = []

    @classmethod
    def from_problem(cls, problem: Problem, **fields: object) -> Theory:
        """A theory that begins with the problem of step 01."""
        return cls.of({"problem": problem.statement, **fields})

    # -- rules ---------------------------------------------------------------------------------------------------------

    def check(self) -> Findings:
        """A chain that breaks, an indicator that cannot be measured, an assumption that nobody tests."""
        return chain.check(self)

    def check_in(self, portfolio: Portfolio) -> Findings:
        """What `check` finds, and what does not fit the steps that the portfolio holds: the problem, the inventory."""
        found = self.check()
        if portfolio.exists(Problem.file):
            found.extend(self.check_problem(Problem.from_portfolio(portfolio)))
        if portfolio.exists(Inventory.csv):
            found.extend(self.check_inventory(Inventory.load(portfolio)))
        return found

    def check_problem(self, problem: Problem) -> Findings:
        """Whether the theory begins with the problem of step 01."""
        return chain.check_problem(self, problem)

    def check_data(self, datasets: Iterable[str]) -> Findings:
        """The data that actions need and that no inventory row answers, by the names alone.

        Args:
            datasets: names of the inventory's datasets and resources.
        """
        return needs.check(self, [needs.Row(name) for name in datasets])

    def check_inventory(self, inventory: Inventory) -> Findings:
        """After step 03: data needs that no row answers, that are not public, or that somebody else holds."""
        return needs.check(self, needs.rows(inventory))

    # -- showing -------------------------------------------------------------------------------------------------------

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
        data = messages.text("theory.needs-data", data=[str(need) for need in action.data]) if action.data else ""
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
