"""The list of a portfolio's files: what was written, by which step, when, with which SHA-256."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kit import messages
from kit.findings import Findings, Place, warning
from kit.integrity import digest
from kit.portfolio.steps import STEPS

MANIFEST = "portfolio.yaml"
FORMAT = 1


def yaml_rules() -> YAML:
    """YAML 1.2 as the portfolio writes it: block style, accents as they are."""
    yaml = YAML(typ="rt")
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def new_manifest(title: str, lang: str | None) -> dict[str, Any]:
    """The list of a portfolio's files, with nothing in it yet."""
    created = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {
        "format": FORMAT,
        "title": title,
        "lang": lang or messages.current_language(),
        "created": created,
        "files": {},
    }


def read_manifest(root: Path, findings: Findings) -> dict[str, Any]:
    """The manifest, or one made anew from the files that are there, with a finding that says so."""
    try:
        data = yaml_rules().load((root / MANIFEST).read_text(encoding="utf-8"))
        entries = data["files"]
        if all(isinstance(entry, dict) and "step" in entry for entry in entries.values()):
            return {**data, "files": {str(k): dict(v) for k, v in entries.items()}}
    except (OSError, YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        pass
    findings.add(warning("portfolio.manifest-damaged", Place(MANIFEST), file=MANIFEST))
    manifest = new_manifest("", None)
    for step in STEPS:
        for name in step.files:
            path = root / name
            for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
                entry = {"step": step.number, "sha256": digest(file), "bytes": file.stat().st_size, "written": "-"}
                manifest["files"][file.relative_to(root).as_posix()] = entry
    return manifest


def looks_like_one(root: Path) -> bool:
    """A portfolio whose manifest was not copied along still has the files of the steps."""
    return sum((root / name).exists() for step in STEPS for name in step.files) >= 2
