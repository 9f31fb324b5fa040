"""Steps 00, 01, 02 and 09: the worked case holds, and each rule fails where it should."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import example
from kit.steps.problem import Problem
from kit.steps.readiness import DIMENSIONS, Readiness
from kit.steps.theory import DRAWING, Theory

MODELS = {"readiness": Readiness, "problem": Problem, "theory": Theory}


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


def _set(data, path, value):
    """``data`` with ``value`` at a dotted path; the value `...` takes the field out."""
    data = copy.deepcopy(data)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = data
    for part in way:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return data


@pytest.mark.parametrize("step", MODELS)
def test_the_worked_case_fits_its_model_and_has_nothing_to_mend(step, lang):
    assert MODELS[step].of(example(step, lang)).check().lines() == []


def test_the_two_languages_of_the_worked_case_have_the_same_shape():
    def shape(value):
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        if isinstance(value, list):
            return [shape(item) for item in value]
        return type(value) if isinstance(value, str) else value

    for step in MODELS:
        assert shape(example(step, "es")) == shape(example(step, "en"))


@pytest.mark.parametrize(
    ("step", "path", "value", "code"),
    [
        ("readiness", "answers.0.level", "grey", "readiness.unanswered"),
        ("readiness", "answers.0", ..., "readiness.unanswered"),
        ("readiness", "answers.0.evidence", "", "readiness.no-evidence"),
        ("readiness", "answers.3.action", "", "readiness.no-action"),
        ("readiness", "liaison", ..., "readiness.no-official"),
        ("readiness", "liaison.name", "Julián Ku", "readiness.one-person"),
        (
            "problem",
            "statement",
            "Falta de un sistema de catastro en línea para la ciudadanía",
            "problem.is-a-solution",
        ),
        (
            "problem",
            "statement",
            "Desarrollar una aplicación para consultar predios en el municipio",
            "problem.is-a-solution",
        ),
        ("problem", "statement", "Lack of a platform for the neighbours of the city", "problem.is-a-solution"),
        ("problem", "statement", "La seguridad pública", "problem.too-broad"),
        ("problem", "affected", [], "problem.nobody-affected"),
        ("problem", "scope", "", "problem.no-scope"),
        ("problem", "measure", ..., "problem.no-measure"),
        ("problem", "measure.baseline", ..., "problem.no-measure"),
        ("problem", "measure.source", "", "problem.measure-incomplete"),
        ("problem", "whys", ["uno", "dos"], "problem.few-whys"),
        ("problem", "whys", ["Uno", "dos", "uno"], "problem.repeated-why"),
        ("problem", "effects", [], "problem.no-effect"),
        ("problem", "evidence", [], "problem.no-evidence"),
        ("theory", "audience", [], "theory.empty-box"),
        ("theory", "actions.0.leads_to", [], "theory.broken-chain"),
        ("theory", "actions.0.leads_to", ["Otra cosa"], "theory.unknown-indicator"),
        ("theory", "actions.0.data", [], "theory.no-data"),
        ("theory", "actions.0.who", "", "theory.nobody"),
        ("theory", "actions", [], "theory.no-action"),
        ("theory", "indicators.0.baseline", ..., "theory.indicator-incomplete"),
        ("theory", "indicators.0.target", 23, "theory.no-change"),
        ("theory", "actions.2", ..., "theory.nothing-leads-here"),
        ("theory", "assumptions", [], "theory.no-assumption"),
        ("theory", "assumptions.0.test", "", "theory.untested-assumption"),
    ],
)
def test_each_rule_finds_its_fault_and_says_it_in_both_languages(step, path, value, code):
    found = MODELS[step].of(_set(example(step, "es"), path, value)).check()
    assert code in found.codes()
    assert all(finding.line(lang) for finding in found for lang in messages.LANGUAGES)


def test_no_baseline_means_zero_is_not_taken_for_missing():
    data = _set(_set(example("theory", "es"), "indicators.0.baseline", 0), "indicators.0.target", 5)
    assert "theory.indicator-incomplete" not in Theory.of(data).check().codes()


def test_the_three_next_actions_are_those_of_the_weakest_dimensions():
    actions = Readiness.of(example("readiness", "es")).next_actions()
    assert [a.dimension for a in actions] == ["data", "funding", "policy"]


def test_the_picture_of_readiness_has_the_same_in_words(tmp_path, lang):
    readiness = Readiness.of(example("readiness", lang))
    readiness.picture().savefig(tmp_path / "radar.png")
    assert (tmp_path / "radar.png").stat().st_size > 5000
    assert readiness.describe().count(";") == len(DIMENSIONS) - 1


def test_data_that_no_inventory_row_answers_is_named():
    theory = Theory.of(example("theory", "es"))
    found = theory.check_data(["PREDIOS DEL CATASTRO 2015", "Solicitudes de constancia catastral"])
    (finding,) = found
    assert finding.code == "theory.data-not-in-inventory"
    assert finding.params["data"] == ["Recaudación del impuesto predial"]


def test_the_canvas_is_an_svg_that_says_what_it_shows_and_escapes_what_people_write(lang):
    theory = Theory.of(_set(example("theory", lang), "audience", ["<script>alert(1)</script> & Cía."]))
    drawing = theory.drawing()
    tree = ET.fromstring(drawing)
    assert tree.find("{http://www.w3.org/2000/svg}desc").text == theory.describe()
    assert "<script>" not in drawing


def test_a_theory_begins_with_the_problem_of_step_01():
    problem = Problem.of(example("problem", "es"))
    assert Theory.from_problem(problem, change="x").problem == problem.statement


@pytest.mark.parametrize("step", ["readiness", "problem", "theory"])
def test_a_step_is_saved_with_its_findings_and_comes_back(step, portfolio):
    model = MODELS[step].of(example(step, "es"))
    assert model.save(portfolio) == model.check()
    assert MODELS[step].from_portfolio(portfolio) == model
    assert portfolio.steps_done() == [model.step]


def test_theory_leaves_its_drawing(portfolio):
    Theory.of(example("theory", "es")).save(portfolio)
    assert "<svg" in portfolio.read_text(DRAWING)
