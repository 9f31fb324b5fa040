"""What a map says in words and in numbers: its description for those who do not see it, and its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kit import messages
from kit.maps import shapes
from kit.maps.classes import Classes

SQUARE_METRES_PER_HECTARE = 10_000
SMALLEST_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class Counts:
    """How many parcels there are, and how many of them the picture does not show or marks."""

    parcels: int
    drawn: int
    outside: int = 0
    problems: int = 0


def summary(parcels: gpd.GeoDataFrame, classes: Classes, value: str | None, area: str | None) -> pd.DataFrame:
    """One row per class: ``label``, ``parcels``, ``share`` (0 to 1), ``hectares``, ``median`` (of ``value``, or NaN).

    Areas come from the column ``area`` (square metres), else from the geometry.
    """
    size = numbers(parcels[area]) / SQUARE_METRES_PER_HECTARE if area else shapes.hectares(parcels).to_numpy()
    worth = numbers(parcels[value]) if value else np.full(len(parcels), np.nan)
    grouped = pd.DataFrame({"code": classes.codes, "hectares": size, "value": worth}).groupby("code")
    places = range(len(classes.classes))
    return pd.DataFrame(
        {
            "label": [one.label for one in classes.classes],
            "parcels": [one.count for one in classes.classes],
            "share": [one.count / max(len(parcels), 1) for one in classes.classes],
            "hectares": grouped["hectares"].sum().reindex(places).to_numpy(),
            "median": grouped["value"].median().reindex(places).to_numpy(),
        }
    )


def column_label(column: str, labels: Mapping[str, str], lang: str) -> str:
    """What a person calls a column: the given label, else what the catalogue calls an official name, else the name."""
    known = f"maps.column.{column.lower().replace('_', '-')}"
    if column in labels:
        return labels[column]
    return messages.text(known, lang=lang) if messages.has(known) else column


def share_in_words(share: float, lang: str) -> str:
    """A share as a percentage; a very small one is not rounded to nothing."""
    if 0 < share < SMALLEST_SHARE:
        return "< " + messages.number(SMALLEST_SHARE, lang, "%")
    return messages.number(share, lang, "%")


def numbers(column: pd.Series) -> Any:
    """A column as floats; what is no number becomes NaN."""
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def description(table: pd.DataFrame, heading: str, frame: shapes.Frame, counts: Counts, lang: str) -> str:
    """The alt text: how many parcels, of which classes, where, and what is marked or missing."""

    def say(key: str, **params: Any) -> str:
        return messages.text(key, lang=lang, **params)

    most = table.sort_values("parcels", ascending=False, kind="stable")
    groups = [
        say("maps.alt.group", label=row["label"], parcels=row["parcels"], share=share_in_words(row["share"], lang))
        for row in most[most["parcels"] > 0].to_dict("records")
    ]
    sentences = [
        say("maps.alt.parcels", n=counts.parcels),
        say("maps.alt.classes", heading=heading, groups=groups),
        say(
            "maps.alt.extent",
            width=messages.number(frame.width_km, lang, "1"),
            height=messages.number(frame.height_km, lang, "1"),
            lat=f"{(frame.south + frame.north) / 2:.3f}",
            lon=f"{(frame.west + frame.east) / 2:.3f}",
        ),
    ]
    if counts.problems:
        sentences.append(say("maps.alt.problems", n=counts.problems))
    if counts.parcels > counts.drawn:
        sentences.append(say("maps.alt.undrawn", n=counts.parcels - counts.drawn))
    if counts.outside:
        sentences.append(say("maps.alt.outside", n=counts.outside))
    return " ".join(sentences)


def in_words(table: pd.DataFrame, heading: str, value_label: str | None, lang: str) -> Mapping[str, Any]:
    """The summary as texts for the page: caption, head, rows and total."""

    def say(key: str, **params: Any) -> str:
        return messages.text(key, lang=lang, **params)

    def cells(row: Mapping[Any, Any]) -> list[str]:
        said = [row["label"], messages.number(row["parcels"], lang), share_in_words(row["share"], lang)]
        said.append("–" if np.isnan(row["hectares"]) else messages.number(row["hectares"], lang, "1"))
        if value_label:
            said.append("–" if np.isnan(row["median"]) else "$" + messages.number(row["median"], lang, "0"))
        return said

    head = [heading, say("maps.table.parcels"), say("maps.table.share"), say("maps.table.hectares")]
    rows = [cells(row) for row in table.to_dict("records")]
    total = [
        say("maps.table.total"),
        messages.number(int(table["parcels"].sum()), lang),
        messages.number(1.0, lang, "%"),
        messages.number(float(np.nansum(table["hectares"])), lang, "1"),
    ]
    if value_label:
        head.append(say("maps.table.median", value=value_label))
        total.append("")
    return {"caption": say("maps.table.caption", heading=heading), "head": head, "rows": rows, "total": total}
