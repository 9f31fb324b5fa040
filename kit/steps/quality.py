"""Quality of what is to be published: the rubric of the Guide's step 2.1, and the score that datos.gob.mx gives."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kit.findings import Findings, Place, advice, warning
from kit.steps.cleaning import Cleaning

FACTS = json.loads(Path(__file__).with_name("quality.json").read_text(encoding="utf-8"))
LEVELS = ("none", "bronce", "plata", "oro")
_MANY_EMPTY = 0.5


def rubric(source: Any, dictionary: Collection[str] | None = None, file: str | None = None) -> Findings:
    """The rules of the Guide's step 2.1 (2015) on a file or table that is to be published.

    Types, dates, symbols, totals, duplicates and keys are judged by the rules of cleaning, so that what step 05 mended
    is what step 07 no longer finds; names, encoding and documentation are judged here.

    Args:
        source: as in `Cleaning.start`: the clean file, or a table.
        dictionary: the columns that the data dictionary explains; None if there is no dictionary yet.
        file: the name that findings give, if the source does not know it.
    """
    cleaning = Cleaning.start(source, file=file)
    name = cleaning.state.file or file
    findings = Findings(cleaning.findings)
    if isinstance(source, (str, Path)):
        findings.extend(_file_rules(Path(source)))
    findings.extend(_column_rules(cleaning.raw, dictionary, name))
    return findings


def _file_rules(path: Path) -> Findings:
    findings = Findings()
    if not re.fullmatch(r"[A-Za-z0-9._-]+", path.name):
        findings.add(warning("review.file-name", Place(path.name), name=path.name))
    if path.suffix.lower() in {".csv", ".txt", ".tsv", ".json", ".geojson"} and not _is_utf8(path):
        findings.add(warning("review.encoding", Place(path.name), file=path.name))
    return findings


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _column_rules(table: pd.DataFrame, dictionary: Collection[str] | None, file: str | None) -> Findings:
    findings = Findings()
    names = [str(name) for name in table.columns]
    unclear = [n for n in names if re.fullmatch(r"(?:column|columna|field|campo|unnamed)[_: ]*\d*|\d+|", n.lower())]
    if unclear:
        findings.add(warning("review.column-unnamed", Place(file), columns=unclear))
    missing = [n for n in names if n not in (dictionary or ())]
    if missing and dictionary is None:
        findings.add(advice("review.no-dictionary", Place(file), n=len(names)))
    elif missing:
        findings.add(warning("review.undocumented", Place(file), columns=missing))
    empty = [n for n in names if len(table) and table[n].isna().mean() > _MANY_EMPTY]
    if empty:
        findings.add(advice("review.column-empty", Place(file), columns=empty))
    blank = table.index[table.isna().all(axis=1)]
    if len(blank):
        findings.add(warning("review.rows-empty", Place(file, rows=tuple(int(i) + 2 for i in blank)), n=len(blank)))
    return findings


@dataclass(frozen=True)
class Score:
    """The score of one resource, and what keeps it from the next level."""

    level: str  # one of `LEVELS`
    missing: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()


def recommendations(findings: Iterable[Any]) -> tuple[str, ...]:
    """The portal's recommendation codes (c41, m33, …) that the findings amount to, each once."""
    codes = {finding.code for finding in findings}
    return tuple(name for name, ours in FACTS["recommendations"].items() if codes & set(ours))


def score(metadata: Mapping[str, Any], found: Collection[str] = (), link_works: bool = True) -> Score:
    """The score of a resource as datos.gob.mx computes it: none, bronce, plata or oro.

    Args:
        metadata: issued, title, description, keyword, theme, publisher, mbox of the dataset.
        found: the recommendations that are left, as `recommendations` gives them.
        link_works: whether the file can be had at its address.
    """
    empty = [name for name in FACTS["required"] if not metadata.get(name)]
    if empty or not link_works:
        return Score("none", tuple(empty), tuple(found))
    empty = [name for name in FACTS["publisher"] if not metadata.get(name)]
    if empty:
        return Score("bronce", tuple(empty), tuple(found))
    return Score("plata" if found else "oro", (), tuple(found))


def openness(formats: Iterable[str]) -> int:
    """Stars of openness, 1 to 5, as ADELA counts them: an XLS beside a CSV drags the dataset to 2."""
    given = {name.lower().lstrip(".") for name in formats}
    return next((stars for names, stars in FACTS["openness"] if given & set(names)), 1)
