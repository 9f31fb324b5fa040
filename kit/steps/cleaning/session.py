"""Step 05, cleaning: a participant sees what is wrong, decides, and can prove what was done.

The raw table is wrapped and never changed. Rules make proposals; nothing happens until one is accepted. The result is
always computed anew from the raw table and the accepted proposals, in the order of the rules, so that it does not
depend on the order in which a person decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, error
from kit.steps.cleaning import log as logs
from kit.steps.cleaning import rules  # noqa: F401 - registers them
from kit.steps.cleaning.profile import facet, profile
from kit.steps.cleaning.proposals import (
    MORE,
    RULES,
    Decided,
    Draft,
    Proposal,
    Proposals,
    narrowed,
    override,
    pairs_draft,
    propose,
    unknown,
)
from kit.steps.cleaning.proposals import proposal_id as id_of
from kit.steps.cleaning.sources import as_reference, kinds_of, opened
from kit.steps.cleaning.state import TEXT, State, as_text, guess_fields

# What a reader says and a rule says again, with a proposal or after cleaning.
_SAID_BY_RULES = {"layers.geometry-missing", "layers.crs-odd", "layers.axes-swapped", "layers.sign-lost"}
_ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True)
class Decision:
    """What a person decided on one proposal."""

    decision: Decided
    by: str = ""
    when: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    only_values: bool = False  # from a recipe: the pairs are the rule, whatever the rule would say today


@dataclass
class _Run:
    """What one pass of the rules over the table found and did."""

    state: State
    findings: list[Finding]
    proposals: list[Proposal]
    shown: dict[str, pd.Index]
    log: list[pd.DataFrame]


class Cleaning:
    """A table under cleaning. Make one with `Cleaning.start`."""

    def __init__(self, raw: State, source: Mapping[str, Any], findings: Findings, by: str = "") -> None:
        self.by = by
        self.source = dict(source)
        self.fit = Findings()  # how well a recipe fits this file; filled by `apply_recipe`
        self.progress: Callable[[int, int], None] | None = None  # told how many rules are done, and of how many
        self._raw = raw
        self._read = findings
        self._decisions: dict[str, Decision] = {}
        self._preview: _Run | None = None
        self._applied: _Run | None = None

    @classmethod
    def start(
        cls,
        source: Any,
        mapping: Any = None,
        reference: Any = None,
        *,
        by: str = "",
        file: str | None = None,
    ) -> Cleaning:
        """Begin to clean a file or what was read from one.

        Args:
            source: a path, what `kit.tables.read_table` or `kit.layers.read_layer` returned, or a table.
            mapping: what columns hold, where their names do not say it: column to kind ("key", "code", "category",
                "name", "number", "date", "text") or to a mapping such as ``{"kind": "number", "unit": "m2"}``; or a
                cadastre's mapping with ``key``, ``use``, ``value``, ``area``.
            reference: what is known from elsewhere: a layer or table with the same keys (measured areas, keys that
                belong together), or a mapping of column to the list of its official names.
            by: who decides, for the log.
            file: the name that findings give, if the source does not know it.

        Raises:
            KitError: if the file cannot be read, or the mapping names a column that does not exist.
        """
        found = opened(source, file)
        frame = as_text(found.table)
        state = State(
            frame=frame,
            rows=found.rows,
            file=found.file,
            fields=guess_fields(frame, kinds_of(mapping)),
            geometry=found.geometry,
            reference=as_reference(reference),
        )
        return cls(state, found.facts, found.findings, by)

    # -- looking -----------------------------------------------------------------------------------------------------

    @property
    def raw(self) -> pd.DataFrame:
        """The table as it came, every cell as text (a copy)."""
        return self._raw.frame.copy()

    @property
    def fields(self) -> dict[str, Any]:
        """What each column holds."""
        return dict(self._raw.fields)

    def profile(self, lang: str | None = None) -> pd.DataFrame:
        """Per column: kind, missing, distinct, range, examples; of the table as the accepted proposals leave it."""
        return profile(self._run_applied().state, lang)

    def facet(self, column: str) -> pd.Series:
        """How often each value stands in a column, as the accepted proposals leave it."""
        self._check_column(column)
        return facet(self._run_applied().state, column)

    @property
    def findings(self) -> Findings:
        """All that was found: by reading the file, by the rules, and against the recipe if there was one."""
        read = [f for f in self._read if f.code not in _SAID_BY_RULES]
        return Findings(read) + self.fit + self._run_preview().findings

    @property
    def remaining(self) -> Findings:
        """What is still wrong after the accepted proposals: to be asked of the office that made the data."""
        state = self._run_applied().state
        items = [item for rule in RULES.values() for item in rule.look(state)]
        return Findings(item if isinstance(item, Finding) else item.finding for item in items)

    @property
    def proposals(self) -> Proposals:
        """What the rules would change, with what was decided."""
        return Proposals(self._run_preview().proposals)

    # -- deciding ----------------------------------------------------------------------------------------------------

    def accept(self, *names: str, by: str | None = None) -> Cleaning:
        """Accept proposals by id, or all of a rule or a column by its name."""
        return self._decide("accepted", names, by)

    def refuse(self, *names: str, by: str | None = None) -> Cleaning:
        """Refuse proposals by id, or all of a rule or a column by its name: those cells stay as they are."""
        return self._decide("refused", names, by)

    def reconsider(self, *names: str) -> Cleaning:
        """Take a decision back."""
        for proposal in self._named(names):
            self._decisions.pop(proposal.id, None)
        return self._changed()

    def accept_all(self, certain: bool = True, by: str | None = None) -> Cleaning:
        """Accept every open proposal whose new value is certain; with ``certain=False`` the others as well."""
        ids = [p.id for p in self.proposals.open if p.certain or not certain]
        return self._decide("accepted", tuple(ids), by) if ids else self

    def change(self, proposal_id: str, values: Mapping[str, Any], by: str | None = None) -> Cleaning:
        """Accept a proposal with other values than its own: old value to the value that it should get.

        None makes the cell empty; the old value itself leaves it as it is.

        Raises:
            KitError: ``cleaning.unknown-value`` if an old value is not among the proposal's.
        """
        (proposal,) = self._named((proposal_id,))[:1]
        if lost := [v for v in values if v not in proposal.values]:
            known = list(proposal.values)
            raise KitError(error("cleaning.unknown-value", Place(item=proposal.id), values=lost, known=known))
        self._decide("accepted", (proposal.id,), by)
        self._decisions[proposal.id] = replace(self._decisions[proposal.id], values=dict(values))
        return self._changed()

    # -- the result --------------------------------------------------------------------------------------------------

    def texts(self) -> pd.DataFrame:
        """The clean table with every cell as the text that the CSV will hold."""
        return self._run_applied().state.frame.copy()

    def result(self) -> pd.DataFrame:
        """The clean table, typed: numbers and dates where every cell of the column is one; with geometry if it has."""
        state = self._run_applied().state
        typed = pd.DataFrame({n: _typed(state.frame[n], f.kind) for n, f in state.fields.items()})
        typed = typed.set_axis(state.frame.index, axis=0)
        if state.geometry is None:
            return typed
        return gpd.GeoDataFrame(typed, geometry=state.geometry, crs=state.geometry.crs)

    @property
    def log(self) -> pd.DataFrame:
        """One line per cell changed: row of the file, column, old, new, rule, who accepted, when."""
        parts = self._run_applied().log
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=logs.COLUMNS)

    @property
    def state(self) -> State:
        """The table as the accepted proposals leave it, with its rows, fields and geometry (a copy)."""
        return self._run_applied().state.copy()

    @property
    def decisions(self) -> dict[str, Decision]:
        """What was decided, by proposal."""
        return dict(self._decisions)

    def decide(self, decisions: Mapping[str, Decision]) -> Cleaning:
        """Take over decisions made elsewhere, by proposal, whether or not this file has such a proposal."""
        self._decisions.update(decisions)
        return self._changed()

    def recipe(self) -> dict[str, Any]:
        """What was decided, as plain data that `apply_recipe` runs on another file."""
        from kit.steps.cleaning.recipe import recipe_of

        return recipe_of(self)

    def save(self, portfolio: Any, layer: Any = None, name: str | None = None, key: str | None = None) -> list[Path]:
        """Leave the clean table, recipe and log in the portfolio; see `kit.steps.cleaning.saving.save`."""
        from kit.steps.cleaning.saving import save

        return save(self, portfolio, layer=layer, name=name, key=key)

    def __repr__(self) -> str:
        return self.summary()

    def summary(self, lang: str | None = None) -> str:
        """How many rows and columns, proposals, and cells changed so far."""
        shape = self._raw.frame.shape
        return messages.text(
            "cleaning.summary",
            lang=lang,
            file=self._raw.file or "-",
            rows=shape[0],
            columns=shape[1],
            proposals=len(self.proposals),
            open=len(self.proposals.open),
            cells=len(self.log),
        )

    # -- inside ------------------------------------------------------------------------------------------------------

    def _decide(self, decision: Decided, names: tuple[str, ...], by: str | None) -> Cleaning:
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        for proposal in self._named(names):
            self._decisions[proposal.id] = Decision(decision, self.by if by is None else by, when)
        return self._changed()

    def _changed(self) -> Cleaning:
        self._preview = self._applied = None
        return self

    def _named(self, names: tuple[str, ...]) -> list[Proposal]:
        found: list[Proposal] = []
        for name in names:
            chosen = self.proposals.of(name)
            if not chosen:
                raise KitError(unknown(name, self.proposals))
            found.extend(chosen)
        return found

    def _check_column(self, column: str) -> None:
        if column not in self._raw.fields:
            raise KitError(error("cleaning.unknown-column", Place(), columns=[column], known=list(self._raw.fields)))

    def _run_preview(self) -> _Run:
        """All proposals, each on the table as those before it would leave it, but for the refused ones."""
        if self._preview is None:
            self._preview = self._pass({"open", "accepted"}, shown=None)
        return self._preview

    def _run_applied(self) -> _Run:
        """The accepted proposals only.

        None goes beyond what was shown: if an earlier proposal was not accepted, a rule may find other cells, but it
        changes only those that its proposal named.
        """
        if self._applied is None:
            self._applied = self._pass({"accepted"}, shown=self._run_preview().shown)
        return self._applied

    def _pass(self, wanted: set[str], shown: dict[str, pd.Index] | None) -> _Run:
        run = _Run(self._raw.copy(), [], [], {}, [])
        for done, (name, rule) in enumerate(RULES.items()):
            if self.progress:
                self.progress(done, len(RULES))
            if rule.check and shown is not None:
                continue
            for item in self._looked(name, run.state) if shown is None else self._accepted(name, run.state):
                if isinstance(item, Finding):
                    run.findings.append(item)
                    continue
                key = id_of(name, item.column, item.more)
                decision = self._decisions.get(key, Decision("open"))
                draft = item if shown is None else _within(item, shown.get(key, pd.Index([])))
                announced = len(draft.new) > 0
                draft = override(draft, run.state, decision.values)
                if announced:
                    run.shown[key] = draft.new.index
                    run.findings.append(draft.finding)
                    run.proposals.append(propose(name, draft, run.state, decision.decision))
                if decision.decision in wanted:
                    _apply(run, name, draft, decision)
        return run

    def _looked(self, name: str, state: State) -> Iterator[Draft | Finding]:
        """What a rule says; where a recipe fixed the pairs, those, and what they do not cover as a new proposal."""
        fixed = {k: d for k, d in self._decisions.items() if d.only_values and k.split(":", 1)[0] == name}
        for key, decision in fixed.items():
            if (column := key.split(":", 1)[1]) in state.frame:
                yield pairs_draft(column, decision.values, state, key)
        for item in RULES[name].look(state):
            if isinstance(item, Draft) and id_of(name, item.column) in fixed:
                pairs = fixed[id_of(name, item.column)].values
                rest = item.new[~state.frame.loc[item.new.index, item.column].isin(list(pairs))]
                if len(rest):
                    yield narrowed(item, rest, state)
            else:
                yield item

    def _accepted(self, name: str, state: State) -> Iterator[Draft | Finding]:
        """What a rule says when it is to be applied: where pairs of values were shown, exactly those pairs."""
        if not RULES[name].by_value:
            yield from self._looked(name, state)
            return
        for proposal in self.proposals:
            if proposal.rule == name and proposal.column:
                more = MORE if proposal.id.endswith(MORE) else ""
                yield pairs_draft(proposal.column, proposal.values, state, proposal.id, more)


def _apply(run: _Run, name: str, draft: Draft, decision: Decision) -> None:
    if not len(draft.new):
        return
    run.log.append(logs.lines(name, draft, run.state, decision.by, decision.when))
    if draft.target == "row":
        logs.drop(run.state, draft.new.index)
    elif draft.target == "geometry":
        assert run.state.geometry is not None  # noqa: S101 - such a draft was made from it
        run.state.geometry.loc[draft.new.index] = draft.new
    else:
        run.state.frame.loc[draft.new.index, draft.column] = draft.new.astype(TEXT)


def _within(draft: Draft, index: pd.Index) -> Draft:
    return replace(draft, new=draft.new[draft.new.index.isin(index)])


def _typed(cells: pd.Series, kind: str) -> pd.Series:
    """A column as numbers or dates if every cell in it is one, else as it is."""
    values = cells.dropna()
    if kind == "number" and len(values):
        numbers = pd.to_numeric(cells, errors="coerce")
        if numbers[values.index].notna().all():
            whole = values.str.fullmatch(r"-?[0-9]{1,18}").all()
            return numbers.astype("Int64") if whole else numbers.astype("float64")
    if kind == "date" and len(values) and values.str.fullmatch(_ISO_DAY).all():
        dates = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
        if dates[values.index].notna().all():
            return dates
    return cells
