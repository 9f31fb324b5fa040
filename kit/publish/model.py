"""The catalogue as typed data: Catalog, Dataset, Distribution, after DCAT and the ds:/rs: list of the 2015 Guide.

Texts are Spanish first; a field that ends in ``_en`` is the same in English and may be empty. Everything else that step
08 leaves (DCAT, Data Package, CSV, pages) is made from these models.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kit.models import Model

VOCABULARY: dict[str, Any] = json.loads((Path(__file__).parent / "vocabulary.json").read_text(encoding="utf-8"))
LICENSE: str = VOCABULARY["license"]["uri"]
THEMES: dict[str, str] = {es: en for es, en in VOCABULARY["themes"].items() if es != "source"}
FREQUENCIES: dict[str, str] = {code: uri for code, uri in VOCABULARY["frequencies"].items() if code != "source"}
CENTRAL_TIME = dt.timezone(dt.timedelta(hours=-6))  # Zona Centro, which keeps no summer time since 2022


def _with_zone(value: Any) -> Any:
    """A moment with its time zone (ADELA asks for one); a bare date or a naive time is central Mexico's."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=CENTRAL_TIME)
    return value.replace(microsecond=0) if isinstance(value, dt.datetime) else value


Moment = Annotated[dt.datetime, BeforeValidator(_with_zone)]
FieldType = Literal["", "string", "integer", "number", "date", "datetime", "boolean"]


class Column(Model):
    """One line of the data dictionary. An empty ``type`` is read off the data."""

    name: str
    title: str = ""
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    type: FieldType = ""
    unit: str = ""
    values: list[str] = Field(default_factory=list)  # the only values allowed, if there is a list
    required: bool = False
    unique: bool = False
    example: str = ""


class Publisher(Model):
    """The institution that publishes."""

    name: str = ""
    name_en: str = ""
    acronym: str = ""  # used in citations
    mbox: str = ""
    homepage: str = ""


class Distribution(Model):
    """One file of a dataset. ``path`` is relative to the catalogue's folder."""

    title: str
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    path: str
    format: str  # a key of the vocabulary's formats
    byte_size: int = 0
    sha256: str = ""
    rows: int | None = None
    crs: str = ""  # "EPSG:4326"
    issued: Moment | None = None
    modified: Moment | None = None

    @property
    def media_type(self) -> str:
        """The IANA media type of the format."""
        return str(VOCABULARY["formats"][self.format]["media_type"])

    @property
    def format_label(self) -> str:
        """The format as a person writes it."""
        return str(VOCABULARY["formats"][self.format]["label"])


class Dataset(Model):
    """One dataset: what it is, who answers for it, how often it changes, its columns and its files."""

    identifier: str = ""  # ASCII; by default the title's slug
    title: str = ""
    title_en: str = ""
    description: str = ""
    description_en: str = ""
    keyword: list[str] = Field(default_factory=list)
    keyword_en: list[str] = Field(default_factory=list)
    theme: str = ""  # one of THEMES
    publisher: Publisher = Field(default_factory=Publisher)
    contact_point: str = ""  # the post that answers, such as "Jefatura de Catastro"
    mbox: str = ""
    issued: Moment | None = None
    modified: Moment | None = None
    temporal: str = ""  # "2015", "2010/2012", "2014-01/2014-04"
    spatial: str = ""  # a name; the INEGI key goes into spatial_key
    spatial_key: str = ""
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    landing_page: str = ""  # by default the dataset's page in this catalogue
    accrual_periodicity: str = ""  # a key of FREQUENCIES
    license: str = LICENSE
    comments: str = ""
    comments_en: str = ""
    key: str = ""  # the column that names each row
    columns: list[Column] = Field(default_factory=list)
    distributions: list[Distribution] = Field(default_factory=list)

    @property
    def folder(self) -> str:
        """The dataset's folder in the catalogue: an ASCII name."""
        return slug(self.identifier or self.title)


class Catalog(Model):
    """The catalogue of an institution."""

    title: str
    title_en: str = ""
    description: str
    description_en: str = ""
    publisher: Publisher
    issued: Moment | None = None
    modified: Moment | None = None
    base_url: str = ""  # "https://…/datos/": where the folder will stand on the web; empty for a local catalogue
    datasets: list[Dataset] = Field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a file of the catalogue: absolute with a base_url, else relative to the catalogue's folder."""
        return self.base_url.rstrip("/") + "/" + path.removeprefix("./") if self.base_url else path


def said(item: Model, field: str, lang: str) -> tuple[str, str]:
    """A text in ``lang`` if there is one, else in Spanish, and the language it is in."""
    text = getattr(item, f"{field}_en") if lang == "en" else ""
    return (text, "en") if text else (getattr(item, field), "es")


def slug(text: str) -> str:
    """An ASCII name for folders, files and identifiers: "Predios del año" -> "predios-del-ano"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")
