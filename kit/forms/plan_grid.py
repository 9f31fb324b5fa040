"""The opening plan of step 04 as grids: scores of the datasets, the datasets chosen, and the fields around them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, error
from kit.forms.grid import GridSession, block_of, described, tidy
from kit.forms.rows import Cells, Edit, Row, Rows
from kit.portfolio import Portfolio
from kit.showing import as_png
from kit.steps.inventory import Inventory, city
from kit.steps.inventory.template import fold
from kit.steps.plan import CRITERIA, FREQUENCIES, HEADERS, Item, Plan, example, frequency_code
from kit.steps.plan.facts import KEYS, frequency_word
from kit.steps.plan.facts import header as heading
from kit.steps.readiness import Readiness

ITEM = ("dataset", "description", "frequency", "date")
ROLES = ("liaison", "administrator")
PARTS = ("name", "position", "email")
FIELDS = ("vision", *(f"{role}.{part}" for role in ROLES for part in PARTS))
BLANK: Cells = dict.fromkeys(ITEM, "")
BOARD: Cells = {"chosen": False, "rank": "", "points": "", "dataset": "", **dict.fromkeys((*CRITERIA, "effort"), "")}
_FIRST_ROW = 2
_DOTS_PER_INCH = 120
_KEY_OF = dict(zip(HEADERS, KEYS, strict=True))
_YES = frozenset(("si", "yes", "x", "verdadero", "true"))
_OF_SCORES = frozenset(
    (
        "plan.nothing-prioritised",
        "plan.score-out-of-range",
        "plan.effort-out-of-range",
        "plan.not-scored",
        "plan.no-effort",
        "plan.scored-not-in-inventory",
    )
)
_PATH = re.compile(
    rf"vision|start|({'|'.join(ROLES)})(\.({'|'.join(PARTS)}))?|weights(\.({'|'.join(CRITERIA)}))?"
    rf"|items(\.\d+(\.({'|'.join(ITEM)}))?)?"
)


class PlanKeeper:
    """The plan in the portfolio: the official table and the scores behind it."""

    file = Plan.csv
    step = Plan.step

    def blank(self) -> dict[str, Any]:
        """A plan without datasets."""
        return value_of(Plan())

    def load(self, portfolio: Portfolio) -> dict[str, Any]:
        """The plan of the portfolio."""
        return value_of(Plan.load(portfolio))

    def load_file(self, path: Path) -> dict[str, Any]:
        """The plan of any file with the official columns; it has no scores."""
        return value_of(Plan.read_file(path)[0])

    def coerce(self, path: str, value: Any) -> Any:
        """A text as the plan keeps it.

        Raises:
            KitError: ``forms.no-such-field``.
        """
        if not _PATH.fullmatch(path):
            known = [*FIELDS, *(f"weights.{key}" for key in CRITERIA), *(f"items.0.{key}" for key in ITEM)]
            raise KitError(error("forms.no-such-field", Place(self.file), field=path, known=known))
        return cell_of(path.rpartition(".")[2], value)

    def read(self, value: dict[str, Any]) -> tuple[Plan, dict[str, Finding]]:
        """The plan of what fits; a weight that is none is left out and told."""
        plan, misfits = Plan(), {}
        for criterion, weight in (value.get("weights") or {}).items():
            try:
                plan.set_weight(criterion, weight)
            except KitError as problem:
                path = f"weights.{criterion}"
                place = Place(item=messages.text(f"plan.short.{criterion}"), field=path)
                misfits[path] = Finding(
                    problem.findings[0].code, problem.findings[0].level, place, problem.findings[0].params
                )
        plan.scores = value.get("scores") or {}
        plan.effort = value.get("effort") or {}
        plan.vision = str(value.get("vision") or "")
        plan.guide = value.get("guide") or plan.guide
        try:
            plan.start = dt.date.fromisoformat(str(value["start"])) if value.get("start") else None
        except ValueError:
            place = Place(item=messages.text("grid.word.start"), field="start")
            misfits["start"] = error("forms.not-a-date", place, value=str(value["start"]))
        for role in ROLES:
            person = {part: str((value.get(role) or {}).get(part) or "") for part in PARTS}
            if any(person.values()):
                plan.set_official(role, **person)
        lines = ({key: str(record.get(key) or "") for key in ITEM} for record in value.get("items") or [])
        plan.items = [Item.of(line) for line in lines if any(line.values())]
        return plan, misfits

    def check(self, model: Plan, portfolio: Portfolio, value: dict[str, Any]) -> Findings:  # noqa: ARG002
        """What the rules find, held against the portfolio's inventory."""
        model.use(Inventory.load(portfolio) if portfolio.exists(Inventory.csv) else None)
        return model.check()

    def save(self, model: Plan, portfolio: Portfolio, *, whole: bool) -> None:  # noqa: ARG002
        """Write the official table and the scores behind it; all of it is small."""
        model.save(portfolio)


class PlanGrid(GridSession):
    """A plan being written: scored, chosen, dated."""

    rows_at = "items"
    blank_row = BLANK

    def __init__(self, portfolio: Portfolio, *, file: str | Path | None = None) -> None:
        super().__init__(PlanKeeper(), portfolio)
        if not self.exists:
            self._begin(portfolio)
            if file is not None:
                self.notices = self.take_file(file)

    def _begin(self, portfolio: Portfolio) -> None:
        """A new plan has the officials of step 00, if they are known; nothing is written yet."""
        if not portfolio.exists(Readiness.file):
            return
        try:
            readiness = Readiness.from_portfolio(portfolio)
        except KitError:  # step 00 says what is wrong with its file
            return
        people = {role: getattr(readiness, role) for role in ROLES}
        known = {role: {part: getattr(p, part) for part in PARTS} for role, p in people.items() if p is not None}
        self.start = self.value = {**self.value, **known}
        self._refresh()

    # -- what is shown -----------------------------------------------------------------------------------------------

    def cell(self, key: str, value: Any) -> Any:
        """A cell as the plan keeps it."""
        return cell_of(key, value)

    @property
    def numbers(self) -> dict[int, str]:
        """The id of the row that has a number in the saved file."""
        return dict(enumerate(self.written_rows, start=_FIRST_ROW))

    @property
    def board(self) -> Rows:
        """A row per dataset, its name being its id, in the inventory's order; blank where nothing was scored."""
        plan: Plan = self.model
        ranked = plan.scoreboard()
        known = list(plan.inventory.datasets()["dataset"]) if plan.inventory is not None else []
        order = {str(name): place for place, name in enumerate(known)}
        rows = []
        for line in ranked.to_dict("records"):
            name = str(line["dataset"])
            scores = plan.scores.get(name, {})
            cells = {
                "chosen": bool(line["chosen"]),
                "rank": int(line["rank"]),
                "points": round(float(line["points"]), 1),
                "dataset": name,
                **{key: _figure(scores.get(key)) for key in CRITERIA},
                "effort": _figure(plan.effort.get(name)),
            }
            rows.append(Row(name, cells))
        return Rows(sorted(rows, key=lambda row: order.get(row.id, len(order))), BOARD)

    def ranking(self) -> list[dict[str, Any]]:
        """What was scored, by points, and how often each stays among the first when the weights are drawn anew."""
        plan: Plan = self.model
        board = plan.scoreboard()
        if board.empty:
            return []
        firm = plan.sensitivity()
        share, best, worst = (firm.iloc[:, at] for at in (2, 3, 4))
        return [
            {
                "rank": int(rank),
                "dataset": str(name),
                "points": round(float(points), 1),
                "chosen": bool(chosen),
                "share": float(part),
                "best": int(high),
                "worst": int(low),
            }
            for rank, name, points, chosen, part, high, low in zip(
                board["rank"], board["dataset"], board["points"], board["chosen"], share, best, worst, strict=True
            )
            if plan.scores.get(str(name)) or chosen
        ]

    def shown_findings(self) -> dict[str, list[dict[str, Any]]]:
        """The findings as the screen shows them: those of the datasets' grid, of the fields, and of the scores."""
        groups: dict[str, list[dict[str, Any]]] = {"items": [], "fields": [], "board": []}
        for finding in described(self.findings, self.numbers, _KEY_OF):
            groups[_group_of(finding)].append(finding)
        return groups

    def fields(self) -> dict[str, str]:
        """The texts around the datasets by path: the vision and the two officials."""
        return {path: str(self.get(path) or "") for path in FIELDS}

    def weights(self) -> dict[str, Any]:
        """The weight of each criterion as written; 1 where nobody said another."""
        return {key: _figure(self.get(f"weights.{key}", 1.0)) for key in CRITERIA}

    # -- changing ----------------------------------------------------------------------------------------------------

    def score(self, edits: Iterable[Edit]) -> Findings:
        """Write scores, efforts and choices; the row's id is the dataset's name. What is no number is not written.

        Returns:
            What was not understood.
        """
        plan: Plan = self.model.model_copy()
        rows, wrong = self.rows, Findings()
        for name, key, value in edits:
            try:
                if key == "chosen":
                    rows = self._chosen(rows, name, value in (True, "true", "✔") or fold(str(value)) in _YES)
                elif key == "effort":
                    plan.set_effort(name, value)
                elif key in CRITERIA:
                    plan.set_score(name, key, value)
            except KitError as problem:
                wrong.extend(problem.findings)
        with self.quickly():
            self.replace({**self.value, "scores": plan.scores, "effort": plan.effort, "items": rows.records})
        return wrong

    def _chosen(self, rows: Rows, name: str, chosen: bool) -> Rows:
        there = [row.id for row in rows if fold(row.cells["dataset"]) == fold(name)]
        if chosen:
            return rows if there else rows.inserted([cells_of(self.model.item_of(name))])
        return rows.removed(there)

    def choose_best(self, number: int) -> None:
        """Make the plan of the best public datasets; what was already agreed for one of them stays."""
        plan: Plan = self.model.model_copy()
        plan.choose_best(number)
        known = {fold(row.cells["dataset"]): row for row in self.rows}
        rows = [known.get(fold(item.dataset)) or Row.new(cells_of(item)) for item in plan.items]
        self.put_rows(Rows(rows, BLANK))

    def paste_scores(
        self, text: str, ids: Sequence[str], keys: Sequence[str], fill: tuple[int, int] | None = None
    ) -> Findings:
        """Paste the text of a clipboard into the scores; what has no row or column there stays outside."""
        lines = zip(ids, block_of(text, fill=fill), strict=False)
        return self.score((name, key, cell) for name, line in lines for key, cell in zip(keys, line, strict=False))

    # -- files and pictures ------------------------------------------------------------------------------------------

    def take_file(self, path: str | Path) -> Findings:
        """Put the plan of a file with the official columns in place of this one; scores and weights stay.

        Returns:
            What reading it took.

        Raises:
            KitError: if it is no plan, or cannot be read.
        """
        plan, findings = Plan.read_file(path)
        read = value_of(plan)
        self.replace({**self.value, **{name: read[name] for name in ("vision", *ROLES, "items")}})
        return findings

    def example(self, theme: str) -> None:
        """Put what Valle Abierto decided for a theme in place of this plan."""
        inventory = self.model.inventory or city()
        self.replace(value_of(Plan.from_inventory(inventory, **example(theme))))

    def pictures(self) -> list[dict[str, Any]]:
        """The value and effort chart and the calendar: picture, words for it, and the same as a table."""
        plan = self.model
        chart, calendar = plan.chart_table(), plan.calendar()
        return [
            {
                "name": "chart",
                "picture": as_png(plan.picture(), _DOTS_PER_INCH),
                "alt": plan.describe(),
                "table": as_lines(chart),
            },
            {
                "name": "gantt",
                "picture": as_png(plan.gantt(), _DOTS_PER_INCH),
                "alt": plan.describe_gantt(),
                "table": as_lines(calendar),
            },
        ]


def as_lines(table: Any) -> list[list[str]]:
    """A table's headings and rows as texts."""
    rows = [[str(cell) for cell in line] for line in table.itertuples(index=False)]
    return [[str(name) for name in table.columns], *rows]


def cell_of(key: str, value: Any) -> Any:
    """A value as the plan keeps it: a frequency in words becomes the catalogue's value."""
    text = tidy(value)
    return frequency_code(text) if key == "frequency" and isinstance(text, str) else text


def cells_of(item: Item) -> Cells:
    """A dataset's cells."""
    return {key: getattr(item, key) for key in ITEM}


def value_of(plan: Plan) -> dict[str, Any]:
    """A plan as plain data, its datasets with ids."""
    people = {role: getattr(plan, role) for role in ROLES}
    return {
        "vision": plan.vision,
        **{role: {part: getattr(p, part) if p else "" for part in PARTS} for role, p in people.items()},
        "weights": dict(plan.weights),
        "scores": dict(plan.scores),
        "effort": dict(plan.effort),
        "start": plan.start.isoformat() if plan.start else None,
        "guide": plan.guide,
        "items": Rows.of((cells_of(item) for item in plan.items), BLANK).records,
    }


def _figure(value: Any) -> Any:
    """A number without needless decimals; "" for none."""
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _group_of(finding: dict[str, Any]) -> str:
    """Where on the screen a finding stands."""
    first = (finding["field"] or finding["key"] or "").split(".")[0]
    if finding["key"] in ITEM or finding["ids"] or first == "items":
        return "items"
    if first in ("vision", "start", *ROLES):
        finding["field"] = finding["field"] or finding["key"]
        return "fields"
    return "board" if first in ("scores", "weights", "effort") or finding["code"] in _OF_SCORES else "items"


def item_columns() -> list[dict[str, Any]]:
    """The four columns of a plan's datasets, headings as published, with their letter among the official eleven."""
    widths = {"dataset": 200, "description": 280, "frequency": 150, "date": 120}
    letters = dict(zip(KEYS, "ABCDEFGHIJK", strict=True))
    choices = [{"value": code, "label": frequency_word(code), "note": code} for code in FREQUENCIES]
    return [
        {
            "key": key,
            "title": heading(key),
            "letter": letters[key],
            "width": widths[key],
            "grow": 2 if key == "description" else 1,
            "kind": "choice" if key == "frequency" else "text",
            "help": heading(key),
            "hint": messages.text("grid.plan.day") if key == "date" else "",
            "choices": choices if key == "frequency" else None,
        }
        for key in ITEM
    ]


def board_columns() -> list[dict[str, Any]]:
    """The columns of the scoring grid."""

    def column(key: str, title: str, width: int, kind: str = "number", **more: Any) -> dict[str, Any]:
        return {
            "key": key,
            "title": title,
            "width": width,
            "kind": kind,
            "grow": 1,
            "help": title,
            "filter": kind == "text",
            **more,
        }

    def says(name: str) -> str:
        return messages.text(f"plan.heading.{name}")

    scores = [
        column(
            key,
            messages.text(f"plan.short.{key}"),
            88,
            help=f"{messages.text(f'plan.criterion.{key}')}. {messages.text('grid.plan.scale')}",
            hint="0-5",
        )
        for key in CRITERIA
    ]
    return [
        column("chosen", says("chosen"), 66, "check", help=messages.text("grid.plan.chosen-help")),
        column("rank", says("rank"), 72, readonly=True),
        column("points", says("points"), 80, readonly=True),
        column("dataset", says("dataset"), 190, "text", readonly=True, grow=3),
        *scores,
        column("effort", says("effort"), 88, help=messages.text("grid.plan.effort-help"), hint="1-5"),
    ]
