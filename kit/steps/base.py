"""What the form-like steps share: a model with rules that is saved to and loaded from its file in the portfolio."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, ClassVar, Self

from pydantic import model_validator

from kit import messages
from kit.findings import Findings, Place
from kit.models import Model
from kit.portfolio import Portfolio

_LONGEST_ITEM = 60
_LONGEST_SPOKEN = 300


class StepModel(Model):
    """A step whose result is one YAML file. A step says its number, its file, and its rules in `check`."""

    step: ClassVar[str]
    file: ClassVar[str]

    def check(self) -> Findings:
        """What is missing or does not hold together; a model with findings may still be saved."""
        raise NotImplementedError

    def save(self, portfolio: Portfolio) -> Findings:
        """Write the step's file into the portfolio and return what `check` finds."""
        portfolio.write_yaml(self.file, self.to_data(), step=self.step)
        return self.check()

    @classmethod
    def from_portfolio(cls, portfolio: Portfolio) -> Self:
        """The model that this step left.

        Raises:
            KitError: if the step is not done yet, or its file cannot be read.
        """
        return cls.load(portfolio, cls.file)

    @classmethod
    def label(cls, field: str) -> str:
        """What people call a field, in the language in force: "indicators.0.unit" is "Unidad".

        The catalogue holds it as ``<room>.field.<field without positions>``; the room is the file's name. A field that
        the step does not have is called by its path.
        """
        name = ".".join(part for part in field.split(".") if not part.isdigit())
        key = f"{PurePosixPath(cls.file).stem}.field.{name}"
        return messages.text(key) if messages.has(key) else field

    @classmethod
    def place(cls, field: str, item: str = "") -> Place:
        """Where a finding is: beside the field on a form, and in words by its label.

        Args:
            field: the path of the field, with positions from 0.
            item: what a person reads instead of the label: the name of an action, of a dimension.
        """
        return Place(cls.file, item=shorten(item) if item else cls._numbered(field), field=field)

    @classmethod
    def _numbered(cls, field: str) -> str:
        last = field.rpartition(".")[2]
        return f"{cls.label(field)} {int(last) + 1}" if last.isdigit() else cls.label(field)


class Named(Model):
    """A record that may be written as its name alone, as files of earlier versions have it."""

    name: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data

    def __str__(self) -> str:
        return self.name


def spoken(texts: Iterable[str]) -> str:
    """Texts one after the other, for a drawing's alt text: none longer than somebody would listen to."""
    return "; ".join(shorten(text, _LONGEST_SPOKEN) for text in texts if text.strip()) or "-"


def shorten(words: str, longest: int = _LONGEST_ITEM) -> str:
    """Words cut to a length, with a sign that they go on."""
    words = " ".join(words.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
