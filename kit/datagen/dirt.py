"""Dirt: injects defects into a clean truth and writes the answer key, row by row.

The catalogue (``data/defects.csv``) says which defects there are, in which column, how often, whether the truth can be
known again from the rest of the package, and in which real file each was seen. A cell carries at most one defect. The
answer key has one line per defect, so that applying it to the dirty data gives back the truth, cell by cell:

=========  ==========================================================================================
file       path in the package
layer      layer of a geographic file, else blank
row        row as a spreadsheet shows it (1: first line); for a layer the feature's id; blank: the whole file
key        the parcel's true clave catastral
column     column, or ``geometry``
defect     name in the catalogue
dirty      what the file says (a geometry as WKT)
true       what it should say; blank for a row, column or feature that should not be there
=========  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from kit.datagen.defects import KEY_COLUMNS, Drawn, Strike, how_many, rates, words
from kit.datagen.dirt_cells import CELL_DEFECTS
from kit.datagen.seeds import stream


@dataclass(frozen=True)
class DirtyTable:
    """A table as an office would send it: ``grid`` is the file cell by cell, without header or types."""

    grid: pd.DataFrame
    key: pd.DataFrame

    def write_csv(self, path: Path) -> None:
        """Write as latin-1 with CRLF, the way a spreadsheet in an office saves it."""
        self.grid.to_csv(path, header=False, index=False, encoding="ISO-8859-1", lineterminator="\r\n")


def texts(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell of a clean table as text; amounts with two decimals."""
    columns = {
        name: np.char.mod("%.2f", column.to_numpy()) if column.dtype.kind == "f" else column.astype(str).to_numpy()
        for name, column in table.items()
    }
    return pd.DataFrame({name: values.astype(object) for name, values in columns.items()})


def soil_table(
    truth: pd.DataFrame,
    seed: int,
    *,
    file: str,
    key_column: str = "CVE_CAT_EST",
    factor: float = 1.0,
    chosen: Mapping[str, float] | None = None,
) -> DirtyTable:
    """A dirty file made of ``truth`` (a clean table of texts, see `texts`) and its answer key.

    ``factor`` multiplies all rates of the catalogue; ``chosen`` sets the rate of some defects by name (0: none).
    """
    size, first = len(truth), len(words()["titles"]) + 2
    repeats = how_many(rates("row", factor, chosen)["rate"].iloc[0], size)
    order, repeated = _repeat_rows(size, repeats, stream(seed, "dirt-duplicate-row"))
    line_of = np.empty(size, dtype=np.int64)  # where each row of the truth stands in the file
    line_of[order[~repeated]] = np.flatnonzero(~repeated) + first
    keys = truth[key_column].to_numpy()
    dirty, found = {name: column.to_numpy().copy() for name, column in truth.items()}, []
    for column, defects in rates("cell", factor, chosen).groupby("column", sort=False):
        for name, drawn in _soil_column(truth[column].to_numpy(), str(column), defects, seed):
            true = truth[column].to_numpy()[drawn.rows]
            dirty[column][drawn.rows] = drawn.dirty
            found.append(_lines(line_of[drawn.rows], keys[drawn.rows], str(column), name, drawn.dirty, true))
    again = keys[order[repeated]]
    found.append(_lines(np.flatnonzero(repeated) + first, again, "", "duplicate-row", again, ""))
    grid, around = _framed(pd.DataFrame(dirty).iloc[order], truth)
    key = pd.concat([around, *found], ignore_index=True).assign(file=file, layer="")
    key["row"] = key["row"].astype("Int64")
    key = key.sort_values("row", kind="stable", na_position="first", ignore_index=True)
    return DirtyTable(grid, key[list(KEY_COLUMNS)])


def _soil_column(values: np.ndarray, column: str, defects: pd.DataFrame, seed: int) -> Iterator[tuple[str, Drawn]]:
    """What each defect of one column strikes; no cell twice."""
    free = np.ones(len(values), dtype=bool)
    for name, rate in zip(defects["defect"], defects["rate"], strict=True):
        if count := how_many(rate, len(values)):
            rng = stream(seed, f"dirt-{name}-{column}")
            drawn = CELL_DEFECTS[name](Strike(values, free, count, column, rng))
            free[drawn.rows] = False
            if drawn.protected is not None:
                free[drawn.protected] = False
            yield name, drawn


def clean_table(grid: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """The answer key applied to a file read as a ``grid`` of texts (every line, header included): the truth."""
    key = key[key["row"].notna()]
    row = key["row"].astype(int).to_numpy()
    header = int(row[key["defect"].to_numpy() == "blank-column"][0])
    names = list(grid.iloc[header - 1])
    result = grid.copy()
    result.index = pd.RangeIndex(1, len(result) + 1)
    result.columns = pd.Index(names)
    result = result.loc[:, [name for name in names if name]]
    cells = key[key["column"] != ""]
    for column, group in cells.groupby("column"):
        result.loc[group["row"].astype(int).to_numpy(), column] = group["true"].to_numpy()
    whole = set(row[(key["column"] == "").to_numpy()]) | {header}
    return result.drop(index=sorted(whole)).reset_index(drop=True)


def _lines(
    rows: np.ndarray, keys: np.ndarray, column: str, defect: str, dirty: np.ndarray, true: np.ndarray | str
) -> pd.DataFrame:
    """Answer-key lines."""
    return pd.DataFrame(
        {"row": rows, "key": keys, "column": column, "defect": defect, "dirty": dirty, "true": true}, dtype=object
    )


def _repeat_rows(size: int, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The order of the file's rows with ``count`` of them standing a second time elsewhere, and which those are."""
    source = rng.choice(size, count, replace=False)
    # The copy stands after the original, so that "the later one goes" is the same as the answer key.
    place = source + 1 + rng.integers(0, np.maximum(1, size - source))
    position = np.concatenate([np.arange(size, dtype=float), place - 0.5])
    order = np.argsort(position, kind="stable")
    return np.concatenate([np.arange(size), source])[order], (order >= size)


def _framed(body: pd.DataFrame, truth: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The body with titles, header, blank column, total and footnote, and the answer-key lines for them."""
    spelled = words()
    names = list(truth.columns)
    width = len(names) + 1
    total = {
        name: f"{truth[name].astype(float).sum():.2f}"
        for name in ("SUP_TERRENO", "SUP_CONSTRUCCION", "VALOR_CATASTRAL")
    }
    top = [[title, *[""] * (width - 1)] for title in spelled["titles"]] + [[*names, ""]]
    bottom = [
        [spelled["total"], *(total.get(name, "") for name in names[1:]), ""],
        [spelled["footnote"], *[""] * (width - 1)],
    ]
    cells = (
        body.set_axis(range(width - 1), axis="columns").assign(**{"blank": ""}).set_axis(range(width), axis="columns")
    )
    grid = pd.concat([pd.DataFrame(top), cells, pd.DataFrame(bottom)], ignore_index=True)
    header, last = len(top), len(grid)
    lines = [(row, "title-rows", title) for row, title in enumerate(spelled["titles"], 1)]
    lines += [
        (header, "blank-column", ""),
        (last - 1, "total-row", spelled["total"]),
        (last, "footnote", spelled["footnote"]),
    ]
    key = pd.DataFrame(lines, columns=["row", "defect", "dirty"]).assign(key="", column="", true="")
    encoding = pd.DataFrame(
        [{"row": None, "key": "", "column": "", "defect": "encoding", "dirty": "ISO-8859-1", "true": "UTF-8"}]
    )
    return grid, pd.concat([key.astype({"row": object}), encoding], ignore_index=True)
