"""The teaching city: the same from the same seed, whole, keyed without collisions, and mixed as cities are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import keys
from kit.datagen import City, make_city
from kit.datagen.city import COLUMNS, CRS, ORIGIN
from kit.datagen.seeds import stream


@pytest.fixture(scope="module")
def city() -> City:
    return make_city()


def distance_to_plaza(city: City) -> np.ndarray:
    xy = shapely.get_coordinates(shapely.centroid(city.parcels.geometry.to_numpy())) - ORIGIN
    return np.hypot(*xy.T) / city.radius


def test_same_seed_same_bytes_and_another_seed_another_city():
    assert make_city(800, 7).digest() == make_city(800, 7).digest()
    assert make_city(800, 7).digest() != make_city(800, 8).digest()


def test_a_part_draws_the_same_whatever_other_parts_there_are():
    first = stream(2015, "lots").random(4)
    stream(2015, "a-later-part").random(100)
    assert (stream(2015, "lots").random(4) == first).all()
    assert not (stream(2015, "blocks").random(4) == first).any()


@settings(max_examples=12, deadline=None)
@given(parcels=st.integers(300, 3000), seed=st.integers(0, 2**32))
def test_any_size_and_seed_give_a_sound_cadastre(parcels: int, seed: int):
    city = make_city(parcels, seed)
    geometry = city.parcels.geometry.to_numpy()
    assert len(city.parcels) == parcels
    assert shapely.is_valid(geometry).all()
    assert shapely.coverage_is_valid(geometry)
    assert city.parcels["CVE_CAT_EST"].is_unique
    assert city.parcels["CVE_CAT_ORI"].is_unique
    assert (city.parcels["SUP_TERRENO"] > 5).all()


def test_sizes_without_a_city_are_refused():
    with pytest.raises(ValueError, match="299"):
        make_city(299)


def test_columns_and_canonical_form(city: City):
    parcels = city.parcels
    assert tuple(parcels.columns) == (*COLUMNS, "geometry")
    assert parcels.crs == CRS
    assert set(parcels["USO"]) == {"HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"}
    assert set(parcels["TIPO_PREDIO"]) == {"U", "R"}
    assert (parcels[["CVE_ENT", "CVE_MUN", "CVE_LOC"]].drop_duplicates().to_numpy() == [["99", "001", "0001"]]).all()
    dates = pd.to_datetime(parcels["FECHA_MOV"], format="%Y-%m-%d")
    assert dates.between("1996-01-01", "2015-06-30").all()
    assert not parcels.isna().any().any()


def test_coordinates_lie_in_mexico(city: City):
    west, south, east, north = city.municipality.to_crs(4326).total_bounds
    assert -102 < west < east < -96
    assert 21 < south < north < 23


def test_parcels_do_not_overlap(city: City):
    geometry = city.parcels.geometry.to_numpy()
    one, _ = shapely.STRtree(geometry).query(geometry, predicate="overlaps")
    assert len(one) == 0
    assert shapely.area(geometry).sum() == pytest.approx(shapely.union_all(geometry).area, rel=1e-9)


def test_area_is_that_of_the_polygon(city: City):
    assert np.abs(city.parcels["SUP_TERRENO"] - city.parcels.area).max() < 0.006


def test_parcels_lie_in_their_block_and_blocks_in_their_colonia(city: City):
    blocks = city.blocks.set_index("MANZANA").geometry
    own = blocks.loc[city.parcels["MANZANA"]].to_numpy()
    assert shapely.covers(own, city.parcels.geometry.to_numpy()).all()
    colonias = city.colonias.set_index("CVE_COLONIA").geometry
    around = colonias.loc[city.blocks["CVE_COLONIA"]].to_numpy()
    assert shapely.covers(around, city.blocks.geometry.to_numpy()).all()
    assert city.blocks["PREDIOS"].sum() == len(city.parcels)


def test_colonias_tile_the_land_and_are_crossed_by_no_lot_of_the_river(city: City):
    assert shapely.coverage_is_valid(city.colonias.geometry.to_numpy())
    assert not city.parcels.intersects(city.river.geometry[0]).any()
    assert not city.parcels.intersects(city.plaza.geometry[0].buffer(-0.01)).any()


def test_streets_do_not_run_through_parcels(city: City):
    tree = shapely.STRtree(city.parcels.geometry.to_numpy())
    _, lots = tree.query(
        shapely.line_interpolate_point(city.streets.geometry.to_numpy(), 0.5, normalized=True), "within"
    )
    assert len(lots) == 0


def test_keys_have_their_structure_and_agree(city: City):
    parcels = city.parcels
    assert parcels["CVE_CAT_EST"].str.fullmatch(r"\d{31}").all()
    assert parcels["CVE_CAT_ORI"].str.fullmatch(r"\d{3}-\d{4}-\d{6}").all()
    parts = keys.STANDARD.split(parcels["CVE_CAT_EST"])
    assert (parts["state"] == "99").all()
    assert (parts["municipality"] == "001").all()
    assert (parts["sector"] == parcels["CVE_CAT_ORI"].str[:3]).all()
    assert ("0" + parts["block"] == parcels["CVE_CAT_ORI"].str[4:8]).all()
    assert ("0" + parts["parcel"] == parcels["CVE_CAT_ORI"].str[9:]).all()
    assert (parcels["MANZANA"] == parcels["CVE_CAT_ORI"].str[:8]).all()
    zone = city.colonias.set_index("CVE_COLONIA")["ZONA"]
    assert (zone.loc[parts["sector"]].to_numpy() == parts["zone"].to_numpy()).all()
    assert parcels["CVE_CAT_ORI"].is_monotonic_increasing


@pytest.mark.slow
def test_no_key_twice_in_a_large_city():
    large = make_city(120_000, 3)
    assert large.parcels["CVE_CAT_EST"].is_unique
    assert large.parcels["CVE_CAT_ORI"].is_unique
    assert shapely.coverage_is_valid(large.parcels.geometry.to_numpy())
    assert large.streets["bridge"].sum() >= 3


def test_no_use_has_the_centre_for_itself(city: City):
    core = city.parcels["USO"][distance_to_plaza(city) < 0.2].value_counts(normalize=True)
    assert core["NO HABITACIONAL"] > 0.15
    assert core["MIXTO"] > 0.10
    assert core["HABITACIONAL"] > 0.15
    assert core.max() < 0.65


def test_shops_thin_out_towards_the_edge(city: City):
    urban = (city.parcels["TIPO_PREDIO"] == "U").to_numpy()
    far = distance_to_plaza(city)
    shops = (city.parcels["USO"] == "NO HABITACIONAL").to_numpy()
    edge = urban & (far > np.quantile(far[urban], 0.85))
    assert shops[edge].mean() < 0.15 < shops[far < 0.2].mean()


def test_land_is_dearer_at_the_centre_and_cheapest_outside(city: City):
    price = city.parcels["VALOR_CATASTRAL"] / city.parcels["SUP_TERRENO"]
    far, urban = distance_to_plaza(city), (city.parcels["TIPO_PREDIO"] == "U").to_numpy()
    assert price[far < 0.25].median() > 1.5 * price[urban & (far > 0.6)].median()
    assert price[~urban].median() < 0.1 * price[urban].median()


def test_only_land_without_use_is_unbuilt(city: City):
    assert ((city.parcels["SUP_CONSTRUCCION"] == 0) == (city.parcels["USO"] == "SIN USO")).all()


def test_colonias_have_names_of_their_own_and_the_story_has_its_places(city: City):
    names = city.colonias["COLONIA"]
    assert names.is_unique
    assert {"Centro", "La Ribera"} <= set(names)
    ribera = city.colonias.loc[names == "La Ribera"].geometry.iloc[0]
    assert ribera.distance(city.river.geometry[0]) < 80


def test_streets_are_one_connected_graph_with_bridges(city: City):
    streets = city.streets
    assert streets["bridge"].any()
    assert set(streets["rank"]) == {1, 2, 3, 4}
    assert biggest_component(streets) > 0.97
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(streets.geometry.to_numpy(), k)) for k in (0, -1)])
    node = np.concatenate([streets["from_node"], streets["to_node"]])
    assert len(np.unique(node)) == len(np.unique(ends, axis=0))


def test_without_bridges_the_river_parts_the_city(city: City):
    assert biggest_component(city.streets[~city.streets["bridge"]]) < 0.95


def biggest_component(streets: pd.DataFrame) -> float:
    """The share of streets in the largest connected part."""
    start, end = streets["from_node"].to_numpy(), streets["to_node"].to_numpy()
    label = np.arange(max(start.max(), end.max()) + 1)
    while True:
        low = np.minimum(label[start], label[end])
        before = label.copy()
        np.minimum.at(label, start, low)
        np.minimum.at(label, end, low)
        label = label[label]
        if (label == before).all():
            return float(np.bincount(label[start]).max() / len(streets))
