"""``kit validate``: a table against its schema."""

from __future__ import annotations

from pathlib import Path

import typer

from kit.cli.output import say, show
from kit.messages import text
from kit.validation import validate


def add(app: typer.Typer) -> None:
    """Add the command of this room."""

    @app.command("validate", help=text("cli.validate.help"))
    def check(
        file: Path = typer.Argument(help=text("cli.validate.file")),
        schema: Path = typer.Option(..., "--schema", help=text("cli.validate.schema")),
        resource: str = typer.Option("", "--resource", help=text("cli.validate.resource")),
        as_json: bool = typer.Option(False, "--json", help=text("cli.validate.json")),
    ) -> None:
        found = validate(file, schema, resource=resource or None)
        if as_json:
            say(found.to_json())
            raise typer.Exit(1 if found.errors else 0)
        raise typer.Exit(show(found))
