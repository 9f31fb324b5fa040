"""The benchmark of the inventory: what it counts as found, and the figures that the project promises."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from kit.findings import Findings, Place, warning
from kit.steps.inventory import Inventory

FILE = Path(__file__).parents[2] / "benchmarks" / "inventory.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("inventory_benchmark", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def seeds(benchmark: ModuleType) -> dict[int, pd.DataFrame]:
    return {seed: benchmark.of_seed(seed)["lines"] for seed in (2015, 41, 42, 43)}


@pytest.mark.parametrize("seed", [2015, 41, 42, 43])
def test_every_injected_defect_is_found_with_any_seed(seeds: dict[int, pd.DataFrame], seed: int):
    lines = seeds[seed]
    missed = lines.loc[~lines["found"], ["file", "row", "column", "defect", "dirty"]]
    assert missed.empty, missed.to_string()


def test_nothing_is_invented_in_the_clean_inventory(benchmark: ModuleType):
    assert benchmark.invented() == 0


def test_accepting_all_proposals_mends_what_the_file_still_knows(seeds: dict[int, pd.DataFrame]):
    lines = seeds[2015]
    mended = lines.groupby("defect")["right"].mean()
    for defect in ("parent-blank", "access-spelling", "date-serial", "date-other-form", "title-rows", "extra-column"):
        assert mended[defect] == 1, defect
    assert not lines.loc[lines["defect"] == "blank", "right"].any()  # nobody can know these


@pytest.mark.parametrize(
    ("place", "hit"),
    [
        (Place("a.csv", None, (7,), "Responsable"), True),
        (Place("a.csv", None, (6, 7)), True),
        (Place("a.csv", None, (8,), "Responsable"), False),
        (Place("a.csv", None, (7,), "Nombre del conjunto"), False),
    ],
)
def test_found_means_the_right_code_at_the_right_row_and_column(benchmark: ModuleType, place: Place, hit: bool):
    line = {"row": 7, "column": "Responsable", "defect": "blank", "code": "inventory.blank", "dirty": "", "true": ""}
    key = pd.DataFrame([line])
    assert benchmark.found(key, Findings([warning("inventory.blank", place, n=1)])) == [hit]
    assert benchmark.found(key, Findings([warning("inventory.filler", place, n=1)])) == [False]


def test_clean_rows_count_as_invented_when_a_rule_names_them(benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch):
    eager = Findings([warning("inventory.blank", Place("a.csv", None, (2, 3, 4)), n=3)])
    monkeypatch.setattr(Inventory, "check", lambda *_: eager)
    assert benchmark.invented() == 6  # three rows of either file


def test_rows_of_the_large_inventory_are_all_different(benchmark: ModuleType):
    large = benchmark.many_rows(1_000)
    assert len(large) == 1_000
    assert not large.duplicated(["Nombre del conjunto", "Nombre del recurso"]).any()


def test_it_prints_one_object_of_the_four_promised_figures():
    command = [sys.executable, str(FILE), "--json", "--quick", "--rows", "500"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    figures: dict[str, Any] = json.loads(done.stdout)
    assert set(figures) == {"found_share", "invented", "rows_per_second", "peak_mb"}
    assert figures["found_share"] == 1
    assert figures["invented"] == 0
    assert figures["rows_per_second"] > 100
