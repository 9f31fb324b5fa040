"""What the forms with grids share: a session whose rows have ids, and findings and pasted blocks as a grid takes them.

What belongs to a row goes by the row's id, so that a view that is sorted or filtered never mixes rows up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from kit import messages
from kit.findings import Findings, KitError
from kit.forms import tsv
from kit.forms.keepers import Keeper
from kit.forms.rows import Cells, Edit, Pasted, Rows
from kit.forms.session import Session, Value
from kit.portfolio import Portfolio
from kit.steps.official import as_text


@dataclass(frozen=True, slots=True)
class Offer:
    """What probably belongs in a cell: the row's id, the column, what stands there and what should."""

    id: str
    key: str
    found: str
    proposed: str
    code: str


@contextmanager
def sent_file(name: str, content: bytes) -> Iterator[Path]:
    """A file that a browser sent, for as long as the block lasts; of its name only the last part is used."""
    with tempfile.TemporaryDirectory(prefix="taller-") as folder:
        path = Path(folder) / (Path(name.replace("\\", "/")).name or "file")
        path.write_bytes(content)
        yield path


def tidy(value: Any) -> Any:
    """A text as the official files keep it: no outer blanks, line feeds, no characters that no file can hold."""
    return str(as_text(pd.Series([value], dtype="object")).iloc[0]) if isinstance(value, str) else value


class GridSession(Session):
    """A session with one list of records that a grid edits; each has an id, which only this session knows.

    A step says the list's name and the cells of a blank record. Changes of rows are written at once, and what takes
    longer (the workbook) when work rests: `settle`.
    """

    rows_at: ClassVar[str]
    blank_row: ClassVar[Cells]
    _quick = False

    def __init__(self, keeper: Keeper, portfolio: Portfolio) -> None:
        self.notices = Findings()  # what reading a file of one's own found
        super().__init__(keeper, portfolio)

    # -- what a step says --------------------------------------------------------------------------------------------

    def take_file(self, path: str | Path) -> Findings:
        """Put the content of an official template's file in place, which `undo` takes back; what reading it took.

        Raises:
            KitError: if it cannot be read, or is something else.
        """
        raise NotImplementedError

    def example(self, theme: str) -> None:
        """Put Valle Abierto's worked case of a theme in place."""
        raise NotImplementedError

    # -- rows --------------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Rows:
        """The rows of the grid."""
        return Rows.of_records(self.value.get(self.rows_at) or [], self.blank_row)

    @property
    def written_rows(self) -> list[str]:
        """The ids of the rows in which something is written: those that the file has, in its order."""
        rows = self.rows
        return [row.id for row in rows if not rows.is_blank(row)]

    def put_rows(self, rows: Rows, *, quick: bool = True) -> bool:
        """Go on with other rows, as one step of undo; whether they are others."""
        before = self.value
        with self.quickly(quick):
            self.replace({**self.value, self.rows_at: rows.records})
        return self.value is not before

    @contextmanager
    def quickly(self, quick: bool = True) -> Iterator[None]:
        """Within the block changes are written without what takes longer."""
        outer, self._quick = self._quick, quick
        try:
            yield
        finally:
            self._quick = outer

    def cell(self, key: str, value: Any) -> Any:  # noqa: ARG002 - a step's grid may tell columns apart
        """A cell as the step keeps it."""
        return tidy(value)

    # -- what a grid does --------------------------------------------------------------------------------------------

    def write_cells(self, edits: Iterable[Edit]) -> bool:
        """Write values into cells."""
        return self.put_rows(self.rows.written((row, key, self.cell(key, value)) for row, key, value in edits))

    def paste(
        self,
        text: str,
        ids: Sequence[str],
        keys: Sequence[str],
        titles: Sequence[str] = (),
        fill: tuple[int, int] | None = None,
    ) -> Pasted:
        """Paste the text of a clipboard, growing the rows as it needs.

        Args:
            text: as the clipboard holds it.
            ids: the rows from where it is pasted on, in the order on screen.
            keys: the columns from there on.
            titles: their headings: a first row that only repeats them is no data.
            fill: how many rows and columns are selected: a single cell is pasted into all of them.
        """
        block = block_of(text, titles, fill)
        cells = [[self.cell(key, cell) for key, cell in zip(keys, line, strict=False)] for line in block]
        pasted = self.rows.pasted(cells, ids, keys)
        self.put_rows(pasted.rows)
        widest = max((len(line) for line in block), default=0)
        return Pasted(pasted.rows, pasted.cells, pasted.added, max(0, widest - len(keys)))

    def act(self, name: str, ids: Sequence[str] = (), after: str | None = None) -> bool:
        """Insert a row, duplicate, delete or move rows ("up", "down"), and what else the step's grid can do.

        Raises:
            KeyError: for any other name.
        """
        return self.put_rows(self.acts(ids, after)[name]())

    def acts(self, ids: Sequence[str], after: str | None) -> dict[str, Callable[[], Rows]]:
        """What can be done with rows, by name."""
        rows = self.rows
        return {
            "insert": lambda: rows.inserted([self.new_row(after)], after),
            "duplicate": lambda: rows.duplicated(ids),
            "delete": lambda: rows.removed(ids),
            "up": lambda: rows.moved(ids, -1),
            "down": lambda: rows.moved(ids, 1),
        }

    def new_row(self, after: str | None) -> Cells:  # noqa: ARG002 - a step's grid may look above
        """The cells that a row inserted after another begins with."""
        return {}

    # -- files -------------------------------------------------------------------------------------------------------

    def take_bytes(self, name: str, content: bytes) -> Findings:
        """`take_file` for a file that a browser sent; what does not go becomes findings too."""
        with sent_file(name, content) as path:
            try:
                self.notices = self.take_file(path)
            except KitError as problem:
                self.notices = problem.findings
        return self.notices

    def download(self, suffix: str) -> bytes:
        """The official template with what is written, as ".csv" or ".xlsx"."""
        with tempfile.TemporaryDirectory(prefix="taller-") as folder:
            path = Path(folder) / f"template{suffix}"
            self.model.to_xlsx(path) if suffix == ".xlsx" else self.model.to_csv(path)
            return path.read_bytes()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _become(self, value: Value, *, whole: bool) -> Findings:
        return super()._become(self._named(value), whole=whole and not self._quick)

    def _written(self, value: Value) -> frozenset[tuple[str, Any]]:
        records = value.get(self.rows_at) or []
        cells = [{key: cell for key, cell in record.items() if key != "id"} for record in records]
        return super()._written({**value, self.rows_at: cells})

    def _named(self, value: Value) -> Value:
        """The value with an id and all cells for each row; rows that a program added may have none."""
        records = value.get(self.rows_at) or []
        if all(isinstance(record, dict) and "id" in record for record in records):
            return value
        whole = ({"id": ""} | record if isinstance(record, dict) else {} for record in records)
        return {**value, self.rows_at: Rows.of_records(whole, self.blank_row).records}


def block_of(text: str, titles: Sequence[str] = (), fill: tuple[int, int] | None = None) -> list[list[str]]:
    """The cells of a clipboard's text; see `GridSession.paste`."""
    block = tsv.parse(text)
    if len(block) > 1 and titles:
        first = [" ".join(cell.split()).casefold() for cell in block[0]]
        if first == [" ".join(title.split()).casefold() for title in titles[: len(first)]]:
            block = block[1:]
    if fill is not None and len(block) == 1 and len(block[0]) == 1:
        block = [list(block[0]) * fill[1]] * fill[0]
    return block


def described(
    findings: Findings,
    ids: Mapping[int, str],
    keys: Mapping[str, str],
    offers: Iterable[Offer] = (),
) -> list[dict[str, Any]]:
    """Findings as a screen shows them beside the cells, in the language in force, errors first.

    Args:
        findings: with the numbers of rows as in the file.
        ids: the id of the row that has a number.
        keys: the key of the column that has a heading.
        offers: proposals, each shown with the finding of its code.
    """
    by_code: dict[str, list[Offer]] = {}
    for offer in offers:
        by_code.setdefault(offer.code, []).append(offer)
    shown = []
    for finding in findings.in_order():
        words = finding.render()
        place = finding.place
        rows = [ids[row] for row in place.rows if row in ids]
        key = keys.get(place.column or "")
        mine = [o for o in by_code.get(finding.code, []) if key in (None, o.key)] if rows else []
        shown.append(
            {
                "code": finding.code,
                "level": finding.level.value,
                "mark": finding.level.mark,
                "levelWord": words["level"].split(" ", 1)[1],
                "found": words["found"],
                "expected": words["expected"],
                "mend": messages.text("grid.mend-here") if mine else words["mend"],
                "column": place.column or place.item or "",
                "field": place.field or "",
                "key": key,
                "ids": rows,
                "proposals": [{"id": o.id, "key": o.key, "found": o.found, "proposed": o.proposed} for o in mine],
            }
        )
    return shown
