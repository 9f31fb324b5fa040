"""Step 03: a number is taken for a key of INEGI only with evidence, and then it is whole, exists and fits its name."""

from __future__ import annotations

import pytest

from kit.steps.inventory import Inventory
from kit.steps.inventory.places import ambiguous, flaws, keys_of, place_of, spatial_flaws

MEMBERS = {  # domain facts, section 4
    "19019": "San Pedro Garza García",
    "14120": "Zapopan",
    "24028": "San Luis Potosí",
    "30087": "Xalapa",
    "21114": "Puebla",
    "17007": "Cuernavaca",
    "05035": "Torreón",
    "02002": "Mexicali",
    "08037": "Juárez",
    "31050": "Mérida",
    "99001": "Valle Abierto",
}


@pytest.mark.parametrize(("key", "name"), MEMBERS.items())
def test_the_members_of_the_network_have_their_names(key, name):
    assert place_of(key) == name and key in keys_of(name)


def test_there_are_32_states_and_2463_municipalities_besides_the_fictional_one():
    numbers = [f"{state:02d}{number:03d}" for state in range(1, 33) for number in range(1, 600)]
    assert sum(bool(place_of(key)) for key in numbers) == 2463
    assert len(keys_of("Benito Juárez")) == 7 and keys_of("Distrito Federal") == ("09",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Rutas de Aguascalientes (1001)", [("zero-lost", "01001")]),
        ("Colonias con CVE_MUN 1005 y CVEGEO 14120", [("zero-lost", "01005")]),
        ("AGEB de Mexicali, clave 020020001", []),
        ("Manzanas, CVEGEO 1412000010230", []),
        ("Predios, clave INEGI 14999", [("unknown", "Jalisco")]),
        ("Zapopan (14999)", [("unknown", "Jalisco")]),
        ("Predios del municipio de Xalapa, clave 30193", [("other-place", "Veracruz")]),
        ("San Luis Potosí (24)", []),
        ("Puebla, clave 21", []),
        ("Jalisco, clave INEGI 14", []),
        ("Jalisco, clave INEGI 15", [("other-place", "México")]),
    ],
)
def test_what_is_wrong_with_a_key_is_told_with_what_was_expected(text, told):
    assert [(flaw.kind, flaw.expected) for flaw in flaws(text)] == told


@pytest.mark.parametrize(
    "text",
    [
        "Predios por clave catastral, 2015",
        "Encuesta del municipio de Zapopan 2014",
        "Norma técnica (INEGI, 2010), 12345 viviendas",
        "Población de Zapopan (2010)",
        "Clave presupuestal 45001 del programa",
        "Oficinas del Centro (77500)",
        "clave catastral 1400012001000100004500012000000",
        "Llamadas al 066 con clave 10-50",
        "Padrón de 14039 beneficiarios de Zapopan",
        "Rutas C-12 (1234)",
        "Zapopan (14120) y Guadalajara (14039)",
    ],
)
def test_years_budgets_postcodes_and_counts_are_no_keys(text):
    assert flaws(text) == []


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("14120", []),
        ("Zapopan", []),
        ("Zapopan 14039", ["other-place"]),
        ("1001", ["zero-lost"]),
        ("1", ["zero-lost"]),
        ("33", ["unknown"]),
        ("14999", ["unknown"]),
        ("2010", []),
        ("nacional", []),
        ("32.71,-112.32 27.99,-118.45", []),
        ("", []),
    ],
)
def test_in_the_column_of_places_a_number_needs_no_other_evidence(cell, kinds):
    assert [flaw.kind for flaw in spatial_flaws(cell)] == kinds


def test_a_name_of_several_places_is_ambiguous_and_a_key_is_not():
    assert ambiguous("San Luis Potosí") == ("24", "24028")
    assert ambiguous("Puebla")[0] == "21" and not ambiguous("Zapopan") and not ambiguous("21114")


def test_a_lost_zero_is_proposed_and_put_back_when_accepted():
    rows = [{"dataset": "Paradas", "resource": "Paradas de Aguascalientes (1001)", "description": "Ninguna clave."}]
    inventory = Inventory.from_rows(rows)
    (proposal,) = inventory.proposals()
    assert (proposal.code, proposal.proposed) == ("inventory.key-zero-lost", "Paradas de Aguascalientes (01001)")
    assert "inventory.key-zero-lost" not in inventory.accept().check().codes()
