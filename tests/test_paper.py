"""Pages to print: one page, readable text, and the same bytes each time."""

from __future__ import annotations

import re

from kit.paper import pdf, picture_page
from kit.steps.examples import example
from kit.steps.theory import Theory


def test_a_canvas_prints_on_one_page(lang: str) -> None:
    drawing = Theory.of(example("theory", lang)).drawing()
    page = picture_page(drawing, title="Teoría de cambio", alt="…", lang=lang, paper="a3")
    assert page.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", page)) == 1
    assert page == picture_page(drawing, title="Teoría de cambio", alt="…", lang=lang, paper="a3")


def test_what_people_wrote_is_data_and_not_program() -> None:
    hostile = b'{"name": "#panic(\\"no\\") $x$ [*]"}'
    assert pdf('#text(json("data.json").name)', {"data.json": hostile}).startswith(b"%PDF-")
