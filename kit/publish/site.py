"""The catalogue as pages that anybody can open: no server, no script, one page per language.

``index.html`` is Spanish and ``index.en.html`` English; each dataset has the same pair in its folder. A page carries
its style and its picture inside, so that it can also be sent alone by mail.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import pandas as pd

from kit import messages
from kit.publish.attached import MapFile
from kit.publish.model import LICENSE, THEMES, Catalog, Dataset, said
from kit.publish.rating import Rating

PREVIEW_ROWS = 10
PAGES = {"es": "index.html", "en": "index.en.html"}
_HERE = Path(__file__).parent / "site"
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_SIGNS = {"none": "○", "bronce": "◔", "plata": "◑", "oro": "●"}


@dataclass(frozen=True, slots=True)
class Extras:
    """What a dataset's page shows beside its metadata."""

    rating: Rating
    stars: int
    preview: pd.DataFrame
    maps: Mapping[str, tuple[str, MapFile]] = field(default_factory=dict)
    pictures: Mapping[str, Path] = field(default_factory=dict)


def pages(catalog: Catalog, extras: Mapping[str, Extras]) -> dict[str, str]:
    """All pages as texts, by their path in the catalogue's folder."""
    made: dict[str, str] = {}
    for lang, name in PAGES.items():
        made[name] = _render("index.html", lang, name, "", catalog=catalog, extras=extras)
        for dataset in catalog.datasets:
            extra = extras[dataset.folder]
            made[f"{dataset.folder}/{name}"] = _render(
                "dataset.html", lang, name, "../", catalog=catalog, dataset=dataset, **_dataset(dataset, extra, lang)
            )
    return made


def _render(template: str, lang: str, name: str, up: str, **context: Any) -> str:
    def t(key: str, **params: Any) -> str:
        return messages.text(f"publish.site.{key}", lang=lang, **params)

    other = "en" if lang == "es" else "es"
    return _PAGES.get_template(template).render(
        t=t,
        lang=lang,
        html_lang={"es": "es-MX", "en": "en"}[lang],
        other={"lang": other, "name": PAGES[other]},
        home=up + PAGES[lang],
        up=up,
        page_name=name,
        css=(_HERE / "style.css").read_text(encoding="utf-8"),
        said=lambda item, part: said(item, part, lang),
        frequency=lambda code: _frequency(code, lang),
        theme=lambda name: THEMES.get(name, name) if lang == "en" else name,
        number=lambda value: messages.number(value, lang),
        size=lambda count: _size(count, lang),
        sign=_SIGNS.get,
        level=lambda level: messages.text(f"publish.level.{level}", lang=lang),
        **context,
    )


def _dataset(dataset: Dataset, extra: Extras, lang: str) -> dict[str, Any]:
    """What only a dataset's page needs."""
    page = extra.maps.get(lang) or next(iter(extra.maps.values()), None)
    picture = extra.pictures.get(lang) or next(iter(extra.pictures.values()), None)
    subject = messages.text("publish.site.report-subject", lang=lang, title=said(dataset, "title", lang)[0])
    mail = dataset.mbox or dataset.publisher.mbox
    return {
        "extra": extra,
        "reasons": extra.rating.reasons(lang),
        "map": {"name": page[0], "lang": page[1].lang, "alt": page[1].description} if page else None,
        "picture": _inline(picture) if picture else "",
        "preview": extra.preview.astype("string").fillna("").to_numpy().tolist(),
        "preview_head": [str(name) for name in extra.preview.columns],
        "mail": mail,
        "report": f"mailto:{mail}?subject={quote(subject)}" if mail else "",
        "is_libre_uso": dataset.license == LICENSE,
        "types": {name: messages.text(f"publish.type.{name}", lang=lang) for name in _TYPES},
    }


_TYPES = ("string", "integer", "number", "date", "datetime", "boolean")


def _frequency(code: str, lang: str) -> str:
    key = f"publish.frequency.{code.lower().replace('/', '-')}"
    return messages.text(key, lang=lang) if messages.has(key) else code


def _size(count: int, lang: str) -> str:
    """A file's size as a person reads it."""
    for unit, limit in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= limit:
            return f"{messages.number(round(count / limit, 1), lang)} {unit}"
    return f"{count} B"


def _inline(picture: Path) -> str:
    kind = "svg+xml" if Path(picture).suffix.lower() == ".svg" else "png"
    return f"data:image/{kind};base64," + base64.b64encode(Path(picture).read_bytes()).decode("ascii")
