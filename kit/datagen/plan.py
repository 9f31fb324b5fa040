"""The plan of the city: how large it is, where the old core, the river, the arterials and the rings lie.

Everything is in metres of a local frame whose origin is the main plaza; `kit.datagen.city` moves it to UTM 14N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from kit.datagen.seeds import stream

GROSS_AREA = 262.0  # m² of city per parcel, streets and parks included; measured on the outcome
RURAL_REACH = 1.30  # how far the municipality reaches, against the radius of the built city
GRID = 0.001  # coordinates are whole millimetres, so that neighbours share exactly the same points
HALF_WIDTHS = {1: 16.0, 2: 10.5, 3: 7.5}  # m, of a capital; a town's are narrower


@dataclass(frozen=True)
class Axis:
    """The axis of a street: a line, its rank (1 arterial, 2 avenue, 3 collector, 4 local) and its name."""

    line: shapely.LineString
    rank: int
    name: str


@dataclass(frozen=True)
class Plan:
    """Where the large things lie, in local metres."""

    radius: float
    core_reach: float  # half a side of the old core
    bearing: float
    half_widths: dict[int, float]  # by rank, from a street's axis to the property line
    municipality: shapely.Polygon
    city_edge: shapely.Polygon
    core: shapely.Polygon
    river_line: shapely.LineString
    river: shapely.Geometry
    river_corridor: shapely.Geometry
    axes: tuple[Axis, ...]


def make_plan(parcels: int, seed: int, names: dict, gross_area: float = GROSS_AREA) -> Plan:
    """The plan for a city of about ``parcels`` parcels, ``gross_area`` m² each with its share of streets."""
    rng = stream(seed, "plan")
    radius = float(np.sqrt(parcels * gross_area / np.pi))
    bearing = float(rng.uniform(-0.35, 0.35))
    waves = [
        (k, rng.uniform(0.4, 1.0) * share, rng.uniform(0, 2 * np.pi)) for k, share in ((2, 0.09), (3, 0.07), (5, 0.04))
    ]
    # The core grows more slowly than the city: a capital's old town is a smaller share than a town's.
    half = min(175.0 * (radius / 650.0) ** 0.66, 1100.0)
    core = _rotated(np.array([[-half, -half], [half, -half], [half, half], [-half, half]]) * [1.08, 0.96], bearing)
    river_line, width, strip = _river(rng, radius, half, bearing)
    city_edge = _blob(radius, waves)
    outer = [
        (k, rng.uniform(0.3, 1.0) * share, rng.uniform(0, 2 * np.pi))
        for k, share in ((2, 0.05), (4, 0.05), (7, 0.02), (9, 0.012))
    ]
    municipality = _blob(radius * RURAL_REACH, waves + outer)
    axes = [
        Axis(line, 1, name)
        for line, name in zip(_arterials(rng, radius, half, bearing), names["arterials"], strict=False)
    ]
    axes += _rings(radius, half, waves, names["arterials"][8:])
    return Plan(
        radius=radius,
        core_reach=half,
        bearing=bearing,
        half_widths={rank: width * float(np.clip(radius / 2200.0, 0.68, 1.0)) for rank, width in HALF_WIDTHS.items()},
        municipality=municipality,
        city_edge=city_edge,
        core=shapely.Polygon(core),
        river_line=river_line,
        river=river_line.buffer(width / 2).intersection(municipality),
        river_corridor=river_line.buffer(width / 2 + strip).intersection(municipality),
        axes=tuple(axes),
    )


def _rotated(points: np.ndarray, angle: float) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])


def _blob(radius: float, waves: list[tuple[int, float, float]]) -> shapely.Polygon:
    """A rounded outline with a few lobes, as growth along roads leaves it."""
    theta = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    reach = radius * (1 + sum(share * np.cos(k * theta + phase) for k, share, phase in waves))
    return shapely.Polygon(np.column_stack([reach * np.cos(theta), reach * np.sin(theta)]))


def _river(
    rng: np.random.Generator, radius: float, half: float, bearing: float
) -> tuple[shapely.LineString, float, float]:
    """A meandering line past the core, its width, and the width of the park on each bank."""
    width = float(np.clip(radius * 0.022, 12, 70))
    strip = float(np.clip(radius * 0.028, 14, 70))
    along = np.linspace(-2 * radius, 2 * radius, 240)
    bends = rng.uniform(0.6, 1.0, 3) * np.array([0.075, 0.035, 0.012]) * radius
    lengths = np.array([1.9, 0.83, 0.37]) * radius
    phases = rng.uniform(0, 2 * np.pi, 3)
    # Above the core, far enough that no bend reaches it.
    distance = half + strip + width + 0.10 * radius + bends.sum() * 0.6
    across = distance + sum(
        b * np.sin(2 * np.pi * along / n + p) for b, n, p in zip(bends, lengths, phases, strict=True)
    )
    across += 0.12 * radius * (along / radius) ** 2 * rng.uniform(-0.2, 1.0)
    return shapely.LineString(_rotated(np.column_stack([along, across]), bearing)), width, strip


def _arterials(rng: np.random.Generator, radius: float, half: float, bearing: float) -> list[shapely.LineString]:
    """Roads that leave the core at the middle of its sides, and at its corners where the city is large."""
    starts = [(1.08, 0.0, 0.0), (0.0, 0.96, 0.5), (-1.08, 0.0, 1.0), (0.0, -0.96, 1.5)]
    if radius > 1500:
        starts += [(1.08, 0.96, 0.25), (-1.08, 0.96, 0.75), (-1.08, -0.96, 1.25), (1.08, -0.96, 1.75)]
    lines = []
    steps = 48
    for x, y, turn in starts:
        # Curvature wanders slowly, so a road bends over kilometres and never kinks.
        sway = np.cumsum(rng.normal(0, 1, 6))
        sway = np.interp(np.linspace(0, 5, steps), np.arange(6), sway - sway[0])
        heading = turn * np.pi + rng.uniform(-0.08, 0.08) + 0.07 * sway
        stride = 2.0 * radius / steps
        path = np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]) * stride, axis=0)
        start = np.array([x * half, y * half])
        lines.append(shapely.LineString(_rotated(np.vstack([start, start + path]), bearing)))
    return lines


def _rings(radius: float, half: float, waves: list[tuple[int, float, float]], names: list[str]) -> list[Axis]:
    """Ring roads of a large city: one near its edge, one half way, one more where it is very large."""
    shares = [0.76] if 550 < radius <= 2200 else [0.86, 0.48] if radius > 2200 else []
    if radius > 6000:
        shares.append(0.67)
    rings = []
    for share, name in zip(shares, names, strict=False):
        if share * radius > 1.9 * half:
            rings.append(Axis(shapely.LineString(_blob(radius * share, waves).exterior.coords), 1, name))
    return rings
