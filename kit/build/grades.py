"""Graded cells: the short ``nbgrader`` option of a source, checked and expanded into nbgrader's own metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from kit.build.source import Source, SourceCell
from kit.findings import Finding, Findings, error


@dataclass(frozen=True)
class Kind:
    """What one kind of cell is to nbgrader, and which cells may be of it."""

    grade: bool
    solution: bool
    locked: bool
    task: bool
    cells: tuple[str, ...]

    @property
    def has_points(self) -> bool:
        """Whether the cell is worth points."""
        return self.grade or self.task


# nbgrader 0.9, docs "Developing assignments with the assignment toolbar", and nbgraderformat/v3.py.
KINDS = {
    "solution": Kind(grade=False, solution=True, locked=False, task=False, cells=("code",)),
    "tests": Kind(grade=True, solution=False, locked=True, task=False, cells=("code",)),
    "manual": Kind(grade=True, solution=True, locked=False, task=False, cells=("code", "markdown")),
    "task": Kind(grade=False, solution=False, locked=True, task=True, cells=("markdown",)),
    "readonly": Kind(grade=False, solution=False, locked=True, task=False, cells=("code", "markdown")),
}
SCHEMA_VERSION = 3
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARK = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")
_MARKS_BELONG_IN = {"SOLUTION": ("solution", "manual"), "HIDDEN TESTS": ("tests",)}


def expand(short: Mapping[str, Any]) -> dict[str, Any]:
    """The cell metadata that nbgrader wants for ``{"kind": …, "id": …, "points": …}``."""
    kind = KINDS[short["kind"]]
    full: dict[str, Any] = {
        "grade": kind.grade,
        "grade_id": short["id"],
        "locked": kind.locked,
        "schema_version": SCHEMA_VERSION,
        "solution": kind.solution,
        "task": kind.task,
    }
    if kind.has_points:
        full["points"] = short["points"]
    return full


def validate(notebook: NotebookNode) -> None:
    """Have nbgrader look at a built notebook.

    Raises:
        jsonschema.ValidationError: if nbgrader would not accept it; the rules of `lint` leave no such notebook.
    """
    MetadataValidator().validate_nb(notebook)


def lint(source: Source) -> Findings:
    """What is wrong with the graded cells of ``source``."""
    findings = Findings()
    rows_of: dict[str, list[int]] = {}
    for cell in source.cells:
        short = cell.nbgrader
        if short is not None:
            findings.extend(_lint_cell(source, cell, short))
            if cell.lang != "en":  # the English partner is the same cell
                rows_of.setdefault(str(short.get("id")), []).append(cell.row)
        findings.extend(_lint_marks(source, cell, str(short["kind"]) if short and "kind" in short else None))
    for grade_id, rows in rows_of.items():
        if len(rows) > 1:
            findings.add(error("build.grade-id-repeated", source.place(*rows), id=grade_id, n=len(rows)))
    return findings


def _lint_cell(source: Source, cell: SourceCell, short: Mapping[str, Any]) -> list[Finding]:
    findings = []
    place = source.place(cell.row)
    kind = KINDS.get(str(short.get("kind")))
    if kind is None or cell.kind not in kind.cells:
        allowed = [name for name, known in KINDS.items() if cell.kind in known.cells]
        return [error("build.grade-kind", place, kind=str(short.get("kind", "-")), cell=cell.kind, allowed=allowed)]
    if not isinstance(short.get("id"), str) or not _GRADE_ID.fullmatch(short["id"]):
        findings.append(error("build.grade-id", place, id=str(short.get("id", "-"))))
    points = short.get("points")
    worth = isinstance(points, (int, float)) and not isinstance(points, bool) and points > 0
    if (kind.has_points and not worth) or (not kind.has_points and points is not None):
        shown = "-" if points is None else str(points)
        findings.append(error("build.points", place, kind=str(short["kind"]), points=shown))
    unknown = set(short) - {"kind", "id", "points"}
    if unknown:
        findings.append(error("build.grade-option", place, names=sorted(map(str, unknown))))
    return findings


def _lint_marks(source: Source, cell: SourceCell, kind: str | None) -> list[Finding]:
    """Solutions and hidden tests begin and end in turn, in cells from which nbgrader takes them out."""
    open_mark: str | None = None
    for number, line in enumerate(cell.text.splitlines()):
        match = _MARK.search(line)
        if not match:
            continue
        what, name = match.groups()
        in_turn = open_mark is None if what == "BEGIN" else open_mark == name
        if not in_turn or kind not in _MARKS_BELONG_IN[name]:
            return [error("build.solution-marks", source.place(cell.row + number), mark=match[0], kind=kind or "-")]
        open_mark = name if what == "BEGIN" else None
    if open_mark:
        return [error("build.solution-marks", source.place(cell.row), mark=f"BEGIN {open_mark}", kind=kind or "-")]
    return []
