"""The inventory as a grid: the model follows the rows, findings are its own, every change is saved and undone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.findings import KitError
from kit.forms import form
from kit.forms.inventory_form import InventoryForm
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES
from kit.steps.examples import example as case
from kit.steps.inventory import HEADERS, KEYS, Inventory, city, example
from kit.steps.theory import Theory
from kit.tables import read_table


@pytest.fixture
def portfolio(tmp_path: Path) -> Portfolio:
    return Portfolio.create(tmp_path / "portfolio")


@pytest.fixture
def draft(portfolio: Portfolio) -> InventoryForm:
    return form("inventory", portfolio, file=example(draft=True))


def saved(portfolio: Portfolio) -> Inventory:
    return Inventory.load(portfolio)


def test_a_file_of_ones_own_opens_and_is_saved_at_once(draft: InventoryForm, portfolio: Portfolio) -> None:
    read, _ = Inventory.read(example(draft=True))
    assert draft.model == read
    assert saved(portfolio) == read


@pytest.mark.parametrize("theme", THEMES)
def test_the_citys_example_has_the_data_of_every_theme(portfolio: Portfolio, theme: str) -> None:
    made = form("inventory", portfolio)
    assert not made.fill(theme)
    assert made.model == saved(portfolio) == city()
    assert not Theory.of(case("theory", theme=theme)).check_inventory(made.model)


def test_form_code_and_file_give_the_same_findings(draft: InventoryForm, portfolio: Portfolio) -> None:
    assert draft.findings == draft.model.check()
    assert draft.findings.codes() == saved(portfolio).check().codes()
    assert [f.place.rows for f in draft.findings] == [f.place.rows for f in saved(portfolio).check()]


def test_blank_rows_do_not_shift_the_numbers_of_findings(draft: InventoryForm) -> None:
    before = [(f.code, f.place.rows) for f in draft.findings]
    first = draft.session.rows.ids[0]
    draft.session.act("insert")
    draft.session.put_rows(draft.session.rows.inserted([{}, {}], first))
    assert [(f.code, f.place.rows) for f in draft.findings] == before
    shown = {f["code"]: f["ids"] for f in draft.session.shown_findings()}
    for finding in draft.findings:
        names = [draft.session.rows[row_id].cells["resource"] for row_id in shown[finding.code]]
        assert names == [draft.model.column("resource").iloc[row - 2] for row in finding.place.rows]


def test_each_finding_names_the_cells_that_the_screen_marks(draft: InventoryForm) -> None:
    blank = next(f for f in draft.session.shown_findings() if f["code"] == "inventory.blank")
    for row_id in blank["ids"]:
        assert draft.session.rows[row_id].cells[blank["key"]] == ""


def test_what_is_written_is_in_the_file_and_comes_back_on_reopening(draft: InventoryForm, portfolio: Portfolio) -> None:
    row = draft.session.rows.ids[3]
    draft.session.write_cells([(row, "description", "  =1+1 <b>no</b>\r\notra línea ")])
    assert saved(portfolio).column("description").iloc[3] == "=1+1 <b>no</b>\notra línea"
    again = form("inventory", portfolio)
    assert again.model == draft.model


def test_the_workbook_is_current_once_work_rests(draft: InventoryForm, portfolio: Portfolio) -> None:
    draft.session.write_cells([(draft.session.rows.ids[0], "platform", "PostGIS")])
    old = read_table(portfolio.path("inventory.xlsx"), types=False).table
    assert old["¿En qué plataforma, tecnología, programa o sistema se albergan?"].iloc[0] != "PostGIS"
    draft.session.settle()
    assert Inventory.read(portfolio.path("inventory.xlsx"))[0].table.equals(draft.model.table)


def test_every_path_of_a_form_works_without_a_browser(draft: InventoryForm) -> None:
    n = len(draft.session.rows)
    draft.add("rows", {"dataset": "Mercados", "resource": "Mercados públicos"})
    draft.set(f"rows.{n}.access", "Público")
    draft.move(f"rows.{n}", 0)
    assert draft.value["rows"][0] == dict.fromkeys(KEYS, "") | {
        "dataset": "Mercados", "resource": "Mercados públicos", "access": "Público",
    }  # fmt: skip
    draft.remove("rows.0")
    assert len(draft.session.rows) == n
    with pytest.raises(KitError, match="rows"):
        draft.set("rows.0.colour", "red")


def test_accepting_all_proposals_of_a_kind_is_one_step_of_undo(draft: InventoryForm) -> None:
    before = draft.model
    n = draft.session.accept("inventory.parent-blank")
    assert n == len(before.proposals().of("inventory.parent-blank"))
    assert draft.model == before.accept(before.proposals().of("inventory.parent-blank"))
    draft.undo()
    assert draft.model == before


def test_one_proposal_changes_one_cell(draft: InventoryForm) -> None:
    offer = draft.session.offers[0]
    before = draft.session.rows
    assert draft.session.accept(offer.code, offer.id, offer.key) == 1
    assert draft.session.rows.patch(before) == {"rows": [[offer.id, {offer.key: offer.proposed}]], "order": None}


def test_grouping_is_the_inventorys_own(draft: InventoryForm) -> None:
    draft.session.put_rows(draft.session.rows.inserted([{}], draft.session.rows.ids[1]))
    wanted = draft.model.grouped().table.reset_index(drop=True)
    draft.session.act("group")
    assert draft.model.table.equals(wanted)
    assert "inventory.not-contiguous" not in draft.findings.codes()


def test_suggestions_become_rows_once(portfolio: Portfolio) -> None:
    empty = form("inventory", portfolio)
    names = [s["name"] for s in empty.session.suggestions("cadastre")]
    assert empty.session.add_suggestions("cadastre", names[:2]) == 2
    assert [s["there"] for s in empty.session.suggestions("cadastre")][:3] == [True, True, False]
    assert empty.session.add_suggestions("cadastre", names[:2]) == 0
    assert list(empty.model.column("dataset")) == names[:2]


def test_a_new_row_belongs_to_the_dataset_above_it(draft: InventoryForm) -> None:
    above = draft.session.rows.at(4)
    draft.session.act("insert", [above.id], above.id)
    new = draft.session.rows.at(5).cells
    assert (new["responsible"], new["dataset"], new["resource"]) == (
        above.cells["responsible"], above.cells["dataset"], "",
    )  # fmt: skip


def test_pasting_a_block_with_its_header_pastes_the_data(draft: InventoryForm) -> None:
    session = draft.session
    text = "\t".join(HEADERS[:3]) + '\r\nObras\tCalles\t"Calles\nde 2014"\r\nObras\tCalles\tBaches\r\n'
    start = session.rows.ids[-1]
    pasted = session.paste(text, [start], list(KEYS), list(HEADERS))
    assert (pasted.cells, pasted.added, pasted.dropped) == (6, 1, 0)
    assert list(draft.model.column("resource"))[-2:] == ["Calles\nde 2014", "Baches"]
    draft.undo()
    assert draft.model == Inventory.read(example(draft=True))[0]


def test_one_cell_is_pasted_into_all_that_are_selected(draft: InventoryForm) -> None:
    session = draft.session
    session.paste("Público", session.rows.ids, list(KEYS[4:]), list(HEADERS[4:]), (3, 1))
    assert list(draft.model.column("access"))[:3] == ["Público"] * 3


def test_importing_is_undoable_and_what_is_no_inventory_changes_nothing(draft: InventoryForm, tmp_path: Path) -> None:
    before = draft.model
    workbook = tmp_path / "otro.xlsx"
    Inventory.read(example())[0].to_xlsx(workbook)
    draft.session.take_bytes("C:\\fakepath\\otro.xlsx", workbook.read_bytes())
    assert draft.model == Inventory.read(example())[0]
    draft.undo()
    assert draft.model == before
    found = draft.session.take_bytes("../../cosas.csv", b"a,b\n1,2\n")
    assert found.errors
    assert draft.model == before


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_download_is_the_official_template(draft: InventoryForm, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(draft.session.download(suffix))
    assert Inventory.read(path)[0].table.equals(draft.model.table)


def test_what_somebody_else_saved_is_taken_over_and_ones_own_comes_back_with_undo(
    draft: InventoryForm, portfolio: Portfolio
) -> None:
    mine = draft.model
    theirs = Inventory.read(example())[0]
    theirs.save(Portfolio.open(portfolio.folder))
    draft.session.write_cells([(draft.session.rows.ids[0], "platform", "perdido")])
    assert draft.model == theirs == saved(portfolio)
    draft.undo()
    assert draft.model == mine == saved(portfolio)


def test_a_damaged_file_is_told_and_not_written_over_until_somebody_says_so(portfolio: Portfolio) -> None:
    path = portfolio.write_bytes(Inventory.csv, b"\x00\x01nothing", step="03")
    made = form("inventory", portfolio)
    assert made.session.damaged
    made.session.act("insert")
    assert path.read_bytes() == b"\x00\x01nothing"
    answers = made.handle({"kind": "start_over"})
    assert answers[0][0]["kind"] == "state"
    assert not made.session.damaged
    made.set("rows.0.dataset", "Predios")
    assert list(saved(portfolio).column("dataset")) == ["Predios"]


def test_what_the_screen_is_told_is_what_it_must_change(draft: InventoryForm) -> None:
    shown = {row[0]: dict(row[1]) for row in draft.start()["grids"]["rows"]["rows"]}
    order = list(shown)
    for message in (
        {"kind": "cells", "grid": "rows", "edits": [[order[0], "access", " Privado "]], "view": "v", "seq": 1},
        {"kind": "act", "grid": "rows", "act": "insert", "ids": [order[1]], "after": order[1]},
        {"kind": "accept", "code": "inventory.parent-blank", "key": "dataset"},
        {"kind": "undo"},
        {"kind": "act", "grid": "rows", "act": "delete", "ids": order[:3]},
    ):
        state = next(answer for answer, _ in draft.handle(message) if answer["kind"] == "state")
        patch = state["grids"].get("rows", {"rows": [], "order": None})
        for row, cells in patch["rows"]:
            shown.setdefault(row, {}).update(cells)
        order = patch["order"] or order
        assert [shown[row] for row in order] == draft.session.rows.lines()
        assert len(state["findings"]["rows"]) == len(draft.findings)


def test_without_a_kernel_the_form_is_a_table(draft: InventoryForm, lang: str) -> None:
    draft.session.write_cells([(draft.session.rows.ids[0], "platform", "<script>alert(1)</script>")])
    page = draft.html()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Predios del catastro" in page


STEP = st.tuples(
    st.sampled_from(["write", "insert", "delete", "duplicate", "up", "down", "group", "paste", "accept"]),
    st.integers(0, 30),
    st.sampled_from(KEYS),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_undoing_everything_is_where_one_began_and_redoing_where_one_was(
    steps: list[tuple[str, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    portfolio = Portfolio.create(tmp_path_factory.mktemp("undo") / "p")
    made: InventoryForm = form("inventory", portfolio, file=example(draft=True))
    session = made.session
    session._done.clear()
    start = session.rows
    for name, n, key in steps:
        ids = session.rows.ids
        row = ids[n % len(ids)] if ids else ""
        if name == "write":
            session.write_cells([(row, key, f"texto {n}")])
        elif name == "paste":
            session.paste(f"a\tb\nc\t{n}", [row] if row else [], list(KEYS), [])
        elif name == "accept":
            session.accept()
        else:
            session.act(name, [row] if row else [], row)
    end = session.rows
    while session.can_undo:
        session.undo()
    assert session.rows == start
    assert made.model.table.equals(Inventory.read(example(draft=True))[0].table)
    while session.can_redo:
        session.redo()
    assert session.rows == end
    expected = pd.DataFrame(end.lines(), columns=list(KEYS)).set_axis(list(HEADERS), axis=1)
    assert made.model == Inventory(expected)


def test_a_suggestion_becomes_a_row_that_lacks_only_its_date(portfolio: Portfolio) -> None:
    made = form("inventory", portfolio)
    offered = made.session.suggestions("mobility")
    assert all(one["privacy"] for one in offered)
    assert made.session.add_suggestions("mobility", [offered[0]["name"]]) == 1
    assert made.findings.codes() == {"inventory.date-blank"}
    row = made.value["rows"][0]
    assert row["dataset"] == offered[0]["name"] and row["description"] and row["access"]
