"""Step 03: the official template comes back as it was written, and each rule finds its fault and nothing else."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import warnings

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import messages
from kit.findings import KitError, Level
from kit.portfolio import Portfolio
from kit.steps.examples import example as worked_case
from kit.steps.inventory import HEADERS, KEYS, Inventory, example, table, template
from kit.steps.inventory.names import by_year, similar
from kit.steps.inventory.template import FACTS, REASONS, header
from kit.steps.theory import Theory

CLEAN = [
    {
        "responsible": "Catastro",
        "dataset": "Predios del catastro",
        "resource": "Predios por clave catastral, 2015",
        "description": "Un renglón por predio.",
        "access": "Público",
        "reason": "No aplica",
        "platform": "Access",
        "date": "2015-10",
    },
    {
        "responsible": "Catastro",
        "dataset": "Predios del catastro",
        "resource": "Mapa de predios, 2015",
        "description": "El polígono de cada predio.",
        "access": "Público",
        "reason": "",
        "platform": "Shapefile",
        "date": "2015-10",
    },
    {
        "responsible": "Tesorería",
        "dataset": "Recaudación del predial",
        "resource": "Monto por mes, 2014",
        "description": "Pesos por mes.",
        "access": "Público",
        "reason": "No aplica",
        "platform": "SQL",
        "date": "2015-12",
    },
    {
        "responsible": "Tesorería",
        "dataset": "Recaudación del predial",
        "resource": "Adeudos por cuenta, 2014",
        "description": "Lo que debe cada cuenta.",
        "access": "Restringido",
        "reason": "Contiene Datos Personales",
        "platform": "SQL",
        "date": "No aplica",
    },
    {
        "responsible": "Tecnologías",
        "dataset": "Servidores",
        "resource": "Ubicación de servidores, 2015",
        "description": "Dónde están.",
        "access": "Privado",
        "reason": "Confidencial/ Reservado/ Seguridad Nacional (acta CT-07/2015)",
        "platform": "Excel",
        "date": "No aplica",
    },
]


def changed(**cells):
    """The clean inventory with cells changed: ``r3_date="2015"`` changes row 3 of the file (the second data row)."""
    rows = [dict(row) for row in CLEAN]
    for name, value in cells.items():
        row, key = name[1:].split("_", 1)
        rows[int(row) - 2][key] = value
    return Inventory.from_rows(rows)


def by_headers(inventory):
    return {header(key): inventory.column(key).tolist() for key in KEYS}


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


# -- rules ------------------------------------------------------------------------------------------------------------

# (what is changed, the code it gives, its rows, its column) and (what is changed, the code it may not give)
FAULTS = [
    ({"r3_responsible": "", "r2_responsible": ""}, "inventory.blank", (2, 3), "responsible"),
    ({"r2_dataset": ""}, "inventory.blank", (2,), "dataset"),
    ({"r4_resource": ""}, "inventory.blank", (4,), "resource"),
    ({"r4_description": ""}, "inventory.blank", (4,), "description"),
    ({"r4_access": ""}, "inventory.blank", (4,), "access"),
    ({"r4_platform": ""}, "inventory.blank", (4,), "platform"),
    ({"r3_dataset": ""}, "inventory.parent-blank", (3,), "dataset"),
    ({"r3_responsible": ""}, "inventory.parent-blank", (3,), "responsible"),
    ({"r2_access": "No público"}, "inventory.access-contradictory", (2,), "access"),
    ({"r2_access": "Público / Restringido"}, "inventory.access-contradictory", (2,), "access"),
    ({"r6_access": "Secreto"}, "inventory.access-unlisted", (6,), "access"),
    ({"r2_access": "PUBLICO"}, "inventory.access-spelling", (2,), "access"),
    ({"r5_reason": ""}, "inventory.reason-blank", (5,), "reason"),
    ({"r5_reason": "Elige"}, "inventory.reason-blank", (5,), "reason"),
    ({"r2_access": "", "r2_reason": ""}, "inventory.reason-blank", (2,), "reason"),
    ({"r2_access": "Secreto", "r2_reason": ""}, "inventory.reason-blank", (2,), "reason"),
    ({"r5_reason": "No aplica"}, "inventory.reason-not-applicable", (5,), "reason"),
    ({"r2_reason": "Contiene Datos Personales"}, "inventory.reason-of-public", (2,), "reason"),
    ({"r5_reason": "Porque sí"}, "inventory.reason-unlisted", (5,), "reason"),
    ({"r6_reason": REASONS[2]}, "inventory.reason-without-act", (6,), "reason"),
    ({"r2_date": "pronto"}, "inventory.date-format", (2,), "date"),
    ({"r2_date": "2015-13"}, "inventory.date-format", (2,), "date"),
    ({"r2_date": "2015"}, "inventory.date-format", (2,), "date"),
    ({"r2_date": "72837"}, "inventory.date-implausible", (2,), "date"),
    ({"r2_date": "0215-10"}, "inventory.date-format", (2,), "date"),
    ({"r2_date": "1915-10"}, "inventory.date-implausible", (2,), "date"),
    ({"r2_date": 42309.0}, "inventory.date-serial", (2,), "date"),
    ({"r2_date": "Oct 2015"}, "inventory.date-other-form", (2,), "date"),
    ({"r2_date": "31/10/2015", "r3_date": "10/2015"}, "inventory.date-other-form", (2, 3), "date"),
    ({"r2_date": "2015-10-31"}, "inventory.date-with-day", (2,), "date"),
    ({"r2_date": dt.date(2015, 10, 31)}, "inventory.date-with-day", (2,), "date"),
    ({"r4_date": ""}, "inventory.date-blank", (4,), "date"),
    ({"r4_date": "No aplica"}, "inventory.date-blank", (4,), "date"),
    ({"r6_dataset": "Predios del catastro"}, "inventory.not-contiguous", (6,), "dataset"),
    ({"r3_resource": "PREDIOS por clave catastral 2015"}, "inventory.resource-repeated", (3,), "resource"),
    ({"r3_dataset": "Predios de Catastro"}, "inventory.similar-names", (2, 3), "dataset"),
    ({"r2_dataset": "Predios 2014", "r3_dataset": "Predios 2015"}, "inventory.dataset-per-year", (2, 3), "dataset"),
    ({"r2_responsible": "ej1. DG de medio ambiente"}, "inventory.example-row", (2,), None),
]

FINE = [
    ({"r2_access": "público"}, "inventory.reason-blank"),
    ({"r3_access": "Publico"}, "inventory.reason-blank"),
    ({"r2_access": "publico"}, "inventory.access-unlisted"),
    ({"r2_reason": "Elige"}, "inventory.reason-of-public"),
    ({"r5_reason": "Contiene Datos Personales, art. 18"}, "inventory.reason-unlisted"),
    ({"r6_reason": "Reservado, acta 12"}, "inventory.reason-without-act"),
    ({"r5_date": ""}, "inventory.date-blank"),
    ({"r5_date": "n/a"}, "inventory.date-format"),
    ({"r3_dataset": ""}, "inventory.not-contiguous"),
    ({"r3_dataset": ""}, "inventory.blank"),
    ({"r2_dataset": "Zona 1", "r3_dataset": "Zona 2"}, "inventory.similar-names"),
    ({"r2_dataset": "Predios urbanos", "r3_dataset": "Predios rurales"}, "inventory.similar-names"),
    ({"r2_resource": "Mapa", "r5_resource": "Mapa"}, "inventory.resource-repeated"),
    ({"r2_dataset": "Predios 2015"}, "inventory.dataset-per-year"),
]


def test_the_clean_inventory_has_nothing_to_mend():
    assert Inventory.from_rows(CLEAN).check().lines() == []


@pytest.mark.parametrize(("cells", "code", "rows", "column"), FAULTS, ids=[f"{f[1]}:{f[0]}" for f in FAULTS])
def test_each_rule_finds_its_fault_in_its_rows_and_says_it_in_both_languages(cells, code, rows, column):
    found = changed(**cells).check()
    places = [(finding.place.rows, finding.place.column) for finding in found.of(code)]
    assert (rows, header(column) if column else None) in places
    assert all(finding.line(lang) for finding in found for lang in messages.LANGUAGES)


@pytest.mark.parametrize(("cells", "code"), FINE, ids=[f"{f[1]}:{f[0]}" for f in FINE])
def test_no_rule_invents_a_fault(cells, code):
    assert code not in changed(**cells).check().codes()


def test_an_inventory_without_rows_is_an_error():
    (finding,) = Inventory.from_rows([]).check()
    assert (finding.code, finding.level) == ("inventory.empty", Level.ERROR)


@pytest.mark.parametrize(
    ("cells", "code", "sentence"),
    [
        ({"r2_dataset": ""}, "inventory.blank", 'El campo "Nombre del conjunto" no puede ir en blanco.'),
        (
            {"r5_reason": ""},
            "inventory.reason-blank",
            "Cuando el valor del dato ¿Tiene datos privados? no es Público la columna F no puede estar vacía o nula.",
        ),
        (
            {"r2_date": "pronto"},
            "inventory.date-format",
            "La fecha estimada de publicación no está en el formato AAAA-MM.",
        ),
        (
            {"r6_dataset": "Predios del catastro"},
            "inventory.not-contiguous",
            "Todos los recursos de un mismo conjunto de datos deben de estar agrupados.",
        ),
    ],
)
def test_where_the_official_validator_has_a_sentence_it_is_said(cells, code, sentence):
    found = changed(**cells).check().of(code)[0].sentence("found", "es")
    assert found.startswith(sentence)


def test_what_does_not_say_publico_counts_as_not_public():
    summary = changed(r2_access="", r3_access="no público", r4_access="son públicos").summary()
    assert (summary.public, summary.restricted, summary.private) == (1, 1, 3)
    assert (summary.datasets, summary.resources) == (3, 5)


def test_an_example_that_was_changed_is_judged_and_an_untouched_one_is_not():
    name = {"r2_dataset": "Peticiones de los ciudadanos", "r2_resource": FACTS["example_names"][2][1]}
    begun = changed(**name, r2_responsible="Atención ciudadana", r2_access="Privado", r2_reason="").check()
    assert {"inventory.example-row", "inventory.reason-blank"} <= begun.codes()
    untouched = changed(**name, r2_responsible="ej3. DG de atención", r2_access="Privado", r2_reason="").check()
    assert "inventory.example-row" in untouched.codes() and "inventory.reason-blank" not in untouched.codes()


def test_an_example_between_the_rows_of_a_dataset_parts_them():
    found = changed(r3_responsible="ej2. DG", r3_dataset="Montos", r4_dataset="Predios del catastro").check()
    assert found.of("inventory.not-contiguous")[0].place.rows == (4,)


@pytest.mark.parametrize("written", ["2015-sep", "2015 Septiembre", "2015 09", "'2015-09", "2015\u201009", "2015-09-"])
def test_a_month_is_understood_as_officials_write_it(written):
    (proposal,) = changed(r2_date=written).proposals().of("inventory.date-other-form")
    assert (proposal.row, proposal.found, proposal.proposed) == (2, written, "2015-09")


@pytest.mark.parametrize("written", ["2015", "1er trimestre 2015", "2015-09 / 2015-10", "2015-mañana", "2015-13"])
def test_what_names_no_single_month_is_not_guessed(written):
    inventory = changed(r2_date=written)
    assert inventory.check().of("inventory.date-format") and not inventory.proposals()


# -- proposals --------------------------------------------------------------------------------------------------------


def test_nothing_is_filled_until_its_proposal_is_accepted():
    grouped = changed(r3_responsible="", r3_dataset="", r2_access="publico", r4_date="42339", r5_responsible="")
    assert grouped.column("dataset")[1] == "" and grouped.column("date")[2] == "42339"
    mended = grouped.accept()
    assert mended.column("dataset")[1] == "Predios del catastro"
    assert mended.column("responsible").tolist()[:4] == ["Catastro", "Catastro", "Tesorería", "Tesorería"]
    assert mended.column("date")[2] == "2015-12"
    assert mended.check().lines() == []


def test_proposals_can_be_accepted_in_part():
    inventory = changed(r2_date="42309", r4_date="dic 2015")
    some = inventory.proposals().of("inventory.date-serial")
    assert [(p.row, p.found, p.proposed) for p in some] == [(2, "42309", "2015-11")]
    assert inventory.accept(some).column("date").tolist()[:3] == ["2015-11", "2015-10", "dic 2015"]
    assert len(inventory.proposals().in_rows(4)) == 1


def test_a_blank_name_at_the_top_has_nothing_to_be_filled_from():
    inventory = changed(r2_dataset="", r2_responsible="")
    assert not inventory.proposals()
    assert {f.place.column for f in inventory.check().of("inventory.blank")} == {HEADERS[0], HEADERS[1]}


def test_scattered_rows_are_brought_together_and_keep_their_numbers():
    scattered = changed(r6_dataset="Predios del catastro")
    mended = scattered.grouped()
    assert mended.rows.tolist() == [2, 3, 6, 4, 5]
    assert mended.column("resource").tolist()[2] == CLEAN[4]["resource"]
    assert "inventory.not-contiguous" not in mended.check().codes()
    assert Inventory.from_rows(CLEAN).grouped() == Inventory.from_rows(CLEAN)


def test_an_office_is_not_carried_over_into_another_dataset():
    inventory = changed(r4_responsible="")
    assert inventory.check().of("inventory.blank")[0].place.rows == (4,)


def test_a_cell_can_be_mended_by_the_row_that_a_finding_gives():
    inventory = changed(r5_reason="")
    row = inventory.check().of("inventory.reason-blank")[0].place.rows[0]
    assert inventory.with_cell(row, "reason", REASONS[1]).check().lines() == []
    with pytest.raises(KitError, match=r"inventory\.no-such-row"):
        inventory.with_cell(1, "reason", "x")
    with pytest.raises(KitError, match=r"inventory\.unknown-column"):
        inventory.with_cell(2, "razon", "x")


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_the_template_has_the_published_headers_in_their_order(name, tmp_path):
    template(tmp_path / name)
    inventory, _ = Inventory.read(tmp_path / name)
    assert len(inventory) == 0 and list(inventory.table.columns) == [c["header"] for c in FACTS["columns"]]
    assert HEADERS[0] == "Responsable" and HEADERS[7].endswith("(AAAA-MM)")


WORDS = st.text(st.sampled_from("abcdeñáéíóú ABC,;\"'¿?()/-.0123456789\n"), max_size=30)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, WORDS)), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=ROWS)
def test_whatever_is_written_into_the_portfolio_is_read_back_equal(rows, tmp_path_factory):
    portfolio = Portfolio.create(tmp_path_factory.mktemp("p"), title="x")
    inventory = Inventory.from_rows(rows)
    inventory.save(portfolio)
    assert Inventory.load(portfolio) == inventory


SENTENCE = st.text(st.sampled_from("abcdeñáéíóú "), min_size=1, max_size=20).map(lambda s: f"Texto {s}".strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, SENTENCE)), min_size=1, max_size=5))
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_official_template_is_read_back_equal_from_csv_and_xlsx(rows, ending, tmp_path_factory):
    path = tmp_path_factory.mktemp("t") / f"inventario.{ending}"
    inventory = Inventory.from_rows(rows)
    (inventory.to_xlsx if ending == "xlsx" else inventory.to_csv)(path)
    again, _ = Inventory.read(path)
    assert again == inventory and again.rows.tolist() == inventory.rows.tolist()


def test_the_workbook_keeps_drop_down_dictionary_frozen_header_and_text(tmp_path):
    inventory = changed(r2_dataset="=1+1", r2_date="2015-10")
    inventory.to_xlsx(tmp_path / "i.xlsx")
    book = openpyxl.load_workbook(tmp_path / "i.xlsx")
    assert book.sheetnames == ["Inventario", "Diccionario de datos"]
    page = book["Inventario"]
    (rule,) = page.data_validations.dataValidation
    assert rule.formula1 == '"' + ",".join(["Elige", *REASONS]) + '"'
    assert "F2" in rule.sqref and "F100" in rule.sqref and not rule.showErrorMessage
    assert page.freeze_panes == "A2" and page.column_dimensions["G"].width > 40
    assert (page["B2"].value, page["B2"].data_type) == ("=1+1", "s")
    assert (page["H2"].value, page["H2"].number_format) == ("2015-10", "@")
    assert [row[0].value for row in book["Diccionario de datos"].iter_rows()] == ["Columna", *HEADERS]


def test_the_same_inventory_gives_the_same_bytes(tmp_path):
    inventory = Inventory.from_rows(CLEAN)
    for name in ("a.xlsx", "b.xlsx"):
        inventory.to_xlsx(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_it_leaves_both_files_in_the_portfolio_and_comes_back_also_after_excel_saved_it(portfolio):
    inventory = Inventory.from_rows(CLEAN)
    assert inventory.save(portfolio) == inventory.check()
    assert portfolio.steps_done() == ["03"] and portfolio.exists("inventory.xlsx")
    again = inventory.table.to_csv(index=False, sep=";").encode("windows-1252")
    portfolio.path("inventory.csv").write_bytes(again)
    assert Inventory.load(portfolio) == inventory


def test_without_step_03_the_portfolio_names_the_step(portfolio):
    with pytest.raises(KitError, match=r"portfolio\.step-missing"):
        Inventory.load(portfolio)


# -- reading what officials send ------------------------------------------------------------------------------------


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


LINES = [",".join(f'"{value}"' for value in row.values()) for row in CLEAN]


def test_columns_renamed_added_missing_and_moved_are_told(tmp_path):
    names = ["Notas", "Conjunto de datos", "Área responsable", *HEADERS[2:7]]
    rows = [
        ["x", r["dataset"], r["responsible"], r["resource"], r["description"], r["access"], r["reason"], r["platform"]]
        for r in CLEAN
    ]
    lines = [",".join(f'"{cell}"' for cell in row) for row in [names, *rows]]
    inventory, found = Inventory.read(write(tmp_path / "i.csv", lines))
    codes = ("columns-renamed", "columns-added", "columns-missing", "columns-moved")
    assert {f"inventory.{code}" for code in codes} <= found.codes()
    assert found.of("inventory.columns-added")[0].params["names"] == ["Notas"]
    assert found.of("inventory.columns-missing")[0].params["names"] == [HEADERS[7]]
    assert inventory.column("dataset").tolist() == [r["dataset"] for r in CLEAN]
    assert inventory.check().of("inventory.date-blank")[0].place.rows == (2, 3, 4)


def test_the_untouched_template_has_no_finding_about_columns(tmp_path):
    Inventory.from_rows(CLEAN).to_csv(tmp_path / "i.csv")
    _, found = Inventory.read(tmp_path / "i.csv")
    assert not found.of("inventory.")


def test_a_header_with_a_slip_is_still_its_column(tmp_path):
    names = [*HEADERS[:3], "De que es", "¿Tiene datos privado?", *HEADERS[5:]]
    inventory, found = Inventory.read(write(tmp_path / "i.csv", [",".join(f'"{n}"' for n in names), *LINES]))
    assert inventory == Inventory.from_rows(CLEAN)
    assert found.of("inventory.columns-renamed")[0].params["n"] == 2


def test_rows_keep_the_numbers_of_the_file_with_its_title_and_blank_rows(tmp_path):
    lines = ["Inventario de Valle Abierto" + "," * 7, "," * 7, ",".join(f'"{n}"' for n in HEADERS), LINES[0], "," * 7]
    inventory, _ = Inventory.read(write(tmp_path / "i.csv", [*lines, LINES[2].replace("2015-12", "pronto")]))
    assert inventory.rows.tolist() == [4, 6]
    assert inventory.check().of("inventory.date-format")[0].place.rows == (6,)
    assert "i.csv" in inventory.check().lines("es")[0]


def test_a_table_of_something_else_is_refused_with_its_columns(tmp_path):
    path = write(tmp_path / "i.csv", ["clave,uso,valor", "1,H,2", "2,H,3"])
    with pytest.raises(KitError, match=r"inventory\.not-an-inventory") as caught:
        Inventory.read(path)
    assert caught.value.findings[0].params["columns"] == ["clave", "uso", "valor"]


CATALOGUE = [
    "ds:identifier,ds:title,ds:description,ds:contactPoint,ds:accessLevel,ds:accessLevelComment,rs:title,rs:description",
    "predios,Predios del catastro,Todos los predios,Catastro,público,Por predio,,",
    "predios,,,,,,Predios 2014,Los de 2014",
    "predios,,,,,,Predios 2015,",
    "padron,Padrón de contribuyentes,Quién debe,Tesorería,privado,Datos personales,,",
    "padron,,,,,,Padrón 2015,",
    "solo,Sin recursos,Nada todavía,Obras,,,,",
]


def test_a_catalogue_of_2014_becomes_an_inventory(tmp_path):
    inventory, found = Inventory.read(write(tmp_path / "c.csv", CATALOGUE))
    assert found.of("inventory.imported")[0].params == {"datasets": 3, "resources": 3}
    assert inventory.rows.tolist() == [3, 4, 6, 7]
    cells = by_headers(inventory)
    assert cells[header("dataset")] == ["Predios del catastro"] * 2 + ["Padrón de contribuyentes", "Sin recursos"]
    assert cells[header("description")][:2] == ["Los de 2014", "Todos los predios"]
    assert cells[header("responsible")] == ["Catastro", "Catastro", "Tesorería", "Obras"]
    assert cells[header("reason")] == ["", "", "Datos personales", ""]
    assert (inventory.summary().public, inventory.summary().private) == (3, 1)
    assert inventory.check().of("inventory.blank")[0].place.rows == (7,)  # a dataset without a resource


def test_a_catalogues_orphans_and_repeated_identifiers_are_told(tmp_path):
    lines = [*CATALOGUE, "nadie,,,,,,Recurso suelto,", "predios,Otros predios,x,Catastro,público,,,", "predios,,,,,,R,"]
    inventory, found = Inventory.read(write(tmp_path / "c.csv", lines))
    assert found.of("inventory.orphan-resource")[0].place.rows == (8,)
    assert found.of("inventory.identifier-repeated")[0].place.rows == (2, 9)
    assert inventory.column("dataset").tolist()[-2:] == ["", "Otros predios"]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "datasets", "resources"), [("inventory-119-rows.csv", 25, 94), ("inventory-bad-encoding.csv", 30, 30)]
)
def test_the_real_inventories_give_findings_and_no_traceback(name, datasets, resources, real, lang):
    inventory, found = Inventory.read(real / "inventory" / name)
    assert (inventory.summary().datasets, inventory.summary().resources) == (datasets, resources)
    assert inventory.summary().public == resources
    assert "inventory.imported" in found.codes()
    assert all((found + inventory.check()).lines())


@pytest.mark.real
def test_the_real_inventory_with_one_identifier_for_two_datasets(real):
    _, found = Inventory.read(real / "inventory" / "inventory-119-rows.csv")
    assert found.of("inventory.identifier-repeated")[0].params["names"] == ["POP"]


# -- names, the worked case ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["Predios del catastro", "Recaudación predial"], []),
        (["Calles", "Las calles"], [["Calles", "Las calles"]]),
        (["Licencias de construcción", "Licencias de construccion."], 1),
        (["Licencias de construcción", "Licencias de contrucción"], 1),
        (["Baches reportados", "Baches reprotados"], 1),
        (["Padrón 2014", "Padrón 2015"], []),
        (["Ruta A", "Ruta B"], []),
    ],
)
def test_names_that_differ_by_a_slip_are_found(names, groups):
    found = similar(names)
    assert found == groups or len(found) == groups


def test_a_dataset_per_year_is_found_and_years_alone_are_not():
    assert by_year(["2014", "2015", "Fonden 2011", "Fonden 2012"]) == [["Fonden 2011", "Fonden 2012"]]


def test_the_inventory_of_valle_abierto_is_clean_and_answers_its_theory_of_change(lang):
    inventory, _ = Inventory.read(example())
    assert inventory.check().lines() == []
    assert 12 <= len(inventory) <= 15
    assert Theory.of(worked_case("theory", lang)).check_data(inventory.names()).lines() == []


def test_the_draft_of_valle_abierto_shows_the_usual_slips_and_half_of_them_mend_themselves():
    draft, _ = Inventory.read(example(draft=True))
    before, after = draft.check(), draft.accept().check()
    assert {"inventory.parent-blank", "inventory.date-serial", "inventory.not-contiguous"} <= before.codes()
    assert after.codes() == before.codes() - {
        "inventory.parent-blank",
        "inventory.access-spelling",
        "inventory.date-serial",
        "inventory.date-other-form",
    }


def test_it_shows_itself_as_a_table_with_the_numbers_of_its_rows_and_no_markup(lang):
    inventory = changed(r2_dataset="<b>x</b>")
    shown = inventory._repr_html_()
    assert "<b>" not in shown and '<th scope="row" style="text-align:left">6</th>' in shown
    assert "2015-11" in changed(r2_date="42309").proposals()._repr_html_()
    assert str(inventory.summary()) in shown and inventory.summary()._repr_html_()


def test_rules_give_no_warnings_of_the_libraries():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        changed(r2_date="42309", r5_reason="Reservado").check()


def test_its_columns_are_prepared_once_and_anew_after_a_change(monkeypatch):
    made = []
    prepare = table.Columns
    monkeypatch.setattr(table, "Columns", lambda inventory: made.append(inventory) or prepare(inventory))
    inventory = changed(r2_date="42309")
    inventory.check(), inventory.proposals(), inventory.datasets(), inventory.summary()
    assert made == [inventory] and len(inventory.proposals()) == 1
    mended = inventory.with_cell(2, "date", "2015-11")
    assert not mended.proposals() and made == [inventory, mended]


def test_what_is_written_into_its_table_does_not_reach_the_inventory():
    inventory = changed()
    before = inventory.check(), inventory.datasets()
    theirs = inventory.table
    theirs.loc[:, header("date")] = "2015"
    access = inventory.column("access")
    access.iloc[:] = "Secreto"
    with pytest.raises(ValueError, match="read-only"):
        inventory.rows[0] = 9
    assert inventory == changed() and theirs[header("date")].eq("2015").all()
    assert inventory.check() == before[0] and inventory.datasets().equals(before[1])


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda i: pickle.loads(pickle.dumps(i))])
def test_a_copy_judges_as_the_inventory_does_also_after_it_was_judged(again):
    inventory = changed(r2_date="42309")
    found = inventory.check()
    other = again(inventory)
    assert other == inventory and other.check() == found and list(other.proposals()) == list(inventory.proposals())
    assert other.with_cell(2, "date", "2015-11").check() != found
