"""Choices that depend on what was written: names of datasets in the inventory, indicators, whys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kit import messages
from kit.findings import KitError
from kit.forms import paths
from kit.forms.session import Session
from kit.portfolio import Portfolio
from kit.steps.base import StepModel, shorten
from kit.steps.inventory import Inventory
from kit.steps.theory import Theory

Option = dict[str, Any]
_MOST = 400


class Options:
    """What a form offers, made again when its session or another step's file has changed."""

    def __init__(self, step: str, session: Session) -> None:
        self._session = session
        self._makers: dict[str, Callable[[], list[Option]]] = {
            "problem": {"explained": self._explained},
            "theory": {"ends": self._ends, "datasets": self._datasets, "holders": self._holders},
            "impact": {"indicators": self._indicators, "datasets": self._datasets},
        }.get(step, {})
        self._inventory: tuple[float, dict[str, str]] = (0.0, {})

    def data(self) -> dict[str, list[Option]]:
        """Each list of choices by name."""
        return {name: make() for name, make in self._makers.items()}

    def _explained(self) -> list[Option]:
        whys = self._session.get("whys") or []
        first = {"value": 0, "label": messages.text("forms.explained.problem")}
        rest = [{"value": n, "label": f"{n}. {shorten(str(why))}"} for n, why in enumerate(whys, 1) if why]
        return [first, *rest]

    def _ends(self) -> list[Option]:
        model = self._session.model
        return _plain([record.name for box in (model.indicators, model.actions) for record in box])

    def _indicators(self) -> list[Option]:
        theory = loaded(Theory, self._session.portfolio)
        return _plain(indicator.name for indicator in theory.indicators) if theory else []

    def _datasets(self) -> list[Option]:
        return _plain(sorted(self._of_inventory()))

    def _holders(self) -> list[Option]:
        return _plain(sorted(set(self._of_inventory().values())))

    def also(self, path: str, value: Any) -> list[tuple[str, Any]]:
        """What goes into other fields with a value: the area that holds a dataset, if none is written."""
        holder = f"{paths.parent(path)}.holder"
        if paths.pattern(path) != "actions.data.name" or self._session.get(holder):
            return []
        known = self._of_inventory().get(str(value).strip(), "")
        return [(holder, known)] if known else []

    def _of_inventory(self) -> dict[str, str]:
        """The datasets of the inventory and who holds each."""
        portfolio = self._session.portfolio
        path = portfolio.path(Inventory.csv)
        when = path.stat().st_mtime if path.is_file() else 0.0
        if when != self._inventory[0]:
            self._inventory = (when, _holders_of(portfolio) if when else {})
        return self._inventory[1]


def _holders_of(portfolio: Portfolio) -> dict[str, str]:
    try:
        inventory = Inventory.load(portfolio)
    except KitError:
        return {}
    names, holders = (inventory.column(name).astype(str) for name in ("dataset", "responsible"))
    return {name: holder for name, holder in zip(names, holders, strict=True) if name}


def loaded(model: type[StepModel], portfolio: Portfolio) -> Any:
    """What another step left; None if it is not done or cannot be read."""
    if not portfolio.exists(model.file):
        return None
    try:
        return model.from_portfolio(portfolio)
    except KitError:
        return None


def _plain(names: Iterable[str]) -> list[Option]:
    return [{"value": name, "label": name} for name in dict.fromkeys(names) if name][:_MOST]
