"""The theory of change on one page: its boxes from left to right, and under each arrow what is taken for granted there.

Order of the boxes: DIY Toolkit, tool 10 (Nesta). Actions carry numbers and indicators letters, so that each arrow
between them can be followed in the text.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kit import messages
from kit.steps.drawing import DARK, ENDS, LINE, MARGIN, Box, Canvas, Room, fit, height_of, page
from kit.steps.statement import plain

if TYPE_CHECKING:
    from kit.steps.theory import Action, Assumption, DataNeed, Indicator, Theory

_COLUMNS = ("problem", "audience", "entry_point", "actions", "indicators", "benefits", "change")
_SHARES = (1.0, 0.95, 0.95, 1.75, 1.35, 1.05, 1.0)  # of the width, by how much people write in each
_GAP = 26.0
_HEADING = 40.0  # below the top of the page
_LOWEST = 120.0  # of a box with room to write in by hand


def draw_canvas(theory: Theory) -> str:
    """The canvas as SVG."""

    def draw(room: Room, canvas: Canvas) -> None:
        _draw(theory, room, canvas)

    return page(messages.text("theory.canvas-title"), theory.describe(), draw)


def _draw(theory: Theory, room: Room, canvas: Canvas) -> None:
    inner = room.width - 2 * MARGIN
    unit = (inner - _GAP * (len(_COLUMNS) - 1)) / sum(_SHARES)
    widths = [share * unit for share in _SHARES]
    lefts = [MARGIN + sum(widths[:n]) + n * _GAP for n in range(len(widths))]
    boxes = [_box(theory, name) for name in _COLUMNS]
    under = [_under(theory, link, number) for number, link in enumerate(theory.links, 1)]
    foot = _foot(theory)
    middles = [left + width / 2 for left, width in zip(lefts, widths, strict=True)]
    # the first box under the chain: stakeholders; then one per link, from the middle of one box to that of the next
    edges = [MARGIN, *middles[1:-1], MARGIN + inner]
    sizes = [right - left - (0 if right == edges[-1] else 10) for left, right in itertools.pairwise(edges)]
    second = [
        Box(theory.label("stakeholders"), _stakeholders(theory), messages.text("theory.hint.stakeholders")),
        *under,
    ]

    top = MARGIN + _HEADING - 6
    chain = max(_LOWEST, *(height_of(box, room, width) for box, width in zip(boxes, widths, strict=True)))
    row = max(_LOWEST / 2, *(height_of(box, room, size) for box, size in zip(second, sizes, strict=True)))
    last = height_of(foot, room, inner) + 14 if foot else 0.0
    fixed = 2 * LINE + 10
    free = room.height - MARGIN - top - fixed
    if room.tight and chain + row + last > free:
        last = min(last, free * 0.2)
        row = min(row, max(free * 0.3, free - last - chain))
        chain = free - row - last
    spare = max(0.0, free - chain - row - last)
    chain, row = chain + spare * 0.62, row + spare * 0.38

    for box, left, width in zip(boxes, lefts, widths, strict=True):
        canvas.box(box, fit(box, room, width, chain), (left, top), (width, chain))
    below = top + chain + fixed
    for number, (left, width) in enumerate(zip(lefts[:-1], widths[:-1], strict=True)):
        x = left + width
        canvas.line((x + 3, top + 14), (x + _GAP - 3, top + 14))
        if number:
            canvas.line((x + _GAP / 2, top + 14), (x + _GAP / 2, below), arrow=False, dashed=True)
            canvas.badge(str(number), x + _GAP / 2, top + chain + LINE + 4)
    for box, left, size in zip(second, edges, sizes, strict=False):
        canvas.box(box, fit(box, room, size, row), (left, below), (size, row))
    if foot:
        canvas.box(foot, fit(foot, room, inner, last - 14), (MARGIN, below + row + 14), (inner, 0))


def _box(theory: Theory, name: str) -> Box:
    texts: dict[str, Sequence[str]] = {
        "actions": [_action(theory, number, action) for number, action in enumerate(theory.actions, 1)],
        "indicators": [_indicator(letter(number), entry) for number, entry in enumerate(theory.indicators)],
    }
    value = getattr(theory, name)
    spaced = name in texts
    shown = texts[name] if spaced else [value] if isinstance(value, str) else value
    bullets = shown if spaced or len(shown) < 2 else [f"• {text}" for text in shown if text]
    colour = {"problem": ENDS[0], "change": ENDS[1]}.get(name, DARK)
    return Box(theory.label(name), bullets, messages.text(f"theory.hint.{name}"), colour, spaced=spaced)


def _under(theory: Theory, link: str, number: int) -> Box:
    title = messages.text("theory.under", n=str(number), link=theory.label(f"link.{link}"))
    texts = [_assumption(a) for a in theory.assumptions if a.link == link]
    return Box(title, texts, messages.text("theory.hint.assumptions"), dashed=True)


def _foot(theory: Theory) -> Box | None:
    stray = [_assumption(a) for a in theory.assumptions if not a.link and a.statement]
    return Box(messages.text("theory.without-link"), stray, dashed=True) if stray else None


def _stakeholders(theory: Theory) -> list[str]:
    found = []
    for one in theory.stakeholders:
        more = "; ".join(part for part in (one.role, one.interest) if part)
        found.append(f"• {one.name}: {more}" if more else f"• {one.name}" if one.name else "")
    return found


def _assumption(assumption: Assumption) -> str:
    if not assumption.test:
        return f"• {assumption.statement}" if assumption.statement else ""
    return messages.text("theory.assumed", statement=assumption.statement or "-", test=assumption.test)


def _action(theory: Theory, number: int, action: Action) -> str:
    if not (action.name or action.data or action.who):
        return ""
    parts = [f"{number}. {action.name or '-'}" + (f" ({action.who})" if action.who else "")]
    needs = [_need(need) for need in action.data if need.name]
    if needs:
        parts.append(messages.text("theory.needs-data", data="; ".join(needs)))
    marks = [mark_of(theory, name) for name in action.leads_to if name]
    if marks:
        parts.append(f"→ {', '.join(marks)}")
    return "\n".join(parts)


def _need(need: DataNeed) -> str:
    return f"{need.name}, {need.holder}" if need.holder else need.name


def mark_of(theory: Theory, name: str) -> str:
    """The letter of an indicator or the number of an action by its name; "?" for a name that is neither."""
    for number, indicator in enumerate(theory.indicators):
        if plain(indicator.name) == plain(name):
            return letter(number)
    return next((str(n) for n, action in enumerate(theory.actions, 1) if plain(action.name) == plain(name)), "?")


def letter(number: int) -> str:
    """The letter of the indicator at a position: A, B, … Z, A1, B1."""
    turn, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(turn) if turn else "")


def _indicator(mark: str, indicator: Indicator) -> str:
    if not indicator.name and indicator.baseline is None and indicator.target is None:
        return ""
    return f"{mark}. {figures(indicator)}"


def figures(indicator: Indicator) -> str:
    """An indicator in one line: its name, from where to where, by when."""
    return messages.text(
        "theory.figures",
        name=indicator.name or "-",
        baseline=indicator.baseline,
        target=indicator.target,
        unit=indicator.unit,
        year=str(indicator.date.year) if indicator.date else "-",
    )
