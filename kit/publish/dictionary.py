"""The data dictionary out of a Table Schema whose fields carry both languages, as the kit's own datasets do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kit.publish.model import Column

_TYPES = {"string", "integer", "number", "date", "datetime", "boolean"}


def columns_from(fields: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Columns of a dictionary, one for each field but the geometry.

    Args:
        fields: of a Table Schema; ``titles`` and ``descriptions`` by language are used where there are any.
    """
    return [_column(field) for field in fields if field["name"] != "geometry"]


def _column(field: Mapping[str, Any]) -> Column:
    titles, descriptions = field.get("titles", {}), field.get("descriptions", {})
    constraints = field.get("constraints", {})
    return Column(
        name=field["name"],
        title=titles.get("es", field.get("title", "")),
        title_en=titles.get("en", ""),
        description=descriptions.get("es", field.get("description", "")),
        description_en=descriptions.get("en", ""),
        type=field["type"] if field.get("type") in _TYPES else "",
        unit=str(field.get("unit", "")),
        values=[str(value) for value in constraints.get("enum", [])],
    )
