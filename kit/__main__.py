"""``python -m kit``: the same as the command ``kit``."""

from kit.cli import entry

if __name__ == "__main__":
    entry()
