"""Colonias: the municipality cut along its arterials, then halved again and again by avenues and collectors.

Cutting across the longer side, as land is in fact divided, gives avenues that run straight through several colonias and
end at one another; the city's edge is ragged because it is made of whole colonias.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import shapely
from shapely.ops import polygonize, split

from kit.datagen.plan import GRID, Axis, Plan
from kit.datagen.seeds import stream

RURAL_HALF_WIDTHS = {1: 9.0, 2: 5.0, 3: 3.5}  # m from the axis of a road to the fields
MOST = 850  # CCC of the local key and the sector of the standard key have three digits


@dataclass
class Colonias:
    """The colonias as parallel arrays, and the noded axes of the streets between them."""

    faces: np.ndarray  # polygons; together they tile the municipality without the river corridor
    buildable: np.ndarray  # polygons inside the faces, without the streets around
    styles: np.ndarray
    names: np.ndarray
    distance: np.ndarray  # of the centroid to the plaza, against the city's radius
    edges: np.ndarray  # lines from crossing to crossing
    edge_ranks: np.ndarray
    edge_names: np.ndarray

    def __len__(self) -> int:
        return len(self.faces)

    def expected_lots(self, styles: pd.DataFrame) -> float:
        """About how many lots the colonias will hold."""
        return float((_density(self.styles, styles) * shapely.area(self.buildable)).sum())


def make_colonias(plan: Plan, parcels: int, seed: int, names: dict, styles: pd.DataFrame, planned: float) -> Colonias:
    """Cut, node, choose a style and a name for each colonia; no more are urban than ``planned`` lots need."""
    rng = stream(seed, "colonias")
    count = min(22.0 * (parcels / 5000.0) ** 0.6, MOST * 0.62)
    target = plan.radius**2 * np.pi / max(count, 4.0)
    pieces, axes = _cut(plan, target, rng, names)
    faces, edges, ranks, edge_names = _noded(plan, pieces, axes, target)
    centroids = shapely.get_coordinates(shapely.centroid(faces))
    distance = np.hypot(*centroids.T) / plan.radius
    core = int(np.argmax(shapely.intersects_xy(faces, 0.0, 0.0)))
    # Near the centre first: the numbers of the colonias, and so the keys, grow outwards.
    turn = np.arctan2(centroids[:, 1], centroids[:, 0])
    order = np.lexsort((turn, np.floor(distance * 4), np.arange(len(faces)) != core))
    faces, distance = faces[order], distance[order]
    urban = shapely.contains_xy(plan.city_edge, centroids[order])
    style = _styles(distance, urban, rng)
    buildable = _buildable(faces, style, edges, ranks, plan.half_widths)
    left = _left_rural(style, distance, shapely.area(buildable), planned, styles)
    style[left] = "rustico"
    buildable[left] = _buildable(faces[left], style[left], edges, ranks, plan.half_widths)
    used = np.array([not b.is_empty and b.area > 400 for b in buildable])
    faces, buildable, style, distance = faces[used], buildable[used], style[used], distance[used]
    return Colonias(
        faces, buildable, style, _names(faces, style, plan, names, seed), distance, edges, ranks, edge_names
    )


def _cut(plan: Plan, target: float, rng: np.random.Generator, names: dict) -> tuple[list[shapely.Polygon], list[Axis]]:
    """Polygons no larger than their target, and the axes of all streets that bound them."""
    axes = [*plan.axes, Axis(shapely.LineString(plan.core.exterior.coords), 2, "Circuito del Centro")]
    banks = shapely.boundary(plan.river_corridor)
    axes += [Axis(part, 3, "Paseo del Río") for part in shapely.get_parts(banks)]
    open_land = plan.municipality.difference(plan.river_corridor).difference(plan.core)
    lines = shapely.union_all([shapely.boundary(open_land), *(a.line.difference(plan.core) for a in plan.axes)])
    stack = [p for p in polygonize(lines) if shapely.contains(open_land, shapely.point_on_surface(p))]
    done = [plan.core]
    while stack:
        polygon = stack.pop()
        inside = shapely.contains(plan.city_edge, polygon.centroid)
        limit = target * rng.uniform(0.75, 1.7) * (1.0 if inside else 2.4)
        if polygon.area <= limit:
            done.append(polygon)
            continue
        line = _cutting_line(polygon, rng)
        parts = [p for p in split(polygon, line).geoms if isinstance(p, shapely.Polygon) and p.area > 1.0]
        if len(parts) < 2:
            done.append(polygon)
            continue
        stack.extend(parts)
        rank = 2 if polygon.area > 5.0 * target and inside else 3
        kinds, streets = names["collector_kinds"], names["street_names"]
        name = f"{kinds[rng.integers(len(kinds))]} {streets[rng.integers(len(streets))]}"
        axes.extend(Axis(p, rank, name) for p in shapely.get_parts(shapely.intersection(line, polygon)) if p.length > 1)
    return done, axes


def _cutting_line(polygon: shapely.Polygon, rng: np.random.Generator) -> shapely.LineString:
    """A line across the longer side of the polygon, near its middle and nearly square to it."""
    box = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    sides = np.diff(box[:3], axis=0)
    lengths = np.hypot(*sides.T)
    long = int(np.argmax(lengths))
    along = sides[long] / lengths[long]
    start = box[0] if long == 0 else box[1]
    across = sides[1 - long] / lengths[1 - long] * (1 if long == 0 else -1)
    angle = rng.normal(0, 0.06)
    direction = across * np.cos(angle) + along * np.sin(angle)
    foot = start + along * lengths[long] * rng.uniform(0.40, 0.60) + across * lengths[1 - long] / 2
    reach = lengths.sum()
    return shapely.LineString([foot - direction * reach, foot + direction * reach])


def _noded(
    plan: Plan, pieces: list[shapely.Polygon], axes: list[Axis], target: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The pieces with all common points shared, small remnants joined to a neighbour, and the street edges between."""
    web = shapely.union_all([shapely.boundary(p) for p in pieces], grid_size=GRID)
    cells = np.array(list(polygonize(web)), dtype=object)
    holes = shapely.intersects(shapely.buffer(plan.river_corridor, -0.5), shapely.point_on_surface(cells))
    cells = _joined(cells[~holes], 0.14 * target)
    # The corridor cuts streets at its banks; arterials and rings go on over it, as bridges.
    spans = [
        Axis(part, axis.rank, axis.name)
        for axis in plan.axes
        for part in shapely.get_parts(axis.line.intersection(plan.river_corridor))
        if part.length > 1
    ]
    boundary = shapely.union_all(shapely.boundary(cells), grid_size=GRID)
    outer = shapely.boundary(plan.municipality).buffer(1.0)
    edges = shapely.get_parts(shapely.line_merge(boundary))
    edges = shapely.get_parts(shapely.union_all(np.append(edges, [s.line for s in spans]), grid_size=GRID))
    edges = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(edges)))
    edges = edges[~shapely.within(edges, outer)]
    tree = shapely.STRtree([a.line for a in axes])
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    near, which = tree.query(middles, predicate="dwithin", distance=0.5)
    ranks = np.full(len(edges), 3)
    labels = np.full(len(edges), "", dtype=object)
    for edge, axis in sorted(zip(near, which, strict=True), key=lambda pair: (pair[0], -axes[pair[1]].rank, pair[1])):
        ranks[edge], labels[edge] = axes[axis].rank, axes[axis].name
    return cells, edges, ranks, labels


def _joined(cells: np.ndarray, smallest: float) -> np.ndarray:
    """Cells with every remnant below ``smallest`` m² joined to the neighbour with the longest common side."""
    while True:
        areas = shapely.area(cells)
        small = int(np.argmin(areas))
        if areas[small] >= smallest:
            return cells
        remnant, cells = cells[small], np.delete(cells, small)
        common = shapely.length(shapely.intersection(cells, shapely.boundary(remnant)))
        best = int(np.argmax(common))
        if common[best] > 0:
            cells[best] = shapely.union(cells[best], remnant, grid_size=GRID)


def _styles(distance: np.ndarray, urban: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A style for each colonia, by distance, drawn: rings of one kind would not look like a city."""
    rings = {
        0.40: {"antigua": 0.70, "media": 0.25, "popular": 0.05},
        0.72: {"media": 0.42, "popular": 0.26, "residencial": 0.14, "antigua": 0.10, "social": 0.08},
        9.00: {"popular": 0.36, "social": 0.30, "residencial": 0.13, "media": 0.12, "industrial": 0.09},
    }
    styles = np.empty(len(distance), dtype=object)
    draw = rng.random(len(distance))
    for i, reach in enumerate(distance):
        shares = next(shares for limit, shares in rings.items() if reach < limit)
        position = np.searchsorted(np.cumsum(list(shares.values())), draw[i])
        styles[i] = list(shares)[min(int(position), len(shares) - 1)]
    styles[~urban] = "rustico"
    styles[0] = "centro"
    return styles


def _density(style: np.ndarray, styles: pd.DataFrame) -> np.ndarray:
    """Lots per m² of buildable land."""
    chosen = styles.loc[style]
    lot = chosen["lot_width"] * chosen["lot_depth"]
    along = (chosen["block_length"] + chosen["street_width"]) / chosen["block_length"]
    across = (2 * chosen["lot_depth"] + chosen["street_width"]) / (2 * chosen["lot_depth"])
    divided = 1 - chosen["whole_share"] - chosen["park_share"]
    # Fitting whole rows to a colonia squeezes in a few more than their mean says.
    return (1.033 * divided / (lot * along * across)).to_numpy()


def _left_rural(
    style: np.ndarray, distance: np.ndarray, area: np.ndarray, needed: float, styles: pd.DataFrame
) -> np.ndarray:
    """The outermost urban colonias that ``needed`` lots can do without."""
    lots = _density(style, styles) * area
    instead = _density(np.full(len(style), "rustico"), styles) * area
    spare, left = lots.sum() - needed, []
    # Only towards the edge: fields inside the city would look odd.
    outside = np.flatnonzero((style != "rustico") & (distance > 0.62 * distance[style != "rustico"].max()))
    for colonia in outside[np.argsort(-distance[outside], kind="stable")]:
        lost = lots[colonia] - instead[colonia]
        if style[colonia] != "centro" and lost <= spare:
            left.append(colonia)
            spare -= lost
    return np.array(left, dtype=int)


def _buildable(
    faces: np.ndarray, styles: np.ndarray, edges: np.ndarray, ranks: np.ndarray, half_widths: dict[int, float]
) -> np.ndarray:
    """Each face without the streets that bound it."""
    rural = styles == "rustico"
    inner = np.where(
        rural,
        shapely.buffer(faces, -RURAL_HALF_WIDTHS[3], join_style="mitre"),
        shapely.buffer(faces, -half_widths[3], join_style="mitre"),
    )
    tree = shapely.STRtree(edges)
    face, edge = tree.query(faces, predicate="dwithin", distance=0.01)
    wide = ranks[edge] < 3
    face, edge = face[wide], edge[wide]
    widths = np.array(
        [(RURAL_HALF_WIDTHS if r else half_widths)[k] for r, k in zip(rural[face], ranks[edge], strict=True)]
    )
    strips = shapely.buffer(edges[edge], widths, cap_style="flat", join_style="mitre")
    for index in np.unique(face):
        inner[index] = shapely.difference(inner[index], shapely.union_all(strips[face == index]))
    inner = shapely.set_precision(shapely.simplify(inner, 0.3), GRID)
    return np.array(
        [max(shapely.get_parts(p), key=lambda g: g.area, default=shapely.Polygon()) for p in inner], dtype=object
    )


def _names(faces: np.ndarray, styles: np.ndarray, plan: Plan, names: dict, seed: int) -> np.ndarray:
    """A name of its own for each colonia; the one on the river nearest to the plaza is La Ribera."""
    rng = stream(seed, "colonia-names")
    chosen = np.empty(len(faces), dtype=object)
    taken: set[str] = set()
    for style in dict.fromkeys(styles):
        where = np.flatnonzero(styles == style)
        patterns = names["patterns"].get(style, ["{}"])
        bases = rng.permutation(names["bases"])
        # Every base with the plainest pattern first, then every base with the next one.
        free = [n for pattern, base in product(patterns, bases) if (n := _contracted(pattern, base)) not in taken]
        numbered = (f"{name} {section}" for section in range(2, 100) for name in free[:])
        pool = [*free, *(next(numbered) for _ in range(max(0, len(where) - len(free))))]
        head = pool[: max(len(where), min(len(bases), len(pool)))]
        for index, name in zip(where, rng.permutation(head), strict=False):
            chosen[index] = str(name)
            taken.add(str(name))
    chosen[0] = names["core"]
    lived_in = ~np.isin(styles, ["centro", "rustico", "industrial"])
    banks = shapely.dwithin(faces, plan.river_corridor, 1.0) & lived_in
    candidates = np.flatnonzero(banks if banks.any() else lived_in)
    if len(candidates):
        chosen[candidates[0]] = names["river_side"]
    return chosen


def _contracted(pattern: str, base: str) -> str:
    """The name as Spanish writes it: "Barrio del Molino", not "de El Molino"."""
    return pattern.format(base).replace(" de El ", " del ")
