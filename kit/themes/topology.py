"""Polygons that are wrong in themselves or against each other: invalid, too thin, repeated, overlapping.

Everything works on whole arrays of geometry in metres (see `kit.layers.in_metres`); positions count from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from kit.findings import Finding, Findings, Place, error, warning
from kit.themes.separation import Apart

Geometry = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Progress = Callable[[str, float], None]

TOLERANCE = 0.01  # m²; a smaller shared area is drawing noise, a larger one is a conflict between two owners
SLIVER_WIDTH = 0.10  # m; mean width (2 area / perimeter) under which a polygon is no parcel
_CHUNK = 50_000
_WORKERS = 2


def invalid(geometry: Geometry) -> pd.DataFrame:
    """The polygons that are not valid: position, reason, x and y of the fault.

    The reason is GEOS's word, or "Bow-tie" for one ring that crosses itself into several pieces.
    """
    empty = shapely.is_missing(geometry)
    positions = np.flatnonzero(~_is_valid(geometry) & ~empty)
    words = pd.Series(shapely.is_valid_reason(geometry[positions]), dtype="str")
    parts = words.str.extract(r"^(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?$")
    table = pd.DataFrame({"position": positions, "reason": parts["reason"].str.strip()})
    table["x"], table["y"] = pd.to_numeric(parts["x"], errors="coerce"), pd.to_numeric(parts["y"], errors="coerce")
    table.loc[_bow_ties(geometry[positions]) & (table["reason"] == "Self-intersection"), "reason"] = "Bow-tie"
    return table


def mend(geometry: Geometry, where: Mask | None = None) -> Geometry:
    """A copy in which the invalid polygons (or those of ``where``) are valid; what is no polygon any more is missing.

    Lines and points that a repair would leave over are dropped, so that a layer of polygons stays one.
    """
    result = np.array(geometry, dtype=object)
    bad = (~_is_valid(result) & ~shapely.is_missing(result)) if where is None else np.asarray(where)
    with np.errstate(invalid="ignore"):  # a corner that is not a number
        fixed = shapely.make_valid(result[bad], method="structure", keep_collapsed=False)
    polygonal = np.isin(shapely.get_type_id(fixed), (3, 6)) & ~shapely.is_empty(fixed)
    result[bad] = np.where(polygonal, fixed, None)
    return result


def slivers(geometry: Geometry, width: float = SLIVER_WIDTH) -> npt.NDArray[np.intp]:
    """Positions of polygons without area, or whose mean width (2 area / perimeter) is under ``width`` metres."""
    polygonal = np.isin(shapely.get_type_id(geometry), (3, 6)) & ~shapely.is_empty(geometry)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = 2 * shapely.area(geometry) / shapely.length(geometry)
    return np.flatnonzero(polygonal & ~(mean >= width))


def overlaps(
    geometry: Geometry,
    *,
    minimum: float = 0.0,
    mended: bool = False,
    workers: int = _WORKERS,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Pairs of polygons that share more than ``minimum`` m²: left, right (left < right), area, copy.

    ``copy`` says that the two are the same shape. Invalid polygons are mended first (in a copy), unless ``mended``
    says that there are none; neighbours that only touch are not pairs. The work is done in chunks on ``workers``
    threads (GEOS works outside Python's lock).
    """
    usable = np.array(geometry, dtype=object) if mended else mend(geometry)
    usable[~np.isin(shapely.get_type_id(usable), (3, 6))] = None
    tree, apart = shapely.STRtree(usable), Apart(usable)
    starts = range(0, len(usable), _CHUNK)

    def chunk(start: int) -> pd.DataFrame:
        return _overlaps_from(tree, usable, apart, start, min(start + _CHUNK, len(usable)), minimum)

    tables = []
    with ThreadPoolExecutor(workers) as pool:
        for done, table in enumerate(pool.map(chunk, starts), 1):
            tables.append(table)
            if progress is not None:
                progress("topology.progress-overlaps", done / len(starts))
    found = pd.concat(tables, ignore_index=True) if tables else _overlap_table([], [], np.empty(0))
    found["copy"] = False
    areas = shapely.area(usable)
    same = np.flatnonzero(
        np.isclose(found["area"], areas[found["left"]], rtol=1e-9)
        & np.isclose(found["area"], areas[found["right"]], rtol=1e-9)
    )
    left, right = usable[found["left"].iloc[same]], usable[found["right"].iloc[same]]
    found.loc[same, "copy"] = shapely.equals(left, right)
    return found


def _overlaps_from(tree: Any, geometry: Geometry, apart: Apart, start: int, end: int, minimum: float) -> pd.DataFrame:
    near, right = tree.query(geometry[start:end])
    left = near + start
    once = left < right
    left, right = left[once], right[once]
    unsure = ~apart(left, right)
    left, right = left[unsure], right[unsure]
    # Prepared for this chunk only: a million prepared polygons would take a gigabyte.
    shapely.prepare(geometry[start:end])
    for test in (shapely.intersects, lambda one, other: ~shapely.touches(one, other)):
        kept = test(geometry[left], geometry[right])
        left, right = left[kept], right[kept]
    shapely.destroy_prepared(geometry[start:end])
    area = shapely.area(shapely.intersection(geometry[left], geometry[right]))
    kept = area > minimum
    return _overlap_table(left[kept], right[kept], area[kept])


def _overlap_table(left: Any, right: Any, area: npt.NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame({"left": np.asarray(left, np.int64), "right": np.asarray(right, np.int64), "area": area})


def _is_valid(geometry: Geometry) -> Mask:
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = pool.map(shapely.is_valid, np.array_split(geometry, _WORKERS))
        return np.concatenate(list(parts))


def _bow_ties(geometry: Geometry) -> Mask:
    """Which are one ring that crosses itself into two or more pieces."""
    single = (shapely.get_num_geometries(geometry) == 1) & (shapely.get_type_id(geometry) >= 3)
    first = shapely.get_geometry(geometry, 0)
    single &= shapely.get_num_interior_rings(first) == 0
    result = np.zeros(len(geometry), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        result[single] = shapely.get_num_geometries(shapely.make_valid(first[single], method="structure")) > 1
    return result


_REASONS: dict[str, Callable[..., Finding]] = {
    "Bow-tie": lambda place, **params: error("topology.bow-tie", place, **params),
    "Self-intersection": lambda place, **params: error("topology.self-intersection", place, **params),
    "Ring Self-intersection": lambda place, **params: error("topology.ring-self-intersection", place, **params),
    "Too few points in geometry component": lambda place, **params: error("topology.too-few-points", place, **params),
    "Hole lies outside shell": lambda place, **params: error("topology.hole-outside", place, **params),
    "Holes are nested": lambda place, **params: error("topology.holes-nested", place, **params),
    "Nested shells": lambda place, **params: error("topology.shells-nested", place, **params),
    "Interior is disconnected": lambda place, **params: error("topology.interior-disconnected", place, **params),
    "Invalid Coordinate": lambda place, **params: error("topology.coordinate-invalid", place, **params),
}


def validity_findings(table: pd.DataFrame, place: Callable[[npt.NDArray[Any]], Place]) -> Findings:
    """One finding per reason of `invalid`'s table; ``place`` makes a place of positions."""
    findings = Findings()
    for reason, group in table.groupby("reason", sort=True):
        make = _REASONS.get(str(reason))
        first = group.iloc[0]
        params = {"n": len(group), "x": f"{first['x']:.2f}", "y": f"{first['y']:.2f}"}
        where = place(group["position"].to_numpy())
        findings.add(make(where, **params) if make else error("topology.invalid", where, reason=str(reason), **params))
    return findings


def sliver_finding(positions: npt.NDArray[Any], place: Callable[[npt.NDArray[Any]], Place]) -> Findings:
    """A finding on polygons that are too thin, if there are any."""
    if not len(positions):
        return Findings()
    return Findings([warning("topology.sliver", place(positions), n=len(positions), width=SLIVER_WIDTH)])


def overlap_findings(pairs: pd.DataFrame, place: Callable[[npt.NDArray[Any]], Place]) -> Findings:
    """A finding on shared area, and one on features written twice (the same shape and key: column ``repeated``).

    An overlap above the tolerance makes the finding an error; below it is drawing noise and a warning.
    """
    findings = Findings()
    conflicts, repeated = pairs[~pairs["repeated"]], pairs[pairs["repeated"]]
    if len(conflicts):
        above = int((conflicts["area"] > TOLERANCE).sum())
        where = place(np.unique(conflicts[["left", "right"]].to_numpy()))
        params = {"n": len(conflicts), "pairs": len(conflicts), "above": above, "tolerance": TOLERANCE}
        params |= {
            "area": round(float(conflicts["area"].sum()), 2),
            "largest": round(float(conflicts["area"].max()), 2),
        }
        findings.add(
            error("topology.overlap", where, **params) if above else warning("topology.touch", where, **params)
        )
    if len(repeated):
        where = place(np.unique(repeated["right"].to_numpy()))
        findings.add(error("topology.repeated", where, n=len(where.rows)))
    return findings
