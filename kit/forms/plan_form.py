"""The plan's form: weights and scores, the ranking, the datasets of the plan, its officials, its pictures."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kit import messages
from kit.forms.grid import described
from kit.forms.grid_form import KEYS, ROW_KEYS, Answer, GridForm, Message, said_of, spec, tally_of
from kit.forms.plan_grid import FIELDS, PlanGrid, board_columns, item_columns
from kit.forms.rows import Rows
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES as EXAMPLES
from kit.steps.plan import CRITERIA


class PlanForm(GridForm):
    """The conversation of the plan's form."""

    step = "plan"
    session: PlanGrid

    def grids(self) -> dict[str, Rows]:
        """The scores, and the datasets of the plan."""
        return {"board": self.session.board, "items": self.session.rows}

    def specs(self) -> dict[str, dict[str, Any]]:
        """Two grids."""
        scores = spec("board", messages.text("grid.plan.board"), board_columns(), [], [*KEYS, "toggle"], number=False)
        actions = ["insert", "duplicate", "delete", "up", "down"]
        items = spec("items", messages.text("grid.plan.items"), item_columns(), actions, [*KEYS, *ROW_KEYS])
        scores |= {"height": 420, "rowHeight": 44, "empty": messages.text("grid.word.no-datasets")}
        return {"board": scores, "items": items | {"height": 380}}

    def judged(self) -> dict[str, Any]:
        """The findings by where they stand, the ranking, and the fields."""
        session, found = self.session, self.session.shown_findings()
        tally = {name: tally_of(some) for name, some in found.items()}
        values = {**session.fields(), **{f"weights.{key}": value for key, value in session.weights().items()}}
        return {
            "findings": found,
            "tally": tally,
            "notices": described(session.notices, {}, {}),
            "summary": session.findings.tally(),
            "ranking": session.ranking(),
            "firmness": session.model.firmness(),
            "values": {**values, "start": str(session.get("start") or "")},
        }

    def more(self) -> dict[str, Any]:
        """The criteria and the fields in words."""
        criteria = [
            {"key": k, "short": messages.text(f"plan.short.{k}"), "long": messages.text(f"plan.criterion.{k}")}
            for k in CRITERIA
        ]
        return {
            "criteria": criteria,
            "fields": [{"path": path, "label": messages.text(f"grid.plan.field.{path}")} for path in FIELDS],
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been scored, chosen or written yet; the officials of step 00 are there by themselves."""
        plan = self.session.model
        return super().is_empty and not (plan.scores or plan.effort or plan.weights or plan.vision)

    def acts(self) -> dict[str, Callable[[Message, Sequence[bytes]], list[Answer]]]:
        """Fields can be written, the best chosen and pictures drawn, too."""
        return {**super().acts(), "field": self._field, "best": self._best, "pictures": self._pictures}

    def _cells(self, message: Message, buffers: Sequence[bytes]) -> list[Answer]:
        if message["grid"] != "board":
            return super()._cells(message, buffers)
        wrong = self.session.score([(str(row), str(key), value) for row, key, value in message["edits"]])
        return [said_of(wrong)] if wrong else []

    def _paste(self, message: Message, buffers: Sequence[bytes]) -> list[Answer]:
        if message["grid"] != "board":
            return super()._paste(message, buffers)
        fill = message.get("selected")
        selected = (fill["ids"], fill["keys"]) if fill else None
        wrong = self.session.paste_scores(message["text"], message["ids"], message["keys"], selected)
        return [said_of(wrong)] if wrong else []

    def _field(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        with self.session.quickly(bool(message.get("typing"))):
            self.session.set(str(message["path"]), message["value"], typing=bool(message.get("typing")))
        return []

    def _best(self, message: Message, _: Sequence[bytes]) -> list[Answer]:
        self.session.choose_best(int(message["number"]))
        return []

    def markup_of_pictures(self) -> list[str]:
        """The value and effort chart and the calendar."""
        return [
            f'<img src="data:image/png;base64,{base64.b64encode(p["picture"]).decode()}" '
            f'alt="{html.escape(p["alt"], quote=True)}" style="max-width:100%">'
            for p in self.session.pictures()
        ]

    def _pictures(self, _: Message, __: Sequence[bytes]) -> list[Answer]:
        made = self.session.pictures()
        shown = [{name: picture[name] for name in ("name", "alt", "table")} for picture in made]
        return [({"kind": "pictures", "pictures": shown}, [picture["picture"] for picture in made])]


def make(
    step: str,  # noqa: ARG001 - as every form's maker
    portfolio: Portfolio,
    *,
    theme: str = EXAMPLES[0],
    file: str | Path | None = None,
) -> PlanForm:
    """The form on what the portfolio holds; on a file of one's own if it holds no plan yet.

    Raises:
        KitError: if the file is no plan, or cannot be read.
    """
    return PlanForm(PlanGrid(portfolio, file=file), theme)
