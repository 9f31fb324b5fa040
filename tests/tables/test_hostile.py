"""Files made to do harm: each is a finding within seconds, and nothing is written anywhere."""

from __future__ import annotations

import gzip
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.findings import KitError
from kit.steps.cleaning import Cleaning
from kit.tables import delimited, read_table
from kit.tables.facts import facts

CSV = "clave,nombre\n01,Peña\n02,Ñandú\n"
SECONDS = 45  # with two busy cores; alone each takes a few


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary files go to a folder of this test, which is empty again at its end; the clock is looked at."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    began = time.monotonic()
    yield
    assert list(folder.iterdir()) == []
    assert time.monotonic() - began < SECONDS


def refused(path: Path) -> str:
    """The one code with which both the reader and the profile refuse a file."""
    told = []
    for opener in (read_table, Cleaning.start):
        with pytest.raises(KitError) as problem:
            opener(path)
        (finding,) = problem.value.findings
        assert all(finding.sentence(part, lang) for part in ("found", "expected", "mend") for lang in ("es", "en"))
        told.append(finding.code)
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize("line", [b"x", b"1,", b'1,"'], ids=["one cell", "separators", "open quote"])
def test_a_very_long_line_is_a_finding(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + line + line[:1] * (70 << 20) + b"\n1,2\n")
    assert refused(path) == "tables.line-too-long"


def test_long_lines_that_a_table_may_have_are_measured_and_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1," + b"x" * (3 << 20) + b"\n2,y\n")
    assert delimited.examine(path).longest == (3 << 20) + 2
    assert [len(cell) for cell in read_table(path).table["b"]] == [3 << 20, 1]


@pytest.mark.parametrize("columns", [100_000, 1_000_000])
def test_a_hundred_thousand_columns_and_more_are_a_finding(tmp_path: Path, columns: int) -> None:
    path = tmp_path / "t.csv"
    names = ",".join(f"c{i}" for i in range(columns))
    path.write_text(f"{names}\n{',' * (columns - 1)}\n", encoding="utf-8")
    assert refused(path) == "tables.too-many-columns"


def test_one_row_of_a_hundred_thousand_cells_in_a_small_table_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV * 20 + "1," * 100_000 + "1\n" + CSV * 20, encoding="utf-8")
    assert refused(path) == "tables.too-many-columns"


def test_as_many_columns_as_the_limit_allows_are_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(facts()["limits"], "max_columns", 3)
    (tmp_path / "t.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    assert read_table(tmp_path / "t.csv").table.shape == (1, 3)
    (tmp_path / "u.csv").write_text("a,b,c,d\n1,2,3,4\n", encoding="utf-8")
    assert refused(tmp_path / "u.csv") == "tables.too-many-columns"


def test_nul_bytes_are_no_table_at_the_head_and_no_traceback_further_down(tmp_path: Path) -> None:
    (tmp_path / "head.csv").write_bytes(b"a,b\n1,x\x00y\n2,z\n")
    assert refused(tmp_path / "head.csv") == "tables.not-a-table"
    (tmp_path / "late.csv").write_bytes(b"a,b\n" + b"1,2\n" * 50_000 + b"3,\x00\x00\n")
    read = read_table(tmp_path / "late.csv")
    assert len(read.table) == 50_001
    assert 50_002 in {row for finding in read.findings for row in finding.place.rows}
    assert len(Cleaning.start(tmp_path / "late.csv").profile()) == 2


def test_a_gzip_that_would_grow_beyond_reason_is_a_finding(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "t.csv.gz", "wb") as stream:
        for _ in range(100):
            stream.write(b"0" * (1 << 20))
    assert refused(tmp_path / "t.csv.gz") == "tables.zip-bomb"


def test_a_zip_that_lies_about_the_size_of_its_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"0" * (80 << 20))
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = raw.rindex(mark) + at
        raw[start : start + 4] = (100).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refused(path) in {"tables.zip-bomb", "tables.file-damaged"}


@pytest.mark.parametrize(
    "name", ["../fuera.csv", "/tmp/fuera-kit.csv", "..\\..\\fuera.csv", "C:\\fuera.csv", "a/../../fuera.csv"]
)
def test_a_path_in_a_zip_leads_nowhere(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = home / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), CSV)
    before = sorted(tmp_path.rglob("*"))
    assert len(read_table(path).table) == 2
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp/fuera-kit.csv").exists()
