"""Coordinates that cannot be where the layer says: other reference systems, swapped axes, lost signs, zeros.

A layer is judged by itself: the robust centre of its features (median and MAD) is where it lies, and a feature far from
there is tried in every reference system that Mexican files come in (``crs.json``). The one that brings it home is
*proposed*; nothing is changed until somebody calls `reproject_odd`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Proj, Transformer

FACTS = json.loads(Path(__file__).with_name("crs.json").read_text(encoding="utf-8"))
SWAPPED = "swapped"  # a proposal: the axes change places
SIGN = "sign"  # a proposal: longitude is west of Greenwich, the minus sign was lost
ZERO = "zero"  # no proposal: 0, 0 stands for "not known"
OUTSIDE = "outside"  # no proposal: not in Mexico, and no known system brings it home
_KNOWN = [item["code"] for item in FACTS["known"]]
_LAND = FACTS["land"]
_AREA_ERROR = 0.005

Points = npt.NDArray[np.float64]
Where = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Odd:
    """Some features of a layer that cannot lie where it says.

    ``positions`` count from 0; ``proposal`` is a code such as "EPSG:6372", `SWAPPED`, `SIGN`, or `ZERO` and `OUTSIDE`
    when there is nothing to propose; ``example`` is the centre of the first.
    """

    positions: Where
    proposal: str
    example: tuple[float, float]

    @property
    def mendable(self) -> bool:
        """Whether `reproject_odd` can bring them home."""
        return self.proposal not in {ZERO, OUTSIDE}


@dataclass(frozen=True)
class Verdict:
    """What `judge` says: the whole layer elsewhere (``proposals``), or single features (``odd``)."""

    whole: bool = False
    proposals: tuple[str, ...] = ()
    centre: tuple[float, float] = (np.nan, np.nan)
    odd: tuple[Odd, ...] = ()


def judge(layer: gpd.GeoDataFrame | gpd.GeoSeries) -> Verdict:
    """Whether the coordinates of ``layer`` fit its declared CRS, and which features do not fit the others.

    A layer without CRS, or whose centre is not in Mexico, is judged as a whole: ``proposals`` are the systems in which
    it would be in Mexico (for UTM coordinates that can be several zones).
    """
    points = centres(layer.geometry.values)
    here = np.isfinite(points).all(axis=1)
    if not here.any():
        return Verdict()
    zero = here & (np.abs(points) < 1e-6).all(axis=1)
    good = np.flatnonzero(here & ~zero)
    odd = tuple(_group(points, np.flatnonzero(zero), ZERO))
    if not len(good):
        return Verdict(odd=odd)
    centre, reach = _cluster(points[good])
    if layer.crs is None or not _in_box(_to_degrees(centre[None], layer.crs), FACTS["area_of_use"])[0]:
        return Verdict(whole=True, proposals=propose(centre), centre=(float(centre[0]), float(centre[1])), odd=odd)
    far = good[(np.abs(points[good] - centre) > reach).any(axis=1)]
    odd += tuple(_explain(points, far, layer.crs, centre, reach))
    return Verdict(centre=(float(centre[0]), float(centre[1])), odd=odd)


def propose(point: Points) -> tuple[str, ...]:
    """The reference systems in which ``point`` would lie on Mexican land."""
    x, y = float(point[0]), float(point[1])
    if abs(x) <= 180 and abs(y) <= 180:
        options = (((x, y), "EPSG:6365"), ((y, x), SWAPPED), ((-x, y), SIGN))
        return tuple(name for moved, name in options if _in_box(np.array([moved]), _LAND)[0])
    return tuple(code for code in _KNOWN[1:] if _fits(point, code)) or (
        (SWAPPED,) if any(_fits(point[::-1], code) for code in _KNOWN[1:]) else ()
    )


def reproject_odd(layer: gpd.GeoDataFrame, odd: Odd | Iterable[Odd], proposal: str | None = None) -> gpd.GeoDataFrame:
    """A copy of ``layer`` in which the odd features are brought home by their proposal (or by ``proposal``).

    Raises:
        ValueError: for a layer without CRS or features without a proposal.
    """
    if layer.crs is None:
        raise ValueError("the layer has no CRS: set one first")
    result = layer.copy()
    geometry = np.array(result.geometry.values, dtype=object)
    for group in [odd] if isinstance(odd, Odd) else odd:
        geometry[group.positions] = moved(geometry[group.positions], proposal or group.proposal, layer.crs)
    return result.set_geometry(gpd.GeoSeries(geometry, index=layer.index, crs=layer.crs, name=layer.geometry.name))


def moved(geometry: npt.NDArray[Any], proposal: str, crs: Any) -> npt.NDArray[Any]:
    """``geometry`` read as ``proposal`` says, in the coordinates of ``crs``."""
    if proposal in {ZERO, OUTSIDE}:
        raise ValueError(f"nothing to propose for features that are {proposal!r}")
    move = _mover(proposal, crs)
    return np.asarray(shapely.transform(geometry, move, interleaved=False))


def in_metres(layer: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[npt.NDArray[Any], Any]:
    """The geometry in a system whose areas and distances are true metres, and that system.

    A layer projected in metres stays as it is where its areas are true within half a percent (UTM is; INEGI's LCC and
    web Mercator are not); any other goes to the UTM zone of its median. A layer without CRS is taken as it stands
    (its system is None).
    """
    geometry = np.asarray(layer.geometry.values, dtype=object)
    points = centres(geometry)
    points = points[np.isfinite(points).all(axis=1)]
    if layer.crs is None or not len(points):
        return geometry, layer.crs
    longitude, latitude = _to_degrees(np.median(points, axis=0)[None], layer.crs)[0]
    if layer.crs.is_projected and _unit(layer.crs) == 1.0:
        scale = Proj(layer.crs).get_factors(longitude, latitude).areal_scale
        if abs(scale - 1) <= _AREA_ERROR:
            return geometry, layer.crs
    target = utm_of(longitude)
    return np.asarray(layer.geometry.to_crs(target).values, dtype=object), CRS(target)


def utm_of(longitude: float) -> str:
    """The WGS84 UTM zone (north) of a longitude, as an EPSG code."""
    return f"EPSG:{32601 + int((longitude + 180) // 6) % 60}"


def centres(geometry: Any) -> Points:
    """The centre of each geometry's bounding box; not a number where there is none."""
    bounds = shapely.bounds(np.asarray(geometry, dtype=object))
    return np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])


def _cluster(points: Points) -> tuple[Points, Points]:
    """The robust centre of points, and how far from it one may be on each axis."""
    rule = FACTS["cluster"]
    centre = np.median(points, axis=0)
    spread = 1.4826 * np.median(np.abs(points - centre), axis=0)
    degrees = bool((np.abs(centre) <= 180).all())
    floor, far = ("floor_degrees", "far_degrees") if degrees else ("floor_metres", "far_metres")
    return centre, np.maximum(rule["deviations"] * np.maximum(spread, rule[floor]), rule[far])


def _explain(points: Points, far: Where, crs: Any, centre: Points, reach: Points) -> Iterable[Odd]:
    """Groups of the far features, by the proposal that brings each nearest to the centre."""
    if not len(far):
        return
    names = [*(c for c in _KNOWN if not _same(c, crs)), SWAPPED, *([SIGN] if crs.is_geographic else [])]
    distance = np.full((len(names), len(far)), np.inf)
    for number, name in enumerate(names):
        home = np.column_stack(_mover(name, crs)(points[far, 0], points[far, 1]))
        with np.errstate(invalid="ignore"):
            off = (np.abs(home - centre) / reach).max(axis=1)
        distance[number] = np.where(np.isfinite(off) & (off <= 1), off, np.inf)
    best = distance.argmin(axis=0)
    found = np.isfinite(distance.min(axis=0))
    for number, name in enumerate(names):
        yield from _group(points, far[found & (best == number)], name)
    lost = far[~found]
    yield from _group(points, lost[~_in_box(_to_degrees(points[lost], crs), FACTS["area_of_use"])], OUTSIDE)


def _group(points: Points, positions: Where, proposal: str) -> Iterable[Odd]:
    if len(positions):
        yield Odd(positions, proposal, (float(points[positions[0], 0]), float(points[positions[0], 1])))


def _fits(point: Points, code: str) -> bool:
    """Whether a point in metres lies on Mexican land in ``code``, within the longitudes that system is for."""
    facts = next(item for item in FACTS["known"] if item["code"] == code)
    box = {**_LAND, **{side: facts[side] for side in ("west", "east") if side in facts}}
    return bool(_in_box(_to_degrees(point[None], CRS(code)), box)[0])


def _in_box(degrees: Points, box: dict[str, float]) -> npt.NDArray[np.bool_]:
    x, y = degrees[:, 0], degrees[:, 1]
    return (x >= box["west"]) & (x <= box["east"]) & (y >= box["south"]) & (y <= box["north"])


def _to_degrees(points: Points, crs: Any) -> Points:
    return np.column_stack(_transformer(crs.to_wkt(), "EPSG:4326").transform(points[:, 0], points[:, 1]))


def _mover(proposal: str, crs: Any) -> Any:
    """A function of x and y arrays that reads them as ``proposal`` says and gives them in ``crs``."""
    if proposal == SWAPPED:
        return lambda x, y: (y, x)
    if proposal == SIGN:
        return lambda x, y: (-np.abs(x), y)
    return _transformer(proposal, crs.to_wkt()).transform


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=64)
def _epsg(wkt: str) -> int | None:
    return CRS(wkt).to_epsg()


def _same(code: str, crs: Any) -> bool:
    facts = next(item for item in FACTS["known"] if item["code"] == code)
    return f"EPSG:{_epsg(crs.to_wkt())}" in {code, *facts["same_as"]}


def _unit(crs: Any) -> float:
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
