"""The worked case of Valle Abierto: what its officials wrote in each planning step, in both languages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from kit import messages

_FOLDER = Path(__file__).parent


def example(step: str, lang: str | None = None) -> dict[str, Any]:
    """The plain data of "readiness", "problem", "theory" or "impact", ready for the step's model.

    Raises:
        KeyError: for a step without an example.
    """
    return dict(_all(lang or messages.current_language())[step])


@lru_cache(maxsize=2)
def _all(lang: str) -> dict[str, Any]:
    content = (_FOLDER / f"valle-abierto.{lang}.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe", pure=True).load(content))


def catalog_example() -> dict[str, Any]:
    """How Valle Abierto described its catalogue and parcels: the data of "catalog" and "dataset", in both languages."""
    content = (_FOLDER / "catalog.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe", pure=True).load(content))
