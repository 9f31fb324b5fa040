"""Audit of a cadastral layer: keys, use, declared areas, and the polygons in themselves and against each other.

`audit` changes nothing: it returns findings with the file's rows and tables of what it saw. Mending is a step of its
own (`kit.keys.canonical`, `kit.themes.topology.mend`, `kit.layers.reproject_odd`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from kit.findings import Findings, Place, error, warning
from kit.layers import as_rows, in_metres, judge
from kit.tables import parse_numbers
from kit.themes import topology
from kit.themes.cadastral_keys import check_keys, duplicates
from kit.themes.mapping import Mapping
from kit.themes.uses import CATALOGUE, canonical_uses

FACTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_HECTARE = 10_000

Progress = Callable[[str, float], None]
Locate = Callable[..., Place]


@dataclass(frozen=True)
class Audit:
    """What `audit` found.

    Attributes:
        findings: one per kind, with all its rows.
        duplicates: the keys that several features share: key, features, rows (tuple of row numbers).
        overlaps: pairs that share area: left, right (positions), left_row, right_row, left_key, right_key, area (m²),
            copy (the same shape), repeated (the same shape and key: one parcel written twice).
        invalid: position, row, key, reason, x, y of each invalid polygon.
        slivers: positions of polygons too thin to be parcels.
        area: measured area of each feature, m² (not a number where there is none).
        summary: the figures: features, keys, duplicate_features, duplicate_keys, duplicate_extra, overlap_pairs,
            overlap_above, overlap_area, invalid, slivers, crs.
    """

    findings: Findings
    duplicates: pd.DataFrame
    overlaps: pd.DataFrame
    invalid: pd.DataFrame
    slivers: npt.NDArray[np.intp]
    area: npt.NDArray[np.float64]
    summary: dict[str, Any]


def audit(
    layer: gpd.GeoDataFrame,
    mapping: Mapping,
    *,
    rows: npt.NDArray[Any] | None = None,
    file: str | None = None,
    municipality: str | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Everything that can be told of a cadastral layer without asking anybody.

    Areas are measured in metres: a geographic layer is measured in its UTM zone; features that cannot lie where the
    layer says (`kit.layers.judge`) are left out of the measuring.

    Args:
        layer: parcels or constructions, any CRS.
        mapping: which column is which (see `kit.themes.mapping.guess`).
        rows: each feature's row number in the file; 1, 2, 3… when not given.
        file: the name that findings give as their place.
        municipality: INEGI key (5 digits) that the standard keys must name; else the one that most of them name.
        progress: called with a message key and the share done.
    """
    tell: Progress = progress or (lambda *_: None)
    numbers = np.arange(1, len(layer) + 1) if rows is None else np.asarray(rows)
    locate = partial(_place, numbers, file)
    tell("cadastre.progress-keys", 0.0)
    shared, key_findings = duplicates(layer, mapping, locate)
    findings = key_findings + check_keys(layer, mapping, locate, municipality) + check_use(layer, mapping, locate)
    tell("cadastre.progress-geometry", 0.2)
    geometry, crs = _measurable(layer)
    bad = topology.invalid(geometry)
    mended = topology.mend(geometry, _mask(len(layer), bad["position"].to_numpy()))
    area = np.where(shapely.is_missing(mended), np.nan, shapely.area(mended))
    thin = topology.slivers(mended)
    findings.extend(topology.validity_findings(bad, locate))
    findings.extend(_surface_findings(geometry, area, locate))
    findings.extend(topology.sliver_finding(thin[area[thin] > 0], locate))
    findings.extend(check_area(layer, mapping, area, locate))
    tell("cadastre.progress-overlaps", 0.4)
    pairs = topology.overlaps(mended, mended=True, progress=lambda key, done: tell(key, 0.4 + 0.6 * done))
    keys = layer[mapping.key] if mapping.key in layer.columns else pd.Series(None, index=layer.index, dtype="str")
    pairs = _with_keys(pairs, keys, numbers)
    findings.extend(topology.overlap_findings(pairs, locate))
    bad = bad.assign(row=numbers[bad["position"]], key=keys.array[bad["position"]])
    summary = _summary(layer, shared, pairs, bad, thin, crs)
    tell("cadastre.progress-done", 1.0)
    return Audit(findings, shared, pairs, bad, thin, area, summary)


def audit_table(
    table: pd.DataFrame,
    mapping: Mapping,
    *,
    rows: npt.NDArray[Any] | None = None,
    file: str | None = None,
    municipality: str | None = None,
) -> Findings:
    """What can be told of a register without geometry: repeated and damaged keys, keys that disagree, uses.

    Arguments as of `audit`.
    """
    numbers = np.arange(1, len(table) + 1) if rows is None else np.asarray(rows)
    locate = partial(_place, numbers, file)
    _, repeated = duplicates(table, mapping, locate)
    return repeated + check_keys(table, mapping, locate, municipality) + check_use(table, mapping, locate)


def check_use(table: pd.DataFrame, mapping: Mapping, locate: Locate) -> Findings:
    """Uses written otherwise than in the catalogue, and uses that the catalogue has not."""
    if mapping.use is None or mapping.use not in table.columns:
        return Findings()
    cells = table[mapping.use]
    words = canonical_uses(cells)
    filled = (cells.notna() & cells.astype("str").str.strip().ne("")).to_numpy(dtype=bool)
    other = filled & words.notna().to_numpy() & (cells.astype("str") != words).to_numpy()
    unknown = filled & words.isna().to_numpy()
    findings = Findings()
    if other.any():
        variants = (cells[other].astype("str") + " → " + words[other]).value_counts().index.tolist()
        place = locate(np.flatnonzero(other), column=mapping.use)
        findings.add(warning("cadastre.use-variant", place, n=int(other.sum()), variants=variants))
    if unknown.any():
        examples = cells[unknown].astype("str").value_counts().index.tolist()
        place = locate(np.flatnonzero(unknown), column=mapping.use)
        n = int(unknown.sum())
        findings.add(warning("cadastre.use-unknown", place, n=n, examples=examples, catalogue=list(CATALOGUE)))
    return findings


def check_area(table: pd.DataFrame, mapping: Mapping, area: npt.NDArray[np.float64], locate: Locate) -> Findings:
    """Areas in the table against those of the polygons: written in hectares, or simply different."""
    if mapping.area is None or mapping.area not in table.columns:
        return Findings()
    said = parse_numbers(table[mapping.area])[0].to_numpy(dtype=np.float64)
    rule = FACTS["area"]
    known = np.isfinite(said) & np.isfinite(area) & (area > 0)
    hectares = known & _near(said * _HECTARE, area, rule) & ~_near(said, area, rule)
    differs = known & ~hectares & ~_near(said, area, rule)
    findings = Findings()

    def at(where: npt.NDArray[np.bool_]) -> Place:
        return locate(np.flatnonzero(where), column=mapping.area)

    def case(where: npt.NDArray[np.bool_]) -> dict[str, Any]:
        first = int(np.flatnonzero(where)[0])
        return {"n": int(where.sum()), "said": float(said[first]), "measured": round(float(area[first]), 2)}

    if hectares.any():
        findings.add(warning("cadastre.area-hectares", at(hectares), **case(hectares)))
    if differs.any():
        findings.add(warning("cadastre.area-differs", at(differs), **case(differs)))
    return findings


def _near(said: npt.NDArray[Any], measured: npt.NDArray[Any], rule: dict[str, float]) -> npt.NDArray[np.bool_]:
    off = np.abs(said - measured)
    return np.asarray((off <= rule["relative"] * measured) | (off <= rule["square_metres"]))


def _surface_findings(geometry: topology.Geometry, area: npt.NDArray[np.float64], locate: Locate) -> Findings:
    """Polygons in which no point can be placed: nothing is left of them, or they have no area."""
    polygonal = np.isin(shapely.get_type_id(geometry), (3, 6)) & ~shapely.is_empty(geometry)
    none = np.flatnonzero(polygonal & ~(area > 0))
    return Findings([error("cadastre.no-surface", locate(none), n=len(none))] if len(none) else [])


def _measurable(layer: gpd.GeoDataFrame) -> tuple[topology.Geometry, Any]:
    """The geometry in metres, without the features that lie elsewhere, and the system measured in."""
    verdict = judge(layer)
    measured = layer.geometry
    if verdict.whole and verdict.proposals and verdict.proposals[0].startswith("EPSG:"):
        measured = measured.set_crs(verdict.proposals[0], allow_override=True)
    geometry = np.array(measured.values, dtype=object)
    for odd in verdict.odd:
        geometry[odd.positions] = None
    return in_metres(gpd.GeoSeries(geometry, index=layer.index, crs=measured.crs))


def _with_keys(pairs: pd.DataFrame, keys: pd.Series, rows: npt.NDArray[Any]) -> pd.DataFrame:
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    table = pairs.assign(
        left_row=rows[left], right_row=rows[right], left_key=keys.array[left], right_key=keys.array[right]
    )
    table["repeated"] = table["copy"] & (table["left_key"] == table["right_key"]).fillna(False)
    order = ["left_row", "right_row", "left_key", "right_key", "area", "copy", "repeated", "left", "right"]
    return table[order].sort_values("area", ascending=False, ignore_index=True)


def _summary(
    layer: gpd.GeoDataFrame,
    shared: pd.DataFrame,
    pairs: pd.DataFrame,
    bad: pd.DataFrame,
    thin: npt.NDArray[np.intp],
    crs: Any,
) -> dict[str, Any]:
    conflicts = pairs[~pairs["repeated"]]
    return {
        "features": len(layer),
        "duplicate_features": int(shared["features"].sum()),
        "duplicate_keys": len(shared),
        "duplicate_extra": int(shared["features"].sum()) - len(shared),
        "overlap_pairs": len(conflicts),
        "overlap_above": int((conflicts["area"] > topology.TOLERANCE).sum()),
        "overlap_area": float(conflicts["area"].sum()),
        "repeated_pairs": int(pairs["repeated"].sum()),
        "invalid": len(bad),
        "slivers": len(thin),
        "crs": str(crs.to_string()) if crs is not None else None,
    }


def _mask(count: int, positions: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[positions] = True
    return mask


def _place(rows: npt.NDArray[Any], file: str | None, positions: npt.NDArray[Any], column: str | None = None) -> Place:
    return Place(file, rows=as_rows(rows, positions), column=column)
