"""All teaching datasets and their registry, made from the seed: ``python -m kit.datagen``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kit.datagen import catastro, inventario
from kit.datagen.city import DEFAULT_PARCELS, DEFAULT_SEED
from kit.datagen.package import write_text
from kit.datasets import REGISTRY

PACKAGES: dict[str, Callable[[Path, int, int], dict[str, Any]]] = {
    "catastro": catastro.build,
    "inventario": lambda folder, _parcels, seed: inventario.build(folder, seed),
}


def build_all(
    root: Path,
    parcels: int = DEFAULT_PARCELS,
    seed: int = DEFAULT_SEED,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write every package and ``registry.json`` below ``root`` (usually ``datasets/``)."""
    entries = []
    for done, (name, build) in enumerate(PACKAGES.items()):
        if progress:
            progress(name, done / len(PACKAGES))
        entries.append(build(root / name, parcels, seed))
    write_text(root / REGISTRY, json.dumps({"datasets": entries}, ensure_ascii=False, indent=2) + "\n")
    if progress:
        progress(REGISTRY, 1.0)
