"""The web library inside the grids is the one that the manifest names, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "kit" / "forms" / "vendor"
PACKAGES = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["package"])
def test_every_vendored_file_agrees_with_the_manifest(package: dict) -> None:
    for file in package["files"]:
        data = (VENDOR / file["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"]), file["path"]
    assert package["version"] in (VENDOR / package["files"][0]["path"]).read_text(encoding="utf-8")[:200]


def test_nothing_lies_there_that_the_manifest_does_not_name() -> None:
    named = {file["path"] for package in PACKAGES for file in package["files"]} | {"manifest.json", ".gitattributes"}
    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} == named
