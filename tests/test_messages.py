"""The catalogue: both languages say the same things, and exactly the things that the package says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kit import messages

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for p in (ROOT / "kit").rglob("*.py"))
MAKERS = {"error", "warning", "advice"}
PARTS = ("found", "expected", "mend")


def _calls(names: set[str]) -> list[tuple[Path, ast.Call]]:
    """Calls in the package of a function with one of the names, plain or as an attribute of findings or messages."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in names and node.args:
                found.append((path, node))
    return found


def _raised_codes() -> set[str]:
    codes = set()
    for path, call in _calls(MAKERS):
        first = call.args[0]
        if (
            isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and re.fullmatch(r"[a-z]+\.[a-z0-9.-]+", first.value)
        ):
            codes.add(first.value)
        elif path.name != "findings.py" and isinstance(call.func, ast.Name):
            raise AssertionError(f"{path.relative_to(ROOT)}:{call.lineno}: the code of a finding is not written out")
    return codes


def _catalogue_codes() -> set[str]:
    keys = messages.catalogue("es")
    return {key.removesuffix(".mend") for key in keys if key.endswith(".mend") and not key.startswith("findings.")}


def test_both_languages_have_the_same_files():
    es, en = ({p.name for p in (messages.FOLDER / lang).glob("*.po")} for lang in messages.LANGUAGES)
    assert es == en


def test_both_languages_have_the_same_keys():
    es, en = (set(messages.catalogue(lang)) for lang in messages.LANGUAGES)
    assert es == en


def test_no_entry_is_untranslated_or_fuzzy():
    for path in messages.FOLDER.glob("*/*.po"):
        entries = len(re.findall(r'^msgid "(?!")', path.read_text(encoding="utf-8"), re.MULTILINE))
        assert entries == len(messages.read_catalogue_file(path)), path


def test_both_languages_have_the_same_placeholders():
    es, en = (messages.catalogue(lang) for lang in messages.LANGUAGES)

    def names(forms):
        return set().union(*(messages.placeholders(form) for form in forms))

    different = {key: (names(es[key]), names(en[key])) for key in es if names(es[key]) != names(en[key])}
    assert not different


def test_a_file_holds_only_the_keys_of_its_room():
    for path in messages.FOLDER.glob("*/*.po"):
        strangers = [key for key in messages.read_catalogue_file(path) if not key.startswith(f"{path.stem}.")]
        assert not strangers, path


def test_every_code_that_the_package_raises_has_its_three_sentences():
    keys = messages.catalogue("es")
    missing = [f"{code}.{part}" for code in sorted(_raised_codes()) for part in PARTS if f"{code}.{part}" not in keys]
    assert not missing


def test_every_code_of_the_catalogue_is_raised_by_the_package():
    assert sorted(_catalogue_codes() - _raised_codes()) == []


def test_every_key_that_the_package_asks_for_exists():
    keys = messages.catalogue("es")
    asked = {
        call.args[0].value: f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in _calls({"text"})
        if isinstance(call.args[0], ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z0-9._-]+", str(call.args[0].value))
    }
    assert {key: where for key, where in asked.items() if key not in keys} == {}


@pytest.mark.parametrize(
    ("lang", "value", "words"),
    [
        ("es", 1234567.5, "1,234,567.5"),
        ("en", 2, "2"),
        ("es", True, "sí"),
        ("en", None, "-"),
        ("es", "2015", "2015"),
        ("es", ["a", "b", "c"], "a, b y c"),
        ("en", ("a", "b"), "a and b"),
        ("es", list("abcdefghijk"), "a, b, c, d, e, f, g, h y 3 más"),
    ],
)
def test_values_are_written_as_the_language_writes_them(lang, value, words):
    sentence = messages.text("findings.place.column", lang=lang, column=value)
    assert re.search("[«“](.*)[»”]", sentence)[1] == words


def test_the_number_n_chooses_between_singular_and_plural():
    assert messages.text("findings.place.rows", lang="es", n=1, rows=[4]) == "renglón 4"
    assert messages.text("findings.place.rows", lang="es", n=2, rows=[4, 9]) == "renglones 4 y 9"


def test_the_language_is_the_one_set_else_the_variable_else_spanish(monkeypatch):
    monkeypatch.setenv(messages.LANGUAGE_VARIABLE, "en_US")
    assert messages.current_language() == "en"
    with messages.speaking("es"):
        assert messages.current_language() == "es"
    monkeypatch.setenv(messages.LANGUAGE_VARIABLE, "fr")
    assert messages.current_language() == "es"


def test_an_unknown_key_is_a_programming_error():
    with pytest.raises(messages.UnknownKeyError):
        messages.text("nowhere.at-all")


def test_an_unknown_language_names_those_there_are():
    with pytest.raises(ValueError, match="es, en"):
        messages.set_language("fr")
