"""The cells of a table before anybody knows what they mean: Arrow text columns, and each row's number in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MANY_PIECES = 4000


@dataclass(slots=True)
class Grid:
    """Text cells by column; ``rows`` is the row number of each (1 = first line), ``ragged`` those of another width."""

    columns: list[pa.ChunkedArray]
    rows: np.ndarray
    ragged: set[int] = field(default_factory=set)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def lines(self, start: int, stop: int) -> list[list[str]]:
        """The rows at positions ``start`` to ``stop`` as lists of stripped text."""
        by_column = [column.slice(start, max(0, stop - start)).to_pylist() for column in self.columns]
        return [[(cell or "").strip() for cell in line] for line in zip(*by_column, strict=True)]

    def keep(self, mask: np.ndarray) -> None:
        """Drop the rows where ``mask`` is False; runs are cut without copying."""
        if mask.all():
            return
        kept = np.flatnonzero(mask)
        self.rows = self.rows[kept]
        breaks = np.flatnonzero(np.diff(kept) != 1) + 1
        starts = kept[np.concatenate([[0], breaks])] if len(kept) else np.array([], dtype=int)
        stops = kept[np.concatenate([breaks - 1, [len(kept) - 1]])] + 1 if len(kept) else starts
        for i, column in enumerate(self.columns):
            if len(starts) > _MANY_PIECES:
                self.columns[i] = column.filter(pa.array(mask))
            else:
                pieces = [c for a, b in zip(starts, stops, strict=True) for c in column.slice(a, b - a).chunks]
                self.columns[i] = pa.chunked_array(pieces, type=column.type)

    def insert(self, lines: list[tuple[int, list[str]]]) -> None:
        """Put ``lines`` (row number, cells) where their numbers belong; the grid widens for cells beyond its width."""
        if not lines:
            return
        width = max([self.width, *(len(cells) for _, cells in lines)])
        text = self.columns[0].type if self.columns else pa.string()
        while self.width < width:
            self.columns.append(pa.chunked_array([pa.nulls(self.height, text)]))
        numbers = np.array([number for number, _ in lines])
        at = np.searchsorted(self.rows, numbers)
        for i, column in enumerate(self.columns):
            new = pa.array([cells[i] if i < len(cells) else None for _, cells in lines], text)
            self.columns[i] = _merged(column, new, at)
        self.rows = np.insert(self.rows, at, numbers)

    def blank_rows(self) -> np.ndarray:
        """Which rows have no cell with more than blanks in it."""
        if not self.columns:
            return np.ones(self.height, dtype=bool)
        mask = _blank(self.columns[0])
        candidates = np.flatnonzero(mask)  # few: only these are looked at in the other columns
        for column in self.columns[1:]:
            if not len(candidates):
                break
            candidates = candidates[_blank(column.take(pa.array(candidates)))]
        mask[:] = False
        mask[candidates] = True
        return mask


def _blank(cells: pa.ChunkedArray) -> np.ndarray:
    # Chunk by chunk, so that a trimmed copy is never longer than a chunk.
    masks = [pc.fill_null(pc.equal(pc.utf8_trim_whitespace(chunk), ""), True) for chunk in cells.chunks]
    return np.concatenate([np.asarray(mask) for mask in masks]) if masks else np.array([], dtype=bool)


def _merged(column: pa.ChunkedArray, new: pa.Array, at: np.ndarray) -> pa.ChunkedArray:
    """``column`` with ``new[k]`` put before position ``at[k]``."""
    if len(new) > _MANY_PIECES:
        order = np.insert(np.arange(len(column)), at, len(column) + np.arange(len(new)))
        return pa.chunked_array([*column.chunks, new], type=column.type).take(pa.array(order))
    pieces: list[pa.Array] = []
    done = 0
    for k, place in enumerate(at):
        pieces.extend(column.slice(done, place - done).chunks)
        pieces.append(new.slice(k, 1))
        done = place
    pieces.extend(column.slice(done).chunks)
    return pa.chunked_array(pieces, type=column.type)
