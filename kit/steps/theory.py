"""Step 02: the theory of change: from the problem to the change, over actions that open data make possible.

Order of the boxes: DIY Toolkit, tool 10 (Nesta): problem and long-term change first, then audience, entry point,
steps, measurable effect and wider benefits, with the assumptions under each. What makes it open-data work is the link
from each action to the data it needs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar, Literal

import pandas as pd

from kit import messages
from kit.findings import Findings
from kit.markup import table
from kit.models import Model, Texts
from kit.paper import picture_page
from kit.portfolio import Portfolio
from kit.steps import chain, needs
from kit.steps.base import Named, StepModel, spoken
from kit.steps.canvas import draw_canvas, figures, letter, mark_of
from kit.steps.inventory import Inventory
from kit.steps.problem import Problem

DRAWING = "theory.svg"
PRINT = "theory.pdf"
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

    def needs(self, inventory: Inventory) -> pd.DataFrame:
        """Each need for data beside the rows of an inventory that answer it, with headings in the language in force."""
        return needs.table(self, inventory)

    # -- showing -------------------------------------------------------------------------------------------------------

    def drawing(self) -> str:
        """The canvas as SVG, on one page on its side."""
        return draw_canvas(self)

    def pdf(self, paper: str = "a4") -> bytes:
        """The canvas as a PDF of one page on its side: "a4" or "a3"."""
        title = messages.text("theory.canvas-title")
        lang = messages.current_language()
        return picture_page(self.drawing(), title=title, alt=self.describe(), lang=lang, paper=paper)

    def describe(self) -> str:
        """The canvas in words, for its alt text."""
        texts = {
            "audience": self.audience,
            "entry_point": [self.entry_point],
            "actions": [action.name for action in self.actions],
            "indicators": [figures(indicator) for indicator in self.indicators],
            "benefits": self.benefits,
            "assumptions": [assumption.statement for assumption in self.assumptions],
        }
        words = {name: spoken(found) for name, found in texts.items()}
        return messages.text("theory.alt", problem=spoken([self.problem]), change=spoken([self.change]), **words)

    def tables(self) -> str:
        """The canvas as HTML tables: the boxes, the actions with their data, the indicators, the assumptions."""
        return "".join((self._boxes(), self._actions(), self._indicators(), self._assumptions()))

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``theory.yaml``, its drawing and its page to print; return what `check_in` finds."""
        super().save(portfolio)
        portfolio.write_text(DRAWING, self.drawing(), step=self.step)
        portfolio.write_bytes(PRINT, self.pdf(), step=self.step)
        return self.check_in(portfolio)

    def _repr_html_(self) -> str:
        return self.drawing() + self.tables()

    def _boxes(self) -> str:
        stakeholders = [", ".join(p for p in (s.name, s.role, s.interest) if p) for s in self.stakeholders]
        values = {
            "problem": [self.problem],
            "audience": self.audience,
            "entry_point": [self.entry_point],
            "benefits": self.benefits,
            "change": [self.change],
            "stakeholders": stakeholders,
        }
        rows = [(self.label(name), "; ".join(text for text in texts if text) or "-") for name, texts in values.items()]
        return table(_heads("box", "text"), rows, messages.text("theory.caption.boxes"), row_heads=True)

    def _actions(self) -> str:
        rows = [
            (
                f"{number}. {action.name}",
                action.who or "-",
                "; ".join(need.name for need in action.data) or "-",
                "; ".join(need.holder or "-" for need in action.data) or "-",
                "; ".join(f"{mark_of(self, name)}. {name}" for name in action.leads_to) or "-",
            )
            for number, action in enumerate(self.actions, 1)
        ]
        heads = _heads("action", "who", "data", "holder", "leads_to")
        return table(heads, rows, messages.text("theory.caption.actions"), row_heads=True)

    def _indicators(self) -> str:
        rows = [
            (
                f"{letter(number)}. {indicator.name}",
                indicator.unit or "-",
                _dated(indicator.baseline, indicator.baseline_date),
                _dated(indicator.target, indicator.date),
                indicator.source or "-",
            )
            for number, indicator in enumerate(self.indicators)
        ]
        heads = _heads("indicator", "unit", "baseline", "target", "source")
        return table(heads, rows, messages.text("theory.caption.indicators"), row_heads=True)

    def _assumptions(self) -> str:
        names = {link: f"{number}. {self.label(f'link.{link}')}" for number, link in enumerate(LINKS, 1)}
        written = sorted(self.assumptions, key=lambda a: (*LINKS, "").index(a.link))
        rows = [(a.statement or "-", names.get(a.link, "-"), a.test or "-") for a in written]
        heads = _heads("assumption", "link", "test")
        return table(heads, rows, messages.text("theory.caption.assumptions"), row_heads=True)


def box_name(name: str) -> str:
    """The title of a box in the language in force."""
    return Theory.label(name)


def _heads(*names: str) -> list[str]:
    return [messages.text(f"theory.heading.{name}") for name in names]


def _dated(value: float | None, date: dt.date | None) -> str:
    if value is None:
        return "-"
    return f"{messages.number(value)} ({date.isoformat()})" if date else messages.number(value)
