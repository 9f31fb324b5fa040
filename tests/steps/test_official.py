"""Official templates as files: what is written prints on letter paper and comes back exactly, or is told apart."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from kit.steps.official import Sheet, as_text, read_exact, write_csv, write_xlsx

HEADERS = ["Nombre", "Descripción"]
TABLE = pd.DataFrame([["Predios", "a" * 200], ["Rutas", "corta"]], columns=HEADERS)


@pytest.fixture
def page(tmp_path):
    write_xlsx(tmp_path / "t.xlsx", [Sheet("Hoja", TABLE, [20, 40])])
    return openpyxl.load_workbook(tmp_path / "t.xlsx")["Hoja"]


def test_a_sheet_prints_all_columns_on_one_page_with_its_header_on_each(page):
    assert page.page_setup.orientation == "landscape" and page.page_setup.fitToWidth == 1
    assert page.page_setup.fitToHeight == 0 and page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$1"


def test_a_row_has_room_for_words_that_wrap(page):
    heights = [page.row_dimensions[number].height for number in (1, 2, 3)]
    assert heights[1] >= 5 * heights[2] and heights[0] == heights[2]


def test_a_file_as_it_was_written_is_read_without_interpreting_a_character(tmp_path):
    table = pd.DataFrame([["=1+1", "0042"], [' "a", b\nc', ""]], columns=HEADERS)
    write_csv(tmp_path / "t.csv", table)
    assert read_exact(tmp_path / "t.csv", HEADERS).equals(table.astype("str"))


@pytest.mark.parametrize(
    "content",
    [b"", b"Nombre;Descripci\xc3\xb3n\n", b"Nombre,Descripci\xf3n\n", "Nombre,Descripción\na,b,c\n".encode()],
    ids=["empty", "other separator", "other encoding", "ragged"],
)
def test_a_file_that_something_else_wrote_is_told_apart(content, tmp_path):
    (tmp_path / "t.csv").write_bytes(content)
    assert read_exact(tmp_path / "t.csv", HEADERS) is None
    assert read_exact(tmp_path / "none.csv", HEADERS) is None


def test_cells_become_text_without_what_no_file_can_hold():
    cells = as_text(pd.Series([None, 3, "a\r\nb\rc ", "x\x00y\ufffe", float("nan")], dtype="object"))
    assert cells.tolist() == ["", "3", "a\nb\nc", "xy", ""]
