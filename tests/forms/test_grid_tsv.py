"""A block pasted from a spreadsheet comes in cell by cell, whatever its cells hold."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.forms import tsv

CELL = st.text(alphabet=st.sampled_from("ab ñ\"\t\n='+-;,"), max_size=8)
BLOCK = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1))


def as_excel_copies(block: list[list[str]]) -> str:
    """The block as Excel puts it on the clipboard; Python's own writer knows the same quoting."""
    stream = io.StringIO(newline="")
    csv.writer(stream, dialect="excel-tab").writerows(block)
    return stream.getvalue()


@given(BLOCK)
def test_what_excel_copies_is_read_back(block: list[list[str]]) -> None:
    assert tsv.parse(as_excel_copies(block)) == block


@given(st.text(max_size=200))
def test_any_text_is_a_block_and_nothing_of_it_is_lost(text: str) -> None:
    rows = tsv.parse(text)
    assert rows
    assert all(rows)
    letters = "".join(c for c in text if c not in '"\t\r\n')
    assert "".join(c for row in rows for cell in row for c in cell if c not in '"\t\r\n') == letters


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("uno", [["uno"]]),
        ("uno\tdos\r\ntres\tcuatro\r\n", [["uno", "dos"], ["tres", "cuatro"]]),
        ('"con\ttabulador"\t"con\nsalto"', [["con\ttabulador", "con\nsalto"]]),
        ('"dijo ""hola"""', [['dijo "hola"']]),
        ('15" de ancho\t"sin cerrar', [['15" de ancho', '"sin cerrar']]),
        ('"a"b\tc', [['"a"b', "c"]]),
        ("=SUMA(A1)\t\t\n", [["=SUMA(A1)", "", ""]]),
        ("a\rb", [["a"], ["b"]]),
        ("a\n\nb", [["a"], [""], ["b"]]),
        ("", [[""]]),
    ],
)
def test_clipboards_as_they_come(text: str, rows: list[list[str]]) -> None:
    assert tsv.parse(text) == rows
