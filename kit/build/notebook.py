"""Notebooks: one source and one language to one ``.ipynb``, the same bytes each time, with ids that stay.

A cell's id is the one written in the source, else nbgrader's ``grade_id``, else derived from the step and the cell's
Spanish text or shared code: so it is the same in both languages, and inserting a cell changes no other id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from kit.build import frontmatter, grades
from kit.build.source import Source, SourceCell
from kit.findings import Finding, Findings, error
from kit.messages import text

CHECKED = "checked"
TRAINER = "trainer"
EXERCISE = "exercise"
METADATA = "taller"  # the key of the build's own notes in a notebook's metadata
NBVAL_TAG = "nbval-check-output"
HEAD_ID = "lesson-head"
KEYPOINTS_ID = "lesson-keypoints"

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_NEW = {"markdown": new_markdown_cell, "code": new_code_cell, "raw": new_raw_cell}
_BUILD_OPTIONS = {"lang", "id", "minutes", "nbgrader", "tags"}  # said to the build, not to the notebook
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADING = re.compile(r"(#{1,6} [^\n]*)")


@dataclass(frozen=True)
class Unit:
    """One place in a lesson: its id and its cell in each language (the same cell twice when it is shared)."""

    id: str
    cells: Mapping[str, SourceCell]


def units(source: Source) -> Iterator[Unit]:
    """The places of a lesson in order, pairs taken together."""
    partner_of = {id(first): second for first, second in source.pairs()}
    taken: set[int] = set()
    seen: dict[str, int] = {}
    for cell in source.cells:
        if id(cell) in taken:
            continue
        partner = partner_of.get(id(cell))
        if partner is not None:
            taken.add(id(partner))
            cells = {"es": cell, "en": partner}
        else:
            cells = {"es": cell, "en": cell} if cell.lang is None else {str(cell.lang): cell}
        yield Unit(_cell_id(source, cell, seen), cells)


def _cell_id(source: Source, cell: SourceCell, seen: dict[str, int]) -> str:
    """The id of a cell; ``seen`` counts the cells with equal text before it."""
    given = cell.options.get("id") or (cell.nbgrader or {}).get("id")
    if given:
        return str(given)
    content = f"{source.step}\n{cell.kind}\n{cell.text.strip()}"
    repeat = seen[content] = seen.get(content, -1) + 1
    return "c-" + hashlib.sha256(f"{content}\n{repeat}".encode()).hexdigest()[:12]


def lint(source: Source) -> Findings:
    """Ids that cannot be one, or stand twice."""
    findings: list[Finding] = []
    row_of = {HEAD_ID: 1, KEYPOINTS_ID: 1}
    for unit in units(source):
        row = next(iter(unit.cells.values())).row
        if not _ID.fullmatch(unit.id) or unit.id in row_of:
            findings.append(error("build.cell-id", source.place(row), id=unit.id))
        row_of.setdefault(unit.id, row)
    return Findings(findings)


def assemble(source: Source, lang: str, lessons: Mapping[str, Source], *, trainer: bool = False) -> NotebookNode:
    """The notebook of ``source`` in ``lang``, without outputs. ``lessons`` are all lessons by their step.

    With ``trainer`` the trainer's notes stay in.
    """
    cells = [_words_cell(frontmatter.head(source, lang, lessons), HEAD_ID)]
    for unit in units(source):
        cell = unit.cells.get(lang)
        if cell is not None and (trainer or TRAINER not in cell.tags):
            cells.append(_cell(cell, unit.id, lang))
    if (points := frontmatter.keypoints(source, lang)) is not None:
        cells.append(_words_cell(points, KEYPOINTS_ID))
    own = {"lang": lang, "source": source.file, "step": source.step}
    metadata = {"kernelspec": _KERNEL, "language_info": _LANGUAGE, "title": source.title(lang), METADATA: own}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    grades.validate(notebook)
    return notebook


def dump(notebook: NotebookNode) -> str:
    """The notebook as the text of its file."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook, version=4)).rstrip("\n") + "\n"


def _words_cell(words: str, cell_id: str) -> NotebookNode:
    return new_markdown_cell(words, id=cell_id)


def _cell(cell: SourceCell, cell_id: str, lang: str) -> NotebookNode:
    metadata: dict[str, Any] = {name: value for name, value in cell.options.items() if name not in _BUILD_OPTIONS}
    tags = [*cell.tags, NBVAL_TAG] if CHECKED in cell.tags and cell.is_code else [*cell.tags]
    if tags:
        metadata["tags"] = tags
    if cell.nbgrader is not None:
        metadata["nbgrader"] = grades.expand(cell.nbgrader)
    return _NEW[cell.kind](_text(cell, lang), id=cell_id, metadata=metadata)


def _text(cell: SourceCell, lang: str) -> str:
    """The cell's text, with what the build adds to exercises (the time) and to trainer's notes (whom they are for)."""
    words = cell.text
    if cell.is_code:
        return words
    if EXERCISE in cell.tags and cell.options.get("minutes"):
        time = text("build.cell.minutes", lang=lang, n=cell.options["minutes"])
        match = _HEADING.match(words)
        words = f"{match[1]}\n\n{time}{words[match.end() :]}" if match else f"{time}\n\n{words}"
    if TRAINER in cell.tags:
        noted = f"**{text('build.cell.trainer', lang=lang)}**\n\n{words}"
        words = "\n".join(f"> {line}".rstrip() for line in noted.splitlines())
    return words
