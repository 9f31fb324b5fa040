"""Value against effort: which datasets to begin with, as a chart and in words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kit import messages
from kit.steps.plan.facts import LEAST_EFFORT, MOST_EFFORT

_BLUE, _ORANGE = "#0072B2", "#D55E00"  # Okabe and Ito; the shape says the same as the colour
_HALF = 50.0
_MIDDLE = (LEAST_EFFORT + MOST_EFFORT + 1) / 2  # between two marks, so that no dataset lies on the line
_LONGEST = 46
_LOW, _HIGH = -12.0, 112.0
_CHART, _LIST = 6.2, 3.8  # inches across
_LINES = 45  # names in a column of the list
_LINE, _FRAME = 0.19, 1.4  # inches
_LABEL = 0.155  # inches that a number needs above the next one


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
    columns = max(1, math.ceil(len(dots) / _LINES))
    lines = math.ceil(len(dots) / columns)
    height = max(5.2, _LINE * lines + _FRAME)
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(_CHART + _LIST * columns, height), layout="constrained")
        grid = figure.add_gridspec(1, 1 + columns, width_ratios=[_CHART, *[_LIST] * columns])
        axes = figure.add_subplot(grid[0])
        for chosen, colour, marker in ((True, _BLUE, "o"), (False, _ORANGE, "s")):
            some = [dot for dot in dots if dot.chosen is chosen]
            label = messages.text("plan.chart.chosen" if chosen else "plan.chart.not-chosen")
            axes.scatter([d.effort for d in some], [d.value for d in some], c=colour, marker=marker, s=45, label=label)
        _frame(axes)
        _numbers(axes, dots, (_HIGH - _LOW) * _LABEL / (height - _FRAME))
        figure.legend(loc="outside lower left", ncols=2, frameon=False)
        for column in range(columns):
            _names(figure.add_subplot(grid[1 + column]), dots, column * lines, lines)
    return figure


def _numbers(axes: Axes, dots: Sequence[Dot], least: float) -> None:
    """The numbers to the right of their dots; where dots lie close, apart from each other with a line to the dot."""
    groups: dict[float, list[tuple[float, float, str]]] = {}
    in_a_line = 3 if len(dots) < 100 else 2
    for (effort, value), numbers in _together(dots).items():
        for first in range(0, len(numbers), in_a_line):
            words = ", ".join(numbers[first : first + in_a_line])
            groups.setdefault(round(effort * 2) / 2, []).append((value, effort, words))
    for group in groups.values():
        group.reverse()  # of those on one spot the first number stands on top
        group.sort(key=lambda label: label[:2])
        for (value, effort, words), height in zip(group, apart([v for v, _, _ in group], least), strict=True):
            moved = abs(height - value) > least / 4
            axes.annotate(
                words,
                (effort, value),
                xytext=(effort + (0.22 if moved else 0.1), height),
                va="center",
                fontsize=8,
                arrowprops={"arrowstyle": "-", "color": "#8a8a8a", "linewidth": 0.5, "shrinkB": 3} if moved else None,
            )


def apart(values: Sequence[float], least: float) -> list[float]:
    """Heights in the order of the values, near them and at least so far from each other.

    Examples:
        >>> apart([0, 10, 11, 30], 4)
        [0.0, 8.5, 12.5, 30.0]
    """
    runs: list[tuple[float, int]] = []  # middle and number of labels of each run that stands together
    for value in values:
        runs.append((value, 1))
        while len(runs) > 1:
            (low, n), (high, m) = runs[-2:]
            if high - low >= least * (n + m) / 2:
                break
            runs[-2:] = [((low * n + high * m) / (n + m), n + m)]
    return [middle + least * (position - (n - 1) / 2) for middle, n in runs for position in range(n)]


def _together(dots: Sequence[Dot]) -> dict[tuple[float, float], list[str]]:
    """The numbers of the dots at each point, so that two on one spot are both named."""
    found: dict[tuple[float, float], list[str]] = {}
    for number, dot in enumerate(dots, 1):
        found.setdefault((dot.effort, round(dot.value, 1)), []).append(str(number))
    return found


def _names(axes: Axes, dots: Sequence[Dot], first: int, lines: int) -> None:
    """A column of the list beside the chart."""
    axes.set_axis_off()
    names = "\n".join(
        f"{number}. {textwrap.shorten(dot.dataset, _LONGEST, placeholder='…')}"
        for number, dot in enumerate(dots[first : first + lines], first + 1)
    )
    axes.text(0, 1, names, transform=axes.transAxes, va="top", linespacing=1.35)


def _frame(axes: Axes) -> None:
    axes.set_xlim(LEAST_EFFORT - 0.5, MOST_EFFORT + 0.8)
    axes.set_ylim(_LOW, _HIGH)
    axes.set_xticks(range(int(LEAST_EFFORT), int(MOST_EFFORT) + 1))
    axes.axhline(_HALF, color="#767676", linewidth=0.8, linestyle="--")
    axes.axvline(_MIDDLE, color="#767676", linewidth=0.8, linestyle="--")
    corners = {"first": (0.01, 0.985, "left", "top"), "large": (0.99, 0.985, "right", "top")}
    corners |= {"filler": (0.01, 0.015, "left", "bottom"), "later": (0.99, 0.015, "right", "bottom")}
    for name, (x, y, across, up) in corners.items():
        words = messages.text(f"plan.quarter.{name}")
        axes.text(x, y, words, transform=axes.transAxes, ha=across, va=up, color="#404040", fontweight="bold")
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
