"""Rules of wording, all ours: names, descriptions, offices and platforms as the miniguia asks for them.

They look for what real inventories hold (a file's name for a dataset's, "s/d" for an office, a person for a post) and
are written to be silent where there is doubt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from kit.findings import Finding, advice, warning
from kit.steps.inventory.columns import EXAMPLES, Columns, Mask
from kit.steps.inventory.names import similar
from kit.steps.inventory.template import FACTS, MANDATORY, NAMING, fold, header
from kit.tables.mojibake import repair_text

_FACTS = json.loads((Path(__file__).parent / "wording.json").read_text(encoding="utf-8"))
_SETS = {name: frozenset(words) for name, words in _FACTS.items() if isinstance(words, list)}
_NAMES = NAMING[:2]
_BROKEN = "[ÃÂ√¬├┬\ufffd]"  # what a wrong encoding leaves behind; RE2 finds it fast
_ENDING = re.compile(rf"\.(?:{'|'.join(_FACTS['endings'])})$|[^\s_]_+\s?[^\s_]", re.IGNORECASE)
_NOTE = re.compile(_FACTS["note_pattern"], re.IGNORECASE)
_ITEM = re.compile(r"(?:^|\n|\s)(?:[•·●▪◦*\-–]|\d{1,2}[.)\-]|[a-h]\))\s*(?=[^\W\d_])")
_LIST_HINT = r"[;\n•·●▪◦]|(?:^|\s)(?:[*\-–]|\d{1,2}[.)\-]|[a-h]\))\s*\pL"
_PERSONAL, _DENIAL = (re.compile(_FACTS[name]) for name in ("personal_pattern", "denial_pattern"))
_FILLERS = _SETS["fillers"] | {""}  # "" is what is left of "-" and "..."
_LONGEST_FILLER = max(map(len, _FILLERS)) + 4
_PERSONAL_HINT = "(?i)" + _FACTS["personal_hint"]
_TOTALS = tuple(_FACTS["total_words"])
_FEWEST_LETTERS = 12  # in capitals before they are shouting and not an acronym
_LONGEST_ACRONYM = 8


def _among(c: Columns, key: str, hint: str, holds: Callable[[str], bool]) -> Mask:
    """Where a cell that matches ``hint`` (RE2, fast) also answers a question with yes."""
    found = c.matching(key, hint)
    at = np.flatnonzero(found)
    answers = {value: holds(value) for value in c[key].iloc[at].unique()}
    found[at] = [answers[value] for value in c[key].iloc[at]]
    return found


# -- rows that are no resource ----------------------------------------------------------------------------------------


def example_rows(c: Columns) -> Mask:
    """The rows that the template ships as examples, changed or not."""
    found = untouched_examples(c)
    for dataset, resource in FACTS["example_names"]:
        found |= ((c["dataset"] == dataset) & (c["resource"] == resource)).to_numpy()
    return found


def untouched_examples(c: Columns) -> Mask:
    """Examples whose office still begins with "ej1.": nobody took them for rows of their own."""
    return c.matching("responsible", FACTS["example_pattern"])


def total_rows(c: Columns) -> Mask:
    """Rows of totals and notes: the first filled cell says so, and at most two others are filled."""
    cells = pd.DataFrame({key: c[key] for key in FACTS["total_columns"]})
    filled = (c.table != "").sum(axis=1).to_numpy()
    found = np.zeros(len(c), dtype=bool)
    for at in np.flatnonzero(filled <= 3):
        first = next((str(cell) for cell in cells.iloc[at] if cell), "")
        found[at] = fold(first).startswith(_TOTALS) or bool(_NOTE.match(first))
    return found


# -- every column -----------------------------------------------------------------------------------------------------


def fillers(c: Columns) -> Iterator[Finding]:
    """A mandatory cell says something: "s/d" and "-" are blanks in disguise."""
    for key in MANDATORY:
        if key == "access":
            continue
        found = c.where(key, lambda text: 0 < len(text) <= _LONGEST_FILLER and fold(text) in _FILLERS)
        if found.any():
            yield warning(
                "inventory.filler",
                c.at(found, key),
                n=int(found.sum()),
                column=header(key),
                values=c.examples(found, key),
            )


def broken_letters(c: Columns) -> Iterator[Finding]:
    """Letters broken by a wrong encoding in some cells; a whole file of them is mended when it is read."""
    for key in ("responsible", *NAMING, "access", "reason", "platform"):
        found = _among(c, key, _BROKEN, lambda text: "\ufffd" in text or repair_text(text) != text)
        if found.any():
            yield warning(
                "inventory.broken-letters",
                c.at(found, key),
                n=int(found.sum()),
                values=c.examples(found, key),
            )


def repaired(values: pd.Series) -> pd.Series:
    """Cells with broken letters turned back; "" for the others and for what is beyond mending."""
    hinted = values.str.contains(_BROKEN, regex=True)
    known = {text: repair_text(text) for text in values[hinted].unique()}
    changed = {text: new for text, new in known.items() if new != text and "\ufffd" not in new}
    return values.map(lambda text: changed.get(text, "")).astype("str")


def capitals(c: Columns) -> Iterator[Finding]:
    """Names and descriptions all in capitals are hard to read and hide accents."""
    for key in NAMING:
        found = c.where(key, _all_capitals)
        if found.any():
            yield advice(
                "inventory.capitals",
                c.at(found, key),
                n=int(found.sum()),
                column=header(key),
                values=c.examples(found, key),
            )


def _all_capitals(text: str) -> bool:
    return text.isupper() and " " in text and sum(sign.isalpha() for sign in text) >= _FEWEST_LETTERS


# -- names and descriptions -------------------------------------------------------------------------------------------


def file_names(c: Columns) -> Iterator[Finding]:
    """A dataset and a resource have a title, not the name of a file."""
    for key in _NAMES:
        found = c.where(key, _ENDING.search)
        if key == "resource":  # a catalogue of one row per file has the same name twice
            found = found & (c["resource"] != c["dataset"]).to_numpy()
        if found.any():
            yield advice("inventory.file-name", c.at(found, key), n=int(found.sum()), values=c.examples(found, key))


def long_names(c: Columns) -> Iterator[Finding]:
    """A title fits a line; a portal cuts a longer one."""
    for key in _NAMES:
        most = _FACTS["longest"][key]
        found = (c[key].str.len() > most).to_numpy()
        if found.any():
            values = [f"{text[:60]}…" for text in c.examples(found, key)]
            yield advice(
                "inventory.name-long",
                c.at(found, key),
                n=int(found.sum()),
                column=header(key),
                most=most,
                values=values,
            )


def several_in_cell(c: Columns) -> Iterator[Finding]:
    """One resource a row: a list in a cell is several."""
    found = _among(c, "resource", _LIST_HINT, _is_list)
    if found.any():
        yield warning(
            "inventory.several-in-cell",
            c.at(found, "resource"),
            n=int(found.sum()),
            values=[" / ".join(text.split("\n")) for text in c.examples(found, "resource")],
        )


def _is_list(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    parts = [part for part in text.split(";") if fold(part)]
    return len(lines) > 2 or len(parts) > 2 or len(_ITEM.findall(text)) > 1


def repeated_descriptions(c: Columns) -> Iterator[Finding]:
    """A description says more than the name does."""
    description = c.folded("description")
    same = (description == c.folded("resource")) | (description == c.folded_names.reset_index(drop=True))
    found = (same & (description != "")).to_numpy()
    if found.any():
        yield advice(
            "inventory.description-repeats",
            c.at(found, "description"),
            n=int(found.sum()),
            values=c.examples(found, "description"),
        )


def similar_resources(c: Columns) -> Iterator[Finding]:
    """Two resources of one dataset whose names differ by a slip are probably one."""
    dataset = pd.Series(pd.factorize(c.folded_names)[0])
    shared = dataset.duplicated(keep=False) & (c["resource"] != "").reset_index(drop=True)
    if not shared.any():
        return
    # The dataset's number goes in front as a figure, and figures must agree.
    names = dataset[shared].astype(str) + "x " + c.folded("resource")[shared]
    groups = similar(names)
    if groups:
        where = names.groupby(names, sort=False).indices
        positions = np.flatnonzero(shared.to_numpy())
        for group in groups:
            at = positions[np.sort(np.concatenate([where[name] for name in group]))]
            values = list(c["resource"].iloc[at].unique()[:EXAMPLES])
            yield advice("inventory.similar-resources", c.at_positions(at, "resource"), names=values)


def personal_data(c: Columns) -> Iterator[Finding]:
    """A public row that speaks of what identifies a person must be looked at first (domain facts 6)."""
    found = np.zeros(len(c), dtype=bool)
    for key in ("resource", "description"):
        found |= ~c.private & _among(c, key, _PERSONAL_HINT, _speaks_of_persons)
    if found.any():
        values = c.examples(found, "resource")
        yield warning("inventory.personal-data", c.at(found, "access"), n=int(found.sum()), values=values)


def _speaks_of_persons(text: str) -> bool:
    return any(
        _PERSONAL.search(words) and not _DENIAL.search(words) for words in map(fold_clause, re.split(r"[.;\n]", text))
    )


def fold_clause(text: str) -> str:
    """A clause ready to be searched, its commas kept."""
    return ", ".join(fold(part) for part in text.split(","))


# -- offices and platforms --------------------------------------------------------------------------------------------


def persons(c: Columns) -> Iterator[Finding]:
    """Column A holds a post or an area: people change."""
    found = c.where("responsible", _is_person)
    if found.any():
        yield advice(
            "inventory.responsible-person",
            c.at(found, "responsible"),
            n=int(found.sum()),
            values=c.examples(found, "responsible"),
        )


def _is_person(text: str) -> bool:
    words = fold(text).split()
    if len(words) < 2 or set(words) & _SETS["office_words"] or any(sign.isdigit() for sign in text):
        return False
    titled = bool(re.match(r"\s*[^\W\d_]{1,6}\.", text)) and words[0] in _SETS["titles"]
    capital = all(word[0].isupper() for word in text.split() if len(word) > 3)
    return capital and (titled or (words[0] in _SETS["first_names"] and 2 <= len(words) <= 6))


def similar_offices(c: Columns) -> Iterator[Finding]:
    """One office is written in one way."""
    where = c["responsible"].groupby(c["responsible"], sort=False).indices
    for group in similar(str(name) for name in where if name):
        at = np.sort(np.concatenate([where[name] for name in group]))
        yield advice("inventory.similar-offices", c.at_positions(at, "responsible"), names=group)


def platforms(c: Columns) -> Iterator[Finding]:
    """Column G holds the kind of store that the data are in today, not the format to come nor a system's own name."""
    target = c.where("platform", _is_target)
    if target.any():
        yield advice(
            "inventory.platform-format",
            c.at(target, "platform"),
            n=int(target.sum()),
            values=c.examples(target, "platform"),
        )
    named = c.where("platform", _is_system) & ~target
    if named.any():
        yield advice(
            "inventory.platform-name",
            c.at(named, "platform"),
            n=int(named.sum()),
            values=c.examples(named, "platform"),
        )


def _is_target(text: str) -> bool:
    parts = [fold(part) for part in re.split(r"[,;/]|\s[yeo]\s", text)]
    return bool(re.match(r"https?://|www\.", text)) or (
        bool(fold(text)) and all(part in _SETS["target_formats"] for part in parts if part)
    )


def _is_system(text: str) -> bool:
    """An acronym that is no known technology, or "Sistema" and a name of its own."""
    words = fold(text).split()
    if not words or set(words) & _SETS["technologies"] or fold(text) in _SETS["fillers"]:
        return False
    if len(words) == 1:
        return text.isupper() and text.isalpha() and 3 <= len(text) <= _LONGEST_ACRONYM
    named = [word for word in text.split()[1:] if word[0].isupper()]
    return words[0] in {"sistema", "plataforma", "programa", "software"} and len(named) > 1


RULES: tuple[Callable[[Columns], Iterator[Finding]], ...] = (
    fillers,
    broken_letters,
    capitals,
    file_names,
    long_names,
    several_in_cell,
    repeated_descriptions,
    similar_resources,
    personal_data,
    persons,
    similar_offices,
    platforms,
)
