"""The grids on a bare page: what needs a browser but no notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import messages
from kit.forms import form
from kit.portfolio import Portfolio
from kit.steps.inventory import HEADERS, Inventory, city, example
from tests.forms.conftest import serious
from tests.forms.grid_page import quiet, show

pytestmark = pytest.mark.browser


@pytest.fixture
def page(page_offline) -> Iterator[object]:
    yield page_offline
    assert page_offline.blocked == []
    assert [error for error in page_offline.errors if "ResizeObserver" not in error] == []


@pytest.fixture
def portfolio(tmp_path: Path) -> Portfolio:
    return Portfolio.create(tmp_path / "portfolio")


def cell(page, row_id: str, key: str):
    return page.locator(f".tabulator-row[data-id='{row_id}'] .tabulator-cell[tabulator-field='{key}']")


def said(page) -> str:
    page.wait_for_timeout(80)
    return page.locator(".kf-hidden[role=status]").inner_text()


def test_a_row_that_was_just_mended_stays_in_the_view_of_findings(page, portfolio: Portfolio, tmp_path: Path) -> None:
    made = form("inventory", portfolio, file=example(draft=True))
    show(page, made, tmp_path)
    page.locator(".ta-only input").check()
    page.wait_for_timeout(100)
    marked = {row for finding in made.session.shown_findings() for row in finding["ids"]}
    assert set(page.locator(".tabulator-row").evaluate_all("all => all.map((row) => row.dataset.id)")) <= marked
    blank = next(f for f in made.session.shown_findings() if f["code"] == "inventory.blank")
    target = cell(page, blank["ids"][0], blank["key"])
    target.click()
    page.keyboard.type("Lo que pide la gente")
    page.keyboard.press("Enter")
    quiet(page)
    assert target.inner_text() == "Lo que pide la gente"
    assert "Lo que pide la gente" in said(page)
    assert target.get_attribute("aria-invalid") is None


def test_what_is_wrong_is_in_the_cells_name_for_a_screen_reader(page, portfolio: Portfolio, tmp_path: Path) -> None:
    made = form("inventory", portfolio, file=example(draft=True))
    show(page, made, tmp_path)
    quiet(page)
    for finding in made.session.shown_findings():
        for row in finding["ids"][:1]:
            found = cell(page, row, finding["key"])
            if found.count():
                assert finding["found"] in found.get_attribute("aria-label")
                assert finding["mark"] in found.get_attribute("title")


def test_markup_and_formulas_in_cells_are_only_text(page, portfolio: Portfolio, tmp_path: Path) -> None:
    evil = "<img src=x onerror='window.bad=1'><script>window.bad=1</script>"
    Inventory.from_rows([{"dataset": evil, "resource": "=1+1", "responsible": evil, "access": evil}]).save(portfolio)
    made = form("inventory", portfolio)
    show(page, made, tmp_path)
    quiet(page)
    row = made.session.rows.ids[0]
    assert cell(page, row, "dataset").inner_text() == evil
    cell(page, row, "dataset").click()
    page.wait_for_timeout(100)
    assert evil in page.locator(".ta-strip").inner_text()
    assert cell(page, row, "resource").inner_text() == "=1+1"
    assert page.evaluate("window.bad") is None


@pytest.mark.parametrize("step", ["inventory", "plan"])
def test_at_900_pixels_only_the_grid_itself_scrolls_sideways(
    page, portfolio: Portfolio, tmp_path: Path, step: str
) -> None:
    Inventory.read(example(draft=True))[0].save(portfolio)
    made = form(step, portfolio)
    made.fill()
    page.set_viewport_size({"width": 740, "height": 900})
    show(page, made, tmp_path)
    quiet(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_empty_inventory_offers_the_citys_and_is_filled_in_english(
    page, portfolio: Portfolio, tmp_path: Path
) -> None:
    with messages.speaking("en"):
        made = form("inventory", portfolio)
    show(page, made, tmp_path)
    assert serious(page, ".ta-form") == []
    page.get_by_role("button", name="Begin with Valle Abierto's example").click()
    page.locator(".tabulator-row").first.wait_for()
    quiet(page)
    assert made.model == city()
    assert page.locator(".tabulator-col .ta-title").first.inner_text().endswith(HEADERS[0])
    assert page.locator(".ta-count").inner_text() == f"Rows: {len(made.model)}"


def test_scores_and_choices_with_the_keyboard(page, portfolio: Portfolio, tmp_path: Path) -> None:
    Inventory.read(example())[0].save(portfolio)
    made = form("plan", portfolio)
    show(page, made, tmp_path)
    name = made.session.board.ids[1]
    cell(page, name, "ieda").click()
    page.keyboard.type("mucho")
    page.keyboard.press("Enter")
    quiet(page)
    assert cell(page, name, "ieda").inner_text() == ""
    assert "mucho" in said(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    quiet(page)
    assert made.model.scores == {name: {"ieda": 4}}
    assert [item.dataset for item in made.model.items] == [name]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    quiet(page)
    assert (made.model.items, made.model.scores) == ([], {})
