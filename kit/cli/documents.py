"""``kit dossier`` and ``kit documents``: the portfolio as one document, and letters filled in from it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

from kit.cli.output import complain, say, show, show_table
from kit.documents import (
    FORMATS,
    LETTERS,
    copy_templates,
    dossier,
    letter_fields,
    letter_file,
    letter_title,
    make,
)
from kit.findings import KitError, Place, error
from kit.messages import text
from kit.portfolio import Portfolio


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""
    folder = typer.Option(
        Path("portafolio"), "--portfolio", envvar="TALLER_PORTFOLIO", help=text("cli.portfolio.folder")
    )
    templates = typer.Option(None, "--templates", help=text("documents.cli.templates-folder"))

    @app.command("dossier", help=text("documents.cli.dossier"))
    def dossier_command(
        portfolio: Path = folder,
        form: str = typer.Option("html", "--format", metavar="html|pdf|docx|all", help=text("documents.cli.format")),
        templates: Path = templates,
    ) -> None:
        formats = FORMATS if form == "all" else (form,)
        if form not in (*FORMATS, "all"):
            raise KitError(error("documents.format", given=[form], known=[*FORMATS, "all"]))
        opened = Portfolio.open(portfolio)
        told = dossier(opened, templates=_there(templates), progress=_step)
        written = told.save(formats=formats, progress=_step)
        for path in written:
            say(path)
        say(text("documents.cli.open", tally=told.findings.tally()))
        if told.used:
            show(told.used)
        raise typer.Exit(1 if told.findings.errors or told.used.errors else 0)

    room = typer.Typer(help=text("documents.cli.help"), no_args_is_help=True)
    app.add_typer(room, name="documents")

    @room.command("list", help=text("documents.cli.list"))
    def list_documents(fields: bool = typer.Option(False, "--fields", help=text("documents.cli.fields"))) -> None:
        if fields:
            for name in letter_fields():
                say(f"{{{{ {name} }}}}")
            return
        head = [text(f"documents.cli.heading.{name}") for name in ("name", "what", "key")]
        show_table(head, [(letter_file(name), letter_title(name), name) for name in LETTERS])

    @room.command("make", help=text("documents.cli.make"))
    def make_documents(
        names: list[str] = typer.Argument(None, help=text("documents.cli.names")),
        portfolio: Path = folder,
        templates: Path = templates,
        facts: list[str] = typer.Option([], "--set", metavar="DATO=VALOR", help=text("documents.cli.set")),
    ) -> None:
        opened, own = Portfolio.open(portfolio), _there(templates)
        made = make(opened, names or None, templates=own, said=_said(facts), progress=_step)
        for path in made.files:
            say(path)
        raise typer.Exit(show(made.findings))

    @room.command("templates", help=text("documents.cli.templates"))
    def templates_command(folder: Path = typer.Argument(help=text("documents.cli.templates-to"))) -> None:
        written, findings = copy_templates(folder)
        for path in written:
            say(path)
        raise typer.Exit(show(findings) if findings else 0)


def _there(templates: Path | None) -> Path | None:
    """The folder of templates that was named; a name mistyped would quietly give the kit's own style."""
    if templates is not None and not templates.is_dir():
        raise KitError(error("documents.no-templates-folder", Place(str(templates)), folder=str(templates)))
    return templates


def _step(number: int, total: int, title: str) -> None:
    """Progress goes where it does not mix with the result."""
    complain(text("documents.cli.step", number=number, total=total, title=title))


def _said(pairs: Iterable[str]) -> dict[str, str]:
    """``name=value`` each."""
    said = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (name.strip() and sign):
            raise KitError(error("documents.bad-fact", Place(), given=pair))
        said[name.strip()] = value.strip()
    return said
