"""Models of the planning steps: typed data that a person may also edit as YAML, with findings instead of exceptions.

A step's model says what its file holds; `Model.read` turns data of any shape into a model, or into findings that name
the field. What makes sense only between fields (a chain that breaks, an indicator without a baseline) is the step's own
``check``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from kit.findings import Findings, KitError, Place, error
from kit.portfolio import Portfolio

M = TypeVar("M", bound="Model")


def _as_texts(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return [value] if value.strip() else []


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")

Texts = Annotated[list[str], BeforeValidator(_as_texts)]  # one text alone is a list of one
LooseDate = Annotated[str, BeforeValidator(_as_text)]  # "2014", "2014-12" or a whole date


class Model(BaseModel):
    """Base of the steps' models: unknown fields are reported, blanks around texts are dropped.

    A figure where a text is asked for ("date: 2014") is that text; a field left blank in YAML has its default.
    """

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        validate_assignment=True,
        coerce_numbers_to_str=True,
        allow_inf_nan=False,
    )

    @classmethod
    def read(cls: type[M], data: Any, file: str | None = None) -> tuple[M | None, Findings]:
        """The model of ``data`` and what does not fit; no model if anything does not.

        Args:
            data: plain data, as a YAML file or a dictionary in a notebook gives it.
            file: the name that findings give as their place.
        """
        if not isinstance(data, Mapping):
            return None, Findings([error("models.not-a-form", Place(file), kind=_kind(data))])
        try:
            return cls.model_validate(_plain(data)), Findings()
        except ValidationError as problems:
            return None, Findings(_finding(problem, cls, file) for problem in problems.errors(include_url=False))

    @classmethod
    def of(cls: type[M], data: Any = None, /, **fields: Any) -> M:
        """The model of a dictionary or of fields.

        Raises:
            KitError: with one finding per field that does not fit.
        """
        model, findings = cls.read({**(data or {}), **fields})
        if model is None:
            raise KitError(*findings)
        return model

    @classmethod
    def load(cls: type[M], portfolio: Portfolio, rel: str) -> M:
        """The model that a step left in the portfolio.

        Raises:
            KitError: if the file is not there, cannot be read, or does not fit.
        """
        model, findings = cls.read(portfolio.read_yaml(rel), file=rel)
        if model is None:
            raise KitError(*findings)
        return model

    @classmethod
    def label(cls, field: str) -> str:
        """What people call a field; a step gives its own names, any other model the field's path."""
        return field

    def to_data(self) -> dict[str, Any]:
        """Plain data for YAML or JSON, in the order of the fields, without what is empty."""
        return _without_empty(self.model_dump(mode="json"))


def _finding(problem: Any, model: type[BaseModel], file: str | None) -> Any:
    """One of pydantic's errors as a finding of ours."""
    item = ".".join(str(part) for part in problem["loc"])
    place = Place(file, item=model.label(item) if issubclass(model, Model) else item, field=item)
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return error("models.missing", place, field=item)
    if kind == "extra_forbidden":
        return error("models.unknown-field", place, field=item, known=sorted(model.model_fields))
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        return error(
            "models.not-in-list", place, value=_short(problem["input"]), choices=expected.replace(" or ", ", ")
        )
    if kind in _LIMITS:
        limit = next(iter(context.values()), "-")
        return error("models.out-of-range", place, value=_short(problem["input"]), limit=f"{_LIMITS[kind]} {limit}")
    expected_type = kind.split("_")[0]
    return error("models.wrong-type", place, value=_short(problem["input"]), kind=_EXPECTED.get(expected_type, kind))


_LIMITS = {"greater_than_equal": "≥", "less_than_equal": "≤", "greater_than": ">", "less_than": "<"}
_EXPECTED = {
    "string": "texto / text",
    "int": "123",
    "float": "12.5",
    "date": "AAAA-MM-DD",
    "finite": "12.5",
    "bool": "true / false",
    "list": "[…, …]",
    "tuple": "[…, …]",
    "dict": "{campo: valor}",
    "model": "{campo: valor}",
}


def _kind(data: Any) -> str:
    return "-" if data is None else type(data).__name__


def _short(value: Any, limit: int = 60) -> str:
    words = str(value)
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def _plain(value: Any) -> Any:
    """YAML's own classes as Python's, without what was left blank; a date stays one, so that pydantic may judge it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value if item is not None]
    if isinstance(value, bool) or value is None or isinstance(value, (dt.date, dt.datetime)):
        return value
    if isinstance(value, str):
        return _readable(value)
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def _readable(words: str) -> str:
    """A text as any file can hold it: one kind of line break, no control signs (they come along when people paste)."""
    return _UNREADABLE.sub("", _BREAKS.sub("\n", words)).strip()


def _without_empty(value: Any) -> Any:
    if isinstance(value, str):
        return _readable(value)
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {
            key: item for key, item in kept.items() if item is not None and item != "" and item != [] and item != {}
        }
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
