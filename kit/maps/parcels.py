"""The map of a cadastre: parcels coloured by a column, with what a search, a popup and a table need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template
from markupsafe import Markup

from kit import messages
from kit.findings import Finding, KitError, Level, Place, error
from kit.maps import describe, shapes
from kit.maps.classes import PALETTE, Classes, MapClass, classify
from kit.maps.page import MapPage, OfflineMap

DATA = "parcels"
KEY, VALUE, AREA = "CVE_CAT_EST", "VALOR_CATASTRAL", "SUP_TERRENO"
POPUP = (KEY, "COLONIA", "USO", VALUE, AREA, "SUP_CONSTRUCCION")
_LOCALES = {"es": "es-MX", "en": "en-US"}
_ORDER = [Level.ERROR, Level.WARNING, Level.ADVICE]
_CROWD = 150  # above so many marked parcels the marks wait for the box to be ticked: they would hide the city


class ParcelLayer(MacroElement):
    """The one line of script that draws the page's data on the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}taller.start({{ this._parent.get_name() }}, '" + DATA + "');{% endmacro %}"
    )


def parcel_map(
    parcels: gpd.GeoDataFrame,
    *,
    colour_by: str = "USO",
    key: str | None = None,
    value: str | None = None,
    area: str | None = None,
    popup: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    background: Mapping[str, gpd.GeoDataFrame] | None = None,
    findings: Iterable[Finding] = (),
    rows: Sequence[int] | npt.NDArray[np.int_] | None = None,
    attribution: str | None = None,
    lang: str | None = None,
) -> OfflineMap:
    """A folium map of parcels that needs no network, with legend, description, table, search and popups.

    Args:
        parcels: polygons in any CRS that the layer names.
        colour_by: the column that gives the classes: words (a class per value) or numbers (quintiles).
        key: the column with the cadastral key; by default ``CVE_CAT_EST`` when there is one.
        value: the column with the value in MXN; by default ``VALOR_CATASTRAL`` when there is one.
        area: the column with the area in square metres; by default ``SUP_TERRENO``, else the drawing is measured.
        popup: the columns that a click shows; by default key, colonia, use, value and areas.
        labels: what to call columns, ``{"USO": "Uso del suelo"}``; official names are known already.
        title: the page's title.
        background: layers under the parcels by kind: ``colonias`` (their names are taken from a column ``NOMBRE`` or
            ``COLONIA``), ``manzanas``, ``river``, ``streets``; any other name is drawn as a thin grey line.
        findings: problems; the parcels of the rows they name are outlined, marked and say what is wrong.
        rows: the row of its file for each parcel; by default the first parcel is row 2.
        attribution: who made the data and under which licence.
        lang: "es" or "en"; by default the language in force.

    Raises:
        KitError: if a column does not exist, the layer names no CRS, or there is no polygon to draw.
    """
    lang = lang or messages.current_language()
    names = _Columns(parcels, colour_by, key, value, area, popup, labels or {}, lang)
    classes = classify(parcels[colour_by], lang)
    geometries = shapes.to_degrees(parcels, messages.text("maps.layer.parcels", lang=lang))
    packed = shapes.encode_polygons(geometries)
    drawn = int(np.count_nonzero(packed["items"]))
    if not drawn:
        raise KitError(error("maps.nothing-to-draw", Place(item=colour_by), n=len(parcels)))
    frame, outside = shapes.frame(geometries)
    marked = _problems(findings, np.arange(len(parcels)) + 2 if rows is None else np.asarray(rows), lang)
    table = describe.summary(parcels, classes, names.value, names.area)
    counts = describe.Counts(len(parcels), drawn, outside, len(marked["of"]))
    attribution = attribution or messages.text("maps.attribution", lang=lang)
    page: dict[str, Any] = {
        "title": title or messages.text("maps.title", lang=lang),
        "alt": describe.description(table, names.label(colour_by), frame, counts, lang),
        "heading": names.label(colour_by),
        "attribution": attribution,
        "key": names.key is not None,
        "columns": "\t".join(dict.fromkeys([colour_by, *names.popup, *filter(None, (names.value, names.area))])),
        "classes": [_legend_row(one.label, one.count, _swatch(one, i), lang) for i, one in enumerate(classes.classes)],
        "problems": _problem_legend(marked, lang),
        "problems_shown": counts.problems <= _CROWD,
        "table": _table(table, classes, names, lang),
        "how": _how(classes, lang),
    }
    made = OfflineMap(((frame.south + frame.north) / 2, (frame.west + frame.east) / 2))
    figure = MapPage(page, lang)
    figure.add_child(made)
    figure.add_data(
        DATA,
        {
            "locale": _LOCALES[lang],
            "parcels": packed,
            "codes": classes.codes.tolist(),
            "classes": [{"colour": one.colour, "ink": one.ink, "pattern": one.pattern} for one in classes.classes],
            "line": 0.7 if drawn < 20_000 else 0.35,
            "fields": [names.field(column) for column in names.popup],
            "problems": marked if marked["of"] else None,
            "background": [_ground(kind, layer) for kind, layer in (background or {}).items()],
            "frame": [[frame.south, frame.west], [frame.north, frame.east]],
            "attribution": attribution,
            "text": {
                name: messages.text(f"maps.script.{name.replace('_', '-')}", lang=lang, n="{n}", key="{key}")
                for name in ("map", "close", "zoom_in", "zoom_out", "found_one", "found_many", "found_none")
            },
        },
    )
    made.add_child(ParcelLayer())
    return made


def save(made: OfflineMap, path: Path) -> Path:
    """Write a map as one HTML file that opens by double click, with or without a network."""
    path = Path(path)
    path.write_text(made.get_root().render(), encoding="utf-8", newline="\n")
    return path


class _Columns:
    """Which columns play which part, and what they are called."""

    def __init__(
        self,
        parcels: gpd.GeoDataFrame,
        colour_by: str,
        key: str | None,
        value: str | None,
        area: str | None,
        popup: Sequence[str] | None,
        labels: Mapping[str, str],
        lang: str,
    ) -> None:
        self.parcels, self.labels, self.lang = parcels, labels, lang
        known = [str(column) for column in parcels.columns if column != parcels.geometry.name]
        for column in [colour_by, *(c for c in (key, value, area) if c), *(popup or ())]:
            if column not in known:
                raise KitError(error("maps.no-column", Place(column=column), wanted=column, known=known))
        self.key = key or (KEY if KEY in known else None)
        self.value = value or (VALUE if VALUE in known else None)
        self.area = area or (AREA if AREA in known else None)
        usual = [self.key, *POPUP, colour_by, self.value, self.area]
        self.popup = list(popup or dict.fromkeys(column for column in usual if column in known))

    def label(self, column: str) -> str:
        """What a person calls the column."""
        return describe.column_label(column, self.labels, self.lang)

    def field(self, column: str) -> dict[str, Any]:
        """One line of the popup, for all parcels: numbers as numbers, repeated words once."""
        values = self.parcels[column]
        made: dict[str, Any] = {"label": self.label(column), "key": column == self.key}
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values) and column != self.key:
            kind = (
                "money" if column == self.value else "area" if column in {self.area, "SUP_CONSTRUCCION"} else "number"
            )
            rounded = np.round(describe.numbers(values), 2)
            plain = [None if not np.isfinite(x) else int(x) if x == int(x) else x for x in rounded.tolist()]
            return {**made, "kind": kind, "values": plain}
        words = values.astype("string")
        codes, unique = pd.factorize(words)
        if len(unique) * 2 < len(words) and column != self.key:
            return {**made, "kind": "text", "words": [str(word) for word in unique], "values": codes.tolist()}
        return {**made, "kind": "text", "values": [None if pd.isna(word) else str(word) for word in words]}


def _problems(findings: Iterable[Finding], rows: npt.NDArray[np.int_], lang: str) -> dict[str, Any]:
    """What findings say of the layer's rows: the sentences, and for each parcel which of them and the worst level."""
    sentences: list[dict[str, str]] = []
    of: dict[str, list[int]] = {}
    level: dict[str, str] = {}
    for finding in sorted(findings, key=lambda one: _ORDER.index(one.level)):
        hit = np.flatnonzero(np.isin(rows, finding.place.rows)).tolist()
        for parcel in hit:
            of.setdefault(str(parcel), []).append(len(sentences))
            level.setdefault(str(parcel), finding.level.value)
        if hit:
            text = f"{finding.sentence('found', lang)} {finding.sentence('mend', lang)}"
            sentences.append({"mark": finding.level.mark, "text": text})
    return {"sentences": sentences, "of": of, "level": level, "styles": PALETTE["problems"]}


def _problem_legend(marked: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    levels = list(marked["level"].values())
    return [
        _legend_row(
            messages.text(f"maps.problem.{level.value}", lang=lang),
            levels.count(level.value),
            _sign(**PALETTE["problems"][level.value]),
            lang,
        )
        for level in _ORDER
        if level.value in levels
    ]


def _ground(kind: str, layer: gpd.GeoDataFrame) -> dict[str, Any]:
    """One layer under the parcels."""
    style = PALETTE["background"].get(kind, PALETTE["background"]["other"])
    geometries = shapes.to_degrees(layer, kind)
    made: dict[str, Any] = {"style": style}
    if style["fill"]:
        made["polygons"] = shapes.encode_polygons(geometries)
    else:
        outline = np.where(shapely.get_dimensions(geometries) == 2, shapely.boundary(geometries), geometries)
        made["lines"] = shapes.encode_lines(outline)
    column = next((name for name in ("NOMBRE", "COLONIA", "name") if name in layer.columns), None)
    if kind == "colonias" and column:
        points, bounds = shapely.point_on_surface(geometries), shapely.bounds(geometries)
        made["labels"] = [
            {"text": str(text), "lat": round(y, 6), "lon": round(x, 6), "span": round(span, 6)}
            for text, x, y, span in zip(
                layer[column], shapely.get_x(points), shapely.get_y(points), bounds[:, 2] - bounds[:, 0], strict=True
            )
            if np.isfinite(x) and pd.notna(text)
        ]
    return made


def _table(table: pd.DataFrame, classes: Classes, names: _Columns, lang: str) -> dict[str, Any]:
    value = names.label(names.value) if names.value else None
    said = describe.in_words(table, names.label(classes.column), value, lang)
    rows = [
        {"swatch": _swatch(one, f"t{i}"), "cells": cells}
        for i, (one, cells) in enumerate(zip(classes.classes, said["rows"], strict=True))
    ]
    return {**said, "rows": rows}


def _how(classes: Classes, lang: str) -> list[str]:
    kind = "numbers" if classes.numeric else "categories"
    return [messages.text(f"maps.how.{name}", lang=lang) for name in (kind, "offline", "limits")]


def _legend_row(label: str, count: int, swatch: Markup, lang: str) -> dict[str, Any]:
    return {"label": label, "count": messages.number(count, lang), "swatch": swatch}


_LINES = {
    "rising": "M-2 2l4-4M0 8l8-8M6 10l4-4",
    "falling": "M-2 6l4 4M0 0l8 8M6-2l4 4",
    "cross": "M-2 2l4-4M0 8l8-8M6 10l4-4M-2 6l4 4M0 0l8 8M6-2l4 4",
    "level": "M0 4.5h8",
    "upright": "M4.5 0v8",
    "dashes": "M1 2.5h3M5 6.5h3",
    "dots": "M1 2h2M5 6h2",
    "plain": "",
}


def _swatch(one: MapClass, name: int | str) -> Markup:
    """A class as the map draws it, colour and pattern, as a small picture that a screen reader passes over."""
    width = 2 if one.pattern == "dots" else 1
    return Markup(
        '<svg class="swatch" width="30" height="18" aria-hidden="true"><defs>'
        '<pattern id="p{name}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" '
        'fill="{colour}"/><path d="{lines}" stroke="{ink}" stroke-width="{width}" fill="none"/></pattern></defs>'
        '<rect width="30" height="18" fill="url(#p{name})"/></svg>'
    ).format(name=name, colour=one.colour, ink=one.ink, lines=_LINES[one.pattern], width=width)


_SIGNS = {
    "cross": Markup('<rect x="8" y="2" width="14" height="14"/><path d="M11.500 5.500l7 7M18.500 5.500l-7 7"/>'),
    "triangle": Markup('<path d="M15 2l7 13h-14z"/>'),
    "circle": Markup('<circle cx="15" cy="9" r="7"/><circle cx="15" cy="9" r="1.500"/>'),
}


def _sign(colour: str, shape: str) -> Markup:
    """A level's sign as the map draws it."""
    return Markup(
        '<svg width="30" height="18" aria-hidden="true"><g fill="#fff" stroke="{colour}" stroke-width="2">'
        "{drawn}</g></svg>"
    ).format(colour=colour, drawn=_SIGNS[shape])
