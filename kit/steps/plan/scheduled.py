"""A plan in time: the Guide's deadlines and the plan's own dates, as a table and as a Gantt picture."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from matplotlib.figure import Figure

from kit.steps.plan import gantt, schedule
from kit.steps.plan.ranked import Ranked
from kit.steps.plan.schedule import Task


class Scheduled(Ranked):
    """A ranked plan with its calendar; dates count from `start`, else the day the Guide was published, else today."""

    def tasks(self, start: dt.date | str | None = None) -> list[Task]:
        """The Guide's steps, then the datasets by date.

        Args:
            start: the first day; without it the plan's.
        """
        return schedule.tasks(self.items, start or self.start, self.guide)

    def calendar(self, start: dt.date | str | None = None, lang: str | None = None) -> pd.DataFrame:
        """The schedule as a table by date."""
        return schedule.table(self.tasks(start), lang)

    def gantt(self, start: dt.date | str | None = None, *, today: dt.date | None = None) -> Figure:
        """The schedule as a picture, to print; `describe_gantt` says the same in words.

        Args:
            start: the first day; without it the plan's.
            today: the day of the dashed line; without it today. No line if it lies outside the schedule.
        """
        return gantt.draw(self.tasks(start), today or dt.date.today())

    def describe_gantt(self, start: dt.date | str | None = None) -> str:
        """The picture in words, for its alt text."""
        return schedule.describe(self.tasks(start))
