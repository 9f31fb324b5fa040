"""The dataset as a Data Package: ``datapackage.json`` beside its files, with the Table Schema of the CSV."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from kit.publish.model import LICENSE, VOCABULARY, Catalog, Column, Dataset, Distribution, slug


def descriptor(catalog: Catalog, dataset: Dataset, dictionary_head: tuple[str, ...]) -> dict[str, Any]:
    """The descriptor; ``dictionary_head`` are the columns of the dictionary's own CSV."""
    made: dict[str, Any] = {
        "name": dataset.folder,
        "id": catalog.url(f"{dataset.folder}/datapackage.json"),
        "title": dataset.title,
        "description": dataset.description,
        "homepage": dataset.landing_page or catalog.url(f"{dataset.folder}/index.html"),
        "created": dataset.modified.isoformat() if dataset.modified else None,
        "keywords": dataset.keyword,
        "licenses": _licenses(dataset.license),
        "contributors": _contributors(dataset),
        "resources": [_resource(dataset, one, dictionary_head) for one in dataset.distributions],
    }
    if not catalog.base_url:  # a relative address is no web address, which both fields must be
        del made["id"], made["homepage"]
    return {key: value for key, value in made.items() if value}


def to_json(made: dict[str, Any]) -> str:
    """The descriptor as text."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _licenses(license: str) -> list[dict[str, str]]:
    known = VOCABULARY["license"]
    if license == LICENSE:
        return [{"name": known["name"], "path": license, "title": known["title"]}]
    return [{"path": license}] if license else []


def _contributors(dataset: Dataset) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    if dataset.publisher.name:
        people.append({"title": dataset.publisher.name, "role": "publisher", "email": dataset.publisher.mbox})
    if dataset.contact_point:
        people.append({"title": dataset.contact_point, "role": "contact", "email": dataset.mbox})
    return [{key: value for key, value in one.items() if value} for one in people]


def _resource(dataset: Dataset, one: Distribution, dictionary_head: tuple[str, ...]) -> dict[str, Any]:
    path = PurePosixPath(one.path)
    made: dict[str, Any] = {
        "name": slug(f"{path.stem}-{one.format}") if one.format != "csv" else slug(path.stem),
        "path": path.relative_to(dataset.folder).as_posix(),
        "title": one.title,
        "description": one.description,
        "format": one.format,
        "mediatype": one.media_type,
        "bytes": one.byte_size,
        "hash": f"sha256:{one.sha256}",
    }
    if one.format == "csv":
        made["encoding"] = "utf-8"
        made["profile"] = "tabular-data-resource"
        is_dictionary = path.stem != dataset.folder
        made["schema"] = _plain_schema(dictionary_head) if is_dictionary else schema(dataset)
    return made


def schema(dataset: Dataset) -> dict[str, Any]:
    """The Table Schema of the published CSV."""
    made: dict[str, Any] = {"fields": [_field(column) for column in dataset.columns], "missingValues": [""]}
    if dataset.key and next((c.unique and c.required for c in dataset.columns if c.name == dataset.key), False):
        made["primaryKey"] = [dataset.key]
    return made


def _field(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"name": column.name, "type": column.type or "string"}
    made |= {key: value for key in ("title", "description", "unit", "example") if (value := getattr(column, key))}
    constraints: dict[str, Any] = {key: True for key in ("required", "unique") if getattr(column, key)}
    if column.values:
        constraints["enum"] = column.values
    return {**made, "constraints": constraints} if constraints else made


def _plain_schema(names: tuple[str, ...]) -> dict[str, Any]:
    return {"fields": [{"name": name, "type": "string"} for name in names], "missingValues": [""]}
