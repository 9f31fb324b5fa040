"""The cadastre package: ``datasets/catastro``, made from the seed."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kit.datagen import defects, dirt, dirt_features, package
from kit.datagen.city import CRS, DEFAULT_PARCELS, DEFAULT_SEED, City, make_city
from kit.datasets import sha256

TABLE, MAP, KEY = "raw/predios.csv", "raw/predios.gpkg", "answer-key.csv"
_DATA = Path(__file__).parent / "data"
_KEY_TYPES = {"row": "integer"}


@lru_cache
def facts() -> dict[str, Any]:
    """Titles, descriptions, standard and layers (``data/catastro.json``)."""
    return json.loads((_DATA / "catastro.json").read_text(encoding="utf-8"))


@lru_cache
def fields() -> pd.DataFrame:
    """Every column of every resource: type, unit, both languages, LADM name, constraints."""
    return pd.read_csv(_DATA / "catastro_fields.csv", encoding="utf-8", keep_default_na=False)


def truth(parcels: int = DEFAULT_PARCELS, seed: int = DEFAULT_SEED) -> gpd.GeoDataFrame:
    """The clean parcels behind the package, typed, with geometry. They are made again, never shipped."""
    return make_city(parcels, seed).parcels


def build(folder: Path, parcels: int = DEFAULT_PARCELS, seed: int = DEFAULT_SEED) -> dict[str, Any]:
    """Write the whole package into ``folder`` and return its entry for the registry."""
    city = make_city(parcels, seed)
    raw = folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    clean = dirt.texts(city.parcels.drop(columns="geometry"))
    table = dirt.soil_table(clean, seed, file=TABLE)
    layer = dirt_features.soil_layer(
        city.parcels[["CVE_CAT_EST", "CVE_CAT_ORI", "geometry"]], seed, file=MAP, layer="predios"
    )
    table.write_csv(folder / TABLE)
    package.write_layers(folder / MAP, {"predios": layer.layer, **_context(city)}, facts()["created"])
    key = pd.concat([table.key, layer.key], ignore_index=True)
    key.to_csv(folder / KEY, index=False, encoding="utf-8", lineterminator="\n")
    sections = {"predios.csv": (facts()["resources"]["predios"], _fields("predios"))} | {
        f"predios.gpkg / {name}": (about, _fields(about["fields"])) for name, about in facts()["layers"].items()
    }
    package.write_dictionary(folder, facts()["titles"], sections)
    package.write_readmes(folder, facts(), parcels=parcels, seed=str(seed), defects=len(key))
    package.write_descriptor(
        folder, facts(), _resources(folder), {"module": "kit.datagen.catastro", "seed": seed, "parcels": parcels}
    )
    return {
        "name": "catastro",
        "folder": "catastro",
        "titles": facts()["titles"],
        "rows": parcels,
        "geometry": "Polygon",
        "crs": CRS,
        "encoding": "iso-8859-1",
        "licence": "CC-BY-4.0",
        "synthetic": True,
        "standard": facts()["standard"],
        "hash": f"sha256:{sha256(folder / 'datapackage.json')}",
    }


def _context(city: City) -> dict[str, gpd.GeoDataFrame]:
    """The clean layers around the parcels."""
    plaza = city.plaza.assign(TIPO="plaza")[["TIPO", "geometry"]]
    return {
        "manzanas": city.blocks,
        "colonias": city.colonias,
        "vialidades": city.streets,
        "areas_verdes": gpd.GeoDataFrame(pd.concat([city.parks, plaza], ignore_index=True), crs=CRS),
        "rio": city.river,
    }


def _fields(resource: str) -> pd.DataFrame:
    chosen = fields()
    return chosen[chosen["resource"] == resource]


def _resources(folder: Path) -> list[dict[str, Any]]:
    """The descriptor's resources; schemas describe the clean form, ``dirty`` says that the file is not there yet."""
    titles = facts()["resources"]
    header = len(defects.words()["titles"]) + 1
    layers = [
        {
            "name": name,
            "titles": {k: about[k] for k in ("es", "en")},
            "schema": package.schema(_fields(about["fields"])),
        }
        for name, about in facts()["layers"].items()
    ]
    table = package.resource(
        folder, "predios", TABLE, titles["predios"],
        type="table", format="csv", mediatype="text/csv", encoding="iso-8859-1", dirty=True,
        dialect={"delimiter": ",", "lineTerminator": "\r\n", "headerRows": [header]},
        schema=package.schema(_fields("predios")),
    )  # fmt: skip
    capa = package.resource(
        folder, "predios-capa", MAP, titles["predios-capa"],
        format="gpkg", mediatype="application/geopackage+sqlite3", encoding="utf-8", dirty=True, crs=CRS, layers=layers,
    )  # fmt: skip
    key = package.resource(
        folder, "answer-key", KEY, titles["answer-key"],
        type="table", format="csv", mediatype="text/csv", encoding="utf-8",
        schema={"fields": [{"name": n, "type": _KEY_TYPES.get(n, "string")} for n in defects.KEY_COLUMNS]},
    )  # fmt: skip
    return [table, capa, key]
