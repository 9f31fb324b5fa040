"""Files that a form hands over: the step's own file, and the dossier of the whole portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kit.findings import KitError, Place, error

if TYPE_CHECKING:
    from kit.forms.step_form import Form
    from kit.portfolio import Portfolio

_TYPES = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "yaml": "application/yaml",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way to the browser."""

    name: str
    type: str
    content: bytes


def formats() -> list[str]:
    """The formats in which the dossier can be made here."""
    return ["docx", "pdf", "html"] if find_spec("kit.documents.dossier") else []


def file(form: Form, what: str, kind: str) -> File:
    """The file that was asked for: "step" or "dossier"; the dossier is saved in the portfolio as well.

    Raises:
        KitError: if there is nothing to hand over yet, or the dossier cannot be made.
    """
    if what == "dossier":
        return dossier(form.portfolio, kind, form.lang)
    name = form.session.keeper.file
    return File(name, _TYPES["yaml"], form.portfolio.read_bytes(name))


def dossier(portfolio: Portfolio, kind: str, lang: str) -> File:
    """The dossier in one format, also written into the portfolio.

    Raises:
        KitError: ``forms.no-such-format``, and whatever the portfolio says when it cannot be written.
    """
    if kind not in formats():
        raise KitError(error("forms.no-such-format", Place(item=kind), format=kind, known=formats() or ["-"]))
    from kit import documents

    made = documents.dossier(portfolio, lang)
    path = next(path for path in made.save(formats=[kind]) if path.suffix == f".{kind}")
    return File(path.name, _TYPES[kind], path.read_bytes())
