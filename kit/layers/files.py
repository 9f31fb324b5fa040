"""Vector files by GDAL: GeoPackage, shapefile (also incomplete, also zipped), GeoJSON, KML, FlatGeobuf, GML.

Nothing is written beside the file: what a shapefile lacks is restored in a temporary folder.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pyogrio

from kit.findings import Findings, KitError, Place, advice, error, warning
from kit.layers.columns import NAMES

LIMIT_BYTES = 4 * 2**30  # an unpacked archive beyond this is refused
LIMIT_RATIO = 500  # so is one that unpacks to this many times its size (a zip bomb)
_VECTOR = {f".{suffix}": driver for suffix, driver in NAMES["vector"].items()}
_SIBLINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ENCODING_SAMPLE = 8 * 2**20


def is_vector(path: Path) -> bool:
    """Whether the file (or what a zip holds) is one that GDAL reads as a layer."""
    if path.suffix.lower() == ".zip":
        return bool(_vector_members(path))
    return path.suffix.lower() in _VECTOR


def read_vector(
    path: Path, layer: str | None, columns: Sequence[str] | None
) -> tuple[gpd.GeoDataFrame, dict[str, Any], Findings]:
    """The layer, where it came from (driver, layer, layers, encoding, member), and what had to be done.

    Raises:
        KitError: if the file cannot be read, or has no layer of that name.
    """
    findings, source = Findings(), {"driver": _VECTOR.get(path.suffix.lower(), "-"), "member": None, "encoding": None}
    with ExitStack() as stack:
        target, stem = path, layer
        if path.suffix.lower() == ".zip":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            target, source["member"], stem = _unpack(path, layer, folder, findings)
            source["driver"] = _VECTOR[target.suffix.lower()]
        options: dict[str, Any] = {}
        if target.suffix.lower() == ".shp":
            target, options["encoding"] = _complete(target, path.name, stack, findings)
            source["encoding"], stem = options["encoding"], None
        layers = _layers(target, path)
        if target.suffix.lower() != ".shp":
            options["layer"] = _choose(layers, stem, path, findings)
        source |= {"layer": options.get("layer") or layers[0], "layers": layers}
        found = _read(target, path, columns, options)
    return found, source, findings


def _read(target: Path, path: Path, columns: Sequence[str] | None, options: dict[str, Any]) -> gpd.GeoDataFrame:
    try:
        known = list(pyogrio.read_info(target, **options)["fields"])
        if columns is not None and (unknown := sorted(set(columns) - set(known))):
            raise KitError(error("layers.column-unknown", Place(path.name), column=unknown, columns=known))
        frame = pyogrio.read_dataframe(target, columns=columns, use_arrow=True, **options)
    except KitError:
        raise
    except Exception as problem:
        raise _unreadable(path, problem) from problem
    if not isinstance(frame, gpd.GeoDataFrame):
        raise KitError(error("layers.no-spatial-layer", Place(path.name), columns=known))
    return frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")


def _layers(target: Path, path: Path) -> list[str]:
    try:
        return [str(name) for name, kind in pyogrio.list_layers(target) if kind is not None] or [target.stem]
    except Exception as problem:
        raise _unreadable(path, problem) from problem


def _unreadable(path: Path, problem: Exception) -> KitError:
    """GDAL's words in a finding; pyogrio raises a dozen classes, and all mean that the file is not what it says."""
    reason = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
    return KitError(error("layers.unreadable", Place(path.name), reason=reason))


def _choose(layers: list[str], wanted: str | None, path: Path, findings: Findings) -> str:
    if wanted is not None:
        if wanted not in layers:
            raise KitError(error("layers.layer-unknown", Place(path.name), layer=wanted, layers=layers))
        return wanted
    main = path.stem if path.stem in layers else layers[0]
    if len(layers) > 1:
        findings.add(warning("layers.several-layers", Place(path.name), layer=main, layers=layers))
    return main


def _vector_members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
    except (zipfile.BadZipFile, OSError):
        return []
    return sorted(name for name in names if PurePosixPath(name).suffix.lower() in _VECTOR)


def _unpack(path: Path, layer: str | None, folder: Path, findings: Findings) -> tuple[Path, str, str | None]:
    """The layer's file unpacked into ``folder`` under plain names, its member, and the layer still to choose in it."""
    members = _vector_members(path)
    by_stem = {PurePosixPath(member).stem: member for member in members}
    chosen = by_stem.get(layer or "", members[0])
    if len(members) > 1 and layer not in by_stem:
        findings.add(warning("layers.several-layers", Place(path.name), layer=chosen, layers=members))
    pure = PurePosixPath(chosen)
    target = folder / f"layer{pure.suffix.lower()}"
    with zipfile.ZipFile(path) as archive:
        beside = [info for info in archive.infolist() if _belongs(info.filename, pure)]
        size, packed = sum(info.file_size for info in beside), sum(info.compress_size for info in beside)
        if size > LIMIT_BYTES or size > LIMIT_RATIO * max(packed, 2**10):
            raise KitError(error("layers.archive-refused", Place(path.name), size=size / 2**20, packed=packed / 2**20))
        for info in beside:
            with archive.open(info) as packed_file, target.with_suffix(_suffix(info.filename)).open("wb") as out:
                shutil.copyfileobj(packed_file, out)
    return target, chosen, None if layer in by_stem else layer


def _belongs(name: str, chosen: PurePosixPath) -> bool:
    other = PurePosixPath(name)
    same = other.parent == chosen.parent and other.stem.lower() == chosen.stem.lower()
    if chosen.suffix.lower() == ".shp":
        return same and other.suffix.lower() in _SIBLINGS
    return other == chosen


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _complete(path: Path, shown: str, stack: ExitStack, findings: Findings) -> tuple[Path, str]:
    """A shapefile that GDAL can open (a copy, if parts were missing or in capitals) and its table's encoding."""
    parts = {item.suffix.lower(): item for item in path.parent.iterdir() if item.stem == path.stem}
    for suffix in (".shx", ".dbf"):
        if suffix not in parts:
            findings.add(warning("layers.part-missing", Place(shown), part=suffix))
    encoding = _encoding(parts, shown, findings)
    if {".shx", ".dbf"} <= set(parts):
        return path, encoding
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for suffix in _SIBLINGS:
        if suffix in parts:
            shutil.copyfile(parts[suffix], folder / f"layer{suffix}")
    before = pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    stack.callback(pyogrio.set_gdal_config_options, {"SHAPE_RESTORE_SHX": before})
    return folder / "layer.shp", encoding


def _encoding(parts: dict[str, Path], shown: str, findings: Findings) -> str:
    """The encoding of a shapefile's table: what its .cpg says if that is so, else what its bytes are."""
    said = parts[".cpg"].read_text(encoding="ascii", errors="replace").strip() if ".cpg" in parts else ""
    if ".dbf" not in parts:
        return "UTF-8"
    with parts[".dbf"].open("rb") as stream:
        raw = stream.read(_ENCODING_SAMPLE)
    content = raw[int.from_bytes(raw[8:10], "little") :]
    if content.isascii():
        return "UTF-8"
    actual = "UTF-8" if _is_utf8(content) else "ISO-8859-1" if _has_c1(content) else "CP1252"
    if not said:
        findings.add(advice("layers.encoding-guessed", Place(shown), encoding=actual))
    elif "8859" not in said and "125" not in said and actual != "UTF-8":
        findings.add(warning("layers.encoding-wrong", Place(shown), declared=said, encoding=actual))
    return actual


def _is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8; a DBF cuts fields at a byte, so a few broken letters are allowed."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return broken <= 0.02 * sum(not letter.isascii() for letter in text)


def _has_c1(content: bytes) -> bool:
    """Whether bytes occur that Windows-1252 does not define."""
    return any(byte in content for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
