"""Layers: every format that officials send, geometry in columns, and coordinates that cannot be where they say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from kit.findings import KitError
from kit.layers import as_rows, in_metres, judge, layer_of_table, read_layer, reproject_odd, utm_of
from kit.layers.columns import coordinates, find_geometry, form_of

PLACE = (-100.9, 22.15)  # San Luis Potosí, UTM 14N


def squares(count: int = 40, crs: str | None = "EPSG:32614") -> gpd.GeoDataFrame:
    """Parcels of 20 m by 20 m, two metres apart, with a key and a name with accents."""
    number = np.arange(count)
    x, y = 300_000 + 22 * (number % 8), 2_450_000 + 22 * (number // 8)
    table = pd.DataFrame({"CLAVE": [f"001-0007-{n:06d}" for n in number], "COLONIA": "Peñón Ñandú"})
    return gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + 20, y + 20), crs=crs)


def stray(layer: gpd.GeoDataFrame, positions: list[int], system: str) -> gpd.GeoDataFrame:
    """The layer with the coordinates of some features written in another system, as a bad merge leaves them."""
    geometry = layer.geometry.to_numpy().copy()
    geometry[positions] = layer.geometry.iloc[positions].to_crs(system).to_numpy()
    return layer.set_geometry(gpd.GeoSeries(geometry, crs=layer.crs))


# Formats --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.fgb", "p.kml", "p.shp"])
def test_every_vector_format_is_read_with_its_crs_and_accents(tmp_path: Path, name: str) -> None:
    layer = squares()
    degrees = name.endswith(("kml", "geojson"))
    options = {"driver": "KML"} if name.endswith("kml") else {"spatial_index": False} if name.endswith("fgb") else {}
    (layer.to_crs(4326) if degrees else layer).to_file(tmp_path / name, **options)
    read = read_layer(tmp_path / name)
    assert len(read.layer) == len(layer)
    assert read.layer.crs.to_epsg() == (4326 if degrees else 32614)
    assert read.layer["COLONIA"].unique().tolist() == ["Peñón Ñandú"]
    assert read.rows.tolist() == list(range(1, 41))
    assert read.layer.geometry.name == "geometry"
    assert not read.findings.errors
    assert len(read.source["sha256"]) == 64


def test_a_layer_among_several_is_chosen_by_name_and_otherwise_said(tmp_path: Path) -> None:
    squares(3).to_file(tmp_path / "c.gpkg", layer="predios")
    squares(2).to_file(tmp_path / "c.gpkg", layer="manzanas", mode="a")
    first = read_layer(tmp_path / "c.gpkg")
    assert (len(first.layer), first.findings.codes()) == (3, {"layers.several-layers"})
    (tmp_path / "c.gpkg").rename(tmp_path / "manzanas.gpkg")
    assert read_layer(tmp_path / "manzanas.gpkg").source["layer"] == "manzanas"
    (tmp_path / "manzanas.gpkg").rename(tmp_path / "c.gpkg")
    named = read_layer(tmp_path / "c.gpkg", layer="manzanas")
    assert (len(named.layer), named.findings.codes()) == (2, set())
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / "c.gpkg", layer="calles")
    assert problem.value.findings[0].params["layers"] == ["predios", "manzanas"]


def test_a_table_without_geometry_beside_a_layer_is_not_a_layer(tmp_path: Path) -> None:
    squares(3).to_file(tmp_path / "c.gpkg", layer="predios")
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), tmp_path / "c.gpkg", layer="padron", append=True)
    assert read_layer(tmp_path / "c.gpkg").source["layers"] == ["predios"]


def shapefile(folder: Path, encoding: str = "UTF-8") -> Path:
    folder.mkdir(exist_ok=True)
    squares().to_file(folder / "predios.shp", encoding=encoding)
    return folder / "predios.shp"


def test_a_shapefile_without_prj_gets_a_proposal_and_no_crs(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    read = read_layer(path)
    assert read.layer.crs is None
    assert "EPSG:32614 (UTM 14N)" in read.findings.of("layers.crs-missing")[0].params["proposals"]
    told = read_layer(path, crs="EPSG:32614")
    assert (told.layer.crs.to_epsg(), told.findings.codes(), told.source["crs_from"]) == (32614, set(), "given")


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_lacking_a_part_is_read_and_nothing_written_beside_it(tmp_path: Path, part: str) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(part).unlink()
    before = sorted(tmp_path.iterdir())
    read = read_layer(path)
    assert len(read.layer) == 40
    assert read.findings.of("layers.part-missing")[0].params["part"] == part
    assert sorted(tmp_path.iterdir()) == before
    assert ("CLAVE" in read.layer) == (part != ".dbf")


def test_a_latin_1_shapefile_is_read_right_with_and_without_its_cpg(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "ISO-8859-1")
    assert read_layer(path).layer["COLONIA"].iloc[0] == "Peñón Ñandú"
    path.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    lying = read_layer(path)
    assert lying.layer["COLONIA"].iloc[0] == "Peñón Ñandú"
    assert lying.findings.of("layers.encoding-wrong")[0].params["declared"] == "UTF-8"
    path.with_suffix(".cpg").unlink()
    silent = read_layer(path)
    assert silent.layer["COLONIA"].iloc[0] == "Peñón Ñandú"
    assert silent.findings.codes() == {"layers.encoding-guessed"}


def test_a_zipped_shapefile_is_read_whatever_its_folder_and_letter_case(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for part in path.parent.iterdir():
            archive.write(part, f"../Entrega 2015/PREDIOS{part.suffix.upper()}")
    read = read_layer(tmp_path / "p.zip")
    assert (len(read.layer), read.layer.crs.to_epsg(), read.findings.codes()) == (40, 32614, set())
    assert not (tmp_path.parent / "Entrega 2015").exists()


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p.geojson", b" " * 20_000_000)
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / "bomb.zip")
    assert problem.value.findings.codes() == {"layers.archive-refused"}


@pytest.mark.parametrize("name", ["p.gpkg", "p.shp", "p.geojson", "p.kml"])
def test_a_file_that_is_not_what_it_says_is_a_finding(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01 this is no map")
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / name)
    assert problem.value.findings.codes() == {"layers.unreadable"}


def test_a_missing_file_is_told_with_what_the_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "predios.gpkg").write_bytes(b"")
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / "predio.gpkg")
    assert problem.value.findings[0].params["near"] == ["predios.gpkg"]


def test_only_the_columns_asked_for_are_read_and_an_unknown_one_lists_them(tmp_path: Path) -> None:
    squares(3).to_file(tmp_path / "c.gpkg")
    assert list(read_layer(tmp_path / "c.gpkg", columns=["CLAVE"]).layer.columns) == ["CLAVE", "geometry"]
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / "c.gpkg", columns=["clave"])
    assert problem.value.findings[0].params["columns"] == ["CLAVE", "COLONIA"]


# Geometry in columns --------------------------------------------------------------------------------------------------

ENCODERS = {
    "wkt": lambda shapes: shapely.to_wkt(shapes, rounding_precision=-1),
    "ewkt": lambda shapes: ["SRID=32614;" + text for text in shapely.to_wkt(shapes, rounding_precision=-1)],
    "wkb": lambda shapes: shapely.to_wkb(shapes, hex=True),
    "wkb with prefix": lambda shapes: ["\\x" + text.lower() for text in shapely.to_wkb(shapes, hex=True)],
    "big-endian wkb": lambda shapes: shapely.to_wkb(shapes, hex=True, byte_order=0),
    "ewkb": lambda shapes: shapely.to_wkb(shapely.set_srid(shapes, 32614), hex=True, include_srid=True),
    "geojson": lambda shapes: shapely.to_geojson(shapes),
}


@pytest.mark.parametrize("form", ENCODERS)
def test_geometry_is_found_by_content_and_read(tmp_path: Path, form: str) -> None:
    layer = squares()
    shapes = layer.geometry.to_numpy() if form != "geojson" else layer.geometry.to_crs(4326).to_numpy()
    table = pd.DataFrame({"CLAVE": layer["CLAVE"], "columna": ENCODERS[form](shapes), "nota": "x"})
    table.to_csv(tmp_path / "t.csv", index=False, encoding="latin-1")
    read = read_layer(tmp_path / "t.csv")
    assert read.source["geometry"] == "columna"
    assert list(read.layer.columns) == ["CLAVE", "nota", "geometry"]
    assert shapely.equals_exact(read.layer.geometry.to_numpy(), shapes, tolerance=1e-9).all()
    assert read.rows[0] == 2
    if form in {"ewkt", "ewkb"}:
        assert (read.layer.crs.to_epsg(), read.source["crs_from"]) == (32614, "cells")
        assert not read.findings.of("layers.")
    elif form != "geojson":
        assert read.layer.crs is None
        assert "layers.crs-missing" in read.findings.codes()


def test_a_geometry_that_cannot_be_read_and_one_of_another_srid_are_told_with_their_rows() -> None:
    cells = [f"SRID=32614;POINT (300000 {2450000 + n})" for n in range(10)]
    cells[3], cells[5], cells[7] = "SRID=32614;POINT (300000", "SRID=6372;POINT (2500000 1000000)", None
    layer, source, findings = layer_of_table(pd.DataFrame({"g": cells}), np.arange(2, 12))
    assert layer.crs.to_epsg() == 32614 and source["crs_from"] == "cells"
    assert findings.of("layers.geometry-unread")[0].place.rows == (5,)
    assert findings.of("layers.srid-mixed")[0].place.rows == (7,)
    assert layer.geometry.isna().tolist() == [n in {3, 7} for n in range(10)]


def test_longitude_and_latitude_columns_become_points_and_the_crs_taken_is_said(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"Latitud": ["22.1", "22,2", "s/d"], "Longitud": ["-100.9", "-100,8", "-100.7"], "n": list("abc")}
    )
    table.to_csv(tmp_path / "t.csv", index=False, sep=";")
    read = read_layer(tmp_path / "t.csv")
    assert read.source["geometry"] == ["Longitud", "Latitud"]
    assert read.layer.geometry.iloc[1].coords[0] == pytest.approx((-100.8, 22.2))
    assert read.layer.crs.to_epsg() == 4326
    assert {"layers.crs-assumed", "layers.geometry-unread", "layers.geometry-missing"} <= read.findings.codes()
    assert read.findings.of("layers.geometry-unread")[0].place.rows == (4,)


def test_degrees_minutes_and_seconds_are_read_and_told() -> None:
    numbers, sexagesimal, well = coordinates(
        pd.Series(['21°52´47.362"N', "102°17'45.768\" W", "-99.5", "22 9 0 n", "x", None])
    )
    assert numbers[:4] == pytest.approx([21.879823, -102.296047, -99.5, 22.15], abs=1e-6)
    assert sexagesimal.tolist() == [True, True, False, True, False, False]
    assert well.tolist() == [True, True, True, True, False, True]


def test_utm_coordinates_with_thousands_commas_are_no_degrees() -> None:
    assert coordinates(pd.Series(["458,917.69", "458,917", "99,1332"]))[0].tolist() == [458917.69, 458917.0, 99.1332]


def test_geometry_can_be_named_and_a_wrong_name_lists_the_columns(tmp_path: Path) -> None:
    pd.DataFrame({"a": [300000.0], "b": [2450000.0], "c": ["POINT (1 2)"]}).to_csv(tmp_path / "t.csv", index=False)
    read = read_layer(tmp_path / "t.csv", geometry="a,b", crs=32614)
    assert read.layer.geometry.iloc[0].coords[0] == (300000.0, 2450000.0)
    for wrong, code in (("z", "layers.column-unknown"), ("a", "layers.not-geometry")):
        with pytest.raises(KitError) as problem:
            read_layer(tmp_path / "t.csv", geometry=wrong)
        assert problem.value.findings.codes() == {code}


def test_a_table_without_geometry_lists_every_column_with_an_example(tmp_path: Path, lang: str) -> None:
    columns = {f"col{n}": [f"valor{n}"] for n in range(9)}
    pd.DataFrame(columns).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(KitError) as problem:
        read_layer(tmp_path / "t.csv")
    assert all(f"col{n} = valor{n}" in str(problem.value) for n in range(9))
    assert "--map geometry=" in str(problem.value) and "mapeo.yaml" in str(problem.value)


@pytest.mark.parametrize("cells", [["0102", "0304"], ["01", "00"], ["0100000000", "x"], [1.5, 2.0], ["POINT", "LINE"]])
def test_codes_and_words_are_not_taken_for_geometry(cells: list[object]) -> None:
    assert form_of(pd.Series(cells)) is None
    assert find_geometry(pd.DataFrame({"geom": cells})) is None


# Reference systems ----------------------------------------------------------------------------------------------------


def test_a_sound_layer_has_no_finding() -> None:
    for layer in (squares(), squares().to_crs(4326), squares().to_crs(6372), squares().to_crs(3857)):
        assert judge(layer).odd == () and not judge(layer).whole


@pytest.mark.parametrize("system", ["EPSG:6372", "EPSG:4326", "EPSG:32613", "EPSG:32615", "EPSG:3857"])
def test_features_in_another_system_are_found_and_brought_home(system: str) -> None:
    true, where = squares(), [2, 17, 31]
    dirty = stray(true, where, system)
    (odd,) = judge(dirty).odd
    assert odd.positions.tolist() == where
    assert odd.proposal == {"EPSG:4326": "EPSG:6365"}.get(system, system)
    mended = reproject_odd(dirty, odd)
    assert mended.geometry.distance(true.geometry).max() < 0.01
    assert shapely.equals_exact(
        dirty.geometry.iloc[[2]].to_numpy(), mended.geometry.iloc[[2]].to_numpy(), 1
    ).tolist() == [False]


def test_lcc_metres_among_degrees_are_found() -> None:
    true = squares().to_crs(4326)
    (odd,) = judge(stray(true, [0, 39], "EPSG:6372")).odd
    assert (odd.positions.tolist(), odd.proposal) == ([0, 39], "EPSG:6372")


@pytest.mark.parametrize(
    ("change", "proposal"),
    [(lambda c: c[:, ::-1], "swapped"), (lambda c: c * [-1, 1], "sign")],
    ids=["swapped axes", "lost sign"],
)
def test_swapped_axes_and_lost_signs_are_found_and_undone(change: object, proposal: str) -> None:
    true = squares().to_crs(4326)
    geometry = true.geometry.to_numpy().copy()
    geometry[[4, 5]] = shapely.transform(geometry[[4, 5]], change)
    dirty = true.set_geometry(gpd.GeoSeries(geometry, crs=4326))
    (odd,) = judge(dirty).odd
    assert (odd.positions.tolist(), odd.proposal) == ([4, 5], proposal)
    assert reproject_odd(dirty, odd).geometry.geom_equals_exact(true.geometry, 1e-9).all()


def test_zeros_and_places_abroad_are_told_and_not_moved(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame(geometry=shapely.points(np.tile(PLACE, (20, 1)) + np.arange(20)[:, None] / 1000), crs=4326)
    layer.geometry = layer.geometry.where(layer.index != 3, shapely.Point(0, 0))
    layer.geometry = layer.geometry.where(layer.index != 8, shapely.Point(40.4, -3.7))
    layer.to_file(tmp_path / "p.gpkg")
    read = read_layer(tmp_path / "p.gpkg")
    assert read.findings.of("layers.zero-zero")[0].place.rows == (4,)
    assert read.findings.of("layers.outside")[0].place.rows == (9,)
    assert read.layer.geometry.iloc[3] == shapely.Point(0, 0)
    with pytest.raises(ValueError, match="nothing to propose"):
        reproject_odd(read.layer, read.odd)


def test_a_far_settlement_inside_mexico_is_no_finding() -> None:
    points = np.array([PLACE] * 30 + [(-99.13, 19.43)]) + np.arange(31)[:, None] / 1000
    assert judge(gpd.GeoDataFrame(geometry=shapely.points(points), crs=4326)).odd == ()


@pytest.mark.parametrize(
    ("declared", "true", "proposal"),
    [
        ("EPSG:4326", "EPSG:6372", "EPSG:6372"),
        ("EPSG:32614", "EPSG:4326", "EPSG:6365"),
        (None, "EPSG:4326", "EPSG:6365"),
    ],
)
def test_a_whole_layer_under_a_wrong_crs_gets_proposals_and_stays(
    tmp_path: Path, declared: str | None, true: str, proposal: str
) -> None:
    layer = squares().to_crs(true).set_crs(declared, allow_override=True)
    layer.to_file(tmp_path / "p.gpkg")
    read = read_layer(tmp_path / "p.gpkg")
    code = "layers.crs-wrong" if declared else "layers.crs-missing"
    assert read.findings.of(code)[0].params["first"] == proposal
    assert read.layer.total_bounds == pytest.approx(layer.total_bounds)


def test_a_crs_given_goes_before_the_files_and_that_is_said(tmp_path: Path) -> None:
    squares().to_file(tmp_path / "p.gpkg")
    read = read_layer(tmp_path / "p.gpkg", crs="EPSG:32615")
    assert read.layer.crs.to_epsg() == 32615
    assert read.findings.of("layers.crs-overridden")[0].params == {"declared": "EPSG:32614", "given": "EPSG:32615"}
    with pytest.raises(KitError):
        read_layer(tmp_path / "p.gpkg", crs="UTM catorce")


def test_areas_are_measured_in_metres_whatever_the_layers_system() -> None:
    for system in (4326, 3857, 32614):
        geometry, crs = in_metres(squares().to_crs(system))
        assert crs.to_epsg() == 32614
        assert shapely.area(geometry) == pytest.approx(400, rel=1e-3)
    assert (utm_of(-103.4), utm_of(-96.9)) == ("EPSG:32613", "EPSG:32614")


# Geometry -------------------------------------------------------------------------------------------------------------


def test_missing_empty_mixed_and_three_dimensional_geometry_is_told(tmp_path: Path) -> None:
    layer = squares(10)
    geometry = layer.geometry.to_numpy().copy()
    geometry[1], geometry[2], geometry[4] = None, shapely.Polygon(), shapely.Point(300_000, 2_450_000)
    geometry[6] = shapely.force_3d(geometry[6], 1900.0)
    layer.set_geometry(gpd.GeoSeries(geometry, crs=layer.crs)).to_file(tmp_path / "p.gpkg", geometry_type="Unknown")
    read = read_layer(tmp_path / "p.gpkg")
    assert read.findings.of("layers.geometry-missing")[0].place.rows == (2, 3)
    mixed = read.findings.of("layers.geometry-mixed")[0]
    assert (mixed.place.rows, mixed.params["main"], mixed.params["others"]) == ((5,), "Polygon", ["Point"])
    assert read.findings.of("layers.z-dropped")[0].place.rows == (7,)
    assert not read.layer.has_z.any()


def test_parcels_of_one_and_of_several_pieces_are_one_kind(tmp_path: Path) -> None:
    layer = squares(4)
    geometry = layer.geometry.to_numpy().copy()
    geometry[0] = shapely.MultiPolygon([geometry[0], shapely.box(400_000, 2_450_000, 400_010, 2_450_010)])
    layer.set_geometry(gpd.GeoSeries(geometry, crs=layer.crs)).to_file(tmp_path / "p.gpkg", geometry_type="Unknown")
    assert read_layer(tmp_path / "p.gpkg").findings.codes() == set()


def test_every_finding_renders_in_both_languages(tmp_path: Path, lang: str) -> None:
    dirty = stray(squares(), [2], "EPSG:6372")
    dirty.to_file(tmp_path / "p.shp", encoding="ISO-8859-1")
    for suffix in (".cpg", ".prj"):
        (tmp_path / f"p{suffix}").unlink()
    findings = read_layer(tmp_path / "p.shp").findings + read_layer(tmp_path / "p.shp", crs=32614).findings
    assert {"layers.crs-missing", "layers.crs-odd", "layers.encoding-guessed"} <= findings.codes()
    assert all("{" not in line for line in findings.lines())


def test_rows_are_the_files_own() -> None:
    assert as_rows(np.array([2, 3, 9]), np.array([0, 2])) == (2, 9)


# Real files -----------------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "count"),
    [("boundaries/AGEM_09.geojson", 16), ("boundaries/AGEM_30087.geojson", 1), ("mobility/xalapa-stops.geojson", 745)],
)
def test_real_layers_are_read_without_a_finding(real: Path, name: str, count: int) -> None:
    read = read_layer(real / name)
    assert (len(read.layer), read.layer.crs.to_epsg(), read.findings.codes()) == (count, 4326, set())
    assert json.dumps(read.source)


@pytest.mark.real
def test_the_real_constructions_are_read_by_content(real: Path) -> None:
    read = read_layer(real / "cadastre" / "construcciones.csv")
    assert (len(read.layer), read.layer.crs.to_epsg(), read.source["crs_from"]) == (887, 32615, "cells")
    assert not read.findings.of("layers.")
