"""All ten steps without a screen and without a network: on the city, on a participant's file, and when one fails."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from kit import messages
from kit.case import own_cadastre
from kit.demo import catch_up, run
from kit.findings import KitError
from kit.portfolio import STEPS, Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.inventory import Inventory
from kit.steps.plan import Plan
from kit.steps.plan import example as plan_example
from kit.steps.problem import Problem
from kit.steps.theory import Theory


@pytest.fixture
def small_file(tmp_path):
    """A participant's cadastre of 40 lots in a row, two of which share a key and two of which overlap."""
    lots = [shapely.box(300_000 + 10 * i, 2_420_000, 300_010 + 10 * i, 2_420_020) for i in range(40)]
    lots[7] = shapely.box(300_070, 2_420_000, 300_085, 2_420_020)
    clave = [f"001-0001-{i + 1:06d}" for i in range(40)]
    clave[3] = clave[2]
    layer = gpd.GeoDataFrame({"CCAT": clave, "USO": ["HABITACIONAL", "MIXTO"] * 20}, geometry=lots, crs=32614)
    path = tmp_path / "lotes.gpkg"
    layer.to_file(path, driver="GPKG")
    return path


@pytest.mark.slow
def test_the_whole_way_on_the_city_needs_no_network(tmp_path, no_network):
    results = run(tmp_path / "p")
    assert [(r.step, r.ok) for r in results] == [(step.number, True) for step in STEPS]
    portfolio = Portfolio.open(tmp_path / "p")
    assert portfolio.steps_done() == [step.number for step in STEPS]
    assert len(portfolio.findings) == 0
    assert no_network == []
    raw, clean = results[5].findings.codes(), gpd.read_file(portfolio.path("clean/predios.gpkg"))
    assert {
        "layers.crs-odd",
        "tables.title-rows",
        "tables.totals",
        "tables.key-damaged",
        "cleaning.key-recoverable",
    } <= raw
    left_to_a_person = {"BALDIO"}
    assert set(clean["USO"].dropna()) <= {"HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"} | left_to_a_person
    assert not results[0].findings.errors and not results[4].findings.errors


@pytest.mark.browser
@pytest.mark.slow
def test_what_it_publishes_opens_by_double_click_and_shows_parcels(tmp_path, small_file, page_offline):
    results = run(tmp_path / "p", cadastre=lambda: own_cadastre(small_file))
    assert all(result.ok for result in results), [r.findings.lines() for r in results if not r.ok]
    page = page_offline
    page.goto((tmp_path / "p" / "catalog" / "index.html").as_uri())
    page.get_by_role("link", name="lotes.gpkg").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Predios de lotes.gpkg"
    page.goto((tmp_path / "p" / "catalog" / "predios" / "mapa.html").as_uri())
    page.wait_for_selector("html[data-drawn='40']", state="attached")
    assert page.blocked == [] and page.errors == []


@pytest.mark.slow
def test_a_participants_file_goes_the_whole_way_in_both_languages(tmp_path, small_file, lang):
    began, ended = [], []
    results = run(
        tmp_path / "p",
        cadastre=lambda: own_cadastre(small_file),
        started=lambda number, total, title: began.append((number, total, title)),
        finished=lambda result, seconds: ended.append(result),
    )
    assert ended == results and all(result.ok for result in results)
    assert [number for number, total, _ in began] == list(range(1, 11))
    cleaning = results[5].findings
    (repeated,) = cleaning.of("cadastre.keys-repeated", "cadastre.key-repeated", "cadastre.duplicate-keys")
    assert repeated.place.rows == (3, 4)
    described = json.loads((tmp_path / "p" / "catalog" / "predios" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["title"] == messages.text("case.dataset-title", lang="es", file="lotes.gpkg")


def test_a_key_that_cannot_be_guessed_is_asked_for_and_the_other_steps_are_done(tmp_path):
    path = tmp_path / "cosas.csv"
    frame = pd.DataFrame({"A": ["x", "y"], "B": [3.5, 4.5], "g": ["POLYGON((0 0,1 0,1 1,0 0))"] * 2})
    frame.to_csv(path, index=False)
    results = {r.step: r for r in run(tmp_path / "p", cadastre=lambda: own_cadastre(path, crs="EPSG:32614"))}
    failed = [step for step, result in results.items() if not result.ok]
    assert failed == ["05", "06", "07", "08"]
    asked = results["05"].findings.lines("es")[0]
    assert "--map key=" in asked and "A" in asked
    assert all("05-cleaning" in str(results[step].findings.lines("es")) for step in ("06", "07"))


def test_the_column_that_was_asked_for_can_be_given_as_option_or_in_a_small_file(tmp_path, small_file):
    by_option = own_cadastre(small_file, pairs=["key=USO"])
    (tmp_path / "mapeo.yaml").write_text("key: USO\n", encoding="utf-8")
    by_file = own_cadastre(small_file, mapping_file=tmp_path / "mapeo.yaml")
    assert by_option.mapping.key == by_file.mapping.key == "USO"
    with pytest.raises(KitError) as caught:
        own_cadastre(small_file, pairs=["key=NADA"])
    assert "CCAT" in str(caught.value)


def test_who_begins_in_the_middle_is_caught_up_and_told_so(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    portfolio.write_yaml("problem.yaml", {"statement": "La gente espera 23 días por una constancia"}, step="01")
    (finding,) = catch_up(portfolio, "03")
    assert finding.params["steps"] == ["00-readiness", "02-theory"]
    assert "espera 23 días" in portfolio.read_yaml("theory.yaml")["problem"]
    assert portfolio.read_yaml("problem.yaml")["statement"].startswith("La gente")
    assert len(catch_up(portfolio, "03")) == 0


@pytest.mark.parametrize("theme", THEMES)
def test_who_skips_planning_steps_is_caught_up_in_the_theme_of_their_theory(tmp_path, theme, lang):
    messages.set_language(lang)
    portfolio = Portfolio.create(tmp_path / "p")
    Problem.of(example("problem", theme=theme)).save(portfolio)
    Theory.of(example("theory", theme=theme)).save(portfolio)
    catch_up(portfolio, "05")
    inventory, plan = Inventory.load(portfolio), Plan.load(portfolio)
    assert not Theory.from_portfolio(portfolio).check_inventory(inventory)
    assert set(plan.scores) == set(plan_example(theme)["scores"]) and plan.items
    assert not plan.check().errors


def test_who_skips_the_theory_gets_that_of_their_problem(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    Problem.of(example("problem", theme="mobility")).save(portfolio)
    catch_up(portfolio, "03")
    assert Theory.from_portfolio(portfolio).change == Theory.of(example("theory", theme="mobility")).change


@pytest.mark.real
@pytest.mark.slow
def test_a_real_cadastre_ends_in_a_catalogue_and_its_faults_are_named(tmp_path, real):
    results = run(tmp_path / "p", cadastre=lambda: own_cadastre(real / "cadastre" / "construcciones.csv"))
    assert all(result.ok for result in results)
    found = {(name, value) for f in results[5].findings for name, value in f.params.items() if isinstance(value, int)}
    assert {("features", 250), ("keys", 111), ("extra", 139), ("pairs", 72), ("above", 6)} <= found
    invalid = [f for f in results[5].findings if f.code.startswith("topology.") and len(f.place.rows) == 1]
    assert invalid
    assert (tmp_path / "p" / "catalog" / "index.html").is_file()


def test_a_register_without_geometry_does_every_step_but_the_map(tmp_path):
    path = tmp_path / "padron.csv"
    rows = [f'001-0001-{i + 1:06d};{"HAB" if i % 2 else "MIXTO"};"$1,{i:03d}.50"' for i in range(30)]
    rows[3] = rows[2]
    path.write_text("\n".join(["CLAVE;USO;VALOR_CATASTRAL", *rows, ""]), encoding="latin-1")
    results = {r.step: r for r in run(tmp_path / "p", cadastre=lambda: own_cadastre(path))}
    assert [step for step, result in results.items() if not result.ok] == ["06"]
    assert results["06"].findings.codes() == {"cleaning.no-layer"}
    assert "cadastre.key-repeated" in results["05"].findings.codes()
    published = pd.read_csv(tmp_path / "p" / "catalog" / "predios" / "predios.csv", dtype={"CLAVE": "str"})
    assert set(published["USO"]) == {"HABITACIONAL", "MIXTO"}
    assert catch_up(Portfolio.open(tmp_path / "p"), "08").codes() == {"cleaning.no-layer"}
    assert published["VALOR_CATASTRAL"].between(1000, 2000).all() and published["CLAVE"].str.len().eq(15).all()


def test_points_are_published_without_a_map(tmp_path):
    points = gpd.GeoDataFrame(
        {"CLAVE": [f"001-0001-{i + 1:06d}" for i in range(9)]},
        geometry=gpd.points_from_xy(range(9), range(9)),
        crs=32614,
    )
    points.geometry = points.geometry.translate(300_000, 2_420_000)
    points.to_file(tmp_path / "puntos.gpkg", driver="GPKG")
    results = {r.step: r for r in run(tmp_path / "p", cadastre=lambda: own_cadastre(tmp_path / "puntos.gpkg"))}
    assert [step for step, result in results.items() if not result.ok] == ["06"]
    assert results["06"].findings.codes() == {"maps.nothing-to-draw"}


def test_who_is_caught_up_keeps_their_own_parcels(tmp_path, small_file):
    portfolio = Portfolio.create(tmp_path / "p")
    case = own_cadastre(small_file)
    main, layer = case.cleaning()
    case.save(portfolio, main.accept_all(), layer)
    catch_up(portfolio, "08")
    assert "lotes.gpkg" in portfolio.read_text("maps/cadastre.es.html")
