"""Audit of a cadastral layer: each rule with a case that fails it and one that does not."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kit import keys
from kit.layers import read_layer
from kit.themes.cadastre import Audit, audit
from kit.themes.mapping import Mapping, guess
from kit.themes.uses import canonical_uses

MAPPING = Mapping(
    key="CLAVE", local="LOCAL", block="MZA", state="ENT", municipality="MUN", use="USO", area="SUP", geometry="geometry"
)


def parcels(count: int = 30) -> gpd.GeoDataFrame:
    """A sound cadastre: lots of 10 m by 20 m in blocks of ten."""
    number = np.arange(count)
    block, lot = number // 10 + 1, number % 10 + 1
    x, y = 300_000 + 10.0 * (lot - 1), 2_450_000 + 30.0 * block
    table = {
        "CLAVE": keys.STANDARD.build(state=99, municipality=1, locality=1, zone=1, sector=7, block=block, parcel=lot),
        "LOCAL": keys.LOCAL.build(district=7, block=block, parcel=lot),
        "MZA": keys.BLOCK.build(district=7, block=block),
        "ENT": "99",
        "MUN": "001",
        "USO": "HABITACIONAL",
        "SUP": 200.0,
    }
    return gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + 10, y + 20), crs="EPSG:32614")


def put(column: str, row: int, value: object) -> gpd.GeoDataFrame:
    layer = parcels()
    layer[column] = layer[column].astype(object)
    layer.loc[row, column] = value
    return layer


def run(layer: gpd.GeoDataFrame, **options: object) -> Audit:
    return audit(layer, MAPPING, rows=np.arange(2, len(layer) + 2), file="predios.gpkg", **options)


def test_a_sound_cadastre_has_no_finding() -> None:
    found = run(parcels())
    assert found.findings.codes() == set()
    assert (found.summary["features"], found.summary["overlap_pairs"], found.summary["invalid"]) == (30, 0, 0)
    assert found.area == pytest.approx(200)


@pytest.mark.parametrize("system", [4326, 6372, 3857])
def test_a_sound_cadastre_is_sound_in_any_reference_system(system: int) -> None:
    found = run(parcels().to_crs(system))
    assert not found.findings.of("cadastre.")
    assert found.summary["overlap_above"] == 0
    assert found.area == pytest.approx(200, rel=2e-3)


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, {"cadastre.key-blank"}),
        ("  ", {"cadastre.key-blank"}),
        ("9.9E+30", {"cadastre.key-scientific"}),
        ("99 000 001 01 0001 007 001 00004 00 0000", {"cadastre.key-separated"}),
        ("990000010100010070010000400000", {"cadastre.key-malformed"}),
        ("99000001010001007001000040000OO", {"cadastre.key-malformed"}),
        ("990000010100010070010000400000Ñ", {"cadastre.key-non-ascii"}),
        ("007-0001-000004", {"cadastre.key-mixed"}),
        ("9800000101000100700100004000000", {"cadastre.key-state-unknown"}),
        ("1400012001000100700100004000000", {"cadastre.key-elsewhere"}),
        ("9900000101000100700100099000000", {"cadastre.key-local-differs"}),
        ("9900000101000100700900004000000", {"cadastre.key-local-differs", "cadastre.key-block-differs"}),
    ],
)
def test_each_damage_to_a_key_is_found_at_its_row(value: str | None, codes: set[str], lang: str) -> None:
    found = run(put("CLAVE", 3, value)).findings
    assert found.codes() == codes
    assert all((f.place.rows, f.place.file) == ((5,), "predios.gpkg") for f in found)
    assert all("{" not in line for line in found.lines())


def test_a_lost_leading_zero_is_told_where_the_state_begins_with_one() -> None:
    layer = parcels()
    layer["CLAVE"] = "01" + layer["CLAVE"].str.slice(2)
    layer["ENT"] = "01"
    layer.loc[3, "CLAVE"] = layer.loc[3, "CLAVE"][1:]
    assert run(layer).findings.codes() == {"cadastre.key-short"}
    layer["CLAVE"] = layer["CLAVE"].str.slice(-30)
    assert run(layer).findings.of("cadastre.key-short")[0].params["n"] == 30


def test_a_block_of_another_form_and_a_parcel_in_another_block_are_found() -> None:
    assert run(put("MZA", 3, "7-1")).findings.codes() == {"cadastre.block-malformed"}
    assert run(put("MZA", 3, "007-0002")).findings.codes() == {"cadastre.key-block-differs"}
    names = parcels().assign(MZA="Manzana 4")
    assert run(names).findings.codes() == set()


def test_the_municipality_is_what_is_given_else_the_columns_say_else_most_keys_name() -> None:
    sound = parcels()
    elsewhere = "cadastre.key-elsewhere"
    assert run(sound, municipality="14120").findings.of(elsewhere)[0].params["n"] == 30
    assert run(sound.assign(MUN="002")).findings.of(elsewhere)[0].params["expected"] == "99002"
    names = put("CLAVE", 3, "1400012001000100700100004000000").assign(ENT="Jalisco")
    assert run(names).findings.codes() == set()
    alone = Mapping(key="CLAVE")
    finding = audit(names, alone).findings.of(elsewhere)[0]
    assert (finding.place.rows, finding.params["expected"], finding.params["examples"]) == ((4,), "99001", ["14120"])


def test_shared_keys_are_counted_and_listed_in_their_canonical_form() -> None:
    layer = parcels()
    layer.loc[[4, 9], "CLAVE"] = layer.loc[0, "CLAVE"]
    layer.loc[12, "CLAVE"] = layer.loc[11, "CLAVE"][:5] + " " + layer.loc[11, "CLAVE"][5:]
    found = run(layer)
    finding = found.findings.of("cadastre.key-repeated")[0]
    assert {name: finding.params[name] for name in ("features", "keys", "extra")} == {
        "features": 5,
        "keys": 2,
        "extra": 3,
    }
    assert finding.place.rows == (2, 6, 11, 13, 14)
    assert found.duplicates["rows"].tolist() == [(2, 6, 11), (13, 14)]
    assert found.duplicates["features"].tolist() == [3, 2]


def test_keys_turned_into_numbers_and_empty_ones_are_not_repeated_keys() -> None:
    layer = parcels()
    layer["CLAVE"] = layer["CLAVE"].astype(object)
    layer.loc[[1, 2], "CLAVE"], layer.loc[[3, 4], "CLAVE"] = "9.9E+30", None
    found = run(layer)
    assert found.duplicates.empty
    assert found.findings.codes() == {"cadastre.key-scientific", "cadastre.key-blank"}


def test_uses_written_otherwise_and_unknown_uses_are_found() -> None:
    layer = parcels()
    layer.loc[[1, 2, 3], "USO"] = ["habitacional ", "HAB", "Baldío"]
    layer.loc[5, "USO"] = "AGUACATE"
    layer.loc[6, "USO"] = ""
    found = run(layer).findings
    assert found.of("cadastre.use-variant")[0].place.rows == (3, 4, 5)
    assert "Baldío → SIN USO" in found.of("cadastre.use-variant")[0].params["variants"]
    assert found.of("cadastre.use-unknown")[0].place.rows == (7,)
    assert canonical_uses(pd.Series(["no  habitacional", "mixta", None, "x"])).isna().tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_areas_in_hectares_and_different_areas_are_told_apart() -> None:
    layer = parcels()
    layer["SUP"] = layer["SUP"].astype(object)
    layer.loc[[1, 2, 3, 4], "SUP"] = [0.02, "0.0201", "$1,200.00", "s/d"]
    found = run(layer).findings
    hectares, differs = found.of("cadastre.area-hectares")[0], found.of("cadastre.area-differs")[0]
    assert (hectares.place.rows, hectares.params["said"]) == ((3, 4), 0.02)
    assert (differs.place.rows, differs.params["said"], differs.params["measured"]) == ((5,), 1200.0, 200.0)


def test_overlaps_come_with_keys_rows_and_area_and_the_largest_first() -> None:
    layer = parcels()
    layer.loc[3, "geometry"] = shapely.affinity.translate(layer.loc[3, "geometry"], 0.5, 0)
    layer.loc[21, "geometry"] = shapely.affinity.translate(layer.loc[21, "geometry"], 0.0001, 0)
    found = run(layer)
    assert found.overlaps[["left_row", "right_row"]].to_numpy().tolist() == [[5, 6], [23, 24]]
    assert found.overlaps["area"].tolist() == pytest.approx([10.0, 0.002], rel=1e-3)
    assert found.overlaps["left_key"].iloc[0] == layer.loc[3, "CLAVE"]
    assert (found.summary["overlap_pairs"], found.summary["overlap_above"]) == (2, 1)


def test_a_parcel_written_twice_is_one_repeated_record_and_no_overlap() -> None:
    layer = parcels()
    twice = pd.concat([layer, layer.iloc[[4]]], ignore_index=True)
    found = run(twice)
    assert found.findings.codes() == {"cadastre.key-repeated", "topology.repeated"}
    assert found.findings.of("topology.repeated")[0].place.rows == (32,)
    assert found.summary["overlap_pairs"] == 0
    other_key = twice.copy()
    other_key.loc[30, ["CLAVE", "LOCAL"]] = ["9900000101000100700100011000000", "007-0001-000011"]
    assert run(other_key).findings.codes() == {"topology.overlap"}


def test_a_bow_tie_a_sliver_and_a_polygon_without_area_are_found() -> None:
    layer = parcels().drop(columns="SUP")
    corner = layer.loc[29, "geometry"].bounds[2]
    y = layer.loc[29, "geometry"].bounds[1]
    layer.loc[29, "geometry"] = shapely.Polygon([(corner, y), (corner + 9, y + 9), (corner + 9, y), (corner, y + 9)])
    layer.loc[28, "geometry"] = shapely.box(corner + 50, y, corner + 50.02, y + 20)
    layer.loc[27, "geometry"] = shapely.Polygon([(corner + 60, y), (corner + 70, y), (corner + 65, y)])
    found = run(layer)
    rows = {f.code: f.place.rows for f in found.findings}
    assert rows["topology.bow-tie"] == (31,)
    assert rows["topology.sliver"] == (30,)
    assert rows["cadastre.no-surface"] == (29,)
    assert found.invalid.set_index("row").loc[31, "key"] == layer.loc[29, "CLAVE"]


def test_features_in_another_system_do_not_disturb_the_rest() -> None:
    layer = parcels()
    geometry = layer.geometry.to_numpy().copy()
    geometry[[3, 4]] = layer.geometry.iloc[[3, 4]].to_crs(6372).to_numpy()
    found = run(layer.to_crs(32614).set_geometry(gpd.GeoSeries(geometry, crs=32614)))
    assert found.findings.codes() == set()
    assert np.isnan(found.area[[3, 4]]).all()


def test_a_layer_without_the_mapped_columns_or_without_features_is_audited_all_the_same() -> None:
    bare = parcels()[["geometry"]]
    assert audit(bare, Mapping()).summary["features"] == 30
    assert audit(bare.iloc[:0], Mapping()).summary["features"] == 0
    points = bare.set_geometry(bare.centroid)
    assert audit(points, Mapping()).findings.codes() == set()


def test_the_tables_own_index_does_not_matter() -> None:
    layer = put("CLAVE", 3, "9.9E+30")
    layer.loc[8, "geometry"] = shapely.affinity.translate(layer.loc[8, "geometry"], 0.5, 0)
    odd_index = layer.set_index(pd.Index([5] * 15 + list(range(15))))
    plain, odd = run(layer), run(odd_index)
    assert odd.findings == plain.findings and len(plain.findings) == 2
    assert odd.overlaps.equals(plain.overlaps)


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, float]] = []
    run(parcels(), progress=lambda key, done: told.append((key, done)))
    assert told[-1] == ("cadastre.progress-done", 1.0)
    assert [done for _, done in told] == sorted(done for _, done in told)


@pytest.mark.real
def test_the_real_constructions_give_the_known_figures(real: Path) -> None:
    read = read_layer(real / "cadastre" / "construcciones.csv")
    mapping, _ = guess(read.layer)
    found = audit(read.layer, mapping, rows=read.rows, file="construcciones.csv")
    repeated = found.findings.of("cadastre.key-repeated")[0].params
    assert (repeated["features"], repeated["keys"], repeated["extra"]) == (250, 111, 139)
    overlap = found.findings.of("topology.overlap")[0].params
    assert (overlap["pairs"], overlap["above"], overlap["tolerance"]) == (72, 6, 0.01)
    (invalid,) = found.findings.of("topology.self-intersection")
    assert invalid.place.rows == (81,)
    assert len(found.invalid) == 1 and len(found.overlaps) == 72 and len(found.duplicates) == 111
    assert found.findings.codes() == {"cadastre.key-repeated", "topology.overlap", "topology.self-intersection"}
