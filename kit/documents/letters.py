"""Letters, minutes and the story as Word documents, filled from the portfolio and saved in its folder ``documents``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.documents.blocks import plain
from kit.documents.fields import FACTS, Fields, Source, both, names
from kit.documents.templating import OWN, Template, to_bytes
from kit.documents.word import BASE
from kit.findings import Findings, KitError, Place, advice, error
from kit.markup import table
from kit.messages import LANGUAGES, current_language, speaking, text
from kit.portfolio import Portfolio
from kit.publish.model import slug

FOLDER = "documents"
OUTSIDE = "-"  # no step of the workshop: a letter says nothing about a step being done
LETTERS: tuple[str, ...] = tuple(FACTS["letters"])
_LONGEST_NAME = 40
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter filled in: which it is, its file in the portfolio, its bytes, and what of it stayed blank."""

    name: str
    file: str
    content: bytes
    findings: Findings


@dataclass(frozen=True)
class Made:
    """What `make` wrote, and everything there is to say about it."""

    files: list[Path] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def __repr__(self) -> str:
        return "\n".join([text("documents.made", n=len(self.files)), *map(str, self.files), *self.findings.lines()])

    def _repr_html_(self) -> str:
        written = table(
            [text("documents.heading.file"), text("documents.heading.folder")],
            [(path.name, str(path.parent)) for path in self.files],
            text("documents.made", n=len(self.files)),
            row_heads=True,
        )
        return (written if self.files else "") + self.findings._repr_html_()


def letter_title(name: str, lang: str | None = None) -> str:
    """What a letter is, in words."""
    return text(f"documents.letter.{name}", lang=lang)


def letter_file(name: str, lang: str | None = None) -> str:
    """The name of a letter's template, without its ending."""
    return str(FACTS["letters"][name][lang or current_language()])


def letter_name(given: str) -> str:
    """The letter that ``given`` names: by its key, or by the name of its file in either language.

    Raises:
        KitError: ``documents.unknown-letter`` naming those there are.
    """
    for name in LETTERS:
        if given.removesuffix(".docx") in {name, *(letter_file(name, lang) for lang in LANGUAGES)}:
            return name
    known = [letter_file(name) for name in LETTERS]
    raise KitError(error("documents.unknown-letter", Place(item=given), name=given, known=known))


def letter_fields(lang: str | None = None) -> list[str]:
    """The fields that every template may use, as it writes them."""
    with speaking(lang or current_language()):
        context = Fields(Source(None), {}, dt.date.today()).context()
        return names(context | both({"reuses": [dict.fromkeys(("who", "kind", "what", "date"), "")]}))


def write(
    portfolio: Portfolio,
    name: str,
    lang: str | None = None,
    *,
    templates: str | Path | None = None,
    said: Mapping[str, str] | None = None,
    today: dt.date | None = None,
    source: Source | None = None,
) -> list[Letter]:
    """One letter filled in, once or once for each area or report; nothing is saved.

    Args:
        portfolio: the participant's.
        name: of the letter, as in `LETTERS`, or its file's name.
        lang: "es" or "en"; without it the language in force.
        templates: a folder with Word templates of one's own; without it the portfolio's folder ``templates``.
        said: what no step asks, such as "lugar" or "titular.nombre".
        today: the date of the letter.
        source: the portfolio's steps, if they are read already.

    Raises:
        KitError: for an unknown letter, an unknown fact, or a template that cannot be filled in.
    """
    chosen = lang or current_language()
    with speaking(chosen):
        key = letter_name(name)
        stem = letter_file(key)
        source = source or Source(portfolio)
        folder = Path(templates) if templates else None
        template = Template.find(f"{stem}.docx", chosen, portfolio, folder)
        found = []
        taken: set[str] = set()
        for suffix, options in _each(FACTS["letters"][key].get("each", ""), source):
            fields = Fields(source, said or {}, today or dt.date.today())
            context = fields.context(**options)
            title = f"{letter_title(key)} · {plain(portfolio.title)}".strip(" ·")
            document = template.fill(context, title=title, author=plain(portfolio.title), lang=chosen)
            file = f"{FOLDER}/{_free(stem + suffix, taken)}.docx"
            found.append(Letter(key, file, to_bytes(document), _blanks(file, fields.blanks)))
        return found


def _each(kind: str, source: Source) -> list[tuple[str, dict[str, Any]]]:
    """For what a letter is written: the end of its file's name and the options of its fields."""
    found: list[tuple[str, dict[str, Any]]] = []
    if kind == "areas":
        for name, position in source.areas():
            found.append((f"-{_name_of_file(position or name)}", {"area": (name, position)}))
    elif kind == "reports":
        found = [(f"-{number}", {"report": report}) for number, report in enumerate(source.reports(), 1)]
    return found or [("", {})]


def _name_of_file(words: str) -> str:
    """A position or a name as the end of a file's name: whole words, as many as there is room for."""
    whole = slug(words)
    if len(whole) <= _LONGEST_NAME:
        return whole
    return (whole[: _LONGEST_NAME + 1].rpartition("-")[0] or whole[:_LONGEST_NAME]).strip("-")


def _free(name: str, taken: set[str]) -> str:
    """A file's name that no letter before has."""
    free, number = name.strip("-"), 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _blanks(file: str, blanks: list[str]) -> Findings:
    if not blanks:
        return Findings()
    return Findings([advice("documents.blanks", Place(file), n=len(blanks), fields=blanks)])


def _together(name: str, letters: list[Letter]) -> Findings:
    """What stayed blank in a letter's copies: said once if it is the same in all."""
    blanks = [tuple(f.params["fields"]) for letter in letters for f in letter.findings]
    if len(letters) > 1 and len(blanks) == len(letters) and len(set(blanks)) == 1:
        return _blanks(f"{FOLDER}/{letter_file(name)}-*.docx", list(blanks[0]))
    return Findings(finding for letter in letters for finding in letter.findings)


def make(
    portfolio: Portfolio,
    wanted: Iterable[str] | None = None,
    lang: str | None = None,
    *,
    templates: str | Path | None = None,
    said: Mapping[str, str] | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> Made:
    """Fill letters in and save them in the portfolio's folder ``documents``; what was there is kept in its history.

    A letter whose template cannot be used is left out, and that is a finding; the others are made all the same.

    Args:
        portfolio: the participant's.
        wanted: names of letters; without it all for which there is something to say.
        lang: "es" or "en"; without it the language in force.
        templates: a folder with Word templates of one's own; without it the portfolio's folder ``templates``.
        said: what no step asks, such as "lugar" or "titular.nombre".
        today: the date of the letters.
        progress: called before each letter with its number from 1, how many there are, and its title.

    Raises:
        KitError: for an unknown letter or fact; if the portfolio cannot be written.
    """
    chosen = lang or current_language()
    with speaking(chosen):
        source = Source(portfolio)
        chosen_letters = (
            [letter_name(name) for name in wanted] if wanted else [n for n in LETTERS if _useful(n, source)]
        )
        Fields(source, said or {}, today or dt.date.today())  # says at once that a fact is unknown
        made = Made(findings=Findings(source.findings))
        for number, name in enumerate(dict.fromkeys(chosen_letters), 1):
            if progress:
                progress(number, len(chosen_letters), letter_title(name))
            try:
                letters = write(portfolio, name, chosen, templates=templates, said=said, today=today, source=source)
            except KitError as problem:
                made.findings.extend(problem.findings)
                continue
            made.files.extend(portfolio.write_bytes(one.file, one.content, step=OUTSIDE) for one in letters)
            made.findings.extend(_together(name, letters))
    return made


def _useful(name: str, source: Source) -> bool:
    """Whether there is something to say: an approval needs its plan, a story and replies step 09, replies a report."""
    facts = FACTS["letters"][name]
    if "needs" in facts and getattr(source, facts["needs"]) is None:
        return False
    return facts.get("each") != "reports" or bool(source.reports())


def copy_templates(folder: str | Path, lang: str | None = None) -> tuple[list[Path], Findings]:
    """Copy the Word templates of one language into a folder, to be restyled in Word; no file is written over.

    Raises:
        KitError: ``documents.not-copied`` if the disk refuses.
    """
    chosen = lang or current_language()
    target = Path(folder)
    written: list[Path] = []
    kept: list[str] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for stem in (*(letter_file(name, chosen) for name in LETTERS), Path(BASE).stem):
            path = target / f"{stem}.docx"
            if path.exists():
                kept.append(path.name)
                continue
            path.write_bytes((OWN / chosen / path.name).read_bytes())
            written.append(path)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise KitError(
            error("documents.not-copied", Place(str(target)), folder=str(target), reason=reason)
        ) from problem
    findings = Findings(
        [advice("documents.template-kept", Place(str(target)), n=len(kept), files=kept)] if kept else []
    )
    return written, findings
