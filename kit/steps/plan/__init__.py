"""Step 04: priorities on the seven official criteria, and the opening plan on the official eleven-column template.

`Plan` ranks, judges and writes; `blank_scores` is the table to fill in; `calendar` gives the Guide's deadlines.
"""

from typing import Any

from kit.steps.examples import plan_example
from kit.steps.plan.facts import CRITERIA, FREQUENCIES, HEADERS, calendar, criteria, frequencies, frequency_code
from kit.steps.plan.model import Item, Plan
from kit.steps.plan.priorities import blank_scores

__all__ = [
    "CRITERIA",
    "FREQUENCIES",
    "HEADERS",
    "Item",
    "Plan",
    "blank_scores",
    "calendar",
    "criteria",
    "example",
    "frequencies",
    "frequency_code",
]


def example(theme: str = "cadastre") -> dict[str, Any]:
    """What Valle Abierto's working group decided for a theme: what `Plan.from_inventory` takes after the inventory.

    Raises:
        KeyError: for a theme without an example.
    """
    return plan_example(theme)
