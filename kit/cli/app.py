"""The commands and what their options mean; each command is a few lines that call the package and print."""

from __future__ import annotations

import typer

import kit
from kit.cli import building, cleaning, data, demonstration, documents, planning, portfolios, validating
from kit.cli.output import say
from kit.messages import text


def make_app() -> typer.Typer:
    """The command ``kit`` with all its commands, its help in the language in force."""
    app = typer.Typer(
        help=text("cli.help"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def common(
        lang: str = typer.Option("", "--lang", metavar="es|en", help=text("cli.lang")),  # taken off the line by `main`
    ) -> None:
        del lang

    @app.command("version", help=text("cli.version"))
    def version() -> None:
        say(kit.__version__)

    for part in (demonstration, building, data, validating, portfolios, planning, cleaning, documents):
        part.add(app)
    return app
