"""Makes the Word templates of ``kit/documents/templates`` out of the plain texts in ``scripts/word-templates``.

Run it after a change to a text or a style: ``python scripts/word_templates.py``. The same texts give the same bytes.

A line is a paragraph, ``[style] words``; without a style it is Normal. ``|~ 3 5`` begins a table with the widths of its
columns (``|~ 3 5 signatures`` for one without lines), ``|= a | b`` is its head, ``| a | b`` a row, ``|% for x in list``
and ``|% endfor`` repeat the rows between them. ``---`` is a new page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

sys.path.insert(0, str(Path(__file__).parents[1]))
from kit.documents.templating import OWN, to_bytes

TEXTS = Path(__file__).parent / "word-templates"
BLUE, SOFT, INK = RGBColor(0x0B, 0x4F, 0x6C), RGBColor(0x4A, 0x55, 0x60), RGBColor(0x1A, 0x1A, 0x1A)
FONT = "Arial"  # on every Windows and Mac; a trainer puts the government's own in the styles
LOCALES = {"es": "es-MX", "en": "en-US"}
TEXT_WIDTH = 170  # millimetres

# style id: name in Spanish and English, what it is based on, size, bold, colour, alignment, space before and after
STYLES: dict[str, tuple[str, str, str, float, bool, RGBColor, str, float, float]] = {
    "Lead": ("Entrada", "Lead", "Normal", 12.5, False, INK, "left", 0, 8),
    "Note": ("Nota", "Note", "Normal", 9, False, SOFT, "left", 0, 6),
    "Figure": ("Figura", "Figure", "Normal", 10.5, False, INK, "center", 6, 2),
    "Cell": ("Celda", "Cell", "Normal", 8.5, False, INK, "left", 1, 1),
    "CellSmall": ("Celda chica", "Cell small", "Normal", 7, False, INK, "left", 0, 0),
    "AfterTable": ("Tras tabla", "After table", "Normal", 6, False, INK, "left", 0, 4),
    "LetterData": ("Datos del oficio", "Letter data", "Normal", 10.5, False, INK, "right", 0, 2),
    "Addressee": ("Destinatario", "Addressee", "Normal", 10.5, True, INK, "left", 0, 0),
    "Closing": ("Despedida", "Closing", "Normal", 10.5, True, INK, "center", 12, 30),
    "Signature": ("Firma", "Signature line", "Normal", 10, False, INK, "center", 0, 0),
    "CoverName": ("Portada gobierno", "Cover government", "Normal", 16, True, INK, "left", 120, 6),
    "CoverLabel": ("Portada dato", "Cover label", "Normal", 9, False, SOFT, "left", 12, 0),
}
BUILT_IN = {  # name: size, bold, colour, before, after
    "Normal": (10.5, False, INK, 0, 7),
    "Title": (22, True, BLUE, 0, 6),
    "Subtitle": (12.5, False, SOFT, 0, 14),
    "Heading 1": (16, True, BLUE, 0, 10),
    "Heading 2": (12.5, True, BLUE, 14, 5),
    "Heading 3": (11, True, INK, 10, 4),
    "Caption": (9, True, INK, 6, 3),
    "Header": (9, True, SOFT, 0, 0),
    "Footer": (8, False, SOFT, 0, 0),
    "List Bullet": (10.5, False, INK, 0, 3),
    "List Number": (10.5, False, INK, 0, 3),
    "List Number 2": (10.5, False, INK, 0, 3),
    "Quote": (10.5, False, SOFT, 2, 8),
}
ALIGNMENT = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
TABLE_STYLES = """
<w:style {ns} w:type="table" w:customStyle="1" w:styleId="WorkshopTable"><w:name w:val="{workshop}"/>
<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
<w:tblPr><w:tblStyleRowBandSize w:val="1"/><w:tblBorders>{lines}</w:tblBorders>
<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>
<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="FFFFFF"/></w:rPr>
<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="0B4F6C"/></w:tcPr></w:tblStylePr>
<w:tblStylePr w:type="firstCol"><w:rPr><w:b/></w:rPr></w:tblStylePr>
<w:tblStylePr w:type="band2Horz"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="F3F6F8"/></w:tcPr></w:tblStylePr>
</w:style>"""
SIGNATURES_STYLE = """
<w:style {ns} w:type="table" w:customStyle="1" w:styleId="SignatureTable"><w:name w:val="{signatures}"/>
<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/></w:style>"""
LINE = '<w:{side} w:val="single" w:sz="4" w:space="0" w:color="C9D3DA"/>'


def main() -> None:
    """Write every template."""
    for lang in LOCALES:
        (OWN / lang).mkdir(parents=True, exist_ok=True)
        for path in sorted((TEXTS / lang).glob("*.txt")):
            document = blank(lang)
            write(document, path.read_text(encoding="utf-8"))
            (OWN / lang / f"{path.stem}.docx").write_bytes(to_bytes(document))


def blank(lang: str) -> Document:
    """An empty document with the styles, letterhead and page numbers of all templates."""
    document = docx.Document()
    for name, (size, bold, colour, before, after) in BUILT_IN.items():
        _shape(document.styles[name], size, bold, colour, before, after)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "Subtitle"):
        style = document.styles[name]
        style.font.italic = False
        style.paragraph_format.keep_with_next = True
    document.styles["Heading 1"].paragraph_format.page_break_before = True
    document.styles["Quote"].paragraph_format.left_indent = Mm(8)
    document.styles["List Number 2"].paragraph_format.left_indent = document.styles[
        "List Number"
    ].paragraph_format.left_indent
    border = document.styles["Title"].element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)
    for style_id, (es, en, base, size, bold, colour, align, before, after) in STYLES.items():
        style = document.styles.add_style(es if lang == "es" else en, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), style_id)
        style.base_style = document.styles[base]
        style.quick_style = True
        _shape(style, size, bold, colour, before, after)
        style.paragraph_format.alignment = ALIGNMENT[align]
        style.paragraph_format.keep_with_next = style_id in {"Closing", "Signature", "Addressee"} or None
    _contents_styles(document)
    _table_styles(document, lang)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), LOCALES[lang])
    _page(document, lang)
    properties = document.core_properties
    properties.author = properties.title = properties.comments = ""
    properties.language = LOCALES[lang]
    return document


def _shape(style: Any, size: float, bold: bool, colour: RGBColor, before: float, after: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.bold = True if bold else None  # None leaves it to the table that the paragraph stands in
    if colour is not INK or style.name.startswith(("Heading", "Caption")):
        style.font.color.rgb = colour
    fonts = style.element.rPr.rFonts
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(kind), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.1


def _contents_styles(document: Document) -> None:
    """The lines of a list of contents: a dotted leader and the page at the right."""
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), alignment=2, leader=1)
    style.paragraph_format.space_after = Pt(4)


def _table_styles(document: Document, lang: str) -> None:
    lines = "".join(LINE.format(side=side) for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    names = {"workshop": "Tabla del taller", "signatures": "Tabla de firmas"}
    if lang == "en":
        names = {"workshop": "Workshop table", "signatures": "Signature table"}
    for style in (TABLE_STYLES, SIGNATURES_STYLE):
        document.styles.element.append(parse_xml(style.format(ns=nsdecls("w"), lines=lines, **names)))


def _page(document: Document, lang: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(24), Mm(18)
    section.header_distance = section.footer_distance = Mm(11)
    header = section.header.paragraphs[0]
    header.text = "{{ gobierno }}" if lang == "es" else "{{ government }}"
    edge = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="8" w:space="4" w:color="0B4F6C"/></w:pBdr>'
    )
    header._p.get_or_add_pPr().append(edge)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    footer.add_run("Página " if lang == "es" else "Page ")
    _field(footer, "PAGE")
    footer.add_run(" / ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    for kind in ("begin", None, "separate", "result", "end"):
        run = paragraph.add_run()
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = f" {code} "
            run._r.append(element)
        elif kind == "result":
            run.text = "1"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def write(document: Document, words: str) -> None:
    """The paragraphs and tables of a text, in order."""
    lines = words.splitlines()
    ids = {style.style_id: style for style in document.styles}
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith("|~"):
            last = next((n for n in range(number + 1, len(lines)) if not lines[n].startswith("|")), len(lines))
            _table(document, ids, line, lines[number + 1 : last])
            number = last
            continue
        if line == "---":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif line == "[cover]":
            document.sections[0].different_first_page_header_footer = True
        elif line:
            name, _, rest = line[1:].partition("] ") if line.startswith("[") else ("", "", line)
            style = document.styles[name] if name in document.styles else ids.get(name, document.styles["Normal"])
            _words(document.add_paragraph(style=style), rest)
        number += 1


def _words(paragraph: Any, words: str) -> None:
    """The words, what stands between ** in bold."""
    for number, part in enumerate(words.split("**")):
        if part:
            paragraph.add_run(part).bold = True if number % 2 else None


def _table(document: Document, ids: dict[str, Any], first: str, lines: list[str]) -> None:
    given = first[2:].split()
    widths = [float(word) for word in given if word.replace(".", "").isdigit()]
    kind = "SignatureTable" if "signatures" in given else "WorkshopTable"
    table = document.add_table(rows=0, cols=len(widths))
    table.style = ids[kind]
    table.autofit = False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    has_head = any(line.startswith("|=") for line in lines)
    for name, value in (("firstRow", has_head), ("firstColumn", kind == "WorkshopTable"), ("noVBand", True)):
        look.set(qn(f"w:{name}"), "1" if value else "0")
    look.set(qn("w:val"), f"{0x0400 + 0x20 * has_head + 0x80 * (kind == 'WorkshopTable'):04X}")
    total = sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(TEXT_WIDTH * width / total)
    for line in lines:
        row = table.add_row()
        cut = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(cut)
        if line.startswith("|="):
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        if line.startswith("| ") and line.endswith("|"):
            row.height = Mm(9)  # somebody signs here
        cells = [f"{{%tr {line[2:].strip()} %}}"] if line.startswith("|%") else line.strip("|= ").split(" | ")
        for position, width in enumerate(widths):
            cell = row.cells[position]
            cell.width = Mm(TEXT_WIDTH * width / total)
            cell.paragraphs[0].style = ids["Signature" if kind == "SignatureTable" else "Cell"]
            _cell(cell, cells[position].strip() if position < len(cells) else "")
    spacer = document.add_paragraph(style=ids["AfterTable"])
    spacer.paragraph_format.keep_with_next = False


def _cell(cell: Any, words: str) -> None:
    """A cell's lines, separated by a slash between blanks."""
    style = cell.paragraphs[0].style
    for number, line in enumerate(words.split(" / ")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph(style=style)
        _words(paragraph, line.strip())


if __name__ == "__main__":
    main()
