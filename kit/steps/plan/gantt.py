"""The schedule as a Gantt picture: bars for the Guide's steps, diamonds for publications, a line for today."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kit import messages
from kit.steps.plan.schedule import Task

_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#595959"  # Okabe and Ito; the shape says the same as the colour
_WIDTH, _ROW, _FRAME = 11.0, 0.34, 1.6  # inches
_LABEL = 46  # characters of a line of the labels
_MANY = 24  # rows above which a label has one line, so that the picture still fits a page
_MARGIN = 0.03  # of the time shown, before and after


def draw(tasks: Sequence[Task], today: dt.date | None = None) -> Figure:
    """The picture, as high as its rows need; the Guide's steps above, the datasets below.

    Args:
        tasks: of `kit.steps.plan.schedule.tasks`.
        today: the day of the line; without it, or outside the time shown, no line.
    """
    lines = 2 if len(tasks) <= _MANY else 1
    labels = [textwrap.wrap(task.label, _LABEL, max_lines=lines, placeholder="…") or ["-"] for task in tasks]
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(_WIDTH, _FRAME + _ROW * sum(max(1.0, 0.75 * len(label)) for label in labels)))
        figure.set_layout_engine("constrained")
        axes = figure.add_subplot()
        if tasks:
            _rows(axes, tasks, labels)
            _time(axes, tasks, today)
            _legend(figure, tasks)
        axes.set_title(messages.text("plan.gantt.title"), loc="left", fontweight="bold", pad=18)
    return figure


def _rows(axes: Axes, tasks: Sequence[Task], labels: Sequence[Sequence[str]]) -> None:
    middles, height = [], 0.0
    for task, lines in zip(tasks, labels, strict=True):
        rows = max(1.0, 0.75 * len(lines))
        middle = height + rows / 2
        height += rows
        middles.append(middle)
        _bar(axes, task, middle) if task.kind == "guide" else _diamond(axes, task, middle)
    data = [middle for task, middle in zip(tasks, middles, strict=True) if task.kind == "dataset"]
    if data and data[0] != middles[0]:
        axes.axhline(data[0] - 0.5, color=_GREY, linewidth=0.8)
    axes.set_ylim(height, 0)
    axes.set_yticks(middles, ["\n".join(lines) for lines in labels])
    axes.tick_params(axis="y", length=0)


def _bar(axes: Axes, task: Task, middle: float) -> None:
    begin, end = (mdates.date2num(day) for day in (task.begin, task.end))
    axes.barh(middle, end - begin, left=begin, height=0.5, color=_BLUE, alpha=0.85)
    _words(axes, task, end, middle)


def _diamond(axes: Axes, task: Task, middle: float) -> None:
    day = mdates.date2num(task.end)
    for update in task.updates:
        axes.plot([mdates.date2num(update)], [middle], marker="|", markersize=8, color=_ORANGE)
    axes.plot([day], [middle], marker="D", markersize=7, color=_ORANGE)
    _words(axes, task, day, middle, before=bool(task.updates))


def _words(axes: Axes, task: Task, day: float, middle: float, *, before: bool = False) -> None:
    axes.annotate(
        messages.text("plan.gantt.day", date=task.end, day=task.day),
        (day, middle),
        xytext=(-8 if before else 8, 0),
        textcoords="offset points",
        ha="right" if before else "left",
        va="center",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _time(axes: Axes, tasks: Sequence[Task], today: dt.date | None) -> None:
    first, last = min(task.begin for task in tasks), max(task.end for task in tasks)
    span = max(30, (last - first).days)
    # the room for the words beside the first and the last mark
    left = 0.2 * span if any(t.updates and (t.end - first).days < 0.2 * span for t in tasks) else _MARGIN * span
    axes.set_xlim(mdates.date2num(first) - left, mdates.date2num(last) + 0.2 * span)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis_date()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m-%d" if span < 90 else "%Y-%m"))
    axes.grid(axis="x", color="#d0d0d0", linewidth=0.6)
    axes.set_axisbelow(True)
    if today is not None and first - dt.timedelta(days=int(left)) <= today <= last + dt.timedelta(days=int(0.2 * span)):
        axes.axvline(mdates.date2num(today), color="black", linestyle="--", linewidth=1)
        axes.annotate(
            messages.text("plan.gantt.today", date=today),
            (mdates.date2num(today), 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _legend(figure: Figure, tasks: Sequence[Task]) -> None:
    line = mpl.lines.Line2D
    signs: list[tuple[Artist, str]] = [(mpl.patches.Patch(color=_BLUE, alpha=0.85), "guide")]
    if any(task.kind == "dataset" for task in tasks):
        signs.append((line([], [], color=_ORANGE, marker="D", linestyle="none"), "dataset"))
    if any(task.updates for task in tasks):
        signs.append((line([], [], color=_ORANGE, marker="|", linestyle="none", markersize=8), "update"))
    names = [messages.text(f"plan.task.{name}") for _, name in signs]
    figure.legend([sign for sign, _ in signs], names, loc="outside lower center", ncols=3, frameon=False)
