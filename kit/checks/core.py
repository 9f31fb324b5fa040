"""Questions that answer the learner: a question judges an answer, and one of four outcomes is shown.

The outcomes: not attempted, wrong (with findings: what was found, what was expected, where to look), an error in the
learner's own code, right. Hints come one at a time. What a question says is in the catalogue, so it answers in the
learner's language; what it knows is a small class in a module of its own lesson or exercise.

Examples:
    >>> from kit.checks import Choice
    >>> Choice("01-choice", right="B", choices="ABC").check("B").status.value
    'right'
"""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kit import messages
from kit.findings import Findings, KitError, error


class Status(StrEnum):
    """How an answer was judged."""

    NOT_ATTEMPTED = "not-attempted"
    WRONG = "wrong"
    ERROR = "error"
    RIGHT = "right"

    @property
    def mark(self) -> str:
        """A sign that does not depend on colour."""
        return {"not-attempted": "○", "wrong": "✖", "error": "⚠", "right": "✔"}[self.value]


@dataclass(frozen=True)
class Outcome:
    """What a question says of an answer; ``share`` is how much of it is right, from 0 to 1."""

    question: str
    status: Status
    findings: Findings = field(default_factory=Findings)
    share: float = 0.0
    detail: str = ""

    def score(self, points: float) -> float:
        """The part of ``points`` that the answer earns, for nbgrader's partial credit."""
        return round(self.share * points, 2)

    def sentence(self, lang: str | None = None) -> str:
        """The outcome in one sentence."""
        return messages.text(f"checks.status.{self.status.value}", lang=lang, detail=self.detail)

    def __repr__(self) -> str:
        return "\n".join([f"{self.status.mark} {self.sentence()}", *self.findings.lines()])

    def _repr_html_(self) -> str:
        shown = f'<p role="status"><strong>{self.status.mark}</strong> {html.escape(self.sentence())}</p>'
        return shown + (self.findings._repr_html_() if self.findings else "")


class Question:
    """One question. A subclass says in `judge` what is wrong with an answer, and in `attempted` what is no answer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._hints_given = 0

    def attempted(self, answer: Any) -> bool:
        """Whether there is an answer at all: not None, not `...`, not an empty text."""
        return answer is not None and answer is not ... and not (isinstance(answer, str) and not answer.strip())

    def judge(self, answer: Any) -> Findings | tuple[Findings, float]:
        """What is wrong with the answer (nothing means right), and if need be the share that is right."""
        raise NotImplementedError

    def check(self, answer: Any = None) -> Outcome:
        """Judge an answer; an error in it, or in the learner's function that it is, never escapes."""
        try:
            if not self.attempted(answer):
                return Outcome(self.name, Status.NOT_ATTEMPTED)
            judged = self.judge(answer)
        except KitError as problem:
            return Outcome(self.name, Status.WRONG, problem.findings)
        except Exception as problem:
            return Outcome(self.name, Status.ERROR, detail=_where(problem))
        findings, share = judged if isinstance(judged, tuple) else (judged, 0.0 if judged else 1.0)
        return Outcome(self.name, Status.WRONG if findings else Status.RIGHT, findings, 1.0 if not findings else share)

    def hint(self) -> str:
        """The next hint; after the last one, the last one again."""
        keys: list[str] = []
        while messages.has(f"checks.{self.name}.hint{len(keys) + 1}"):
            keys.append(f"checks.{self.name}.hint{len(keys) + 1}")
        if not keys:
            return messages.text("checks.no-hint")
        self._hints_given = min(self._hints_given + 1, len(keys))
        return messages.text(
            "checks.hint", n=self._hints_given, of=len(keys), hint=messages.text(keys[self._hints_given - 1])
        )


class Choice(Question):
    """A question with one right letter or name among several."""

    def __init__(self, name: str, *, right: str | Iterable[str], choices: Iterable[str]) -> None:
        super().__init__(name)
        self.right = {right} if isinstance(right, str) else set(right)
        self.choices = list(choices)

    def judge(self, answer: Any) -> Findings:
        """Not one of the choices, or not the right one."""
        given = str(answer).strip()
        if given not in self.choices:
            return Findings([error("checks.no-such-choice", given=given, choices=self.choices)])
        if given not in self.right:
            return Findings([error("checks.wrong-choice", given=given)])
        return Findings()


class Number(Question):
    """A question whose answer is a number, within a tolerance."""

    def __init__(self, name: str, right: float | Callable[[], float], *, tolerance: float = 0.0) -> None:
        super().__init__(name)
        self._right = right
        self.tolerance = tolerance

    def judge(self, answer: Any) -> Findings:
        """No number, or not the right one; says whether it is too large or too small, never the answer itself."""
        if isinstance(answer, bool) or not hasattr(answer, "__float__"):
            return Findings([error("checks.no-number", given=str(answer))])
        right = self._right() if callable(self._right) else self._right
        given = float(answer)
        if abs(given - right) <= self.tolerance:
            return Findings()
        if given > right:
            return Findings([error("checks.too-large", given=given)])
        return Findings([error("checks.too-small", given=given)])


def _where(problem: Exception) -> str:
    """The exception in one line, with the last line of the learner's code that it passed."""
    frames = [
        f
        for f in traceback.extract_tb(problem.__traceback__)
        if f.filename.startswith("<ipython") or "ipykernel" in f.filename
    ]
    line = f" ← {frames[-1].line}" if frames and frames[-1].line else ""
    return f"{type(problem).__name__}: {problem}{line}"
