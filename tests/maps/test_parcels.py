"""The parcel map: what its page holds before a browser opens it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kit.findings import KitError, Place, error, warning
from kit.maps import parcel_map, save


def data_of(page: str) -> dict:
    """The data that the page carries."""
    return json.loads(re.search(r'<script type="application/json" id="parcels">(.*?)</script>', page, re.S).group(1))


def rings_of(packed: dict) -> list[np.ndarray]:
    """The rings that a page's script would draw, in degrees."""
    points = np.cumsum(np.array(packed["steps"]).reshape(-1, 2), axis=0) / 1e6
    return np.split(points, np.cumsum(packed["rings"])[:-1])


def test_the_page_names_no_address_that_a_browser_would_fetch(lots: gpd.GeoDataFrame) -> None:
    page = parcel_map(lots).get_root().render()
    assert not re.findall(r"<(?:script|link|img|iframe|object)\b[^>]*(?:src|href|data)=[^>]*>", page)
    assert not re.findall(r"url\((?!data:|#default|#p)[^)]*\)", page)
    assert "default-src 'none'" in page


def test_it_is_a_folium_map_to_which_a_participant_can_add(lots: gpd.GeoDataFrame) -> None:
    made = parcel_map(lots)
    folium.Marker([19.9, -99.9], popup="Palacio municipal").add_to(made)
    assert isinstance(made, folium.Map)
    assert "Palacio municipal" in made.get_root().render()


def test_in_a_notebook_the_map_is_a_frame_that_carries_the_whole_page(lots: gpd.GeoDataFrame) -> None:
    shown = parcel_map(lots)._repr_html_()
    assert shown.startswith("<iframe title=")
    assert data_of(html.unescape(shown))["codes"]


def test_every_parcel_arrives_within_eleven_centimetres_in_any_crs(lots: gpd.GeoDataFrame) -> None:
    truth = shapely.get_coordinates(lots.geometry.to_crs(4326).iloc[7])[:-1]
    for crs in (32614, 6372, 4326, 3857):
        ring = rings_of(data_of(parcel_map(lots.to_crs(crs)).get_root().render())["parcels"])[7]
        assert np.abs(ring - truth).max() <= 1e-6


def test_holes_parts_collections_and_blanks_keep_their_place(lots: gpd.GeoDataFrame) -> None:
    ring = lots.geometry[0]
    lots.loc[0, "geometry"] = ring.difference(ring.buffer(-3))
    lots.loc[1, "geometry"] = shapely.MultiPolygon([lots.geometry[1], lots.geometry[2]])
    lots.loc[2, "geometry"] = shapely.GeometryCollection([lots.geometry[3], shapely.Point(400_000, 2_200_000)])
    lots.loc[3, "geometry"] = None
    lots.loc[4, "geometry"] = shapely.LineString([(400_000, 2_200_000), (400_010, 2_200_000)])
    packed = data_of(parcel_map(lots).get_root().render())["parcels"]
    assert packed["items"][:6] == [1, 2, 1, 0, 0, 1]
    assert packed["parts"][0] == 2


def test_the_description_says_how_many_of_what_and_where(lots: gpd.GeoDataFrame) -> None:
    page = parcel_map(lots, lang="es").get_root().render()
    said = re.search(r'id="alt">(.*?)</p>', page).group(1)
    homes = int((lots["USO"] == "HABITACIONAL").sum())
    assert "Mapa de 300 predios." in said
    assert f"Habitacional: {homes} (" in said
    assert "0.2 km de oeste a este" in said
    assert "latitud 19.89" in said


def test_the_table_counts_every_parcel_once(lots: gpd.GeoDataFrame) -> None:
    page = parcel_map(lots, lang="en").get_root().render()
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    counts = [int(re.search(r"<td>(\d+)</td>", row).group(1)) for row in rows]
    assert sum(counts[:-1]) == counts[-1] == 300
    assert "Habitacional (housing)" in page
    assert "6.0" in rows[-1]  # 300 lots of 200 square metres


def test_areas_are_measured_when_no_column_gives_them(lots: gpd.GeoDataFrame) -> None:
    page = parcel_map(lots.drop(columns="SUP_TERRENO"), lang="en").get_root().render()
    total = re.search(r"<tfoot>.*?</tfoot>", page).group(0)
    assert "<td>6.0</td>" in total


def test_what_a_cell_says_is_never_markup(lots: gpd.GeoDataFrame) -> None:
    evil = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    lots.loc[0, ["COLONIA", "USO"]] = evil
    page = parcel_map(lots, title=evil, attribution=evil, labels={"USO": evil}).get_root().render()
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert evil in data_of(page)["fields"][1]["words"]


def test_findings_mark_the_parcels_of_their_rows(lots: gpd.GeoDataFrame) -> None:
    found = [
        warning("maps.no-crs", Place(rows=(3, 5)), layer="x"),
        error("maps.no-column", Place(rows=(5, 9999)), wanted="x", known=["a"]),
    ]
    made = parcel_map(lots, findings=found, lang="es").get_root().render()
    problems = data_of(made)["problems"]
    assert problems["level"] == {"3": "error", "1": "warning"}
    assert len(problems["of"]["3"]) == 2
    assert "2 predios tienen problemas" in made
    elsewhere = parcel_map(lots, findings=found, rows=np.arange(300) + 5000).get_root().render()
    assert data_of(elsewhere)["problems"] is None


def test_a_parcel_in_another_country_does_not_shrink_the_city(lots: gpd.GeoDataFrame) -> None:
    lots.loc[0, "geometry"] = shapely.box(2_500_000, 800_000, 2_500_010, 800_020)
    page = parcel_map(lots, lang="es").get_root().render()
    (south, west), (north, east) = data_of(page)["frame"]
    assert north - south < 0.01
    assert east - west < 0.01
    assert "1 predio cae lejos de los demás" in page


def test_the_same_parcels_give_the_same_bytes(lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    first, second = (save(parcel_map(lots), tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second
    assert b"\r\n" not in first


def test_five_thousand_parcels_stay_below_five_megabytes(lots: gpd.GeoDataFrame) -> None:
    many = pd.concat([lots] * 17, ignore_index=True)
    assert len(parcel_map(many).get_root().render().encode()) < 5_000_000


def test_a_wrong_column_names_those_there_are(lots: gpd.GeoDataFrame) -> None:
    with pytest.raises(KitError) as stopped:
        parcel_map(lots, colour_by="USOS")
    assert stopped.value.findings.codes() == {"maps.no-column"}
    assert "SUP_TERRENO" in str(stopped.value)


def test_a_layer_without_crs_is_not_guessed(lots: gpd.GeoDataFrame) -> None:
    with pytest.raises(KitError) as stopped:
        parcel_map(lots.set_crs(None, allow_override=True))
    assert stopped.value.findings.codes() == {"maps.no-crs"}


def test_nothing_to_draw_is_said(lots: gpd.GeoDataFrame) -> None:
    with pytest.raises(KitError) as stopped:
        parcel_map(lots.set_geometry(lots.centroid))
    assert stopped.value.findings.codes() == {"maps.nothing-to-draw"}


def test_both_languages_say_the_same_things(lots: gpd.GeoDataFrame, lang: str) -> None:
    page = parcel_map(lots).get_root().render()
    assert f'<html lang="{"es-MX" if lang == "es" else "en"}">' in page
    assert {"es": "Buscar un predio", "en": "Find a parcel"}[lang] in page


def test_marks_that_would_hide_the_city_wait_until_they_are_asked_for(lots):
    few = warning("maps.no-crs", Place(rows=tuple(range(2, 12))), layer="x")
    many = warning("maps.no-crs", Place(rows=tuple(range(2, 202))), layer="x")
    box = 'id="show-problems"'
    assert f"{box} checked" in parcel_map(lots, findings=[few]).get_root().render()
    page = parcel_map(lots, findings=[many]).get_root().render()
    assert box in page and f"{box} checked" not in page
