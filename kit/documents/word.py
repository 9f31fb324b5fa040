"""A document in Word's format: built on the template ``dossier.docx``, in named styles that a trainer can change."""

from __future__ import annotations

import copy
import io
from functools import singledispatchmethod
from pathlib import Path
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from kit import paper
from kit.documents.blocks import Bullets, Document, Grid, Heading, Paragraph, Picture
from kit.documents.templating import OWN, Template, to_bytes
from kit.findings import Findings, KitError
from kit.portfolio import Portfolio

BASE = "dossier.docx"
CONTENTS_MARK = "⟦contents⟧"  # what {{ indice }} becomes, until the contents take its place
_STYLES = {"": "Normal", "note": "Note", "lead": "Lead"}  # by their ids: their names are in the template's language
_TABLE_STYLE = "WorkshopTable"
_HIGHEST = Mm(200)
_HIGHEST_SIDEWAYS = Mm(150)
_TWIPS = 635  # EMU in a twentieth of a point


def to_docx(
    document: Document, portfolio: Portfolio | None = None, folder: Path | None = None
) -> tuple[bytes, Findings]:
    """The document as a Word file; a template of one's own that cannot be used is a finding, and the kit's is taken."""
    context = _cover(document)
    options = {"title": f"{document.title} · {document.government}", "author": document.government}
    findings = Findings()
    try:
        base = Template.find(BASE, document.lang, portfolio, folder).fill(context, lang=document.lang, **options)
    except KitError as problem:
        findings = problem.findings
        base = Template((OWN / document.lang / BASE).read_bytes(), BASE).fill(context, lang=document.lang, **options)
    return to_bytes(_Writer(base, document).write()), findings


def _cover(document: Document) -> dict[str, Any]:
    """What the template's cover may say, in the words of either language."""
    lines = [{"label": label, "value": value, "etiqueta": label, "valor": value} for label, value in document.cover]
    values = {"title": document.title, "government": document.government, "date": document.date, "cover": lines}
    words = {"titulo": "title", "gobierno": "government", "fecha": "date", "portada": "cover"}
    headings = {"contents_title": document.contents, "titulo_indice": document.contents}
    marks = {"contents": CONTENTS_MARK, "indice": CONTENTS_MARK}
    return values | {es: values[en] for es, en in words.items()} | headings | marks


class _Writer:
    """Puts blocks at the end of a Word document."""

    def __init__(self, base: WordDocument, document: Document) -> None:
        self.word = base
        self.document = document
        self.styles = {style.style_id: style for style in base.styles}
        self.bookmarks = 0
        self.sideways = False

    def write(self) -> WordDocument:
        """All chapters; then the list of contents where the template wants it."""
        for chapter, turned in self.document.pages():
            self._turn(False)
            heading = self._heading(chapter.title, 1)
            if not turned:
                heading.paragraph_format.page_break_before = False
                heading.paragraph_format.space_before = Pt(24)
            self._bookmark(heading, chapter.key)
            for block in chapter.blocks:
                self._turn(getattr(block, "wide", False))
                self._add(block)
        self._contents()
        return self.word

    def _turn(self, sideways: bool) -> None:
        """A new section when the page turns."""
        if sideways == self.sideways:
            return
        self.sideways = sideways
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        width, height = section.page_width, section.page_height
        if width is None or height is None:
            return
        if sideways == (height > width):
            section.page_width, section.page_height = height, width
        section.different_first_page_header_footer = False
        section.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT

    def _room(self) -> Emu:
        """The width between the margins."""
        section = self.word.sections[-1]
        return Emu(int(section.page_width or Mm(210)) - int(section.left_margin or 0) - int(section.right_margin or 0))

    def _heading(self, words: str, level: int) -> WordParagraph:
        return self._paragraph(words, f"Heading{level}")

    def _paragraph(self, words: str, style: str) -> WordParagraph:
        return self.word.add_paragraph(words, style=self.styles.get(style))

    @singledispatchmethod
    def _add(self, block: object) -> None:
        raise TypeError(type(block).__name__)

    @_add.register
    def _(self, block: Heading) -> None:
        self._heading(block.text, block.level)

    @_add.register
    def _(self, block: Paragraph) -> None:
        self._paragraph(block.text, _STYLES[block.style])

    @_add.register
    def _(self, block: Bullets) -> None:
        for item in block.items:
            self._paragraph(item, "ListNumber" if block.numbered else "ListBullet")

    @_add.register
    def _(self, block: Picture) -> None:
        highest = _HIGHEST_SIDEWAYS if block.wide else _HIGHEST
        width = min(int(self._room()), int(highest * block.ratio))
        content = block.content if block.kind == "png" else paper.png(block.content, width=Emu(width).mm)
        paragraph = self._paragraph("", "Figure")
        shape = paragraph.add_run().add_picture(io.BytesIO(content), width=Emu(width))
        shape._inline.docPr.set("descr", block.alt)
        shape._inline.docPr.set("title", block.caption)
        self._paragraph(block.caption, "Caption")

    @_add.register
    def _(self, block: Grid) -> None:
        caption = self._paragraph(block.caption, "Caption")
        caption.paragraph_format.keep_with_next = True
        widths = [int(self._room() * share) // _TWIPS for share in block.shares()]
        table = _table(block, widths, self._style_id(), small=block.wide)
        caption._p.addnext(table)
        after = self._paragraph("", "AfterTable")
        after.paragraph_format.keep_with_next = False

    def _style_id(self) -> str:
        return _TABLE_STYLE if _TABLE_STYLE in self.styles else "TableGrid"

    def _bookmark(self, paragraph: WordParagraph, name: str) -> None:
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), _mark_name(name))
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)

    def _contents(self) -> None:
        """Word's own field for a list of contents, filled already, so that it is there before anybody updates it."""
        place = next((p for p in self.word.paragraphs if CONTENTS_MARK in p.text), None)
        if place is None:
            return
        entries = self.document.headings()
        last = place._p
        for number, (key, title) in enumerate(entries):
            paragraph = copy.deepcopy(place._p)
            for run in list(paragraph):
                if run.tag != qn("w:pPr"):
                    paragraph.remove(run)
            last.addnext(paragraph)
            last = paragraph
            if number == 0:
                _field_begin(paragraph, 'TOC \\o "1-1" \\h \\z \\u')
            _entry(paragraph, _mark_name(key), title)
            if number == len(entries) - 1:
                _field_char(paragraph, "end")
        place._p.getparent().remove(place._p)


def _mark_name(key: str) -> str:
    return "taller_" + key.replace("-", "_")


def _run(parent: Any, *children: Any) -> None:
    run = OxmlElement("w:r")
    for child in children:
        run.append(child)
    parent.append(run)


def _text(words: str) -> Any:
    element = OxmlElement("w:t")
    element.text = words
    element.set(qn("xml:space"), "preserve")
    return element


def _field_char(parent: Any, kind: str, *, dirty: bool = False) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if dirty:
        mark.set(qn("w:dirty"), "true")
    _run(parent, mark)


def _field_begin(parent: Any, code: str, *, dirty: bool = False) -> None:
    """The part of a field before its result."""
    _field_char(parent, "begin", dirty=dirty)
    instruction = OxmlElement("w:instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    _run(parent, instruction)
    _field_char(parent, "separate")


def _entry(paragraph: Any, mark: str, title: str) -> None:
    """A line of the contents: the title, a tab, and the page of the bookmark, all a link to it."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), mark)
    link.set(qn("w:history"), "1")
    paragraph.append(link)
    _run(link, _text(title))
    _run(link, OxmlElement("w:tab"))
    _field_begin(link, f"PAGEREF {mark} \\h", dirty=True)
    _run(link, _text("·"))
    _field_char(link, "end")


def _table(block: Grid, widths: list[int], style: str, *, small: bool) -> Any:
    """A table as Word's XML: a thousand rows through python-docx's cells would take minutes."""
    table = OxmlElement("w:tbl")
    properties = OxmlElement("w:tblPr")
    _child(properties, "w:tblStyle", val=style)
    _child(properties, "w:tblW", w=str(sum(widths)), type="dxa")
    _child(properties, "w:tblLayout", type="fixed")
    _child(
        properties,
        "w:tblLook",
        val=f"{0x0400 + 0x20 * bool(block.head) + 0x80 * block.row_heads:04X}",  # the same as the words after it
        firstRow="1" if block.head else "0",
        firstColumn="1" if block.row_heads else "0",
        lastRow="0",
        lastColumn="0",
        noHBand="0",
        noVBand="1",
    )
    _child(properties, "w:tblCaption", val=block.caption)
    table.append(properties)
    layout = OxmlElement("w:tblGrid")
    for width in widths:
        _child(layout, "w:gridCol", w=str(width))
    table.append(layout)
    cell_style = "CellSmall" if small else "Cell"
    if block.head:
        table.append(_row(block.head, widths, cell_style, head=True))
    for row in block.rows:
        table.append(_row(row, widths, cell_style, head=False))
    return table


def _row(cells: tuple[str, ...], widths: list[int], style: str, *, head: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for words, width in zip(cells, widths, strict=False):
        cell = OxmlElement("w:tc")
        sizes = OxmlElement("w:tcPr")
        _child(sizes, "w:tcW", w=str(width), type="dxa")
        cell.append(sizes)
        paragraph = OxmlElement("w:p")
        shape = OxmlElement("w:pPr")
        _child(shape, "w:pStyle", val=style)
        paragraph.append(shape)
        run = OxmlElement("w:r")
        for number, line in enumerate(words.split("\n")):
            if number:
                run.append(OxmlElement("w:br"))
            run.append(_text(line))
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row


def _child(parent: Any, tag: str, **attributes: str) -> None:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
