"""Typical datasets of a theme, for a city that does not know where to start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from kit import messages
from kit.findings import KitError, error

_FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "suggestions.json").read_text(encoding="utf-8"))["themes"]
THEMES: tuple[str, ...] = tuple(_FACTS)


def suggest(theme: str, lang: str | None = None) -> pd.DataFrame:
    """Datasets that a city hall usually has for a theme: name, the standard behind it, and who usually holds it.

    Args:
        theme: one of `THEMES`, or its Spanish name.
        lang: "es" or "en"; else the language in force.

    Raises:
        KitError: ``inventory.unknown-theme``.
    """
    chosen = lang or messages.current_language()
    wanted = theme.strip().lower()
    facts = next((f for name, f in _FACTS.items() if wanted in (name, *f["aliases"])), None)
    if facts is None:
        raise KitError(error("inventory.unknown-theme", theme=theme, themes=list(THEMES)))
    head = [messages.text(f"inventory.heading.{name}", lang=chosen) for name in ("dataset", "standard", "holder")]
    return pd.DataFrame([entry[chosen] for entry in facts["datasets"]], columns=head)
