"""The problem tree as SVG: effects above, the problem in the middle, chains of causes below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit import messages
from kit.steps.canvas import Box, draw_canvas

if TYPE_CHECKING:
    from kit.steps.problem import Problem


def draw_tree(problem: Problem) -> str:
    """The tree of a problem."""
    boxes = [
        Box(problem.label("effects"), problem.effects, column=2),
        Box(problem.label("statement"), [problem.statement], column=1),
        *(Box(problem.label("whys"), chain, column=0) for chain in (problem.whys, *(b.whys for b in problem.branches))),
    ]
    foot = Box(problem.label("affected"), problem.affected, column=0)
    return draw_canvas(messages.text("problem.tree-title"), problem.describe(), boxes, foot)
