"""The real tables beside the repository: each is read, and the dirt that is known of it is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kit.tables import read_table

pytestmark = pytest.mark.real


def test_construcciones(real: Path) -> None:
    result = read_table(real / "cadastre" / "construcciones.csv")
    assert result.table.shape == (887, 19)
    assert {"tables.separator", "tables.no-header"} <= result.findings.codes()
    assert result.table["column_2"].iloc[0] == "008"
    assert result.table["column_18"].str.startswith("0106000020677F0000").all()


def test_asentamientos(real: Path) -> None:
    result = read_table(real / "cadastre" / "asentamientos_desarrollo.csv")
    assert result.table.shape == (2581, 7)
    assert {"tables.separator", "tables.no-header", "tables.null-marks"} <= result.findings.codes()
    assert result.findings.of("tables.mixed-column")[0].place.rows == (278,)


def test_sesnsp(real: Path) -> None:
    result = read_table(real / "security" / "sesnsp-guanajuato-2020-2025.csv")
    assert result.table.shape == (2484, 21)
    (empty,) = result.findings.of("tables.empty-cells")
    assert empty.place.column == "Diciembre"
    assert round(empty.params["share"], 2) == 0.17
    assert {f.place.column for f in result.findings.of("tables.keys-without-zeros")} == {"Clave_Ent", "Cve. Municipio"}
    assert result.table["Cve. Municipio"].str.len().eq(5).all()


def test_inventory_of_119_rows(real: Path) -> None:
    result = read_table(real / "inventory" / "inventory-119-rows.csv")
    assert result.table.shape == (119, 19)
    assert {"tables.bom", "tables.line-ends"} <= result.findings.codes()
    (grouped,) = result.findings.of("tables.blank-parent-cells")
    assert round(grouped.params["share"], 2) == 0.79
    assert all(name.startswith("ds:") for name in grouped.params["columns"])


def test_inventory_twice_mis_encoded(real: Path) -> None:
    result = read_table(real / "inventory" / "inventory-bad-encoding.csv")
    assert result.table.shape == (30, 15)
    assert {"tables.double-encoding", "tables.encoding-not-utf8", "tables.line-ends"} <= result.findings.codes()
    assert result.table["accessLevel"].eq("público").all()
    assert result.table["description"].iloc[0] == "Índice de Rezago Social a nivel localidad"
    assert result.table["accessLevelComment"].iloc[0] == "Año: 2010"
    assert "evaluación, información" in " ".join(result.table["keyword"]).lower() or "tables.lost-letters" not in (
        result.findings.codes()
    )


def test_every_member_of_the_gtfs_feed(real: Path) -> None:
    path = real / "mobility" / "guadalajara-sitran.zip"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    heights = {name: len(read_table(path, member=name).table) for name in names}
    assert heights["stops.txt"] == 9203
    assert heights["stop_times.txt"] == 50649
    assert heights["routes.txt"] == 262
    assert heights["frequencies.txt"] == 8165
