"""The web libraries inside maps, forms and tests are those that their manifests name, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [ROOT / "kit" / "maps" / "vendor", ROOT / "kit" / "forms" / "vendor", ROOT / "tests" / "vendor"]


def packages(folder: Path) -> list[dict]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["packages"]


@pytest.mark.parametrize(
    ("folder", "package"),
    [pytest.param(folder, package, id=package["package"]) for folder in FOLDERS for package in packages(folder)],
)
def test_every_vendored_file_agrees_with_the_manifest(folder: Path, package: dict) -> None:
    for file in package["files"]:
        data = (folder / file["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"]), file["path"]
    assert package["version"] in (folder / package["files"][0]["path"]).read_text(encoding="utf-8")[:200]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_nothing_lies_there_that_the_manifest_does_not_name(folder: Path) -> None:
    named = {file["path"] for package in packages(folder) for file in package["files"]}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found - {"manifest.json", ".gitattributes"} == named
