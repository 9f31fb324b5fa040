"""Rules of the theory of change: where a chain breaks, what cannot be measured, what nobody tests."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kit.findings import Finding, Findings, advice, error, warning
from kit.steps.problem import Problem, near, plain

if TYPE_CHECKING:
    from kit.steps.theory import Action, Assumption, Indicator, Theory

_MUST = ("problem", "change")
_SHOULD = ("audience", "entry_point", "benefits", "stakeholders")
_INDICATOR_FIELDS = ("unit", "baseline", "target", "date", "source")


def check(theory: Theory) -> Findings:
    """What is missing or does not hold together in the theory itself."""
    found = Findings(_boxes(theory))
    for number, action in enumerate(theory.actions):
        found.extend(_action(theory, f"actions.{number}", action))
    found.extend(_ways(theory))
    for number, indicator in enumerate(theory.indicators):
        found.extend(_indicator(theory, f"indicators.{number}", indicator))
    found.extend(_names(theory))
    for number, assumption in enumerate(theory.assumptions):
        found.extend(_assumption(theory, f"assumptions.{number}", assumption))
    found.extend(_links(theory))
    return found


def check_problem(theory: Theory, problem: Problem) -> Findings:
    """Whether the theory begins with the problem of step 01."""
    if not theory.problem or not problem.statement or plain(theory.problem) == plain(problem.statement):
        return Findings()
    return Findings([warning("theory.other-problem", theory.place("problem"), problem=problem.statement)])


# -- boxes -------------------------------------------------------------------------------------------------------------


def _boxes(theory: Theory) -> Iterator[Finding]:
    for name in _MUST:
        if not getattr(theory, name):
            yield error("theory.empty-box", theory.place(name), box=theory.label(name))
    for name in _SHOULD:
        if not any(str(entry) for entry in _entries(getattr(theory, name))):
            yield warning("theory.empty-box", theory.place(name), box=theory.label(name))
    if not theory.actions:
        yield error("theory.no-action", theory.place("actions"))
    elif not any(need.name for action in theory.actions for need in action.data):
        yield warning("theory.no-open-data", theory.place("actions"))
    if not theory.indicators:
        yield error("theory.no-indicator", theory.place("indicators"))
    if theory.problem and near(theory.problem, theory.change):
        yield error("theory.change-is-the-problem", theory.place("change"))


def _entries(value: str | Sequence[object]) -> Sequence[object]:
    return [value] if isinstance(value, str) else value


# -- actions and the ways from them ------------------------------------------------------------------------------------


def _action(theory: Theory, at: str, action: Action) -> Iterator[Finding]:
    if not action.name:
        yield warning("theory.unnamed", theory.place(f"{at}.name"), what=theory.label("actions"))
    name = action.name or "-"
    if not action.who:
        yield warning("theory.nobody", theory.place(f"{at}.who", action.name), action=name)
    needs = [need for need in action.data if need.name]
    if not needs:
        yield advice("theory.no-data", theory.place(f"{at}.data", action.name), action=name)
    for number, need in enumerate(action.data):
        if need.name and not need.holder:
            yield advice("theory.no-holder", theory.place(f"{at}.data.{number}.holder", action.name), data=need.name)
    for twice in _repeated([need.name for need in needs]):
        yield advice("theory.need-twice", theory.place(f"{at}.data", action.name), data=twice)


def _ways(theory: Theory) -> Iterator[Finding]:
    """Where following ``leads_to`` from an action ends nowhere, goes astray or goes round."""
    indicators = {plain(indicator.name) for indicator in theory.indicators if indicator.name}
    actions = {plain(action.name) for action in theory.actions if action.name}
    ways = {
        plain(action.name): {plain(name) for name in action.leads_to}
        for action in theory.actions
        if plain(action.name) not in indicators
    }
    known = [indicator.name for indicator in theory.indicators if indicator.name] or ["-"]
    for number, action in enumerate(theory.actions):
        place = theory.place(f"actions.{number}.leads_to", action.name)
        stray = [name for name in action.leads_to if name and plain(name) not in indicators | actions]
        if stray:
            yield error("theory.unknown-indicator", place, names=stray, known=known)
        if not any(action.leads_to):
            yield error("theory.broken-chain", place, action=action.name or "-")
            continue
        reached = _reached([plain(name) for name in action.leads_to], ways)
        if plain(action.name) in reached & ways.keys():
            yield error("theory.loop", place, action=action.name)
        elif not stray and not reached & indicators:
            yield error("theory.broken-chain", place, action=action.name or "-")


def _reached(ahead: list[str], ways: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(ways.get(name, ()))
    return reached


def _names(theory: Theory) -> Iterator[Finding]:
    for box, records in (("actions", theory.actions), ("indicators", theory.indicators)):
        for twice in _repeated([record.name for record in records]):
            yield error("theory.same-name", theory.place(box, twice), name=twice)
    indicators = {plain(indicator.name) for indicator in theory.indicators if indicator.name}
    for number, action in enumerate(theory.actions):
        if plain(action.name) in indicators:
            yield error("theory.same-name", theory.place(f"actions.{number}.name", action.name), name=action.name)


def _repeated(names: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(plain(name), name)
    counted = Counter(plain(name) for name in names if name)
    return [first[name] for name, n in counted.items() if n > 1]


# -- indicators --------------------------------------------------------------------------------------------------------


def _indicator(theory: Theory, at: str, indicator: Indicator) -> Iterator[Finding]:
    if not indicator.name:
        yield warning("theory.unnamed", theory.place(f"{at}.name"), what=theory.label("indicators"))
    name = indicator.name or "-"
    empty = [field for field in _INDICATOR_FIELDS if getattr(indicator, field) in (None, "")]
    if empty:
        labels = [f"{theory.label(f'indicators.{field}')} ({field})" for field in empty]
        place = theory.place(f"{at}.{empty[0]}", indicator.name)
        yield error("theory.indicator-incomplete", place, n=len(empty), indicator=name, fields=labels)
    yield from _figures(theory, at, indicator)
    yield from _dates(theory, at, indicator)
    moved = {plain(leads) for action in theory.actions for leads in action.leads_to}
    if indicator.name and plain(indicator.name) not in moved:
        yield warning("theory.nothing-leads-here", theory.place(f"{at}.name", indicator.name), indicator=name)


def _figures(theory: Theory, at: str, indicator: Indicator) -> Iterator[Finding]:
    if indicator.baseline is None or indicator.target is None:
        return
    place = theory.place(f"{at}.target", indicator.name)
    rises = indicator.target > indicator.baseline
    if indicator.target == indicator.baseline:
        yield error("theory.no-change", place, indicator=indicator.name or "-")
    elif indicator.better and rises != (indicator.better == "higher"):
        yield error(
            "theory.wrong-direction",
            place,
            indicator=indicator.name or "-",
            better=theory.label(f"better.{indicator.better}"),
            baseline=indicator.baseline,
            target=indicator.target,
        )


def _dates(theory: Theory, at: str, indicator: Indicator) -> Iterator[Finding]:
    if indicator.date is None:
        return
    place = theory.place(f"{at}.date", indicator.name)
    begun = theory.date or dt.date.today()
    if indicator.baseline_date and indicator.date <= indicator.baseline_date:
        yield error(
            "theory.date-before-baseline",
            place,
            indicator=indicator.name or "-",
            date=indicator.date,
            baseline=indicator.baseline_date,
        )
    elif indicator.date <= begun:
        yield warning("theory.target-past", place, indicator=indicator.name or "-", date=indicator.date, begun=begun)


# -- assumptions -------------------------------------------------------------------------------------------------------


def _assumption(theory: Theory, at: str, assumption: Assumption) -> Iterator[Finding]:
    if not assumption.statement:
        if assumption.test:
            yield warning("theory.unnamed", theory.place(f"{at}.statement"), what=theory.label("assumptions"))
        return
    if not assumption.test:
        yield warning("theory.untested-assumption", theory.place(f"{at}.test"), statement=assumption.statement)
    if not assumption.link:
        yield advice("theory.assumption-without-link", theory.place(f"{at}.link"), statement=assumption.statement)


def _links(theory: Theory) -> Iterator[Finding]:
    written = [assumption for assumption in theory.assumptions if assumption.statement]
    if not written:
        yield warning("theory.no-assumption", theory.place("assumptions"))
        return
    under = {assumption.link for assumption in written}
    bare = [theory.label(f"link.{link}") for link in theory.links if link not in under]
    if bare and under != {""}:
        yield advice("theory.link-without-assumption", theory.place("assumptions"), n=len(bare), links=bare)
