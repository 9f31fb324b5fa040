"""What a file is, whatever its name says; and the one table in a ZIP or GZIP, unpacked within limits."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from kit.findings import Finding, KitError, Place, error
from kit.tables.facts import facts

_CHUNK = 1 << 20
_HEAD = 1 << 16
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DBF_VERSIONS = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5}


@dataclass(frozen=True, slots=True)
class Found:
    """A table's file on disk: its ``kind`` (delimited, xlsx, xls, ods, dbf), and the ZIP member it came from."""

    path: Path
    kind: str
    name: str
    member: str | None = None
    disguised: bool = False


def locate(path: Path, work: Path, member: str | None = None) -> Found:
    """The table in ``path``, unpacked into ``work`` if need be.

    Raises:
        KitError: for a file that is missing, locked, empty, packed too big, or no table.
    """
    try:
        return _locate(path, work, member)
    except FileNotFoundError:
        raise KitError(error("tables.file-missing", Place(path.name), folder=str(path.parent))) from None
    except PermissionError:
        raise KitError(error("tables.file-locked", Place(path.name))) from None
    except OSError as problem:
        raise KitError(error("tables.file-unreadable", Place(path.name), reason=problem.strerror or "?")) from None


def _locate(path: Path, work: Path, member: str | None) -> Found:
    if path.is_dir():
        names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in _known_extensions())
        raise KitError(error("tables.is-folder", Place(path.name), n=len(names), files=names))
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise KitError(error("tables.file-empty", Place(path.name)))
    if head[:2] == b"\x1f\x8b":
        inside = work / (path.stem or "table")
        try:
            with gzip.open(path) as packed:
                _unpack(packed, inside, path)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise KitError(error("tables.file-damaged", Place(path.name), kind="GZIP")) from None
        return _kind(inside, inside.name, None)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _in_zip(path, work, member)
    return _kind(path, path.name, None)


def _known_extensions() -> set[str]:
    return {extension for group in facts()["extensions"].values() for extension in group}


def _in_zip(path: Path, work: Path, member: str | None) -> Found:
    """The workbook that a ZIP is, or the table that it holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if workbook := _workbook_kind(archive, names):
                _check_size(sum(info.file_size for info in archive.infolist()), path)
                return Found(
                    path, workbook, path.name, None, path.suffix.lower() not in facts()["extensions"]["workbook"]
                )
            info = _choose(archive, path, member)
            if info.flag_bits & 0x1:
                raise KitError(error("tables.password", Place(path.name)))
            inside = work / ("member" + PurePosixPath(info.filename).suffix.lower())
            with archive.open(info) as packed:
                _unpack(packed, inside, path)
            _unpack_companion(archive, info, inside, path)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        kind = path.suffix.lstrip(".").upper() or "ZIP"
        raise KitError(error("tables.file-damaged", Place(path.name), kind=kind)) from None
    return _kind(inside, f"{path.name}/{info.filename}", info.filename)


def _workbook_kind(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise KitError(
                error("tables.not-a-table", Place(Path(archive.filename or "").name), what="Word/PowerPoint")
            )
        return "xlsb" if "xl/workbook.bin" in names else "xlsx"
    if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
        return "ods"
    return None


def _choose(archive: zipfile.ZipFile, path: Path, member: str | None) -> zipfile.ZipInfo:
    """The member asked for, or the only table there is."""
    tables = [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX")
        and PurePosixPath(info.filename).suffix.lower() in _known_extensions()
    ]
    names = [info.filename for info in tables]
    if member is not None:
        # A bare file name is enough when only one member ends in it.
        fitting = [i for i in tables if i.filename == member] or [
            i for i in tables if PurePosixPath(i.filename).name.lower() == member.lower()
        ]
        if len(fitting) == 1:
            return fitting[0]
        raise KitError(error("tables.zip-member-missing", Place(path.name), member=member, members=names))
    if not tables:
        raise KitError(error("tables.zip-without-table", Place(path.name), members=archive.namelist()))
    if len(tables) > 1:
        raise KitError(error("tables.zip-several", Place(path.name), n=len(tables), members=names, example=names[0]))
    return tables[0]


def _unpack_companion(archive: zipfile.ZipFile, info: zipfile.ZipInfo, inside: Path, path: Path) -> None:
    """A DBF's .cpg beside it in the ZIP names its encoding."""
    wanted = PurePosixPath(info.filename).with_suffix("").as_posix().lower() + ".cpg"
    for other in archive.infolist():
        if other.filename.lower() == wanted and inside.suffix == ".dbf":
            with archive.open(other) as packed:
                _unpack(packed, inside.with_suffix(".cpg"), path)


def _unpack(packed: IO[bytes] | gzip.GzipFile, target: Path, path: Path) -> None:
    """Copy ``packed`` to ``target``, refusing what grows beyond the limits (headers may lie, so bytes are counted)."""
    written = 0
    with target.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            _check_size(written, path)
            out.write(chunk)


def _check_size(unpacked: int, path: Path) -> None:
    limits = facts()["limits"]
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > limits["max_unpacked_bytes"] or (
        unpacked > limits["ratio_counts_above_bytes"] and ratio > limits["max_ratio"]
    ):
        raise KitError(error("tables.zip-bomb", Place(path.name), megabytes=unpacked // 1_000_000, times=int(ratio)))


def _kind(path: Path, name: str, member: str | None) -> Found:
    """What the bytes of ``path`` are; the name only decides between text and DBF."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise KitError(error("tables.file-empty", Place(name)))
    extension = path.suffix.lower()
    groups = facts()["extensions"]
    if head.startswith(_OLE):
        if _OLE_ENCRYPTED in path.read_bytes():
            raise KitError(error("tables.password", Place(name)))
        return Found(path, "xls", name, member, extension not in groups["workbook"])
    if head[:4] == b"PK\x03\x04":
        return _workbook_in(path, name, member)
    if extension in groups["dbf"] and head[0] in _DBF_VERSIONS and len(head) > 32:
        return Found(path, "dbf", name, member)
    if problem := _no_text(head, name):
        raise KitError(problem)
    if extension not in _known_extensions() and extension not in ("", ".dat"):
        raise KitError(
            error("tables.unknown-extension", Place(name), extension=extension, known=sorted(_known_extensions()))
        )
    return Found(path, "delimited", name, member, extension in groups["workbook"] + groups["dbf"])


def _workbook_in(path: Path, name: str, member: str | None) -> Found:
    """A workbook inside a ZIP; a ZIP inside a ZIP is not opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            kind = _workbook_kind(archive, set(archive.namelist()))
            _check_size(sum(info.file_size for info in archive.infolist()), path)
    except zipfile.BadZipFile:
        raise KitError(error("tables.file-damaged", Place(name), kind="XLSX")) from None
    if kind is None:
        raise KitError(error("tables.zip-in-zip", Place(name)))
    return Found(path, kind, name, member)


def _no_text(head: bytes, name: str) -> Finding | None:
    """A finding if the bytes are a known other thing, a web page, or no text at all."""
    for known in facts()["magic"]:
        if head.hex().startswith(known["hex"]):
            return error("tables.not-a-table", Place(name), what=known["what"])
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        return error("tables.not-a-table", Place(name), what="XML" if start.startswith(b"<?xml") else "HTML")
    if start.startswith((b"{", b"[{")) and b'":' in head:
        return error("tables.not-a-table", Place(name), what="JSON")
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or 0.2 * len(head) < head.count(0) < 0.6 * len(head)
    control = sum(head.count(byte) for byte in range(32) if byte not in (0, 1, 9, 10, 11, 12, 13, 26, 27))
    if (head.count(0) and not wide) or control > len(head) * 0.02:
        return error("tables.not-a-table", Place(name), what="binary")
    return None
