"""Pages to print: typst makes the PDF, from one wheel on every system, with fonts that come along.

What people wrote never becomes part of a program: it travels beside the typst source as data (``json("data.json")``)
or as a picture. The same source and files give the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

SANS = "DejaVu Sans"  # of matplotlib: the one sans serif with every Spanish sign that is on each machine
_PICTURE = """
#set document(title: sys.inputs.title, date: none)
#set page(paper: sys.inputs.paper, flipped: sys.inputs.landscape == "yes", margin: 10mm)
#set text(lang: sys.inputs.lang, font: sys.inputs.font)
#align(center + horizon, image("picture.svg", width: 100%, height: 100%, fit: "contain", alt: sys.inputs.alt))
"""
_ALONE = """
#set page(width: float(sys.inputs.width) * 1mm, height: auto, margin: 0mm)
#set text(font: sys.inputs.font)
#image("picture.svg", width: 100%)
"""


def pdf(
    source: str,
    files: Mapping[str, bytes] | None = None,
    inputs: Mapping[str, str] | None = None,
    *,
    standard: str | None = None,
) -> bytes:
    """The PDF of a typst source, without network and without the fonts that happen to be on the machine.

    Args:
        source: typst; written by the kit, never by a user.
        files: what it reads, by its name beside it.
        inputs: short texts, which it reads as ``sys.inputs``; ``font`` is always there.
        standard: that the PDF must meet, such as "ua-1" (accessible to screen readers).

    Raises:
        typst.TypstError: for a mistake in the source, which is ours.
    """
    return _compile(source, files or {}, inputs or {}, **({"pdf_standards": standard} if standard else {}))


def png(svg: bytes, *, dots_per_inch: int = 220, width: float = 160.0) -> bytes:
    """A drawing (SVG) as a PNG, for documents that cannot hold the drawing itself.

    Args:
        svg: the drawing.
        dots_per_inch: at the width on paper.
        width: on paper, in millimetres.
    """
    return _compile(_ALONE, {"picture.svg": svg}, {"width": str(width)}, format="png", ppi=float(dots_per_inch))


def _compile(source: str, files: Mapping[str, bytes], inputs: Mapping[str, str], **options: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder) / "main.typ"
        main.write_text(source, encoding="utf-8")
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return bytes(
            typst.compile(
                str(main),
                root=folder,
                font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
                ignore_system_fonts=True,
                sys_inputs={"font": SANS, **inputs},
                **options,
            )
        )


def picture_page(svg: str, *, title: str, alt: str, lang: str, paper: str = "a4", landscape: bool = True) -> bytes:
    """A drawing as a PDF of one page, as large as the page allows.

    Args:
        svg: the drawing.
        title: of the document.
        alt: the drawing in words, for a screen reader.
        lang: "es" or "en".
        paper: typst's name of the size: "a4", "a3", "us-letter".
        landscape: the page on its side.
    """
    inputs = {"title": title, "alt": alt, "lang": lang, "paper": paper, "landscape": "yes" if landscape else "no"}
    return pdf(_PICTURE, {"picture.svg": svg.encode("utf-8")}, inputs)
