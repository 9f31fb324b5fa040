"""The inventory of step 03 as a grid: its rows, what the rules find, proposals, suggestions, files in and out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, error
from kit.forms.grid import GridSession, Offer, described, tidy
from kit.forms.rows import Cells, Rows
from kit.portfolio import Portfolio
from kit.steps.inventory import HEADERS, KEYS, Inventory, city, suggestions
from kit.steps.inventory.template import ACCESS, COLUMNS, REASONS, fold

BLANK: Cells = dict.fromkeys(KEYS, "")
_WIDTHS = (118, 128, 136, 180, 108, 120, 112, 96)
_FIRST_ROW = 2  # of the file: the first is the header's
_KEY_OF = dict(zip(HEADERS, KEYS, strict=True))
_PATH = re.compile(rf"rows(\.\d+(\.({'|'.join(KEYS)}))?)?")


class InventoryKeeper:
    """The inventory's rows in the portfolio: its CSV, and when work rests its workbook."""

    file = Inventory.csv
    step = Inventory.step

    def blank(self) -> dict[str, Any]:
        """No rows."""
        return {"rows": []}

    def load(self, portfolio: Portfolio) -> dict[str, Any]:
        """The rows of the portfolio's inventory."""
        return {"rows": rows_of(Inventory.load(portfolio)).records}

    def load_file(self, path: Path) -> dict[str, Any]:
        """The rows of any inventory's file."""
        return {"rows": rows_of(Inventory.read(path)[0]).records}

    def coerce(self, path: str, value: Any) -> Any:
        """A cell as the official files keep it.

        Raises:
            KitError: ``forms.no-such-field``.
        """
        if not _PATH.fullmatch(path):
            known = [f"rows.0.{key}" for key in KEYS]
            raise KitError(error("forms.no-such-field", Place(self.file), field=path, known=known))
        return tidy(value)

    def read(self, value: dict[str, Any]) -> tuple[Inventory, dict[str, Finding]]:
        """The inventory of the rows in which something is written; every text fits its cell."""
        lines = ({key: str(record.get(key) or "") for key in KEYS} for record in value["rows"])
        return Inventory.from_rows(line for line in lines if any(line.values())), {}

    def check(self, model: Inventory, portfolio: Portfolio, value: dict[str, Any]) -> Findings:  # noqa: ARG002
        """What the rules find; the numbers of rows are those of the saved file."""
        return model.check()

    def save(self, model: Inventory, portfolio: Portfolio, *, whole: bool) -> None:
        """Write the CSV, and if ``whole`` the workbook."""
        with portfolio.writing(Inventory.csv, step=self.step) as path:
            model.to_csv(path)
        if whole:
            with portfolio.writing(Inventory.xlsx, step=self.step) as path:
                model.to_xlsx(path)


class InventoryGrid(GridSession):
    """The rows of an inventory being written."""

    rows_at = "rows"
    blank_row = BLANK

    def __init__(self, portfolio: Portfolio, *, file: str | Path | None = None) -> None:
        self._offered: tuple[Inventory, list[Offer]] | None = None
        super().__init__(InventoryKeeper(), portfolio)
        if file is not None and not self.exists:
            self.notices = self.take_file(file)

    @property
    def numbers(self) -> dict[int, str]:
        """The id of the row that has a number in the saved file."""
        return dict(enumerate(self.written_rows, start=_FIRST_ROW))

    @property
    def offers(self) -> list[Offer]:
        """The proposals by id of row and key of column."""
        if self._offered is None or self._offered[0] is not self.model:
            ids = self.numbers
            proposals = self.model.proposals()
            offers = [Offer(ids[p.row], _KEY_OF[p.column], p.found, p.proposed, p.code) for p in proposals]
            self._offered = (self.model, offers)
        return self._offered[1]

    def shown_findings(self) -> list[dict[str, Any]]:
        """The findings as the screen shows them."""
        return described(self.findings, self.numbers, _KEY_OF, self.offers)

    # -- changing ----------------------------------------------------------------------------------------------------

    def new_row(self, after: str | None) -> Cells:
        """A new row belongs to the office and dataset of the row above it."""
        rows = self.rows
        if after is None or after not in rows:
            return {}
        return {key: rows[after].cells[key] for key in ("responsible", "dataset")}

    def acts(self, ids: Sequence[str], after: str | None) -> dict[str, Callable[[], Rows]]:
        """Rows can also be grouped: the resources of each dataset together."""
        return {**super().acts(ids, after), "group": self._grouped}

    def _grouped(self) -> Rows:
        rows, numbers = self.rows, self.numbers
        order = [numbers[int(number)] for number in self.model.grouped().rows]
        return rows.ordered([*order, *(row.id for row in rows if rows.is_blank(row))])

    def accept(self, code: str | None = None, row: str | None = None, key: str | None = None) -> int:
        """Put proposals in place: all, those of a finding's code, or that of one cell; how many."""
        chosen = [
            offer
            for offer in self.offers
            if code in (None, offer.code) and row in (None, offer.id) and key in (None, offer.key)
        ]
        self.put_rows(self.rows.written((offer.id, offer.key, offer.proposed) for offer in chosen))
        return len(chosen)

    def suggestions(self, theme: str) -> list[dict[str, Any]]:
        """Datasets that a city usually has for a theme; ``there`` if the inventory names one of that name already."""
        names = {fold(name) for name in self.model.names()}
        return [
            {
                "name": one.dataset,
                "standard": one.standard,
                "holder": one.holder,
                "privacy": one.privacy,
                "there": fold(one.dataset) in names,
            }
            for one in suggestions(theme)
        ]

    def add_suggestions(self, theme: str, names: Sequence[str]) -> int:
        """Add suggested datasets as rows that still have to be filled in; how many."""
        missing = [s["name"] for s in self.suggestions(theme) if s["name"] in names and not s["there"]]
        chosen = suggestions(theme).choose(*missing).rows() if missing else []
        self.put_rows(self.rows.inserted(dict(row) for row in chosen))
        return len(chosen)

    # -- files -------------------------------------------------------------------------------------------------------

    def take_file(self, path: str | Path) -> Findings:
        """Put the rows of an inventory's file in place of those that are here, which `undo` brings back.

        Returns:
            What reading it took.

        Raises:
            KitError: if it is no inventory, or cannot be read.
        """
        inventory, findings = Inventory.read(path)
        self.put_rows(rows_of(inventory), quick=False)
        return findings

    def example(self, theme: str) -> None:  # noqa: ARG002 - other steps have one per theme
        """Put Valle Abierto's inventory in place of the rows; it has the data of all themes."""
        self.put_rows(rows_of(city()), quick=False)


def rows_of(inventory: Inventory) -> Rows:
    """The rows of an inventory, each with an id of its own."""
    lines = inventory.table.set_axis(list(KEYS), axis=1).to_dict("records")
    return Rows.of(({str(key): cell for key, cell in line.items()} for line in lines), BLANK)


def columns() -> list[dict[str, Any]]:
    """The eight official columns as the grid shows them; headings and choices as published, in every language."""
    choices = {"access": list(ACCESS.values()), "reason": list(REASONS)}
    return [
        {
            "key": column.key,
            "title": column.header,
            "letter": letter,
            "width": width,
            "grow": 2 if column.key == "description" else 1,
            "kind": "choice" if column.key in choices else "text",
            "help": column.meaning,
            "hint": messages.text("grid.inventory.month") if column.key == "date" else "",
            "choices": [{"value": word, "label": word} for word in choices.get(column.key, ())] or None,
        }
        for column, letter, width in zip(COLUMNS, "ABCDEFGH", _WIDTHS, strict=True)
    ]
