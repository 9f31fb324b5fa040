"""What a notebook shows: tables in the reader's words, pictures with their description, pages cut off from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from shapely.geometry import Point

from kit.messages import speaking
from kit.showing import cell_words, show, show_page


def test_headings_of_the_catalogue_are_in_the_readers_language_and_other_columns_keep_their_names():
    log = pd.DataFrame({"row": [3], "old": [" HAB"], "CVE_MUN": ["001"]})
    with speaking("es"):
        shown = show(log, heads="log")._repr_html_()
    assert ">Renglón<" in shown and ">Decía<" in shown and ">CVE_MUN<" in shown
    assert "␣HAB" in shown
    with speaking("en"):
        assert ">It said<" in show(log, heads="log")._repr_html_()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "∅"),
        (np.nan, "∅"),
        ("", "∅"),
        ([], "∅"),
        (["U", "R"], "U, R"),
        (1234567, "1234567"),
        (91.10000001, "91.1"),
        ("x" * 500, "x" * 60 + "…"),
        (Point(1, 2), "Point"),
        ({"name": "MVA", "url": ""}, "MVA"),
    ],
)
def test_a_cell_is_shown_as_people_write_it(value, words):
    assert cell_words(value) == words


def test_yes_and_no_are_in_the_readers_language():
    with speaking("es"):
        assert cell_words(True) == "sí"


def test_cells_are_shown_as_text_and_never_as_markup():
    assert "<b>" not in show(pd.DataFrame({"a": ["<b>x</b>"]}))._repr_html_()


def test_the_index_is_shown_if_it_has_a_name():
    table = pd.DataFrame({"n": [5]}, index=pd.Index(["Predios"], name="dataset"))
    assert "Predios" in repr(show(table))
    assert repr(show(table.rename_axis(None))) == "n\n5"


def test_a_picture_carries_its_description_twice_for_those_who_see_it_and_those_who_do_not():
    figure = Figure()
    figure.add_subplot().plot([1, 2])
    shown = show(figure, alt='Una gráfica "de" prueba')._repr_html_()
    assert 'alt="Una gráfica &quot;de&quot; prueba"' in shown and "<figcaption>Una gráfica" in shown
    assert "data:image/png;base64,iVBOR" in shown


def test_a_page_keeps_its_styles_to_itself():
    shown = show_page("<style>body{color:red}</style><p>hola</p>", title="Historia")._repr_html_()
    assert "<style>" not in shown and "sandbox" in shown and 'title="Historia"' in shown


def test_words_are_a_paragraph_and_never_markup():
    shown = show("a < b")
    assert shown._repr_html_() == "<p>a &lt; b</p>" and repr(shown) == "a < b"
