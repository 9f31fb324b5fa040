"""Step 03: the institutional data inventory: read, judged, mended by accepted proposals, written on the template."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from kit import messages
from kit.findings import Findings, KitError, Place, error
from kit.markup import table as html_table
from kit.portfolio import Portfolio
from kit.steps.inventory import access, rules
from kit.steps.inventory.columns import Columns
from kit.steps.inventory.proposals import Proposal, Proposals, propose
from kit.steps.inventory.reading import read
from kit.steps.inventory.template import HEADERS, KEYS, fold, header, official_sheets
from kit.steps.official import as_text, read_exact, write_csv, write_xlsx

_SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """How much an inventory holds; restricted and private are what column E says, blank counts as private."""

    datasets: int
    resources: int
    public: int
    restricted: int
    private: int

    def __str__(self) -> str:
        return messages.text("inventory.summary", **dataclasses.asdict(self))

    def _repr_html_(self) -> str:
        figures = dataclasses.asdict(self)
        head = [messages.text(f"inventory.heading.{name}") for name in figures]
        return html_table(head, [list(figures.values())], messages.text("inventory.summary-caption"))


class Inventory:
    """An inventory: the official eight columns as text, and for each row its number in the file it came from.

    Make one with `Inventory.read`, `Inventory.from_rows` or `Inventory.load`. It is never changed in place: `accept`
    and `with_cell` return another, and what is written into `table` does not reach the inventory.
    """

    step: ClassVar[str] = "03"
    csv: ClassVar[str] = "inventory.csv"
    xlsx: ClassVar[str] = "inventory.xlsx"

    def __init__(
        self,
        table: pd.DataFrame,
        rows: Sequence[int] | np.ndarray | None = None,
        *,
        file: str = csv,
        sheet: str | None = None,
    ) -> None:
        numbers = np.arange(2, len(table) + 2) if rows is None else np.asarray(rows, dtype="int64")
        cells = pd.DataFrame({name: as_text(table[name]) for name in HEADERS}).reset_index(drop=True)
        filled = (cells != "").any(axis=1).to_numpy() if len(cells) else np.zeros(0, dtype=bool)
        self._table = cells[filled].reset_index(drop=True)
        self.rows = numbers[filled]
        self.rows.flags.writeable = False
        self.file = file
        self.sheet = sheet

    # -- making one --------------------------------------------------------------------------------------------------

    @classmethod
    def read(cls, path: str | Path) -> tuple[Inventory, Findings]:
        """The inventory in a file (CSV, XLSX, ODS…; the template, a changed one, or a ds:/rs: catalogue).

        Returns:
            The inventory, and what reading it took; what its rules say is `check`'s.

        Raises:
            KitError: ``inventory.not-an-inventory`` or a finding of `kit.tables` if nothing can be read.
        """
        found = read(path)
        return cls(found.table, found.rows, file=found.file, sheet=found.sheet), found.findings

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]], *, file: str = csv) -> Inventory:
        """An inventory of dictionaries whose keys are the published headers or the kit's names of the columns.

        Raises:
            KitError: ``inventory.unknown-column`` naming the columns there are.
        """
        named = []
        for row in rows:
            unknown = [name for name in row if name not in HEADERS and name not in KEYS]
            if unknown:
                known = [f"{key} ({head})" for key, head in zip(KEYS, HEADERS, strict=True)]
                raise KitError(error("inventory.unknown-column", Place(file), names=unknown, known=known))
            named.append({header(name): value for name, value in row.items()})
        return cls(pd.DataFrame(named, columns=list(HEADERS)), file=file)

    @classmethod
    def load(cls, portfolio: Portfolio) -> Inventory:
        """The inventory that step 03 left, also if a spreadsheet has saved it since.

        Raises:
            KitError: if the step is not done yet, or its file cannot be read.
        """
        if not portfolio.exists(cls.csv):
            portfolio.read_bytes(cls.csv)  # says which step leaves it
        exact = read_exact(portfolio.path(cls.csv), HEADERS)
        return cls(exact) if exact is not None else cls.read(portfolio.path(cls.csv))[0]

    from_portfolio = load

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "prepared"}

    # -- asking ------------------------------------------------------------------------------------------------------

    @property
    def table(self) -> pd.DataFrame:
        """The eight columns, as a table of one's own (pandas copies it when it is written to)."""
        return self._table.copy(deep=False)

    @cached_property
    def prepared(self) -> Columns:
        """The columns as the rules, the proposals and the list of datasets need them; prepared once."""
        return Columns(self)

    def __len__(self) -> int:
        return len(self._table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inventory) and self._table.equals(other._table)

    __hash__ = None  # type: ignore[assignment]

    def column(self, key: str) -> pd.Series:
        """A column by the kit's name of it or its published header."""
        return self._table[header(key)]

    def check(self, today: dt.date | None = None) -> Findings:
        """What the official rules and ours find, with the numbers of the rows.

        Args:
            today: the day from which a planned date is past; the calendar's if none is given.
        """
        return rules.check(self, today)

    def proposals(self) -> Proposals:
        """What probably belongs in cells left blank by grouping, in misspelt words, in dates of another form."""
        return propose(self)

    def summary(self) -> Summary:
        """How many datasets and resources, and how many of these are public, restricted, private."""
        kinds = access.classify(self.column("access")).value_counts()
        return Summary(
            datasets=len(self.datasets()),
            resources=len(self),
            public=int(kinds.get(access.PUBLIC, 0)),
            restricted=int(kinds.get(access.RESTRICTED, 0)),
            private=int(kinds.get(access.PRIVATE, 0)),
        )

    def datasets(self) -> pd.DataFrame:
        """One row per dataset, in the order of the file.

        Returns:
            Columns ``dataset``, ``responsible``, ``description`` (of its first resource), ``resources``, ``public``
            (how many are public) and ``month`` (the earliest AAAA-MM of a public one, or "").
        """
        c = self.prepared
        public = ~c.private
        frame = pd.DataFrame(
            {
                "dataset": c.names,
                "responsible": c["responsible"],
                "description": c["description"],
                "resources": 1,
                "public": public.astype(int),
                "month": c.months["month"].where((c.months["month"] != "") & public, None),
            }
        )
        grouped = frame[frame["dataset"] != ""].groupby("dataset", sort=False)
        found = grouped.agg(
            responsible=("responsible", "first"),
            description=("description", "first"),
            resources=("resources", "sum"),
            public=("public", "sum"),
            month=("month", "min"),
        ).reset_index()
        return found.assign(month=found["month"].fillna("").astype("str"))

    def names(self) -> list[str]:
        """All names of datasets and resources, as `Theory.check_data` wants them."""
        both = pd.concat([self.column("dataset"), self.column("resource")])
        return [str(name) for name in both.unique() if name]

    # -- changing ----------------------------------------------------------------------------------------------------

    def accept(self, proposals: Iterable[Proposal] | None = None) -> Inventory:
        """The inventory with the proposals in place: all that there are, or those given."""
        chosen = list(self.proposals() if proposals is None else proposals)
        table = self.table
        for column in {p.column for p in chosen}:
            changes = {p.row: p.proposed for p in chosen if p.column == column}
            numbers = pd.Series(self.rows, index=table.index)
            table[column] = numbers.map(changes).where(numbers.isin(list(changes)), table[column]).astype("str")
        return Inventory(table, self.rows, file=self.file, sheet=self.sheet)

    def with_cell(self, row: int, column: str, value: object) -> Inventory:
        """The inventory with another value in one cell; ``row`` is the number that findings give.

        Raises:
            KitError: ``inventory.no-such-row`` or ``inventory.unknown-column``.
        """
        if column not in HEADERS and column not in KEYS:
            known = [f"{key} ({head})" for key, head in zip(KEYS, HEADERS, strict=True)]
            raise KitError(error("inventory.unknown-column", Place(self.file), names=[column], known=known))
        if row not in self.rows:
            first, last = (str(min(self.rows)), str(max(self.rows))) if len(self) else ("-", "-")
            raise KitError(error("inventory.no-such-row", Place(self.file), row=str(row), first=first, last=last))
        table = self.table
        table.loc[self.rows == row, header(column)] = str(value)
        return Inventory(table, self.rows, file=self.file, sheet=self.sheet)

    def only(self, rows: np.ndarray) -> Inventory:
        """The inventory with some of its rows: a mask, or positions; they keep the numbers they have in the file."""
        return Inventory(
            self.table[rows] if rows.dtype == bool else self.table.iloc[rows],
            self.rows[rows],
            file=self.file,
            sheet=self.sheet,
        )

    def with_rows(self, rows: Iterable[Mapping[str, object]]) -> Inventory:
        """The inventory with more rows, numbered after the last: what `Suggestions.rows` drafts, or one's own.

        A resource that is here already (the same dataset and name) is not added again.

        Raises:
            KitError: ``inventory.unknown-column``.
        """
        more = Inventory.from_rows(rows, file=self.file)
        both = pd.concat([self.table, more.table], ignore_index=True)
        first = int(self.rows.max(initial=1)) + 1
        numbers = np.concatenate([self.rows, np.arange(first, first + len(more))])
        named = both[[header("dataset"), header("resource")]].apply(lambda column: column.map(fold))
        again = (named.duplicated() & (np.arange(len(both)) >= len(self))).to_numpy()
        return Inventory(both[~again], numbers[~again], file=self.file, sheet=self.sheet)

    def grouped(self) -> Inventory:
        """The inventory with the resources of each dataset together, datasets in the order in which they first come.

        Rows keep the numbers that they have in the file; a row without a dataset's name goes with the one above it.
        """
        names = self.column("dataset").replace("", None).ffill().fillna("").map(fold)
        order = np.argsort(pd.factorize(names)[0], kind="stable")
        return Inventory(self.table.iloc[order], self.rows[order], file=self.file, sheet=self.sheet)

    # -- writing -----------------------------------------------------------------------------------------------------

    def to_csv(self, path: str | Path) -> None:
        """The official template as CSV: UTF-8, commas."""
        write_csv(Path(path), self.table)

    def to_xlsx(self, path: str | Path) -> None:
        """The official template as a workbook with its data dictionary and the drop-down of column F."""
        write_xlsx(Path(path), official_sheets(self.table))

    def save(self, portfolio: Portfolio) -> Findings:
        """Write ``inventory.csv`` and ``inventory.xlsx``; return what `check` finds."""
        with portfolio.writing(self.csv, step=self.step) as path:
            self.to_csv(path)
        with portfolio.writing(self.xlsx, step=self.step) as path:
            self.to_xlsx(path)
        return self.check()

    # -- showing -----------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        shown = self.table.head(_SHOWN_ROWS)
        rows = [(row, *cells) for row, cells in zip(self.rows, shown.itertuples(index=False), strict=False)]
        caption = str(self.summary())
        if len(self) > _SHOWN_ROWS:
            caption += " " + messages.text("inventory.first-rows", shown=_SHOWN_ROWS, n=len(self))
        return html_table([messages.text("inventory.heading.row"), *HEADERS], rows, caption, row_heads=True)


def template(path: str | Path) -> None:
    """An empty inventory to be filled in, as CSV or XLSX by the name's ending."""
    empty = Inventory.from_rows([])
    if Path(path).suffix.lower() == ".xlsx":
        empty.to_xlsx(path)
    else:
        empty.to_csv(path)
