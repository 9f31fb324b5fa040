"""Step 03: the template survives LibreOffice, and no bytes and no cell bring a traceback."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kit import messages
from kit.findings import KitError
from kit.steps import inventory as package
from kit.steps.inventory import HEADERS, KEYS, Inventory, template
from kit.steps.inventory.template import PLACEHOLDER, REASONS, header

FRESH = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow], "deadline": None}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A function that converts a file with LibreOffice; skips without it, fails without it in CI."""
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice is not on this machine: run scripts/install-debian.sh"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(path: Path, kind: str) -> Path:
        out = tmp_path_factory.mktemp("out")
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
        return out / f"{path.stem}.{kind}"

    return convert


def test_libreoffice_keeps_headers_cells_dates_as_text_and_the_drop_down(office, tmp_path):
    inventory, _ = Inventory.read(package.example())
    inventory.to_xlsx(tmp_path / "inventario.xlsx")
    again = office(tmp_path / "inventario.xlsx", "xlsx")
    page = openpyxl.load_workbook(again)["Inventario"]
    (rule,) = page.data_validations.dataValidation
    assert rule.type == "list" and rule.formula1 == '"' + ",".join([PLACEHOLDER, *REASONS]) + '"'
    assert "F2" in rule.sqref and f"F{len(inventory) + 100}" in rule.sqref
    assert page["H2"].value == "2015-10" and page["H2"].number_format == "@"
    read, found = Inventory.read(again)
    assert read == inventory and not found.of("inventory.", "tables.sheets")


def test_libreoffice_opens_the_empty_template_and_makes_a_pdf_of_it(office, tmp_path):
    template(tmp_path / "plantilla.xlsx")
    pdf = office(tmp_path / "plantilla.xlsx", "pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and len(pdf) > 5_000


def test_a_workbook_in_which_names_are_merged_is_a_grouped_file(tmp_path):
    inventory, _ = Inventory.read(package.example())
    inventory.to_xlsx(tmp_path / "i.xlsx")
    book = openpyxl.load_workbook(tmp_path / "i.xlsx")
    for cells in ("A2:A8", "B2:B4"):
        book["Inventario"].merge_cells(cells)
    book.save(tmp_path / "i.xlsx")
    merged, _ = Inventory.read(tmp_path / "i.xlsx")
    assert merged.column("responsible").tolist()[:8] == ["Jefatura de Catastro", *[""] * 6, "Tesorería municipal"]
    assert merged.check().of("inventory.parent-blank")[0].place.rows == (3, 4, 5, 6, 7, 8)
    assert merged.accept() == inventory


def test_dates_that_a_spreadsheet_made_of_months_come_back_as_months(tmp_path):
    inventory, _ = Inventory.read(package.example())
    inventory.to_xlsx(tmp_path / "i.xlsx")
    book = openpyxl.load_workbook(tmp_path / "i.xlsx")
    page = book["Inventario"]
    page["H2"].value, page["H2"].number_format = 42309.0, "General"
    page["H3"].value, page["H3"].number_format = 72837.0, "General"
    book.save(tmp_path / "i.xlsx")
    read, _ = Inventory.read(tmp_path / "i.xlsx")
    found = read.check()
    assert found.of("inventory.date-serial")[0].place.rows == (2,)
    assert found.of("inventory.date-implausible")[0].place.rows == (3,)
    assert read.accept().column("date")[0] == "2015-11"


def _said(inventory, found):
    return [line for lang in messages.LANGUAGES for line in (found + inventory.check()).lines(lang)]


@settings(max_examples=60, **FRESH)
@given(content=st.binary(max_size=400))
@example(content=b"")
@example(content="Responsable;Nombre del conjunto;Nombre del recurso\n;;".encode("utf-16"))
def test_any_bytes_are_an_inventory_or_findings(content, tmp_path):
    path = tmp_path / "i.csv"
    path.write_bytes(content)
    try:
        inventory, found = Inventory.read(path)
    except KitError as stop:
        assert stop.findings and all(stop.findings.lines())
    else:
        assert isinstance(_said(inventory, found), list)


HEAD = ",".join(f'"{name}"' for name in HEADERS).encode()


@settings(max_examples=50, **FRESH)
@given(content=st.binary(max_size=300))
@example(content=b'"x\x00,\xff')
@example(content=b"Total,,,,,,,\r\n*nota")
def test_any_bytes_under_the_official_header_are_an_inventory_or_findings(content, tmp_path):
    path = tmp_path / "i.csv"
    path.write_bytes(HEAD + b"\n" + content)
    try:
        inventory, found = Inventory.read(path)
    except KitError as stop:
        assert stop.findings and all(stop.findings.lines())
    else:
        assert list(inventory.table.columns) == list(HEADERS)
        assert isinstance(_said(inventory, found), list)


WORDS = [
    "Público",
    "No aplica",
    "Elige",
    "42309.0",
    "2015-13",
    "Zapopan (1)",
    "clave INEGI 1001",
    "a;b;c",
    "Ã³",
    "*",
    "Total",
]
CELL = st.one_of(st.text(max_size=40), st.sampled_from(WORDS))
TABLE = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, CELL)), max_size=8)


@settings(max_examples=120, **FRESH)
@given(rows=TABLE)
def test_any_cells_give_findings_that_can_be_said_and_whose_proposals_can_be_accepted(rows):
    inventory = Inventory.from_rows(rows)
    assert isinstance(_said(inventory, inventory.check()), list)
    for proposal in inventory.proposals():
        assert proposal.proposed not in ("", proposal.found) and proposal.row in inventory.rows
    mended = inventory.accept().grouped()
    assert len(mended) == len(inventory) and sorted(mended.rows) == sorted(inventory.rows)
    assert all(row in inventory.rows for finding in inventory.check() for row in finding.place.rows)


# -- where the inventory lies in a file -------------------------------------------------------------------------------

ROW = [
    "Obras Públicas",
    "Baches",
    "Baches tapados por mes",
    "Cuántos y en qué colonia",
    "Público",
    "",
    "Excel",
    "2015-10",
]


def _workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        page = book.create_sheet(title)
        for line in lines:
            page.append(line)
    book.save(path)
    return path


def test_the_inventory_is_found_among_larger_sheets(tmp_path):
    people = [["Nombre", "Correo"], *([f"Persona {n}", f"p{n}@ejemplo.mx"] for n in range(50))]
    path = _workbook(tmp_path / "a.xlsx", Portada=[["Inventario"]], Datos=[list(HEADERS), ROW], Directorio=people)
    inventory, found = Inventory.read(path)
    assert inventory.sheet == "Datos" and inventory.table.iloc[0].tolist() == ROW and inventory.rows.tolist() == [2]
    (told,) = found.of("tables.sheets")
    assert told.place.sheet == "Datos" and told.params["others"] == ["Directorio", "Portada"]


def test_headers_under_a_row_of_groups_are_whole(tmp_path):
    groups = ["Datos", None, None, None, "Privacidad", None, "Publicación", None]
    inventory, found = Inventory.read(_workbook(tmp_path / "a.xlsx", Hoja=[groups, list(HEADERS), ROW, ROW]))
    assert inventory.table.iloc[0].tolist() == ROW and inventory.rows.tolist() == [3, 4]
    assert not found.of("inventory.")


def test_lost_headers_are_taken_by_position_only_on_the_templates_sheet(tmp_path):
    inventory, _ = Inventory.read(_workbook(tmp_path / "a.xlsx", Inventario=[[None] * 8, ROW, ROW]))
    assert inventory.table.iloc[0].tolist() == ROW and inventory.rows.tolist() == [2, 3]
    with pytest.raises(KitError, match="not-an-inventory"):
        Inventory.read(_workbook(tmp_path / "b.xlsx", Otra=[[None] * 8, ROW, ROW]))


def test_a_list_of_agreements_is_no_inventory(tmp_path):
    path = tmp_path / "acuerdos.csv"
    path.write_text("Acuerdo,Responsable,Descripción,Fecha\nUno,Tesorería,Pagar,2015-10\n", encoding="utf-8")
    with pytest.raises(KitError, match="not-an-inventory"):
        Inventory.read(path)


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("description", "¿de qué son?"),
        ("reason", "razón por la cuál son privados los datos"),
        ("dataset", "Dataset name"),
        ("access", "DOES IT CONTAIN PRIVATE DATA?"),
    ],
)
def test_headings_of_earlier_templates_and_in_english_are_known(key, heading, tmp_path):
    heads = [heading if head == header(key) else head for head in HEADERS]
    inventory, found = Inventory.read(_workbook(tmp_path / "a.xlsx", Hoja=[heads, ROW]))
    assert inventory.table.iloc[0].tolist() == ROW
    assert found.of("inventory.").codes() == {"inventory.columns-renamed"}


NAMES = ["ds:identifier", "ds:title", "ds:keyword", "ds:modified", "ds:spatial", "ds:temporal"]
NAMES += ["ds:accrualPeriodicity", "ds:landingPage", "rs:title", "rs:downloadURL", "rs:byteSize"]


@settings(max_examples=50, **FRESH)
@given(rows=st.lists(st.lists(st.one_of(st.just(""), st.text(max_size=12)), min_size=11, max_size=11), max_size=6))
def test_any_catalogue_gives_findings(rows, tmp_path):
    path = tmp_path / "c.csv"
    pd.DataFrame(rows, columns=NAMES).to_csv(path, index=False)
    try:
        inventory, found = Inventory.read(path)
    except KitError as stop:
        assert stop.findings and all(stop.findings.lines())
    else:
        assert isinstance(_said(inventory, found), list)


def test_a_thousand_rows_are_judged_while_one_types():
    base, _ = Inventory.read(package.example(draft=True))
    chance = random.Random(1)
    rows = [dict(zip(KEYS, line, strict=True)) for line in base.table.itertuples(index=False)]
    many = [row | {"dataset": row["dataset"] and f"{row['dataset']} {chance.random()}"} for row in rows * 63][:1000]
    inventory = Inventory.from_rows(many)
    inventory.check()  # the word lists are read once
    begin = time.process_time()
    found = inventory.check()
    assert time.process_time() - begin < 0.6  # 0.1 s on a quiet machine
    assert header("dataset") in {finding.place.column for finding in found}
