"""The data dictionary: read out of a Table Schema, completed from the data, written for people."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from kit.publish import Column, Dataset
from kit.publish.dictionary import columns_from
from kit.publish.files import DICTIONARY_HEAD, complete_columns, write_dictionary


def test_a_schema_in_two_languages_becomes_columns() -> None:
    (column,) = columns_from(
        [
            {
                **{"name": "USO", "type": "string", "title": "Uso", "titles": {"es": "Uso", "en": "Use"}},
                **{"descriptions": {"es": "Uso del suelo", "en": "Land use"}, "constraints": {"enum": ["A", "B"]}},
            },
            {"name": "geometry", "type": "geojson"},
        ]
    )
    assert (column.title_en, column.description, column.values) == ("Use", "Uso del suelo", ["A", "B"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["007", "012"], "string"),
        (["2014-03-09", "2015-12-31"], "date"),
        (["2014-03-09", "2015-02-31"], "string"),
        ([1, 2], "integer"),
        ([1.5, None], "number"),
        ([True, False], "boolean"),
        (pd.to_datetime(["2014-03-09 10:30"]), "datetime"),
        ([None, None], "string"),
    ],
)
def test_types_are_read_off_the_data(values: list, expected: str) -> None:
    (column,) = complete_columns(Dataset(), pd.DataFrame({"x": values}))
    assert column.type == expected


def test_the_written_dictionary_has_a_row_per_column(tmp_path: Path) -> None:
    columns = [Column(name="USO", description="Uso; «suelo», etc.", values=["A", "B"], required=True), Column(name="X")]
    write_dictionary(columns, tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == DICTIONARY_HEAD
    assert [(row["columna"], row["valores"], row["obligatorio"]) for row in rows] == [
        ("USO", "A; B", "sí"),
        ("X", "", "no"),
    ]
