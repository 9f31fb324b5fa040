"""``kit portfolio``: what is in it, earlier versions, and the way back."""

from __future__ import annotations

from pathlib import Path

import typer

from kit.cli.output import say, show, show_table
from kit.messages import text
from kit.portfolio import Portfolio
from kit.workshop import Workshop


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""
    room = typer.Typer(help=text("cli.portfolio.help"), no_args_is_help=True)
    app.add_typer(room, name="portfolio")
    folder = typer.Option(
        Path("portafolio"), "--portfolio", envvar="TALLER_PORTFOLIO", help=text("cli.portfolio.folder")
    )
    file = typer.Argument(help=text("cli.portfolio.file"))

    @room.command("show", help=text("cli.portfolio.show"))
    def show_portfolio(portfolio: Path = folder) -> None:
        opened = Portfolio.open(portfolio)
        head = [text(f"workshop.heading.{name}") for name in ("step", "state", "files")]
        show_table(head, Workshop(opened, "").rows(), str(opened.folder))
        raise typer.Exit(show(opened.findings))

    @room.command("versions", help=text("cli.portfolio.versions"))
    def versions(file: str = file, portfolio: Path = folder) -> None:
        for version in Portfolio.open(portfolio).versions(file):
            say(f"{version.when}  {version.stored}")

    @room.command("restore", help=text("cli.portfolio.restore"))
    def restore(
        file: str = file,
        version: str = typer.Option("", "--version", help=text("cli.portfolio.version")),
        portfolio: Path = folder,
    ) -> None:
        say(text("cli.portfolio.restored", path=str(Portfolio.open(portfolio).restore(file, version or None))))
