"""The table while it is being cleaned: every cell as text, its place in the raw file, and what each column holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from kit import keys
from kit.findings import KitError, Place, error
from kit.words import unaccented

HERE = Path(__file__).parent
FIELDS = json.loads((HERE / "fields.json").read_text(encoding="utf-8"))["fields"]
CATALOGUES = json.loads((HERE / "catalogues.json").read_text(encoding="utf-8"))
KINDS = ("key", "code", "category", "name", "number", "date", "text")
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)

_SAMPLE = 5000
_NUMBER_LIKE = r"^\s*[-+(]?\s*(?:\$|MXN|M\.N\.)?\s*-?[0-9][0-9.,' ]*\s*(?:%|\)|m2|m²|ha|mxn|pesos)?\s*$"
_DATE_LIKE = (
    r"^\s*(?:[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2})"
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}.*)?\s*$"
)


@dataclass(frozen=True)
class Field:
    """What one column holds: a kind of `KINDS` and what the rules need to know of it."""

    name: str
    kind: str
    layout: str | None = None  # of a key: "standard", "local", "block"
    width: int | None = None  # of a code: how many digits
    catalogue: str | None = None  # of a category: the name of its catalogue
    unit: str | None = None  # of a number

    def to_data(self) -> dict[str, Any]:
        """Plain data without what is not set."""
        return {k: v for k, v in vars(self).items() if v is not None and k != "name"}


@dataclass(frozen=True)
class Reference:
    """What is known from elsewhere: keys that belong together, measured areas by key, names as they are official."""

    table: pd.DataFrame | None = None
    areas: pd.Series | None = None
    names: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass
class State:
    """A table under cleaning. The index is the row's place in the raw table and survives dropped rows."""

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]  # raw place -> row of the file as a spreadsheet shows it
    file: str
    fields: dict[str, Field]
    geometry: gpd.GeoSeries | None = None
    reference: Reference = field(default_factory=Reference)

    def copy(self) -> State:
        """A state that can be changed without changing this one."""
        geometry = None if self.geometry is None else self.geometry.copy()
        return replace(self, frame=self.frame.copy(), geometry=geometry)

    def values(self, column: str) -> pd.Series:
        """The cells of a column that hold something."""
        return self.frame[column].dropna()

    def place(self, column: str | None, index: Iterable[int], item: str | None = None) -> Place:
        """The place of those rows in the raw file."""
        where = np.asarray(list(index) if not isinstance(index, (pd.Index, np.ndarray)) else index, dtype=np.int64)
        return Place(self.file, rows=tuple(int(r) for r in np.sort(self.rows[where])), column=column, item=item)

    @cached_property
    def raw_columns(self) -> list[str]:
        """The columns as they came."""
        return list(self.frame.columns)

    def of_kind(self, *kinds: str) -> list[Field]:
        """The fields of the given kinds, in the table's order."""
        return [f for f in self.fields.values() if f.kind in kinds]

    def key_field(self) -> Field | None:
        """The column that names a row: the standard key if there is one, else the local one; never a block's key."""
        found = {f.layout: f for f in reversed(self.of_kind("key"))}
        return found.get("standard") or found.get("local")

    def measured_areas(self) -> pd.Series | None:
        """Area in m² that the geometry itself has, by row; from the layer of reference if this table has none."""
        if self.geometry is not None:
            projected = self.geometry.crs is None or self.geometry.crs.is_projected
            return self.geometry.area if projected else None
        own = self.key_field()
        if self.reference.areas is None or own is None:
            return None
        areas = self.reference.areas
        return self.frame[own.name].map(areas[~areas.index.duplicated(keep=False)])


def plain_name(name: str) -> str:
    """A column's name as the catalogue of fields writes it: capitals, no accents, signs as underscores."""
    return re.sub(r"[^A-Z0-9]+", "_", unaccented(str(name)).upper()).strip("_")


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as text, as it would stand in a CSV; empty cells are missing."""
    columns = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_float_dtype(column.dtype):
            text = column.map(_number_text, na_action="ignore").astype(TEXT)
        elif pd.api.types.is_datetime64_any_dtype(column.dtype):
            text = column.dt.strftime("%Y-%m-%dT%H:%M:%S").astype(TEXT).str.replace("T00:00:00", "", regex=False)
        else:
            text = column.astype(TEXT)
        columns[str(name)] = text.mask(text == "")
    return pd.DataFrame(columns).reset_index(drop=True)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))


def guess_fields(frame: pd.DataFrame, given: Mapping[str, Any] | None = None) -> dict[str, Field]:
    """What each column holds: as ``given``, else by its name, else by its content.

    Args:
        frame: the table, cells as text.
        given: column to a kind ("number"), or to a mapping with ``kind`` and what else `Field` holds.

    Raises:
        KitError: ``cleaning.unknown-column`` or ``cleaning.unknown-kind`` if ``given`` does not fit.
    """
    chosen = dict(given or {})
    if lost := [name for name in chosen if name not in frame.columns]:
        raise KitError(error("cleaning.unknown-column", Place(), columns=lost, known=list(map(str, frame.columns))))
    return {name: _field(str(name), frame[name], chosen.get(name)) for name in frame.columns}


def _field(name: str, column: pd.Series, given: Any) -> Field:
    if given is not None:
        facts = {"kind": given} if isinstance(given, str) else dict(given)
        if facts.get("kind") not in KINDS:
            raise KitError(error("cleaning.unknown-kind", Place(column=name), kind=str(facts.get("kind")), kinds=KINDS))
        found = Field(name, **facts)
    else:
        known = next((f for f in FIELDS if plain_name(name) in f["names"]), None)
        facts = {k: v for k, v in known.items() if k != "names"} if known else {"kind": _kind_of(column)}
        found = Field(name, **facts)
    if found.kind == "key" and found.layout is None:
        layout = _layout_of(column, least=0.1)
        found = replace(found, layout=layout) if layout else replace(found, kind="text")
    if found.kind == "code" and found.width is None:
        found = replace(found, width=int(column.dropna().str.len().max() or 1))
    return found


def _layout_of(column: pd.Series, least: float = 0.5) -> str | None:
    """The layout that more than ``least`` of the keys have, damaged or not."""
    sample = column.dropna().head(_SAMPLE)
    counts = keys.shapes(sample).value_counts()
    standard = counts[["standard", "separated", "short", "scientific"]].sum()
    local = counts[["local", "local-separated", "local-bare"]].sum()
    best, number = max((("standard", standard), ("local", local), ("block", counts["block"])), key=lambda x: x[1])
    return best if number > least * len(sample) else None


def _kind_of(column: pd.Series) -> str:
    sample = column.dropna().drop_duplicates().head(_SAMPLE)
    if sample.empty:
        return "text"
    if _layout_of(sample):
        return "key"
    if sample.str.match(_DATE_LIKE).mean() > 0.6:
        return "date"
    if sample.str.match(_NUMBER_LIKE, case=False).mean() > 0.6:
        padded = sample.str.match(r"^0[0-9]+$").any() and len(sample.str.len().unique()) == 1
        return "code" if padded else "number"
    return "category" if len(sample) <= max(20, len(column) // 50) else "text"
