"""Learners' answers to the exercises, and notebooks in which they stand."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = Path(__file__).parent / "answers"


class Exercise:
    """A built exercise of one language."""

    def __init__(self, name: str, lang: str) -> None:
        self.assignment, self.lang = name, lang
        (self.path,) = (ROOT / "exercises" / lang / name).glob("*.ipynb")
        self.source: NotebookNode = nbformat.read(self.path, as_version=4)

    def model_answers(self) -> dict[str, str]:
        """The solution cells of the source, by their grade_id."""
        return {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in self.source.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }

    def answers(self, learner: str) -> dict[str, str]:
        """The answers of one of the made-up learners; what a learner left alone is missing."""
        text = (ANSWERS / self.assignment / f"{learner}.txt").read_text(encoding="utf-8")
        _, *parts = re.split(r"^# --- (\S+)\n", text, flags=re.MULTILINE)
        return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))


def filled_in(release: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A learner's copy of ``release``, with the answers in place of the stubs."""
    copy = deepcopy(release)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in copy.cells if "nbgrader" in cell.metadata}
    for grade_id, answer in answers.items():
        cells[grade_id].source = answer
    return copy


@pytest.fixture(scope="session")
def exercise():
    return Exercise


@pytest.fixture(scope="session")
def fill():
    return filled_in
