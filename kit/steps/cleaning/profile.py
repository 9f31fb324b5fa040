"""The profile of a table: per column what it holds, how much is missing, how many values, the range, examples."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kit import messages
from kit.steps.cleaning.state import Field, State

NAMES = ["column", "kind", "rows", "missing", "missing_share", "distinct", "lowest", "highest", "examples"]
_EXAMPLES = 4


def profile(state: State, lang: str | None = None) -> pd.DataFrame:
    """One row per column, in the table's order; headings and kinds in the language in force or ``lang``."""
    table = pd.DataFrame([_column(state, column, lang) for column in state.fields.values()], columns=NAMES)
    return table.rename(columns=lambda name: messages.text(f"cleaning.profile.{name}", lang=lang))


def _column(state: State, column: Field, lang: str | None) -> dict[str, Any]:
    cells = state.frame[column.name]
    values = cells.dropna()
    counts = values.value_counts()
    lowest, highest = _range(column, values)
    return {
        "column": column.name,
        "kind": messages.text(f"cleaning.kind.{column.kind}", lang=lang),
        "rows": len(cells),
        "missing": int(cells.isna().sum()),
        "missing_share": float(cells.isna().mean()) if len(cells) else 0.0,
        "distinct": len(counts),
        "lowest": lowest,
        "highest": highest,
        "examples": ", ".join(map(str, counts.index[:_EXAMPLES])),
    }


def _range(column: Field, values: pd.Series) -> tuple[Any, Any]:
    """The least and the greatest value, as numbers where the column is one."""
    if column.kind == "number":
        numbers = pd.to_numeric(values, errors="coerce").dropna()
        return (float(numbers.min()), float(numbers.max())) if len(numbers) else (None, None)
    return (values.min(), values.max()) if len(values) else (None, None)


def facet(state: State, column: str) -> pd.Series:
    """How often each value stands in a column, the most frequent first (what OpenRefine calls a text facet)."""
    return state.frame[column].value_counts(dropna=False).rename("n")
