"""A standard nbgrader course, made from the exercises of one language.

What `make_course` leaves is plain: ``nbgrader_config.py``, ``source/``, a gradebook in SQLite as soon as nbgrader makes
one; every nbgrader command and formgrader work on it. The settings it writes speak the learners' language (stubs,
feedback), keep hidden tests out of the feedback, load nothing from the network, and understand handed-in files named
``ana_e05-cleaning.ipynb`` or ``ana.zip`` with the notebook inside.

nbgrader runs what learners handed in as a program of whoever grades: it can read and change all that the grader can.
Nothing here isolates it. So the kit has no command of its own that autogrades; real submissions wait for the sandbox.

Examples:
    >>> from kit.grading import handed_in_name
    >>> handed_in_name("ana.lopez", "e05-cleaning")
    'ana.lopez_e05-cleaning.ipynb'
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from string import Template

from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from kit import messages
from kit.findings import KitError, Place, error

CONFIG = "nbgrader_config.py"
COURSE_ID = "taller-abierto"
TEMPLATES = Path(__file__).parent / "templates"

# The last part of the path that fits: <learner>_<notebook>.ipynb, or <learner>/<notebook>.ipynb out of <learner>.zip.
# What a browser adds to the name of a second download ("e05-cleaning (1).ipynb") is left out.
HANDED_IN = r".*[/\\](?P<student_id>[^/\\_]+)[_/\\](?P<file_id>e\d\d[a-z]?-[a-z0-9-]+)"
_LEARNER = re.compile(r"[A-Za-z0-9.@+-]+")


def make_course(folder: Path, lang: str, *, exercises: Path, assignments: Iterable[str] | None = None) -> Path:
    """Write a course into ``folder``, which must be new or empty, and return it.

    Args:
        folder: where the course goes.
        lang: the learners' language, "es" or "en".
        exercises: the folder of the built exercises, ``exercises/`` of the repository.
        assignments: such as ``["e05"]``; all of the language by default.

    Raises:
        KitError: if the folder holds something already, or there is no such exercise.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KitError(error("grading.folder-in-use", Place(str(folder)), folder=str(folder)))
    known = sorted(path.name for path in (exercises / lang).glob("e*") if any(path.glob("*.ipynb")))
    wanted = known if assignments is None else list(assignments)
    strangers = [name for name in wanted if name not in known]
    if strangers or not wanted:
        raise KitError(error("grading.no-exercise", Place(str(exercises / lang)), names=strangers, known=known))
    for name in wanted:
        shutil.copytree(exercises / lang / name, folder / "source" / name, ignore=shutil.ignore_patterns(".*"))
    (folder / CONFIG).write_text(_config(lang), encoding="utf-8", newline="\n")
    return folder


def open_course(folder: Path) -> NbGraderAPI:
    """A course through nbgrader's own interface: ``generate_assignment``, ``gradebook`` and so on.

    Raises:
        KitError: if the folder is no nbgrader course.
    """
    folder = folder.resolve()
    if not (folder / CONFIG).is_file():
        raise KitError(error("grading.no-course", Place(str(folder)), folder=str(folder), config=CONFIG))
    _programs_on_path()
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    return NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)


def archive_folder(course: Path, assignment: str) -> Path:
    """The folder into which handed-in files and zips go before ``nbgrader zip_collect``; made if it is missing."""
    folder = course / "downloaded" / assignment / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def handed_in_name(learner: str, notebook: str) -> str:
    """The name under which a learner's notebook is collected.

    Raises:
        KitError: if the learner's identifier has signs that nbgrader could take for something else.
    """
    if not _LEARNER.fullmatch(learner):
        raise KitError(error("grading.learner-name", Place(item=learner), learner=learner))
    return f"{learner}_{notebook}.ipynb"


def _config(lang: str) -> str:
    """The text of ``nbgrader_config.py`` for a course in ``lang``."""
    template = Template((TEMPLATES / f"{CONFIG}.txt").read_text(encoding="utf-8"))
    return template.substitute(
        lang=lang,
        course_id=COURSE_ID,
        code_stub=repr(f"# {messages.text('grading.stub.code', lang=lang)}\n..."),
        text_stub=repr(messages.text("grading.stub.text", lang=lang)),
        handed_in=f'r"{HANDED_IN}"',
    )


def _programs_on_path() -> None:
    """What nbgrader calls by a bare name is found ``alembic``, when it makes the gradebook, lies beside Python."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
