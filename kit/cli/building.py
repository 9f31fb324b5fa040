"""``kit build``: lessons and exercises from their sources, and the check that they still agree."""

from __future__ import annotations

from pathlib import Path

import typer

from kit.build import build, check
from kit.cli.output import say, show
from kit.messages import text


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""

    @app.command("build", help=text("cli.build.help"))
    def build_command(
        names: list[str] = typer.Argument(None, help=text("cli.build.names")),
        check_only: bool = typer.Option(False, "--check", help=text("cli.build.check")),
        execute: bool = typer.Option(False, "--execute", help=text("cli.build.execute")),
        root: Path = typer.Option(Path(), "--root", help=text("cli.build.root")),
    ) -> None:
        if check_only:
            raise typer.Exit(show(check(root)))
        result = build(root, names=names or None, execute=execute)
        for path in result.written:
            say(path)
        raise typer.Exit(show(result.findings))
