"""The dossier's chapters of the inventory and the opening plan (03 and 04)."""

from __future__ import annotations

import pandas as pd

from kit.documents.blocks import plain
from kit.documents.telling import Telling
from kit.findings import KitError
from kit.messages import number, text
from kit.portfolio import Portfolio
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import HEADERS
from kit.steps.plan import Plan
from kit.steps.plan.facts import CRITERIA, frequency_word, header
from kit.steps.plan.files import OFFICIALS, PERSON

_BEST = 20  # of a ranking: those who decide look at its head, the file has the rest
_INVENTORY_WIDTHS = (0.8, 2.5, 2.4, 2.8, 4.2, 1.7, 2.3, 2.1, 1.9)


def inventory(portfolio: Portfolio, told: Telling) -> None:
    """How many datasets and resources there are, who holds them, and every row on pages on their side."""
    model = Inventory.load(portfolio)
    told.findings.extend(model.check())
    summary = model.summary()
    counts = {n: getattr(summary, n) for n in ("datasets", "resources", "public", "restricted", "private")}
    told.say("inventory.summary", "lead", **counts)
    areas = _areas(model)
    told.table(
        [text(f"documents.inventory.{n}") for n in ("area", "datasets", "resources", "public")],
        areas,
        text("documents.inventory.by-area", n=len(areas)),
        widths=(6, 2, 2, 2),
    )
    rows = [
        (row, *cells) for row, cells in zip(model.rows, model.table.itertuples(index=False, name=None), strict=True)
    ]
    told.table(
        [text("documents.inventory.row"), *HEADERS],
        rows,
        text("documents.inventory.all", n=len(rows)),
        widths=_INVENTORY_WIDTHS,
        wide=True,
    )


def _areas(model: Inventory) -> list[tuple[str, int, int, int]]:
    """Per area: datasets, resources, and how many of these are public; most first."""
    found = model.datasets()
    grouped = found.groupby("responsible", sort=False).agg(
        datasets=("dataset", "size"), resources=("resources", "sum"), public=("public", "sum")
    )
    grouped = grouped.sort_values("resources", ascending=False, kind="stable")
    return [(str(name), int(a), int(b), int(c)) for name, a, b, c in grouped.itertuples(name=None)]


def plan(portfolio: Portfolio, told: Telling) -> None:
    """Weights, ranking and how firm it is, value against effort, the official columns, and the calendar."""
    try:
        model = Plan.load(portfolio)
    except KitError:
        if not _inventory_is_damaged(portfolio):
            raise
        model = Plan.read_file(portfolio.path(Plan.csv))[0]
    told.findings.extend(model.check())
    told.quote(model.vision, "lead")
    _official_columns(model, told)
    told.head("plan.priorities")
    told.table(
        [text("documents.plan.criterion"), text("documents.plan.weight")],
        [(text(f"plan.criterion.{n}"), number(model.weights.get(n, 1.0))) for n in CRITERIA],
        text("documents.plan.weights"),
        widths=(6, 1),
    )
    if model.scores:
        _frame(told, model.ranking(), text("documents.plan.ranking"), widths=(1, 4, 1.4, *[1.5] * len(CRITERIA), 1.3))
        _frame(told, model.sensitivity(), text("documents.plan.sensitivity"), widths=(1, 5, 2, 1, 1))
        told.quote(model.firmness())
        told.draw(model.picture, model.describe, "plan.chart", file=Plan.yaml)
    told.head("plan.calendar")
    _calendar(model, told)


def _inventory_is_damaged(portfolio: Portfolio) -> bool:
    try:
        Inventory.load(portfolio)
    except KitError:
        return True
    return False


def _official_columns(model: Plan, told: Telling) -> None:
    """The eleven columns: what the official file repeats in each row once, then a row per dataset."""
    common = [(header("vision"), model.vision)]
    for role in OFFICIALS:
        person = getattr(model, role)
        common += [(header(f"{role}.{part}"), getattr(person, part) if person else "") for part in PERSON]
    told.facts("plan.common", common)
    told.table(
        [header(name) for name in ("dataset", "description", "frequency", "date")],
        [(i.dataset, i.description, _frequency(i.frequency), i.date) for i in model.items],
        text("documents.plan.items", n=len(model.items)),
        widths=(4, 6, 2.5, 2.5),
    )


def _frequency(code: str) -> str:
    word = frequency_word(code)
    return word if word == code else f"{word} ({code})"


def _calendar(model: Plan, told: Telling) -> None:
    """The Guide's deadlines and the plan's own dates, drawn and as a table."""
    told.say("plan.from-start" if model.start else "plan.from-guide", "note", start=model.start)
    frame = model.calendar()
    told.table(list(frame.columns), _rows(frame), text("documents.plan.schedule"), widths=(2, 1.3, 2.2, 6, 4))
    told.draw(model.gantt, model.describe_gantt, "plan.gantt", file=Plan.csv, wide=True)


def _frame(told: Telling, frame: pd.DataFrame, caption: str, widths: tuple[float, ...]) -> None:
    """The head of a ranking as a table, and how much of it is not shown."""
    shown = frame.head(_BEST)
    told.table(list(frame.columns), _rows(shown), caption, widths=widths)
    if len(frame) > _BEST:
        told.say("plan.more", "note", shown=_BEST, n=len(frame))


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(_cell(value) for value in row) for row in frame.itertuples(index=False, name=None)]


def _cell(value: object) -> str:
    return number(round(float(value), 1)) if isinstance(value, float) else plain(value)
