"""The log of cleaning: one line per cell changed, from which the clean table can be made again out of the raw one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from kit.steps.cleaning.proposals import Draft
from kit.steps.cleaning.state import TEXT, State

COLUMNS = ["row", "column", "old", "new", "rule", "by", "when"]
WHOLE_ROW = "*"  # in "column": the row was dropped; "old" holds it as JSON
GEOMETRY = "geometry"  # in "column": old and new are WKT


def lines(rule: str, draft: Draft, state: State, by: str, when: str) -> pd.DataFrame:
    """The lines for a draft that is about to be applied to ``state``."""
    index = draft.new.index
    old: list[Any]
    if draft.target == "row":
        dropped = state.frame.loc[index]
        old = [json.dumps(_without_missing(row), ensure_ascii=False) for row in dropped.to_dict("records")]
        new: Any = [None] * len(index)
        column = WHOLE_ROW
    elif draft.target == "geometry":
        assert state.geometry is not None  # noqa: S101 - such a draft was made from it
        old, new = wkt(state.geometry.loc[index]), wkt(draft.new)
        column = GEOMETRY
    else:
        cells = state.frame.loc[index, draft.column].astype(object)
        old, new = list(cells.where(cells.notna(), None)), list(draft.new)
        column = str(draft.column)
    facts = {"row": state.rows[np.asarray(index)], "column": column, "old": old, "new": new}
    return pd.DataFrame({**facts, "rule": rule, "by": by, "when": when}, columns=COLUMNS).astype(
        {"old": object, "new": object}
    )


def wkt(geometry: Any) -> list[str | None]:
    """Geometries as text that reads back to exactly the same coordinates."""
    return list(shapely.to_wkt(np.asarray(geometry, dtype=object), rounding_precision=-1))


def replay(raw: State, log: pd.DataFrame) -> State:
    """The table that the log's changes make out of the raw one."""
    state = raw.copy()
    place = pd.Series(np.arange(len(raw.rows)), index=raw.rows)
    runs = (log["rule"] + "\0" + log["column"]).ne((log["rule"] + "\0" + log["column"]).shift()).cumsum()
    for _, part in log.groupby(runs, sort=False):
        column, index = part["column"].iloc[0], place.loc[part["row"]].to_numpy()
        if column == WHOLE_ROW:
            drop(state, index)
        elif column == GEOMETRY and state.geometry is not None:
            state.geometry.loc[index] = gpd.GeoSeries(
                shapely.from_wkt(part["new"].to_numpy()), index=index, crs=state.geometry.crs
            )
        else:
            state.frame.loc[index, column] = pd.Series(list(part["new"]), index=index, dtype=TEXT)
    return state


def drop(state: State, index: npt.NDArray[np.int64] | pd.Index) -> None:
    """Take rows out of a state."""
    gone = pd.Index(index)
    state.frame = state.frame.drop(index=gone)
    if state.geometry is not None:
        state.geometry = state.geometry.drop(index=gone)


def to_data(log: pd.DataFrame) -> list[dict[str, Any]]:
    """The lines as plain data for JSON."""
    return [{**_without_missing(line), "row": int(line["row"])} for line in log.to_dict("records")]


def from_data(data: list[dict[str, Any]]) -> pd.DataFrame:
    """The log that `to_data` wrote."""
    return pd.DataFrame(data, columns=COLUMNS).astype({"old": object, "new": object})


def _without_missing(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(k): (None if v is None or v != v else v) for k, v in row.items()}
