"""frictionless as referee: the same faults in the same rows and columns, on tables and faults made at random.

Known differences, each with a test below: a row too short lacks a value only once (frictionless says it twice where
the field is required); a blank row is only blank (frictionless adds an empty primary key); columns are paired by name;
a pattern must match the whole text; a key half empty is reported; so are uniqueKeys and categories.
"""

from __future__ import annotations

import csv
import io

import pytest
from frictionless import Resource, system
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.validation import examine

KINDS = {
    "unique-error": "unique",
    "primary-key": "primary-key",
    "foreign-key": "foreign-key",
    "missing-cell": "missing-cell",
    "extra-cell": "extra-cell",
    "blank-row": "blank-row",
    "type-error": "type",
}
CONSTRAINTS = {
    "minLength": "min-length",
    "maxLength": "max-length",
    "exclusiveMinimum": "exclusive-minimum",
    "exclusiveMaximum": "exclusive-maximum",
}

V2 = "https://datapackage.org/profiles/2.0/dataresource.json"
FIELDS = [
    {"name": "clave", "type": "integer", "constraints": {"minimum": 1, "maximum": 900, "unique": True}},
    {"name": "uso", "type": "string", "constraints": {"enum": ["H", "C", "Área «x»"], "required": True}},
    {"name": "valor", "type": "number", "decimalChar": ",", "groupChar": ".", "constraints": {"minimum": "10"}},
    {"name": "área", "type": "number", "constraints": {"exclusiveMinimum": 0, "exclusiveMaximum": 99.5}},
    {"name": "alta", "type": "date", "constraints": {"minimum": "2001-02-03", "maximum": "2024-12-31"}},
    {"name": "baja", "type": "date", "format": "%d/%m/%Y"},
    {"name": "hora", "type": "time"},
    {"name": "visto", "type": "datetime", "constraints": {"maximum": "2024-12-31T00:00:00"}},
    {"name": "año", "type": "year", "constraints": {"minimum": "1990"}},
    {"name": "mes", "type": "yearmonth"},
    {"name": "activo", "type": "boolean", "trueValues": ["sí", "1"], "falseValues": ["no", "0"]},
    {"name": "punto", "type": "geopoint"},
    {"name": "folio", "type": "string", "constraints": {"pattern": "[A-Z]{2}-\\d+", "minLength": 4, "maxLength": 6}},
    {"name": 'nombre "raro"\n; DROP TABLE cells --', "type": "string", "constraints": {"pattern": ".*[^x]"}},
    {"name": "libre", "type": "any"},
    {"name": "pesos", "type": "number", "bareNumber": False},
    {"name": "uuid", "type": "string", "format": "uuid"},
]
SAMPLES = {
    "integer": [
        "1",
        "7",
        "007",
        " 7 ",
        "-0",
        "900",
        "901",
        "0",
        "+3",
        "1.0",
        "1e3",
        "s/d",
        "",
        "٣",
        "12345678901234567890",
    ],
    "number": [
        "1",
        "10",
        "9,99",
        "10,0",
        "1.234,5",
        "1.5",
        "-3",
        "99.5",
        "99.4999999999999999",
        "0.0",
        "1e2",
        "NaN",
        "$ 12.50",
        "12 %",
        "abc",
        "",
        "Infinity",
    ],
    "date": [
        "2001-02-03",
        "2001-02-02",
        "2024-12-31",
        "2025-01-01",
        "2023-02-29",
        "2024-02-29",
        "2020-1-5",
        "0000-01-01",
        "31/12/2020",
        "31/02/2020",
        "1/1/2020",
        "",
        "s/d",
        "2020-13-01",
    ],
    "time": ["10:20:30", "25:00:00", "10:20", "10:20:30Z", "24:00:00", "", "10:20:60"],
    "datetime": [
        "2020-01-01T10:20:30",
        "2024-12-31T00:00:00",
        "2024-12-31T00:00:01",
        "2020-01-01",
        "2020-02-30T10:20:30",
        "2020-01-01 10:20:30",
        "",
        "2020-01-01T24:00:00",
    ],
    "year": ["1990", "1989", "2024", "02024", "abcd", "", " 199", "-199", "1_99"],
    "yearmonth": ["2020-01", "2020-13", "2020-1", "2020", "", "a-b"],
    "boolean": ["sí", "no", "1", "0", "true", "SI", ""],
    "geopoint": ["-98.2,19.0", "-198.2,19", "19.0", "1,2,3", "", "a,b", " 1 , 2 "],
    "string": [
        "H",
        "C",
        "Área «x»",
        "h",
        "",
        "AB-1",
        "AB-12",
        "AB-١",
        "AB-123456",
        "ñ",
        "x",
        "a\nb",
        "'",
        '"',
        "👩\u200d👩\u200d👧",
        "NA",
        "6f1c1d0e-6a5b-4b55-9d8e-0f6a1c2b3d4e",
        "6f1c1d0e",
    ],
    "any": ["a", "", "1"],
}


def _row():
    return st.tuples(*(st.sampled_from(SAMPLES[field["type"]]) for field in FIELDS)).map(list)


def _bent(row: list[str], bend: int) -> list[str]:
    return {0: row[: len(row) // 2], 1: [*row, "de más", ""], 2: [], 3: [""] * len(row)}.get(bend, row)


def written(rows: list[list[str]], separator: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow(row)
    return out.getvalue()


def referee(path, descriptor) -> set[tuple[int, str, str]]:
    with system.use_context(trusted=True):
        resource = Resource.from_descriptor(
            {"$schema": V2, "name": "tabla", "type": "table", "path": str(path), "format": "csv", "encoding": "utf-8"}
            | {"schema": descriptor}
        )
        report = resource.validate(limit_errors=10**9)
    assert not report.errors, report.errors
    found = set()
    for fault in report.tasks[0].errors:
        kind = KINDS.get(fault.type)
        if fault.type == "constraint-error":
            constraint = fault.note.split('"')[1]
            kind = CONSTRAINTS.get(constraint, constraint)
        assert kind, fault
        found.add((fault.row_number, getattr(fault, "field_name", ""), kind))
    return found


def ours(path, descriptor) -> set[tuple[int, str, str]]:
    faults = examine(path, descriptor).faults
    return set(zip(faults["row"], faults["column"], faults["kind"], strict=True))


def alike(theirs: set[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """The referee's faults without those that it says twice of one cell or row."""
    short = {(row, column) for row, column, kind in theirs if kind == "missing-cell"}
    blank = {row for row, _, kind in theirs if kind == "blank-row"}
    return {
        (row, column, kind)
        for row, column, kind in theirs
        if not (kind == "required" and (row, column) in short) and (row not in blank or kind == "blank-row")
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_row(), st.integers(0, 25)), min_size=1, max_size=12))
def test_faults_are_the_referees(tmp_path, rows):
    path = tmp_path / "tabla.csv"
    header = [field["name"] for field in FIELDS]
    path.write_text(written([header, *(_bent(row, bend) for row, bend in rows)]), encoding="utf-8", newline="")
    descriptor = {"fields": FIELDS, "missingValues": ["", "NA", "s/d"]}
    assert ours(path, descriptor) == alike(referee(path, descriptor))


KEYED = {
    "fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}, {"name": "padre", "type": "integer"}],
    "primaryKey": ["a", "b"],
    "foreignKeys": [{"fields": "padre", "reference": {"resource": "", "fields": "a"}}],
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "01", " 1", "2", "3", "x"]),
            st.sampled_from(["1", "1.0", "1.00", "2.50", "2.5", "0", "-0"]),
            st.sampled_from(["1", "2", "007", "", "x"]),
        ).map(list),
        min_size=1,
        max_size=10,
    )
)
def test_keys_are_compared_as_values_as_the_referee_does(tmp_path, rows):
    path = tmp_path / "tabla.csv"
    path.write_text(written([["a", "b", "padre"], *rows]), encoding="utf-8", newline="")
    found = {(row, kind) for row, _, kind in ours(path, KEYED)}
    expected = {(row, kind) for row, _, kind in referee(path, KEYED)}
    assert {pair for pair in found if pair[1] != "primary-key-empty"} == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_row_numbers_count_records_and_blank_lines_as_the_referee_does(tmp_path, ending):
    text = '"a","b"\n1,"dos\nlíneas"\n\nx,2\n3\n"4",c,d\ny,"otra ""cita"""\n'.replace("\n", ending)
    path = tmp_path / "tabla.csv"
    path.write_bytes(text.encode())
    descriptor = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}
    found = ours(path, descriptor)
    assert found == alike(referee(path, descriptor))
    assert {row for row, _, _ in found} == {3, 4, 5, 6, 7}
