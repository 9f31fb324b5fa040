"""Step 03: every code that the inventory raises has an example that fails and one that passes."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from kit.findings import Findings, KitError
from kit.steps import inventory as package
from kit.steps.inventory import HEADERS, KEYS, Inventory, suggest, suggestions
from kit.steps.inventory.template import REASONS
from tests.steps.test_inventory import CLEAN

TODAY = dt.date(2015, 6, 18)
LISTED = "1) Rutas de autobús 2) Paradas de autobús"


def rows(*changes, **cells):
    """The clean rows with cells of the first one changed, or of row N by ``(N, key, value)``."""
    table = [dict(row) for row in CLEAN]
    table[0].update(cells)
    for row, key, value in changes:
        table[row - 2][key] = value
    return table


def judged(*changes, today=TODAY, **cells):
    return lambda _: Inventory.from_rows(rows(*changes, **cells)).check(today)


def with_row(**cells):
    """The clean inventory and one row more, of which only these cells are filled."""
    return lambda _: Inventory.from_rows([*rows(), cells]).check(TODAY)


def raised(call):
    def run(_):
        try:
            return call() or Findings()
        except KitError as stop:
            return stop.findings

    return run


def read(*lines):
    """What reading (and judging) a file of these lines finds."""

    def run(folder):
        path = folder / "archivo.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            inventory, found = Inventory.read(path)
        except KitError as stop:
            return stop.findings
        return found + inventory.check(TODAY)

    return run


def workbook(*lines):
    """What reading a workbook of the template's sheet with these rows finds."""

    def run(folder):
        book = Workbook()
        book.active.title = "Inventario"
        for line in lines:
            book.active.append(line)
        book.save(folder / "archivo.xlsx")
        inventory, found = Inventory.read(folder / "archivo.xlsx")
        return found + inventory.check(TODAY)

    return run


HEAD = ",".join(f'"{name}"' for name in HEADERS)
LINE = ",".join(f'"{value}"' for value in CLEAN[0].values())
SEVEN = ",".join(f'"{name}"' for name in HEADERS[:7])


def catalogue(**cells):
    """A catalogue of one dataset with one resource, right but for these cells."""
    dataset = {
        "ds:identifier": "predios",
        "ds:title": "Predios del catastro",
        "ds:description": "Todos",
        "ds:keyword": "catastro, predios",
        "ds:modified": "2014-05-27T01:42:05-05:00",
        "ds:contactPoint": "Catastro",
        "ds:mbox": "catastro@ejemplo.gob.mx",
        "ds:temporal": "2010/2012",
        "ds:spatial": "14120",
        "ds:landingPage": "https://ejemplo.gob.mx/datos",
        "ds:accrualPeriodicity": "R/P1Y",
    }
    resource = {
        "rs:title": "Predios 2014",
        "rs:downloadURL": "https://ejemplo.gob.mx/predios.csv",
        "rs:byteSize": "20480",
    }
    changed = {name.replace("_", ":"): value for name, value in cells.items()}
    dataset |= {name: value for name, value in changed.items() if name in dataset}
    resource |= {name: value for name, value in changed.items() if name in resource}
    names = [*dataset, *resource]
    first = [*dataset.values(), *[""] * len(resource)]
    second = [dataset["ds:identifier"], *[""] * (len(dataset) - 1), *resource.values()]
    quoted = [",".join(f'"{cell}"' for cell in line) for line in (names, first, second)]
    return quoted


GOOD = catalogue()
TWO_YEARS = [(2, "dataset", "Predios 2014"), (3, "dataset", "Predios 2015")]
DATES = [(row, "date", "2015-10") for row in (5, 6)]

# code: (what raises it, what is nearly the same and does not)
EXAMPLES = {
    "inventory.empty": (lambda _: Inventory.from_rows([]).check(), judged()),
    "inventory.blank": (judged(dataset=""), judged((3, "dataset", ""))),
    "inventory.parent-blank": (judged((3, "dataset", "")), judged(dataset="")),
    "inventory.access-contradictory": (judged(access="No público"), judged(access="público")),
    "inventory.access-unlisted": (judged((6, "access", "Secreto")), judged(access="publico")),
    "inventory.access-spelling": (judged(access="PUBLICO"), judged()),
    "inventory.reason-blank": (judged((5, "reason", "Elige")), judged(reason="")),
    "inventory.reason-not-applicable": (judged((5, "reason", "No aplica")), judged(reason="No aplica")),
    "inventory.reason-of-public": (judged(reason=REASONS[1]), judged(reason="Elige")),
    "inventory.reason-placeholder": (judged(reason="Elige"), judged((5, "reason", "Elige"))),
    "inventory.reason-unlisted": (judged((5, "reason", "Porque sí")), judged((5, "reason", f"{REASONS[1]}, art. 18"))),
    "inventory.reason-without-act": (judged((6, "reason", REASONS[2])), judged((6, "reason", "Reservado, acta 12"))),
    "inventory.date-format": (judged(date="pronto"), judged((5, "date", "n/a"))),
    "inventory.date-implausible": (judged(date="72837.0"), judged(date="2016-10")),
    "inventory.date-serial": (judged(date="42309.0"), judged()),
    "inventory.date-other-form": (judged(date="2015.10"), judged(date="pronto")),
    "inventory.date-with-day": (judged(date="2015-10-31"), judged()),
    "inventory.date-blank": (judged(date="No aplica"), judged((5, "date", ""))),
    "inventory.date-of-private": (judged((6, "date", "2015-10")), judged((5, "date", "2015-10"))),
    "inventory.date-far": (judged(*DATES, date="2025-10"), judged(*DATES, date="2016-10")),
    "inventory.date-past": (judged(date="2015-05"), judged(today=dt.date(2026, 11, 25))),
    "inventory.not-contiguous": (judged((6, "dataset", "Predios del catastro")), judged((3, "dataset", ""))),
    "inventory.resource-repeated": (
        judged((3, "resource", "PREDIOS por clave catastral 2015")),
        judged((2, "resource", "Mapa"), (5, "resource", "Mapa")),
    ),
    "inventory.similar-names": (judged((3, "dataset", "Predios de Catastro")), judged((3, "dataset", "Predios"))),
    "inventory.similar-resources": (
        judged((2, "resource", "Mapa de predios urbanos"), (3, "resource", "Mapa del predio urbano")),
        judged((2, "resource", "Mapa de predios, 2014"), (3, "resource", "Mapa de predios, 2015")),
    ),
    "inventory.similar-offices": (
        judged((4, "responsible", "Tesoreria")),
        judged((4, "responsible", "Tesorería municipal")),
    ),
    "inventory.dataset-per-year": (judged(*TWO_YEARS), judged(dataset="Predios 2015")),
    "inventory.example-row": (judged(responsible="ej1. DG de medio ambiente"), judged(responsible="Ejidos")),
    "inventory.total-row": (
        with_row(responsible="TOTAL DE RECURSOS", resource="5"),
        judged(dataset="Totales de recaudación por mes"),
    ),
    "inventory.filler": (judged(platform="s/d"), judged(platform="SD de Oracle")),
    "inventory.broken-letters": (judged(responsible="DirecciÃ³n de Catastro"), judged(responsible="Dirección")),
    "inventory.capitals": (judged(dataset="PREDIOS DEL CATASTRO"), judged(dataset="Predios SEDATU CURT")),
    "inventory.file-name": (judged(resource="Base_final_v2.xls"), judged(resource="Base final, versión 2.0")),
    "inventory.name-long": (judged(dataset="Predios " * 20), judged(dataset="Predios")),
    "inventory.several-in-cell": (judged(resource=LISTED), judged(resource="Rutas (1 a 9)\ny paradas, 2015")),
    "inventory.description-repeats": (
        judged(description="Predios, por clave catastral 2015."),
        judged(description="Predios por clave catastral, con su uso."),
    ),
    "inventory.personal-data": (
        judged(description="Clave, uso, nombre del propietario y RFC."),
        judged(description="Clave y uso, sin nombre del propietario."),
    ),
    "inventory.responsible-person": (
        judged(responsible="Lic. Juan Pérez Gómez"),
        judged(responsible="Lic. Juan Pérez Gómez, Director de Catastro"),
    ),
    "inventory.platform-format": (judged(platform="CSV"), judged(platform="Access y CSV")),
    "inventory.platform-name": (judged(platform="SIGEMUN"), judged(platform="SQL (SIGEMUN)")),
    "inventory.key-zero-lost": (
        judged(description="Predios de Aguascalientes (1001)."),
        judged(description="Predios de Aguascalientes (01001)."),
    ),
    "inventory.key-unknown": (
        judged(description="Predios, clave INEGI 45001."),
        judged(description="Predios, clave presupuestal 45001."),
    ),
    "inventory.key-other-place": (
        judged(description="Predios de Zapopan (14039)."),
        judged(description="Predios de Zapopan (14120) y Valle Abierto (99001)."),
    ),
    "inventory.not-an-inventory": (read("clave,uso,valor", "1,H,2", "2,H,3"), read(HEAD, LINE)),
    "inventory.headers-lost": (
        workbook([None] * 8, *(list(row.values()) for row in CLEAN)),
        workbook(HEADERS, *(list(row.values()) for row in CLEAN)),
    ),
    "inventory.columns-missing": (read(SEVEN, LINE.rsplit(",", 1)[0]), read(HEAD, LINE)),
    "inventory.columns-renamed": (read(HEAD.replace("Responsable", "Área responsable"), LINE), read(HEAD, LINE)),
    "inventory.columns-added": (read(f"{HEAD},Notas", f"{LINE},x"), read(HEAD, LINE)),
    "inventory.columns-moved": (
        read('"Nombre del conjunto","Responsable",' + HEAD.split(",", 2)[2], '"P","C",' + LINE.split(",", 2)[2]),
        read(HEAD, LINE),
    ),
    "inventory.imported": (read(*GOOD), read(HEAD, LINE)),
    "inventory.columns-left-out": (read(*GOOD), read(HEAD, LINE)),
    "inventory.identifier-repeated": (read(*GOOD, GOOD[1].replace("Predios del catastro", "Otros")), read(*GOOD)),
    "inventory.orphan-resource": (read(*GOOD, GOOD[2].replace('"predios"', '"nadie"')), read(*GOOD)),
    "inventory.title-repeated": (
        read(*GOOD, *(line.replace('"predios"', '"otros"') for line in GOOD[1:])),
        read(*GOOD, GOOD[2].replace("2014", "2015")),
    ),
    "inventory.catalogue-blank": (read(*catalogue(ds_mbox="")), read(*GOOD)),
    "inventory.row-without-title": (read(*catalogue(rs_title="")), read(*GOOD)),
    "inventory.identifier-signs": (read(*catalogue(ds_identifier="Rezago Social ñ")), read(*GOOD)),
    "inventory.keyword-signs": (read(*catalogue(ds_keyword="predios; uso")), read(*GOOD)),
    "inventory.url-missing": (read(*catalogue(rs_downloadURL="")), read(*GOOD)),
    "inventory.url-invalid": (read(*catalogue(rs_downloadURL="www.ejemplo.gob.mx/a b.csv")), read(*GOOD)),
    "inventory.byte-size": (read(*catalogue(rs_byteSize="20 KB")), read(*GOOD)),
    "inventory.periodicity-unlisted": (read(*catalogue(ds_accrualPeriodicity="anual")), read(*GOOD)),
    "inventory.modified-form": (read(*catalogue(ds_modified="20140214")), read(*catalogue(ds_modified="2014-02-14"))),
    "inventory.modified-future": (read(*catalogue(ds_modified="2999-01-01")), read(*GOOD)),
    "inventory.temporal-form": (read(*catalogue(ds_temporal="2004-2014")), read(*catalogue(ds_temporal="2013"))),
    "inventory.temporal-order": (
        read(*catalogue(ds_temporal="2014-04/2014-01")),
        read(*catalogue(ds_temporal="2014-01/2014-04")),
    ),
    "inventory.place-ambiguous": (read(*catalogue(ds_spatial="Puebla")), read(*catalogue(ds_spatial="21"))),
    "inventory.unknown-theme": (
        raised(lambda: suggest("pesca")),
        raised(lambda: suggest("movilidad").head(0).columns.empty or None),
    ),
    "inventory.unknown-column": (
        raised(lambda: Inventory.from_rows([{"razon": "x"}])),
        raised(lambda: Inventory.from_rows([{"reason": "x"}]) and None),
    ),
    "inventory.unknown-suggestion": (
        raised(lambda: suggestions("movilidad").choose("x")),
        raised(lambda: suggestions("movilidad").choose("signals") and None),
    ),
    "inventory.outer-blanks": (read(HEAD, LINE.replace("Access", " Access ")), read(HEAD, LINE)),
    "inventory.no-such-row": (
        raised(lambda: Inventory.from_rows(CLEAN).with_cell(1, "reason", "x")),
        raised(lambda: Inventory.from_rows(CLEAN).with_cell(2, "reason", "x") and None),
    ),
}


def _codes_raised():
    """Every code "inventory.…" that stands as the first argument of a finding in the package's sources."""
    codes = set()
    for path in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"error", "warning", "advice"}:
                codes.add(node.args[0].value)
    return codes


def test_every_code_of_the_package_has_both_examples():
    assert _codes_raised() == set(EXAMPLES)
    assert len(KEYS) == 8


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_failing_example_raises_its_code_and_says_it_in_both_languages(code, tmp_path):
    found = EXAMPLES[code][0](tmp_path).of(code)
    assert len(found) >= 1
    assert all(
        len(finding.line(lang)) > 60 and "{" not in finding.line(lang) for finding in found for lang in ("es", "en")
    )


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_passing_example_does_not_raise_the_code(code, tmp_path):
    assert EXAMPLES[code][1](tmp_path).of(code) == Findings()


def test_the_right_catalogue_has_nothing_wrong_but_what_a_catalogue_lacks(tmp_path):
    found = read(*GOOD)(tmp_path)
    assert found.codes() == {
        "inventory.imported",
        "inventory.columns-left-out",
        "inventory.blank",
        "inventory.date-blank",
    }
