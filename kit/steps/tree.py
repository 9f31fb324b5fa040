"""The problem tree on one page: effects above, the problem in the middle, the chains of causes below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kit import messages
from kit.steps.drawing import ENDS, LINE, MARGIN, Box, Canvas, Room, height_of, page

if TYPE_CHECKING:
    from kit.steps.problem import Problem

_GAP = 26.0  # between rows: an arrow fits in
_SIDE = 16.0  # between columns
_HEADING = 30.0
_WIDEST = 420.0
_BRANCH = "#4a4a4a"
_LABEL = 'font-weight="700"'


def draw_tree(problem: Problem) -> str:
    """The tree as SVG."""

    def draw(room: Room, canvas: Canvas) -> None:
        _draw(problem, room, canvas)

    return page(messages.text("problem.tree-title"), problem.describe(), draw)


def _draw(problem: Problem, room: Room, canvas: Canvas) -> None:
    trunk = room.width / 2
    top = MARGIN + _HEADING + LINE + 4
    canvas.text([problem.label("effects")], MARGIN, top - 7, _LABEL)
    effects = _effects(problem, room)
    bottom = _row(effects, room, canvas, top)
    middle = bottom + _GAP
    below = _middle(problem, room, canvas, middle)
    bus = middle - _GAP / 2
    for x in _centres(len(effects), room):
        canvas.line((trunk, middle), (trunk, bus), (x, bus), (x, bottom + 1))
    canvas.text([problem.label("whys")], MARGIN, below + LINE, _LABEL)
    lowest = _causes(problem, room, canvas, below + _GAP + LINE, (trunk, below))
    evidence = Box(problem.label("evidence"), _bullets(problem.evidence), messages.text("problem.hint.evidence"))
    height = height_of(evidence, room, room.width - 2 * MARGIN)
    canvas.box(
        evidence, room, (MARGIN, max(lowest + _GAP, room.height - MARGIN - height)), (room.width - 2 * MARGIN, 0)
    )


def _effects(problem: Problem, room: Room) -> list[Box]:
    """One box per effect; of more than a row holds, the last box has the rest."""
    texts = [text for text in problem.effects if text] or [""]
    most = max(1, min(room.texts, int(room.width / 180)))
    rest = [f"• {text}" for text in texts[most - 1 :]] if len(texts) > most else []
    single = texts[: most - 1] if rest else texts
    hint = messages.text("problem.hint.effects")
    return [Box("", [text], hint) for text in single] + ([Box("", rest)] if rest else [])


def _row(boxes: Sequence[Box], room: Room, canvas: Canvas, top: float) -> float:
    width = _column(len(boxes), room)
    height = max(height_of(box, room, width) for box in boxes)
    for box, centre in zip(boxes, _centres(len(boxes), room), strict=True):
        canvas.box(box, room, (centre - width / 2, top), (width, height))
    return top + height


def _column(columns: int, room: Room) -> float:
    return min(_WIDEST, (room.width - 2 * MARGIN - (columns - 1) * _SIDE) / columns)


def _centres(columns: int, room: Room) -> list[float]:
    step = _column(columns, room) + _SIDE
    return [room.width / 2 + (number - (columns - 1) / 2) * step for number in range(columns)]


def _middle(problem: Problem, room: Room, canvas: Canvas, top: float) -> float:
    """The problem, with who suffers it on its left and its figure on its right; returns where they end."""
    inner = room.width - 2 * MARGIN
    widths = (inner * 0.26, inner * 0.48 - 2 * _SIDE, inner * 0.26)
    figures = [text for text in (problem.figure(), problem.scope) if text]
    boxes = (
        Box(problem.label("affected"), _bullets(problem.affected), messages.text("problem.hint.affected")),
        Box(problem.label("statement"), [problem.statement], messages.text("problem.hint.statement"), ENDS[0]),
        Box(messages.text("problem.measure-and-scope"), figures, messages.text("problem.hint.measure")),
    )
    height = max(height_of(box, room, width) for box, width in zip(boxes, widths, strict=True))
    x = MARGIN
    for box, width in zip(boxes, widths, strict=True):
        canvas.box(box, room, (x, top), (width, height))
        x += width + _SIDE
    return top + height


def _causes(problem: Problem, room: Room, canvas: Canvas, top: float, trunk: tuple[float, float]) -> float:
    """The chains of causes, each from its first why downwards; returns where the lowest ends."""
    chains = _chains(problem, room)
    width, centres = _column(len(chains), room), _centres(len(chains), room)
    rows = max(start + len(boxes) for start, boxes in chains)
    heights = [
        max((height_of(boxes[row - start], room, width) for start, boxes in chains if 0 <= row - start < len(boxes)))
        for row in range(rows)
    ]
    tops = [top + sum(heights[:row]) + row * _GAP for row in range(rows)]
    for (start, boxes), centre in zip(chains, centres, strict=True):
        for number, box in enumerate(boxes):
            row = start + number
            canvas.box(box, room, (centre - width / 2, tops[row]), (width, heights[row]))
            if number:
                canvas.line((centre, tops[row]), (centre, tops[row] - _GAP + 1))
        turn = tops[start] - _GAP / 2
        if start:
            canvas.line((centre, tops[start]), (centre, turn), (centres[0], turn), arrow=False)
        else:
            canvas.line((centre, tops[start]), (centre, turn), (trunk[0], turn), (trunk[0], trunk[1] + 1))
    return tops[-1] + heights[-1]


def _chains(problem: Problem, room: Room) -> list[tuple[int, list[Box]]]:
    """Where each chain of causes begins, counted in rows, and its boxes; the main one first."""
    hint = messages.text("problem.hint.whys")
    main = [why for why in problem.whys if why]
    chains = [(0, _boxes(main, room, hint) or [Box("", [], hint)])]
    for branch in sorted(problem.branches, key=lambda b: -b.explains):  # the deepest beside the trunk: no lines cross
        boxes = _boxes([why for why in branch.whys if why], room, hint, dashed=True)
        if boxes:
            chains.append((min(branch.explains, len(chains[0][1])), boxes))
    most = max(1, int(room.width / 150))
    if len(chains) <= most:
        return chains
    left = Box("", [], messages.text("theory.more-texts", n=len(chains) - most + 1), _BRANCH)
    return [*chains[: most - 1], (0, [left])]


def _boxes(whys: Sequence[str], room: Room, hint: str, *, dashed: bool = False) -> list[Box]:
    shown = [Box("", [f"{n}. {why}"], hint, dashed=dashed) for n, why in enumerate(whys[: room.texts], 1)]
    left = len(whys) - room.texts
    return shown + ([Box("", [], messages.text("theory.more-texts", n=left), _BRANCH)] if left > 0 else [])


def _bullets(texts: Sequence[str]) -> list[str]:
    written = [text for text in texts if text]
    return [f"• {text}" for text in written] if len(written) > 1 else written
