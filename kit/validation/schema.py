"""A Table Schema read from its descriptor: fields, keys, how the header is matched, and the file's dialect.

The descriptor is a schema, a Data Package resource, or a package with the name of one of its resources (version 1 or
2 of the standard). What the standard does not allow stops with a `KitError` that names the part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.findings import Finding, KitError, Place, error

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTHS = ("minLength", "maxLength")
_ORDERED = {"integer", "number", "date", "time", "datetime", "year", "yearmonth"}
CHECKED = {*_ORDERED, "string", "boolean", "geopoint", "any", "object", "array"}
_TYPES = {*CHECKED, "list", "duration", "geojson"}
_MATCHES = ("exact", "equal", "subset", "superset", "partial")


@dataclass(frozen=True)
class Field:
    """One field: its type and format, the texts that mean no value, its constraints and the type's own options."""

    name: str
    type: str = "string"
    format: str = "default"
    missing: tuple[str, ...] = ("",)
    constraints: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[Any, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether every row must have a value."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class ForeignKey:
    """Fields whose values must stand in the fields of another table; an empty ``resource`` is the table itself."""

    fields: tuple[str, ...]
    resource: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """What a table must be, ready to be compiled."""

    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    match: str = "exact"
    delimiter: str | None = None
    encoding: str | None = None
    tables: Mapping[str, Path] = field(default_factory=dict)

    def named(self, name: str) -> Field | None:
        """The first field of that name."""
        return next((item for item in self.fields if item.name == name), None)


def load_schema(source: Mapping[str, Any] | Path | str, resource: str | None = None) -> Schema:
    """The schema of a descriptor: a mapping, or the JSON file that holds it; ``resource`` names one of a package."""
    folder, file = None, None
    if not isinstance(source, Mapping):
        path = Path(source)
        folder, file = path.parent, path.name
        source = _read(path)
    described = source
    if isinstance(source.get("resources"), list):
        described = _resource(source["resources"], resource, file)
    schema = described.get("schema", {} if "resources" in source else described)
    if isinstance(schema, str):
        schema = _read((folder or Path()) / schema)
    if not isinstance(schema, Mapping) or not isinstance(schema.get("fields"), list):
        raise _wrong("fields", file)
    return _build(schema, described, _paths(source, folder), file)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise KitError(
            error("validation.schema-unreadable", Place(path.name), reason=type(problem).__name__)
        ) from problem
    if not isinstance(content, dict):
        raise _wrong("fields", path.name)
    return content


def _resource(resources: list[Any], name: str | None, file: str | None) -> Mapping[str, Any]:
    known = [item for item in resources if isinstance(item, Mapping)]
    chosen = [item for item in known if name is None or item.get("name") == name]
    if len(chosen) != 1:
        names = [str(item.get("name")) for item in known]
        raise KitError(error("validation.resource-unknown", Place(file), name=name or "-", names=names))
    return chosen[0]


def _paths(source: Mapping[str, Any], folder: Path | None) -> dict[str, Path]:
    """The files of a package's resources that lie beside it; an address or a way out of the folder is none."""
    found = {}
    for item in source.get("resources", []):
        path = item.get("path") if isinstance(item, Mapping) else None
        if folder and isinstance(path, str) and "://" not in path:
            target = (folder / path).resolve()
            if target.is_relative_to(folder.resolve()):
                found[str(item.get("name"))] = target
    return found


def _build(schema: Mapping[str, Any], described: Mapping[str, Any], paths: dict[str, Path], file: str | None) -> Schema:
    missing = _texts(schema.get("missingValues", [""]), file)
    fields = tuple(_field(item, missing, file) for item in schema["fields"])
    names = {item.name for item in fields}
    primary = _names(schema.get("primaryKey", ()), names, "primaryKey", file)
    unique = tuple(_names(key, names, "uniqueKeys", file) for key in schema.get("uniqueKeys", ()))
    foreign = tuple(_foreign(item, names, file) for item in schema.get("foreignKeys", ()))
    match = schema.get("fieldsMatch", "exact")
    match = match[0] if isinstance(match, list) and match else match
    if match not in _MATCHES:
        raise _wrong("fieldsMatch", file)
    dialect = described.get("dialect") or {}
    dialect = dialect.get("csv", dialect) if isinstance(dialect, Mapping) else {}
    return Schema(fields, primary, unique, foreign, match, dialect.get("delimiter"), described.get("encoding"), paths)


def _field(item: Any, missing: tuple[str, ...], file: str | None) -> Field:
    if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
        raise _wrong("name", file)
    kind = item.get("type", "string")
    if kind not in _TYPES:
        raise _wrong(f"{item['name']}: type {kind}", file)
    if "missingValues" in item:
        missing = _texts(item["missingValues"], file)
    given = {name: value for name, value in (item.get("constraints") or {}).items() if value is not None}
    unchecked = tuple(name for name in given if not _applies(name, kind))
    if "pattern" in given:
        try:
            re.compile(given["pattern"])
        except (re.error, TypeError) as problem:
            raise _wrong(f"{item['name']}: pattern", file) from problem
    for name in _LENGTHS:
        if not isinstance(given.get(name, 0), int):
            raise _wrong(f"{item['name']}: {name}", file)
    categories = tuple(
        entry.get("value") if isinstance(entry, Mapping) else entry for entry in item.get("categories") or ()
    )
    options = {name: item[name] for name in item if name not in ("constraints", "categories", "missingValues")}
    kept = {name: value for name, value in given.items() if name not in unchecked}
    return Field(item["name"], kind, _format(item), missing, kept, options, categories, unchecked)


def _format(item: Mapping[str, Any]) -> str:
    return str(item.get("format") or "default").removeprefix("fmt:")


def _applies(constraint: str, kind: str) -> bool:
    """Whether the standard gives the constraint a meaning for the type."""
    if constraint in BOUNDS:
        return kind in _ORDERED
    if constraint == "pattern":
        return kind == "string"
    if constraint in _LENGTHS:
        return kind in ("string", "array", "object")
    return constraint in ("required", "unique", "enum")


def _texts(values: Any, file: str | None) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise _wrong("missingValues", file)
    return tuple(str(value.get("value") if isinstance(value, Mapping) else value) for value in values)


def _names(key: Any, known: set[str], part: str, file: str | None) -> tuple[str, ...]:
    names = (key,) if isinstance(key, str) else tuple(key)
    if not set(names) <= known:
        raise _wrong(part, file)
    return names


def _foreign(item: Any, known: set[str], file: str | None) -> ForeignKey:
    try:
        reference = item["reference"]
        fields = _names(item["fields"], known, "foreignKeys", file)
        other = reference["fields"]
        target = (other,) if isinstance(other, str) else tuple(other)
        if len(fields) != len(target) or not fields:
            raise _wrong("foreignKeys", file)
        return ForeignKey(fields, str(reference.get("resource") or ""), target)
    except (KeyError, TypeError) as problem:
        raise _wrong("foreignKeys", file) from problem


def _wrong(part: str, file: str | None) -> KitError:
    found: Finding = error("validation.schema-wrong", Place(file), part=part)
    return KitError(found)


def wrong_value(name: str, constraint: str) -> KitError:
    """The stop for a constraint whose own value is not of the field's type."""
    return _wrong(f"{name}: {constraint}", None)
