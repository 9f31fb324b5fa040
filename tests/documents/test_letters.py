"""Letters, minutes and the story: filled in from any portfolio, in both languages, whatever people wrote."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import docx
import pytest

from kit.documents import LETTERS, copy_templates, letter_fields, letter_file, make, write
from kit.documents.fields import SPANISH
from kit.documents.letters import _name_of_file
from kit.documents.templating import OWN
from kit.findings import KitError, Level
from kit.messages import LANGUAGES
from kit.portfolio import Portfolio
from kit.steps.impact import Impact, Report, Story
from kit.steps.inventory import Inventory
from kit.steps.plan import Plan
from kit.steps.readiness import Member, Person, Readiness

TODAY = dt.date(2026, 3, 2)
HOSTILE = '{{ 7*7 }} {% for x in y %} {# c #} <w:b/> & "«ñ» \x00\x0b\x1f\u2028 ]]> {{{{'
SEEN = '{{ 7*7 }} {% for x in y %} {# c #} <w:b/> & "«ñ» ]]> {{{{'


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("kind", ["full", "partial", "empty"])
def test_every_letter_is_made_of_any_portfolio_in_both_languages(name, kind, lang, docx_words, request):
    letters = write(request.getfixturevalue(kind), name, lang, today=TODAY)
    assert letters
    for letter in letters:
        words = docx_words(letter.content)
        assert "{{" not in words and "{%" not in words
        assert ("____________________" in words or "________" in words) >= bool(letter.findings)
        assert letter.findings.codes() <= {"documents.blanks"}
        if kind == "full":
            assert "Valle Abierto" in words


def test_a_blank_is_said_with_the_words_of_the_letter(empty, docx_words):
    (letter,) = write(empty, "designation", "es", today=TODAY)
    (finding,) = letter.findings
    assert finding.level is Level.ADVICE
    assert "número de oficio" in finding.params["fields"] and "Enlace: nombre" in finding.params["fields"]


def test_what_somebody_says_fills_its_blank(full, docx_words):
    said = {
        "lugar": "Valle Abierto, Edo.",
        "oficio": "PM/001/2026",
        "titular.nombre": "Rosa Núñez",
        "head.position": "X",
    }
    (letter,) = write(full, "oficio-designacion", "es", said=said, today=TODAY)
    words = docx_words(letter.content)
    assert "PM/001/2026" in words and "Rosa Núñez" in words and "2 de marzo de 2026" in words
    assert not {"lugar", "número de oficio"} & set(letter.findings[0].params["fields"])


def test_an_unknown_letter_or_fact_is_a_finding_with_the_known_ones(full):
    with pytest.raises(KitError) as caught:
        make(full, ["carta"])
    assert caught.value.findings.codes() == {"documents.unknown-letter"}
    with pytest.raises(KitError) as caught:
        make(full, ["designation"], said={"lugarr": "x"})
    assert "lugar" in caught.value.findings[0].params["known"]


def test_the_letters_say_what_the_steps_say(full, docx_words):
    plan, inventory, readiness = Plan.load(full), Inventory.load(full), Readiness.from_portfolio(full)
    minutes = docx_words(write(full, "council-minutes", "es", today=TODAY)[0].content)
    summary = inventory.summary()
    assert f"con {summary.datasets} conjuntos y {summary.resources} recursos" in minutes
    for item in plan.items:
        assert item.dataset in minutes
    for action in readiness.next_actions():
        assert action.action in minutes
    approval = docx_words(write(full, "plan-approval", "es", today=TODAY)[0].content)
    assert plan.vision in approval and all(item.date in approval for item in plan.items)
    story = Impact.from_portfolio(full).story
    told = docx_words(write(full, "story", "es", today=TODAY)[0].content)
    assert all(
        part in told for part in (story.title, story.background, story.challenges, story.solution, story.results)
    )


HEADED = {  # areas of the city whose head sits in the council, who is asked by name
    "Jefatura de Catastro",
    "Dirección de Movilidad y Tránsito",
    "Dirección de Servicios Públicos",
    "Dirección de Seguridad Pública",
    "Coordinación de Protección Civil",
    "Unidad de Transparencia",
}


def test_one_request_per_area_and_one_reply_per_report(full, docx_words):
    requests = write(full, "inventory-request", "es", today=TODAY)
    assert len({letter.file for letter in requests}) == len(requests) > 3
    everything = " ".join(docx_words(letter.content) for letter in requests)
    areas = set(Inventory.load(full).column("responsible"))
    assert areas > HEADED and all(f" {area} Presente" in everything for area in areas - HEADED)
    assert "Jefa de Catastro" in everything and "Director de Movilidad y Tránsito" in everything
    assert not [area for area in HEADED - {"Unidad de Transparencia"} if f" {area} Presente" in everything]
    reports = Impact.from_portfolio(full).reports
    replies = write(full, "reply", "es", today=TODAY)
    assert len(replies) == len(reports)
    for report, letter in zip(reports, replies, strict=True):
        words = docx_words(letter.content)
        assert report.what in words and report.answer in words


@pytest.mark.parametrize(("status", "es", "en"), [
    ("corrected", "se corrigió", "has been corrected"),
    ("not_corrected", "no se modificaron", "were not changed"),
    (None, "le informo lo siguiente", "can tell you this"),
])  # fmt: skip
def test_a_reply_says_what_was_done(empty, docx_words, status, es, en):
    report = Report(received=TODAY, what="Falta una colonia", answer="Listo", answered=TODAY, status=status)
    Impact(reports=[report]).save(empty)
    assert es in docx_words(write(empty, "reply", "es")[0].content)
    assert en in docx_words(write(empty, "reply", "en")[0].content)


def test_what_people_write_is_text_and_nothing_else(empty, docx_words):
    person = Person(name=HOSTILE, position=f"uno\ndos {HOSTILE}", email="a@b.mx")
    Readiness(government=HOSTILE, liaison=person, administrator=person, council=[Member(name=HOSTILE)]).save(empty)
    Impact(story=Story(title=HOSTILE, background=HOSTILE * 3), reports=[Report(what=HOSTILE, answer=HOSTILE)]).save(
        empty
    )
    for name in LETTERS:
        for letter in write(empty, name, "es", said={"lugar": HOSTILE}, today=TODAY):
            assert SEEN in docx_words(letter.content)
            assert "49" not in docx_words(letter.content)


def test_the_same_portfolio_gives_the_same_bytes(full):
    for name in LETTERS:
        first, second = (write(full, name, "es", today=TODAY) for _ in range(2))
        assert [letter.content for letter in first] == [letter.content for letter in second]


def test_saved_letters_are_kept_in_the_history_and_are_no_step(full):
    before = full.steps_done()
    made = make(full, ["designation"], today=TODAY)
    assert made.files == [full.path("documents/oficio-designacion.docx")]
    make(full, ["designation"], said={"lugar": "Otro"}, today=TODAY)
    assert len(full.versions("documents/oficio-designacion.docx")) == 1
    assert full.steps_done() == before
    assert not Portfolio.open(full.folder).findings


def test_without_names_all_are_made_that_have_something_to_say(full, partial):
    assert {path.name.split("-")[0] for path in make(full, today=TODAY).files} == {
        "oficio", "minuta", "historia", "respuesta",
    }  # fmt: skip
    assert not [path for path in make(partial, today=TODAY).files if path.name.startswith(("historia", "respuesta"))]


def test_a_damaged_step_is_a_finding_and_the_letters_are_made(full):
    full.path("readiness.yaml").write_text("a: [", encoding="utf-8")
    made = make(full, ["designation"], today=TODAY)
    assert made.files and {"portfolio.yaml", "documents.blanks"} <= made.findings.codes()


# -- templates of one's own ---------------------------------------------------------------------------------


def _template(words: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(words)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * 70_000_000)
    return stream.getvalue()


def _entities() -> bytes:
    old, new = io.BytesIO(_template("x")), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = content.replace(b"?>", b'?><!DOCTYPE w [<!ENTITY a "aaaa">]>', 1)
            target.writestr(name, content)
    return new.getvalue()


BROKEN = {
    "syntax": (_template("Hola {{ gobierno"), "documents.template-mistake"),
    "unclosed": (_template("{% if gobierno %} Hola"), "documents.template-mistake"),
    "filter": (_template("{{ gobierno|nada }}"), "documents.template-mistake"),
    "sum": (_template("{{ 5 + gobierno }}"), "documents.template-mistake"),
    "unknown": (_template("{{ govierno }}"), "documents.template-field"),
    "unknown in test": (_template("{% if govierno %}x{% endif %}"), "documents.template-field"),
    "unknown part": (_template("{{ enlace.telefono }}"), "documents.template-field"),
    "not word": (b"%PDF-1.7 not a Word file", "documents.template-not-word"),
    "empty": (b"", "documents.template-not-word"),
    "other zip": (_entities()[:400], "documents.template-not-word"),
    "entities": (_entities(), "documents.template-not-word"),
    "bomb": (_bomb(), "documents.template-too-large"),
    "inside": (_template("{{ ''.__class__.__mro__ }}"), "documents.template-field"),  # for a template there is none
    "call": (_template("{{ gobierno.upper() }}"), "documents.template-forbidden"),
    "memory": (_template("{{ 'a' * 1000000000 }}"), "documents.template-forbidden"),
    "include": (_template("{% include '/etc/passwd' %}"), "documents.template-mistake"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_template_is_a_finding_and_the_other_letters_are_made(full, lang, case):
    content, code = BROKEN[case]
    stem = letter_file("designation", lang)
    full.path("templates").mkdir()
    full.path(f"templates/{stem}.docx").write_bytes(content)
    made = make(full, ["designation", "council-minutes"], lang, today=TODAY)
    assert [path.stem for path in made.files] == [letter_file("council-minutes", lang)]
    (finding,) = [f for f in made.findings if f.code.startswith("documents.template-")]
    assert finding.code == code and f"{stem}.docx" in finding.place.render(lang)
    assert len(finding.line(lang)) > 40


def test_an_unknown_field_is_named_beside_those_there_are(full):
    full.path("templates").mkdir()
    full.path("templates/oficio-designacion.docx").write_bytes(_template("{{ enlace.telefono }}"))
    (finding,) = make(full, ["designation"], "es").findings
    assert finding.params["field"] == "telefono" and "correo" in finding.params["known"]


def test_a_restyled_template_shows_in_the_letter(full, tmp_path):
    written, findings = copy_templates(tmp_path / "mine", "es")
    assert not findings and len(written) == len(LETTERS) + 1
    path = tmp_path / "mine" / "oficio-designacion.docx"
    document = docx.Document(str(path))
    document.styles["Firma"].font.name = "Courier New"
    document.add_paragraph("Palacio Municipal s/n, {{ gobierno }}")
    document.save(str(path))
    (letter,) = write(full, "designation", "es", templates=tmp_path / "mine", today=TODAY)
    made = docx.Document(io.BytesIO(letter.content))
    assert made.styles["Firma"].font.name == "Courier New"
    assert made.paragraphs[-1].text == "Palacio Municipal s/n, Valle Abierto"


def test_copied_templates_are_not_written_over(tmp_path):
    copy_templates(tmp_path, "es")
    (tmp_path / "minuta-consejo.docx").write_bytes(b"mine")
    (tmp_path / "historia-de-uso.docx").unlink()
    written, findings = copy_templates(tmp_path, "es")
    assert [path.name for path in written] == ["historia-de-uso.docx"]
    assert (tmp_path / "minuta-consejo.docx").read_bytes() == b"mine"
    assert findings.codes() == {"documents.template-kept"}


def test_both_languages_have_the_same_templates_in_named_styles():
    for lang in LANGUAGES:
        names = {path.stem for path in (OWN / lang).glob("*.docx")}
        assert names == {letter_file(name, lang) for name in LETTERS} | {"dossier"}
        for path in (OWN / lang).glob("*.docx"):
            document = docx.Document(str(path))
            ids = {style.style_id for style in document.styles}
            assert {"Title", "Heading1", "Normal", "Cell", "WorkshopTable"} <= ids
            assert all(run.font.size is None for p in document.paragraphs for run in p.runs), path


def test_the_list_of_fields_is_the_one_of_the_language():
    es, en = letter_fields("es"), letter_fields("en")
    assert len(es) == len(en) and "enlace.nombre" in es and "liaison.name" in en
    assert len(set(SPANISH)) == len(SPANISH)


def test_the_templates_are_those_of_their_texts(root, tmp_path, monkeypatch):
    import runpy

    made = runpy.run_path(str(root / "scripts" / "word_templates.py"))
    made["main"].__globals__["OWN"] = tmp_path
    made["main"]()
    for path in tmp_path.rglob("*.docx"):
        assert path.read_bytes() == (OWN / path.relative_to(tmp_path)).read_bytes(), path.name


def test_libreoffice_opens_every_letter(full, to_pdf, lang):
    made = make(full, lang=lang, today=TODAY)
    pages = to_pdf(made.files)
    assert len(pages) == len(made.files)
    for words in pages.values():
        assert "Valle Abierto" in words
    assert "Mariana Ortega" in pages[f"{letter_file('designation', lang)}.docx"]
    assert "julian.ku@valleabierto" in pages[f"{letter_file('designation', lang)}.docx"].replace(" ", "")
    assert "Predios del catastro" in pages[f"{letter_file('council-minutes', lang)}.docx"]


@pytest.mark.parametrize(
    ("position", "end"),
    [
        ("Jefa de Catastro", "jefa-de-catastro"),
        ("Dirección de Tecnologías de la Información", "direccion-de-tecnologias-de-la"),
        ("A" * 60, "a" * 40),
    ],
)
def test_the_name_of_a_file_ends_with_a_whole_word(position, end):
    assert _name_of_file(position) == end


def test_what_was_written_is_shown_by_name(tmp_path, lang):
    made = make(Portfolio.create(tmp_path / "p", title="Xalapa", lang=lang), ["designation"])
    assert [path.name for path in made.files] == [f"{letter_file('designation', lang)}.docx"]
    assert made.files[0].name in made._repr_html_() and made.files[0].name in repr(made)
