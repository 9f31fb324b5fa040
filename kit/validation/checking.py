"""The checks of one table: every fault with its row, column, kind and value, found by the compiled schema."""

# ruff: noqa: S608 - names in the SQL are made here (c0, k0, cells) and every text is quoted
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from kit.validation import fast, reading, values
from kit.validation.schema import CHECKED, Field, ForeignKey, Schema

HEADER = ["row", "column", "kind", "value", "position"]


@dataclass
class Pairing:
    """Which column of the file each field is, and what is wrong with the header."""

    columns: dict[int, int]  # position of a field to that of its column
    faults: list[tuple[str, str, int]] = field(default_factory=list)  # kind, name, position from 1


def pair(schema: Schema, labels: list[str]) -> Pairing:
    """Fields and labels by name, the k-th of a name with the k-th; by place only to say that the order differs."""
    free: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        free.setdefault(label, []).append(i)
    result = Pairing({})
    for i, item in enumerate(schema.fields):
        if free.get(item.name):
            result.columns[i] = free[item.name].pop(0)
        elif schema.match not in ("superset", "partial") or item.required or item.name in schema.primary_key:
            result.faults.append(("header-missing", item.name, i + 1))
    names = {item.name for item in schema.fields}
    for label, places in free.items():
        for i in places:
            kind = "header-blank" if not label else "header-duplicate" if label in names else "header-extra"
            if kind != "header-extra" or schema.match not in ("subset", "partial"):
                result.faults.append((kind, label, i + 1))
    order = list(result.columns.values())
    if schema.match == "exact" and order != sorted(order):
        first = next(i for i, place in enumerate(order) if place != sorted(order)[i])
        result.faults.append(("header-order", schema.fields[list(result.columns)[first]].name, 1))
    return result


class Checker:
    """One table in a database, checked part by part; `run` gives all faults of its rows."""

    def __init__(self, base: duckdb.DuckDBPyConnection, cells: reading.Cells, schema: Schema, pairing: Pairing) -> None:
        self.base, self.cells, self.schema, self.pairing = base, cells, schema, pairing
        self.fields = [(schema.fields[i], f"c{column}", column) for i, column in pairing.columns.items()]
        self.parts: list[pd.DataFrame] = []
        self.made = 0

    def run(self, load_other: Callable[[ForeignKey], tuple[str, list[str]] | None]) -> pd.DataFrame:
        """Faults as a table: row, column, kind, value, position of the column (from 1)."""
        blank = self._blank()
        for item, column, place in self.fields:
            self._column(item, column, place)
        self._short()
        if self.cells.extra:
            self._add(pd.DataFrame(self.cells.extra, columns=["row", "position", "value"]), "", "extra-cell")
        self._uniques()
        for key in self.schema.foreign_keys:
            self._foreign(key, load_other)
        faults = pd.concat(self.parts, ignore_index=True) if self.parts else pd.DataFrame(columns=HEADER)
        faults = faults[~faults["row"].isin(blank)]
        blanks = pd.DataFrame({"row": blank, "column": "", "kind": "blank-row", "value": "", "position": 0})
        faults = pd.concat([faults, blanks], ignore_index=True) if blank else faults
        return faults.sort_values(["row", "position", "kind"], kind="stable", ignore_index=True)[HEADER]

    def _query(self, sql: str) -> pd.DataFrame:
        return self.base.execute(sql).df()

    def _add(self, frame: pd.DataFrame, column: str, kind: str, place: int | None = None) -> None:
        if len(frame):
            given: dict[str, Any] = {"column": column, "kind": kind} | ({} if place is None else {"position": place})
            self.parts.append(frame.assign(**given))

    def _register(self, columns: Mapping[str, Iterable[Any]]) -> str:
        self.made += 1
        name = f"{self.cells.name}_part{self.made}"
        self.base.register(name, pa.table({key: pa.array(list(items), pa.string()) for key, items in columns.items()}))
        return name

    def _blank(self) -> list[int]:
        """The rows in which no field has a value."""
        tests = [f"({column} IS NULL OR {fast.among(column, item.missing)})" for item, column, _ in self.fields]
        held = {place for _, _, place in self.fields}
        others = [i for i in range(len(self.cells.labels)) if i not in held]
        tests += [f"(c{i} IS NULL OR c{i} = '')" for i in others]
        found = self._query(f"SELECT n FROM {self.cells.name} WHERE {' AND '.join(tests)}")
        return [int(row) for row in found["n"]]

    def _column(self, item: Field, column: str, place: int) -> None:
        if item.type not in CHECKED:
            return
        check = values.checker(item)
        sure = fast.passes(item, column)
        doubtful = f"{column} IS NOT NULL" + (f" AND NOT ({sure})" if sure else "")
        name = self.cells.name
        texts = self._query(f"SELECT DISTINCT {column} AS v FROM {name} WHERE {doubtful}")["v"]
        wrong = [(text, kind) for text in texts for kind in check(text)]
        if not wrong:
            return
        known = self._register({"v": (text for text, _ in wrong), "kind": (kind for _, kind in wrong)})
        found = self._query(
            f"SELECT n AS row, kind, v AS value FROM {name} JOIN {known} ON {column} = v WHERE {doubtful}"
        )
        self.parts.append(found.assign(column=item.name, position=place + 1))

    def _short(self) -> None:
        for item, column, place in self.fields:
            found = self._query(f"SELECT n AS row, '' AS value FROM {self.cells.name} WHERE {column} IS NULL")
            self._add(found, item.name, "missing-cell", place + 1)

    def _key(self, item: Field, column: str, name: str) -> str:
        """SQL for the one text of the cell's value, None where it has none."""
        missing = fast.among(column, item.missing)
        sure = fast.is_key(item, column)
        if sure == "true" and not any("\0" in text for text in item.missing):
            return f"CASE WHEN {missing} THEN NULL ELSE {column} END"
        doubtful = f"{column} IS NOT NULL AND NOT ({missing})" + (f" AND NOT ({sure})" if sure else "")
        texts = list(self._query(f"SELECT DISTINCT {column} AS v FROM {name} WHERE {doubtful}")["v"])
        key = values.canonical(item)
        known = self._register({"v": texts, "k": (key(text) for text in texts)})
        return (
            f"CASE WHEN {missing} THEN NULL WHEN {sure or 'false'} THEN {column} "
            f"ELSE (SELECT k FROM {known} WHERE v = {column}) END"
        )

    def _uniques(self) -> None:
        for item, _, _ in self.fields:
            if item.constraints.get("unique"):
                self._repeated((item.name,), "unique", empty=False)
        if self.schema.primary_key:
            self._repeated(self.schema.primary_key, "primary-key", empty=True)
        for key in self.schema.unique_keys:
            self._repeated(key, "unique-key", empty=False)

    def _places(self, names: Iterable[str]) -> list[tuple[Field, str, int]] | None:
        found = {item.name: (item, column, place) for item, column, place in reversed(self.fields)}
        return [found[name] for name in names] if set(names) <= set(found) else None

    def _repeated(self, names: tuple[str, ...], kind: str, *, empty: bool) -> None:
        """Every row but the first of each value that occurs again; rows without the key, if one must be there."""
        places = self._places(names)
        if places is None:
            return
        keys = ", ".join(
            f"{self._key(item, column, self.cells.name)} AS k{i}" for i, (item, column, _) in enumerate(places)
        )
        shown = " || ' / ' || ".join(f"coalesce({column}, '')" for _, column, _ in places)
        ks = ", ".join(f"k{i}" for i in range(len(places)))
        none = " AND ".join(f"k{i} IS NULL" for i in range(len(places)))
        gap = " OR ".join(f"k{i} IS NULL" for i in range(len(places)))
        skip = gap if kind == "unique-key" else none
        self.base.execute(
            f"CREATE OR REPLACE TEMP VIEW keyed AS SELECT n, {shown} AS value, {keys} FROM {self.cells.name}"
        )
        same = " AND ".join(f"a.k{i} IS NOT DISTINCT FROM b.k{i}" for i in range(len(places)))
        found = self._query(
            f"SELECT a.n AS row, a.value FROM keyed a JOIN (SELECT {ks}, min(n) AS first FROM keyed WHERE NOT ({skip}) "
            f"GROUP BY {ks} HAVING count(*) > 1) b ON {same} WHERE a.n > b.first"
        )
        name = ", ".join(names)
        self._add(found, name, kind, places[0][2] + 1)
        if empty:
            found = self._query(f"SELECT n AS row, value FROM keyed WHERE {gap}")
            self._add(found, name, "primary-key-empty", places[0][2] + 1)

    def _foreign(self, key: ForeignKey, load_other: Callable[[ForeignKey], tuple[str, list[str]] | None]) -> None:
        places = self._places(key.fields)
        other = load_other(key)
        if places is None or other is None:
            return
        name, columns = other
        mine = ", ".join(
            f"{self._key(item, column, self.cells.name)} AS k{i}" for i, (item, column, _) in enumerate(places)
        )
        theirs = ", ".join(
            f"{self._key(item, column, name)} AS k{i}"
            for i, ((item, _, _), column) in enumerate(zip(places, columns, strict=True))
        )
        none = " AND ".join(f"k{i} IS NULL" for i in range(len(places)))
        same = " AND ".join(f"a.k{i} IS NOT DISTINCT FROM b.k{i}" for i in range(len(places)))
        shown = " || ' / ' || ".join(f"coalesce({column}, '')" for _, column, _ in places)
        found = self._query(
            f"WITH a AS (SELECT n, {shown} AS value, {mine} FROM {self.cells.name}), "
            f"b AS (SELECT DISTINCT {theirs} FROM {name}) "
            f"SELECT n AS row, value FROM a ANTI JOIN b ON {same} WHERE NOT ({none})"
        )
        self._add(found, ", ".join(key.fields), "foreign-key", places[0][2] + 1)


def unchecked(schema: Schema) -> list[tuple[str, str]]:
    """Field and part of the schema that no check reads."""
    kinds = [(item.name, item.type) for item in schema.fields if item.type not in CHECKED]
    return kinds + [(item.name, part) for item in schema.fields for part in item.unchecked]
