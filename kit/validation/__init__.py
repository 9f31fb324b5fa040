"""Check a table against a Table Schema, fast: every fault with its row, column, value and what was expected.

`validate` gives findings, one per kind and column; `examine` also the whole table of faults. frictionless stays the
format of interchange and the referee of the tests; here a million rows take seconds.

Examples:
    >>> import pandas as pd
    >>> from kit.validation import examine
    >>> schema = {"fields": [{"name": "predio", "type": "integer", "constraints": {"minimum": 1}}]}
    >>> examine(pd.DataFrame({"predio": ["7", "0", "s/d"]}), schema).faults[["row", "kind", "value"]].values.tolist()
    [[3, 'minimum', '0'], [4, 'type', 's/d']]
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.validation import reading
from kit.validation.checking import Checker, Pairing, pair, unchecked
from kit.validation.schema import Field, ForeignKey, Schema, load_schema

__all__ = ["Examined", "examine", "load_schema", "validate"]

LISTED = 1000
_SHOWN = 5
Table = Path | str | pd.DataFrame

_MAKERS: dict[str, Callable[[Place, Mapping[str, Any]], Finding]] = {
    "type": lambda place, params: error("validation.type", place, **params),
    "required": lambda place, params: error("validation.required", place, **params),
    "min-length": lambda place, params: error("validation.min-length", place, **params),
    "max-length": lambda place, params: error("validation.max-length", place, **params),
    "minimum": lambda place, params: error("validation.minimum", place, **params),
    "maximum": lambda place, params: error("validation.maximum", place, **params),
    "exclusive-minimum": lambda place, params: error("validation.exclusive-minimum", place, **params),
    "exclusive-maximum": lambda place, params: error("validation.exclusive-maximum", place, **params),
    "pattern": lambda place, params: error("validation.pattern", place, **params),
    "enum": lambda place, params: error("validation.enum", place, **params),
    "category": lambda place, params: error("validation.category", place, **params),
    "unique": lambda place, params: error("validation.unique", place, **params),
    "unique-key": lambda place, params: error("validation.unique-key", place, **params),
    "primary-key": lambda place, params: error("validation.primary-key", place, **params),
    "primary-key-empty": lambda place, params: error("validation.primary-key-empty", place, **params),
    "foreign-key": lambda place, params: error("validation.foreign-key", place, **params),
    "missing-cell": lambda place, params: error("validation.missing-cell", place, **params),
    "extra-cell": lambda place, params: error("validation.extra-cell", place, **params),
    "blank-row": lambda place, params: error("validation.blank-row", place, **params),
    "header-missing": lambda place, params: error("validation.header-missing", place, **params),
    "header-extra": lambda place, params: error("validation.header-extra", place, **params),
    "header-order": lambda place, params: error("validation.header-order", place, **params),
    "header-blank": lambda place, params: error("validation.header-blank", place, **params),
    "header-duplicate": lambda place, params: error("validation.header-duplicate", place, **params),
}
_LIMITS = {
    "min-length": "minLength",
    "max-length": "maxLength",
    "exclusive-minimum": "exclusiveMinimum",
    "exclusive-maximum": "exclusiveMaximum",
}


@dataclass
class Examined:
    """What the checks of a table gave.

    Attributes:
        faults: every fault of a row: ``row``, ``column``, ``kind``, ``value``, ``position`` of the column from 1.
        findings: the same, one finding per kind and column, with those of the header.
        rows: the number of data rows.
    """

    faults: pd.DataFrame
    findings: Findings
    rows: int


def validate(
    table: Table,
    schema: Mapping[str, Any] | Path | str | Schema,
    *,
    tables: Mapping[str, Table] | None = None,
    resource: str | None = None,
) -> Findings:
    """The findings of a table under a schema.

    Args:
        table: the file (delimited text, or a spreadsheet), or a frame.
        schema: a descriptor of a schema, of a resource or of a package, or the JSON file that holds it.
        tables: the tables that foreign keys refer to, by the names of their resources; a package's own are found.
        resource: which resource of a package the table is.

    Raises:
        KitError: if the file cannot be read or the schema is none.
    """
    return examine(table, schema, tables=tables, resource=resource).findings


def examine(
    table: Table,
    schema: Mapping[str, Any] | Path | str | Schema,
    *,
    tables: Mapping[str, Table] | None = None,
    resource: str | None = None,
) -> Examined:
    """As `validate`, with the table of all faults."""
    compiled = schema if isinstance(schema, Schema) else load_schema(schema, resource)
    known: dict[str, Table] = {**compiled.tables, **(tables or {})}
    name = None if isinstance(table, pd.DataFrame) else Path(table).name
    with tempfile.TemporaryDirectory(prefix="kit-validation-") as folder:
        work = Path(folder)
        base = reading.connect(work)
        try:
            return _examine(base, work, table, compiled, known, name)
        finally:
            base.close()


def _examine(
    base: duckdb.DuckDBPyConnection, work: Path, table: Table, schema: Schema, known: dict[str, Table], name: str | None
) -> Examined:
    cells = reading.load(table, base, "cells", work, separator=schema.delimiter, encoding=schema.encoding)
    pairing = pair(schema, cells.labels)
    absent = Findings()

    def other(key: ForeignKey) -> tuple[str, list[str]] | None:
        found = _other(base, work, cells, key, known)
        if found is None:
            place = Place(name, column=", ".join(key.fields))
            absent.add(warning("validation.foreign-table-missing", place, resource=key.resource or "-"))
        return found

    faults = Checker(base, cells, schema, pairing).run(other)
    rows = int(base.execute("SELECT count(*) FROM cells").fetchall()[0][0])
    found = _header(pairing, schema, name)
    found.extend(_rows(faults, schema, name))
    found.extend(absent)
    for column, part in unchecked(schema):
        found.add(advice("validation.not-checked", Place(name, column=column), part=part))
    return Examined(faults, found, rows)


def _other(
    base: duckdb.DuckDBPyConnection, work: Path, cells: reading.Cells, key: ForeignKey, known: dict[str, Table]
) -> tuple[str, list[str]] | None:
    """The relation a foreign key refers to and its columns, read; None if it is not there or lacks them."""
    if key.resource:
        if key.resource not in known:
            return None
        base.execute("CREATE SEQUENCE IF NOT EXISTS others")
        number = base.execute("SELECT nextval('others')").fetchall()[0][0]
        cells = reading.load(known[key.resource], base, f"other{number}", work)
    if not set(key.reference) <= set(cells.labels):
        return None
    return cells.name, [f"c{cells.labels.index(column)}" for column in key.reference]


def _header(pairing: Pairing, schema: Schema, name: str | None) -> Findings:
    names = [item.name for item in schema.fields]
    return Findings(
        _MAKERS[kind](Place(name, rows=(1,), column=label or None), {"position": position, "names": names})
        for kind, label, position in pairing.faults
    )


def _rows(faults: pd.DataFrame, schema: Schema, name: str | None) -> Findings:
    found = Findings()
    longest = 0
    for names, group in faults.groupby(["position", "column", "kind"], sort=True):
        column, kind = (str(part) for part in names[1:])
        rows = group["row"].drop_duplicates()
        longest = max(longest, len(rows))
        params = {"n": len(group), "values": list(group["value"].drop_duplicates().head(_SHOWN))}
        place = Place(name, rows=tuple(int(row) for row in rows.head(LISTED)), column=column or None)
        found.add(_MAKERS[kind](place, params | _expected(kind, column, schema)))
    found = _together(found)
    if longest > LISTED:
        found.add(advice("validation.rows-listed", Place(name), listed=LISTED, longest=longest))
    return found


def _together(found: Findings) -> Findings:
    """Cells beyond the header are one finding, whatever their positions."""
    beyond = found.of("validation.extra-cell")
    if len(beyond) < 2:
        return found
    rows = sorted({row for item in beyond for row in item.place.rows})
    seen = list(dict.fromkeys(value for item in beyond for value in item.params["values"]))
    params = {"n": sum(item.params["n"] for item in beyond), "values": seen[:_SHOWN]}
    place = Place(beyond[0].place.file, rows=tuple(rows[:LISTED]))
    rest = Findings(item for item in found if item.code != "validation.extra-cell")
    rest.add(_MAKERS["extra-cell"](place, params | {"columns": beyond[0].params["columns"]}))
    return rest


def _expected(kind: str, column: str, schema: Schema) -> dict[str, Any]:
    """What the schema asks for, as the sentences of the kind need it."""
    if kind == "foreign-key":
        key = next(key for key in schema.foreign_keys if ", ".join(key.fields) == column)
        return {"resource": key.resource or column, "reference": list(key.reference)}
    item = schema.named(column)
    if kind == "extra-cell":
        return {"columns": len(schema.fields)}
    if item is None:
        return {}
    if kind == "type":
        return {"type": item.type if item.format == "default" else f"{item.type} ({item.format})"}
    if kind == "category":
        return {"limit": list(item.categories)}
    return {"limit": _limit(item, kind)}


def _limit(item: Field, kind: str) -> Any:
    value = item.constraints.get(_LIMITS.get(kind, kind))
    return value if isinstance(value, list) else str(value)
