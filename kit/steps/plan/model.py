"""Step 04: priorities and the institutional opening plan, on the official eleven-column template."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pydantic import PrivateAttr, field_validator

from kit import messages
from kit.findings import Findings, KitError, Place, error
from kit.markup import table as html_table
from kit.models import Model
from kit.portfolio import Portfolio
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan import files, picture, rules
from kit.steps.plan.facts import CRITERIA, UNKNOWN_EFFORT, frequency_code, frequency_word
from kit.steps.plan.picture import Dot
from kit.steps.plan.priorities import Scores, as_scores, as_weights, matrix, points, ranks, stability
from kit.steps.readiness import Person, Readiness

_SEED = 20150618
_BASIS = ("weights", "scores", "effort", "start")  # what the official file has no column for
V = TypeVar("V")


class Item(Model):
    """A dataset of the plan; frequency and date as typed, so that a rule can say what is wrong with them."""

    dataset: str = ""
    description: str = ""
    frequency: str = ""
    date: str = ""

    @field_validator("date", mode="before")
    @classmethod
    def _date_as_text(cls, value: Any) -> Any:
        return value.isoformat()[:10] if isinstance(value, dt.date) else value

    @field_validator("frequency", mode="after")
    @classmethod
    def _value_of_the_catalogue(cls, value: str) -> str:
        return frequency_code(value)


class Plan(Model):
    """An opening plan: vision, two officials, the datasets chosen, and the scores behind the choice."""

    step: ClassVar[str] = "04"
    csv: ClassVar[str] = "plan.csv"
    xlsx: ClassVar[str] = "plan.xlsx"
    yaml: ClassVar[str] = "priorities.yaml"

    vision: str = ""
    liaison: Person | None = None  # Enlace Institucional de Datos Abiertos
    administrator: Person | None = None  # Administrador de Datos
    items: list[Item] = []
    weights: dict[str, float] = {}
    scores: dict[str, dict[str, float]] = {}
    effort: dict[str, float] = {}
    start: dt.date | None = None  # the day from which dates count; without it today
    _inventory: Inventory | None = PrivateAttr(default=None)

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
                date=day.get(name) or _last_day(str(known["month"].get(name, ""))),
            )
            for name in plan._choice(choose)
        ]
        return plan

    def _choice(self, choose: int | Sequence[str] | None) -> list[str]:
        """Names of the datasets to plan, best first."""
        board = self.scoreboard()
        if choose is None or isinstance(choose, int):
            best = board.loc[(board["points"] > 0) & board["public"], "dataset"]
            return [str(name) for name in best][:choose]
        wanted = {fold(name): name for name in choose}
        ordered = [str(name) for name in board["dataset"] if fold(name) in wanted]
        known = {fold(name) for name in ordered}
        return ordered + [name for words, name in wanted.items() if words not in known]

    @classmethod
    def read_file(cls, path: str | Path) -> tuple[Plan, Findings]:
        """The plan in a file with the official columns (CSV, XLSX…), and what reading it took; it has no scores.

        Raises:
            KitError: ``plan.not-a-plan`` if official columns are missing.
        """
        found, findings = files.read(Path(path))
        return cls.of(found), findings

    @classmethod
    def load(cls, portfolio: Portfolio, rel: str = "plan.csv") -> Plan:
        """The plan that step 04 left: its file as it is now, the scores behind it, and the inventory of step 03.

        Raises:
            KitError: if the step is not done yet, or its files cannot be read.
        """
        if not portfolio.exists(rel):
            portfolio.read_bytes(rel)  # says which step leaves it
        found, _ = files.read(portfolio.path(rel))
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

    @property
    def inventory(self) -> Inventory | None:
        """The inventory behind the plan, if it is known."""
        return self._inventory

    def check(self, inventory: Inventory | None = None, *, today: dt.date | None = None) -> Findings:
        """What the rules find.

        Args:
            inventory: to hold the plan against; without it the one the plan was made from or loaded with.
            today: the day before which a date is past; without it `start`, else today.
        """
        return rules.check(self, inventory or self._inventory, today or self.start or dt.date.today())

    # -- priorities --------------------------------------------------------------------------------------------------

    def scoreboard(self) -> pd.DataFrame:
        """All datasets by points.

        Returns:
            ``rank``, ``dataset``, ``points`` (0 to 100), the seven criteria, ``effort``, ``public``, ``chosen``.
        """
        names, public = self._datasets()
        scores = matrix(self.scores, names)
        total = points(scores, self._weights())
        board = pd.DataFrame({"rank": ranks(total), "dataset": names, "points": total})
        board[list(CRITERIA)] = scores
        chosen = {fold(item.dataset) for item in self.items}
        board["effort"] = [float(self.effort.get(name, UNKNOWN_EFFORT)) for name in names]
        board["public"] = public
        board["chosen"] = [fold(name) in chosen for name in names]
        return board.sort_values("rank", kind="stable").reset_index(drop=True)

    def ranking(self, lang: str | None = None) -> pd.DataFrame:
        """The scoreboard with the headings of the language; each criterion's heading says its weight."""
        weights = dict(zip(CRITERIA, self._weights(), strict=True))
        titles = {name: messages.text(f"plan.heading.{name}", lang=lang) for name in ("rank", "dataset", "points")}
        titles |= {
            name: messages.text(
                "plan.weighted", lang=lang, name=messages.text(f"plan.short.{name}", lang=lang), weight=w
            )
            for name, w in weights.items()
        }
        titles["chosen"] = messages.text("plan.heading.chosen", lang=lang)
        board = self.scoreboard()[list(titles)].round(1)
        yes, no = (messages.text(f"findings.bool.{word}", lang=lang) for word in ("yes", "no"))
        return board.assign(chosen=board["chosen"].map({True: yes, False: no})).rename(columns=titles)

    def sensitivity(
        self,
        top: int | None = None,
        *,
        draws: int = 1000,
        spread: float = 0.5,
        seed: int = _SEED,
        lang: str | None = None,
    ) -> pd.DataFrame:
        """How firm each place is when every weight is drawn anew within ± ``spread`` of itself.

        Args:
            top: how many places count as the top; without it as many as the plan has datasets, or five.
            draws: how many sets of weights.
            spread: 0.5 draws each weight between half and one and a half of itself.
            seed: the same seed gives the same table.
            lang: of the headings.

        Returns:
            Per dataset, best first: place, dataset, share of the draws among the top in per cent, best and worst place.
        """
        board = self.scoreboard()
        n = top or len(self.items) or min(5, len(board))
        scores = board[list(CRITERIA)].to_numpy(dtype="float64")
        share, best, worst = stability(scores, self._weights(), n, draws=draws, spread=spread, seed=seed)
        titles = {
            name: messages.text(f"plan.heading.{name}", lang=lang) for name in ("rank", "dataset", "best", "worst")
        }
        in_top = messages.text("plan.heading.in-top", lang=lang, n=n)
        return pd.DataFrame(
            {
                titles["rank"]: board["rank"],
                titles["dataset"]: board["dataset"],
                in_top: np.round(100 * share, 1),
                titles["best"]: best,
                titles["worst"]: worst,
            }
        )

    def picture(self) -> Figure:
        """The value and effort chart; `describe` says the same in words."""
        return picture.draw(self._dots())

    def describe(self) -> str:
        """The chart in words, for its alt text."""
        return picture.describe(self._dots())

    def chart(self, path: str | Path) -> str:
        """Write the value and effort chart (PNG, SVG or PDF by the name's ending) and return its alt text."""
        target = Path(path)
        try:
            self.picture().savefig(target, dpi=150)
        except (OSError, ValueError) as problem:
            raise KitError(error("plan.chart-not-written", Place(str(target)), reason=str(problem))) from None
        return self.describe()

    def _dots(self) -> list[Dot]:
        board = self.scoreboard()
        columns = (board[name].tolist() for name in ("rank", "dataset", "points", "effort", "chosen"))
        return [Dot(*values) for values in zip(*columns, strict=True)]

    def _weights(self) -> np.ndarray:
        weights = [self.weights.get(name, 1.0) for name in CRITERIA]
        return np.asarray(weights if any(weights) else [1.0] * len(CRITERIA))

    def _datasets(self) -> tuple[list[str], list[bool]]:
        """Every dataset there is to rank, and whether it has a public resource (assumed if no inventory says)."""
        if self._inventory is not None and len(self._inventory):
            known = self._inventory.datasets()
            return [str(name) for name in known["dataset"]], [bool(n) for n in known["public"] > 0]
        names = list(dict.fromkeys([*self.scores, *(item.dataset for item in self.items if item.dataset)]))
        return names, [True] * len(names)

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


def _last_day(month: str) -> str:
    """The last day of a month AAAA-MM as AAAA-MM-DD."""
    return str(pd.Period(month, freq="M").end_time.date()) if month else ""
