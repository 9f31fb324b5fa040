"""A form's session: undo, saving, drafts, and what somebody else wrote meanwhile."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.findings import Findings, KitError
from kit.forms import STEPS, form
from kit.forms.keepers import StepKeeper, written_as
from kit.forms.paths import get, put
from kit.forms.session import Session
from kit.portfolio import STEPS as PORTFOLIO_STEPS
from kit.portfolio import Burst, Portfolio
from kit.steps.examples import example
from kit.steps.impact import Impact
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

MODELS = {"readiness": Readiness, "problem": Problem, "theory": Theory, "impact": Impact}


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


def opened(portfolio, model=Problem):
    return Session(StepKeeper(model), portfolio)


# -- saving and reopening ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", MODELS)
def test_what_was_filled_in_is_there_again(portfolio, step):
    session = opened(portfolio, MODELS[step])
    session.replace(MODELS[step].of(example(step)).to_data())
    again = opened(portfolio, MODELS[step])
    assert again.value == session.value
    assert again.model == session.model == MODELS[step].of(example(step))
    assert again.findings == session.findings


def test_opening_a_form_writes_nothing(portfolio):
    session = opened(portfolio)
    session.look()
    session.settle()
    assert not session.exists
    assert portfolio.steps_done() == []


def test_each_change_is_on_disk_at_once(portfolio):
    session = opened(portfolio)
    session.set("statement", "Los vecinos esperan")
    assert Problem.from_portfolio(portfolio).statement == "Los vecinos esperan"


def test_drawings_wait_until_typing_rests(portfolio):
    session = opened(portfolio)
    session.set("statement", "Los vecinos", typing=True)
    assert not portfolio.exists("problem.svg")
    session.settle()
    assert "Los vecinos" in portfolio.read_text("problem.svg")


def test_what_does_not_fit_is_kept_as_typed_and_never_reaches_the_file(portfolio):
    session = opened(portfolio)
    session.set("measure.unit", "días")
    session.set("measure.baseline", "unos veinte")
    assert session.misfits["measure.baseline"].code == "forms.not-a-number"
    assert Problem.from_portfolio(portfolio).measure.baseline is None
    again = opened(portfolio)
    assert again.get("measure.baseline") == "unos veinte"
    assert "forms.not-a-number" in again.findings.codes()
    again.set("measure.baseline", "23")
    assert Problem.from_portfolio(portfolio).measure.baseline == 23
    assert opened(portfolio).misfits == {}


@pytest.mark.parametrize("typed", ["2", "20", "0", "2015-1", "2015-02-30", "31/02/2015", "ayer", "20150101"])
def test_a_date_half_typed_is_a_finding_beside_its_field(portfolio, typed):
    session = opened(portfolio, Theory)
    session.set("date", typed)
    assert [f.place.field for f in session.findings if f.code == "forms.not-a-date"] == ["date"]
    assert session.model.date is None


def test_the_field_worked_at_last_is_remembered(portfolio):
    opened(portfolio).stay_at("measure.unit")
    assert opened(portfolio).place == "measure.unit"


def test_a_file_that_only_half_fits_opens_with_what_fits_and_loses_nothing(portfolio):
    portfolio.write_text(
        "problem.yaml", "statement: Hola\nmeasure: {baseline: muchos, unit: días}\nfoo: 1\n", step="01"
    )
    before = portfolio.read_text("problem.yaml")
    session = opened(portfolio)
    assert session.model.statement == "Hola"
    assert session.get("measure.baseline") == "muchos"
    assert {"forms.not-a-number", "models.unknown-field"} <= session.findings.codes()
    assert portfolio.read_text("problem.yaml") == before


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("number", "1,234.5", 1234.5),
        ("number", " 12 ", 12),
        ("number", "-3.0", -3),
        ("number", "1,2", "1,2"),
        ("number", "12 días", "12 días"),
        ("number", ".", "."),
        ("date", "31/12/2015", "2015-12-31"),
        ("date", " 2015-12-31 ", "2015-12-31"),
        ("text", " hola ", " hola "),
    ],
)
def test_numbers_and_dates_are_read_as_people_write_them(kind, typed, value):
    assert written_as(kind, typed) == value


# -- undo --------------------------------------------------------------------------------------------------------------

_TEXTS = st.text(max_size=12)
_EDITS = st.lists(
    st.one_of(
        st.tuples(
            st.just("set"), st.sampled_from(["statement", "scope", "measure.baseline", "whys.1", "effects.0"]), _TEXTS
        ),
        st.tuples(st.just("add"), st.sampled_from(["whys", "effects", "branches"]), st.none()),
        st.tuples(st.just("remove"), st.sampled_from(["whys.0", "effects.0", "branches.0", "measure"]), st.none()),
        st.tuples(st.just("move"), st.sampled_from(["whys.0", "whys.1"]), st.integers(0, 2)),
    ),
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS)
def test_undoing_everything_gives_the_start_and_redoing_gives_the_end(tmp_path_factory, edits):
    portfolio = Portfolio.create(tmp_path_factory.mktemp("h") / "p")
    session = opened(portfolio)
    session.replace(Problem.of(example("problem")).to_data())
    start = session.value
    for name, path, value in edits:
        getattr(session, name)(*([path] if name == "remove" else [path, value]))
    end = session.value
    steps = 0
    while session.value != start or steps == 0:
        if not session.can_undo or session.value == start:
            break
        session.undo()
        steps += 1
    assert session.value == start
    assert opened(portfolio).model == session.model
    for _ in range(steps):
        session.redo()
    assert session.value == end
    assert opened(portfolio).model == session.model


def test_characters_that_no_file_can_hold_are_left_out(portfolio):
    session = opened(portfolio)
    session.set("statement", "Lo\x1bs \ud800vecinos\r\n\tesperan 😀 \u202eRTL")
    assert session.get("statement") == "Los vecinos\n\tesperan 😀 \u202eRTL"
    session.add("whys", "a\x00b")
    assert opened(portfolio).model == session.model
    assert opened(portfolio).get("whys") == ["ab"]


def test_letters_of_one_field_are_one_step_of_undo(portfolio):
    session = opened(portfolio)
    for words in ("L", "Lo", "Los"):
        session.set("statement", words, typing=True)
    session.set("scope", "A", typing=True)
    session.undo()
    assert (session.get("statement"), session.get("scope")) == ("Los", None)
    session.undo()
    assert session.get("statement") is None
    assert not session.can_undo


def test_a_form_that_is_empty_again_does_not_count_as_done_and_loses_nothing(portfolio):
    session = opened(portfolio)
    session.replace(Problem.of(example("problem")).to_data())
    assert portfolio.steps_done() == ["01"]
    written = portfolio.read_bytes(Problem.file)
    session.undo()
    assert portfolio.steps_done() == []
    assert not session.exists and not portfolio.exists("problem.svg")
    assert Portfolio.open(portfolio.folder).findings == Findings()
    assert [version.stored.read_bytes() for version in session.versions()] == [written]

    session.redo()
    assert portfolio.read_bytes(Problem.file) == written
    assert portfolio.exists("problem.svg")
    session.replace({"statement": " ", "whys": [""], "branches": [{"whys": [None]}]})
    assert portfolio.steps_done() == []
    session.restore(session.versions()[0].when)
    assert portfolio.read_bytes(Problem.file) == written


def test_what_an_untouched_form_begins_with_is_not_yet_work(portfolio):
    Problem(statement="Los vecinos esperan").save(portfolio)
    theory = form("theory", portfolio)
    theory.set("change", "Todo cambia")
    assert portfolio.steps_done() == ["01", "02"]
    theory.remove("change")
    assert theory.model.problem == "Los vecinos esperan"
    assert portfolio.steps_done() == ["01"]
    theory.set("problem", "Los vecinos se van")
    assert portfolio.steps_done() == ["01", "02"]


@pytest.mark.parametrize("step", STEPS)
def test_every_form_can_be_undone_until_its_step_is_not_done(portfolio, step):
    made = form(step, portfolio)
    made.fill()
    made.session.settle()
    files = [name for name in portfolio_files(portfolio) if portfolio.exists(name)]
    assert made.session.keeper.step in portfolio.steps_done()
    made.undo()
    made.session.settle()
    assert portfolio.steps_done() == []
    assert [name for name in files if portfolio.exists(name)] == []
    assert all(portfolio.versions(name) for name in files)
    made.redo()
    made.session.settle()
    assert [name for name in files if not portfolio.exists(name)] == []


def portfolio_files(portfolio: Portfolio) -> list[str]:
    return [name for step in PORTFOLIO_STEPS for name in step.files]


def test_a_pause_between_letters_begins_another_step(portfolio):
    session = opened(portfolio)
    session.set("statement", "Los", typing=True)
    session.settle()
    session.set("statement", "Los vecinos", typing=True)
    session.undo()
    assert session.get("statement") == "Los"


def test_changes_from_code_are_a_step_each(portfolio):
    session = opened(portfolio)
    session.set("statement", "Uno")
    session.set("statement", "Dos")
    session.undo()
    assert session.get("statement") == "Uno"


def test_several_fields_can_be_one_step(portfolio):
    session = opened(portfolio)
    session.change([("statement", "Uno"), ("scope", "Dos")])
    session.undo()
    assert session.get("statement") is None and session.get("scope") is None


def test_a_field_that_there_is_not_is_said_and_nothing_is_written(portfolio):
    session = opened(portfolio)
    with pytest.raises(KitError) as stopped:
        session.set("meassure.unit", "x")
    assert stopped.value.findings.codes() == {"forms.no-such-field"}
    assert not session.exists


def test_an_earlier_state_is_never_changed():
    before = {"a": [{"b": 1}], "c": {"d": 2}}
    after = put(before, "a.0.b", 9)
    assert before == {"a": [{"b": 1}], "c": {"d": 2}}
    assert after["c"] is before["c"] and get(after, "a.0.b") == 9


# -- history -----------------------------------------------------------------------------------------------------------


def test_typing_does_not_flood_the_history(portfolio):
    portfolio.write_yaml("problem.yaml", {"statement": "antes"}, step="01")
    session = opened(portfolio)
    for number in range(20):
        session.set("statement", f"v{number}", typing=True)
    assert len(session.versions()) == 1
    assert "antes" in session.versions()[0].stored.read_text("utf-8")


def test_a_burst_keeps_a_version_every_few_minutes(portfolio, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    burst = Burst()
    with portfolio.in_burst(burst):
        for number in range(13):
            portfolio.write_text("plan.csv", str(number), step="04")
            now[0] += 60
    assert [v.stored.read_text() for v in portfolio.versions("plan.csv")] == ["9", "4"]


def test_two_notebooks_at_once_keep_what_the_other_wrote(portfolio):
    one, other = Burst(), Burst()
    for number, burst in enumerate([one, one, other, one, other]):
        with portfolio.in_burst(burst):
            portfolio.write_text("plan.csv", str(number), step="04")
    assert [v.stored.read_text() for v in portfolio.versions("plan.csv")] == ["3", "2", "1"]


def test_an_earlier_version_comes_back_and_can_be_undone(portfolio):
    opened(portfolio).set("statement", "Primera")
    session = opened(portfolio)
    session.set("statement", "Segunda")
    session.restore(session.versions()[0].when)
    assert Problem.from_portfolio(portfolio).statement == "Primera"
    session.undo()
    assert Problem.from_portfolio(portfolio).statement == "Segunda"


# -- somebody else -----------------------------------------------------------------------------------------------------


def test_what_somebody_else_wrote_is_taken_over_and_the_edit_comes_on_top(portfolio):
    session = opened(portfolio)
    session.set("statement", "Mío")
    Problem(statement="Mío", scope="De otro").save(portfolio)
    session.set("affected", ["Vecinas"])
    assert session.get("scope") == "De otro"
    saved = Problem.from_portfolio(portfolio)
    assert (saved.scope, saved.affected) == ("De otro", ["Vecinas"])
    assert session.notes.codes() == {"forms.changed-outside"}


def test_the_same_field_written_by_somebody_else_is_not_overwritten(portfolio):
    session = opened(portfolio)
    session.set("statement", "Mío")
    Problem(statement="De otro").save(portfolio)
    session.set("statement", "Mío otra vez")
    assert session.get("statement") == "De otro"
    assert Problem.from_portfolio(portfolio).statement == "De otro"
    assert "forms.changed-outside" in session.notes.codes()
    session.undo()
    assert session.get("statement") == "Mío"


def test_undo_does_not_run_over_what_somebody_else_wrote(portfolio):
    session = opened(portfolio)
    session.set("statement", "Mío")
    Problem(statement="De otro").save(portfolio)
    session.undo()
    assert Problem.from_portfolio(portfolio).statement == "De otro"


def test_a_damaged_file_is_left_alone_until_somebody_decides(portfolio):
    opened(portfolio).set("statement", "Bien")
    opened(portfolio).set("statement", "Mejor")
    path = portfolio.path("problem.yaml")
    path.write_text("statement: [sin cerrar", encoding="utf-8")
    session = opened(portfolio)
    assert session.damaged.codes() == {"portfolio.yaml"}
    session.set("statement", "Encima")
    session.settle()
    session.undo()
    assert path.read_text("utf-8") == "statement: [sin cerrar"
    session.restore(session.versions()[0].when)
    assert not session.damaged
    assert Problem.from_portfolio(portfolio).statement == "Bien"
    assert any(v.stored.read_text("utf-8") == "statement: [sin cerrar" for v in session.versions())


def test_one_may_begin_again_and_the_damaged_file_is_kept(portfolio):
    path = portfolio.path("problem.yaml")
    path.write_bytes(b"\xff\xfe\x00")
    session = opened(portfolio)
    assert session.damaged
    session.start_over()
    session.set("statement", "De nuevo")
    assert Problem.from_portfolio(portfolio).statement == "De nuevo"
    assert [v.stored.read_bytes() for v in session.versions()] == [b"\xff\xfe\x00"]


def test_a_list_instead_of_a_form_is_damaged_too(portfolio):
    portfolio.path("problem.yaml").write_text("- a\n- b\n", encoding="utf-8")
    assert opened(portfolio).damaged.codes() == {"models.not-a-form"}


def test_a_disk_that_refuses_is_said_and_the_text_stays(portfolio, monkeypatch):
    session = opened(portfolio)

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr("kit.portfolio.folder.replace", refuse)
        session.set("statement", "Sigue aquí")
        assert session.notes.codes() == {"portfolio.in-use"}
        assert session.get("statement") == "Sigue aquí"
    session.settle()
    assert Problem.from_portfolio(portfolio).statement == "Sigue aquí"
