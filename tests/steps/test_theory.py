"""Step 02: each way in which a chain can break, the link to the inventory, and the canvas on one page."""

from __future__ import annotations

import copy
import datetime as dt
import re
import time
import xml.etree.ElementTree as ET

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.inventory import Inventory
from kit.steps.problem import Problem
from kit.steps.theory import (
    DRAWING,
    LINKS,
    PRINT,
    Action,
    Assumption,
    DataNeed,
    Indicator,
    Stakeholder,
    Theory,
    box_name,
)

SVG = "{http://www.w3.org/2000/svg}"
WHOLE = {
    "date": dt.date(2027, 1, 15),
    "problem": "Los usuarios de la ruta 12 esperan 45 minutos de noche.",
    "change": "De noche se viaja en autobús con la misma confianza que de día.",
    "audience": ["Usuarios del turno nocturno"],
    "entry_point": "Las paradas de las fábricas",
    "actions": [
        {
            "name": "Publicar el horario",
            "who": "Transporte",
            "data": [{"name": "Horarios", "holder": "Transporte"}],
            "leads_to": ["Espera"],
        },
        {
            "name": "Contar a los que esperan",
            "who": "Vecinos",
            "data": [{"name": "Paradas", "holder": "Obras"}],
            "leads_to": ["Publicar el horario"],
        },
    ],
    "indicators": [
        {
            "name": "Espera",
            "unit": "minutos",
            "baseline": 45,
            "baseline_date": dt.date(2026, 12, 1),
            "target": 20,
            "date": dt.date(2028, 6, 30),
            "source": "Conteo en paradas",
            "better": "lower",
        }
    ],
    "benefits": ["Menos autos de noche"],
    "assumptions": [{"statement": f"Supuesto {link}", "link": link, "test": "Preguntar en mayo"} for link in LINKS],
    "stakeholders": [{"name": "Transportistas", "role": "deciden", "interest": "más pasaje"}],
}


def _set(path, value):
    data = copy.deepcopy(WHOLE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = data
    for part in way:
        here = here[part]
    here[last] = value
    return Theory.of(data)


def test_a_whole_theory_has_nothing_to_mend():
    assert Theory.of(WHOLE).check().lines() == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("problem", "", {("theory.empty-box", "problem")}),
        ("change", "", {("theory.empty-box", "change")}),
        ("audience", [], {("theory.empty-box", "audience")}),
        ("entry_point", "", {("theory.empty-box", "entry_point")}),
        ("benefits", [""], {("theory.empty-box", "benefits")}),
        ("stakeholders", [{}], {("theory.empty-box", "stakeholders")}),
        (
            "change",
            "De noche, los usuarios de la ruta 12 esperan 45 minutos",
            {("theory.change-is-the-problem", "change")},
        ),
        ("actions", [], {("theory.no-action", "actions"), ("theory.nothing-leads-here", "indicators.0.name")}),
        (
            "indicators",
            [],
            {
                ("theory.no-indicator", "indicators"),
                ("theory.unknown-indicator", "actions.0.leads_to"),
                ("theory.broken-chain", "actions.1.leads_to"),
            },
        ),
        (
            "actions.0.leads_to",
            [],
            {
                ("theory.broken-chain", "actions.0.leads_to"),
                ("theory.broken-chain", "actions.1.leads_to"),
                ("theory.nothing-leads-here", "indicators.0.name"),
            },
        ),
        ("actions.1.leads_to", ["Otra cosa"], {("theory.unknown-indicator", "actions.1.leads_to")}),
        ("actions.1.leads_to", ["contar a los que ESPERAN"], {("theory.loop", "actions.1.leads_to")}),
        (
            "actions.0.leads_to",
            ["Espera", "Contar a los que esperan"],
            {("theory.loop", "actions.0.leads_to"), ("theory.loop", "actions.1.leads_to")},
        ),
        ("actions.1.name", "", {("theory.unnamed", "actions.1.name")}),
        ("actions.1.name", "Espera", {("theory.same-name", "actions.1.name")}),
        ("actions.1.who", "", {("theory.nobody", "actions.1.who")}),
        ("actions.1.data", [], {("theory.no-data", "actions.1.data")}),
        ("actions.1.data", ["Paradas"], {("theory.no-holder", "actions.1.data.0.holder")}),
        (
            "actions.1.data",
            [{"name": "Paradas", "holder": "Obras"}, {"name": "paradas", "holder": "Obras"}],
            {("theory.need-twice", "actions.1.data")},
        ),
        ("indicators.0.unit", "", {("theory.indicator-incomplete", "indicators.0.unit")}),
        ("indicators.0.baseline", None, {("theory.indicator-incomplete", "indicators.0.baseline")}),
        ("indicators.0.source", "", {("theory.indicator-incomplete", "indicators.0.source")}),
        ("indicators.0.target", 45, {("theory.no-change", "indicators.0.target")}),
        ("indicators.0.target", 60, {("theory.wrong-direction", "indicators.0.target")}),
        ("indicators.0.better", "higher", {("theory.wrong-direction", "indicators.0.target")}),
        ("indicators.0.better", "", set()),
        ("indicators.0.baseline", 0, {("theory.wrong-direction", "indicators.0.target")}),
        ("indicators.0.date", dt.date(2026, 11, 1), {("theory.date-before-baseline", "indicators.0.date")}),
        ("indicators.0.date", dt.date(2027, 1, 10), {("theory.target-past", "indicators.0.date")}),
        ("assumptions", [], {("theory.no-assumption", "assumptions")}),
        ("assumptions.0.test", "", {("theory.untested-assumption", "assumptions.0.test")}),
        ("assumptions.2.link", "change", {("theory.link-without-assumption", "assumptions")}),
        (
            "assumptions.2.link",
            "",
            {
                ("theory.assumption-without-link", "assumptions.2.link"),
                ("theory.link-without-assumption", "assumptions"),
            },
        ),
        (
            "assumptions.2.statement",
            "",
            {("theory.unnamed", "assumptions.2.statement"), ("theory.link-without-assumption", "assumptions")},
        ),
    ],
)
def test_each_break_is_found_beside_its_field(path, value, expected, lang):
    found = _set(path, value).check()
    assert expected <= {(f.code, f.place.field) for f in found}
    assert {f.code for f in found} == {code for code, _ in expected}
    assert all(finding.line(lang) for finding in found)


def test_two_indicators_of_one_name_are_an_error():
    data = copy.deepcopy(WHOLE)
    data["indicators"].append({**data["indicators"][0], "name": "ESPERA"})
    assert Theory.of(data).check().codes() == {"theory.same-name"}


def test_a_theory_in_which_no_action_needs_data_is_no_open_data_work():
    data = copy.deepcopy(WHOLE)
    for action in data["actions"]:
        action["data"] = []
    assert "theory.no-open-data" in Theory.of(data).check().codes()


def test_without_a_date_of_the_theory_targets_must_lie_after_today():
    today = dt.date.today()
    for days, codes in ((-1, {"theory.target-past"}), (30, set())):
        data = copy.deepcopy(WHOLE)
        del data["date"], data["indicators"][0]["baseline_date"]
        data["indicators"][0]["date"] = today + dt.timedelta(days)
        assert Theory.of(data).check().codes() == codes


def test_files_of_the_first_version_still_load():
    old = {
        **WHOLE,
        "assumptions": [{"statement": "Sí hay gente", "test": "Contar"}],
        "stakeholders": ["Transportistas"],
    }
    old["actions"] = [{"name": "a", "who": "b", "data": ["Horarios"], "leads_to": ["Espera"]}]
    theory = Theory.of(old)
    assert theory.actions[0].data == [DataNeed(name="Horarios")]
    assert str(theory.stakeholders[0]) == "Transportistas"
    assert theory.check().errors.lines() == []


def test_a_label_is_known_for_every_field_in_both_languages(lang):
    parts = {"actions": Action, "actions.0.data": DataNeed, "indicators": Indicator, "assumptions": Assumption}
    parts["stakeholders"] = Stakeholder
    names = [*Theory.model_fields, *(f"{at}.1.{name}" for at, part in parts.items() for name in part.model_fields)]
    assert not [name for name in names if Theory.label(name) == name]
    assert box_name("benefits") == Theory.label("benefits")


# -- the other steps ---------------------------------------------------------------------------------------------------


def _inventory(*rows):
    keys = ("responsible", "dataset", "resource", "access")
    return Inventory.from_rows([dict(zip(keys, row, strict=True)) for row in rows])


@pytest.mark.parametrize(
    ("need", "row", "codes"),
    [
        (("Horarios", "Transporte"), ("Dirección de Transporte", "Horarios de autobús", "x", "Público"), set()),
        (("Horario del autobús 2015", ""), ("Transporte", "HORARIOS DE AUTOBUS", "x", "Público"), set()),
        (("Horarrios de autobús", ""), ("Transporte", "Horarios de autobús", "x", "Público"), set()),
        (("Paradas", ""), ("Transporte", "Rutas", "Paradas de autobús", "Público"), set()),
        (("Rutas", ""), ("Transporte", "Horarios", "x", "Público"), {"theory.data-not-in-inventory"}),
        (("Horarios", ""), ("Transporte", "Horarios", "x", "Privado"), {"theory.data-private"}),
        (("Horarios", ""), ("Transporte", "Horarios", "x", "Restringido"), {"theory.data-restricted"}),
        (("Horarios", "Tesorería"), ("Transporte", "Horarios", "x", "Público"), {"theory.other-holder"}),
        (("Zona 1", ""), ("Obras", "Zona 2", "x", "Público"), {"theory.data-not-in-inventory"}),
    ],
)
def test_each_need_for_data_is_held_against_the_inventory(need, row, codes, lang):
    theory = Theory.of(actions=[{"name": "a", "data": [{"name": need[0], "holder": need[1]}]}])
    found = theory.check_inventory(_inventory(row))
    assert found.codes() == codes
    assert all(f.place.field.startswith("actions.0.data.0.") and f.line(lang) for f in found)


def test_a_need_is_public_if_one_of_the_rows_that_answer_it_is():
    rows = _inventory(("T", "Horarios", "con nombres", "Privado"), ("T", "Horarios", "totales", "Público"))
    assert Theory.of(actions=[{"name": "a", "data": ["Horarios"]}]).check_inventory(rows).codes() == set()


def test_a_need_that_nothing_answers_names_what_looks_like_it():
    theory = Theory.of(actions=[{"name": "a", "data": ["Cobro del predial rústico"]}])
    (finding,) = theory.check_data(["Cobro del predial urbano", "Rutas", ""])
    assert finding.params["near"] == ["Cobro del predial urbano"]
    assert theory.check_data(["Rutas"])[0].params["near"] == ["-"]


def test_data_that_no_inventory_row_answers_is_named():
    theory = Theory.of(example("theory", "es"))
    found = theory.check_data(["PREDIOS DEL CATASTRO 2015", "Solicitudes de constancia catastral"])
    assert {f.params["data"] for f in found} == {"Recaudación del impuesto predial"}
    assert found.codes() == {"theory.data-not-in-inventory"}


def test_a_large_inventory_is_held_against_many_needs_in_a_moment():
    rows = _inventory(
        *((f"Área {n % 40}", f"Conjunto {n // 3} de obras", f"Recurso {n}", "Público") for n in range(3000))
    )
    theory = Theory.of(actions=[{"name": f"a{n}", "data": [f"Conjunto {n * 20} de obra"]} for n in range(40)])
    start = time.perf_counter()
    assert theory.check_inventory(rows).codes() == set()
    assert time.perf_counter() - start < 10


def test_the_problem_is_that_of_step_01(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    problem = Problem.of(example("problem", "es"))
    problem.save(portfolio)
    theory = Theory.from_problem(problem, change="x")
    assert theory.problem == problem.statement
    assert "theory.other-problem" not in theory.save(portfolio).codes()
    theory.problem = "Otro problema"
    (finding,) = theory.save(portfolio).of("theory.other-problem")
    assert finding.place.field == "problem"


def test_once_there_is_an_inventory_saving_looks_for_the_data_there(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    theory = Theory.of(WHOLE)
    assert theory.save(portfolio).lines() == []
    _inventory(("Transporte", "Horarios", "x", "Público")).save(portfolio)
    assert theory.save(portfolio).codes() == {"theory.data-not-in-inventory"}


# -- the canvas --------------------------------------------------------------------------------------------------------

_LONG = "La tesorería coteja cada mes el padrón con los pagos y avisa a las áreas de lo que no coincide. "
SIZES = {
    "empty": {},
    "whole": WHOLE,
    "twelve actions": {**WHOLE, "actions": [{"name": f"{n} {_LONG}", "leads_to": ["Espera"]} for n in range(12)]},
    "long": {**WHOLE, "problem": _LONG * 6, "audience": [_LONG] * 6, "assumptions": WHOLE["assumptions"] * 3},
    "overlong": {
        **WHOLE,
        "problem": _LONG * 50,
        "change": "supercalifragilístico" * 200,
        "actions": [{"name": _LONG * 20, "who": _LONG, "data": [_LONG] * 10, "leads_to": ["Espera"]}] * 40,
        "benefits": [_LONG * 20] * 40,
        "assumptions": [{"statement": _LONG * 30, "link": "actions"}] * 20 + [{"statement": _LONG * 9}] * 9,
    },
}


@pytest.mark.parametrize("size", SIZES)
def test_a_canvas_of_any_length_is_one_page_on_its_side(size, lang):
    theory = Theory.of(SIZES[size])
    tree = ET.fromstring(theory.drawing())
    width, height = (float(number) for number in tree.get("viewBox").split()[2:])
    assert width / height == pytest.approx(1.45, abs=0.01)
    assert width <= 1120 * 1.75
    for box in tree.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width")) <= width + 0.5
        assert float(box.get("y", 0)) + float(box.get("height")) <= height + 0.5
    for line in tree.iter(f"{SVG}tspan"):
        assert 0 < float(line.get("y")) < height


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize("size", ["empty", "whole", "overlong"])
def test_the_canvas_prints_on_one_page(size, paper):
    page = Theory.of(SIZES[size]).pdf(paper)
    assert len(re.findall(rb"/Type\s*/Page\b", page)) == 1


def test_what_does_not_fit_says_that_the_table_has_it():
    theory = Theory.of(SIZES["overlong"])
    assert messages.text("theory.more-in-table") in theory.drawing()
    assert messages.text("theory.more-in-table") not in Theory.of(WHOLE).drawing()
    assert _LONG.strip() in theory.tables()


def test_a_long_box_does_not_cut_the_others():
    data = {**copy.deepcopy(WHOLE), "problem": _LONG * 4, "actions": SIZES["overlong"]["actions"]}
    spans = [span.text for span in ET.fromstring(Theory.of(data).drawing()).iter(f"{SVG}tspan")]
    assert sum("no coincide" in text for text in spans) >= 4


def _places(drawing, words):
    tree = ET.fromstring(drawing)
    return [(float(t.get("x")), float(t.get("y"))) for t in tree.iter(f"{SVG}tspan") if words in (t.text or "")]


def test_an_assumption_stands_under_its_arrow_and_no_other():
    data = copy.deepcopy(WHOLE)
    data["assumptions"] = [{"statement": link.upper(), "link": link} for link in LINKS]
    drawing = Theory.of(data).drawing()
    marks = [float(c.get("cx")) for c in ET.fromstring(drawing).iter(f"{SVG}circle")]
    lefts = [_places(drawing, link.upper())[0][0] for link in LINKS]
    assert len(marks) == len(LINKS)
    assert all(left < mark < after for left, mark, after in zip(lefts, marks, [*lefts[1:], 1e9], strict=True))
    assert len({_places(drawing, link.upper())[0][1] for link in LINKS}) <= 3


def test_an_assumption_without_an_arrow_is_still_shown(lang):
    drawing = Theory.of({**WHOLE, "assumptions": [{"statement": "Flotante"}]}).drawing()
    assert _places(drawing, "Flotante") and _places(drawing, messages.text("theory.without-link"))


def test_actions_lead_to_the_letters_of_their_indicators_and_the_numbers_of_actions():
    tree = ET.fromstring(Theory.of(WHOLE).drawing())
    shown = [span.text for span in tree.iter(f"{SVG}tspan")]
    assert "→ A" in shown and "→ 1" in shown


@pytest.mark.parametrize("theme", THEMES)
def test_the_worked_cases_are_drawn_without_cutting_and_told_in_words(theme, lang):
    theory = Theory.of(example("theory", lang, theme))
    drawing = theory.drawing()
    assert "▸" not in drawing
    assert ET.fromstring(drawing).find(f"{SVG}desc").text == theory.describe()
    assert all(indicator.name in theory.describe() for indicator in theory.indicators)
    assert theory.tables().count("<table>") == 4


def test_the_drawing_and_the_page_to_print_are_saved(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    Theory.of(WHOLE).save(portfolio)
    assert "<svg" in portfolio.read_text(DRAWING)
    assert portfolio.read_bytes(PRINT).startswith(b"%PDF-")
