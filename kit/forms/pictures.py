"""The drawings of a step under its form: each with its words, and a table that says the same."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from kit.forms.options import loaded
from kit.portfolio import Portfolio
from kit.showing import as_png
from kit.steps.impact import Impact
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

_DOTS_PER_INCH = 90


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as a data address, its alt text, and the table."""

    source: str
    alt: str
    table: str = ""  # HTML of the kit's own making

    def data(self) -> dict[str, str]:
        """Ready for the front-end."""
        return {"source": self.source, "alt": self.alt, "table": self.table}

    def markup(self) -> str:
        """The drawing as HTML, for a notebook without a kernel."""
        alt = html.escape(self.alt, quote=True)
        return f'<figure style="margin:1em 0"><img src="{self.source}" alt="{alt}" style="max-width:100%"></figure>'


def pictures(step: str, model: Any, portfolio: Portfolio) -> list[Picture]:
    """The pictures of a step's model as it is now."""
    return _MAKERS[step](model, portfolio)


def _readiness(model: Readiness, _: Portfolio) -> list[Picture]:
    return [Picture(_png(model.picture()), model.describe(), model.answers_table() + model.actions_table())]


def _problem(model: Problem, _: Portfolio) -> list[Picture]:
    return [Picture(_svg(model.drawing()), model.describe(), model.tree_table())]


def _theory(model: Theory, _: Portfolio) -> list[Picture]:
    table = getattr(model, "canvas_table", None)
    return [Picture(_svg(model.drawing()), model.describe(), table() if table else "")]


def _impact(model: Impact, portfolio: Portfolio) -> list[Picture]:
    theory = loaded(Theory, portfolio)
    if theory is None or not theory.indicators:
        return []
    return [Picture(_png(model.picture(theory)), model.describe(theory), model.progress_table(theory))]


_MAKERS: dict[str, Callable[[Any, Portfolio], list[Picture]]] = {
    "readiness": _readiness,
    "problem": _problem,
    "theory": _theory,
    "impact": _impact,
}


def _svg(drawing: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8")).decode("ascii")


def _png(figure: Figure) -> str:
    return "data:image/png;base64," + base64.b64encode(as_png(figure, _DOTS_PER_INCH)).decode("ascii")
