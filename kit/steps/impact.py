"""Step 09: use and impact: indicators followed up, reuse on record, and the story in the official structure.

Structure of the story (antecedentes, retos, solucion, resultados) and kinds of user: miniguia de promocion, DGM 2015.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from jinja2 import Environment, PackageLoader

from kit import messages
from kit.findings import Findings, Place, advice, error, warning
from kit.markup import table
from kit.models import Model
from kit.portfolio import Portfolio
from kit.steps.base import StepModel
from kit.steps.problem import plain
from kit.steps.theory import Indicator, Theory

STORY = "story.html"


class FollowUp(Model):
    """A later value of an indicator."""

    indicator: str
    date: dt.date
    value: float
    source: str = ""


class Reuse(Model):
    """Somebody who used the data: inside the institution, in another government, or in another sector."""

    who: str
    kind: Literal["institution", "government", "society"] = "society"
    what: str = ""
    url: str = ""
    date: dt.date | None = None


class Report(Model):
    """A citizen's report about the data, and the answer."""

    received: dt.date
    what: str
    answer: str = ""
    answered: dt.date | None = None


class Story(Model):
    """The story of use, in the official order."""

    title: str
    background: str = ""  # antecedentes
    challenges: str = ""  # retos
    solution: str = ""  # solucion
    results: str = ""  # resultados


class Impact(StepModel):
    """What the opening changed, against what the theory of change said it would."""

    step: ClassVar[str] = "09"
    file: ClassVar[str] = "impact.yaml"
    answer_days: ClassVar[int] = 30  # Guia 2017, step 3.3

    follow_ups: list[FollowUp] = []
    reuses: list[Reuse] = []
    reports: list[Report] = []
    story: Story | None = None

    def check(self) -> Findings:
        """A story without a part, a report without an answer, nobody who uses the data."""
        found = Findings()
        if self.story is None:
            found.add(warning("impact.no-story", Place(self.file, item="story")))
        else:
            empty = [
                story_part(n) for n in ("background", "challenges", "solution", "results") if not getattr(self.story, n)
            ]
            if empty:
                found.add(warning("impact.story-incomplete", Place(self.file, item="story"), n=len(empty), parts=empty))
        if not self.reuses:
            found.add(advice("impact.no-reuse", Place(self.file, item="reuses")))
        for number, report in enumerate(self.reports, 1):
            place = Place(self.file, item=f"reports.{number}")
            if not report.answer:
                found.add(warning("impact.unanswered", place, received=report.received, days=self.answer_days))
            elif report.answered and (report.answered - report.received).days > self.answer_days:
                found.add(
                    advice(
                        "impact.late-answer",
                        place,
                        taken=(report.answered - report.received).days,
                        days=self.answer_days,
                    )
                )
        return found

    def check_against(self, theory: Theory) -> Findings:
        """Indicators that nobody follows, values for unknown ones, values without a source."""
        found = Findings()
        known = {plain(indicator.name): indicator for indicator in theory.indicators}
        followed = {plain(value.indicator) for value in self.follow_ups}
        for name, indicator in known.items():
            if name not in followed:
                found.add(
                    warning("impact.not-followed", Place(self.file, item=indicator.name), indicator=indicator.name)
                )
        for value in self.follow_ups:
            place = Place(self.file, item=value.indicator)
            if plain(value.indicator) not in known:
                names = [indicator.name for indicator in theory.indicators] or ["-"]
                found.add(error("impact.unknown-indicator", place, indicator=value.indicator, known=names))
            elif not value.source:
                found.add(warning("impact.no-source", place, indicator=value.indicator))
        return found

    def progress(self, theory: Theory) -> list[tuple[Indicator, FollowUp | None, float | None]]:
        """For each indicator of the theory: its latest value and the share of the way to the target that is done."""
        rows: list[tuple[Indicator, FollowUp | None, float | None]] = []
        for indicator in theory.indicators:
            values = [v for v in self.follow_ups if plain(v.indicator) == plain(indicator.name)]
            latest = max(values, key=lambda v: v.date, default=None)
            rows.append((indicator, latest, _share(indicator, latest)))
        return rows

    def progress_table(self, theory: Theory) -> str:
        """The progress as an HTML table."""
        head = [messages.text(f"impact.heading.{n}") for n in ("indicator", "baseline", "target", "latest", "share")]
        rows = []
        for indicator, latest, share in self.progress(theory):
            figures = [
                "-" if value is None else f"{messages.number(value)} {indicator.unit}"
                for value in (indicator.baseline, indicator.target, latest.value if latest else None)
            ]
            done = "-" if share is None else f"{_bar(share)} {messages.number(share, spec='%')}"
            rows.append((indicator.name, *figures, done))
        return table(head, rows, messages.text("impact.progress"), row_heads=True)

    def story_page(self, theory: Theory, government: str) -> str:
        """The story as an HTML page of its own."""
        environment = Environment(loader=PackageLoader("kit.steps", "templates"), autoescape=True)
        return environment.get_template("story.html").render(
            impact=self,
            story=self.story,
            government=government,
            progress=self.progress_table(theory),
            lang=messages.current_language(),
            text=messages.text,
            part=story_part,
        )

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``impact.yaml`` and, if there is a story, its page; return what the checks find."""
        theory = Theory.from_portfolio(portfolio)
        found = super().save(portfolio) + self.check_against(theory)
        if self.story is not None:
            portfolio.write_text(STORY, self.story_page(theory, portfolio.title), step=self.step)
        return found


def story_part(name: str) -> str:
    """The heading of a part of the story in the language in force."""
    return messages.text(f"impact.story.{name}")


def _share(indicator: Indicator, latest: FollowUp | None) -> float | None:
    if (
        latest is None
        or indicator.baseline is None
        or indicator.target is None
        or indicator.baseline == indicator.target
    ):
        return None
    return (latest.value - indicator.baseline) / (indicator.target - indicator.baseline)


def _bar(share: float, length: int = 10) -> str:
    full = round(max(0.0, min(1.0, share)) * length)
    return "█" * full + "░" * (length - full)
