"""Forms from code: the same findings everywhere, labels and help for every field, and the form at rest."""

from __future__ import annotations

import re
import subprocess
import sys

import nbformat
import pytest

from kit import messages
from kit.findings import KitError
from kit.forms import STEPS, delivery, fields, form
from kit.forms.spec import MODELS, Spec
from kit.forms.step_form import Form
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.inventory import Inventory
from kit.steps.inventory import example as city_inventory
from kit.steps.problem import Problem
from kit.steps.theory import Theory

BOXES = tuple(MODELS)


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


# -- findings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", BOXES)
def test_form_and_code_find_the_same_in_an_empty_form(portfolio, step):
    made = form(step, portfolio)
    model = MODELS[step].of(made.value)
    assert made.findings == (model.check_in(portfolio) if hasattr(model, "check_in") else model.check())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", BOXES)
def test_form_code_and_file_find_the_same_in_a_worked_case_with_gaps(portfolio, step, theme):
    made = form(step, portfolio)
    made.fill(theme)
    first = next(iter(made.value))
    made.remove(first)
    loaded = MODELS[step].from_portfolio(portfolio)
    assert loaded == made.model
    assert made.findings == (loaded.check_in(portfolio) if hasattr(loaded, "check_in") else loaded.check())


@pytest.mark.parametrize("step", BOXES)
def test_every_finding_of_a_form_stands_beside_a_field_or_in_the_general_list(portfolio, step):
    state = form(step, portfolio).state()
    shown = sum(len(here) for here in state["beside"].values()) + len(state["general"])
    assert shown == len(form(step, portfolio).findings) > 0
    assert all(fields.find(MODELS[step], path) for path in state["beside"])


def test_findings_come_and_go_with_what_is_written(portfolio):
    made = form("problem", portfolio)
    assert "problem.nobody-affected" in made.findings.codes()
    made.add("affected", "Vecinas y vecinos")
    assert "problem.nobody-affected" not in made.findings.codes()
    made.undo()
    assert "problem.nobody-affected" in made.findings.codes()


def test_a_half_filled_form_has_a_model(portfolio):
    made = form("theory", portfolio)
    made.add("indicators")
    made.set("indicators.0.name", "Días")
    made.set("indicators.0.baseline", "mucho")
    assert made.model.indicators[0].name == "Días"
    assert made.model.indicators[0].baseline is None


def test_opening_and_mistakes_raise_nothing_but_findings(portfolio):
    with pytest.raises(KitError) as stopped:
        form("problema", portfolio)
    assert stopped.value.findings.codes() == {"forms.no-such-step"}
    with pytest.raises(KitError) as stopped:
        form("problem", portfolio, theme="salud")
    assert stopped.value.findings.codes() == {"examples.unknown-theme"}
    portfolio.path("problem.yaml").write_text("{", encoding="utf-8")
    assert form("problem", portfolio).findings.codes() == {"portfolio.yaml"}
    assert isinstance(form("theory", portfolio), Form)


# -- what a form consists of -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", BOXES)
def test_every_field_has_label_and_help_in_both_languages(step, lang):
    assert not [f.path for f in fields.every(fields.of(MODELS[step])) if not f.has_label(MODELS[step])]
    for shown in _every(Spec(step).data()):
        if shown["name"] != "answers":
            assert shown["help"], shown["path"]


@pytest.mark.parametrize("step", BOXES)
def test_every_choice_is_said_in_words(step):
    for shown in _every(Spec(step).data()):
        for choice in shown.get("choices", []):
            assert choice["label"] != choice["value"], shown["path"]


@pytest.mark.parametrize("step", BOXES)
def test_no_field_of_a_model_is_left_out(step):
    shown = {one["path"] for one in _every(Spec(step).data())}
    known = {field.path for field in fields.every(fields.of(MODELS[step]))}
    assert known - shown <= {"answers.dimension"}


def test_a_new_field_of_a_model_needs_no_layout(monkeypatch):
    class Wider(Problem):
        colour: str = ""

    monkeypatch.setitem(MODELS, "problem", Wider)
    assert "colour" in {one["path"] for one in _every(Spec("problem").data())}


def test_examples_are_those_of_the_theme():
    shown = {one["path"]: one for one in _every(Spec("problem", "mobility").data())}
    assert shown["statement"]["examples"] == [example("problem", theme="mobility")["statement"]]


def test_a_new_theory_begins_with_the_problem_and_is_not_saved_by_that(portfolio):
    Problem(statement="Los vecinos esperan 23 días").save(portfolio)
    made = form("theory", portfolio)
    assert made.model.problem == "Los vecinos esperan 23 días"
    assert not portfolio.exists(Theory.file)


def test_datasets_and_indicators_are_offered(portfolio):
    Inventory.read(city_inventory())[0].save(portfolio)
    made = form("theory", portfolio)
    made.fill("cadastre")
    options = made.state()["options"]
    assert options["datasets"] and options["holders"]
    assert {"value": "Predial cobrado", "label": "Predial cobrado"} in options["ends"]
    followed = form("impact", portfolio).state()["options"]["indicators"]
    assert [one["value"] for one in followed] == [i.name for i in made.model.indicators]


def test_a_dataset_of_the_inventory_brings_the_area_that_holds_it(portfolio):
    Inventory.read(city_inventory())[0].save(portfolio)
    made = form("theory", portfolio)
    name = made.state()["options"]["datasets"][0]["value"]
    made.set("actions.0.data.0.name", name)
    holder = made.model.actions[0].data[0].holder
    assert holder in [one["value"] for one in made.state()["options"]["holders"]]
    made.undo()
    assert made.model.actions == []
    made.set("actions.0.data.0.holder", "Otra área")
    made.set("actions.0.data.0.name", name)
    assert made.model.actions[0].data[0].holder == "Otra área"


# -- at rest -----------------------------------------------------------------------------------------------------------


def test_at_rest_a_form_is_a_table_with_its_content_and_findings(portfolio, lang):
    made = form("problem", portfolio)
    made.set("statement", "<script>alert(1)</script> & Los vecinos esperan 23 días")
    made.set("measure.baseline", "<b>mucho</b>")
    page = made.html(drawings=True)
    assert "<table>" in page and "&lt;script&gt;" in page
    assert not re.search(r"<script|<b>mucho", page)
    assert messages.text("problem.nobody-affected.found") in page
    assert "alt=" in page


def test_the_words_of_a_form_are_those_of_the_language_it_was_made_in(portfolio):
    with messages.speaking("en"):
        made = form("problem", portfolio)
    assert made.spec()["title"] == "The problem"
    assert "was expected" in str(made.state()["beside"])


def test_an_exported_notebook_shows_the_form_as_a_table(portfolio, tmp_path, lang):
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from kit.forms import form\nfrom kit.portfolio import Portfolio\n"
                f"f = form('problem', Portfolio.open({str(portfolio.folder)!r}))\n"
                "f.set('statement', 'Los vecinos esperan 23 días por una constancia')\nf"
            )
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(book, tmp_path / "a.ipynb")
    for extra in (["--execute"], ["--ClearMetadataPreprocessor.enabled=True"]):
        command = [sys.executable, "-m", "nbconvert", "--to", "html", *extra, "a.ipynb", "--output", "a.html"]
        if extra == ["--execute"]:
            command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "a.ipynb"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    page = (tmp_path / "a.html").read_text("utf-8")
    body = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "Los vecinos esperan 23 días por una constancia</td>" in body
    assert messages.text("problem.nobody-affected.found") in body
    assert messages.text("forms.rest.note") in body


def test_in_a_terminal_a_form_is_lines(portfolio):
    made = form("problem", portfolio)
    made.set("statement", "Los vecinos esperan")
    assert "Los vecinos esperan" in repr(made)
    assert "[problem.nobody-affected]" in repr(made)


# -- handing over ------------------------------------------------------------------------------------------------------


def test_the_step_s_file_is_handed_over_as_it_lies_in_the_portfolio(portfolio):
    made = form("problem", portfolio)
    with pytest.raises(KitError):
        delivery.file(made, "step", "yaml")
    made.fill()
    assert delivery.file(made, "step", "yaml").content == portfolio.read_bytes("problem.yaml")


@pytest.mark.parametrize("kind", delivery.formats())
def test_the_dossier_is_handed_over_and_kept(portfolio, kind):
    made = form("problem", portfolio)
    made.fill()
    file = delivery.file(made, "dossier", kind)
    assert file.content == portfolio.read_bytes(file.name)
    assert file.content.startswith({"pdf": b"%PDF", "docx": b"PK", "html": b"<!"}[kind])


def test_every_step_of_planning_has_a_form():
    assert STEPS == ("readiness", "problem", "theory", "inventory", "plan", "impact")


def _every(spec):
    def down(shown):
        for one in shown:
            yield one
            yield from down(one.get("fields", []))

    for section in spec["sections"]:
        yield from down(section["fields"])


def test_the_cell_that_imports_the_form_can_be_run_again(portfolio):
    import kit.forms

    for step in STEPS:
        kit.forms.form(step, portfolio)
    assert callable(kit.forms.form)


@pytest.mark.parametrize("theme", THEMES)
def test_a_new_theory_begins_with_the_problem_and_what_was_counted(tmp_path, theme):
    portfolio = Portfolio.create(tmp_path / "p")
    form("problem", portfolio).fill(theme)
    problem, begun = form("problem", portfolio).model, form("theory", portfolio).model
    first = begun.indicators[0]
    assert begun.problem == problem.statement and len(begun.indicators) == 1
    measure = problem.measure
    assert (first.name, first.unit, first.baseline) == (measure.name, measure.unit, measure.baseline)
    assert not portfolio.exists("theory.yaml")
