"""Step 04: the institutional opening plan, on the official eleven-column template, and the priorities behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pandas as pd

from kit import messages
from kit.findings import Findings, KitError, error
from kit.markup import table as html_table
from kit.portfolio import Portfolio
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan import files, reading, rules
from kit.steps.plan.editing import Edited
from kit.steps.plan.facts import frequency_word, last_day
from kit.steps.plan.priorities import Scores, as_scores, as_weights
from kit.steps.plan.ranked import Item
from kit.steps.readiness import Person, Readiness

_BASIS = ("weights", "scores", "effort", "start", "guide")  # what the official file has no column for
V = TypeVar("V")


class Plan(Edited):
    """An opening plan: vision, two officials, the datasets chosen, and the scores behind the choice."""

    step: ClassVar[str] = "04"
    csv: ClassVar[str] = "plan.csv"
    xlsx: ClassVar[str] = "plan.xlsx"
    yaml: ClassVar[str] = "priorities.yaml"

    # -- making one --------------------------------------------------------------------------------------------------

    @classmethod
    def from_inventory(
        cls,
        inventory: Inventory,
        scores: pd.DataFrame | Scores | None = None,
        weights: Mapping[str, float] | None = None,
        officials: Readiness | Mapping[str, Person | Mapping[str, str] | None] | None = None,
        vision: str = "",
        *,
        choose: int | Sequence[str] | None = None,
        effort: Mapping[str, float] | None = None,
        frequencies: Mapping[str, str] | str = "",
        dates: Mapping[str, dt.date | str] | None = None,
        descriptions: Mapping[str, str] | None = None,
        start: dt.date | str | None = None,
    ) -> Plan:
        """The plan for the datasets of an inventory, in the order of their points.

        Args:
            inventory: of step 03.
            scores: per dataset and criterion 0 to 5, or yes and no; a table like that of `blank_scores`, or mappings.
            weights: per criterion; 1 for those not named.
            officials: "liaison" and "administrator" with name, position and email, or the readiness of step 00.
            vision: the institution's vision of open data.
            choose: how many of the best public datasets, or their names; without it all public ones that have points.
            effort: per dataset from 1 (little) to 5 (much).
            frequencies: per dataset a word or value of the catalogue; one word for all.
            dates: per dataset the date of publication; else the last day of the month that the inventory says.
            descriptions: per dataset; else the inventory's of its first resource.
            start: the day from which dates count, as the Guide's deadlines do; without it today.

        Raises:
            KitError: for an unknown criterion, a score or weight that is none, a field that does not fit.
        """
        known = inventory.datasets().set_index("dataset")
        named = _Spelling([str(name) for name in known.index])
        plan = cls.of(
            vision=vision,
            weights=as_weights(weights),
            scores=named(as_scores(scores)),
            effort=named(effort or {}),
            start=start,
            **_people(officials),
        )
        plan._inventory = inventory
        each = frequencies if isinstance(frequencies, Mapping) else dict.fromkeys(known.index, frequencies)
        each, day, words = named(each), named(dates or {}), named(descriptions or {})
        plan.items = [
            Item.of(
                dataset=name,
                description=words.get(name, known["description"].get(name, "")),
                frequency=each.get(name, ""),
                date=day.get(name) or last_day(str(known["month"].get(name, ""))),
            )
            for name in plan._choice(choose)
        ]
        return plan

    def _choice(self, choose: int | Sequence[str] | None) -> list[str]:
        """Names of the datasets to plan, best first."""
        if choose is None or isinstance(choose, int):
            return self.best(choose)
        board = self.scoreboard()
        wanted = {fold(name): name for name in choose}
        ordered = [str(name) for name in board["dataset"] if fold(name) in wanted]
        known = {fold(name) for name in ordered}
        return ordered + [name for words, name in wanted.items() if words not in known]

    @classmethod
    def read_file(cls, path: str | Path) -> tuple[Plan, Findings]:
        """The plan in a file with the official columns (CSV, XLSX…), and what reading it took; it has no scores.

        Raises:
            KitError: ``plan.not-a-plan`` if its columns are not those of a plan.
        """
        found, findings, lines = reading.read(Path(path))
        plan = cls.of(found)
        plan._lines = replace(lines, names=tuple(item.dataset for item in plan.items))
        return plan, findings

    @classmethod
    def load(cls, portfolio: Portfolio, rel: str = "plan.csv") -> Plan:
        """The plan that step 04 left: its file as it is now, the scores behind it, and the inventory of step 03.

        Raises:
            KitError: if the step is not done yet, or its files cannot be read.
        """
        if not portfolio.exists(rel):
            portfolio.read_bytes(rel)  # says which step leaves it
        found, _, _ = reading.read(portfolio.path(rel), as_written=True)
        basis = portfolio.read_yaml(cls.yaml) if portfolio.exists(cls.yaml) else {}
        plan = cls.of(found, **basis) if isinstance(basis, Mapping) else cls.of(basis)
        if portfolio.exists(Inventory.csv):
            plan._inventory = Inventory.load(portfolio)
        return plan

    @classmethod
    def from_portfolio(cls, portfolio: Portfolio) -> Plan:
        """The plan that step 04 left; the same as `load`."""
        return cls.load(portfolio)

    # -- judging -----------------------------------------------------------------------------------------------------

    def check(self, inventory: Inventory | None = None, *, today: dt.date | None = None) -> Findings:
        """What the rules find.

        Args:
            inventory: to hold the plan against; without it the one the plan was made from or loaded with.
            today: the day before which a date is past; without it `start`, else today.
        """
        found = rules.check(self, inventory or self._inventory, today or self.start or dt.date.today())
        lines = self._lines
        here = lines is not None and lines.names == tuple(item.dataset for item in self.items)
        return Findings(rules.placed(found, lines)) if lines and here else found

    # -- writing and showing -----------------------------------------------------------------------------------------

    def to_csv(self, path: str | Path) -> None:
        """The official template as CSV: UTF-8, commas."""
        files.write(self, Path(path))

    def to_xlsx(self, path: str | Path) -> None:
        """The official template as a workbook."""
        files.write(self, Path(path))

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``plan.csv``, ``plan.xlsx`` and the scores behind them; return what `check` finds."""
        for name in (self.csv, self.xlsx):
            with portfolio.writing(name, step=self.step) as path:
                files.write(self, path)
        data = self.to_data()
        portfolio.write_yaml(self.yaml, {name: data[name] for name in _BASIS if name in data}, step=self.step)
        self._lines = None
        return self.check()

    def _repr_html_(self) -> str:
        head = [messages.text(f"plan.heading.{name}") for name in ("dataset", "description", "frequency", "date")]
        rows = [
            (item.dataset, item.description, f"{frequency_word(item.frequency)} ({item.frequency})", item.date)
            for item in self.items
        ]
        names = [person.name if person else "-" for person in (self.liaison, self.administrator)]
        caption = messages.text("plan.caption", n=len(rows), liaison=names[0], administrator=names[1])
        return html_table(head, rows, caption, row_heads=True)


class _Spelling:
    """Names as the inventory spells them, whatever the case and accents they are given in."""

    def __init__(self, names: Sequence[str]) -> None:
        self._of = {fold(name): name for name in names}

    def __call__(self, given: Mapping[str, V]) -> dict[str, V]:
        return {self._of.get(fold(str(name)), str(name)): value for name, value in given.items()}


def _people(officials: Readiness | Mapping[str, Person | Mapping[str, str] | None] | None) -> dict[str, Any]:
    if isinstance(officials, Readiness):
        officials = {role: getattr(officials, role) for role in files.OFFICIALS}
    people = officials or {}
    unknown = sorted(set(people) - set(files.OFFICIALS))
    if unknown:
        raise KitError(error("plan.unknown-role", names=unknown, known=list(files.OFFICIALS)))
    return {role: p.model_dump() if isinstance(p, Person) else p for role, p in people.items()}
