"""Step 07, review: what is opened and what is not, why, and who answers for it.

Without an approved review step 08 does not publish.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import pandas as pd
from pydantic import Field

from kit.findings import Findings, KitError, Level, Place, advice, error, warning
from kit.models import Model
from kit.portfolio import Portfolio
from kit.steps import privacy
from kit.steps.base import StepModel
from kit.steps.quality import rubric

Decision = Literal["keep", "drop", "generalise"]
_HOWS = ("month", "year", "band", "round", "suppress")


class Column(Model):
    """What happens to one column, and why."""

    name: str
    decision: Decision = "keep"
    how: str = ""  # of generalise: "month", "year", "band:100", "round:1000", "suppress"
    reason: str = ""
    identifier: str = ""  # the kind of personal data found in it, if any


class Checklist(Model):
    """The four boxes that ADELA showed before publishing (2015)."""

    personal_data: bool = False  # the data break no rule on personal data
    open_characteristics: bool = False  # they have the characteristics of open data
    transparency_office: bool = False  # validated with the transparency liaison office
    open_data_policy: bool = False  # they comply with the open data policy


class Review(StepModel):
    """The decision on opening one dataset."""

    step: ClassVar[str] = "07"
    file: ClassVar[str] = "review.yaml"

    title: str = ""
    opens: list[str] = Field(default_factory=list)  # files, relative to the portfolio
    columns: list[Column] = Field(default_factory=list)
    classification: Literal["Público", "Restringido", "Privado"] = "Público"
    reason: Literal["No aplica", "Contiene Datos Personales", "Confidencial/ Reservado/ Seguridad Nacional"] = (
        "No aplica"
    )
    act: str = ""  # number of the committee's act, where there is a reason
    quasi: list[str] = Field(default_factory=list)
    k: int = Field(default=privacy.K, ge=3)
    smallest_group: int | None = None
    checklist: Checklist = Field(default_factory=Checklist)
    approved_by: str = ""
    position: str = ""
    date: dt.date | None = None
    notes: str = ""

    @classmethod
    def start(
        cls,
        table: pd.DataFrame,
        title: str = "",
        opens: Sequence[str] = (),
        quasi: Sequence[str] = (),
        k: int = privacy.K,
    ) -> Self:
        """A review in which every column with personal data is proposed to be dropped and the rest to be kept."""
        kinds: dict[str, str] = {}
        for item in privacy.identifiers(table):
            kinds.setdefault(item.column, item.kind)
        names = [str(n) for n in table.columns if n != "geometry"]
        columns = [
            Column(name=n, decision="drop", identifier=kinds[n]) if n in kinds else Column(name=n) for n in names
        ]
        review = cls(title=title, opens=list(opens), columns=columns, quasi=list(quasi), k=k)
        review.measure(table)
        return review

    def column(self, name: str) -> Column:
        """The decision on one column.

        Raises:
            KitError: ``review.unknown-column`` if it is not in the review.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KitError(
            error("review.unknown-column", Place(self.file), name=name, known=[c.name for c in self.columns])
        )

    def decide(self, name: str, decision: Decision, reason: str = "", how: str = "") -> Self:
        """Decide on one column; the reason is what a citizen who asks will be told."""
        column = self.column(name)
        column.decision, column.reason, column.how = decision, reason, how
        return self

    def approve(self, by: str, position: str = "", date: dt.date | str | None = None, **boxes: bool) -> Self:
        """Sign the review, naming each box of the checklist that is true (``personal_data=True``)."""
        self.checklist = Checklist(**{**self.checklist.model_dump(), **boxes})
        self.approved_by, self.position = by, position
        self.date = dt.date.fromisoformat(date) if isinstance(date, str) else date or dt.date.today()
        return self

    @property
    def approved(self) -> bool:
        """Whether step 08 may publish: signed, dated, all boxes ticked, and no error left."""
        return bool(self.approved_by and self.date) and not self.check().at_level(Level.ERROR)

    def check(self) -> Findings:
        """What keeps the review from being approved, what somebody should look at, and what no review can see."""
        findings = Findings()
        place = Place(self.file)
        open_boxes = [name for name, ticked in self.checklist.model_dump().items() if not ticked]
        if open_boxes:
            findings.add(error("review.boxes-open", place, n=len(open_boxes), boxes=open_boxes))
        if not self.approved_by or self.date is None:
            findings.add(error("review.not-signed", place))
        for column in self.columns:
            findings.extend(self._check_column(column))
        if self.classification == "Privado":
            findings.add(error("review.private", place, reason=self.reason))
        if self.classification != "Público" and self.reason == "No aplica":
            findings.add(error("review.no-ground", place, classification=self.classification))
        if self.reason.startswith("Confidencial") and not self.act:
            findings.add(warning("review.no-act", place))
        if self.smallest_group is not None and self.smallest_group < self.k:
            findings.add(error("review.small-groups", place, quasi=self.quasi, smallest=self.smallest_group, k=self.k))
        if not self.quasi:
            findings.add(advice("review.no-quasi", place))
        findings.add(advice("privacy.cannot-see", place))
        return findings

    def _check_column(self, column: Column) -> Findings:
        findings = Findings()
        place = Place(self.file, column=column.name)
        if column.identifier and column.decision == "keep" and not column.reason:
            findings.add(
                error("review.identifier-kept", place, column=column.name, kind=privacy.label(column.identifier))
            )
        elif column.decision != "keep" and not column.reason:
            findings.add(warning("review.no-reason", place, column=column.name))
        if column.decision == "generalise" and column.how.split(":")[0] not in _HOWS:
            findings.add(error("review.unknown-how", place, how=column.how or "-", known=list(_HOWS)))
        return findings

    def measure(self, table: pd.DataFrame) -> Self:
        """Note the smallest group that the quasi-identifiers make in what would be opened of ``table``."""
        quasi = [n for n in self.quasi if self.column(n).decision != "drop"]
        self.smallest_group = None
        if quasi:
            opened = self._changed(table)
            whole = opened.dropna(subset=quasi, how="all")  # a suppressed row describes nobody
            self.smallest_group = privacy.k_anonymity(whole, quasi, self.k).smallest if len(whole) else None
        return self

    def findings(self, table: pd.DataFrame, file: str | None = None) -> Findings:
        """Privacy and quality of what would be opened of ``table``, beside what `check` says."""
        opened = self.apply(table)
        quasi = [n for n in self.quasi if n in opened.columns]
        seen = privacy.findings(opened, quasi, self.k, file=file)
        return self.check() + [f for f in seen if f.code != "privacy.cannot-see"] + rubric(opened, file=file)

    def apply(self, table: pd.DataFrame) -> pd.DataFrame:
        """What is opened of ``table``: without the dropped columns, the generalised ones made coarser.

        Raises:
            KitError: ``review.not-reviewed`` if the table has a column on which nobody decided.
        """
        known = {column.name for column in self.columns} | {"geometry"}
        if strangers := [str(n) for n in table.columns if n not in known]:
            raise KitError(error("review.not-reviewed", Place(self.file), columns=strangers))
        return self._changed(table)

    def _changed(self, table: pd.DataFrame) -> pd.DataFrame:
        gone = [c.name for c in self.columns if c.decision == "drop" and c.name in table.columns]
        result = privacy.drop(table, gone)
        for column in self.columns:
            if column.decision == "generalise" and column.name in result.columns:
                result = _generalised(result, column)
        hidden = [c.name for c in self.columns if c.decision == "generalise" and c.how == "suppress"]
        quasi = [n for n in self.quasi if n in result.columns]
        return privacy.suppress(result, quasi, self.k) if set(hidden) & set(quasi) else result

    @classmethod
    def required(cls, portfolio: Portfolio) -> Self:
        """The approved review of the portfolio.

        Raises:
            KitError: if step 07 is not done, or its review is not approved.
        """
        review = cls.from_portfolio(portfolio)
        if not review.approved:
            raise KitError(error("review.not-approved", Place(cls.file)), *review.check().errors)
        return review


def _generalised(table: pd.DataFrame, column: Column) -> pd.DataFrame:
    how, _, size = column.how.partition(":")
    if how == "month":
        return privacy.to_month(table, column.name)
    if how == "year":
        return privacy.to_year(table, column.name)
    if how == "band":
        return privacy.to_bands(table, column.name, float(size))
    if how == "round":
        return privacy.round_to(table, column.name, float(size))
    return table
