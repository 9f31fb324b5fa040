"""Step 04: scores become a ranking whose firmness is shown, and a plan on the official template judged by rules."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from kit import messages
from kit.findings import KitError
from kit.portfolio import Portfolio
from kit.steps.examples import example as worked_case
from kit.steps.inventory import Inventory, city
from kit.steps.inventory import example as example_inventory
from kit.steps.plan import (
    CRITERIA,
    FREQUENCIES,
    HEADERS,
    Item,
    Plan,
    blank_scores,
    calendar,
    criteria,
    example,
    frequencies,
    frequency_code,
    margins,
    work_steps,
)
from kit.steps.plan.facts import frequency_word, is_interval
from kit.steps.plan.priorities import points, ranks, stability
from kit.steps.readiness import Readiness

START = dt.date(2015, 8, 18)


@pytest.fixture(scope="module")
def inventory():
    return Inventory.read(example_inventory())[0]


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


def made(inventory, **changes):
    """Valle Abierto's plan with other arguments; ``item0_date="x"`` changes a field of a dataset of the plan."""
    fields = {name: value for name, value in changes.items() if name.startswith("item")}
    plan = Plan.from_inventory(inventory, **{**example(), **{k: v for k, v in changes.items() if k not in fields}})
    for name, value in fields.items():
        place, field = name.removeprefix("item").split("_")
        setattr(plan.items[int(place)], field, value)
    return plan


def officials(**changes):
    people = {role: dict(person) for role, person in example()["officials"].items()}
    for name, value in changes.items():
        role, field = name.split("_")
        people[role][field] = value
    return people


def scores(**changes):
    return {**example()["scores"], **changes}


# -- rules ------------------------------------------------------------------------------------------------------------

FAULTS = [
    ({"vision": ""}, "plan.no-vision", ()),
    ({"officials": {"liaison": None}}, "plan.official-missing", ()),
    ({"officials": officials(liaison_position="")}, "plan.official-incomplete", ()),
    ({"officials": officials(liaison_email="")}, "plan.official-incomplete", ()),
    ({"officials": officials(administrator_email="julián@valle")}, "plan.email", ()),
    ({"officials": officials(administrator_email="julian@gmail.com")}, "plan.email-personal", ()),
    ({"officials": officials(administrator_name="MARIANA ORTEGA")}, "plan.one-person", ()),
    ({"choose": []}, "plan.empty", ()),
    ({"scores": {}, "choose": ["Predios del catastro"]}, "plan.nothing-prioritised", ()),
    ({"item1_frequency": ""}, "plan.blank", (3,)),
    ({"item1_date": ""}, "plan.blank", (3,)),
    ({"item0_dataset": ""}, "plan.blank", (2,)),
    ({"item2_description": ""}, "plan.no-description", (4,)),
    ({"item2_dataset": "predios del catastro"}, "plan.dataset-repeated", (4,)),
    ({"item0_frequency": "de vez en cuando"}, "plan.frequency-unknown", (2,)),
    ({"item0_frequency": "R/P1X"}, "plan.frequency-unknown", (2,)),
    ({"item0_frequency": "R/P18M"}, "plan.frequency-uncommon", (2,)),
    ({"item0_date": "31/10/2015"}, "plan.date-format", (2,)),
    ({"item0_date": "2015-02-30"}, "plan.date-format", (2,)),
    ({"item0_date": "2015-08"}, "plan.date-format", (2,)),
    ({"item0_date": "2015-08-17"}, "plan.date-past", (2,)),
    ({"item0_date": "2016-08-18"}, "plan.ieda-late", (2,)),
    ({"item3_dataset": "Semáforos"}, "plan.not-in-inventory", (5,)),
    ({"choose": ["Predios del catastro", "Resguardo de sistemas municipales"]}, "plan.private-dataset", (3,)),
    ({"scores": scores(Semáforos={"ieda": 5})}, "plan.scored-not-in-inventory", ()),
    ({"scores": scores(**{"Predios del catastro": {"ieda": 7}})}, "plan.score-out-of-range", ()),
    ({"effort": {"Predios del catastro": 9}}, "plan.effort-out-of-range", ()),
    (
        {"scores": scores(**{"Predios del catastro": {"ieda": 5}}), "choose": ["Predios del catastro"]},
        "plan.not-scored",
        (),
    ),
    ({"effort": {}}, "plan.no-effort", ()),
]

BESIDE = [  # what is changed, the code, the field beside which a form shows it
    ({"vision": ""}, "plan.no-vision", "vision"),
    ({"officials": {"liaison": None}}, "plan.official-missing", "administrator"),
    (
        {"officials": officials(liaison_name="", liaison_position="", liaison_email="")},
        "plan.official-missing",
        "liaison",
    ),
    ({"officials": officials(liaison_position="")}, "plan.official-incomplete", "liaison.position"),
    ({"officials": officials(administrator_email="julián@valle")}, "plan.email", "administrator.email"),
    ({"officials": officials(liaison_email="a@gmail.com")}, "plan.email-personal", "liaison.email"),
    ({"officials": officials(administrator_name="mariana ortega")}, "plan.one-person", "administrator.name"),
]

FINE = [
    ({"item0_date": "2015-08-18"}, "plan.date-past"),
    ({"item0_date": "2016-08-17"}, "plan.ieda-late"),
    ({"item5_date": "2018-01-01"}, "plan.ieda-late"),
    ({"item0_frequency": "trimestral"}, "plan.frequency-unknown"),
    ({"item0_frequency": "R/P1D"}, "plan.frequency-uncommon"),
    ({"item0_dataset": "PREDIOS DEL CATASTRO"}, "plan.not-in-inventory"),
    ({"officials": officials(liaison_email="m.ortega+datos@sub.valle-abierto.gob.mx")}, "plan.email"),
    ({"scores": scores(**{"Predios del catastro": dict.fromkeys(CRITERIA, "sí")})}, "plan.score-out-of-range"),
]


def test_the_plan_of_valle_abierto_has_nothing_to_mend(inventory):
    assert made(inventory).check().lines() == []


@pytest.mark.parametrize(("changes", "code", "rows"), FAULTS, ids=[f"{f[1]}-{n}" for n, f in enumerate(FAULTS)])
def test_each_rule_finds_its_fault_in_its_rows_and_says_it_in_both_languages(changes, code, rows, inventory):
    found = made(inventory, **changes).check()
    assert rows in [finding.place.rows for finding in found.of(code)]
    assert all(finding.line(lang) for finding in found for lang in messages.LANGUAGES)


@pytest.mark.parametrize(("changes", "code", "field"), BESIDE, ids=[f[2] for f in BESIDE])
def test_what_is_wrong_with_vision_or_officials_stands_beside_its_field(changes, code, field, inventory):
    found = made(inventory, **changes).check().of(code)
    assert field in [finding.place.field for finding in found]
    assert {finding.place.item for finding in found} == {None}


@pytest.mark.parametrize(("changes", "code"), FINE, ids=[f"{f[1]}-{n}" for n, f in enumerate(FINE)])
def test_no_rule_invents_a_fault(changes, code, inventory):
    assert code not in made(inventory, **changes).check().codes()


def test_every_rule_of_the_catalogue_has_a_failing_example():
    raised = {code for _, code, _ in FAULTS}
    raised |= {"plan.no-inventory", "plan.not-a-plan", "plan.unknown-criterion", "plan.unknown-role", "plan.weights"}
    raised |= {"plan.score-unreadable", "plan.chart-not-written", "plan.start", "plan.unknown-revision"}
    raised |= {"plan.topics-read", "plan.no-such-item"}
    raised |= {"plan.columns-missing", "plan.columns-added", "plan.several-values", "plan.dates-read"}
    known = {key[:-5] for key in messages.catalogue("es") if key.startswith("plan.") and key.endswith(".mend")}
    assert known == raised


@pytest.mark.parametrize(
    ("basis", "code", "field"),
    [
        ({"weights": {"ieda": -1}}, "plan.weights", "weights.ieda"),
        ({"weights": dict.fromkeys(CRITERIA, 0)}, "plan.weights", "weights"),
        ({"weights": {"demanda": 1}}, "plan.unknown-criterion", "weights"),
        ({"scores": {"a": {"demanda": 1}}}, "plan.unknown-criterion", "weights"),
    ],
)
def test_weights_that_somebody_typed_into_the_file_are_judged_and_ranked_nevertheless(basis, code, field, inventory):
    plan = made(inventory)
    plan = Plan.of({**plan.to_data(), **basis})
    assert field in [finding.place.field for finding in plan.check(inventory).of(code)]
    assert len(plan.scoreboard()) and plan.check(inventory).lines("en")


def test_without_a_start_dates_count_from_today(inventory):
    plan = made(inventory, start=None)
    assert "plan.date-past" in plan.check().codes()
    assert "plan.date-past" not in plan.check(today=START).codes()


def test_a_plan_alone_says_that_it_was_held_against_no_inventory():
    assert "plan.no-inventory" in Plan.of().check().codes()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scores": {"Predios del catastro": {"demanda": 5}}}, "plan.unknown-criterion"),
        ({"scores": {"Predios del catastro": {"ieda": "mucho"}}}, "plan.score-unreadable"),
        ({"weights": {"demanda": 1}}, "plan.unknown-criterion"),
        ({"weights": {"ieda": -1}}, "plan.weights"),
        ({"weights": {"ieda": "mucho"}}, "plan.weights"),
        ({"weights": dict.fromkeys(CRITERIA, 0)}, "plan.weights"),
        ({"officials": {"enlace": {"name": "x"}}}, "plan.unknown-role"),
        ({"start": "mañana"}, "models.wrong-type"),
    ],
)
def test_what_cannot_be_computed_stops_with_a_finding(changes, code, inventory):
    with pytest.raises(KitError, match=code):
        made(inventory, **changes)


# -- priorities -------------------------------------------------------------------------------------------------------


def test_points_are_the_weighted_share_of_the_top_score():
    table = np.array([[5, 5, 5, 5, 5, 5, 5], [5, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]], dtype=float)
    weights = np.array([3, 1, 1, 1, 1, 1, 2], dtype=float)
    assert points(table, weights).tolist() == [100, 30, 0]


def test_equal_points_share_the_better_place():
    assert ranks(np.array([10.0, 30.0, 30.0, 5.0])).tolist() == [3, 1, 1, 4]


def test_scores_may_be_numbers_yes_or_no_in_a_table_or_in_dictionaries(inventory):
    table = pd.DataFrame({"ieda": ["sí", None], "requests": [True, "no"], "soon": ["2,5", 4]}, index=["a", "b"])
    plan = Plan.from_inventory(inventory, table)
    assert plan.scores["a"] == {"ieda": 5, "requests": 5, "soon": 2.5}
    assert plan.scores["b"] == {"requests": 0, "soon": 4}


def test_weights_are_one_unless_said_and_stand_in_the_ranking(inventory, lang):
    plan = made(inventory, weights={"requests": 2})
    assert plan.weights == {name: 2.0 if name == "requests" else 1.0 for name in CRITERIA}
    heads = list(plan.ranking().columns)
    assert sum("2" in head for head in heads) == 1 and len(heads) == 4 + len(CRITERIA)


def test_the_ranking_follows_the_weights(inventory):
    only = {name: 1.0 if name == "already_digital" else 0.0 for name in CRITERIA}
    assert made(inventory, weights=only).scoreboard()["dataset"][0] == "Tablas de valores unitarios"
    assert made(inventory).scoreboard()["dataset"][0] == "Predios del catastro"


def test_sensitivity_is_the_same_for_a_seed_and_says_how_often_a_dataset_stays_on_top(inventory):
    plan = made(inventory)
    table = plan.sensitivity(top=3, draws=400)
    assert table.equals(plan.sensitivity(top=3, draws=400))
    assert not table.equals(plan.sensitivity(top=3, draws=400, seed=1))
    share, best, worst = (table.iloc[:, i] for i in (2, 3, 4))
    assert share.between(0, 100).all() and (best <= table.iloc[:, 0]).all() and (table.iloc[:, 0] <= worst).all()
    assert share[0] == 100 and share.iloc[-1] == 0
    assert share.sum() >= 300  # three places, shared at most upwards by ties


def test_without_spread_every_place_is_firm():
    table, weights = np.array([[5.0] * 7, [1.0] * 7, [3.0] * 7]), np.ones(7)
    share, best, worst = stability(table, weights, 2, draws=10, spread=0, seed=0)
    assert share.tolist() == [1, 0, 1] and best.tolist() == worst.tolist() == [1, 3, 2]


def test_two_datasets_that_trade_criteria_change_places_about_half_of_the_time():
    table = np.zeros((2, 7))
    table[0, 0] = table[1, 1] = 5
    share, _, _ = stability(table, np.ones(7), 1, draws=4000, spread=0.5, seed=3)
    assert share == pytest.approx([0.5, 0.5], abs=0.04)


def test_the_table_to_fill_in_knows_what_the_inventory_knows(inventory):
    table = blank_scores(inventory, soon="2015-10")
    assert list(table.columns) == list(CRITERIA) and len(table) == inventory.summary().datasets
    assert table.loc["Resguardo de sistemas municipales", ["public_resource", "soon"]].tolist() == [0, 0]
    assert table.loc["Predios del catastro", ["public_resource", "soon"]].tolist() == [5, 5]
    assert table["requests"].isna().all() and blank_scores(inventory)["soon"].isna().all()


def test_the_chart_names_every_dataset_in_its_alt_text_and_tells_shapes_apart(inventory, tmp_path, lang):
    plan = made(inventory)
    alt = plan.chart(tmp_path / "chart.svg")
    assert alt == plan.describe() and messages.text("plan.quarter.first") in alt and "Predios del catastro" in alt
    assert ET.parse(tmp_path / "chart.svg").getroot().tag.endswith("svg")
    axes = plan.picture().axes[0]
    assert len({str(c.get_paths()[0].vertices.shape) for c in axes.collections[:2]}) == 2
    numbers = {number for text in axes.texts for number in text.get_text().split(", ") if number.isdigit()}
    assert numbers == {str(n) for n in range(1, len(plan.scoreboard()) + 1)}


@pytest.mark.parametrize("number", [1, 40, 120])
def test_the_numbers_of_the_chart_stand_apart_however_many_there_are(number):
    generator = np.random.default_rng(number)
    names = [f"Conjunto {n}" for n in range(number)]
    plan = Plan.of(
        scores={name: {c: int(generator.integers(0, 6)) for c in CRITERIA} for name in names},
        effort={name: int(generator.integers(1, 6)) for name in names},
    )
    figure = plan.picture()
    FigureCanvasAgg(figure).draw()
    numbers = [t for t in figure.axes[0].texts if t.get_text().split(",")[0].isdigit()]
    boxes = [Text.get_window_extent(t) for t in numbers]  # without the line to the dot
    together = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if a.overlaps(b)]
    assert together == [] and sum(len(t.get_text().split(", ")) for t in numbers) == number


def test_the_table_beside_the_chart_says_the_same(inventory, lang):
    table = made(inventory).chart_table()
    assert table.iloc[0, 1] == "Predios del catastro" and table.iloc[0, 3] == 4
    assert table.iloc[0, 4] == messages.text("plan.quarter.large") and len(table) == 11


def test_the_chart_draws_what_was_scored_and_says_how_many_it_leaves_out(lang):
    plan = Plan.from_inventory(city(), **example("mobility"))
    judged = {*plan.scores, *plan.effort}
    assert set(plan.chart_table().iloc[:, 1]) == judged
    left = len(plan.scoreboard()) - len(judged)
    assert left > 60 and messages.text("plan.chart.left-out", n=left) in plan.describe()


def test_a_dataset_that_nobody_scored_is_not_called_firm(inventory):
    only = "Predios del catastro"
    plan = Plan.from_inventory(inventory, scores={only: dict.fromkeys(CRITERIA, 5)})
    assert messages.text("plan.firm.firm", n=1, top=5, names=[only]) in plan.firmness(top=5)


def test_a_plan_without_scores_has_an_empty_chart(inventory):
    plan = Plan.from_inventory(inventory)
    assert plan.chart_table().empty and plan.picture().axes
    assert str(len(plan.scoreboard())) in plan.describe()


def test_datasets_on_one_spot_are_both_numbered(inventory):
    names = ["Predios del catastro", "Manzanas catastrales"]
    plan = made(
        inventory, scores=scores(**dict.fromkeys(names, dict.fromkeys(CRITERIA, 5))), effort=dict.fromkeys(names, 2)
    )
    assert "1, 2" in [text.get_text() for text in plan.picture().axes[0].texts]


def test_a_chart_that_cannot_be_written_is_a_finding(inventory, tmp_path):
    with pytest.raises(KitError, match=r"plan\.chart-not-written"):
        made(inventory).chart(tmp_path / "nowhere" / "chart.png")


# -- what a single weight would change ------------------------------------------------------------------------------


def places(table, weights):
    return ranks(points(table, weights))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.lists(st.integers(0, 5), min_size=7, max_size=7), min_size=2, max_size=8),
    weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=7, max_size=7).filter(any),
    top=st.integers(1, 4),
)
def test_the_weight_named_is_where_a_dataset_crosses_the_line_of_the_first(rows, weights, top):
    table, weights = np.array(rows, dtype=float), np.array(weights)
    before = places(table, weights) <= top
    for row, change in enumerate(margins.tipping(table, weights, top)):
        steps = [0, 0.25, 0.75, 1.5, 3, 9, 40] if change is None else []
        for other in steps:  # no weight that was tried changes what none is said to change
            for j in range(7):
                tried = weights.copy()
                tried[j] = other
                assert not tried.any() or (places(table, tried)[row] <= top) == before[row]
        if change is not None:
            for size, crossed in ((1.00001 if before[row] else 1, True), (0.98, False)):
                tried = weights.copy()
                tried[change.criterion] = max(0, change.now + (change.needed - change.now) * size)
                if change.size > 0.05 and tried.any():
                    assert (places(table, tried)[row] <= top) == (before[row] != crossed)


def test_the_first_two_trade_places_at_the_weight_named():
    table = np.array([[5, 0, 5, 5, 5, 5, 5], [0, 4, 5, 5, 5, 5, 5]], dtype=float)
    change = margins.swap(table, np.ones(7), 0, 1)
    assert (change.criterion, change.now, change.needed) == (0, 1, 0.8)
    assert margins.swap(np.array([[5.0] * 7, [4.0] * 7]), np.ones(7), 0, 1) is None


def test_the_ranking_is_explained_in_words(inventory, lang):
    words = made(inventory).firmness()
    assert "Predios del catastro" in words and "3.5" in words and "Tablas de valores unitarios" in words
    assert messages.text("plan.firm.nothing") == Plan().firmness()
    same = Plan.of(scores={"a": {"ieda": 3}, "b": {"ieda": 3}})
    assert messages.text("plan.firm.tie", first="a", second="b") in same.firmness(1)
    ahead = Plan.of(scores={"a": {"ieda": 5, "soon": 5}, "b": {"ieda": 3}})
    assert messages.text("plan.firm.no-swap", first="a", second="b") in ahead.firmness(1)


def test_the_table_of_single_weights_says_who_leaves_and_who_enters(inventory, lang):
    table = made(inventory).tipping(6)
    assert table.iloc[4, 5] == messages.text("plan.effect.leaves", top=6)
    assert table.iloc[6, 5] == messages.text("plan.effect.enters", top=6)
    assert table.iloc[0, 5] == messages.text("plan.effect.none") and table.iloc[0, 2] == "-"


def test_a_hundred_and_twenty_datasets_are_ranked_at_once():
    names = [f"Conjunto {n}" for n in range(120)]
    cells = {"responsible": "DG", "resource": "r", "description": "d", "access": "Público", "platform": "excel"}
    inventory = Inventory.from_rows([{**cells, "dataset": name, "date": "2015-10"} for name in names])
    plan = Plan.from_inventory(inventory, {name: {"ieda": n % 6} for n, name in enumerate(names)}, choose=30)
    started = time.perf_counter()
    plan.set_weight("ieda", 2)
    plan.scoreboard()
    assert time.perf_counter() - started < 0.2


# -- changing a plan piece by piece -----------------------------------------------------------------------------------


def test_a_weight_a_score_and_an_effort_are_set_and_taken_away(inventory):
    plan = made(inventory)
    plan.set_weight("ieda", "3")
    plan.set_score("predios del catastro", "soon", "no")
    plan.set_effort("PREDIOS DEL CATASTRO", 1)
    assert (plan.weights["ieda"], plan.scores["Predios del catastro"]["soon"]) == (3, 0)
    assert plan.effort["Predios del catastro"] == 1
    plan.set_weight("ieda", None)
    plan.set_score("Predios del catastro", "soon", "")
    plan.set_effort("Predios del catastro", None)
    assert "ieda" not in plan.weights and "Predios del catastro" not in plan.effort
    assert "soon" not in plan.scores["Predios del catastro"] and plan.ranking().shape[0] == 11


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: p.set_weight("demanda", 1), "plan.unknown-criterion"),
        (lambda p: p.set_weight("ieda", -1), "plan.weights"),
        (lambda p: p.set_weight("ieda", "mucho"), "plan.weights"),
        (lambda p: p.set_score("Predios del catastro", "demanda", 1), "plan.unknown-criterion"),
        (lambda p: p.set_score("Predios del catastro", "ieda", "mucho"), "plan.score-unreadable"),
        (lambda p: p.set_effort("Predios del catastro", "poco"), "plan.score-unreadable"),
        (lambda p: p.set_item("Semáforos", date="2015-10-01"), "plan.no-such-item"),
        (lambda p: p.set_item(99, date="2015-10-01"), "plan.no-such-item"),
        (lambda p: p.set_item(0, fecha="2015-10-01"), "models.unknown-field"),
        (lambda p: p.set_official("alcalde", name="x"), "plan.unknown-role"),
        (lambda p: p.tasks("mañana"), "plan.start"),
    ],
)
def test_what_cannot_be_set_is_a_finding_and_leaves_the_plan_as_it_was(change, code, inventory):
    plan = made(inventory)
    with pytest.raises(KitError, match=code.replace(".", r"\.")):
        change(plan)
    assert plan == made(inventory)


def test_datasets_go_in_with_what_the_inventory_knows_and_out_again(inventory):
    plan = made(inventory, choose=["Predios del catastro"])
    plan.choose("manzanas catastrales", "Predios del catastro")
    assert [item.dataset for item in plan.items] == ["Predios del catastro", "Manzanas catastrales"]
    assert plan.items[1].date == "2015-10-31" and plan.items[1].description
    plan.unchoose("PREDIOS DEL CATASTRO")
    assert [item.dataset for item in plan.items] == ["Manzanas catastrales"]
    plan.choose("Semáforos")
    assert plan.items[1] == Item(dataset="Semáforos") and "plan.not-in-inventory" in plan.check().codes()


def test_choosing_the_best_keeps_what_was_agreed(inventory):
    plan = made(inventory, choose=1)
    plan.set_item(0, frequency="semanal", date=dt.date(2015, 9, 1))
    plan.choose_best(2)
    assert [item.dataset for item in plan.items] == ["Predios del catastro", "Recaudación del impuesto predial"]
    assert (plan.items[0].frequency, plan.items[0].date) == ("R/P1W", "2015-09-01")
    plan.move_item("Predios del catastro", 1)
    assert plan.items[1].dataset == "Predios del catastro"


def test_the_officials_are_filled_in_field_by_field(inventory):
    plan = Plan()
    plan.set_official("liaison", name="Ana")
    plan.set_official("liaison", email="ana@x.gob.mx")
    assert (plan.liaison.name, plan.liaison.position, plan.liaison.email) == ("Ana", "", "ana@x.gob.mx")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"vision": "V"},
        {"liaison": {}, "administrator": {"email": "x"}},
        {"items": [{"frequency": "mensual"}, {"dataset": "a"}], "weights": {"ieda": 0}, "scores": {"a": {}}},
    ],
)
def test_a_half_filled_plan_is_saved_and_loads_again(data, portfolio):
    plan = Plan.of(data)
    assert plan.save(portfolio)
    again = Plan.load(portfolio)
    assert again.vision == plan.vision and again.items == plan.items and again.weights == plan.weights
    assert again.save(portfolio)


# -- making a plan ----------------------------------------------------------------------------------------------------


def test_the_plan_takes_the_best_public_datasets_in_order(inventory):
    names = [item.dataset for item in made(inventory, choose=3).items]
    assert names == ["Predios del catastro", "Recaudación del impuesto predial", "Manzanas catastrales"]
    everything = [item.dataset for item in made(inventory, choose=None).items]
    assert len(everything) == 10 and "Resguardo de sistemas municipales" not in everything


def test_names_may_be_given_in_another_spelling(inventory):
    plan = made(
        inventory,
        choose=["recaudacion del impuesto predial", "PREDIOS DEL CATASTRO"],
        frequencies={"predios del catastro": "anual"},
        dates={"predios del catastro": dt.date(2015, 9, 1)},
        effort={"predios del catastro": 1},
    )
    assert [item.dataset for item in plan.items] == ["Predios del catastro", "Recaudación del impuesto predial"]
    assert (plan.items[0].frequency, plan.items[0].date) == ("R/P1Y", "2015-09-01")
    assert plan.effort == {"Predios del catastro": 1}


def test_dates_and_descriptions_come_from_the_inventory_unless_given(inventory):
    item = made(inventory).items[0]
    assert item.date == "2015-10-31" and item.description.startswith("Un renglón por predio")
    assert made(inventory, descriptions={"Predios del catastro": "Otra"}).items[0].description == "Otra"


def test_the_officials_may_come_from_the_readiness_of_step_00(inventory):
    readiness = Readiness.of(worked_case("readiness", "es"))
    plan = made(inventory, officials=readiness)
    assert plan.liaison == readiness.liaison and plan.check().lines() == []


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_eleven_headers_are_the_published_ones_with_their_slips():
    assert len(HEADERS) == 11
    assert HEADERS[3] == "Correo oficial del funcionario designado como Enalce"
    assert HEADERS[5] == "Titulo del Funcionario designado como Administrador"
    assert HEADERS[6] == "Correo oficial del funcioanrio designado como Administrador"


def test_the_plan_is_saved_with_its_scores_and_comes_back(inventory, portfolio):
    inventory.save(portfolio)
    plan = made(inventory)
    assert plan.save(portfolio) == plan.check()
    assert Plan.load(portfolio) == plan == Plan.from_portfolio(portfolio)
    assert Plan.load(portfolio).check().lines() == []
    assert portfolio.steps_done() == ["03", "04"]
    lines = portfolio.read_text("plan.csv").splitlines()
    assert lines[0] == ",".join(HEADERS)
    assert all("Mariana Ortega" in line for line in lines[1:]) and "R/P1M" in lines[1]


def test_what_somebody_changes_in_the_file_counts(inventory, portfolio):
    inventory.save(portfolio)
    made(inventory).save(portfolio)
    text = portfolio.read_text("plan.csv").replace("2015-10-31", "31/10/2015").replace("Mariana Ortega", "Ana Ruiz")
    portfolio.path("plan.csv").write_bytes(text.encode("windows-1252"))
    plan = Plan.load(portfolio)
    assert plan.liaison.name == "Ana Ruiz" and "plan.date-format" in plan.check().codes()
    assert plan.scores == made(inventory).scores


def test_the_same_plan_comes_back_from_the_workbook(inventory, tmp_path):
    plan = made(inventory)
    plan.to_xlsx(tmp_path / "plan.xlsx")
    again, _ = Plan.read_file(tmp_path / "plan.xlsx")
    assert (again.items, again.liaison, again.vision) == (plan.items, plan.liaison, plan.vision)
    page = openpyxl.load_workbook(tmp_path / "plan.xlsx").active
    assert [cell.value for cell in page[1]] == list(HEADERS) and page.freeze_panes == "A2"


def test_a_plan_without_datasets_keeps_its_vision_and_officials(inventory, portfolio):
    plan = made(inventory, choose=[])
    plan.save(portfolio)
    again = Plan.load(portfolio)
    assert (again.vision, again.liaison, again.items) == (plan.vision, plan.liaison, [])


TEXT = st.text(st.sampled_from("abñé ,;\"'\n-:R/P1M"), max_size=15).map(str.strip)
ITEMS = st.builds(Item, dataset=TEXT.filter(bool), description=TEXT, frequency=TEXT, date=TEXT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(items=st.lists(ITEMS, min_size=1, max_size=4), vision=TEXT, name=TEXT, effort=st.floats(1, 5))
def test_whatever_is_written_is_read_back_equal(items, vision, name, effort, tmp_path_factory):
    portfolio = Portfolio.create(tmp_path_factory.mktemp("p"), title="x")
    plan = Plan.of(vision=vision, liaison={"name": name} if name else None, effort={"a": effort})
    plan.items = items
    plan.save(portfolio)
    assert Plan.load(portfolio) == plan


def test_the_official_blank_template_in_latin_1_is_read(tmp_path):
    row = [
        "V",
        "Ana",
        "Jefa",
        "a@x.gob.mx",
        "Luis",
        "Director",
        "l@x.gob.mx",
        "Predios",
        "Todos",
        "mensual",
        "2015-10-31",
    ]
    text = "\r\n".join(",".join(line) for line in (HEADERS, row)) + "\r\n"
    (tmp_path / "plan.csv").write_bytes(text.encode("latin-1"))
    plan, found = Plan.read_file(tmp_path / "plan.csv")
    assert plan.items == [Item(dataset="Predios", description="Todos", frequency="R/P1M", date="2015-10-31")]
    assert plan.administrator.name == "Luis" and "tables.encoding-not-utf8" in found.codes()


def test_words_typed_into_the_workbook_are_read_as_their_values(inventory, tmp_path):
    path = tmp_path / "plan.xlsx"
    made(inventory).to_xlsx(path)
    book = openpyxl.load_workbook(path)
    page = book.active
    page["J2"], page["J3"] = "Semanal", "Trimestral (R/P3M)"
    book.save(path)
    assert [item.frequency for item in Plan.read_file(path)[0].items[:2]] == ["R/P1W", "R/P3M"]


def test_the_workbook_has_a_drop_down_of_frequencies_and_says_what_they_mean(inventory, tmp_path):
    made(inventory).to_xlsx(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    (rule,) = book.active.data_validations.dataValidation
    assert rule.formula1.strip('"').split(",") == list(FREQUENCIES) and str(rule.sqref).startswith("J2:J")
    assert len(rule.formula1) <= 257 and 0 < len(rule.prompt) <= 255 and rule.showInputMessage
    meanings = [[cell.value for cell in row] for row in book["Periodicidad"]["A2:C16"]]
    assert meanings == [[code, frequency_word(code, "es"), frequency_word(code, "en")] for code in FREQUENCIES]


def test_a_row_of_the_workbook_is_as_high_as_its_text_needs(inventory, tmp_path):
    made(inventory, vision="Una visión. " * 20, item1_description="x").to_xlsx(tmp_path / "plan.xlsx")
    page = openpyxl.load_workbook(tmp_path / "plan.xlsx").active
    made(inventory, vision="V" * 9000).to_xlsx(tmp_path / "long.xlsx")
    assert 90 <= page.row_dimensions[2].height <= 150
    assert openpyxl.load_workbook(tmp_path / "long.xlsx").active.row_dimensions[2].height <= 409


def test_libreoffice_opens_the_workbook_and_its_drop_downs_survive(inventory, tmp_path, office):
    plan = made(inventory)
    plan.to_xlsx(tmp_path / "plan.xlsx")
    office(tmp_path / "plan.xlsx", "ods")
    office(tmp_path / "plan.ods", "xlsx", tmp_path / "again")
    page = openpyxl.load_workbook(tmp_path / "again" / "plan.xlsx").worksheets[0]
    rules = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert rules and "R/P1M" in rules[0].formula1 and str(rules[0].sqref).startswith("J2:J")
    again, _ = Plan.read_file(tmp_path / "again" / "plan.xlsx")
    assert (again.items, again.vision, again.liaison) == (plan.items, plan.vision, plan.liaison)


@pytest.fixture
def office(tmp_path):
    """Convert a file with LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        assert os.environ.get("CI") != "true", "LibreOffice is missing: scripts/install-debian.sh"
        pytest.skip("LibreOffice (soffice) is not on this machine")

    def convert(path, ending, folder=tmp_path):
        profile = (tmp_path / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending]
        subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=120)
        return folder / f"{path.stem}.{ending}"

    return convert


@pytest.mark.parametrize(
    "head",
    [
        ["name", "owner", "description", "publish_date", "sort_order", "published"],
        ["Nombre", "Responsable", "Descripción", "Fecha de publicación", "Orden", "Publicado"],
    ],
)
def test_a_plan_of_2014_is_read_topic_by_topic(head, tmp_path, lang):
    rows = [
        ["Baches", "Obras", "Los reportados", "2014-12", "2", "no"],
        ["Predios", "Catastro", "Todos", "2014-11", "1", "sí"],
        ["Rutas", "Movilidad", "", "2014-11-15", "3", "no"],
    ]
    (tmp_path / "topics.csv").write_text("\n".join(",".join(row) for row in [head, *rows]), encoding="utf-8")
    plan, found = Plan.read_file(tmp_path / "topics.csv")
    assert [(item.dataset, item.date) for item in plan.items] == [
        ("Predios", "2014-11-30"),
        ("Baches", "2014-12-31"),
        ("Rutas", "2014-11-15"),
    ]
    (finding,) = found.of("plan.topics-read")
    assert finding.params["left"] == [head[1], head[5]] and plan.items[0].description == "Todos"


def test_another_table_is_no_plan(tmp_path):
    (tmp_path / "x.csv").write_text("clave,uso\n1,H\n2,H\n", encoding="utf-8")
    with pytest.raises(KitError, match=r"plan\.not-a-plan"):
        Plan.read_file(tmp_path / "x.csv")


def test_without_step_04_the_portfolio_names_the_step(portfolio):
    with pytest.raises(KitError, match=r"portfolio\.step-missing"):
        Plan.load(portfolio)


# -- catalogue and calendar -----------------------------------------------------------------------------------------


def test_every_frequency_has_a_word_in_both_languages_that_leads_back_to_it():
    for code in FREQUENCIES:
        assert {frequency_code(frequency_word(code, lang).upper()) for lang in messages.LANGUAGES} == {code}
        assert is_interval(code) or code in ("irregular", "realtime")
    assert len(frequencies("es")) == len(set(FREQUENCIES)) == 15


@pytest.mark.parametrize(
    ("code", "valid"),
    [("R/P18M", True), ("R5/P1DT12H", True), ("R/PT30M", True), ("R/P", False), ("P1M", False), ("R/P1DT", False)],
)
def test_a_repeating_interval_is_recognised(code, valid):
    assert is_interval(code) is valid


def test_a_score_out_of_range_names_its_criterion_as_the_column_does(inventory, lang):
    plan = made(inventory, scores=scores(**{"Predios del catastro": {"ieda": 7}}))
    (found,) = plan.check().of("plan.score-out-of-range")
    assert f"Predios del catastro, {messages.text('plan.short.ieda')}: 7" in found.line(lang)


def test_the_seven_criteria_are_explained_in_both_languages(lang):
    table = criteria()
    assert table.iloc[:, 0].tolist() == list(CRITERIA) and len(CRITERIA) == 7
    assert [words[:2] for words in table.iloc[:, 1]] == [f"{letter})" for letter in "abcdefg"]


def test_the_guides_deadlines_count_natural_days_from_the_first(lang):
    table = calendar("2015-06-18")
    assert [(day.isoformat(), n) for day, n in zip(table.iloc[:, 0], table.iloc[:, 1], strict=True)] == [
        ("2015-07-18", 30),
        ("2015-08-27", 70),
        ("2015-09-26", 100),
        ("2015-10-26", 130),
        ("2015-12-15", 180),
    ]
    assert calendar().equals(table)


def test_it_shows_itself_without_markup_of_others(inventory, lang):
    shown = made(inventory, item0_description="<script>")._repr_html_()
    assert "<script>" not in shown and frequency_word("R/P1M") in shown and "Mariana Ortega" in shown


def test_the_revision_of_2017_has_its_own_deadlines_and_goes_on(lang):
    table = calendar("2017-01-01", revision="2017")
    dated = [(day.isoformat(), n) for day, n in zip(table.iloc[:, 0], table.iloc[:, 1], strict=True) if n != "-"]
    assert dated == [("2017-01-31", 30), ("2017-03-12", 70), ("2017-04-01", 90), ("2017-04-01", 90)]
    assert table.iloc[1, 5] == frequency_word("R/P1Y") and messages.text("plan.continuous") in set(table.iloc[:, 5])
    with pytest.raises(KitError, match=r"plan\.unknown-revision"):
        calendar(revision="2016")
    with pytest.raises(KitError, match=r"plan\.start"):
        calendar("junio")


def test_making_the_plan_takes_sixteen_hours_in_seven_steps(lang):
    table = work_steps()
    assert len(table) == 7 and table.iloc[:, 2].sum() == table.iloc[-1, 3] == 16


def test_the_calendar_has_the_guide_and_the_plan_by_date_from_one_first_day(inventory, lang):
    plan = made(inventory)
    table = plan.calendar()
    assert table.iloc[:, 0].is_monotonic_increasing and len(table) == 5 + 6
    row = table[table.iloc[:, 3] == "Predios del catastro"].iloc[0]
    assert (row.iloc[0], row.iloc[1], row.iloc[4]) == (dt.date(2015, 10, 31), 74, frequency_word("R/P1M"))
    assert plan.calendar("2015-09-01").iloc[0, 0] == dt.date(2015, 9, 30)
    assert plan.tasks("2015-10-31")[5].day == -31  # a date before the first day is not hidden


def test_a_dataset_with_a_date_that_is_none_is_not_in_the_calendar_and_no_error(inventory):
    plan = made(inventory, item0_date="pronto", item1_date="")
    assert len([task for task in plan.tasks() if task.kind == "dataset"]) == 4


def test_steps_with_one_deadline_begin_together():
    plan = Plan.of(start="2017-01-01", guide="2017")
    assert [(task.begin.isoformat(), task.day) for task in plan.tasks()] == [
        ("2017-01-01", 30),
        ("2017-01-31", 70),
        ("2017-03-12", 90),
        ("2017-03-12", 90),
    ]


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        ("mensual", ["2015-11-30", "2015-12-31", "2016-01-31"]),
        ("trimestral", ["2016-01-31"]),
        ("anual", []),
        ("diario", []),
        ("irregular", []),
        ("de vez en cuando", []),
    ],
)
def test_the_updates_that_follow_are_those_of_the_frequency(frequency, days, inventory):
    plan = made(inventory, choose=1, item0_frequency=frequency)
    assert [day.isoformat() for day in plan.tasks()[-1].updates] == days


@pytest.mark.parametrize("number", [0, 1, 6, 40])
def test_the_picture_of_the_calendar_names_every_task_and_today(number, tmp_path, lang):
    items = [{"dataset": f"Conjunto {n}", "frequency": "mensual", "date": "2015-10-31"} for n in range(number)]
    plan = Plan.of(items=items, start="2015-08-18")
    figure = plan.gantt(today=dt.date(2015, 9, 10))
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(labels) == 5 + number and all(any(f"Conjunto {n}" in label for label in labels) for n in range(number))
    words = [text.get_text() for text in figure.axes[0].texts]
    assert messages.text("plan.gantt.today", date="2015-09-10") in words
    assert messages.text("plan.gantt.day", date="2015-10-31", day=74) in words or number == 0
    assert figure.get_figheight() < 17
    later = plan.gantt(today=dt.date(2020, 1, 1))
    assert not any("2020" in text.get_text() for text in later.axes[0].texts)
    figure.savefig(tmp_path / "gantt.pdf")
    assert plan.describe_gantt().count("2015-09-17") == 1


# -- plans that others filled in --------------------------------------------------------------------------------------

OTHERS = ["Visión", "Ana", "Directora", "a@x.gob.mx", "Luis", "Jefe", "l@x.gob.mx", "Predios", "Todos", "Anual"]
MENDED = [name.replace("Enalce", "Enlace").replace("funcioanrio", "funcionario") for name in HEADERS]


def _workbook(path, lines, sheet="Hoja1", before=()):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in lines:
        book.active.append(line)
    for title, rows in before:
        page = book.create_sheet(title, 0)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_headers_whose_typing_errors_were_mended_or_shortened_are_known(tmp_path):
    heads = [*MENDED[:-1], "Fecha tentativa de publicación"]
    plan, found = Plan.read_file(_workbook(tmp_path / "p.xlsx", [heads, [*OTHERS, "2027-01-31"]]))
    assert plan.liaison.email == "a@x.gob.mx" and plan.administrator.email == "l@x.gob.mx"
    assert plan.items[0].date == "2027-01-31" and not found


def test_the_plan_is_found_on_another_sheet(tmp_path):
    before = [("Inventario", [["x"] * 9] * 40)]
    plan, found = Plan.read_file(_workbook(tmp_path / "p.xlsx", [HEADERS, [*OTHERS, "2027-01-31"]], before=before))
    assert [item.dataset for item in plan.items] == ["Predios"]
    assert found.of("tables.sheets")[0].params["others"] == ["Inventario"]


def test_a_column_too_few_or_too_many_is_told_and_the_rest_is_read(tmp_path):
    lines = [["No.", *HEADERS[1:]], ["1", *OTHERS[1:], "2027-01-31"]]
    plan, found = Plan.read_file(_workbook(tmp_path / "p.xlsx", lines))
    assert plan.items[0].dataset == "Predios" and plan.vision == ""
    assert found.of("plan.columns-missing")[0].params["names"] == [HEADERS[0]]
    assert found.of("plan.columns-added")[0].params["names"] == ["No."]


def test_a_second_liaison_is_told(tmp_path):
    other = [OTHERS[0], "Eva", *OTHERS[2:7], "Rutas", *OTHERS[8:], "2027-01-31"]
    plan, found = Plan.read_file(_workbook(tmp_path / "p.xlsx", [HEADERS, [*OTHERS, "2027-01-31"], other]))
    (told,) = found.of("plan.several-values")
    assert plan.liaison.name == "Ana" and told.params["values"] == ["Ana", "Eva"] and told.place.column == HEADERS[1]


def test_whole_dates_are_read_and_told_and_months_are_not_guessed(tmp_path):
    dates = ["31/01/2027", dt.datetime(2027, 2, 28, 10), "2027/03/31", "30 de abril de 2027", "mayo 2027", "2027-02-30"]
    lines = [[*OTHERS[:7], f"Conjunto {n}", *OTHERS[8:], date] for n, date in enumerate(dates)]
    plan, found = Plan.read_file(_workbook(tmp_path / "p.xlsx", [["Plan de apertura"], [], HEADERS, *lines]))
    assert [item.date for item in plan.items[:4]] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert found.of("plan.dates-read")[0].place.rows == (4, 5, 6, 7)
    (wrong,) = plan.check().of("plan.date-format")
    assert (wrong.place.file, wrong.place.sheet, wrong.place.rows) == ("p.xlsx", "Hoja1", (8, 9))
    plan.items = plan.items[::-1]
    assert plan.check().of("plan.date-format")[0].place.file == "plan.csv"


def test_a_saved_plan_is_judged_by_its_own_rows(tmp_path):
    path = _workbook(tmp_path / "p.xlsx", [["Plan"], [], HEADERS, [*OTHERS, "pronto"]])
    plan, _ = Plan.read_file(path)
    assert plan.check().of("plan.date-format")[0].place.rows == (4,)
    portfolio = Portfolio.create(tmp_path / "portafolio")
    assert plan.save(portfolio).of("plan.date-format")[0].place.rows == (2,)
