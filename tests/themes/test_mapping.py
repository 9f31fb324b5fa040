"""Which column is which: given, guessed, or asked for in words that can be followed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kit.findings import KitError
from kit.layers import read_layer
from kit.themes.mapping import Mapping, guess, read_mapping

CITY = {
    "CVE_CAT_EST": "9900000101000100100100001000000",
    "CVE_CAT_ORI": "001-0001-000001",
    "CVE_ENT": "99",
    "CVE_MUN": "001",
    "MANZANA": "001-0001",
    "USO": "HABITACIONAL",
    "SUP_TERRENO": 383.41,
    "SUP_CONSTRUCCION": 540.24,
    "VALOR_CATASTRAL": "$3,494,298.61",
    "FECHA_MOV": "24/09/2005",
}


def test_the_citys_columns_are_known_by_name() -> None:
    mapping, findings = guess(pd.DataFrame([CITY]))
    assert mapping.columns() == {
        "key": "CVE_CAT_EST",
        "local": "CVE_CAT_ORI",
        "block": "MANZANA",
        "state": "CVE_ENT",
        "municipality": "CVE_MUN",
        "use": "USO",
        "value": "VALOR_CATASTRAL",
        "area": "SUP_TERRENO",
        "built": "SUP_CONSTRUCCION",
        "date": "FECHA_MOV",
    }
    assert findings[0].params["n"] == 10


def test_names_are_compared_without_case_accents_and_signs_and_cut_names_are_known() -> None:
    mapping, _ = guess(pd.DataFrame({"cve cat es": ["x"], "Sup_Terren": [1.0], "Uso de Suelo": ["y"]}))
    assert (mapping.key, mapping.area, mapping.use) == ("cve cat es", "Sup_Terren", "Uso de Suelo")


def test_columns_without_names_are_known_by_content() -> None:
    table = pd.DataFrame(
        {
            "column_1": ["27"] * 3,
            "column_2": ["001-0007-000012", "001-0007-000013", None],
            "column_3": ["001-0007"] * 3,
            "column_4": ["Habitacional", "baldío", "MIXTO"],
            "column_5": ["9900000101000100100100001000000"] * 3,
            "column_6": shapely.to_wkb(shapely.points([1, 2, 3], [1, 2, 3]), hex=True),
        }
    )
    mapping, _ = guess(table)
    assert (mapping.key, mapping.local, mapping.block) == ("column_5", "column_2", "column_3")
    assert (mapping.use, mapping.geometry) == ("column_4", "column_6")
    without, _ = guess(table.drop(columns="column_5"))
    assert (without.key, without.local) == ("column_2", None)


def test_what_the_user_gives_is_never_overruled() -> None:
    given = Mapping(key="CVE_CAT_ORI")
    mapping, _ = guess(pd.DataFrame([CITY]), given)
    assert mapping.key == "CVE_CAT_ORI"
    assert "CVE_CAT_ORI" not in {mapping.local, mapping.block}


def test_a_layers_geometry_is_its_own() -> None:
    layer = gpd.GeoDataFrame([CITY], geometry=[shapely.Point(1, 2)])
    assert guess(layer, need=("key", "geometry"))[0].geometry == "geometry"


def test_what_cannot_be_guessed_is_asked_for_with_the_option_to_give(lang: str) -> None:
    table = pd.DataFrame({f"c{n}": [f"dato{n}"] for n in range(9)})
    with pytest.raises(KitError) as problem:
        guess(table, file="p.csv", need=("key", "geometry", "value"))
    assert problem.value.findings.codes() == {
        "cadastre.mapping-key-missing",
        "cadastre.mapping-geometry-missing",
        "cadastre.mapping-field-missing",
    }
    words = str(problem.value)
    assert all(f"c{n} = dato{n}" in words for n in range(9))
    for field in ("key", "geometry", "value"):
        assert f"--map {field}=" in words and f"{field}: COLUM" in words


def test_a_given_column_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(KitError) as problem:
        guess(pd.DataFrame([CITY]), Mapping(key="CLAVE"))
    (finding,) = problem.value.findings
    assert finding.params["column"] == ["CLAVE"]
    assert "CVE_CAT_EST = " in finding.params["columns"]


def test_a_mapping_comes_from_a_file_and_options_go_before_it(tmp_path: Path) -> None:
    file = tmp_path / "mapeo.yaml"
    file.write_text("key: CLAVE\nuse: USO\nlabels: {column_6: Superficie}\n", encoding="utf-8-sig")
    mapping = read_mapping(["key=CCAT"], file)
    assert (mapping.key, mapping.use, mapping.labels) == ("CCAT", "USO", {"column_6": "Superficie"})
    assert read_mapping([str(file)]) == read_mapping(file=file)


@pytest.mark.parametrize(
    ("content", "code"),
    [("- a\n- b\n", "cadastre.mapping-file-damaged"), ("key: [\n", "cadastre.mapping-file-damaged"),
     ("clave: X\n", "models.unknown-field"), (None, "cadastre.mapping-file-missing")],
)  # fmt: skip
def test_a_file_that_is_no_mapping_is_a_finding(tmp_path: Path, content: str | None, code: str) -> None:
    file = tmp_path / "mapeo.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(KitError) as problem:
        read_mapping(file=file)
    assert problem.value.findings.codes() == {code}


def test_an_option_without_an_equals_sign_is_a_finding() -> None:
    with pytest.raises(KitError) as problem:
        read_mapping(["CLAVE"])
    assert problem.value.findings.codes() == {"cadastre.mapping-option"}


@pytest.mark.real
def test_key_and_geometry_of_the_real_constructions_are_guessed_by_content(real: Path) -> None:
    read = read_layer(real / "cadastre" / "construcciones.csv")
    mapping, findings = guess(read.layer, need=("key", "geometry"))
    assert read.source["geometry"] == "column_18"
    assert mapping.columns() == {"key": "column_3"}
    assert findings.codes() == {"cadastre.mapping-guessed"}
