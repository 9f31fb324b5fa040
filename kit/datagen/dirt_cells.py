"""The makers of cell defects: how a clean text becomes what offices really write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kit import keys
from kit.datagen.defects import Drawn, Strike, registrar, words
from kit.words import unaccented

CellMaker = Callable[[Strike], Drawn]
CELL_DEFECTS: dict[str, CellMaker] = {}
cell_defect = registrar(CELL_DEFECTS)

_EXCEL_EPOCH = np.datetime64("1899-12-30")


def _respelled(values: np.ndarray, spell: Callable[[str], str]) -> np.ndarray:
    """``spell`` applied once per distinct value."""
    distinct, inverse = np.unique(values.astype(str), return_inverse=True)
    return np.array([spell(text) for text in distinct], dtype=object)[inverse]


def _one_of(values: np.ndarray, spellings: dict[str, list[str]], rng: np.random.Generator) -> np.ndarray:
    """For each value one of its ``spellings``."""
    draw = rng.integers(0, 1 << 30, len(values))
    return np.array([spellings[v][d % len(spellings[v])] for v, d in zip(values, draw, strict=True)], dtype=object)


@cell_defect("duplicate-key")
def duplicate_key(strike: Strike) -> Drawn:
    """The key of the next parcel; that one stays clean, so each repeated key stands exactly twice."""
    even = np.arange(len(strike.values)) % 2 == 0
    even[-1] = False
    pair = strike.free.copy()
    pair[:-1] &= strike.free[1:]
    rows = strike.pick(even & pair)
    return Drawn(rows, strike.values[rows + 1], protected=rows + 1)


@cell_defect("key-scientific")
def key_scientific(strike: Strike) -> Drawn:
    """What a spreadsheet makes of a number of 31 digits."""
    rows = strike.pick()
    digits = strike.rng.integers(1, 4, len(rows))
    return Drawn(
        rows, np.array([f"{int(v):.{d}E}" for v, d in zip(strike.values[rows], digits, strict=True)], dtype=object)
    )


@cell_defect("key-blanks")
def key_blanks(strike: Strike) -> Drawn:
    """Blanks before, after, or between the segments."""
    rows = strike.pick()
    kind = strike.rng.integers(0, 3, len(rows))
    made = [(f" {v}", f"{v} ", _separated(v, " "))[k] for v, k in zip(strike.values[rows], kind, strict=True)]
    return Drawn(rows, np.array(made, dtype=object))


@cell_defect("key-hyphens")
def key_hyphens(strike: Strike) -> Drawn:
    """Hyphens between the segments."""
    rows = strike.pick()
    return Drawn(rows, np.array([_separated(v, "-") for v in strike.values[rows]], dtype=object))


def _separated(key: str, mark: str) -> str:
    return mark.join(key[s.start : s.start + s.length] for s in keys.STANDARD.segments)


@cell_defect("lost-zeros")
def lost_zeros(strike: Strike) -> Drawn:
    """The key read as a number."""
    rows = strike.pick(np.char.startswith(strike.values.astype(str), "0"))
    return Drawn(rows, _respelled(strike.values[rows], lambda text: str(int(text))))


@cell_defect("lost-accents")
def lost_accents(strike: Strike) -> Drawn:
    """The name without accents and tilde."""
    plain = _respelled(strike.values, unaccented)
    rows = strike.pick(plain != strike.values)
    return Drawn(rows, plain[rows])


@cell_defect("upper-case")
def upper_case(strike: Strike) -> Drawn:
    """The name in capitals, half of the time without accents too."""
    rows = strike.pick()
    high = _respelled(strike.values[rows], str.upper)
    return Drawn(rows, np.where(strike.rng.random(len(rows)) < 0.5, _respelled(high, unaccented), high))


@cell_defect("outer-blanks")
def outer_blanks(strike: Strike) -> Drawn:
    """Blanks before or after."""
    rows = strike.pick()
    kind = strike.rng.integers(0, 3, len(rows))
    made = [(f" {v}", f"{v} ", f"{v}  ")[k] for v, k in zip(strike.values[rows], kind, strict=True)]
    return Drawn(rows, np.array(made, dtype=object))


@cell_defect("sentinel")
def sentinel(strike: Strike) -> Drawn:
    """A word or number that stands for "not known"; never where the truth is the same or zero."""
    marks = words()["sentinels"][strike.column]
    allowed = ~np.isin(strike.values.astype(str), [*marks, "0.00"])
    rows = strike.pick(allowed)
    return Drawn(rows, np.array(marks, dtype=object)[strike.rng.integers(0, len(marks), len(rows))])


@cell_defect("use-abbreviated")
def use_abbreviated(strike: Strike) -> Drawn:
    """HAB for HABITACIONAL."""
    rows = strike.pick()
    return Drawn(rows, _one_of(strike.values[rows], words()["use_abbreviated"], strike.rng))


@cell_defect("use-case")
def use_case(strike: Strike) -> Drawn:
    """Habitacional, habitacional."""
    rows = strike.pick()
    return Drawn(rows, _one_of(strike.values[rows], words()["use_case"], strike.rng))


@cell_defect("area-unit")
def area_unit(strike: Strike) -> Drawn:
    """200.00 m2."""
    rows = strike.pick()
    units = np.array(words()["area_units"], dtype=object)
    return Drawn(rows, strike.values[rows] + units[strike.rng.integers(0, len(units), len(rows))])


@cell_defect("area-hectares")
def area_hectares(strike: Strike) -> Drawn:
    """The same area in hectares, with all its digits and without saying so."""
    rows = strike.pick()
    return Drawn(rows, np.array([f"{float(v) / 10_000:.6f}" for v in strike.values[rows]], dtype=object))


@cell_defect("decimal-comma")
def decimal_comma(strike: Strike) -> Drawn:
    """200,00."""
    rows = strike.pick()
    return Drawn(rows, np.array([v.replace(".", ",") for v in strike.values[rows]], dtype=object))


@cell_defect("money")
def money(strike: Strike) -> Drawn:
    """$1,234,567.00."""
    rows = strike.pick()
    return Drawn(rows, np.array([f"${float(v):,.2f}" for v in strike.values[rows]], dtype=object))


@cell_defect("thousands-comma")
def thousands_comma(strike: Strike) -> Drawn:
    """1,234,567.00."""
    rows = strike.pick(np.char.str_len(strike.values.astype(str)) > len("999.99"))
    return Drawn(rows, np.array([f"{float(v):,.2f}" for v in strike.values[rows]], dtype=object))


@cell_defect("date-day-first")
def date_day_first(strike: Strike) -> Drawn:
    """31/01/2013."""
    rows = strike.pick()
    return Drawn(rows, np.array([f"{v[8:]}/{v[5:7]}/{v[:4]}" for v in strike.values[rows]], dtype=object))


@cell_defect("date-month")
def date_month(strike: Strike) -> Drawn:
    """Ene 2013: the day is lost."""
    rows = strike.pick()
    months = words()["months"]
    return Drawn(rows, np.array([f"{months[int(v[5:7]) - 1]} {v[:4]}" for v in strike.values[rows]], dtype=object))


@cell_defect("date-serial")
def date_serial(strike: Strike) -> Drawn:
    """41305: days since the spreadsheet's epoch."""
    rows = strike.pick()
    days = (strike.values[rows].astype("datetime64[D]") - _EXCEL_EPOCH).astype(int)
    return Drawn(rows, days.astype(str).astype(object))


@cell_defect("date-impossible")
def date_impossible(strike: Strike) -> Drawn:
    """31/02/2013."""
    rows = strike.pick()
    days = words()["impossible_days"]
    draw = strike.rng.integers(0, len(days), len(rows))
    return Drawn(
        rows, np.array([f"{days[d]}/{v[:4]}" for v, d in zip(strike.values[rows], draw, strict=True)], dtype=object)
    )
