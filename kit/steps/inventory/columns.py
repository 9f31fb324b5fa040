"""An inventory's columns prepared once for all rules: what is blank, grouped, private, dated, and where names stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.findings import Place
from kit.steps.inventory import access, dates
from kit.steps.inventory.template import KEYS, PLACEHOLDER, fold_all, header

if TYPE_CHECKING:
    from kit.steps.inventory.table import Inventory

EXAMPLES = 5
Mask = npt.NDArray[np.bool_]


class Columns:
    """An inventory's columns by key, and what several rules ask of them.

    Rules ask about distinct values (`where`), because an inventory says the same thing in many rows.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.table = inventory.table
        self.rows = inventory.rows
        self.file = inventory.file
        self.sheet = inventory.sheet
        self._columns = {key: inventory.column(key) for key in KEYS}
        self._codes: dict[str, tuple[npt.NDArray[np.intp], list[str]]] = {}
        self._folded: dict[str, pd.Series] = {}
        self.access = access.classify(self["access"])
        self.private: Mask = self.access.ne(access.PUBLIC).to_numpy()
        self.parents = parent_cells(self["dataset"], self["resource"], self["responsible"])
        self.names = self.parents["dataset"].where(self.parents["dataset"] != "", self["dataset"])

    def __getitem__(self, key: str) -> pd.Series:
        return self._columns[key]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def months(self) -> pd.DataFrame:
        """What each cell of column H is, and the month it means."""
        return dates.judge(self["date"])

    @cached_property
    def positions(self) -> dict[str, npt.NDArray[np.intp]]:
        """For each dataset's name where it stands, blank grouped cells included; without "" itself."""
        found = self.names.groupby(self.names, sort=False).indices
        return {str(name): np.asarray(at) for name, at in found.items() if name}

    @cached_property
    def folded_names(self) -> pd.Series:
        """Each row's dataset, ready to be compared."""
        known = dict(zip(self.positions, fold_all(list(self.positions)), strict=True))
        return self.names.map(lambda name: known.get(name, "")).astype("str")

    def folded(self, key: str) -> pd.Series:
        """A column ready to be compared."""
        if key not in self._folded:
            codes, values = self._coded(key)
            words = np.array(fold_all(values), dtype="object")
            self._folded[key] = pd.Series(words[codes] if len(words) else words, dtype="str")
        return self._folded[key]

    def where(self, key: str, holds: Callable[[str], Any]) -> Mask:
        """Where a question about a cell is answered with yes; asked once for each distinct text."""
        codes, values = self._coded(key)
        answers = np.fromiter((bool(holds(value)) for value in values), dtype=np.bool_, count=len(values))
        return answers[codes] if len(values) else np.zeros(0, dtype=np.bool_)

    def matching(self, key: str, pattern: str) -> Mask:
        """Where a cell matches a regular expression (RE2)."""
        found: Mask = self[key].str.contains(pattern, regex=True).to_numpy(dtype=bool, copy=True)
        return found

    def _coded(self, key: str) -> tuple[npt.NDArray[np.intp], list[str]]:
        if key not in self._codes:
            codes, values = pd.factorize(self[key])
            self._codes[key] = codes, [str(value) for value in values]
        return self._codes[key]

    def blank(self, key: str) -> Mask:
        """Where a cell holds nothing, or only the drop-down's invitation to choose."""
        found: Mask = self[key].isin(["", PLACEHOLDER]).to_numpy()
        return found

    def at(self, mask: Mask | pd.Series, key: str | None = None) -> Place:
        """The place of the rows under ``mask``."""
        return self.at_positions(np.flatnonzero(np.asarray(mask, dtype=bool)), key)

    def at_positions(self, positions: npt.NDArray[np.intp], key: str | None = None) -> Place:
        """The place of the rows at ``positions`` of the table."""
        rows = tuple(self.rows[positions].tolist())
        return Place(self.file, self.sheet, rows, header(key) if key else None)

    def of_names(self, names: Iterable[str], key: str = "dataset") -> Place:
        """The place of all rows of some datasets."""
        return self.at_positions(np.sort(np.concatenate([self.positions[name] for name in names])), key)

    def examples(self, mask: Mask | pd.Series, key: str) -> list[str]:
        """Some of the different values under ``mask``."""
        return [str(v) for v in self[key][np.asarray(mask, dtype=bool)].unique()[:EXAMPLES]]


def parent_cells(dataset: pd.Series, resource: pd.Series, responsible: pd.Series) -> dict[str, pd.Series]:
    """For blank cells of the grouping columns (A, B) what stands above them; "" elsewhere and where nothing does.

    Officials group a file by merging cells: only the first row of a dataset, or of an office, then has its name. A
    blank name is filled only in a row that names a resource. A blank office is filled inside the dataset that it was
    given for, and across datasets only where two or more such cells follow each other: one alone may be forgotten.
    """
    names_a_resource = resource != ""
    above = _above(dataset)
    full = dataset.where(dataset != "", above)
    group = (full != full.shift()).cumsum()
    blank = (responsible == "") & ((dataset != "") | names_a_resource)
    run = (responsible != "").cumsum()
    merged = blank & (blank.groupby(run).transform("sum") > 1)
    within = responsible.replace("", np.nan).groupby(group).ffill().fillna("").astype("str")
    first = within.where((within != "") | ~merged, _above(responsible))
    return {
        "dataset": above.where((dataset == "") & names_a_resource, ""),
        "responsible": first.where(blank, ""),
    }


def _above(values: pd.Series) -> pd.Series:
    return values.replace("", np.nan).ffill().fillna("").astype("str")
