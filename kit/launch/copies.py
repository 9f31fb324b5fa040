"""A participant's own copies of the lessons: made once, brought up to date only while nobody has worked in them.

``notebooks/<lang>/`` of the repository is built and replaced by every update; participants work in
``<portfolio>/notebooks/<lang>/``. A copy in which somebody has worked is never touched: a newer lesson then arrives
beside it, as ``05-cleaning.v2.ipynb``. Pictures and the guide come along, because the lessons link to them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from kit.launch.texts import advice

OWN_FOLDER = ".workshop"  # in the portfolio: what the launcher itself keeps there


def bring(root: Path, folders: Sequence[str], portfolio: Path) -> list[Path]:
    """Bring the files of ``folders`` of ``root`` to the same places in ``portfolio``; returns what was written."""
    record_file = portfolio / OWN_FOLDER / "copies.json"
    record = _read(record_file)
    written: list[Path] = []
    for source in [path for folder in folders for path in sorted((root / folder).rglob("*")) if path.is_file()]:
        name = source.relative_to(root).as_posix()
        arrived, target = _digest(source), portfolio / name
        if ".ipynb_checkpoints" in source.parts or (record.get(name) == arrived and target.exists()):
            continue
        place = _place(target, arrived, record.get(name))
        if place is not None:
            _copy(source, place)
            written.append(place)
            if place != target:
                advice("start.lesson-newer", file=name, beside=place.name)
        record[name] = arrived
    record_file.parent.mkdir(parents=True, exist_ok=True)
    record_file.write_text(json.dumps(record, indent=1), encoding="utf-8")
    return written


def _place(copy: Path, arrived: str, brought: str | None) -> Path | None:
    """Where a file goes: its own name if free or untouched since ``brought``, else beside; None if it is there."""
    if not copy.exists():
        return copy
    present = _digest(copy)
    if present == arrived:
        return None
    if present == brought:
        return copy
    number = 2
    while (beside := copy.with_name(f"{copy.stem}.v{number}{copy.suffix}")).exists():
        number += 1
    return beside


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".tmp")
    shutil.copyfile(source, temporary)
    temporary.replace(target)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(record_file: Path) -> dict[str, str]:
    try:
        read = json.loads(record_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}
