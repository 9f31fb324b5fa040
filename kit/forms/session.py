"""What a form holds: plain data with undo, saved at once, and never at the cost of what somebody else wrote.

A session knows nothing of widgets. Every change makes the model anew, asks its step for findings, and saves. What does
not fit its field (a date half typed, letters where a number goes) is kept as typed, beside its finding and in a draft
in the portfolio, and does not reach the step's file.

States are never changed in place, so that undo is going back to an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.forms import paths
from kit.forms.drafts import Draft, Drafts
from kit.forms.keepers import Keeper
from kit.integrity import digest
from kit.portfolio import Burst, Portfolio, Version

Value = dict[str, Any]


@dataclass(slots=True)
class _Step:
    """One step of undo: the state before it, and whether more letters of the same field still belong to it."""

    before: Value
    path: str
    typing: bool


class Session:
    """The content of a form.

    Attributes:
        value: the plain data; treat it as read-only and change it through the methods.
        model: the step's model of all that fits.
        misfits: per path, the finding about what does not fit its field.
        findings: everything that the step finds, misfits included; ``place.field`` is a path in ``value``.
        notes: what happened to the file meanwhile: changed by somebody else, cannot be written.
        damaged: not empty if the file cannot be read; nothing is written until `restore` or `start_over`.
        place: the path of the field worked at last.
        start: what an untouched form holds. A form that holds no more than that is not kept in the portfolio.
    """

    def __init__(self, keeper: Keeper, portfolio: Portfolio) -> None:
        self.keeper = keeper
        self.portfolio = portfolio
        self.start: Value = keeper.blank()
        self.value: Value = self.start
        self.model: Any = None
        self.misfits: dict[str, Finding] = {}
        self.findings = Findings()
        self.notes = Findings()
        self.damaged = Findings()
        self.place = ""
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._burst = Burst()
        self._drafts = Drafts(portfolio, keeper.file)
        self._seen: str | None = None  # digest of the file as last read or written here
        self._unwritten = False  # drawings and pages lag behind, or the disk refused
        self._open()

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether the portfolio holds the step's file."""
        return self.portfolio.exists(self.keeper.file)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._undone)

    def get(self, path: str, default: Any = None) -> Any:
        """What lies at the path."""
        return paths.get(self.value, path, default)

    def versions(self) -> list[Version]:
        """Earlier versions of the file, newest first."""
        return self.portfolio.versions(self.keeper.file)

    # -- changing ----------------------------------------------------------------------------------------------------

    def set(self, path: str, value: Any, *, typing: bool = False) -> Findings:
        """Put a value into a field.

        Args:
            path: of the field.
            value: what was written; a text is read as the field's kind if it can be.
            typing: further letters of one field: they are one step of undo, and drawings wait for `settle`.

        Raises:
            KitError: ``forms.no-such-field``, for a mistake in a program.
        """
        return self.change([(path, value)], typing=typing)

    def change(self, edits: Iterable[tuple[str, Any]], *, typing: bool = False) -> Findings:
        """Put values into several fields as one step of undo; see `set`."""
        coerced = [(path, self.keeper.coerce(path, value)) for path, value in edits]

        def apply(state: Value) -> Value:
            for path, value in coerced:
                if paths.get(state, path) != value:
                    state = paths.put(state, path, value)
            return state

        return self._do([path for path, _ in coerced], apply, typing=typing)

    def add(self, path: str, item: Any = None, at: int | None = None) -> Findings:
        """Add an entry to the list at the path; at the end, unless told where."""
        entry = self.keeper.coerce(path, "" if item is None else item)

        def apply(state: Value) -> Value:
            items = list(paths.get(state, path) or [])
            items.insert(len(items) if at is None else at, entry)
            return paths.put(state, path, items)

        return self._do([path], apply)

    def remove(self, path: str) -> Findings:
        """Take an entry out of its list, or empty a field."""
        holder, _, last = path.rpartition(".")
        if not last.isdigit():
            return self.set(path, None)

        def apply(state: Value) -> Value:
            items = list(paths.get(state, holder) or [])
            if int(last) < len(items):
                del items[int(last)]
            return paths.put(state, holder, items)

        return self._do([holder], apply)

    def move(self, path: str, to: int) -> Findings:
        """Move an entry to another position of its list."""
        holder, _, last = path.rpartition(".")

        def apply(state: Value) -> Value:
            items = list(paths.get(state, holder) or [])
            if int(last) < len(items):
                items.insert(max(0, min(to, len(items) - 1)), items.pop(int(last)))
            return paths.put(state, holder, items)

        return self._do([holder], apply)

    def replace(self, value: Value) -> Findings:
        """Put other content into the whole form, as one step of undo."""
        return self._do([], lambda _: value)

    def undo(self) -> Findings:
        """Take the last step back."""
        return self._back(self._done, self._undone)

    def redo(self) -> Findings:
        """Do again what was undone."""
        return self._back(self._undone, self._done)

    # -- keeping -----------------------------------------------------------------------------------------------------

    def settle(self) -> Findings:
        """End a burst of typing: the next letters are another step of undo, and drawings and pages are written."""
        if self._done:
            self._done[-1].typing = False
        if self._unwritten and not self.damaged:
            self._save(whole=True)
        return self.findings

    def look(self) -> bool:
        """Take over what somebody else wrote meanwhile (it can be undone); whether anybody did."""
        if not self._changed_outside():
            return False
        self._take_over()
        return True

    def stay_at(self, path: str) -> None:
        """Remember the field that is being worked at."""
        if path != self.place:
            self.place = path
            self._keep_draft()

    def restore(self, when: str) -> Findings:
        """Bring an earlier version of the file back, as one step of undo.

        Raises:
            KitError: if there is none such, or it cannot be read.
        """
        version = next((v for v in self.versions() if v.when == when), None)
        if version is None:
            known = [v.when for v in self.versions()] or ["-"]
            raise KitError(error("portfolio.no-version", Place(self.keeper.file), version=when, versions=known))
        value = self.keeper.load_file(version.stored)
        return self._begin_with(value) if self.damaged else self.replace(value)

    def start_over(self) -> Findings:
        """Leave a damaged file behind (it goes to ``history/``) and begin with an empty form."""
        return self._begin_with(self.keeper.blank())

    # -- inside ------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.damaged = Findings()
        if self.exists:
            self._seen = self._digest()
            try:
                self.value = self.keeper.load(self.portfolio)
            except KitError as problem:
                self.damaged = problem.findings
        draft = self._drafts.read()
        self.place = draft.place
        if not self.damaged:
            for path, typed in draft.misfits.items():
                if draft.of == self._seen or paths.get(self.value, path) in (None, ""):
                    self.value = self._with_typed(path, typed)
        self._refresh()

    def _with_typed(self, path: str, typed: Any) -> Value:
        """The state with a draft's text put back, unless the list that it belonged to has become shorter."""
        holder = paths.parent(path)
        gone = holder and any(part.isdigit() for part in holder.split(".")) and paths.get(self.value, holder) is None
        return self.value if gone else paths.put(self.value, path, typed)

    def _do(self, touched: list[str], change: Callable[[Value], Value], *, typing: bool = False) -> Findings:
        if self.damaged:
            return self.findings
        self.notes = Findings()
        if self._changed_outside():
            base = self.value
            self._take_over()
            clash = [path for path in touched if paths.get(base, path) != paths.get(self.value, path)]
            if clash or self.damaged or not touched:
                return self.findings
        before, after = self.value, change(self.value)
        if after == before:
            return self.findings
        path = touched[0] if len(touched) == 1 else ""
        last = self._done[-1] if self._done else None
        if not (typing and path and last and last.typing and last.path == path):
            self._done.append(_Step(before, path, typing))
        self._undone.clear()
        return self._become(after, whole=not typing)

    def _back(self, source: list[_Step], other: list[_Step]) -> Findings:
        if not source or self.damaged or self.look():
            return self.findings
        self.notes = Findings()
        step = source.pop()
        other.append(_Step(self.value, step.path, typing=False))
        self.place = step.path or self.place
        return self._become(step.before, whole=True)

    def _become(self, value: Value, *, whole: bool) -> Findings:
        self.value = value
        self._refresh()
        self._save(whole=whole)
        return self.findings

    def _begin_with(self, value: Value) -> Findings:
        self.damaged, self.notes = Findings(), Findings()
        self._done.clear()
        self._undone.clear()
        self._seen = self._digest()
        return self._become(value, whole=True)

    def _refresh(self) -> None:
        self.model, self.misfits = self.keeper.read(self.value)
        if self.damaged:
            self.findings = self.damaged
            return
        misfit = Findings(self.misfits.values())
        self.findings = misfit + self.keeper.check(self.model, self.portfolio, self.value)

    def _save(self, *, whole: bool) -> None:
        self._unwritten = True
        if "" in self.misfits:  # nothing of it fits: it waits in the draft
            self._keep_draft()
            return
        try:
            if self._written(self.value) <= self._written(self.start):
                self.portfolio.take_out(self.keeper.step)
                whole = True
            else:
                with self.portfolio.in_burst(self._burst):
                    self.keeper.save(self.model, self.portfolio, whole=whole)
            self._unwritten = not whole
        except KitError as problem:
            self.notes = self.notes + problem.findings
        else:
            self._seen = self._digest()
        self._keep_draft()

    def _written(self, value: Value) -> frozenset[tuple[str, Any]]:
        """What somebody wrote: each text, number or other end of the data that is not blank, with its path."""
        ends = paths.leaves(value)
        return frozenset((path, leaf) for path, leaf in ends if leaf is not None and str(leaf).strip())

    def _keep_draft(self) -> None:
        typed = {path: self.get(path) for path in self.misfits}
        try:
            self._drafts.write(Draft(of=self._seen, misfits=typed, place=self.place))
        except OSError as problem:
            self.notes.add(warning("forms.draft-not-kept", Place(self.keeper.file), reason=str(problem)))

    def _digest(self) -> str | None:
        path = self.portfolio.path(self.keeper.file)
        try:
            return digest(path) if path.is_file() else None
        except OSError:  # held open for a moment by another program
            return self._seen

    def _changed_outside(self) -> bool:
        now = self._digest()
        return now is not None and now != self._seen

    def _take_over(self) -> None:
        self._done.append(_Step(self.value, "", typing=False))
        self._undone.clear()
        self._seen = self._digest()
        try:
            self.value = self.keeper.load(self.portfolio)
            self.damaged = Findings()
        except KitError as problem:
            self._done.pop()
            self.damaged = problem.findings
        self._refresh()
        self.notes = Findings([advice("forms.changed-outside", Place(self.keeper.file), file=self.keeper.file)])
