"""Delimited text: encodings, separators, line ends, quotes, ragged rows."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.findings import KitError
from kit.tables import TableRead, read_table

SPANISH = "Año;Señalización;Índice\n2014;José Muñoz;Región\n2015;Ángela Peña;Ñandú\n2016;Límite sur;Güero\n"


def read(tmp_path: Path, content: str | bytes, name: str = "tabla.csv", **options: object) -> TableRead:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_table(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("latin-1", "latin-1"),
        ("mac_roman", "mac_roman"),
        ("cp850", "cp850"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_encoding_reads_the_same(tmp_path: Path, codec: str, said: str) -> None:
    result = read(tmp_path, SPANISH.encode(codec))
    assert result.table.columns.tolist() == ["Año", "Señalización", "Índice"]
    assert result.table["Señalización"].tolist() == ["José Muñoz", "Ángela Peña", "Límite sur"]
    assert result.source["encoding"] == said
    assert ("tables.encoding-not-utf8" in result.findings.codes()) == (not codec.startswith("utf-8"))
    assert ("tables.bom" in result.findings.codes()) == (codec == "utf-8-sig")


def test_bytes_0x80_to_0x9f_speak_for_windows_1252(tmp_path: Path) -> None:
    content = "nombre,lema\nPeña,“Año” – uno\nMuñoz,“Día” – dos\n".encode("windows-1252")
    result = read(tmp_path, content)
    assert result.source["encoding"] == "windows-1252"
    assert result.table["lema"].tolist() == ["“Año” – uno", "“Día” – dos"]


def test_a_wrong_byte_after_the_first_megabyte_is_seen(tmp_path: Path) -> None:
    rows = b"a,b\n" + b"1,abcdefgh\n" * 150_000
    result = read(tmp_path, rows + "2,año\n".encode("latin-1"))
    assert result.source["encoding"] == "latin-1"
    assert result.table["b"].iloc[-1] == "año"


def test_utf8_with_some_other_bytes_names_their_rows(tmp_path: Path) -> None:
    content = b"nombre,n\n" + "José,1\nMaría,2\nPeña,3\n".encode() + "Muñoz,4\n".encode("latin-1")
    result = read(tmp_path, content)
    (finding,) = result.findings.of("tables.encoding-mixed")
    assert finding.place.rows == (5,)
    assert result.table["nombre"].tolist() == ["José", "María", "Peña", "Muñoz"]


def test_a_named_encoding_is_obeyed_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    content = "a,b\naño,1\n".encode("mac_roman")
    assert read(tmp_path, content, encoding="latin-1").table["a"].iloc[0] == "a\x96o"
    with pytest.raises(KitError) as problem:
        read(tmp_path, content, encoding="latin-99")
    assert problem.value.findings.codes() == {"tables.unknown-encoding"}


@pytest.mark.parametrize("way", [("latin-1",), ("windows-1252",), ("windows-1252", "mac_roman"), ("mac_roman",)])
def test_text_saved_twice_in_the_wrong_encoding_is_turned_back(tmp_path: Path, way: tuple[str, ...]) -> None:
    text = "nombre,oficina\nJosé Peña,Educación pública\nMaría Núñez,Número único\nAnahí,Atención\n"
    raw = text.encode("utf-8")
    seen = raw.decode(way[0])
    content = seen.encode("utf-8") if len(way) == 1 else seen.encode(way[1], errors="replace").replace(b"?", b"_")
    result = read(tmp_path, content)
    (finding,) = result.findings.of("tables.double-encoding")
    assert finding.params["n"] == 6
    assert result.table["nombre"].tolist() == ["José Peña", "María Núñez", "Anahí" if len(way) == 1 else "Anah\ufffd"]
    assert result.table["oficina"].tolist() == ["Educación pública", "Número único", "Atención"]
    assert ("tables.lost-letters" in result.findings.codes()) == (len(way) == 2)


def test_one_misread_word_among_many_good_ones_is_only_pointed_at(tmp_path: Path) -> None:
    good = "".join(f"{i},Peña\n" for i in range(40))
    result = read(tmp_path, f"n,nombre\n{good}40,PÃ©rez\n")
    (finding,) = result.findings.of("tables.double-encoding-suspected")
    assert finding.place.rows == (42,)
    assert result.table["nombre"].iloc[-1] == "PÃ©rez"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    lines = ["clave|nombre|monto", "01|Uno|5", "02|Dos|7"]
    result = read(tmp_path, (end.join(lines) + end).replace("|", separator))
    assert result.table.to_dict("list") == {"clave": ["01", "02"], "nombre": ["Uno", "Dos"], "monto": [5, 7]}
    assert result.source["separator"] == separator
    assert ("tables.separator" in result.findings.codes()) == (separator != ",")
    assert ("tables.line-ends" in result.findings.codes()) == (end != "\n")


def test_mixed_line_ends_are_told_but_not_those_inside_cells(tmp_path: Path) -> None:
    assert "tables.line-ends-mixed" in read(tmp_path, "a,b\r\n1,2\r\n3,4\n").findings.codes()
    inside = read(tmp_path, 'a,b\r\n1,"x\ny"\r\n3,z\r\n')
    assert "tables.line-ends-mixed" not in inside.findings.codes()
    assert inside.table["b"].tolist() == ["x\ny", "z"]


def test_decimal_commas_do_not_pass_for_separators(tmp_path: Path) -> None:
    result = read(tmp_path, "zona;ancho;alto\nA;1,5;2,5\nB;2,5;3,5\nC;0,5;4,25\n")
    assert result.table["ancho"].tolist() == [1.5, 2.5, 0.5]
    assert {"tables.decimal-comma", "tables.separator"} <= result.findings.codes()


def test_one_column_with_commas_in_its_text_stays_one_column(tmp_path: Path) -> None:
    result = read(tmp_path, "calle\nJuárez, Centro\nHidalgo\nAllende\n")
    assert result.table.columns[0] == "calle"
    assert result.table.iloc[1, 0] == "Hidalgo"


@pytest.mark.parametrize(
    ("content", "rows", "cells"),
    [
        ('a,b,c\n1,"x,3\n2,y,4\n', (2,), '"x'),
        ('a,b,c\n1,"x,3\n2,"y,4\n3,z,5\n', (2, 3), '"x'),
        ('a,b,c\n1,tubo de 5",3\n2,y,4\n', (2,), 'tubo de 5"'),
        ('a,b,c\n1,One "x|two y",3\n2,"y, z",4\n', (2,), 'One "x|two y"'),
    ],
)
def test_quotes_that_do_not_close_lose_nothing(tmp_path: Path, content: str, rows: tuple[int, ...], cells: str) -> None:
    result = read(tmp_path, content)
    (finding,) = result.findings.of("tables.stray-quotes")
    assert finding.place.rows == rows
    assert result.table["b"].iloc[0] == cells
    assert len(result.table) == content.count("\n") - 1


def test_good_quotes_are_no_finding(tmp_path: Path) -> None:
    result = read(tmp_path, 'a,b\n"uno, dos","dijo ""sí"""\n"tres\ncuatro",5\n')
    assert result.table["a"].tolist() == ["uno, dos", "tres\ncuatro"]
    assert "tables.stray-quotes" not in result.findings.codes()


def test_blanks_before_a_quoted_cell_do_not_split_it(tmp_path: Path) -> None:
    assert read(tmp_path, 'a, b\nx, "y, z"\nw, "v"\n').table["b"].tolist() == ["y, z", "v"]


def test_ragged_rows_are_kept_with_their_extra_cells(tmp_path: Path) -> None:
    result = read(tmp_path, "a,b,c\n1,x,2\n3,y\n4,z,5,6\n7,w,8\n")
    assert result.findings.of("tables.ragged-short")[0].place.rows == (3,)
    assert result.findings.of("tables.ragged-long")[0].place.rows == (4,)
    assert result.table.columns.tolist() == ["a", "b", "c", "column_4"]
    assert result.table["column_4"].dropna().tolist() == [6]
    assert result.rows.tolist() == [2, 3, 4, 5]


def test_separators_at_the_end_of_every_row_make_no_column(tmp_path: Path) -> None:
    result = read(tmp_path, "a,b,,\n1,x,,\n2,y,,\n")
    assert result.table.columns.tolist() == ["a", "b"]
    assert result.findings.of("tables.blank-columns")[0].params["n"] == 2


def test_a_cell_longer_than_a_block_is_read(tmp_path: Path) -> None:
    polygon = "F" * (9 << 20)
    result = read(tmp_path, f"nombre,geom\nA,{polygon}\nB,F0\n")
    assert result.table["geom"].str.len().tolist() == [len(polygon), 2]


def test_a_separator_can_be_named(tmp_path: Path) -> None:
    result = read(tmp_path, "a:b\nx:y\nz:w\n", separator=":")
    assert result.table.to_dict("list") == {"a": ["x", "z"], "b": ["y", "w"]}


# --- any small table comes back ----------------------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyzáéíóúñüÁÉÍÓÚÑ"
words = st.text(LETTERS, min_size=1, max_size=8).map(lambda word: "x" + word)
cells = st.one_of(words, st.builds("{} {}".format, words, words), st.from_regex(r"0[0-9]{1,4}", fullmatch=True))
quoted = st.builds('{}{}"{}'.format, words, st.sampled_from([",", ";", "\n", "|", "\t"]), words)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    head = [f"{draw(words)}_{i}" for i in range(width)]
    body = draw(st.lists(st.lists(cells | quoted, min_size=width, max_size=width), min_size=2, max_size=8))
    return [head, *([*row[:-1], f"fin{i}"] for i, row in enumerate(body))]


@given(
    table=tables(),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "windows-1252", "mac_roman", "utf-16", "utf-16-le"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last_end=st.booleans(),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_small_table_comes_back(
    tmp_path: Path, table: list[list[str]], codec: str, separator: str, end: str, last_end: bool
) -> None:
    def written(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',;|\t"\n') else cell

    text = end.join(separator.join(map(written, row)) for row in table) + (end if last_end else "")
    result = read(tmp_path, text.encode(codec), encoding=None if codec.startswith("utf") else codec, types=False)
    assert [result.table.columns.tolist(), *result.table.to_numpy().tolist()] == table


@given(table=tables(), codec=st.sampled_from(["latin-1", "mac_roman"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_guess_of_the_encoding_is_right_for_spanish(tmp_path: Path, table: list[list[str]], codec: str) -> None:
    # Spanish writes capitals at the beginning of a word, not within it.
    text = "\n".join("|".join(cell.replace("\n", " ").replace("|", " ").lower() for cell in row) for row in table)
    text = text.replace('"', "") + "\nconstrucción|" + "|".join(["fin"] * (len(table[0]) - 1))
    assert read(tmp_path, text.encode(codec)).source["encoding"] == codec


def test_utf_16_without_bom_is_not_taken_for_binary(tmp_path: Path) -> None:
    content = SPANISH.encode("utf-16-be")
    assert not content.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE))
    assert len(read(tmp_path, content).table) == 3


@given(content=st.binary(max_size=300) | st.text('ab1,;|\t"\n\r =Ã$%/éñ\\', max_size=120).map(str.encode))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_a_user_sees_findings_and_no_traceback(tmp_path: Path, content: bytes) -> None:
    try:
        result = read(tmp_path, content)
    except KitError as problem:
        assert problem.findings.errors
    else:
        assert len(result.rows) == len(result.table)
        assert len(result.findings.lines("es")) == len(result.findings.lines("en")) == len(result.findings)
