"""Geometry for the map: whatever CRS comes in, small whole numbers in WGS 84 go out.

A map of 100,000 parcels is mostly coordinates. They travel as whole millionths of a degree (11 cm), each as the
difference from the one before, in one flat list per layer; the page adds them up again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from kit.findings import KitError, Place, error

SCALE = 1_000_000
EQUAL_AREA = 6933  # EPSG: NSIDC EASE-Grid 2.0, a cylindrical equal-area grid, good for areas anywhere in Mexico

Geometries = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows when it opens: west, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width_km(self) -> float:
        """From west to east along the middle."""
        return (self.east - self.west) * 111.320 * float(np.cos(np.radians((self.south + self.north) / 2)))

    @property
    def height_km(self) -> float:
        """From south to north."""
        return (self.north - self.south) * 110.574


def to_degrees(layer: gpd.GeoDataFrame | gpd.GeoSeries, name: str) -> Geometries:
    """The layer's geometries in EPSG:4326; what cannot be placed on the Earth becomes None.

    Raises:
        KitError: if the layer does not say its CRS.
    """
    if layer.crs is None:
        raise KitError(error("maps.no-crs", Place(item=name), layer=name))
    geometries: Geometries = shapely.force_2d(np.array(layer.geometry.to_crs(4326).array))
    placed = np.isfinite(shapely.bounds(geometries)).all(axis=1)
    geometries[~placed] = None
    return geometries


def polygons(geometries: Geometries) -> tuple[Geometries, npt.NDArray[np.int_]]:
    """All polygons inside the geometries, collections opened, and the position of the geometry each came from."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    inner, index = shapely.get_parts(parts, return_index=True)
    keep = (shapely.get_type_id(inner) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(inner)
    return inner[keep], owner[index][keep]


def encode_polygons(geometries: Geometries) -> dict[str, list[int]]:
    """Polygons as flat lists: differences, ring lengths, rings per polygon, polygons per geometry."""
    parts, owner = polygons(geometries)
    rings, part = shapely.get_rings(parts, return_index=True)
    steps, lengths = _steps(rings, closed=True)
    return {
        "steps": steps,
        "rings": lengths,
        "parts": np.bincount(part, minlength=len(parts)).tolist(),
        "items": np.bincount(owner, minlength=len(geometries)).tolist(),
    }


def encode_lines(geometries: Geometries) -> dict[str, list[int]]:
    """Lines, and the boundaries of polygons, as flat lists: differences and line lengths."""
    flat = shapely.get_parts(shapely.get_parts(geometries))
    kind = shapely.get_type_id(flat)
    lines = flat[(kind == shapely.GeometryType.LINESTRING) | (kind == shapely.GeometryType.LINEARRING)]
    steps, lengths = _steps(lines, closed=False)
    return {"steps": steps, "rings": lengths}


def _steps(lines: Geometries, closed: bool) -> tuple[list[int], list[int]]:
    """Whole millionths of a degree as differences; a closed ring's last point, which repeats the first, is left out."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    if not len(points):
        return [], []
    if closed:
        last = np.append(line[1:] != line[:-1], True)
        points, line = points[~last], line[~last]
    whole = np.rint(points * SCALE).astype(np.int64)
    return np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist(), np.bincount(line).tolist()


def frame(geometries: Geometries) -> tuple[Frame, int]:
    """Where the map opens, and how many geometries lie so far from the others that it does not reach them.

    A parcel whose coordinates are wrong by a whole country must not shrink the city to a dot, so what lies further
    than ten times the middle half's spread is left outside.
    """
    bounds = shapely.bounds(geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, high = np.quantile(centres, [0.25, 0.75], axis=0)
    reach = 10 * np.maximum(high - low, 0.001)
    near = ((centres >= low - reach) & (centres <= high + reach)).all(axis=1)
    west, south = bounds[near, :2].min(axis=0)
    east, north = bounds[near, 2:].max(axis=0)
    return Frame(float(west), float(south), float(east), float(north)), int((~near).sum())


def hectares(layer: gpd.GeoDataFrame | gpd.GeoSeries) -> pd.Series:
    """The area of each geometry in hectares, measured on an equal-area grid."""
    area = layer.geometry.to_crs(EQUAL_AREA).area / 10_000
    return area.where(np.isfinite(area))
