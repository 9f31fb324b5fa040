"""Prose: headings in order, images with alt text, links that lead somewhere, Markdown that JupyterLab shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kit.build.frontmatter import files
from kit.build.notebook import TRAINER
from kit.build.source import Source, SourceCell
from kit.findings import Finding, Findings, error
from kit.messages import LANGUAGES

_HEADING = re.compile(r"h([1-6])")
_COLON_DIRECTIVE = re.compile(r"\s*:{3,}\s*\{\w")
_ELSEWHERE = {"http", "https", "mailto", "data"}
_TITLE_LEVEL = 1  # the build writes the title, the one heading of this level


@dataclass
class Prose:
    """What is worth checking in one Markdown cell: each entry with its row in the source."""

    headings: list[tuple[int, int]] = field(default_factory=list)  # (row, level)
    images: list[tuple[int, str, str]] = field(default_factory=list)  # (row, address, alt text)
    links: list[tuple[int, str]] = field(default_factory=list)  # (row, address)
    directives: list[tuple[int, str]] = field(default_factory=list)  # (row, the line)


def lint(source: Source, *, root: Path, built: Collection[str]) -> Findings:
    """What is wrong with the prose of ``source``; ``built`` are the notebooks that all sources give, from the root."""
    findings = Findings()
    cells = [(cell, parse(cell)) for cell in source.cells if cell.kind == "markdown"]
    for lang in LANGUAGES:
        mine = [(cell, prose) for cell, prose in cells if cell.lang == lang]
        for cell, prose in mine:
            findings.extend(_lint_images(source, prose))
            findings.extend(_lint_directives(source, prose))
            findings.extend(_lint_links(source, prose, lang=str(cell.lang), root=root, built=built))
        for view in (mine, [(cell, prose) for cell, prose in mine if TRAINER not in cell.tags]):
            broken = _lint_headings(source, [prose for _, prose in view])
            findings.extend([finding for finding in broken if finding not in findings])
    return findings


def parse(cell: SourceCell) -> Prose:
    """The headings, images, links and directives of a Markdown cell."""
    prose = Prose()
    for token, row in _tokens(MarkdownIt("commonmark").enable("table").parse(cell.text), cell.row):
        if token.type == "heading_open":
            prose.headings.append((row, int(token.tag[1:])))
        elif token.type == "image":
            prose.images.append((row, str(token.attrs.get("src", "")), token.content))
        elif token.type == "link_open":
            prose.links.append((row, str(token.attrs.get("href", ""))))
        elif token.type in ("html_block", "html_inline"):
            _Html(prose, row).feed(token.content)
        elif token.type == "fence" and token.info.strip().startswith("{"):
            prose.directives.append((row, f"{token.markup}{token.info}"))
        elif token.type == "inline":
            lines = enumerate(token.content.splitlines())
            prose.directives += [(row + n, line) for n, line in lines if _COLON_DIRECTIVE.match(line)]
    return prose


def _tokens(tokens: list[Token], first_row: int) -> Iterator[tuple[Token, int]]:
    """All tokens, those inside a line of text too, with their rows; blocks inside a fence are not read."""
    for token in tokens:
        row = first_row + (token.map[0] if token.map else 0)
        yield token, row
        line = row
        for child in token.children or []:
            yield child, line
            if child.type in ("softbreak", "hardbreak"):
                line += 1


class _Html(HTMLParser):
    """Images, links and headings written in HTML."""

    def __init__(self, prose: Prose, row: int) -> None:
        super().__init__()
        self.prose = prose
        self.row = row

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        row = self.row + self.getpos()[0] - 1
        if tag == "img":
            self.prose.images.append((row, given.get("src") or "", given.get("alt") or ""))
        elif tag == "a" and given.get("href"):
            self.prose.links.append((row, given["href"] or ""))
        elif match := _HEADING.fullmatch(tag):
            self.prose.headings.append((row, int(match[1])))


def _lint_images(source: Source, prose: Prose) -> list[Finding]:
    return [
        error("build.image-alt", source.place(row), image=address or "-")
        for row, address, alt in prose.images
        if not alt.strip()
    ]


def _lint_directives(source: Source, prose: Prose) -> list[Finding]:
    return [error("build.directive", source.place(row), text=line.strip()) for row, line in prose.directives]


def _lint_headings(source: Source, cells: list[Prose]) -> list[Finding]:
    """The title stands above all; then each heading is at most one level below the one before."""
    findings = []
    before = _TITLE_LEVEL
    for row, level in (heading for prose in cells for heading in prose.headings):
        if level == _TITLE_LEVEL:
            findings.append(error("build.heading-title", source.place(row)))
        elif level > before + 1:
            findings.append(error("build.heading-skips", source.place(row), level=level, allowed=before + 1))
        before = level
    return findings


def _lint_links(source: Source, prose: Prose, *, lang: str, root: Path, built: Collection[str]) -> list[Finding]:
    """Local addresses lead to a file, as seen from the built notebook; an exercise travels with its own files only."""
    travelling = {PurePosixPath(file).name for file in files(source)} if source.is_exercise else set()
    addresses = [*prose.links, *((row, address) for row, address, _ in prose.images)]
    findings = []
    for row, address in addresses:
        parts = urlsplit(address)
        if parts.scheme in _ELSEWHERE or (not parts.path and parts.fragment):
            continue
        path = unquote(parts.path)
        if source.is_exercise:
            known = path in travelling
        else:
            known = not parts.scheme and _leads_somewhere(path, source.folder.format(lang=lang), root, built)
        if not known:
            findings.append(error("build.link-missing", source.place(row), address=address or "-"))
    return findings


def _leads_somewhere(path: str, folder: str, root: Path, built: Collection[str]) -> bool:
    if not path or PurePosixPath(path).is_absolute():
        return False
    target = (root / folder / path).resolve()
    if not target.is_relative_to(root.resolve()):
        return False
    return target.relative_to(root.resolve()).as_posix() in built or (
        target.exists() and target.suffix != ".ipynb"  # a notebook that no source gives is about to be removed
    )
