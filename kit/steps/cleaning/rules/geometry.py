"""Rules on geometry: coordinates of another system, invalid polygons; what only a survey knows is reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from kit import layers
from kit.findings import Finding, error, warning
from kit.steps.cleaning.proposals import Draft, proposal_id, rule
from kit.steps.cleaning.state import State
from kit.themes import topology

_SAME_AREA = 0.01  # share by which a repair may change the area and still be the same polygon
_FEW_CORNERS = 12  # a ring with more corners is not untwisted by trying


@rule("geometry-odd")
def geometry_odd(state: State) -> Iterator[Draft | Finding]:
    """Features whose coordinates belong to another reference system, in which they fall among the others."""
    if state.geometry is None or state.geometry.crs is None:
        return
    frame = gpd.GeoDataFrame(geometry=state.geometry)
    odd = [group for group in layers.judge(frame).odd if group.mendable]
    if not odd:
        return
    home = layers.reproject_odd(frame, odd).geometry
    positions = np.concatenate([group.positions for group in odd])
    new = home.iloc[np.sort(positions)]
    finding = error(
        "cleaning.geometry-odd",
        state.place("geometry", new.index),
        n=len(new),
        systems=[group.proposal for group in odd],
        declared=layers.name_of(state.geometry.crs),
        proposal=proposal_id("geometry-odd", None),
    )
    yield Draft(finding, new, certain=True, target="geometry")


@rule("geometry-invalid")
def geometry_invalid(state: State) -> Iterator[Draft | Finding]:
    """Polygons that are not valid and keep their area when they are made so."""
    yield from _mended(state, "geometry-invalid", same_area=True)


@rule("geometry-twisted")
def geometry_twisted(state: State) -> Iterator[Draft | Finding]:
    """Polygons whose edges cross (bow-ties): two corners were drawn in the wrong order, or something worse."""
    yield from _mended(state, "geometry-twisted", same_area=False)


def _mended(state: State, name: str, same_area: bool) -> Iterator[Draft | Finding]:
    if state.geometry is None:
        return
    geometry = np.asarray(state.geometry, dtype=object)
    bad = np.flatnonzero(~shapely.is_valid(geometry) & ~shapely.is_missing(geometry))
    if not len(bad):
        return
    fixed = topology.mend(geometry[bad])
    before = shapely.area(geometry[bad])
    keeps = np.isclose(shapely.area(fixed), before, rtol=_SAME_AREA, atol=0) & (before > 0)
    if same_area:
        chosen, fixed = bad[keeps], fixed[keeps]
    else:
        chosen, fixed = bad[~keeps], _untwisted(geometry, bad[~keeps])
    usable = ~shapely.is_missing(fixed)
    multi = usable & (shapely.get_type_id(geometry[chosen]) == 6) & (shapely.get_type_id(fixed) == 3)
    if multi.any():  # the layer keeps its type
        fixed[multi] = shapely.multipolygons(fixed[multi], indices=np.arange(multi.sum()))
    if not usable.any():
        return
    new = gpd.GeoSeries(fixed[usable], index=state.geometry.index[chosen[usable]], crs=state.geometry.crs)
    place, proposal = state.place("geometry", new.index), proposal_id(name, None)
    finding = (
        error("cleaning.geometry-invalid", place, n=len(new), proposal=proposal)
        if same_area
        else error("cleaning.geometry-twisted", place, n=len(new), proposal=proposal)
    )
    yield Draft(finding, new, certain=same_area, target="geometry")


def _untwisted(geometry: npt.NDArray[Any], bad: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """The bad polygons with two neighbouring corners exchanged where one way to do so fits, else made valid.

    A way fits if the polygon becomes valid; where there are several, the one that does not lie on its neighbours and
    leaves the smallest gap among them.
    """
    fixed = topology.mend(geometry[bad])
    others = np.array(geometry, dtype=object)
    others[bad] = None
    tree = shapely.STRtree(others)
    for i, polygon in enumerate(geometry[bad]):
        parts = shapely.get_parts(polygon)
        if len(parts) != 1 or shapely.get_type_id(parts[0]) != 3 or len(parts[0].interiors):
            continue
        corners = shapely.get_coordinates(parts[0])[:-1]
        ways = _exchanged(corners) if 4 <= len(corners) <= _FEW_CORNERS else []
        if len(ways) > 1:
            shared = [shapely.area(shapely.intersection(w, others[tree.query(w)])).sum() / w.area for w in ways]
            free = [way for way, share in zip(ways, shared, strict=True) if share < _SAME_AREA]
            ways = sorted(free, key=shapely.area)[-1:]
        if len(ways) == 1:
            fixed[i] = ways[0]
    return fixed


def _exchanged(corners: npt.NDArray[np.float64]) -> list[Any]:
    """The different valid polygons that exchanging two neighbouring corners makes."""
    found: list[Any] = []
    for i in range(len(corners)):
        order = np.arange(len(corners))
        order[[i, i - 1]] = order[[i - 1, i]]
        candidate = shapely.polygons(corners[order])
        if shapely.is_valid(candidate) and not any(shapely.equals(candidate, other) for other in found):
            found.append(candidate)
    return found


@rule("geometry-sliver")
def geometry_sliver(state: State) -> Iterator[Draft | Finding]:
    """Features without a key whose polygon is as thin as a line: a leftover of drawing, and nobody's parcel."""
    key = state.key_field()
    if state.geometry is None or key is None:
        return
    geometry, _ = layers.in_metres(state.geometry)
    thin = state.geometry.index[topology.slivers(geometry)]
    dropped = thin[state.frame.loc[thin, key.name].isna().to_numpy()]
    if len(dropped):
        finding = warning(
            "cleaning.geometry-sliver",
            state.place("geometry", dropped),
            n=len(dropped),
            proposal=proposal_id("geometry-sliver", None),
        )
        yield Draft(finding, pd.Series(None, index=dropped, dtype=object), certain=False, target="row")


@rule("geometry-check", check=True)
def geometry_check(state: State) -> Iterator[Draft | Finding]:
    """No geometry, polygons as thin as a line, polygons that share ground: only the survey knows what is right."""
    if state.geometry is None:
        return
    geometry, _ = layers.in_metres(state.geometry)
    index = state.geometry.index
    missing = index[shapely.is_missing(geometry) | shapely.is_empty(geometry)]
    if len(missing):
        yield error("cleaning.geometry-missing", state.place("geometry", missing), n=len(missing))
    yield from topology.sliver_finding(
        topology.slivers(geometry), lambda positions: state.place("geometry", index[positions])
    )
    if not np.isin(shapely.get_type_id(geometry), (3, 6)).any():
        return
    pairs = topology.overlaps(geometry, minimum=topology.TOLERANCE)
    if len(pairs):
        both = pd.unique(pairs[["left", "right"]].to_numpy().ravel())
        yield warning(
            "cleaning.geometry-overlap",
            state.place("geometry", index[both]),
            n=len(pairs),
            area=float(pairs["area"].sum()),
            largest=float(pairs["area"].max()),
        )
