"""The command ``kit clean``: what is wrong with a file, and a recipe that runs on next month's."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from kit.cli import main
from kit.steps.cleaning import Cleaning
from kit.steps.cleaning import log as logs
from kit.steps.cleaning.recipe import to_yaml

KEYS = [f"99000001010001000001{n:05d}000000" for n in range(1, 41)]


def month(**changes: list[str]) -> pd.DataFrame:
    """A small cadastre as an office sends it."""
    columns = {
        "CVE_CAT_EST": KEYS,
        "COLONIA": ["Peñón"] * 40,
        "USO": ["HABITACIONAL", "HAB", "MIXTO", "MIXTO"] * 10,
        "VALOR_CATASTRAL": ["$1,250.00", *["900.00"] * 39],
    }
    return pd.DataFrame({**columns, **changes}, dtype="str")


def sent(path: Path, table: pd.DataFrame, encoding: str = "utf-8") -> Path:
    table.to_csv(path, index=False, encoding=encoding)
    return path


@pytest.fixture
def january(tmp_path):
    return sent(tmp_path / "enero.csv", month())


@pytest.fixture
def recipe(january, tmp_path, capsys):
    """The recipe that January's file gave on the command line."""
    path = tmp_path / "receta.yaml"
    assert main(["clean", str(january), "--accept", "all", "--save-recipe", str(path), "--by", "Lupita Ramos"]) == 0
    capsys.readouterr()
    return path


def run(capsys, *words: object) -> tuple[int, dict]:
    """Exit code and JSON of ``kit clean … --json``."""
    code = main(["clean", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def codes(findings: list[dict]) -> set[str]:
    return {finding["code"] for finding in findings}


def test_without_a_recipe_it_shows_profile_proposals_with_cells_and_findings(january, capsys, lang):
    sent(january, month(COLONIA=[""] * 20 + ["Peñón"] * 20).assign(USO=lambda t: t["USO"].mask(t.index == 1, "")))
    before = sorted(january.parent.iterdir())
    assert main(["clean", str(january), "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert "category-catalogue:USO" in shown and "number-symbols:VALOR_CATASTRAL" in shown
    assert "[cleaning.category-catalogue]" in shown
    assert {"es": "Vacías", "en": "Empty"}[lang] in shown
    assert "0.025" in shown and "0.0250" not in shown
    assert sorted(january.parent.iterdir()) == before


def test_json_says_how_many_cells_each_proposal_would_touch(january, capsys):
    code, data = run(capsys, january)
    assert code == 0
    assert {p["id"]: p["cells"] for p in data["proposals"]} == {
        p.id: p.cells for p in Cleaning.start(january).proposals
    }
    assert {"rows", "profile", "findings", "changed", "written"} <= set(data)
    assert (data["rows"], data["changed"], data["written"]) == (40, 0, [])


def test_a_recipe_cleans_the_same_file_and_fits(january, recipe, capsys):
    raw = january.read_bytes()
    code, data = run(capsys, january, "--recipe", recipe)
    assert (code, data["fits"], data["fit"]) == (0, True, [])
    table = january.with_name("enero-limpio.csv")
    log = january.with_name("enero-limpio-bitacora.json")
    assert data["written"] == [str(table), str(log)]
    pd.testing.assert_frame_equal(
        pd.read_csv(table, dtype="str"), Cleaning.start(january).accept_all(certain=False).texts(), check_dtype=False
    )
    assert january.read_bytes() == raw


def test_the_log_names_row_column_old_new_rule_and_who_accepted(january, recipe, capsys):
    run(capsys, january, "--recipe", recipe)
    (part,) = json.loads(january.with_name("enero-limpio-bitacora.json").read_text(encoding="utf-8"))["files"].values()
    line = next(change for change in part["changes"] if change["column"] == "VALOR_CATASTRAL")
    assert {name: line[name] for name in ("row", "old", "new", "rule", "by")} == {
        "row": 2, "old": "$1,250.00", "new": "1250.00", "rule": "number-symbols", "by": "Lupita Ramos",
    }  # fmt: skip
    assert line["when"]
    assert all(set(change) == set(logs.COLUMNS) and change["by"] for change in part["changes"])
    raw = Cleaning.start(january)
    again = logs.replay(raw.state, logs.from_data(part["changes"])).frame
    written = pd.read_csv(january.with_name("enero-limpio.csv"), dtype="str")
    pd.testing.assert_frame_equal(again, written, check_dtype=False)
    assert part["sha256"] == raw.source["sha256"]


def test_next_months_file_is_cleaned_with_the_same_recipe(recipe, tmp_path, capsys):
    file = sent(tmp_path / "febrero.csv", month(VALOR_CATASTRAL=["$2,000.00", *["800.00"] * 39]))
    code, data = run(capsys, file, "--recipe", recipe, "--out", tmp_path / "listo.csv")
    assert (code, data["fit"]) == (0, [])
    assert pd.read_csv(tmp_path / "listo.csv", dtype="str")["VALOR_CATASTRAL"].iloc[0] == "2000.00"


@pytest.mark.parametrize(
    ("table", "encoding", "expected"),
    [
        (month().drop(columns="USO"), "utf-8", "cleaning.recipe-column-missing"),
        (
            month().rename(columns={"VALOR_CATASTRAL": "Valor catastral 2015"}),
            "utf-8",
            "cleaning.recipe-column-renamed",
        ),
        (month(RFC=["GODE561231GR8"] * 40), "utf-8", "cleaning.recipe-column-new"),
        (month(VALOR_CATASTRAL=["$1,000.00"] * 40), "utf-8", "cleaning.recipe-much-more"),
        (month(USO=["INDUSTRIA PESADA", *["HAB"] * 39]), "utf-8", "cleaning.recipe-values-unseen"),
        (month(COLONIA=[" Peñón"] * 40), "utf-8", "cleaning.recipe-undecided"),
        (month(), "latin-1", "cleaning.recipe-encoding"),
    ],
)
def test_a_file_that_no_longer_fits_ends_with_1_and_says_why(table, encoding, expected, recipe, tmp_path, capsys):
    file = sent(tmp_path / "febrero.csv", table, encoding)
    code, data = run(capsys, file, "--recipe", recipe)
    assert (code, data["fits"]) == (1, False)
    assert expected in codes(data["fit"])
    unusable = any(finding["level"] == "error" for finding in data["fit"])
    assert unusable == (expected in {"cleaning.recipe-column-missing", "cleaning.recipe-column-renamed"})
    assert (tmp_path / "febrero-limpio.csv").exists() != unusable


def test_a_renamed_column_is_said_once_with_its_new_name(recipe, tmp_path, capsys):
    file = sent(tmp_path / "febrero.csv", month().rename(columns={"VALOR_CATASTRAL": "Valor_Catastrl"}))
    _, data = run(capsys, file, "--recipe", recipe)
    told = [f for f in data["fit"] if f["code"].startswith("cleaning.recipe-column")]
    assert [(f["code"], f["params"]["wanted"], f["params"]["new"]) for f in told] == [
        ("cleaning.recipe-column-renamed", "VALOR_CATASTRAL", "Valor_Catastrl")
    ]


def test_what_was_left_open_when_the_recipe_was_made_is_told_but_fits(january, tmp_path, capsys):
    table = month(USO=["BALDIO", *["HABITACIONAL"] * 39])
    file = sent(tmp_path / "marzo.csv", table)
    assert [p for p in Cleaning.start(file).proposals if not p.certain]
    path = tmp_path / "segura.yaml"
    assert main(["clean", str(file), "--accept", "certain", "--save-recipe", str(path)]) == 0
    capsys.readouterr()
    code, data = run(capsys, file, "--recipe", path)
    assert (code, codes(data["fit"])) == (0, {"cleaning.recipe-left-open"})


def test_a_layer_leaves_table_layer_and_log_and_says_another_crs(tmp_path, capsys):
    squares = [box(310_000 + 25 * n, 2_450_000, 310_020 + 25 * n, 2_450_010) for n in range(40)]
    layer = gpd.GeoDataFrame(month(), geometry=squares, crs="EPSG:32614")
    file = tmp_path / "predios.gpkg"
    layer.to_file(file, driver="GPKG")
    path = tmp_path / "receta.yaml"
    path.write_text(to_yaml(Cleaning.start(file).accept_all(certain=False).recipe()), encoding="utf-8")
    code, data = run(capsys, file, "--recipe", path, "--out", tmp_path / "limpio.csv")
    assert (code, data["fit"]) == (0, [])
    assert [Path(name).name for name in data["written"]] == ["limpio.csv", "limpio.gpkg", "limpio-bitacora.json"]
    clean = gpd.read_file(tmp_path / "limpio.gpkg")
    assert (len(clean), clean.crs.to_epsg()) == (40, 32614)
    assert set(clean["USO"]) == {"HABITACIONAL", "MIXTO"}
    other = tmp_path / "otra.gpkg"
    layer.to_crs(32613).to_file(other, driver="GPKG")
    code, data = run(capsys, other, "--recipe", path)
    assert code == 1 and "cleaning.recipe-crs" in codes(data["fit"])


def test_nothing_is_overwritten_without_force_and_the_sources_never(january, recipe, tmp_path, capsys):
    there = tmp_path / "ya.csv"
    there.write_text("mío", encoding="utf-8")
    assert codes(run(capsys, january, "--recipe", recipe, "--out", there)[1]["findings"]) == {"planning.exists"}
    assert there.read_text(encoding="utf-8") == "mío"
    assert run(capsys, january, "--recipe", recipe, "--out", there, "--force")[0] == 0
    assert there.read_text(encoding="utf-8").startswith("CVE_CAT_EST")
    raw, kept = january.read_bytes(), recipe.read_bytes()
    code, data = run(capsys, january, "--recipe", recipe, "--out", january, "--force")
    assert (code, codes(data["findings"])) == (1, {"cleaning.cli-same-file"})
    linked = tmp_path / "ligado.csv"
    linked.hardlink_to(january)
    code, data = run(capsys, january, "--recipe", recipe, "--out", linked, "--force")
    assert (code, codes(data["findings"])) == (1, {"cleaning.cli-same-file"})
    assert (january.read_bytes(), recipe.read_bytes()) == (raw, kept)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--recipe", "{recipe}", "--accept", "all"], "cleaning.cli-recipe-and-accept"),
        (["--accept", "todas"], "cleaning.cli-accept"),
        (["--save-recipe", "otra.yaml"], "cleaning.cli-nothing-accepted"),
        (["--accept", "all", "--out", "x.txt"], "planning.ending"),
        (["--accept", "all", "--save-recipe", "x.csv"], "planning.ending"),
        (["--accept", "all", "--out", "no/hay/x.csv"], "planning.no-folder"),
        (["--recipe", "no-hay.yaml"], "cleaning.recipe-unreadable"),
    ],
)
def test_options_that_do_not_go_together_are_findings(words, expected, january, recipe, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, data = run(capsys, january, *(word.format(recipe=recipe) for word in words))
    assert (code, codes(data["findings"])) == (1, {expected})


def test_a_missing_file_is_a_finding_and_no_traceback(capsys, tmp_path):
    assert main(["clean", str(tmp_path / "nada.csv")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_long_run_says_how_far_it_is(january, recipe, capsys, monkeypatch):
    monkeypatch.setattr("kit.cli.cleaning._PAUSE", 0.0)
    monkeypatch.setattr("kit.cli.cleaning._LONG", 10)
    assert main(["clean", str(january), "--recipe", str(recipe)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Leyendo enero.csv")
    assert sum("Reglas revisadas" in line for line in said) > 10
