"""The whole nbgrader cycle of exercise e05 in both languages: release, hand in, collect, autograde, grade, feedback.

The learners here are made up by this project. Their code runs unprotected; grading what real people hand in needs the
sandbox of a later issue.
"""

from __future__ import annotations

import html
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from kit import messages
from kit.grading import archive_folder, handed_in_name, make_course, open_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),  # nbgrader's own use of SQLAlchemy
]

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "e05-cleaning"
POINTS = {
    "e05-reading-test": 1,
    "e05-reading-hidden": 1,
    "e05-uses-test": 2,
    "e05-uses-hidden": 2,
    "e05-numbers-test": 3,
    "e05-numbers-hidden": 2,
    "e05-repeated-test": 2,
    "e05-repeated-hidden": 2,
    "e05-which": 5,
}
# What each learner earns, in the order of POINTS; None waits for a person.
SCORES = {
    "modelo": [1, 1, 2, 2, 3, 2, 2, 2, None],
    "hurried": [0.5, 0.5, 0, 0, 2.4, 1.6, 2, 0, None],
    "careless": [0.5, 0.5, 1.2, 0.8, 0, 0, 0, 0, None],
    "broken": [0, 0, 0, 0, 3, 2, 0, 0, 0],
    "untouched": [0, 0, 0, 0, 0, 0, 0, 0, 0],
}
LEARNERS = {"es": list(SCORES), "en": ["modelo", "careless", "broken", "untouched"]}
MANUAL = {"modelo": 5, "careless": 1}
COMMENT = {"es": "Pregunta a quien debe; falta decir cuál.", "en": "Asks the right person; says not which one."}


@dataclass
class Cycle:
    """A course after the whole cycle."""

    lang: str
    course: Path
    release: nbformat.NotebookNode
    before: dict[str, list]
    flags: dict[str, list]

    def feedback(self, learner: str) -> str:
        return (self.course / "feedback" / learner / "e05" / f"{NOTEBOOK}.html").read_text(encoding="utf-8")


def zip_collect(course: Path, assignment: str) -> None:
    """The command as a trainer types it in the course's folder; nbgrader has it nowhere else."""
    command = [sys.executable, "-m", "nbgrader", "zip_collect", assignment]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def worked(result: dict) -> None:
    """What nbgrader's interface says of its work."""
    assert result["success"], (result["log"], result.get("error"))


def hand_in(folder: Path, exercise, fill, release) -> None:
    """The learners' files arrive: one in a zip of its own, two in a zip of all, the others one by one."""
    made = {"modelo": exercise.model_answers(), "untouched": {}}
    answers = {name: made[name] if name in made else exercise.answers(name) for name in LEARNERS[exercise.lang]}
    books = {learner: nbformat.writes(fill(release, answers[learner])) for learner in answers}
    with zipfile.ZipFile(folder / "modelo.zip", "w") as single:
        single.writestr(f"{NOTEBOOK}.ipynb", books.pop("modelo"))
    with zipfile.ZipFile(folder / "entregas.zip", "w") as several:
        for learner in ("careless", "untouched"):
            several.writestr(handed_in_name(learner, NOTEBOOK), books.pop(learner))
    for learner, book in books.items():
        (folder / handed_in_name(learner, NOTEBOOK)).write_text(book, encoding="utf-8")


def grades(api, learner: str) -> tuple[list, list[bool]]:
    """Automatic scores and "needs manual grade" of a learner, in the order of POINTS."""
    with api.gradebook as gradebook:
        found = [gradebook.find_grade(name, NOTEBOOK, "e05", learner) for name in POINTS]
        return [grade.auto_score for grade in found], [grade.needs_manual_grade for grade in found]


@pytest.fixture(scope="module", params=messages.LANGUAGES)
def cycle(request, tmp_path_factory, exercise, fill) -> Cycle:
    lang = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(messages.LANGUAGE_VARIABLE, lang)
        given = exercise("e05", lang)
        course = make_course(tmp_path_factory.mktemp(lang) / "curso", lang, exercises=ROOT / "exercises")
        api = open_course(course)
        worked(api.generate_assignment("e05"))
        release = nbformat.read(course / "release" / "e05" / f"{NOTEBOOK}.ipynb", as_version=4)
        hand_in(archive_folder(course, "e05"), given, fill, release)
        zip_collect(course, "e05")
        before, flags = {}, {}
        for learner in LEARNERS[lang]:
            worked(api.autograde("e05", learner))
            before[learner], flags[learner] = grades(api, learner)
        with api.gradebook as gradebook:
            for learner in set(MANUAL) & set(LEARNERS[lang]):
                gradebook.find_grade("e05-which", NOTEBOOK, "e05", learner).manual_score = MANUAL[learner]
            gradebook.find_comment("e05-which", NOTEBOOK, "e05", "careless").manual_comment = COMMENT[lang]
            gradebook.db.commit()
        worked(api.generate_feedback("e05"))
        yield Cycle(lang, course, release, before, flags)


def test_the_release_version_holds_neither_solutions_nor_hidden_tests(cycle, exercise):
    released = "\n".join(cell.source for cell in cycle.release.cells)
    for secret in ("SOLUTION", "HIDDEN", "otro.csv", "9,876,543.21", "99-A", "shared.sum(), len(shared)\n", "hab."):
        assert secret not in released
    answers = exercise("e05", cycle.lang).model_answers()
    assert answers["e05-which"][:40] not in released
    assert released.count(messages.text("grading.stub.code", lang=cycle.lang)) == 4
    assert released.count(messages.text("grading.stub.text", lang=cycle.lang)) == 1
    assert (cycle.course / "release" / "e05" / "predios.csv").is_file()


def test_the_release_version_runs_from_top_to_bottom_and_says_not_attempted(cycle, tmp_path):
    book = cycle.release.copy()
    (tmp_path / "predios.csv").write_bytes((cycle.course / "release" / "e05" / "predios.csv").read_bytes())
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = {cell.id: cell.outputs for cell in book.cells if cell.cell_type == "code"}
    assert not [output for cell in outputs.values() for output in cell if output.get("name") == "stderr"]
    not_attempted = messages.text("checks.status.not-attempted", lang=cycle.lang, detail="").strip()
    later = messages.text("checks.tried-later", lang=cycle.lang)
    for name in POINTS:
        if name.endswith("-test"):
            shown, score = outputs[name]
            assert shown.data["text/plain"].startswith(f"○ {not_attempted}")
            assert score.data["text/plain"] == "0.0"
        elif name.endswith("-hidden"):
            assert outputs[name][0].text.strip() == later


def test_every_hand_in_is_collected(cycle):
    collected = {path.parent.parent.name for path in (cycle.course / "submitted").glob("*/e05/*.ipynb")}
    assert collected == set(LEARNERS[cycle.lang])


def test_each_task_earns_exactly_what_the_answer_is_worth(cycle):
    assert cycle.before == {learner: SCORES[learner] for learner in LEARNERS[cycle.lang]}


def test_only_a_written_answer_waits_for_a_person(cycle):
    for learner, flags in cycle.flags.items():
        assert flags == [score is None for score in SCORES[learner]], learner


def test_the_total_holds_the_points_given_by_hand(cycle):
    with open_course(cycle.course).gradebook as gradebook:
        for learner in LEARNERS[cycle.lang]:
            submission = gradebook.find_submission("e05", learner)
            automatic = sum(score or 0 for score in SCORES[learner])
            assert submission.score == pytest.approx(automatic + MANUAL.get(learner, 0))
            assert submission.max_score == sum(POINTS.values()) == 20


def test_the_feedback_shows_points_findings_and_comment_in_the_learners_language(cycle):
    page = html.unescape(cycle.feedback("careless"))
    say = lambda key, **params: messages.text(key, lang=cycle.lang, **params)  # noqa: E731
    assert f'<html lang="{cycle.lang}">' in page
    assert say("grading.feedback.total", points=4.0, of=20.0) in page
    assert say("checks.e05-letters.mend") in page
    assert say("checks.hidden-material") in page
    assert COMMENT[cycle.lang] in page
    assert say("grading.feedback.total", points=20.0, of=20.0) in cycle.feedback("modelo")
    assert say("grading.feedback.no-response") in cycle.feedback("untouched")


def test_the_feedback_shows_no_hidden_test_and_runs_and_loads_nothing(cycle):
    for learner in LEARNERS[cycle.lang]:
        page = cycle.feedback(learner)
        for secret in ("HIDDEN", "otro.csv", "9,876,543.21", "99-A", "check_in", "Nuñez"):
            assert secret not in page, (learner, secret)
        assert "<script" not in page and "http://" not in page and "https://" not in page


def test_an_error_in_a_learners_code_is_that_learners_own_outcome(cycle):
    page = html.unescape(cycle.feedback("broken"))
    assert messages.text("checks.no-function", lang=cycle.lang, function="read_parcels") in page
    assert "KeyError: 'USO'" in page
    assert messages.text("checks.exception.SystemExit", lang=cycle.lang) in page
