"""The form in the browser: an anywidget whose page is drawn by ``web/form.js``. The kernel holds the truth."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from kit import messages
from kit.findings import Findings, KitError
from kit.forms import delivery, web

if TYPE_CHECKING:
    from kit.forms.step_form import Form


class FormWidget(anywidget.AnyWidget):
    """What the page shows: ``spec`` never changes, ``state`` after every request."""

    _esm = web.joined("bar.js", "form.js")
    _css = web.joined("form.css")
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    pictures = traitlets.List().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self, form: Form) -> None:
        self._form = form
        self._rest: Callable[..., None] | None = None
        spec = {**form.spec(), "formats": delivery.formats()}
        super().__init__(spec=spec, state=form.state(), name=secrets.token_hex(4))
        self.on_msg(self._asked)

    def view(self) -> dict[str, Any]:
        """The bundle that a notebook shows the widget by."""
        bundle = self._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {kind: content for kind, content in (data or {}).items() if kind.endswith("widget-view+json")}

    def keep_current(self, rest: Callable[..., None]) -> None:
        """Have the table at rest follow what is typed."""
        self._rest = rest

    def _asked(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """A request of the page: do it, and say what the form holds now. A user's mistake is an answer too."""
        form = self._form
        kind = str(content.get("kind", ""))
        with messages.speaking(form.lang):
            form.events = Findings()
            try:
                self._do(kind, content)
            except KitError as problem:
                form.events = problem.findings
            if kind == "pictures":
                return
            ack = {"view": content.get("view"), "seq": content.get("seq"), "kind": kind}
            self.state = {**form.state(), "ack": ack}
            if self._rest is not None:
                self._rest(drawings=False)

    def _do(self, kind: str, content: dict[str, Any]) -> None:
        session = self._form.session
        path = str(content.get("path", ""))
        requests: dict[str, Callable[[], Any]] = {
            "set": lambda: self._set(path, content.get("value"), typing=bool(content.get("typing"))),
            "add": lambda: session.add(path, content.get("item"), content.get("at")),
            "remove": lambda: session.remove(path),
            "move": lambda: session.move(path, int(content["to"])),
            "undo": session.undo,
            "redo": session.redo,
            "settle": session.settle,
            "look": session.look,
            "place": lambda: session.stay_at(path),
            "fill": lambda: self._form.fill(str(content.get("theme"))),
            "restore": lambda: session.restore(str(content.get("when"))),
            "start_over": session.start_over,
            "pictures": self._draw,
            "download": lambda: self._deliver(str(content.get("what")), str(content.get("format"))),
        }
        if kind in requests:
            requests[kind]()

    def _set(self, path: str, value: Any, *, typing: bool) -> None:
        if path:
            self._form.write(path, value, typing=typing)
            self._form.session.place = path

    def _draw(self) -> None:
        drawn = [picture.data() for picture in self._form.pictures()]
        if drawn != self.pictures:
            self.pictures = drawn
            if self._rest is not None:
                self._rest(drawings=True)

    def _deliver(self, what: str, kind: str) -> None:
        self._form.session.settle()
        file = delivery.file(self._form, what, kind)
        self.send({"kind": "file", "name": file.name, "type": file.type}, [file.content])
