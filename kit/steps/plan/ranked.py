"""The datasets by points: the ranking, how firm it is, which weight would change it, and the value and effort chart."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pydantic import PrivateAttr, field_validator

from kit import messages
from kit.findings import KitError, Place, error
from kit.models import Model
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan import margins, picture
from kit.steps.plan.facts import CRITERIA, UNKNOWN_EFFORT, frequency_code
from kit.steps.plan.margins import Change
from kit.steps.plan.picture import Dot
from kit.steps.plan.priorities import matrix, points, ranks, stability
from kit.steps.plan.reading import Lines
from kit.steps.readiness import Person

_SEED = 20150618
FIRM = 0.95  # of the draws: then a place among the first is called firm
_TOP = 5  # how many places count as the first while the plan has no dataset


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


class Ranked(Model):
    """What a plan holds, and the ranking that follows from its scores and weights."""

    vision: str = ""
    liaison: Person | None = None  # Enlace Institucional de Datos Abiertos
    administrator: Person | None = None  # Administrador de Datos
    items: list[Item] = []
    weights: dict[str, float] = {}
    scores: dict[str, dict[str, float]] = {}
    effort: dict[str, float] = {}
    start: dt.date | None = None  # the day from which dates count; without it today
    guide: Literal["2015", "2017"] = "2015"  # the revision whose deadlines count
    _inventory: Inventory | None = PrivateAttr(default=None)
    _lines: Lines | None = PrivateAttr(default=None)  # where the items stand in the file that they were read from

    @property
    def inventory(self) -> Inventory | None:
        """The inventory behind the plan, if it is known."""
        return self._inventory

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
        board, scores = self._board()
        n = self._top(top)
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

    def tipping(self, top: int | None = None, lang: str | None = None) -> pd.DataFrame:
        """What one single weight would have to be before a dataset leaves the first places, or comes among them.

        Args:
            top: how many places count as the first; without it as many as the plan has datasets, or five.
            lang: of the headings.

        Returns:
            Per dataset, best first: place, dataset, criterion, its weight now, the weight needed, what would happen.
        """
        board, scores = self._board()
        n = self._top(top)
        heads = ("rank", "dataset", "criterion", "weight", "needed", "effect")
        rows = []
        changes = margins.tipping(scores, self._weights(), n)
        for place, name, change in zip(board["rank"], board["dataset"], changes, strict=True):
            effect = "leaves" if place <= n else "enters"
            rows.append((place, name, *_words_of(change, effect if change else "", n, lang)))
        return pd.DataFrame(rows, columns=[messages.text(f"plan.heading.{name}", lang=lang) for name in heads])

    def firmness(self, top: int | None = None, lang: str | None = None) -> str:
        """In a few sentences: what would change first and second, who is firmly among the first, who is least so.

        Args:
            top: how many places count as the first; without it as many as the plan has datasets, or five.
            lang: "es" or "en"; else the language in force.
        """
        board, scores = self._board()
        n, weights = self._top(top), self._weights()
        if len(board) < 2 or not scores.any():
            return messages.text("plan.firm.nothing", lang=lang)
        names = [str(name) for name in board["dataset"]]
        share, _, _ = stability(scores, weights, n, draws=1000, spread=0.5, seed=_SEED)
        scored = [bool(row.any()) for row in scores]  # those without a point share one place, be it among the first
        firm = [name for name, part, some in zip(names, share, scored, strict=True) if part >= FIRM and some]
        said = [
            self._about_the_first_two(board, scores, lang),
            messages.text("plan.firm.firm" if firm else "plan.firm.none", lang=lang, n=len(firm), top=n, names=firm),
        ]
        near = [
            (change.size, row, change)
            for row, change in enumerate(margins.tipping(scores, weights, n))
            if change and board["rank"][row] <= n < len(board)
        ]
        if near:
            _, row, change = min(near)
            way = "up" if change.needed > change.now else "down"
            said.append(_sentence(f"plan.firm.weakest-{way}", change, lang, name=names[row], top=n))
        return " ".join(said)

    def _about_the_first_two(self, board: pd.DataFrame, scores: np.ndarray, lang: str | None) -> str:
        first, second = (str(name) for name in board["dataset"][:2])
        if board["rank"][1] == 1:
            return messages.text("plan.firm.tie", lang=lang, first=first, second=second)
        change = margins.swap(scores, self._weights(), 0, 1)
        if change is None:
            return messages.text("plan.firm.no-swap", lang=lang, first=first, second=second)
        return _sentence("plan.firm.swap", change, lang, first=first, second=second)

    def _board(self) -> tuple[pd.DataFrame, np.ndarray]:
        board = self.scoreboard()
        return board, board[list(CRITERIA)].to_numpy(dtype="float64")

    def _top(self, top: int | None) -> int:
        return top or len(self.items) or _TOP

    def chart_table(self, lang: str | None = None) -> pd.DataFrame:
        """The chart as a table: the number of the dot, dataset, value, effort, quarter, whether it is in the plan."""
        heads = ("number", "dataset", "points", "effort", "quarter", "chosen")
        yes, no = (messages.text(f"findings.bool.{word}", lang=lang) for word in ("yes", "no"))
        rows = [
            (
                number,
                dot.dataset,
                round(dot.value, 1),
                dot.effort,
                messages.text(f"plan.quarter.{dot.quarter}", lang=lang),
                yes if dot.chosen else no,
            )
            for number, dot in enumerate(self._dots(), 1)
        ]
        return pd.DataFrame(rows, columns=[messages.text(f"plan.heading.{name}", lang=lang) for name in heads])

    def picture(self) -> Figure:
        """The value and effort chart of what was scored; `describe` says the same in words."""
        return picture.draw(self._dots())

    def describe(self) -> str:
        """The chart in words, for its alt text, and how many datasets it leaves out."""
        dots = self._dots()
        left = len(self.scoreboard()) - len(dots)
        words = picture.describe(dots)
        return f"{words} {messages.text('plan.chart.left-out', n=left)}" if left else words

    def chart(self, path: str | Path) -> str:
        """Write the value and effort chart (PNG, SVG or PDF by the name's ending) and return its alt text."""
        target = Path(path)
        try:
            self.picture().savefig(target, dpi=150)
        except (OSError, ValueError) as problem:
            raise KitError(error("plan.chart-not-written", Place(str(target)), reason=str(problem))) from None
        return self.describe()

    def _dots(self) -> list[Dot]:
        """The datasets that somebody judged or chose: the others would all lie on one spot."""
        board = self.scoreboard()
        judged = board["dataset"].isin({*self.scores, *self.effort}) | board["chosen"].astype(bool)
        board = board[judged]
        columns = (board[name].tolist() for name in ("rank", "dataset", "points", "effort", "chosen"))
        return [Dot(*values) for values in zip(*columns, strict=True)]

    def _weights(self) -> np.ndarray:
        weights = [max(0.0, self.weights.get(name, 1.0)) for name in CRITERIA]
        return np.asarray(weights if any(weights) else [1.0] * len(CRITERIA))

    def _datasets(self) -> tuple[list[str], list[bool]]:
        """Every dataset there is to rank, and whether it has a public resource (assumed if no inventory says)."""
        if self._inventory is not None and len(self._inventory):
            known = self._inventory.datasets()
            return [str(name) for name in known["dataset"]], [bool(n) for n in known["public"] > 0]
        names = list(dict.fromkeys([*self.scores, *(item.dataset for item in self.items if item.dataset)]))
        return names, [True] * len(names)


def _words_of(change: Change | None, effect: str, top: int, lang: str | None) -> tuple[str, ...]:
    """The cells of a table that say a change of one weight."""
    if change is None:
        return "-", "-", "-", messages.text("plan.effect.none", lang=lang)
    name = messages.text(f"plan.short.{CRITERIA[change.criterion]}", lang=lang)
    figures = (messages.number(value, lang, "2") for value in (change.now, change.needed))
    return name, *figures, messages.text(f"plan.effect.{effect}", lang=lang, top=top)


def _sentence(key: str, change: Change, lang: str | None, **params: object) -> str:
    return messages.text(
        key,
        lang=lang,
        criterion=messages.text(f"plan.short.{CRITERIA[change.criterion]}", lang=lang),
        now=round(change.now, 2),
        needed=round(change.needed, 2),
        **params,
    )
