"""The reply to a citizen's report: thanks, what was done or why not, and by when; a draft for a person to send.

30 days to answer: Guia de Implementacion 2017, step 3.3.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit import messages
from kit.steps.readiness import Person

if TYPE_CHECKING:
    from kit.steps.impact.model import Report

_DAYS = 30
_RULE = "\n" + "-" * 72 + "\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """A drafted reply in one language."""

    lang: str
    subject: str
    body: str

    def __str__(self) -> str:
        return f"{self.subject}\n\n{self.body}"

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{html.escape(part)}</p>" for part in self.body.split("\n\n"))
        return f'<div lang="{self.lang}"><p><strong>{html.escape(self.subject)}</strong></p>{words}</div>'


def reply(
    report: Report,
    government: str,
    official: Person | None = None,
    *,
    days: int = _DAYS,
    today: dt.date | None = None,
    lang: str | None = None,
) -> Reply:
    """The draft for one report: that it was received, was corrected, or was not and why.

    Args:
        report: what was reported and done; its ``answer`` is quoted as it is.
        government: whose data they are.
        official: who signs.
        days: within which the Guide asks for an answer.
        today: the day of the reply if the report has no day of its answer.
        lang: "es" or "en"; else the language in force.
    """
    chosen = lang or messages.current_language()

    def say(key: str, **params: object) -> str:
        return messages.text(f"impact.reply.{key}", lang=chosen, **params)

    what = report.what.rstrip(".") or say("blank-what")
    parts = [say("greeting"), _thanks(report, what, chosen)]
    parts.append(_outcome(report, days, chosen))
    sent = report.answered or today or dt.date.today()
    due = report.due(days)
    if report.answer and due and report.received and sent > due:
        parts.append(say("sorry", days=days, n=(sent - report.received).days))
    parts.append(say("write-back") if report.status == "not_corrected" else say("goodbye"))
    signed = (official.name, official.position, official.email) if official else ()
    parts.append("\n".join([say("signature"), *(line for line in (*signed, government) if line)]))
    about = report.dataset or government or say("blank-dataset")
    return Reply(chosen, say("subject", about=about), "\n\n".join(parts))


def _thanks(report: Report, what: str, lang: str) -> str:
    if report.received is None:
        return messages.text("impact.reply.thanks-undated", lang=lang, what=what)
    return messages.text("impact.reply.thanks", lang=lang, what=what, day=messages.long_date(report.received, lang))


def _outcome(report: Report, days: int, lang: str) -> str:
    """What was done, in the words of the answer."""
    answer = report.answer
    if report.status == "corrected":
        return messages.text("impact.reply.corrected", lang=lang, answer=answer).strip()
    if report.status == "not_corrected":
        reason = answer or messages.text("impact.reply.blank-reason", lang=lang)
        return messages.text("impact.reply.not-corrected", lang=lang, reason=reason)
    if answer:
        return messages.text("impact.reply.answer", lang=lang, answer=answer)
    due = report.due(days)
    if due is None:
        return messages.text("impact.reply.received-undated", lang=lang, days=days)
    return messages.text("impact.reply.received", lang=lang, day=messages.long_date(due, lang), days=days)


def letter(drafts: Sequence[Sequence[Reply]]) -> str:
    """All drafts as one text: for each report the reply in each language, with a rule between them."""
    together = [draft for pair in zip(*drafts, strict=True) for draft in pair]
    return _RULE.join(f"{draft}\n" for draft in together)
