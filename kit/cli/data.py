"""``kit table`` and ``kit datasets``: what a file holds, and the teaching datasets."""

from __future__ import annotations

from pathlib import Path

import typer

from kit import datasets
from kit.cli.output import say, show, show_table
from kit.findings import Findings
from kit.messages import current_language, text
from kit.tables import read_table


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""

    @app.command("table", help=text("cli.table.help"))
    def table(
        file: Path = typer.Argument(help=text("cli.table.file")),
        rows: int = typer.Option(5, "--rows", min=0, help=text("cli.table.rows")),
    ) -> None:
        read = read_table(file)
        head = read.table.head(rows)
        show_table([str(name) for name in head.columns], head.astype("str").itertuples(index=False), file.name)
        say(text("cli.table.size", rows=len(read.table), columns=len(read.table.columns)))
        raise typer.Exit(show(read.findings))

    room = typer.Typer(help=text("cli.datasets.help"), no_args_is_help=True)
    app.add_typer(room, name="datasets")

    @room.command("list", help=text("cli.datasets.list"))
    def list_datasets() -> None:
        head = [text(f"cli.datasets.heading.{name}") for name in ("name", "title", "folder")]
        known = [datasets.dataset(name) for name in sorted(datasets.registry())]
        show_table(head, [(d.name, d.title(current_language()), d.folder) for d in known])

    @room.command("verify", help=text("cli.datasets.verify"))
    def verify() -> None:
        found = Findings()
        for name in sorted(datasets.registry()):
            found.extend(datasets.verify(name))
        raise typer.Exit(show(found))
