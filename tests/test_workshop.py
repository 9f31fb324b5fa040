"""The first cell of every notebook: language, portfolio, and where one stands."""

from __future__ import annotations

from kit import messages
from kit.portfolio import Portfolio
from kit.workshop import begin


def test_it_opens_the_portfolio_that_the_variable_names(tmp_path, monkeypatch):
    monkeypatch.setenv("TALLER_PORTFOLIO", str(tmp_path / "mine"))
    portfolio = begin("00", "es").portfolio
    assert portfolio.folder == (tmp_path / "mine").resolve()
    assert begin("01", "es").portfolio.title == "Valle Abierto"


def test_it_speaks_the_language_of_the_notebook_from_then_on(tmp_path, lang):
    begin("00", lang, folder=tmp_path / "p")
    assert messages.current_language() == lang


def test_it_shows_the_steps_done_the_present_one_and_those_to_come(tmp_path):
    Portfolio.create(tmp_path / "p", title="Xalapa").write_text("problem.yaml", "a: 1", step="01")
    shown = begin("06a", "es", folder=tmp_path / "p")
    states = [row[1] for row in shown.rows()]
    assert states.count("✔ hecho") == 1 and states[6] == "▶ aquí" and states.count("○ pendiente") == 8
    assert "Xalapa" in shown._repr_html_() and "problem.yaml" in repr(shown)


def test_it_shows_what_is_damaged(tmp_path):
    Portfolio.create(tmp_path / "p").write_text("problem.yaml", "a: 1", step="01").unlink()
    shown = begin("02", "en", folder=tmp_path / "p")
    assert shown.findings.codes() == {"portfolio.file-missing"}
    assert "problem.yaml" in shown._repr_html_()


def test_a_forgotten_quote_is_explained_in_the_readers_language(tmp_path):
    from IPython.testing.globalipapp import start_ipython

    shell = start_ipython()
    begin("00", "es", folder=tmp_path / "p")
    shown = []
    shell._showtraceback, before = lambda kind, problem, lines: shown.extend(lines), shell._showtraceback
    try:
        result = shell.run_cell("weakest = dato")
    finally:
        shell._showtraceback = before
        shell.set_custom_exc((), None)
    assert isinstance(result.error_in_exec, NameError)
    assert shown and 'entre comillas: "dato"' in shown[-1]
