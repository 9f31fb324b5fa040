"""The whole test suite: style, types, layers, built lessons, then pytest; one summary, one closing line."""

from __future__ import annotations

import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.launch.environment import Environment, run
from kit.launch.texts import say, text, write


@dataclass(frozen=True)
class Outcome:
    """How one part of the suite ended."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def run_suite(environment: Environment, arguments: Sequence[str]) -> int:
    """Run all parts, also after one has failed; returns 0 if none has.

    Args:
        environment: with the dev group installed.
        arguments: handed to pytest; with any, pytest runs alone, because somebody looks for something in particular.
    """
    outcomes = [] if arguments else [_part(name, command) for name, command in parts(environment)]
    outcomes.append(_pytest(environment, arguments))
    write("")
    for outcome in outcomes:
        verdict = text("start.suite-failed" if outcome.failed else "start.suite-passed")
        say("start.suite-line", name=outcome.name, verdict=verdict, seconds=f"{outcome.seconds:.0f}")
    passed, failed, skipped = (sum(getattr(o, what) for o in outcomes) for what in ("passed", "failed", "skipped"))
    # The last line is for machines too, so it has pytest's form in both languages.
    write(f"{passed} passed, {failed} failed, {skipped} skipped in {sum(o.seconds for o in outcomes):.0f}s")
    return 1 if failed else 0


def parts(environment: Environment) -> list[tuple[str, list[str | Path]]]:
    """The parts before pytest: name and command."""
    python = environment.python
    return [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy"]),
        ("lint-imports", [environment.script("lint-imports")]),
        ("kit build --check", [environment.script("kit"), "build", "--check"]),
    ]


def _part(name: str, command: Sequence[str | Path]) -> Outcome:
    say("start.suite-part", name=name)
    started = time.monotonic()
    code = run(command)
    return Outcome(name, int(code == 0), int(code != 0), 0, time.monotonic() - started)


def _pytest(environment: Environment, arguments: Sequence[str]) -> Outcome:
    """Pytest on all cores, or with the given arguments; counted from its own report."""
    say("start.suite-part", name="pytest")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        chosen = list(arguments) or ["-n", "auto", "--dist", "worksteal", "-q"]
        code = run([environment.python, "-m", "pytest", f"--junit-xml={report}", *chosen])
        passed, failed, skipped = _counts(report)
    if code and not failed:  # stopped before it could report: a broken conftest, no tests, an interruption
        failed = 1
    return Outcome("pytest", passed, failed, skipped, time.monotonic() - started)


def _counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed (errors included) and skipped tests of a JUnit report."""
    if not report.is_file():
        return 0, 0, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 - written by pytest just now
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped
