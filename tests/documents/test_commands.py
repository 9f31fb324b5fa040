"""``kit dossier`` and ``kit documents``: what they write, say and answer to the shell."""

from __future__ import annotations

import pytest

from kit.cli import main
from kit.documents import LETTERS, letter_file
from kit.documents.templating import OWN


def test_the_dossier_is_written_in_the_formats_asked_for(partial, lang, capsys):
    folder = str(partial.folder)
    assert main(["dossier", "--portfolio", folder, "--lang", lang]) == 0
    assert partial.exists("dossier.html") and not partial.exists("dossier.pdf")
    shown = capsys.readouterr()
    assert "dossier.html" in shown.out and "[10/10]" in shown.err
    assert main(["dossier", "--portfolio", folder, "--format", "all"]) == 0
    assert partial.read_bytes("dossier.pdf").startswith(b"%PDF") and partial.exists("dossier.docx")


@pytest.mark.parametrize(("words", "code"), [
    (["dossier", "--format", "odt"], "documents.format"),
    (["documents", "make", "carta"], "documents.unknown-letter"),
    (["documents", "make", "designation", "--set", "x=y"], "documents.unknown-fact"),
    (["documents", "make", "designation", "--set", "lugar"], "documents.bad-fact"),
    (["documents", "make", "designation", "--templates", "no-such-folder"], "documents.no-templates-folder"),
    (["dossier", "--templates", "no-such-folder"], "documents.no-templates-folder"),
])  # fmt: skip
def test_a_mistake_is_a_finding_with_exit_code_one(partial, capsys, words, code):
    assert main([*words, "--portfolio", str(partial.folder)]) == 1
    assert code in capsys.readouterr().err


def test_letters_are_listed_made_and_filled_with_what_is_said(partial, lang, capsys):
    assert main(["documents", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(letter_file(name, lang) in shown for name in LETTERS)
    assert main(["documents", "make", "designation", "--portfolio", str(partial.folder), "--set", "lugar=Aquí"]) == 0
    assert partial.exists(f"documents/{letter_file('designation', lang)}.docx")
    assert "documents.blanks" in capsys.readouterr().out


def test_a_broken_template_ends_with_exit_code_one(partial, capsys, tmp_path):
    (tmp_path / "oficio-designacion.docx").write_bytes(b"no")
    words = ["documents", "make", "designation", "--portfolio", str(partial.folder), "--templates", str(tmp_path)]
    assert main(words) == 1
    assert "documents.template-not-word" in capsys.readouterr().out


def test_templates_are_copied_out_and_fields_are_told(tmp_path, lang, capsys):
    assert main(["documents", "templates", str(tmp_path / "mine")]) == 0
    assert {p.name for p in (tmp_path / "mine").iterdir()} == {p.name for p in (OWN / lang).iterdir()}
    assert main(["documents", "list", "--fields"]) == 0
    assert {"es": "{{ enlace.nombre }}", "en": "{{ liaison.name }}"}[lang] in capsys.readouterr().out
