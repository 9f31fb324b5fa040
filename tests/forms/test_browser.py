"""Forms as people use them: in a real JupyterLab, with mouse and with keyboard alone, in both themes."""

from __future__ import annotations

import time

import pytest

from kit.forms import form
from kit.portfolio import Portfolio
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory
from tests.forms.conftest import run_cell, save_notebook, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 15.0


def until(fact, what: str = "") -> None:
    """Wait for a fact on disk or on the page."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if fact():
                return
        except Exception:
            pass
        time.sleep(0.1)
    raise AssertionError(what or "it never came true")


def field(page, path: str):
    return page.locator(f'.kf [data-path="{path}"]').first


def beside(page, code: str):
    return page.locator(f'.kf .kf-finding[data-code="{code}"]')


def saved(portfolio: Portfolio) -> Problem:
    return Problem.from_portfolio(portfolio)


def test_a_form_is_typed_into_saved_reloaded_and_undone(lab, page_offline):
    page = page_offline
    portfolio = lab.portfolio("typed")
    lab.open(page, lab.notebook("typed", "f = form('problem', p)\nf"))
    assert page.locator(".kf .kf-finding").count() == 0  # nobody is told off before having begun
    assert page.locator(".kf-rest").first.is_hidden()
    field(page, "measure.baseline").click()
    page.keyboard.type("veinte dd")  # letters of JupyterLab's own shortcuts among them
    beside(page, "forms.not-a-number").wait_for()
    assert field(page, "measure.baseline").get_attribute("aria-invalid") == "true"
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    field(page, "measure.baseline").fill("1,200")
    beside(page, "forms.not-a-number").wait_for(state="detached")
    until(lambda: saved(portfolio).measure.baseline == 1200)
    hostile = "<img src=x onerror=alert(1)> 😀 \u202eRTL " + "muy largo " * 1000
    field(page, "statement").fill(hostile)
    field(page, "affected.0").fill("Vecinas y vecinos")
    field(page, "affected.0").press("Enter")
    page.keyboard.type("Pequeños constructores")
    until(lambda: saved(portfolio).affected == ["Vecinas y vecinos", "Pequeños constructores"])
    assert saved(portfolio).statement == hostile.strip()
    assert page.locator(".kf img[src=x]").count() == 0
    page.locator(".kf-drawings img").wait_for()

    save_notebook(page)
    page.reload()
    field(page, "affected.1").wait_for()
    until(lambda: field(page, "affected.1").input_value() == "Pequeños constructores")
    assert field(page, "statement").input_value() == hostile
    assert field(page, "measure.baseline").input_value() == "1200"

    page.locator('.kf [data-name="undo"]').click()
    until(lambda: saved(portfolio).affected == ["Vecinas y vecinos"])
    until(lambda: page.locator('.kf [data-path^="affected."]').count() in (1, 2))
    page.locator('.kf [data-name="redo"]').click()
    until(lambda: saved(portfolio).affected == ["Vecinas y vecinos", "Pequeños constructores"])

    Problem(statement="Lo escribió otra persona", affected=["Ella"]).save(portfolio)
    page.locator(".jp-Notebook .jp-CodeCell").first.locator(".cm-content").click()
    field(page, "scope").click()
    page.locator(".kf-notes .kf-finding").wait_for()
    until(lambda: field(page, "statement").input_value() == "Lo escribió otra persona")
    assert page.errors == []
    assert page.blocked == []


def test_a_form_is_filled_in_with_the_keyboard_alone(lab, page_offline):
    page = page_offline
    portfolio = lab.portfolio("keys")
    lab.open(page, lab.notebook("keys", "f = form('problem', p)\nf"))
    page.locator('.kf [data-name="undo"]').focus()

    def tab_to(path: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.dataset.path") == path:
                return
        raise AssertionError(f"Tab never reaches {path}")

    tab_to("effects.0")
    for number, words in enumerate(("Uno", "Dos", "Tres"), 1):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => document.activeElement.dataset.path === 'effects.{number}'")
    until(lambda: [effect for effect in saved(portfolio).effects if effect] == ["Uno", "Dos", "Tres"])
    page.keyboard.press("Backspace")  # the blank line goes, and the focus is in the one before
    page.wait_for_function("() => document.activeElement.dataset.path === 'effects.2'")
    page.keyboard.press("Alt+ArrowUp")
    until(lambda: saved(portfolio).effects == ["Uno", "Tres", "Dos"])
    page.wait_for_function("() => document.activeElement.dataset.path === 'effects.1'")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.dataset.name === 'remove'")
    page.keyboard.press("Enter")
    until(lambda: len(saved(portfolio).effects) == 2)
    page.wait_for_function("() => (document.activeElement.dataset.path ?? '').startsWith('effects.')")
    tab_to("statement")
    page.keyboard.type("Los vecinos esperan")
    page.keyboard.press("Tab")
    until(lambda: saved(portfolio).statement == "Los vecinos esperan")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("() => document.activeElement.closest('.kf') !== null")
    page.locator('.kf [data-name="redo"]').focus()
    page.keyboard.press("Control+z")
    until(lambda: saved(portfolio).statement == "")
    page.keyboard.press("Control+y")
    until(lambda: saved(portfolio).statement == "Los vecinos esperan")
    assert page.errors == []


def test_every_form_is_accessible_in_both_themes_and_reaches_its_model(lab, page_offline):
    page = page_offline
    portfolio = lab.portfolio("all")
    steps = ("readiness", "theory", "impact", "problem")
    lab.open(page, lab.notebook("all", *(f"form('{step}', p)" for step in steps)))
    until(lambda: page.locator(".kf").count() == len(steps))
    for number in range(len(steps)):
        form = page.locator(".kf").nth(number)
        form.locator('[data-name="fill"]').click()
    until(lambda: {"00", "01", "02", "09"} <= set(Portfolio.open(portfolio.folder).steps_done()))
    page.locator(".kf input[type=radio][value=red]").first.check()
    until(lambda: Readiness.from_portfolio(portfolio).answers[0].level == "red")
    field(page, "government").fill("Municipio de\nValle Abierto")  # as pasted; a name has one line
    until(lambda: Readiness.from_portfolio(portfolio).government == "Municipio de Valle Abierto")
    theory = page.locator(".kf").nth(1)
    theory.locator('[data-card="actions.0"] details.kf-more > summary').click()
    box = theory.locator('[data-card="actions.0"] input[type=checkbox][value="Predial cobrado"]')
    box.check()
    until(lambda: "Predial cobrado" in Theory.from_portfolio(portfolio).actions[0].leads_to)
    under = theory.locator(".kf-at-indicators .kf-under")
    before = len(Theory.from_portfolio(portfolio).assumptions)
    under.locator(".kf-add").click()
    page.wait_for_function(f"() => (document.activeElement.dataset.path ?? '').startsWith('assumptions.{before}.')")
    page.keyboard.type("Hay tiempo para ello")
    until(lambda: Theory.from_portfolio(portfolio).assumptions[-1].statement == "Hay tiempo para ello")
    assert Theory.from_portfolio(portfolio).assumptions[-1].link == "indicators"
    page.evaluate("() => document.querySelectorAll('.kf details:not(.kf-menu)').forEach((one) => { one.open = true; })")
    assert serious(page, ".kf") == []
    dark(page)
    page.locator(".kf").nth(1).scroll_into_view_if_needed()
    assert serious(page, ".kf") == []
    assert page.errors == []


def dark(page) -> None:
    """JupyterLab's dark theme, by its own menu command."""
    page.locator(".jp-Notebook .jp-CodeCell").first.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input").fill("JupyterLab Dark")
    page.locator(".lm-CommandPalette-item").filter(has_text="Dark").first.click()
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(500)


def test_without_a_kernel_a_form_is_a_table(lab, page_offline):
    page = page_offline
    lab.open(page, lab.notebook("rest", "f = form('problem', p)\nf.fill()\nf"))
    field(page, "scope").fill("Cabecera de Valle Abierto")
    until(lambda: saved(lab.portfolio("rest")).scope == "Cabecera de Valle Abierto")
    field(page, "scope").blur()
    page.wait_for_timeout(600)
    save_notebook(page)
    text = (lab.folder / "rest.ipynb").read_text("utf-8").replace('"python3"', '"nowhere"')
    (lab.folder / "rest2.ipynb").write_text(text, "utf-8")
    lab.open(page, "rest2.ipynb", run=False, wait=False)
    page.locator(".kf-rest").wait_for(timeout=20_000)
    assert page.locator(".kf-rest").is_visible()
    assert page.locator(".kf-rest table").first.inner_text().count("Cabecera de Valle Abierto") == 1


def test_with_a_new_kernel_a_form_is_a_table_that_says_how_to_go_on(lab, page_offline):
    page = page_offline
    lab.open(page, lab.notebook("restarted", "f = form('problem', p)\nf.fill()\nf"))
    statement = field(page, "statement").input_value()
    save_notebook(page)
    lab.end_kernels(page)
    page.reload()
    page.locator(".kf-rest", has_text=statement).wait_for()
    page.locator(".kf-rest", has_text="corra esta celda").wait_for()
    until(lambda: "model not found" in (page.locator(".jupyter-widgets").first.text_content() or ""))
    assert not page.locator(".jupyter-widgets").first.is_visible()
    lab.until_connected(page, "restarted.ipynb")
    for number in range(2):
        page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
    until(lambda: field(page, "statement").input_value() == statement)
    assert page.locator(".kf-rest").first.is_hidden()


def test_a_damaged_file_is_shown_with_the_way_back(lab, page_offline):
    page = page_offline
    portfolio = lab.portfolio("damaged")
    Problem(statement="Primera").save(portfolio)
    Problem(statement="Segunda").save(portfolio)
    portfolio.path("problem.yaml").write_text("statement: [", "utf-8")
    lab.open(page, lab.notebook("damaged", "f = form('problem', p)\nf"))
    page.locator(".kf-damage .kf-finding").wait_for()
    assert not field(page, "statement").is_editable()
    page.locator('.kf-damage [data-name^="restore-"]').first.click()
    until(lambda: saved(portfolio).statement == "Primera")
    until(lambda: field(page, "statement").input_value() == "Primera")
    with page.expect_download() as started:
        page.locator('.kf [data-name="hand-over"] > summary').click()
        page.locator('.kf [data-name="download"]').click()
    assert "Primera" in started.value.path().read_text("utf-8")
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    run_cell(cell)  # run again: another form on the same portfolio
    until(lambda: field(page, "statement").input_value() == "Primera")


@pytest.mark.parametrize(("step", "format"), [("problem", "pdf"), ("inventory", "docx"), ("plan", "html")])
def test_each_form_hands_over_the_dossier_and_brings_an_earlier_version_back(lab, page_offline, step, format):
    page, name = page_offline, f"dossier-{step}"
    portfolio = lab.portfolio(name)
    file = form(step, portfolio).session.keeper.file
    form(step, portfolio).fill()
    first = portfolio.read_bytes(file)
    form(step, portfolio).remove("statement" if step == "problem" else f"{form(step, portfolio).session.rows_at}.0")
    second = portfolio.read_bytes(file)
    lab.open(page, lab.notebook(name, f"f = form('{step}', p)\nf"))
    box = page.locator(".kf")

    box.locator('[data-name="hand-over"] > summary').click()
    with page.expect_download(timeout=60_000) as started:
        box.locator(f'[data-name="dossier-{format}"]').click()
    sent = started.value.path().read_bytes()
    assert started.value.suggested_filename == f"dossier.{format}"
    assert sent == portfolio.read_bytes(f"dossier.{format}")
    assert sent.startswith({"pdf": b"%PDF-", "docx": b"PK\x03\x04", "html": b"<!doctype html>"}[format])
    box.locator('[data-name="hand-over"] [role=status]', has_text=f"dossier.{format}").wait_for()
    page.keyboard.press("Escape")

    box.locator('[data-name="versions"] > summary').click()
    box.locator('[data-name^="restore-"]').first.click()
    until(lambda: portfolio.read_bytes(file) == first)
    assert page.evaluate("() => document.activeElement.closest('[data-name=versions]') !== null")
    box.locator('[data-name="undo"]').click()
    until(lambda: portfolio.read_bytes(file) == second)
    assert box.locator(".kf-status.kf-bad").count() == 0
    assert page.errors == []
    assert page.blocked == []
