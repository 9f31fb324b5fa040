"""The dossier's chapters of cleaning, mapping, review and publication (05 to 08)."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import Any

from kit.documents.blocks import plain
from kit.documents.drawings import png_of
from kit.documents.telling import Telling
from kit.findings import KitError, Place, advice, error, warning
from kit.messages import current_language, has, number, text
from kit.portfolio import Portfolio
from kit.publish.attached import read_map
from kit.publish.listing import COLUMNS
from kit.safecells import bare
from kit.steps.cleaning.saving import LOG
from kit.steps.plan.facts import frequency_word
from kit.steps.review import Review

_EXAMPLES = 2
_CATALOGUE = "catalog/catalog.csv"


def cleaning(portfolio: Portfolio, told: Telling) -> None:
    """How many cells each rule changed in each file, with a few examples; the log has every one."""
    files = _log(portfolio)
    changed = {name: len(part["changes"]) for name, part in files.items()}
    told.say("cleaning.summary", "lead", n=sum(changed.values()), files=sorted(changed))
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], list[str]] = {}
    for name, part in files.items():
        for change in part["changes"]:
            key = (name, str(change["rule"]), str(change["column"]))
            counts[key] += 1
            if counts[key] <= _EXAMPLES and str(change["column"]) not in {"*", "geometry"}:
                examples.setdefault(key, []).append(f"{_quoted(change['old'])} → {_quoted(change['new'])}")
    rows = [
        (file, _rule(rule), _column(column), number(n), "\n".join(examples.get((file, rule, column), [])))
        for (file, rule, column), n in counts.most_common()
    ]
    head = [text(f"documents.cleaning.{n}") for n in ("file", "rule", "column", "changes", "examples")]
    told.table(head, rows, text("documents.cleaning.by-rule"), widths=(2.2, 4, 2.2, 1.5, 5))


def _log(portfolio: Portfolio) -> dict[str, Any]:
    """The log's parts by file.

    Raises:
        KitError: ``documents.bad-log`` if it is not as step 05 writes it.
    """
    try:
        files = json.loads(portfolio.read_text(LOG))["files"]
        wanted = {"rule", "column", "old", "new"}
        if not all(wanted <= set(change) for part in files.values() for change in part["changes"]):
            raise KeyError("changes")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KitError(error("documents.bad-log", Place(LOG), file=LOG)) from None
    return dict(files)


def _rule(name: str) -> str:
    key = f"cleaning.rule.{name}"
    return text(key) if has(key) else name


def _column(name: str) -> str:
    known = {"*": "whole-row", "geometry": "geometry"}
    return text(f"documents.cleaning.{known[name]}") if name in known else name


def _quoted(value: Any, longest: int = 34) -> str:
    words = "∅" if value in (None, "") else plain(f"«{value}»")
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def mapping(portfolio: Portfolio, told: Telling) -> None:
    """The still pictures that step 06 left in the language, and the interactive pages by name."""
    folder = portfolio.path("maps")
    suffix = f".{current_language()}."
    pictures = sorted(p for p in folder.glob("*.png") if suffix in p.name) or sorted(folder.glob("*.png"))
    for path in pictures:
        try:
            told.blocks.append(png_of(portfolio, f"maps/{path.name}"))
        except KitError as problem:
            told.findings.extend(problem.findings)
    pages = []
    for path in sorted(folder.glob("*.html")):
        try:
            pages.append((read_map(path), f"maps/{path.name}"))
        except (KitError, OSError):
            told.findings.add(warning("documents.bad-map", Place(f"maps/{path.name}"), file=path.name))
    own = [(page, name) for page, name in pages if page.lang == current_language()] or pages
    head = [text(f"documents.mapping.{n}") for n in ("title", "description", "file")]
    rows = [(page.title, page.description, name) for page, name in own]
    told.table(head, rows, text("documents.mapping.pages"), widths=(3, 7, 3))
    if not pictures:
        told.findings.add(advice("documents.no-map-picture", Place("maps")))


def review(portfolio: Portfolio, told: Telling) -> None:
    """What is opened and what is not, column by column, the four boxes, and who signed."""
    model = Review.from_portfolio(portfolio)
    told.findings.extend(model.check())
    told.quote(model.title, "lead")
    boxes = [
        (text(f"documents.review.{name}"), text(f"findings.bool.{'yes' if ticked else 'no'}"))
        for name, ticked in model.checklist.model_dump().items()
    ]
    facts: list[tuple[str, Any]] = [
        (text("documents.review.approved"), text(f"findings.bool.{'yes' if model.approved else 'no'}")),
        (text("documents.review.by"), ", ".join(w for w in (model.approved_by, model.position) if w)),
        (text("documents.review.date"), model.date),
        (text("documents.review.class"), model.classification),
        (text("documents.review.reason"), model.reason),
        (text("documents.review.files"), "\n".join(model.opens)),
        *boxes,
    ]
    told.facts("review.decision", facts)
    told.table(
        [text(f"documents.review.{n}") for n in ("column", "what", "how", "why")],
        [(c.name, text(f"documents.review.{c.decision}"), c.how, c.reason) for c in model.columns],
        text("documents.review.columns", n=len(model.columns)),
        widths=(3, 2, 2, 6),
    )
    told.quote(model.notes)


def publish(portfolio: Portfolio, told: Telling) -> None:
    """The datasets of the catalogue and their files."""
    rows = _catalogue(portfolio)
    datasets = [row for row in rows if row["ds:title"]]
    files = [row for row in rows if row["rs:title"]]
    told.say("publish.summary", "lead", n=len(datasets), files=len(files))
    told.table(
        [text(f"documents.publish.{n}") for n in ("dataset", "description", "contact", "frequency", "modified")],
        [
            (
                row["ds:title"],
                row["ds:description"],
                "\n".join(w for w in (row["ds:contactPoint"], row["ds:mbox"]) if w),
                frequency_word(row["ds:accrualPeriodicity"]),
                row["ds:modified"][:10],
            )
            for row in datasets
        ],
        text("documents.publish.datasets"),
        widths=(3, 6, 4, 2, 2),
    )
    told.table(
        [text(f"documents.publish.{n}") for n in ("file", "format", "size", "where")],
        [(r["rs:title"], r["rs:mediaType"], _size(r["rs:byteSize"]), r["rs:downloadURL"]) for r in files],
        text("documents.publish.files"),
        widths=(5, 3.5, 1.5, 4),
    )
    absent = [
        row["rs:downloadURL"]
        for row in files
        if "://" not in row["rs:downloadURL"] and not _there(portfolio, row["rs:downloadURL"])
    ]
    if absent:
        told.findings.add(error("documents.file-absent", Place(_CATALOGUE), n=len(absent), files=absent))


def _catalogue(portfolio: Portfolio) -> list[dict[str, str]]:
    """The rows of ``catalog.csv``.

    Raises:
        KitError: ``documents.bad-catalogue`` if it does not have the published columns.
    """
    content = portfolio.read_text(_CATALOGUE)
    try:
        lines = list(csv.DictReader(io.StringIO(content, newline=""), strict=True))
    except csv.Error:
        lines = []
    if not lines or any(not set(COLUMNS) <= set(line) or None in line.values() for line in lines):
        raise KitError(error("documents.bad-catalogue", Place(_CATALOGUE), file=_CATALOGUE))
    return [{name: plain(bare(line[name])) for name in COLUMNS} for line in lines]


def _there(portfolio: Portfolio, rel: str) -> bool:
    try:
        return portfolio.exists(f"catalog/{rel}")
    except KitError:  # a path that leads out of the portfolio
        return False


def _size(count: str) -> str:
    if not count.isdigit():
        return count
    size = int(count)
    return f"{number(size / 1e6, spec='1')} MB" if size >= 1e6 else f"{number(max(1, round(size / 1e3)))} kB"
