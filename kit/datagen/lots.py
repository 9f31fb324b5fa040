"""Lots: each block divided into two rows back to back, all blocks at once.

Neighbours share exactly the same points: the line between the two rows carries the corners of both, and every
coordinate is a whole millimetre. So nothing overlaps and no gap opens, at any size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from kit.datagen.blocks import Blocks, at
from kit.datagen.plan import GRID
from kit.datagen.seeds import stream

SHALLOW = 1.45  # a block not deeper than this many lots has one row
REMNANT = 0.42  # a clipped lot with less than this share of its area joins a neighbour


@dataclass
class Lots:
    """Lots as parallel arrays, in the order of their blocks and, within a block, of their doors."""

    polygons: np.ndarray
    block: np.ndarray  # index into Blocks
    corner: np.ndarray
    whole: np.ndarray  # one institution on a whole block

    def take(self, chosen: np.ndarray) -> Lots:
        """Those of ``chosen`` (a mask or positions)."""
        return Lots(self.polygons[chosen], self.block[chosen], self.corner[chosen], self.whole[chosen])


def make_lots(blocks: Blocks, buildable: np.ndarray, seed: int) -> Lots:
    """Divide, clip at the colonia's edge (``buildable`` per colonia), and join what clipping left too small."""
    divided = np.flatnonzero(np.isin(blocks.kind, ("lots", "whole")))
    lots = _divide(blocks[divided], stream(seed, "lots"))
    lots.block = divided[lots.block]
    cut = blocks.cut[lots.block]
    return _clip(lots, cut, buildable[blocks.colonia[lots.block]])


def _rows(blocks: Blocks, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lots in the lower and in the upper row of each block (0: no upper row), and where the line between them runs."""
    length = np.hypot(*(blocks.corners[:, 1] - blocks.corners[:, 0]).T)
    depth = np.hypot(*(blocks.corners[:, 3] - blocks.corners[:, 0]).T)
    width = blocks.lot_width * rng.uniform(0.88, 1.18, len(blocks))
    lower = np.maximum(1, np.round(length / width).astype(int))
    upper = np.maximum(1, lower + rng.integers(-1, 2, len(blocks)))
    middle = rng.uniform(0.45, 0.55, len(blocks))
    single = depth < SHALLOW * blocks.lot_depth
    whole = blocks.kind == "whole"
    lower[whole] = 1
    upper[single | whole] = 0
    middle[upper == 0] = 1.0
    return lower, upper, middle


def _breaks(counts: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For rows of ``counts`` lots: each lot's row, where it begins and ends (0 to 1), and whether it is a corner."""
    row = np.repeat(np.arange(len(counts)), counts)
    ends_at = np.cumsum(counts)
    starts_at = ends_at - counts
    corner = np.zeros(len(row), dtype=bool)
    corner[starts_at[counts > 0]] = True
    corner[ends_at[counts > 0] - 1] = True
    weights = rng.uniform(0.86, 1.14, len(row))
    weights *= np.where(corner, 1.22, 1.0)
    double = rng.random(len(row))
    weights *= np.where(double < 0.035, 2.0, np.where(double > 0.97, 0.62, 1.0))
    running = np.cumsum(weights)
    before = np.concatenate([[0.0], running])[starts_at][row]
    total = np.add.reduceat(weights, starts_at[counts > 0])
    whole = np.zeros(len(counts))
    whole[counts > 0] = total
    end = (running - before) / whole[row]
    end[ends_at[counts > 0] - 1] = 1.0
    begin = np.concatenate([[0.0], end[:-1]])
    begin[starts_at[counts > 0]] = 0.0
    return row, begin, end, corner


def _divide(blocks: Blocks, rng: np.random.Generator) -> Lots:
    """All lots of all blocks, before clipping."""
    lower, upper, middle = _rows(blocks, rng)
    n = len(blocks)
    row, begin, end, corner = _breaks(np.concatenate([lower, upper]), rng)
    above = row >= n
    block = row - n * above
    # The points on the line between the rows: all ends of the lower row's lots, and the upper row's inner ones.
    first = np.flatnonzero(begin == 0.0)
    first = first[~above[first]]
    inner = above & (end < 1.0)
    lower_ends = ~above
    point_block = np.concatenate([block[first], block[lower_ends], block[inner]])
    point_t = np.concatenate([np.zeros(len(first)), end[lower_ends], end[inner]])
    order = np.lexsort((point_t, point_block))
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    point_block, point_t = point_block[order], point_t[order]
    shared = at(blocks.corners[point_block], point_t, middle[point_block])
    block_first = np.searchsorted(point_block, np.arange(n), side="left")
    block_last = np.searchsorted(point_block, np.arange(n), side="right") - 1
    high = np.empty(len(row), dtype=np.int64)
    high[lower_ends] = position[len(first) : len(first) + lower_ends.sum()]
    high[above] = block_last[block[above]]
    high[inner] = position[len(first) + lower_ends.sum() :]
    low = np.concatenate([[0], high[:-1]])
    starts = begin == 0.0
    low[starts] = block_first[block[starts]]
    polygons = _rings(blocks, block, above, begin, end, low, high, shared)
    # Doors are counted around the block: along the lower row, back along the upper one.
    around = np.where(above, 2.0 - begin, begin)
    sequence = np.lexsort((around, block))
    lots = Lots(polygons, block, corner, blocks.kind[block] == "whole")
    return lots.take(sequence)


def _rings(
    blocks: Blocks,
    block: np.ndarray,
    above: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    shared: np.ndarray,
) -> np.ndarray:
    """Polygons: two points on the street, then the shared points ``low`` to ``high`` behind, counter-clockwise."""
    side = above.astype(float)
    left, right = at(blocks.corners[block], begin, side), at(blocks.corners[block], end, side)
    behind = high - low + 1
    sizes = behind + 3
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    start = offsets[:-1]
    points = np.empty((offsets[-1], 2))
    turned = above[:, None]
    points[start] = points[offsets[1:] - 1] = np.where(turned, right, left)
    points[start + 1] = np.where(turned, left, right)
    lot = np.repeat(np.arange(len(block)), behind)
    step = np.arange(len(lot)) - np.repeat(np.cumsum(behind) - behind, behind)
    points[start[lot] + 2 + step] = shared[np.where(above[lot], low[lot] + step, high[lot] - step)]
    rings = np.arange(len(block) + 1)
    return shapely.from_ragged_array(shapely.GeometryType.POLYGON, np.round(points, 3), (offsets, rings))


def _clip(lots: Lots, cut: np.ndarray, area: np.ndarray) -> Lots:
    """The lots of cut blocks clipped to their colonia; remnants join the neighbour with the longest common side."""
    where = np.flatnonzero(cut)
    before = shapely.area(lots.polygons[where])
    crossing = ~shapely.covers(area[where], lots.polygons[where])
    clipped = lots.polygons[where]
    # Neighbours meet the colonia's edge in the same point; rounding that is four times as fast as a rounding overlay.
    parts = _largest(shapely.intersection(clipped[crossing], area[where][crossing]))
    rounded = shapely.transform(parts, lambda points: np.round(points, 3))
    spoilt = ~shapely.is_valid(rounded)  # a needle that rounding folded
    rounded[spoilt] = _largest(shapely.make_valid(rounded[spoilt]))
    clipped[crossing] = rounded
    for _ in range(3):
        clipped = _join(clipped, lots.block[where], before)
    keep = _good(clipped, before)
    lots.polygons[where] = clipped
    chosen = np.ones(len(lots.polygons), dtype=bool)
    chosen[where] = keep
    return lots.take(chosen)


def _good(polygons: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Large enough against the lot it was, and not a strip."""
    area, length = shapely.area(polygons), shapely.length(polygons)
    with np.errstate(invalid="ignore", divide="ignore"):
        roundness = 4 * np.pi * area / length**2
    return (area > REMNANT * before) & (roundness > 0.25)


def _largest(geometries: np.ndarray) -> np.ndarray:
    """The largest polygon of each geometry; an empty one where there is none."""
    result = geometries.copy()
    odd = np.flatnonzero(shapely.get_type_id(geometries) != 3)
    for i in odd:
        parts = [p for p in shapely.get_parts(geometries[i]) if p.geom_type == "Polygon"]
        result[i] = max(parts, key=lambda p: p.area, default=shapely.Polygon())
    return result


def _join(polygons: np.ndarray, block: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Each remnant joined to the sound lot of its block with which it has the longest side in common."""
    sound = _good(polygons, before)
    remnants = np.flatnonzero(~sound & ~shapely.is_empty(polygons) & (shapely.area(polygons) > 0.5))
    hosts = np.flatnonzero(sound)
    if not len(remnants) or not len(hosts):
        return polygons
    small, host = shapely.STRtree(polygons[hosts]).query(polygons[remnants], predicate="intersects")
    small, host = remnants[small], hosts[host]
    same = block[small] == block[host]
    small, host = small[same], host[same]
    side = shapely.length(shapely.intersection(polygons[small], polygons[host]))
    order = np.lexsort((host, -side, small))
    small, host, side = small[order], host[order], side[order]
    best = np.flatnonzero(np.diff(small, prepend=-1))
    best = best[side[best] > 0.5]
    result = polygons.copy()
    for target in np.unique(host[best]):
        group = small[best][host[best] == target]
        union = shapely.union_all(polygons[[target, *group]], grid_size=GRID)
        if isinstance(union, shapely.Polygon) and not len(union.interiors):
            result[target] = union
            result[group] = shapely.Polygon()
    return result
