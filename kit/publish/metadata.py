"""Rules on a dataset's metadata: what the portal refuses, and what costs quality (Guide 2015, step 2.3; ADELA)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import pandas as pd

from kit.findings import Finding, Findings, Place, advice, error, warning
from kit.publish.model import FREQUENCIES, THEMES, Catalog, Dataset, slug

_KEYWORD = re.compile(r"[\w .\-]+")  # ADELA: letters, digits, spaces, point, hyphen and underscore
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOMENT = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_PERIOD = re.compile(f"{_MOMENT}(/{_MOMENT})?")
_INDISPENSABLE = ("title", "description")
_WANTED = ("keyword", "theme", "contact_point", "mbox", "license", "accrual_periodicity")


def check_catalog(catalog: Catalog) -> Findings:
    """What is wrong between datasets and with the catalogue itself."""
    findings = Findings()
    place = Place("catalog")
    if catalog.base_url and not re.match(r"https?://[A-Za-z0-9.-]+\.[a-z]{2,}(/|$)", catalog.base_url):
        findings.add(error("publish.base-url", place, url=catalog.base_url))
    elif not catalog.base_url:
        findings.add(advice("publish.local-only", place))
    for field in ("identifier", "title"):
        names = pd.Series([dataset.folder if field == "identifier" else dataset.title for dataset in catalog.datasets])
        repeated = sorted(names[names.duplicated()].unique())
        if repeated:
            findings.add(error("publish.repeated", place, field=field, values=repeated))
    return findings


def check_dataset(dataset: Dataset, now: dt.datetime) -> Findings:
    """What the portal would refuse (errors) and what lowers the dataset's quality (warnings)."""
    findings = Findings(_missing(dataset))
    findings.extend(_names(dataset))
    findings.extend(_words(dataset))
    findings.extend(_dates(dataset, now))
    return findings


def check_columns(dataset: Dataset, columns: Iterable[str], repeated_keys: int) -> Findings:
    """The data dictionary against the columns that are published."""
    findings = Findings()
    place = Place(dataset.folder)
    there, explained = list(columns), {column.name: column for column in dataset.columns}
    unexplained = [name for name in there if name not in explained or not explained[name].description]
    if unexplained:
        findings.add(warning("publish.column-unexplained", place, columns=unexplained, n=len(unexplained)))
    absent = [name for name in explained if name not in there]
    if absent:
        findings.add(warning("publish.column-absent", place, columns=absent, n=len(absent)))
    if dataset.key and dataset.key not in there:
        findings.add(error("publish.no-key", place, key=dataset.key, known=there))
    elif repeated_keys:
        findings.add(warning("publish.key-repeated", Place(dataset.folder, column=dataset.key), n=repeated_keys))
    return findings


def check_values(dataset: Dataset, flat: pd.DataFrame) -> Findings:
    """The data against what the dictionary promises of them: the values allowed, and that there is one."""
    findings = Findings()
    for column in (one for one in dataset.columns if one.values or one.required):
        place, values = Place(dataset.folder, column=column.name), flat[column.name]
        present = values.dropna().astype(str)
        outside = present[~present.isin(column.values)] if column.values else present[:0]
        if len(outside):
            examples = sorted(outside.unique())
            findings.add(warning("publish.value-outside", place, n=len(outside), examples=examples))
        if column.required and len(present) < len(values):
            findings.add(warning("publish.value-blank", place, n=len(values) - len(present)))
    return findings


def _missing(dataset: Dataset) -> list[Finding]:
    """Fields without which there is no dataset, and fields without which it is not understood or found."""
    findings = [
        error("publish.missing", Place(dataset.folder or "-", item=field), field=field)
        for field in _INDISPENSABLE
        if not getattr(dataset, field)
    ]
    if not dataset.folder and dataset.title:  # a title without a single ASCII letter or digit
        findings.append(error("publish.missing", Place(dataset.title, item="identifier"), field="identifier"))
    wanted = [field for field in _WANTED if not getattr(dataset, field)]
    wanted += [] if dataset.publisher.name else ["publisher"]
    findings += [warning("publish.wanted", Place(dataset.folder, item=field), field=field) for field in wanted]
    return findings


def _names(dataset: Dataset) -> list[Finding]:
    findings: list[Finding] = []
    place = Place(dataset.folder, item="identifier")
    if dataset.identifier and dataset.identifier != slug(dataset.identifier):
        findings.append(warning("publish.identifier", place, given=dataset.identifier, used=dataset.folder))
    if re.search(r"(?:^|[-_ ])(?:19|20)\d{2}$", dataset.identifier or dataset.folder):
        findings.append(advice("publish.one-per-year", place, identifier=dataset.folder))
    return findings


def _words(dataset: Dataset) -> list[Finding]:
    findings: list[Finding] = []
    wrong = [word for word in dataset.keyword + dataset.keyword_en if not _KEYWORD.fullmatch(word)]
    if wrong:
        findings.append(error("publish.keyword-symbols", Place(dataset.folder, item="keyword"), words=wrong))
    if dataset.theme and dataset.theme not in THEMES:
        place = Place(dataset.folder, item="theme")
        findings.append(error("publish.unknown-theme", place, theme=dataset.theme, themes=", ".join(THEMES)))
    if dataset.accrual_periodicity and dataset.accrual_periodicity not in FREQUENCIES:
        place = Place(dataset.folder, item="accrual_periodicity")
        findings.append(
            warning("publish.frequency", place, given=dataset.accrual_periodicity, known=", ".join(FREQUENCIES))
        )
    if dataset.mbox and not _MAIL.fullmatch(dataset.mbox):
        findings.append(error("publish.mbox", Place(dataset.folder, item="mbox"), given=dataset.mbox))
    return findings


def _dates(dataset: Dataset, now: dt.datetime) -> list[Finding]:
    findings: list[Finding] = []
    if dataset.modified and dataset.modified > now:
        place = Place(dataset.folder, item="modified")
        findings.append(error("publish.future", place, given=dataset.modified.isoformat(), now=now.isoformat()))
    if dataset.modified and dataset.issued and dataset.issued > dataset.modified:
        findings.append(
            error(
                "publish.issued-later",
                Place(dataset.folder, item="issued"),
                issued=dataset.issued.isoformat(),
                modified=dataset.modified.isoformat(),
            )
        )
    if dataset.temporal:
        start, _, end = dataset.temporal.partition("/")
        if not _PERIOD.fullmatch(dataset.temporal) or (end and end < start):
            findings.append(error("publish.temporal", Place(dataset.folder, item="temporal"), given=dataset.temporal))
    return findings
