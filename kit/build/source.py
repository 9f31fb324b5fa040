"""Sources: MyST notebooks in two languages, read with jupytext, each cell with the row it stands on.

The syntax is described in ``notebooks/README.md`` and ``exercises/README.md``; in short: a Markdown cell begins with
``+++ {"lang": "es"}`` and is followed by its English partner, a code cell has ``lang`` only where words that
the participant sees in the code differ, front matter stands under ``lesson:``.

Lessons lie in ``notebooks/source/NN-name.md``, exercises in ``exercises/source/eNN-name.md``.

Examples:
    >>> from kit.build.source import parse
    >>> source, found = parse('+++ {"lang": "es"}\\n\\nHola\\n', "notebooks/source/05-cleaning.md")
    >>> source.cells[0].lang, source.cells[0].row
    ('es', 3)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import yaml  # type: ignore[import-untyped]
from jupytext.myst import MystMetadataParsingError, myst_to_notebook
from nbformat import ValidationError

from kit.findings import Finding, Findings, Place, error

FOLDERS = {"lesson": "notebooks", "exercise": "exercises"}
_UNREADABLE = (MystMetadataParsingError, yaml.YAMLError, ValidationError, AttributeError, TypeError, RecursionError)
_NAME = {"lesson": re.compile(r"(\d\d[a-z]?)-[a-z0-9-]+"), "exercise": re.compile(r"e(\d\d[a-z]?)-[a-z0-9-]+")}


@dataclass(frozen=True)
class SourceCell:
    """One cell of a source: its kind ("markdown", "code", "raw"), text, options, and where it begins in the file."""

    kind: str
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)
    row: int = 1

    @property
    def lang(self) -> Any:
        """The language it is tagged with, or None."""
        return self.options.get("lang")

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags; a single tag may be written without a list."""
        tags = self.options.get("tags") or ()
        return (tags,) if isinstance(tags, str) else tuple(str(tag) for tag in tags)

    @property
    def nbgrader(self) -> Mapping[str, Any] | None:
        """What the cell is to nbgrader, in the short form, or None."""
        value = self.options.get("nbgrader")
        return value if value is None or isinstance(value, Mapping) else {"kind": value}

    @property
    def is_code(self) -> bool:
        """Whether it is code, that both languages share; any other cell is words."""
        return self.kind == "code"

    def is_for(self, lang: str) -> bool:
        """Whether it belongs to the notebook of ``lang``."""
        return self.lang in (None, lang)


@dataclass(frozen=True)
class Source:
    """One source file: ``file`` is its path from the root, ``lesson`` its front matter as written."""

    file: str
    lesson: Mapping[str, Any]
    cells: tuple[SourceCell, ...]

    @property
    def name(self) -> str:
        """The file's name without ``.md``, which the built notebooks keep."""
        return Path(self.file).stem

    @property
    def is_exercise(self) -> bool:
        """Whether it is an exercise rather than a lesson."""
        return self.file.startswith(FOLDERS["exercise"] + "/")

    @property
    def step(self) -> str:
        """The step that the file's name says ("05", "06a"), or "" when it says none."""
        match = _NAME["exercise" if self.is_exercise else "lesson"].fullmatch(self.name)
        return match[1] if match else ""

    @property
    def folder(self) -> str:
        """The folder of the built notebooks, with ``{lang}`` to be filled."""
        return f"exercises/{{lang}}/e{self.step}" if self.is_exercise else "notebooks/{lang}"

    def built(self, lang: str) -> str:
        """The built notebook's path from the root."""
        return f"{self.folder.format(lang=lang)}/{self.name}.ipynb"

    def title(self, lang: str) -> str:
        """The title, or the name where the front matter has none."""
        title = self.lesson.get("title")
        return str(title.get(lang, self.name)) if isinstance(title, Mapping) else self.name

    def place(self, *rows: int, item: str | None = None) -> Place:
        """A place in this file."""
        return Place(file=self.file, rows=rows, item=item)

    def pairs(self) -> Iterator[tuple[SourceCell, SourceCell]]:
        """Each Spanish cell that has its English partner right behind it, with that partner."""
        for first, second in zip(self.cells, self.cells[1:], strict=False):
            if first.lang == "es" and second.lang == "en" and first.kind == second.kind:
                yield first, second


def find(root: Path) -> list[Path]:
    """All source files below ``root``, lessons first, in the order of their names."""
    return [path for folder in FOLDERS.values() for path in sorted((root / folder / "source").glob("*.md"))]


def read(root: Path) -> tuple[list[Source], Findings]:
    """All sources below ``root`` that can be read, and what is wrong with the others."""
    sources: list[Source] = []
    findings = Findings()
    for path in find(root):
        file = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as problem:
            findings.add(_unreadable(file, f"UTF-8: {problem.reason}"))
            continue
        source, found = parse(text, file)
        findings.extend(found)
        if source:
            sources.append(source)
    return sources, findings


def parse(text: str, file: str) -> tuple[Source | None, Findings]:
    """The source that ``text`` holds, or None and the reason why it is none."""
    try:
        notebook = jupytext.reads(text, fmt="md:myst")
        rows = myst_to_notebook(text, add_source_map=True).metadata.source_map
        json.dumps([cell.metadata for cell in notebook.cells])  # YAML knows dates, a notebook does not
    except _UNREADABLE as problem:
        return None, Findings([_unreadable(file, " ".join(str(problem).split())[:300])])
    lesson = notebook.metadata.get("lesson")
    lines = text.splitlines()
    cells = tuple(
        SourceCell(cell.cell_type, cell.source, _plain(cell.metadata), _row_of(lines, start, cell.source))
        for cell, start in zip(notebook.cells, rows, strict=True)
    )
    source = Source(file, _plain(lesson) if isinstance(lesson, Mapping) else {}, cells)
    if not source.step:
        example = "exercises/source/e05-cleaning.md" if source.is_exercise else "notebooks/source/05-cleaning.md"
        return None, Findings([error("build.file-name", Place(file), file=Path(file).name, example=example)])
    return source, Findings()


def _row_of(lines: list[str], start: int, text: str) -> int:
    """The row, counted from 1, of a cell's first line of text; jupytext lets the cell begin at ``start``."""
    first = next((line for line in text.splitlines() if line.strip()), None)
    for row in range(start, len(lines)):
        if first is not None and lines[row].strip() == first.strip():
            return row + 1
    return start + 1


def _unreadable(file: str, reason: str) -> Finding:
    return error("build.unreadable", Place(file), reason=reason)


def _plain(value: Any) -> Any:
    """``value`` with plain dicts in place of notebook nodes."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
