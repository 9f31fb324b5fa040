"""No file that the kit writes carries a live formula, and its own files read back as they were."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from kit.portfolio import Portfolio
from kit.publish import Catalog, Column, Dataset, Publisher, files, listing
from kit.safecells import bare, bare_table, is_live, safe, safe_table
from kit.steps.cleaning import Cleaning
from kit.steps.cleaning.loading import clean_data
from kit.steps.inventory import Inventory
from kit.steps.inventory import example as example_inventory
from kit.steps.official import Sheet, read_exact, write_csv, write_xlsx
from kit.steps.plan import Plan

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\xa0=1+1",
    "＝1+1",
    '=HYPERLINK("http://x.mx?"&A1,"clic")',
    "- una nota",
    "-1-1",
]
HARMLESS = ["-12.5", "+3", "-1,200.00", "-$5.20", "1e-5", "-3 %", "+52 228 123 4567", "-", "--", "a=b", "x@y.mx", "2=3"]
_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def live_cells(text: str) -> list[str]:
    """Cells of a CSV that a spreadsheet may run; a rule of its own, plainer than the kit's."""
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    return [c for c in cells if c.lstrip(" \xa0").startswith(_STARTS) and c not in HARMLESS and not _is_number(c)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def lf(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def written(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_hostile_cell_is_marked_once_and_read_back(cell):
    assert safe(cell) == f"'{lf(cell)}"
    assert bare(safe(cell)) == lf(cell)


@pytest.mark.parametrize("cell", HARMLESS)
def test_numbers_telephones_and_lone_marks_stay_readable(cell):
    assert safe(cell) == cell == bare(cell)


@given(st.one_of(st.text(), st.text(alphabet="'=+-@ \t\r1a%", max_size=6)))
def test_any_text_is_harmless_when_written_and_the_same_when_read(cell):
    assert bare(safe(cell)) == lf(cell)
    written_cells = live_cells(line_of(["x", safe(cell), "y"]))
    assert not [c for c in written_cells if is_live(c)]


def test_a_lone_carriage_return_begins_no_new_line():
    assert list(csv.reader(io.StringIO(line_of([safe("x\r=1+1"), "y"]), newline=""))) == [["x\n=1+1", "y"]]


def line_of(cells: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def test_a_table_keeps_its_kinds_and_what_is_not_text():
    table = pd.DataFrame(
        {
            "=a": ["=x", None, "b"],
            "n": [-1.5, 2, None],
            "c": pd.Categorical(["@x", "y", "@x"]),
            "d": [dt.date.today()] * 3,
        }
    )
    there = safe_table(table)
    assert list(there.columns) == ["'=a", "n", "c", "d"]
    assert there["c"].tolist() == ["'@x", "y", "'@x"]
    pd.testing.assert_series_equal(there["n"], table["n"])
    back = bare_table(there)
    assert back["=a"].dtype == table["=a"].dtype
    assert back.astype(object).equals(table.astype(object))


def test_official_csv_and_workbook_hold_no_formula_and_read_back(tmp_path):
    table = pd.DataFrame({"=Encabezado": HOSTILE, "b": ["x"] * len(HOSTILE)})
    write_csv(tmp_path / "t.csv", table)
    assert live_cells(written(tmp_path / "t.csv")) == []
    same = table.map(lf)
    pd.testing.assert_frame_equal(read_exact(tmp_path / "t.csv", list(table.columns)), same, check_dtype=False)
    write_xlsx(tmp_path / "t.xlsx", [Sheet("h", table, [20, 20])])
    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["h"]
    cells = [cell for line in page.iter_rows() for cell in line if cell.value is not None]
    assert len(cells) == 2 * (len(HOSTILE) + 1)
    assert {cell.data_type for cell in cells} == {"s"}
    assert page["A2"].value == HOSTILE[0]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_inventory_with_hostile_words_comes_back_as_it_was(tmp_path, ending):
    inventory, _ = Inventory.read(example_inventory())
    text = inventory.table.columns[2]
    table = inventory.table.copy()
    table[text] = [HOSTILE[0] if n % 2 else "- una nota" for n in range(len(table))]
    hostile = Inventory(table)
    path = tmp_path / f"inventario.{ending}"
    (hostile.to_csv if ending == "csv" else hostile.to_xlsx)(path)
    if ending == "csv":
        assert live_cells(written(path)) == []
    again, _ = Inventory.read(path)
    assert again.table[text].tolist() == table[text].tolist()


def test_a_plan_with_hostile_words_comes_back_also_when_a_spreadsheet_saved_it_anew(tmp_path):
    plan = Plan.model_validate({"vision": "=1+1", "items": [{"dataset": HOSTILE[0], "description": "- una nota"}]})
    plan.to_csv(tmp_path / "plan.csv")
    assert live_cells(written(tmp_path / "plan.csv")) == []
    anew = io.StringIO(newline="")
    csv.writer(anew, delimiter=";").writerows(csv.reader(io.StringIO(written(tmp_path / "plan.csv"), newline="")))
    (tmp_path / "guardado.csv").write_bytes(anew.getvalue().encode("utf-8-sig"))
    for name in ("plan.csv", "guardado.csv"):
        again, _ = Plan.read_file(tmp_path / name)
        assert (again.vision, again.items[0].dataset, again.items[0].description) == (
            "=1+1", HOSTILE[0], "- una nota",
        ), name  # fmt: skip


def test_a_clean_table_holds_no_formula_and_the_next_step_reads_what_was_there(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    raw = pd.DataFrame({"OBS": ["=cmd|' /C calc'!A0", "- una nota", "-12.5"], "N": ["1", "2", "3"]})
    Cleaning.start(raw, file="obs.csv").save(portfolio)
    assert live_cells(portfolio.read_text("clean/obs.csv")) == []
    assert clean_data(portfolio, "obs")["OBS"].tolist() == raw["OBS"].tolist()


def test_what_is_published_holds_no_formula_and_schema_and_header_agree(tmp_path):
    layer = gpd.GeoDataFrame({"=OBS": HOSTILE}, geometry=[box(0, 0, 1, 1)] * len(HOSTILE), crs="EPSG:32614")
    flat = files.flat_table(layer)
    files.write_csv(flat, tmp_path / "t.csv")
    assert live_cells(written(tmp_path / "t.csv")) == []
    given_columns = [Column(name="=OBS", title="=1+1", description="@x", unit="-a", values=["=b"])]
    dataset = Dataset.model_construct(columns=given_columns)
    columns = files.complete_columns(dataset, flat)
    assert [c.name for c in columns] == next(csv.reader(io.StringIO(written(tmp_path / "t.csv"))))
    assert columns[0].title == "=1+1"
    files.write_dictionary(columns, tmp_path / "d.csv")
    assert live_cells(written(tmp_path / "d.csv")) == []


def test_a_catalogue_holds_no_formula_and_keeps_its_columns():
    hostile = Dataset(identifier="uno", title=HOSTILE[0], description="- una nota", keyword=["@x", "y"], columns=[])
    catalog = Catalog(title="=x", description="d", publisher=Publisher(name="=p"), datasets=[hostile])
    text = listing.to_csv(catalog)
    assert live_cells(text) == []
    (line,) = csv.DictReader(io.StringIO(text, newline=""))
    assert bare(line["ds:title"]) == HOSTILE[0]
    assert set(line) == set(listing.COLUMNS)


def test_every_module_that_writes_csv_asks_this_rule():
    """Datasets are generated without a stranger's word in them; all else goes through `kit.safecells`."""
    root = Path(__file__).parents[1] / "kit"
    writers = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        if re.search(
            r"\.to_csv\(\s*(?:path|stream|buffer|out\b).*index=|csv\.(?:Dict)?[wW]riter\(", path.read_text("utf-8")
        )
        and "kit.safecells" not in path.read_text("utf-8")
    ]
    assert {name.split("/")[0] for name in writers} <= {"datagen"}
