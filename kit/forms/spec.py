"""What a form shows: sections, fields, labels, help, examples and choices, from the step's model and its TOML file.

The model says which fields there are and of what kind; ``specs/<step>.toml`` says only how they are laid out. A field
that no section names is shown in a last one, so that a new field of a model needs no change here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from kit import messages
from kit.forms import fields, paths
from kit.forms.fields import Field
from kit.steps.base import StepModel
from kit.steps.examples import THEMES, example
from kit.steps.impact import Impact
from kit.steps.problem import Problem
from kit.steps.readiness import DIMENSIONS, Readiness, questions, title
from kit.steps.theory import Theory

MODELS: dict[str, type[StepModel]] = {"readiness": Readiness, "problem": Problem, "theory": Theory, "impact": Impact}
_FOLDER = Path(__file__).parent / "specs"
_OTHER = "other"


class Spec:
    """The form of one step in the language in force."""

    def __init__(self, step: str, theme: str = THEMES[0]) -> None:
        self.step = step
        self.model = MODELS[step]
        self._layout = _read(step)
        self._example = example(step, theme=theme)

    def data(self) -> dict[str, Any]:
        """All of it, ready for the front-end."""
        return {
            "step": self.step,
            "lang": messages.current_language(),
            "title": messages.text(f"forms.title.{self.step}"),
            "intro": messages.text(f"forms.intro.{self.step}"),
            "layout": self._layout.get("layout", "plain"),
            "sections": [self._section(section) for section in self._sections()],
            "themes": [{"name": name, "label": messages.text(f"forms.theme.{name}")} for name in self._themes()],
            "words": words(),
        }

    def _themes(self) -> Iterable[str]:
        return THEMES[:1] if self.step == "readiness" else THEMES

    def _sections(self) -> list[dict[str, Any]]:
        sections = [dict(section) for section in self._layout["sections"]]
        named = {field.partition("?")[0] for section in sections for field in section["fields"]}
        left = [field.path for field in fields.of(self.model) if field.path not in named]
        last = next((section for section in sections if section["name"] == _OTHER), None)
        if left and last is None:
            sections.append({"name": _OTHER, "fields": left})
        elif last is not None:
            last["fields"] = [*last["fields"], *left]
        return sections

    def _section(self, section: dict[str, Any]) -> dict[str, Any]:
        name = section["name"]
        title_key = f"forms.section.{self.step}.{name}"
        return {
            "name": name,
            "title": messages.text(title_key if messages.has(title_key) else f"forms.section.{_OTHER}"),
            "help": _words(f"forms.intro.{self.step}.{name}"),
            "fields": [self._view(view) for view in section["fields"]],
        }

    def _view(self, view: str) -> dict[str, Any]:
        """A field; "assumptions?link=actions" is those of its records whose link is "actions"."""
        path, _, condition = view.partition("?")
        field = fields.find(self.model, path)
        if field is None:
            raise KeyError(view)
        shown = self.field(field)
        if condition:
            name, _, value = condition.partition("=")
            shown["only"] = {"field": name, "value": value}
        return shown

    def field(self, field: Field) -> dict[str, Any]:
        """One field and those inside it."""
        path = field.path
        shown: dict[str, Any] = {
            "path": path,
            "name": field.name,
            "kind": self._kind(field),
            "label": self._label(field),
            "help": _words(f"forms.help.{self.step}.{path}"),
            "examples": self._examples(path),
        }
        for name in ("options", "suggest"):
            if path in self._layout.get(name, {}):
                shown[name] = self._layout[name][path]
        if field.kind == "choice":
            shown["choices"] = self._choices(field)
        if field.kind in {"texts", "records"}:
            shown["item"] = messages.text(f"forms.item.{self.step}.{path}")
            shown["fixed"] = path in self._layout.get("fixed", ())
        if field.fields:
            shown["fields"] = [self.field(f) for f in field.fields if f.path not in self._layout.get("hidden", ())]
            shown["primary"] = self._layout.get("primary", {}).get(path, [])
        if path in self._layout.get("cards", {}):
            shown["cards"] = _CARDS[self._layout["cards"][path]]()
        return shown

    def _kind(self, field: Field) -> str:
        if field.kind == "text":
            return "short" if field.path in self._layout.get("short", ()) else "long"
        if field.kind == "choice" and field.path in self._layout.get("radio", ()):
            return "radio"
        if field.kind == "texts" and field.path in self._layout.get("checks", ()):
            return "checks"
        if field.kind == "integer" and field.path in self._layout.get("options", {}):
            return "choice"
        return field.kind

    def _label(self, field: Field) -> str:
        return self.model.label(field.path) if field.has_label(self.model) else field.name

    def _choices(self, field: Field) -> list[dict[str, str]]:
        prefix = self._layout.get("choices", {}).get(field.path, "")
        marks = self._layout.get("marks", {}).get(field.path, {})
        return [
            {
                "value": choice,
                "label": messages.text(f"{prefix}.{choice}") if choice and prefix else choice,
                "mark": marks.get(choice, ""),
            }
            for choice in field.choices
            if choice
        ]

    def _examples(self, path: str) -> list[str]:
        """What the worked case has in the field, one per position."""
        found = [
            messages.number(leaf) if isinstance(leaf, (int, float)) else str(leaf)
            for at, leaf in paths.leaves(self._example)
            if paths.pattern(at) == path and not isinstance(leaf, bool) and leaf is not None
        ]
        return found[:6]


def words() -> dict[str, str]:
    """What the front-end says, in the language in force, with its placeholders still in it."""
    prefix = "forms.ui."
    catalogue = messages.catalogue(messages.current_language())
    return {key.removeprefix(prefix): forms[0] for key, forms in catalogue.items() if key.startswith(prefix)}


def _words(key: str) -> str:
    return messages.text(key) if messages.has(key) else ""


def _dimensions() -> list[dict[str, Any]]:
    return [{"title": title(name), "prompts": questions(name)} for name in DIMENSIONS]


_CARDS = {"dimensions": _dimensions}


@cache
def _read(step: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{step}.toml").read_text(encoding="utf-8"))
