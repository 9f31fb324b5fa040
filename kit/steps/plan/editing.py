"""A plan changed piece by piece, as a form does: one weight, one score, one dataset in or out, one field."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kit.findings import KitError, Place, error
from kit.models import Model
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan.facts import CRITERIA, last_day
from kit.steps.plan.priorities import a_score, a_weight
from kit.steps.plan.ranked import Item
from kit.steps.plan.scheduled import Scheduled
from kit.steps.readiness import Person


class Edited(Scheduled):
    """A scheduled plan that can be changed in place; whatever is blank or None takes a value away."""

    def use(self, inventory: Inventory | None) -> None:
        """Hold the plan against another inventory; nothing else changes."""
        self._inventory = inventory

    # -- priorities --------------------------------------------------------------------------------------------------

    def set_weight(self, criterion: str, value: Any) -> None:
        """The weight of a criterion; blank is 1 again.

        Raises:
            KitError: ``plan.unknown-criterion``, ``plan.weights``.
        """
        _known_criterion(criterion)
        self.weights = _with(self.weights, criterion, a_weight(value, criterion))

    def set_score(self, dataset: str, criterion: str, value: Any) -> None:
        """The score of a dataset on a criterion: 0 to 5, or yes and no.

        Raises:
            KitError: ``plan.unknown-criterion``, ``plan.score-unreadable``.
        """
        _known_criterion(criterion)
        name = self._spelling(dataset)
        of_dataset = _with(self.scores.get(name, {}), criterion, a_score(value, name))
        self.scores = _with(self.scores, name, of_dataset or None)

    def set_effort(self, dataset: str, value: Any) -> None:
        """What opening a dataset takes, from 1 (little) to 5 (much).

        Raises:
            KitError: ``plan.score-unreadable`` for what is no number.
        """
        name = self._spelling(dataset)
        self.effort = _with(self.effort, name, a_score(value, name))

    # -- datasets of the plan ----------------------------------------------------------------------------------------

    def choose(self, *datasets: str) -> None:
        """Put datasets into the plan, with description and date of the inventory; those in it stay as they are."""
        chosen = {fold(item.dataset) for item in self.items}
        new = [self._spelling(name) for name in datasets if fold(name) not in chosen]
        self.items = [*self.items, *(self.item_of(name) for name in dict.fromkeys(new))]

    def unchoose(self, *datasets: str) -> None:
        """Take datasets out of the plan; their scores stay."""
        gone = {fold(name) for name in datasets}
        self.items = [item for item in self.items if fold(item.dataset) not in gone]

    def choose_best(self, number: int) -> None:
        """Make the plan of the best public datasets; what was already agreed for one of them stays."""
        known = {fold(item.dataset): item for item in self.items}
        names = self.best(number)
        self.items = [known.get(fold(name)) or self.item_of(name) for name in names]

    def best(self, number: int | None = None) -> list[str]:
        """Names of the public datasets that have points, best first."""
        board = self.scoreboard()
        return [str(name) for name in board.loc[(board["points"] > 0) & board["public"], "dataset"]][:number]

    def set_item(self, which: int | str, **fields: Any) -> None:
        """Fields of a dataset of the plan: ``dataset``, ``description``, ``frequency`` (a word or a value), ``date``.

        Args:
            which: its position from 0, or its name.
            **fields: the new values.

        Raises:
            KitError: ``plan.no-such-item``, or for a field that there is not.
        """
        position = self._position(which)
        self.items[position] = Item.of({**self.items[position].model_dump(), **fields})

    def move_item(self, which: int | str, to: int) -> None:
        """Another place in the plan for a dataset, counted from 0."""
        items = list(self.items)
        moved = items.pop(self._position(which))
        items.insert(max(0, to), moved)
        self.items = items

    def item_of(self, dataset: str) -> Item:
        """A dataset as the inventory knows it: description of its first resource, last day of its month."""
        known = self._of_inventory(dataset)
        if known is None:
            return Item(dataset=dataset)
        return Item.of(
            dataset=str(known["dataset"]),
            description=str(known["description"]),
            date=last_day(str(known["month"])),
        )

    # -- the plan itself ---------------------------------------------------------------------------------------------

    def set_official(self, role: str, **fields: str) -> None:
        """Name, position or email of the "liaison" or the "administrator".

        Raises:
            KitError: ``plan.unknown-role``, or for a field that there is not.
        """
        known = ("liaison", "administrator")
        if role not in known:
            raise KitError(error("plan.unknown-role", names=[role], known=list(known)))
        person: Model | None = getattr(self, role)
        setattr(self, role, Person.of({**(person.model_dump() if person else {}), **fields}))

    # -- looking up --------------------------------------------------------------------------------------------------

    def _position(self, which: int | str) -> int:
        if isinstance(which, int) and 0 <= which < len(self.items):
            return which
        for position, item in enumerate(self.items):
            if not isinstance(which, int) and fold(item.dataset) == fold(which):
                return position
        names = [item.dataset for item in self.items] or ["-"]
        raise KitError(error("plan.no-such-item", Place(item=str(which)), value=str(which), known=names))

    def _spelling(self, dataset: str) -> str:
        """A dataset's name as the inventory, else the plan, spells it."""
        names, _ = self._datasets()
        return next((name for name in names if fold(name) == fold(dataset)), dataset.strip())

    def _of_inventory(self, dataset: str) -> pd.Series | None:
        if self._inventory is None:
            return None
        known = self._inventory.datasets()
        rows = known[[fold(str(name)) == fold(dataset) for name in known["dataset"]]]
        return None if rows.empty else rows.iloc[0]


def _known_criterion(name: str) -> None:
    if name not in CRITERIA:
        raise KitError(error("plan.unknown-criterion", names=[name], known=list(CRITERIA)))


def _with(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The values with another one; without the key if there is none."""
    changed = {**values, key: value}
    if value is None:
        del changed[key]
    return changed
