"""Blocks: a street lattice fitted to each colonia, with its own bearing, varied lengths and a slight bend."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
import shapely

from kit.datagen.colonias import Colonias
from kit.datagen.plan import GRID, Plan
from kit.datagen.seeds import stream

BEYOND = 400.0  # m: further than any colonia's edge lies from its outermost block
SMALLEST = 420.0  # m²: a corner of a colonia below this stays open ground


@dataclass
class Blocks:
    """Quads before they are divided: corners counter-clockwise from the lower left, along the block first."""

    corners: np.ndarray  # (n, 4, 2) metres
    colonia: np.ndarray  # index into Colonias
    cut: np.ndarray  # the colonia's edge runs through it: its lots must be clipped
    kind: np.ndarray  # "lots", "whole" (one institution), "park", "plaza"
    lot_width: np.ndarray
    lot_depth: np.ndarray

    def __len__(self) -> int:
        return len(self.colonia)

    def __getitem__(self, chosen: np.ndarray) -> Blocks:
        return Blocks(*(getattr(self, f.name)[chosen] for f in fields(self)))


@dataclass
class LocalStreets:
    """The axes between the blocks: straight pieces from crossing to crossing, clipped to their colonia."""

    lines: np.ndarray
    colonia: np.ndarray
    course: np.ndarray  # number of the street within its colonia: pieces of one street share it


@dataclass
class _Lattice:
    """One colonia's grid of quads in its own axes."""

    u0: np.ndarray  # (rows, columns) where the block begins, along
    u1: np.ndarray
    v0: np.ndarray  # (rows,) across
    v1: np.ndarray
    exists: np.ndarray  # (rows, columns): not swallowed by its left neighbour


def make_blocks(plan: Plan, colonias: Colonias, styles: pd.DataFrame, seed: int) -> tuple[Blocks, LocalStreets]:
    """The blocks of all colonias, and the local streets between them."""
    rng = stream(seed, "blocks")
    corners, owner, lines, line_owner, course = [], [], [], [], []
    for index in range(len(colonias)):
        style = styles.loc[colonias.styles[index]]
        area = colonias.buildable[index]
        points = shapely.get_coordinates(area)
        bearing = plan.bearing if style.name == "centro" else _bearing(area, rng)
        frame = _Frame.of(area, bearing, style["warp"], rng)
        reach = 2.5 * style["warp"] + 1.0
        # A block twice as long stays straight where its neighbours bend: only where they bend less than the street.
        joinable = frame.sagitta(2.3 * style["block_length"] + reach) < 0.3 * style["street_width"]
        lattice = _lattice(frame.to_local(points), style, rng, 0.10 if joinable and style.name != "centro" else 0.0)
        quads = frame.to_plan(_quads(lattice, reach))
        corners.append(quads)
        owner.append(np.full(len(quads), index))
        axes, numbers = _axes(lattice, reach)
        lines.append(frame.to_plan(axes))
        line_owner.append(np.full(len(axes), index))
        course.append(numbers)
    blocks = _fitted(np.concatenate(corners), np.concatenate(owner), colonias, styles)
    blocks.kind = _kinds(blocks, colonias, styles, rng)
    streets = _clipped(np.concatenate(lines), np.concatenate(line_owner), np.concatenate(course), colonias)
    return blocks, streets


@dataclass(frozen=True)
class _Frame:
    """A colonia's own axes: turned by its bearing, bent by two slow waves."""

    centre: np.ndarray
    turn: np.ndarray  # (2, 2)
    bend: tuple[float, float, float, float, float]  # amplitude, two wave lengths, two phases

    @classmethod
    def of(cls, area: shapely.Polygon, bearing: float, warp: float, rng: np.random.Generator) -> _Frame:
        centre = shapely.get_coordinates(shapely.centroid(area))[0]
        cos, sin = np.cos(bearing), np.sin(bearing)
        size = np.sqrt(area.area)
        lengths = rng.uniform(0.7, 1.3, 2) * max(size, 180.0)
        amplitude = min(warp * rng.uniform(0.5, 1.0), 0.03 * lengths.min())
        return cls(centre, np.array([[cos, sin], [-sin, cos]]), (amplitude, *lengths, *rng.uniform(0, 2 * np.pi, 2)))

    def sagitta(self, length: float) -> float:
        """How far a street of ``length`` metres bends away from its chord, at most."""
        amplitude, long_u, long_v = self.bend[:3]
        return float(amplitude * (2 * np.pi * length / min(long_u, long_v)) ** 2 / 8)

    def to_local(self, points: np.ndarray) -> np.ndarray:
        """Straight axes: the bend is small and left out."""
        return (points - self.centre) @ self.turn.T

    def to_plan(self, points: np.ndarray) -> np.ndarray:
        """Bent, turned and moved to the plan's metres; any shape (..., 2)."""
        amplitude, long_u, long_v, phase_u, phase_v = self.bend
        u = points[..., 0] + amplitude * np.sin(2 * np.pi * points[..., 1] / long_v + phase_v)
        v = points[..., 1] + amplitude * np.sin(2 * np.pi * points[..., 0] / long_u + phase_u)
        return np.stack([u, v], axis=-1) @ self.turn + self.centre


def _bearing(area: shapely.Polygon, rng: np.random.Generator) -> float:
    """The direction of the colonia's longest straight side, sometimes a few degrees off."""
    box = shapely.get_coordinates(shapely.simplify(area, 6.0))
    sides = np.diff(box, axis=0)
    longest = sides[np.argmax(np.hypot(*sides.T))]
    off = rng.normal(0, 0.05) if rng.random() < 0.25 else 0.0
    quarter = np.pi / 2 if rng.random() < 0.3 else 0.0
    return float(np.arctan2(longest[1], longest[0]) + off + quarter)


def _lattice(points: np.ndarray, style: pd.Series, rng: np.random.Generator, join_share: float) -> _Lattice:
    """Rows two lots deep and columns of varied length that fill the extent exactly."""
    (u_min, v_min), (u_max, v_max) = points.min(axis=0), points.max(axis=0)
    street = style["street_width"]
    v = _gaps(v_min, v_max, 2 * style["lot_depth"], street, 0.0, rng)
    u = _gaps(u_min, u_max, style["block_length"], street, 0.24, rng)
    rows, columns = len(v), len(u)
    u0, u1 = np.tile(u[:, 0], (rows, 1)), np.tile(u[:, 1], (rows, 1))
    exists = np.ones((rows, columns), dtype=bool)
    # Here and there a street is not opened: the block on its left takes in the one on its right.
    joined = rng.random((rows, columns - 1)) < join_share
    joined[:, 1:] &= ~joined[:, :-1]
    row, column = np.nonzero(joined)
    u1[row, column] = u1[row, column + 1]
    exists[row, column + 1] = False
    return _Lattice(u0, u1, v[:, 0], v[:, 1], exists)


def _gaps(low: float, high: float, size: float, street: float, spread: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) beginnings and ends of blocks of about ``size`` with streets between them, from ``low`` to ``high``."""
    count = max(1, round((high - low + street) / (size + street)))
    weights = rng.uniform(1 - spread, 1 + spread, count) if spread else np.ones(count)
    ends = low + np.cumsum(weights / weights.sum()) * (high - low + street)
    starts = np.concatenate([[low], ends[:-1]])
    return np.column_stack([starts, np.maximum(ends - street, starts + 1.0)])


def _quads(lattice: _Lattice, reach: float) -> np.ndarray:
    """(n, 4, 2) corners; the outermost reach further out, so that a bent lattice still fills its colonia."""
    u0, u1 = lattice.u0.copy(), lattice.u1.copy()
    v0, v1 = lattice.v0.copy(), lattice.v1.copy()
    u1[u1 == u1[:, -1:].max()] += reach
    u0[:, 0] -= reach
    v0[0] -= reach
    v1[-1] += reach
    low, high = np.broadcast_to(v0[:, None], u0.shape), np.broadcast_to(v1[:, None], u0.shape)
    quads = np.stack([np.stack(pair, axis=-1) for pair in ((u0, low), (u1, low), (u1, high), (u0, high))], axis=2)
    return quads[lattice.exists]


def _axes(lattice: _Lattice, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2, 2) axes of the streets between the blocks, and the number of the street each belongs to.

    Their points stand across from the corners of the blocks, so that in a bent lattice both bend alike; beyond the
    outermost corners (``reach`` further out, as in `_quads`) a last piece runs on to the colonia's edge.
    """
    starts, ends = lattice.u0[0], np.append(lattice.u0[0, 1:], lattice.u1.max())
    widths = np.where(lattice.exists[:, 1:], lattice.u0[:, 1:] - lattice.u1[:, :-1], 0.0).max(axis=0, initial=0.0)
    rows, columns = (lattice.v1[:-1] + lattice.v0[1:]) / 2, ends[:-1] - widths / 2
    along = _with_ends(starts[0], columns, ends[-1], reach)
    across = _with_ends(lattice.v0[0], rows, lattice.v1[-1], reach)
    pieces, numbers = [np.empty((0, 2, 2))], [np.empty(0, dtype=int)]
    for number, y in enumerate(rows):
        line = np.column_stack([along, np.full(len(along), y)])
        pieces.append(np.stack([line[:-1], line[1:]], axis=1))
        numbers.append(np.full(len(along) - 1, number))
    for number, x in enumerate(columns, len(rows)):
        passable = np.pad(lattice.exists[:, number - len(rows) + 1], 1, mode="edge")
        line = np.column_stack([np.full(len(across), x), across])
        pieces.append(np.stack([line[:-1], line[1:]], axis=1)[passable])
        numbers.append(np.full(int(passable.sum()), number))
    return np.concatenate(pieces), np.concatenate(numbers)


def _with_ends(low: float, inner: np.ndarray, high: float, reach: float) -> np.ndarray:
    """``inner`` with two points before and two behind: at the outermost corners, and well beyond the colonia."""
    return np.concatenate([[low - BEYOND, low - reach], inner, [high + reach, high + BEYOND]])


def _fitted(corners: np.ndarray, owner: np.ndarray, colonias: Colonias, styles: pd.DataFrame) -> Blocks:
    """The quads that lie in their colonia; those on its edge shrunk to what is left of them."""
    quads = np.asarray(shapely.polygons(corners))
    shapely.prepare(colonias.buildable)
    area = colonias.buildable[owner]
    inside = shapely.covers(area, quads)
    cut = np.flatnonzero(~inside & shapely.intersects(area, quads))
    left = shapely.intersection(quads[cut], area[cut], grid_size=GRID)
    large = shapely.area(left) > SMALLEST
    cut, left = cut[large], left[large]
    corners = corners.copy()
    corners[cut] = _shrunk(corners[cut], left)
    keep = np.sort(np.concatenate([np.flatnonzero(inside), cut]))
    style = styles.loc[colonias.styles[owner[keep]]]
    return Blocks(
        corners[keep],
        owner[keep],
        ~inside[keep],
        np.full(len(keep), "lots", dtype=object),
        style["lot_width"].to_numpy(float),
        style["lot_depth"].to_numpy(float),
    )


def _shrunk(corners: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Each quad reduced, along and across, to the extent of what the colonia's edge left of it."""
    points, index = shapely.get_coordinates(left, return_index=True)
    start = corners[:, 0]
    along, across = corners[:, 1] - start, corners[:, 3] - start
    offset = points - start[index]
    determinant = (along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])[index]
    s = (offset[:, 0] * across[index, 1] - offset[:, 1] * across[index, 0]) / determinant
    t = (along[index, 0] * offset[:, 1] - along[index, 1] * offset[:, 0]) / determinant
    first = np.flatnonzero(np.diff(index, prepend=-1))
    s0, s1 = np.minimum.reduceat(s, first), np.maximum.reduceat(s, first)
    t0, t1 = np.minimum.reduceat(t, first), np.maximum.reduceat(t, first)
    s0, s1, t0, t1 = (np.clip(x, 0.0, 1.0) for x in (s0 - 1e-3, s1 + 1e-3, t0 - 1e-3, t1 + 1e-3))
    return np.stack([at(corners, a, b) for a, b in ((s0, t0), (s1, t0), (s1, t1), (s0, t1))], axis=1)


def at(corners: np.ndarray, s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Points of quads (n, 4, 2) at ``s`` along and ``t`` across, both from 0 to 1."""
    s, t = s[:, None], t[:, None]
    low = corners[:, 0] * (1 - s) + corners[:, 1] * s
    high = corners[:, 3] * (1 - s) + corners[:, 2] * s
    return low * (1 - t) + high * t


def _kinds(blocks: Blocks, colonias: Colonias, styles: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Which blocks are lots, one institution, or a park; the plaza is the block nearest to the origin."""
    style = colonias.styles[blocks.colonia]
    shares = styles.loc[style]
    draw = rng.random(len(blocks))
    kind = np.full(len(blocks), "lots", dtype=object)
    whole = shares["whole_share"].to_numpy()
    kind[draw < whole] = "whole"
    kind[(draw >= whole) & (draw < whole + shares["park_share"].to_numpy())] = "park"
    centre = blocks.corners.mean(axis=1)
    reach = np.hypot(*centre.T)
    reach[blocks.colonia != 0] = np.inf
    nearest = np.argsort(reach, kind="stable")
    kind[nearest[0]] = "plaza"
    # The church and the town hall face the plaza.
    kind[nearest[1:3]] = "whole"
    return kind


def _clipped(lines: np.ndarray, owner: np.ndarray, course: np.ndarray, colonias: Colonias) -> LocalStreets:
    """The axes that lie in their colonia, cut at its edge."""
    axes = np.asarray(shapely.linestrings(np.round(lines, 3)))
    faces = colonias.faces[owner]
    shapely.prepare(faces)
    inside = shapely.contains_properly(faces, axes)
    touching = np.flatnonzero(~inside & shapely.intersects(faces, axes))
    parts, index = shapely.get_parts(
        shapely.intersection(axes[touching], faces[touching], grid_size=GRID), return_index=True
    )
    useful = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 4.0)
    touching, parts = touching[index][useful], parts[useful]
    keep = np.concatenate([np.flatnonzero(inside), touching])
    geometry = np.concatenate([axes[inside], parts])
    return LocalStreets(geometry, owner[keep], course[keep])
