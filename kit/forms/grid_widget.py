"""The widget of a form of grids: carries messages between the browser and `kit.forms.grid_form`, and saves at rest."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display

from kit import messages
from kit.forms import web
from kit.forms.grid import GridSession, described
from kit.forms.grid_form import GridForm
from kit.forms.showing import Rest, at_rest
from kit.forms.static import moment

_TABULATOR = Path(__file__).parent / "vendor" / "tabulator"
_SCRIPTS = ("bar.js", "grid.js", "pane.js", "views.js", "shell.js")
_STYLES = ("form.css", "shell.css", "grid.css")
_REST = 1.2  # seconds without a change after which the workbook is written


@cache
def script() -> str:
    """The module that the browser loads: Tabulator wrapped, so that it stays out of the page, and ours after it."""
    library = (_TABULATOR / "tabulator.min.js").read_text(encoding="utf-8")
    wrapped = (
        "const Tabulator = (() => { const module = { exports: {} }; const exports = module.exports;\n"
        f"{library}\nreturn module.exports; }})();\n"
    )
    return wrapped + web.joined(*_SCRIPTS)


@cache
def style() -> str:
    """The style sheets, the library's first."""
    library = (_TABULATOR / "tabulator.min.css").read_text(encoding="utf-8")
    return library + "\n" + web.joined(*_STYLES)


class GridWidget(anywidget.AnyWidget):
    """A form of grids in a notebook."""

    _esm = script()
    _css = style()
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self, form: GridForm) -> None:
        self._form = form
        self._timer: asyncio.TimerHandle | None = None
        self._rest: Rest | None = None
        super().__init__(name=secrets.token_hex(4))
        self.on_msg(self._heard)
        form.on_change(self.tell)

    @property
    def session(self) -> GridSession:
        """What the form holds."""
        return self._form.session

    def view(self) -> dict[str, Any]:
        """The bundle that a notebook shows the widget by."""
        bundle = self._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {kind: content for kind, content in (data or {}).items() if kind.endswith("widget-view+json")}

    def keep_current(self, rest: Rest) -> None:
        """Have the table at rest follow what is written."""
        self._rest = rest

    def _heard(self, _: Any, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        with messages.speaking(self._form.lang):
            if message.get("kind") == "open":
                self.send({**self._form.start(), "view": message["view"], "lang": self._form.lang, **self._status()})
                return
            for answer, content in self._form.handle(message, [bytes(b) for b in buffers]):
                more = self._status() if answer["kind"] == "state" else {}
                self.send({**answer, **more}, content or None)
        self._rest_soon()

    def tell(self) -> None:
        """Show in every view what was changed in Python."""
        with messages.speaking(self._form.lang):
            self.send({**self._form.state(), **self._status()})
        self._rest_soon()

    def _status(self) -> dict[str, Any]:
        session = self.session
        notes = described(session.damaged + session.notes, {}, {})
        versions = [{"when": version.when, "label": moment(version.when)} for version in session.versions()[:30]]
        return {
            "canUndo": session.can_undo,
            "canRedo": session.can_redo,
            "notes": notes,
            "damaged": bool(session.damaged),
            "versions": versions,
        }

    def _rest_soon(self) -> None:
        """Write the workbook when nothing has changed for a while; at once where no event loop runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.session.settle()
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(_REST, self._at_rest)

    def _at_rest(self) -> None:
        with messages.speaking(self._form.lang):
            self.session.settle()
            if self.session.notes:
                self.send({**self._form.state(), **self._status()})
        if self._rest is not None:
            self._rest(drawings=True)


def show(form: GridForm) -> None:
    """Show the form: in a notebook to be filled in, with its table for when there is no kernel; elsewhere in words."""
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        print(repr(form))  # noqa: T201 - a terminal without widgets
        return
    widget, resting = GridWidget(form), cast(Any, form)
    display({**widget.view(), "text/plain": ""}, raw=True)
    handle = display(at_rest(resting, widget.name, drawings=True), display_id=f"form-{widget.name}")
    widget.keep_current(Rest(resting, widget.name, handle))
