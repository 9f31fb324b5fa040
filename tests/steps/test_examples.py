"""Each theme's worked case hangs together: problem, theory of change, inventory, plan and impact tell one story."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kit import messages
from kit.findings import KitError, Level
from kit.steps import plan as plans
from kit.steps.examples import THEMES, catalog_example, example, overview, theme_key, theme_name
from kit.steps.impact import Impact
from kit.steps.inventory import HEADERS, KEYS, Inventory
from kit.steps.plan import Plan
from kit.steps.problem import Problem, plain
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

TRUTH = Path(__file__).resolve().parents[2] / "kit" / "datagen" / "data" / "inventario.csv"
STEPS = ("problem", "theory", "impact")

themes = pytest.mark.parametrize("theme", THEMES)


@pytest.fixture(scope="module")
def offices() -> list[dict[str, str]]:
    """The rows of Valle Abierto's inventory as they should be, all offices and themes."""
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def city(offices, tmp_path_factory) -> Inventory:
    """The same as an inventory."""
    path = tmp_path_factory.mktemp("city") / "inventario.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        rows.writerows([row[key] for key in KEYS] for row in offices)
    return Inventory.read(path)[0]


@pytest.fixture
def case(theme, lang):
    """The three models of one theme in one language."""
    messages.set_language(lang)
    problem, theory, impact = (example(step, theme=theme) for step in STEPS)
    return Problem.of(problem), Theory.of(theory), Impact.of(impact)


def pressing(findings) -> list[str]:
    """The errors and warnings, as sentences."""
    return [finding.line() for finding in findings if finding.level is not Level.ADVICE]


def texts(value) -> list[str]:
    """Every text in plain data."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@themes
def test_no_step_of_the_case_has_anything_to_mend(case):
    problem, theory, impact = case
    found = problem.check() + theory.check() + theory.check_problem(problem)
    assert pressing(found + impact.check() + impact.check_against(theory)) == []


def test_the_readiness_of_the_city_has_nothing_to_mend_and_names_its_council(lang):
    readiness = Readiness.of(example("readiness", lang))
    assert pressing(readiness.check()) == []
    assert {member.seat for member in readiness.council} == {"control", "transparency", "generating", "communication"}


@themes
def test_the_theory_begins_with_the_problem_and_measures_it_from_the_same_baseline(case):
    problem, theory, _ = case
    assert theory.problem == problem.statement
    first = theory.indicators[0]
    assert (first.name, first.unit, first.baseline, first.source) == (
        problem.measure.name,
        problem.measure.unit,
        problem.measure.baseline,
        problem.measure.source,
    )
    assert first.baseline_date.isoformat().startswith(problem.measure.date)
    assert messages.number(problem.measure.baseline) in problem.statement


@themes
def test_the_data_of_the_actions_are_datasets_of_the_city_held_by_the_office_that_is_named(case, city, offices):
    _, theory, _ = case
    holders = {row["dataset"]: row["responsible"] for row in offices}
    needs = [need for action in theory.actions for need in action.data]
    assert needs and all(holders[need.name] == need.holder for need in needs)
    assert pressing(theory.check_data(city.names())) == []


@themes
def test_the_plan_opens_the_data_of_the_actions_and_has_nothing_to_mend(case, city, theme):
    _, theory, _ = case
    plan = Plan.from_inventory(city, **plans.example(theme))
    assert pressing(plan.check()) == []
    assert {need.name for action in theory.actions for need in action.data} <= {item.dataset for item in plan.items}


@themes
def test_every_dataset_of_the_plan_is_scored_and_has_an_effort_and_a_frequency(theme):
    given = plans.example(theme)
    assert set(given["scores"]) == set(given["effort"])
    assert set(given["frequencies"]) <= set(given["scores"])


@themes
def test_the_impact_follows_every_indicator_on_its_way_from_the_baseline(case):
    _, theory, impact = case
    for indicator, latest, share in impact.progress(theory):
        assert latest is not None and 0 < share <= 1, indicator.name
    assert all(value.source == _source(theory, value.indicator) for value in impact.follow_ups)


@themes
def test_the_story_tells_the_first_figure_and_the_last(case):
    problem, theory, impact = case
    _, latest, _ = impact.progress(theory)[0]
    for value in (problem.measure.baseline, latest.value):
        assert re.search(rf"\b{messages.number(value)}\b", impact.story.title)
    assert re.search(rf"\b{messages.number(problem.measure.baseline)}\b", impact.story.background)


@themes
def test_nothing_happens_before_it_can(case, offices):
    problem, theory, impact = case
    first = {need.name for need in theory.actions[0].data}
    published = min(row["date"] for row in offices if row["dataset"] in first and row["access"] == "Público")
    assert problem.measure.date < theory.date.isoformat() < published
    for happened in [reuse.date for reuse in impact.reuses] + [report.received for report in impact.reports]:
        assert published <= happened.isoformat() <= impact.date.isoformat()


@themes
def test_both_languages_tell_the_same_with_the_same_figures(theme):
    for step in STEPS:
        spanish, english = (example(step, lang, theme) for lang in ("es", "en"))
        assert _shape(spanish) == _shape(english)
        for one, other in zip(texts(spanish), texts(english), strict=True):
            assert _figures(one) == _figures(other), (one, other)


@themes
def test_what_is_official_stays_spanish_and_nothing_else_does(theme):
    spanish, english = (texts(example("theory", lang, theme)) for lang in ("es", "en"))
    needs = [need for action in example("theory", "en", theme)["actions"] for need in action["data"]]
    kept = {text for need in needs for text in need.values()} | {"lower", "higher", "%", *Theory.model_fields}
    same = {one for one, other in zip(spanish, english, strict=True) if one == other}
    assert same <= kept


@themes
def test_a_worked_case_names_no_victim_and_no_home(theme, lang):
    words = plain(" ".join(text for step in STEPS for text in texts(example(step, lang, theme))))
    assert not re.search(r"\b[a-z]{4}\d{6}|\b\d{10}\b|@|\b(calle|street) [a-z]+ \d+", words)


def test_an_unknown_step_has_no_example():
    for ask in (example, overview):
        with pytest.raises(KeyError):
            ask("cleaning")


@pytest.mark.parametrize("ask", [lambda theme: example("problem", "es", theme), plans.example, theme_key])
def test_an_unknown_theme_is_told_which_themes_there_are(ask, lang):
    messages.set_language(lang)
    with pytest.raises(KitError) as caught:
        ask("salud")
    assert "salud" in str(caught.value) and theme_name("security") in str(caught.value)


@pytest.mark.parametrize("word", ["Movilidad", " movilidad", "mobility", "MOBILITY"])
def test_a_theme_goes_by_its_spanish_name_too(word):
    assert theme_key(word) == "mobility"
    assert example("problem", "es", word) == example("problem", "es", "mobility")


def test_accents_and_two_words_name_a_theme():
    assert [theme_key(word) for word in ("Seguridad Pública", "public security", "Resiliencia")] == [
        "security",
        "security",
        "resilience",
    ]


@pytest.mark.parametrize("step", ["problem", "theory", "impact"])
def test_the_four_cases_stand_beside_each_other_in_the_language_in_force(step, lang):
    messages.set_language(lang)
    table = overview(step)
    assert list(table.index) == [theme_name(theme, lang) for theme in THEMES]
    assert not table.isna().any(axis=None) and (table != "").all(axis=None)


def test_the_overview_of_theories_shows_an_indicator_that_the_action_moves():
    table = overview("theory")
    for theme, words in zip(THEMES, table[messages.text("examples.heading.indicator")], strict=True):
        assert words.split(":")[0] in example("theory", theme=theme)["actions"][0]["leads_to"]


def test_what_somebody_changes_in_an_example_stays_with_them():
    example("problem", "es")["whys"].clear()
    catalog_example()["catalog"].clear()
    plans.example()["scores"].clear()
    assert example("problem", "es")["whys"] and catalog_example()["catalog"] and plans.example()["scores"]


def _source(theory: Theory, indicator: str) -> str:
    return next(one.source for one in theory.indicators if one.name == indicator)


def _shape(value):
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return str if isinstance(value, str) else value


def _figures(text: str) -> list[str]:
    """The figures in a text, in order of size: the two languages place them differently."""
    return sorted(re.findall(r"\d+(?:[.,]\d+)?", text))
