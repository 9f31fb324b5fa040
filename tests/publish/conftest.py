"""A dataset of thirty lots with all its metadata, and an approved review of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kit.publish import Catalog, Column, Content, Dataset, Publisher
from kit.steps.review import Review

NOW = dt.datetime(2015, 10, 2, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=-6)))
BOXES = {"personal_data": True, "open_characteristics": True, "transparency_office": True, "open_data_policy": True}
USES = ["HABITACIONAL", "MIXTO", "SIN USO"]


def approved(table: pd.DataFrame) -> Review:
    """A signed review that opens every column which holds no personal data."""
    review = Review.start(table, title="Predios")
    for column in review.columns:
        column.reason = "Dato personal" if column.decision == "drop" else ""
    return review.approve("Mariana Ortega", "Enlace", "2015-10-01", **BOXES)


@pytest.fixture
def approve() -> Callable[[pd.DataFrame], Review]:
    """Makes the approved review of a table."""
    return approved


@pytest.fixture
def now() -> dt.datetime:
    """The moment of publication in all tests."""
    return NOW


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    """Thirty lots in UTM 14N with a key, a colonia, a use, a value and a date."""
    n = 30
    west = [300_000 + 10 * i for i in range(n)]
    return gpd.GeoDataFrame(
        {
            "CVE_CAT_EST": [f"99000001010001000001{i:05d}000000" for i in range(1, n + 1)],
            "COLONIA": ["Ñandú, «El Alto»"] * n,
            "USO": [USES[i % 3] for i in range(n)],
            "VALOR_CATASTRAL": [250_000.5 + i for i in range(n)],
            "NIVELES": pd.array([1, 2, None] * 10, dtype="Int64"),
            "FECHA_MOV": pd.to_datetime(["2014-03-09"] * n),
        },
        geometry=[shapely.box(x, 2_420_000, x + 10, 2_420_020) for x in west],
        crs=32614,
    )


@pytest.fixture
def dataset() -> Dataset:
    """The metadata of the lots, complete."""
    return Dataset(
        identifier="predios",
        title="Predios de Valle Abierto",
        title_en="Parcels of Valle Abierto",
        description="Polígono, clave, uso y valor de cada predio.",
        description_en="Shape, key, use and value of every parcel.",
        keyword=["catastro", "uso de suelo"],
        theme="Geoespacial",
        contact_point="Jefatura de Catastro",
        mbox="catastro@valleabierto.example",
        temporal="2014/2015",
        spatial="Valle Abierto",
        spatial_key="99001",
        accrual_periodicity="R/P3M",
        key="CVE_CAT_EST",
        columns=[
            Column(name="CVE_CAT_EST", title="Clave", description="Clave catastral", required=True, unique=True),
            Column(name="COLONIA", description="Nombre de la colonia"),
            Column(name="USO", description="Uso del suelo", description_en="Land use", values=USES),
            Column(name="VALOR_CATASTRAL", description="Valor catastral", unit="MXN"),
            Column(name="NIVELES", description="Número de niveles"),
            Column(name="FECHA_MOV", description="Fecha del último movimiento"),
        ],
    )


@pytest.fixture
def catalog() -> Catalog:
    """The municipality's catalogue, still empty."""
    return Catalog(
        title="Datos abiertos de Valle Abierto",
        title_en="Open data of Valle Abierto",
        description="Lo que publica el municipio.",
        description_en="What the municipality publishes.",
        publisher=Publisher(name="Municipio de Valle Abierto", acronym="MVA", mbox="datos@valleabierto.example"),
    )


@pytest.fixture
def content(dataset: Dataset, lots: gpd.GeoDataFrame) -> Content:
    """The lots, ready to publish."""
    return Content(dataset, lots, approved(lots))


@pytest.fixture
def map_pages(tmp_path: Path) -> list[Path]:
    """Two small pages that say of themselves what a map of the kit says."""
    made = []
    for lang, name, about in (("es-MX", "a.html", "Mapa de 30 predios."), ("en", "b.html", "Map of 30 parcels.")):
        page = tmp_path / name
        page.write_text(
            f'<!DOCTYPE html><html lang="{lang}"><head><title>Mapa</title>'
            f'<meta name="description" content="{about}"><meta name="columns" content="CVE_CAT_EST&#9;USO"></head>'
            "<body><p>…</p></body></html>",
            encoding="utf-8",
        )
        made.append(page)
    return made
