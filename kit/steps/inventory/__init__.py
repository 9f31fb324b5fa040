"""Step 03: the institutional data inventory, on the official eight-column template.

`Inventory` reads, judges, mends and writes one; `suggest` names typical datasets of a theme
and `suggestions` makes draft rows of them; `example` is that of Valle Abierto.
"""

from pathlib import Path

from kit.steps.inventory.proposals import Proposal, Proposals
from kit.steps.inventory.suggesting import THEMES, Suggestion, Suggestions, suggest, suggestions
from kit.steps.inventory.table import Inventory, Summary, template
from kit.steps.inventory.template import HEADERS, KEYS

__all__ = [
    "HEADERS",
    "KEYS",
    "THEMES",
    "Inventory",
    "Proposal",
    "Proposals",
    "Suggestion",
    "Suggestions",
    "Summary",
    "city",
    "example",
    "suggest",
    "suggestions",
    "template",
]


def city() -> Inventory:
    """The inventory of all offices of Valle Abierto as it should be, with the data of all four themes."""
    from kit.datagen import inventario  # with it come the libraries that draw a city

    return Inventory(inventario.truth(), file="inventario.csv")


def example(*, draft: bool = False) -> Path:
    """The file of Valle Abierto's inventory around its cadastre; ``draft`` as the offices sent it, with their slips."""
    name = "inventory-draft.csv" if draft else "inventory.csv"
    return Path(__file__).parents[1] / "examples" / name
