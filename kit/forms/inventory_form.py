"""The inventory's form: the official eight columns as a grid, proposals, suggestions, files in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kit import messages
from kit.forms.grid import described
from kit.forms.grid_form import KEYS, ROW_KEYS, Answer, GridForm, Message, said, spec
from kit.forms.inventory_grid import InventoryGrid, columns
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES as EXAMPLES
from kit.steps.inventory import THEMES


class InventoryForm(GridForm):
    """The conversation of the inventory's form."""

    step = "inventory"
    session: InventoryGrid

    def specs(self) -> dict[str, dict[str, Any]]:
        """One grid with the eight official columns."""
        label = messages.text("grid.inventory.describe")
        actions = ["insert", "duplicate", "delete", "up", "down", "group"]
        return {"rows": spec("rows", label, columns(), actions, [*KEYS, *ROW_KEYS])}

    def example_themes(self) -> Sequence[str]:
        """One: the city's inventory has the data of all themes."""
        return (self.theme,)

    def judged(self) -> dict[str, Any]:
        """The findings, their number by level, and how much the inventory holds."""
        return {
            "findings": {"rows": self.session.shown_findings()},
            "tally": {"rows": self.session.findings.tally()},
            "notices": described(self.session.notices, {}, {}),
            "summary": str(self.session.model.summary()),
        }

    def more(self) -> dict[str, Any]:
        """The themes that datasets are suggested for."""
        return {"themes": [{"key": theme, "label": messages.text(f"grid.theme.{theme}")} for theme in THEMES]}

    def acts(self) -> dict[str, Callable[[Message, Sequence[bytes]], list[Answer]]]:
        """Proposals can be accepted and suggestions taken, too."""
        return {
            **super().acts(),
            "accept": self._accept,
            "suggestions": self._suggestions,
            "suggest": self._suggest,
        }

    def _accept(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        n = self.session.accept(message.get("code"), message.get("id"), message.get("key"))
        return [said("grid.said.accepted", n=n)]

    def _suggestions(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        theme = str(message["theme"])
        found = self.session.suggestions(theme)
        return [({"kind": "suggestions", "theme": theme, "suggestions": found}, [])]

    def _suggest(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        n = self.session.add_suggestions(str(message["theme"]), list(message["names"]))
        return [said("grid.said.added", n=n)]


def make(
    step: str,  # noqa: ARG001 - as every form's maker
    portfolio: Portfolio,
    *,
    theme: str = EXAMPLES[0],
    file: str | Path | None = None,
) -> InventoryForm:
    """The form on what the portfolio holds; on a file of one's own if it holds no inventory yet.

    Raises:
        KitError: if the file is no inventory, or cannot be read.
    """
    return InventoryForm(InventoryGrid(portfolio, file=file), theme)
