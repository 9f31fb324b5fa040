"""The dossier: a whole portfolio as one document, step by step, with what is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kit.documents import opening, outcome, planning, publishing
from kit.documents.blocks import Block, Chapter, Document, Heading, Paragraph, grid, plain
from kit.documents.pages import to_pdf
from kit.documents.telling import Telling
from kit.documents.web import to_html
from kit.documents.word import to_docx
from kit.findings import Finding, Findings, KitError, Level, Place, error
from kit.messages import LANGUAGES, current_language, long_date, speaking, text
from kit.portfolio import STEPS, Portfolio, Step
from kit.portfolio.steps import step_of
from kit.steps.readiness import OFFICIALS, Readiness, role_name

FORMATS = ("html", "pdf", "docx")
OUTSIDE = "-"  # the step of what belongs to none: letters and the dossier say nothing about a step being done
_MOST_FINDINGS = 400  # of one step in print: the command of the step has them all
_OWN = ("documents/", "dossier.")

Told = Callable[[Portfolio, Telling], None]
Progress = Callable[[int, int, str], None]

_CHAPTERS: dict[str, Told] = {
    "00": planning.readiness,
    "01": planning.problem,
    "02": planning.theory,
    "03": opening.inventory,
    "04": opening.plan,
    "05": publishing.cleaning,
    "06": publishing.mapping,
    "07": publishing.review,
    "08": publishing.publish,
    "09": outcome.impact,
}


@dataclass(frozen=True)
class Dossier:
    """A portfolio told; ``findings`` are those still open, of all steps."""

    document: Document
    findings: Findings
    portfolio: Portfolio
    templates: Path | None = None
    used: Findings = field(default_factory=Findings)  # what was wrong with a template of one's own

    def html(self) -> str:
        """One page that needs nothing else, to read on a screen and to print."""
        with speaking(self.document.lang):
            return to_html(self.document)

    def pdf(self) -> bytes:
        """A tagged PDF (PDF/UA-1) with bookmarks, contents and page numbers."""
        with speaking(self.document.lang):
            return to_pdf(self.document)

    def docx(self) -> bytes:
        """A Word document in the styles of the template ``dossier.docx``."""
        with speaking(self.document.lang):
            content, findings = to_docx(self.document, self.portfolio, self.templates)
        self.used.extend(f for f in findings if f not in list(self.used))
        return content

    def save(
        self, portfolio: Portfolio | None = None, formats: Iterable[str] = FORMATS, *, progress: Progress | None = None
    ) -> list[Path]:
        """Write ``dossier.html``, ``dossier.pdf`` and ``dossier.docx`` (or some of them); what was there is kept.

        Args:
            portfolio: where to; without it the one that was told.
            formats: of "html", "pdf", "docx".
            progress: called before each format with its number from 1, how many there are, and the file's name.

        Raises:
            KitError: ``documents.format`` for another format; if the portfolio cannot be written.
        """
        wanted = list(formats)
        if unknown := [name for name in wanted if name not in FORMATS]:
            raise KitError(error("documents.format", given=unknown, known=list(FORMATS)))
        target = portfolio or self.portfolio
        written = []
        for number, name in enumerate(wanted, 1):
            if progress:
                progress(number, len(wanted), f"dossier.{name}")
            content = {"html": lambda: self.html().encode("utf-8"), "pdf": self.pdf, "docx": self.docx}[name]()
            written.append(target.write_bytes(f"dossier.{name}", content, step=OUTSIDE))
        return written

    def _repr_html_(self) -> str:
        return self.findings._repr_html_()


def dossier(
    portfolio: Portfolio,
    lang: str | None = None,
    *,
    templates: str | Path | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> Dossier:
    """The whole portfolio as one document; a file that cannot be read is a finding in it.

    Args:
        portfolio: the participant's.
        lang: "es" or "en"; without it the language in force.
        templates: a folder with a Word template ``dossier.docx`` of one's own.
        today: the date on the cover.
        progress: called before each step with its number from 1, how many there are, and its title.

    Raises:
        ValueError: for another language.
    """
    chosen = lang or current_language()
    if chosen not in LANGUAGES:
        raise ValueError(f"language {chosen!r}: expected one of {', '.join(LANGUAGES)}")
    with speaking(chosen):
        chapters = []
        damage = _damage(portfolio)
        for number, step in enumerate(STEPS, 1):
            if progress:
                progress(number, len(STEPS), _title(step))
            chapters.append(_chapter(portfolio, step, damage.pop(step.number, [])))
        rest = Findings(finding for findings in damage.values() for finding in findings)
        document = Document(
            lang=chosen,
            title=text("documents.title"),
            government=_government(portfolio),
            date=long_date(today or dt.date.today(), chosen),
            cover=tuple(_cover(portfolio, chapters)),
            contents=text("documents.contents"),
            chapters=(_overview(chapters), *chapters, _open_findings(chapters, rest)),
        )
    found = Findings(finding for chapter in chapters for finding in chapter.findings) + rest
    return Dossier(document, found, portfolio, Path(templates) if templates else None)


def _title(step: Step) -> str:
    return f"{step.number} · {text(f'workshop.step.{step.name}')}"


def _damage(portfolio: Portfolio) -> dict[str, list[Finding]]:
    """What is missing or damaged among the files, by step; "" for what belongs to none."""
    found: dict[str, list[Finding]] = {}
    lost = portfolio.findings.of("portfolio.manifest-damaged")
    for finding in [*lost, *portfolio.check()]:
        file = finding.place.file or ""
        if not file.startswith(_OWN):
            step = step_of(file)
            found.setdefault(step.number if step else "", []).append(finding)
    return found


def _chapter(portfolio: Portfolio, step: Step, damage: list[Finding]) -> Chapter:
    """One step told as far as its files can be read."""
    told = Telling()
    key = f"step-{step.number}"
    if not any(portfolio.exists(name) for name in step.files):
        told.say("todo", "note", notebook=step.notebook)
        return Chapter(key, _title(step), "todo", tuple(told.blocks), Findings(damage))
    state = "done"
    try:
        _CHAPTERS[step.number](portfolio, told)
    except KitError as problem:
        state = "damaged"
        told.findings.extend(problem.findings)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError) as problem:
        state = "damaged"  # the rest of the dossier is worth more than a traceback
        reason = f"{type(problem).__name__}: {plain(problem)[:200]}"
        told.findings.add(error("documents.not-told", Place(step.files[0]), file=step.files[0], reason=reason))
    told.findings.extend(finding for finding in damage if finding not in list(told.findings))
    opening_words: list[Block] = []
    if state == "damaged":
        opening_words.append(Paragraph(text("documents.damaged"), "note"))
    if told.findings:
        opening_words.append(Paragraph(text("documents.tally", tally=told.findings.tally()), "note"))
    return Chapter(key, _title(step), state, (*opening_words, *told.blocks), told.findings)


def _government(portfolio: Portfolio) -> str:
    """Whose dossier it is: the government of step 00, else the portfolio's title."""
    try:
        named = plain(Readiness.from_portfolio(portfolio).government)
    except KitError:
        named = ""
    return named or plain(portfolio.title) or text("workshop.nobody")


def _cover(portfolio: Portfolio, chapters: list[Chapter]) -> list[tuple[str, str]]:
    try:
        readiness = Readiness.from_portfolio(portfolio)
    except KitError:
        readiness = Readiness.model_construct()
    lines = []
    for role in OFFICIALS:
        person = getattr(readiness, role, None)
        words = [person.name, person.position, person.email] if person else []
        lines.append((role_name(role), plain("\n".join(w for w in words if w)) or text("documents.not-appointed")))
    done = sum(chapter.state == "done" for chapter in chapters)
    lines.append((text("documents.progress"), text("documents.steps-done", n=done, total=len(chapters))))
    return lines


def _overview(chapters: list[Chapter]) -> Chapter:
    """The state of each step and how much is open: what somebody reads who reads one page."""
    head = [text(f"documents.overview.{name}") for name in ("step", "state", *(level.value for level in Level))]
    rows = [
        (
            chapter.title,
            text(f"documents.state.{chapter.state}"),
            *(str(len(chapter.findings.at_level(level))) for level in Level),
        )
        for chapter in chapters
    ]
    found = Findings(finding for chapter in chapters for finding in chapter.findings)
    blocks: list[Block] = [
        Paragraph(text("documents.overview.lead", tally=found.tally()), "lead"),
        grid(head, rows, text("documents.overview.caption"), widths=(5, 2.2, 1.4, 1.6, 1.6)),
        Paragraph(text("documents.overview.levels"), "note"),
    ]
    return Chapter("overview", text("documents.overview.title"), "done", tuple(blocks))


def _open_findings(chapters: list[Chapter], rest: Findings) -> Chapter:
    """Every finding still open, per step, errors first."""
    blocks: list[Block] = []
    for title, findings in [(c.title, c.findings) for c in chapters] + [(text("documents.open.rest"), rest)]:
        if not findings:
            continue
        head = [text(f"documents.open.{name}") for name in ("level", "place", "what", "how")]
        rows = []
        for finding in findings.in_order()[:_MOST_FINDINGS]:
            words = finding.render()
            rows.append((words["level"], words["place"], f"{words['found']} {words['expected']}", words["mend"]))
        blocks.append(Heading(title))
        blocks.append(grid(head, rows, findings.tally(), widths=(1.7, 3, 5.5, 5)))
        if len(findings) > _MOST_FINDINGS:
            blocks.append(Paragraph(text("documents.open.more", shown=_MOST_FINDINGS, n=len(findings)), "note"))
    if not blocks:
        blocks.append(Paragraph(text("findings.none")))
    return Chapter("findings", text("documents.open.title"), "done", tuple(blocks))
