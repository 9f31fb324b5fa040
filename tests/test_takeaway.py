"""What a participant takes back: a paragraph that says what was written and what is missing, and a page to print."""

from __future__ import annotations

import re

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.impact import Impact
from kit.steps.inventory import Inventory, city
from kit.steps.plan import Plan
from kit.steps.plan import example as plan_example
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory
from kit.takeaway import page, paragraph, saved

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


def test_what_was_written_is_told_by_name_and_folder(portfolio, lang):
    messages.set_language(lang)
    files = [portfolio.write_bytes(name, b"x", step="-") for name in ("dossier.html", "dossier.pdf")]
    words = repr(saved(files))
    assert "dossier.html" in words and "dossier.pdf" in words and words.count(str(portfolio.folder)) == 1


def test_a_blank_step_gives_no_page(portfolio, lang):
    messages.set_language(lang)
    shown = page(Problem(), portfolio)
    assert not portfolio.exists("problem.pdf")
    assert repr(shown) == messages.text("takeaway.blank")


def test_a_model_without_words_for_it_is_refused():
    with pytest.raises(TypeError):
        paragraph(object())


@pytest.mark.parametrize("theme", THEMES)
def test_the_plan_names_each_promise_with_its_date_and_who_signs(theme, lang):
    messages.set_language(lang)
    plan = Plan.from_inventory(city(), **plan_example(theme))
    words = repr(paragraph(plan))
    assert all(item.dataset in words and item.date in words for item in plan.items) and plan.items
    assert plan.liaison.name in words and plan.administrator.name in words and GAP[lang] not in words


def test_the_inventory_is_counted_and_its_errors_are_named(lang):
    messages.set_language(lang)
    words = repr(paragraph(city()))
    assert "80" in words and "122" in words
    wrong = city().with_cell(2, "access", "").with_cell(3, "resource", "")
    assert repr(paragraph(wrong)) != words and str(len(wrong.check().errors)) in repr(paragraph(wrong))


def test_an_inventory_promises_reasons_only_if_it_has_them(lang):
    messages.set_language(lang)
    reasons = messages.text("takeaway.inventory-reasons")
    assert reasons in repr(paragraph(city()))
    lacking = Inventory.from_rows([{"responsible": "Movilidad", "dataset": "Rutas", "access": "Privado"}])
    words = repr(paragraph(lacking))
    assert reasons not in words and messages.text("takeaway.offices", n=1) in words


@pytest.mark.parametrize("theme", THEMES)
def test_the_impact_says_what_changed_and_who_used_the_data(theme, lang):
    messages.set_language(lang)
    impact = Impact.of(example("impact", theme=theme))
    words = repr(paragraph(impact))
    assert impact.story.results.rstrip(".") in words and impact.reuses[0].who in words and GAP[lang] not in words


@pytest.mark.parametrize("blank", [Plan(), Inventory.from_rows([]), Impact()], ids=["plan", "inventory", "impact"])
def test_a_blank_plan_inventory_or_impact_is_all_gaps(blank, lang):
    messages.set_language(lang)
    assert GAP[lang] in repr(paragraph(blank))


def test_a_blank_inventory_has_no_errors_to_count(lang):
    messages.set_language(lang)
    words = repr(paragraph(Inventory.from_rows([])))
    assert messages.text("takeaway.inventory-errors", n=1) not in words
    assert "]. " in words and words.endswith(".")
