"""A course: what is made, what is refused, and how handed-in files are recognised."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kit import messages
from kit.findings import KitError
from kit.grading import archive_folder, handed_in_name, make_course, open_course
from kit.grading.course import HANDED_IN
from kit.grading.feedback import harmless, tasks

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"


def test_a_course_is_nbgraders_own_and_holds_the_exercises_of_its_language(tmp_path, lang):
    course = make_course(tmp_path / "curso", lang, exercises=EXERCISES, assignments=["e05"])
    assert (course / "source/e05/e05-cleaning.ipynb").read_bytes() == (
        EXERCISES / lang / "e05/e05-cleaning.ipynb"
    ).read_bytes()
    assert (course / "source/e05/predios.csv").is_file()
    api = open_course(course)
    assert api.get_source_assignments() == {"e05"}
    assert api.coursedir.root == str(course)
    stub = messages.text("grading.stub.code", lang=lang)
    assert api.config.ClearSolutions.code_stub["python"] == f"# {stub}\n..."


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "notas.txt").write_text("mías", encoding="utf-8")
    with pytest.raises(KitError) as refused:
        make_course(tmp_path, "es", exercises=EXERCISES)
    assert refused.value.findings.codes() == {"grading.folder-in-use"}
    assert [path.name for path in tmp_path.iterdir()] == ["notas.txt"]


def test_an_unknown_exercise_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(KitError) as refused:
        make_course(tmp_path / "curso", "es", exercises=EXERCISES, assignments=["e05", "e99"])
    assert refused.value.findings.codes() == {"grading.no-exercise"}
    assert "e99" in str(refused.value)
    assert not (tmp_path / "curso").exists()


def test_a_folder_without_course_is_refused(tmp_path):
    with pytest.raises(KitError) as refused:
        open_course(tmp_path)
    assert refused.value.findings.codes() == {"grading.no-course"}


@pytest.mark.parametrize(
    "path",
    [
        "/curso/downloaded/e05/extracted/ana.lopez_e05-cleaning.ipynb",
        "/curso/downloaded/e05/extracted/entregas/ana.lopez_e05-cleaning.ipynb",
        "/curso/downloaded/e05/extracted/ana.lopez/e05-cleaning.ipynb",
        "/curso/downloaded/e05/extracted/ana.lopez_e05-cleaning (1).ipynb",
        r"C:\curso\downloaded\e05\extracted\ana.lopez_e05-cleaning.ipynb",
    ],
)
def test_a_handed_in_file_says_whose_it_is(path):
    match = re.match(HANDED_IN, path)
    assert match.groupdict() == {"student_id": "ana.lopez", "file_id": "e05-cleaning"}


def test_the_name_to_hand_in_under_is_one_that_is_recognised(tmp_path):
    path = archive_folder(tmp_path, "e05") / handed_in_name("a.b-c@d", "e05-cleaning")
    assert re.match(HANDED_IN, str(path))["student_id"] == "a.b-c@d"


@pytest.mark.parametrize("learner", ["", "ana lopez", "ana_lopez", "../ana", "ñandú", "a/b"])
def test_a_learner_who_could_be_taken_for_a_path_is_refused(learner):
    with pytest.raises(KitError) as refused:
        handed_in_name(learner, "e05-cleaning")
    assert refused.value.findings.codes() == {"grading.learner-name"}


def test_tasks_add_up_the_points_under_their_headings():
    def graded(score):
        return new_code_cell("", metadata={"nbgrader": {"grade": True, "score": score, "points": 2}})

    book = new_notebook(
        cells=[
            new_markdown_cell("## Uno\n\nTexto"),
            graded(1.5),
            graded(2),
            new_markdown_cell("## Sin puntos"),
            new_markdown_cell("## Dos"),
            new_markdown_cell("## Mi título", metadata={"nbgrader": {"solution": True, "grade": True, "points": 5}}),
        ]
    )
    nbformat.validate(book)
    assert [(task.heading, task.score, task.points) for task in tasks(book)] == [("Uno", 3.5, 4), ("Dos", 0, 5)]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<img src="https://example.org/x.png">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<style>body{display:none}</style>",
        '<svg onload="alert(1)"></svg>',
        '<iframe src="x"></iframe>',
        '<p style="position:fixed">x</p>',
    ],
)
def test_nothing_in_harmless_html_runs_or_loads(markup):
    left = harmless(markup)
    assert not re.search(r"<(script|style|svg|iframe)|on\w+=|javascript:|data:|https:|style=", left), left


def test_harmless_html_keeps_tables():
    table = '<table><caption>a</caption><tbody><tr><th scope="row">b</th><td>c</td></tr></tbody></table>'
    assert harmless(table) == table
    assert harmless("<div><style scoped>\n.dataframe {}\n</style>" + table + "</div>") == f"<div>{table}</div>"
