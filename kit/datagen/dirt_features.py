"""Feature defects: wrong reference system, swapped axes, bow-ties, overlaps, missing geometry, slivers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from kit.datagen.defects import KEY_COLUMNS, how_many, pick, rates, registrar
from kit.datagen.seeds import stream

LCC = "EPSG:6372"  # Mexico ITRF2008 / LCC, in which INEGI publishes
_MORE = 4  # candidates per defect wanted: not every lot can be struck visibly


@dataclass(frozen=True)
class Struck:
    """Features a defect struck, their new geometries, and features that must stay clean."""

    features: np.ndarray
    geometries: np.ndarray
    protected: np.ndarray | None = None


@dataclass(frozen=True)
class StrikeLayer:
    """What a maker of feature defects is given: the true polygons, the features still clean, how many to strike."""

    polygons: np.ndarray
    crs: CRS
    free: np.ndarray
    count: int
    rng: np.random.Generator

    def pick(self, times: int = 1) -> np.ndarray:
        """Up to ``times * count`` of the clean features, ascending."""
        return pick(self.free, times * self.count, self.rng)


FeatureMaker = Callable[[StrikeLayer], Struck]
FEATURE_DEFECTS: dict[str, FeatureMaker] = {}


feature_defect = registrar(FEATURE_DEFECTS)


@dataclass(frozen=True)
class DirtyLayer:
    """A layer as an office would send it, and its answer key. Feature ids count from 1 in the layer's order."""

    layer: gpd.GeoDataFrame
    key: pd.DataFrame


def soil_layer(
    truth: gpd.GeoDataFrame,
    seed: int,
    *,
    file: str,
    layer: str,
    key_column: str = "CVE_CAT_EST",
    factor: float = 1.0,
    chosen: Mapping[str, float] | None = None,
) -> DirtyLayer:
    """A dirty layer made of ``truth`` (clean polygons in metres) and its answer key; rates as in `soil_table`."""
    geometries = truth.geometry.to_numpy().copy()
    true = truth.geometry.to_numpy()
    free = np.ones(len(truth), dtype=bool)
    keys = truth[key_column].to_numpy()
    found = []
    extra = np.empty(0, dtype=object)
    for name, rate in rates("feature", factor, chosen).set_index("defect")["rate"].items():
        count = how_many(rate, len(truth))
        if not count:
            continue
        struck = FEATURE_DEFECTS[str(name)](StrikeLayer(true, truth.crs, free, count, stream(seed, f"dirt-{name}")))
        features = struck.features
        if name == "sliver":  # not a changed feature but one too many, after all others
            extra = struck.geometries
            found.append(_lines(len(truth) + np.arange(len(extra)), "", name, extra, None))
            continue
        free[features] = False
        if struck.protected is not None:
            free[struck.protected] = False
        geometries[features] = struck.geometries
        found.append(_lines(features, keys[features], name, struck.geometries, true[features]))
    columns = {
        c: np.append(truth[c].to_numpy(dtype=object), [None] * len(extra)) for c in truth.columns if c != "geometry"
    }
    dirty = gpd.GeoDataFrame(columns, geometry=np.append(geometries, extra), crs=truth.crs)
    key = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(KEY_COLUMNS))
    key = key.assign(file=file, layer=layer, column="geometry").sort_values("row", kind="stable", ignore_index=True)
    return DirtyLayer(dirty, key[list(KEY_COLUMNS)])


def clean_layer(dirty: gpd.GeoDataFrame, key: pd.DataFrame) -> gpd.GeoDataFrame:
    """The answer key applied to a layer in its feature order: the truth."""
    position = key["row"].astype(int).to_numpy() - 1
    surplus = (key["true"] == "").to_numpy()
    geometries = dirty.geometry.to_numpy().copy()
    geometries[position[~surplus]] = shapely.from_wkt(key["true"].to_numpy(dtype=object)[~surplus])
    clean = dirty.set_geometry(gpd.GeoSeries(geometries, index=dirty.index, crs=dirty.crs))
    return clean.drop(index=clean.index[position[surplus]]).reset_index(drop=True)


def _lines(
    features: np.ndarray, keys: np.ndarray | str, name: object, dirty: np.ndarray, true: np.ndarray | None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": pd.array(features + 1, dtype="Int64"),
            "key": keys,
            "defect": name,
            "dirty": _wkt(dirty),
            "true": "" if true is None else _wkt(true),
        }
    )


def _wkt(geometries: np.ndarray) -> np.ndarray:
    """WKT to the millimetre, blank for none."""
    written = shapely.to_wkt(geometries, rounding_precision=3).astype(object)
    written[shapely.is_missing(geometries)] = ""
    return written


@feature_defect("crs-lcc")
def crs_lcc(strike: StrikeLayer) -> Struck:
    """Runs of neighbouring parcels drawn by another office, in LCC metres."""
    run = max(1, min(20, strike.count // 3))
    starts = strike.rng.permutation(np.arange(0, len(strike.free), run))[: -(-strike.count // run)]
    features = np.unique((starts[:, None] + np.arange(run)).ravel())
    features = features[(features < len(strike.free))]
    features = features[strike.free[features]][: strike.count]
    forward = Transformer.from_crs(strike.crs, LCC, always_xy=True)
    geometries = shapely.transform(
        strike.polygons[features],
        lambda points: np.round(np.column_stack(forward.transform(points[:, 0], points[:, 1])), 3),
    )
    return Struck(features, geometries)


@feature_defect("axes-swapped")
def axes_swapped(strike: StrikeLayer) -> Struck:
    """North before east."""
    features = strike.pick()
    return Struck(features, shapely.transform(strike.polygons[features], lambda points: points[:, ::-1]))


@feature_defect("bow-tie")
def bow_tie(strike: StrikeLayer) -> Struck:
    """Two corners digitised in the wrong order."""
    features = strike.pick(_MORE)
    polygons = strike.polygons[features]
    points, owner = shapely.get_coordinates(polygons, return_index=True)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    points[np.concatenate([first + 1, first + 2])] = points[np.concatenate([first + 2, first + 1])]
    crossed = np.asarray(shapely.polygons(shapely.linearrings(points, indices=owner)))
    bad = np.flatnonzero(~shapely.is_valid(crossed))
    bad = np.sort(strike.rng.permutation(bad)[: strike.count])
    return Struck(features[bad], crossed[bad])


@feature_defect("overlap")
def overlap(strike: StrikeLayer) -> Struck:
    """A lot pushed 0.8 to 2.5 m along its street, over one neighbour that stays where it is."""
    polygons = strike.polygons
    features = strike.pick(_MORE)
    points, owner = shapely.get_coordinates(polygons[features], return_index=True)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    side = points[first + 1] - points[first]
    push = side / np.hypot(*side.T)[:, None] * strike.rng.uniform(0.8, 2.5, len(features))[:, None]
    pushed = shapely.polygons(shapely.linearrings(np.round(points + push[owner], 3), indices=owner))
    mover, neighbour = shapely.STRtree(polygons).query(pushed, predicate="intersects")
    common = shapely.area(shapely.intersection(pushed[mover], polygons[neighbour]))
    real = (common > 1.0) & (features[mover] != neighbour)
    mover, neighbour = mover[real], neighbour[real]
    chosen: list[int] = []
    used: set[int] = set()
    for i in strike.rng.permutation(np.unique(mover)):
        around = {int(features[i]), *neighbour[mover == i].tolist()}
        if len(chosen) < strike.count and strike.free[list(around)].all() and not around & used:
            chosen.append(int(i))
            used |= around
    kept = np.sort(np.array(chosen, dtype=int))
    return Struck(features[kept], pushed[kept], protected=neighbour[np.isin(mover, kept)])


@feature_defect("null-geometry")
def null_geometry(strike: StrikeLayer) -> Struck:
    """A parcel in the register that nobody drew."""
    features = strike.pick()
    return Struck(features, np.full(len(features), None, dtype=object))


@feature_defect("sliver")
def sliver(strike: StrikeLayer) -> Struck:
    """A leftover of digitising along a lot's first side: a few centimetres wide, without a key."""
    features = strike.pick()
    points, owner = shapely.get_coordinates(strike.polygons[features], return_index=True)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    a, b = points[first], points[first + 1]
    side = b - a
    normal = np.column_stack([side[:, 1], -side[:, 0]]) / np.hypot(*side.T)[:, None]
    tip = (a + b) / 2 + normal * strike.rng.uniform(0.004, 0.03, len(features))[:, None]
    return Struck(features, np.asarray(shapely.polygons(np.round(np.stack([a, b, tip, a], axis=1), 3))))
