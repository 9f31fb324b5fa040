"""A portfolio that was filled in through forms only goes on to cleaning, map, review, publication and impact."""

from __future__ import annotations

import json

import pytest

from kit import demo
from kit.documents import dossier
from kit.findings import Findings
from kit.forms import form
from kit.portfolio import Portfolio
from kit.steps.examples import example
from kit.steps.impact import STORY, Impact
from kit.steps.inventory import Inventory
from kit.steps.plan import CRITERIA, Plan
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory


def typed(made, data, path=""):
    """Fill a form in field by field; what is a list is added entry by entry."""
    for name, value in data.items():
        at = f"{path}{name}"
        if isinstance(value, dict):
            typed(made, value, f"{at}.")
        elif isinstance(value, list):
            for entry in value:
                made.add(at, entry)
        else:
            made.set(at, value)


def type_inventory(portfolio: Portfolio, needs: list[str]) -> None:
    made = form("inventory", portfolio)
    for need in needs:
        made.add(
            "rows", {"responsible": "Jefatura de Catastro", "dataset": need, "resource": f"{need} por colonia, 2015"}
        )
        last = len(made.value["rows"]) - 1
        made.set(f"rows.{last}.description", "Un renglón por colonia, sin datos de personas.")
        made.set(f"rows.{last}.access", "Público")
        made.set(f"rows.{last}.reason", "No aplica")
        made.set(f"rows.{last}.platform", "Excel")
        made.set(f"rows.{last}.date", "2027-10")


def type_plan(portfolio: Portfolio) -> Findings:
    made = form("plan", portfolio)
    names = Inventory.load(portfolio).datasets()["dataset"].tolist()
    scores = [(name, criterion, "3") for name in names for criterion in CRITERIA]
    assert not made.session.score([*scores, *((name, "effort", "2") for name in names), (names[0], "chosen", True)])
    made.set("vision", "Que cualquier persona consulte el mapa de predios.")
    made.set("items.0.frequency", "Mensual")
    return made.findings


@pytest.mark.slow
def test_planning_typed_into_forms_ends_in_a_catalogue_a_story_and_a_dossier(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p", title="Tres Ríos", lang="es")
    for step in ("readiness", "problem"):
        typed(form(step, portfolio), example(step) | ({"government": "Tres Ríos"} if step == "readiness" else {}))
    theory = form("theory", portfolio)
    assert theory.model.problem == Problem.from_portfolio(portfolio).statement
    assert [one.name for one in theory.model.indicators] == [example("problem")["measure"]["name"]]
    theory.remove("indicators.0")
    typed(theory, {name: value for name, value in example("theory").items() if name != "problem"})
    needs = list(dict.fromkeys(need.name for action in theory.model.actions for need in action.data))
    type_inventory(portfolio, needs)
    assert not type_plan(portfolio).errors

    found = {model.step: model.from_portfolio(portfolio).check().errors for model in (Readiness, Problem, Theory)} | {
        "03": Inventory.load(portfolio).check().errors,
        "04": Plan.load(portfolio).check().errors,
    }
    assert found == dict.fromkeys(("00", "01", "02", "03", "04"), Findings())
    assert (
        not Theory.from_portfolio(portfolio)
        .check_inventory(Inventory.load(portfolio))
        .of("theory.data-not-in-inventory")
    )

    assert not demo.catch_up(portfolio, "09").errors  # steps 05 to 08 on what the forms left
    assert Problem.from_portfolio(portfolio).to_data() == Problem.of(example("problem")).to_data()
    assert portfolio.exists("catalog/index.html") and json.loads(portfolio.read_text("catalog/catalog.jsonld"))

    typed(form("impact", portfolio), example("impact"))
    assert Impact.from_portfolio(portfolio).check_in(portfolio).errors == Findings()
    assert example("impact")["story"]["title"] in portfolio.read_text(STORY)
    assert portfolio.steps_done() == ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09"]
    page = dossier(portfolio).html()
    assert all(words in page for words in ("Tres Ríos", example("problem")["statement"], needs[0]))
