"""Geometry that stands in a column of a table: WKT, EWKT, WKB and EWKB in hexadecimal, GeoJSON, or two coordinates."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

NAMES = json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))
_SAMPLE = 200  # cells looked at to recognise a column; nearly all of them must fit
_SHARE = 0.8
_KINDS = "POINT|LINESTRING|LINEARRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION"
FORMS = {
    "wkt": rf"(?i)^\s*(?:SRID=\d+;)?\s*(?:{_KINDS})\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)",
    "wkb": r"^\s*(?:\\x|0x)?0[01][0-9A-Fa-f]{8}(?:[0-9A-Fa-f]{2})+\s*$",
    "geojson": r'^\s*\{.*"type"\s*:\s*"[A-Za-z]+".*"coordinates"',
}
_DMS = (
    r"(?i)^\s*(?P<sign>[-+]?)(?P<d>\d{1,3})\s*[°ºd:\s]\s*(?P<m>\d{1,2})\s*['´’′m:\s]\s*"
    r"(?P<s>\d{1,2}(?:[.,]\d+)?)?\s*(?:''|[\"”″s])?\s*(?P<side>[NSEWO]?)\s*$"
)


@dataclass(frozen=True)
class Decoded:
    """A column's geometry, the system that most of it names, and the cells that could not be read."""

    geometry: npt.NDArray[Any]
    srid: int | None
    unread: npt.NDArray[np.intp]
    strangers: dict[int, npt.NDArray[np.intp]]


def plain(name: object) -> str:
    """A column's name without accents, case, blanks and signs, for comparing."""
    bare = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode()
    return "".join(character for character in bare.lower() if character.isalnum())


def form_of(column: pd.Series) -> str | None:
    """How the cells of a column write geometry: "wkt", "wkb", "geojson"; None if they do not."""
    cells = _sample(column)
    if cells is None:
        return None
    for form, pattern in FORMS.items():
        if cells.str.contains(pattern, regex=True).mean() >= _SHARE:
            return form
    return None


def find_geometry(table: pd.DataFrame) -> tuple[str, ...] | None:
    """The column that holds geometry, or the two that hold coordinates (x first); None if there is neither.

    Among several, one with a usual name (``names.json``) comes first.
    """
    usual = {plain(name) for name in NAMES["geometry"]}
    order = sorted(table.columns, key=lambda name: plain(name) not in usual)
    for name in order:
        if form_of(table[name]) is not None:
            return (str(name),)
    by_plain: dict[str, str] = {}
    for name in table.columns:
        by_plain.setdefault(plain(name), str(name))
    for x, y in NAMES["pairs"]:
        pair = by_plain.get(plain(x)), by_plain.get(plain(y))
        if pair[0] and pair[1] and all(_are_coordinates(table[name]) for name in pair):
            return (pair[0], pair[1])
    return None


def decode(column: pd.Series) -> Decoded:
    """The geometry of a column in any of the `FORMS`; what cannot be read is missing and listed."""
    form = form_of(column) or "wkt"
    texts = column.astype("str").str.strip()
    texts = texts.where(texts != "")
    srids = np.zeros(len(texts), dtype=np.int64)
    if form == "wkb":
        geometry = shapely.from_wkb(_objects(texts.str.replace(r"^(?:\\x|0x)", "", regex=True)), on_invalid="ignore")
        srids = shapely.get_srid(geometry).astype(np.int64)
    elif form == "geojson":
        geometry = shapely.from_geojson(_objects(texts), on_invalid="ignore")
    else:
        parts = texts.str.extract(r"(?is)^(?:SRID=(\d+);)?(.*)$")
        srids = pd.to_numeric(parts[0]).fillna(0).to_numpy(dtype=np.int64)
        geometry = shapely.from_wkt(_objects(parts[1]), on_invalid="ignore")
    filled = texts.notna().to_numpy()
    unread = np.flatnonzero(filled & shapely.is_missing(geometry))
    named = Counter(srids[srids > 0].tolist())
    srid = named.most_common(1)[0][0] if named else None
    strangers = {int(other): np.flatnonzero(srids == other) for other in named if other != srid}
    return Decoded(shapely.set_srid(geometry, 0), srid, unread, strangers)


def points(x: pd.Series, y: pd.Series) -> tuple[Decoded, npt.NDArray[np.intp]]:
    """Points from two columns of coordinates, and which rows wrote them in degrees, minutes and seconds."""
    (left, left_dms, left_ok), (right, right_dms, right_ok) = coordinates(x), coordinates(y)
    geometry = np.full(len(left), None, dtype=object)
    both = np.isfinite(left) & np.isfinite(right)
    geometry[both] = shapely.points(left[both], right[both])
    decoded = Decoded(geometry, None, np.flatnonzero(~(left_ok & right_ok)), {})
    return decoded, np.flatnonzero(left_dms | right_dms)


def coordinates(
    column: pd.Series,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The numbers of a coordinate column, where they were written in degrees-minutes-seconds, and where all is well.

    An empty cell is not a number and well; a cell that is neither a number nor degrees is not a number and not well.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, np.zeros(len(numbers), dtype=np.bool_), np.ones(len(numbers), dtype=np.bool_)
    texts = column.astype("str").str.strip()
    numbers = _decimal(texts).to_numpy(dtype=np.float64, na_value=np.nan).copy()
    rest = np.isnan(numbers) & texts.notna().to_numpy() & texts.ne("").to_numpy()
    dms = np.zeros(len(numbers), dtype=np.bool_)
    if rest.any():
        parts = texts[rest].str.extract(_DMS)
        matched = parts["d"].notna().to_numpy()
        seconds = pd.to_numeric(parts["s"].str.replace(",", ".")).fillna(0)
        value = pd.to_numeric(parts["d"]) + pd.to_numeric(parts["m"]) / 60 + seconds / 3600
        west = parts["side"].str.upper().isin(["S", "W", "O"]) | (parts["sign"] == "-")
        dms[np.flatnonzero(rest)[matched]] = True
        numbers[rest] = value.where(~west, -value).to_numpy(dtype=np.float64, na_value=np.nan)
    blank = texts.isna().to_numpy() | texts.eq("").to_numpy()
    return numbers, dms, np.isfinite(numbers) | blank


def _decimal(texts: pd.Series) -> pd.Series:
    """Numbers; a comma counts as the decimal point where the result can be degrees ("19,5438", not "458,917")."""
    bare = texts.str.replace(r"^([-+]?(?:\d{1,2}|1[0-7]\d)),(\d+)$", r"\1.\2", regex=True)
    return pd.to_numeric(bare.str.replace(",", "", regex=False), errors="coerce")


def _are_coordinates(column: pd.Series) -> bool:
    head = column.dropna().head(_SAMPLE)
    numbers, _, _ = coordinates(head)
    return bool(len(head)) and bool(np.isfinite(numbers).mean() >= 0.5)


def _objects(texts: pd.Series) -> npt.NDArray[Any]:
    """Texts as shapely takes them: Python objects, None where there is nothing."""
    cells = texts.to_numpy(dtype=object).copy()
    cells[texts.isna().to_numpy()] = None
    return cells


def _sample(column: pd.Series) -> pd.Series | None:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return None
    cells = column.dropna().astype("str")
    cells = cells[cells.str.strip() != ""].head(_SAMPLE) if len(cells) < 10 * _SAMPLE else cells.head(_SAMPLE)
    return cells if len(cells) else None
