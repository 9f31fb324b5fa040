"""The command ``kit``: parses, calls, prints. A user's mistake is shown as findings and ends with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from kit import messages
from kit.findings import KitError

_OPTION = "--lang"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    The language is settled before the commands are made, because their help is in that language too: ``--lang``
    anywhere on the line, else the variable TALLER_LANG, else Spanish.
    """
    _speak_plainly()
    words, lang = _without_language(sys.argv[1:] if arguments is None else arguments)
    if lang is not None and lang not in messages.LANGUAGES:
        print(messages.text("cli.bad-language", lang=None, given=lang, known=list(messages.LANGUAGES)), file=sys.stderr)  # noqa: T201
        return 2
    if lang:
        messages.set_language(lang)
    from kit.cli.app import make_app  # after the language: help texts are rendered when the commands are made

    try:
        result = make_app()(args=words, prog_name="kit", standalone_mode=False)
    except KitError as problem:
        print("\n".join(problem.findings.lines()), file=sys.stderr)  # noqa: T201
        return 1
    except (KeyboardInterrupt, typer.Abort):
        print(messages.text("cli.interrupted"), file=sys.stderr)  # noqa: T201
        return 130
    except Exception as problem:
        return _usage(problem)
    return result if isinstance(result, int) else 0


def _usage(problem: Exception) -> int:
    """The exit code of a command line that click does not understand; anything else is a fault of ours and raised."""
    show = getattr(problem, "show", None)
    if show is None:
        raise problem
    show(file=sys.stderr)
    return int(getattr(problem, "exit_code", 2))


def _without_language(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """The words of the line without ``--lang xx`` (or ``--lang=xx``), and that language."""
    words: list[str] = []
    lang = None
    rest = iter(arguments)
    for word in rest:
        if word == _OPTION:
            lang = next(rest, "")
        elif word.startswith(f"{_OPTION}="):
            lang = word.split("=", 1)[1]
        else:
            words.append(word)
    return words, lang


def _speak_plainly() -> None:
    """Windows consoles may know no accents: write UTF-8, and a question mark rather than nothing at all."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def entry() -> None:
    """The console script: `main`, and its exit code to the shell."""
    sys.exit(main())
