"""How far each indicator of the theory of change has come: its values in time and the share of the way that is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit import messages
from kit.markup import table as html_table
from kit.steps.problem import plain
from kit.steps.theory import Indicator, Theory

if TYPE_CHECKING:
    from kit.steps.impact.model import FollowUp, Impact

_SAME = 1e-9  # of the way: sums of floats differ in their last bits


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator and its values, oldest first."""

    indicator: Indicator
    values: tuple[FollowUp, ...]

    @property
    def latest(self) -> FollowUp | None:
        """The value measured last."""
        return self.values[-1] if self.values else None

    @property
    def share(self) -> float | None:
        """The part of the way from baseline to target that is done, whether the target lies above or below."""
        start, target = self.indicator.baseline, self.indicator.target
        value = self.latest.value if self.latest else None
        if value is None or start is None or target is None or start == target:
            return None
        return (value - start) / (target - start)

    @property
    def state(self) -> str:
        """Where it stands: "none", "unknown", "back", "still", "moving", "reached" or "beyond"."""
        if self.latest is None:
            return "none"
        if self.share is None:
            return self._held()
        if abs(self.share) <= _SAME:
            return "still"
        if abs(self.share - 1) <= _SAME:
            return "reached"
        return "back" if self.share < 0 else "moving" if self.share < 1 else "beyond"

    def _held(self) -> str:
        """The state of an indicator whose target is to stay as it was; "unknown" for one without baseline or target."""
        one, value = self.indicator, self.latest.value if self.latest else None
        if value is None or one.target is None or one.baseline is None:
            return "unknown"
        if value == one.target:
            return "reached"
        worse = (value > one.target) if one.better == "lower" else value < one.target
        return "back" if worse else "beyond"

    @property
    def points(self) -> list[tuple[dt.date, float]]:
        """The values as day and number."""
        return [(v.date, v.value) for v in self.values if v.date is not None and v.value is not None]


def rows(impact: Impact, theory: Theory) -> list[Row]:
    """A row for each indicator of the theory that has a name."""
    dated = sorted(
        (v for v in impact.follow_ups if v.date is not None and v.value is not None),
        key=lambda v: v.date or dt.date.min,
    )
    return [
        Row(indicator, tuple(v for v in dated if plain(v.indicator) == plain(indicator.name)))
        for indicator in theory.indicators
        if indicator.name
    ]


def figure(value: float | None, unit: str) -> str:
    """A value with its unit as the language writes it; "-" for none."""
    return "-" if value is None else f"{messages.number(value)} {unit}".strip()


def table(impact: Impact, theory: Theory) -> str:
    """The progress as an HTML table."""
    heads = ("indicator", "baseline", "target", "latest", "share", "state")
    lines = []
    for row in rows(impact, theory):
        one = row.indicator
        target = figure(one.target, one.unit) + (f" ({one.date.isoformat()})" if one.date else "")
        latest = "-"
        if row.latest and row.latest.date:
            latest = f"{figure(row.latest.value, one.unit)} ({row.latest.date.isoformat()})"
        done = "-" if row.share is None else f"{_bar(row.share)} {messages.number(row.share, spec='%')}"
        lines.append((one.name, figure(one.baseline, one.unit), target, latest, done, state_name(row.state)))
    return html_table(
        [messages.text(f"impact.heading.{name}") for name in heads],
        lines,
        messages.text("impact.progress"),
        row_heads=True,
    )


def state_name(state: str) -> str:
    """The words for where an indicator stands."""
    return messages.text(f"impact.state.{state}")


def _bar(share: float, length: int = 10) -> str:
    full = round(max(0.0, min(1.0, share)) * length)
    return "█" * full + "░" * (length - full)
