"""All ten steps without a screen: on the teaching city, or on a participant's own cadastre.

Each step does what its notebook does, reads what the step before left in the portfolio, and leaves its own file. A step
that fails says why in findings; the steps after it are tried all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kit.case import NAME, Cadastre, city_cadastre, map_file, saved_cadastre
from kit.findings import Findings, KitError, advice
from kit.messages import current_language, text
from kit.portfolio import STEPS, Portfolio
from kit.publish import publish_local
from kit.steps import inventory as inventories
from kit.steps import plan as plans
from kit.steps.cleaning.loading import clean_layer
from kit.steps.examples import THEMES, example
from kit.steps.impact import STORY, Impact
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan import Plan
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.review import Review
from kit.steps.theory import Theory
from kit.themes.cadastre import audit
from kit.workshop import step_title

_AREA = "AREA_M2"
_SAID_BY_AUDIT = {"cleaning.key-duplicated", "cleaning.key-repeated", "cleaning.geometry-overlap"}


@dataclass(frozen=True)
class Result:
    """How one step went: its number and title, a sentence, where the result lies, and what was found."""

    step: str
    title: str
    ok: bool
    summary: str
    where: str
    findings: Findings = field(default_factory=Findings)


Done = tuple[str, str, Findings]
Began = Callable[[int, int, str], None]
Ended = Callable[[Result, float], None]


def run(
    folder: str | Path,
    *,
    cadastre: Callable[[], Cadastre] | None = None,
    started: Began | None = None,
    finished: Ended | None = None,
) -> list[Result]:
    """Run all steps into the portfolio in ``folder`` (made if there is none) and say how each went.

    Args:
        folder: the portfolio's folder; what it holds already is kept in its history.
        cadastre: gives the participant's own cadastre; without it the teaching city's.
        started: called with the step's number from 1, the count of steps and the title before each step.
        finished: called with the result and the seconds that it took.
    """
    portfolio = Portfolio.open_or_create(folder, title="Valle Abierto")
    source = _Once(cadastre or city_cadastre)
    results = []
    for number, (step, work) in enumerate(zip(STEPS, _WORK, strict=True), 1):
        title = step_title(step.name)
        if started:
            started(number, len(STEPS), title)
        begun = time.perf_counter()
        try:
            summary, where, findings = work(portfolio, source)
            result = Result(step.number, title, True, summary, str(portfolio.path(where)), findings)
        except KitError as problem:
            codes = sorted(problem.findings.codes())
            result = Result(step.number, title, False, text("demo.result.failed", codes=codes), "-", problem.findings)
        results.append(result)
        if finished:
            finished(result, time.perf_counter() - begun)
    return results


def catch_up(portfolio: Portfolio, step: str) -> Findings:
    """Do the steps before ``step`` that the portfolio does not have yet, with Valle Abierto's data; say which.

    Those of planning are of the theme that the portfolio speaks of: see `_theme`.

    What keeps a step from being done (a participant's file without geometry has no map) is among the findings; the
    others are done all the same.
    """
    done, source = portfolio.steps_done(), _Once(city_cadastre)
    caught, found = [], Findings()
    for known, work in zip(STEPS, _WORK, strict=True):
        if known.number >= step[:2] or known.number in done:
            continue
        try:
            work(portfolio, source)
            caught.append(known.notebook)
        except KitError as problem:
            found.extend(problem.findings)
    if caught:
        found.add(advice("demo.caught-up", n=len(caught), steps=caught))
    return found


class _Once:
    """Reads the cadastre when first asked for, and only once."""

    def __init__(self, read: Callable[[], Cadastre]) -> None:
        self._read = read
        self._cadastre: Cadastre | None = None

    def __call__(self) -> Cadastre:
        if self._cadastre is None:
            self._cadastre = self._read()
        return self._cadastre


def _theme(portfolio: Portfolio) -> str:
    """The theme whose worked case has most in common with the portfolio, be it the data of its theory or its problem.

    The cadastre's, if nothing speaks for another.
    """
    if portfolio.exists(Theory.file):
        needed = _needed(Theory.from_portfolio(portfolio))
        shared = {theme: len(needed & _needed(Theory.of(example("theory", theme=theme)))) for theme in THEMES}
    elif portfolio.exists(Problem.file):
        problem = Problem.from_portfolio(portfolio)
        said = {problem.statement, *problem.affected} - {""}
        cases = {theme: Problem.of(example("problem", theme=theme)) for theme in THEMES}
        shared = {theme: len(said & {case.statement, *case.affected}) for theme, case in cases.items()}
    else:
        return THEMES[0]
    return max(THEMES, key=lambda theme: shared[theme])


def _needed(theory: Theory) -> set[str]:
    return {fold(need.name) for action in theory.actions for need in action.data if need.name}


def _readiness(portfolio: Portfolio, _: _Once) -> Done:
    model = Readiness.of(example("readiness"))
    found = model.save(portfolio)
    actions = len(model.next_actions())
    return text("demo.result.readiness", n=len(model.answers), actions=actions), model.file, found


def _problem(portfolio: Portfolio, _: _Once) -> Done:
    model = Problem.of(example("problem"))
    found = model.save(portfolio)
    baseline, unit = (model.measure.baseline, model.measure.unit) if model.measure else (None, "")
    return text("demo.result.problem", baseline=baseline, unit=unit), model.file, found


def _theory(portfolio: Portfolio, _: _Once) -> Done:
    case = example("theory", theme=_theme(portfolio))
    model = Theory.from_problem(
        Problem.from_portfolio(portfolio), **{key: value for key, value in case.items() if key != "problem"}
    )
    found = model.save(portfolio)
    return text("demo.result.theory", actions=len(model.actions), indicators=len(model.indicators)), model.file, found


def _inventory(portfolio: Portfolio, _: _Once) -> Done:
    inventory = inventories.city()
    found = inventory.save(portfolio) + Theory.from_portfolio(portfolio).check_data(inventory.names())
    return text("demo.result.inventory", n=len(inventory)), Inventory.csv, found


def _plan(portfolio: Portfolio, _: _Once) -> Done:
    plan = Plan.from_inventory(Inventory.load(portfolio), **plans.example(_theme(portfolio)))
    found = plan.save(portfolio)
    first = plan.items[0].dataset if plan.items else "-"  # none, if no dataset of one's own inventory is in the example
    return text("demo.result.plan", n=len(plan.items), first=first), "plan.csv", found


def _cleaning(portfolio: Portfolio, source: _Once) -> Done:
    cadastre = source()
    main, layer = cadastre.cleaning()
    parts = [part.accept_all() for part in (main, layer) if part is not None]
    cadastre.save(portfolio, main, layer)
    remaining = Findings(f for f in main.remaining if f.code not in _SAID_BY_AUDIT)
    found = cadastre.findings + cadastre.faults() + remaining
    cells = sum(len(part.log) for part in parts)
    return text("demo.result.cleaning", rows=len(main.result()), n=cells), f"clean/{NAME}.csv", found


def _mapping(portfolio: Portfolio, _: _Once) -> Done:
    parcels, cadastre = clean_layer(portfolio), saved_cadastre(portfolio)
    mapping = cadastre.mapping
    seen = audit(parcels, mapping, file=f"clean/{NAME}.gpkg")
    colour = mapping.use or mapping.value or mapping.area or _AREA
    parcels = parcels.assign(**{_AREA: seen.area.round(2)}) if colour == _AREA else parcels
    cadastre.draw(portfolio, parcels, colour, seen.findings)
    figures = seen.summary
    summary = text(
        "demo.result.mapping",
        drawn=len(parcels),
        keys=figures["duplicate_keys"],
        pairs=figures["overlap_pairs"],
        invalid=figures["invalid"],
    )
    return summary, map_file(current_language()), seen.findings


def _review(portfolio: Portfolio, _: _Once) -> Done:
    cadastre = saved_cadastre(portfolio)
    parcels = cadastre.parcels(portfolio)
    file = f"clean/{NAME}.{'gpkg' if 'geometry' in parcels else 'csv'}"
    table = parcels.drop(columns="geometry", errors="ignore")
    review = Review.start(table, title=cadastre.title(), opens=[file])
    for column in review.columns:
        if column.decision == "drop":
            review.decide(column.name, "drop", reason=text("demo.reason.drop"))
    review.approve(
        text("demo.official"),
        personal_data=True,
        open_characteristics=True,
        transparency_office=True,
        open_data_policy=True,
    )
    found = review.findings(parcels, file=file)
    review.save(portfolio)
    dropped = sum(column.decision == "drop" for column in review.columns)
    return text("demo.result.review", kept=len(review.columns) - dropped, dropped=dropped), Review.file, found


def _publish(portfolio: Portfolio, _: _Once) -> Done:
    review, cadastre = Review.required(portfolio), saved_cadastre(portfolio)
    catalog, dataset = cadastre.metadata()
    content = cadastre.content(portfolio, dataset, cadastre.parcels(portfolio), review)
    with portfolio.writing_folder("catalog", step="08") as temporary:
        result = publish_local(temporary, catalog, [content])
    return text("demo.result.publish", n=len(result.files)), "catalog/index.html", result.findings


def _impact(portfolio: Portfolio, _: _Once) -> Done:
    impact, theory = Impact.of(example("impact")), Theory.from_portfolio(portfolio)
    found = impact.save(portfolio)
    followed = sum(latest is not None for _, latest, _ in impact.progress(theory))
    return text("demo.result.impact", n=followed), STORY, found


_WORK: tuple[Callable[[Portfolio, _Once], Done], ...] = (
    _readiness,
    _problem,
    _theory,
    _inventory,
    _plan,
    _cleaning,
    _mapping,
    _review,
    _publish,
    _impact,
)
