"""Findings: data that renders itself in two languages, as table, as lines and as JSON."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from kit import messages
from kit.findings import Finding, Findings, KitError, Level, Place, advice, error, warning

MISSING = warning("portfolio.file-missing", Place("plan.csv", rows=(3, 9), column="USO"), file="plan.csv", version="-")
LOCKED = error("portfolio.locked", Place("x"), seconds=15)
OUTSIDE = advice("portfolio.changed-outside", Place("plan.csv"), file="plan.csv", when="2015-10-26")


def test_a_finding_says_place_what_expected_and_how_to_mend_in_both_languages():
    es, en = MISSING.line("es"), MISSING.line("en")
    assert "renglones 3 y 9" in es and "columna «USO»" in es and "kit portfolio restore plan.csv" in es
    assert "rows 3 and 9" in en and "kit portfolio restore plan.csv" in en


def test_the_level_is_a_word_and_a_sign_never_colour_alone():
    assert [f.render("es")["level"] for f in (LOCKED, MISSING, OUTSIDE)] == ["✖ Error", "▲ Aviso", "● Consejo"]


def test_errors_come_first_and_the_rest_keeps_its_order():
    assert [f.level for f in Findings([OUTSIDE, MISSING, LOCKED]).in_order()] == [
        Level.ERROR,
        Level.WARNING,
        Level.ADVICE,
    ]


def test_the_table_has_the_headings_of_the_language():
    table = Findings([MISSING]).frame("en")
    assert list(table.columns) == ["Level", "Where", "What was found", "What was expected", "How to mend it", "Code"]
    assert isinstance(table, pd.DataFrame) and len(table) == 1


def test_in_a_notebook_findings_are_a_table_with_a_caption_and_row_headers_escaped():
    hostile = warning("portfolio.file-missing", Place("<script>.csv"), file="<b>", version="-")
    page = Findings([hostile])._repr_html_()
    assert (
        ">Errores: 0; avisos: 1; consejos: 0.</caption>" in page
        and 'scope="col"' in page
        and "<script>" not in page
        and "&lt;b&gt;" in page
    )


def test_no_findings_say_so():
    with messages.speaking("es"):
        assert repr(Findings()) == "Sin hallazgos."
        assert "Sin hallazgos." in Findings()._repr_html_()


def test_findings_of_a_code_or_of_a_room():
    both = Findings([MISSING, LOCKED])
    assert both.of("portfolio.locked") == Findings([LOCKED])
    assert both.of("portfolio.") == both
    assert len(both.of("tables.")) == 0


def test_json_goes_out_and_comes_back():
    made = Findings([MISSING, error("portfolio.locked", Place("x"), seconds=np.int64(15), when=dt.date(2015, 10, 26))])
    back = Findings.from_json(made.to_json())
    assert back[0] == MISSING
    assert back[1].params == {"seconds": 15, "when": "2015-10-26"}
    assert back.lines("es") == made.lines("es")


def test_a_kit_error_shows_its_findings_and_no_traceback():
    problem = KitError(LOCKED)
    assert problem._render_traceback_() == Findings([LOCKED]).lines()
    assert "portfolio.locked" in str(problem)


def test_a_finding_is_a_value():
    assert Finding.from_dict(MISSING.to_dict()) == MISSING
