"""The dossier's last chapter of a step: use and impact (09)."""

from __future__ import annotations

from kit.documents.blocks import Heading
from kit.documents.telling import Telling
from kit.findings import KitError
from kit.messages import text
from kit.portfolio import Portfolio
from kit.steps.impact import Impact, story_part
from kit.steps.theory import Theory

PARTS = ("background", "challenges", "solution", "results")


def impact(portfolio: Portfolio, told: Telling) -> None:
    """The story, how far the indicators came, who used the data, and the reports with their answers."""
    model = Impact.from_portfolio(portfolio)
    told.findings.extend(model.check_in(portfolio))
    _story(model, told)
    theory = _theory(portfolio)
    if theory is not None and theory.indicators:
        told.head("impact.progress")
        told.draw(lambda: model.picture(theory), lambda: model.describe(theory), "impact.chart", file=Impact.file)
        told.markup(model.progress_table(theory), widths=())
    told.table(
        [text(f"documents.impact.{n}") for n in ("who", "kind", "what", "outcome", "date")],
        [
            (r.who, text(f"impact.kind.{r.kind}"), _together(r.what, r.url), r.outcome, r.date or "")
            for r in model.reuses
        ],
        text("impact.reuses"),
        widths=(3, 2.5, 5, 4, 2),
    )
    told.table(
        [text(f"documents.impact.{n}") for n in ("received", "report", "answer", "answered")],
        [(r.received or "", _together(r.what, r.dataset), r.answer, r.answered or "") for r in model.reports],
        text("impact.reports"),
        widths=(2, 5, 6, 2),
    )


def _theory(portfolio: Portfolio) -> Theory | None:
    try:
        return Theory.from_portfolio(portfolio)
    except KitError:  # missing or damaged, as its own chapter says
        return None


def _story(model: Impact, told: Telling) -> None:
    if model.story is None:
        return
    told.quote(model.story.title, "lead")
    for name in PARTS:
        words = getattr(model.story, name)
        if words:
            told.blocks.append(Heading(story_part(name)))
            told.quote(words)


def _together(*words: str) -> str:
    return "\n".join(word for word in words if word)
