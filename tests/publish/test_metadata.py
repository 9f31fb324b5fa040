"""Rules on metadata: what the portal refuses is an error, what costs quality a warning."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kit.findings import Level
from kit.publish import Catalog, Dataset
from kit.publish.metadata import check_catalog, check_dataset
from kit.publish.model import THEMES, slug

CASES = [
    ({"title": "", "identifier": "x"}, "publish.missing", Level.ERROR),
    ({"description": ""}, "publish.missing", Level.ERROR),
    ({"title": "日本", "identifier": ""}, "publish.missing", Level.ERROR),
    ({"keyword": []}, "publish.wanted", Level.WARNING),
    ({"theme": ""}, "publish.wanted", Level.WARNING),
    ({"mbox": ""}, "publish.wanted", Level.WARNING),
    ({"license": ""}, "publish.wanted", Level.WARNING),
    ({"keyword": ["uso/suelo"]}, "publish.keyword-symbols", Level.ERROR),
    ({"theme": "Catastro"}, "publish.unknown-theme", Level.ERROR),
    ({"accrual_periodicity": "cada rato"}, "publish.frequency", Level.WARNING),
    ({"mbox": "catastro"}, "publish.mbox", Level.ERROR),
    ({"identifier": "Predios Año"}, "publish.identifier", Level.WARNING),
    ({"identifier": "predios-2015"}, "publish.one-per-year", Level.ADVICE),
    ({"modified": "2015-12-31"}, "publish.future", Level.ERROR),
    ({"issued": "2015-09-02", "modified": "2015-09-01"}, "publish.issued-later", Level.ERROR),
    ({"temporal": "2012/2010"}, "publish.temporal", Level.ERROR),
    ({"temporal": "2014-13"}, "publish.temporal", Level.ERROR),
    ({"temporal": "el año pasado"}, "publish.temporal", Level.ERROR),
]


@pytest.mark.parametrize(("change", "code", "level"), CASES)
def test_a_fault_has_its_finding(
    dataset: Dataset, catalog: Catalog, now: dt.datetime, change: dict[str, Any], code: str, level: Level
) -> None:
    faulty = Dataset(**{**dataset.model_dump(), "publisher": catalog.publisher, **change})
    found = check_dataset(faulty, now)
    assert [(finding.code, finding.level) for finding in found if finding.code == code] == [(code, level)]


@pytest.mark.parametrize("temporal", ["2013", "2010/2012", "2014-01/2014-04", "2015-01-31"])
def test_good_metadata_have_no_finding(
    dataset: Dataset, catalog: Catalog, now: dt.datetime, temporal: str, lang: str
) -> None:
    good = dataset.model_copy(update={"publisher": catalog.publisher, "temporal": temporal})
    assert check_dataset(good, now).lines() == []


def test_every_finding_can_be_said_in_both_languages(dataset: Dataset, now: dt.datetime, lang: str) -> None:
    for change, _, _ in CASES:
        for line in check_dataset(Dataset(**{**dataset.model_dump(), **change}), now).lines():
            assert "{" not in line


def test_a_moment_without_zone_is_central_mexicos() -> None:
    made = Dataset(modified="2015-09-01")
    assert made.modified.isoformat() == "2015-09-01T00:00:00-06:00"


@pytest.mark.parametrize("url", ["http://10.0.0.1/datos", "ftp://valle.example/", "valle.example"])
def test_a_catalogue_needs_a_domain_name(catalog: Catalog, url: str) -> None:
    assert check_catalog(catalog.model_copy(update={"base_url": url})).codes() == {"publish.base-url"}


def test_names_become_ascii() -> None:
    assert slug("  Predios del Año: «Ñandú» ") == "predios-del-ano-nandu"
    assert len(THEMES) == 12
