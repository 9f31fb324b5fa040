"""Fast checks: for a field, the SQL that passes only cells which certainly pass the measure in `kit.validation.values`.

What a fast check does not pass is not yet wrong: its distinct texts go to the measure. So a check may be as narrow as
it likes, and its speed is only a matter of how many cells it recognises; it is wrong only if it passes too much.
Column names never enter the SQL (columns are c0, c1, …) and every text is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from kit.validation import values
from kit.validation.schema import BOUNDS, Field

_INTEGER = "-?[1-9][0-9]{0,15}|0"
_NUMBER = r"(-?[1-9][0-9]{0,14}|0|-0)(\.[0-9]{1,15})?"
_NUMBER_KEY = r"-?[1-9][0-9]{0,14}(\.[0-9]{0,14}[1-9])?|0|-?0\.[0-9]{0,14}[1-9]"
_DATE = "(19|20)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_SHAPES = {
    ("integer", "default"): _INTEGER,
    ("number", "default"): _NUMBER,
    ("date", "default"): _DATE,
    ("datetime", "default"): f"{_DATE}T{_TIME}",
    ("time", "default"): _TIME,
    ("year", "default"): "[1-9][0-9]{3}",
    ("string", "email"): r"[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*@([a-z0-9]{1,60}\.)+[a-z]{2,20}",
    ("string", "uuid"): "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
_OPERATORS = dict(zip(BOUNDS, (">", "<", ">", "<"), strict=True))
# The part of both dialects in which every match of RE2 is one of Python's; lookaround, references, flags, classes that
# exclude, `.` and boundaries are outside.
_SHARED = re.compile(
    r"\^?(?:[A-Za-zÀ-ÿ0-9 _/@,;:=<>%&#~!'\"-]|\\[dw.\-/+*?()|^$@]|\(\?:|\((?!\?)|\)|\||[*+?]|\{\d{1,3}(?:,\d{0,3})?\}"
    r"|\[(?:[A-Za-zÀ-ÿ0-9_., ]-[A-Za-zÀ-ÿ0-9_., ]|[A-Za-zÀ-ÿ0-9_., /@]|\\[dw.\-/])+\])*\$?"
)


def literal(text: str) -> str:
    """A text as SQL's own."""
    return "'" + text.replace("'", "''") + "'"


def among(column: str, texts: Iterable[str]) -> str:
    """Whether the column is one of the texts; a text with a NUL is left to the measure."""
    known = sorted({text for text in texts if "\0" not in text})
    return f"{column} IN ({', '.join(literal(text) for text in known)})" if known else "false"


def passes(field: Field, column: str) -> str | None:
    """SQL that is true only where the cell certainly breaks nothing; None if there is no fast way."""
    shape = _typed(field, column)
    limits = _limits(field, column)
    if shape is None or limits is None:
        return None
    right = " AND ".join(f"({part})" for part in [shape, *limits])
    missing = among(column, field.missing)
    if field.required:
        # A missing text with a NUL in it cannot be told here.
        return None if any("\0" in text for text in field.missing) else f"{right} AND NOT ({missing})"
    return f"({right}) OR ({missing})"


def is_key(field: Field, column: str) -> str | None:
    """SQL that is true only where the cell's text already is the one text of its value (`values.canonical`)."""
    if field.type == "string" and field.format not in ("email", "uri", "uuid"):
        return "true"
    if (field.type, field.format) == ("number", "default") and not _odd_numbers(field):
        return _matches(column, _NUMBER_KEY)
    if field.type in ("integer", "date", "datetime", "time", "year"):
        return _typed(field, column)
    return None


def _typed(field: Field, column: str) -> str | None:
    if field.type == "any" or (field.type == "string" and field.format not in ("email", "uri", "uuid")):
        return "true"
    if field.type == "boolean":
        texts = [*field.options.get("trueValues", values.TRUE), *field.options.get("falseValues", values.FALSE)]
        return among(column, [text for text in texts if isinstance(text, str)])
    shape = _SHAPES.get((field.type, field.format))
    return None if shape is None or _odd_numbers(field) else _matches(column, shape)


def _odd_numbers(field: Field) -> bool:
    """Whether numbers are written otherwise than plainly, so that a plain one may mean something else."""
    return any(
        field.options.get(name) not in (None, plain) for name, plain in (("groupChar", ""), ("decimalChar", "."))
    )


def _limits(field: Field, column: str) -> list[str] | None:
    """SQL for each constraint; None if one of them has no fast form."""
    parts = list(_parts(field, column))
    return None if None in parts else [part for part in parts if part]


def _parts(field: Field, column: str) -> Iterable[str | None]:
    given = field.constraints
    if field.type == "string":
        if "minLength" in given:
            yield f"length({column}) >= {int(given['minLength'])}"
        if "maxLength" in given:
            yield f"length({column}) <= {int(given['maxLength'])}"
    elif {"minLength", "maxLength"} & set(given):
        yield None
    if "pattern" in given:
        yield _pattern(given["pattern"], column)
    for name in BOUNDS:
        if name in given:
            yield _bound(field, name, column)
    for name, allowed in (("enum", given.get("enum")), ("categories", field.categories)):
        if allowed:
            values.members(field, allowed, name)
            yield among(column, [str(value) for value in allowed if not isinstance(value, bool)])


def _bound(field: Field, name: str, column: str) -> str | None:
    """A limit, compared strictly: the limit itself goes to the measure, so rounding cannot pass too much."""
    limit = values.bound(field, name)
    sign = _OPERATORS[name]
    if field.type in ("integer", "number", "year"):
        try:
            number = float(limit)
        except OverflowError:
            return None
        return f"TRY_CAST({column} AS DOUBLE) {sign} {number!r}" if abs(number) < 1e300 else None
    if field.type == "date" and field.format == "default" and limit.year >= 1000:
        return f"{column} {sign} {literal(limit.isoformat())}"
    return None


def _pattern(pattern: str, column: str) -> str | None:
    if not _SHARED.fullmatch(pattern) or ("|" in pattern and ("^" in pattern or "$" in pattern)):
        return None
    test = _matches(column, pattern)
    try:
        duckdb.execute(f"SELECT {_matches(literal(''), pattern)}")
    except duckdb.Error:
        return None
    return test


def _matches(column: str, pattern: str) -> str:
    return f"regexp_full_match({column}, {literal(pattern)})"
