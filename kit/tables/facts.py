"""The facts the reader goes by (``facts.toml``), loaded once, with their patterns compiled."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.words import unaccented

_FILE = Path(__file__).with_name("facts.toml")


@lru_cache(maxsize=1)
def facts() -> dict[str, Any]:
    """Everything in ``facts.toml``."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def pattern(section: str, name: str) -> re.Pattern[str]:
    """The compiled pattern ``name`` of ``section``."""
    return re.compile(facts()[section][name], re.IGNORECASE)


def plain(text: str) -> str:
    """``text`` in lower case without accents: what patterns are compared with."""
    return unaccented(text).lower()


def plain_name(name: str) -> str:
    """A column's name as the key patterns see it: lower case, no accents, other signs as one ``_``.

    Examples:
        >>> plain_name("Cve. Municipio")
        'cve_municipio'
    """
    return re.sub(r"[^a-z0-9]+", "_", plain(name)).strip("_")
