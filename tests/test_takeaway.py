"""What a participant takes back: a paragraph that says what was written and what is missing, and a page to print."""

from __future__ import annotations

import re

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory
from kit.takeaway import page, paragraph

MODELS = {"readiness": Readiness, "problem": Problem, "theory": Theory}
GAP = {"es": "[falta:", "en": "[missing:"}


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", MODELS)
def test_the_paragraph_of_a_worked_case_has_no_gap_and_reads_as_sentences(step, theme, lang):
    messages.set_language(lang)
    words = repr(paragraph(MODELS[step].of(example(step, theme=theme))))
    assert GAP[lang] not in words and " -" not in words
    assert not re.search(r"\.\.|\.;|\.,| \.", words)


def test_the_paragraph_of_a_problem_says_how_much_by_whom_and_why(lang):
    messages.set_language(lang)
    problem = Problem.of(example("problem", theme="resilience"))
    words = repr(paragraph(problem))
    for part in (problem.statement, f"6 {problem.measure.unit}", problem.measure.source, problem.whys[-1]):
        assert part.rstrip(".") in words


def test_the_paragraph_of_a_theory_names_each_dataset_once_with_the_office_that_holds_it():
    words = repr(paragraph(Theory.of(example("theory", "es", "security"))))
    assert words.count("Luminarias del alumbrado público (Dirección de Servicios Públicos)") == 1
    assert "Rutas y paradas de autobús (Dirección de Movilidad y Tránsito)" in words


def test_a_readiness_without_officials_asks_for_both_of_them(lang):
    messages.set_language(lang)
    words = repr(paragraph(Readiness.of(government="Xalapa")))
    assert "Enlace Institucional" in words and "Administrador de Datos" in words


@pytest.mark.parametrize("step", MODELS)
def test_what_is_not_written_yet_is_named_as_a_gap(step, lang):
    messages.set_language(lang)
    assert GAP[lang] in repr(paragraph(MODELS[step]()))


def test_what_people_write_is_never_markup():
    shown = paragraph(Problem(statement="<script>alert(1)</script>"))
    assert "<script>" not in shown._repr_html_()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", ["problem", "theory"])
def test_the_page_is_a_pdf_beside_the_step_and_does_not_make_the_step_done(step, theme, portfolio):
    shown = page(MODELS[step].of(example(step, theme=theme)), portfolio)
    assert portfolio.read_bytes(f"{step}.pdf").startswith(b"%PDF-")
    assert f"{step}.pdf" in repr(shown)
    assert portfolio.steps_done() == []
    assert len(portfolio.check()) == 0


def test_a_blank_step_gives_no_page(portfolio, lang):
    messages.set_language(lang)
    shown = page(Problem(), portfolio)
    assert not portfolio.exists("problem.pdf")
    assert repr(shown) == messages.text("takeaway.blank")


def test_a_model_without_words_for_it_is_refused():
    with pytest.raises(TypeError):
        paragraph(object())
