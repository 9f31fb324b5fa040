"""A form of grids on a bare page: the browser's script and the form's Python as in a notebook, without the notebook."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from kit import messages
from kit.forms.grid_form import GridForm
from kit.forms.grid_widget import script, style

_FRAME = """<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Formulario</title></head>
<body data-jp-theme-light="%s" style="background:%s;margin:12px"><main></main></body></html>"""
_START = """async ([source, css]) => {
    document.head.append(Object.assign(document.createElement('style'), { textContent: css }));
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const widget = (await import(url)).default;
    const heard = [];
    const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(''));
    const model = {
        get: () => 'page', on: (_, f) => heard.push(f), off: () => {},
        send: async (message, _, buffers) => {
            window.waiting = (window.waiting || 0) + 1;
            const answers = await window.python(JSON.stringify(message), (buffers || []).map(text));
            for (const [answer, sent] of answers) for (const f of heard) f(answer, sent.map(bytes));
            window.waiting -= 1;
        },
    };
    widget.render({ model, el: document.querySelector('main') });
}"""


def show(page: Any, form: GridForm, folder: Path, *, dark: bool = False) -> None:
    """Show a form on a page; what the page asks is answered as the widget answers."""

    def python(_: Any, message: str, buffers: list[str]) -> list[Any]:
        content = json.loads(message)
        with messages.speaking(form.lang):
            if content["kind"] == "open":
                answers = [({**form.start(), "view": content["view"], "lang": form.lang}, [])]
            else:
                answers = form.handle(content, [base64.b64decode(one) for one in buffers])
            more = {**_status(form)}
            return [
                [
                    {**answer, **(more if answer["kind"] in ("state", "start") else {})},
                    [base64.b64encode(b).decode() for b in sent],
                ]
                for answer, sent in answers
            ]

    page.expose_binding("python", python)
    target = folder / "page.html"
    target.write_text(_FRAME % ("false" if dark else "true", "#111" if dark else "#fff"), encoding="utf-8")
    page.goto(target.as_uri())
    if dark:
        theme = ":root { --jp-layout-color0: #111; --jp-layout-color1: #1b1b1b; --jp-content-font-color0: #fff; }"
        page.add_style_tag(content=theme)
    page.evaluate(_START, [script(), style()])
    page.locator(".ta-form[data-painted]").wait_for()


def quiet(page: Any) -> None:
    """Wait until Python has answered everything."""
    page.wait_for_function("!window.waiting")
    page.wait_for_timeout(60)


def _status(form: GridForm) -> dict[str, Any]:
    session = form.session
    return {"canUndo": session.can_undo, "canRedo": session.can_redo, "notes": [], "damaged": False, "versions": []}
