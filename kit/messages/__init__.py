"""Every sentence a person reads, in Spanish (es-MX, usted) and English, from one catalogue.

The catalogue is gettext PO, one file per room and language: ``kit/messages/es/tables.po`` holds the keys that
begin with ``tables.``. The ``msgid`` is the key, never a sentence, so that no language is the original of the other.

Placeholders are named, ``{like_this}``; numbers, lists and dates are written as the language writes them. A number that
is a name (a year, a clave) is passed as text. A message with ``msgid_plural`` is chosen by the placeholder ``{n}``.

Examples:
    >>> from kit import messages
    >>> messages.text("findings.level.error", lang="en")
    'Error'
"""

from __future__ import annotations

import datetime as dt
import os
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("es", "en")
DEFAULT_LANGUAGE = "es"
LANGUAGE_VARIABLE = "TALLER_LANG"
FOLDER = Path(__file__).parent

_LOCALES = {"es": Locale("es", "MX"), "en": Locale("en", "US")}
_LIST_LIMIT = 8
_language: ContextVar[str | None] = ContextVar("kit_language", default=None)


class UnknownKeyError(KeyError):
    """A key that the catalogue does not hold: a mistake of the kit's own, never of its user."""


def current_language() -> str:
    """The language in force: set here, else the variable TALLER_LANG, else Spanish."""
    chosen = _language.get() or os.environ.get(LANGUAGE_VARIABLE, "")[:2].lower()
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def set_language(lang: str) -> None:
    """Speak ``lang`` ("es" or "en") from here on.

    Raises:
        ValueError: for any other language.
    """
    _language.set(_known(lang))


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak ``lang`` inside the ``with`` block only."""
    token = _language.set(_known(lang))
    try:
        yield
    finally:
        _language.reset(token)


def text(key: str, /, lang: str | None = None, **params: Any) -> str:
    """The sentence of ``key`` with its placeholders filled.

    Raises:
        UnknownKeyError: if the catalogue has no such key.
    """
    chosen = _known(lang) if lang else current_language()
    try:
        forms = catalogue(chosen)[key]
    except KeyError:
        raise UnknownKeyError(key) from None
    form = forms[0] if len(forms) == 1 or params.get("n") == 1 else forms[1]
    return _Formatter(chosen).vformat(form, (), params)


def has(key: str) -> bool:
    """Whether the catalogue holds ``key`` (in the language in force)."""
    return key in catalogue(current_language())


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> Mapping[str, tuple[str, ...]]:
    """All messages of one language: key to its forms (one, or singular and plural)."""
    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted((FOLDER / _known(lang)).glob("*.po")):
        for key, forms in read_catalogue_file(path).items():
            if key in messages:
                raise ValueError(f"{path.name}: {key} stands in two files")
            messages[key] = forms
    return messages


def read_catalogue_file(path: Path) -> dict[str, tuple[str, ...]]:
    """The messages of one PO file: key to its forms. Untranslated and fuzzy entries are left out."""
    with path.open("rb") as stream:
        entries = read_po(stream, charset="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        key = entry.id if isinstance(entry.id, str) else entry.id[0]
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
        if key and not entry.fuzzy and all(forms):
            found[key] = forms
    return found


def placeholders(form: str) -> set[str]:
    """The names of the placeholders in one form of a message."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(form) if name}


def number(value: float, lang: str | None = None, spec: str = "") -> str:
    """A number as the language writes it; ``spec`` is a count of decimals ("2") or "%"."""
    locale = _LOCALES[lang or current_language()]
    if spec == "%":
        return str(format_percent(value, format="#,##0.#%", locale=locale))
    if spec:
        return str(format_decimal(value, format="#,##0." + "0" * int(spec) if int(spec) else "#,##0", locale=locale))
    return str(format_decimal(value, format="#,##0.###", locale=locale))


def long_date(day: dt.date, lang: str | None = None) -> str:
    """A date as one says it: "3 de noviembre de 2015", "November 3, 2015"."""
    return str(format_date(day, "long", locale=_LOCALES[lang or current_language()]))


def _known(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r}: expected one of {', '.join(LANGUAGES)}")
    return lang


class _Formatter(string.Formatter):
    """Fills placeholders the way the language writes numbers, lists and dates."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, spec: str) -> str:
        """One value as text; ``spec`` as in `number`, or "plain" for a number without separators."""
        if isinstance(value, str) or spec == "plain":
            return str(value)
        if value is None:
            return "-"
        if isinstance(value, bool):
            return text(f"findings.bool.{'yes' if value else 'no'}", lang=self.lang)
        if isinstance(value, dt.datetime):
            return value.isoformat(sep=" ", timespec="minutes")
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._list(list(value), spec)
        if hasattr(value, "__float__"):
            return number(float(value) if not isinstance(value, int) else value, self.lang, spec)
        return str(value)

    def _list(self, values: list[Any], spec: str) -> str:
        shown = [self.format_field(value, spec) for value in values[:_LIST_LIMIT]]
        if len(values) > _LIST_LIMIT:
            shown.append(text("findings.list.more", lang=self.lang, n=len(values) - _LIST_LIMIT))
        return str(format_list(shown, locale=_LOCALES[self.lang]))
