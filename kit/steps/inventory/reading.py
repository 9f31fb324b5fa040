"""Read an inventory as it comes: the official template, one whose columns were changed, or a catalogue of 2014-15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.safecells import bare_table
from kit.steps.inventory import catalogue
from kit.steps.inventory.template import ACCESS, COLUMNS, FACTS, HEADERS, KEYS, fold, header
from kit.steps.official import OF_NO_MATTER, as_text
from kit.tables import TableRead, read_table

_CATALOGUES = catalogue.FACTS
_OF_NO_MATTER = ("tables.keys-kept", *OF_NO_MATTER)
_ENOUGH = 3  # columns that must be recognised before a table is taken for an inventory
_TELLING = ("dataset", "resource")  # one of which must be among them
_ALIKE = 0.85  # of two headers, so that a missing letter is no missing column
_HEAD = 30  # rows in which a header is looked for


@dataclass(slots=True)
class Recognised:
    """An inventory as read: the official columns as text, the row of each in its file, and what reading found."""

    table: pd.DataFrame
    rows: np.ndarray
    findings: Findings
    file: str
    sheet: str | None = None


def read(path: str | Path) -> Recognised:
    """The inventory in a file of any kind that `kit.tables.read_table` reads.

    Raises:
        KitError: ``inventory.not-an-inventory`` if too few of its columns are an inventory's; ``tables.…`` if it
            cannot be read at all.
    """
    source = _most_like_an_inventory(Path(path))
    names = [str(name) for name in source.table.columns]
    place = Place(str(source.source["file"]), source.source["sheet"])
    layout = _layout(names)
    if layout is None:
        raise KitError(error("inventory.not-an-inventory", place, columns=names, expected=list(HEADERS)))
    cells = (source.table if source.source["sheet"] else bare_table(source.table)).apply(as_text)
    findings = Findings(finding for finding in source.findings if _matters(finding))
    rows = np.asarray(source.rows)
    findings.extend(_outer_blanks(source.table, rows, place))
    if layout == "official":
        table = _official(cells, place, findings)
    elif layout == "prefixed":
        table, rows = _from_prefixed(cells, rows, place, findings)
    else:
        table = _from_flat(cells, rows, place, findings)
    return Recognised(table, rows, findings, place.file or "", place.sheet)


def _matters(finding: Finding) -> bool:
    """Whether a finding of the reader concerns an inventory; the template's own second sheet is no surprise."""
    if finding.code == "tables.sheets":
        return bool(set(finding.params["others"]) - {FACTS["dictionary"]["sheet"]})
    if finding.code == "tables.line-ends":
        return finding.params["kind"] != "CRLF"  # as every CSV saved on Windows
    return finding.code not in _OF_NO_MATTER


def _outer_blanks(cells: pd.DataFrame, rows: np.ndarray, place: Place) -> Iterator[Finding]:
    """Blanks around a cell's words: taken away on reading, but told, because a comparison elsewhere trips over them."""
    for name in cells.columns:
        column = cells[name].astype("str").fillna("")
        mask = (column != column.str.strip()).to_numpy(dtype=bool)
        if mask.any():
            at = Place(place.file, place.sheet, _numbers(rows[mask]), str(name))
            yield advice("inventory.outer-blanks", at, n=int(mask.sum()))


def _layout(names: list[str]) -> str | None:
    """Which layout has these columns: "official", "prefixed" (ds:, rs:), "flat", or None.

    Without a name of a dataset or of a resource it is no inventory: lists of agreements or works have a responsible
    office, a description and a date too.
    """
    found = _assign(names)
    if len(found) >= _ENOUGH and not found.keys().isdisjoint(_TELLING):
        return "official"
    present = {fold(name) for name in names}
    for layout in ("prefixed", "flat"):
        marks = {fold(mark) for mark in _CATALOGUES[layout]["marks"]}
        if len(marks & present) >= min(_ENOUGH, len(marks)):
            return layout
    return None


def _fit(names: Iterable[object]) -> int:
    """How many columns of an inventory are among these; a catalogue has all that it needs."""
    words = [str(name) for name in names]
    layout = _layout(words)
    return 0 if layout is None else len(_assign(words)) if layout == "official" else len(COLUMNS)


def _most_like_an_inventory(path: Path) -> TableRead:
    """The file's table; if columns are missing, the one of another sheet or header's row that has more of them."""
    source = read_table(path, types=False)
    if _fit(source.table.columns) == len(COLUMNS):
        return source
    best = _with_header_found(path, source)
    for told in list(source.findings.of("tables.sheets")):
        for sheet in told.params["others"]:
            other = _of_sheet(path, sheet)
            if other is not None and _fit(other.table.columns) > _fit(best.table.columns):
                others = [name for name in (source.source["sheet"], *told.params["others"]) if name != sheet]
                place = Place(told.place.file, sheet)
                other.findings.add(replace(told, place=place, params={"n": len(others), "others": others}))
                best = other
    return best if _fit(best.table.columns) else _with_lost_headers(best)


def _of_sheet(path: Path, sheet: str) -> TableRead | None:
    try:
        return _with_header_found(path, read_table(path, types=False, sheet=sheet), sheet)
    except KitError:  # a sheet that holds no table
        return None


def _with_header_found(path: Path, source: TableRead, sheet: str | None = None) -> TableRead:
    """The table read once more from the row that holds an inventory's headers, if that gives more of its columns."""
    best, fit = None, _fit(source.table.columns)
    if fit == len(COLUMNS):
        return source
    bare = read_table(path, types=False, header=None, sheet=sheet)
    for line, row in zip(bare.table.head(_HEAD).itertuples(index=False), bare.rows[:_HEAD], strict=False):
        found = _fit(" ".join(cell.split()) for cell in line if isinstance(cell, str))
        if found > fit:
            best, fit = int(row), found
    return source if best is None else read_table(path, types=False, header=best, sheet=sheet)


def _with_lost_headers(source: TableRead) -> TableRead:
    """The official sheet without its headers, by position.

    They are formulas that point to the second sheet: a program that writes a workbook without calculating loses them.
    """
    sheet = source.source["sheet"]
    official = fold(str(sheet)) == fold(FACTS["sheet"]) and len(source.table.columns) == len(HEADERS)
    if not official or source.source["header_rows"]:
        return source
    findings = Findings(finding for finding in source.findings if finding.code != "tables.no-header")
    findings.add(warning("inventory.headers-lost", Place(str(source.source["file"]), sheet)))
    return replace(source, table=source.table.set_axis(list(HEADERS), axis=1), findings=findings)


def _assign(names: list[str]) -> dict[str, str]:
    """For each official column its column in the file: by header, then by alias, then by likeness."""
    free = {name: fold(name) for name in names}
    found: dict[str, str] = {}

    def take(key: str, wanted: set[str]) -> None:
        for name, words in free.items():
            if words in wanted:
                found[key] = name
                del free[name]
                return

    for column in COLUMNS:
        take(column.key, {fold(column.header)})
    for column in COLUMNS:
        if column.key not in found:
            take(column.key, {fold(alias) for alias in column.aliases})
    for column in COLUMNS:
        if column.key not in found:
            wanted = fold(column.header)
            take(
                column.key, {words for words in free.values() if SequenceMatcher(None, words, wanted).ratio() >= _ALIKE}
            )
    return found


def _official(cells: pd.DataFrame, place: Place, findings: Findings) -> pd.DataFrame:
    """The eight columns in their order; what was renamed, missing, added or moved is told."""
    names = [str(name) for name in cells.columns]
    found = _assign(names)
    renamed = [f"{found[c.key]} → {c.header}" for c in COLUMNS if c.key in found and found[c.key] != c.header]
    missing = [c.header for c in COLUMNS if c.key not in found]
    added = [name for name in names if name not in found.values()]
    order = [names.index(found[key]) for key in KEYS if key in found]
    if missing:
        findings.add(error("inventory.columns-missing", place, n=len(missing), names=missing))
    if renamed:
        findings.add(warning("inventory.columns-renamed", place, n=len(renamed), names=renamed))
    if added:
        findings.add(warning("inventory.columns-added", place, n=len(added), names=added))
    if order != sorted(order):
        findings.add(warning("inventory.columns-moved", place, names=[n for n in names if n in found.values()]))
    blank = pd.Series("", index=cells.index, dtype="str")
    return pd.DataFrame({c.header: cells[found[c.key]] if c.key in found else blank for c in COLUMNS})


def _column(cells: pd.DataFrame, name: str) -> pd.Series:
    """The column whose folded name is ``name``'s, or blanks."""
    wanted = fold(name)
    match = next((c for c in cells.columns if fold(str(c)) == wanted), None)
    return pd.Series("", index=cells.index, dtype="str") if match is None else cells[match]


def _first_filled(cells: pd.DataFrame, names: list[str]) -> pd.Series:
    """Of several columns the first that is filled, row by row."""
    result = pd.Series("", index=cells.index, dtype="str")
    for name in names:
        result = result.where(result != "", _column(cells, name))
    return result


def _from_flat(cells: pd.DataFrame, rows: np.ndarray, place: Place, findings: Findings) -> pd.DataFrame:
    """A catalogue with one row per file: dataset and resource have the same name."""
    facts = _CATALOGUES["flat"]
    table = _as_inventory(cells, facts, _column(cells, facts["dataset"]), _column(cells, facts["resource"]))
    findings.add(advice("inventory.imported", place, datasets=table[header("dataset")].nunique(), resources=len(table)))
    every = np.ones(len(cells), dtype=bool)
    findings.extend(_left_out(cells, facts, place))
    findings.extend(catalogue.check(catalogue.Catalogue(cells, rows, place, every, every)))
    return table


def _left_out(cells: pd.DataFrame, facts: dict[str, Any], place: Place) -> Iterator[Finding]:
    """Filled columns for which an inventory has no place: nothing is lost without a word."""
    taken = [facts["dataset"], facts["resource"], *(name for names in facts["to"].values() for name in names)]
    known = {fold(name) for name in taken}
    names = [str(c) for c in cells.columns if fold(str(c)) not in known and (cells[c] != "").any()]
    if names:
        yield advice("inventory.columns-left-out", place, n=len(names), names=names)


def _from_prefixed(
    cells: pd.DataFrame, rows: np.ndarray, place: Place, findings: Findings
) -> tuple[pd.DataFrame, np.ndarray]:
    """A catalogue of ds: and rs: columns: a row per dataset, then one per resource that repeats its identifier."""
    facts = _CATALOGUES["prefixed"]
    identifier, title = _column(cells, facts["identifier"]), _column(cells, facts["dataset"])
    resource = _column(cells, facts["resource"])
    heads = title != ""
    position = pd.Series(np.arange(len(cells)), index=cells.index)
    # The dataset of a row: the last one above it with the same identifier, or with none the last one above it.
    above = position.where(heads).groupby(identifier).ffill()
    above = above.where(identifier != "", position.where(heads).ffill())
    orphans = (above.isna() & (resource != "")).to_numpy()
    filled = _with_parent_cells(cells, above)
    table = _as_inventory(filled, facts, _column(filled, facts["dataset"]), resource)
    again = heads & identifier.ne("") & identifier.where(heads).duplicated(keep=False)
    if again.any():
        findings.add(
            error(
                "inventory.identifier-repeated",
                Place(place.file, place.sheet, _numbers(rows[again.to_numpy()]), facts["identifier"]),
                n=int(identifier[again].nunique()),
                names=sorted(identifier[again].unique()),
            )
        )
    if orphans.any():
        at = Place(place.file, place.sheet, _numbers(rows[orphans]), facts["identifier"])
        findings.add(error("inventory.orphan-resource", at, n=int(orphans.sum())))
    nameless = ((title == "") & (resource == "")).to_numpy()
    if nameless.any():
        at = Place(place.file, place.sheet, _numbers(rows[nameless]))
        findings.add(error("inventory.row-without-title", at, n=int(nameless.sum())))
    # A dataset's own row is no resource; it stays only if no resource follows it.
    has_resource = set(above[(resource != "") & above.notna()].astype(int))
    keep = ((resource != "") | (heads & ~position.isin(has_resource))).to_numpy()
    findings.add(advice("inventory.imported", place, datasets=int(heads.sum()), resources=int((resource != "").sum())))
    findings.extend(_left_out(cells, facts, place))
    both = (heads.to_numpy(), (resource != "").to_numpy())
    findings.extend(catalogue.check(catalogue.Catalogue(cells, rows, place, *both)))
    return table[keep].reset_index(drop=True), rows[keep]


def _with_parent_cells(cells: pd.DataFrame, above: pd.Series) -> pd.DataFrame:
    """The ds: cells that are blank in a resource's row, taken from its dataset's row."""
    known = above.notna().to_numpy()
    parents = above[known].astype(int).to_numpy()
    filled = cells.copy()
    for name in [c for c in cells.columns if fold(str(c)).startswith("ds ")]:
        values = filled[name].to_numpy(dtype="object").copy()
        inherited = cells[name].to_numpy(dtype="object")[parents]
        values[known] = np.where(values[known] == "", inherited, values[known])
        filled[name] = pd.Series(values, index=cells.index, dtype="str")
    return filled


def _as_inventory(cells: pd.DataFrame, facts: dict[str, Any], dataset: pd.Series, resource: pd.Series) -> pd.DataFrame:
    """The eight columns out of a catalogue's; what a catalogue does not say stays blank."""
    columns = {key: _first_filled(cells, names) for key, names in facts["to"].items()}
    columns |= {"dataset": dataset, "resource": resource}
    columns["access"] = columns["access"].where(columns["access"] != "", ACCESS["public"])
    # In a catalogue the comment also explains public data; only a restriction needs a reason.
    columns["reason"] = columns["reason"].where(~columns["access"].map(fold).eq("publico"), "")
    blank = pd.Series("", index=cells.index, dtype="str")
    return pd.DataFrame({header(key): columns.get(key, blank) for key in KEYS})


def _numbers(rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(row) for row in rows)
