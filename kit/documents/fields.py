"""What a letter's fields hold: taken from the steps of a portfolio, and a visible blank for what no step says.

Templates name fields in Spanish or in English (``letters.toml``); both name the same values.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from kit.documents.blocks import plain
from kit.findings import Findings, KitError, Place, error
from kit.messages import current_language, long_date, number, text
from kit.portfolio import Portfolio
from kit.steps.impact import Impact, Report
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import fold
from kit.steps.plan import Plan
from kit.steps.plan.facts import CRITERIA, deadlines, frequency_word
from kit.steps.readiness import OFFICIALS, Readiness, level_name, title
from kit.steps.theory import Theory

FACTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))
SPANISH: dict[str, str] = FACTS["spanish"]
SAID: tuple[str, ...] = tuple(FACTS["facts"]["names"])
_LINE = "____________________"
_SHORT_LINE = "________"  # in the cell of a table
_BLANK_ROWS = 3
_BEST = 10
_MOST_AREAS = 60
_INVENTORY_STEP = "1.2"
M = TypeVar("M")


class Blank:
    """A line to write on by hand; notes that a document shows it."""

    def __init__(self, label: str, shown: set[str], line: str = _LINE) -> None:
        self._label, self._shown, self._line = label, shown, line

    def __str__(self) -> str:
        self._shown.add(self._label)
        return self._line

    __html__ = __str__

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and not other

    __hash__ = None  # type: ignore[assignment]


class Source:
    """The steps of a portfolio as far as they can be read; ``findings`` says which cannot."""

    def __init__(self, portfolio: Portfolio | None) -> None:
        self.findings = Findings()
        self.portfolio = portfolio
        self.title = plain(portfolio.title) if portfolio else ""
        self.readiness = self._read(Readiness.file, Readiness.from_portfolio)
        self.inventory = self._read(Inventory.csv, Inventory.load)
        self.plan = self._read(Plan.csv, Plan.load)
        self.theory = self._read(Theory.file, Theory.from_portfolio)
        self.impact = self._read(Impact.file, Impact.from_portfolio)

    def _read(self, file: str, load: Callable[[Portfolio], M]) -> M | None:
        if self.portfolio is None or not self.portfolio.exists(file):
            return None
        try:
            return load(self.portfolio)
        except KitError as problem:
            self.findings.extend(f for f in problem.findings if f not in list(self.findings))
            return None

    def areas(self) -> list[tuple[str, str]]:
        """Name and position of whom to ask for data: the council's members, then the inventory's other areas."""
        council = self.readiness.council if self.readiness else []
        listed: list[str] = list(self.inventory.column("responsible").unique()) if self.inventory is not None else []
        found: dict[frozenset[str], tuple[str, str]] = {}
        for name, position in [(m.name, m.position) for m in council] + [("", str(area)) for area in listed]:
            if name or position:
                found.setdefault(_office(position or name), (plain(name), plain(position)))
        return list(found.values())[:_MOST_AREAS]

    def reports(self) -> list[Report]:
        """The citizens' reports of step 09."""
        return list(self.impact.reports) if self.impact else []


class Fields:
    """The fields of one letter; ``blanks`` are the labels of those that stayed blank in what was shown."""

    def __init__(self, source: Source, said: Mapping[str, str], today: dt.date) -> None:
        self.source = source
        self.shown: set[str] = set()
        self.today = today
        self.said = {_english(name): plain(value) for name, value in said.items()}

    def context(self, *, area: tuple[str, str] | None = None, report: Report | None = None) -> dict[str, Any]:
        """Every field by its English and its Spanish name."""
        values: dict[str, Any] = {
            "government": self._government(),
            "number": self._said("number"),
            "place": self._said("place"),
            "date": self.said.get("date") or self._day(self.today),
            "deadline": self.said.get("deadline") or self._deadline(),
            "head": self._saids("head", "name", "position"),
            "addressee": self._saids("addressee", "name", "position"),
            "meeting": self._saids("meeting", "number", "date", "start", "end", "mode", "place", "next"),
            "area": self._area(area),
            "attendees": self._attendees(),
            **self._officials(),
            **self._planning(),
            **self._impact(),
            "report": self._report(report),
        }
        return both(values) | {"oficio": values["number"]}

    @property
    def blanks(self) -> list[str]:
        """What stayed blank where it was shown, in words, in alphabetical order."""
        return sorted(self.shown)

    # -- blanks and texts ----------------------------------------------------------------------------------------------

    def _or_blank(self, value: Any, group: str, part: str = "", line: str = _LINE) -> Any:
        """The value as text, or a blank that says whose it is."""
        words = plain(value)
        if words:
            return words
        label = text(f"documents.field.{group}")
        if part:
            label = text("documents.field-part", group=label, part=text(f"documents.part.{part}"))
        return Blank(label, self.shown, line)

    def _said(self, name: str) -> Any:
        return self._or_blank(self.said.get(name), name)

    def _saids(self, group: str, *parts: str) -> dict[str, Any]:
        return {part: self._or_blank(self.said.get(f"{group}.{part}"), group, part) for part in parts}

    def _rows(self, rows: Iterable[Mapping[str, Any]], group: str, columns: Iterable[str]) -> list[dict[str, Any]]:
        """The rows with their blanks; some blank rows if there are none."""
        names = list(columns)
        found = list(rows) or [dict.fromkeys(names) for _ in range(_BLANK_ROWS)]
        return [{name: self._or_blank(row.get(name), group, line=_SHORT_LINE) for name in names} for row in found]

    def _day(self, day: dt.date | None) -> str:
        return long_date(day) if day else ""

    # -- the fields, by where they come from ---------------------------------------------------------------------------

    def _government(self) -> Any:
        named = self.source.readiness.government if self.source.readiness else ""
        return self._or_blank(named or self.source.title, "government")

    def _officials(self) -> dict[str, Any]:
        """Enlace and Administrador: of the readiness, else of the plan."""
        found = {}
        for role in OFFICIALS:
            people = [getattr(model, role, None) for model in (self.source.readiness, self.source.plan)]
            person = next((p for p in people if p and (p.name or p.position)), None)
            found[role] = {
                part: self._or_blank(getattr(person, part, ""), role, part) for part in ("name", "position", "email")
            }
        return found

    def _attendees(self) -> list[dict[str, Any]]:
        readiness = self.source.readiness
        people = [
            p for p in ([readiness.liaison, readiness.administrator, *readiness.council] if readiness else []) if p
        ]
        rows = [{"name": p.name, "position": p.position} for p in people if p.name or p.position]
        return self._rows(rows, "attendees", ("name", "position"))

    def _area(self, area: tuple[str, str] | None) -> dict[str, Any]:
        name, position = area or ("", "")
        return {"name": name, "position": self._or_blank(position, "area")}

    def _deadline(self) -> Any:
        """The day on which the inventory is due: the Guide's days after the plan's first day, if there is one."""
        start = self.source.plan.start if self.source.plan else None
        days = next((d["days"] for d in deadlines() if d["steps"] == _INVENTORY_STEP), None)
        due = start + dt.timedelta(days=days) if start and days else None
        return self._or_blank(self._day(due) if due and due >= self.today else "", "deadline")

    def _planning(self) -> dict[str, Any]:
        readiness, inventory, plan = self.source.readiness, self.source.inventory, self.source.plan
        actions = [
            {"dimension": title(a.dimension), "level": level_name(a.level), "action": a.action}
            for a in (readiness.next_actions() if readiness else [])
        ]
        counts = ("datasets", "resources", "public", "restricted", "private")
        summary = inventory.summary() if inventory is not None else None
        scored = plan is not None and bool(plan.scores)
        board = plan.scoreboard().head(_BEST) if plan is not None and scored else None
        best = [
            {"rank": int(rank), "name": name, "points": number(round(float(points), 1))}
            for rank, name, points in (
                zip(board["rank"], board["dataset"], board["points"], strict=True) if board is not None else []
            )
        ]
        chosen = [
            {"name": i.dataset, "description": i.description, "frequency": frequency_word(i.frequency), "date": i.date}
            for i in (plan.items if plan else [])
        ]
        weights = [
            {
                "name": text(f"plan.criterion.{name}"),
                "weight": number(plan.weights.get(name, 1.0)) if plan and scored else "",
            }
            for name in CRITERIA
        ]
        return {
            "actions": self._rows(actions, "actions", ("dimension", "level", "action")),
            "inventory": {
                n: self._or_blank(number(getattr(summary, n)) if summary else "", "inventory") for n in counts
            },
            "criteria": self._rows(weights, "criteria", ("name", "weight")),
            "priorities": self._rows(best, "priorities", ("rank", "name", "points")),
            "plan": {
                "vision": self._or_blank(plan.vision if plan else "", "vision"),
                "datasets": self._rows(chosen, "plan", ("name", "description", "frequency", "date")),
            },
        }

    def _impact(self) -> dict[str, Any]:
        impact, theory = self.source.impact, self.source.theory
        story = impact.story if impact else None
        parts = ("title", "background", "challenges", "solution", "results")
        rows = []
        for indicator, latest, share in impact.progress(theory) if impact and theory else []:
            figures = (indicator.baseline, indicator.target, latest.value if latest else None)
            baseline, target, now = ("" if f is None else f"{number(f)} {indicator.unit}".strip() for f in figures)
            done = "" if share is None else number(share, spec="%")
            day = f" ({latest.date.isoformat()})" if latest and latest.date else ""
            rows.append(
                {"name": indicator.name, "baseline": baseline, "target": target, "latest": now + day, "share": done}
            )
        reuses = [
            {"who": r.who, "kind": text(f"impact.kind.{r.kind}"), "what": r.what, "date": r.date}
            for r in (impact.reuses if impact else [])
        ]
        return {
            "story": {part: self._or_blank(getattr(story, part, ""), "story", part) for part in parts},
            "progress": self._rows(rows, "progress", ("name", "baseline", "target", "latest", "share")),
            "reuses": [{k: self._or_blank(v, "reuses", line=_SHORT_LINE) for k, v in row.items()} for row in reuses],
        }

    def _report(self, report: Report | None) -> dict[str, Any]:
        status = report.status if report else None
        return {
            "received": self._or_blank(self._day(report.received) if report else "", "report", "received"),
            "what": self._or_blank(report.what if report else "", "report", "what"),
            "dataset": plain(report.dataset) if report else "",
            "status": text(f"documents.status.{status}") if status in {"corrected", "not_corrected"} else "",
            "answer": self._or_blank(report.answer if report else "", "report", "answer"),
            "answered": self._or_blank(self._day(report.answered) if report else "", "report", "answered"),
            "days": number(Impact.answer_days),
        }


def _office(words: str) -> frozenset[str]:
    """What tells an office from the others."""
    facts = FACTS["offices"]
    telling = [word[: facts["stem"]] for word in fold(words).split() if word not in facts["common"]]
    return frozenset(telling or [fold(words)])


def names(values: Any, prefix: str = "", lang: str | None = None) -> list[str]:
    """The fields of a context as a template writes them, in one language: "enlace.nombre", "asistentes[].cargo"."""
    spanish = (lang or current_language()) == "es"
    own = set(SPANISH.values()) if spanish else set(SPANISH)
    found = []
    for name, value in values.items():
        if name not in own:
            continue
        if isinstance(value, Mapping):
            found += names(value, f"{prefix}{name}.", lang)
        elif isinstance(value, list):
            found += names(value[0], f"{prefix}{name}[].", lang) if value else [f"{prefix}{name}[]"]
        else:
            found.append(prefix + name)
    return found


def _english(name: str) -> str:
    """The English name of a fact that somebody says.

    Raises:
        KitError: ``documents.unknown-fact`` naming those there are.
    """
    known = {fact: fact for fact in SAID} | {spanish_name(fact): fact for fact in SAID} | {"oficio": "number"}
    if name not in known:
        shown = [spanish_name(fact) if current_language() == "es" else fact for fact in SAID]
        raise KitError(error("documents.unknown-fact", Place(item=name), name=name, known=shown))
    return known[name]


def spanish_name(path: str) -> str:
    """A field's path in Spanish: "head.name" is "titular.nombre"."""
    return "oficio" if path == "number" else ".".join(SPANISH[part] for part in path.split("."))


def both(value: Any) -> Any:
    """The same values by their names in both languages."""
    if isinstance(value, Mapping):
        inside = {name: both(item) for name, item in value.items()}
        return inside | {SPANISH[name]: item for name, item in inside.items()}
    return [both(item) for item in value] if isinstance(value, list) else value
