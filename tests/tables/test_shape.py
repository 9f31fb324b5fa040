"""The shape people give to tables: titles, two-row headers, totals, footnotes, blanks, names."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.findings import KitError
from kit.tables import TableRead, read_table

GUIDE_WITH_ERRORS = """Fecha,Estado,Turistas,
,,Nacionales,Extranjeros
Ene 2013,Aguascalientes,"45,729","6,193"
01/2013,BC,"30,012","10,001"
* pie de página,,,
"""
INEGI_EXPORT = """"INSTITUTO NACIONAL DE ESTADÍSTICA Y GEOGRAFÍA","","","","",""
"Población total por entidad y municipio según sexo","","","","",""
"Censo 2010","","","","",""
"","","","","",""
"","","Total","Hombre","Mujer",""
"","Total","112,336,538","54,855,231","57,481,307",""
"=CONCATENAR(0,01) ","Aguascalientes","1,184,996","576,638","608,358",""
" 14 120 ","Zapopan","1,243,756","607,907","635,849",""
"","","","","",""
"FUENTE: INEGI. Censo de Población y Vivienda 2010.","","","","",""
"""


def read(tmp_path: Path, content: str, **options: object) -> TableRead:
    path = tmp_path / "tabla.csv"
    path.write_text(content, encoding="utf-8")
    return read_table(path, **options)  # type: ignore[arg-type]


def test_the_guides_example_with_errors(tmp_path: Path) -> None:
    result = read(tmp_path, GUIDE_WITH_ERRORS)
    assert result.table.columns.tolist() == ["Fecha", "Estado", "Turistas Nacionales", "Turistas Extranjeros"]
    assert result.table["Turistas Nacionales"].tolist() == [45729, 30012]
    assert result.table["Fecha"].dt.strftime("%Y-%m").tolist() == ["2013-01", "2013-01"]
    assert result.findings.of("tables.two-row-header")[0].place.rows == (1, 2)
    assert result.findings.of("tables.footnotes")[0].params["texts"] == ["* pie de página"]
    assert {"tables.dates-mixed-forms", "tables.numbers-with-symbols"} <= result.findings.codes()
    assert result.rows.tolist() == [3, 4]


def test_an_inegi_export(tmp_path: Path) -> None:
    result = read(tmp_path, INEGI_EXPORT)
    assert result.table.columns.tolist() == ["column_1", "column_2", "Total", "Hombre", "Mujer"]
    assert result.table["Total"].tolist() == [1184996, 1243756]
    assert result.findings.of("tables.title-rows")[0].place.rows == (1, 2, 3)
    assert result.findings.of("tables.totals")[0].place.rows == (6,)
    assert result.findings.of("tables.footnotes")[0].place.rows == (10,)
    assert result.findings.of("tables.formula")[0].place.rows == (7,)
    assert result.findings.of("tables.blank-columns")[0].params["n"] == 1
    assert result.source["header_rows"] == [5]
    assert result.rows.tolist() == [7, 8]


@pytest.mark.parametrize(
    ("content", "code", "rows"),
    [
        ("Reporte de obras 2014\n\na,b,c\nx,1,2\ny,3,4\n", "tables.title-rows", (1,)),
        ("a,b,c\nx,1,2\nTOTAL MUNICIPAL,4,6\n", "tables.totals", (3,)),
        ("a,b,c\nx,1,2\ny,1,2\nTotal,2,4\n\nNota: cifras preliminares,,\n", "tables.totals", (4,)),
        ("a,b,c\nx,1,2\ny,1,2\nFUENTE: INEGI, 2010\n", "tables.footnotes", (4,)),
        ("a,b,c\nx,1,2\nTotal del municipio,2,4\ny,1,2\n", "tables.totals-inside", (3,)),
        ("a,b,c\nx,1,2\na,b,c\ny,3,4\n", "tables.header-repeated", (3,)),
        ("a,b,c\nx,1,2\n\n,,\ny,3,4\n", "tables.blank-rows", (3, 4)),
        ("a,b,b\nx,1,2\ny,3,4\n", "tables.repeated-names", ()),
        ("a,,b\nx,1,2\ny,3,4\n", "tables.unnamed-columns", ()),
        ("MC ,CF ,b\nx,1,2\ny,3,4\n", "tables.name-blanks", ()),
        ("27,008,x\n28,009,y\n", "tables.no-header", ()),
        ("a,b,c\n", "tables.no-rows", ()),
        ("a,b,c\nx,1,\\N\ny,2,3\n", "tables.null-marks", ()),
    ],
)
def test_each_shape_is_told_with_its_rows(tmp_path: Path, content: str, code: str, rows: tuple[int, ...]) -> None:
    (finding,) = read(tmp_path, content).findings.of(code)
    assert finding.place.rows == rows


def test_a_table_as_the_guide_wants_it_has_no_findings(tmp_path: Path) -> None:
    result = read(tmp_path, "Fecha,Estado,Turistas Nacionales\n2013-01-01,Aguascalientes,45729\n2013-01-01,BC,12\n")
    assert not result.findings.codes()


def test_data_rows_that_resemble_notes_and_totals_stay(tmp_path: Path) -> None:
    content = "tipo,nombre,n\nFuente,Plaza de Armas,1\nTotal Play,Antena,2\nNota musical,Escuela,3\n"
    assert len(read(tmp_path, content).table) == 3


def test_years_may_be_names(tmp_path: Path) -> None:
    result = read(tmp_path, "Estado,2010,2015\nAguascalientes,10,20\nColima,30,40\n")
    assert result.table.columns.tolist() == ["Estado", "2010", "2015"]


def test_years_alone_name_the_columns_of_figures(tmp_path: Path) -> None:
    result = read(tmp_path, 'Título\n"","","1990","1995"\n01,Uno,"1,990","2,001"\n02,Dos,5,6\n')
    assert result.table.columns.tolist() == ["column_1", "column_2", "1990", "1995"]
    assert result.source["header_rows"] == [2]
    assert read(tmp_path, "1990,1995\n1991,1996\n1992,1997\n").source["header_rows"] == []


def test_a_group_name_above_the_header_is_joined(tmp_path: Path) -> None:
    result = read(tmp_path, ",,Viviendas,\nCVE_MUN,Nombre,Habitadas,Vacías\n001,Uno,5,6\n002,Dos,7,8\n")
    assert result.table.columns.tolist() == ["CVE_MUN", "Nombre", "Viviendas Habitadas", "Viviendas Vacías"]


def test_a_table_of_words_only_takes_its_first_row_as_header(tmp_path: Path) -> None:
    result = read(tmp_path, "color,forma\nrojo,redondo\nazul,cuadrado\n")
    assert result.table.columns.tolist() == ["color", "forma"]


def test_values_that_come_again_in_their_columns_are_no_header(tmp_path: Path) -> None:
    result = read(tmp_path, "Centro,Colonia,Sí\nCentro,Barrio,No\nNorte,Colonia,Sí\n")
    assert result.table.columns.tolist() == ["column_1", "column_2", "column_3"]


def test_the_header_can_be_told(tmp_path: Path) -> None:
    content = "27,008\n28,009\nclave,zona\n29,010\n"
    assert read(tmp_path, content, header=None).table.shape == (4, 2)
    told = read(tmp_path, content, header=3)
    assert told.table.columns.tolist() == ["clave", "zona"]
    assert told.rows.tolist() == [4]
    with pytest.raises(KitError) as problem:
        read(tmp_path, content, header=9)
    assert problem.value.findings.codes() == {"tables.header-row-missing"}


def test_columns_are_chosen_by_name_and_an_unknown_one_lists_those_there_are(tmp_path: Path) -> None:
    content = "a,b,c\n1,2,3\n4,5,6\n"
    assert read(tmp_path, content, columns=["c", "a"]).table.to_dict("list") == {"c": [3, 6], "a": [1, 4]}
    with pytest.raises(KitError) as problem:
        read(tmp_path, content, columns=["c", "z"])
    assert problem.value.findings[0].params["names"] == ["a", "b", "c"]


def test_a_grouped_file_names_its_parent_columns(tmp_path: Path) -> None:
    rows = "".join(f"id{i},T{i},D{i},,\nid{i},,,r{i},u{i}\nid{i},,,s{i},v{i}\n" for i in range(5))
    result = read(tmp_path, "ds:identifier,ds:title,ds:description,rs:title,rs:downloadURL\n" + rows)
    (finding,) = result.findings.of("tables.blank-parent-cells")
    assert finding.params["columns"] == ["ds:title", "ds:description"]
    assert finding.params["share"] == pytest.approx(2 / 3)
    assert not result.findings.of("tables.empty-cells")
