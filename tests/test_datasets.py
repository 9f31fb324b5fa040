"""The registry: found from anywhere, whole, and honest when it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kit import datasets
from kit.findings import KitError
from kit.messages import LANGUAGES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(datasets.ROOT, tmp_path / "datasets")
    return tmp_path / "datasets"


def test_every_entry_says_what_it_must():
    for entry in datasets.registry().values():
        assert set(LANGUAGES) == set(entry["titles"])
        assert entry["synthetic"] is True
        assert entry["licence"] == "CC-BY-4.0"
        assert entry["rows"] > 0
        assert {"geometry", "crs", "encoding", "hash", "folder", "standard"} <= set(entry)


@pytest.mark.parametrize("name", sorted(datasets.registry()))
def test_every_dataset_is_whole(name: str):
    assert not datasets.verify(name)
    assert datasets.dataset(name).descriptor["name"] == name


def test_found_from_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert datasets.dataset("catastro").path("raw/predios.csv").is_absolute()


def test_title_in_both_languages():
    catastro = datasets.dataset("catastro")
    assert catastro.title("es").startswith("Catastro")
    assert catastro.title("en").startswith("Cadastre")
    assert catastro.title() == catastro.title("es")


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(KitError) as problem:
        datasets.dataset("catastros")
    finding = problem.value.findings[0]
    assert finding.code == "datasets.unknown"
    assert "catastro" in finding.params["known"]


@pytest.mark.parametrize("rel", ["raw/otro.csv", "../registry.json"])
def test_a_file_it_does_not_have(rel: str):
    with pytest.raises(KitError) as problem:
        datasets.dataset("catastro").path(rel)
    assert problem.value.findings.codes() == {"datasets.no-file"}
    assert "raw/predios.csv" in problem.value.findings[0].params["files"]


def test_a_changed_and_a_missing_file_are_found(copy: Path):
    with (copy / "catastro/raw/predios.csv").open("a", encoding="utf-8") as stream:
        stream.write("x")
    (copy / "catastro/answer-key.csv").unlink()
    found = {(f.code, f.place.file) for f in datasets.verify("catastro", copy)}
    assert found == {
        ("datasets.file-changed", "catastro/raw/predios.csv"),
        ("datasets.file-missing", "catastro/answer-key.csv"),
    }


def test_a_changed_descriptor_is_found(copy: Path):
    file = copy / "catastro/datapackage.json"
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(descriptor | {"title": "Otro"}), encoding="utf-8")
    assert datasets.verify("catastro", copy).codes() == {"datasets.file-changed"}


def test_a_missing_descriptor_or_registry_is_a_finding(copy: Path):
    (copy / "catastro/datapackage.json").unlink()
    assert datasets.verify("catastro", copy).codes() == {"datasets.no-descriptor"}
    (copy / "registry.json").write_text("[", encoding="utf-8")
    assert datasets.verify("catastro", copy).codes() == {"datasets.no-registry"}


def test_sentences_exist_in_both_languages(copy: Path):
    (copy / "catastro/answer-key.csv").unlink()
    for lang in LANGUAGES:
        assert all(datasets.verify("catastro", copy).lines(lang))
