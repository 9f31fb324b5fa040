"""What is built: notebooks of both languages, the same bytes each time, and nothing else."""

from __future__ import annotations

import json
import os
import re
import sysconfig

import nbformat
import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from traitlets.config import Config

from kit.build import source
from kit.build.notebook import units

LESSON = "notebooks/source/05-cleaning.md"
EXERCISE = "exercises/source/e05-keys.md"
BUILT = [
    "notebooks/es/04-plan.ipynb",
    "notebooks/en/04-plan.ipynb",
    "notebooks/es/05-cleaning.ipynb",
    "notebooks/en/05-cleaning.ipynb",
    "exercises/es/e05/e05-keys.ipynb",
    "exercises/es/e05/parcels.csv",
    "exercises/en/e05/e05-keys.ipynb",
    "exercises/en/e05/parcels.csv",
]


def notebook(course, file):
    return nbformat.read(course.root / file, as_version=4)


def words(book):
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


@pytest.fixture
def built(quick):
    result = quick.build()
    assert list(result.findings) == []
    assert result.written == BUILT
    return quick


def test_what_was_built_is_accepted_and_built_again_it_is_the_same(built):
    before = {file: (built.root / file).read_bytes() for file in BUILT}
    assert list(built.check()) == []
    again = built.build()
    assert again.written == []
    assert again.unchanged == BUILT
    assert {file: (built.root / file).read_bytes() for file in BUILT} == before


def test_built_files_are_plain_json_with_line_feeds(built):
    for file in BUILT:
        content = (built.root / file).read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n") and not content.endswith(b"\n\n")
        if file.endswith(".ipynb"):
            book = json.loads(content)
            nbformat.validate(nbformat.from_dict(book))
            assert all(cell.get("execution_count") is None for cell in book["cells"])
            assert all(not cell.get("outputs") for cell in book["cells"])
            assert book["metadata"]["kernelspec"]["name"] == "python3"


def test_the_front_matter_is_rendered_in_the_notebooks_language(built):
    spanish, english = (notebook(built, f"notebooks/{lang}/05-cleaning.ipynb") for lang in ("es", "en"))
    assert spanish.metadata.title == "Limpiar los datos"
    assert english.metadata.title == "Clean the data"
    assert spanish.metadata.taller == {"lang": "es", "source": LESSON, "step": "05"}
    head = spanish.cells[0].source
    assert head.startswith("# 05 · Limpiar los datos\n")
    assert "20 min de explicación, 15 min de ejercicios y 5 min de descanso" in head
    assert "[04 · Plan](04-plan.ipynb)" in head
    assert "## Preguntas\n\n- ¿Qué tiene de malo esta tabla?" in head
    assert "## Objetivos\n\n- Encontrar claves repetidas.\n- Corregirlas." in head
    assert spanish.cells[-1].source == "## Puntos clave\n\n- La clave es texto."
    assert "## Questions\n\n- What is wrong with this table?" in english.cells[0].source
    assert english.cells[-1].source == "## Key points\n\n- A key is text."


def test_each_notebook_holds_its_own_language_and_the_shared_code(built):
    spanish, english = (notebook(built, f"notebooks/{lang}/05-cleaning.ipynb") for lang in ("es", "en"))
    assert "Lupita Ramos envió" in words(spanish) and "Lupita Ramos sent" not in words(spanish)
    assert "Lupita Ramos sent" in words(english) and "Lupita Ramos envió" not in words(english)
    code = [[cell.source for cell in book.cells if cell.cell_type == "code"] for book in (spanish, english)]
    assert code[0][0] == 'greeting = "hola"  # saludo'
    assert code[1][0] == 'greeting = "hello"  # greeting'
    assert code[0][1:] == code[1][1:]
    assert [cell.id for cell in spanish.cells] == [cell.id for cell in english.cells]
    assert not any("lang" in cell.metadata for cell in spanish.cells)


def test_an_exercise_says_its_time_under_its_heading(built):
    book = notebook(built, "notebooks/es/05-cleaning.ipynb")
    assert "### Ejercicio: cuente las claves\n\n**Tiempo: 15 minutos**\n\nCambie la celda" in words(book)


def test_trainers_notes_are_in_the_trainers_copy_only(built):
    before = {file: (built.root / file).read_bytes() for file in BUILT}
    assert "La mitad del grupo" not in words(notebook(built, "notebooks/es/05-cleaning.ipynb"))
    result = built.build(trainer=True)
    assert result.written == BUILT
    copy = notebook(built, "build/trainer/notebooks/es/05-cleaning.ipynb")
    assert "> **Nota para quien capacita**\n>\n> La mitad del grupo cuenta renglones." in words(copy)
    assert {file: (built.root / file).read_bytes() for file in BUILT} == before
    with pytest.raises(ValueError, match="folder of their own"):
        built.build(trainer=True, into=built.root)


def test_inserting_a_cell_leaves_the_other_ids_as_they_are(built):
    file = "notebooks/es/05-cleaning.ipynb"
    before = {cell.source: cell.id for cell in notebook(built, file).cells}
    new = '+++ {"lang": "es"}\n\nAlgo nuevo.\n\n+++ {"lang": "en"}\n\nSomething new.\n\n'
    built.edit(LESSON, '+++ {"lang": "es"}\n', new + '```{code-cell} ipython3\n0\n```\n\n+++ {"lang": "es"}\n')
    built.build("05")
    after = {cell.source: cell.id for cell in notebook(built, file).cells}
    assert {text: after[text] for text in before} == before
    assert len(after) == len(before) + 2


def test_translating_again_leaves_the_ids_as_they_are(built):
    before = [cell.id for cell in notebook(built, "notebooks/en/05-cleaning.ipynb").cells]
    built.edit(LESSON, "What came from the cadastre office", "What the cadastre office sent")
    built.build("05")
    assert [cell.id for cell in notebook(built, "notebooks/en/05-cleaning.ipynb").cells] == before


def test_equal_cells_have_different_ids(quick):
    cell = '```{code-cell} ipython3\n"not kept"\n```\n'
    quick.edit(LESSON, cell, cell + "\n" + cell)
    quick.build("05")
    ids = [cell.id for cell in notebook(quick, "notebooks/es/05-cleaning.ipynb").cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell_id) for cell_id in ids)


def test_a_written_id_is_kept(quick):
    quick.edit(LESSON, '```{code-cell} ipython3\n"not kept"', '```{code-cell} ipython3\n:id: dropped\n"not kept"')
    quick.build("05")
    cells = {cell.id: cell for cell in notebook(quick, "notebooks/en/05-cleaning.ipynb").cells}
    assert cells["dropped"].source == '"not kept"'


@pytest.mark.parametrize("file", [LESSON, EXERCISE])
def test_jupytext_writes_what_it_read(quick, root, file):
    """As JupyterLab does when an author saves a source, with the settings that lie beside the lessons."""
    import jupytext
    from jupytext.config import load_jupytext_configuration_file

    for folder in ("notebooks", "exercises"):
        settings = load_jupytext_configuration_file(str(root / folder / "jupytext.toml"))
        text = (quick.root / file).read_text(encoding="utf-8")
        written = jupytext.writes(jupytext.reads(text, fmt="md:myst"), fmt="md:myst", config=settings)
        before, after = (source.parse(given, file)[0] for given in (text, written))
        assert before.lesson == after.lesson
        assert [(c.kind, c.text, c.options) for c in before.cells] == [(c.kind, c.text, c.options) for c in after.cells]
        assert [unit.id for unit in units(before)] == [unit.id for unit in units(after)]


def test_nbgrader_accepts_an_exercise_and_finds_its_points(built):
    spanish, english = (notebook(built, f"exercises/{lang}/e05/e05-keys.ipynb") for lang in ("es", "en"))
    for book in (spanish, english):
        MetadataValidator().validate_nb(book)
    graded = [
        [cell.metadata.nbgrader for cell in book.cells if "nbgrader" in cell.metadata] for book in (spanish, english)
    ]
    assert graded[0] == graded[1]
    assert [meta.grade_id for meta in graded[0]] == ["e05-keys", "e05-keys-test", "e05-why"]
    assert [meta.get("points") for meta in graded[0]] == [None, 2, 3]
    assert [(m.grade, m.solution, m.locked) for m in graded[0]] == [
        (False, True, False),
        (True, False, True),
        (True, True, False),
    ]
    assert "### BEGIN SOLUTION" in next(cell.source for cell in spanish.cells if cell.id == "e05-keys")
    assert "Porque la clave" in next(cell.source for cell in spanish.cells if cell.id == "e05-why")
    assert "Because the key" in next(cell.source for cell in english.cells if cell.id == "e05-why")


def test_nbgrader_makes_the_learners_copy_from_what_was_built(built, lang, monkeypatch):
    # nbgrader calls a bare "alembic", which lies beside the interpreter
    monkeypatch.setenv("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))
    config = Config()
    config.CourseDirectory.root = str(built.root)
    config.CourseDirectory.source_directory = str(built.root / "exercises" / lang)
    config.CourseDirectory.assignment_id = "e05"
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    release = built.root / "release" / "e05"
    text = (release / "e05-keys.ipynb").read_text(encoding="utf-8")
    assert "YOUR CODE HERE" in text
    for secret in ("set(keys)", "HIDDEN TESTS", "Porque la clave", "Because the key"):
        assert secret not in text
    assert (release / "parcels.csv").read_bytes() == b"key\n1\n"


@pytest.mark.parametrize(
    ("kind", "is_task", "locked"),
    [("task", True, True), ("readonly", False, True)],
)
def test_tasks_and_read_only_cells_are_what_nbgrader_knows(quick, kind, is_task, locked):
    points = ', "points": 3' if kind == "task" else ""
    for _ in ("es", "en"):
        quick.edit(
            EXERCISE, '"kind": "manual", "id": "e05-why", "points": 3', f'"kind": "{kind}", "id": "e05-why"{points}'
        )
    quick.build("e05")
    book = notebook(quick, "exercises/es/e05/e05-keys.ipynb")
    MetadataValidator().validate_nb(book)
    meta = next(cell.metadata.nbgrader for cell in book.cells if cell.id == "e05-why")
    assert (meta.task, meta.locked, meta.grade, meta.solution) == (is_task, locked, False, False)


@pytest.mark.parametrize("names", [("05-cleaning",), ("05-cleaning.md",)])
def test_a_name_chooses_a_lesson(quick, names):
    assert quick.build(*names).written == ["notebooks/es/05-cleaning.ipynb", "notebooks/en/05-cleaning.ipynb"]


def test_a_step_chooses_lesson_and_exercise_and_an_assignment_the_exercise(quick):
    assert quick.build("05").written == BUILT[2:]
    assert quick.build("e05").unchanged == BUILT[4:]


def test_progress_names_each_notebook_and_ends_at_one(quick):
    steps = []
    quick.build("05-cleaning", progress=lambda what, share: steps.append((what, share)))
    assert steps == [("notebooks/es/05-cleaning.ipynb", 0.0), ("notebooks/en/05-cleaning.ipynb", 0.5), ("", 1.0)]


def test_a_notebook_whose_source_is_gone_is_removed_but_never_anybody_elses(built):
    own = nbformat.v4.new_notebook()
    nbformat.write(own, built.root / "notebooks/es/mine.ipynb")
    (built.root / EXERCISE).unlink()
    assert {f.place.file for f in built.check().of("build.extra")} == {*BUILT[4:], "notebooks/es/mine.ipynb"}
    result = built.build()
    assert result.removed == [file for file in sorted(BUILT[4:], reverse=False) if file.endswith(".ipynb")][::-1]
    assert (built.root / "notebooks/es/mine.ipynb").exists()


def test_a_source_that_cannot_be_read_keeps_its_notebooks(built):
    built.edit(LESSON, "title:\n", "title: [\n")
    result = built.build()
    assert result.removed == []
    assert "build.extra" not in built.check().codes()
