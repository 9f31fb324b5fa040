"""The teaching datasets that come with the kit: which there are, where their files lie, whether they are whole.

Each is a Data Package in ``datasets/`` of the repository, whatever the working directory is; ``datasets/registry.json``
lists them. `kit.datagen` makes them.

Examples:
    >>> from kit import datasets
    >>> catastro = datasets.dataset("catastro")
    >>> catastro.title("en")
    'Cadastre of Valle Abierto (fictional municipality)'
    >>> catastro.path("raw/predios.csv").name
    'predios.csv'
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.findings import Findings, KitError, Place, error
from kit.messages import current_language

ROOT = Path(__file__).resolve().parents[1] / "datasets"
REGISTRY = "registry.json"
DESCRIPTOR = "datapackage.json"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True)
class Dataset:
    """One package: its name, folder, entry in the registry and descriptor."""

    name: str
    folder: Path
    entry: dict[str, Any]
    descriptor: dict[str, Any]

    def title(self, lang: str | None = None) -> str:
        """The title in ``lang``, by default the language in force."""
        return str(self.entry["titles"][lang or current_language()])

    def path(self, rel: str) -> Path:
        """A file of the package, for instance ``raw/predios.csv``.

        Raises:
            KitError: if the package has no such file.
        """
        file = self.folder / rel
        if not file.resolve().is_relative_to(self.folder.resolve()) or not file.is_file():
            raise KitError(error("datasets.no-file", Place(rel), dataset=self.name, files=self.files()))
        return file

    def files(self) -> list[str]:
        """The paths of its resources."""
        return [str(resource["path"]) for resource in self.descriptor["resources"]]


def registry(root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The entries of the registry by name: titles, rows, geometry, crs, encoding, hash, licence, synthetic, folder.

    Raises:
        KitError: if the registry is missing or damaged.
    """
    file = root / REGISTRY
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["datasets"]
        return {str(entry["name"]): entry for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        raise KitError(error("datasets.no-registry", Place(str(file)))) from None


def dataset(name: str, root: Path = ROOT) -> Dataset:
    """One package by name.

    Raises:
        KitError: if there is none of that name, or its descriptor is missing or damaged.
    """
    known = registry(root)
    if name not in known:
        raise KitError(error("datasets.unknown", Place(item=name), name=name, known=sorted(known)))
    folder = root / known[name]["folder"]
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise KitError(error("datasets.no-descriptor", Place(str(folder / DESCRIPTOR)), name=name)) from None
    return Dataset(name, folder, known[name], descriptor)


def verify(name: str, root: Path = ROOT) -> Findings:
    """What is missing from a package, or differs from what its descriptor and the registry say."""
    try:
        package = dataset(name, root)
    except KitError as problem:
        return problem.findings
    expected = {DESCRIPTOR: package.entry["hash"]}
    expected |= {resource["path"]: resource["hash"] for resource in package.descriptor["resources"]}
    found = Findings()
    for rel, digest in expected.items():
        file = package.folder / rel
        place = Place(f"{package.entry['folder']}/{rel}")
        if not file.is_file():
            found.add(error("datasets.file-missing", place, name=name))
        elif f"sha256:{sha256(file)}" != digest:
            found.add(error("datasets.file-changed", place, name=name))
    return found


def sha256(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
