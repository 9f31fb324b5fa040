"""The questions of lessons 00, 01, 02 and 09."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit import messages
from kit.checks.core import Choice, NotAttemptedError, Number, Question
from kit.findings import Findings, KitError, Place, error
from kit.steps.problem import Problem
from kit.steps.readiness import DIMENSIONS
from kit.steps.theory import Theory
from kit.words import unaccented


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


class Match(Question):
    """Several items, each with one of the same few words; ``right`` has per item the words that will do."""

    def __init__(self, name: str, right: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(name)
        self.right = right

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Items left blank are no answer yet; a word that none of the items has, or the wrong one, is told by item."""
        if not isinstance(answer, Mapping):
            raise KitError(error("checks.not-a-match", given=type(answer).__name__, items=list(self.right)))
        given = {item: _folded(answer.get(item, "")) for item in self.right}
        blank = [item for item, word in given.items() if not word]
        if blank:
            raise NotAttemptedError(messages.text("checks.match-blank", n=len(blank), items=blank))
        known = {_folded(word) for words in self.right.values() for word in words}
        strange = [str(answer[item]) for item, word in given.items() if word not in known]
        if strange:
            choices = sorted(
                {words[messages.LANGUAGES.index(messages.current_language())] for words in self.right.values()}
            )
            return Findings([error("checks.no-such-word", given=strange, choices=choices)]), 0.0
        wrong = [item for item, word in given.items() if word not in {_folded(w) for w in self.right[item]}]
        share = 1 - len(wrong) / len(self.right)
        if not wrong:
            return Findings(), share
        return Findings([error("checks.wrong-match", Place(item=", ".join(wrong)), n=len(wrong), items=wrong)]), share


def _folded(word: Any) -> str:
    return unaccented(str(word)).lower().strip(" .")


_LIAISON, _ADMINISTRATOR = ("Enlace", "Enlace"), ("Administrador", "Administrador")
_CAUSE, _EFFECT = ("causa", "cause"), ("efecto", "effect")

which_is_evidence = Choice("00-evidence", right="B", choices="ABC")
who_does_it = Match("00-roles", {"A": _LIAISON, "B": _ADMINISTRATOR, "C": _ADMINISTRATOR, "D": _LIAISON})
weakest = Choice("00-weakest", right=("data", "funding"), choices=DIMENSIONS)
which_is_a_problem = Choice("01-choice", right="B", choices="ABC")
cause_or_effect = Match("01-tree", {"A": _EFFECT, "B": _CAUSE, "C": _CAUSE, "D": _EFFECT})
which_baseline = Choice("01-baseline", right="C", choices="ABC")
own_statement = Statement("01-statement")
which_indicator = Choice("02-indicator", right="A", choices="ABC")
which_test = Choice("02-test", right="B", choices="ABC")
mended_chain = Chain("02-chain")
share_of_the_way = Number("09-share", 100 * (23 - 8) / (23 - 5), tolerance=0.5)
what_to_answer = Choice("09-reply", right="B", choices="ABC")
