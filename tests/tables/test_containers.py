"""Spreadsheets, DBF, ZIP, and what is sent as a table and is none."""

from __future__ import annotations

import datetime as dt
import gzip
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from kit.findings import KitError
from kit.tables import read_table

CSV = "clave,nombre,monto\n01,Peña,5\n02,Ñandú,7\n"
EXPECTED = {"clave": ["01", "02"], "nombre": ["Peña", "Ñandú"], "monto": [5, 7]}
LINES: list[list[Any]] = [["clave", "nombre", "monto"], ["01", "Peña", 5], ["02", "Ñandú", 7]]


def xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Datos")
    for i, line in enumerate(LINES):
        for j, cell in enumerate(line):
            sheet.write(i, j, cell)
    book.save(str(path))
    return path


def ods(path: Path) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Datos")
    for line in LINES:
        row = TableRow()
        for value in line:
            kind = {"valuetype": "string"} if isinstance(value, str) else {"valuetype": "float", "value": str(value)}
            cell = TableCell(**kind)
            cell.addElement(P(text=str(value)))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def dbf(path: Path, codec: str, language: int = 0, deleted: int = 0) -> Path:
    """A dBASE III table of three fields, written byte by byte as the format says."""
    fields = [("CLAVE", "C", 5, 0), ("NOMBRE", "C", 20, 0), ("MONTO", "N", 8, 0)]
    size = 1 + sum(width for _, _, width, _ in fields)
    records = [("01", "Peña", 5), ("02", "Ñandú", 7)]
    header = struct.pack("<BBBBIHH16xBBxx", 3, 115, 1, 1, len(records), 32 + 32 * len(fields) + 1, size, 0, language)
    for name, kind, width, places in fields:
        header += struct.pack("<11sc4xBB14x", name.encode("ascii"), kind.encode("ascii"), width, places)
    body = b""
    for i, (key, name, amount) in enumerate(records):
        mark = b"*" if i < deleted else b" "
        body += (
            mark + key.ljust(5).encode("ascii") + name.encode(codec).ljust(20) + str(amount).rjust(8).encode("ascii")
        )
    path.write_bytes(header + b"\r" + body + b"\x1a")
    return path


def packed(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refused(path: Path, **options: Any) -> str:
    """The code of the finding with which ``path`` is refused."""
    with pytest.raises(KitError) as problem:
        read_table(path, **options)
    (finding,) = problem.value.findings
    assert finding.place.file
    assert all(finding.sentence(part, lang) for part in ("found", "expected", "mend") for lang in ("es", "en"))
    return finding.code


@pytest.mark.parametrize("make", [lambda p: xlsx(p / "t.xlsx", {"Datos": LINES}), lambda p: xls(p / "t.xls"),
                                  lambda p: ods(p / "t.ods")])  # fmt: skip
def test_spreadsheets(tmp_path: Path, make: Any) -> None:
    result = read_table(make(tmp_path))
    assert result.table.to_dict("list") == EXPECTED
    assert result.source["sheet"] == "Datos"
    assert result.rows.tolist() == [2, 3]


@pytest.mark.parametrize("codec", ["utf-8", "latin-1", "windows-1252", "cp850"])
def test_dbf_in_any_encoding(tmp_path: Path, codec: str) -> None:
    result = read_table(dbf(tmp_path / "t.dbf", codec))
    assert result.table.to_dict("list") == {name.upper(): cells for name, cells in EXPECTED.items()}
    assert ("tables.encoding-not-utf8" in result.findings.codes()) == (codec != "utf-8")


def test_a_dbf_says_its_encoding_in_a_cpg_or_its_header(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", "cp850", language=2)
    assert read_table(path).source["encoding"] == "cp850"
    (tmp_path / "t.cpg").write_text("ISO 88591", encoding="ascii")
    assert read_table(path).source["encoding"] == "latin-1"


def test_deleted_records_of_a_dbf_are_told(tmp_path: Path) -> None:
    result = read_table(dbf(tmp_path / "t.dbf", "latin-1", deleted=1))
    assert result.findings.of("tables.dbf-deleted")[0].params["n"] == 1
    assert result.rows.tolist() == [3]


def test_the_sheet_with_the_data_is_chosen_and_the_others_told(tmp_path: Path) -> None:
    sheets = {"Portada": [["Inventario"], ["2015"]], "Datos": LINES, "Diccionario de datos": [["x", "y"]] * 30}
    path = xlsx(tmp_path / "t.xlsx", sheets)
    result = read_table(path)
    assert result.source["sheet"] == "Datos"
    assert result.findings.of("tables.sheets")[0].params["others"] == ["Portada", "Diccionario de datos"]
    assert read_table(path, sheet="portada", header=None).table.shape == (2, 1)
    assert read_table(path, sheet=1).source["sheet"] == "Datos"
    assert refused(path, sheet="Hoja9") == "tables.sheet-missing"


def test_dates_of_a_spreadsheet_come_as_dates_and_serials_where_the_name_says_so(tmp_path: Path) -> None:
    lines = [["fecha", "Fecha estimada"], [dt.date(2014, 1, 2), 42309.0], [dt.datetime(2014, 2, 3), 42310.0]]
    table = read_table(xlsx(tmp_path / "t.xlsx", {"h": lines})).table
    assert table["fecha"].dt.strftime("%Y-%m-%d").tolist() == ["2014-01-02", "2014-02-03"]
    assert table["Fecha estimada"].dt.strftime("%Y-%m").tolist() == ["2015-11", "2015-11"]


def test_titles_above_a_spreadsheets_header_keep_its_row_numbers(tmp_path: Path) -> None:
    result = read_table(xlsx(tmp_path / "t.xlsx", {"h": [["Padrón 2014"], [], *LINES, ["Fuente: Catastro"]]}))
    assert result.table.to_dict("list") == EXPECTED
    assert result.rows.tolist() == [4, 5]
    assert result.findings.of("tables.title-rows")[0].place.rows == (1,)
    assert result.findings.of("tables.footnotes")[0].place.rows == (6,)


def test_a_table_that_begins_at_b3_keeps_its_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for i, line in enumerate(LINES, start=3):
        for j, cell in enumerate(line, start=2):
            book.active.cell(i, j, cell)
    book.save(tmp_path / "t.xlsx")
    result = read_table(tmp_path / "t.xlsx", columns=["clave", "nombre", "monto"])
    assert result.table.to_dict("list") == EXPECTED
    assert result.rows.tolist() == [4, 5]


def test_a_stray_cell_far_away_is_refused_before_it_takes_all_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    book.active["AMJ5"] = "x"
    book.save(tmp_path / "near.xlsx")
    assert len(read_table(tmp_path / "near.xlsx").table) == 3
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(KitError) as problem:
        read_table(tmp_path / "far.xlsx")
    assert problem.value.findings[0].params["cell"] == "XFD1048576"


def test_a_zip_with_one_table(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.zip", {"carpeta/datos.csv": CSV, "LEEME.pdf": b"%PDF-1.4", "__MACOSX/datos.csv": b"x"})
    result = read_table(path)
    assert result.table.to_dict("list") == EXPECTED
    assert result.source["member"] == "carpeta/datos.csv"


def test_a_zip_with_several_tables_asks_which(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.zip", {"a/stops.txt": CSV, "a/trips.txt": CSV})
    assert refused(path) == "tables.zip-several"
    assert refused(path, member="x.txt") == "tables.zip-member-missing"
    assert read_table(path, member="a/stops.txt").table.to_dict("list") == EXPECTED
    assert read_table(path, member="trips.txt").source["member"] == "a/trips.txt"


def test_a_zipped_dbf_brings_its_cpg(tmp_path: Path) -> None:
    inside = dbf(tmp_path / "t.dbf", "cp850").read_bytes()
    path = packed(tmp_path / "t.zip", {"p/t.dbf": inside, "p/T.CPG": "850"})
    assert read_table(path).source["encoding"] == "cp850"


def test_a_zipped_spreadsheet_and_a_gzip(tmp_path: Path) -> None:
    inside = xlsx(tmp_path / "t.xlsx", {"h": LINES}).read_bytes()
    assert read_table(packed(tmp_path / "t.zip", {"t.xlsx": inside})).table.to_dict("list") == EXPECTED
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(CSV.encode("utf-8")))
    assert read_table(tmp_path / "t.csv.gz").table.to_dict("list") == EXPECTED


def test_a_file_is_read_as_what_it_is_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "t.xls").write_text(CSV, encoding="utf-8")
    xlsx(tmp_path / "t.xlsx", {"h": LINES}).rename(tmp_path / "t.csv")
    for name in ("t.xls", "t.csv"):
        result = read_table(tmp_path / name)
        assert result.table.to_dict("list") == EXPECTED
        assert "tables.disguised" in result.findings.codes()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.csv", b"", "tables.file-empty"),
        ("t.csv", b"\xef\xbb\xbf\r\n", "tables.file-empty"),
        ("t.csv", b"\n\n\n \n", "tables.file-empty"),
        ("t.csv", b",,\n,,\n", "tables.file-empty"),
        ("t.csv", b"%PDF-1.4 ...", "tables.not-a-table"),
        ("t.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "tables.not-a-table"),
        ("t.xls", b"<html><table><tr><td>1</td></tr></table></html>", "tables.not-a-table"),
        ("t.csv", b'{"a": 1}', "tables.not-a-table"),
        ("t.csv", bytes(range(256)) * 40, "tables.not-a-table"),
        ("t.xlsx", b"PK\x03\x04 and nothing more", "tables.file-damaged"),
        ("t.dbf", b"\x03" + b"\x00" * 40, "tables.file-damaged"),
        ("t.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "tables.file-damaged"),
        ("t.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "tables.password"),
        ("t.gz", b"\x1f\x8b\x08\x00broken", "tables.file-damaged"),
        ("t.docx", b"texto cualquiera", "tables.unknown-extension"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == code


def test_missing_folder_and_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path / "no-hay.csv") == "tables.file-missing"
    assert refused(tmp_path) == "tables.is-folder"
    (tmp_path / "t.csv").write_text(CSV, encoding="utf-8")

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "open", locked)
    assert refused(tmp_path / "t.csv") == "tables.file-locked"


def test_zips_that_hold_none_or_hold_a_zip_or_a_password(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "a.zip", {"foto.png": b"x"})) == "tables.zip-without-table"
    inner = packed(tmp_path / "b.zip", {"t.csv": CSV}).read_bytes()
    assert refused(packed(tmp_path / "c.zip", {"b.zip": inner})) == "tables.zip-in-zip"
    locked = bytearray(packed(tmp_path / "d.zip", {"t.csv": CSV}).read_bytes())
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "d.zip").write_bytes(locked)
    assert refused(tmp_path / "d.zip") == "tables.password"


def test_a_damaged_member_is_no_traceback(tmp_path: Path) -> None:
    raw = bytearray(packed(tmp_path / "t.zip", {"t.csv": CSV * 50}).read_bytes())
    raw[45:60] = b"\xff" * 15
    (tmp_path / "t.zip").write_bytes(raw)
    assert refused(tmp_path / "t.zip") == "tables.file-damaged"


def test_a_zip_that_would_grow_beyond_reason_is_refused(tmp_path: Path) -> None:
    assert refused(packed(tmp_path / "t.zip", {"t.csv": b"0" * (80 << 20)})) == "tables.zip-bomb"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    result = read_table(packed(tmp_path / "t.zip", {"t.csv": CSV.encode("latin-1")}))
    assert list(folder.iterdir()) == []
    assert result.table.to_dict("list") == EXPECTED
