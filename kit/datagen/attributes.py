"""What is known of each parcel: use, built area, value, date of the last movement.

Uses are drawn from a mixture: shops gather at the centre, along arterials and around a few local markets; some homes
remain everywhere; so no ring and no centre is of one use. Value follows a smooth field of the same places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from kit.datagen.seeds import stream

USES = np.array(["HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"])  # domain.md 3.1, one state's catalogue
BUILT_VALUE = np.array([4200.0, 5200.0, 4600.0, 0.0])  # MXN per m² built, by use; invented
FIRST_DAY, LAST_DAY = np.datetime64("1996-01-02"), np.datetime64("2015-06-30")
NEAR = 160.0  # m: within this the distance to an arterial is measured per lot, beyond it per block


@dataclass(frozen=True)
class Site:
    """Where each lot stands."""

    centre: np.ndarray  # m to the plaza, against the city's radius
    core: np.ndarray  # 1 at the plaza, fading over the old core
    arterial: np.ndarray  # m to the next arterial or avenue
    river: np.ndarray  # m to the river
    market: np.ndarray  # 0 to 1: nearness to a local market


def locate(
    lots: np.ndarray,
    block: np.ndarray,
    arterials: np.ndarray,
    river: shapely.Geometry,
    radius: float,
    core: float,
    seed: int,
) -> Site:
    """Distances of ``lots``; ``block`` is the number of each one's block, ascending."""
    points = shapely.centroid(lots)
    xy = shapely.get_coordinates(points)
    first = np.flatnonzero(np.diff(block, prepend=-1))
    inverse = np.cumsum(np.diff(block, prepend=-1) != 0) - 1
    counts = np.diff(np.append(first, len(block)))
    middle = np.add.reduceat(xy, first, axis=0) / counts[:, None]
    middles = np.asarray(shapely.points(middle))
    tree = shapely.STRtree(arterials)
    arterial = _nearest(tree, middles)[inverse]
    near = np.flatnonzero(arterial < NEAR)
    arterial[near] = _nearest(tree, points[near])
    line = shapely.boundary(river)
    shapely.prepare(line)
    distance = np.asarray(shapely.distance(middles, line))[inverse]
    reach = np.hypot(*xy.T)
    return Site(reach / radius, np.exp(-((reach / (1.25 * core)) ** 2)), arterial, distance, _markets(xy, radius, seed))


def _nearest(tree: shapely.STRtree, points: np.ndarray) -> np.ndarray:
    """The distance of each point to the nearest geometry of the tree."""
    if not len(points):
        return np.empty(0)
    (_, _), distance = tree.query_nearest(points, return_distance=True, all_matches=False)
    return distance


def _markets(xy: np.ndarray, radius: float, seed: int) -> np.ndarray:
    """Nearness to the closest of a few local markets, 0 to 1."""
    rng = stream(seed, "markets")
    count = int(np.clip(round((radius / 450.0) ** 1.1), 2, 24))
    angle, reach = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.35, 0.85, count) * radius
    size = 45.0 + 0.035 * radius
    nearness = np.zeros(len(xy))
    for x, y in zip(reach * np.cos(angle), reach * np.sin(angle), strict=True):
        nearness = np.maximum(nearness, np.exp(-((xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2) / size**2))
    return nearness


def draw_uses(
    site: Site, style: np.ndarray, corner: np.ndarray, whole: np.ndarray, styles: pd.DataFrame, seed: int
) -> np.ndarray:
    """Positions in `USES`."""
    street = np.exp(-site.arterial / 26.0) * np.clip(1.0 - 0.55 * site.centre, 0.15, 1.0)
    shops = 0.03 + 0.36 * site.core + 0.24 * street + 0.28 * site.market
    mixed = 0.05 + 0.24 * site.core + 0.22 * street + 0.22 * site.market + 0.10 * corner
    empty = styles["vacancy"].reindex(style).to_numpy() * (0.6 + 0.9 * np.minimum(site.centre, 1.4) ** 2)
    industrial, rural = style == "industrial", style == "rustico"
    shops[industrial], mixed[industrial] = 0.78, 0.03
    shops[rural], mixed[rural], empty[rural] = 0.04, 0.02, 0.74
    total = shops + mixed + empty
    limit = np.where(industrial | rural, 0.96, 0.80)
    scale = np.minimum(1.0, limit / total)
    draw = stream(seed, "uses").random(len(style))
    thresholds = np.cumsum(np.stack([shops, mixed, empty]) * scale, axis=0)
    use = np.select([draw < thresholds[0], draw < thresholds[1], draw < thresholds[2]], [1, 2, 3], default=0)
    use[whole] = 1
    return use


def built_area(
    area: np.ndarray, use: np.ndarray, site: Site, style: np.ndarray, styles: pd.DataFrame, seed: int
) -> np.ndarray:
    """m² built, to two decimals; 0 on land without use."""
    rng = stream(seed, "built")
    chosen = styles.reindex(style)
    share = np.minimum(chosen["coverage"].to_numpy() * rng.uniform(0.6, 1.25, len(area)), 0.95)
    floors = chosen["floors"].to_numpy() + rng.normal(0, 0.55, len(area)) + 0.9 * site.core
    built = area * share * np.maximum(1, np.round(floors))
    return np.round(np.where(use == 3, 0.0, built), 2)


def values(
    area: np.ndarray,
    built: np.ndarray,
    use: np.ndarray,
    site: Site,
    style: np.ndarray,
    colonia: np.ndarray,
    styles: pd.DataFrame,
    seed: int,
) -> np.ndarray:
    """Cadastral value in MXN, to two decimals: land by the field of its place, plus what is built."""
    rng = stream(seed, "values")
    factor = styles["value_factor"].reindex(style).to_numpy()
    field = 420.0 + 4600.0 * np.exp(-site.centre / 0.30) + 1300.0 * np.exp(-site.arterial / 90.0) + 700.0 * site.market
    field *= 1.0 - 0.24 * np.exp(-site.river / 120.0)  # the bank floods
    of_colonia = rng.lognormal(0.0, 0.09, int(colonia.max()) + 1)[colonia]
    land = field * factor * of_colonia * rng.lognormal(0.0, 0.09, len(area)) * (area / 150.0) ** -0.06
    return np.round(area * land + built * BUILT_VALUE[use] * factor**0.3 * rng.uniform(0.8, 1.2, len(area)), 2)


def movement_dates(count: int, seed: int) -> np.ndarray:
    """The day of each parcel's last movement in the register, the recent years more often, as ISO text."""
    rng = stream(seed, "dates")
    span = int((LAST_DAY - FIRST_DAY).astype(int))
    days = np.round(rng.beta(2.0, 0.9, count) * span).astype(int)
    return np.datetime_as_string(FIRST_DAY + days)
