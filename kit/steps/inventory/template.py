"""The official inventory template: its eight columns, its choices, and how it is written as CSV and XLSX."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kit.steps.official import Column, Sheet
from kit.words import unaccented

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "template.json").read_text(encoding="utf-8"))
COLUMNS = tuple(Column.of(column) for column in FACTS["columns"])
KEYS = tuple(column.key for column in COLUMNS)
HEADERS = tuple(column.header for column in COLUMNS)
MANDATORY = tuple(column.key for column in COLUMNS if column.mandatory)
PARENTS: tuple[str, ...] = tuple(FACTS["parents"])
NAMING = ("dataset", "resource", "description")  # the columns that say what the data are
REASONS: tuple[str, ...] = tuple(FACTS["reasons"])
ACCESS: dict[str, str] = FACTS["access"]
PLACEHOLDER: str = FACTS["placeholder"]
NOT_APPLICABLE: str = FACTS["not_applicable"]
_HEADER_OF = dict(zip(KEYS, HEADERS, strict=True))
_SPANISH = str.maketrans("áéíóúüñ", "aeiouun")  # the signs of nearly every cell, so that the long way is for few
_BETWEEN = "\x1f"  # no cell holds it
_SIGNS_BETWEEN = re.compile(rf"[^0-9a-z{_BETWEEN}]+")
_SIGNS = re.compile(r"[^0-9a-z]+")


def header(key: str) -> str:
    """The published header of a column: ``header("dataset")`` is "Nombre del conjunto".

    Raises:
        KeyError: for a name that is neither a key nor a header.
    """
    return key if key in HEADERS else _HEADER_OF[key]


def fold(words: str) -> str:
    """Words for comparing: lower case, no accents, letters and digits only, single blanks."""
    words = words.lower().translate(_SPANISH)
    return _SIGNS.sub(" ", words if words.isascii() else unaccented(words)).strip()


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` for many texts in one pass; they hold no control characters."""
    words = _BETWEEN.join(texts).lower().translate(_SPANISH)
    if not words.isascii():
        words = _BETWEEN.join(part if part.isascii() else unaccented(part) for part in words.split(_BETWEEN))
    return [part.strip() for part in _SIGNS_BETWEEN.sub(" ", words).split(_BETWEEN)] if len(texts) else []


def official_sheets(table: pd.DataFrame) -> list[Sheet]:
    """The two sheets of the template: the inventory with the drop-down of column F, and the data dictionary."""
    dictionary = FACTS["dictionary"]
    meanings = pd.DataFrame([(c.header, c.meaning) for c in COLUMNS], columns=dictionary["headers"])
    return [
        Sheet(
            FACTS["sheet"],
            table,
            [column.width for column in COLUMNS],
            {header("reason"): (PLACEHOLDER, *REASONS)},
        ),
        Sheet(dictionary["sheet"], meanings, dictionary["widths"]),
    ]
