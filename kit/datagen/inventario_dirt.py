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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.datagen.inventario_cells import INVENTORY_DEFECTS, Target
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
    """One file being made dirty: the truth's rows in the order of the file, what their cells say, what is struck."""

    def __init__(self, truth: pd.DataFrame, seed: int, file: str) -> None:
        self.truth, self.seed, self.file = truth, seed, file
        self.kind = file.rsplit(".", 1)[-1]
        table = catalogue()
        self.wanted = table[table[self.kind] > 0]
        self.order = np.arange(len(truth))
        self.again = np.zeros(len(truth), dtype=bool)
        self.moved = np.zeros(len(truth), dtype=bool)
        self.lines: list[dict[str, Any]] = []

    def rng(self, part: str) -> np.random.Generator:
        """The stream of one defect in this file."""
        return stream(self.seed, f"inventario-{self.kind}-{part}")

    def amount(self, defect: str) -> int:
        """How many of a defect this file carries."""
        return int(self.wanted.loc[self.wanted["defect"] == defect, self.kind].sum())

    def place_rows(self) -> None:
        """Some later resources of a dataset stand at the end of the file, some rows stand twice."""
        names = self.truth["dataset"]
        later = np.flatnonzero((names == names.shift()) & (names != names.shift(-1)))
        rng = self.rng("moved-row")
        gone = np.sort(rng.choice(later, min(self.amount("moved-row"), len(later)), replace=False))
        stay = np.setdiff1d(np.arange(len(self.truth)), gone)
        rng = self.rng("duplicate-row")
        twice = rng.choice(stay, self.amount("duplicate-row"), replace=False)
        kept = np.repeat(stay, np.where(np.isin(stay, twice), 2, 1))
        self.order = np.concatenate([kept, gone])
        self.again = pd.Series(self.order).duplicated().to_numpy()
        self.moved = np.isin(self.order, gone)
        self.table = self.truth.iloc[self.order].reset_index(drop=True)
        self.cells = self.table.astype(object)
        self.free = pd.DataFrame(True, index=self.table.index, columns=list(COLUMNS))
        self.free.loc[np.isin(self.order, twice)] = False  # a repeated row repeats no other defect
        self.free.loc[self.moved, "responsible"] = False  # far from its dataset it must name both
        self._hold_names(self.moved)

    def strike_cells(self) -> None:
        """The catalogue's cell defects, in its order; no cell twice, and no cell that another defect leans on."""
        for line in self.wanted[self.wanted["scope"] == "cell"].to_dict("records"):
            name, column = line["defect"], line["column"] or "responsible"
            rng = self.rng(f"{name}-{column}")
            target = Target(self.table, self.free.copy(), column, line[self.kind], rng, facts()["spellings"])
            for blow in INVENTORY_DEFECTS[name](target):
                self.cells.loc[blow.row, blow.column] = blow.dirty
                self.free.loc[blow.row, [blow.column, *filter(None, line["holds"].split("|"))]] = False
                self.lines.append({"at": blow.row, "column": blow.column, "defect": name, "dirty": str(blow.dirty)})
            if name in ("dataset-per-year", "similar-name"):
                self._hold_names([cell["at"] for cell in self.lines if cell["defect"] == name])

    def _hold_names(self, rows: Any) -> None:
        """Keep the other rows of these rows' datasets from losing the name too: nothing else tells what it is."""
        names = self.table["dataset"].iloc[np.arange(len(self.table))[rows]]
        self.free.loc[self.table["dataset"].isin(names), "dataset"] = False

    def finish(self) -> DirtyInventory:
        """The file's lines from top to bottom, and the answer key with their numbers."""
        about = facts()["files"][self.file]
        extra = about["extra"]
        grid: list[list[Cell]] = []
        key: list[dict[str, Any]] = []
        width = len(COLUMNS) + 1

        def put(cells: list[Cell], added: Cell = "") -> int:
            grid.append([*cells[: extra["at"]], added, *cells[extra["at"] :]])
            return len(grid)

        def whole_row(defect: str, cells: list[Cell], added: Cell = "") -> None:
            row = put(cells, added)
            key.append({"row": row, "defect": defect, "dirty": next((str(c) for c in (added, *cells) if c), "")})

        if self.kind == "csv":
            key.append({"defect": "encoding", "dirty": ENCODING, "true": "UTF-8"})
        for title in about["titles"]:
            grid.append([title, *[""] * (width - 1)])
            key.append({"row": len(grid), "defect": "title-rows", "dirty": title})
        names: list[Cell] = [about["headers"].get(column, _HEADER_OF[column]) for column in COLUMNS]
        header = put(names, extra["header"])
        key += [
            {"row": header, "column": _HEADER_OF[c], "defect": "changed-header", "dirty": said, "true": _HEADER_OF[c]}
            for c, said in about["headers"].items()
        ]
        key.append({"row": header, "column": extra["header"], "defect": "extra-column", "dirty": extra["header"]})
        for example in facts()["examples"][: self.amount("example-row")]:
            whole_row("example-row", list(example))
        row_of = self._body(put, whole_row, names, extra)
        if about["total"]:
            total: list[Cell] = [about["total"], len(self.table), *[""] * (len(COLUMNS) - 2)]
            whole_row("total-row", total)
        grid.append([about["footnote"], *[""] * (width - 1)])
        key.append({"row": len(grid), "defect": "footnote", "dirty": about["footnote"]})
        key += self._numbered(row_of)
        return DirtyInventory(grid, self._merges(row_of, extra["at"]), header, self._key(key))

    def _body(self, put: Any, whole_row: Any, names: list[Cell], extra: dict[str, Any]) -> list[int]:
        """The resources, with blank rows and a header between two offices; the row of each in the file."""
        begins = np.flatnonzero(self.table["responsible"] != self.table["responsible"].shift())[1:]
        rng = self.rng("between-offices")
        blanks, headers = self.amount("blank-row"), self.amount("header-again")
        chosen = rng.choice(begins, blanks + headers, replace=False).tolist()
        before = dict.fromkeys(chosen[:blanks], "blank-row") | dict.fromkeys(chosen[blanks:], "header-again")
        notes = self.rng("notes")
        numbers = count(1)
        rows = []
        for at, cells in enumerate(self.cells.itertuples(index=False)):
            if before.get(at) == "blank-row":
                whole_row("blank-row", [""] * len(COLUMNS))
            elif before.get(at) == "header-again":
                whole_row("header-again", names, extra["header"])
            values = extra["values"]
            added = values[int(notes.integers(0, len(values)))] if values else next(numbers)
            rows.append(put(list(cells), added))
        return rows

    def _numbered(self, row_of: list[int]) -> Iterator[dict[str, Any]]:
        """The lines of the answer key about the truth's resources."""
        for line in self.lines:
            at, column = line["at"], line["column"]
            yield {**line, "row": row_of[at], "column": _HEADER_OF[column], "true": self.table.loc[at, column],
                   "key": self.order[at] + 1}  # fmt: skip
        for at in np.flatnonzero(self.again).tolist():
            yield {"row": row_of[at], "defect": "duplicate-row", "dirty": self.table.loc[at, "resource"]}
        for at in np.flatnonzero(self.moved).tolist():
            name = self.table.loc[at, "dataset"]
            yield {"row": row_of[at], "column": _HEADER_OF["dataset"], "key": self.order[at] + 1,
                   "defect": "moved-row", "dirty": name, "true": name}  # fmt: skip

    def _merges(self, row_of: list[int], extra_at: int) -> list[tuple[int, int, int]]:
        """In a workbook the blank cells of a group are one merged cell with the one above them."""
        found: list[tuple[int, int, int]] = []
        if self.kind != "xlsx":
            return found
        for position, column in enumerate(("responsible", "dataset"), start=1):
            struck = {
                line["at"]
                for line in self.lines
                if line["column"] == column and line["defect"] in ("parent-blank", "office-merged")
            }
            for at in sorted(struck):
                if at - 1 in struck:
                    continue
                last = at
                while last + 1 in struck:
                    last += 1
                found.append((position + (position > extra_at), row_of[at - 1], row_of[last]))
        return found

    def _key(self, lines: list[dict[str, Any]]) -> pd.DataFrame:
        codes = dict(zip(self.wanted["defect"], self.wanted["code"], strict=True))
        key = pd.DataFrame(lines, columns=[name for name in KEY_COLUMNS if name not in ("file", "code")])
        key = key.assign(file=self.file, code=key["defect"].map(codes))
        key = key.astype({"row": "Int64", "key": "Int64"})
        key = key.sort_values(["row", "column"], kind="stable", na_position="first", ignore_index=True)
        return key[list(KEY_COLUMNS)].fillna({"column": "", "dirty": "", "true": ""})


def soil(truth: pd.DataFrame, seed: int, *, file: str) -> DirtyInventory:
    """A dirty inventory made of the clean one (see `kit.datagen.inventario.truth`), and its answer key.

    Args:
        truth: the clean inventory, its columns by the kit's names.
        seed: the same gives the same file.
        file: ``raw/inventario.xlsx`` or ``raw/inventario.csv``: what an office's habits are there.
    """
    made = _Soil(truth, seed, file)
    made.place_rows()
    made.strike_cells()
    return made.finish()


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
