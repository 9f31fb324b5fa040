"""What a form of grids says to the browser and what it does when the browser asks; the widget only carries messages.

A message from the browser is a dictionary with a ``kind``. The answers are dictionaries too, some with bytes beside
them. What changes rows is answered to every view of the form, so that two views of one form show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kit import messages
from kit.findings import Findings, KitError
from kit.forms import delivery
from kit.forms import spec as page
from kit.forms.base import BaseForm
from kit.forms.grid import GridSession
from kit.forms.rows import Rows
from kit.steps.examples import THEMES as EXAMPLES

Message = Mapping[str, Any]
Answer = tuple[dict[str, Any], list[bytes]]
_PREFIX = "grid.word."
KEYS = ("move", "edit", "list", "escape", "tab", "line", "clip", "clear", "fill", "undo", "sort", "ends")
ROW_KEYS = ("insert", "delete")
_FILES = {"inventory": "inventario", "plan": "plan-de-apertura"}


class GridForm(BaseForm):
    """A form of grids."""

    session: GridSession

    def __init__(self, session: GridSession, theme: str = EXAMPLES[0]) -> None:
        super().__init__(session, theme)
        self._shown = self.grids()
        self._listeners: list[Callable[[], None]] = []

    # -- content -----------------------------------------------------------------------------------------------------

    @property
    def value(self) -> dict[str, Any]:
        """The content as plain data; rows without the ids that only this session knows."""
        at = self.session.rows_at
        return {**self.session.value, at: self.session.rows.lines()}

    # -- changes -----------------------------------------------------------------------------------------------------

    def add(self, path: str | None = None, item: Mapping[str, Any] | None = None) -> Findings:
        """Add a row at the end: ``form.add("rows", {"dataset": "Predios"})``.

        Raises:
            KitError: ``forms.no-such-field``.
        """
        return self._told(self.session.add(path or self.session.rows_at, dict(item or {})))

    def _put_example(self, theme: str) -> None:
        self.session.example(theme)

    def _told(self, findings: Findings) -> Findings:
        """Show in the browser, if there is one, what was changed from code."""
        for listener in self._listeners:
            listener()
        return findings

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have a view told when something was changed from code."""
        self._listeners.append(listener)

    # -- showing -----------------------------------------------------------------------------------------------------

    def html(self, *, drawings: bool = False) -> str:
        """The form as a table with its findings, for whoever has no kernel."""
        with messages.speaking(self.lang):
            found = "" if not self.findings else self.findings._repr_html_()
            pictures = "".join(self.markup_of_pictures()) if drawings else ""
            return f'<div style="overflow-x:auto">{self.model._repr_html_()}{found}{pictures}</div>'

    def markup_of_pictures(self) -> list[str]:
        """The form's pictures as HTML."""
        return []

    def __repr__(self) -> str:
        with messages.speaking(self.lang):
            return "\n".join([repr(self.model), "", *self.findings.lines()])

    def _ipython_display_(self) -> None:
        from kit.forms.grid_widget import show

        show(self)

    # -- what a step says --------------------------------------------------------------------------------------------

    def grids(self) -> dict[str, Rows]:
        """The rows of each grid."""
        return {"rows": self.session.rows}

    def specs(self) -> dict[str, dict[str, Any]]:
        """How each grid looks."""
        raise NotImplementedError

    def judged(self) -> dict[str, Any]:
        """The findings of each grid, and what else follows from the rows."""
        raise NotImplementedError

    def example_themes(self) -> Sequence[str]:
        """The themes whose worked case an empty form offers."""
        return EXAMPLES

    def more(self) -> dict[str, Any]:
        """What a view needs only once."""
        return {}

    def acts(self) -> dict[str, Callable[[Message, Sequence[bytes]], list[Answer]]]:
        """What the browser can ask for, by the kind of its message; each answers beyond the new state."""
        return {
            "cells": self._cells,
            "paste": self._paste,
            "act": self._act,
            "undo": lambda _m, _b: self._back(self.session.undo),
            "redo": lambda _m, _b: self._back(self.session.redo),
            "settle": self._settle,
            "import": self._import,
            "download": self._download,
            "seen": self._seen,
            "look": lambda _m, _b: self._back(self.session.look),
            "fill": self._fill,
            "restore": self._restore,
            "start_over": lambda _m, _b: self._back(self.session.start_over),
        }

    # -- talking -----------------------------------------------------------------------------------------------------

    def start(self) -> dict[str, Any]:
        """Everything that a new view shows."""
        specs = self.specs()
        self._shown = self.grids()
        grids = {
            name: {"spec": specs[name], "rows": [[row.id, dict(row.cells)] for row in rows], "order": rows.ids}
            for name, rows in self._shown.items()
        }
        return {
            "kind": "start",
            "form": self.step,
            "title": messages.text(f"grid.{self.step}.title"),
            "words": words(),
            "formats": delivery.formats(),
            "examples": [{"key": key, "label": messages.text(f"grid.theme.{key}")} for key in self.example_themes()],
            "grids": grids,
            "empty": self.is_empty,
            **self.judged(),
            **self.more(),
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been written yet."""
        return not self.session.written_rows

    def handle(self, message: Message, buffers: Sequence[bytes] = ()) -> list[Answer]:
        """Do what a message asks for; the answers, the state after it among them if it is another."""
        act = self.acts().get(str(message.get("kind")))
        if act is None:
            return []
        before, damaged = self.session.value, self.session.damaged
        try:
            answers = act(message, buffers)
        except KitError as problem:
            answers = [said_of(problem.findings)]
        changed = self.session.value is not before or self.session.damaged is not damaged
        if changed or message["kind"] not in _QUIET:
            answers.insert(0, (self.state(message), []))
        return answers

    def state(self, message: Message | None = None) -> dict[str, Any]:
        """What has changed since the last state, and the findings; ``message`` is what it answers."""
        now, before = self.grids(), self._shown
        self._shown = now
        patches = {name: rows.patch(before[name]) for name, rows in now.items()}
        if message and message.get("kind") == "cells":
            self._echo(patches[message["grid"]], now[message["grid"]], message["edits"])
            patches[message["grid"]] |= {"view": message.get("view"), "seq": message.get("seq")}
        grids = {
            name: patch
            for name, patch in patches.items()
            if patch["rows"] or patch["order"] is not None or "seq" in patch
        }
        return {"kind": "state", "grids": grids, "empty": self.is_empty, **self.judged()}

    @staticmethod
    def _echo(patch: dict[str, Any], rows: Rows, edits: Sequence[Sequence[Any]]) -> None:
        """Say the cells that the browser wrote as they are now: some are kept otherwise, or not at all."""
        changed: dict[str, dict[str, Any]] = {row: dict(cells) for row, cells in patch["rows"]}
        for row, key, _ in edits:
            if row in rows and key in rows[row].cells:
                changed.setdefault(row, {})[key] = rows[row].cells[key]
        patch["rows"] = [[row, cells] for row, cells in changed.items()]

    # -- what every form of grids does -------------------------------------------------------------------------------

    def _cells(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        self.session.write_cells([(str(row), str(key), value) for row, key, value in message["edits"]])
        return []

    def _paste(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        fill = message.get("selected")
        keys = list(message["keys"])
        titles = {c["key"]: c["title"] for c in self.specs()[message["grid"]]["columns"]}
        pasted = self.session.paste(
            message["text"],
            message["ids"],
            keys,
            [titles[key] for key in keys],
            (fill["ids"], fill["keys"]) if fill else None,
        )
        answers = [said("grid.said.pasted", n=pasted.cells, rows=pasted.added)]
        if pasted.dropped:
            answers.append(said("grid.said.outside", n=pasted.dropped))
        return answers

    def _act(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        self.session.act(message["act"], message.get("ids") or [], message.get("after"))
        return []

    def _back(self, way: Callable[[], Any]) -> list[Answer]:
        way()
        return []

    def _fill(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        self.session.example(str(message["theme"]))
        return [said("forms.ui.filled")]

    def _restore(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        self.session.restore(str(message["when"]))
        return [said("forms.ui.restored")]

    def _settle(self, _: Message, __: Sequence[bytes]) -> list[Answer]:
        self.session.settle()
        return []

    def _seen(self, _: Message, __: Sequence[bytes]) -> list[Answer]:
        self.session.notices = Findings()
        return []

    def _import(self, message: Message, buffers: Sequence[bytes]) -> list[Answer]:
        name = str(message["name"])
        found = self.session.take_bytes(name, bytes(buffers[0]))
        if found.errors and not len(self.session.rows):
            return [said("grid.said.not-read", file=name)]
        return [said("grid.said.imported", file=name, n=len(self.session.rows))]

    def _download(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        if message.get("what") == "dossier":
            return self._dossier(str(message["format"]))
        suffix = ".xlsx" if message["suffix"] == ".xlsx" else ".csv"
        content = self.session.download(suffix)
        return [({"kind": "download", "name": f"{_FILES[self.step]}{suffix}", "suffix": suffix}, [content])]

    def _dossier(self, kind: str) -> list[Answer]:
        self.session.settle()
        try:
            file = delivery.dossier(self.portfolio, kind, self.lang)
        except KitError as problem:
            self.session.notes = problem.findings
            return [(self.state(), []), said_of(problem.findings)]
        return [({"kind": "file", "name": file.name, "type": file.type}, [file.content])]


# what is answered with a state only if it is another
_QUIET = frozenset(("settle", "look", "download", "suggestions", "pictures"))


def words() -> dict[str, str]:
    """The short texts of the forms in the language in force, placeholders unfilled; the grids' own first."""
    known = messages.catalogue(messages.current_language())
    own = {key.removeprefix(_PREFIX): forms[0] for key, forms in known.items() if key.startswith(_PREFIX)}
    return page.words() | own


def spec(
    name: str, label: str, columns: list[dict[str, Any]], actions: list[str], keys: list[str], *, number: bool = True
) -> dict[str, Any]:
    """How a grid looks: its columns, what can be done with its rows, and its keys."""
    explained = [[messages.text(f"grid.key.{key}.keys"), messages.text(f"grid.key.{key}.does")] for key in keys]
    can = {"rows": bool(actions), "number": number}
    return {"name": name, "label": label, "columns": columns, "actions": actions, "keys": explained, "can": can}


def said(key: str, **params: Any) -> Answer:
    """A sentence for the live region."""
    return {"kind": "say", "text": messages.text(key, **params)}, []


def said_of(findings: Findings) -> Answer:
    """Findings for the live region."""
    return {"kind": "say", "text": " ".join(f"{f.sentence('found')} {f.sentence('mend')}" for f in findings)}, []


def tally_of(shown: Sequence[Mapping[str, Any]]) -> str:
    """How many findings of each level are shown."""
    levels = [finding["level"] for finding in shown]
    counts: dict[str, Any] = {level: levels.count(level) for level in ("error", "warning", "advice")}
    return messages.text("findings.count", **counts)
