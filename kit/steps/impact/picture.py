"""The indicators in time as small multiples: baseline, target with its date, and the values measured between."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kit import messages
from kit.steps.impact.progress import Row, figure, state_name

_BLUE, _GREEN, _GREY = "#0072B2", "#009E73", "#595959"  # Okabe and Ito; line and mark differ as well
_ACROSS = 3
_WIDTH, _HEIGHT = 4.2, 3.1
_FEW_DAYS = 120  # below them a tick says month and day


def draw(rows: Sequence[Row]) -> Figure:
    """One small chart per indicator, all with the same signs; the legend stands once below."""
    across = min(_ACROSS, max(1, len(rows)))
    down = max(1, math.ceil(len(rows) / across))
    with mpl.rc_context({"font.size": 9}):
        drawing = Figure(figsize=(max(6.0, _WIDTH * across), _HEIGHT * down + 0.5), layout="constrained")
        for number, row in enumerate(rows, 1):
            _one(drawing.add_subplot(down, across, number), row)
        if rows:
            _legend(drawing)
    return drawing


def _one(axes: Axes, row: Row) -> None:
    one, points = row.indicator, row.points
    days = [day for day, _ in points]
    values = [value for _, value in points]
    if one.baseline is not None:
        axes.axhline(one.baseline, color=_GREY, linestyle="--", linewidth=1)
        _beside(axes, one.baseline, messages.number(one.baseline), _GREY)
    if one.target is not None:
        axes.axhline(one.target, color=_GREEN, linestyle=":", linewidth=1.5)
        _beside(axes, one.target, messages.number(one.target), _GREEN)
        if one.date:
            axes.plot([mdates.date2num(one.date)], [one.target], marker="*", markersize=13, color=_GREEN, clip_on=False)
    began = one.baseline_date if one.baseline is not None else None
    if began and one.baseline is not None:
        axes.plot([mdates.date2num(began)], [one.baseline], marker="s", markersize=7, color=_GREY)
        way = [(began, one.baseline), *points[:1]]
        axes.plot(
            [mdates.date2num(d) for d, _ in way], [v for _, v in way], color=_BLUE, linewidth=1, linestyle=(0, (1, 2))
        )
    if points:
        axes.plot([mdates.date2num(d) for d in days], values, color=_BLUE, marker="o", linewidth=2, zorder=3)
        _last(axes, row)
    else:
        middle = messages.text("impact.state.none")
        axes.text(0.5, 0.5, middle, transform=axes.transAxes, ha="center", va="center", color=_GREY, style="italic")
    axes.set_title(textwrap.fill(one.name, 38), fontsize=10, loc="left")
    axes.set_ylabel(one.unit)
    axes.margins(x=0.12, y=0.18)
    axes.xaxis_date()
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=4))
    ends = [*days, *(day for day in (one.date, began) if day)]
    long = not ends or (max(ends) - min(ends)).days > _FEW_DAYS
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m" if long else "%m-%d"))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: messages.number(float(value))))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _beside(axes: Axes, value: float, words: str, colour: str) -> None:
    """The number of a line, at its right end."""
    axes.annotate(
        words,
        (1, value),
        xycoords=("axes fraction", "data"),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        color=colour,
    )


def _last(axes: Axes, row: Row) -> None:
    """The latest value in figures, on the side of its mark that is away from where the line came from."""
    points = row.points
    day, value = points[-1]
    start = points[-2][1] if len(points) > 1 else row.indicator.baseline
    above = start is None or value >= start
    axes.annotate(
        messages.number(value),
        (mdates.date2num(day), value),
        xytext=(0, 7 if above else -7),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        color=_BLUE,
        fontweight="bold",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85},
        zorder=4,
    )


def _legend(drawing: Figure) -> None:
    line = mpl.lines.Line2D
    signs = {
        "baseline": line([], [], color=_GREY, linestyle="--", marker="s"),
        "target": line([], [], color=_GREEN, linestyle=":", marker="*", markersize=11),
        "values": line([], [], color=_BLUE, marker="o"),
    }
    names = [messages.text(f"impact.chart.{name}") for name in signs]
    drawing.legend(list(signs.values()), names, loc="outside lower center", ncols=3, frameon=False)


def describe(rows: Sequence[Row]) -> str:
    """The picture in words, for its alt text: from where to where each indicator went."""
    parts = [messages.text("impact.chart.alt", n=len(rows))]
    for row in rows:
        one, latest = row.indicator, row.latest
        known = {
            "name": one.name,
            "baseline": figure(one.baseline, one.unit),
            "target": figure(one.target, one.unit),
            "state": state_name(row.state),
        }
        if latest is None:
            parts.append(messages.text("impact.chart.row-unmeasured", **known))
        else:
            value = figure(latest.value, one.unit)
            parts.append(messages.text("impact.chart.row", **known, latest=value, date=latest.date))
    return " ".join(parts)


def svg(drawing: Figure) -> bytes:
    """The picture as SVG; the same values give the same bytes."""
    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "impact"}):
        drawing.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()
