"""The dossier's chapters of the planning steps: readiness, problem, theory of change (00 to 02)."""

from __future__ import annotations

from typing import Any

from kit import messages
from kit.documents.telling import Telling
from kit.findings import KitError
from kit.messages import text
from kit.portfolio import Portfolio
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory, box_name


def readiness(portfolio: Portfolio, told: Telling) -> None:
    """The eight dimensions as radar and table, what to begin with, and who does the work."""
    model = Readiness.from_portfolio(portfolio)
    told.findings.extend(model.check())
    earlier = model.earlier(portfolio)
    told.draw(lambda: model.picture(earlier), lambda: model.describe(earlier), "readiness.radar", file=Readiness.file)
    told.markup(model.answers_table(), widths=(3, 2.6, 1.7, 5, 5))
    if earlier is not None:
        told.markup(model.comparison(earlier))
    told.head("readiness.actions")
    told.markup(model.actions_table(), widths=(3, 2.6, 6, 2))
    told.head("readiness.roles")
    told.markup(model.roles_table(), widths=(4, 3, 4, 4))


def problem(portfolio: Portfolio, told: Telling) -> None:
    """The problem, its tree, and the same as a table."""
    model = Problem.from_portfolio(portfolio)
    told.findings.extend(model.check())
    told.quote(model.statement, "lead")
    told.markup(model._repr_html_(), widths=(1, 4))
    told.draw(model.drawing, model.describe, "problem.tree", file=Problem.file, wide=True)


def theory(portfolio: Portfolio, told: Telling) -> None:
    """The canvas on a page of its own, and what its boxes hold."""
    model = Theory.from_portfolio(portfolio)
    try:
        told.findings.extend(model.check_in(portfolio))
    except KitError:  # the other step's file is damaged, as its own chapter says
        told.findings.extend(model.check())
    told.quote(model.change, "lead")
    chain = [("audience", "; ".join(model.audience)), ("entry_point", model.entry_point)]
    chain += [("benefits", "; ".join(model.benefits)), ("change", model.change)]
    told.facts("theory.chain", [(box_name(name), words) for name, words in chain])
    told.table(
        _heads("action", "who", "data", "leads-to"),
        [(a.name, a.who, _lines(map(_need, a.data)), _lines(a.leads_to)) for a in model.actions],
        box_name("actions"),
        widths=(4, 3, 4, 4),
    )
    told.table(
        _heads("indicator", "unit", "baseline", "target", "by", "source"),
        [(i.name, i.unit, _figure(i.baseline), _figure(i.target), i.date or "", i.source) for i in model.indicators],
        box_name("indicators"),
        widths=(5, 2, 2, 2, 3, 4),
    )
    told.table(
        _heads("assumption", "test"), [(a.statement, a.test) for a in model.assumptions], box_name("assumptions")
    )
    told.table(
        _heads("stakeholder", "role", "interest"),
        [(s.name, s.role, s.interest) for s in model.stakeholders],
        box_name("stakeholders"),
    )
    told.draw(model.drawing, model.describe, "theory.canvas", file=Theory.file, wide=True)


def _heads(*names: str) -> list[str]:
    return [text(f"documents.theory.{name}") for name in names]


def _need(need: Any) -> str:
    return f"{need.name} ({need.holder})" if need.holder else str(need.name)


def _lines(words: Any) -> str:
    return "\n".join(str(word) for word in words)


def _figure(value: float | None) -> str:
    return "" if value is None else messages.number(value)
