"""A form at rest: its content as a table with its findings, for a notebook without a kernel and for a terminal."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime

from kit import messages
from kit.findings import Findings
from kit.forms import paths
from kit.forms.pictures import Picture
from kit.markup import table

if TYPE_CHECKING:
    from kit.forms.step_form import Form

_EMPTY = "—"


def page(form: Form, pictures: Sequence[Picture] = ()) -> str:
    """The form as HTML that needs neither a kernel nor a style sheet."""
    spec, state = form.spec(), form.state()
    head = [messages.text(f"forms.rest.{name}") for name in ("field", "content", "findings")]
    found = {path: " ".join(f"{f['mark']} {f['found']}" for f in here) for path, here in state["beside"].items()}
    rows = [(label, words, found.pop(path, "")) for path, label, words in _rows(spec, state)]
    general = Findings(f for f in form.findings if not _beside(f.place.field, state))
    parts = [table(head, rows, f"{spec['title']} ({state['file']})", row_heads=True)]
    parts.append(f"<p>{messages.text('findings.none') if not form.findings else form.findings.tally()}</p>")
    parts.extend(f"<p>{words}</p>" for words in _escaped(found.values()))
    if general:
        parts.append(general._repr_html_())
    parts.extend(picture.markup() for picture in pictures)
    return f'<div style="overflow-x:auto">{"".join(parts)}</div>'


def lines(form: Form) -> str:
    """The form as lines of text."""
    spec, state = form.spec(), form.state()
    rows = [f"{label}: {words}" for _, label, words in _rows(spec, state)]
    return "\n".join([f"{spec['title']} ({state['file']})", *rows, "", *form.findings.lines()])


def moment(stamp: str) -> str:
    """The time in a version's name (UTC) as people here write it."""
    when = dt.datetime.strptime(stamp[:15], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC).astimezone()
    lang = messages.current_language()
    return str(format_datetime(when, "d MMM yyyy, HH:mm:ss", locale="es_MX" if lang == "es" else "en_US"))


def _beside(path: str | None, state: dict[str, Any]) -> bool:
    return path is not None and path in state["beside"]


def _escaped(sentences: Any) -> Iterator[str]:
    for sentence in sentences:
        yield html.escape(str(sentence))


def _rows(spec: dict[str, Any], state: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each field with its path, its label and its content; a list of records takes a line per field of each."""
    seen: set[str] = set()
    for section in spec["sections"]:
        for field in section["fields"]:
            if field["path"] not in seen:
                seen.add(field["path"])
                yield from _field(field, field["path"], field["label"], state)


def _field(field: dict[str, Any], path: str, label: str, state: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    value = paths.get(state["value"], path)
    if field["kind"] == "group":
        yield path, label, ""
        for inner in field["fields"]:
            yield from _field(inner, f"{path}.{inner['name']}", f"{label} · {inner['label']}", state)
    elif field["kind"] == "records":
        yield path, label, "" if value else _EMPTY
        for number, _ in enumerate(value or []):
            name = _record_name(field, number)
            for inner in field["fields"]:
                yield from _field(inner, f"{path}.{number}.{inner['name']}", f"{name} · {inner['label']}", state)
    elif isinstance(value, list):
        yield path, label, "" if value else _EMPTY
        for number, item in enumerate(value):
            yield f"{path}.{number}", f"{label} {number + 1}", str(item) or _EMPTY
    else:
        yield path, label, _words(field, value, state)


def _record_name(field: dict[str, Any], number: int) -> str:
    cards = field.get("cards", [])
    return str(cards[number]["title"]) if number < len(cards) else f"{field['item']} {number + 1}"


def _words(field: dict[str, Any], value: Any, state: dict[str, Any]) -> str:
    if value is None or value == "":
        return _EMPTY
    for choice in [*field.get("choices", []), *state["options"].get(field.get("options", ""), [])]:
        if choice["value"] == value:
            return f"{choice.get('mark', '')} {choice['label']}".strip()
    return messages.number(value) if isinstance(value, (int, float)) else str(value)
