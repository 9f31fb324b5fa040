"""Writes that belong together: a form saves as one types, and ``history/`` holds what somebody may want back.

The first write of a burst keeps what was there before it, and so does one some minutes later; between them nothing is
kept of what the burst itself wrote. What anybody else wrote in between is always kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

MINUTES = 5.0


@dataclass(slots=True)
class Burst:
    """One sitting of one form; two notebooks have two, and each keeps what the other wrote."""

    minutes: float = MINUTES
    _written: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, float] = field(default_factory=dict)

    def keeps(self, name: str, sha256: str) -> bool:
        """Whether the version that is about to be replaced goes to ``history/``."""
        own = self._written.get(name) == sha256
        return not own or time.monotonic() - self._kept.get(name, float("-inf")) >= self.minutes * 60

    def kept(self, name: str) -> None:
        """A version was put into ``history/``."""
        self._kept[name] = time.monotonic()

    def wrote(self, name: str, sha256: str) -> None:
        """The burst's own content is now in the file."""
        self._written[name] = sha256
        self._kept.setdefault(name, time.monotonic())
