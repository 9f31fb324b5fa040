"""What cleaning starts from: a file, something read from one, or a table; and what it may be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from kit import keys
from kit.findings import Findings
from kit.integrity import digest
from kit.layers import read_layer
from kit.steps.cleaning.state import Reference, as_text, guess_fields
from kit.tables import read_table

GEOGRAPHIC = {".gpkg", ".shp", ".geojson", ".json", ".kml", ".gml", ".fgb"}
_ROLES: dict[str, dict[str, Any]] = {
    "key": {"kind": "key"},
    "local": {"kind": "key"},
    "block": {"kind": "key"},
    "state": {"kind": "code", "width": 2},
    "municipality": {"kind": "code", "width": 3},
    "use": {"kind": "category", "catalogue": "USO"},
    "value": {"kind": "number", "unit": "MXN"},
    "area": {"kind": "number", "unit": "m2"},
    "built": {"kind": "number", "unit": "m2"},
    "date": {"kind": "date"},
}


@dataclass(frozen=True)
class Opened:
    """A table with the file's row of each of its rows, and what reading it found."""

    table: pd.DataFrame
    rows: npt.NDArray[np.int64]
    file: str
    findings: Findings
    facts: dict[str, Any]
    geometry: gpd.GeoSeries | None = None


def opened(source: Any, file: str | None = None) -> Opened:
    """A path, what `read_table` or `read_layer` returned, or a table, as one thing.

    Raises:
        KitError: if a path cannot be read.
    """
    if isinstance(source, Opened):
        return source
    if isinstance(source, (str, Path)):
        path = Path(source)
        read: Any = read_layer(path) if path.suffix.lower() in GEOGRAPHIC else read_table(path, types=False)
        found = opened(read, file or path.name)
        return Opened(found.table, found.rows, found.file, found.findings, _facts(found.facts, path), found.geometry)
    table = getattr(source, "layer", None) if hasattr(source, "layer") else getattr(source, "table", source)
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"a path, a table or what was read from a file was expected, not {type(source).__name__}")
    facts = dict(getattr(source, "source", {}) or {})
    rows = getattr(source, "rows", None)
    rows = np.arange(2, len(table) + 2) if rows is None else np.asarray(rows)
    findings = Findings(getattr(source, "findings", ()))
    geometry = None
    if isinstance(table, gpd.GeoDataFrame):
        geometry = table.geometry.reset_index(drop=True)
        table = pd.DataFrame(table.drop(columns=table.geometry.name))
    return Opened(table, rows.astype(np.int64), file or _name(facts), findings, facts, geometry)


def _facts(facts: dict[str, Any], path: Path) -> dict[str, Any]:
    return {"file": path.name, **facts, "sha256": facts.get("sha256") or digest(path)}


def _name(facts: Mapping[str, Any]) -> str:
    return Path(str(facts.get("file") or facts.get("path") or "")).name


def kinds_of(mapping: Any) -> dict[str, Any]:
    """Column to kind, from a mapping of columns or from a cadastre's own mapping."""
    if mapping is None or isinstance(mapping, Mapping):
        return dict(mapping or {})
    columns = {role: getattr(mapping, role, None) for role in _ROLES}
    return {column: dict(_ROLES[role]) for role, column in columns.items() if column}


def as_reference(source: Any) -> Reference:
    """What is known from elsewhere, in the shape the rules ask for."""
    if source is None:
        return Reference()
    if isinstance(source, Reference):
        return source
    if isinstance(source, Mapping):
        names = {k: list(v) for k, v in source.items() if not isinstance(v, pd.DataFrame) and k != "table"}
        table = as_reference(source.get("table"))
        return Reference(table.table, table.areas, names)
    if hasattr(source, "result"):  # another Cleaning
        source = source.result()
    found = opened(source)
    texts = as_text(found.table)
    fields = guess_fields(texts)
    for name, column in fields.items():
        if column.kind == "key":
            texts[name] = keys.canonical(texts[name])
    return Reference(texts, _areas(texts, fields, found.geometry), {})


def _areas(table: pd.DataFrame, fields: Mapping[str, Any], geometry: gpd.GeoSeries | None) -> pd.Series | None:
    """Area in m² by key, of the first column of keys; none in degrees."""
    key = next((name for name, f in fields.items() if f.kind == "key" and f.layout in {"standard", "local"}), None)
    if geometry is None or key is None or (geometry.crs is not None and geometry.crs.is_geographic):
        return None
    areas = pd.Series(geometry.area.to_numpy(), index=table[key].to_numpy())
    return areas[areas.index.notna() & (areas > 0).to_numpy()]
