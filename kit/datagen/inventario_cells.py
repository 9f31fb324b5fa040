"""The makers of an inventory's cell defects: how a right cell becomes what offices write into the template."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kit.datagen.defects import registrar
from kit.words import unaccented

PUBLIC = "Público"
TEXTS = ("responsible", "dataset", "resource", "description", "access", "reason", "platform")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_ZERO_KEY = r"\(0(?=\d{4}\))"
_REAL_KEY = r"\((?!99)\d{5}\)"
_SMALL_WORDS = (" de ", " del ", " y ", " para ")
_SMALL_OFFICE = 5  # rows
_LONG = 7  # letters of a word in which a slip is still recognised


@dataclass(frozen=True)
class Target:
    """What a maker is given: the table in the order of the file, where it is still clean, and how many to strike.

    ``table`` holds the true texts by the kit's names of the columns; ``free`` has its shape. ``spelled`` are the
    spellings of ``data/inventario.json``.
    """

    table: pd.DataFrame
    free: pd.DataFrame
    column: str
    count: int
    rng: np.random.Generator
    spelled: dict[str, Any]

    @property
    def values(self) -> np.ndarray:
        """The column's true texts."""
        return self.table[self.column].to_numpy(dtype=object)

    def pick(self, allowed: np.ndarray | bool = True) -> list[int]:
        """Up to ``count`` of the clean rows where ``allowed``, ascending."""
        rows = np.flatnonzero(self.free[self.column].to_numpy() & allowed)
        return sorted(self.rng.choice(rows, min(self.count, len(rows)), replace=False).tolist())

    def public(self) -> np.ndarray:
        """Which rows are public in truth."""
        return (self.table["access"] == PUBLIC).to_numpy()

    def one_of(self, choices: Sequence[str]) -> str:
        """One of ``choices``."""
        return str(choices[int(self.rng.integers(0, len(choices)))])

    def runs(self, column: str, *, clean: Sequence[str]) -> list[list[int]]:
        """The rows of each group of equal neighbours in ``column``: two or more, all clean in the columns ``clean``."""
        group = (self.table[column] != self.table[column].shift()).cumsum()
        rows = [np.asarray(found).tolist() for found in group.groupby(group).indices.values()]
        clear = self.free[list(clean)].all(axis=1).to_numpy()
        return [run for run in rows if len(run) > 1 and clear[run].all()]

    def some(self, groups: list[list[int]]) -> list[list[int]]:
        """Up to ``count`` of the groups, in their order."""
        chosen = self.rng.choice(len(groups), min(self.count, len(groups)), replace=False)
        return [groups[i] for i in sorted(chosen.tolist())]


@dataclass(frozen=True)
class Blow:
    """One cell struck: its row in the table, its column, and what it says now (a text, a day number or a date)."""

    row: int
    column: str
    dirty: str | int | dt.date


@dataclass(frozen=True)
class Keep:
    """One cell that must stay clean, because a struck one can be known only from it."""

    row: int
    column: str


CellMaker = Callable[[Target], Iterator[Blow | Keep]]
INVENTORY_DEFECTS: dict[str, CellMaker] = {}
cell_defect = registrar(INVENTORY_DEFECTS)


def _respell(target: Target, rows: list[int], spell: Callable[[str], str | int | dt.date]) -> Iterator[Blow | Keep]:
    for row in rows:
        yield Blow(row, target.column, spell(str(target.values[row])))


# -- grouping and names ----------------------------------------------------------------------------------------------


@cell_defect("dataset-per-year")
def dataset_per_year(target: Target) -> Iterator[Blow | Keep]:
    """A dataset of several resources cut into one per year."""
    for run in target.some(target.runs("dataset", clean=["dataset"])):
        first = 2015 - len(run)
        for year, row in enumerate(run, first):
            yield Blow(row, "dataset", f"{target.values[row]} {year}")


@cell_defect("similar-name")
def similar_name(target: Target) -> Iterator[Blow | Keep]:
    """The name of a dataset written in another way in a later one of its rows."""
    for run in target.some(target.runs("dataset", clean=["dataset"])):
        row = run[int(target.rng.integers(1, len(run)))]
        yield Blow(row, "dataset", slip(str(target.values[row]), target.rng))


def slip(name: str, rng: np.random.Generator) -> str:
    """``name`` in capitals, without accents, without a small word, with a blank that is none, or with a letter less."""
    words = name.split()
    ways = [name.upper(), name.replace(" ", "\xa0", 1) if " " in name else name.upper(), f"{name}."]
    if unaccented(name) != name:
        ways.append(unaccented(name))
    ways += [name.replace(small, " ", 1) for small in _SMALL_WORDS if small in name]
    longest = max(words, key=len)
    if len(longest) >= _LONG:
        cut = int(rng.integers(2, len(longest) - 2))
        ways.append(name.replace(longest, longest[:cut] + longest[cut + 1 :], 1))
    return ways[int(rng.integers(0, len(ways)))]


@cell_defect("parent-blank")
def parent_blank(target: Target) -> Iterator[Blow | Keep]:
    """The cell of a dataset's later rows, blank or merged with the first row's."""
    for run in target.some(target.runs("dataset", clean=["dataset", target.column])):
        yield Keep(run[0], target.column)
        yield from (Blow(row, target.column, "") for row in run[1:])


@cell_defect("office-merged")
def office_merged(target: Target) -> Iterator[Blow | Keep]:
    """The office said once for all its datasets."""
    for run in target.some(target.runs("responsible", clean=["responsible"])):
        yield Keep(run[0], "responsible")
        yield from (Blow(row, "responsible", "") for row in run[1:])


@cell_defect("mojibake")
def mojibake(target: Target) -> Iterator[Blow | Keep]:
    """The rows of one small office pasted from a file that was opened in the wrong encoding."""
    offices = target.runs("responsible", clean=["responsible"])
    small = [run for run in offices if len(run) <= _SMALL_OFFICE] or offices[:1]
    for run in target.some(small):
        for column in TEXTS:
            for row in run:
                true = str(target.table[column].iloc[row])
                if not true.isascii() and target.free[column].iloc[row]:
                    yield Blow(row, column, _misread(true))


def _misread(text: str) -> str:
    """UTF-8 read as windows-1252, the bytes that it leaves undefined as latin-1 has them."""
    return "".join(_as_windows(byte) for byte in text.encode("utf-8"))


def _as_windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("windows-1252")
    except UnicodeDecodeError:
        return chr(byte)


# -- any column ------------------------------------------------------------------------------------------------------


@cell_defect("blank")
def blank(target: Target) -> Iterator[Blow | Keep]:
    """A mandatory cell left blank; of the office only the file's first, which nothing above can fill."""
    allowed = target.free[["responsible", "dataset"]].all(axis=1).to_numpy()
    if target.column == "responsible":
        allowed = allowed & (np.arange(len(target.table)) == 0)
    return _respell(target, target.pick(allowed), lambda _: "")


@cell_defect("outer-blanks")
def outer_blanks(target: Target) -> Iterator[Blow | Keep]:
    """Blanks before or after the text, the one that does not break among them."""
    forms = (" {}", "{} ", "{}\xa0", "{}  ")
    return _respell(target, target.pick(), lambda true: target.one_of(forms).format(true))


@cell_defect("filler")
def filler(target: Target) -> Iterator[Blow | Keep]:
    """A mark that says nothing, so that the cell is not blank."""
    return _respell(target, target.pick(), lambda _: target.one_of(target.spelled["fillers"]))


@cell_defect("capitals")
def capitals(target: Target) -> Iterator[Blow | Keep]:
    """A name in capitals throughout."""
    return _respell(target, target.pick(), str.upper)


@cell_defect("office-spelling")
def office_spelling(target: Target) -> Iterator[Blow | Keep]:
    """The office without its accents, in a row that is not its first."""
    name = target.table["responsible"]
    later = name.duplicated() & (name.map(unaccented) != name)
    return _respell(target, target.pick(later.to_numpy()), unaccented)


@cell_defect("person")
def person(target: Target) -> Iterator[Blow | Keep]:
    """Somebody's name in place of the office."""
    return _respell(target, target.pick(), lambda _: target.one_of(target.spelled["persons"]))


@cell_defect("file-name")
def file_name(target: Target) -> Iterator[Blow | Keep]:
    """The name of a file in place of the resource's title."""
    return _respell(target, target.pick(), lambda _: target.one_of(target.spelled["files"]))


@cell_defect("system-name")
def system_name(target: Target) -> Iterator[Blow | Keep]:
    """The system's own name in place of its technology."""
    return _respell(target, target.pick(), lambda _: target.one_of(target.spelled["systems"]))


@cell_defect("description-repeats")
def description_repeats(target: Target) -> Iterator[Blow | Keep]:
    """The resource's name once more, in place of a description."""
    rows = target.pick(target.free["resource"].to_numpy())
    yield from (Blow(row, "description", str(target.table["resource"].iloc[row])) for row in rows)


# -- keys of INEGI in words --------------------------------------------------------------------------------------------


def _with_key(target: Target, pattern: str) -> np.ndarray:
    return target.table[target.column].str.contains(pattern).to_numpy(dtype=bool)


@cell_defect("key-zero-lost")
def key_zero_lost(target: Target) -> Iterator[Blow | Keep]:
    """A municipality's key without the zero of its state."""
    rows = target.pick(_with_key(target, _ZERO_KEY))
    return _respell(target, rows, lambda true: re.sub(_ZERO_KEY, "(", true, count=1))


@cell_defect("key-other-place")
def key_other_place(target: Target) -> Iterator[Blow | Keep]:
    """The key of another municipality beside a municipality's name."""

    def spell(true: str) -> str:
        return re.sub(_REAL_KEY, f"({target.one_of(target.spelled['keys'])})", true, count=1)

    return _respell(target, target.pick(_with_key(target, _REAL_KEY)), spell)


# -- column E --------------------------------------------------------------------------------------------------------


@cell_defect("access-spelling")
def access_spelling(target: Target) -> Iterator[Blow | Keep]:
    """The template's word in other letters."""
    return _respell(target, target.pick(), lambda true: target.one_of(target.spelled["access"][true]))


@cell_defect("access-unlisted")
def access_unlisted(target: Target) -> Iterator[Blow | Keep]:
    """An answer to the question in the heading in place of one of the choices."""
    return _respell(target, target.pick(), lambda true: target.one_of(target.spelled["unlisted"][true]))


@cell_defect("access-contradictory")
def access_contradictory(target: Target) -> Iterator[Blow | Keep]:
    """A word for "not public" that holds the word "público"."""
    spelled = target.spelled["contradictory"]
    return _respell(target, target.pick(~target.public()), lambda true: target.one_of(spelled[true]))


# -- column F --------------------------------------------------------------------------------------------------------


@cell_defect("reason-blank")
def reason_blank(target: Target) -> Iterator[Blow | Keep]:
    """No reason where one is due."""
    return _respell(target, target.pick(~target.public()), lambda _: "")


@cell_defect("reason-placeholder")
def reason_placeholder(target: Target) -> Iterator[Blow | Keep]:
    """The drop-down's invitation to choose, where a reason is due."""
    return _respell(target, target.pick(~target.public()), lambda _: "Elige")


@cell_defect("placeholder")
def placeholder(target: Target) -> Iterator[Blow | Keep]:
    """The drop-down's invitation to choose, in a public row."""
    return _respell(target, target.pick(target.public()), lambda _: "Elige")


@cell_defect("reason-not-applicable")
def reason_not_applicable(target: Target) -> Iterator[Blow | Keep]:
    """The word for "no reason" where one is due."""
    return _respell(target, target.pick(~target.public()), lambda _: str(target.spelled["not_applicable"]))


@cell_defect("reason-of-public")
def reason_of_public(target: Target) -> Iterator[Blow | Keep]:
    """A reason for privacy in a public row."""
    return _respell(target, target.pick(target.public()), lambda _: str(target.spelled["personal"]))


@cell_defect("reason-unlisted")
def reason_unlisted(target: Target) -> Iterator[Blow | Keep]:
    """A reason in the office's own words."""
    return _respell(target, target.pick(~target.public()), lambda _: target.one_of(target.spelled["reasons"]))


@cell_defect("reason-without-act")
def reason_without_act(target: Target) -> Iterator[Blow | Keep]:
    """The drop-down's third choice as it stands, its act never filled in."""
    reserved = target.table["reason"].str.contains("acta").to_numpy()
    return _respell(target, target.pick(reserved), lambda _: str(target.spelled["reserved"]))


# -- column H --------------------------------------------------------------------------------------------------------


def _day_one(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


@cell_defect("date-serial")
def date_serial(target: Target) -> Iterator[Blow | Keep]:
    """The number under which Excel keeps the month's first day."""
    return _respell(target, target.pick(target.public()), lambda true: (_day_one(true) - _EXCEL_EPOCH).days)


@cell_defect("date-cell")
def date_cell(target: Target) -> Iterator[Blow | Keep]:
    """The month's first day, as Excel keeps and shows a date."""
    return _respell(target, target.pick(target.public()), _day_one)


@cell_defect("date-with-day")
def date_with_day(target: Target) -> Iterator[Blow | Keep]:
    """The month with a day, as text."""
    return _respell(target, target.pick(target.public()), lambda true: f"{true}-01")


@cell_defect("date-other-form")
def date_other_form(target: Target) -> Iterator[Blow | Keep]:
    """The month in words, shortened, or with figures turned round."""

    def spell(true: str) -> str:
        day = _day_one(true)
        short, long = (target.spelled[name][day.month - 1] for name in ("months", "long_months"))
        forms = (f"{short}-{day:%y}", f"{short.capitalize()} {day:%Y}", f"{long.capitalize()} {day:%Y}")
        return target.one_of((*forms, f"{long} de {day:%Y}", f"{day:%m/%Y}", f"{day:%Y/%m}", f"15/{day:%m/%Y}"))

    return _respell(target, target.pick(target.public()), spell)


@cell_defect("date-implausible")
def date_implausible(target: Target) -> Iterator[Blow | Keep]:
    """A month in another century, as a slip of a finger or a day number too large."""
    choices = target.spelled["implausible"]
    return _respell(target, target.pick(target.public()), lambda _: target.one_of(choices))


@cell_defect("date-unreadable")
def date_unreadable(target: Target) -> Iterator[Blow | Keep]:
    """Words in place of a month, or a month that no year has."""
    choices = target.spelled["unreadable"]
    return _respell(target, target.pick(target.public()), lambda _: target.one_of(choices))


@cell_defect("date-blank")
def date_blank(target: Target) -> Iterator[Blow | Keep]:
    """No month in a public row."""
    return _respell(target, target.pick(target.public()), lambda _: "")


@cell_defect("date-of-private")
def date_of_private(target: Target) -> Iterator[Blow | Keep]:
    """A month in a private row; a restricted one may have one for its public version."""
    months = sorted(set(target.table.loc[target.public(), "date"]))
    private = (target.table["access"] == "Privado").to_numpy()
    return _respell(target, target.pick(private), lambda _: target.one_of(months))
