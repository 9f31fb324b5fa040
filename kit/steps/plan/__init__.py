"""Step 04: priorities on the seven official criteria, and the opening plan on the official eleven-column template.

`Plan` ranks, judges and writes; `blank_scores` is the table to fill in; `calendar` gives the Guide's deadlines.
"""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

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


def example() -> dict[str, Any]:
    """What Valle Abierto's working group decided: the arguments of `Plan.from_inventory` after the inventory."""
    path = Path(__file__).parents[1] / "examples" / "plan.yaml"
    return dict(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
