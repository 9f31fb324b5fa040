"""What the commands print with: plain lines, findings, tables and a progress line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kit.findings import Findings
from kit.messages import text


def say(line: object = "") -> None:
    """One line on standard output, as it is."""
    print(line)  # noqa: T201


def complain(line: object) -> None:
    """One line on standard error, as it is."""
    print(line, file=sys.stderr)  # noqa: T201


def show(findings: Findings) -> int:
    """Print findings, errors first, and how many there are; the exit code is 1 if any is an error."""
    for line in findings.lines():
        say(line)
    say(findings.tally() if findings else text("findings.none"))
    return 1 if findings.errors else 0


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table as wide as the terminal; every cell is shown as text."""
    table = Table(title=title or None, title_justify="left", show_lines=False)
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console(highlight=False, markup=False, soft_wrap=False, width=None if sys.stdout.isatty() else 150).print(table)
