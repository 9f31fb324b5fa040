"""A quick, exact-when-it-answers test that two polygons share no area, in numpy, for millions of neighbours.

In a cadastre nearly every pair of near parcels are neighbours that touch along a common boundary, and asking GEOS about
each takes most of an audit's time. But if some straight side of one has its own polygon entirely on one side and the
other polygon entirely on the other, they share no area: a handful of multiplications on the vertices. Where the
arithmetic is not exact (a vertex within `_NOISE` of the side's line but not on it), or a polygon is not simple enough,
the answer is "not known", and GEOS decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_SIDES = 8  # polygons with more sides are left to GEOS
_QUAD = 4
_SLICE = 50_000
_NOISE = 1e-7  # m²: (distance from the line) x (length of the side) below which rounding could lie

Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class Apart:
    """For pairs of polygons of one array (positions): True where it is certain that they share no area."""

    def __init__(self, geometry: npt.NDArray[Any]) -> None:
        self.corners = np.zeros((len(geometry), _SIDES, 2))
        self.count = np.zeros(len(geometry), dtype=np.int8)
        self.outer = np.zeros((len(geometry), _SIDES), dtype=np.bool_)
        # In slices, so that the intermediate arrays stay small, and on two threads.
        slices = [slice(start, start + _SLICE) for start in range(0, len(geometry), _SLICE)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda part: self._fill(geometry[part], part), slices))

    def _fill(self, geometry: npt.NDArray[Any], part: slice) -> None:
        for positions, corners in _rings(geometry):
            count = corners.shape[1]
            self.count[part][positions] = count
            self.corners[part][positions, :count] = corners
            self.corners[part][positions, count:] = corners[:, -1:]
            self.outer[part][positions, :count] = _outer_sides(corners)

    def __call__(self, left: Positions, right: Positions) -> Mask:
        """One answer per pair."""
        result = np.zeros(len(left), dtype=np.bool_)
        both = (self.count[left] > 0) & (self.count[right] > 0)
        quads = both & (self.count[left] <= _QUAD) & (self.count[right] <= _QUAD)
        for group, sides in ((quads, _QUAD), (both & ~quads, _SIDES)):
            pairs = np.flatnonzero(group)
            result[pairs] = self._separated(left[pairs], right[pairs], sides)
            rest = pairs[~result[pairs]]
            result[rest] = self._separated(right[rest], left[rest], sides)
        return result

    def _separated(self, ours: Positions, theirs: Positions, sides: int) -> Mask:
        """Where some side of ours has all of theirs beyond it or on it."""
        result = np.zeros(len(ours), dtype=np.bool_)
        todo = np.arange(len(ours))
        for number in range(sides):
            active = todo[self.outer[ours[todo], number]]
            mine = ours[active]
            corner = self.corners[mine, number]
            side = self.corners[mine, np.where(number + 1 < self.count[mine], number + 1, 0)] - corner
            points = self.corners[theirs[active], :sides]
            beyond = side[:, :1] * (points[:, :, 1] - corner[:, 1:]) - side[:, 1:] * (points[:, :, 0] - corner[:, :1])
            result[active] = ((beyond == 0) | (beyond < -_NOISE)).all(axis=1)
            todo = todo[~result[todo]]
        return result


def _outer_sides(corners: npt.NDArray[np.float64]) -> Mask:
    """Which sides of rings of one size have their own polygon entirely to the left (they run counter-clockwise)."""
    result = np.zeros(corners.shape[:2], dtype=np.bool_)
    for number in range(corners.shape[1]):
        corner = corners[:, number]
        side = corners[:, (number + 1) % corners.shape[1]] - corner
        away = corners - corner[:, None]
        inside = side[:, :1] * away[:, :, 1] - side[:, 1:] * away[:, :, 0]
        result[:, number] = (inside >= 0).all(axis=1) & (side != 0).any(axis=1)
    return result


def _rings(geometry: npt.NDArray[Any]) -> Iterator[tuple[Positions, npt.NDArray[np.float64]]]:
    """Polygons simple enough, by their number of corners: positions, and corners counter-clockwise.

    Left out are those of several parts, with holes, with too many sides, and whatever is no polygon.
    """
    kinds = shapely.get_type_id(geometry)
    count = shapely.get_num_coordinates(geometry) - 1
    simple = ((kinds == 3) | ((kinds == 6) & (shapely.get_num_geometries(geometry) == 1))) & (count <= _SIDES)
    for size in range(3, _SIDES + 1):
        positions = np.flatnonzero(simple & (count == size))
        corners = shapely.get_coordinates(geometry[positions]).reshape(-1, size + 1, 2)
        # A hole's first corner stands where a plain ring would close: what does not close is no plain ring.
        closed = (corners[:, 0] == corners[:, -1]).all(axis=1)
        positions, corners = positions[closed], corners[closed, :-1]
        following = np.roll(corners, -1, axis=1) - corners[:, :1]
        here = corners - corners[:, :1]
        clockwise = (here[:, :, 0] * following[:, :, 1] - here[:, :, 1] * following[:, :, 0]).sum(axis=1) < 0
        corners[clockwise] = corners[clockwise, ::-1]
        yield positions, corners
