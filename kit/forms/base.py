"""`BaseForm`: what every form offers to code, whether its step is filled in field by field or in a grid."""

from __future__ import annotations

from typing import Any

from kit import messages
from kit.findings import Findings
from kit.forms.session import Session
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, theme_key


class BaseForm:
    """A step's form for code and for the notebook.

    Each change is saved at once and can be undone. In a notebook, as the last expression of a cell, it shows itself;
    everything works the same without a browser.
    """

    step = ""
    session: Session

    def __init__(self, session: Session, theme: str = THEMES[0]) -> None:
        self.session = session
        self.theme = theme
        self.lang = messages.current_language()

    # -- content -----------------------------------------------------------------------------------------------------

    @property
    def model(self) -> Any:
        """The step's model as it is filled in now."""
        return self.session.model

    @property
    def findings(self) -> Findings:
        """What the step finds in it, the same as for the file and the command, and what does not fit its field."""
        return self.session.findings

    @property
    def portfolio(self) -> Portfolio:
        """Where it is saved."""
        return self.session.portfolio

    # -- changes -----------------------------------------------------------------------------------------------------

    def set(self, path: str, value: Any) -> Findings:
        """Fill a field or a cell in: ``form.set("measure.baseline", 23)``; returns what is found now.

        Raises:
            KitError: ``forms.no-such-field``.
        """
        self.session.look()
        return self._told(self.write(path, value))

    def write(self, path: str, value: Any, *, typing: bool = False) -> Findings:
        """Fill a field in without looking for what others wrote; ``typing`` as in `Session.set`."""
        return self.session.set(path, value, typing=typing)

    def remove(self, path: str) -> Findings:
        """Take an entry out of its list (``form.remove("whys.0")``), or empty a field."""
        return self._told(self.session.remove(path))

    def move(self, path: str, to: int) -> Findings:
        """Move an entry to another position, from 0: ``form.move("whys.2", 0)``."""
        return self._told(self.session.move(path, to))

    def undo(self) -> Findings:
        """Take the last change back."""
        return self._told(self.session.undo())

    def redo(self) -> Findings:
        """Do again what was undone."""
        return self._told(self.session.redo())

    def restore(self, when: str) -> Findings:
        """Bring an earlier version of the file back; `Session.versions` lists them.

        Raises:
            KitError: ``portfolio.no-version``.
        """
        return self._told(self.session.restore(when))

    def fill(self, theme: str | None = None) -> Findings:
        """Put Valle Abierto's worked case of a theme in, as one change.

        Args:
            theme: one of the four, in Spanish or English; without it the form's own.

        Raises:
            KitError: ``examples.unknown-theme``.
        """
        self._put_example(theme_key(theme or self.theme))
        return self._told(self.findings)

    def _put_example(self, theme: str) -> None:
        raise NotImplementedError

    def _told(self, findings: Findings) -> Findings:
        """What is found after a change; a form with open views shows it there too."""
        return findings

    # -- showing -----------------------------------------------------------------------------------------------------

    def html(self, *, drawings: bool = False) -> str:
        """The form as a table with its findings, for whoever has no kernel."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self.html(drawings=True)
