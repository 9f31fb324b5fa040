"""`Form`: a step's form for code and for the notebook. What it shows in a browser is `kit.forms.widget`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, advice
from kit.forms import fields, paths, static
from kit.forms.base import BaseForm
from kit.forms.keepers import StepKeeper
from kit.forms.options import Options
from kit.forms.pictures import Picture, pictures
from kit.forms.session import Session
from kit.forms.spec import MODELS, Spec
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.problem import Measure, Problem


class Form(BaseForm):
    """The form of a step whose result is one YAML file."""

    def __init__(self, step: str, session: Session, theme: str = THEMES[0]) -> None:
        super().__init__(session, theme)
        self.step = step
        self.events = Findings()  # what the last request of the page could not do
        self._options = Options(step, session)

    # -- content -------------------------------------------------------------------------------------------------------

    @property
    def value(self) -> dict[str, Any]:
        """The content as plain data, as the YAML has it."""
        return paths.without_blanks(self.session.value)

    # -- changes -------------------------------------------------------------------------------------------------------

    def write(self, path: str, value: Any, *, typing: bool = False) -> Findings:
        """Fill a field in, and with it what follows from it."""
        return self.session.change([(path, value), *self._options.also(path, value)], typing=typing)

    def add(self, path: str, item: Any = None) -> Findings:
        """Add an entry to a list: ``form.add("whys", "Nobody may see the register.")``.

        Raises:
            KitError: ``forms.no-such-field``.
        """
        return self.session.add(path, item)

    def _put_example(self, theme: str) -> None:
        case = example(self.step, self.lang, theme)
        self.session.replace(MODELS[self.step].of(case).to_data())

    # -- showing -------------------------------------------------------------------------------------------------------

    def spec(self) -> dict[str, Any]:
        """What the form consists of, in the language in force when it was made."""
        with messages.speaking(self.lang):
            return Spec(self.step, self.theme).data()

    def state(self) -> dict[str, Any]:
        """What it holds now: content, findings by field, what can be done."""
        session = self.session
        with messages.speaking(self.lang):
            beside, general = self._placed()
            return {
                "value": session.value,
                "beside": beside,
                "general": general,
                "notes": [_said(finding) for finding in session.notes + self.events],
                "damaged": [_said(finding) for finding in session.damaged],
                "tally": session.findings.tally() if session.findings else messages.text("findings.none"),
                "can_undo": session.can_undo,
                "can_redo": session.can_redo,
                "untouched": not session.exists,
                "options": self._options.data(),
                "versions": [{"when": v.when, "label": static.moment(v.when)} for v in session.versions()[:30]],
                "place": session.place,
                "place_label": self._label(session.place),
                "file": session.keeper.file,
            }

    def _placed(self) -> tuple[dict[str, list[dict[str, str]]], list[dict[str, str]]]:
        """The findings that stand beside a field, by its path, and the others."""
        beside: dict[str, list[dict[str, str]]] = {}
        general: list[dict[str, str]] = []
        model = MODELS[self.step]
        for finding in self.session.findings.in_order():
            path = finding.place.field
            if path and fields.find(model, path) and finding.place.file in (None, model.file):
                beside.setdefault(path, []).append(_said(finding))
            else:
                general.append(_said(finding))
        return beside, general

    def _label(self, path: str) -> str:
        field = fields.find(MODELS[self.step], path) if path else None
        return MODELS[self.step].place(path).render() if field and field.has_label(MODELS[self.step]) else ""

    def pictures(self) -> list[Picture]:
        """The step's drawings as it is filled in now."""
        with messages.speaking(self.lang):
            return pictures(self.step, self.model, self.portfolio)

    def html(self, *, drawings: bool = False) -> str:
        """The form as a table with its findings, for whoever has no kernel."""
        with messages.speaking(self.lang):
            return static.page(self, self.pictures() if drawings else [])

    def __repr__(self) -> str:
        with messages.speaking(self.lang):
            return static.lines(self)

    def _ipython_display_(self) -> None:
        from kit.forms.showing import show

        show(self)


def make(step: str, portfolio: Portfolio, *, theme: str = THEMES[0], file: str | Path | None = None) -> Form:
    """The form of a step on what the portfolio holds; a new theory begins with the problem and measure of step 01."""
    session = Session(StepKeeper(MODELS[step], _start(step, portfolio)), portfolio)
    made = Form(step, session, theme)
    if file is not None:
        session.notes.add(advice("forms.file-not-read", Place(str(file)), file=str(file)))
    return made


def _start(step: str, portfolio: Portfolio) -> dict[str, Any]:
    if step == "readiness":
        return {"government": portfolio.title} if portfolio.title else {}
    if step != "theory" or not portfolio.exists(Problem.file):
        return {}
    try:
        problem = Problem.from_portfolio(portfolio)
    except KitError:
        return {}
    return ({"problem": problem.statement} if problem.statement else {}) | _first_indicator(problem.measure)


def _first_indicator(measure: Measure | None) -> dict[str, Any]:
    """The measure of the problem as the first indicator, with its baseline: what is to change is what was counted."""
    if measure is None or not measure.name:
        return {}
    known = {"name": measure.name, "unit": measure.unit, "baseline": measure.baseline, "source": measure.source}
    return {"indicators": [{name: value for name, value in known.items() if value not in (None, "")}]}


def _said(finding: Finding) -> dict[str, str]:
    """A finding in words, with its level by name for the page's style."""
    return {**finding.render(), "kind": finding.level.value, "mark": finding.level.mark}
