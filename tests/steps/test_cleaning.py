"""Cleaning as a whole: nothing without acceptance, a log that proves the result, a recipe that runs again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from kit.findings import KitError, Level
from kit.portfolio import Portfolio
from kit.steps.cleaning import Cleaning, apply_recipe, join_by_key, replay
from kit.steps.cleaning.recipe import to_yaml
from kit.steps.cleaning.saving import file_name, to_csv
from kit.steps.cleaning.session import Decision
from kit.tables import read_table

KEYS = [f"99000001010001000001{n:05d}000000" for n in range(1, 41)]


def _dirty(rows: int = 40) -> pd.DataFrame:
    """A small cadastre with most kinds of dirt; the last row repeats the first."""
    uses = ["HABITACIONAL", "HAB", "Mixto", "BALDIO"]
    colonias = ["La Ribera", "La Ribera", "La Ribera", "LA RIBERA"]
    table = pd.DataFrame(
        {
            "CVE_CAT_EST": [k if n % 7 else f"{k[:5]}-{k[5:]}" for n, k in enumerate(KEYS[:rows])],
            "CVE_MUN": ["1" if n % 5 == 0 else "001" for n in range(rows)],
            "COLONIA": [colonias[n % 4] for n in range(rows)],
            "USO": [uses[n % 4] for n in range(rows)],
            "SUP_TERRENO": [f"{120 + n}.5" if n % 3 else f"{120 + n},5" for n in range(rows)],
            "VALOR_CATASTRAL": [f"${n + 1},250,000.00" if n % 2 else str(900_000 + n) for n in range(rows)],
            "FECHA_MOV": [f"{n % 28 + 1:02d}/03/2014" if n % 2 else "s/d" for n in range(rows)],
        },
        dtype="str",
    )
    return pd.concat([table, table.head(1)], ignore_index=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Predios 2014.csv"
    _dirty().to_csv(path, index=False, encoding="latin-1")
    return path


def test_nothing_changes_without_acceptance(file):
    cleaning = Cleaning.start(file)
    assert len(cleaning.proposals) > 5
    pd.testing.assert_frame_equal(cleaning.texts(), cleaning.raw)
    assert cleaning.log.empty


def test_the_raw_table_and_file_stay_as_they_were(file):
    before = file.read_bytes()
    cleaning = Cleaning.start(file)
    raw = cleaning.raw
    cleaning.accept_all(certain=False).result()
    pd.testing.assert_frame_equal(cleaning.raw, raw)
    assert file.read_bytes() == before


def test_a_table_given_by_the_user_is_not_changed():
    table = _dirty()
    given_table = table.copy()
    Cleaning.start(given_table).accept_all(certain=False).result()
    pd.testing.assert_frame_equal(given_table, table)


def test_the_log_makes_the_result_out_of_the_raw_table_exactly(file):
    cleaning = Cleaning.start(file).accept_all(certain=False)
    state = replay(Cleaning.start(file).state, cleaning.log)
    pd.testing.assert_frame_equal(state.frame, cleaning.texts())


def test_the_log_says_row_old_new_rule_and_who(file):
    cleaning = Cleaning.start(file, by="Lupita Ramos").accept("category-catalogue:USO")
    line = cleaning.log.iloc[0]
    assert (line["row"], line["column"], line["old"], line["new"]) == (3, "USO", "HAB", "HABITACIONAL")
    assert (line["rule"], line["by"]) == ("category-catalogue", "Lupita Ramos")
    assert line["when"].startswith("20")


def test_the_log_of_geometry_replays_to_the_same_coordinates():
    twisted = Polygon([(310_000.1, 2_450_000.7), (310_020.3, 2_450_000), (310_000, 2_450_010), (310_020, 2_450_010)])
    layer = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[box(0, 0, 1, 1), twisted], crs="EPSG:32614")
    cleaning = Cleaning.start(layer).accept_all(certain=False)
    state = replay(Cleaning.start(layer).state, cleaning.log)
    assert state.geometry.geom_equals_exact(cleaning.state.geometry, 0).all()


def test_certain_proposals_are_accepted_together_and_the_others_stay_open(file):
    cleaning = Cleaning.start(file).accept_all()
    assert {p.id for p in cleaning.proposals.open} == {p.id for p in cleaning.proposals if not p.certain}
    assert "category-probable:USO" in {p.id for p in cleaning.proposals.open}


def test_a_refused_proposal_leaves_its_cells_alone(file):
    cleaning = Cleaning.start(file).refuse("number-symbols:VALOR_CATASTRAL").accept_all(certain=False)
    assert cleaning.texts()["VALOR_CATASTRAL"].str.startswith("$").sum() == 20
    assert cleaning.proposals["number-symbols:VALOR_CATASTRAL"].decision == "refused"


def test_a_decision_can_be_taken_back(file):
    cleaning = Cleaning.start(file).accept_all(certain=False).reconsider("USO")
    assert cleaning.texts()["USO"].eq("HAB").any()
    assert cleaning.proposals["category-catalogue:USO"].decision == "open"


def test_a_rule_or_a_column_decides_all_its_proposals(file):
    cleaning = Cleaning.start(file).accept("number-symbols", "USO")
    accepted = {p.id for p in cleaning.proposals if p.decision == "accepted"}
    assert accepted == {"number-symbols:VALOR_CATASTRAL", "category-catalogue:USO", "category-probable:USO"}


def test_a_proposal_is_accepted_with_other_values(file):
    cleaning = Cleaning.start(file).change("category-probable:USO", {"BALDIO": "NO HABITACIONAL"})
    assert cleaning.texts()["USO"].value_counts()["NO HABITACIONAL"] == 10


def test_a_change_to_nothing_empties_and_a_change_to_itself_leaves(file):
    cleaning = Cleaning.start(file).change("category-catalogue:USO", {"HAB": None, "Mixto": "Mixto"})
    counts = cleaning.texts()["USO"].value_counts(dropna=False)
    assert counts["Mixto"] == 10
    assert counts[np.nan] == 10


def test_names_that_do_not_exist_are_said_with_those_that_do(file):
    cleaning = Cleaning.start(file)
    with pytest.raises(KitError, match="category-catalogue:USO"):
        cleaning.accept("categoria")
    with pytest.raises(KitError, match="HAB"):
        cleaning.change("category-catalogue:USO", {"CASA": "MIXTO"})
    with pytest.raises(KitError, match="COLONIA"):
        cleaning.facet("COL")
    with pytest.raises(KitError, match="SUP_TERRENO"):
        Cleaning.start(file, mapping={"AREA": "number"})
    with pytest.raises(KitError, match="category"):
        Cleaning.start(file, mapping={"USO": "uso"})


def test_what_an_accepted_rule_changes_was_shown_before(file):
    """Padding sees other cells once the separators are not removed; it may change only those that it announced."""
    shown = {p.id: set(p.rows) for p in Cleaning.start(file).proposals}
    for id_ in ["key-zeros:CVE_MUN", "date-order:FECHA_MOV", "rows-duplicated"]:
        log = Cleaning.start(file).accept(id_).log
        assert set(log["row"]) <= shown[id_]


def test_the_result_is_typed(file):
    result = Cleaning.start(file).accept_all(certain=False).result()
    assert result["VALOR_CATASTRAL"].dtype == "float64"
    assert str(result["FECHA_MOV"].dtype).startswith("datetime64")
    assert result["CVE_MUN"].tolist() == ["001"] * 40


def test_what_remains_after_cleaning_is_said():
    table = pd.DataFrame({"CVE_CAT_EST": [*KEYS, KEYS[0]], "FECHA": ["31/02/2014"] * 41}, dtype="str")
    remaining = Cleaning.start(table).accept_all(certain=False).remaining
    assert remaining.codes() == {"cleaning.date-impossible"}
    other = Cleaning.start(table.assign(FECHA=[*["2014-01-01"] * 40, "2014-01-02"])).accept_all()
    assert other.remaining.codes() == {"cleaning.key-duplicated"}


def test_the_same_file_gives_the_same_proposals(file):
    one, two = (Cleaning.start(file).proposals for _ in range(2))
    assert [(p.id, p.rows, p.examples) for p in one] == [(p.id, p.rows, p.examples) for p in two]


def test_proposals_and_profile_speak_the_language(file, lang):
    cleaning = Cleaning.start(file)
    page = cleaning.proposals._repr_html_()
    assert "$2,250,000.00 → 2250000.00" in page
    assert {"es": "Antes → después", "en": "Before → after"}[lang] in page
    assert {"es": "Vacías", "en": "Empty"}[lang] in cleaning.profile().columns
    assert Cleaning.start(pd.DataFrame({"a": ["x"]})).proposals._repr_html_().startswith("<p>✔")


def test_the_profile_says_kind_missing_range_and_examples(file):
    profile = Cleaning.start(file).accept_all().profile(lang="en").set_index("Column")
    assert profile.loc["VALOR_CATASTRAL", ["What it holds", "Lowest"]].tolist() == ["number", 900_000.0]
    assert profile.loc["FECHA_MOV", "Empty"] == 20


# -- the recipe --------------------------------------------------------------------------------------------------


def test_a_recipe_on_the_same_file_gives_the_same_result_and_fits(file, tmp_path):
    cleaning = Cleaning.start(file, by="Lupita").refuse("FECHA_MOV").accept_all(certain=False)
    path = tmp_path / "recipe.yaml"
    path.write_text(to_yaml(cleaning.recipe()), encoding="utf-8")
    again = apply_recipe(file, path)
    pd.testing.assert_frame_equal(again.texts(), cleaning.texts())
    pd.testing.assert_frame_equal(again.log, cleaning.log)
    assert not again.fit
    assert again.recipe() == cleaning.recipe()


def test_a_recipe_keeps_values_that_a_person_chose(file):
    cleaning = Cleaning.start(file).change("category-probable:USO", {"BALDIO": "BALDIO"}).accept("COLONIA")
    again = apply_recipe(file, cleaning.recipe())
    assert again.texts()["USO"].eq("BALDIO").sum() == 10
    assert not [p for p in again.proposals if p.id.startswith("category-probable") and p.decision == "open"]


def test_a_recipe_decides_clusters_as_they_were_decided_not_by_the_new_majority(file):
    recipe = Cleaning.start(file).accept("COLONIA").recipe()
    table = _dirty()
    table["COLONIA"] = ["LA RIBERA"] * 38 + ["La Ribera", "la ribera", "la ribera"]
    again = apply_recipe(table, recipe)
    assert again.texts()["COLONIA"].value_counts().to_dict() == {"La Ribera": 39, "la ribera": 2}
    assert "cleaning.recipe-new-values" in again.fit.codes()


def test_a_recipe_says_where_the_new_file_does_not_fit(file):
    recipe = Cleaning.start(file).accept_all().recipe()
    table = _dirty().drop(columns="USO").assign(RFC="GODE561231GR8", FECHA_MOV="2014-01-01")
    table["VALOR_CATASTRAL"] = "$1,000.00"
    table["COLONIA"] = [" Centro"] * len(table)
    again = apply_recipe(table, recipe)
    assert {f.place.column for f in again.fit.of("cleaning.recipe-column-missing")} == {"USO"}
    assert {f.place.column for f in again.fit.of("cleaning.recipe-column-new")} == {"RFC"}
    assert "date-order:FECHA_MOV" in {f.place.item for f in again.fit.of("cleaning.recipe-idle")}
    assert {f.place.item for f in again.fit.of("cleaning.recipe-undecided")} == {"blanks:COLONIA"}
    assert again.texts()["COLONIA"].eq(" Centro").all()


def test_a_recipe_warns_when_a_step_suddenly_changes_far_more():
    table = pd.DataFrame({"VALOR": ["100", "200"] * 50, "id": [f"p{n}" for n in range(100)]}, dtype="str")
    few = table.assign(VALOR=["$1,000.00", *table["VALOR"][1:]])
    recipe = Cleaning.start(few).accept_all().recipe()
    many = table.assign(VALOR=["$1,000.00"] * 40 + list(table["VALOR"][40:]))
    assert "cleaning.recipe-much-more" in apply_recipe(many, recipe).fit.codes()
    assert not apply_recipe(few, recipe).fit


@pytest.mark.parametrize(
    "content", ["", "a: 1", "[1, 2]", "format: 9\ncolumns: {}\nsteps: []\nrows: 1", "a: [", "\x00"]
)
def test_what_is_no_recipe_is_refused_with_a_finding(tmp_path, file, content):
    path = tmp_path / "recipe.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KitError) as caught:
        apply_recipe(file, path)
    assert caught.value.findings.codes() == {"cleaning.recipe-unreadable"}


def test_a_rule_that_no_longer_exists_is_said(file):
    recipe = Cleaning.start(file).accept("USO").recipe()
    recipe["steps"].append({"rule": "magic", "column": "USO", "decision": "accepted", "cells": 1})
    assert "cleaning.recipe-rule-unknown" in apply_recipe(file, recipe).fit.codes()


_CELLS = st.one_of(
    st.sampled_from(["$1,234.50", "1.234,5", "s/d", "", " 12 ", "12/31/2014", "31/12/2014", "01/02/2014",
                     "HAB", "hab", "Hab."]),
    st.text(alphabet="aáÁñ ?-/.,$0123456789()", max_size=12),
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=25), st.data())
def test_for_any_table_and_any_decisions_log_and_recipe_reproduce_the_result(cells, data):
    table = pd.DataFrame(cells, columns=["VALOR", "FECHA", "COLONIA"], dtype="str")
    cleaning = Cleaning.start(table)
    verdicts = {p.id: data.draw(st.sampled_from(["accepted", "refused", "open"])) for p in cleaning.proposals}
    cleaning.decide({id_: Decision(verdict) for id_, verdict in verdicts.items() if verdict != "open"})
    result = cleaning.texts()
    pd.testing.assert_frame_equal(replay(Cleaning.start(table).state, cleaning.log).frame, result)
    pd.testing.assert_frame_equal(apply_recipe(table, cleaning.recipe()).texts(), result)
    untouched = set(range(len(table))) - {row - 2 for row in cleaning.log["row"]}
    same = sorted(untouched)
    pd.testing.assert_frame_equal(result.loc[same], cleaning.raw.loc[same])


# -- saving and joining ------------------------------------------------------------------------------------------


def test_saving_leaves_table_recipe_and_log_in_the_portfolio(file, tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    cleaning = Cleaning.start(file).accept_all()
    cleaning.save(portfolio)
    assert portfolio.steps_done() == ["05"]
    saved = pd.read_csv(portfolio.path("clean/predios-2014.csv"), dtype="str", encoding="utf-8")
    pd.testing.assert_frame_equal(saved, cleaning.texts().reset_index(drop=True), check_dtype=False)
    log = json.loads(portfolio.read_text("cleaning-log.json"))["files"]["Predios 2014.csv"]
    assert len(log["changes"]) == len(cleaning.log)
    assert len(log["sha256"]) == 64
    again = apply_recipe(file, portfolio.path("clean/recipe.yaml"))
    pd.testing.assert_frame_equal(again.texts(), cleaning.texts())


def _layer() -> gpd.GeoDataFrame:
    squares = [box(310_000 + 25 * n, 2_450_000, 310_020 + 25 * n, 2_450_010) for n in range(40)]
    return gpd.GeoDataFrame({"CVE_CAT_EST": [*KEYS[:39], "9" * 31]}, geometry=squares, crs="EPSG:32614")


def test_a_table_and_its_layer_are_saved_as_one_layer_with_both_recipes(file, tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    layer = Cleaning.start(_layer(), file="predios.gpkg")
    Cleaning.start(file).accept_all().save(portfolio, layer=layer, name="predios")
    saved = gpd.read_file(portfolio.path("clean/predios.gpkg"))
    assert len(saved) == 40
    assert saved.crs.to_epsg() == 32614
    assert saved["USO"].notna().sum() == 39
    assert set(portfolio.read_yaml("clean/recipe.yaml")["files"]) == {"Predios 2014.csv", "predios.gpkg"}


def test_joining_says_what_stands_on_one_side_only_and_what_is_ambiguous():
    table = pd.DataFrame({"CVE_CAT_EST": [*KEYS[:3], KEYS[2], "8" * 31], "USO": ["MIXTO"] * 5}, dtype="str")
    joined, findings = join_by_key(table, _layer().head(4), file="predios.csv", layer_file="predios.gpkg")
    assert joined["USO"].tolist()[:2] == ["MIXTO", "MIXTO"]
    assert joined["USO"].isna().tolist() == [False, False, True, True]
    assert {f.code: f.params["n"] for f in findings} == {
        "cleaning.join-table-repeated": 2,
        "cleaning.join-table-only": 1,
        "cleaning.join-layer-only": 1,
    }


def test_joining_without_a_common_key_or_geometry_stops_with_a_finding():
    table = pd.DataFrame({"CVE_CAT_EST": KEYS}, dtype="str")
    with pytest.raises(KitError, match="USO"):
        join_by_key(table, _layer().rename(columns={"CVE_CAT_EST": "USO"}))
    with pytest.raises(KitError):
        join_by_key(table, table)


def test_the_csv_is_plain_and_the_file_name_ascii():
    assert to_csv(pd.DataFrame({"a": ["ñ, o", None]}, dtype="str")) == 'a\n"ñ, o"\n""\n'
    assert file_name("Año ñandú 2014") == "ano-nandu-2014"


_REAL = [
    "boundaries/AGEM_09.geojson",
    "boundaries/AGEM_30087.geojson",
    "cadastre/asentamientos_desarrollo.csv",
    "cadastre/construcciones.csv",
    "inventory/inventory-119-rows.csv",
    "inventory/inventory-bad-encoding.csv",
    "mobility/xalapa-stops.geojson",
    "security/sesnsp-guanajuato-2020-2025.csv",
]
_NO_TABLE = {".md", ".ttl", ".zip"}  # the feed's members are below


@pytest.mark.real
def test_no_real_file_is_left_out(real):
    there = {p.relative_to(real).as_posix() for p in real.rglob("*") if p.is_file() and p.suffix not in _NO_TABLE}
    assert there == set(_REAL)


def _goes_through(start: Callable[[], Any], certain: bool) -> None:
    """Profile, proposals, recipe and log of a file; the recipe fits the file that it was made on."""
    cleaning = Cleaning.start(start())
    profile = cleaning.profile()
    assert len(profile) == cleaning.raw.shape[1]
    cleaning.accept_all(certain=certain)
    again = apply_recipe(start(), cleaning.recipe())
    pd.testing.assert_frame_equal(again.texts(), cleaning.texts())
    assert not again.fit.at_level(Level.ERROR, Level.WARNING)
    assert certain or not again.fit
    pd.testing.assert_frame_equal(replay(Cleaning.start(start()).state, cleaning.log).frame, cleaning.texts())


@pytest.mark.real
@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("name", _REAL)
def test_real_tables_and_layers_go_through_profile_and_recipe(real, name, certain):
    _goes_through(lambda: real / name, certain)


@pytest.mark.real
@pytest.mark.parametrize(
    "member",
    ["agency", "calendar", "calendar_dates", "fare_attributes", "fare_rules", "feed_info", "frequencies", "routes",
     "stops", "trips", *(pytest.param(name, marks=pytest.mark.slow) for name in ("shapes", "stop_times"))],
)  # fmt: skip
def test_every_table_of_the_real_feed_goes_through_profile_and_recipe(real, member):
    path = real / "mobility" / "guadalajara-sitran.zip"
    _goes_through(lambda: read_table(path, member=f"{member}.txt", types=False), certain=False)


@pytest.mark.real
def test_the_list_of_the_feeds_tables_is_whole(real):
    with zipfile.ZipFile(real / "mobility" / "guadalajara-sitran.zip") as archive:
        assert len(archive.namelist()) == 12
