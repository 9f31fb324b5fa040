"""Plain data by dotted path: read, and changed without touching the original, so that an earlier state stays whole.

A path names fields and list positions from 0, "indicators.0.baseline"; "" is the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def parts(path: str) -> list[str | int]:
    """The steps of a path; those of digits are positions."""
    return [int(part) if part.isdigit() else part for part in path.split(".")] if path else []


def parent(path: str) -> str:
    """The path of what holds the last step."""
    return path.rpartition(".")[0]


def pattern(path: str) -> str:
    """The path without positions: "indicators.0.baseline" is "indicators.baseline"."""
    return ".".join(part for part in path.split(".") if not part.isdigit())


def get(value: Any, path: str, default: Any = None) -> Any:
    """What lies at the path, or ``default``."""
    for part in parts(path):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return default
    return value


def put(value: Any, path: str, new: Any) -> Any:
    """A copy with ``new`` at the path; what is missing on the way there is made. Everything else is shared."""
    return _put(value, parts(path), new)


def _put(value: Any, way: list[str | int], new: Any) -> Any:
    if not way:
        return new
    first, rest = way[0], way[1:]
    if isinstance(first, int):
        items = list(value) if isinstance(value, list) else []
        items += [_empty(rest) for _ in range(first + 1 - len(items))]
        items[first] = _put(items[first], rest, new)
        return items
    fields = dict(value) if isinstance(value, dict) else {}
    fields[first] = _put(fields.get(first), rest, new)
    return fields


def _empty(rest: list[str | int]) -> Any:
    return {} if rest and isinstance(rest[0], str) else ""


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Each text, number or other end of the data with its path."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{at}.{number}" if at else str(number))
    else:
        yield at, value


def without_blanks(value: Any) -> Any:
    """The data without blank texts, empty lists and empty groups.

    Within a list only blank texts at its end go, and records stay, so that everything keeps its position.
    """
    if isinstance(value, dict):
        fields = {name: without_blanks(item) for name, item in value.items()}
        return {name: item for name, item in fields.items() if not _blank(item) and item != [] and item != {}}
    if isinstance(value, list):
        end = len(value)
        while end and _blank(value[end - 1]):
            end -= 1
        return ["" if item is None else without_blanks(item) for item in value[:end]]
    return value


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
