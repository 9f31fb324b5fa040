"""Forms: what a participant fills in inside a notebook, saved to the portfolio as it is typed.

    from kit.forms import form
    form("problem", portfolio)

shows the form of a step; the same object is filled in from code (`Form.set`, `Form.undo`) and finds the same as
the step's own ``check``. Opened without a kernel, the notebook shows what the form held as a table.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from kit.findings import KitError, Place, error
from kit.forms.base import BaseForm
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, theme_key

__all__ = ["STEPS", "BaseForm", "form"]

_BOXES = "kit.forms.step_form"  # forms of fields; the others are grids. No module may be called "form"
_MAKERS = {
    "readiness": _BOXES,
    "problem": _BOXES,
    "theory": _BOXES,
    "inventory": "kit.forms.inventory_form",
    "plan": "kit.forms.plan_form",
    "impact": _BOXES,
}
STEPS = tuple(_MAKERS)


def form(step: str, portfolio: Portfolio, *, theme: str = THEMES[0], file: str | Path | None = None) -> BaseForm:
    """The form of a step, opened on what the portfolio holds.

    Args:
        step: one of `STEPS`.
        portfolio: where it is read and saved.
        theme: whose worked case gives the examples, in Spanish or English.
        file: for the inventory and the plan: one's own file, read if the portfolio has none yet.

    Raises:
        KitError: ``forms.no-such-step``, ``examples.unknown-theme``, for a name that there is not.
    """
    if step not in _MAKERS:
        raise KitError(error("forms.no-such-step", Place(item=str(step)), step=str(step), known=list(STEPS)))
    made: BaseForm = import_module(_MAKERS[step]).make(step, portfolio, theme=theme_key(theme), file=file)
    return made
