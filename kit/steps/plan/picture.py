"""Value against effort: which datasets to begin with, as a chart and in words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure

from kit import messages
from kit.steps.plan.facts import LEAST_EFFORT, MOST_EFFORT

_BLUE, _ORANGE = "#0072B2", "#D55E00"  # Okabe and Ito; the shape says the same as the colour
_HALF = 50.0
_MIDDLE = (LEAST_EFFORT + MOST_EFFORT + 1) / 2  # between two marks, so that no dataset lies on the line
_LONGEST = 46


@dataclass(frozen=True, slots=True)
class Dot:
    """A dataset in the chart: its place in the ranking, points from 0 to 100, effort from 1 to 5."""

    place: int
    dataset: str
    value: float
    effort: float
    chosen: bool

    @property
    def quarter(self) -> str:
        """The quarter of the chart ("first", "large", "filler", "later"): whether value is high and effort low."""
        if self.value >= _HALF:
            return "first" if self.effort < _MIDDLE else "large"
        return "filler" if self.effort < _MIDDLE else "later"


def draw(dots: Sequence[Dot]) -> Figure:
    """The chart: numbered dots, and the names of the numbers beside them."""
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(10, max(5.0, 0.24 * len(dots) + 1)), layout="constrained")
        axes = figure.add_subplot()
        for chosen, colour, marker in ((True, _BLUE, "o"), (False, _ORANGE, "s")):
            some = [dot for dot in dots if dot.chosen is chosen]
            label = messages.text("plan.chart.chosen" if chosen else "plan.chart.not-chosen")
            axes.scatter([d.effort for d in some], [d.value for d in some], c=colour, marker=marker, s=60, label=label)
        for (effort, value), numbers in _together(dots).items():
            axes.annotate(", ".join(numbers), (effort, value), xytext=(6, 5), textcoords="offset points")
        _frame(axes)
        legend = axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
        axes.add_artist(legend)
        names = "\n".join(
            f"{number}. {textwrap.shorten(dot.dataset, _LONGEST, placeholder='…')}"
            for number, dot in enumerate(dots, 1)
        )
        axes.annotate(names, (1.02, 0.86), xycoords="axes fraction", va="top", annotation_clip=False)
    return figure


def _together(dots: Sequence[Dot]) -> dict[tuple[float, float], list[str]]:
    """The numbers of the dots at each point, so that two on one spot are both named."""
    found: dict[tuple[float, float], list[str]] = {}
    for number, dot in enumerate(dots, 1):
        found.setdefault((dot.effort, round(dot.value, 1)), []).append(str(number))
    return found


def _frame(axes: mpl.axes.Axes) -> None:
    axes.set_xlim(LEAST_EFFORT - 0.5, MOST_EFFORT + 0.5)
    axes.set_ylim(-12, 112)
    axes.set_xticks(range(int(LEAST_EFFORT), int(MOST_EFFORT) + 1))
    axes.axhline(_HALF, color="#767676", linewidth=0.8, linestyle="--")
    axes.axvline(_MIDDLE, color="#767676", linewidth=0.8, linestyle="--")
    corners = {"first": (0.01, 0.98, "left", "top"), "large": (0.99, 0.98, "right", "top")}
    corners |= {"filler": (0.01, 0.01, "left", "bottom"), "later": (0.99, 0.01, "right", "bottom")}
    for name, (x, y, across, up) in corners.items():
        words = messages.text(f"plan.quarter.{name}")
        axes.text(x, y, words, transform=axes.transAxes, ha=across, va=up, color="#595959", style="italic")
    axes.set_xlabel(messages.text("plan.chart.effort"))
    axes.set_ylabel(messages.text("plan.chart.value"))
    axes.set_title(messages.text("plan.chart.title"))


def describe(dots: Sequence[Dot]) -> str:
    """The chart in words, for its alt text: what stands in each quarter."""
    parts = []
    for quarter in ("first", "large", "filler", "later"):
        names = [dot.dataset for dot in dots if dot.quarter == quarter]
        if names:
            title = messages.text(f"plan.quarter.{quarter}")
            parts.append(messages.text("plan.chart.quarter", quarter=title, n=len(names), names=names))
    return " ".join([messages.text("plan.chart.alt", n=len(dots)), *parts])
