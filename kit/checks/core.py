"""Questions that answer the learner: a question judges an answer, and one of four outcomes is shown.

The outcomes: not attempted, wrong (with findings: what was found, what was expected, where to look), an error in the
learner's own code, right. Hints come one at a time. What a question says is in the catalogue, so it answers in the
learner's language; what it knows is a small class in a module of its own lesson or exercise.

In a graded exercise the learner's code runs in the same process as the questions. What it does by mistake (an error,
a warning, an early exit) stays with it; what somebody does on purpose (replacing a question) cannot be kept out here.

Examples:
    >>> from kit.checks import Choice
    >>> Choice("01-choice", right="B", choices="ABC").check("B").status.value
    'right'
"""

from __future__ import annotations

import contextlib
import html
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from kit import messages
from kit.findings import Findings, KitError, Place, error


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


class NotAttemptedError(Exception):
    """Raised by a judge that finds no answer to judge; ``detail`` says what is missing, in the learner's language."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Score(float):
    """Points earned, as nbgrader wants them: alone in a cell's last line, shown as a bare number.

    nbgrader reads the number's text as partial credit. Anything else there, an `Outcome` too, would earn all points.
    """

    of: float

    def __new__(cls, value: float, of: float) -> Self:
        """``value`` points ``of`` those that can be had."""
        score = super().__new__(cls, round(value, 2))
        score.of = of
        return score

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(messages.text('checks.points', points=float(self), of=self.of))}</p>"


class Hint(str):
    """A hint, shown as a sentence and not as Python's text in quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self)}</p>"


@dataclass(frozen=True)
class Outcome:
    """What a question says of an answer; ``share`` is how much of it is right, from 0 to 1."""

    question: str
    status: Status
    findings: Findings = field(default_factory=Findings)
    share: float = 0.0
    detail: str = ""

    def score(self, points: float) -> Score:
        """The part of ``points`` that the answer earns, for nbgrader's partial credit."""
        return Score(self.share * points, points)

    def without_findings(self) -> Outcome:
        """The outcome alone, for tests on hidden material: what stood there and was expected stays hidden."""
        if self.status is Status.WRONG:
            return replace(self, findings=Findings(), detail=messages.text("checks.hidden-material"))
        return replace(self, detail=self.detail.split(":")[0]) if self.status is Status.ERROR else self

    def sentence(self, lang: str | None = None) -> str:
        """The outcome in one sentence."""
        return messages.text(f"checks.status.{self.status.value}", lang=lang, detail=self.detail).strip()

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
            with _quiet():
                judged = self.judge(answer)
        except NotAttemptedError as nothing:
            return Outcome(self.name, Status.NOT_ATTEMPTED, detail=nothing.detail)
        except KitError as problem:
            return Outcome(self.name, Status.WRONG, problem.findings)
        except (Exception, SystemExit) as problem:
            return Outcome(self.name, Status.ERROR, detail=_where(problem))
        findings, share = judged if isinstance(judged, tuple) else (judged, 0.0 if judged else 1.0)
        return Outcome(self.name, Status.WRONG if findings else Status.RIGHT, findings, 1.0 if not findings else share)

    def hint(self) -> Hint:
        """The next hint; after the last one, the last one again."""
        keys: list[str] = []
        while messages.has(f"checks.{self.name}.hint{len(keys) + 1}"):
            keys.append(f"checks.{self.name}.hint{len(keys) + 1}")
        if not keys:
            return Hint(messages.text("checks.no-hint"))
        self._hints_given = min(self._hints_given + 1, len(keys))
        hint = messages.text(keys[self._hints_given - 1])
        return Hint(messages.text("checks.hint", n=self._hints_given, of=len(keys), hint=hint))


class FunctionQuestion(Question):
    """A question whose answer is a function that the learner wrote, tried on material: a file, or tables.

    With `on` the same question is asked of other material, so that an answer made for one table only is found out.
    """

    def __init__(self, name: str, function: str) -> None:
        super().__init__(name)
        self.function = function
        self.material: Any = None

    def on(self, material: Any) -> Self:
        """The same question, asked of ``material``."""
        asked = copy(self)
        asked.material = material
        return asked

    def check_in(self, names: Mapping[str, Any]) -> Outcome:
        """Judge the function that ``names`` (a notebook's ``globals()``) holds under this question's function name."""
        if self.function not in names:
            detail = messages.text("checks.no-function", function=self.function)
            return Outcome(self.name, Status.NOT_ATTEMPTED, detail=detail)
        return self.check(names[self.function])

    def call(self, answer: Any, *arguments: Any) -> Any:
        """What the learner's function gives.

        Raises:
            NotAttemptedError: if it is still the stub: gives None (or only Nones) or raises a bare NotImplementedError.
            KitError: if it is no function.
        """
        if not callable(answer):
            raise KitError(error("checks.no-function-at-all", Place(item=self.function), given=type(answer).__name__))
        try:
            given = answer(*arguments)
        except NotImplementedError as problem:
            if str(problem):
                raise
            given = None
        if given is None or (isinstance(given, tuple) and all(part is None for part in given)):
            raise NotAttemptedError(messages.text("checks.gives-nothing", function=self.function))
        return given


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


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings, and nothing on stderr while an answer is judged: nbgrader gives 0 to a cell that writes there."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        yield


def _where(problem: BaseException) -> str:
    """The exception in one line, with the last line of the learner's code that it passed, and what it means."""
    frames = [
        f
        for f in traceback.extract_tb(problem.__traceback__)
        if f.filename.startswith("<ipython") or "ipykernel" in f.filename
    ]
    line = f" ← {frames[-1].line}" if frames and frames[-1].line else ""
    known = [key for kind in type(problem).__mro__ if messages.has(key := f"checks.exception.{kind.__name__}")]
    meaning = f" ({messages.text(known[0])})" if known else ""
    return f"{type(problem).__name__}: {problem}{line}{meaning}"
