"""The catalogue as the CSV of the 2015 Guide: ``catalogo_v3.0.csv``, eighteen columns, a row per dataset and file.

Layout (Guide 2015, templates): the dataset's row has the ds: columns, then one row per resource repeats ds:identifier
and fills the rs: columns.
"""

from __future__ import annotations

import csv
import io

from kit.publish.model import Catalog, Dataset, Distribution
from kit.safecells import safe

COLUMNS = (
    "ds:identifier",
    "ds:title",
    "ds:description",
    "ds:keyword",
    "ds:modified",
    "ds:contactPoint",
    "ds:mbox",
    "ds:temporal",
    "ds:spatial",
    "ds:landingPage",
    "ds:accrualPeriodicity",
    "rs:title",
    "rs:description",
    "rs:downloadURL",
    "rs:mediaType",
    "rs:byteSize",
    "rs:temporal",
    "rs:spatial",
)


def to_csv(catalog: Catalog) -> str:
    """The catalogue as text: UTF-8, comma, line feeds."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for dataset in catalog.datasets:
        for line in (_dataset(catalog, dataset), *(_resource(catalog, dataset, one) for one in dataset.distributions)):
            writer.writerow({name: safe(cell) for name, cell in line.items()})
    return out.getvalue()


def _dataset(catalog: Catalog, dataset: Dataset) -> dict[str, str]:
    return {
        "ds:identifier": dataset.folder,
        "ds:title": dataset.title,
        "ds:description": dataset.description,
        "ds:keyword": ", ".join(dataset.keyword),
        "ds:modified": dataset.modified.isoformat() if dataset.modified else "",
        "ds:contactPoint": dataset.contact_point,
        "ds:mbox": dataset.mbox,
        "ds:temporal": dataset.temporal,
        "ds:spatial": dataset.spatial_key or dataset.spatial,
        "ds:landingPage": dataset.landing_page or catalog.url(f"{dataset.folder}/index.html"),
        "ds:accrualPeriodicity": dataset.accrual_periodicity,
    }


def _resource(catalog: Catalog, dataset: Dataset, one: Distribution) -> dict[str, str]:
    return {
        "ds:identifier": dataset.folder,
        "rs:title": one.title,
        "rs:description": one.description,
        "rs:downloadURL": catalog.url(one.path),
        "rs:mediaType": one.media_type,
        "rs:byteSize": str(one.byte_size),
        "rs:temporal": dataset.temporal,
        "rs:spatial": dataset.spatial_key or dataset.spatial,
    }
