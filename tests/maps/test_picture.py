"""The still picture: drawn, described inside the file, the same bytes twice."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
from matplotlib.image import imread

from kit.findings import KitError
from kit.maps import parcel_picture


def test_the_picture_shows_the_colours_of_the_uses(lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = parcel_picture(lots, tmp_path / "predios.png", title="Valle Abierto")
    pixels = (imread(made.path)[:, :, :3] * 255).round().astype(int)
    housing = (np.abs(pixels - [0x56, 0xB4, 0xE9]).max(axis=2) <= 8).mean()
    assert housing > 0.05
    assert "Mapa de 300 predios." in made.alt


def test_the_description_travels_inside_the_file(lots: gpd.GeoDataFrame, tmp_path: Path, lang: str) -> None:
    vector = parcel_picture(lots, tmp_path / "predios.svg")
    raster = parcel_picture(lots, tmp_path / "predios.png")
    assert vector.alt in " ".join(ElementTree.parse(vector.path).getroot().itertext())
    assert raster.alt.encode("utf-8") in raster.path.read_bytes()


def test_the_same_parcels_give_the_same_picture(
    lots: gpd.GeoDataFrame, colonias: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    for ending in ("png", "svg"):
        first, second = (
            parcel_picture(lots, tmp_path / f"{name}.{ending}", background={"colonias": colonias}).path.read_bytes()
            for name in "ab"
        )
        assert first == second


def test_a_wrong_column_stops_with_a_finding(lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(KitError):
        parcel_picture(lots, tmp_path / "x.png", colour_by="NADA")
