"""Word templates filled in: a trainer's own before the kit's, opened with care, with findings for what is wrong in one.

A template is a Word file with placeholders such as ``{{ gobierno }}``. What fills them is a participant's text and is
never read as a template, as XML or as anything but text. A template is somebody's file too: it can compute nothing,
reach nothing outside what the letter offers, and is not unpacked if it is larger than any letter.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree  # type: ignore[import-untyped]

from kit.findings import KitError, Place, error
from kit.messages import text
from kit.portfolio import Portfolio

FOLDER = "templates"  # in a portfolio
OWN = Path(__file__).parent / "templates"
_LARGEST_BYTES = 60_000_000
_MOST_PARTS = 2000
_FIXED_TIME = (2015, 6, 18, 0, 0, 0)  # the same content gives the same bytes, or each saving would look like a change
_FIXED_MOMENT = dt.datetime(2015, 6, 18, tzinfo=dt.UTC)
_FILTERS = ("capitalize", "default", "d", "e", "escape", "first", "join", "last", "length", "lower", "replace", "title",
            "trim", "upper")  # fmt: skip
_BROKEN = (OpcError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, RuntimeError, OSError,
           etree.LxmlError, AttributeError, IndexError)  # fmt: skip
_PROPERTY = 255  # characters that Word allows in a property of a file


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template: its bytes, and the name by which findings call it."""

    content: bytes
    file: str

    @classmethod
    def find(cls, name: str, lang: str, portfolio: Portfolio | None = None, folder: Path | None = None) -> Template:
        """The template ``name`` (a file's name): of ``folder``, else of the portfolio's, else the kit's of ``lang``.

        Raises:
            KitError: ``documents.template-unreadable`` if the disk refuses.
        """
        places = [folder] if folder else []
        if portfolio is not None:
            places.append(portfolio.path(FOLDER))
        for place in places:
            for path in (place / lang / name, place / name):
                if path.is_file():
                    return cls(_bytes(path), f"{path.parent.name}/{path.name}")
        return cls((OWN / lang / name).read_bytes(), name)

    def fill(self, context: Mapping[str, Any], *, title: str = "", author: str = "", lang: str = "es") -> WordDocument:
        """The Word document of the template with everything in its place.

        Raises:
            KitError: a finding with the template as its place: not a Word file, too large, a mistake in a placeholder,
                a field that this letter does not have.
        """
        self._look()
        try:
            template = DocxTemplate(io.BytesIO(self.content))
            template.render(dict(context), _environment(context), autoescape=True)
        except _UnknownField as problem:
            known = sorted(str(name) for name in problem.known)
            raise KitError(
                error("documents.template-field", Place(self.file), file=self.file, field=problem.name, known=known)
            ) from None
        except TemplateError as problem:
            raise self._mistake(problem) from None
        except TypeError as problem:  # {{ 5 + "a" }} and the like
            raise self._mistake(problem) from None
        except _BROKEN:
            raise self._not_word() from None
        properties = template.docx.core_properties
        properties.title, properties.author = title[:_PROPERTY], author[:_PROPERTY]
        properties.last_modified_by, properties.comments, properties.language = "", "", lang
        properties.created = properties.modified = _FIXED_MOMENT
        properties.revision = 1
        return template.docx

    def _look(self) -> None:
        """Refuse what is no Word file or would not fit into memory, before anything is unpacked."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as parts:
                sizes = [part.file_size for part in parts.infolist()]
                if len(sizes) > _MOST_PARTS or sum(sizes) > _LARGEST_BYTES:
                    megabytes = _LARGEST_BYTES // 1_000_000
                    raise KitError(
                        error("documents.template-too-large", Place(self.file), file=self.file, megabytes=megabytes)
                    )
                names = [name for name in parts.namelist() if name.endswith((".xml", ".rels"))]
                declared = any(b"<!DOCTYPE" in parts.read(name)[:4000] for name in names)
        except _BROKEN:
            raise self._not_word() from None
        if declared:  # a Word file has none; entities are how a small file becomes an endless one
            raise self._not_word()

    def _not_word(self) -> KitError:
        return KitError(error("documents.template-not-word", Place(self.file), file=self.file))

    def _mistake(self, problem: Exception) -> KitError:
        """The finding for a placeholder that cannot be read, with the words around it."""
        if isinstance(problem, SecurityError):
            return KitError(error("documents.template-forbidden", Place(self.file), file=self.file))
        near = _near(problem)
        place = Place(self.file, item=near or None)
        return KitError(
            error("documents.template-mistake", place, file=self.file, near=near or "-", reason=str(problem)[:200])
        )


class _UnknownField(Exception):
    """A field that the context does not have."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.known = name, known
        super().__init__(name)


def _environment(context: Mapping[str, Any]) -> ImmutableSandboxedEnvironment:
    """Jinja that fills in and chooses, and does nothing else."""

    class Unknown(StrictUndefined):
        def _fail_with_undefined_error(self, *_: Any, **__: Any) -> Any:
            inside = self._undefined_obj
            known = list(inside) if isinstance(inside, Mapping) else list(context)
            raise _UnknownField(str(self._undefined_name), known)

        __str__ = __iter__ = __bool__ = __len__ = __eq__ = __ne__ = __hash__ = _fail_with_undefined_error
        __getattr__ = __getitem__ = __call__ = _fail_with_undefined_error

        def __html__(self) -> str:
            return str(self._fail_with_undefined_error())

    class Careful(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, *given: Any) -> Any:
            raise SecurityError(str(given[1]))  # "a" * 10**9 fills the memory

        def call(*_: Any, **__: Any) -> Any:
            raise SecurityError("call")

    environment = Careful(autoescape=True, undefined=Unknown)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _near(problem: Exception) -> str:
    """The words of the template around a mistake."""
    lines = list(getattr(problem, "docx_context", []))
    if isinstance(problem, TemplateSyntaxError) and lines:
        words = [re.sub(r"<[^>]+>", " ", str(line)) for line in lines]
        marked = [w for w in words if "{{" in w or "{%" in w] or words
        return " ".join(" ".join(marked).split())[:120]
    return ""


def to_bytes(document: WordDocument) -> bytes:
    """The Word file; the same content gives the same bytes."""
    stream, fixed = io.BytesIO(), io.BytesIO()
    document.save(stream)
    with (
        zipfile.ZipFile(io.BytesIO(stream.getvalue())) as old,
        zipfile.ZipFile(fixed, "w", compression=zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _FIXED_TIME), old.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise KitError(
                error(
                    "documents.template-too-large",
                    Place(path.name),
                    file=path.name,
                    megabytes=_LARGEST_BYTES // 1_000_000,
                )
            )
        return path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or text("documents.unknown-reason")
        raise KitError(
            error("documents.template-unreadable", Place(path.name), file=path.name, reason=reason)
        ) from None
