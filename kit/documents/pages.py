"""A document as a PDF: tagged, with bookmarks, a page of contents, page numbers and alt texts (PDF/UA-1)."""

from __future__ import annotations

import json
from functools import singledispatch
from pathlib import Path
from typing import Any

from kit import paper
from kit.documents.blocks import Bullets, Chapter, Document, Grid, Heading, Paragraph, Picture
from kit.messages import text

STANDARD = "ua-1"
_SOURCE = Path(__file__).parent / "pages.typ"
_REGIONS = {"es": "mx", "en": "us"}
_UPRIGHT = (170, 215)  # millimetres that a picture may take, its caption left out
_SIDEWAYS = (269, 163)


def to_pdf(document: Document) -> bytes:
    """The document as a PDF."""
    files: dict[str, bytes] = {}
    data = {
        "lang": document.lang,
        "region": _REGIONS[document.lang],
        "title": document.title,
        "government": document.government,
        "date": document.date,
        "cover": document.cover,
        "contents": document.contents,
        "page": text("documents.page"),
        "chapters": [_chapter(chapter, turned, files) for chapter, turned in document.pages()],
    }
    files["document.json"] = json.dumps(data, ensure_ascii=False).encode("utf-8")
    return paper.pdf(_SOURCE.read_text(encoding="utf-8"), files, standard=STANDARD)


def _chapter(chapter: Chapter, turned: bool, files: dict[str, bytes]) -> dict[str, Any]:
    blocks = []
    for block in chapter.blocks:
        data = _data(block)
        if isinstance(block, Picture):
            data["file"] = f"picture-{len(files)}.{block.kind}"
            files[data["file"]] = block.content
        blocks.append(data)
    return {"title": chapter.title, "turned": turned, "blocks": blocks}


@singledispatch
def _data(block: object) -> dict[str, Any]:
    raise TypeError(type(block).__name__)


@_data.register
def _(block: Heading) -> dict[str, Any]:
    return {"kind": "heading", "text": block.text, "level": block.level}


@_data.register
def _(block: Paragraph) -> dict[str, Any]:
    return {"kind": "paragraph", "text": block.text, "style": block.style}


@_data.register
def _(block: Bullets) -> dict[str, Any]:
    return {"kind": "bullets", "items": block.items, "numbered": block.numbered}


@_data.register
def _(block: Grid) -> dict[str, Any]:
    return {
        "kind": "grid",
        "head": block.head,
        "rows": block.rows,
        "caption": block.caption,
        "widths": block.shares(),
        "row_heads": block.row_heads,
        "wide": block.wide,
    }


@_data.register
def _(block: Picture) -> dict[str, Any]:
    width, height = _SIDEWAYS if block.wide else _UPRIGHT
    return {
        "kind": "picture",
        "alt": block.alt,
        "caption": block.caption,
        "width": min(width, height * block.ratio),
        "wide": block.wide,
    }
