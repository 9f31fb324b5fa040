"""Cadastral keys: their layouts, building, splitting, recognising, and bringing to form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import keys

EXAMPLE = "1400012001000100004500012000000"  # domain.md 3.1: 14 000 120 01 0001 000 045 00012 00 0000


def test_the_standard_layout_sums_to_31_characters() -> None:
    assert keys.STANDARD.length == 31
    assert [s.length for s in keys.STANDARD.segments] == [2, 3, 3, 2, 4, 3, 3, 5, 2, 4]


def test_a_key_is_built_from_its_parts_and_split_into_them() -> None:
    built = keys.STANDARD.build(state=14, municipality=120, zone=1, locality="1", block=45, parcel=12)
    assert built.tolist() == [EXAMPLE]
    parts = keys.STANDARD.split(built)
    assert parts.loc[0, ["state", "municipality", "block", "parcel"]].tolist() == ["14", "120", "045", "00012"]


def test_a_local_key_has_its_hyphens() -> None:
    assert keys.LOCAL.build(district=1, block=7, parcel=12).tolist() == ["001-0007-000012"]
    assert keys.BLOCK.build(district=1, block=7).tolist() == ["001-0007"]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 999), st.integers(0, 99999)), min_size=1, max_size=30))
def test_building_and_reading_are_each_others_inverse(parts: list[tuple[int, int, int]]) -> None:
    state, block, parcel = (np.array(column) for column in zip(*parts, strict=True))
    numbers = keys.STANDARD.numbers(keys.STANDARD.build(state=state, block=block, parcel=parcel))
    assert np.array_equal(numbers["state"], state)
    assert np.array_equal(numbers["block"], block)
    assert np.array_equal(numbers["parcel"], parcel)


def test_a_number_too_long_for_its_part_is_refused() -> None:
    with pytest.raises(ValueError, match="parcel"):
        keys.STANDARD.build(parcel=100_000)
    with pytest.raises(ValueError, match="unknown part"):
        keys.STANDARD.build(owner=1)


def test_parts_of_what_is_no_key_are_missing() -> None:
    cells = pd.Series([EXAMPLE, "001-0007-000012", None, "x"], index=[5, 6, 7, 8])
    parts = keys.STANDARD.split(cells, "state")
    assert parts.index.tolist() == [5, 6, 7, 8]
    assert parts["state"].isna().tolist() == [False, True, True, True]
    assert keys.STANDARD.numbers(cells, "state")["state"].tolist() == [14, -1, -1, -1]


@pytest.mark.parametrize(
    ("cell", "shape", "canonical"),
    [
        (EXAMPLE, "standard", EXAMPLE),
        ("001-0007-000012", "local", "001-0007-000012"),
        ("001-0007", "block", "001-0007"),
        ("14 000 120 01 0001 000 045 00012 00 0000", "separated", EXAMPLE),
        ("14-000-120-01-0001-000-045-00012-00-0000 ", "separated", EXAMPLE),
        ("400012001000100004500012000000", "short", "0400012001000100004500012000000"),
        ("0010007000012", "local-bare", "001-0007-000012"),
        ("001 0007 000012", "local-separated", "001-0007-000012"),
        ("1.4E+30", "scientific", "1.4E+30"),
        (1.4e30, "scientific", "1.4E+30"),
        ("001-0007-00001Ñ", "non-ascii", "001-0007-00001Ñ"),
        ("003–0014–000020", "non-ascii", "003–0014–000020"),
        (EXAMPLE + "0", "other", EXAMPLE + "0"),
        ("٣" * 31, "non-ascii", "٣" * 31),
        ("  ", "blank", "  "),
    ],
)
def test_each_shape_is_recognised_and_mended_only_if_nothing_is_guessed(
    cell: object, shape: str, canonical: str
) -> None:
    assert keys.shapes([cell]).tolist() == [shape]
    assert keys.canonical([cell]).tolist() == [canonical]


def test_an_empty_cell_is_blank_and_stays_missing() -> None:
    assert keys.shapes(pd.Series([None], dtype="str")).tolist() == ["blank"]
    assert keys.canonical(pd.Series([None], dtype="str")).isna().tolist() == [True]


def test_a_zero_is_not_put_before_a_key_that_lost_another_digit() -> None:
    truncated = EXAMPLE[:-1]
    assert keys.canonical([EXAMPLE, truncated]).tolist() == [EXAMPLE, truncated]
    assert keys.canonical(["01" + EXAMPLE[2:], "1" + EXAMPLE[2:]]).tolist() == ["01" + EXAMPLE[2:]] * 2


def test_slices_of_a_column_are_read_at_their_own_rows() -> None:
    column = keys.STANDARD.build(parcel=np.arange(10))
    assert keys.STANDARD.numbers(column.iloc[4:7], "parcel")["parcel"].tolist() == [4, 5, 6]
    below_a_header = pd.Series(["CLAVE", *column]).iloc[1:]
    assert keys.STANDARD.numbers(below_a_header, "parcel")["parcel"].tolist() == list(range(10))


def test_two_keys_of_a_parcel_agree_on_block_parcel_and_zone_or_sector() -> None:
    local = "003-0131-000010"
    build = keys.STANDARD.build
    cases = {
        build(zone=3, block=131, parcel=10)[0]: True,
        build(zone=9, sector=3, block=131, parcel=10)[0]: True,
        build(block=131, parcel=10)[0]: True,
        build(zone=9, sector=4, block=131, parcel=10)[0]: False,
        build(zone=3, block=131, parcel=11)[0]: False,
        build(zone=3, block=130, parcel=10)[0]: False,
        "1.4E+30": True,
    }
    agreed = keys.agree(list(cases), keys.STANDARD, [local] * len(cases), keys.LOCAL)
    assert agreed.tolist() == list(cases.values())
