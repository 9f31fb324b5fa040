"""start.py's command line: parses, calls, prints."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from kit.launch import lab, suite, wheels
from kit.launch.environment import ROOT, Stopped, ready, run
from kit.launch.parser import Parser
from kit.launch.texts import LANGUAGES, choose_language, language, say, text

PORTFOLIO_VARIABLE = "TALLER_PORTFOLIO"
DEFAULT_PORTFOLIO = ROOT / "portafolio"
COMMANDS = ("test", "demo", "wheelhouse")
INTERRUPTED = 130  # as a shell reports it


def main(arguments: Sequence[str]) -> int:
    """Run start.py with ``arguments``; returns the exit code."""
    started = time.monotonic()
    choose_language(arguments)
    try:
        options = _parser().parse_args(arguments)
        if options.command == "test":
            return suite.run_suite(ready(["dev"]), options.rest)
        if options.command == "demo":
            return _demo(options)
        if options.command == "wheelhouse":
            return wheels.make(ready(), options.rest)
        return _start(options, started)
    except Stopped:
        return 1
    except KeyboardInterrupt:
        say("start.interrupted")
        return INTERRUPTED


def _start(options: argparse.Namespace, started: float) -> int:
    chosen = options.portfolio or os.environ.get(PORTFOLIO_VARIABLE) or DEFAULT_PORTFOLIO
    wishes = lab.Wishes(Path(chosen).expanduser().resolve(), options.port, options.browser)
    return lab.open_workshop(ready(), wishes, started)


def _demo(options: argparse.Namespace) -> int:
    """``kit demo`` where the user stands, so that a file given by its relative path is found."""
    shared = ["--portfolio", str(Path(options.portfolio).expanduser().resolve())] if options.portfolio else []
    return run([ready().script("kit"), "demo", *shared, *options.rest], cwd=Path.cwd(), TALLER_LANG=language())


def _parser() -> argparse.ArgumentParser:
    """Our options stand before the command; what follows it belongs to the command."""
    parser = Parser(prog="start.py", usage=text("start.usage"), description=text("start.description"), add_help=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("command", nargs="?", choices=COMMANDS, help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    group = parser.add_argument_group(text("start.options"))
    group.add_argument("-h", "--help", action="help", help=text("start.help-help"))
    group.add_argument("--lang", choices=LANGUAGES, help=text("start.help-lang"))
    group.add_argument("--portfolio", metavar="DIR", help=text("start.help-portfolio"))
    group.add_argument("--port", type=_port, default=lab.DEFAULT_PORT, metavar="N", help=text("start.help-port"))
    group.add_argument("--no-browser", dest="browser", action="store_false", help=text("start.help-no-browser"))
    return parser


def _port(given: str) -> int:
    port = int(given)
    if not 1 <= port <= 65535:
        raise ValueError(given)
    return port
