"""``python -m kit.datagen``: make the teaching datasets again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kit import datasets
from kit.datagen.build import build_all
from kit.datagen.city import DEFAULT_PARCELS, DEFAULT_SEED
from kit.messages import text


def main() -> None:
    """Parse, build, say where."""
    parser = argparse.ArgumentParser(prog="python -m kit.datagen", description=text("datagen.cli.about"))
    parser.add_argument("--root", type=Path, default=datasets.ROOT, help=text("datagen.cli.root"))
    parser.add_argument("--parcels", type=int, default=DEFAULT_PARCELS, help=text("datagen.cli.parcels"))
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=text("datagen.cli.seed"))
    given = parser.parse_args()
    build_all(given.root, given.parcels, given.seed)
    sys.stdout.write(text("datagen.cli.done", root=str(given.root), parcels=given.parcels) + "\n")


if __name__ == "__main__":
    main()
