"""Streets as a graph: every line runs from one crossing to the next, and lines that meet share their end."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from kit.datagen.blocks import LocalStreets
from kit.datagen.colonias import Colonias
from kit.datagen.plan import Plan

LOCAL_RANK = 4
_REACH = 0.01  # m: an end this near to an avenue ends on it


def make_streets(plan: Plan, colonias: Colonias, local: LocalStreets, names: dict) -> pd.DataFrame:
    """All street lines: name, rank, colonia (-1 between colonias), bridge, from_node, to_node, line."""
    edges, parent = _split(colonias.edges, local.lines)
    lines = np.concatenate([edges, local.lines])
    between = np.full(len(edges), -1)
    start, end = (
        shapely.get_coordinates(shapely.get_point(lines, 0)),
        shapely.get_coordinates(shapely.get_point(lines, -1)),
    )
    nodes = np.round(np.concatenate([start, end]) * 1000).astype(np.int64)
    _, number = np.unique(nodes, axis=0, return_inverse=True)
    number = number.ravel()
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    corridor = shapely.buffer(plan.river_corridor, -0.5)
    shapely.prepare(corridor)
    return pd.DataFrame(
        {
            "name": np.concatenate([colonias.edge_names[parent], _local_names(local, names)]),
            "rank": np.concatenate([colonias.edge_ranks[parent], np.full(len(local.lines), LOCAL_RANK)]),
            "colonia": np.concatenate([between, local.colonia]),
            "bridge": np.concatenate([shapely.covers(corridor, middles), np.zeros(len(local.lines), dtype=bool)]),
            "from_node": number[: len(lines)],
            "to_node": number[len(lines) :],
            "line": lines,
        }
    )


def _local_names(local: LocalStreets, names: dict) -> np.ndarray:
    """One name per street of a colonia, so that the pieces of a street share it."""
    kinds, words = names["street_kinds"], names["street_names"]
    mix = local.colonia * 7919 + local.course * 31
    kind = np.array(kinds, dtype=object)[mix // 7 % len(kinds)]
    return kind + " " + np.array(words, dtype=object)[mix % len(words)]


def _split(edges: np.ndarray, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``edges`` cut where an end of ``lines`` meets them, and the number of the edge each piece comes from."""
    ends = np.unique(np.concatenate([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)]), axis=0)
    points = np.asarray(shapely.points(ends))
    point, edge = shapely.STRtree(edges).query_nearest(points, max_distance=_REACH, all_matches=False)
    measure = shapely.line_locate_point(edges[edge], points[point])
    vertices, owner = shapely.get_coordinates(edges, return_index=True)
    first = np.diff(owner, prepend=-1) != 0
    strides = np.hypot(*np.diff(vertices, axis=0, prepend=vertices[:1]).T)
    strides[first] = 0.0
    along = np.cumsum(strides)
    along -= along[first][owner]
    total = shapely.length(edges[edge])
    inner = (measure > 1e-6) & (measure < total - 1e-6)
    point, edge, measure = point[inner], edge[inner], measure[inner]
    is_cut = np.concatenate([np.zeros(len(vertices), dtype=bool), np.ones(len(point), dtype=bool)])
    all_owner = np.concatenate([owner, edge])
    order = np.lexsort((is_cut, np.concatenate([along, measure]), all_owner))
    # A cut is the last point of one piece and the first of the next.
    repeat = np.where(is_cut[order], 2, 1)
    coordinates = np.repeat(np.concatenate([vertices, ends[point]])[order], repeat, axis=0)
    owner = np.repeat(all_owner[order], repeat)
    second = np.zeros(len(owner), dtype=bool)
    second[np.cumsum(repeat)[is_cut[order]] - 1] = True
    piece = np.cumsum(second | (np.diff(owner, prepend=owner[0] - 1) != 0)) - 1
    pieces = np.asarray(shapely.linestrings(coordinates, indices=piece))
    return pieces, owner[np.diff(piece, prepend=-1) != 0]
