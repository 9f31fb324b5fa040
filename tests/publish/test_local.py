"""A published folder: what is in it, what stops it, and that the same data give the same bytes."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from frictionless import Package, Report

from kit.findings import KitError
from kit.publish import Catalog, Content, Dataset, publish_local
from kit.publish.listing import COLUMNS
from kit.steps.review import Review

Approve = Callable[[pd.DataFrame], Review]
FILES = [
    *("catalog.csv", "catalog.jsonld", "catalog.ttl", "index.en.html", "index.html"),
    *("predios/datapackage.json", "predios/index.en.html", "predios/index.html"),
    *("predios/predios-diccionario.csv", "predios/predios.csv", "predios/predios.geojson", "predios/predios.gpkg"),
]


def validate(descriptor: Path) -> Report:
    """What frictionless says of a package and all its files."""
    return Package.from_descriptor(
        json.loads(descriptor.read_text(encoding="utf-8")), basepath=str(descriptor.parent)
    ).validate()


def codes(stopped: pytest.ExceptionInfo[KitError]) -> set[str]:
    """The codes of the findings that stopped the work."""
    return stopped.value.findings.codes()


def test_the_folder_holds_files_catalogue_and_pages_with_ascii_names(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    assert result.files == FILES
    assert all(name.isascii() for name in result.files)
    assert result.findings.codes() == {"publish.local-only"}
    assert result.index.is_file()


def test_the_csv_keeps_keys_as_text_dates_as_iso_and_a_point_for_each_parcel(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    publish_local(tmp_path / "catalog", catalog, [content], now=now)
    raw = (tmp_path / "catalog/predios/predios.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines()))
    assert len(rows) == 30
    first = rows[0]
    assert list(first)[-2:] == ["LON", "LAT"]
    assert (first["CVE_CAT_EST"], first["COLONIA"]) == ("9900000101000100000100001000000", "Ñandú, «El Alto»")
    assert (first["FECHA_MOV"], first["NIVELES"], rows[2]["NIVELES"]) == ("2014-03-09", "1", "")
    point = shapely.Point(float(first["LON"]), float(first["LAT"]))
    assert content.table.to_crs(4326).geometry[0].contains(point)


def test_the_layers_are_the_same_parcels_in_their_own_crs_and_in_degrees(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    publish_local(tmp_path / "catalog", catalog, [content], now=now)
    here = tmp_path / "catalog/predios"
    package, web = gpd.read_file(here / "predios.gpkg"), gpd.read_file(here / "predios.geojson")
    assert (package.crs.to_epsg(), web.crs.to_epsg()) == (32614, 4326)
    assert package.geom_equals_exact(content.table, 0).all()
    apart = shapely.hausdorff_distance(web.to_crs(32614).geometry.array, content.table.geometry.array)
    assert apart.max() < 0.02  # metres: seven decimals of a degree
    text = json.loads((here / "predios.geojson").read_text(encoding="utf-8"))
    assert "crs" not in text
    ring = text["features"][0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert max(len(str(x).split(".")[1]) for point in ring for x in point) <= 7


def test_sizes_and_hashes_are_those_of_the_files(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    for one in result.catalog.datasets[0].distributions:
        data = (result.folder / one.path).read_bytes()
        assert (one.byte_size, one.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_frictionless_accepts_the_data_package_and_every_row(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    publish_local(tmp_path / "catalog", catalog, [content], now=now)
    report = validate(tmp_path / "catalog/predios/datapackage.json")
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == 4
    schema = json.loads((tmp_path / "catalog/predios/datapackage.json").read_text(encoding="utf-8"))["resources"][0][
        "schema"
    ]
    assert {field["name"]: field["type"] for field in schema["fields"]} == {
        **{"CVE_CAT_EST": "string", "COLONIA": "string", "USO": "string", "VALOR_CATASTRAL": "number"},
        **{"NIVELES": "integer", "FECHA_MOV": "date", "LON": "number", "LAT": "number"},
    }
    assert schema["primaryKey"] == ["CVE_CAT_EST"]


def test_frictionless_and_a_finding_see_a_use_that_the_dictionary_does_not_allow(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    content.table.loc[3, "USO"] = "RELIGIOSO"
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    (found,) = result.findings.of("publish.value-outside")
    assert (found.place.column, found.params) == ("USO", {"n": 1, "examples": ["RELIGIOSO"]})
    report = validate(tmp_path / "catalog/predios/datapackage.json")
    assert report.flatten(["type", "rowNumber", "fieldName"]) == [["constraint-error", 5, "USO"]]


def test_the_listing_has_the_guides_eighteen_columns_and_a_row_per_file(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    publish_local(tmp_path / "catalog", catalog, [content], now=now)
    with (tmp_path / "catalog/catalog.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    assert tuple(head) == COLUMNS
    assert len(head) == 18
    assert (head[0], head[4], head[9], head[13], head[17]) == (
        *("ds:identifier", "ds:modified", "ds:landingPage", "rs:downloadURL", "rs:spatial"),
    )
    assert rows[0][:2] == ["predios", "Predios de Valle Abierto"]
    assert rows[0][4] == "2015-10-02T12:30:00-06:00"
    assert rows[0][11:] == [""] * 7
    assert [row[0] for row in rows] == ["predios"] * 5
    assert all(not "".join(row[1:11]) for row in rows[1:])


def test_with_a_base_url_every_address_is_complete(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    web = catalog.model_copy(update={"base_url": "https://datos.valleabierto.example/catalogo"})
    result = publish_local(tmp_path / "catalog", web, [content], now=now)
    assert "publish.local-only" not in result.findings.codes()
    listing = (result.folder / "catalog.csv").read_text(encoding="utf-8")
    assert "https://datos.valleabierto.example/catalogo/predios/predios.csv" in listing
    descriptor = json.loads((result.folder / "predios/datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["homepage"] == "https://datos.valleabierto.example/catalogo/predios/index.html"


def test_the_same_data_give_the_same_bytes(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime, map_pages: list[Path]
) -> None:
    content = dataclasses.replace(content, maps=map_pages)
    first, second = (publish_local(tmp_path / name, catalog, [content], now=now) for name in ("one", "two"))
    assert first.files == second.files
    for name in first.files:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_maps_are_copied_under_plain_names_and_linked(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime, map_pages: list[Path]
) -> None:
    content = dataclasses.replace(content, maps=map_pages)
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    here = result.folder / "predios"
    assert (here / "mapa.html").read_bytes() == map_pages[0].read_bytes()
    assert 'href="mapa.html"' in (here / "index.html").read_text(encoding="utf-8")
    assert 'href="map.html"' in (here / "index.en.html").read_text(encoding="utf-8")


def test_a_table_without_geometry_is_published_too(
    tmp_path: Path, catalog: Catalog, dataset: Dataset, lots: gpd.GeoDataFrame, now: dt.datetime, approve: Approve
) -> None:
    table = pd.DataFrame(lots.drop(columns="geometry"))
    result = publish_local(tmp_path / "catalog", catalog, [Content(dataset, table, approve(table))], now=now)
    assert "predios/predios.csv" in result.files
    assert "predios/predios.gpkg" not in result.files
    assert result.catalog.datasets[0].bbox is None


def test_what_the_review_drops_is_in_no_file(
    tmp_path: Path, catalog: Catalog, dataset: Dataset, lots: gpd.GeoDataFrame, now: dt.datetime, approve: Approve
) -> None:
    lots["NOMBRE_PROPIETARIO"] = "Zacarías Quetzal Xochitiotzin"
    review = approve(lots)
    assert review.column("NOMBRE_PROPIETARIO").decision == "drop"
    result = publish_local(tmp_path / "catalog", catalog, [Content(dataset, lots, review)], now=now)
    for name in result.files:
        data = (result.folder / name).read_bytes()
        assert b"Xochitiotzin" not in data, name
        assert b"NOMBRE_PROPIETARIO" not in data, name


def test_nothing_is_written_without_an_approved_review(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    content.review.checklist.personal_data = False
    with pytest.raises(KitError) as stopped:
        publish_local(tmp_path / "catalog", catalog, [content], now=now)
    assert {"publish.not-approved", "review.boxes-open"} <= codes(stopped)
    assert not (tmp_path / "catalog").exists()


def test_a_map_that_shows_what_the_review_closes_is_refused(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime, map_pages: list[Path]
) -> None:
    content.review.decide("USO", "drop", "No se abre")
    with pytest.raises(KitError) as stopped:
        publish_local(tmp_path / "catalog", catalog, [dataclasses.replace(content, maps=map_pages)], now=now)
    assert codes(stopped) == {"publish.map-shows-closed"}


def test_a_map_page_of_the_kit_says_which_columns_it_shows(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    from kit.maps import parcel_map, save
    from kit.publish.attached import read_map

    page = read_map(save(parcel_map(lots, lang="en", title="A & B"), tmp_path / "m.html"))
    assert (page.lang, page.title) == ("en", "A & B")
    assert page.description.startswith("Map of 30 parcels.")
    assert set(page.columns) == {"CVE_CAT_EST", "COLONIA", "USO", "VALOR_CATASTRAL"}


def test_a_page_that_is_no_map_is_refused(tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime) -> None:
    page = tmp_path / "x.html"
    page.write_text("<p>hola</p>", encoding="utf-8")
    for path, code in ((page, "publish.not-a-map"), (tmp_path / "none.html", "publish.no-map-file")):
        with pytest.raises(KitError) as stopped:
            publish_local(tmp_path / "catalog", catalog, [dataclasses.replace(content, maps=[path])], now=now)
        assert codes(stopped) == {code}


def test_repeated_keys_are_published_and_said(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    content.table.loc[1, "CVE_CAT_EST"] = content.table.loc[0, "CVE_CAT_EST"]
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    (found,) = result.findings.of("publish.key-repeated")
    assert found.params["n"] == 2


def test_columns_without_explanation_and_explanations_without_column_are_said(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    content.dataset.columns[1].name = "BARRIO"
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    assert result.findings.of("publish.column-unexplained")[0].params["columns"] == ["COLONIA"]
    assert result.findings.of("publish.column-absent")[0].params["columns"] == ["BARRIO"]
    assert result.ratings["predios"].recommendations == ("u22",)
    assert result.ratings["predios"].level == "plata"


def test_a_blank_key_is_said(tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime) -> None:
    content.table.loc[[2, 5], "CVE_CAT_EST"] = None
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    (found,) = result.findings.of("publish.value-blank")
    assert (found.place.column, found.params["n"]) == ("CVE_CAT_EST", 2)


def test_a_layer_without_crs_is_not_guessed(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    content = dataclasses.replace(content, table=content.table.set_crs(None, allow_override=True))
    with pytest.raises(KitError) as stopped:
        publish_local(tmp_path / "catalog", catalog, [content], now=now)
    assert codes(stopped) == {"publish.no-crs"}


def test_a_file_above_a_hundred_megabytes_is_said(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.publish import local

    monkeypatch.setitem(local.VOCABULARY["largest_file"], "bytes", 50_000)
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    assert [finding.place.file for finding in result.findings.of("publish.file-too-large")] == ["predios/predios.gpkg"]


def test_two_datasets_share_a_catalogue(tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime) -> None:
    other = content.dataset.model_copy(update={"identifier": "predios-rusticos", "title": "Predios rústicos"})
    result = publish_local(
        tmp_path / "catalog", catalog, [content, dataclasses.replace(content, dataset=other)], now=now
    )
    index = (result.folder / "index.html").read_text(encoding="utf-8")
    assert "Conjuntos de datos (2)" in index
    assert "predios-rusticos/predios-rusticos.geojson" in result.files
    with pytest.raises(KitError) as stopped:
        publish_local(tmp_path / "again", catalog, [content, content], now=now)
    assert codes(stopped) == {"publish.repeated"}
