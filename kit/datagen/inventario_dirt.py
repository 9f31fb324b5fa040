"""Dirt of an inventory: the clean one made into the two files that offices hand over, and the answer key, line by line.

The catalogue (``data/inventario_defects.csv``) says which defects there are, how many in each file, which finding
should name them, and whether the truth can be known from the rest of the file. A cell carries at most one defect.

======  =============================================================================================
file    path in the package
row     row as a spreadsheet shows it (1: first line); blank: the whole file
column  official header of the column; for an added column its own; blank: the whole row
key     position of the resource in the truth (1: first); blank where it is none of the truth's
defect  name in the catalogue
code    code of the finding that should name it; several possible ones parted by "|"
dirty   what the file says
true    what it should say; blank for a row or column that should not be there
======  =============================================================================================
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.datagen.inventario_cells import INVENTORY_DEFECTS, Keep, Target, slip
from kit.datagen.inventario_facts import COLUMNS, DATA, HEADERS, facts
from kit.datagen.seeds import stream

KEY_COLUMNS = ("file", "row", "column", "key", "defect", "code", "dirty", "true")
ENCODING = "ISO-8859-1"
Cell = str | int | dt.date
_HEADER_OF = dict(zip(COLUMNS, HEADERS, strict=True))


@dataclass(frozen=True)
class DirtyInventory:
    """An inventory as an office hands it over: the file cell by cell, which cells are merged, and the answer key.

    ``merges`` are (column, first row, last row), counted from 1 as in a spreadsheet; ``header`` is the header's row.
    """

    grid: list[list[Cell]]
    merges: list[tuple[int, int, int]]
    header: int
    key: pd.DataFrame

    def texts(self) -> pd.DataFrame:
        """Every cell as text, every line of the file."""
        return pd.DataFrame([[str(cell) for cell in line] for line in self.grid], dtype=object)

    def write_csv(self, path: Path) -> None:
        """Write as latin-1 with CRLF, the way a spreadsheet in an office saves it."""
        stream = io.StringIO(newline="")
        csv.writer(stream, lineterminator="\r\n").writerows(self.grid)
        path.write_bytes(stream.getvalue().encode(ENCODING))


@lru_cache
def catalogue() -> pd.DataFrame:
    """All defects: defect, scope (file, row, cell), column, xlsx, csv (how many), code, recoverable, holds, es, en."""
    table = pd.read_csv(DATA / "inventario_defects.csv", encoding="utf-8", keep_default_na=False)
    return table.astype({"xlsx": "int64", "csv": "int64"})


class _Soil:
    """The truth's rows in the order of one file, what their cells say there, and what was struck."""

    def __init__(self, truth: pd.DataFrame, seed: int, kind: str) -> None:
        self.seed, self.kind = seed, kind
        table = catalogue()
        self.wanted = table[table[kind] > 0]
        self.lines: list[dict[str, Any]] = []
        self._place_rows(truth)
        self._strike_cells()

    def rng(self, part: str) -> np.random.Generator:
        """The stream of one defect in this file."""
        return stream(self.seed, f"inventario-{self.kind}-{part}")

    def amount(self, defect: str) -> int:
        """How many of a defect this file carries."""
        return int(self.wanted.loc[self.wanted["defect"] == defect, self.kind].sum())

    def _place_rows(self, truth: pd.DataFrame) -> None:
        """Some later resources of a dataset stand at the end of the file, some rows stand twice."""
        names = truth["dataset"]
        later = np.flatnonzero((names == names.shift()) & (names != names.shift(-1)))
        gone = np.sort(self.rng("moved-row").choice(later, self.amount("moved-row"), replace=False))
        stay = np.setdiff1d(np.arange(len(truth)), gone)
        same, near = self.amount("duplicate-row"), self.amount("near-copy")
        twice = self.rng("duplicate-row").choice(stay, same + near, replace=False)
        self.order = np.concatenate([np.repeat(stay, np.where(np.isin(stay, twice), 2, 1)), gone])
        again = pd.Series(self.order).duplicated().to_numpy()
        self.same = np.flatnonzero(again & np.isin(self.order, twice[:same])).tolist()
        self.near = np.flatnonzero(again & np.isin(self.order, twice[same:])).tolist()
        self.moved = np.flatnonzero(np.isin(self.order, gone)).tolist()
        self.table = truth.iloc[self.order].reset_index(drop=True)
        self.cells = self.table.astype(object)
        self.free = pd.DataFrame(True, index=self.table.index, columns=list(COLUMNS))
        self.free.loc[np.isin(self.order, twice)] = False  # a repeated row repeats no other defect
        self.free.loc[self.moved, "responsible"] = False  # far from its dataset it must name both
        self._hold_names(self.moved)
        rng = self.rng("near-copy")
        for at in self.near:
            self.cells.loc[at, "resource"] = slip(str(self.table.loc[at, "resource"]), rng)

    def _strike_cells(self) -> None:
        """The catalogue's cell defects, in its order; no cell twice, and no cell that another defect leans on."""
        for line in self.wanted[self.wanted["scope"] == "cell"].to_dict("records"):
            name, column = line["defect"], line["column"] or "responsible"
            rng = self.rng(f"{name}-{column}")
            target = Target(self.table, self.free.copy(), column, line[self.kind], rng, facts()["spellings"])
            for blow in INVENTORY_DEFECTS[name](target):
                if isinstance(blow, Keep):
                    self.free.loc[blow.row, blow.column] = False
                    continue
                self.cells.loc[blow.row, blow.column] = blow.dirty
                self.free.loc[blow.row, [blow.column, *filter(None, line["holds"].split("|"))]] = False
                self.lines.append({"at": blow.row, "column": blow.column, "defect": name, "dirty": str(blow.dirty)})
            if name in ("dataset-per-year", "similar-name"):
                self._hold_names([cell["at"] for cell in self.lines if cell["defect"] == name])

    def _hold_names(self, rows: list[int]) -> None:
        """Keep the other rows of these rows' datasets from losing the name too: nothing else tells what it is."""
        names = self.table["dataset"].iloc[rows]
        self.free.loc[self.table["dataset"].isin(names), "dataset"] = False

    def between_offices(self) -> dict[int, str]:
        """Before which rows a blank row or the header once more stands: where another office's rows begin."""
        begins = np.flatnonzero(self.table["responsible"] != self.table["responsible"].shift())[1:]
        blanks, headers = self.amount("blank-row"), self.amount("header-again")
        chosen = self.rng("between-offices").choice(begins, blanks + headers, replace=False).tolist()
        return dict.fromkeys(chosen[:blanks], "blank-row") | dict.fromkeys(chosen[blanks:], "header-again")

    def key_lines(self, row_of: list[int]) -> Iterator[dict[str, Any]]:
        """The answer key about the truth's resources; ``row_of`` are their rows in the file."""
        for line in self.lines:
            at, column = line["at"], line["column"]
            yield {**line, "row": row_of[at], "column": _HEADER_OF[column], "true": self.table.loc[at, column],
                   "key": self.order[at] + 1}  # fmt: skip
        for defect, copies in (("duplicate-row", self.same), ("near-copy", self.near)):
            for at in copies:
                yield {"row": row_of[at], "defect": defect, "dirty": self.cells.loc[at, "resource"]}
        for at in self.moved:
            name = self.table.loc[at, "dataset"]
            yield {"row": row_of[at], "column": _HEADER_OF["dataset"], "key": self.order[at] + 1,
                   "defect": "moved-row", "dirty": name, "true": name}  # fmt: skip

    def merged_runs(self, column: str) -> Iterator[tuple[int, int]]:
        """First and last row of every group whose later cells in ``column`` are blank."""
        grouped = ("parent-blank", "office-merged")
        blank = {line["at"] for line in self.lines if line["column"] == column and line["defect"] in grouped}
        for at in sorted(blank):
            if at - 1 not in blank:
                last = at
                while last + 1 in blank:
                    last += 1
                yield at - 1, last


class _Page:
    """The lines of a file as they are put down, one under the other, and the answer key about its layout."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self.order = [COLUMNS.index(column) for column in about["order"]]
        self.grid: list[list[Cell]] = []
        self.key: list[dict[str, Any]] = []

    def put(self, cells: Sequence[Cell], added: Cell = "") -> int:
        """A line of the eight columns, in the order that the office gave them, and of the added one; its row."""
        placed = [cells[position] for position in self.order]
        placed.insert(self.about["extra"]["at"], added)
        self.grid.append(placed)
        return len(self.grid)

    def banner(self, defect: str, text: str) -> None:
        """A line of one text in the first cell, which should not be there."""
        self.grid.append([text, *[""] * len(COLUMNS)])
        self.key.append({"row": len(self.grid), "defect": defect, "dirty": text})

    def intruder(self, defect: str, cells: Sequence[Cell], added: Cell = "") -> None:
        """A line of the table that should not be there."""
        row = self.put(cells, added)
        self.key.append({"row": row, "defect": defect, "dirty": next((str(c) for c in (added, *cells) if c), "")})

    def header(self) -> int:
        """The header with the office's own names, and the answer key about it; its row."""
        extra = self.about["extra"]["header"]
        row = self.put(self.names(), extra)
        self.key.append({"row": row, "column": extra, "defect": "extra-column", "dirty": extra})
        for column, said in self.about["headers"].items():
            true = _HEADER_OF[column]
            self.key.append({"row": row, "column": true, "defect": "changed-header", "dirty": said, "true": true})
        for column in self.about["moved"]:
            name = _HEADER_OF[column]
            self.key.append({"row": row, "column": name, "defect": "moved-column", "dirty": name, "true": name})
        return row

    def names(self) -> list[Cell]:
        """The header's eight names as the office has them, in the official order."""
        return [self.about["headers"].get(column, _HEADER_OF[column]) for column in COLUMNS]

    def position(self, column: str) -> int:
        """The column's position in the file, from 1."""
        at = self.about["order"].index(column) + 1
        return at + (at > self.about["extra"]["at"])


def soil(truth: pd.DataFrame, seed: int, *, file: str) -> DirtyInventory:
    """A dirty inventory made of the clean one (see `kit.datagen.inventario.truth`), and its answer key.

    Args:
        truth: the clean inventory, its columns by the kit's names.
        seed: the same gives the same file.
        file: ``raw/inventario.xlsx`` or ``raw/inventario.csv``: what an office's habits are there.
    """
    about = facts()["files"][file]
    made, page = _Soil(truth, seed, file.rsplit(".", 1)[-1]), _Page(about)
    for title in about["titles"]:
        page.banner("title-rows", title)
    header = page.header()
    for example in facts()["examples"][: made.amount("example-row")]:
        page.intruder("example-row", example)
    row_of = _body(made, page)
    if about["total"]:
        page.intruder("total-row", [about["total"], len(row_of), *[""] * (len(COLUMNS) - 2)])
    page.banner("footnote", about["footnote"])
    lines = [*page.key, *made.key_lines(row_of)]
    merges = []
    if made.kind == "csv":
        lines.append({"defect": "encoding", "dirty": ENCODING, "true": "UTF-8"})
    else:
        for column in ("responsible", "dataset"):
            at = page.position(column)
            merges += [(at, row_of[first], row_of[last]) for first, last in made.merged_runs(column)]
    return DirtyInventory(page.grid, merges, header, _answer_key(lines, file))


def _body(made: _Soil, page: _Page) -> list[int]:
    """The resources put down, with blank rows and headers between offices; the row of each in the file."""
    before, notes, numbers = made.between_offices(), made.rng("notes"), count(1)
    values = page.about["extra"]["values"]
    rows = []
    for at, cells in enumerate(made.cells.itertuples(index=False)):
        if before.get(at) == "blank-row":
            page.intruder("blank-row", [""] * len(COLUMNS))
        elif before.get(at) == "header-again":
            page.intruder("header-again", page.names(), page.about["extra"]["header"])
        added = values[int(notes.integers(0, len(values)))] if values else next(numbers)
        rows.append(page.put(list(cells), added))
    return rows


def _answer_key(lines: list[dict[str, Any]], file: str) -> pd.DataFrame:
    """The lines as a table, from the top of the file to its bottom."""
    codes = dict(zip(catalogue()["defect"], catalogue()["code"], strict=True))
    key = pd.DataFrame(lines, columns=[name for name in KEY_COLUMNS if name not in ("file", "code")])
    key = key.assign(file=file, code=key["defect"].map(codes)).astype({"row": "Int64", "key": "Int64"})
    key = key.sort_values(["row", "column"], kind="stable", na_position="first", ignore_index=True)
    return key[list(KEY_COLUMNS)].fillna({"column": "", "dirty": "", "true": ""})


def clean(texts: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """The answer key applied to a file read as a grid of texts (every line, header included): the truth."""
    defect, row = key["defect"], key["row"]
    header = int(row[defect == "extra-column"].iloc[0])
    grid = texts.copy()
    grid.index = pd.RangeIndex(1, len(grid) + 1)
    true_header = key[defect == "changed-header"].set_index("dirty")["true"].to_dict()
    grid.columns = pd.Index([true_header.get(str(name), str(name)) for name in grid.loc[header]])
    for line in key[(key["column"] != "") & (row != header)].to_dict("records"):
        grid.loc[line["row"], line["column"]] = line["true"]
    whole = row[(key["column"] == "") & row.notna()].tolist()
    moved = key[defect == "moved-row"].sort_values("key")
    order = grid.index.drop([header, *whole, *moved["row"]]).tolist()
    for line in moved.to_dict("records"):
        order.insert(line["key"] - 1, line["row"])
    return grid.loc[order, list(HEADERS)].reset_index(drop=True)
