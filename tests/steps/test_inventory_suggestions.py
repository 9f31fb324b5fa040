"""Step 03: suggestions name dataset, standard, holder and what must stay out, and become rows without a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.findings import KitError
from kit.steps import inventory as package
from kit.steps.inventory import KEYS, THEMES, Inventory, suggest, suggestions

SPANISH = {
    "catastro": "cadastre",
    "Movilidad": "mobility",
    "seguridad pública": "security",
    "resiliencia": "resilience",
}


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_has_a_dozen_suggestions_in_both_languages(theme):
    es, en = suggest(theme, lang="es"), suggest(theme, lang="en")
    assert es.shape == en.shape and len(es) >= 12 and es.shape[1] == 4
    assert not set(es.iloc[:, 0]) & set(en.iloc[:, 0])
    assert es.iloc[:, 0].is_unique and (es != "").all(axis=None) and (en != "").all(axis=None)


@pytest.mark.parametrize(("name", "theme"), SPANISH.items())
def test_a_theme_is_known_by_its_spanish_name(name, theme):
    assert suggestions(name).theme == theme


def test_an_unknown_theme_names_those_there_are():
    with pytest.raises(KitError) as caught:
        suggest("pesca")
    named = caught.value.findings[0].params["themes"]
    assert len(named) == len(THEMES) and all(len(suggest(name)) for name in named)


def test_what_was_not_seen_in_its_source_says_so(lang):
    mark = {"es": "(por confirmar)", "en": "(to be confirmed)"}[lang]
    for theme in THEMES:
        chosen = suggestions(theme)
        marked = [mark in cell for cell in chosen.frame().iloc[:, 1]]
        assert marked == [not suggestion.confirmed for suggestion in chosen] and any(marked) and not all(marked)
        assert "(K)" not in str(chosen) and chosen._repr_html_().count("<tr") == len(chosen) + 1


@pytest.mark.parametrize("theme", THEMES)
def test_the_rows_of_a_theme_lack_only_their_dates(theme, lang):
    inventory = Inventory.from_rows(suggestions(theme).rows())
    assert inventory.check().codes() == {"inventory.date-blank"}
    assert inventory.summary().public > inventory.summary().restricted
    assert set(suggestions(theme).rows()[0]) == set(KEYS)


def test_all_four_themes_stand_together_in_one_inventory():
    rows = [row for theme in THEMES for row in suggestions(theme, lang="es").rows()]
    assert Inventory.from_rows(rows).check().codes() == {"inventory.date-blank"}


def test_chosen_suggestions_are_added_once_and_numbered_after_the_last_row():
    chosen = suggestions("movilidad", lang="es").choose("Semáforos", "potholes")
    mine = Inventory.from_rows([{"dataset": "Rastro", "resource": "Sacrificios por mes"}]).with_rows(chosen.rows())
    assert mine.column("dataset").tolist() == ["Rastro", "Semáforos", "Baches reportados y atendidos"]
    assert mine.rows.tolist() == [2, 3, 4]
    assert mine.with_rows(chosen.rows()) == mine
    assert mine.with_rows(suggestions("movilidad", lang="es")[:1].rows()).rows.tolist() == [2, 3, 4, 5]


def test_a_suggestion_that_there_is_not_is_told_with_those_there_are():
    with pytest.raises(KitError, match=r"inventory\.unknown-suggestion") as caught:
        suggestions("movilidad", lang="es").choose("Trenes bala")
    assert "Semáforos" in caught.value.findings[0].params["known"]


@pytest.mark.parametrize("theme", THEMES)
def test_each_file_says_its_source_and_marks_what_is_unconfirmed(theme):
    path = Path(package.__file__).parent / "suggestions" / f"{theme}.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    assert "domain facts 3" in facts["source"] and "mark K" in facts["source"]
    assert len({entry["id"] for entry in facts["datasets"]}) == len(facts["datasets"])
