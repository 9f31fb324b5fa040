"""What is odd about a layer's geometry and reference system, as findings; nothing is changed."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.layers import crs as systems

# The families that one layer may mix: a city has parcels of one piece and of several.
_FAMILY = np.array([*"PLLAPLAC"])
_FAMILY_NAMES = {"P": "Point", "L": "LineString", "A": "Polygon", "C": "GeometryCollection"}


def inspect_geometry(layer: gpd.GeoDataFrame, rows: npt.NDArray[Any], file: str | None) -> Findings:
    """Missing and empty geometry, points among polygons."""
    geometry = layer.geometry.values
    kinds = shapely.get_type_id(np.asarray(geometry, dtype=object))
    missing = (kinds < 0) | np.asarray(geometry.is_empty)
    findings = Findings()
    if missing.any():
        place = Place(file, rows=as_rows(rows, np.flatnonzero(missing)))
        findings.add(warning("layers.geometry-missing", place, n=int(missing.sum()), of=len(layer)))
    families = _FAMILY[kinds[~missing]]
    present, counts = np.unique(families, return_counts=True)
    if len(present) > 1:
        main = present[counts.argmax()]
        other = np.flatnonzero(~missing)[families != main]
        findings.add(
            warning(
                "layers.geometry-mixed",
                Place(file, rows=as_rows(rows, other)),
                n=len(other),
                main=_FAMILY_NAMES[main],
                others=sorted(_FAMILY_NAMES[family] for family in present if family != main),
            )
        )
    return findings


def inspect_crs(
    layer: gpd.GeoDataFrame, rows: npt.NDArray[Any], file: str | None
) -> tuple[Findings, tuple[systems.Odd, ...]]:
    """Findings on the reference system, and the features that cannot lie where the layer says."""
    verdict = systems.judge(layer)
    findings, place = Findings(), Place(file)
    where = {"x": f"{verdict.centre[0]:.6g}", "y": f"{verdict.centre[1]:.6g}", "proposals": _named(verdict.proposals)}
    first = verdict.proposals[0] if verdict.proposals else "EPSG:…"
    if layer.crs is None and verdict.whole:
        findings.add(error("layers.crs-missing", place, first=first, **where))
    elif verdict.whole:
        findings.add(error("layers.crs-wrong", place, declared=name_of(layer.crs), first=first, **where))
    findings.extend(_odd_finding(odd, layer.crs, rows, file) for odd in verdict.odd)
    return findings, verdict.odd


def _odd_finding(odd: systems.Odd, crs: Any, rows: npt.NDArray[Any], file: str | None) -> Finding:
    place = Place(file, rows=as_rows(rows, odd.positions), column="geometry")
    params: dict[str, Any] = {"n": len(odd.positions), "example": f"{odd.example[0]:.6f}, {odd.example[1]:.6f}"}
    declared = name_of(crs)
    if odd.proposal == systems.ZERO:
        return error("layers.zero-zero", place, **params)
    if odd.proposal == systems.OUTSIDE:
        return error("layers.outside", place, declared=declared, **params)
    if odd.proposal == systems.SWAPPED:
        return error("layers.axes-swapped", place, proposal=odd.proposal, **params)
    if odd.proposal == systems.SIGN:
        return error("layers.sign-lost", place, proposal=odd.proposal, **params)
    name = _named([odd.proposal])[0]
    return error("layers.crs-odd", place, declared=declared, proposal=odd.proposal, name=name, **params)


def without_z(layer: gpd.GeoDataFrame, rows: npt.NDArray[Any], file: str | None) -> tuple[gpd.GeoDataFrame, Findings]:
    """The layer in two dimensions, and a finding if it had heights."""
    high = np.asarray(layer.geometry.has_z)
    if not high.any():
        return layer, Findings()
    flat = gpd.GeoSeries(shapely.force_2d(layer.geometry.values), index=layer.index, crs=layer.crs)
    place = Place(file, rows=as_rows(rows, np.flatnonzero(high)) if not high.all() else ())
    return layer.set_geometry(flat), Findings([advice("layers.z-dropped", place, n=int(high.sum()))])


def as_rows(rows: npt.NDArray[Any], positions: npt.NDArray[Any]) -> tuple[int, ...]:
    """The file's row numbers of positions, as a `Place` takes them."""
    return tuple(np.asarray(rows)[positions].tolist())


def name_of(crs: Any) -> str:
    """A reference system as people call it: its EPSG code, else its name."""
    if crs is None:
        return "-"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def _named(proposals: Any) -> list[str]:
    notes = {item["code"]: item["note"] for item in systems.FACTS["known"]}
    return [f"{code} ({notes[code]})" if code in notes else code for code in proposals]
