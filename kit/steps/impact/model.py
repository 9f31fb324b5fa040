"""What step 09 holds, and the pages it leaves: the story in the official structure and the replies to reports.

Structure of the story (antecedentes, retos, solucion, resultados) and kinds of user: miniguia de promocion, DGM 2015;
30 days to answer a citizen's report: Guia 2017, step 3.3.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import ClassVar, Literal

from jinja2 import Environment, PackageLoader
from matplotlib.figure import Figure

from kit import messages
from kit.findings import Findings, KitError
from kit.models import Model
from kit.portfolio import Portfolio
from kit.steps.base import StepModel
from kit.steps.impact import picture, progress, replies, rules
from kit.steps.impact.replies import Reply
from kit.steps.readiness import Person, Readiness
from kit.steps.theory import Indicator, Theory

STORY = "story.html"
REPLIES = "replies.txt"
PARTS = ("background", "challenges", "solution", "results")


class FollowUp(Model):
    """A later value of an indicator."""

    indicator: str = ""
    date: dt.date | None = None
    value: float | None = None
    unit: str = ""  # without it the indicator's
    source: str = ""


class Reuse(Model):
    """Somebody who used the data: inside the institution, in another government, or in another sector."""

    who: str = ""
    kind: Literal["institution", "government", "society"] = "society"
    what: str = ""
    url: str = ""
    date: dt.date | None = None
    outcome: str = ""  # what came of it


class Report(Model):
    """A citizen's report about the data, what was done about it, and the answer; never who sent it."""

    received: dt.date | None = None
    what: str = ""
    dataset: str = ""
    status: Literal["received", "corrected", "not_corrected"] | None = None
    answer: str = ""
    answered: dt.date | None = None

    def due(self, days: int) -> dt.date | None:
        """The last day on which an answer is in time."""
        return self.received + dt.timedelta(days=days) if self.received else None


class Story(Model):
    """The story of use, in the official order."""

    title: str = ""
    background: str = ""  # antecedentes
    challenges: str = ""  # retos
    solution: str = ""  # solucion
    results: str = ""  # resultados


class Impact(StepModel):
    """What the opening changed, against what the theory of change said it would."""

    step: ClassVar[str] = "09"
    file: ClassVar[str] = "impact.yaml"
    answer_days: ClassVar[int] = 30  # Guia 2017, step 3.3

    date: dt.date | None = None  # the day on which this was written: what is late is late on it; without it today
    follow_ups: list[FollowUp] = []
    reuses: list[Reuse] = []
    reports: list[Report] = []
    story: Story | None = None

    # -- judging -----------------------------------------------------------------------------------------------------

    def check(self, *, today: dt.date | None = None) -> Findings:
        """What the file says by itself: values, uses, reports and story that are missing, late or half told.

        Args:
            today: the day on which something is late; without it `date`, else today.
        """
        return rules.check(self, self._day(today))

    def check_against(self, theory: Theory, *, today: dt.date | None = None) -> Findings:
        """What only the theory of change shows: indicators not followed, targets missed, figures that do not agree."""
        return rules.check_against(self, theory, self._day(today))

    def check_in(self, portfolio: Portfolio) -> Findings:
        """Both checks, with the theory of step 02; that it is missing is a finding too."""
        theory, findings = _theory(portfolio)
        return self.check() + (self.check_against(theory) if theory else findings)

    def _day(self, today: dt.date | None) -> dt.date:
        return today or self.date or dt.date.today()

    # -- indicators --------------------------------------------------------------------------------------------------

    def progress(self, theory: Theory) -> list[tuple[Indicator, FollowUp | None, float | None]]:
        """For each indicator of the theory: its latest value and the share of the way to the target that is done."""
        return [(row.indicator, row.latest, row.share) for row in progress.rows(self, theory)]

    def progress_table(self, theory: Theory) -> str:
        """The progress as an HTML table."""
        return progress.table(self, theory)

    def picture(self, theory: Theory) -> Figure:
        """Each indicator in time, with baseline and target; `describe` says the same in words."""
        return picture.draw(progress.rows(self, theory))

    def describe(self, theory: Theory) -> str:
        """The picture in words, for its alt text."""
        return picture.describe(progress.rows(self, theory))

    # -- pages -------------------------------------------------------------------------------------------------------

    def replies(self, government: str, official: Person | None = None, lang: str | None = None) -> list[Reply]:
        """A drafted reply to each report, in the language given or in force."""
        return [
            replies.reply(report, government, official, days=self.answer_days, today=self._day(None), lang=lang)
            for report in self.reports
        ]

    def story_page(self, theory: Theory | None, government: str) -> str:
        """The story as an HTML page of its own, with the progress of the theory's indicators if there is one."""
        environment = Environment(loader=PackageLoader("kit.steps", "templates"), autoescape=True)
        told = theory is not None and bool(theory.indicators)
        return environment.get_template("story.html").render(
            impact=self,
            story=self.story or Story(),
            government=government,
            progress=self.progress_table(theory) if theory and told else "",
            picture=base64.b64encode(picture.svg(self.picture(theory))).decode("ascii") if theory and told else "",
            alt=self.describe(theory) if theory and told else "",
            lang=messages.current_language(),
            text=messages.text,
            part=story_part,
            parts=PARTS,
        )

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``impact.yaml``, the page of the story and the replies to the reports; return what the checks find."""
        portfolio.write_yaml(self.file, self.to_data(), step=self.step)
        theory, _ = _theory(portfolio)
        if self.story is not None:
            portfolio.write_text(STORY, self.story_page(theory, portfolio.title), step=self.step)
        if self.reports or portfolio.exists(REPLIES):
            official = _signer(portfolio)
            drafts = [self.replies(portfolio.title, official, lang) for lang in messages.LANGUAGES]
            portfolio.write_text(REPLIES, replies.letter(drafts), step=self.step)
        return self.check_in(portfolio)


def story_part(name: str) -> str:
    """The heading of a part of the story in the language in force."""
    return messages.text(f"impact.story.{name}")


def _theory(portfolio: Portfolio) -> tuple[Theory | None, Findings]:
    """The theory of step 02, or why there is none."""
    if not portfolio.exists(Theory.file):
        return None, rules.no_theory()
    try:
        return Theory.from_portfolio(portfolio), Findings()
    except KitError as problem:
        return None, problem.findings


def _signer(portfolio: Portfolio) -> Person | None:
    """The official of step 00 who signs."""
    try:
        readiness = Readiness.from_portfolio(portfolio) if portfolio.exists(Readiness.file) else None
    except KitError:
        return None
    return (readiness.administrator or readiness.liaison) if readiness else None
