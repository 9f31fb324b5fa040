"""The grids in a real JupyterLab: written in, pasted into, sorted, filtered, undone, reloaded, by mouse and keys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from kit.portfolio import Portfolio
from kit.steps.inventory import HEADERS, KEYS, Inventory, example
from tests.forms.conftest import Lab, save_notebook, serious

pytestmark = pytest.mark.browser
WAIT = 15_000
DRAFT = "from kit.steps.inventory import example\nf = form('inventory', p, file=example(draft=True))\nf"


class Grid:
    """A grid on a page, spoken to as a person does."""

    def __init__(self, page, name: str = "rows") -> None:
        self.page = page
        self.pane = page.locator(f".ta-pane[data-pane='{name}']")

    def cell(self, text: str, key: str):
        """The cell of a column in the first row in sight in which some cell has the text."""
        row = self.pane.locator(".tabulator-row", has=self.page.get_by_text(text, exact=True)).first
        return row.locator(f".tabulator-cell[tabulator-field='{key}']")

    def at(self, row: int, key: str):
        """The cell of a row of the file, by its number."""
        numbered = self.pane.locator(f".tabulator-row:has(.tabulator-cell[aria-label='renglón {row}'])")
        return numbered.locator(f".tabulator-cell[tabulator-field='{key}']")

    def column(self, key: str) -> list[str]:
        """What a column shows, in the order on screen."""
        return self.pane.locator(f".tabulator-row .tabulator-cell[tabulator-field='{key}'] .ta-text").all_inner_texts()

    def write(self, cell, text: str) -> None:
        """Click a cell, write, Enter."""
        cell.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def paste(self, text: str) -> None:
        """What the browser does when a block copied in Excel is pasted."""
        self.page.evaluate(
            """(text) => {
                const data = new DataTransfer();
                data.setData('text/plain', text);
                document.activeElement.dispatchEvent(
                    new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
            }""",
            text,
        )


def eventually(question, seconds: float = 10.0) -> None:
    """Wait until the answer is yes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return
        time.sleep(0.1)
    assert question()


def column_of(portfolio: Portfolio, key: str) -> list[str]:
    return list(Inventory.load(portfolio).column(key))


@pytest.fixture
def page(page_offline) -> Iterator[object]:
    yield page_offline
    assert page_offline.blocked == []
    assert [error for error in page_offline.errors if "ResizeObserver" not in error] == []


def show(lab: Lab, page, name: str, *cells: str) -> Grid:
    lab.open(page, lab.notebook(name, *cells))
    page.locator(".ta-form .tabulator-row").first.wait_for(timeout=WAIT)
    return Grid(page)


def test_written_chosen_pasted_undone_and_reloaded(lab: Lab, page) -> None:
    grid = show(lab, page, "writes", DRAFT)
    portfolio = lab.portfolio("writes")
    before = Inventory.load(portfolio)

    grid.write(grid.at(7, "description"), "Trámites <b>de</b> constancia")
    eventually(lambda: column_of(portfolio, "description")[5] == "Trámites <b>de</b> constancia")
    grid.pane.locator("li[data-code='inventory.blank']").wait_for(state="detached", timeout=WAIT)

    access = grid.at(4, "access")
    access.dblclick()
    page.get_by_role("listbox").get_by_role("option", name="Restringido").click()
    eventually(lambda: column_of(portfolio, "access")[2] == "Restringido")

    grid.at(17, "resource").click()
    grid.paste('"Calles\nde 2014"\t=1+1\r\n"Con ""comillas"" y\ttabulador"\t<img src=x onerror=window.bad=1>\r\n')
    eventually(lambda: len(Inventory.load(portfolio)) == len(before) + 1)
    assert column_of(portfolio, "resource")[-2:] == ["Calles\nde 2014", 'Con "comillas" y\ttabulador']
    assert column_of(portfolio, "description")[-2:] == ["=1+1", "<img src=x onerror=window.bad=1>"]
    assert page.evaluate("window.bad") is None

    for _ in range(3):
        page.get_by_role("button", name="Deshacer").click()
    eventually(lambda: Inventory.load(portfolio) == before)
    page.get_by_role("button", name="Rehacer").click()
    eventually(lambda: column_of(portfolio, "description")[5] == "Trámites <b>de</b> constancia")
    eventually(lambda: Inventory.read(portfolio.path("inventory.xlsx"))[0] == Inventory.load(portfolio))

    again = show(lab, page, "writes", DRAFT)
    assert again.at(7, "description").inner_text() == "Trámites <b>de</b> constancia"


def test_a_sorted_and_filtered_view_changes_the_row_that_is_seen(lab: Lab, page) -> None:
    grid = show(lab, page, "sorts", DRAFT)
    portfolio = lab.portfolio("sorts")
    before = Inventory.load(portfolio)
    grid.pane.locator(".tabulator-col[tabulator-field='platform'] .tabulator-col-title").click()
    grid.pane.locator(".tabulator-col[tabulator-field='platform'] .tabulator-col-title").click()
    page.wait_for_timeout(300)
    shown = grid.column("platform")
    assert shown == sorted(shown, key=str.casefold, reverse=True)
    page.get_by_label("Filtrar por «Responsable»").fill("tesoreria")
    page.wait_for_timeout(400)
    assert set(grid.column("responsible")) == {"Tesorería municipal"}
    third = grid.pane.locator(".tabulator-row").nth(1)
    resource = third.locator("[tabulator-field='resource']").inner_text()
    grid.write(third.locator("[tabulator-field='platform']"), "PostgreSQL")
    position = list(before.column("resource")).index(resource)
    eventually(lambda: column_of(portfolio, "platform")[position] == "PostgreSQL")
    after = Inventory.load(portfolio)
    changed = (after.table != before.table).to_numpy().sum()
    assert changed == 1
    assert list(after.column("resource")) == list(before.column("resource"))


def test_everything_with_the_keyboard_alone(lab: Lab, page) -> None:
    show(lab, page, "keys", DRAFT)
    portfolio = lab.portfolio("keys")
    n = len(Inventory.load(portfolio))
    grid = Grid(page)
    page.get_by_label("Filtrar por «Responsable»").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.getAttribute('tabulator-field')") == "responsible"
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.type(" Municipal")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("Predios urbanos")
    page.keyboard.press("Tab")
    page.keyboard.type("Predios 2014")
    page.keyboard.press("Enter")
    eventually(lambda: column_of(portfolio, "dataset")[0] == "Predios urbanos")
    eventually(lambda: column_of(portfolio, "resource")[0] == "Predios 2014")
    assert column_of(portfolio, "responsible")[0] == "Jefatura de Catastro"

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type("x")
    page.keyboard.press("Control+a")
    page.keyboard.type("priv")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    eventually(lambda: column_of(portfolio, "access")[1] == "Privado")

    page.keyboard.press("Control+Home")
    page.wait_for_timeout(200)
    page.keyboard.press("Control+Enter")
    grid.pane.locator(".tabulator-cell[aria-label='renglón 3']").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("Fila nueva")
    page.keyboard.press("Enter")
    eventually(lambda: column_of(portfolio, "resource")[1] == "Fila nueva")
    assert len(Inventory.load(portfolio)) == n + 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+Delete")
    eventually(lambda: len(Inventory.load(portfolio)) == n)
    page.keyboard.press("Control+z")
    eventually(lambda: len(Inventory.load(portfolio)) == n + 1)
    page.keyboard.press("Control+y")
    eventually(lambda: len(Inventory.load(portfolio)) == n)
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.locator(".tabulator-col[aria-sort=ascending]").get_attribute("aria-label") == "Responsable"
    # the notebook has not taken any of these keys for its own
    assert page.locator(".jp-Notebook .jp-Cell").count() <= 3


def test_a_block_goes_out_to_excel_and_comes_back(lab: Lab, page) -> None:
    grid = show(lab, page, "copies", DRAFT)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid.at(2, "platform").click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    table = Inventory.load(lab.portfolio("copies")).table.iloc[:2, 6:]
    assert copied.replace("\r\n", "\n").split("\n") == ["\t".join(line) for line in table.itertuples(index=False)]
    as_html = page.evaluate(
        "navigator.clipboard.read().then((all) => all[0].getType('text/html')).then((blob) => blob.text())"
    )
    assert "2015-10" in as_html
    grid.at(8, "platform").click()
    page.keyboard.press("Control+v")
    eventually(lambda: column_of(lab.portfolio("copies"), "date")[6:8] == list(table.iloc[:, 1]))


def test_findings_lead_to_their_cells_and_proposals_are_taken(lab: Lab, page) -> None:
    grid = show(lab, page, "finds", DRAFT)
    portfolio = lab.portfolio("finds")
    finding = grid.pane.locator("li[data-code='inventory.blank'] button.ta-jump")
    finding.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    focused = page.evaluate(
        "[document.activeElement.getAttribute('tabulator-field'), document.activeElement.getAttribute('aria-invalid')]"
    )
    assert focused == ["description", "true"]
    for left in (2, 1):
        assert grid.pane.locator("[data-accept='inventory.parent-blank']").count() == left
        grid.pane.locator("[data-accept='inventory.parent-blank']").first.click()
        grid.pane.locator("[data-accept='inventory.parent-blank']").nth(left - 1).wait_for(state="detached")
    eventually(lambda: "inventory.parent-blank" not in Inventory.load(portfolio).check().codes())
    page.get_by_role("button", name="Deshacer").click()
    eventually(lambda: "inventory.parent-blank" in Inventory.load(portfolio).check().codes())
    page.locator(".ta-suggest summary").click()
    page.get_by_role("button", name="Agregar «").first.click()
    eventually(lambda: len(Inventory.load(portfolio)) == 17)


def test_a_saved_notebook_shows_the_rows_without_a_kernel(lab: Lab, page) -> None:
    grid = show(lab, page, "rests", DRAFT)
    grid.write(grid.at(7, "description"), "Trámites <del> mes")
    eventually(lambda: "Trámites" in column_of(lab.portfolio("rests"), "description")[5])
    page.wait_for_timeout(2500)
    save_notebook(page)
    book = nbformat.read(lab.folder / "rests.ipynb", as_version=4)
    pages = [
        out.data["text/html"] for c in book.cells for out in c.get("outputs", []) if "text/html" in out.get("data", {})
    ]
    assert any("<table" in one and "Trámites &lt;del&gt; mes" in one for one in pages)
    assert not page.locator(".kf-rest").is_visible()


def test_a_file_of_ones_own_comes_in_and_the_template_goes_out(lab: Lab, page, tmp_path: Path) -> None:
    show(lab, page, "files", DRAFT)
    portfolio = lab.portfolio("files")
    workbook = tmp_path / "mi inventario.xlsx"
    Inventory.read(example())[0].to_xlsx(workbook)
    page.locator(".ta-file input[type=file]").set_input_files(workbook)
    eventually(lambda: Inventory.load(portfolio) == Inventory.read(example())[0])
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar Excel").click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    assert Inventory.read(target)[0].table.equals(Inventory.load(portfolio).table)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious(lab: Lab, page, theme: str) -> None:
    name = f"axe-{theme.split()[-1].lower()}"
    cells = ["q = form('plan', p)\nq.fill()\nq"]
    grid = show(
        lab,
        page,
        name,
        "from kit.steps.inventory import example\nform('inventory', p, file=example(draft=True))",
        *cells,
    )
    if "Dark" in theme:
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        page.add_style_tag(
            content=":root { --jp-layout-color0: #111; --jp-layout-color1: #1b1b1b; --jp-content-font-color0: #fff; }"
        )
    grid.at(3, "dataset").click()
    page.locator(".ta-help summary").first.click()
    page.wait_for_timeout(300)
    assert serious(page, ".ta-form[data-form='inventory']") == []
    page.locator(".ta-form[data-form='plan']").scroll_into_view_if_needed()
    for tab in ("board", "items", "pictures"):
        page.locator(f"[data-tab='{tab}']").click()
        page.wait_for_timeout(1500 if tab == "pictures" else 400)
        assert serious(page, ".ta-form[data-form='plan']") == []


def test_a_thousand_rows_without_lag(lab: Lab, page, capsys: pytest.CaptureFixture[str]) -> None:
    portfolio = lab.portfolio("large")
    draft = Inventory.read(example(draft=True))[0].table
    rows = pd.concat([draft] * 63).head(1000).reset_index(drop=True)
    for name in (HEADERS[1], HEADERS[2]):
        rows[name] = [f"{value} {n // 16}" if value else value for n, value in enumerate(rows[name])]
    Inventory(rows).save(portfolio)
    grid = show(lab, page, "large", "f = form('inventory', p)\nf")
    figures = {}
    figures["first rows"] = float(page.locator(".ta-form").get_attribute("data-painted"))
    cell = grid.at(2, "platform")
    cell.click()
    started = time.perf_counter()
    page.keyboard.press("Control+End")
    grid.at(1001, "date").wait_for()
    figures["to the last row"] = 1000 * (time.perf_counter() - started)
    round_trips = []
    for n in range(5):
        page.keyboard.type(f"2016-0{n + 1}")
        round_trips.append(page.evaluate(ROUND_TRIP))
        page.keyboard.press("ArrowUp")
    figures["cell to findings and back"] = sorted(round_trips)[2]
    started = time.perf_counter()
    page.get_by_label("Filtrar por «Responsable»").fill("tesorer")
    page.wait_for_function("document.querySelector('.ta-count').textContent.includes(' de ')")
    figures["filter"] = 1000 * (time.perf_counter() - started)
    with capsys.disabled():
        print("\n1,000 rows, ms:", {name: round(value) for name, value in figures.items()})  # noqa: T201
    assert column_of(portfolio, "date")[-1] == "2016-01"
    assert figures["cell to findings and back"] < 3000
    assert figures["to the last row"] < 3000


ROUND_TRIP = """() => new Promise((done) => {
    const before = performance.now();
    const list = document.querySelector('.ta-findings');
    const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - before); });
    watch.observe(list, { childList: true });
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(enter);
})"""


def test_the_plan_is_scored_chosen_dated_and_saved(lab: Lab, page) -> None:
    from kit.steps.plan import Plan

    portfolio = lab.portfolio("plans")
    Inventory.read(example())[0].save(portfolio)
    lab.open(page, lab.notebook("plans", "f = form('plan', p)\nf"))
    page.locator(".ta-form .tabulator-row").first.wait_for(timeout=WAIT)
    board, items = Grid(page, "board"), Grid(page, "items")
    board.cell("Manzanas catastrales", "ieda").click()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    board.cell("Manzanas catastrales", "chosen").click()
    eventually(lambda: portfolio.exists("plan.csv") and len(Plan.load(portfolio).items) == 1)
    assert Plan.load(portfolio).scores["Manzanas catastrales"] == {"ieda": 5, "requests": 4}
    assert page.locator(".ta-ranking li").first.inner_text().startswith("1.\nManzanas catastrales")
    page.get_by_label("b) Demanda").first.fill("0")
    eventually(lambda: Plan.load(portfolio).weights.get("requests") == 0)

    page.locator("[data-tab='items']").click()
    frequency = items.at(2, "frequency")
    frequency.dblclick()
    page.get_by_role("option", name="Mensual").click()
    eventually(lambda: Plan.load(portfolio).items[0].frequency == "R/P1M")
    items.write(items.at(2, "date"), "2027-02-30")
    items.pane.locator("li[data-code='plan.date-format']").wait_for(timeout=WAIT)
    page.get_by_label("Enlace: nombre").fill("Ana Ruiz")
    eventually(lambda: (person := Plan.load(portfolio).liaison) is not None and person.name == "Ana Ruiz")
    page.locator("[data-tab='pictures']").click()
    page.locator(".ta-pictures img").nth(1).wait_for(timeout=WAIT)
    assert all(alt for alt in page.locator(".ta-pictures img").evaluate_all("all => all.map((one) => one.alt)"))
    page.get_by_role("button", name="Deshacer").click()
    eventually(lambda: (person := Plan.load(portfolio).liaison) is None or not person.name)


def test_columns_are_the_official_ones() -> None:
    from kit.forms.inventory_grid import columns

    assert [column["key"] for column in columns()] == list(KEYS)
    assert [column["title"] for column in columns()] == list(HEADERS)
