"""Step 04: priorities on the seven official criteria, and the opening plan on the official eleven-column template.

`Plan` ranks, judges, dates and writes; `blank_scores` is the table to fill in; `calendar` gives the Guide's deadlines.
"""

from typing import Any

from kit.steps.examples import plan_example
from kit.steps.plan.facts import (
    CRITERIA,
    FREQUENCIES,
    HEADERS,
    REVISIONS,
    calendar,
    criteria,
    frequencies,
    frequency_code,
    work_steps,
)
from kit.steps.plan.model import Plan
from kit.steps.plan.priorities import blank_scores
from kit.steps.plan.ranked import Item

__all__ = [
    "CRITERIA",
    "FREQUENCIES",
    "HEADERS",
    "REVISIONS",
    "Item",
    "Plan",
    "blank_scores",
    "calendar",
    "criteria",
    "example",
    "frequencies",
    "frequency_code",
    "work_steps",
]


def example(theme: str = "cadastre") -> dict[str, Any]:
    """What Valle Abierto's working group decided: the arguments of `Plan.from_inventory` after the inventory.

    Args:
        theme: one of `kit.steps.examples.THEMES`.

    Raises:
        KeyError: for another theme.
    """
    return plan_example(theme)
