"""Polygons wrong in themselves and against each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.findings import Place
from kit.themes import topology
from kit.themes.separation import Apart

SQUARE = shapely.box(0, 0, 10, 10)
with np.errstate(invalid="ignore"):
    NO_NUMBER = shapely.Polygon([(0, 0), (10, 0), (np.nan, 10), (0, 0)])
BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def array(*shapes: object) -> np.ndarray:
    return np.array(shapes, dtype=object)


def place(positions: np.ndarray) -> Place:
    return Place("p.gpkg", rows=tuple((positions + 2).tolist()))


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (BOW_TIE, "topology.bow-tie"),
        (shapely.MultiPolygon([SQUARE, shapely.box(5, 5, 15, 15)]), "topology.self-intersection"),
        (shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)]), "topology.ring-self-intersection"),
        (shapely.Polygon(SQUARE.exterior, [[(20, 20), (21, 20), (21, 21)]]), "topology.hole-outside"),
        (
            shapely.Polygon(SQUARE.exterior, [[(1, 1), (9, 1), (9, 9), (1, 9)], [(3, 3), (4, 3), (4, 4)]]),
            "topology.holes-nested",
        ),
        (shapely.MultiPolygon([SQUARE, shapely.box(2, 2, 3, 3)]), "topology.shells-nested"),
        (
            shapely.Polygon(SQUARE.exterior, [[(0, 5), (5, 4), (10, 5), (5, 6)]]),
            "topology.interior-disconnected",
        ),
        (shapely.Polygon([(0, 0), (0, 0), (0, 0), (0, 0)]), "topology.too-few-points"),
        (NO_NUMBER, "topology.coordinate-invalid"),
    ],
)
def test_each_fault_has_its_own_finding_at_its_row(shape: object, code: str, lang: str) -> None:
    table = topology.invalid(array(SQUARE, shape, None))
    assert table["position"].tolist() == [1]
    (finding,) = topology.validity_findings(table, place)
    assert (finding.code, finding.place.rows, finding.params["n"]) == (code, (3,), 1)
    assert "{" not in finding.line()


def test_valid_polygons_have_no_finding() -> None:
    holed = shapely.Polygon(SQUARE.exterior, [[(1, 1), (2, 1), (2, 2)]])
    assert topology.invalid(array(SQUARE, holed, None, shapely.MultiPolygon([SQUARE]))).empty


def test_mending_leaves_polygons_only_and_the_rest_as_it_was() -> None:
    spike = shapely.Polygon([(0, 0), (10, 0), (10, 10), (20, 10), (10, 10), (0, 10)])
    line = shapely.Polygon([(0, 0), (10, 0), (0, 0), (0, 0)])
    shapes = array(SQUARE, BOW_TIE, spike, line, None)
    mended = topology.mend(shapes)
    assert mended[0] is SQUARE and shapes[1] is BOW_TIE
    assert shapely.area(mended[:3]).tolist() == [100, 50, 100]
    assert set(shapely.get_type_id(mended[:3])) <= {3, 6} and shapely.is_valid(mended[:3]).all()
    assert mended[3] is None and mended[4] is None


def test_only_the_polygons_named_are_mended() -> None:
    mended = topology.mend(array(BOW_TIE, BOW_TIE), np.array([True, False]))
    assert shapely.is_valid(mended).tolist() == [True, False]


def test_thin_polygons_are_slivers_and_narrow_lots_are_not() -> None:
    shapes = array(
        shapely.box(0, 0, 30, 0.05), shapely.box(0, 0, 30, 4), shapely.box(0, 0, 1, 1), None, shapely.Point(1, 1)
    )
    assert topology.slivers(shapes).tolist() == [0]


def test_shared_area_is_measured_and_neighbours_that_touch_are_no_pairs() -> None:
    shapes = array(SQUARE, shapely.box(10, 0, 20, 10), shapely.box(9, 2, 11, 4), shapely.box(20, 10, 30, 20), None)
    pairs = topology.overlaps(shapes)
    assert pairs[["left", "right", "area", "copy"]].to_numpy().tolist() == [[0, 2, 2.0, False], [1, 2, 2.0, False]]


def test_copies_are_told_apart_from_overlaps() -> None:
    other_start = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    pairs = topology.overlaps(array(SQUARE, other_start, shapely.box(1, 0, 11, 10)))
    assert pairs.set_index(["left", "right"])["copy"].to_dict() == {(0, 1): True, (0, 2): False, (1, 2): False}


def test_an_invalid_polygon_is_mended_before_it_is_compared() -> None:
    pairs = topology.overlaps(array(BOW_TIE, shapely.box(0, 0, 10, 5)))
    assert pairs["area"].tolist() == [pytest.approx(25.0)]


def test_the_threads_and_chunks_do_not_change_the_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = shapely.transform(scattered(400, 7), lambda c: c)
    whole = topology.overlaps(shapes, workers=1)
    monkeypatch.setattr(topology, "_CHUNK", 33)
    assert topology.overlaps(shapes, workers=3).equals(whole)
    assert len(whole) > 50


def scattered(count: int, seed: int) -> np.ndarray:
    """Triangles to nonagons, convex and not, some sharing corners and sides, some of two parts or with a hole."""
    random = np.random.default_rng(seed)
    shapes = []
    for number in range(count):
        corners = int(random.integers(3, 10))
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        middle = random.integers(0, 40, 2)
        radius = random.choice([1.0, 2.0, 3.0], corners)
        points = np.round(middle + np.column_stack([np.cos(angles), np.sin(angles)]) * radius[:, None], number % 2)
        shapes.append(shapely.Polygon(points if number % 3 else points[::-1]))
    result = array(*shapes)
    result[::50] = [shapely.MultiPolygon([shape, shapely.affinity.translate(shape, 9, 9)]) for shape in shapes[::50]]
    return topology.mend(result)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_polygons_said_to_be_apart_share_no_area(seed: int) -> None:
    shapes = scattered(120, seed)
    left, right = (np.array(side) for side in zip(*itertools.combinations(range(120), 2), strict=True))
    apart = Apart(shapes)(left, right)
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    assert not (shared[apart] > 1e-9).any()
    assert apart[np.nan_to_num(shared) == 0].mean() > 0.5  # it does answer, mostly


def test_neighbours_along_a_common_boundary_are_known_to_be_apart() -> None:
    column, row = np.indices((10, 10)).reshape(2, -1)
    boxes = shapely.box(column * 7.3, row * 7.3, (column + 1) * 7.3, (row + 1) * 7.3)
    turned = np.array([[0.8, 0.6], [-0.6, 0.8]])
    grid = shapely.transform(boxes, lambda c: c @ turned + np.sin(c[:, ::-1]) + [458_917.3, 1_972_236.7])
    left, right = shapely.STRtree(grid).query(grid)
    left, right = left[left < right], right[left < right]
    assert Apart(grid)(left, right).mean() > 0.9
    assert not Apart(grid)(np.arange(5), np.arange(5)).any()


def test_noise_makes_a_warning_and_a_real_overlap_an_error() -> None:
    for width, code in ((0.0005, "topology.touch"), (0.5, "topology.overlap")):
        pairs = topology.overlaps(array(SQUARE, shapely.box(10 - width, 0, 20, 10))).assign(repeated=False)
        (finding,) = topology.overlap_findings(pairs, place)
        assert (finding.code, finding.params["pairs"], finding.place.rows) == (code, 1, (2, 3))
        assert finding.params["above"] == (1 if code == "topology.overlap" else 0)
