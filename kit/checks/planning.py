"""The questions of lessons 00, 01, 02 and 09."""

from __future__ import annotations

from typing import Any

from kit.checks.core import Choice, Number, Question
from kit.findings import Findings
from kit.steps.problem import Problem
from kit.steps.readiness import DIMENSIONS
from kit.steps.theory import Theory


class Statement(Question):
    """A problem statement of the learner's own."""

    def judge(self, answer: Any) -> Findings:
        """What step 01 says of the sentence: a solution in disguise, too broad."""
        return Problem.of(statement=str(answer)).check().of("problem.is-a-solution", "problem.too-broad")


class Chain(Question):
    """A theory of change without a broken chain."""

    def attempted(self, answer: Any) -> bool:
        """A theory as it was given, with its broken chain and nothing else changed, counts as not attempted."""
        return isinstance(answer, Theory) and bool(answer.actions) and answer.actions[-1].leads_to != []

    def judge(self, answer: Any) -> Findings:
        """The errors of step 02."""
        return answer.check().errors


weakest = Choice("00-weakest", right=("data", "funding"), choices=DIMENSIONS)
which_is_a_problem = Choice("01-choice", right="B", choices="ABC")
own_statement = Statement("01-statement")
mended_chain = Chain("02-chain")
share_of_the_way = Number("09-share", 100 * (23 - 8) / (23 - 5), tolerance=0.5)
