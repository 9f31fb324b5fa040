# -*- coding: utf-8 -*-
"""Taller Abierto's one command: makes the environment, opens the workshop, runs the tests and the demonstration.

    python3 start.py            (Windows: py start.py)
    python3 start.py --help

Only the standard library is used. This file and ``kit/launch/texts.py`` also run on Pythons that are too old for the
rest, so that such a Python gets a sentence and not a SyntaxError: no f-strings, no annotations here.
"""
# ruff: noqa: UP009

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is missing from the oldest
OLDEST, NEWEST = (3, 11), (3, 13)


def main():
    """Refuse a Python that will not do, else hand over to ``kit.launch``."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.path.insert(0, os.path.join(HERE, "kit", "launch"))  # noqa: PTH118
        import texts

        texts.choose_language(sys.argv)
        texts.refuse_python()
        return 1
    sys.path.insert(0, HERE)
    from kit.launch.main import main as launch

    return launch(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
