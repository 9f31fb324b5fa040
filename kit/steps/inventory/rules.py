"""The rules of an inventory, each a question to the whole table; what the official validator says is said in its words.

Rules and sentences: ADELA 2015-10 (inventory.rb, inventory_element.rb, inventory_xlsx_parser.rb, es.yml) and the
miniguia del Inventario Institucional. Those marked "ours" go further.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.steps.inventory import access, dates, places, wording
from kit.steps.inventory.columns import EXAMPLES, Columns, Mask
from kit.steps.inventory.names import by_year, similar
from kit.steps.inventory.template import (
    ACCESS,
    FACTS,
    MANDATORY,
    NAMING,
    NOT_APPLICABLE,
    PARENTS,
    PLACEHOLDER,
    REASONS,
    fold,
    header,
)

if TYPE_CHECKING:
    from kit.steps.inventory.table import Inventory

_FAR = 60  # months between a date and the middle of all before it is worth a look
_FEW_DATES = 5  # below which there is no middle
_CURRENT = 4  # an inventory is today's if one in so many of its dates is still to come


def check(inventory: Inventory, today: dt.date | None = None) -> Findings:
    """Everything that the rules find.

    Rows that are no resource (the template's examples, totals, notes) are told once and not judged cell by cell; but
    an example that somebody began to change is judged, and each of them stands between the rows of a dataset.

    Args:
        inventory: what to judge.
        today: the day from which a planned date is past; the calendar's if none is given.
    """
    if not len(inventory):
        return Findings([error("inventory.empty", Place(inventory.file, inventory.sheet))])
    columns = inventory.prepared
    example, total = wording.example_rows(columns), wording.total_rows(columns)
    found = Findings(_no_resources(columns, example, total & ~example))
    if total.any():
        columns = inventory.only(~total).prepared
    found.extend(contiguous(columns))
    if (aside := wording.untouched_examples(inventory.prepared) | total).any():
        columns = inventory.only(~aside).prepared
    if len(columns):
        found.extend(finding for rule in (*RULES, *wording.RULES) for finding in rule(columns))
        found.extend(past_months(columns, today or dt.date.today()))
    return found


def _no_resources(c: Columns, example: Mask, total: Mask) -> Iterator[Finding]:
    """Ours: the examples that the template ships, totals and notes are not part of anybody's inventory."""
    if example.any():
        yield warning("inventory.example-row", c.at(example), n=int(example.sum()))
    if total.any():
        yield warning("inventory.total-row", c.at(total), n=int(total.sum()))


def mandatory_cells(c: Columns) -> Iterator[Finding]:
    """Columns A to E and G may not be blank; a grouped file's blank cells are a proposal instead."""
    for key in MANDATORY:
        blank = c.blank(key)
        if key in PARENTS:
            grouped = (c.parents[key] != "").to_numpy()
            if grouped.any():
                values = list(c.parents[key][grouped].unique()[:EXAMPLES])
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
    words = c.folded("reason")
    blank = c.blank("reason")
    unchosen = (reason == PLACEHOLDER).to_numpy() & ~c.private
    if unchosen.any():
        yield advice("inventory.reason-placeholder", c.at(unchosen, "reason"), n=int(unchosen.sum()))
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
        return [str(pair) for pair in pairs[:EXAMPLES]]

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
    private = access.official_word(c["access"]) == ACCESS[access.PRIVATE]
    closed = (private & (month != "")).to_numpy()
    if closed.any():
        yield advice(
            "inventory.date-of-private", c.at(closed, "date"), n=int(closed.sum()), values=c.examples(closed, "date")
        )
    yield from _far_months(c)


def _far_months(c: Columns) -> Iterator[Finding]:
    """Ours: a date that lies years away from all others is probably a slip."""
    numbers = _month_numbers(c)
    if np.isfinite(numbers).sum() < _FEW_DATES:
        return
    far = np.abs(numbers - np.nanmedian(numbers)) > _FAR  # a comparison with NaN is False
    if far.any():
        yield warning("inventory.date-far", c.at(far, "date"), n=int(far.sum()), values=c.examples(far, "date"))


def past_months(c: Columns, today: dt.date) -> Iterator[Finding]:
    """Ours: a public resource whose date has gone by; an inventory whose dates are all of another time is let be."""
    numbers = _month_numbers(c)
    now = today.year * 12 + today.month - 1
    dated = int(np.isfinite(numbers).sum())
    if not dated or (numbers >= now).sum() * _CURRENT < dated:
        return
    past = (numbers < now) & ~c.private
    if past.any():
        yield warning("inventory.date-past", c.at(past, "date"), n=int(past.sum()), values=c.examples(past, "date"))


def _month_numbers(c: Columns) -> np.ndarray:
    """The month of each row as a number that can be counted with; NaN where there is none."""
    month = c.months["month"]
    year = pd.to_numeric(month.str[:4], errors="coerce")
    result: np.ndarray = (year * 12 + pd.to_numeric(month.str[5:7], errors="coerce") - 1).to_numpy(dtype=float)
    return result


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
    keys = pd.DataFrame({"dataset": c.folded_names.to_numpy(), "resource": c.folded("resource").to_numpy()})
    again = keys.duplicated().to_numpy() & (c["resource"] != "").to_numpy()
    if again.any():
        yield error(
            "inventory.resource-repeated",
            c.at(again, "resource"),
            n=int(again.sum()),
            names=c.examples(again, "resource"),
        )


def similar_names(c: Columns) -> Iterator[Finding]:
    """Ours: two names of datasets that differ by a slip are probably one dataset; one per year is one too many."""
    for group in similar(c.positions):
        yield warning("inventory.similar-names", c.of_names(group), names=group)
    for group in by_year(c.positions):
        yield advice("inventory.dataset-per-year", c.of_names(group), names=group)


def keys_of_places(c: Columns) -> Iterator[Finding]:
    """Ours: a key of INEGI is whole, exists, and is that of the place beside it."""
    for key in NAMING:
        hinted = np.flatnonzero(c.matching(key, places.HINT))
        texts = c[key].iloc[hinted].tolist()
        flaws = {text: places.flaws(text) for text in set(texts)}
        found: dict[str, dict[int, list[places.Flaw]]] = {}
        for row, text in zip(hinted.tolist(), texts, strict=True):
            for flaw in flaws[text]:
                found.setdefault(flaw.kind, {}).setdefault(row, []).append(flaw)
        for kind, where in found.items():
            told = [flaw for in_row in where.values() for flaw in in_row]
            yield key_finding(kind, c.at_positions(np.array(list(where)), key), told)


def key_finding(kind: str, place: Place, flaws: Sequence[places.Flaw]) -> Finding:
    """The finding on some keys with the same flaw."""
    values = list(dict.fromkeys(str(flaw) for flaw in flaws))[:EXAMPLES]
    pairs = [f"{flaw} → {flaw.expected}" for flaw in flaws]
    proposals = list(dict.fromkeys(pairs))[:EXAMPLES]
    if kind == places.ZERO_LOST:
        return warning("inventory.key-zero-lost", place, n=len(flaws), proposals=proposals)
    if kind == places.UNKNOWN:
        return warning("inventory.key-unknown", place, n=len(flaws), values=values)
    return warning("inventory.key-other-place", place, n=len(flaws), proposals=proposals)


RULES: tuple[Callable[[Columns], Iterator[Finding]], ...] = (
    mandatory_cells,
    access_words,
    reasons,
    months,
    repeated_resources,
    similar_names,
    keys_of_places,
)
