"""The teaching city: Valle Abierto, a fictional municipality made from a seed, of any size.

Keys 99 / 99001 belong to no real place; the coordinates are real ones of UTM zone 14N (EPSG:32614, metres), in the
highlands between San Luis Potosí and Guanajuato. The same seed and size give the same city to the last byte.

Examples:
    >>> from kit.datagen import make_city
    >>> city = make_city(parcels=500, seed=2015)
    >>> len(city.parcels), city.parcels["CVE_CAT_EST"].is_unique
    (500, True)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kit import keys
from kit.datagen import attributes
from kit.datagen.blocks import Blocks, LocalStreets, make_blocks
from kit.datagen.colonias import Colonias, make_colonias
from kit.datagen.lots import Lots, make_lots
from kit.datagen.plan import GROSS_AREA, Plan, make_plan
from kit.datagen.seeds import stream
from kit.datagen.streets import make_streets

CRS = "EPSG:32614"
ORIGIN = np.array([301_500.0, 2_421_800.0])  # the plaza, in CRS
STATE, MUNICIPALITY, LOCALITY = "99", "001", "0001"
NAME = "Valle Abierto"
SPARE = 1.035  # lots planned against lots wanted: what they come to is known to a few per cent
FEWEST, MOST = 300, 6_000_000
DEFAULT_PARCELS, DEFAULT_SEED = 5000, 2015

COLUMNS = (
    "CVE_CAT_EST", "CVE_CAT_ORI", "CVE_ENT", "CVE_MUN", "CVE_LOC", "COLONIA", "MANZANA", "USO", "TIPO_PREDIO",
    "SUP_TERRENO", "SUP_CONSTRUCCION", "VALOR_CATASTRAL", "FECHA_MOV",
)  # fmt: skip

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class City:
    """The clean truth. Every layer is a GeoDataFrame in `CRS`.

    ``parcels`` has `COLUMNS` in canonical form (keys as text, areas in m², value in MXN, ISO dates), ordered by key.
    ``streets`` is a graph: ``from_node`` and ``to_node`` are positions that lines share where they meet; ``rank`` is 1
    arterial, 2 avenue, 3 collector, 4 local; ``bridge`` marks those over the river.
    """

    parcels: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    colonias: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    river: gpd.GeoDataFrame
    plaza: gpd.GeoDataFrame
    municipality: gpd.GeoDataFrame
    radius: float
    seed: int

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """All layers by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: layer for name, layer in found.items() if isinstance(layer, gpd.GeoDataFrame)}

    def digest(self) -> str:
        """SHA-256 over every cell and every coordinate: equal for equal cities."""
        total = hashlib.sha256()
        for name, layer in self.layers().items():
            total.update(name.encode())
            total.update(pd.util.hash_pandas_object(layer.drop(columns="geometry"), index=False).to_numpy().tobytes())
            total.update(shapely.get_coordinates(layer.geometry.to_numpy()).tobytes())
        return total.hexdigest()


def make_city(parcels: int = DEFAULT_PARCELS, seed: int = DEFAULT_SEED) -> City:
    """Valle Abierto with exactly ``parcels`` parcels.

    Raises:
        ValueError: below `FEWEST` parcels no city takes shape; above `MOST` the key's block number would not suffice.
    """
    if not FEWEST <= parcels <= MOST:
        raise ValueError(f"parcels: {parcels}, expected {FEWEST} to {MOST}")
    names, styles = load_names(), load_styles()
    plan, colonias, blocks, local, lots = _laid_out(parcels, seed, names, styles)
    lots = _thinned(lots, blocks, colonias, parcels, seed)
    streets = make_streets(plan, colonias, local, names)
    return _described(plan, colonias, blocks, lots, streets, styles, names, seed)


@lru_cache
def load_names() -> dict:
    """Names of colonias and streets (``data/names.json``)."""
    return json.loads((_DATA / "names.json").read_text(encoding="utf-8"))


@lru_cache
def load_styles() -> pd.DataFrame:
    """What each style of colonia is built like (``data/styles.csv``, metres and shares)."""
    return pd.read_csv(_DATA / "styles.csv", index_col="style", encoding="utf-8")


def _laid_out(
    parcels: int, seed: int, names: dict, styles: pd.DataFrame
) -> tuple[Plan, Colonias, Blocks, LocalStreets, Lots]:
    """The land divided into at least ``parcels`` lots: the city is drawn a little larger until they suffice."""
    # A small town's few colonias differ more from the mean than a capital's hundreds.
    gross = GROSS_AREA * (1.0 + 0.3 * (DEFAULT_PARCELS / parcels) ** 0.5)
    planned = SPARE * parcels
    for _ in range(40):
        plan = make_plan(parcels, seed, names, gross)
        colonias = make_colonias(plan, parcels, seed, names, styles, planned)
        if colonias.expected_lots(styles) < planned:  # known before anything costly is made
            gross *= 1.06
            continue
        blocks, local = make_blocks(plan, colonias, styles, seed)
        lots = make_lots(blocks, colonias.buildable, seed)
        if len(lots.polygons) >= parcels:
            return plan, colonias, blocks, local, lots
        planned *= 1.02 * parcels / len(lots.polygons)
    raise RuntimeError(f"no city of {parcels} parcels from seed {seed}")


def _thinned(lots: Lots, blocks: Blocks, colonias: Colonias, parcels: int, seed: int) -> Lots:
    """Exactly ``parcels`` lots: the outermost urban blocks are not subdivided yet."""
    surplus = len(lots.polygons) - parcels
    counts = np.bincount(lots.block, minlength=len(blocks))
    middle = blocks.corners.mean(axis=1)
    reach = np.hypot(*middle.T)
    reach = reach * stream(seed, "thinning").uniform(0.9, 1.1, len(blocks))
    reach[(colonias.styles[blocks.colonia] == "rustico") | (counts == 0)] = -1.0
    outermost = np.argsort(-reach, kind="stable")
    dropped = np.cumsum(counts[outermost])
    whole = int(np.searchsorted(dropped, surplus, side="right"))
    keep = ~np.isin(lots.block, outermost[:whole])
    rest = surplus - (dropped[whole - 1] if whole else 0)
    if rest:
        keep[np.flatnonzero(lots.block == outermost[whole])[-rest:]] = False
    return lots.take(keep)


@dataclass(frozen=True)
class _Numbers:
    """Which number everything got: colonias, blocks in their colonia, parcels in their block, all from 1."""

    used: np.ndarray  # the colonias that have parcels, as positions in Colonias
    zone: np.ndarray  # of each of these
    block_colonia: np.ndarray  # per block: position in ``used``
    block_number: np.ndarray
    first: np.ndarray  # per block: its first parcel
    block: np.ndarray  # per parcel: position of its block
    parcel_number: np.ndarray

    @classmethod
    def of(cls, colonias: Colonias, blocks: Blocks, lots: Lots) -> _Numbers:
        """The numbers of ``lots`` in their order, which is by colonia and block."""
        used, colonia = np.unique(blocks.colonia[lots.block], return_inverse=True)
        begins = np.diff(lots.block, prepend=-1) != 0
        first = np.flatnonzero(begins)
        block = np.cumsum(begins) - 1
        return cls(
            used, _zones(colonias, used), colonia[first], _within(colonia[first]) + 1, first, block, _within(block) + 1
        )

    @property
    def codes(self) -> np.ndarray:
        """CCC of each used colonia."""
        return np.array([f"{number:03d}" for number in range(1, len(self.used) + 1)])

    def block_keys(self) -> np.ndarray:
        """CCC-MMMM of each block."""
        return keys.BLOCK.build(district=self.block_colonia + 1, block=self.block_number).to_numpy()


def _described(
    plan: Plan,
    colonias: Colonias,
    blocks: Blocks,
    lots: Lots,
    streets: pd.DataFrame,
    styles: pd.DataFrame,
    names: dict,
    seed: int,
) -> City:
    """Numbers, keys and attributes for what is laid out, moved to UTM."""
    lots = lots.take(np.lexsort((lots.block, blocks.colonia[lots.block])))
    numbers = _Numbers.of(colonias, blocks, lots)
    used, codes = numbers.used, numbers.codes
    polygons = _moved(lots.polygons)
    ends = np.append(numbers.first[1:], len(polygons))
    outlines = [shapely.coverage_union_all(polygons[a:b]) for a, b in zip(numbers.first, ends, strict=True)]
    block_table = {
        "MANZANA": numbers.block_keys(),
        "CVE_COLONIA": codes[numbers.block_colonia],
        "PREDIOS": ends - numbers.first,
    }
    colonia_table = {
        "CVE_COLONIA": codes,
        "COLONIA": colonias.names[used],
        "ZONA": np.char.zfill(numbers.zone.astype(str), 2),
        "ESTILO": colonias.styles[used],
    }
    own = {"CVE_ENT": [STATE], "CVE_MUN": [MUNICIPALITY], "NOM_MUN": [NAME]}
    return City(
        parcels=_frame(_parcel_table(plan, colonias, blocks, lots, numbers, styles, seed), polygons),
        blocks=_frame(block_table, np.array(outlines)),
        colonias=_frame(colonia_table, _moved(colonias.faces[used])),
        streets=_street_frame(streets, numbers, len(colonias)),
        parks=_parks(plan, colonias, blocks),
        river=_frame({"NOMBRE": [names["river"]]}, _moved(np.array([plan.river]))),
        plaza=_frame({"NOMBRE": [names["plaza"]]}, _moved(_areas(blocks, colonias, "plaza"))),
        municipality=_frame(own, _moved(np.array([plan.municipality]))),
        radius=plan.radius,
        seed=seed,
    )


def _parcel_table(
    plan: Plan,
    colonias: Colonias,
    blocks: Blocks,
    lots: Lots,
    numbers: _Numbers,
    styles: pd.DataFrame,
    seed: int,
) -> dict:
    """The columns of the parcels, in the order of `COLUMNS`."""
    in_colonia = blocks.colonia[lots.block]
    style = colonias.styles[in_colonia]
    area = np.round(shapely.area(lots.polygons), 2)
    arterials = colonias.edges[colonias.edge_ranks <= 2]
    site = attributes.locate(lots.polygons, numbers.block, arterials, plan.river, plan.radius, plan.core_reach, seed)
    use = attributes.draw_uses(site, style, lots.corner, lots.whole, styles, seed)
    built = attributes.built_area(area, use, site, style, styles, seed)
    colonia = numbers.block_colonia[numbers.block]
    parts = {"block": numbers.block_number[numbers.block], "parcel": numbers.parcel_number}
    place = {"state": int(STATE), "municipality": int(MUNICIPALITY), "locality": int(LOCALITY)}
    columns = (
        keys.STANDARD.build(**place, zone=numbers.zone[colonia], sector=colonia + 1, **parts),
        keys.LOCAL.build(district=colonia + 1, **parts),
        STATE,
        MUNICIPALITY,
        LOCALITY,
        colonias.names[in_colonia],
        numbers.block_keys()[numbers.block],
        attributes.USES[use],
        np.where(style == "rustico", "R", "U"),
        area,
        built,
        attributes.values(area, built, use, site, style, in_colonia, styles, seed),
        attributes.movement_dates(len(area), seed),
    )
    return dict(zip(COLUMNS, columns, strict=True))


def _within(group: np.ndarray) -> np.ndarray:
    """The position of each element in its run of equal values."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group))))


def _zones(colonias: Colonias, used: np.ndarray) -> np.ndarray:
    """Cadastral zones: 01 the core, then rings by quarter; 91 to 94 the rural quarters."""
    xy = shapely.get_coordinates(shapely.centroid(colonias.faces[used]))
    quarter = (np.floor(np.arctan2(xy[:, 1], xy[:, 0]) / (np.pi / 2)) % 4).astype(int)
    ring = np.minimum(colonias.distance[used] * 3, 5).astype(int)
    zone = np.where(colonias.styles[used] == "rustico", 91 + quarter, 2 + 4 * ring + quarter)
    return np.where(colonias.styles[used] == "centro", 1, zone)


def _areas(blocks: Blocks, colonias: Colonias, kind: str) -> np.ndarray:
    """The whole blocks of one kind, clipped to their colonia."""
    chosen = blocks[blocks.kind == kind]
    if not len(chosen):
        return np.empty(0, dtype=object)
    quads = shapely.polygons(np.round(chosen.corners, 3))
    return shapely.intersection(quads, colonias.buildable[chosen.colonia], grid_size=0.001)


def _parks(plan: Plan, colonias: Colonias, blocks: Blocks) -> gpd.GeoDataFrame:
    """The river's banks and the neighbourhood parks."""
    banks = shapely.difference(plan.river_corridor, plan.river, grid_size=0.001)
    squares = _areas(blocks, colonias, "park")
    kinds = ["banks"] + ["neighbourhood"] * len(squares)
    return _frame({"TIPO": kinds}, _moved(np.append(np.array([banks]), squares)))


def _street_frame(streets: pd.DataFrame, numbers: _Numbers, colonias: int) -> gpd.GeoDataFrame:
    """The street table with colonia codes; a street between colonias belongs to none."""
    code = np.full(colonias + 1, "", dtype=object)  # the last one serves the number -1
    code[numbers.used] = numbers.codes
    table = {
        "NOMBRE": streets["name"].to_numpy(),
        "CVE_COLONIA": code[streets["colonia"].to_numpy()],
        **{name: streets[name].to_numpy() for name in ("rank", "bridge", "from_node", "to_node")},
    }
    return _frame(table, _moved(streets["line"].to_numpy()))


def _moved(geometries: np.ndarray) -> np.ndarray:
    """Local metres to UTM, whole millimetres."""
    return shapely.transform(geometries, lambda points: np.round(points + ORIGIN, 3))


def _frame(table: dict, geometries: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(table, index=range(len(geometries))), geometry=geometries, crs=CRS)
