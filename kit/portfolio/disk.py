"""What the portfolio asks of the disk: safe paths, and files that take another's place as one act, on Windows too."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path, PurePosixPath, PureWindowsPath

from kit.findings import Finding, KitError, Place, error

_REPLACE_TRIES = 5
_WINDOWS_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SAFE_NAME = re.compile(r"^[A-Za-z0-9._-]+$")


def inside(root: Path, rel: str | Path) -> Path:
    """Where ``rel`` lies below ``root``.

    Raises:
        KitError: ``portfolio.bad-path`` for a path that leads outside, by dots or by a link, or that is no file name on
            every system.
    """
    parts = PurePosixPath(str(rel).replace("\\", "/")).parts
    harmless = (
        parts
        and not PurePosixPath(*parts).is_absolute()
        and not PureWindowsPath(str(rel)).drive
        and all(
            _SAFE_NAME.match(p) and p not in {".", ".."} and not _WINDOWS_RESERVED.match(p) and p[-1] != "."
            for p in parts
        )
    )
    target = root.joinpath(*parts) if harmless else root
    if not harmless or not target.resolve().is_relative_to(root):
        raise KitError(error("portfolio.bad-path", Place(str(root)), path=str(rel)))
    return target


def flush(path: Path) -> None:
    """Have the disk write what the file holds."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def replace(source: Path, target: Path) -> None:
    """`os.replace`, tried again for a moment: on Windows a virus scanner holds new files briefly."""
    for attempt in range(_REPLACE_TRIES):
        try:
            source.replace(target)
            return
        except PermissionError:
            if attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.1 * 2**attempt)


def not_writable(path: Path, problem: OSError) -> Finding:
    """What the disk refused, as a finding."""
    return error("portfolio.not-writable", Place(str(path)), reason=problem.strerror or str(problem))
