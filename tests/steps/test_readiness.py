"""Step 00: the eight dimensions, what they imply, the officials and the council."""

from __future__ import annotations

import copy
import datetime as dt

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import example
from kit.steps.readiness import (
    DIMENSIONS,
    LEVELS,
    SEATS,
    Answer,
    Member,
    Person,
    Readiness,
    questions,
    suggestion,
    title,
)


def _readiness(lang="es", **levels):
    """The worked case, with other levels: ``data="green"`` without evidence, ``data=("red", "evidence", "action")``."""
    data = example("readiness", lang)
    for name, value in levels.items():
        level, evidence, action = value if isinstance(value, tuple) else (value, "", "")
        answers = [a for a in data["answers"] if a["dimension"] != name]
        data["answers"] = [*answers, {"dimension": name, "level": level, "evidence": evidence, "action": action}]
    return Readiness.of(data)


def test_the_worked_case_has_nothing_to_mend(lang):
    assert _readiness(lang).check().lines() == []


def _set(path, value):
    data = copy.deepcopy(example("readiness", "es"))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = data
    for part in way:
        here = here[part]
    here[last] = value
    return Readiness.of(data)


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("government", "", "readiness.no-government", "government"),
        ("date", None, "readiness.no-date", "date"),
        ("liaison", None, "readiness.no-official", "liaison.name"),
        ("administrator", {"position": "Director"}, "readiness.no-official", "administrator.name"),
        ("liaison.name", "JULIAN KU", "readiness.one-person", "administrator.name"),
        ("liaison.email", "", "readiness.official-incomplete", "liaison.email"),
        ("liaison.position", "", "readiness.official-incomplete", "liaison.position"),
        ("liaison.email", "mariana@", "readiness.bad-email", "liaison.email"),
        ("administrator.email", "a@b.mx, c@d.mx", "readiness.bad-email", "administrator.email"),
        ("council.1.email", "no tiene", "readiness.bad-email", "council.1.email"),
        ("council", [], "readiness.no-council", "council"),
        ("council.0.name", "", "readiness.unnamed-member", "council.0.name"),
        ("council_session", None, "readiness.no-session", "council_session"),
        ("council_session", dt.date(2014, 1, 9), "readiness.old-session", "council_session"),
    ],
)
def test_each_rule_on_the_officials_finds_its_fault_beside_its_field(path, value, code, field, lang):
    (finding,) = _set(path, value).check()
    assert (finding.code, finding.place.field) == (code, field)
    assert finding.line(lang)


@pytest.mark.parametrize(
    ("value", "code", "last"),
    [
        ("grey", "readiness.unanswered", "level"),
        ("red", "readiness.no-evidence", "evidence"),
        ("green", "readiness.unproved-green", "evidence"),
        (("red", "No hay", ""), "readiness.no-action", "action"),
        (("yellow", "A medias", ""), "readiness.no-action", "action"),
    ],
)
@pytest.mark.parametrize("dimension", ["leadership", "technology"])
def test_each_rule_on_an_answer_finds_its_fault_beside_its_field(dimension, value, code, last):
    found = _readiness(**{dimension: value}).check().of(code)
    assert [f.place.field for f in found] == [f"answers.{DIMENSIONS.index(dimension)}.{last}"]
    assert found[0].place.item == title(dimension)


def test_a_dimension_answered_twice_or_not_named_is_kept_and_said():
    readiness = Readiness.of(
        answers=[
            {"dimension": "data", "level": "red"},
            {"dimension": "data", "level": "green", "evidence": "otra"},
            {"evidence": "¿de qué?"},
            {},
        ]
    )
    assert [a.dimension for a in readiness.answers] == [*DIMENSIONS, "data", ""]
    assert readiness.answers[DIMENSIONS.index("data")].level == "red"
    found = readiness.check().of("readiness.answer-twice")
    assert [f.place.field for f in found] == ["answers.8.dimension", "answers.9.dimension"]
    assert "¿de qué?" in readiness.answers_table()


@pytest.mark.parametrize(
    ("position", "seat"),
    [
        ("Contraloría municipal", "control"),
        ("Titular del Órgano Interno de Control", "control"),
        ("Unidad de Transparencia", "transparency"),
        ("Dirección de Comunicación Social", "communication"),
        ("Jefa de Catastro", "generating"),
        ("Head of the cadastre", "generating"),
        ("Municipal comptroller", "control"),
        ("Cronista", ""),
    ],
)
def test_a_seat_is_known_from_the_position_unless_it_is_said(position, seat):
    assert Member(position=position).taken == seat
    assert Member(position=position, seat="other").taken == "other"


@pytest.mark.parametrize("missing", SEATS)
def test_an_empty_seat_of_the_council_is_named(missing, lang):
    members = [{"name": seat, "seat": seat} for seat in SEATS if seat != missing]
    (finding,) = _set("council", members).check()
    assert finding.code == "readiness.empty-seat"
    assert finding.params["seats"] == [messages.text(f"readiness.seat.{missing}")]


def test_the_three_next_actions_are_those_of_the_weakest_dimensions():
    actions = _readiness().next_actions()
    assert [a.level for a in actions] == ["red", "red", "yellow"]
    assert not any(action.suggested for action in actions)


def test_a_weak_dimension_without_an_action_gets_a_suggestion_that_says_so(lang):
    readiness = _readiness(lang, funding=("red", "Sin partida", ""))
    by_name = {action.dimension: action for action in readiness.next_actions()}
    assert by_name["funding"].suggested and by_name["funding"].action == suggestion("funding", "red")
    assert messages.text("readiness.whose.kit") in readiness.actions_table()


def test_what_weighs_more_comes_first_among_equals():
    answers = [{"dimension": name, "level": "red", "evidence": "x", "action": name} for name in DIMENSIONS]
    answers[6]["importance"], answers[0]["importance"] = "top", "medium"
    names = [action.dimension for action in Readiness.of(answers=answers).next_actions()]
    assert names == ["funding", "policy", "institutions"]


def test_a_blank_assessment_suggests_whom_to_ask_and_a_perfect_one_nothing():
    assert [action.level for action in Readiness().next_actions()] == ["grey"] * 3
    perfect = Readiness.of(answers=[{"dimension": n, "level": "green", "evidence": "x"} for n in DIMENSIONS])
    assert perfect.next_actions() == []


def test_every_dimension_has_its_questions_and_suggestions(lang):
    assert len({q for name in DIMENSIONS for q in questions(name)}) == 3 * len(DIMENSIONS)
    suggested = {suggestion(name, level) for name in DIMENSIONS for level in LEVELS}
    assert len(suggested) == 3 * len(DIMENSIONS) + 1  # for green: none


def test_green_without_evidence_counts_as_yellow_and_the_picture_says_so(tmp_path, lang):
    readiness = _readiness(lang, leadership="green")
    proved = _readiness(lang)
    assert readiness.answers[0].counted == "yellow"
    assert messages.text("readiness.legend.unproved") in _legend(readiness.picture())
    assert _legend(proved.picture()) == []
    assert title("leadership") in readiness.describe().rpartition(":")[2]
    assert messages.text("readiness.unproved", mark="●●○") in readiness.answers_table()
    assert messages.text("readiness.unproved", mark="●●○") not in proved.answers_table()


def _legend(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_the_picture_of_readiness_has_the_same_in_words(tmp_path, lang):
    readiness = _readiness(lang)
    readiness.picture().savefig(tmp_path / "radar.png")
    assert (tmp_path / "radar.png").stat().st_size > 5000
    assert readiness.describe().count(";") == len(DIMENSIONS) - 1


def test_an_earlier_assessment_in_the_history_is_drawn_and_compared(tmp_path, lang):
    portfolio = Portfolio.create(tmp_path / "p")
    first = _readiness(lang)
    first.save(portfolio)
    later = first.model_copy(update={"date": dt.date(2016, 3, 2)}, deep=True)
    assert later.earlier(portfolio) is None
    later.answers[3].level, later.answers[3].evidence = "green", "Inventario publicado"
    later.answers[4].level = "red"
    later.save(portfolio)
    later.save(portfolio)
    earlier = later.earlier(portfolio)
    assert earlier == first
    assert len(_legend(later.picture(earlier))) == 2
    table = later.comparison(earlier)
    assert table.count("▲ +2") == 1 and table.count("▼ −1") == 1 and table.count("<td") == 3 * len(DIMENSIONS)
    assert first.date.isoformat() in later.describe(earlier)


def test_two_assessments_of_one_day_are_not_compared(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    readiness = _readiness()
    readiness.save(portfolio)
    readiness.government = "Otro"
    readiness.save(portfolio)
    assert readiness.earlier(portfolio) is None


def test_the_roles_are_shown_with_the_seats_that_are_empty(lang):
    table = Readiness.of(council=[{"name": "Ana", "seat": "control"}]).roles_table()
    assert "Ana" in table
    assert all(messages.text(f"readiness.seat.{seat}") in table for seat in SEATS)


def test_a_label_is_known_for_every_field_in_both_languages(lang):
    names = [*Readiness.model_fields, *(f"answers.3.{n}" for n in Answer.model_fields)]
    names += [f"{who}.{n}" for who in ("liaison", "administrator", "council.2") for n in Person.model_fields]
    assert not [name for name in [*names, "council.0.seat"] if Readiness.label(name) == name]
