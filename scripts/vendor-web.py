"""Fetch the web libraries that the repository carries, as the manifest.json of each vendor folder lists them.

    python scripts/vendor-web.py            fetch what the manifests list and check it against their hashes
    python scripts/vendor-web.py --update   fetch and write the new hashes (after changing a version by hand)
    python scripts/vendor-web.py kit/forms/vendor    only that folder

Needs npm and the network; nobody else does, because the files are kept in the repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = "manifest.json"
VENDORS = [ROOT / "kit" / "maps" / "vendor", ROOT / "kit" / "forms" / "vendor", ROOT / "tests" / "vendor"]


def fetch(package: str, version: str, folder: Path) -> Path:
    """The tarball of one package at one version, as the npm registry serves it."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not on this machine; only updating the vendored files needs it")
    subprocess.run(  # noqa: S603 - a fixed command with a package and version from our own manifest
        [npm, "pack", f"{package}@{version}", "--pack-destination", str(folder), "--silent"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.tgz"))


def unpack(entry: dict, vendor: Path, update: bool) -> list[str]:
    """Put one package's listed files in their place; returns what does not agree with the manifest."""
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory() as temporary,
        tarfile.open(fetch(entry["package"], entry["version"], Path(temporary))) as tarball,
    ):
        for file in entry["files"]:
            member = tarball.extractfile(f"package/{file['member']}")
            data = member.read() if member else b""
            digest = hashlib.sha256(data).hexdigest()
            if update:
                file["sha256"], file["bytes"] = digest, len(data)
            elif digest != file["sha256"]:
                problems.append(f"{entry['package']} {file['member']}: {digest}, expected {file['sha256']}")
                continue
            target = vendor / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return problems


def refresh(vendor: Path, update: bool) -> list[str]:
    """Fetch what one folder's manifest lists; returns what does not agree with it."""
    path = vendor / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    problems = [problem for entry in manifest["packages"] for problem in unpack(entry, vendor, update)]
    if update:
        path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")
    return problems


def main() -> int:
    """Fetch all; exit code 1 if a file differs from its manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="vendor folders; all, if none is named")
    parser.add_argument("--update", action="store_true", help="write the hashes of what was fetched")
    wishes = parser.parse_args()
    folders = [folder.resolve() for folder in wishes.folders] or [vendor for vendor in VENDORS if vendor.is_dir()]
    problems = [problem for folder in folders for problem in refresh(folder, wishes.update)]
    for problem in problems:
        sys.stderr.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
