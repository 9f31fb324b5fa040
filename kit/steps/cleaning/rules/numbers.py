"""Rules on numbers: signs and units out of the cell, the decimal comma, hectares among square metres."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from kit.findings import Finding, error, warning
from kit.steps.cleaning.proposals import Draft, examples, proposal_id, rule
from kit.steps.cleaning.state import Field, State
from kit.words import unaccented

_PLAIN = r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_BODY = re.compile(
    r"^(?P<open>\()?\s*(?P<minus>-)?\s*(?P<money>\$|US\$|MXN\s*\$?|MX\$)?\s*(?P<minus2>-)?\s*"
    r"(?P<body>[0-9][0-9.,' \u00a0\u2009\u202f]*|[.,][0-9]+)\s*"
    r"(?P<unit>[A-Z%°².0-9/]*(?:\s[A-Z.]+)?)\s*(?P<close>\))?$",
    re.IGNORECASE,
)
_UNITS = {
    **dict.fromkeys(["", "MXN", "MN", "M.N.", "M.N", "PESOS", "PESOS MXN", "%"], Decimal(1)),
    **dict.fromkeys(["M2", "M²", "MTS2", "MT2", "MTS", "MTS.", "M", "M.", "METROS", "METROS CUADRADOS"], Decimal(1)),
    **dict.fromkeys(["KM", "KM2", "KMS", "PERSONAS", "PZAS", "KG", "L", "LITROS"], Decimal(1)),
}
_HECTARES = {"HA", "HAS", "HA.", "HAS.", "HECTAREA", "HECTAREAS"}
_HECTARE = Decimal(10_000)  # m²


@dataclass(frozen=True)
class Reading:
    """How one cell reads as a number: plain text of it, and what had to be decided for that."""

    text: str
    how: str  # "symbols", "decimal-comma", "thousands-or-decimals", "hectares"


def read_number(cell: str, unit: str | None = None) -> Reading | None:
    """The number that a cell means, or None if it means none.

    ``1,234`` is read as thousands, as Mexican offices write it, but the reading is marked as one of two.
    """
    match = _BODY.match(cell.strip())
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    word = unaccented(match["unit"]).upper().strip()
    hectares = word in _HECTARES
    if not (hectares or word in _UNITS):
        return None
    body = re.sub(r"[' \u00a0\u2009\u202f]", "", match["body"]).rstrip(".,")
    plain, how = _separators(body)
    if plain is None:
        return None
    if match["open"] or match["minus"] or match["minus2"]:
        plain = f"-{plain}"
    if hectares and unit == "m2":
        return Reading(decimal_text(Decimal(plain) * _HECTARE), "hectares")
    return Reading(plain, how)


def _separators(body: str) -> tuple[str | None, str]:
    """The body with a point for the decimals and nothing for the thousands, and what was decided."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        decimal, thousands = (".", ",") if body.rfind(".") > body.rfind(",") else (",", ".")
        whole, _, rest = body.rpartition(decimal)
        if decimal in whole or not _grouped(whole, thousands):
            return None, ""
        return f"{whole.replace(thousands, '')}.{rest}", "symbols" if decimal == "." else "decimal-comma"
    if commas == 1 and not dots:
        whole, _, rest = body.partition(",")
        if len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0":
            return whole + rest, "thousands-or-decimals"
        return f"{whole or '0'}.{rest}", "decimal-comma"
    if commas > 1 or dots > 1:
        sign = "," if commas else "."
        return (body.replace(sign, ""), "symbols") if _grouped(body, sign) else (None, "")
    return body, "symbols"


def _grouped(whole: str, sign: str) -> bool:
    groups = whole.split(sign)
    return 1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:]) and "".join(groups).isdigit()


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _readings(state: State, column: Field, *hows: str) -> pd.Series:
    """The new text of the cells that are not plain numbers and read in one of the given ways."""
    values = state.values(column.name)
    odd = values[~values.str.fullmatch(_PLAIN)]
    read = {cell: read_number(cell, column.unit) for cell in odd.unique()}
    new = odd.astype(object).map({c: r.text for c, r in read.items() if r and r.how in hows and r.text != c})
    return new[new.notna()]


@rule("number-symbols", "number")
def number_symbols(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Currency signs, thousands commas, blanks and units inside the cell: the unit belongs to the column's name."""
    new = _readings(state, column, "symbols")
    if not len(new):
        return
    finding = warning(
        "cleaning.number-symbols",
        state.place(column.name, new.index),
        n=len(new),
        examples=[" → ".join(p) for p in examples(state.frame.loc[new.index, column.name], new)],
        proposal=proposal_id("number-symbols", column.name),
    )
    yield Draft(finding, new, certain=True, column=column.name)


@rule("number-decimal-comma", "number")
def number_decimal_comma(state: State, column: Field) -> Iterator[Draft | Finding]:
    """A comma before the decimals ("123,45", "1.234,56"): no thousands are grouped by other than three digits."""
    new = _readings(state, column, "decimal-comma")
    if not len(new):
        return
    finding = warning(
        "cleaning.number-decimal-comma",
        state.place(column.name, new.index),
        n=len(new),
        examples=[" → ".join(p) for p in examples(state.frame.loc[new.index, column.name], new)],
        proposal=proposal_id("number-decimal-comma", column.name),
    )
    yield Draft(finding, new, certain=True, column=column.name)


@rule("number-thousands", "number")
def number_thousands(state: State, column: Field) -> Iterator[Draft | Finding]:
    """One comma with three digits after it: thousands, unless the column also writes decimals with a comma."""
    new = _readings(state, column, "thousands-or-decimals")
    if not len(new):
        return
    values = state.values(column.name)
    commas = values.str.contains(r",[0-9]{1,2}(?:[^0-9]|$)|,[0-9]{4,}", regex=True).any()
    finding = warning(
        "cleaning.number-thousands",
        state.place(column.name, new.index),
        n=len(new),
        examples=[" → ".join(p) for p in examples(values.loc[new.index], new)],
        proposal=proposal_id("number-thousands", column.name),
    )
    yield Draft(finding, new, certain=not commas, column=column.name)


@rule("number-hectares-written", "number")
def number_hectares_written(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Areas with "ha" written in the cell of a column in square metres."""
    new = _readings(state, column, "hectares")
    if not len(new):
        return
    finding = warning(
        "cleaning.hectares-written",
        state.place(column.name, new.index),
        n=len(new),
        examples=[" → ".join(p) for p in examples(state.frame.loc[new.index, column.name], new)],
        proposal=proposal_id("number-hectares-written", column.name),
    )
    yield Draft(finding, new, certain=True, column=column.name)


@rule("area-hectares", "number")
def area_hectares(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Areas in hectares among square metres, proved by the parcel's own geometry, or by the column's distribution."""
    if column.unit != "m2":
        return
    values = state.values(column.name)
    plain = values[values.str.fullmatch(_PLAIN)]
    numbers = pd.to_numeric(plain)
    numbers = numbers[numbers > 0]
    chosen, measured = _hectares(numbers, state.measured_areas())
    if not chosen.any():
        return
    cells = plain.loc[numbers.index[chosen]]
    new = pd.Series([decimal_text(Decimal(cell) * _HECTARE) for cell in cells], index=cells.index, dtype=object)
    place, proposal = state.place(column.name, new.index), proposal_id("area-hectares", column.name)
    pairs = [" → ".join(p) for p in examples(cells, new)]
    finding = (
        warning("cleaning.hectares-measured", place, n=len(new), examples=pairs, proposal=proposal)
        if measured
        else warning("cleaning.hectares-likely", place, n=len(new), examples=pairs, proposal=proposal)
    )
    yield Draft(finding, new, certain=False, column=column.name)


def _hectares(numbers: pd.Series, measured: pd.Series | None) -> tuple[pd.Series, bool]:
    """Which areas are in hectares, and whether the polygons themselves show it."""
    none = pd.Series(False, index=numbers.index)
    if len(numbers) < 20:
        return none, False
    low, middle, high = numbers.quantile([0.02, 0.5, 0.995])
    by_values = (numbers < low) & (numbers < middle / 100) & (numbers * 10_000).between(low, high)
    if middle < 20:  # such a column is in hectares as a whole, or not in square metres at all
        by_values = none
    if measured is None:
        return by_values, False
    measured = measured.reindex(numbers.index)
    ratio = numbers * 10_000 / measured
    followed = (numbers / measured).between(0.5, 2).mean()
    by_geometry = ratio.between(0.5, 2) & (np.log10(measured / numbers) > 3)
    if followed < 0.5:  # a column of another area than the polygon's (construction) is no match for it
        return by_values, False
    return by_geometry | (by_values & measured.isna()), True


@rule("number-check", "number", check=True)
def number_check(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Cells that are still no number, and areas or amounts below zero."""
    values = state.values(column.name)
    plain = values.str.fullmatch(_PLAIN)
    odd = values[~plain]
    if len(odd):
        yield error(
            "cleaning.number-unreadable",
            state.place(column.name, odd.index),
            n=len(odd),
            examples=list(odd.unique()[:3]),
        )
    if column.unit in {"m2", "MXN"}:
        below = values[plain & values.str.startswith("-")]
        if len(below):
            yield warning(
                "cleaning.number-negative",
                state.place(column.name, below.index),
                n=len(below),
                examples=list(below.unique()[:3]),
            )
