"""The files of a dataset: CSV, GeoPackage, GeoJSON and data dictionary, as the Guide's step 2.1 asks.

UTF-8, line feeds, ISO 8601 dates, keys as text. The CSV of a layer has no geometry: two columns, ``LON`` and ``LAT``,
give a point inside each feature, so that a spreadsheet can use it too; the shapes are in the GeoPackage (in the CRS of
the source) and the GeoJSON (RFC 7946: WGS 84, seven decimals).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from kit import messages
from kit.publish.model import Column, Dataset, Distribution, FieldType
from kit.safecells import bare, safe, safe_row, safe_table

LON, LAT = "LON", "LAT"
DECIMALS = 7  # RFC 7946 advises no more than six; the Guide's own layers use seven: one centimetre
DICTIONARY_HEAD = (
    *("columna", "titulo", "descripcion", "title", "description", "tipo", "unidad", "valores"),
    *("obligatorio", "unico", "ejemplo"),
)


def flat_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table that goes into the CSV: a layer's geometry becomes a point inside each feature, in degrees."""
    if not isinstance(table, gpd.GeoDataFrame):
        return _safely_named(table.copy())
    flat = pd.DataFrame(table.drop(columns=table.geometry.name))
    points = shapely.point_on_surface(np.asarray(table.geometry.to_crs(4326).array))
    for name, values in ((LON, shapely.get_x(points)), (LAT, shapely.get_y(points))):
        if name not in flat:
            flat[name] = np.round(values, DECIMALS)
    return _safely_named(flat)


def _safely_named(flat: pd.DataFrame) -> pd.DataFrame:
    """Column names as the CSV will hold them, so that dictionary and schema name the same."""
    return flat.set_axis([safe(name) for name in flat.columns], axis=1)


def write_csv(flat: pd.DataFrame, path: Path) -> None:
    """The CSV: every date in ISO 8601, booleans as true and false, no cell a formula, nothing else touched."""
    text = flat.copy()
    for name in text.columns:
        values = text[name]
        if pd.api.types.is_bool_dtype(values):
            text[name] = values.astype("object").map({True: "true", False: "false"})
        elif pd.api.types.is_datetime64_any_dtype(values):
            whole_days = (values.dropna().dt.normalize() == values.dropna()).all()
            text[name] = values.dt.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%dT%H:%M:%S")
    text = text.set_axis([bare(name) for name in text.columns], axis=1)
    safe_table(text).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_layers(layer: gpd.GeoDataFrame, geopackage: Path, geojson: Path, name: str, moment: str) -> None:
    """The same layer twice: GeoPackage in its own CRS, GeoJSON after RFC 7946.

    ``moment`` (``2016-01-31T18:00:00Z``) is written as the GeoPackage's date of change, so that the same data give the
    same bytes.
    """
    with _gdal_clock(moment):
        pyogrio.write_dataframe(layer, geopackage, layer=name, driver="GPKG")
    pyogrio.write_dataframe(
        layer.to_crs(4326),
        geojson,
        layer=name,
        driver="GeoJSON",
        layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": str(DECIMALS)},
    )


@contextmanager
def _gdal_clock(moment: str) -> Iterator[None]:
    """GDAL writes ``moment`` instead of the time of day."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def complete_columns(dataset: Dataset, flat: pd.DataFrame) -> list[Column]:
    """The dictionary's columns in the order of the table, types and an example read off the data where not given.

    A column that the dictionary does not have gets a line without an explanation; LON and LAT explain themselves.
    """
    given = {safe(column.name): column.model_copy(update={"name": safe(column.name)}) for column in dataset.columns}
    return [_completed(given.get(str(name)) or _own(str(name)), flat[name]) for name in flat.columns]


def write_dictionary(columns: list[Column], path: Path) -> None:
    """The data dictionary as CSV, Spanish and English side by side."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DICTIONARY_HEAD)
    for c in columns:
        flags = ["sí" if flag else "no" for flag in (c.required, c.unique)]
        allowed = "; ".join(c.values)
        texts = [c.name, c.title, c.description, c.title_en, c.description_en, c.type, c.unit, allowed]
        writer.writerow(safe_row([bare(c.name), *texts[1:], *flags, c.example]))
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def measured(one: Distribution, folder: Path) -> Distribution:
    """The distribution with the size and the SHA-256 of its file."""
    digest = hashlib.sha256()
    with (folder / one.path).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return one.model_copy(update={"byte_size": (folder / one.path).stat().st_size, "sha256": digest.hexdigest()})


def _own(name: str) -> Column:
    """What the kit itself adds to a table, in both languages; any other name stays unexplained."""
    if name not in (LON, LAT):
        return Column(name=name)
    key = f"publish.column.{name.lower()}"
    title, explained = f"{key}.title", f"{key}.description"
    return Column(
        name=name,
        title=messages.text(title, lang="es"),
        title_en=messages.text(title, lang="en"),
        description=messages.text(explained, lang="es"),
        description_en=messages.text(explained, lang="en"),
        unit="°",
    )


def _completed(column: Column, values: pd.Series) -> Column:
    present = values.dropna()
    update: dict[str, object] = {}
    if not column.type:
        update["type"] = _type(present)
    if not column.example and len(present):
        update["example"] = _example(present.iloc[0])
    return column.model_copy(update=update)


def _example(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)


def _type(present: pd.Series) -> FieldType:
    """The Table Schema type of a column's values. Text that is all ISO dates is a date; digits in text stay text."""
    kinds = pd.api.types
    if kinds.is_bool_dtype(present):
        return "boolean"
    if kinds.is_integer_dtype(present):
        return "integer"
    if kinds.is_numeric_dtype(present):
        return "number"
    if kinds.is_datetime64_any_dtype(present):
        return "date" if (present.dt.normalize() == present).all() else "datetime"
    text = present.astype("string")
    if len(text) and text.str.fullmatch(r"\d{4}-\d{2}-\d{2}").all():
        return "date" if bool(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").notna().all()) else "string"
    return "string"
