"""A quick, exact-when-it-answers test that two polygons share no area, in numpy, for millions of neighbours.

In a cadastre nearly every pair of near parcels are neighbours that touch along a common boundary, and asking GEOS about
each takes most of an audit's time. But if some straight side of one has its own polygon entirely on one side and the
other polygon entirely on the other, they share no area: a handful of multiplications on the vertices. Where the
arithmetic is not exact (a vertex within `_NOISE` of the side's line but not on it), or a polygon is not simple enough,
the answer is "not known", and GEOS decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_SIDES = 8  # polygons with more sides are left to GEOS
_QUAD = 4
_NOISE = 1e-7  # m²: (distance from the line) x (length of the side) below which rounding could lie

Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class Apart:
    """For pairs of polygons of one array (positions): True where it is certain that they share no area."""

    def __init__(self, geometry: npt.NDArray[Any]) -> None:
        self.corners, self.count = _corners(geometry)
        self.side = np.roll(self.corners, -1, axis=1)
        last = np.maximum(self.count - 1, 0)
        every = np.arange(len(self.count))
        self.side[every, last] = self.corners[:, 0]
        self.side -= self.corners
        self.outer = self._outer_sides()

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
            corner, side = self.corners[ours[active], number], self.side[ours[active], number]
            points = self.corners[theirs[active], :sides]
            beyond = side[:, :1] * (points[:, :, 1] - corner[:, 1:]) - side[:, 1:] * (points[:, :, 0] - corner[:, :1])
            result[active] = ((beyond == 0) | (beyond < -_NOISE)).all(axis=1)
            todo = todo[~result[todo]]
        return result

    def _outer_sides(self) -> Mask:
        """Which sides have their own polygon entirely to the left (rings run counter-clockwise)."""
        result = np.zeros(self.corners.shape[:2], dtype=np.bool_)
        for number in range(_SIDES):
            corner, side = self.corners[:, number, None], self.side[:, number]
            inside = side[:, :1] * (self.corners[:, :, 1] - corner[:, :, 1]) - side[:, 1:] * (
                self.corners[:, :, 0] - corner[:, :, 0]
            )
            result[:, number] = (inside >= 0).all(axis=1) & (number < self.count) & (side != 0).any(axis=1)
        return result


def _corners(geometry: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """The corners of each polygon, counter-clockwise, the last repeated up to `_SIDES`; and how many it has.

    Zero corners mean that it is not simple enough: several parts, holes, too many sides, or nothing at all.
    """
    kinds = shapely.get_type_id(geometry)
    single = np.array(geometry, dtype=object)
    multiple = kinds == 6
    single[multiple] = shapely.get_geometry(single[multiple], 0)
    count = shapely.get_num_coordinates(geometry) - 1
    simple = (kinds == 3) | (multiple & (shapely.get_num_geometries(geometry) == 1))
    simple &= (count >= 3) & (count <= _SIDES) & (shapely.get_num_interior_rings(single) == 0)
    positions = np.flatnonzero(simple)
    corners = np.zeros((len(geometry), _SIDES, 2))
    flat = shapely.get_coordinates(single[positions])
    size = count[positions]
    begin = np.cumsum(size + 1) - (size + 1)
    forward = shapely.is_ccw(shapely.get_exterior_ring(single[positions]))
    for number in range(_SIDES):
        step = np.minimum(number, size - 1)
        corners[positions, number] = flat[begin + np.where(forward, step, size - 1 - step)]
    return corners, np.where(simple, count, 0)
