"""Step 01: the problem, before any solution: who suffers it, how it is measured, why it happens, what follows."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import ClassVar

from kit import messages
from kit.findings import Findings, Place, advice, error, warning
from kit.markup import table
from kit.models import Model
from kit.steps.base import StepModel

_WORDS = json.loads((Path(__file__).parent / "problem-words.json").read_text(encoding="utf-8"))
_SOLUTION = re.compile("|".join(f"(?:{pattern})" for pattern in _WORDS["solution"]))


class Measure(Model):
    """How large the problem is: a figure with its unit, date and source."""

    name: str
    unit: str = ""
    baseline: float | None = None
    date: str = ""
    source: str = ""


class Problem(StepModel):
    """A problem tree: effects above, the problem, the chain of whys below."""

    step: ClassVar[str] = "01"
    file: ClassVar[str] = "problem.yaml"

    statement: str
    affected: list[str] = []
    scope: str = ""
    measure: Measure | None = None
    whys: list[str] = []
    effects: list[str] = []
    evidence: list[str] = []

    def check(self) -> Findings:
        """A solution in disguise, nobody affected, no measure, a whole sector, too few whys, no effect."""
        found = Findings()
        words = plain(self.statement)
        place = Place(self.file, item="statement")
        if _SOLUTION.search(words):
            found.add(error("problem.is-a-solution", place, statement=self.statement))
        if words.strip(" .") in _WORDS["sector"] or len(words.split()) < _WORDS["fewest_words"]:
            found.add(error("problem.too-broad", place, statement=self.statement))
        if not self.affected:
            found.add(error("problem.nobody-affected", Place(self.file, item="affected")))
        if not self.scope:
            found.add(warning("problem.no-scope", Place(self.file, item="scope")))
        found.extend(self._check_measure())
        fewest = _WORDS["fewest_whys"]
        if len(self.whys) < fewest:
            found.add(warning("problem.few-whys", Place(self.file, item="whys"), n=len(self.whys), fewest=fewest))
        if len({plain(why) for why in self.whys}) < len(self.whys):
            found.add(warning("problem.repeated-why", Place(self.file, item="whys")))
        if not self.effects:
            found.add(advice("problem.no-effect", Place(self.file, item="effects")))
        if not self.evidence:
            found.add(warning("problem.no-evidence", Place(self.file, item="evidence")))
        return found

    def _check_measure(self) -> Findings:
        place = Place(self.file, item="measure")
        if self.measure is None or self.measure.baseline is None:
            return Findings([error("problem.no-measure", place)])
        empty = [name for name in ("unit", "date", "source") if not getattr(self.measure, name)]
        if empty:
            return Findings([warning("problem.measure-incomplete", place, fields=empty)])
        return Findings()

    def _repr_html_(self) -> str:
        def row(name: str, value: str) -> tuple[str, str]:
            return messages.text(f"problem.field.{name}"), value or "-"

        measure = self.measure
        figure = (
            f"{measure.name}: {messages.number(measure.baseline)} {measure.unit}"
            if measure and measure.baseline is not None
            else ""
        )
        rows = [
            row("effects", "; ".join(self.effects)),
            row("statement", self.statement),
            *(row("why", f"{number}. {why}") for number, why in enumerate(self.whys, 1)),
            row("affected", "; ".join(self.affected)),
            row("measure", figure),
            row("scope", self.scope),
            row("evidence", "; ".join(self.evidence)),
        ]
        head = [messages.text("problem.heading.part"), messages.text("problem.heading.text")]
        return table(head, rows, messages.text("problem.caption"), row_heads=True)


def plain(words: str) -> str:
    """Words in lower case, without accents, blanks folded: for comparing what people write."""
    without = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    return " ".join(without.split())
