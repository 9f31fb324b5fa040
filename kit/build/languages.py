"""Two languages side by side: every cell of words has its partner, and code differs in words only."""

from __future__ import annotations

import ast
import re
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from kit.build.source import Source, SourceCell
from kit.findings import Finding, Findings, error
from kit.messages import LANGUAGES

_PARTNER = {"es": "en", "en": "es"}
_LETTERS_ONLY = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|<[^>]*>|https?://\S+", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAME_WORDS_LIMIT = 4


def lint(source: Source) -> Findings:
    """What is missing, alone or different between the two languages of ``source``."""
    findings = Findings(_lint_order(source))
    for spanish, english in source.pairs():
        findings.extend(_lint_pair(source, spanish, english))
    findings.extend(_lint_code(source))
    return findings


def _lint_order(source: Source) -> list[Finding]:
    """Words without a language, and cells of one language that do not stand beside their partner, Spanish first."""
    findings = []
    partnered = {id(cell) for pair in source.pairs() for cell in pair}
    for cell in source.cells:
        if cell.lang is None:
            if not cell.is_code:
                findings.append(error("build.no-language", source.place(cell.row), text=_short(cell.text)))
        elif cell.lang not in LANGUAGES:
            findings.append(error("build.no-language", source.place(cell.row), text=_short(cell.text)))
        elif id(cell) not in partnered:
            place = source.place(cell.row, item=str(cell.lang))
            findings.append(
                error(
                    "build.no-partner", place, language=cell.lang, partner=_PARTNER[cell.lang], text=_short(cell.text)
                )
            )
    return findings


def _lint_pair(source: Source, spanish: SourceCell, english: SourceCell) -> list[Finding]:
    """A pair has the same options, other words, and (in code) the same code."""
    findings = []
    place = source.place(spanish.row, english.row)
    names = {
        name
        for name in {*spanish.options, *english.options} - {"lang"}
        if spanish.options.get(name) != english.options.get(name)
    }
    if names:
        findings.append(error("build.pair-options", place, names=sorted(names)))
    if not spanish.is_code:
        if _words(spanish.text) == _words(english.text) and len(_words(spanish.text)) >= _SAME_WORDS_LIMIT:
            findings.append(error("build.untranslated", place, text=_short(english.text)))
    elif skeletons_differ(spanish.text, english.text):
        findings.append(error("build.code-differs", place, text=_short(english.text)))
    return findings


def _lint_code(source: Source) -> list[Finding]:
    """Code that Python cannot read."""
    findings = []
    for cell in source.cells:
        if not cell.is_code:
            continue
        try:
            _tree(cell.text)
        except SyntaxError as problem:
            row = cell.row + max((problem.lineno or 1) - 1, 0)
            findings.append(error("build.code-syntax", source.place(row), reason=str(problem.msg)))
    return findings


def skeletons_differ(one: str, other: str) -> bool:
    """Whether two pieces of code differ in more than comments and the words in their strings.

    Strings used as keys (``table["USO"]``) are names, not words, and must be the same. Code that cannot be read is
    another rule's matter.
    """
    try:
        return _skeleton(one) != _skeleton(other)
    except SyntaxError:
        return False


def _tree(code: str) -> ast.Module:
    """The syntax tree; IPython's own syntax (``%matplotlib inline``) is translated first."""
    return ast.parse(TransformerManager().transform_cell(code))


def _skeleton(code: str) -> str:
    return ast.dump(_BlankWords().visit(_tree(code)))


class _BlankWords(ast.NodeTransformer):
    """Blanks the strings of a syntax tree, but not those that name a column or a key."""

    def visit_Constant(self, node: ast.Constant) -> Any:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        """An f-string is what it inserts: a translation may put it in another order."""
        inserted = sorted(
            ast.dump(self.generic_visit(part)) for part in node.values if isinstance(part, ast.FormattedValue)
        )
        return ast.Constant("f" + repr(inserted)) if inserted else ast.Constant("")

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        node.value = self.visit(node.value)
        return node


def _words(text: str) -> list[str]:
    """The words of a text, without code and addresses."""
    return [word.lower() for word in _WORD.findall(_LETTERS_ONLY.sub(" ", text))]


def _short(text: str, limit: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
