"""Whether a file is whole: its SHA-256, and whether a reader of its format can open it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_CHUNK = 1 << 20
_SQLITE = b"SQLite format 3\x00"


def digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's file names and contents, in hexadecimal."""
    sha = hashlib.sha256()
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            sha.update(f"{file.relative_to(path).as_posix()}\0{digest(file)}\n".encode())
        return sha.hexdigest()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def is_readable(path: Path) -> bool:
    """Whether the file (or every file of the folder) is not empty and opens as what its name says it is."""
    if path.is_dir():
        return all(is_readable(p) for p in path.rglob("*") if p.is_file())
    try:
        if path.stat().st_size == 0:
            return False
        reader = _READERS.get(path.suffix.lower())
        return reader(path) if reader else True
    except (OSError, ValueError, YAMLError, zipfile.BadZipFile):
        return False


def _yaml(path: Path) -> bool:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) is not None


def _json(path: Path) -> bool:
    json.loads(path.read_text(encoding="utf-8"))
    return True


def _text(path: Path) -> bool:
    with path.open("rb") as stream:
        return all(b"\x00" not in chunk for chunk in iter(lambda: stream.read(_CHUNK), b""))


def _zip(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None


def _sqlite(path: Path) -> bool:
    """A GeoPackage is whole when its size is the page size times the page count of its header (SQLite, 1.3)."""
    with path.open("rb") as stream:
        head = stream.read(100)
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return head.startswith(_SQLITE) and path.stat().st_size >= (65536 if page == 1 else page) * pages


def _html(path: Path) -> bool:
    return "</html>" in path.read_text(encoding="utf-8")[-2000:].lower()


_READERS = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
    ".jsonld": _json,
    ".geojson": _json,
    ".csv": _text,
    ".ttl": _text,
    ".svg": _text,
    ".html": _html,
    ".xlsx": _zip,
    ".docx": _zip,
    ".zip": _zip,
    ".gpkg": _sqlite,
}
