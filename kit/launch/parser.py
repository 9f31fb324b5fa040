"""A command-line parser that speaks the reader's language."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from kit.launch.texts import error, write


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are told from the catalogue, with the ways that there are."""

    def error(self, message: str) -> NoReturn:  # noqa: ARG002 - it is in English only
        """Say that the command line was not understood, and how it can be given."""
        error("start.usage-wrong", given=" ".join(sys.argv[1:]))
        write("")
        self.print_help()
        self.exit(2)

    def format_help(self) -> str:
        """The help without argparse's own word "usage:", which knows one language."""
        return super().format_help().removeprefix("usage: ")
