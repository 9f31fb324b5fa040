"""The plan as grids: scores, choices, fields and datasets make the very model that code makes, saved and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.findings import KitError
from kit.forms import form
from kit.forms.plan_form import PlanForm
from kit.forms.plan_grid import board_columns, item_columns
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES
from kit.steps.inventory import Inventory
from kit.steps.inventory import example as city
from kit.steps.plan import CRITERIA, HEADERS, Plan, example
from kit.steps.readiness import Readiness

PARCELS, BLOCKS = "Predios del catastro", "Manzanas catastrales"


@pytest.fixture
def portfolio(tmp_path: Path) -> Portfolio:
    made = Portfolio.create(tmp_path / "portfolio")
    Inventory.read(city())[0].save(made)
    return made


@pytest.fixture
def plan(portfolio: Portfolio) -> PlanForm:
    return form("plan", portfolio)


def test_the_worked_case_is_the_plan_that_code_makes(plan: PlanForm, portfolio: Portfolio) -> None:
    plan.fill("cadastre")
    wanted = Plan.from_inventory(Inventory.load(portfolio), **example("cadastre"))
    assert plan.model.to_data() == wanted.to_data()
    assert Plan.load(portfolio).to_data() == wanted.to_data()
    assert plan.findings == plan.model.check() == Plan.load(portfolio).check()


@pytest.mark.parametrize("theme", THEMES)
def test_the_worked_case_of_each_theme_is_planned_from_the_citys_inventory(portfolio: Portfolio, theme: str) -> None:
    form("inventory", portfolio).fill(theme)
    made = form("plan", portfolio)
    assert not made.fill(theme).errors
    assert len(made.model.items) == example(theme)["choose"]
    assert set(made.model.scores) == set(example(theme)["scores"])


def test_without_an_inventory_the_worked_case_is_planned_from_the_citys(tmp_path: Path) -> None:
    made = form("plan", Portfolio.create(tmp_path / "without"))
    made.fill("mobility")
    assert {item.dataset for item in made.model.items} < set(example("mobility")["scores"])
    assert all(item.description for item in made.model.items)


def test_a_new_plan_has_the_officials_of_step_00_and_writes_nothing_yet(portfolio: Portfolio) -> None:
    Readiness.of(liaison={"name": "Ana Ruiz", "email": "ana@valle.gob.mx"}).save(portfolio)
    made = form("plan", portfolio)
    assert made.session.fields()["liaison.name"] == "Ana Ruiz"
    assert not portfolio.exists(Plan.csv)
    made.set("vision", "Abrir el catastro")
    assert Plan.load(portfolio).liaison.email == "ana@valle.gob.mx"


def test_scores_choices_and_effort_reach_the_model(plan: PlanForm, portfolio: Portfolio) -> None:
    wrong = plan.session.score(
        [(BLOCKS, "ieda", "sí"), (BLOCKS, "soon", "3,5"), (BLOCKS, "effort", "2"), (PARCELS, "chosen", True)]
    )
    assert not wrong
    saved = Plan.load(portfolio)
    assert saved.scores == {BLOCKS: {"ieda": 5, "soon": 3.5}}
    assert saved.effort == {BLOCKS: 2}
    assert [item.dataset for item in saved.items] == [PARCELS]
    assert saved.items[0].description
    row = plan.session.board[BLOCKS].cells
    assert (row["rank"], row["ieda"], row["soon"], row["chosen"]) == (1, 5, 3.5, False)


def test_a_score_that_is_no_number_is_told_and_not_kept(plan: PlanForm) -> None:
    plan.session.score([(BLOCKS, "ieda", "4")])
    plan.start()
    answers = plan.handle(
        {"kind": "cells", "grid": "board", "edits": [[BLOCKS, "ieda", "mucho"]], "view": "v", "seq": 1}
    )
    state = next(message for message, _ in answers if message["kind"] == "state")
    assert [BLOCKS, {"ieda": 4}] in state["grids"]["board"]["rows"]
    said = next(message for message, _ in answers if message["kind"] == "say")
    assert "mucho" in said["text"]


def test_a_weight_that_is_none_stays_on_the_form_beside_its_finding_and_out_of_the_file(
    plan: PlanForm, portfolio: Portfolio
) -> None:
    plan.session.score([(BLOCKS, "ieda", 5)])
    plan.set("weights.ieda", "doble")
    assert plan.session.weights()["ieda"] == "doble"
    assert [f["field"] for f in plan.session.shown_findings()["board"] if f["code"] == "plan.weights"] == [
        "weights.ieda"
    ]
    assert "ieda" not in Plan.load(portfolio).weights
    plan.set("weights.ieda", "2")
    assert Plan.load(portfolio).weights["ieda"] == 2


def test_unchoosing_takes_the_dataset_out_and_undo_brings_back_what_was_agreed(plan: PlanForm) -> None:
    plan.fill("cadastre")
    before = plan.model.items
    plan.session.score([(PARCELS, "chosen", False)])
    assert PARCELS not in [item.dataset for item in plan.model.items]
    plan.undo()
    assert plan.model.items == before


def test_the_best_are_chosen_and_what_was_agreed_stays(plan: PlanForm) -> None:
    plan.fill("cadastre")
    agreed = {item.dataset: item for item in plan.model.items}
    plan.session.choose_best(3)
    assert [item.dataset for item in plan.model.items] == plan.model.best(3)
    assert all(agreed.get(item.dataset, item) == item for item in plan.model.items)


def test_the_ranking_is_the_models_own(plan: PlanForm) -> None:
    plan.fill("cadastre")
    board, firm = plan.model.scoreboard(), plan.model.sensitivity()
    shown = plan.session.ranking()
    assert [r["dataset"] for r in shown] == list(board["dataset"])
    assert [r["share"] for r in shown] == list(firm.iloc[:, 2])
    assert [(r["best"], r["worst"]) for r in shown] == list(zip(firm.iloc[:, 3], firm.iloc[:, 4], strict=True))


def test_a_block_pasted_into_the_datasets_takes_frequencies_in_words(plan: PlanForm, portfolio: Portfolio) -> None:
    plan.session.paste(
        f"{PARCELS}\t\tMensual\t2027-01-31\r\n{BLOCKS}\t\tcada tres meses\t",
        [],
        ["dataset", "description", "frequency", "date"],
    )
    items = Plan.load(portfolio).items
    assert [(item.dataset, item.frequency) for item in items] == [(PARCELS, "R/P1M"), (BLOCKS, "R/P3M")]


def test_a_block_of_scores_stays_inside_the_datasets_that_there_are(plan: PlanForm) -> None:
    ids = plan.session.board.ids
    plan.session.paste_scores("5\t4\n3\t2\n1\t0", ids[-2:], list(CRITERIA))
    scores = plan.model.scores
    assert (scores[ids[-2]], scores[ids[-1]]) == ({CRITERIA[0]: 5, CRITERIA[1]: 4}, {CRITERIA[0]: 3, CRITERIA[1]: 2})
    assert len(scores) == 2


def test_findings_stand_where_they_belong(plan: PlanForm) -> None:
    plan.fill("cadastre")
    plan.session.write_cells([(plan.session.rows.ids[1], "date", "pronto")])
    plan.set("liaison.email", "nadie")
    shown = plan.session.shown_findings()
    date = next(f for f in shown["items"] if f["code"] == "plan.date-format")
    assert (date["key"], date["ids"]) == ("date", [plan.session.rows.ids[1]])
    assert "liaison.email" in [f["field"] for f in shown["fields"]]
    assert sum(len(some) for some in shown.values()) == len(plan.findings)


def test_ones_own_plan_comes_in_and_scores_stay(plan: PlanForm, tmp_path: Path) -> None:
    plan.fill("cadastre")
    scores, other = plan.model.scores, tmp_path / "plan.xlsx"
    Plan.of(vision="Otra", items=[{"dataset": BLOCKS, "date": "2027-05-01"}]).to_xlsx(other)
    plan.session.take_bytes("plan.xlsx", other.read_bytes())
    assert (plan.model.vision, [i.dataset for i in plan.model.items], plan.model.scores) == ("Otra", [BLOCKS], scores)
    plan.undo()
    assert plan.model.vision != "Otra"


def test_pictures_have_words_and_tables(plan: PlanForm) -> None:
    plan.fill("cadastre")
    for picture in plan.session.pictures():
        assert picture["picture"].startswith(b"\x89PNG")
        assert picture["alt"]
        assert all(len(line) == len(picture["table"][0]) for line in picture["table"])
        assert len(picture["table"]) > 1


def test_a_field_that_there_is_not_is_a_mistake_that_names_those_there_are(plan: PlanForm) -> None:
    with pytest.raises(KitError, match=r"liaison\.name"):
        plan.set("mayor", "Ana")


def test_columns_are_the_official_ones_and_the_seven_criteria() -> None:
    assert [column["title"] for column in item_columns()] == list(HEADERS[7:])
    assert [column["letter"] for column in item_columns()] == list("HIJK")
    assert {column["key"] for column in board_columns()} >= set(CRITERIA)


def test_everything_can_be_undone(plan: PlanForm) -> None:
    start = plan.value
    plan.set("vision", "Abrir")
    plan.session.score([(BLOCKS, "ieda", 5), (BLOCKS, "chosen", True)])
    plan.set("weights.soon", 2)
    plan.session.act("duplicate", plan.session.rows.ids)
    while plan.session.can_undo:
        plan.undo()
    assert plan.value == start


def test_a_first_day_that_is_none_stays_on_the_form_beside_its_finding(plan: PlanForm, portfolio: Portfolio) -> None:
    plan.set("start", "2026-13-01")
    assert [f["field"] for f in plan.session.shown_findings()["fields"] if f["code"] == "forms.not-a-date"] == ["start"]
    assert plan.judged()["values"]["start"] == "2026-13-01"
    plan.set("start", "2026-01-31")
    assert Plan.load(portfolio).start.isoformat() == "2026-01-31"


def test_what_nobody_scored_has_no_place_and_a_scored_plan_is_not_empty(tmp_path: Path) -> None:
    portfolio = Portfolio.create(tmp_path / "p")
    form("inventory", portfolio).fill("cadastre")
    plan = form("plan", portfolio)
    assert plan.is_empty and plan.session.ranking() == []
    plan.session.score([("Predios del catastro", "ieda", "4")])
    assert [line["dataset"] for line in plan.session.ranking()] == ["Predios del catastro"]
    assert not plan.is_empty
