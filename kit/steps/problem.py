"""Step 01: the problem, before any solution: who suffers it, how it is measured, why it happens, what follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import Field, model_validator

from kit import messages
from kit.findings import Finding, Findings, advice, error, warning
from kit.markup import table
from kit.models import LooseDate, Model, Texts
from kit.portfolio import Portfolio
from kit.steps import statement
from kit.steps.base import StepModel, shorten, spoken
from kit.steps.statement import near, plain
from kit.steps.tree import draw_tree

__all__ = ["DRAWING", "Branch", "Measure", "Problem", "near", "plain"]

DRAWING = "problem.svg"


class Measure(Model):
    """How large the problem is: a figure with its unit, date and source."""

    name: str = ""
    unit: str = ""
    baseline: float | None = None
    date: LooseDate = ""
    source: str = ""


class Branch(Model):
    """Another chain of causes, beside the main one: of the problem itself (0) or of one of its whys (from 1)."""

    explains: int = Field(default=0, ge=0)
    whys: Texts = []

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"whys": data} if isinstance(data, (str, list)) else data


class Problem(StepModel):
    """A problem tree: effects above, the problem, the chains of whys below."""

    step: ClassVar[str] = "01"
    file: ClassVar[str] = "problem.yaml"

    statement: str = ""
    affected: Texts = []
    scope: str = ""
    measure: Measure | None = None
    whys: Texts = []  # the main chain: each is the cause of the one before
    branches: list[Branch] = []
    effects: Texts = []
    evidence: Texts = []

    # -- rules ---------------------------------------------------------------------------------------------------------

    def check(self) -> Findings:
        """A solution in disguise, nobody affected, no measure, a whole sector, too few whys, no effect."""
        found = Findings(self._check_statement())
        if not any(self.affected):
            found.add(error("problem.nobody-affected", self.place("affected")))
        if not self.scope:
            found.add(warning("problem.no-scope", self.place("scope")))
        found.extend(self._check_measure())
        found.extend(self._check_whys())
        found.extend(self._check_effects())
        if not any(self.evidence):
            found.add(warning("problem.no-evidence", self.place("evidence")))
        return found

    def _check_statement(self) -> Iterator[Finding]:
        place = self.place("statement")
        if not self.statement:
            yield error("problem.no-statement", place)
            return
        if statement.is_solution(self.statement):
            yield error("problem.is-a-solution", place, statement=self.statement)
        elif statement.names_solution_as_cause(self.statement):
            yield advice("problem.cause-in-statement", place)
        if statement.is_broad(self.statement):
            yield error("problem.too-broad", place, statement=self.statement)

    def _check_measure(self) -> Iterator[Finding]:
        if self.measure is None or self.measure.baseline is None:
            yield error("problem.no-measure", self.place("measure.baseline"))
            return
        empty = [name for name in ("name", "unit", "date", "source") if not getattr(self.measure, name)]
        if empty:
            fields = [f"{self.label(f'measure.{name}')} ({name})" for name in empty]
            place = self.place(f"measure.{empty[0]}", self.label("measure"))
            yield warning("problem.measure-incomplete", place, n=len(empty), fields=fields)

    def _check_whys(self) -> Iterator[Finding]:
        written = [why for why in self.whys if why]
        fewest, most = statement.FACTS["fewest_whys"], statement.FACTS["most_whys"]
        if len(written) < fewest:
            yield warning("problem.few-whys", self.place("whys"), n=len(written), fewest=fewest)
        elif len(written) > most:
            yield advice("problem.many-whys", self.place("whys"), n=len(written), most=most)
        before = [self.statement] if self.statement else []
        yield from self._check_chain("whys", self.whys, before)
        for number, branch in enumerate(self.branches):
            at = f"branches.{number}"
            if branch.explains > len(self.whys):
                place = self.place(f"{at}.explains")
                yield warning("problem.branch-of-nothing", place, why=branch.explains, n=len(self.whys))
            yield from self._check_chain(f"{at}.whys", branch.whys, [*before, *written])

    def _check_chain(self, at: str, chain: Sequence[str], before: Sequence[str]) -> Iterator[Finding]:
        said = list(before)
        for number, why in enumerate(chain):
            same = next((earlier for earlier in said if near(why, earlier)), None)
            if same is not None:
                yield warning("problem.repeated-why", self.place(f"{at}.{number}"), why=why, same=same)
            elif statement.blames_budget(why):
                yield advice("problem.blames-budget", self.place(f"{at}.{number}"), why=why)
            elif statement.wants_tool(why):
                yield advice("problem.why-is-a-solution", self.place(f"{at}.{number}"), why=why)
            if why:
                said.append(why)

    def _check_effects(self) -> Iterator[Finding]:
        if not any(self.effects):
            yield advice("problem.no-effect", self.place("effects"))
        causes = [why for chain in (self.whys, *(b.whys for b in self.branches)) for why in chain]
        for number, effect in enumerate(self.effects):
            if near(effect, self.statement):
                yield warning("problem.effect-is-the-problem", self.place(f"effects.{number}"), effect=effect)
            elif any(near(effect, cause) for cause in causes):
                yield warning("problem.effect-is-a-cause", self.place(f"effects.{number}"), effect=effect)

    # -- showing -------------------------------------------------------------------------------------------------------

    def drawing(self) -> str:
        """The problem tree as SVG: effects above, the problem in the middle, the causes below."""
        return draw_tree(self)

    def describe(self) -> str:
        """The tree in words, for its alt text."""
        chains = [
            " ← ".join(shorten(why, 300) for why in c if why) for c in (self.whys, *(b.whys for b in self.branches))
        ]
        return messages.text(
            "problem.alt",
            statement=spoken([self.statement]),
            effects=spoken(self.effects),
            causes="; ".join(chain for chain in chains if chain) or "-",
        )

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``problem.yaml`` and its drawing; return what `check` finds."""
        found = super().save(portfolio)
        portfolio.write_text(DRAWING, self.drawing(), step=self.step)
        return found

    def tree_table(self) -> str:
        """The tree as an HTML table, from the effects to the causes, with its figures."""
        rows = [
            (self.label("effects"), "; ".join(self.effects)),
            (self.label("statement"), self.statement),
            *((self.label("why"), f"{number}. {why}") for number, why in enumerate(self.whys, 1)),
            *(row for branch in self.branches for row in self._branch_rows(branch)),
            (self.label("affected"), "; ".join(self.affected)),
            (self.label("measure"), self.figure()),
            (self.label("scope"), self.scope),
            (self.label("evidence"), "; ".join(self.evidence)),
        ]
        head = [messages.text("problem.heading.part"), messages.text("problem.heading.text")]
        cells = [(part, words or "-") for part, words in rows]
        return table(head, cells, messages.text("problem.caption"), row_heads=True)

    def _branch_rows(self, branch: Branch) -> Iterator[tuple[str, str]]:
        of = f"{self.label('why')} {branch.explains}" if branch.explains else self.label("statement")
        for number, why in enumerate(branch.whys, 1):
            yield messages.text("problem.branch-of", of=of), f"{number}. {why}"

    def figure(self) -> str:
        """The measure in one line: what, how much, when, according to whom; "" if there is none."""
        measure = self.measure
        if measure is None or measure.baseline is None:
            return measure.name if measure else ""
        words = f"{measure.name}: {messages.number(measure.baseline)} {measure.unit}".strip(": ")
        more = ", ".join(part for part in (measure.date, measure.source) if part)
        return f"{words} ({more})" if more else words

    def _repr_html_(self) -> str:
        return self.drawing() + self.tree_table()
