"""Step 07: personal data is found, small groups are found, and nothing unreviewed or unsigned is published."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from kit.findings import KitError
from kit.portfolio import Portfolio
from kit.steps import privacy
from kit.steps.quality import openness, recommendations, rubric, score
from kit.steps.review import Review

CURP = "HEGG560427MVZRRL04"  # invented person of RENAPO's own example
BOXES = {"personal_data": True, "open_characteristics": True, "transparency_office": True, "open_data_policy": True}


def _table(rows: int = 40) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "CVE_CAT_EST": [f"99000001010001000001{n:05d}000000" for n in range(rows)],
            "USO": ["HABITACIONAL", "MIXTO"] * (rows // 2),
            "SUP_TERRENO": [f"{100 + n}.5" for n in range(rows)],
            "FECHA_MOV": ["2014-01-02", "2014-02-03"] * (rows // 2),
        },
        dtype="str",
    )


# -- direct identifiers ------------------------------------------------------------------------------------------------


def test_a_curp_is_told_by_its_check_digit():
    for wrong in "012356789":
        assert not privacy.curp_is_valid(CURP[:-1] + wrong)


def test_at_least_one_known_curp_and_rfc_pass_their_checksum():
    assert privacy.curp_is_valid(CURP)
    assert not privacy.curp_is_valid("HEGG560427")
    assert privacy.rfc_is_valid("GODE561231GR8")
    assert privacy.rfc_is_valid("gode-561231-gr8")
    assert not privacy.rfc_is_valid("GODE561231GR7")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NOMBRE_O_RAZON_SOCIAL", "person"),
        ("Apellido Paterno", "person"),
        ("PROPIE", "person"),
        ("RFC", "rfc"),
        ("Folio Real", "registry"),
        ("TELÉFONO", "phone"),
        ("Correo electrónico", "email"),
        ("Domicilio_Notificaion", "address"),
        ("OBSERVACIO", "free-text"),
    ],
)
def test_a_column_is_an_identifier_by_its_name(name, kind):
    (found,) = privacy.identifiers(pd.DataFrame({name: ["x", "y"]}))
    assert (found.kind, found.by) == (kind, "name")


@pytest.mark.parametrize(
    ("cells", "kind", "rows"),
    [
        (["nada", "su CURP es HEGG560427MVZRRL04."], "curp", (3,)),
        (["GODE561231GR8", "XAXX010101000"], "rfc", (2,)),
        (["escriba a sofia.mendez@diario.mx", "-"], "email", (2,)),
        (["55 1234 5678", "(228) 812 34 56"], "phone", (2, 3)),
        (["5512345678", "2288123456"], "phone", (2, 3)),
        (["ABC-12-34", "XYZ-987-A"], "plate", (2, 3)),
        (["Calle Ñandú No. 12", "Av. Juárez 4"], "address", (2, 3)),
    ],
)
def test_a_column_is_an_identifier_by_the_form_of_its_cells(cells, kind, rows):
    (found,) = privacy.identifiers(pd.DataFrame({"DATO": cells}))
    assert (found.kind, found.rows) == (kind, rows)
    assert found.by == ("checksum" if kind in {"curp", "rfc"} else "form")


def test_a_cadastre_without_owners_has_no_identifiers():
    assert privacy.identifiers(_table()) == []


def test_findings_never_quote_a_person_and_always_say_what_they_cannot_see(lang):
    table = pd.DataFrame({"RFC": ["GODE561231GR8"], "NOTA X": ["HEGG560427MVZRRL04 juan@correo.mx"]})
    words = "\n".join(privacy.findings(table).lines(lang))
    assert "GODE" not in words
    assert "HEGG" not in words
    assert "juan@" not in words
    assert "privacy.cannot-see" in privacy.findings(_table()).codes()
    assert privacy.findings(_table()).codes() == {"privacy.cannot-see"}


# -- small groups ------------------------------------------------------------------------------------------------------


def _people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "EDAD": [30] * 6 + [31] * 5 + [80],
            "COLONIA": ["Centro"] * 11 + ["La Ribera"],
            "FECHA": pd.to_datetime(["2014-01-02"] * 11 + ["2014-01-20"]),
        }
    )


def test_groups_under_k_are_found_with_their_rows():
    groups = privacy.k_anonymity(_people(), ["EDAD", "COLONIA"], k=5)
    assert (groups.holds, groups.smallest, groups.rows) == (False, 1, (13,))
    assert groups.failing.to_dict("records") == [{"EDAD": 80, "COLONIA": "La Ribera", "n": 1}]
    assert privacy.k_anonymity(_people().head(11), ["EDAD", "COLONIA"], k=5).holds


def test_an_empty_cell_is_a_group_like_another_and_an_unknown_column_is_said():
    table = pd.DataFrame({"EDAD": [None, 5, 5, 5, 5, 5]})
    assert privacy.k_anonymity(table, ["EDAD"]).rows == (2,)
    with pytest.raises(KitError, match="EDAD"):
        privacy.k_anonymity(table, ["SEXO"])


def test_remedies_make_coarser_and_leave_the_table_as_it_was():
    table = _people()
    before = table.copy()
    assert privacy.to_month(table, "FECHA")["FECHA"].unique().tolist() == ["2014-01"]
    assert privacy.to_year(table, "FECHA")["FECHA"].unique().tolist() == ["2014"]
    assert privacy.to_bands(table, "EDAD", 40)["EDAD"].unique().tolist() == ["0/40", "80/120"]
    assert privacy.round_to(table, "EDAD", 50)["EDAD"].unique().tolist() == [50, 100]
    assert privacy.regroup(table, "COLONIA", {"La Ribera": "Oriente"})["COLONIA"].iloc[-1] == "Oriente"
    assert list(privacy.drop(table, ["EDAD"]).columns) == ["COLONIA", "FECHA"]
    pd.testing.assert_frame_equal(table, before)


def test_suppression_hides_a_second_group_when_the_first_could_be_worked_out():
    hidden = privacy.suppress(_people(), ["EDAD", "COLONIA"], k=5)
    assert hidden["EDAD"].isna().sum() == 6  # the single person and the next smallest group
    alone = privacy.suppress(pd.DataFrame({"EDAD": list(range(6)) + [9] * 5}), ["EDAD"], k=5)
    assert alone["EDAD"].isna().sum() == 6


# -- the review --------------------------------------------------------------------------------------------------------


def test_a_review_proposes_to_drop_personal_data_and_to_keep_the_rest():
    table = _table().assign(NOMBRE_O_RAZON_SOCIAL="Don Ernesto", RFC="GODE561231GR8")
    review = Review.start(table, title="Padrón de predios")
    assert {c.name: c.decision for c in review.columns if c.decision != "keep"} == {
        "NOMBRE_O_RAZON_SOCIAL": "drop",
        "RFC": "drop",
    }
    assert list(review.apply(table).columns) == list(_table().columns)


def test_a_review_is_approved_only_with_signature_boxes_and_no_errors():
    review = Review.start(_table())
    assert not review.approved
    review.approve("Mariana Ortega", "Enlace", "2015-10-26")
    assert "review.boxes-open" in review.check().codes()
    review.approve("Mariana Ortega", "Enlace", "2015-10-26", **BOXES)
    assert review.approved
    assert review.date == dt.date(2015, 10, 26)
    assert "privacy.cannot-see" in review.check().codes()


def test_each_fault_of_a_review_keeps_it_from_approval():
    def review() -> Review:
        return Review.start(_table().assign(RFC="x")).approve("M", **BOXES).decide("RFC", "drop", "dato personal")

    assert review().approved
    assert not review().decide("RFC", "keep").approved
    assert review().decide("RFC", "keep", "son de empresas y públicos").approved
    assert not review().decide("FECHA_MOV", "generalise", "fecha exacta", how="fog").approved
    for field, value, code in [
        ("classification", "Privado", "review.private"),
        ("classification", "Restringido", "review.no-ground"),
        ("smallest_group", 2, "review.small-groups"),
    ]:
        faulty = review()
        setattr(faulty, field, value)
        assert code in faulty.check().codes()
        assert not faulty.approved


def test_generalising_a_column_lifts_the_smallest_group():
    table = _people().assign(ID=[f"p{n}" for n in range(12)])
    review = Review.start(table, quasi=["EDAD", "COLONIA"])
    assert review.smallest_group == 1
    review.decide("EDAD", "generalise", "edad exacta", how="band:60").decide("COLONIA", "drop", "lugar exacto")
    assert review.measure(table).smallest_group == 1
    review.decide("EDAD", "generalise", "edad exacta", how="suppress").measure(table)
    assert review.smallest_group == 6
    assert review.apply(table)["EDAD"].isna().sum() == 6


@pytest.mark.parametrize(
    ("how", "column", "first"),
    [("month", "FECHA_MOV", "2014-01"), ("year", "FECHA_MOV", "2014"),
     ("band:50", "SUP_TERRENO", "100/150"), ("round:10", "SUP_TERRENO", 100.0)],
)  # fmt: skip
def test_a_generalised_column_is_published_coarser(how, column, first):
    review = Review.start(_table()).decide(column, "generalise", "precisión innecesaria", how=how)
    assert review.apply(_table())[column].iloc[0] == first


def test_a_column_on_which_nobody_decided_is_not_published():
    with pytest.raises(KitError, match="TELEFONO"):
        Review.start(_table()).apply(_table().assign(TELEFONO="55 1234 5678"))
    with pytest.raises(KitError, match="USO"):
        Review.start(_table()).decide("DUEÑO", "drop")


def test_the_review_is_saved_read_back_and_asked_for_by_publication(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    review = Review.start(_table(), title="Predios", opens=["clean/predios.csv"])
    review.save(portfolio)
    with pytest.raises(KitError) as caught:
        Review.required(portfolio)
    assert {"review.not-approved", "review.not-signed"} <= caught.value.findings.codes()
    review.approve("Mariana Ortega", "Enlace", "2015-10-26", **BOXES).save(portfolio)
    assert Review.required(portfolio) == review
    assert portfolio.steps_done() == ["07"]


# -- quality -----------------------------------------------------------------------------------------------------------


def test_a_clean_documented_table_has_no_quality_findings():
    assert rubric(_table(), dictionary=list(_table().columns), file="predios.csv").codes() == set()


def test_the_rubric_finds_what_the_guide_forbids(tmp_path):
    dirty = _table().assign(VALOR="$1,200.00", column_9="a", VACIA=None)
    codes = rubric(dirty, dictionary=["USO"]).codes()
    assert {"cleaning.number-symbols", "review.column-unnamed", "review.undocumented", "review.column-empty"} <= codes
    path = tmp_path / "año 2014.csv"
    path.write_bytes("COLONIA\nJardín\nLa Ribera\n".encode("latin-1"))
    assert {"review.file-name", "review.encoding", "review.no-dictionary"} <= rubric(path).codes()


def test_the_score_climbs_from_none_to_oro():
    full = {"issued": "2015-10-01", "title": "t", "description": "d", "keyword": ["k"], "theme": "x"}
    signed = {**full, "publisher": "Valle Abierto", "mbox": "datos@valleabierto.example"}
    assert score({**full, "theme": ""}).missing == ("theme",)
    assert [score(m).level for m in ({}, full, signed)] == ["none", "bronce", "oro"]
    assert score(signed, ("m33",)).level == "plata"
    assert score(signed, link_works=False).level == "none"
    assert recommendations(rubric(_table().assign(VALOR="$1,200.00"), dictionary=["USO"])) == ("m33", "u22")


@pytest.mark.parametrize(
    ("formats", "stars"),
    [(["csv"], 3), (["CSV", ".xlsx"], 2), (["gpkg", "csv"], 3), (["ttl"], 4), (["pdf"], 1), ([], 1)]
)  # fmt: skip
def test_openness_is_counted_as_adela_does(formats, stars):
    assert openness(formats) == stars
