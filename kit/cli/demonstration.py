"""``kit demo``: all steps without a screen, on the teaching city or on a participant's own file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from kit.case import own_cadastre
from kit.cli.output import complain, say, show_table
from kit.demo import Result, run
from kit.messages import text


def add(app: typer.Typer) -> None:
    """Add the commands of this room."""

    @app.command("demo", help=text("cli.demo.help"))
    def demo(
        cadastre: Path = typer.Option(None, "--cadastre", help=text("cli.demo.cadastre")),
        pairs: list[str] = typer.Option([], "--map", metavar="CAMPO=COLUMNA", help=text("cli.demo.map")),
        mapping: Path = typer.Option(None, "--mapping", help=text("cli.demo.mapping")),
        crs: str = typer.Option(None, "--crs", metavar="EPSG:n", help=text("cli.demo.crs")),
        portfolio: Path = typer.Option(Path("portafolio-demo"), "--portfolio", help=text("cli.demo.portfolio")),
        findings: bool = typer.Option(True, "--findings/--no-findings", help=text("cli.demo.findings")),
    ) -> None:
        source = partial(own_cadastre, cadastre, pairs=pairs, mapping_file=mapping, crs=crs) if cadastre else None
        results = run(portfolio, cadastre=source, started=_begin, finished=_end)
        if findings:
            for result in results:
                for line in result.findings.lines():
                    say(f"{result.step} · {line}")
        head = [text(f"demo.heading.{name}") for name in ("step", "result", "where")]
        rows = [(f"{r.step} · {r.title}", f"{'✔' if r.ok else '✖'} {r.summary}", r.where) for r in results]
        say()
        show_table(head, rows, text("demo.caption"))
        failed = [r.step for r in results if not r.ok]
        if failed:
            complain(text("demo.failed", n=len(failed), steps=failed))
        raise typer.Exit(1 if failed else 0)


def _begin(number: int, total: int, title: str) -> None:
    say(text("demo.begin", number=number, total=total, title=title))


def _end(result: Result, seconds: float) -> None:
    say(text("demo.end", mark="✔" if result.ok else "✖", summary=result.summary, seconds=round(seconds, 1)))
