"""The catalogue as DCAT (DCAT-AP 3.0.1 by its shapes), in Turtle and JSON-LD, from the typed model.

Without a ``base_url`` every address is relative to the catalogue's folder, so that the folder can be copied anywhere;
names of things end in ``#…`` of a folder or a file, so that both serialisations speak of the same thing.
"""

from __future__ import annotations

import datetime as dt
import json

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from kit.publish.model import FREQUENCIES, THEMES, VOCABULARY, Catalog, Dataset, Distribution, Publisher, slug

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
_CONTEXT = {
    "dcat": str(DCAT),
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "skos": str(SKOS),
    "vcard": str(VCARD),
    "spdx": str(SPDX),
    "locn": str(LOCN),
    "gsp": str(GSP),
    "xsd": str(XSD),
}


def to_graph(catalog: Catalog) -> Graph:
    """The catalogue as triples."""
    graph = Graph()
    for prefix, uri in _CONTEXT.items():
        graph.bind(prefix, uri, replace=True)
    node = URIRef(catalog.url("./#catalog"))
    graph.add((node, RDF.type, DCAT.Catalog))
    _texts(graph, node, DCTERMS.title, catalog.title, catalog.title_en)
    _texts(graph, node, DCTERMS.description, catalog.description, catalog.description_en)
    graph.add((node, DCTERMS.publisher, _publisher(graph, catalog, catalog.publisher)))
    graph.add((node, DCTERMS.language, URIRef(EU + "language/SPA")))
    _moment(graph, node, DCTERMS.issued, catalog.issued)
    _moment(graph, node, DCTERMS.modified, catalog.modified)
    _license(graph, node, VOCABULARY["license"]["uri"])
    home = URIRef(catalog.url("index.html"))
    graph.add((node, FOAF.homepage, home))
    graph.add((home, RDF.type, FOAF.Document))
    graph.add((node, DCAT.themeTaxonomy, _themes(graph, catalog)))
    for dataset in catalog.datasets:
        graph.add((node, DCAT.dataset, _dataset(graph, catalog, dataset)))
    return graph


def to_turtle(graph: Graph) -> str:
    """Turtle, always in the same order."""
    return str(graph.serialize(format="turtle"))


def to_json_ld(graph: Graph) -> str:
    """JSON-LD with short names, always in the same order."""
    data = json.loads(graph.serialize(format="json-ld", context=_CONTEXT, auto_compact=True))
    things = sorted(data["@graph"], key=lambda thing: str(thing["@id"]))
    return (
        json.dumps({"@context": _CONTEXT, "@graph": [_sorted(thing) for thing in things]}, ensure_ascii=False, indent=1)
        + "\n"
    )


def _sorted(value: object) -> object:
    """Lists in JSON-LD are sets: put them in the order of their text."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _dataset(graph: Graph, catalog: Catalog, dataset: Dataset) -> URIRef:
    node = URIRef(catalog.url(f"{dataset.folder}/#dataset"))
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.identifier, Literal(dataset.folder)))
    _texts(graph, node, DCTERMS.title, dataset.title, dataset.title_en)
    _texts(graph, node, DCTERMS.description, dataset.description, dataset.description_en)
    for lang, words in (("es", dataset.keyword), ("en", dataset.keyword_en)):
        for word in words:
            graph.add((node, DCAT.keyword, Literal(word, lang=lang)))
    if dataset.theme:
        graph.add((node, DCAT.theme, _theme(catalog, dataset.theme)))
    if dataset.publisher.name:
        graph.add((node, DCTERMS.publisher, _publisher(graph, catalog, dataset.publisher)))
    _contact(graph, catalog, node, dataset)
    _moment(graph, node, DCTERMS.issued, dataset.issued)
    _moment(graph, node, DCTERMS.modified, dataset.modified)
    _period(graph, catalog, node, dataset)
    _place(graph, catalog, node, dataset)
    frequency = FREQUENCIES.get(dataset.accrual_periodicity)
    if frequency:
        graph.add((node, DCTERMS.accrualPeriodicity, URIRef(frequency)))
        graph.add((URIRef(frequency), RDF.type, DCTERMS.Frequency))
    page = URIRef(dataset.landing_page or catalog.url(f"{dataset.folder}/index.html"))
    graph.add((node, DCAT.landingPage, page))
    graph.add((page, RDF.type, FOAF.Document))
    graph.add((node, DCTERMS.language, URIRef(EU + "language/SPA")))
    public = URIRef(EU + "access-right/PUBLIC")
    graph.add((node, DCTERMS.accessRights, public))
    graph.add((public, RDF.type, DCTERMS.RightsStatement))
    for distribution in dataset.distributions:
        graph.add((node, DCAT.distribution, _distribution(graph, catalog, dataset, distribution)))
    return node


def _distribution(graph: Graph, catalog: Catalog, dataset: Dataset, distribution: Distribution) -> URIRef:
    address = URIRef(catalog.url(distribution.path))
    node = URIRef(f"{address}#distribution")
    graph.add((node, RDF.type, DCAT.Distribution))
    _texts(graph, node, DCTERMS.title, distribution.title, distribution.title_en)
    _texts(graph, node, DCTERMS.description, distribution.description, distribution.description_en)
    for path in (DCAT.accessURL, DCAT.downloadURL):
        graph.add((node, path, address))
    media, kind = URIRef(IANA + distribution.media_type), VOCABULARY["formats"][distribution.format]["file_type"]
    graph.add((node, DCAT.mediaType, media))
    graph.add((media, RDF.type, DCTERMS.MediaType))
    graph.add((node, DCTERMS["format"], URIRef(EU + f"file-type/{kind}")))
    graph.add((URIRef(EU + f"file-type/{kind}"), RDF.type, DCTERMS.MediaTypeOrExtent))
    graph.add((node, DCAT.byteSize, Literal(str(distribution.byte_size), datatype=XSD.nonNegativeInteger)))
    checksum = URIRef(f"{address}#checksum")
    graph.add((node, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(distribution.sha256, datatype=XSD.hexBinary, normalize=False)))
    if distribution.crs:
        standard = URIRef("http://www.opengis.net/def/crs/EPSG/0/" + distribution.crs.removeprefix("EPSG:"))
        graph.add((node, DCTERMS.conformsTo, standard))
        graph.add((standard, RDF.type, DCTERMS.Standard))
    _license(graph, node, dataset.license)
    _moment(graph, node, DCTERMS.issued, distribution.issued)
    _moment(graph, node, DCTERMS.modified, distribution.modified)
    return node


def _texts(graph: Graph, node: URIRef, path: URIRef, spanish: str, english: str) -> None:
    for lang, text in (("es", spanish), ("en", english)):
        if text:
            graph.add((node, path, Literal(text, lang=lang)))


def _moment(graph: Graph, node: URIRef, path: URIRef, moment: dt.datetime | None) -> None:
    if moment:
        graph.add((node, path, Literal(moment.isoformat(), datatype=XSD.dateTime, normalize=False)))


def _license(graph: Graph, node: URIRef, uri: str) -> None:
    if uri:
        graph.add((node, DCTERMS.license, URIRef(uri)))
        graph.add((URIRef(uri), RDF.type, DCTERMS.LicenseDocument))


def _publisher(graph: Graph, catalog: Catalog, publisher: Publisher) -> URIRef:
    node = URIRef(catalog.url(f"./#{slug(publisher.name)}"))
    graph.add((node, RDF.type, FOAF.Agent))
    _texts(graph, node, FOAF.name, publisher.name, publisher.name_en)
    if publisher.mbox:
        graph.add((node, FOAF.mbox, URIRef(f"mailto:{publisher.mbox}")))
    if publisher.homepage:
        graph.add((node, FOAF.homepage, URIRef(publisher.homepage)))
    return node


def _contact(graph: Graph, catalog: Catalog, node: URIRef, dataset: Dataset) -> None:
    if not (dataset.contact_point or dataset.mbox):
        return
    contact = URIRef(catalog.url(f"{dataset.folder}/#contact"))
    graph.add((node, DCAT.contactPoint, contact))
    graph.add((contact, RDF.type, VCARD.Kind))
    graph.add((contact, VCARD.fn, Literal(dataset.contact_point or dataset.publisher.name, lang="es")))
    if dataset.mbox:
        graph.add((contact, VCARD.hasEmail, URIRef(f"mailto:{dataset.mbox}")))


def _period(graph: Graph, catalog: Catalog, node: URIRef, dataset: Dataset) -> None:
    if not dataset.temporal:
        return
    start, _, end = dataset.temporal.partition("/")
    period = URIRef(catalog.url(f"{dataset.folder}/#period"))
    graph.add((node, DCTERMS.temporal, period))
    graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    for path, moment in ((DCAT.startDate, start), (DCAT.endDate, end or start)):
        graph.add((period, path, Literal(moment, datatype=kinds[len(moment)], normalize=False)))


def _place(graph: Graph, catalog: Catalog, node: URIRef, dataset: Dataset) -> None:
    if not (dataset.spatial or dataset.bbox):
        return
    place = URIRef(catalog.url(f"{dataset.folder}/#place"))
    graph.add((node, DCTERMS.spatial, place))
    graph.add((place, RDF.type, DCTERMS.Location))
    if dataset.spatial:
        graph.add((place, SKOS.prefLabel, Literal(dataset.spatial, lang="es")))
    if dataset.spatial_key:
        graph.add((place, DCTERMS.identifier, Literal(dataset.spatial_key)))
    if dataset.bbox:
        west, south, east, north = (f"{x:.6f}" for x in dataset.bbox)
        ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        graph.add((place, DCAT.bbox, Literal(f"POLYGON(({ring}))", datatype=GSP.wktLiteral)))


def _themes(graph: Graph, catalog: Catalog) -> URIRef:
    """The twelve sectors of ADELA as a concept scheme; only those in use are written out."""
    scheme = URIRef(catalog.url("./#themes"))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    _texts(
        graph, scheme, DCTERMS.title, "Sectores de datos.gob.mx (ADELA, 2015)", "Sectors of datos.gob.mx (ADELA, 2015)"
    )
    for theme in {dataset.theme for dataset in catalog.datasets if dataset.theme}:
        concept = _theme(catalog, theme)
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        _texts(graph, concept, SKOS.prefLabel, theme, THEMES.get(theme, ""))
    return scheme


def _theme(catalog: Catalog, theme: str) -> URIRef:
    return URIRef(catalog.url(f"./#theme-{slug(theme)}"))
