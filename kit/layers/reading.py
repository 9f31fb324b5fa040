"""Reads one geographic layer as it comes, from a vector file or from a table, and says what it had to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError

from kit.findings import Findings, KitError, Place, advice, error
from kit.layers import columns as cells
from kit.layers.crs import Odd
from kit.layers.files import is_vector, read_vector
from kit.layers.inspection import as_rows, inspect_crs, inspect_geometry, name_of, without_z
from kit.tables import read_table

_EXAMPLE_LENGTH = 24


@dataclass(frozen=True)
class LayerRead:
    """What `read_layer` gives.

    Attributes:
        layer: the features; geometry in the column "geometry", two dimensions, CRS as declared (or None).
        rows: for each feature its row number in the file: of a table, as a spreadsheet shows it; of a vector file,
            the feature's number (1 = first).
        findings: what is odd and what had to be done.
        source: driver, layer, layers, member, encoding, geometry (column or columns), crs_from, sha256.
        odd: features that cannot lie where the layer says, for `reproject_odd`.
    """

    layer: gpd.GeoDataFrame
    rows: npt.NDArray[np.int64]
    findings: Findings
    source: dict[str, Any] = field(default_factory=dict)
    odd: tuple[Odd, ...] = ()


def read_layer(
    path: str | Path,
    *,
    geometry: str | Sequence[str] | None = None,
    crs: Any = None,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    table_options: Mapping[str, Any] | None = None,
) -> LayerRead:
    """One layer of a GeoPackage, shapefile (zipped or not, complete or not), GeoJSON, KML, FlatGeobuf, or of a table.

    Args:
        path: the file.
        geometry: in a table, the column that holds geometry (WKT, EWKT, WKB or EWKB in hexadecimal, GeoJSON), or two
            columns "x,y" (longitude first). Recognised by its content when not given.
        crs: the reference system, as in "EPSG:32614"; goes before what the file declares.
        layer: which layer of a file that has several.
        columns: only these attributes.
        table_options: passed on to `kit.tables.read_table` (sheet, encoding, header).

    Raises:
        KitError: if the file is not there, cannot be read, or holds no geometry.
    """
    path = Path(path)
    given = _crs(crs, path.name)
    if not path.is_file():
        near = sorted(item.name for item in path.parent.glob("*") if item.is_file()) if path.parent.is_dir() else []
        raise KitError(error("layers.file-missing", Place(str(path)), file=path.name, near=near))
    if is_vector(path):
        frame, source, findings = read_vector(path, layer, columns)
        rows = np.arange(1, len(frame) + 1, dtype=np.int64)
        source |= {"geometry": "geometry", "crs_from": "file" if frame.crs else None, "sha256": _sha256(path)}
    else:
        frame, rows, source, findings = _from_table(path, geometry, columns, dict(table_options or {}))
    frame = _declare(frame, given, path.name, source, findings)
    frame, flattened = without_z(frame, rows, path.name)
    about_crs, odd = inspect_crs(frame, rows, path.name)
    findings = findings + flattened + inspect_geometry(frame, rows, path.name) + about_crs
    return LayerRead(frame, rows, findings, source, odd)


def layer_of_table(
    table: pd.DataFrame, rows: npt.NDArray[Any], geometry: str | Sequence[str] | None = None, file: str | None = None
) -> tuple[gpd.GeoDataFrame, dict[str, Any], Findings]:
    """A table whose cells hold geometry as a layer: the layer, where its geometry and CRS came from, and findings.

    Raises:
        KitError: if no column holds geometry, or the named one does not.
    """
    names = _geometry_columns(table, geometry, file)
    findings = Findings()
    place = Place(file, column=", ".join(names))
    if len(names) == 2:
        decoded, sexagesimal = cells.points(table[names[0]], table[names[1]])
        if len(sexagesimal):
            findings.add(
                advice("layers.degrees-minutes", _at(place, rows, sexagesimal), n=len(sexagesimal), columns=list(names))
            )
        attributes = table
    else:
        decoded = cells.decode(table[names[0]])
        attributes = table.drop(columns=names[0])
    if len(decoded.unread):
        sample = [_short(value) for value in table[names[0]].iloc[decoded.unread[:3]]]
        findings.add(
            error("layers.geometry-unread", _at(place, rows, decoded.unread), n=len(decoded.unread), examples=sample)
        )
    for srid, positions in decoded.strangers.items():
        findings.add(
            error(
                "layers.srid-mixed",
                _at(place, rows, positions),
                n=len(positions),
                srid=f"EPSG:{srid}",
                main=f"EPSG:{decoded.srid}",
            )
        )
    crs, crs_from = _crs_of_cells(decoded, table, names, findings, place)
    attributes = attributes.drop(columns=[name for name in ("geometry",) if name in attributes])
    frame = gpd.GeoDataFrame(attributes, geometry=gpd.GeoSeries(decoded.geometry, index=table.index), crs=crs)
    return frame, {"geometry": list(names) if len(names) == 2 else names[0], "crs_from": crs_from}, findings


def describe_columns(table: pd.DataFrame) -> str:
    """Every column with an example value, in one line, for messages that ask to choose one."""
    parts = []
    for name in table.columns:
        filled = table[name].dropna()
        parts.append(f"{name} = {_short(filled.iloc[0]) if len(filled) else '-'}")
    return "; ".join(parts)


def _from_table(
    path: Path, geometry: str | Sequence[str] | None, columns: Sequence[str] | None, options: dict[str, Any]
) -> tuple[gpd.GeoDataFrame, npt.NDArray[Any], dict[str, Any], Findings]:
    read = read_table(path, **options)
    rows = np.asarray(read.rows, dtype=np.int64)
    frame, about, findings = layer_of_table(read.table, rows, geometry, path.name)
    if columns is not None:
        if unknown := sorted(set(columns) - set(frame.columns)):
            known = [str(name) for name in read.table.columns]
            raise KitError(error("layers.column-unknown", Place(path.name), column=unknown, columns=known))
        frame = frame[[*columns, "geometry"]]
    source = {"driver": "table", "layer": None, "layers": [], **read.source, **about}
    return frame, rows, source, Findings([*read.findings, *findings])


def _geometry_columns(table: pd.DataFrame, geometry: str | Sequence[str] | None, file: str | None) -> tuple[str, ...]:
    if geometry is None:
        names = cells.find_geometry(table)
        if names is None:
            raise KitError(error("layers.no-geometry", Place(file), columns=describe_columns(table)))
        return names
    known = [str(name) for name in table.columns]
    wanted = [geometry] if isinstance(geometry, str) else list(geometry)
    if isinstance(geometry, str) and geometry not in known:
        wanted = [part.strip() for part in geometry.split(",")]
    if unknown := [name for name in wanted if name not in known]:
        raise KitError(error("layers.column-unknown", Place(file), column=unknown, columns=known))
    if len(wanted) == 1 and cells.form_of(table[wanted[0]]) is None:
        column = table[wanted[0]].dropna()
        example = _short(column.iloc[0]) if len(column) else "-"
        raise KitError(error("layers.not-geometry", Place(file, column=wanted[0]), column=wanted[0], example=example))
    return tuple(wanted[:2])


def _crs_of_cells(
    decoded: cells.Decoded, table: pd.DataFrame, names: tuple[str, ...], findings: Findings, place: Place
) -> tuple[CRS | None, str | None]:
    """The system that the cells name (EWKB, EWKT), or that their form implies (GeoJSON, columns of longitude)."""
    if decoded.srid is not None:
        try:
            return CRS.from_epsg(decoded.srid), "cells"
        except CRSError:
            findings.add(error("layers.crs-unknown", place, crs=f"EPSG:{decoded.srid}"))
            return None, None
    degrees = len(names) == 2 and cells.plain(names[0])[:3] in {"lon", "lng"}
    if degrees or (len(names) == 1 and cells.form_of(table[names[0]]) == "geojson"):
        findings.add(advice("layers.crs-assumed", place, crs="EPSG:4326", columns=list(names)))
        return CRS.from_epsg(4326), "assumed"
    return None, None


def _declare(
    frame: gpd.GeoDataFrame, given: CRS | None, file: str, source: dict[str, Any], findings: Findings
) -> gpd.GeoDataFrame:
    """The layer with the CRS that its user gave, if any."""
    if given is None:
        return frame
    if frame.crs is not None and frame.crs != given:
        findings.add(advice("layers.crs-overridden", Place(file), declared=name_of(frame.crs), given=name_of(given)))
    source["crs_from"] = "given"
    return frame.set_crs(given, allow_override=True)


def _crs(crs: Any, file: str) -> CRS | None:
    if crs is None:
        return None
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise KitError(error("layers.crs-unknown", Place(file), crs=str(crs))) from None


def _at(place: Place, rows: npt.NDArray[Any], positions: npt.NDArray[Any]) -> Place:
    return Place(place.file, rows=as_rows(rows, positions), column=place.column)


def _short(value: object) -> str:
    words = str(value)
    return words if len(words) <= _EXAMPLE_LENGTH else f"{words[:_EXAMPLE_LENGTH]}…"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
