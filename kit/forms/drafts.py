"""What a form remembers beside the step's file: texts that do not fit their field yet, and the field worked at last."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from kit.portfolio import Portfolio
from kit.portfolio.disk import replace

FOLDER = ".forms"


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of one form; ``of`` is the digest of the step's file that it goes with."""

    of: str | None = None
    misfits: dict[str, Any] = field(default_factory=dict)
    place: str = ""


class Drafts:
    """The draft's file, in a folder of the portfolio that no step reads."""

    def __init__(self, portfolio: Portfolio, file: str) -> None:
        self._path = portfolio.path(f"{FOLDER}/{PurePosixPath(file).stem}.json")
        self._last: Draft | None = None

    def read(self) -> Draft:
        """The draft; an empty one if there is none or it cannot be read."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            self._last = Draft(data.get("of"), dict(data.get("misfits", {})), str(data.get("place", "")))
        except (OSError, ValueError, AttributeError, TypeError):
            self._last = None
        return self._last or Draft()

    def write(self, draft: Draft) -> None:
        """Keep the draft, if it says anything new.

        Raises:
            OSError: if the disk refuses.
        """
        if draft == self._last or (self._last is None and not draft.misfits and not draft.place):
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f"{self._path.stem}.{os.getpid()}.tmp")
        temporary.write_text(json.dumps(asdict(draft), ensure_ascii=False), encoding="utf-8")
        replace(temporary, self._path)
        self._last = draft
