"""What the documents say is so: examples run, links lead somewhere, both READMEs speak of the same things."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import kit

ROOT = Path(__file__).parents[1]
MODULES = sorted(m.name for m in pkgutil.walk_packages(kit.__path__, "kit.") if not m.name.endswith("__main__"))
DOCUMENTS = [*sorted(p for p in ROOT.glob("*.md")), ROOT / "notebooks" / "README.md", ROOT / "exercises" / "README.md"]


def _with_examples() -> list[str]:
    return [n for n in MODULES if ">>> " in Path(importlib.util.find_spec(n).origin).read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", _with_examples())
def test_the_examples_of_a_module_run(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert failed == 0 and tried > 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_local_link_of_a_document_leads_somewhere(document):
    text = re.sub(r"```.*?```|`[^`]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [target for target in links if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_every_image_of_a_document_has_alt_text():
    for document in DOCUMENTS:
        assert not re.search(r"!\[\s*\]\(", document.read_text(encoding="utf-8")), document


def test_both_readmes_name_the_same_commands_options_and_files():
    def named(path):
        return sorted(
            set(re.findall(r"start\.py \w+|--[a-z-]+|`kit [^`]*`|\w+\.(?:yaml|csv|xlsx|html|svg|json)\b", path))
        )

    english, spanish = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "LEEME.md"))
    only = {"my-parcels.csv", "parcels.csv", "mis-predios.csv", "predios.csv"}
    assert set(named(english)) - only == set(named(spanish)) - only


@pytest.mark.parametrize("name", ["README.md", "LEEME.md"])
def test_every_module_has_a_first_line_and_every_folder_in_the_readme_exists(name):
    folders = re.findall(r"^\| `([a-z_/]+)/`", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert folders and all((ROOT / folder).is_dir() for folder in folders)
    assert [m for m in MODULES if not (importlib.import_module(m).__doc__ or "").strip()] == []
