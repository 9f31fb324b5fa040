"""Outputs of checked cells: made by running, kept while the code is the same, compared by nbval."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
import pytest

from kit.build import outputs

LESSON = "notebooks/source/05-cleaning.md"
BUILT = {lang: f"notebooks/{lang}/05-cleaning.ipynb" for lang in ("es", "en")}


def cells(course, lang="es"):
    return nbformat.read(course.root / BUILT[lang], as_version=4).cells


def kept(course, lang="es"):
    return [cell.outputs for cell in cells(course, lang) if cell.cell_type == "code" and cell.outputs]


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory):
    """The built notebooks of the lesson, run once for all tests here."""
    return {}


@pytest.fixture
def built(course, ran_once):
    if not ran_once:
        result = course.build("05-cleaning")
        assert list(result.findings) == []
        ran_once.update({file: (course.root / file).read_text(encoding="utf-8") for file in BUILT.values()})
    for file, content in ran_once.items():
        course.write(file, content)
    course.build("04", "e05")
    return course


@pytest.fixture
def counted(monkeypatch):
    """How often a notebook is run; running is replaced by nothing."""
    runs = []

    def run(notebook, source, lang, root):
        runs.append((source.name, lang))
        return outputs.Findings()

    monkeypatch.setattr(outputs, "run", run)
    return runs


def test_only_checked_cells_keep_their_output_and_each_speaks_its_language(built):
    for lang, greeting in (("es", "hola"), ("en", "hello")):
        (checked,) = kept(built, lang)
        assert checked[0] == {"output_type": "stream", "name": "stdout", "text": f"{greeting} 10\n"}
        assert checked[1].data == {"text/plain": "5"}
        (cell,) = [cell for cell in cells(built, lang) if "checked" in cell.metadata.get("tags", [])]
        assert "nbval-check-output" in cell.metadata.tags
        counts = {cell.execution_count for cell in cells(built, lang) if cell.cell_type == "code"}
        assert cell.execution_count == 1
        assert counts == {None, 1}


def test_unchanged_code_is_not_run_again(built, counted):
    built.edit(LESSON, "Lupita Ramos envió", "Lupita mandó")
    result = built.build("05-cleaning")
    assert counted == []
    assert BUILT["es"] in result.written
    assert len(kept(built)) == 1
    assert list(built.check()) == []


@pytest.mark.parametrize(
    ("old", "new", "languages"),
    [
        ("rows = 5", "rows = 6", ["es", "en"]),
        ('"hello"', '"good day"', ["en"]),
        ('"not kept"', '"not kept either"', ["es", "en"]),
    ],
)
def test_changed_code_is_drift_and_run_again(built, counted, old, new, languages):
    built.edit(LESSON, old, new)
    assert [f.place.file for f in built.check().of("build.drift")] == [BUILT[lang] for lang in languages]
    built.build("05-cleaning")
    assert counted == [("05-cleaning", lang) for lang in languages]


def test_execute_runs_all_the_same(built, counted):
    built.build("05-cleaning", execute=True)
    assert counted == [("05-cleaning", "es"), ("05-cleaning", "en")]


def test_an_edited_output_is_found_and_made_anew(built, counted):
    path = built.root / BUILT["es"]
    path.write_text(path.read_text(encoding="utf-8").replace("hola 10", "hola 11"), encoding="utf-8", newline="\n")
    (finding,) = built.check()
    assert (finding.code, finding.place.file) == ("build.outputs-edited", BUILT["es"])
    built.build("05-cleaning")
    assert counted == [("05-cleaning", "es")]


def test_a_cell_that_fails_is_found_at_its_row_and_nothing_is_written(course):
    course.edit(LESSON, "print(greeting, rows * 2)", "print(greeting, rows / 0)")
    result = course.build("05-cleaning")
    assert result.written == []
    row = 1 + (course.root / LESSON).read_text(encoding="utf-8").splitlines().index("rows = 5")
    for finding in result.findings:
        assert (finding.code, finding.place.rows) == ("build.execution-failed", (row,))
        assert "ZeroDivisionError" in finding.params["reason"]


VOLATILE = {
    "path": 'print("/tmp/kit/x.csv")',
    "windows": r'print(r"C:\Users\lupita\x.csv")',
    "time": 'print("10:31:07")',
    "address": "object()",
    "image": """from IPython.display import Image\nImage(b"\\x89PNG\\r\\n", format="png")""",
    "stable": 'print("https://datos.gob.mx/home/x", "21:00", "1:2")',
}


def test_an_output_that_changes_from_machine_to_machine_is_refused(course):
    cells = "".join(
        f"```{{code-cell}}\n:tags: [checked]\n:id: {name}\n\n{code}\n```\n\n" for name, code in VOLATILE.items()
    )
    course.edit(LESSON, '+++ {"lang": "es", "tags": ["exercise"]', cells + '+++ {"lang": "es", "tags": ["exercise"]')
    result = course.build("05-cleaning")
    assert result.written == []
    found = [(f.place.item, f.params["kinds"]) for f in result.findings.of("build.output-volatile")]
    once = [
        ("path", ["path"]),
        ("windows", ["path"]),
        ("time", ["time"]),
        ("address", ["address"]),
        ("image", ["image"]),
    ]
    assert found == once * 2  # in both languages


def test_a_notebook_runs_in_its_language_with_an_empty_portfolio_and_the_exercises_files(course, monkeypatch):
    monkeypatch.setenv("TALLER_PORTFOLIO", str(course.root / "mine"))
    cell = """
```{code-cell} ipython3
:tags: [checked]

import os
from pathlib import Path
from kit.messages import current_language
files = sorted(path.name for path in Path().iterdir() if path.suffix)
print(current_language(), files, "mine" in os.environ["TALLER_PORTFOLIO"])
```
"""
    exercise = "exercises/source/e05-keys.md"
    course.edit(exercise, "Open [the parcels](parcels.csv).\n", "Open [the parcels](parcels.csv).\n" + cell)
    result = course.build("e05")
    assert list(result.findings) == []
    for lang in ("es", "en"):
        book = json.loads((course.root / f"exercises/{lang}/e05/e05-keys.ipynb").read_text(encoding="utf-8"))
        (output,) = [cell["outputs"][0]["text"] for cell in book["cells"] if cell.get("outputs")]
        assert output == [f"{lang} ['parcels.csv'] False\n"]
    assert not (course.root / "mine").exists()


def test_metadata_that_is_none_of_the_builds_is_no_reason_to_keep_an_output(built, counted):
    path = built.root / BUILT["es"]
    book = json.loads(path.read_text(encoding="utf-8"))
    book["metadata"]["taller"] = "x"
    path.write_text(json.dumps(book), encoding="utf-8")
    assert [f.place.file for f in built.check()] == [BUILT["es"]]
    built.build("05-cleaning")
    assert counted == [("05-cleaning", "es")]


@pytest.mark.slow
def test_nbval_accepts_a_built_notebook_and_refuses_a_wrong_output(built):
    built.write("pytest.ini", "[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", BUILT["es"]]

    def nbval():
        return subprocess.run(command, cwd=built.root, capture_output=True, text=True, encoding="utf-8", check=False)

    good = nbval()
    assert good.returncode == 0, good.stdout
    path = built.root / BUILT["es"]
    path.write_text(path.read_text(encoding="utf-8").replace("hola 10", "hola 11"), encoding="utf-8")
    assert nbval().returncode == 1
