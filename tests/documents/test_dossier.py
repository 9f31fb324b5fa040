"""The dossier: every step told once, shown as HTML, PDF and Word, with what is still open, whatever the files hold."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import unicodedata
from html.parser import HTMLParser

import docx
import pandas as pd
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import RGBColor

from kit.documents import copy_templates, dossier
from kit.documents.blocks import Grid, Picture, plain
from kit.documents.word import to_docx
from kit.findings import KitError, Level
from kit.messages import text
from kit.portfolio import STEPS, Portfolio
from kit.steps.impact import Impact
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import KEYS
from kit.steps.problem import Problem

TODAY = dt.date(2026, 3, 2)


def squeezed(words: str) -> str:
    """Letters and digits only: lines of a PDF are broken and hyphenated anywhere."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words))


def test_every_step_of_a_full_portfolio_is_told(told_in, lang):
    told = told_in(lang)
    chapters = {chapter.key: chapter for chapter in told.document.chapters}
    for step in STEPS:
        chapter = chapters[f"step-{step.number}"]
        assert chapter.state == "done" and len(chapter.blocks) > 1, step.number
        assert text(f"workshop.step.{step.name}", lang=lang) in chapter.title
    assert not told.findings.of("documents.")
    assert told.document.government == "Valle Abierto"
    pictures = [block for chapter in told.document.chapters for block in chapter.blocks if isinstance(block, Picture)]
    assert len(pictures) >= 6 and all(len(picture.alt) > 30 for picture in pictures)


def test_all_rows_of_the_inventory_and_the_plan_are_in_it(full, told_in):
    told = told_in("es")
    cells = [
        c for ch in told.document.chapters for b in ch.blocks if isinstance(b, Grid) for row in b.rows for c in row
    ]
    inventory = Inventory.load(full)
    for key in ("resource", "dataset", "responsible"):
        assert {plain(value) for value in inventory.column(key)} <= set(cells)
    assert len([b for ch in told.document.chapters for b in ch.blocks if isinstance(b, Grid) and b.wide]) == 1


def test_the_pdf_has_the_heading_of_each_step_and_each_open_finding(told_in, lang, pdf_words):
    told = told_in(lang)
    content = told.pdf()
    words = squeezed(pdf_words(content))
    for _, title in told.document.headings():
        assert squeezed(title) in words
    assert told.findings
    for finding in told.findings:
        assert squeezed(finding.sentence("mend", lang))[:24] in words, finding.code


def test_the_pdf_is_tagged_and_says_its_language_title_and_alt_texts(full):
    content = dossier(full, "es", today=TODAY).pdf()
    assert all(mark in content for mark in (b"/StructTreeRoot", b"pdfuaid:part", b"/Lang", b"/Outlines"))
    assert content == dossier(full, "es", today=TODAY).pdf()


class Page(HTMLParser):
    """What an accessibility checker looks at first."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.lang, self.levels, self.ids, self.images, self.links, self.outside = "", [], [], [], [], []
        self.words: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag == "html":
            self.lang = given.get("lang", "")
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "img":
            self.images.append(given)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("href", "src", "srcset", "data", "action"):
            value = given.get(name) or ""
            if value.startswith("#"):
                self.links.append(value[1:])
            elif value and not value.startswith("data:"):
                self.outside.append(value)
        assert not [name for name in given if name.startswith("on")] and tag != "script"

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_html_stands_alone_with_headings_in_order_and_alt_texts(told_in, lang):
    told = told_in(lang)
    markup = told.html()
    page = Page(markup)
    assert page.lang == lang and not page.outside
    assert "url(" not in markup and "@import" not in markup
    assert page.levels[0] == 1 and page.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
    assert len(page.ids) == len(set(page.ids)) and set(page.links) <= set(page.ids)
    assert page.images and all(image["alt"] for image in page.images)
    words = squeezed("".join(page.words))
    for finding in told.findings:
        assert squeezed(finding.sentence("found", lang)) in words


@pytest.mark.browser
def test_the_html_opens_without_a_network(told_in, page_offline, tmp_path):
    path = tmp_path / "dossier.html"
    path.write_text(told_in("es").html(), encoding="utf-8")
    page_offline.goto(path.as_uri())
    assert page_offline.blocked == [] and page_offline.errors == []
    assert page_offline.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert page_offline.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page_offline.set_viewport_size({"width": 380, "height": 800})
    assert page_offline.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_word_file_has_headings_contents_pictures_and_pages_on_their_side(full, lang, docx_words):
    told = dossier(full, lang, today=TODAY)
    content = told.docx()
    document = docx.Document(io.BytesIO(content))
    headings = [p.text for p in document.paragraphs if p.style.style_id == "Heading1"]
    assert headings == [title for _, title in told.document.headings()]
    body = document.element.body
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    links = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert len(links) == len(headings) and set(links) <= marks
    assert any("TOC" in (node.text or "") for node in body.iter(qn("w:instrText")))
    pictures = list(body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"))
    assert len(pictures) >= 6 and all(picture.get("descr") for picture in pictures)
    assert {section.orientation for section in document.sections} == {WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE}
    words = squeezed(docx_words(content))
    assert all(squeezed(finding.sentence("mend", lang)) in words for finding in told.findings)
    assert content == dossier(full, lang, today=TODAY).docx()


def test_libreoffice_opens_the_word_file(told_in, to_pdf, tmp_path):
    told = told_in("es")
    path = tmp_path / "dossier.docx"
    path.write_bytes(told.docx())
    words = squeezed(to_pdf([path])["dossier.docx"])
    for _, title in told.document.headings():
        assert squeezed(title) in words
    assert squeezed("Mariana Ortega") in words


def test_a_restyled_base_shows_in_the_word_file(full, tmp_path):
    copy_templates(full.path("templates"), "es")
    path = full.path("templates/dossier.docx")
    mine = docx.Document(str(path))
    mine.styles["Heading 1"].font.color.rgb = RGBColor(0x9D, 0x24, 0x49)
    mine.save(str(path))
    made = docx.Document(io.BytesIO(dossier(full, "es", today=TODAY).docx()))
    assert made.styles["Heading 1"].font.color.rgb == RGBColor(0x9D, 0x24, 0x49)


def test_a_broken_base_is_a_finding_and_the_kits_own_is_taken(full):
    full.path("templates").mkdir()
    full.path("templates/dossier.docx").write_bytes(b"no")
    told = dossier(full, "es", today=TODAY)
    assert docx.Document(io.BytesIO(told.docx())).paragraphs
    assert told.used.codes() == {"documents.template-not-word"}


def test_a_base_without_any_of_the_styles_still_makes_a_document(told_in, tmp_path):
    docx.Document().save(str(tmp_path / "dossier.docx"))
    told = told_in("es")
    content, findings = to_docx(told.document, None, tmp_path)
    assert not findings and len(docx.Document(io.BytesIO(content)).tables) > 10


def test_an_empty_portfolio_names_the_steps_to_come(empty, lang):
    told = dossier(empty, lang, today=TODAY)
    assert [c.state for c in told.document.chapters[1:-1]] == ["todo"] * len(STEPS)
    assert told.html() and told.pdf() and told.docx()
    for step in STEPS:
        assert step.notebook in told.html()


def test_the_steps_to_come_share_a_page(empty, partial, pdf_words):
    told = dossier(empty, "es", today=TODAY)
    assert re.search(r"Página 2 / (\d+)", pdf_words(told.pdf()))[1] == "5"  # cover, contents, summary, steps, findings
    turned = {chapter.key: turn for chapter, turn in dossier(partial, "es", today=TODAY).document.pages()}
    assert turned["step-03"] and turned["step-04"] and not turned["step-05"]
    headings = [p for p in docx.Document(io.BytesIO(told.docx())).paragraphs if p.style.style_id == "Heading1"]
    alone = [p for p in headings if p.paragraph_format.page_break_before is not False]
    assert len(alone) == len(headings) - len(STEPS) + 1


def test_a_half_done_portfolio_tells_what_there_is(partial):
    told = dossier(partial, "es", today=TODAY)
    states = {c.key: c.state for c in told.document.chapters}
    assert states["step-00"] == states["step-03"] == "done" and states["step-04"] == "todo"
    assert told.pdf()


SPOILT = {
    "readiness.yaml": "answers: 5", "problem.yaml": "a: [", "theory.yaml": "- x", "inventory.csv": "uno,dos\n1,2\n",
    "plan.csv": "x\n", "cleaning-log.json": '{"files": {"a": {"changes": [1]}}}', "review.yaml": "k: x",
    "catalog/catalog.csv": 'a,b\n"', "impact.yaml": "reports: {}",
}  # fmt: skip


@pytest.mark.parametrize("file", SPOILT)
@pytest.mark.parametrize("content", ["spoilt", "binary", "empty"])
def test_a_damaged_file_is_a_finding_in_the_dossier(full, file, content):
    spoilt = {"spoilt": SPOILT[file].encode(), "binary": bytes(range(256)) * 4, "empty": b""}[content]
    full.path(file).write_bytes(spoilt)
    told = dossier(Portfolio.open(full.folder), "es", today=TODAY)
    number = next(step.number for step in STEPS if any(file.startswith(name) for name in step.files))
    chapter = next(c for c in told.document.chapters if c.key == f"step-{number}")
    assert chapter.findings
    assert not told.findings.of("documents.not-told"), told.findings
    others = [c for c in told.document.chapters[1:-1] if c.key != chapter.key]
    assert all(c.state == "done" for c in others), [(c.title, c.findings.errors) for c in others if c.state != "done"]
    assert told.html() and (content != "spoilt" or told.pdf())


def test_a_damaged_or_enormous_picture_is_a_finding(full):
    name = "maps/cadastre.es.png"
    full.path(name).write_bytes(full.path(name).read_bytes()[:900])
    told = dossier(full, "es", today=TODAY)
    assert "documents.bad-picture" in told.findings.codes()
    assert told.pdf()


def test_a_folder_of_a_step_that_is_gone_is_said(full):
    shutil.rmtree(full.path("maps"))
    told = dossier(full, "es", today=TODAY)
    chapter = next(c for c in told.document.chapters if c.key == "step-06")
    assert chapter.state == "todo" and "portfolio.file-missing" in chapter.findings.codes()


def test_a_file_that_the_catalogue_names_and_that_is_gone_is_said(full):
    full.path("catalog/predios/predios.csv").unlink()
    assert "documents.file-absent" in dossier(full, "es", today=TODAY).findings.codes()


def test_what_people_write_is_text_in_every_format(empty, docx_words, pdf_words):
    hostile = '<script>alert(1)</script> #import "x" $x^2$ *b* {{ 7*7 }} & \x00\x0b\x1b ]]> @ref "q"'
    seen = '<script>alert(1)</script> #import "x" $x^2$ *b* {{ 7*7 }} & ]]> @ref "q"'
    Problem(statement=hostile, whys=[hostile], effects=[hostile], affected=[hostile]).save(empty)
    Impact.of(reuses=[{"who": hostile}]).save(empty)
    row = dict.fromkeys(KEYS, hostile) | {"access": "Público", "date": "2026-05"}
    Inventory.from_rows([row]).save(empty)
    told = dossier(empty, "es", today=TODAY)
    page = Page(told.html())
    assert squeezed(seen) in squeezed("".join(page.words))
    assert seen in docx_words(told.docx())
    assert squeezed(seen) in squeezed(pdf_words(told.pdf()))


def test_saving_keeps_what_was_there_and_is_no_step(full):
    before = full.steps_done()
    told = dossier(full, "es", today=TODAY)
    assert [p.name for p in told.save()] == ["dossier.html", "dossier.pdf", "dossier.docx"]
    dossier(full, "en", today=TODAY).save(formats=["html"])
    assert len(full.versions("dossier.html")) == 1 and full.steps_done() == before
    assert 'lang="es"' in full.versions("dossier.html")[0].stored.read_text(encoding="utf-8")
    assert not Portfolio.open(full.folder).findings


def test_a_format_that_does_not_exist_is_a_finding(full):
    with pytest.raises(KitError) as caught:
        dossier(full, "es").save(formats=["odt"])
    assert caught.value.findings.codes() == {"documents.format"}


def test_a_thousand_rows_are_told_in_every_format(empty, pdf_words):
    rows = [
        {"responsible": f"Área {n % 20}", "dataset": f"Conjunto {n // 3}", "resource": f"Recurso {n} del año",
         "description": "Una explicación de lo que contiene el recurso, con sus salvedades", "access": "Público",
         "reason": "No aplica", "platform": "Excel", "date": "2026-05"} for n in range(1000)
    ]  # fmt: skip
    Inventory.from_rows(rows).save(empty)
    told = dossier(empty, "es", today=TODAY)
    assert "Recurso 999 del año" in told.html()
    assert squeezed("Recurso 999 del año") in squeezed(pdf_words(told.pdf()))
    document = docx.Document(io.BytesIO(told.docx()))
    assert max(len(list(table._tbl.iter(qn("w:tr")))) for table in document.tables) == 1001


def test_findings_come_errors_first(told_in):
    (chapter,) = [c for c in told_in("es").document.chapters if c.key == "findings"]
    order = [level.mark for level in (Level.ERROR, Level.WARNING, Level.ADVICE)]
    for block in chapter.blocks:
        if isinstance(block, Grid):
            marks = [order.index(row[0][0]) for row in block.rows]
            assert marks == sorted(marks)


def test_the_overview_counts_what_is_open(told_in):
    told = told_in("es")
    (board,) = [b for b in told.document.chapters[0].blocks if isinstance(b, Grid)]
    counts = pd.DataFrame([row[2:] for row in board.rows]).astype(int).to_numpy().sum()
    assert counts == len(told.findings)
