"""Dirt: every injected defect is in the answer key, the answer key gives back the truth, and nothing else differs."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.datagen import defects, dirt, make_city
from kit.datagen.dirt_cells import CELL_DEFECTS
from kit.datagen.dirt_features import FEATURE_DEFECTS, clean_layer, soil_layer

CELLS = defects.rates("cell")


@pytest.fixture(scope="module")
def parcels() -> gpd.GeoDataFrame:
    return make_city(1500, 5).parcels


@pytest.fixture(scope="module")
def truth(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    return dirt.texts(parcels.drop(columns="geometry"))


@pytest.fixture(scope="module")
def soiled(truth: pd.DataFrame) -> dirt.DirtyTable:
    return dirt.soil_table(truth, 5, file="predios.csv")


@pytest.fixture(scope="module")
def layer(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return parcels[["CVE_CAT_EST", "geometry"]]


def grid_of(path: Path, encoding: str = "ISO-8859-1") -> pd.DataFrame:
    with path.open(encoding=encoding, newline="") as stream:
        return pd.DataFrame(list(csv.reader(stream)), dtype=object)


def test_catalogue_and_makers_name_the_same_defects():
    table = defects.catalogue()
    assert set(CELL_DEFECTS) == set(table.loc[table["scope"] == "cell", "defect"])
    assert set(FEATURE_DEFECTS) == set(table.loc[table["scope"] == "feature", "defect"])
    assert not table.duplicated(["defect", "column"]).any()
    assert (table[["es", "en", "source"]] != "").all(axis=None)


def test_a_name_cannot_be_registered_twice():
    register = defects.registrar({"money": 1})
    with pytest.raises(ValueError, match="money"):
        register("money")(2)


def test_answer_key_gives_back_the_truth_from_the_written_file(soiled, truth, tmp_path):
    soiled.write_csv(tmp_path / "predios.csv")
    grid = grid_of(tmp_path / "predios.csv")
    assert (dirt.clean_table(grid, soiled.key).to_numpy() == truth.to_numpy()).all()


def test_the_file_says_what_the_answer_key_says_it_says(soiled, tmp_path):
    soiled.write_csv(tmp_path / "predios.csv")
    grid = grid_of(tmp_path / "predios.csv")
    names = list(grid.iloc[3])
    cells = soiled.key[soiled.key["column"] != ""]
    said = [grid.iloc[row - 1, names.index(column)] for row, column in zip(cells["row"], cells["column"], strict=True)]
    assert said == list(cells["dirty"])
    assert (cells["dirty"] != cells["true"]).all()


def test_nothing_else_differs(soiled, truth):
    body = soiled.grid.iloc[4:-2, : len(truth.columns)].set_axis(range(5, len(soiled.grid) - 1))
    extra = soiled.key.loc[soiled.key["defect"] == "duplicate-row", "row"].astype(int)
    kept = body.drop(index=extra)
    differs = kept.to_numpy() != truth.to_numpy()
    in_key = soiled.key[soiled.key["column"] != ""]
    listed = set(zip(in_key["row"].astype(int), in_key["column"], strict=True))
    found = {(int(kept.index[r]), truth.columns[c]) for r, c in zip(*np.nonzero(differs), strict=True)}
    assert found == listed
    assert len(listed) == len(in_key)


def test_repeated_rows_are_exact_copies_below_the_original(soiled):
    repeated = soiled.key.loc[soiled.key["defect"] == "duplicate-row"]
    rows = ["\x1f".join(line) for line in soiled.grid.to_numpy()]
    assert len(repeated) == round(0.012 * 1500)
    for row in repeated["row"]:
        assert rows[row - 1] in rows[: row - 1]


def test_frame_of_the_file(soiled):
    grid = soiled.grid
    assert grid.iloc[0, 0].startswith("H. AYUNTAMIENTO")
    assert grid.iloc[3, 0] == "CVE_CAT_EST"
    assert (grid.iloc[:, -1] == "").all()
    assert grid.iloc[len(grid) - 2, 0] == "TOTAL"
    assert grid.iloc[len(grid) - 1, 0].startswith("FUENTE")


def test_about_one_key_in_eight_is_wrong(soiled):
    wrong = (soiled.key["column"] == "CVE_CAT_EST").sum()
    assert wrong == pytest.approx(1500 / 8, rel=0.05)


def test_a_repeated_key_stands_beside_its_clean_owner(soiled, truth):
    struck = soiled.key[soiled.key["defect"] == "duplicate-key"]
    touched = set(soiled.key.loc[soiled.key["column"] == "CVE_CAT_EST", "key"])
    assert struck["dirty"].is_unique
    assert set(struck["dirty"]) <= set(truth["CVE_CAT_EST"])
    assert not set(struck["dirty"]) & touched


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), factor=st.sampled_from([0.0, 0.3, 1.0, 2.5]))
def test_round_trip_at_any_seed_and_rate(truth, seed, factor):
    small = truth.head(400)
    made = dirt.soil_table(small, seed, file="x.csv", factor=factor)
    assert (dirt.clean_table(made.grid, made.key).to_numpy() == small.to_numpy()).all()
    assert (made.key["column"] == "").all() == (factor == 0.0)


@pytest.mark.parametrize("name", sorted(CELL_DEFECTS))
def test_each_cell_defect_can_be_had_alone(truth, name):
    others = dict.fromkeys(set(CELLS["defect"]) | {"duplicate-row"}, 0.0)
    made = dirt.soil_table(truth, 1, file="x.csv", chosen=others | {name: 0.02})
    cells = made.key[made.key["column"] != ""]
    assert set(cells["defect"]) == {name}
    assert set(cells["column"]) == set(CELLS.loc[CELLS["defect"] == name, "column"])
    assert cells.groupby("column").size().eq(30).all()


def test_spellings_are_those_of_real_files(soiled):
    def said(name: str, column: str) -> pd.Series:
        chosen = soiled.key[(soiled.key["defect"] == name) & (soiled.key["column"] == column)]
        return chosen["dirty"]

    assert said("money", "VALOR_CATASTRAL").str.fullmatch(r"\$\d{1,3}(,\d{3})*\.\d\d").all()
    assert said("area-unit", "SUP_TERRENO").str.contains(r"^\d+\.\d\d [mM][2²]$").all()
    assert said("decimal-comma", "SUP_TERRENO").str.fullmatch(r"\d+,\d\d").all()
    assert said("date-month", "FECHA_MOV").str.fullmatch(r"[A-Z][a-z]{2} \d{4}").all()
    assert said("date-serial", "FECHA_MOV").str.fullmatch(r"[34]\d{4}").all()
    assert said("key-scientific", "CVE_CAT_EST").str.fullmatch(r"9\.9\d*E\+30").all()
    assert set(said("lost-zeros", "CVE_MUN")) == {"1"}
    assert pd.to_datetime(said("date-impossible", "FECHA_MOV"), format="%d/%m/%Y", errors="coerce").isna().all()
    serial = soiled.key[soiled.key["defect"] == "date-serial"].iloc[0]
    assert str((pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(serial["dirty"]))).date()) == serial["true"]
    hectares = soiled.key[soiled.key["defect"] == "area-hectares"]
    assert np.allclose(hectares["dirty"].astype(float) * 10_000, hectares["true"].astype(float), atol=0.001)


def test_same_seed_same_dirt(truth):
    one, other = (dirt.soil_table(truth, 9, file="x.csv") for _ in range(2))
    assert one.grid.equals(other.grid)
    assert one.key.equals(other.key)


def test_answer_key_gives_back_every_geometry(layer):
    made = soil_layer(layer, 5, file="predios.gpkg", layer="predios")
    clean = clean_layer(made.layer, made.key)
    assert len(clean) == len(layer)
    assert (shapely.get_coordinates(clean.geometry) == shapely.get_coordinates(layer.geometry)).all()
    assert (clean["CVE_CAT_EST"] == layer["CVE_CAT_EST"]).all()


def test_no_other_feature_differs(layer):
    made = soil_layer(layer, 5, file="predios.gpkg", layer="predios")
    same = made.layer.geometry.iloc[: len(layer)].geom_equals_exact(layer.geometry, 0.0).to_numpy()
    surplus = range(len(layer) + 1, len(made.layer) + 1)
    assert set(np.flatnonzero(~same) + 1) | set(surplus) == set(made.key["row"])
    assert made.key["row"].is_unique


def test_feature_defects_are_what_they_say(layer):
    made = soil_layer(layer, 5, file="predios.gpkg", layer="predios")
    drawn = made.layer.geometry.to_numpy()
    true = layer.geometry.to_numpy()

    def struck(name: str) -> np.ndarray:
        return made.key.loc[made.key["defect"] == name, "row"].to_numpy(dtype=int) - 1

    assert (~shapely.is_valid(drawn[struck("bow-tie")])).all()
    assert shapely.is_missing(drawn[struck("null-geometry")]).all()
    assert shapely.get_coordinates(drawn[struck("axes-swapped")])[:, 0].min() > 2_000_000
    lcc = gpd.GeoSeries(drawn[struck("crs-lcc")], crs="EPSG:6372").to_crs(layer.crs)
    assert lcc.distance(layer.geometry.iloc[struck("crs-lcc")].reset_index(drop=True)).max() < 0.01
    slivers = drawn[struck("sliver")]
    assert shapely.area(slivers).max() < 2.0
    assert made.layer["CVE_CAT_EST"].iloc[struck("sliver")].isna().all()
    tree = shapely.STRtree(true)
    for index in struck("overlap"):
        common = shapely.area(shapely.intersection(drawn[index], true[tree.query(drawn[index], "intersects")]))
        assert (common > 1.0).sum() >= 2  # itself, and at least one neighbour


def test_a_rate_of_zero_leaves_the_layer_clean(layer):
    made = soil_layer(layer, 5, file="predios.gpkg", layer="predios", factor=0.0)
    assert made.key.empty
    assert len(made.layer) == len(layer)
