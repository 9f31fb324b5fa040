"""A form in a notebook: the widget, and beside it its content as a table for the day there is no kernel.

The table is an output of its own, kept current as one types. While the widget lives its style sheet hides the table; a
page without a kernel, or a notebook exported to HTML, shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.display import HTML, DisplayHandle, display

from kit import messages

if TYPE_CHECKING:
    from kit.forms.base import BaseForm
    from kit.forms.step_form import Form

# what JupyterLab says, in English, of a widget whose kernel is gone; the table below says what to do instead
_GONE = ".jp-OutputArea-child:has(+ .jp-OutputArea-child .kf-rest) .jupyter-widgets:not(:has(*))"


def show(form: Form) -> None:
    """Show the form: in a notebook to be filled in, elsewhere in words."""
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        print(repr(form))  # noqa: T201 - a terminal without widgets
        return
    from kit.forms.widget import FormWidget

    widget = FormWidget(form)
    display({**widget.view(), "text/plain": ""}, raw=True)
    handle = display(at_rest(form, widget.name, drawings=True), display_id=f"form-{widget.name}")
    widget.keep_current(Rest(form, widget.name, handle))


class Rest:
    """The table of a form at rest, kept current."""

    def __init__(self, form: BaseForm, name: str, handle: DisplayHandle) -> None:
        self._form, self._name, self._handle = form, name, handle
        self._last = ""

    def __call__(self, *, drawings: bool) -> None:
        """Bring the table up to date, if anything has changed."""
        page = at_rest(self._form, self._name, drawings=drawings)
        if page.data != self._last:
            self._last = str(page.data)
            self._handle.update(page)


def at_rest(form: BaseForm, name: str, *, drawings: bool) -> HTML:
    """The table, with a word about how to go on filling the form in."""
    with messages.speaking(form.lang):
        note = messages.text("forms.rest.note")
    head = f"<style>{_GONE} {{ display: none; }}</style><p><em>{note}</em></p>"
    return HTML(f'<div class="kf-rest kf-rest-{name}">{head}{form.html(drawings=drawings)}</div>')
