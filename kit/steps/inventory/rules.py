"""The rules of an inventory, each a question to the whole table; what the official validator says is said in its words.

Rules and sentences: ADELA 2015-10 (inventory.rb, inventory_element.rb, inventory_xlsx_parser.rb, es.yml) and the
miniguia del Inventario Institucional. Those marked "ours" go further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.steps.inventory import access, dates
from kit.steps.inventory.names import by_year, similar
from kit.steps.inventory.template import (
    ACCESS,
    FACTS,
    MANDATORY,
    NOT_APPLICABLE,
    PARENTS,
    PLACEHOLDER,
    REASONS,
    fold,
    folded,
    header,
)

if TYPE_CHECKING:
    from kit.steps.inventory.table import Inventory

_EXAMPLES = 5


class Columns:
    """An inventory's columns by key, prepared once for all rules."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.rows = inventory.rows
        self.access = access.classify(self["access"])
        self.private = self.access.ne(access.PUBLIC).to_numpy()
        self.months = dates.judge(self["date"])
        self.parents = parent_cells(inventory)
        self.names = self.parents["dataset"].where(self.parents["dataset"] != "", self["dataset"])

    def __getitem__(self, key: str) -> pd.Series:
        return self.inventory.column(key)

    def blank(self, key: str) -> np.ndarray:
        """Where a cell holds nothing, or only the drop-down's invitation to choose."""
        return self[key].isin(["", PLACEHOLDER]).to_numpy()

    def at(self, mask: np.ndarray | pd.Series, key: str | None = None) -> Place:
        """The place of the rows under ``mask``."""
        rows = tuple(int(row) for row in self.rows[np.asarray(mask, dtype=bool)])
        return Place(self.inventory.file, self.inventory.sheet, rows, header(key) if key else None)

    def examples(self, mask: np.ndarray | pd.Series, key: str) -> list[str]:
        """Some of the different values under ``mask``."""
        return [str(v) for v in self[key][np.asarray(mask, dtype=bool)].unique()[:_EXAMPLES]]


def parent_cells(inventory: Inventory) -> dict[str, pd.Series]:
    """For blank cells of the grouping columns (A, B) what stands above them; "" elsewhere and where nothing does.

    Officials group a file by merging cells: only the first row of a dataset then has its name. A blank name is filled
    only in a row that names a resource, a blank office only inside the dataset it was given for.
    """
    dataset = inventory.column("dataset")
    names_a_resource = inventory.column("resource") != ""
    above = dataset.replace("", np.nan).ffill().fillna("").astype("str")
    full = dataset.where(dataset != "", above)
    group = (full != full.shift()).cumsum()
    responsible = inventory.column("responsible")
    first = responsible.replace("", np.nan).groupby(group).ffill().fillna("").astype("str")
    return {
        "dataset": above.where((dataset == "") & names_a_resource, ""),
        "responsible": first.where((responsible == "") & names_a_resource, ""),
    }


def check(inventory: Inventory) -> Findings:
    """Everything that the rules find."""
    if not len(inventory):
        return Findings([error("inventory.empty", Place(inventory.file, inventory.sheet))])
    columns = Columns(inventory)
    return Findings(finding for rule in RULES for finding in rule(columns))


def mandatory_cells(c: Columns) -> Iterator[Finding]:
    """Columns A to E and G may not be blank; a grouped file's blank cells are a proposal instead."""
    for key in MANDATORY:
        blank = c.blank(key)
        if key in PARENTS:
            grouped = (c.parents[key] != "").to_numpy()
            if grouped.any():
                values = list(c.parents[key][grouped].unique()[:_EXAMPLES])
                yield warning(
                    "inventory.parent-blank", c.at(grouped, key), n=int(grouped.sum()), column=header(key), names=values
                )
            blank = blank & ~grouped
        if blank.any():
            yield error("inventory.blank", c.at(blank, key), n=int(blank.sum()), column=header(key))


def access_words(c: Columns) -> Iterator[Finding]:
    """Column E says Público, Restringido or Privado; ours: the official validator takes "No público" for public."""
    values = c["access"]
    both = access.contradictory(values).to_numpy()
    word = access.official_word(values)
    spelt = ((word != "") & (word != values)).to_numpy()
    unlisted = ((word == "") & (values != "")).to_numpy() & ~both
    choices = list(ACCESS.values())
    if both.any():
        yield error("inventory.access-contradictory", c.at(both, "access"), values=c.examples(both, "access"))
    if unlisted.any():
        yield warning(
            "inventory.access-unlisted",
            c.at(unlisted, "access"),
            n=int(unlisted.sum()),
            values=c.examples(unlisted, "access"),
            choices=choices,
        )
    if spelt.any():
        yield advice(
            "inventory.access-spelling", c.at(spelt, "access"), values=c.examples(spelt, "access"), choices=choices
        )


def reasons(c: Columns) -> Iterator[Finding]:
    """Column F is mandatory where E is not Público; ours: it may not contradict E, and a reserve needs its act."""
    reason = c["reason"]
    words = folded(reason)
    blank = c.blank("reason")
    not_applicable = (words == fold(NOT_APPLICABLE)).to_numpy()
    listed = words.str.contains(FACTS["reason_pattern"]).to_numpy(dtype=bool)
    missing = c.private & blank
    if missing.any():
        yield error("inventory.reason-blank", c.at(missing, "reason"), n=int(missing.sum()))
    hollow = c.private & not_applicable & ~c.blank("access")
    if hollow.any():
        yield warning("inventory.reason-not-applicable", c.at(hollow, "reason"), n=int(hollow.sum()))
    against = ~c.private & ~blank & ~not_applicable
    if against.any():
        yield warning(
            "inventory.reason-of-public",
            c.at(against, "reason"),
            n=int(against.sum()),
            values=c.examples(against, "reason"),
        )
    other = c.private & ~blank & ~listed
    if other.any():
        yield advice(
            "inventory.reason-unlisted",
            c.at(other, "reason"),
            values=c.examples(other, "reason"),
            choices=list(REASONS),
        )
    needs_act = words.str.contains(FACTS["reason_with_act_pattern"]).to_numpy(dtype=bool)
    no_act = c.private & needs_act & ~reason.str.contains(r"\d").to_numpy(dtype=bool)
    if no_act.any():
        yield advice("inventory.reason-without-act", c.at(no_act, "reason"), n=int(no_act.sum()))


def months(c: Columns) -> Iterator[Finding]:
    """Column H is AAAA-MM; ours: Excel's day numbers and other forms are recognised, a public row has a date."""
    kind, month, values = c.months["kind"], c.months["month"], c["date"]

    def proposals(mask: np.ndarray) -> list[str]:
        pairs = (values[mask] + " → " + month[mask]).unique()
        return [str(pair) for pair in pairs[:_EXAMPLES]]

    masks = {name: (kind == name).to_numpy() for name in kind.unique()}
    none = np.zeros(len(values), dtype=bool)
    if (mask := masks.get(dates.UNREADABLE, none)).any():
        yield error("inventory.date-format", c.at(mask, "date"), n=int(mask.sum()), values=c.examples(mask, "date"))
    if (mask := masks.get(dates.IMPLAUSIBLE, none)).any():
        yield error(
            "inventory.date-implausible", c.at(mask, "date"), n=int(mask.sum()), values=c.examples(mask, "date")
        )
    if (mask := masks.get(dates.SERIAL, none)).any():
        yield warning("inventory.date-serial", c.at(mask, "date"), n=int(mask.sum()), proposals=proposals(mask))
    if (mask := masks.get(dates.OTHER, none)).any():
        yield warning("inventory.date-other-form", c.at(mask, "date"), n=int(mask.sum()), proposals=proposals(mask))
    if (mask := masks.get(dates.WITH_DAY, none)).any():
        yield advice("inventory.date-with-day", c.at(mask, "date"), n=int(mask.sum()), proposals=proposals(mask))
    missing = masks.get(dates.BLANK, none) & ~c.private
    if missing.any():
        yield warning("inventory.date-blank", c.at(missing, "date"), n=int(missing.sum()))


def contiguous(c: Columns) -> Iterator[Finding]:
    """All resources of a dataset stand together."""
    names = c.names
    begins = (names != names.shift()) & (names != "")
    later = begins & names.where(begins).duplicated()
    if later.any():
        scattered = list(names[later].unique())
        chunk = begins.cumsum()
        elsewhere = names.isin(scattered) & (chunk != chunk.groupby(names).transform("min"))
        yield error("inventory.not-contiguous", c.at(elsewhere, "dataset"), n=len(scattered), names=scattered)


def repeated_resources(c: Columns) -> Iterator[Finding]:
    """Ours: within a dataset each resource has its own name."""
    keys = pd.DataFrame({"dataset": folded(c.names), "resource": folded(c["resource"])})
    again = keys.duplicated() & (c["resource"] != "")
    if again.any():
        yield error(
            "inventory.resource-repeated",
            c.at(again, "resource"),
            n=int(again.sum()),
            names=c.examples(again, "resource"),
        )


def similar_names(c: Columns) -> Iterator[Finding]:
    """Ours: two names of datasets that differ by a slip are probably one dataset; one per year is one too many."""
    for group in similar(name for name in c.names.unique() if name):
        yield warning("inventory.similar-names", c.at(c.names.isin(group), "dataset"), names=group)
    for group in by_year(name for name in c.names.unique() if name):
        yield advice("inventory.dataset-per-year", c.at(c.names.isin(group), "dataset"), names=group)


def example_rows(c: Columns) -> Iterator[Finding]:
    """Ours: the example rows that the template ships are not part of anybody's inventory."""
    left = c["responsible"].str.contains(FACTS["example_pattern"]).to_numpy(dtype=bool)
    if left.any():
        yield warning("inventory.example-row", c.at(left), n=int(left.sum()))


RULES: tuple[Callable[[Columns], Iterator[Finding]], ...] = (
    mandatory_cells,
    access_words,
    reasons,
    months,
    contiguous,
    repeated_resources,
    similar_names,
    example_rows,
)
