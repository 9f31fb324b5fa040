"""What the feedback page needs besides nbgrader: the points of each task, and HTML in which nothing can run.

These are Jinja filters of ``templates/feedback``; the course's ``nbgrader_config.py`` names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import bleach  # type: ignore[import-untyped]
from nbformat import NotebookNode

_HEADING = re.compile(r"##\s+(.+)")
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)  # bleach would show their text
_TABLE = {"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_TEXT = {"br", "del", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre", "s", "span", "sub", "sup"}
_TAGS = bleach.ALLOWED_TAGS | _TABLE | _TEXT
_ATTRIBUTES = ["class", "colspan", "href", "id", "role", "rowspan", "scope", "title"]


@dataclass
class Task:
    """One task of an assignment: its heading, and the points earned and to be had in its cells."""

    heading: str
    score: float = 0.0
    points: float = 0.0


def tasks(notebook: NotebookNode) -> list[Task]:
    """The tasks of a notebook that nbgrader's ``GetGrades`` has been through: one per heading with graded cells."""
    found = [Task("")]
    for cell in notebook.cells:
        heading = _HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if heading and not cell.metadata.get("nbgrader", {}).get("solution"):
            found.append(Task(heading[1].strip()))
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") or graded.get("task"):
            found[-1].score += graded.get("score") or 0.0
            found[-1].points += graded.get("points") or 0.0
    return [task for task in found if task.points]


def harmless(markup: str) -> str:
    """HTML with text and tables only: no scripts, no styles, nothing from the network."""
    shown = _UNSEEN.sub("", markup)
    return str(bleach.clean(shown, tags=_TAGS, attributes=_ATTRIBUTES, strip=True, strip_comments=True))
