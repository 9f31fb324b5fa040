"""What a cell's text means under a field: the value as Python reads it, and which constraints it breaks.

This is the measure: the fast checks of `kit.validation.fast` may only pass what passes here.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from dateutil import parser as dates  # type: ignore[import-untyped]

from kit.validation.schema import BOUNDS, Field, wrong_value

TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}
CODES = {"minLength": "min-length", "maxLength": "max-length", "exclusiveMinimum": "exclusive-minimum"} | {
    "exclusiveMaximum": "exclusive-maximum"
}
_WIDEST = 400  # digits; a number beyond is told by its sign, digits and exponent

Reader = Callable[[str], Any]


def reader(field: Field) -> Reader:
    """The function from a cell's text to its value; it raises a `ValueError` where the text is no such value."""
    plain = _READERS.get(field.type, _any)

    def read(text: str) -> Any:
        try:
            return plain(field, text)
        except (ValueError, ArithmeticError, IndexError, KeyError, TypeError, AttributeError) as problem:
            raise ValueError(text) from problem

    return read


def checker(field: Field) -> Callable[[str], list[str]]:
    """The function from a cell's text to the kinds of fault in it: "type", or each constraint that it breaks."""
    read = reader(field)
    checks = _checks(field)
    missing = set(field.missing)

    def check(text: str) -> list[str]:
        if text in missing:
            return ["required"] if field.required else []
        try:
            value = read(text)
        except ValueError:
            return ["type"]
        return [kind for kind, sound in checks if not sound(value)]

    return check


def canonical(field: Field) -> Callable[[str], str | None]:
    """The function from a cell's text to one text per value ("007" and "7" are one integer); None is no value."""
    read = reader(field)
    missing = set(field.missing)

    def key(text: str) -> str | None:
        if text in missing:
            return None
        try:
            return _key(read(text))
        except ValueError:
            return None

    return key


def _key(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return _number_key(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _number_key(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _WIDEST:
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def bound(field: Field, name: str) -> Any:
    """The value of a constraint that limits, read as the field's own cells are."""
    try:
        return reader(field)(str(field.constraints[name]))
    except ValueError as problem:
        raise wrong_value(field.name, name) from problem


def members(field: Field, values: Any, name: str) -> list[Any]:
    """The values of an enum or of categories, read as the field's own cells are."""
    read = reader(field)
    try:
        return [value if isinstance(value, bool) else read(str(value)) for value in values]
    except ValueError as problem:
        raise wrong_value(field.name, name) from problem


def _checks(field: Field) -> list[tuple[str, Callable[[Any], bool]]]:
    given = field.constraints
    checks: list[tuple[str, Callable[[Any], bool]]] = []
    if "minLength" in given:
        checks.append(("min-length", lambda value: len(value) >= given["minLength"]))
    if "maxLength" in given:
        checks.append(("max-length", lambda value: len(value) <= given["maxLength"]))
    for name in BOUNDS:
        if name in given:
            checks.append((CODES.get(name, name), _within(name, bound(field, name))))
    if "pattern" in given:
        pattern = re.compile(given["pattern"])
        checks.append(("pattern", lambda value: pattern.fullmatch(value) is not None))
    for kind, values in (("enum", given.get("enum")), ("category", field.categories)):
        if values:
            allowed = members(field, values, kind)
            checks.append((kind, allowed.__contains__))
    return checks


def _within(name: str, limit: Any) -> Callable[[Any], bool]:
    compare = _COMPARE[name]

    def sound(value: Any) -> bool:
        try:
            return bool(compare(value, limit))
        except (TypeError, ArithmeticError):  # a time with a zone against one without, or no number (NaN)
            return False

    return sound


def _any(_field: Field, text: str) -> Any:
    return text


def _string(field: Field, text: str) -> str:
    form = field.format
    if form == "uuid":
        if not _UUID.fullmatch(text):
            raise ValueError(text)
        UUID(text)
    elif form in ("email", "uri") and not {"email": _EMAIL, "uri": _URI}[form].fullmatch(text):
        raise ValueError(text)
    return text


def _integer(field: Field, text: str) -> int:
    text = text.strip()
    if field.options.get("bareNumber", True) is False:
        text = _BARE.sub("", text)
    group = field.options.get("groupChar")
    return int(text.replace(group, "") if group else text)


def _number(field: Field, text: str) -> Decimal:
    text = text.strip()
    if field.options.get("bareNumber", True) is False:
        text = _BARE.sub("", text)
    text = text.replace(field.options.get("groupChar") or "", "") if field.options.get("groupChar") else text
    point = field.options.get("decimalChar") or "."
    if point != ".":
        if "." in text:
            raise ValueError(text)
        text = text.replace(point, ".")
    return Decimal(text)


def _boolean(field: Field, text: str) -> bool:
    if text in field.options.get("falseValues", FALSE):
        return False
    if text in field.options.get("trueValues", TRUE):
        return True
    raise ValueError(text)


def _date(field: Field, text: str) -> date:
    if field.format == "any":
        return dates.parse(text).date()
    return datetime.strptime(text, "%Y-%m-%d" if field.format == "default" else field.format).date()


def _datetime(field: Field, text: str) -> datetime:
    if field.format == "any":
        return dates.parse(text)
    if field.format != "default":
        return datetime.strptime(text, field.format)
    if len(text) < 19 or text[16] != ":":
        raise ValueError(text)
    return dates.isoparse(text)


def _time(field: Field, text: str) -> time:
    if field.format == "any":
        return dates.parse(text).timetz()
    if field.format != "default":
        return datetime.strptime(text, field.format).timetz()
    if len(text) < 8 or text[5] != ":":
        raise ValueError(text)
    return dates.isoparse(f"2000-01-01T{text}").timetz()


def _year(_field: Field, text: str) -> int:
    if len(text) != 4 or not 0 <= int(text) <= 9999:
        raise ValueError(text)
    return int(text)


def _yearmonth(_field: Field, text: str) -> tuple[int, int]:
    year, month = (int(part) for part in text.split("-"))
    if not 1 <= month <= 12:
        raise ValueError(text)
    return year, month


def _geopoint(field: Field, text: str) -> tuple[Decimal, Decimal]:
    if field.format == "array":
        lon, lat = json.loads(text)
    elif field.format == "object":
        point = json.loads(text)
        if len(point) != 2:
            raise ValueError(text)
        lon, lat = point["lon"], point["lat"]
    else:
        lon, lat = (part.strip() for part in text.split(","))
    place = Decimal(lon), Decimal(lat)
    if not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
        raise ValueError(text)
    return place


def _json(kind: type) -> Callable[[Field, str], Any]:
    def read(_field: Field, text: str) -> Any:
        value = json.loads(text)
        if not isinstance(value, kind):
            raise ValueError(text)
        return value

    return read


_READERS: dict[str, Callable[[Field, str], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
    "geopoint": _geopoint,
    "object": _json(dict),
    "array": _json(list),
}
