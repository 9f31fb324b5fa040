"""`check` finds every way in which built notebooks and sources come apart, and runs nothing."""

from __future__ import annotations

import json

import pytest

from kit.build import outputs

LESSON = "notebooks/source/05-cleaning.md"
BUILT = "notebooks/es/05-cleaning.ipynb"


@pytest.fixture
def built(quick):
    quick.build()
    return quick


def edit_built(course, change):
    path = course.root / BUILT
    book = json.loads(path.read_text(encoding="utf-8"))
    change(book)
    path.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def test_an_edited_source_is_drift_and_the_change_is_shown(built):
    built.edit(LESSON, "Lupita Ramos sent", "Lupita has sent")
    (finding,) = built.check()
    assert (finding.code, finding.place.file) == ("build.drift", "notebooks/en/05-cleaning.ipynb")
    assert "-Lupita Ramos sent the file" in finding.params["change"]
    assert "+Lupita has sent the file" in finding.params["change"]


def test_an_edited_notebook_is_drift(built):
    edit_built(built, lambda book: book["cells"][1].update(source=["otra cosa"]))
    (finding,) = built.check()
    assert finding.code == "build.drift"
    assert "otra cosa" in finding.params["change"]


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book["cells"].pop(),
        lambda book: book["cells"][1].update(id="other"),
        lambda book: book["metadata"].update(title="Otro"),
        lambda book: book["cells"][3].update(execution_count=1),
    ],
    ids=["a cell removed", "an id changed", "the title changed", "run and saved"],
)
def test_any_other_change_is_drift_too(built, change):
    edit_built(built, change)
    (finding,) = built.check()
    assert finding.code == "build.drift"
    assert finding.params["change"]


def test_a_notebook_that_is_none_is_drift(built):
    (built.root / BUILT).write_text("<<<<<<< HEAD\n", encoding="utf-8")
    assert built.check().codes() == {"build.drift"}


def test_a_missing_notebook_is_found(built):
    (built.root / BUILT).unlink()
    (finding,) = built.check()
    assert (finding.code, finding.place.file) == ("build.not-built", BUILT)


def test_a_notebook_without_a_source_is_found(built):
    (built.root / "notebooks/en/06-x.ipynb").write_text("{}", encoding="utf-8")
    (finding,) = built.check()
    assert (finding.code, finding.place.file) == ("build.extra", "notebooks/en/06-x.ipynb")


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"key\n2\n")])
def test_a_data_file_that_is_missing_or_different_is_found(built, change):
    change(built.root / "exercises/en/e05/parcels.csv")
    (finding,) = built.check()
    assert (finding.code, finding.place.file) == ("build.copy-differs", "exercises/en/e05/parcels.csv")


def test_jupyters_own_hidden_folders_are_no_drift(built):
    for folder in ("notebooks/es/.ipynb_checkpoints", "exercises/es/e05/.ipynb_checkpoints"):
        (built.root / folder).mkdir(parents=True)
        (built.root / folder / "05-cleaning-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    assert list(built.check()) == []


def test_building_mends_every_drift(built):
    (built.root / "notebooks/en/05-cleaning.ipynb").unlink()
    edit_built(built, lambda book: book["cells"].pop())
    built.build()
    assert list(built.check()) == []


def test_check_never_runs_a_notebook(course, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a notebook was run")

    monkeypatch.setattr(outputs, "NotebookClient", refuse)
    assert "build.not-built" in course.check().codes()
