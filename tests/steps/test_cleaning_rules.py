"""Each rule of cleaning: what it finds and proposes on a small dirty column, and that a clean one is left alone."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from kit.findings import Finding
from kit.steps.cleaning import RULES, Cleaning
from kit.steps.cleaning.proposals import Draft
from kit.steps.cleaning.rules.categories import fingerprint
from kit.steps.cleaning.rules.dates import read_date
from kit.steps.cleaning.rules.numbers import read_number

KEYS = [f"990000010100010000010{n:04d}000000" for n in range(1, 61)]
AMOUNTS = [f"{n}.25" for n in range(90_000, 190_000, 2500)]
LOCAL = [f"001-0001-{n:06d}" for n in range(1, 61)]


def _start(column: str, cells: list, kind=None, **others: list) -> Cleaning:
    table = pd.DataFrame({column: cells, **others}, dtype="str")
    return Cleaning.start(table, mapping={column: kind} if kind else None)


# rule, column, its kind if the name does not say it, dirty cells, what they become ({old: new}; None is empty)
COLUMNS = [
    ("blanks", "OBS", "text", [" uno", "dos  tres", "cuatro", "   "],
     {" uno": "uno", "dos  tres": "dos tres", "   ": None}),
    ("mojibake", "COLONIA", None, ["JardÃ\xadn", "Jardín", "AÃ±il"], {"JardÃ\xadn": "Jardín", "AÃ±il": "Añil"}),
    ("missing-words", "AREA", None, ["s/d", "12", "#N/A", "-"], {"s/d": None, "#N/A": None, "-": None}),
    ("missing-maybe", "COLONIA", None, ["NO ESPECIFICADO", "Centro", "La Ribera"], {"NO ESPECIFICADO": None}),
    ("missing-negative", "AREA", None, ["-1", "120", "-99", "80"], {"-1": None, "-99": None}),
    ("missing-numbers", "AREA", None, [*map(str, range(100, 140)), "999999", "999999"], {"999999": None}),
    ("missing-numbers", "VALOR", None, [*AMOUNTS, "99999", "99999"], {"99999": None}),
    ("missing-zeros", "VALOR", None, [*AMOUNTS, "0"], {"0": None}),
    ("missing-dates", "FECHA", None, ["00/00/0000", "2014-01-02"], {"00/00/0000": None}),
    ("key-quotes", "CVE_MUN", None, ["'001", "001", "2.0"], {"'001": "001", "2.0": "2"}),
    ("key-separators", "CVE_CAT_EST", None, [*KEYS, f"{KEYS[0][:5]}-{KEYS[0][5:20]} {KEYS[0][20:]}"],
     {f"{KEYS[0][:5]}-{KEYS[0][5:20]} {KEYS[0][20:]}": KEYS[0]}),
    ("key-separators", "CVE_CAT_ORI", None, [*LOCAL, "0010001000099"], {"0010001000099": "001-0001-000099"}),
    ("key-separators", "MANZANA", None, ["001-0001", "0010002", "001 0003", "001-0004"],
     {"0010002": "001-0002", "001 0003": "001-0003"}),
    ("key-zeros", "CVE_LOC", None, ["1", "0001", "23"], {"1": "0001", "23": "0023"}),
    ("key-zeros", "CVE_CAT_EST", None, [f"09{k[2:]}" for k in KEYS] + [f"9{KEYS[0][2:]}"],
     {f"9{KEYS[0][2:]}": f"09{KEYS[0][2:]}"}),
    ("key-zeros", "CVE_CAT_ORI", None, [*LOCAL, "1-1-99"], {"1-1-99": "001-0001-000099"}),
    ("number-symbols", "VALOR", None, ["$1,234,567.00", "200 m2", "(15.5)", "12 %", "7", "1 250.5"],
     {"$1,234,567.00": "1234567.00", "200 m2": "200", "(15.5)": "-15.5", "12 %": "12", "1 250.5": "1250.5"}),
    ("number-decimal-comma", "AREA", None, ["123,45", "1.234,5", "88.2"], {"123,45": "123.45", "1.234,5": "1234.5"}),
    ("number-thousands", "VALOR", None, ["45,729", "6193"], {"45,729": "45729"}),
    ("number-hectares-written", "SUP_TERRENO", None, ["0.02 ha", "180"], {"0.02 ha": "200"}),
    ("area-hectares", "SUP_TERRENO", None, [*map(str, range(100, 200)), "0.015"], {"0.015": "150"}),
    ("date-order", "FECHA", None, ["25/12/2014", "03/02/2014"], {"03/02/2014": "2014-02-03"}),
    ("date-swapped", "FECHA", None, ["25/12/2014", "26/12/2014", "12/25/2014"], {"12/25/2014": "2014-12-25"}),
    ("date-short-year", "FECHA", None, ["25/12/14", "2014-01-01"], {"25/12/14": "2014-12-25"}),
    ("date-format", "FECHA", None, ["25/12/2014", "5 de mayo de 2013", "41640", "20140305", "2014-01-01"],
     {"25/12/2014": "2014-12-25", "5 de mayo de 2013": "2013-05-05", "41640": "2014-01-01", "20140305": "2014-03-05"}),
    ("date-month", "FECHA", None, ["Ene 2013", "02/2013", "2013-03"], {"Ene 2013": "2013-01", "02/2013": "2013-02"}),
    ("date-invented", "FECHA", None, ["1900-01-01", "2014-01-01"], {"1900-01-01": None}),
    ("category-catalogue", "USO", None, ["HAB", "Habitacional", "no hab.", "MIXTO"],
     {"HAB": "HABITACIONAL", "Habitacional": "HABITACIONAL", "no hab.": "NO HABITACIONAL"}),
    ("category-probable", "USO", None, ["BALDIO", "HABITACIONLA", "MIXTO"],
     {"BALDIO": "SIN USO", "HABITACIONLA": "HABITACIONAL"}),
    ("category-cluster", "COLONIA", None, ["La Ribera"] * 6 + ["LA RIBERA", "la ribera."],
     {"LA RIBERA": "La Ribera", "la ribera.": "La Ribera"}),
    ("category-even", "COLONIA", None, ["La Ribera", "LA RIBERA", "Centro"], {"La Ribera": "LA RIBERA"}),
    ("category-near", "COLONIA", None, ["La Ribera"] * 20 + ["La Rivera", "Las Flores 1", "Las Flores 2"],
     {"La Rivera": "La Ribera"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "column", "kind", "cells", "expected"), COLUMNS, ids=[f"{r[0]}:{r[1]}" for r in COLUMNS]
)
def test_a_rule_changes_exactly_the_cells_it_should(rule, column, kind, cells, expected):
    cleaning = _start(column, cells, kind)
    proposal = cleaning.proposals[f"{rule}:{column}"]
    cleaning.accept(proposal.id)
    wanted = [expected.get(cell, cell) for cell in cells]
    after = cleaning.texts()[column].astype(object)
    assert after.where(after.notna(), None).tolist() == wanted
    assert proposal.cells == sum(cell in expected for cell in cells)
    again = _start(column, [cell for cell in wanted if cell is not None] or ["x"], kind)
    assert f"{rule}:{column}" not in [p.id for p in again.proposals]


FINDINGS = [
    ("cleaning.letters-lost", "COLONIA", ["Jard?n", "Centro"], 1),
    ("cleaning.formula", "COLONIA", ["=CONCATENAR(0,01)", "Centro"], 1),
    ("cleaning.key-scientific", "CVE_CAT_EST", [*KEYS, "9.9E+30"], 1),
    ("cleaning.key-unreadable", "CVE_CAT_EST", [*KEYS, "99123"], 1),
    ("cleaning.key-missing", "CVE_CAT_EST", [*KEYS, None], 1),
    ("cleaning.key-duplicated", "CVE_CAT_EST", [*KEYS, KEYS[3]], 2),
    ("cleaning.number-unreadable", "AREA", ["120", "80", "ciento veinte"], 1),
    ("cleaning.number-negative", "AREA", ["120", "80", "-45"], 1),
    ("cleaning.date-impossible", "FECHA", ["31/02/2014", "25/12/2014"], 1),
    ("cleaning.date-unreadable", "FECHA", ["ayer", "25/12/2014", "26/12/2014"], 1),
    ("cleaning.date-outside", "FECHA", ["2941-01-01", "2014-12-25"], 1),
    ("cleaning.category-unknown", "USO", ["MIXTO", "HABITACIONAL", "AGRICOLA"], 1),
]


@pytest.mark.parametrize(("code", "column", "cells", "rows"), FINDINGS, ids=[f[0] for f in FINDINGS])
def test_what_cannot_be_known_is_reported_and_not_changed(code, column, cells, rows):
    table = pd.DataFrame({"OTRA": [str(n) for n in range(len(cells))], column: cells}, dtype="str")
    cleaning = Cleaning.start(table)
    (finding,) = cleaning.findings.of(code)
    assert len(finding.place.rows) == rows
    cleaning.accept_all(certain=False)
    at = [r - 2 for r in finding.place.rows]
    after = cleaning.texts()[column].reindex(at)
    if code not in {"cleaning.key-duplicated", "cleaning.key-missing"}:
        assert after.tolist() == [cells[i] for i in at]
    good = table.drop(index=at).dropna()
    assert not Cleaning.start(good).findings.of(code)


def test_a_relation_between_two_columns_that_contradict_each_other_is_reported():
    table = pd.DataFrame({"CVE_CAT_EST": KEYS, "CVE_MUN": ["001"] * 59 + ["002"]}, dtype="str")
    (finding,) = Cleaning.start(table).findings.of("cleaning.key-disagrees")
    assert finding.place.rows == (61,)


def test_equal_rows_are_dropped_but_the_first_and_totals_are_dropped():
    table = pd.DataFrame(
        {"COLONIA": ["A", "B", "A", "TOTAL"], "USO": ["MIXTO", "MIXTO", "MIXTO", None], "VALOR": ["1", "2", "1", "4"]}
    )
    cleaning = Cleaning.start(table).accept_all()
    assert cleaning.texts().index.tolist() == [0, 1]
    assert set(cleaning.log["rule"]) == {"rows-duplicated", "rows-total"}


def test_a_destroyed_key_comes_back_through_the_local_key():
    keys = [f"99000001010001000001{n:05d}000000" for n in range(1, 61)]
    table = pd.DataFrame({"CVE_CAT_EST": [*keys[:-1], "9.9E+30"], "CVE_CAT_ORI": LOCAL}, dtype="str")
    cleaning = Cleaning.start(table)
    proposal = cleaning.proposals["key-recover:CVE_CAT_EST"]
    assert not proposal.certain
    cleaning.accept(proposal.id)
    assert cleaning.texts()["CVE_CAT_EST"].tolist() == keys
    assert not cleaning.remaining.of("cleaning.key-scientific")


def test_a_destroyed_key_comes_back_from_a_reference_only_if_one_answer_exists():
    table = pd.DataFrame({"CVE_CAT_EST": [*KEYS[:8], "9.9E+30", "9.9E+30"], "CVE_CAT_ORI": LOCAL[:10]}, dtype="str")
    reference = pd.DataFrame(
        {"CVE_CAT_EST": [KEYS[8], KEYS[9], KEYS[10]], "CVE_CAT_ORI": [LOCAL[8], LOCAL[9], LOCAL[9]]}
    )
    cleaning = Cleaning.start(table, reference=reference).accept("key-recover:CVE_CAT_EST")
    assert cleaning.texts()["CVE_CAT_EST"].tolist()[8:] == [KEYS[8], "9.9E+30"]


def test_a_key_that_another_row_already_has_is_not_given_away():
    table = pd.DataFrame({"CVE_CAT_EST": [*KEYS[:9], "9.9E+30"], "CVE_CAT_ORI": LOCAL[:10]}, dtype="str")
    reference = pd.DataFrame({"CVE_CAT_EST": [KEYS[0]], "CVE_CAT_ORI": [LOCAL[9]]})
    assert "key-recover:CVE_CAT_EST" not in [p.id for p in Cleaning.start(table, reference=reference).proposals]


def test_a_repeated_key_that_contradicts_its_local_key_gets_a_proposal_that_is_not_certain():
    keys = [f"99000001010001000001{n:05d}000000" for n in range(1, 61)]
    table = pd.DataFrame({"CVE_CAT_EST": [*keys[:59], keys[0]], "CVE_CAT_ORI": LOCAL}, dtype="str")
    cleaning = Cleaning.start(table)
    assert cleaning.accept_all().texts()["CVE_CAT_EST"].tolist() == table["CVE_CAT_EST"].tolist()
    assert cleaning.accept("key-repeated:CVE_CAT_EST").texts()["CVE_CAT_EST"].tolist() == keys


def test_an_empty_name_is_filled_from_a_block_that_has_one_name_only():
    blocks = ["001-0001"] * 4 + ["001-0002"] * 4
    names = ["La Ribera", "La Ribera", None, "La Ribera", "Centro", "Olmo", None, "Centro"]
    cleaning = Cleaning.start(pd.DataFrame({"MANZANA": blocks, "COLONIA": names}, dtype="str"))
    filled = cleaning.accept("name-by-block:COLONIA").texts()["COLONIA"]
    assert (filled[2], filled.isna()[6]) == ("La Ribera", True)


def test_a_sliver_without_key_may_be_dropped_and_one_with_a_key_only_reported():
    thin = [box(310_000, 2_460_000, 310_030, 2_460_000.01), box(310_100, 2_460_000, 310_130, 2_460_000.01)]
    layer = gpd.GeoDataFrame({"CVE_CAT_EST": [*KEYS[:26], None]}, geometry=[*_city(25), *thin], crs="EPSG:32614")
    cleaning = Cleaning.start(layer).accept_all(certain=False)
    assert len(cleaning.result()) == 26
    assert "topology.sliver" in cleaning.remaining.codes()


def test_hectares_are_proved_by_the_polygons_area():
    squares = [box(i * 50, 0, i * 50 + 20, 10) for i in range(30)]
    areas = ["200"] * 25 + ["0.02"] * 4 + ["0.5"]
    layer = gpd.GeoDataFrame({"CVE_CAT_EST": KEYS[:30], "SUP_TERRENO": areas}, geometry=squares, crs="EPSG:32614")
    cleaning = Cleaning.start(layer)
    proposal = cleaning.proposals["area-hectares:SUP_TERRENO"]
    assert (proposal.cells, proposal.certain, proposal.finding.code) == (4, False, "cleaning.hectares-measured")
    assert cleaning.accept(proposal.id).texts()["SUP_TERRENO"].tolist()[25:] == ["200"] * 4 + ["0.5"]


def test_the_layer_of_reference_measures_the_tables_areas():
    layer = gpd.GeoDataFrame({"CVE_CAT_EST": KEYS[:30]}, geometry=[box(0, 0, 20, 10)] * 30, crs="EPSG:32614")
    table = pd.DataFrame({"CVE_CAT_EST": KEYS[:30], "SUP_TERRENO": ["200"] * 29 + ["0.02"]}, dtype="str")
    (proposal,) = Cleaning.start(table, reference=layer).proposals.of("area-hectares")
    assert proposal.finding.code == "cleaning.hectares-measured"


def _city(count: int = 25) -> list[Polygon]:
    return [box(x, y, x + 20, y + 10) for x in range(310_000, 310_000 + 25 * count, 25) for y in [2_450_000]]


def test_coordinates_of_another_system_are_brought_home():
    home = gpd.GeoSeries(_city(), crs="EPSG:32614")
    stray = home.to_crs("EPSG:6372")
    mixed = gpd.GeoSeries([*home[:-2], *stray[-2:]], crs="EPSG:32614")
    cleaning = Cleaning.start(gpd.GeoDataFrame({"CVE_CAT_EST": KEYS[:25]}, geometry=mixed))
    assert cleaning.proposals["geometry-odd"].cells == 2
    result = cleaning.accept("geometry-odd").result()
    assert result.geometry.distance(home).max() < 0.01
    assert not Cleaning.start(result).proposals.of("geometry-odd")


def test_a_bow_tie_is_untwisted_and_a_repeated_corner_only_made_valid():
    square = box(0, 0, 20, 10)
    twisted = Polygon([(0, 0), (20, 0), (0, 10), (20, 10)])
    spike = Polygon([(0, 0), (20, 0), (20, 10), (20, 15), (20, 10), (0, 10)])
    shapes = [translate(g, 310_000 + 30 * i, 2_450_000) for i, g in enumerate([square, twisted, spike])]
    cleaning = Cleaning.start(gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=shapes, crs="EPSG:32614"))
    assert {p.id: (p.rows, p.certain) for p in cleaning.proposals if p.id.startswith("geometry")} == {
        "geometry-invalid": ((4,), True),
        "geometry-twisted": ((3,), False),
    }
    result = cleaning.accept_all(certain=False).result()
    assert result.is_valid.all()
    assert result.area.round(6).tolist() == [200, 200, 200]


def test_missing_geometry_and_overlaps_are_reported_and_not_touched():
    shapes = [*_city(3), None, box(310_010, 2_450_000, 310_030, 2_450_010)]
    cleaning = Cleaning.start(gpd.GeoDataFrame({"id": list("abcde")}, geometry=shapes, crs="EPSG:32614"))
    assert {"cleaning.geometry-missing", "cleaning.geometry-overlap"} <= cleaning.findings.codes()
    assert not cleaning.proposals.of("geometry-invalid", "geometry-twisted", "geometry-odd")
    (overlap,) = cleaning.findings.of("cleaning.geometry-overlap")
    assert overlap.params["n"] == 2


def test_a_clean_table_has_no_proposals():
    table = pd.DataFrame(
        {
            "CVE_CAT_EST": KEYS,
            "CVE_MUN": ["001"] * 60,
            "COLONIA": ["La Ribera", "Centro", "Las Flores 1", "Las Flores 2"] * 15,
            "USO": ["HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"] * 15,
            "SUP_TERRENO": [f"{100 + n}.5" for n in range(60)],
            "SUP_CONSTRUCCION": ["0", "80"] * 30,
            "VALOR_CATASTRAL": [str(100_000 + n) for n in range(60)],
            "FECHA_MOV": ["2014-03-05", "1999-12-31"] * 30,
        }
    )  # fmt: skip
    cleaning = Cleaning.start(table)
    assert [p.id for p in cleaning.proposals] == []
    assert cleaning.findings.codes() == set()


def test_every_rule_has_an_example_here():
    shown = {row[0] for row in COLUMNS} | {
        "rows-total",
        "rows-duplicated",
        "key-recover",
        "key-repeated",
        "name-by-block",
    }
    shown |= {"geometry-odd", "geometry-invalid", "geometry-twisted", "geometry-sliver"}
    assert shown == {name for name, rule in RULES.items() if not rule.check}


def test_every_rule_speaks_in_drafts_and_findings():
    state = _start("USO", ["HAB", "AGRICOLA", "MIXTO"]).state
    said = [item for rule in RULES.values() for item in rule.look(state)]
    assert said
    assert all(isinstance(item, (Draft, Finding)) for item in said)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("$ 1,234.50", "1234.50"), ("1'234", "1234"), ("MXN 12", "12"), ("-$5", "-5"),
     (".5", ".5"), ("1,234,56", None), ("12 casas", None), ("(5", None)],
)  # fmt: skip
def test_a_number_is_read_or_left(cell, text):
    reading = read_number(cell)
    assert (reading.text if reading else None) == text


@pytest.mark.parametrize(
    ("cell", "date", "how"),
    [
        ("31/12/2014", "2014-12-31", "clear"),
        ("01/02/2014", "2014-02-01", "order"),
        ("12/31/2014", "2014-12-31", "swapped"),
        ("31/02/2014", None, "impossible"),
        ("2014-13-01", None, "impossible"),
        ("15-ene-2014", "2014-01-15", "clear"),
        ("2014-03-05 00:00:00", "2014-03-05", "clear"),
        ("2014/3/5 14:30", "2014-03-05T14:30", "clear"),
        ("5/5/98", "1998-05-05", "short-year"),
        ("41640", "2014-01-01", "serial"),
        ("mañana", None, "unreadable"),
    ],
)
def test_a_date_is_read_with_what_had_to_be_decided(cell, date, how):
    assert read_date(cell) == (date, how)


def test_the_fingerprint_ignores_case_accents_signs_order_and_writes_abbreviations_out():
    assert fingerprint("Col. Gral. Ángel Flores") == fingerprint("FLORES, ANGEL general colonia")
    assert fingerprint("Las Flores 1a Secc") != fingerprint("Las Flores 2a Secc")
