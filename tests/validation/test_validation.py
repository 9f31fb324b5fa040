"""Tables checked against a Table Schema: what is said, of whatever file, and what hostile names cannot do."""

from __future__ import annotations

import json
import re

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kit.cli.app import make_app
from kit.findings import KitError
from kit.messages import LANGUAGES
from kit.validation import LISTED, examine, fast, reading, validate, values
from kit.validation.schema import Field

NUMBERS = {"fields": [{"name": "n", "type": "integer", "constraints": {"maximum": 9}}, {"name": "t"}]}


def faults(table, schema, **more):
    found = examine(table, schema, **more).faults
    return list(zip(found["row"], found["column"], found["kind"], found["value"], strict=True))


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_a_finding_has_rows_column_values_and_what_was_expected(tmp_path):
    found = validate(write(tmp_path / "t.csv", "n,t\n1,a\n10,b\n11,c\n"), NUMBERS)
    assert len(found) == 1
    assert found[0].code == "validation.maximum"
    assert (found[0].place.file, found[0].place.rows, found[0].place.column) == ("t.csv", (3, 4), "n")
    assert "10" in found[0].sentence("found", "es")
    assert "9" in found[0].sentence("expected", "es")


def test_a_sound_table_has_no_finding(tmp_path):
    assert not validate(write(tmp_path / "t.csv", "n,t\n1,a\n9,b\n"), NUMBERS)


def test_the_rows_listed_are_capped_and_said_to_be():
    table = pd.DataFrame({"n": ["x"] * (LISTED + 5), "t": "a"})
    found = validate(table, NUMBERS)
    assert found.codes() == {"validation.type", "validation.rows-listed"}
    assert len(found.of("validation.type")[0].place.rows) == LISTED
    assert found.of("validation.type")[0].params["n"] == LISTED + 5
    assert len(examine(table, NUMBERS).faults) == LISTED + 5


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_recognised(tmp_path, encoding):
    schema = {"fields": [{"name": "niñez", "constraints": {"enum": ["sí", "año"]}}, {"name": "n"}]}
    text = "niñez,n\n" + "sí,1\naño,2\n" * 30 + "jamás,3\n"
    path = write(tmp_path / "t.csv", text, encoding)
    assert faults(path, schema) == [(62, "niñez", "enum", "jamás")]


def test_a_package_says_delimiter_encoding_and_tables(tmp_path):
    write(tmp_path / "colonias.csv", "id\n1\n2\n")
    write(tmp_path / "predios.csv", "id|colonia\n1|Peñón 1\n2|1\n3|2\n", "latin-1")
    key = {"fields": "colonia", "reference": {"resource": "colonias", "fields": "id"}}
    package = {
        "resources": [
            {"name": "colonias", "path": "colonias.csv", "schema": {"fields": [{"name": "id", "type": "integer"}]}},
            {
                "name": "predios",
                "path": "predios.csv",
                "encoding": "iso-8859-1",
                "dialect": {"delimiter": "|"},
                "schema": {"fields": [{"name": "id", "type": "integer"}, {"name": "colonia"}], "foreignKeys": [key]},
            },
        ]
    }
    path = write(tmp_path / "datapackage.json", json.dumps(package))
    assert faults(tmp_path / "predios.csv", path, resource="predios") == [(2, "colonia", "foreign-key", "Peñón 1")]
    with pytest.raises(KitError, match="resource-unknown"):
        validate(tmp_path / "predios.csv", path)


def test_a_foreign_table_that_is_not_there_is_said_and_not_passed_over():
    schema = {
        "fields": [{"name": "c"}],
        "foreignKeys": [{"fields": ["c"], "reference": {"resource": "otra", "fields": ["c"]}}],
    }
    table = pd.DataFrame({"c": ["1"]})
    assert validate(table, schema).codes() == {"validation.foreign-table-missing"}
    assert faults(table, schema, tables={"otra": pd.DataFrame({"c": ["2"]})}) == [(2, "c", "foreign-key", "1")]
    assert not validate(table, schema, tables={"otra": pd.DataFrame({"c": ["1"]})})


def test_composite_foreign_keys_compare_all_their_parts():
    schema = {
        "fields": [{"name": "a"}, {"name": "b", "type": "integer"}],
        "foreignKeys": [{"fields": ["a", "b"], "reference": {"resource": "o", "fields": ["x", "y"]}}],
    }
    other = pd.DataFrame({"x": ["p", "q"], "y": ["1", "2"]})
    table = pd.DataFrame({"a": ["p", "p", "q", ""], "b": ["01", "2", "2", ""]})
    assert faults(table, schema, tables={"o": other})[0] == (3, "a, b", "foreign-key", "p / 2")


def test_unique_keys_and_categories_of_version_two_are_checked():
    schema = {
        "fields": [{"name": "a", "categories": [{"value": "x", "label": "X"}, {"value": "y"}]}, {"name": "b"}],
        "uniqueKeys": [["a", "b"]],
    }
    table = pd.DataFrame({"a": ["x", "z", "x", "y"], "b": ["1", "1", "1", ""]})
    assert faults(table, schema) == [(3, "a", "category", "z"), (4, "a, b", "unique-key", "x / 1")]


def test_a_primary_key_half_empty_is_reported():
    schema = {"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "primaryKey": ["a", "b"]}
    table = pd.DataFrame({"a": ["1", "1"], "b": ["1", ""], "c": ["x", "y"]})
    assert faults(table, schema) == [(3, "a, b", "primary-key-empty", "1 / ")]


@pytest.mark.parametrize(
    ("labels", "match", "expected"),
    [
        (["a", "b"], "exact", set()),
        (["b", "a"], "exact", {"header-order"}),
        (["b", "a"], "equal", set()),
        (["a"], "exact", {"header-missing"}),
        (["a"], "superset", set()),
        (["a", "b", "c"], "exact", {"header-extra"}),
        (["a", "b", "c"], "subset", set()),
        (["a", "b", ""], "exact", {"header-blank"}),
        (["a", "b", "b"], "exact", {"header-duplicate"}),
    ],
)
def test_the_header_is_checked_as_the_schema_says(tmp_path, labels, match, expected):
    schema = {"fields": [{"name": "a"}, {"name": "b"}], "fieldsMatch": match}
    path = write(tmp_path / "t.csv", ",".join(labels) + "\n" + ",".join("1" * len(labels)) + "\n")
    assert validate(path, schema).codes() == {f"validation.{kind}" for kind in expected}


def test_columns_in_another_order_are_checked_by_name(tmp_path):
    path = write(tmp_path / "t.csv", "t,n\na,1\nb,x\n")
    assert faults(path, NUMBERS) == [(3, "n", "type", "x")]


def test_a_pattern_is_pythons_and_matches_the_whole_text():
    schema = {"fields": [{"name": "a", "constraints": {"pattern": r"a|b\w+(?<!z)"}}]}
    table = pd.DataFrame({"a": ["a", "bñ", "bz", "ab", "a\n"]})
    assert [row for row, *_ in faults(table, schema)] == [4, 5, 6]


def test_hostile_names_and_values_are_text(tmp_path):
    names = ['a"; DROP TABLE cells; --', "b'c", "d\ne", "niño 👩", "c0", "n"]
    schema = {"fields": [{"name": n, "constraints": {"enum": ["o'x", "'; DROP TABLE cells; --"]}} for n in names]}
    table = pd.DataFrame([["o'x"] * 6, ["'; DROP TABLE cells; --"] * 6, ["x'"] * 6], columns=names)
    assert faults(table, schema) == [(4, name, "enum", "x'") for name in names]


def test_a_file_larger_than_memory_goes_through_the_disk_with_the_same_faults(tmp_path, monkeypatch):
    lines = ["n,t", *("5,b" if i % 1000 else "x,b" for i in range(40_000)), "", "7", "8,a,b", "99,z"]
    path = write(tmp_path / "t.csv", "\n".join(lines) + "\n")
    whole = faults(path, NUMBERS)
    monkeypatch.setattr(reading, "LARGE", 1000)
    monkeypatch.setattr(reading, "_BLOCK", 1 << 12)
    assert faults(path, NUMBERS) == whole
    assert whole[-1] == (40_005, "n", "maximum", "99")
    assert len(whole) == 40 + 4


def test_a_number_column_in_a_frame_and_in_a_spreadsheet(tmp_path):
    table = pd.DataFrame({"n": [1, 20, None], "t": ["a", "b", "c"]}, dtype=object)
    assert faults(table, NUMBERS) == [(3, "n", "maximum", "20")]
    table.to_excel(tmp_path / "t.xlsx", index=False)
    assert faults(tmp_path / "t.xlsx", NUMBERS) == [(3, "n", "maximum", "20")]


def test_what_is_not_checked_is_said():
    schema = {
        "fields": [{"name": "d", "type": "duration"}, {"name": "n", "type": "integer", "constraints": {"pattern": "1"}}]
    }
    found = validate(pd.DataFrame({"d": ["P1D"], "n": ["2"]}), schema)
    assert [(f.place.column, f.params["part"]) for f in found] == [("d", "duration"), ("n", "pattern")]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"fields": [{"type": "integer"}]},
        {"fields": [{"name": "a", "type": "text"}]},
        {"fields": [{"name": "a", "constraints": {"pattern": "("}}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": "x"}}]},
        {"fields": [{"name": "a", "type": "integer", "constraints": {"enum": ["x"]}}]},
        {"fields": [{"name": "a"}], "primaryKey": "b"},
    ],
)
def test_a_wrong_schema_stops_and_says_which_part(schema):
    with pytest.raises(KitError, match=r"validation\.schema-wrong"):
        validate(pd.DataFrame({"a": ["1"]}), schema)


def test_files_that_are_no_table_stop(tmp_path):
    with pytest.raises(KitError, match=r"tables\.file-missing"):
        validate(tmp_path / "no.csv", NUMBERS)
    with pytest.raises(KitError, match=r"tables\.file-empty"):
        validate(write(tmp_path / "t.csv", ""), NUMBERS)
    with pytest.raises(KitError, match=r"validation\.schema-unreadable"):
        validate(pd.DataFrame(), write(tmp_path / "s.json", "{"))


TEXTS = st.text(st.sampled_from("0123456789-+.,:TZ /aA_ñé@\n\0'"), max_size=20)
NARROW = [
    Field("f", "integer", constraints={"minimum": 3, "exclusiveMaximum": "700"}),
    Field("f", "number", constraints={"maximum": "0.1"}),
    Field("f", "date", constraints={"minimum": "2001-01-01"}),
    Field("f", "datetime"),
    Field("f", "time"),
    Field("f", "year"),
    Field("f", "string", "email"),
    Field("f", constraints={"minLength": 3, "maxLength": 5, "required": True}),
    Field("f", constraints={"pattern": r"^\w+(?:-[0-9a-z]{1,3})?$"}),
    Field("f", "boolean"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS | st.dates().map(str) | st.integers().map(str) | st.floats().map(str), max_size=20), st.data())
def test_a_fast_check_never_passes_what_the_measure_refuses(texts, data):
    item = data.draw(st.sampled_from(NARROW))
    base = duckdb.connect()
    frame = pd.DataFrame({"c": pd.Series(texts, dtype="object")})
    base.register("t", frame.astype("string"))
    passed = base.execute(f"SELECT c FROM t WHERE {fast.passes(item, 'c')}").df()["c"]
    assert [text for text in passed if values.checker(item)(text)] == []
    keys = base.execute(f"SELECT c FROM t WHERE {fast.is_key(item, 'c') or 'false'}").df()["c"]
    assert [text for text in keys if text not in item.missing and values.canonical(item)(text) != text] == []


@pytest.mark.parametrize("pattern", ["(?=a)", "(?i)a", "a.c", "[^a]", r"\ba", r"(a)\1", "a++", "(?s:a)", r"\s"])
def test_a_pattern_outside_the_shared_dialect_goes_to_python(pattern):
    assert fast._pattern(pattern, "c") is None
    re.compile(pattern)


def test_every_kind_has_its_sentences_filled_in_both_languages():
    schema = {
        "fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 5, "required": True}}, {"name": "t"}],
        "primaryKey": "n",
    }
    found = validate(pd.DataFrame({"n": ["1", "x", "", "5", "5"], "t": "a", "z": "b"}), schema)
    assert len(found) == 6
    for lang in LANGUAGES:
        assert not [line for line in found.lines(lang) if "{" in line]


def test_the_command_exits_with_one_on_errors_and_writes_json(tmp_path):
    schema = write(tmp_path / "s.json", json.dumps(NUMBERS))
    bad, good = write(tmp_path / "bad.csv", "n,t\nx,a\n"), write(tmp_path / "good.csv", "n,t\n1,a\n")
    run = CliRunner().invoke
    assert run(make_app(), ["validate", str(good), "--schema", str(schema)]).exit_code == 0
    result = run(make_app(), ["validate", str(bad), "--schema", str(schema), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["place"] == {"file": "bad.csv", "rows": [2], "column": "n"}
