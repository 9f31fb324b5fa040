"""Joins a table and a layer by key, and says which keys stand on one side only or cannot be told apart."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from kit.findings import Findings, KitError, Place, error, warning
from kit.steps.cleaning.session import Cleaning
from kit.steps.cleaning.sources import opened


def join_by_key(
    table: Any, layer: Any, key: str | None = None, *, file: str = "", layer_file: str = ""
) -> tuple[gpd.GeoDataFrame, Findings]:
    """The layer's features with the table's attributes, and what does not match.

    Every feature of the layer stays. A key that the table has more than once is not joined, because which row belongs
    to the feature cannot be known; such features keep empty attributes and are reported.

    Args:
        table: a `Cleaning`, what a reader returned, or a table.
        layer: the same, with geometry.
        key: the column that both have; the table's key when not given.
        file: the table's name for the findings, if the source does not know it.
        layer_file: the layer's name, likewise.

    Raises:
        KitError: ``cleaning.join-no-key`` if one side does not have the key, ``cleaning.join-no-geometry`` if the layer
            has no geometry.
    """
    left, left_rows, left_file, guessed = _side(table, file)
    right, right_rows, right_file, _ = _side(layer, layer_file)
    key = key or guessed
    columns = [sorted(set(map(str, side.columns)) - {"geometry"}) for side in (left, right)]
    if key is None or key not in left or key not in right:
        facts = {"key": key or "-", "left": columns[0], "right": columns[1]}
        raise KitError(error("cleaning.join-no-key", Place(left_file), **facts))
    if not isinstance(right, gpd.GeoDataFrame):
        raise KitError(error("cleaning.join-no-geometry", Place(right_file)))
    findings = Findings()
    attributes = pd.DataFrame(left.drop(columns="geometry", errors="ignore"))
    repeated = attributes[key].duplicated(keep=False) & attributes[key].notna()
    _report_repeated(findings, attributes, repeated, key, Place(left_file), left_rows)
    shared = right[key].duplicated(keep=False) & right[key].notna()
    _report_shared(findings, right, shared, key, Place(right_file), right_rows)
    alone = attributes[key].notna() & ~attributes[key].isin(right[key])
    if alone.any():
        findings.add(
            warning("cleaning.join-table-only", _at(left_file, left_rows, alone, key), **_facts(left, alone, key))
        )
    lost = ~right[key].isin(attributes[key]) | right[key].isna()
    if lost.any():
        findings.add(
            warning("cleaning.join-layer-only", _at(right_file, right_rows, lost, key), **_facts(right, lost, key))
        )
    single = attributes[~repeated & attributes[key].notna()]
    kept = [name for name in right.columns if name == key or name not in single.columns]
    joined = right[kept].merge(single, on=key, how="left", sort=False)
    order = [name for name in attributes.columns if name in joined] + [n for n in joined.columns if n not in attributes]
    return gpd.GeoDataFrame(joined[order], geometry=right.geometry.name, crs=right.crs), findings


def _side(source: Any, file: str) -> tuple[pd.DataFrame, np.ndarray, str, str | None]:
    """A table with its rows in the file, the file's name, and its own key."""
    if isinstance(source, Cleaning):
        state = source.state
        key = state.key_field()
        rows = state.rows[np.asarray(state.frame.index)]
        return source.result().reset_index(drop=True), rows, file or state.file, key.name if key else None
    found = opened(source, file or None)
    key = Cleaning.start(source).state.key_field()
    frame = found.table.reset_index(drop=True)
    if found.geometry is not None:
        frame = gpd.GeoDataFrame(frame, geometry=found.geometry.rename("geometry"), crs=found.geometry.crs)
    return frame, found.rows, found.file, key.name if key else None


def _report_repeated(
    findings: Findings, table: pd.DataFrame, where: pd.Series, key: str, place: Place, rows: np.ndarray
) -> None:
    if where.any():
        at = _at(place.file, rows, where, key)
        findings.add(warning("cleaning.join-table-repeated", at, **_facts(table, where, key)))


def _report_shared(
    findings: Findings, table: pd.DataFrame, where: pd.Series, key: str, place: Place, rows: np.ndarray
) -> None:
    if where.any():
        at = _at(place.file, rows, where, key)
        findings.add(warning("cleaning.join-layer-repeated", at, **_facts(table, where, key)))


def _at(file: str | None, rows: np.ndarray, where: pd.Series, key: str) -> Place:
    return Place(file, rows=tuple(rows[np.asarray(where)].tolist()), column=key)


def _facts(table: pd.DataFrame, where: pd.Series, key: str) -> dict[str, Any]:
    cells = table.loc[where, key].dropna()
    return {"n": int(where.sum()), "key": key, "examples": [str(v) for v in cells.unique()[:3]] or ["∅"]}
