"""The launcher's sentences, and what must hold before anything is installed."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest

from kit import messages
from kit.launch import texts

ROOT = Path(__file__).resolve().parents[2]
FOR_OLD_PYTHONS = [ROOT / "start.py", ROOT / "kit" / "launch" / "texts.py"]
OLD_PYTHONS = [
    python
    for python in sorted((Path.home() / ".pyenv" / "versions").glob("*/bin/python"))
    if not python.parts[-3].startswith(("3.11.", "3.12.", "3.13."))
]


@pytest.fixture(autouse=True)
def _forget_language():
    yield
    texts._chosen.clear()


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_small_reader_reads_what_babel_reads(lang):
    path = messages.FOLDER / lang / "start.po"
    ours = texts.read_catalogue_file(str(path))
    assert ours == {key: forms[0] for key, forms in messages.read_catalogue_file(path).items()}
    assert len(ours) > 50


@pytest.mark.parametrize(
    ("arguments", "variable", "chosen"),
    [
        (["--lang", "en"], "", "en"),
        (["--lang=en", "demo"], "", "en"),
        ([], "en_US", "en"),
        (["--lang", "es"], "en", "es"),
        (["--lang", "fr"], "", "es"),
        ([], "", "es"),
    ],
)
def test_the_language_is_the_option_else_the_variable_else_spanish(monkeypatch, arguments, variable, chosen):
    monkeypatch.setenv("TALLER_LANG", variable)
    assert texts.choose_language(arguments) == chosen


def test_every_sentence_that_the_launcher_says_is_in_its_catalogue():
    known = texts.read_catalogue_file(str(messages.FOLDER / "es" / "start.po"))
    said = {
        node.args[0].value
        for path in (ROOT / "kit" / "launch").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"say", "text"}
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(said) > 20
    assert said <= set(known)


def test_a_console_without_the_characters_gets_stand_ins(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp850", newline="\n"))
    texts.write("✖ año → 5")
    assert written.getvalue().decode("cp850") == "? año ? 5\n"


@pytest.mark.parametrize("path", FOR_OLD_PYTHONS, ids=lambda path: path.name)
def test_what_old_pythons_read_has_nothing_that_they_cannot_parse(path):
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, too_new), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            given = [*node.args.args, *node.args.kwonlyargs]
            assert node.returns is None and all(a.annotation is None for a in given), node.name
            assert not node.args.kwonlyargs and not node.args.posonlyargs, node.name


@pytest.mark.skipif(not OLD_PYTHONS, reason="no Python older than 3.11 on this machine")
@pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda path: path.parts[-3])
def test_an_old_python_gets_a_sentence_and_no_traceback(python):
    ended = subprocess.run([python, ROOT / "start.py"], capture_output=True)
    assert ended.returncode == 1
    assert b"3.11, 3.12 o 3.13" in ended.stdout and b"start.python-unfit" in ended.stdout
    assert ended.stderr == b""


def test_the_launcher_imports_the_standard_library_only():
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules); import kit.launch.main\n"
        "new = {name for name in set(sys.modules) - before}\n"
        "print(*sorted(n for n in new if n.split('.')[0] not in sys.stdlib_module_names))"
    )
    ended = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    strangers = [name for name in ended.stdout.split() if name != "kit" and not name.startswith("kit.launch")]
    assert strangers == []


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_help_and_mistakes_speak_the_chosen_language(lang):
    def start(*arguments):
        command = [sys.executable, ROOT / "start.py", "--lang", lang, *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    help_, mistake, port = start("--help"), start("--colour"), start("--port", "70000")
    word = {"es": "Opciones", "en": "Options"}[lang]
    assert help_.returncode == 0 and word in help_.stdout
    assert "usage:" not in help_.stdout and "options:" not in help_.stdout
    assert mistake.returncode == port.returncode == 2
    assert "--colour" in mistake.stdout and word in mistake.stdout and mistake.stderr == ""
