"""A finished map page that goes into the catalogue: read for its title, its description and the columns it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from kit.findings import KitError, Place, error


@dataclass(frozen=True, slots=True)
class MapFile:
    """One language's map page, as step 06 left it."""

    path: Path
    lang: str
    title: str
    description: str
    columns: tuple[str, ...]


def read_map(path: Path) -> MapFile:
    """The head of a page that `kit.maps.save` wrote.

    Raises:
        KitError: if there is no such file, or it is no page with a title and a description.
    """
    path = Path(path)
    if not path.is_file():
        raise KitError(error("publish.no-map-file", Place(path.name), path=str(path)))
    head = _Head()
    head.feed(path.read_text(encoding="utf-8", errors="replace"))
    if not (head.title and head.meta.get("description")):
        raise KitError(error("publish.not-a-map", Place(path.name), path=path.name))
    columns = tuple(name for name in head.meta.get("columns", "").split("\t") if name)
    return MapFile(path, "en" if head.lang.startswith("en") else "es", head.title, head.meta["description"], columns)


def refuse_closed_columns(pages: Iterable[MapFile], closed: Iterable[str]) -> None:
    """A map must not show what the review keeps back.

    Raises:
        KitError: naming the page and the columns.
    """
    closed = set(closed)
    shown = {page.path.name: sorted(closed & set(page.columns)) for page in pages}
    problems = [
        error("publish.map-shows-closed", Place(name), page=name, columns=columns)
        for name, columns in shown.items()
        if columns
    ]
    if problems:
        raise KitError(*problems)


class _Head(HTMLParser):
    """Collects language, title and meta fields; stops caring at the body."""

    def __init__(self) -> None:
        super().__init__()
        self.lang, self.title = "", ""
        self.meta: dict[str, str] = {}
        self._in_title = self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag says."""
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given.get("lang", "")
        elif tag == "body":
            self._done = True
        elif tag == "meta" and not self._done and "name" in given:
            self.meta[given["name"]] = given.get("content", "")
        self._in_title = tag == "title" and not self._done

    def handle_endtag(self, tag: str) -> None:
        """The title ends."""
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        """The title's text."""
        if self._in_title:
            self.title += data
