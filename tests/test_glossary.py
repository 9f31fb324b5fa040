"""The glossary says each term once, in both languages, in order, and the planning lessons lead to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.words import unaccented

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "guide" / "glossary.md"
ROW = re.compile(r"^\| \*\*(?P<term>[^*]+)\*\*(?P<other>[^|]*)\|(?P<es>[^|]*)\|(?P<en>[^|]*)\|$")
PLANNING = sorted((ROOT / "notebooks" / "source").glob("0[0-2]-*.md"))
ASKED = (
    "Enlace Institucional de Datos Abiertos",
    "Administrador de Datos",
    "Consejo Institucional de Datos Abiertos",
    "Conjunto de datos",
    "Recurso",
    "Metadatos",
    "DCAT",
    "CKAN",
    "Plan de apertura",
    "IEDA",
    "Línea base",
    "Indicador",
    "Supuesto",
    "Teoría de cambio",
    "Dato personal",
    "Reserva",
    "Prueba de daño",
    "GTFS",
    "SESNSP",
    "Sendai",
)


def sections() -> list[list[re.Match[str]]]:
    """The rows of each section."""
    parts = GLOSSARY.read_text(encoding="utf-8").split("\n## ")[1:]
    return [[found for line in part.splitlines() if (found := ROW.match(line))] for part in parts]


def rows() -> list[re.Match[str]]:
    return [row for section in sections() for row in section]


def test_every_row_of_the_tables_is_a_term_with_words_in_both_languages():
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| **")]
    assert len(rows()) == len(lines) > 50
    for row in rows():
        assert row["es"].strip().endswith(".") and row["en"].strip().endswith("."), row["term"]
        assert row["es"].strip() != row["en"].strip(), row["term"]


def test_each_term_stands_once_and_each_section_is_in_alphabetical_order():
    terms = [row["term"] for row in rows()]
    assert len(set(terms)) == len(terms)
    for section in sections():
        order = [unaccented(row["term"]).lower() for row in section if not row["term"][0].isdigit()]
        assert order == sorted(order)


@pytest.mark.parametrize("term", ASKED)
def test_the_terms_that_a_newcomer_asks_for_are_there(term):
    assert term in {row["term"] for row in rows()}


@pytest.mark.parametrize("lesson", PLANNING, ids=lambda path: path.stem)
def test_the_planning_lessons_lead_to_the_glossary_in_both_languages(lesson):
    assert lesson.read_text(encoding="utf-8").count("(../../guide/glossary.md)") >= 2
