"""The questions of lessons 03 and 04."""

from __future__ import annotations

from kit.checks.core import Choice, Number
from kit.steps.inventory import Inventory
from kit.steps.plan import Plan
from kit.steps.plan.ranked import FIRM


def closed_resources(inventory: Inventory) -> Number:
    """How many resources of the inventory are not public (restricted or private)."""
    summary = inventory.summary()
    return Number("03-closed", float(summary.restricted + summary.private))


def firm_place(plan: Plan) -> Choice:
    """A dataset that is firmly among the first: one of those that `Plan.firmness` names."""
    table = plan.sensitivity(lang="es")
    share = table.iloc[:, 2]
    names = table.iloc[:, 1].astype(str)
    return Choice("04-firm", right=names[share >= 100 * FIRM].tolist(), choices=names.tolist())


which_resource = Choice("03-resource", right="B", choices="ABC")
how_often = Choice("04-frequency", right="C", choices="ABC")
