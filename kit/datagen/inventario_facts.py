"""What the inventory of Valle Abierto is made of: its truth, its columns, its titles and the offices' spellings."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

DATA = Path(__file__).parent / "data"
COLUMNS = ("responsible", "dataset", "resource", "description", "access", "reason", "platform", "date")
THEME = "theme"  # of each dataset: cadastre, mobility, security, resilience or other; no column of the template


@lru_cache
def facts() -> dict[str, Any]:
    """Titles, descriptions, layout of both files and spellings (``data/inventario.json``)."""
    found: dict[str, Any] = json.loads((DATA / "inventario.json").read_text(encoding="utf-8"))
    found["spellings"]["reserved"] = found["choices"][-1]
    return found


@lru_cache
def fields() -> pd.DataFrame:
    """Every column of every resource: type, both languages, constraints (``data/inventario_fields.csv``)."""
    return pd.read_csv(DATA / "inventario_fields.csv", encoding="utf-8", keep_default_na=False)


HEADERS: tuple[str, ...] = tuple(fields().loc[fields()["resource"] == "inventario", "name"])


def rows() -> pd.DataFrame:
    """The truth as its data file has it: the eight columns by the kit's names, and each dataset's theme."""
    return pd.read_csv(DATA / "inventario.csv", encoding="utf-8", dtype=str, keep_default_na=False)
