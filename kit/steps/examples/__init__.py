"""The worked cases of Valle Abierto: what its officials wrote in each planning step, per theme and in both languages.

The readiness is one for the whole city. Each theme has a chain of its own: a problem, the theory of change that begins
with it, the plan, and the impact that is held against it; the data that its actions need are datasets of the city's
inventory.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from kit import messages

THEMES = ("cadastre", "mobility", "security", "resilience")
_FOLDER = Path(__file__).parent
_CITY = "readiness"


def example(step: str, lang: str | None = None, theme: str = "cadastre") -> dict[str, Any]:
    """The plain data of "readiness", "problem", "theory" or "impact", ready for the step's model.

    Args:
        step: the name of the step.
        lang: "es" or "en"; without it the language in force.
        theme: one of `THEMES`; the readiness is the same for all.

    Raises:
        KeyError: for a step or a theme without an example.
    """
    if theme not in THEMES:
        raise KeyError(theme)
    name = "valle-abierto" if step == _CITY else theme
    return dict(copy.deepcopy(_read(f"{name}.{lang or messages.current_language()}.yaml")[step]))


def plan_example(theme: str = "cadastre") -> dict[str, Any]:
    """What the working group decided for a theme: the arguments of `Plan.from_inventory` after the inventory.

    Raises:
        KeyError: for a theme without an example.
    """
    if theme not in THEMES:
        raise KeyError(theme)
    return copy.deepcopy(_read(f"plan-{theme}.yaml"))


def catalog_example() -> dict[str, Any]:
    """How Valle Abierto described its catalogue and parcels: the data of "catalog" and "dataset", in both languages."""
    return copy.deepcopy(_read("catalog.yaml"))


@cache
def _read(name: str) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load((_FOLDER / name).read_text(encoding="utf-8")))
