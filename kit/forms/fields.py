"""The fields of a step's model: what kind each is, derived from its type, so that a new field needs nothing here."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from kit import messages
from kit.steps.base import StepModel

Kind = Literal["text", "number", "integer", "date", "choice", "texts", "records", "group"]
_SIMPLE: dict[Any, Kind] = {str: "text", float: "number", int: "integer", dt.date: "date"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its path without positions, its kind, and what it consists of."""

    path: str
    kind: Kind
    fields: tuple[Field, ...] = ()  # of a group, or of each record
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def has_label(self, model: type[StepModel]) -> bool:
        """Whether the catalogue has a label for the field."""
        return messages.has(f"{PurePosixPath(model.file).stem}.field.{self.path}")


@cache
def of(model: type[BaseModel], at: str = "") -> tuple[Field, ...]:
    """The fields of a model, in its order."""
    made = []
    for name, info in model.model_fields.items():
        made.append(_field(f"{at}.{name}" if at else name, info.annotation))
    return tuple(made)


def find(model: type[BaseModel], path: str) -> Field | None:
    """The field at a path with or without positions; the entry of a list of texts is a text."""
    known, steps = of(model), path.split(".")
    field: Field | None = None
    for number, part in enumerate(steps):
        if part.isdigit():
            if field is None or field.kind not in {"texts", "records"} or steps[number - 1].isdigit():
                return None
            if field.kind == "texts":
                return Field(field.path, "text") if number == len(steps) - 1 else None
            continue
        field = next((f for f in known if f.name == part), None)
        if field is None:
            return None
        known = field.fields
    return field


def every(fields: tuple[Field, ...]) -> Iterator[Field]:
    """The fields and those inside them."""
    for field in fields:
        yield field
        yield from every(field.fields)


def _field(path: str, annotation: Any) -> Field:
    kind = _without_none(annotation)
    if get_origin(kind) is Literal:
        return Field(path, "choice", choices=tuple(str(choice) for choice in get_args(kind)))
    if get_origin(kind) is list:
        inner = _without_none(get_args(kind)[0])
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return Field(path, "records", of(inner, path))
        return Field(path, "texts")
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Field(path, "group", of(kind, path))
    return Field(path, _SIMPLE.get(kind, "text"))


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [kind for kind in get_args(annotation) if kind is not type(None)]
        return inner[0]
    return annotation
