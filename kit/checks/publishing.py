"""The question of lesson 08, whose answer depends on what the participant published."""

from __future__ import annotations

from kit.checks.core import Choice
from kit.publish import PublishResult

_WORDS = {"oro": "oro", "plata": "plata", "bronce": "bronce", "none": "ninguna"}


def badge(result: PublishResult) -> Choice:
    """Which quality badge the first dataset has, by the rules of datos.gob.mx."""
    level = next(iter(result.ratings.values())).level
    return Choice("08-page", right=_WORDS[level], choices=_WORDS.values())
