"""DCAT: both serialisations say the same, conform to DCAT-AP 3.0.1, and name files that exist."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph
from rdflib.compare import isomorphic

from kit.publish import Catalog, Content, Dataset, Publisher, PublishResult, publish_local
from kit.publish.dcat import to_graph, to_turtle


@pytest.fixture(params=["", "https://datos.valleabierto.example/catalogo/"], ids=["local", "web"])
def published(
    request: pytest.FixtureRequest, tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> PublishResult:
    """A local catalogue, and one that knows its address."""
    web = catalog.model_copy(update={"base_url": request.param})
    return publish_local(tmp_path / "catalog", web, [content], now=now)


def read(published: PublishResult, name: str) -> Graph:
    """A serialisation as a reader on this computer sees it."""
    form = {"catalog.ttl": "turtle", "catalog.jsonld": "json-ld"}[name]
    return Graph().parse(published.folder / name, format=form, publicID=(published.folder / name).as_uri())


def test_turtle_and_json_ld_say_the_same(published: PublishResult) -> None:
    assert isomorphic(read(published, "catalog.ttl"), read(published, "catalog.jsonld"))


def test_every_distribution_leads_to_its_file(published: PublishResult) -> None:
    graph = read(published, "catalog.ttl")
    base = published.catalog.base_url or published.folder.as_uri() + "/"
    found = {str(address).removeprefix(base) for address in graph.objects(None, DCAT.downloadURL)}
    assert len(found) == 4
    assert all((published.folder / name).is_file() for name in found)


def test_the_dataset_carries_what_the_guide_asks_for(published: PublishResult) -> None:
    graph = read(published, "catalog.ttl")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert {str(text) for text in graph.objects(dataset, DCTERMS.title)} == {
        "Predios de Valle Abierto",
        "Parcels of Valle Abierto",
    }
    assert str(graph.value(dataset, DCTERMS.modified)) == "2015-10-02T12:30:00-06:00"
    assert str(graph.value(dataset, DCTERMS.accrualPeriodicity)).endswith("/QUARTERLY")
    for path in (DCAT.theme, DCAT.contactPoint, DCTERMS.spatial, DCTERMS.temporal, DCAT.landingPage):
        assert graph.value(dataset, path) is not None, path


@pytest.mark.real
def test_it_conforms_to_dcat_ap(published: PublishResult, real: Path) -> None:
    from pyshacl import validate

    shapes = Graph().parse(real / "catalogue" / "dcat-ap-3.0.1-shapes.ttl")
    for name in ("catalog.ttl", "catalog.jsonld"):
        conforms, _, report = validate(read(published, name), shacl_graph=shapes)
        assert conforms, report


@pytest.mark.real
def test_the_shapes_would_see_a_catalogue_without_publisher(real: Path, published: PublishResult) -> None:
    from pyshacl import validate

    graph = read(published, "catalog.ttl")
    graph.remove((None, DCTERMS.publisher, None))
    conforms, _, _ = validate(graph, shacl_graph=Graph().parse(real / "catalogue" / "dcat-ap-3.0.1-shapes.ttl"))
    assert not conforms


@pytest.mark.real
def test_the_barest_dataset_conforms_too(real: Path) -> None:
    from pyshacl import validate

    bare = Catalog(
        title="C", description="D", publisher=Publisher(name="M"), datasets=[Dataset(title="T", description="D")]
    )
    graph = Graph().parse(data=to_turtle(to_graph(bare)), publicID="https://x.example/catalog.ttl")
    conforms, _, report = validate(graph, shacl_graph=Graph().parse(real / "catalogue" / "dcat-ap-3.0.1-shapes.ttl"))
    assert conforms, report
