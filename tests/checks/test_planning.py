"""The questions of the planning lessons take the right answer in both languages and say what is wrong with another."""

from __future__ import annotations

import pytest

from kit import messages
from kit.checks import planning
from kit.checks.core import Choice, Question, Status

QUESTIONS = {name: thing for name, thing in vars(planning).items() if isinstance(thing, Question)}
CHOICES = {name: thing for name, thing in QUESTIONS.items() if isinstance(thing, Choice)}
ROLES = {"A": "Enlace", "B": "Administrador", "C": "administrador", "D": "enlace"}
TREE = {
    "es": {"A": "efecto", "B": "causa", "C": "Causa", "D": "efecto."},
    "en": {"A": "effect", "B": "cause", "C": "Cause", "D": "effect."},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_two_hints_in_both_languages_that_come_one_by_one(name, lang):
    messages.set_language(lang)
    question = QUESTIONS[name]
    question._hints_given = 0
    first, second, third = (question.hint() for _ in range(3))
    assert first != second and second == third
    assert "1" in first and "2" in second


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_takes_only_what_is_right(name):
    question = CHOICES[name]
    verdicts = {choice: question.check(choice).status for choice in question.choices}
    assert {choice for choice, status in verdicts.items() if status is Status.RIGHT} == question.right
    assert set(verdicts.values()) == {Status.RIGHT, Status.WRONG}


def test_roles_and_the_tree_are_right_in_any_spelling(lang):
    messages.set_language(lang)
    assert planning.who_does_it.check(ROLES).status is Status.RIGHT
    assert planning.cause_or_effect.check(TREE[lang]).status is Status.RIGHT


def test_each_wrong_item_of_a_match_is_named_and_the_others_count(lang):
    messages.set_language(lang)
    outcome = planning.cause_or_effect.check({**TREE[lang], "B": TREE[lang]["A"]})
    assert outcome.status is Status.WRONG and outcome.share == 0.75
    (finding,) = outcome.findings
    assert finding.code == "checks.wrong-match" and finding.params["items"] == ["B"]


@pytest.mark.parametrize("blank", [None, {}, {"A": "", "B": "", "C": "", "D": ""}, {**ROLES, "C": " "}])
def test_a_match_with_blanks_is_not_attempted(blank):
    assert planning.who_does_it.check(blank).status is Status.NOT_ATTEMPTED


def test_a_blank_item_of_a_match_is_named():
    assert "C" in planning.who_does_it.check({**ROLES, "C": ""}).detail


def test_a_word_that_no_item_has_is_told_the_words_of_the_language(lang):
    messages.set_language(lang)
    (finding,) = planning.cause_or_effect.check({**TREE[lang], "A": "?"}).findings
    assert finding.code == "checks.no-such-word"
    assert finding.params["choices"] == {"es": ["causa", "efecto"], "en": ["cause", "effect"]}[lang]


@pytest.mark.parametrize("answer", ["causa", 3, ["causa"]])
def test_something_that_is_no_match_is_told_what_one_is(answer):
    assert planning.cause_or_effect.check(answer).findings.codes() == {"checks.not-a-match"}


def test_the_weakest_dimensions_are_those_of_the_worked_case():
    from kit.steps.examples import example
    from kit.steps.readiness import Readiness

    readiness = Readiness.of(example("readiness", "es"))
    assert planning.weakest.right == {answer.dimension for answer in readiness.answers if answer.level == "red"}


def test_the_share_of_the_way_is_that_of_the_worked_case():
    from kit.steps.examples import example
    from kit.steps.impact import Impact
    from kit.steps.theory import Theory

    theory, impact = Theory.of(example("theory", "es")), Impact.of(example("impact", "es"))
    _, _, share = impact.progress(theory)[0]
    assert planning.share_of_the_way.check(round(100 * share, 1)).status is Status.RIGHT
