"""Rules on any cell: stray blanks, twice-encoded letters, words and codes that stand for "no datum"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from kit.findings import Finding, advice, warning
from kit.steps.cleaning.proposals import Draft, by_unique, changed, examples, proposal_id, rule
from kit.steps.cleaning.state import CATALOGUES, KINDS, Field, State
from kit.tables.values import missing_marks
from kit.words import unaccented

_NOT_KEYS = tuple(kind for kind in KINDS if kind not in {"key", "code"})
_MOJIBAKE = re.compile(r"[ÂÃ][\x80-\xbf¡-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
_MAYBE_WORDS = {word.upper() for word in CATALOGUES["maybe_missing_words"]}
_MOST = 0.6  # share of a column above which a word is its value and not a mark
_RARE = 0.05  # share of zeros above which a zero is a value like another
_STRAY = "^\\s|\\s$|\\s\\s|[\x00-\x1f\x7f\u00a0\u200b\u200e\ufeff]"  # searched by Arrow, where replacing is slow
_FORMULA = r"^[=@]|^[+-](?![0-9., ]*$)"


@rule("blanks", *KINDS)
def blanks(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Blanks around a value, repeated blanks, and characters that nobody can see."""
    values = state.values(column.name)
    values = values[values.str.contains(_STRAY, regex=True)]
    new = values.str.replace(r"[\x00-\x1f\x7f\u00a0\u200b\u200e\ufeff\s]+", " ", regex=True).str.strip()
    new = changed(values, new.mask(new == ""))
    if column.kind in {"key", "code"}:  # blanks inside a key belong to the rule on separators
        new = changed(values.loc[new.index], values.loc[new.index].str.strip())
        new = new.mask(new == "")
    if len(new):
        old = values.loc[new.index]
        finding = warning(
            "cleaning.blanks",
            state.place(column.name, new.index),
            n=len(new),
            examples=[pair[0] for pair in examples(old, new)],
            proposal=proposal_id("blanks", column.name),
        )
        yield Draft(finding, new, certain=True, column=column.name)


@rule("mojibake", "name", "category", "text")
def mojibake(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Letters that were encoded twice ("Ã±" for "ñ"): put back if the way back is exact."""
    values = state.values(column.name)
    values = values[values.str.contains("[ÂÃâ]", regex=True)]
    new = by_unique(values, _decoded_again)
    if len(new):
        finding = warning(
            "cleaning.mojibake",
            state.place(column.name, new.index),
            n=len(new),
            examples=[" → ".join(pair) for pair in examples(values.loc[new.index], new)],
            proposal=proposal_id("mojibake", column.name),
        )
        yield Draft(finding, new, certain=True, column=column.name)


def _decoded_again(text: str) -> str | None:
    if not _MOJIBAKE.search(text):
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


@rule("letters-lost", "name", "category", "text", check=True)
def letters_lost(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Letters replaced by a sign ("Jard�n", "Jard?n"): what stood there is not in the file any more."""
    values = state.values(column.name)
    lost = values[values.str.contains(r"�|(?<=[A-Za-z])\?(?=[A-Za-z])", regex=True)]
    if len(lost):
        yield warning(
            "cleaning.letters-lost",
            state.place(column.name, lost.index),
            n=len(lost),
            examples=list(lost.unique()[:3]),
        )


@rule("missing-words", *KINDS)
def missing_words(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Words and signs that stand for "no datum" (s/d, N/A, -, #REF!): an empty cell says the same to every program."""
    values = state.values(column.name)
    yield from _missing(state, column, "missing-words", values[missing_marks(values)], certain=True)


@rule("missing-maybe", "name", "category", "number", "date")
def missing_maybe(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Words that mostly stand for "no datum" but may be a value of the column's own."""
    values = state.values(column.name)
    words = [value for value in values.unique() if unaccented(value).upper() in _MAYBE_WORDS]
    sure = column.kind in {"number", "date"}
    marked = values[values.isin(words)]
    if len(marked) < _MOST * len(values):  # what most of a column says is its value
        yield from _missing(state, column, "missing-maybe", marked, certain=sure)


@rule("missing-negative", "number")
def missing_negative(state: State, column: Field) -> Iterator[Draft | Finding]:
    """-1, -99, -999 in a column whose other values are never negative: a code, not a quantity."""
    values, bare = _bare_numbers(state, column)
    numbers = pd.to_numeric(bare, errors="coerce")
    coded = bare.isin(CATALOGUES["missing_numbers"]) & (numbers < 0)
    if coded.any() and not (numbers[~coded] < 0).any():
        yield from _missing(state, column, "missing-negative", values[coded], certain=True)


@rule("missing-numbers", "number")
def missing_numbers(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Nines that stand for "no datum" (999999): repeated, and far above everything else in the column."""
    values, bare = _bare_numbers(state, column)
    numbers = pd.to_numeric(bare, errors="coerce")
    coded = bare.isin(CATALOGUES["missing_numbers"]) & (numbers > 0)
    rest = numbers[~coded].dropna()
    if not coded.any() or len(rest) < 2 * coded.sum():
        return
    repeated = numbers.map(numbers[coded].value_counts()) >= 2
    far = numbers > 2 * rest.quantile(0.995)
    decimals = values.str.contains(r"[.,][0-9]{1,2}(?:[^0-9]|$)", regex=True)
    unlike = ~decimals & (decimals.mean() > 0.8)  # the others are written with decimals
    yield from _missing(state, column, "missing-numbers", values[coded & repeated & (far | unlike)], certain=False)


@rule("missing-zeros", "number")
def missing_zeros(state: State, column: Field) -> Iterator[Draft | Finding]:
    """A few zeros in an area or an amount whose other values are far from zero: nothing was written down."""
    if column.unit not in {"m2", "MXN"}:
        return
    values, bare = _bare_numbers(state, column)
    numbers = pd.to_numeric(bare, errors="coerce")
    zero = numbers == 0
    rest = numbers[numbers > 0]
    if zero.any() and zero.mean() < _RARE and len(rest) and rest.quantile(0.01) > 1:
        yield from _missing(state, column, "missing-zeros", values[zero], certain=False)


def _bare_numbers(state: State, column: Field) -> tuple[pd.Series, pd.Series]:
    values = state.values(column.name)
    return values, values.str.replace(r"[$,\s]", "", regex=True).str.replace(r"\.0+$", "", regex=True)


@rule("missing-dates", "date")
def missing_dates(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Dates that stand for "no datum": 00/00/0000 can be no date; 01/01/1900 is where spreadsheets begin to count."""
    values = state.values(column.name)
    nothing = values.str.fullmatch(r"[09]{1,4}[/.-][09]{1,2}[/.-][09]{1,4}(?:[T ].*)?|0")
    yield from _missing(state, column, "missing-dates", values[nothing], certain=True)


def _missing(state: State, column: Field, name: str, values: pd.Series, certain: bool) -> Iterator[Draft | Finding]:
    if not len(values):
        return
    finding = warning(
        "cleaning.missing-marks",
        state.place(column.name, values.index),
        n=len(values),
        examples=list(values.unique()[:4]),
        proposal=proposal_id(name, column.name),
    )
    yield Draft(finding, pd.Series(None, index=values.index, dtype=object), certain=certain, column=column.name)


@rule("formula", "name", "category", "text", check=True)
def formula(state: State, column: Field) -> Iterator[Draft | Finding]:
    """Texts that a spreadsheet would run as a formula when the published file is opened."""
    values = state.values(column.name)
    live = values[values.str.contains(_FORMULA, regex=True)]
    if len(live):
        yield advice(
            "cleaning.formula",
            state.place(column.name, live.index),
            n=len(live),
            examples=list(live.unique()[:3]),
        )
