"""A dataset as a folder: GeoPackage and workbook of the same bytes each time, descriptor, dictionary, README."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from openpyxl import Workbook

from kit.datasets import LICENCE, sha256
from kit.messages import LANGUAGES, text

DATE_OPTION = "OGR_CURRENT_DATE"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
CONTRIBUTOR = "Taller Abierto"
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEADS = ("column", "title-column", "type", "unit", "meaning", "ladm")


def write_layers(path: Path, layers: Mapping[str, gpd.GeoDataFrame], moment: str) -> None:
    """Write layers to a new GeoPackage; ``moment`` (ISO, UTC) stands where GDAL would write the clock."""
    path.unlink(missing_ok=True)
    with _clock_at(moment):
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=path.exists())


@contextmanager
def _clock_at(moment: str) -> Iterator[None]:
    """GDAL's date of today fixed to ``moment``."""
    before = pyogrio.get_gdal_config_option(DATE_OPTION)
    pyogrio.set_gdal_config_options({DATE_OPTION: moment.replace("Z", ".000Z")})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({DATE_OPTION: before})


def write_book(path: Path, book: Workbook, moment: str) -> None:
    """Write a workbook; ``moment`` stands where the clock would, and nothing is packed, as packers differ."""
    stream = io.BytesIO()
    book.save(stream)
    written = zipfile.ZipFile(io.BytesIO(stream.getvalue()))
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_STORED) as fixed:
        for name in written.namelist():
            content = _MOMENT.sub(rf"\g<1>{moment}\g<2>".encode(), written.read(name))
            fixed.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)


def schema(fields: pd.DataFrame) -> dict[str, Any]:
    """A Table Schema from a field list (``data/catastro_fields.csv``): Spanish titles, both languages in ``titles``."""
    found: dict[str, Any] = {"fields": [_field(row) for row in fields.to_dict("records")]}
    unique = [row["name"] for row in fields.to_dict("records") if row["unique"]]
    if unique:
        found["primaryKey"] = unique[:1]
    return found


def _field(row: Mapping[Any, Any]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": row["name"],
        "type": row["type"],
        "title": row["es_title"],
        "description": row["es"],
    }
    field["titles"] = {lang: row[f"{lang}_title"] for lang in LANGUAGES}
    field["descriptions"] = {lang: row[lang] for lang in LANGUAGES}
    constraints: dict[str, Any] = {}
    if row["required"]:
        constraints["required"] = True
    if row["unique"]:
        constraints["unique"] = True
    if row["pattern"]:
        constraints["pattern"] = row["pattern"]
    if row["enum"]:
        constraints["enum"] = row["enum"].split("|")
    if row["type"] == "number":
        constraints["minimum"] = 0
    if constraints:
        field["constraints"] = constraints
    field.update({name: row[name] for name in ("unit", "ladm") if row[name]})
    return field


def resource(folder: Path, name: str, path: str, titles: Mapping[str, str], **properties: Any) -> dict[str, Any]:
    """A resource of a descriptor, with the hash and the size of its file."""
    file = folder / path
    return {
        "name": name,
        "path": path,
        "title": titles["es"],
        "titles": dict(titles),
        **properties,
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256(file)}",
    }


def write_descriptor(
    folder: Path, facts: Mapping[str, Any], resources: list[dict[str, Any]], generator: dict[str, Any]
) -> None:
    """Write ``datapackage.json``."""
    descriptor = {
        "$schema": PROFILE,
        "name": facts["name"],
        "title": facts["titles"]["es"],
        "titles": facts["titles"],
        "description": facts["descriptions"]["es"],
        "descriptions": facts["descriptions"],
        "version": facts["version"],
        "created": facts["created"],
        "keywords": facts["keywords"],
        "licenses": [LICENCE],
        "sources": [{"title": "synthetic"}],
        "contributors": [{"title": CONTRIBUTOR, "roles": ["creator"]}],
        "synthetic": True,
        "standard": facts["standard"],
        "generator": generator,
        "resources": resources,
    }
    write_text(folder / "datapackage.json", json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n")


def write_text(path: Path, content: str) -> None:
    """UTF-8 with LF on every system, so that hashes hold."""
    path.write_text(content, encoding="utf-8", newline="\n")


def write_dictionary(
    folder: Path, titles: Mapping[str, str], sections: Mapping[str, tuple[Mapping[str, str], pd.DataFrame]]
) -> None:
    """Write ``dictionary.es.md`` and ``dictionary.en.md``: one table per section (a title and its fields)."""
    every = pd.concat([fields for _, fields in sections.values()])
    empty = [head for head in ("unit", "ladm") if (every[head] == "").all()]
    shown = [head for head in _HEADS if head not in empty]
    for lang in LANGUAGES:
        lines = [f"# {text('datagen.dictionary.title', lang=lang, title=titles[lang])}", ""]
        heads = [text(f"datagen.dictionary.{head}", lang=lang) for head in shown]
        for name, (section, fields) in sections.items():
            lines += [f"## `{name}`: {section[lang]}", "", _row(heads), _row(["---"] * len(heads))]
            for field in fields.to_dict("records"):
                values = "; ".join(f"`{value}`" for value in field["enum"].split("|")) if field["enum"] else ""
                meaning = f"{field[lang]} {values}".strip()
                kind = text(f"datagen.type.{field['type']}", lang=lang)
                cells = [f"`{field['name']}`", field[f"{lang}_title"], kind, field["unit"], meaning, field["ladm"]]
                lines.append(_row([cell for head, cell in zip(_HEADS, cells, strict=True) if head in shown]))
            lines.append("")
        write_text(folder / f"dictionary.{lang}.md", "\n".join(lines))


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def write_readmes(folder: Path, facts: Mapping[str, Any], **figures: Any) -> None:
    """Write ``README.md`` (English), ``LEEME.md`` (Spanish) and ``LICENSE.md`` (both)."""
    for lang, name in (("en", "README.md"), ("es", "LEEME.md")):
        body = text(f"datagen.{facts['name']}.readme", lang=lang, **figures)
        content = f"# {facts['titles'][lang]}\n\n{facts['descriptions'][lang]}\n\n{body}\n"
        write_text(folder / name, content)
    sentences = "\n\n".join(text("datagen.licence", lang=lang, title=facts["titles"][lang]) for lang in LANGUAGES)
    write_text(
        folder / "LICENSE.md", f"# {LICENCE['title']} ({LICENCE['name']})\n\n{sentences}\n\n<{LICENCE['path']}>\n"
    )
