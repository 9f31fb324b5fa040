"""A document as one HTML page: nothing outside it, headings in order, alt texts, and pages when it is printed."""

from __future__ import annotations

import base64
import html
from functools import singledispatch

from kit.documents.blocks import Bullets, Chapter, Document, Grid, Heading, Paragraph, Picture
from kit.messages import text

_FEW_COLUMNS = 3  # more of them do not fit on a telephone: they scroll inside their own frame
_STYLE = """
:root{--ink:#1a1a1a;--blue:#0b4f6c;--line:#c9d3da;--soft:#4a5560}
*{box-sizing:border-box}
body{font:16px/1.55 "Segoe UI","Helvetica Neue",Arial,sans-serif;color:var(--ink);background:#fff;margin:0}
main,header,nav{max-width:62rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:4rem;padding-bottom:1.5rem}
h1{font-size:2.2rem;line-height:1.15;margin:.2rem 0 .6rem;color:var(--blue)}
.government{font-size:1.25rem;font-weight:600;margin:0}.date{color:var(--soft);margin:0 0 1.5rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:0}dt{font-weight:600}dd{margin:0}
nav ol{columns:2;column-gap:3rem;padding-left:0;list-style:none}nav li{break-inside:avoid;margin:.2rem 0}
a{color:var(--blue)}a:focus,div.scroll:focus{outline:3px solid #d55e00;outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:#fff;padding:.5rem}
section{border-top:3px solid var(--blue);margin-top:3rem;padding-top:.5rem}
h2{font-size:1.6rem;color:var(--blue);line-height:1.25}h3{font-size:1.2rem;margin-top:2rem}h4{font-size:1rem}
p,li,dd,td,th,figcaption{overflow-wrap:anywhere;hyphens:auto}p{max-width:46rem}p,dd{white-space:pre-line}
.lead{font-size:1.1rem}.note{color:var(--soft);font-size:.92rem}
table{border-collapse:collapse;width:100%;font-size:.88rem;margin:1rem 0}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top;white-space:pre-line}
thead th{background:var(--blue);color:#fff}tbody th{font-weight:600}tbody tr:nth-child(even){background:#f3f6f8}
div.scroll{overflow-x:auto}div.scroll td,div.scroll th{overflow-wrap:break-word}
div.scroll table{min-width:40rem}
div.wide table{min-width:58rem}
figure{margin:1.5rem 0}figure img{display:block;max-width:100%;height:auto;margin:0 auto}
figcaption{font-weight:600;margin-top:.4rem;font-size:.92rem}
@media (max-width:44rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}nav ol{columns:1}
header{padding-top:2rem}}
@page{size:A4;margin:18mm 16mm}@page wide{size:A4 landscape;margin:14mm}
@media print{
body{font-size:10pt}header{min-height:22cm;padding-top:7cm}nav,section{break-before:page}section.on{break-before:auto;padding-top:1.5em}section{border-top:0;margin-top:0}
main,header,nav{max-width:none;padding:0}.skip{display:none}a{color:inherit;text-decoration:none}
h2,h3,h4,caption{break-after:avoid}tr,figure{break-inside:avoid}thead{display:table-header-group}
thead th{background:#fff;color:var(--ink);border-bottom:2px solid var(--ink)}
.wide{page:wide}div.scroll{overflow:visible}table,div.scroll table{min-width:0;font-size:8.5pt}
div.wide table{min-width:0;font-size:7.5pt}figure img{max-height:15.5cm}
}
"""


def to_html(document: Document) -> str:
    """The whole page."""
    title = html.escape(f"{document.title} · {document.government}")
    entries = "".join(f'<li><a href="#{key}">{html.escape(name)}</a></li>' for key, name in document.headings())
    cover = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in document.cover)
    return (
        f'<!doctype html>\n<html lang="{document.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">{html.escape(text("documents.html.skip"))}</a>\n'
        f'<header>\n<p class="government">{html.escape(document.government)}</p>\n'
        f'<h1>{html.escape(document.title)}</h1>\n<p class="date">{html.escape(document.date)}</p>\n'
        f'<dl>{cover}</dl>\n</header>\n<nav aria-labelledby="contents"><h2 id="contents">'
        f"{html.escape(document.contents)}</h2>\n<ol>{entries}</ol></nav>\n"
        f'<main id="main">\n{"".join(_chapter(*page) for page in document.pages())}</main>\n</body>\n</html>\n'
    )


def _chapter(chapter: Chapter, turned: bool) -> str:
    inside = "\n".join(_shown(block) for block in chapter.blocks)
    head = f'<h2 id="{chapter.key}">{html.escape(chapter.title)}</h2>'
    following = "" if turned else ' class="on"'
    return f'<section{following} aria-labelledby="{chapter.key}">{head}\n{inside}\n</section>\n'


@singledispatch
def _shown(block: object) -> str:
    raise TypeError(type(block).__name__)


@_shown.register
def _(block: Heading) -> str:
    level = block.level + 1
    return f"<h{level}>{html.escape(block.text)}</h{level}>"


@_shown.register
def _(block: Paragraph) -> str:
    kind = f' class="{block.style}"' if block.style else ""
    return f"<p{kind}>{html.escape(block.text)}</p>"


@_shown.register
def _(block: Bullets) -> str:
    tag = "ol" if block.numbered else "ul"
    return f"<{tag}>{''.join(f'<li>{html.escape(item)}</li>' for item in block.items)}</{tag}>"


@_shown.register
def _(block: Grid) -> str:
    columns = "".join(f'<col style="width:{share:.1%}">' for share in block.shares())
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in block.head)
    rows = "".join(f"<tr>{_cells(row, row_heads=block.row_heads)}</tr>" for row in block.rows)
    caption = html.escape(block.caption)
    table = (
        f"<table><caption>{caption}</caption><colgroup>{columns}</colgroup>"
        + (f"<thead><tr>{head}</tr></thead>" if head else "")
        + f"<tbody>{rows}</tbody></table>"
    )
    if not block.wide and len(block.head) <= _FEW_COLUMNS:
        return table
    label = html.escape(block.caption, quote=True)
    kind = "wide scroll" if block.wide else "scroll"
    return f'<div class="{kind}" role="region" tabindex="0" aria-label="{label}">{table}</div>'


def _cells(row: tuple[str, ...], *, row_heads: bool) -> str:
    cells = [html.escape(cell) for cell in row]
    first = f'<th scope="row">{cells[0]}</th>' if row_heads and cells else ""
    return first + "".join(f"<td>{cell}</td>" for cell in (cells[1:] if first else cells))


@_shown.register
def _(block: Picture) -> str:
    kind = "image/png" if block.kind == "png" else "image/svg+xml"
    source = base64.b64encode(block.content).decode("ascii")
    wide = ' class="wide"' if block.wide else ""
    return (
        f'<figure{wide}><img src="data:{kind};base64,{source}" alt="{html.escape(block.alt, quote=True)}">'
        f"<figcaption>{html.escape(block.caption)}</figcaption></figure>"
    )
