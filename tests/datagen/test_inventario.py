"""The inventory package: one truth, two dirty files, an answer key that holds to the cell, the same bytes each time."""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kit import datasets
from kit.datagen import inventario, inventario_dirt
from kit.datagen.inventario import BOOK, TABLE
from kit.datagen.inventario_facts import HEADERS, facts
from kit.steps import examples, inventory
from kit.steps.inventory import Inventory
from kit.steps.inventory.template import FACTS, REASONS

FOLDER = datasets.ROOT / "inventario"
SEEDS = [2015, 1, 2, 3]


def key_of(file: str) -> pd.DataFrame:
    key = pd.read_csv(FOLDER / "answer-key.csv", dtype=str, keep_default_na=False)
    numbers = {name: pd.to_numeric(key[name], errors="coerce").astype("Int64") for name in ("row", "key")}
    return key.assign(**numbers)[key["file"] == file].reset_index(drop=True)


def shipped(file: str) -> pd.DataFrame:
    """Every cell of a shipped file as a person would type it, every line."""
    if file == TABLE:
        with (FOLDER / file).open(encoding="ISO-8859-1", newline="") as stream:
            return pd.DataFrame(list(csv.reader(stream)), dtype=object)
    page = openpyxl.load_workbook(FOLDER / file)["Inventario"]
    lines = [["" if v is None else getattr(v, "date", lambda v=v: v)() for v in r] for r in page.values]
    return pd.DataFrame([[str(cell) for cell in line] for line in lines], dtype=object)


# -- the truth ---------------------------------------------------------------------------------------------------------


def test_the_truth_is_about_120_resources_of_a_dozen_offices():
    truth = inventario.truth()
    assert 110 <= len(truth) <= 130
    assert 12 <= truth["Responsable"].nunique() <= 18
    assert set(inventario.themes().values()) == {"cadastre", "mobility", "security", "resilience", "other"}


def test_the_truth_stands_on_the_official_template():
    assert tuple(inventario.truth().columns) == inventory.HEADERS
    assert tuple(facts()["choices"][1:]) == REASONS
    assert facts()["choices"][0] == FACTS["placeholder"]
    assert facts()["sheet"] == FACTS["sheet"]
    assert facts()["dictionary_sheet"] == FACTS["dictionary"]["sheet"]


def test_the_truth_holds_the_example_of_the_lessons_unchanged():
    example = Inventory.read(inventory.example())[0].table
    both = example.merge(inventario.truth(), how="left", indicator=True)
    assert (both["_merge"] == "both").all()


def test_every_theme_offers_public_data():
    truth = inventario.truth().assign(theme=lambda t: t["Nombre del conjunto"].map(inventario.themes()))
    public = truth[truth["¿Tiene datos privados?"] == "Público"]
    assert public.groupby("theme")["Nombre del conjunto"].nunique().min() >= 10


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_rules_find_nothing_in_the_truth(tmp_path: Path, ending: str):
    truth = Inventory(inventario.truth())
    path = tmp_path / f"inventario.{ending}"
    (truth.to_csv if ending == "csv" else truth.to_xlsx)(path)
    read, findings = Inventory.read(path)
    assert read == truth
    assert not findings
    assert not read.check()
    assert not read.proposals()


def test_resources_of_the_truth_have_names_of_their_own():
    truth = inventario.truth()
    assert not truth.duplicated(["Nombre del conjunto", "Nombre del recurso"]).any()
    assert not truth["¿De qué es?"].duplicated().any()


# -- the dirt ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("file", [BOOK, TABLE])
def test_the_answer_key_turns_any_seeds_file_into_the_truth(seed: int, file: str):
    dirty = inventario.soil(seed, file=file)
    clean = inventario_dirt.clean(dirty.texts(), dirty.key)
    pd.testing.assert_frame_equal(clean.astype(str), inventario.truth().astype(str), check_dtype=False)


@pytest.mark.parametrize("file", [BOOK, TABLE])
def test_the_answer_key_turns_the_shipped_file_into_the_truth(file: str):
    clean = inventario_dirt.clean(shipped(file), key_of(file))
    assert (clean.to_numpy() == inventario.truth().to_numpy()).all()


@pytest.mark.parametrize("file", [BOOK, TABLE])
def test_every_defect_of_the_key_stands_in_the_shipped_file(file: str):
    grid, key = shipped(file), key_of(file)
    header = int(key.loc[key["defect"] == "extra-column", "row"].iloc[0])
    official = dict(key.loc[key["defect"] == "changed-header", ["dirty", "true"]].to_numpy())
    columns = [official.get(name, name) for name in grid.iloc[header - 1]]
    for line in key[key["row"].notna()].itertuples():
        cells = list(grid.iloc[line.row - 1])
        if line.column:
            assert cells[columns.index(line.column)] == line.dirty, line
            assert line.defect.startswith("moved-") or line.dirty != line.true, line
        else:
            assert line.dirty in cells, line


@pytest.mark.parametrize("file", [BOOK, TABLE])
def test_every_defect_of_the_catalogue_is_in_its_file(file: str):
    catalogue = inventario_dirt.catalogue()
    expected = set(catalogue.loc[catalogue[file.rsplit(".", 1)[-1]] > 0, "defect"])
    missing = expected - set(key_of(file)["defect"])
    assert missing <= {"changed-header", "total-row"}  # what only the other file's office does
    assert set(key_of(file)["defect"]) <= expected


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("file", [BOOK, TABLE])
def test_no_cell_carries_two_defects(seed: int, file: str):
    key = inventario.soil(seed, file=file).key
    cells = key[key["row"].notna() & (key["column"] != "")]
    assert not cells.duplicated(["row", "column"]).any()


def test_another_seed_strikes_other_cells():
    one, other = (inventario.soil(seed, file=TABLE).key for seed in (1, 2))
    assert set(zip(one["row"], one["column"], one["dirty"], strict=True)) != set(
        zip(other["row"], other["column"], other["dirty"], strict=True)
    )


def test_every_code_of_the_catalogue_is_a_finding_with_sentences():
    from kit.messages import text

    for code in {code for codes in inventario_dirt.catalogue()["code"] for code in codes.split("|")}:
        for lang in ("es", "en"):
            assert text(f"{code}.mend", lang=lang) != f"{code}.mend"


# -- the package -------------------------------------------------------------------------------------------------------


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_two_builds_are_the_same_to_the_byte(tmp_path: Path):
    for name in ("one", "two"):
        inventario.build(tmp_path / name, seed=3)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    for rel in files(tmp_path / "one"):
        assert (tmp_path / "one" / rel).read_bytes() == (tmp_path / "two" / rel).read_bytes(), rel


def test_the_repository_holds_what_the_generator_makes(tmp_path: Path):
    inventario.build(tmp_path)
    assert files(FOLDER) == files(tmp_path)
    other_libraries = {BOOK, "datapackage.json"}  # openpyxl writes its version into a workbook
    for rel in files(tmp_path):
        if rel not in other_libraries or sys.platform == "linux":
            assert (FOLDER / rel).read_bytes() == (tmp_path / rel).read_bytes(), rel


def test_the_workbook_is_as_an_office_leaves_it():
    book = openpyxl.load_workbook(FOLDER / BOOK)
    page = book["Inventario"]
    assert book.sheetnames == ["Inventario", "Diccionario de datos"]
    assert {str(area)[0] for area in page.merged_cells.ranges} == {"A", "B"}
    rule = page.data_validations.dataValidation[0]
    assert rule.formula1.strip('"').startswith("Elige,No aplica,Contiene Datos Personales")
    kinds = {cell.data_type for cell in page["H"]}
    assert kinds == {"s", "n", "d"}  # texts, day numbers, dates


def test_the_workbook_says_nothing_of_when_or_by_whom_it_was_made():
    with zipfile.ZipFile(FOLDER / BOOK) as book:
        assert {info.date_time[0] for info in book.infolist()} == {1980}
        core = book.read("docProps/core.xml").decode("utf-8")
    assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) == {facts()["created"]}


def test_the_csv_is_latin_1():
    raw = (FOLDER / TABLE).read_bytes()
    assert "Dirección" in raw.decode("ISO-8859-1")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_descriptor_is_a_valid_data_package():
    from frictionless import Package

    descriptor = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    assert not Package.validate_descriptor(descriptor).errors
    assert descriptor["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in descriptor["resources"]:
        assert resource["hash"] == f"sha256:{datasets.sha256(FOLDER / resource['path'])}"


def test_schema_names_every_column_and_the_truth_obeys_it():
    book, table, key = datasets.dataset("inventario").descriptor["resources"]
    assert book["schema"] == table["schema"]
    truth = inventario.truth()
    assert [field["name"] for field in table["schema"]["fields"]] == list(HEADERS)
    for field in table["schema"]["fields"]:
        rules, values = field["constraints"], truth[field["name"]]
        assert rules["required"] and (values != "").all()
        assert "pattern" not in rules or values.str.fullmatch(rules["pattern"].strip("^$")).all()
        assert "enum" not in rules or set(values) == set(rules["enum"])
    assert [field["name"] for field in key["schema"]["fields"]] == list(inventario_dirt.KEY_COLUMNS)


def test_dictionary_names_every_column_in_both_languages():
    for lang in ("es", "en"):
        content = (FOLDER / f"dictionary.{lang}.md").read_text(encoding="utf-8")
        assert all(f"`{column}`" in content for column in (*HEADERS, *inventario_dirt.KEY_COLUMNS))
        assert "LADM" not in content


@pytest.mark.parametrize("theme", examples.THEMES)
def test_a_worked_case_needs_data_that_the_inventory_holds(theme: str):
    names = set(inventario.truth()["Nombre del conjunto"])
    actions = examples.example("theory", "es", theme)["actions"]
    needs = {need["name"] for action in actions for need in action["data"]}
    assert needs
    assert needs <= names
