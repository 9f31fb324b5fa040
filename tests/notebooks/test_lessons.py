"""Every built lesson and exercise runs from top to bottom, in both languages, and its checked outputs are as written.

nbval runs them in a process of its own, in copies: one portfolio per language, lesson after lesson, because each reads
what the one before has left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from kit import messages

ROOT = Path(__file__).resolve().parents[2]
SECONDS_PER_CELL = 120
EXERCISES = sorted(p.parent.relative_to(ROOT) for p in ROOT.glob(f"exercises/{messages.LANGUAGES[0]}/*/*.ipynb"))


def run(folder: Path, work: Path, lang: str) -> dict[str, list[str]]:
    """Run the notebooks of ``folder`` with nbval; returns the failed cells of each notebook."""
    (work / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    report = work / "report.xml"
    variables = {**os.environ, "TALLER_LANG": lang, "TALLER_PORTFOLIO": str(work / "portafolio")}
    variables |= {"IPYTHONDIR": str(work / "ipython"), "JUPYTER_CONFIG_DIR": str(work / "jupyter")}
    command = [sys.executable, "-m", "pytest", "--nbval-lax", f"--nbval-cell-timeout={SECONDS_PER_CELL}"]
    command += ["-q", "-p", "no:cacheprovider", "-c", work / "pytest.ini", f"--junit-xml={report}", folder]
    ended = subprocess.run(command, cwd=work, env=variables, capture_output=True, text=True, encoding="utf-8")
    assert report.is_file(), ended.stdout + ended.stderr
    cells = list(ElementTree.parse(report).iter("testcase"))
    failed: dict[str, list[str]] = {}
    for cell in cells:
        problem = cell.find("failure") if cell.find("failure") is not None else cell.find("error")
        if problem is not None:
            words = f"{cell.get('name')}: {problem.text or problem.get('message')}"
            failed.setdefault(str(cell.get("classname")), []).append(words[:3000])
    assert cells, ended.stdout
    assert failed or ended.returncode == 0, ended.stdout
    return failed


@pytest.mark.slow
@pytest.mark.parametrize("spoken", messages.LANGUAGES)
def test_the_lessons_run_from_the_first_to_the_last(tmp_path, spoken):
    copied = shutil.copytree(ROOT / "notebooks" / spoken, tmp_path / "notebooks" / spoken)
    for beside in ("notebooks/figures", "guide"):
        if (ROOT / beside).is_dir():
            shutil.copytree(ROOT / beside, tmp_path / beside)
    assert run(copied, tmp_path, spoken) == {}


def test_every_lesson_is_built_and_there_is_an_exercise():
    lessons = [sorted(p.name for p in (ROOT / "notebooks" / lang).glob("*.ipynb")) for lang in messages.LANGUAGES]
    sources = sorted(p.stem for p in (ROOT / "notebooks" / "source").glob("*.md"))
    assert sources and all([Path(name).stem for name in names] == sources for names in lessons)
    assert EXERCISES


@pytest.mark.slow
@pytest.mark.parametrize("spoken", messages.LANGUAGES)
@pytest.mark.parametrize("exercise", [folder.name for folder in EXERCISES])
def test_the_model_answer_of_each_exercise_runs(tmp_path, spoken, exercise):
    copied = shutil.copytree(ROOT / "exercises" / spoken / exercise, tmp_path / exercise)
    assert run(copied, tmp_path, spoken) == {}


def test_a_lesson_that_fails_is_noticed(tmp_path):
    import nbformat

    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    lesson.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(lesson, folder / "bad.ipynb")
    failed = run(folder, tmp_path, "es")
    assert len(failed) == 1 and "ZeroDivisionError" in next(iter(failed.values()))[0]
