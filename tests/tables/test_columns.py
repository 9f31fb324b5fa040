"""What columns hold: keys, numbers, dates, mixtures, and what is missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.tables import TableRead, parse_dates, parse_numbers, read_table


def read(tmp_path: Path, name: str, cells: list[str], **options: object) -> TableRead:
    path = tmp_path / "tabla.csv"
    lines = [f'fila;"{name}"', *(f'f{i};"{cell}"' for i, cell in enumerate(cells))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "values", "code"),
    [
        (["1", "2"], [1, 2], None),
        (["1.5", "2"], [1.5, 2.0], None),
        (["$1,234,567.00", "$5.00"], [1234567.0, 5.0], "tables.numbers-with-symbols"),
        (["45,729", "6,193"], [45729, 6193], "tables.numbers-with-symbols"),
        (["12 %", "7%"], [12, 7], "tables.numbers-with-unit"),
        (["200 m2", "15 m2"], [200, 15], "tables.numbers-with-unit"),
        (["(1,234)", "5"], [-1234, 5], "tables.numbers-with-symbols"),
        (["1.234,56", "12,5"], [1234.56, 12.5], "tables.decimal-comma"),
        (["5", "s/d"], [5.0, None], "tables.missing-marks"),
        (["5", "N/D"], [5.0, None], "tables.missing-marks"),
        (["5", "-"], [5.0, None], "tables.missing-marks"),
    ],
)
def test_amounts_are_read(tmp_path: Path, cells: list[str], values: list[float], code: str | None) -> None:
    result = read(tmp_path, "monto", cells)
    column = result.table["monto"]
    assert [None if pd.isna(v) else v for v in column] == values
    assert pd.api.types.is_numeric_dtype(column)
    told = {c for c in result.findings.codes() if c != "tables.separator" and "empty" not in c}
    assert told == ({code} if code else set())


def test_a_column_of_two_minds_stays_text_and_names_the_rows(tmp_path: Path) -> None:
    result = read(tmp_path, "monto", ["5", "6", "siete", "8", "ocho"])
    assert result.table["monto"].tolist() == ["5", "6", "siete", "8", "ocho"]
    (finding,) = result.findings.of("tables.mixed-column")
    assert finding.place.rows == (4, 6)
    assert finding.params == {"n": 2, "total": 5, "examples": ["siete", "ocho"]}


def test_types_false_leaves_all_text(tmp_path: Path) -> None:
    result = read(tmp_path, "monto", ["$5", "6"], types=False)
    assert result.table["monto"].tolist() == ["$5", "6"]
    assert result.table["monto"].dtype == "str"


@pytest.mark.parametrize(
    ("name", "cells", "days", "code"),
    [
        ("alta", ["2014-01-02", "2014-12-31"], ["2014-01-02", "2014-12-31"], None),
        ("alta", ["02/01/2014", "31/12/2014"], ["2014-01-02", "2014-12-31"], "tables.dates-read"),
        ("alta", ["Ene 2013", "dic 2013"], ["2013-01-01", "2013-12-01"], "tables.dates-read"),
        ("alta", ["01/2013", "12/2013"], ["2013-01-01", "2013-12-01"], "tables.dates-read"),
        ("alta", ["15-ene-2014", "1-sep-2014"], ["2014-01-15", "2014-09-01"], "tables.dates-read"),
        ("alta", ["01/15/2014", "02/03/2014"], ["2014-01-15", "2014-02-03"], "tables.dates-read"),
        ("alta", ["Ene 2013", "02/2013"], ["2013-01-01", "2013-02-01"], "tables.dates-mixed-forms"),
        ("Fecha de alta", ["42309", "42310"], ["2015-11-01", "2015-11-02"], "tables.dates-read"),
        ("modified", ["20140214", "20150214"], ["2014-02-14", "2015-02-14"], "tables.dates-read"),
    ],
)
def test_dates_are_read(tmp_path: Path, name: str, cells: list[str], days: list[str], code: str | None) -> None:
    result = read(tmp_path, name, cells)
    assert result.table[name].dt.strftime("%Y-%m-%d").tolist() == days
    told = result.findings.codes() - {"tables.separator"}
    assert told == ({code} if code else set())


def test_excel_serials_are_numbers_where_the_name_says_nothing_of_dates(tmp_path: Path) -> None:
    assert read(tmp_path, "monto", ["42309", "42310"]).table["monto"].tolist() == [42309, 42310]


def test_a_day_that_does_not_exist_makes_the_column_mixed(tmp_path: Path) -> None:
    result = read(tmp_path, "fecha", ["01/02/2014", "30/02/2014", "15/02/2014"])
    assert result.table["fecha"].dtype == "str"
    assert result.findings.of("tables.mixed-column")[0].place.rows == (3,)


def test_moments_with_a_time_zone_stay_as_iso_8601_has_them(tmp_path: Path) -> None:
    cells = ["2014-05-27T01:42:05-05:00", "2014-05-28T01:42:05-05:00"]
    result = read(tmp_path, "ds:modified", cells)
    assert result.table["ds:modified"].tolist() == cells
    assert "tables.mixed-column" not in result.findings.codes()


@pytest.mark.parametrize(
    ("name", "cells", "is_key"),
    [
        ("CVE_MUN", ["001", "120"], True),
        ("Clave_Ent", ["11", "12"], True),
        ("Código Postal", ["86725", "86600"], True),
        ("RFC", ["123", "456"], True),
        ("Teléfono", ["5512345678", "3312345678"], True),
        ("trip_id", ["1", "2"], True),
        ("cualquiera", ["01", "12"], True),
        ("cualquiera", ["1234567890123456", "1234567890123457"], True),
        ("cualquiera", [" 01 001 ", " 14 120 "], True),
        ("VALOR_CATASTRAL", ["10", "20"], False),
        ("cualquiera", ["14 120", "1 000 000"], False),
        ("cualquiera", ["0", "12"], False),
        ("ancho", ["0.5", "12"], False),
    ],
)
def test_keys_stay_text_and_quantities_do_not(tmp_path: Path, name: str, cells: list[str], is_key: bool) -> None:
    result = read(tmp_path, name, cells)
    assert (result.table[name].tolist() == cells) == is_key
    assert ("tables.keys-kept" in result.findings.codes()) == is_key


@pytest.mark.parametrize(
    ("name", "cells", "rows", "length"),
    [
        ("Cve. Municipio", ["1001", "14120"], (2,), 5),
        ("Cve. Municipio", ["1001", "1002"], (2, 3), 5),
        ("Clave_Ent", ["1", "11"], (2,), 2),
        ("CVE_MUN", ["1", "120"], (2,), 3),
        ("cp", ["1000", "86725"], (2,), 5),
    ],
)
def test_keys_that_lost_their_zero_are_named_not_mended(
    tmp_path: Path, name: str, cells: list[str], rows: tuple[int, ...], length: int
) -> None:
    result = read(tmp_path, name, cells)
    (finding,) = result.findings.of("tables.leading-zero-lost")
    assert (finding.place.rows, finding.params["length"]) == (rows, length)
    assert result.table[name].tolist() == cells


def test_keys_of_full_length_have_lost_nothing(tmp_path: Path) -> None:
    result = read(tmp_path, "Cve. Municipio", ["11001", "11046"])
    assert "tables.leading-zero-lost" not in result.findings.codes()
    assert "tables.keys-without-zeros" in result.findings.codes()
    assert "tables.keys-without-zeros" not in read(tmp_path, "cve_mun", ["001", "046"]).findings.codes()


def test_a_key_that_a_spreadsheet_ruined_is_named(tmp_path: Path) -> None:
    result = read(tmp_path, "clave catastral", ["1.4E+30", "0014000200011234"])
    assert result.findings.of("tables.key-damaged")[0].place.rows == (2,)
    assert result.table["clave catastral"].iloc[0] == "1.4E+30"


def test_nines_far_above_the_rest_may_be_a_code(tmp_path: Path) -> None:
    result = read(tmp_path, "edad", ["12", "33", "999", "999"])
    assert result.findings.of("tables.maybe-missing-code")[0].params["value"] == "999"
    assert result.table["edad"].tolist() == [12, 33, 999, 999]
    assert not read(tmp_path, "edad", ["98", "97", "99", "99"]).findings.of("tables.maybe-missing-code")


def test_empty_cells_are_reported_with_their_share(tmp_path: Path) -> None:
    result = read(tmp_path, "Diciembre", ["1", "2", "3", "4", "5", ""])
    (finding,) = result.findings.of("tables.empty-cells")
    assert finding.place.column == "Diciembre"
    assert finding.params == {"share": pytest.approx(1 / 6), "n": 1}
    assert read(tmp_path, "Diciembre", ["", "", "", "4"]).findings.of("tables.mostly-empty-column")
    assert read(tmp_path, "Diciembre", ["", ""]).findings.of("tables.empty-columns")


def test_blanks_around_cells_are_told_and_left(tmp_path: Path) -> None:
    result = read(tmp_path, "colonia", ["Centro ", "Centro"])
    assert result.findings.of("tables.cells-with-blanks")[0].params["n"] == 1
    assert result.table["colonia"].iloc[0] == "Centro "


# --- the parsers themselves --------------------------------------------------------------------------------------


def test_stripped_counts_what_was_taken_off() -> None:
    cells = pd.Series(["$1,234.50", "$7", "12 %", "x", None], dtype="str")
    values, ok, stripped = parse_numbers(cells)
    assert values.tolist()[:3] == [1234.5, 7.0, 12.0]
    assert ok.tolist() == [True, True, True, False, False]
    assert stripped == {"$": 2, ",": 1, "%": 1}


@pytest.mark.parametrize("cell", ["1,2.3", "12,34,567", "5)", "1.2.3", "--5", "12 cosas", "1 2", "e5"])
def test_what_is_no_number_is_not_guessed(cell: str) -> None:
    values, ok, _ = parse_numbers(pd.Series([cell, "1.5"], dtype="str"))
    assert ok.tolist() == [False, True]
    assert pd.isna(values.iloc[0])


@settings(max_examples=40, deadline=None)  # a busy machine is no fault of the parser
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), st.sampled_from(["${:,}", "{:,}", "{:,} m2"]))
def test_any_whole_amount_comes_back(numbers: list[int], form: str) -> None:
    values, ok, _ = parse_numbers(pd.Series([form.format(n) for n in numbers], dtype="str"))
    assert ok.all()
    assert values.tolist() == numbers


@settings(max_examples=40, deadline=None)  # a busy machine is no fault of the parser
@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20), st.booleans())
def test_any_amount_with_cents_comes_back(numbers: list[object], comma: bool) -> None:
    texts = [f"{n:,.2f}" for n in numbers]
    if comma:
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    values, ok, _ = parse_numbers(pd.Series(texts, dtype="str"))
    assert ok.all()
    assert values.tolist() == [float(n) for n in numbers]  # type: ignore[arg-type]


MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@settings(max_examples=40, deadline=None)  # a busy machine is no fault of the parser
@given(
    st.lists(st.dates(pd.Timestamp(1900, 1, 1).date(), pd.Timestamp(2099, 12, 31).date()), min_size=1, max_size=20),
    st.sampled_from(["iso", "slash", "word", "serial"]),
)
def test_any_date_comes_back(days: list[object], form: str) -> None:
    stamps = [pd.Timestamp(day) for day in days]  # type: ignore[arg-type]
    stamps = [s for s in stamps if form != "serial" or s > pd.Timestamp(1954, 10, 4)] + [pd.Timestamp(2014, 1, 31)]
    write = {
        "iso": lambda s: s.strftime("%Y-%m-%d"),
        "slash": lambda s: s.strftime("%d/%m/%Y"),
        "word": lambda s: f"{s.day}-{MONTHS[s.month - 1]}-{s.year}",
        "serial": lambda s: str((s - pd.Timestamp(1899, 12, 30)).days),
    }[form]
    values, ok, _ = parse_dates(pd.Series([write(s) for s in stamps], dtype="str", name="fecha"))
    assert ok.all()
    assert values.tolist() == stamps


def test_the_forms_are_named_commonest_first() -> None:
    _, ok, form = parse_dates(pd.Series(["01/2013", "Ene 2013", "feb 2013", "x"], dtype="str"))
    assert form == "mmm aaaa, mm/aaaa"
    assert ok.tolist() == [True, True, True, False]
