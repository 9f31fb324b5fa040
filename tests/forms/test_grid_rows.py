"""Rows of a grid keep their ids wherever they go; edits follow the row, never its place on screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.forms.rows import Rows

BLANK = {"name": "", "n": ""}


def rows_of(*names: str) -> Rows:
    return Rows.of([{"name": name} for name in names], BLANK)


def names(rows: Rows) -> list[str]:
    return [str(row.cells["name"]) for row in rows]


def test_an_edit_in_a_sorted_view_changes_the_row_that_was_seen() -> None:
    rows = rows_of("c", "a", "b")
    seen = sorted(rows, key=lambda row: str(row.cells["name"]))
    after = rows.written([(seen[0].id, "name", "z")])
    assert names(after) == ["c", "z", "b"]
    assert names(rows) == ["c", "a", "b"]


def test_a_block_pasted_in_a_sorted_view_fills_the_rows_as_seen_and_grows() -> None:
    rows = rows_of("c", "a", "b")
    seen = [row.id for row in sorted(rows, key=lambda row: str(row.cells["name"]))]
    pasted = rows.pasted([["1"], ["2"], ["3"], ["4"]], seen[1:], ["n"])
    assert [(row.cells["name"], row.cells["n"]) for row in pasted.rows] == [
        ("c", "2"), ("", "3"), ("", "4"), ("a", ""), ("b", "1"),
    ]  # fmt: skip
    assert (pasted.cells, pasted.added, pasted.dropped) == (4, 2, 0)


def test_columns_without_room_are_counted() -> None:
    pasted = rows_of("a").pasted([["1", "2", "3"]], [], ["name", "n"])
    assert (names(pasted.rows), pasted.dropped, pasted.added) == (["a", "1"], 1, 1)


def test_rows_move_together_and_stop_at_the_ends() -> None:
    rows = rows_of("a", "b", "c", "d")
    b, c = rows.ids[1:3]
    assert names(rows.moved([b, c], 1)) == ["a", "d", "b", "c"]
    assert names(rows.moved([c, b], -1)) == ["b", "c", "a", "d"]
    assert names(rows.moved([b, c], 99)) == ["a", "d", "b", "c"]
    assert rows.moved([], 1) == rows


def test_copies_stand_after_the_last_and_have_ids_of_their_own() -> None:
    rows = rows_of("a", "b", "c")
    after = rows.duplicated([rows.ids[1], rows.ids[0]])
    assert names(after) == ["a", "b", "a", "b", "c"]
    assert len(set(after.ids)) == 5


def test_an_order_names_every_row_once() -> None:
    rows = rows_of("a", "b")
    assert names(rows.ordered(rows.ids[::-1])) == ["b", "a"]
    with pytest.raises(ValueError, match="every row once"):
        rows.ordered(rows.ids[:1])


def test_an_edit_of_a_row_that_is_gone_is_passed_over_and_an_unknown_column_is_not() -> None:
    rows = rows_of("a", "b")
    gone = rows.ids[0]
    left = rows.removed([gone])
    assert left.written([(gone, "name", "x")]) == left
    with pytest.raises(KeyError):
        rows.written([(gone, "nothing", "x")])


ACTS = st.lists(
    st.tuples(st.sampled_from(["write", "insert", "remove", "duplicate", "move", "paste"]), st.integers(0, 9)),
    max_size=12,
)


def act(rows: Rows, name: str, n: int) -> Rows:
    some = [rows.at(n % len(rows)).id] if len(rows) else []
    return {
        "write": lambda: rows.written([(row_id, "n", str(n)) for row_id in some]),
        "insert": lambda: rows.inserted([{"name": f"new {n}"}], *some),
        "remove": lambda: rows.removed(some),
        "duplicate": lambda: rows.duplicated(some),
        "move": lambda: rows.moved(some, n - 5),
        "paste": lambda: rows.pasted([[str(n)], ["x"]], some, ["name"]).rows,
    }[name]()


@given(ACTS)
def test_a_screen_that_follows_the_patches_shows_the_rows(acts: list[tuple[str, int]]) -> None:
    rows = rows_of("a", "b", "c")
    shown = {row.id: dict(row.cells) for row in rows}
    order = rows.ids
    for name, n in acts:
        after = act(rows, name, n)
        patch = after.patch(rows)
        for row_id, cells in patch["rows"]:
            shown.setdefault(row_id, {}).update(cells)
        order = patch["order"] or (order if len(after) else [])
        rows = after
        assert [shown[row_id] for row_id in order] == rows.lines()
