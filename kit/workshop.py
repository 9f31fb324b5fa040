"""What every notebook begins with: the language, the portfolio, and where one stands in the workshop."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from kit import messages
from kit.findings import Findings
from kit.markup import table
from kit.portfolio import STEPS, Portfolio
from kit.showing import show, show_page

__all__ = ["Workshop", "begin", "show", "show_page", "step_title"]


@dataclass(frozen=True)
class Workshop:
    """A participant at work: shows the steps done and what is wrong with the portfolio, if anything."""

    portfolio: Portfolio
    step: str

    @property
    def findings(self) -> Findings:
        """What is damaged or missing in the portfolio."""
        return self.portfolio.findings

    def rows(self) -> list[tuple[str, str, str]]:
        """One row per step: number and title, state, files."""
        done = set(self.portfolio.steps_done())
        rows = []
        for step in STEPS:
            state = "here" if step.number == self.step[:2] else "done" if step.number in done else "todo"
            files = ", ".join(name for name in step.files if self.portfolio.exists(name)) or "-"
            rows.append((f"{step.number} · {step_title(step.name)}", messages.text(f"workshop.state.{state}"), files))
        return rows

    def _title(self) -> str:
        name = self.portfolio.title or messages.text("workshop.nobody")
        return messages.text("workshop.welcome", title=name, folder=str(self.portfolio.folder))

    def __repr__(self) -> str:
        lines = [self._title(), *("  ".join(row) for row in self.rows()), *self.findings.lines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = [messages.text(f"workshop.heading.{name}") for name in ("step", "state", "files")]
        shown = table(head, self.rows(), self._title(), row_heads=True)
        return shown + (self.findings._repr_html_() if self.findings else "")


def begin(step: str, lang: str = "es", *, folder: str | Path | None = None, title: str = "Valle Abierto") -> Workshop:
    """Speak ``lang`` and open the participant's portfolio, made if there is none.

    Args:
        step: the notebook's number, such as "05" or "06a".
        lang: "es" or "en".
        folder: the portfolio's folder; without it the one that TALLER_PORTFOLIO names, else "portafolio" here.
        title: whose portfolio it is, if it is made now.
    """
    messages.set_language(lang)
    _explain_unknown_names()
    return Workshop(Portfolio.open_or_create(folder, title=title, lang=lang), step)


def step_title(name: str) -> str:
    """The title of a step in the language in force."""
    return messages.text(f"workshop.step.{name}")


def _explain_unknown_names() -> None:
    """In a notebook, say in the reader's language what a NameError means: it is what forgotten quotes end in."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is not None:
        shell.set_custom_exc((NameError,), _unknown_name)


def _unknown_name(
    shell: Any, kind: type[NameError], problem: NameError, trace: TracebackType | None, tb_offset: int | None = None
) -> list[str]:
    """The traceback, for whoever helps, and under it the sentence."""
    words = messages.text("workshop.no-name", name=problem.name or str(problem))
    lines = shell.InteractiveTB.structured_traceback(kind, problem, trace, tb_offset=tb_offset)
    lines = [*lines, "", words]
    shell._showtraceback(kind, problem, lines)  # IPython leaves the showing to a handler of one's own
    return lines
