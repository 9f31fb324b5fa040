"""The worked cases of Valle Abierto: what its officials wrote in each planning step, per theme and in both languages.

The readiness is one for the whole city. Each theme has a chain of its own: a problem, the theory of change that begins
with it, the plan, and the impact that is held against it; the data that its actions need are datasets of the city's
inventory. `overview` lays the four beside each other.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from kit import messages
from kit.findings import KitError, Place, error
from kit.words import unaccented

THEMES = ("cadastre", "mobility", "security", "resilience")
_FOLDER = Path(__file__).parent
_CITY = "readiness"
_NAMES: dict[str, list[str]] = json.loads((_FOLDER / "themes.json").read_text(encoding="utf-8"))


def theme_key(word: str) -> str:
    """The theme of `THEMES` that a word names, in Spanish or English, with or without accents and capitals.

    Raises:
        KitError: ``examples.unknown-theme``.
    """
    wanted = " ".join(unaccented(word).lower().split())
    for theme in THEMES:
        if wanted == theme or wanted in _NAMES[theme]:
            return theme
    raise KitError(
        error("examples.unknown-theme", Place(item="theme"), given=word, known=[theme_name(t) for t in THEMES])
    )


def theme_name(theme: str, lang: str | None = None) -> str:
    """What people call a theme."""
    return messages.text(f"examples.theme.{theme}", lang=lang)


def example(step: str, lang: str | None = None, theme: str = "cadastre") -> dict[str, Any]:
    """The plain data of "readiness", "problem", "theory" or "impact", ready for the step's model.

    Args:
        step: the name of the step.
        lang: "es" or "en"; without it the language in force.
        theme: one of `THEMES`, or its Spanish name; the readiness is the same for all.

    Raises:
        KeyError: for a step without an example.
        KitError: ``examples.unknown-theme``.
    """
    key = theme_key(theme)
    name = "valle-abierto" if step == _CITY else key
    return dict(copy.deepcopy(_read(f"{name}.{lang or messages.current_language()}.yaml")[step]))


def plan_example(theme: str = "cadastre") -> dict[str, Any]:
    """What the working group decided for a theme: the arguments of `Plan.from_inventory` after the inventory.

    Raises:
        KitError: ``examples.unknown-theme``.
    """
    return copy.deepcopy(_read(f"plan-{theme_key(theme)}.yaml"))


def catalog_example() -> dict[str, Any]:
    """How Valle Abierto described its catalogue and parcels: the data of "catalog" and "dataset", in both languages."""
    return copy.deepcopy(_read("catalog.yaml"))


def overview(step: str) -> pd.DataFrame:
    """The four worked cases of a step in short, one row per theme, with headings in the language in force.

    Args:
        step: "problem", "theory" or "impact".

    Raises:
        KeyError: for another step.
    """
    columns, row = _IN_SHORT[step]
    head = [messages.text(f"examples.heading.{name}") for name in columns]
    index = pd.Index([theme_name(theme) for theme in THEMES], name=messages.text("examples.heading.theme"))
    return pd.DataFrame([row(theme) for theme in THEMES], columns=head, index=index)


def _problem_row(theme: str) -> tuple[str, ...]:
    case = example("problem", theme=theme)
    measure = case["measure"]
    return case["statement"], f"{messages.number(measure['baseline'])} {measure['unit']}", case["whys"][-1]


def _theory_row(theme: str) -> tuple[str, ...]:
    case = example("theory", theme=theme)
    action = case["actions"][0]
    moved = next(one for one in case["indicators"] if one["name"] == action["leads_to"][0])
    data = "; ".join(need["name"] for need in action["data"])
    way = messages.text("examples.way", start=moved["baseline"], end=moved["target"], unit=moved["unit"])
    assumed = next(one["statement"] for one in case["assumptions"] if one["link"] == "indicators")
    return action["name"], data, f"{moved['name']}: {way}", assumed


def _impact_row(theme: str) -> tuple[str, ...]:
    case, first = example("impact", theme=theme), example("theory", theme=theme)["indicators"][0]
    values = [value for value in case["follow_ups"] if value["indicator"] == first["name"]]
    latest = max(values, key=lambda value: value["date"])["value"]
    way = messages.text("examples.way", start=first["baseline"], end=latest, unit=first["unit"])
    return case["story"]["title"], f"{first['name']}: {way}", f"{case['reuses'][0]['who']}: {case['reuses'][0]['what']}"


_IN_SHORT = {
    "problem": (("statement", "baseline", "root"), _problem_row),
    "theory": (("action", "data", "indicator", "assumption"), _theory_row),
    "impact": (("story", "reached", "reuse"), _impact_row),
}


@cache
def _read(name: str) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load((_FOLDER / name).read_text(encoding="utf-8")))
