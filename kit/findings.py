"""Findings: the one shape in which the kit says that something is wrong or worth attention.

A finding is data: a stable code, a level, the place, and the parameters. What was found, what was expected and how to
mend it are sentences of the catalogue (``<code>.found``, ``<code>.expected``, ``<code>.mend``), rendered in the
reader's language when somebody looks. Reading, rules, cleaning, topology, privacy and learner checks all speak so.

Make one with `error`, `warning` or `advice`; the code is always written out, so that a test can compare the codes that
the package raises with the codes that the catalogue holds.

Examples:
    >>> from kit.findings import Findings, Place, warning
    >>> found = Findings([warning("portfolio.file-missing", Place("plan.csv"), file="plan.csv", version="-")])
    >>> found.codes()
    {'portfolio.file-missing'}
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, overload

import pandas as pd

from kit import messages
from kit.markup import table


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the work cannot be used as it is
    WARNING = "warning"  # somebody must look at it and decide
    ADVICE = "advice"  # good to know, or better done otherwise

    @property
    def mark(self) -> str:
        """A sign that does not depend on colour."""
        return {"error": "✖", "warning": "▲", "advice": "●"}[self.value]


_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.ADVICE: 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where: any of file, sheet or layer, rows, column, and a named item (a key, a part of a form).

    ``rows`` are the row numbers a person sees when the file is opened in a spreadsheet: 1 is the first line. ``field``
    is for programs and is not shown: the path of a model's field, with positions from 0 ("indicators.0.baseline"),
    beside which a form shows the finding.
    """

    file: str | None = None
    sheet: str | None = None
    rows: tuple[int, ...] = ()
    column: str | None = None
    item: str | None = None
    field: str | None = None

    def render(self, lang: str | None = None) -> str:
        """The place in words, from the widest to the narrowest."""
        parts: list[str] = []
        if self.file:
            parts.append(self.file)
        if self.sheet:
            parts.append(messages.text("findings.place.sheet", lang=lang, sheet=self.sheet))
        if self.rows:
            parts.append(
                messages.text("findings.place.rows", lang=lang, n=len(self.rows), rows=[str(row) for row in self.rows])
            )
        if self.column:
            parts.append(messages.text("findings.place.column", lang=lang, column=self.column))
        if self.item:
            parts.append(self.item)
        return ", ".join(parts) or messages.text("findings.place.whole", lang=lang)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: ``code``, ``level``, ``place`` and the data its sentences need."""

    code: str
    level: Level
    place: Place = field(default_factory=Place)
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, part: str, lang: str | None = None) -> str:
        """The sentence of ``part``: "found", "expected" or "mend"."""
        return messages.text(f"{self.code}.{part}", lang=lang, **self.params)

    def render(self, lang: str | None = None) -> dict[str, str]:
        """The finding in words: level, place, found, expected, mend, code."""
        return {
            "level": f"{self.level.mark} {messages.text(f'findings.level.{self.level.value}', lang=lang)}",
            "place": self.place.render(lang),
            "found": self.sentence("found", lang),
            "expected": self.sentence("expected", lang),
            "mend": self.sentence("mend", lang),
            "code": self.code,
        }

    def line(self, lang: str | None = None) -> str:
        """The finding as one line for a terminal."""
        words = self.render(lang)
        return (
            f"{words['level']} · {words['place']}: {words['found']} {words['expected']} → {words['mend']} [{self.code}]"
        )

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain data, ready for JSON; `Finding.from_dict` reads it back."""
        place = {name: getattr(self.place, name) for name in Place.__slots__ if getattr(self.place, name)}
        if "rows" in place:
            place["rows"] = list(place["rows"])
        return {"code": self.code, "level": self.level.value, "place": place, "params": _plain(dict(self.params))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that `to_dict` wrote."""
        place = dict(data.get("place", {}))
        place["rows"] = tuple(place.get("rows", ()))
        return cls(str(data["code"]), Level(data["level"]), Place(**place), dict(data.get("params", {})))


def error(code: str, place: Place | None = None, /, **params: Any) -> Finding:
    """A finding without whose mending the work cannot be used."""
    return Finding(code, Level.ERROR, place or Place(), params)


def warning(code: str, place: Place | None = None, /, **params: Any) -> Finding:
    """A finding that somebody must look at and decide."""
    return Finding(code, Level.WARNING, place or Place(), params)


def advice(code: str, place: Place | None = None, /, **params: Any) -> Finding:
    """A finding that is good to know."""
    return Finding(code, Level.ADVICE, place or Place(), params)


class Findings(Sequence[Finding]):
    """A list of findings that shows itself: a table in a notebook, lines in a terminal."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._findings = list(findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        if isinstance(index, slice):
            return Findings(self._findings[index])
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return Findings([*self._findings, *other])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._findings == other._findings

    __hash__ = None  # type: ignore[assignment]

    def add(self, *findings: Finding) -> None:
        """Append findings."""
        self._findings.extend(findings)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Append all findings of another list."""
        self._findings.extend(findings)

    def codes(self) -> set[str]:
        """The codes that occur."""
        return {finding.code for finding in self}

    def of(self, *codes: str) -> Findings:
        """Those whose code is one of ``codes``, or begins with one that ends in a dot ("tables.")."""
        return Findings(
            f for f in self if any(f.code == c or (c.endswith(".") and f.code.startswith(c)) for c in codes)
        )

    def at_level(self, *levels: Level) -> Findings:
        """Those of the given levels."""
        return Findings(f for f in self if f.level in levels)

    @property
    def errors(self) -> Findings:
        """Those at level error."""
        return self.at_level(Level.ERROR)

    def in_order(self) -> Findings:
        """Errors first, then warnings, then advice; within a level as they came."""
        return Findings(sorted(self, key=lambda f: _ORDER[f.level]))

    def lines(self, lang: str | None = None) -> list[str]:
        """One line each, for a terminal, errors first."""
        return [finding.line(lang) for finding in self.in_order()]

    def frame(self, lang: str | None = None) -> pd.DataFrame:
        """A table with the headings of the language: level, place, found, expected, mend, code."""
        rows = [finding.render(lang) for finding in self.in_order()]
        frame = pd.DataFrame(rows, columns=["level", "place", "found", "expected", "mend", "code"])
        return frame.rename(columns=lambda name: messages.text(f"findings.heading.{name}", lang=lang))

    def tally(self, lang: str | None = None) -> str:
        """A short sentence with the number of each level."""
        numbers = {level.value: len(self.at_level(level)) for level in Level}
        return messages.text("findings.count", lang=lang, **numbers)

    def to_json(self) -> str:
        """All findings as a JSON list; `Findings.from_json` reads it back."""
        return json.dumps([finding.to_dict() for finding in self], ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, content: str) -> Findings:
        """The findings that `to_json` wrote."""
        return cls(Finding.from_dict(item) for item in json.loads(content))

    def __repr__(self) -> str:
        return "\n".join(self.lines()) if self else messages.text("findings.none")

    def _repr_html_(self) -> str:
        if not self:
            return f"<p>✔ {html.escape(messages.text('findings.none'))}</p>"
        frame = self.frame()
        return table(list(frame.columns), frame.itertuples(index=False), caption=self.tally())


class KitError(Exception):
    """Work stopped by something its user can mend: carries findings, shows them and no traceback."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = Findings(findings)
        super().__init__(", ".join(sorted(self.findings.codes())))

    def __str__(self) -> str:
        return "\n".join(self.findings.lines())

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return self.findings.lines()


def _plain(value: Any) -> Any:
    """``value`` in JSON's own types: numpy numbers, dates and sets become plain ones."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
