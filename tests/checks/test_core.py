"""Questions: four outcomes, hints in steps, and nothing a learner writes breaks the notebook."""

from __future__ import annotations

import sys
import warnings

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from kit import messages
from kit.checks import Choice, NotAttemptedError, Number, Outcome, Question, Status
from kit.checks.planning import mended_chain, own_statement, share_of_the_way, weakest, which_is_a_problem
from kit.findings import Findings, error
from kit.steps.examples import example
from kit.steps.theory import Theory


class Function(Question):
    """The answer is a function that doubles."""

    def judge(self, answer):
        return Findings() if answer(2) == 4 else Findings([error("checks.too-small", given=answer(2))])


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, Status.NOT_ATTEMPTED),
        (..., Status.NOT_ATTEMPTED),
        ("  ", Status.NOT_ATTEMPTED),
        (lambda x: 1, Status.WRONG),
        (lambda x: x / 0, Status.ERROR),
        (lambda: 1, Status.ERROR),
        (lambda x: x * 2, Status.RIGHT),
    ],
)
def test_an_answer_has_one_of_four_outcomes_and_no_exception_escapes(answer, status, lang):
    messages.set_language(lang)
    outcome = Function("x").check(answer)
    assert outcome.status is status
    assert outcome.status.mark in repr(outcome) and outcome.status.mark in outcome._repr_html_()


def test_an_error_in_the_learners_code_is_named():
    outcome = Function("x").check(lambda x: {}["USO"])
    assert "KeyError" in repr(outcome) and "USO" in repr(outcome)


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        (weakest, "data", Status.RIGHT),
        (weakest, "leadership", Status.WRONG),
        (weakest, "datos", Status.WRONG),
        (which_is_a_problem, "B", Status.RIGHT),
        (which_is_a_problem, "A", Status.WRONG),
        (own_statement, "Las familias de La Ribera esperan 23 días por una constancia", Status.RIGHT),
        (own_statement, "Falta de un sistema de catastro", Status.WRONG),
        (own_statement, "", Status.NOT_ATTEMPTED),
        (share_of_the_way, 83.3, Status.RIGHT),
        (share_of_the_way, 65, Status.WRONG),
        (share_of_the_way, "83", Status.WRONG),
        (share_of_the_way, True, Status.WRONG),
    ],
)
def test_the_questions_of_the_planning_lessons(question, answer, status):
    assert question.check(answer).status is status


def test_a_chain_is_mended_when_the_theory_has_no_error():
    theory = Theory.of(example("theory", "es"))
    assert mended_chain.check(theory).status is Status.RIGHT
    theory.actions[-1].leads_to = ["No existe"]
    assert mended_chain.check(theory).status is Status.WRONG
    theory.actions[-1].leads_to = []
    assert mended_chain.check(theory).status is Status.NOT_ATTEMPTED


def test_nothing_a_learners_code_writes_to_stderr_reaches_the_cell(capsys):
    def noisy(x):
        warnings.warn("attention", stacklevel=1)
        sys.stderr.write("working\n")
        return x * 2

    assert Function("x").check(noisy).status is Status.RIGHT
    written = capsys.readouterr()
    assert (written.out, written.err) == ("working\n", "")


def test_leaving_the_notebook_is_an_error_and_stopping_it_is_not_kept_back():
    assert Function("x").check(lambda x: sys.exit()).status is Status.ERROR

    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Function("x").check(interrupted)


def test_a_judge_may_find_that_there_is_no_answer():
    class Empty(Question):
        def judge(self, answer):
            raise NotAttemptedError("nada")

    outcome = Empty("x").check([])
    assert (outcome.status, outcome.detail) == (Status.NOT_ATTEMPTED, "nada")


def test_hints_come_one_at_a_time_and_the_last_one_stays(lang):
    messages.set_language(lang)
    question = Choice("01-choice", right="B", choices="ABC")
    first, second, third = question.hint(), question.hint(), question.hint()
    assert first != second == third
    assert "2" in second


def test_a_wrong_number_says_which_way_to_go_and_never_the_answer():
    question = Number("x", right=42)
    assert question.check(50).findings.codes() == {"checks.too-large"}
    assert question.check(1).findings.codes() == {"checks.too-small"}
    assert "42" not in repr(question.check(50))


def test_a_share_of_the_points_is_earned_for_a_share_of_the_answer():
    class Half(Question):
        def judge(self, answer):
            return Findings([error("checks.too-small", given=1)]), 0.5

    assert Half("x").check(1).score(3) == 1.5
    assert Function("x").check(lambda x: 4).score(3) == 3
    assert Function("x").check(None).score(3) == 0


@pytest.mark.parametrize(("share", "text"), [(0.0, "0.0"), (1 / 3, "1.0"), (0.2, "0.6"), (1.0, "3.0")])
def test_a_score_is_a_bare_number_in_the_text_that_nbgrader_reads(share, text, lang):
    cell = new_code_cell("score", metadata={"nbgrader": {"points": 3, "grade": True, "solution": False}})
    score = Outcome("x", Status.WRONG, share=share).score(3)
    data = InteractiveShell.instance().display_formatter.format(score)[0]
    assert data["text/plain"] == text
    assert messages.text("checks.points", points=float(text), of=3.0) in data["text/html"]
    cell.outputs = [new_output("display_data", data={"text/plain": "…"}), new_output("execute_result", data=data)]
    assert determine_grade(cell) == (float(text), 3.0)


def test_a_hint_is_shown_as_a_sentence():
    hint = Choice("01-choice", right="B", choices="ABC").hint()
    assert repr(hint) == str(hint) and "'" not in repr(hint)[0]
    assert str(hint) in hint._repr_html_()
