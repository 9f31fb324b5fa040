"""Rows with stable ids: what an editable grid holds. Every change makes another `Rows`; undoing is going back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cells = Mapping[str, Any]
Edit = tuple[str, str, Any]  # id of the row, key of the column, value

_serial = itertools.count(1)


def new_id() -> str:
    """An id that no other row of this session has."""
    return f"r{next(_serial)}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its id, which it keeps wherever it goes, and its cells by key of column."""

    id: str
    cells: Cells

    @classmethod
    def new(cls, cells: Cells) -> Row:
        """A row with an id of its own."""
        return cls(new_id(), dict(cells))

    @property
    def record(self) -> dict[str, Any]:
        """The row as plain data."""
        return {"id": self.id, **self.cells}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What pasting did: the rows after it, how many cells and rows it wrote, how many columns had no room."""

    rows: Rows
    cells: int
    added: int
    dropped: int


class Rows:
    """The rows of a grid in their order. Never changed in place."""

    __slots__ = ("_at", "_rows", "blank")

    def __init__(self, rows: Iterable[Row], blank: Cells) -> None:
        self._rows = tuple(rows)
        self._at = {row.id: position for position, row in enumerate(self._rows)}
        self.blank = blank

    @classmethod
    def of(cls, lines: Iterable[Cells], blank: Cells) -> Rows:
        """Rows of plain cells; ``blank`` are the cells of an empty row, and so name the columns."""
        return cls((Row.new({**blank, **line}) for line in lines), blank)

    @classmethod
    def of_records(cls, records: Iterable[Mapping[str, Any]], blank: Cells) -> Rows:
        """Rows of plain data: records with the cells, and an id or none yet."""
        named = []
        for record in records:
            cells = {key: record.get(key, value) for key, value in blank.items()}
            named.append(Row(str(record.get("id") or new_id()), cells))
        return cls(named, blank)

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows as plain data."""
        return [row.record for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._at

    def __getitem__(self, row_id: str) -> Row:
        return self._rows[self._at[row_id]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(self.blank)

    @property
    def ids(self) -> list[str]:
        """The ids in the order of the rows."""
        return [row.id for row in self._rows]

    def position(self, row_id: str) -> int:
        """Where a row stands, from 0."""
        return self._at[row_id]

    def at(self, position: int) -> Row:
        """The row that stands at a position."""
        return self._rows[position]

    def lines(self) -> list[dict[str, Any]]:
        """The cells of all rows, without ids."""
        return [dict(row.cells) for row in self._rows]

    def is_blank(self, row: Row) -> bool:
        """Whether nothing has been written in a row."""
        return all(row.cells[key] == value for key, value in self.blank.items())

    # -- changing ----------------------------------------------------------------------------------------------------

    def _with(self, rows: Iterable[Row]) -> Rows:
        return Rows(rows, self.blank)

    def written(self, edits: Iterable[Edit]) -> Rows:
        """With other values in some cells; a row that is no longer there is passed over.

        Raises:
            KeyError: for a column that there is not.
        """
        changes: dict[str, dict[str, Any]] = {}
        for row_id, key, value in edits:
            if key not in self.blank:
                raise KeyError(key)
            changes.setdefault(row_id, {})[key] = value
        return self._with(
            Row(row.id, {**row.cells, **changes[row.id]}) if row.id in changes else row for row in self._rows
        )

    def inserted(self, lines: Iterable[Cells], after: str | None = None, *, first: bool = False) -> Rows:
        """With new rows after the one of an id; without one at the end, or at the beginning."""
        new = [Row.new({**self.blank, **line}) for line in lines]
        at = 0 if first else self._at[after] + 1 if after in self._at else len(self)
        return self._with([*self._rows[:at], *new, *self._rows[at:]])

    def removed(self, ids: Iterable[str]) -> Rows:
        """Without the rows of the ids."""
        gone = set(ids)
        return self._with(row for row in self._rows if row.id not in gone)

    def duplicated(self, ids: Iterable[str]) -> Rows:
        """With a copy of each row after the last of them."""
        chosen = [self[row_id] for row_id in self._in_order(ids)]
        return self.inserted([row.cells for row in chosen], chosen[-1].id) if chosen else self

    def moved(self, ids: Iterable[str], by: int) -> Rows:
        """With the rows together one or more places further down (``by`` above 0) or up."""
        chosen = self._in_order(ids)
        if not chosen:
            return self
        rest = [row for row in self._rows if row.id not in set(chosen)]
        before = sum(1 for row in rest if self._at[row.id] < self._at[chosen[0]])
        at = min(max(before + by, 0), len(rest))
        return self._with([*rest[:at], *(self[row_id] for row_id in chosen), *rest[at:]])

    def ordered(self, ids: Sequence[str]) -> Rows:
        """In the order of the ids, which are those of all rows."""
        if sorted(ids) != sorted(self._at):
            raise ValueError("an order names every row once")
        return self._with(self[row_id] for row_id in ids)

    def _in_order(self, ids: Iterable[str]) -> list[str]:
        return sorted({row_id for row_id in ids if row_id in self._at}, key=self._at.__getitem__)

    def pasted(self, block: Sequence[Sequence[Any]], ids: Sequence[str], keys: Sequence[str]) -> Pasted:
        """With a block of cells written over rows and columns as somebody sees them, growing as it needs.

        Args:
            block: rows of cells.
            ids: the rows from the one where the block begins, in the order on screen.
            keys: the columns from the one where it begins, in the order on screen.
        """
        there = [row_id for row_id in ids if row_id in self._at]
        missing = max(0, len(block) - len(there))
        after = there[-1] if there else None
        grown = self.inserted([{}] * missing, after) if missing else self
        if missing:
            start = grown.position(after) + 1 if after is not None else len(self)
            there += [grown.at(start + n).id for n in range(missing)]
        edits = [
            (row_id, key, value)
            for row_id, line in zip(there, block, strict=False)
            for key, value in zip(keys, line, strict=False)
        ]
        widest = max((len(line) for line in block), default=0)
        return Pasted(grown.written(edits), len(edits), missing, max(0, widest - len(keys)))

    # -- telling the difference --------------------------------------------------------------------------------------

    def patch(self, before: Rows) -> dict[str, Any]:
        """What a screen that shows ``before`` must change to show these rows.

        Returns:
            ``rows``: pairs of id and changed cells; ``order``: all ids, or None if rows and order are the same.
        """
        changed = []
        for row in self._rows:
            old = before[row.id].cells if row.id in before else None
            if old is None:
                changed.append([row.id, dict(row.cells)])
            elif old != row.cells:
                changed.append([row.id, {key: value for key, value in row.cells.items() if old[key] != value}])
        return {"rows": changed, "order": None if self.ids == before.ids else self.ids}
