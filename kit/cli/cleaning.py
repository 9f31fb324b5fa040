"""``kit clean``: what is wrong with a file and what could be done, and a recipe that runs on next month's file.

The file itself is never written to. What a recipe leaves stands beside it under other names, and replaces nothing
without ``--force``.
"""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from kit.cli.output import complain, say, show, show_table
from kit.findings import Finding, Findings, KitError, Level, Place, error
from kit.messages import text
from kit.steps.cleaning import Cleaning, apply_recipe
from kit.steps.cleaning.recipe import to_yaml
from kit.steps.cleaning.saving import write_files
from kit.steps.cleaning.sources import GEOGRAPHIC

_ACCEPT = ("certain", "all")
_LONG = 50_000_000  # bytes from which reading is announced
_PAUSE = 2.0  # seconds between two lines of progress


def add(app: typer.Typer) -> None:
    """Add the command of this room."""

    @app.command("clean", help=text("cleaning.cli.help"))
    def clean(
        file: Path = typer.Argument(help=text("cleaning.cli.file")),
        recipe: Path = typer.Option(None, "--recipe", help=text("cleaning.cli.recipe")),
        out: Path = typer.Option(None, "--out", help=text("cleaning.cli.out")),
        accept: str = typer.Option(None, "--accept", metavar="|".join(_ACCEPT), help=text("cleaning.cli.accept")),
        save_recipe: Path = typer.Option(None, "--save-recipe", help=text("cleaning.cli.save-recipe")),
        by: str = typer.Option("", "--by", help=text("cleaning.cli.by")),
        as_json: bool = typer.Option(False, "--json", help=text("cleaning.cli.json")),
        force: bool = typer.Option(False, "--force", help=text("cleaning.cli.force")),
    ) -> None:
        work = _Work(file, recipe, out, accept, save_recipe, by or _user(), as_json, force)
        try:
            code = work.run()
        except KitError as problem:
            if not as_json:
                raise
            say(json.dumps({"file": str(file), "findings": _plain(problem.findings)}, ensure_ascii=False, indent=1))
            code = 1
        raise typer.Exit(code)


def _user() -> str:
    """Who sits at the machine, as the log names who accepted."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class _Work:
    """One run of the command: its options, checked before anything is read."""

    def __init__(
        self,
        file: Path,
        recipe: Path | None,
        out: Path | None,
        accept: str | None,
        save_recipe: Path | None,
        by: str,
        as_json: bool,
        force: bool,
    ) -> None:
        self.file, self.recipe, self.accept, self.by = file, recipe, accept, by
        self.save_recipe, self.as_json, self.force = save_recipe, as_json, force
        suffix = text("cleaning.cli.suffix")
        self.out = out or (file.with_name(f"{file.stem}-{suffix}.csv") if recipe else None)
        self.written: list[str] = []

    def run(self) -> int:
        """The exit code, once all is said and written."""
        self._check_options()
        if self.file.is_file() and self.file.stat().st_size > _LONG:
            complain(text("cleaning.cli.reading", file=self.file.name, megabytes=self.file.stat().st_size // 1_000_000))
        return self._with_recipe(self.recipe) if self.recipe else self._without()

    def _with_recipe(self, recipe: Path) -> int:
        cleaning = apply_recipe(self.file, recipe, by=self.by, progress=_progress())
        fits = not cleaning.fit.at_level(Level.ERROR, Level.WARNING)
        usable = not cleaning.fit.errors
        if usable:
            self._write(cleaning)
        if self.as_json:
            remaining = _plain(cleaning.remaining)
            self._say_json(cleaning, fits=fits, fit=_plain(cleaning.fit), remaining=remaining)
        else:
            say(cleaning.summary())
            show(cleaning.fit)
            say(text("cleaning.cli.remaining", tally=cleaning.remaining.tally()))
            say(text("cleaning.cli.fits" if fits else "cleaning.cli.fits-not" if usable else "cleaning.cli.unusable"))
            self._say_written()
        return 0 if fits else 1

    def _without(self) -> int:
        cleaning = Cleaning.start(self.file, by=self.by)
        cleaning.progress = _progress()
        findings, profile = cleaning.findings, cleaning.profile()
        if self.accept:
            cleaning.accept_all(certain=self.accept == "certain")
        if self.save_recipe:
            content = to_yaml(cleaning.recipe())
            self._save(self.save_recipe, lambda path: path.write_text(content, encoding="utf-8", newline="\n"))
        if self.out:
            self._write(cleaning)
        if self.as_json:
            columns = json.loads(profile.to_json(orient="records", force_ascii=False))
            self._say_json(cleaning, profile=columns, findings=_plain(findings))
            return 1 if findings.errors else 0
        show_table([str(name) for name in profile.columns], profile.round(4).itertuples(index=False), self.file.name)
        proposals = cleaning.proposals
        if proposals:
            names = ("id", "change", "cells", "certain", "decision")
            head = [text(f"cleaning.heading.{name}") for name in names]
            words = [proposal.render() for proposal in proposals]
            cells = sum(p.cells for p in proposals)
            caption = text("cleaning.proposals-caption", n=len(proposals), cells=cells)
            show_table(head, [[word[name] for name in names] for word in words], caption)
        code = show(findings)
        say(cleaning.summary())
        self._say_written()
        return code

    # -- what may be written -----------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        if self.recipe and (self.accept or self.save_recipe):
            raise KitError(error("cleaning.cli-recipe-and-accept"))
        if self.accept is not None and self.accept not in _ACCEPT:
            raise KitError(error("cleaning.cli-accept", value=self.accept, known=list(_ACCEPT)))
        if (self.save_recipe or (self.out and not self.recipe)) and not self.accept:
            raise KitError(error("cleaning.cli-nothing-accepted"))
        if self.out and self.out.suffix.lower() != ".csv":
            raise KitError(error("planning.ending", Place(str(self.out)), known=[".csv"]))
        if self.save_recipe and self.save_recipe.suffix.lower() not in (".yaml", ".yml"):
            raise KitError(error("planning.ending", Place(str(self.save_recipe)), known=[".yaml", ".yml"]))
        table, log, layer = self._targets() if self.out else (None, None, None)
        layer = layer if self.file.suffix.lower() in GEOGRAPHIC else None
        for target in filter(None, (table, log, layer, self.save_recipe)):
            self._check_target(target)

    def _targets(self) -> tuple[Path, Path, Path]:
        """Where table, log and layer go."""
        assert self.out is not None  # noqa: S101 - asked only then
        log = self.out.with_name(f"{self.out.stem}-{text('cleaning.cli.log-suffix')}.json")
        return self.out, log, self.out.with_suffix(".gpkg")

    def _check_target(self, target: Path) -> None:
        place = Place(str(target))
        if not target.parent.is_dir():
            raise KitError(error("planning.no-folder", place, folder=str(target.parent)))
        for source in (self.file, self.recipe):
            if source and source.exists() and (target.resolve() == source.resolve() or _same(target, source)):
                raise KitError(error("cleaning.cli-same-file", place, file=source.name))
        if target.exists() and not self.force:
            raise KitError(error("planning.exists", place))

    def _write(self, cleaning: Cleaning) -> None:
        table, log, layer = self._targets()
        has_geometry = cleaning.state.geometry is not None
        for path in self._tried(table, lambda: write_files(cleaning, table, log, layer if has_geometry else None)):
            self.written.append(str(path))

    def _save(self, target: Path, write: Callable[[Path], object]) -> None:
        self._tried(target, lambda: write(target))
        self.written.append(str(target))

    def _tried(self, target: Path, write: Callable[[], Any]) -> Any:
        try:
            return write()
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise KitError(error("planning.not-written", Place(str(target)), reason=reason)) from problem

    # -- what is said ------------------------------------------------------------------------------------------------

    def _say_json(self, cleaning: Cleaning, **more: Any) -> None:
        rows, columns = cleaning.raw.shape
        data = {"file": str(self.file), "rows": rows, "columns": columns, **more}
        data["proposals"] = [
            {
                "id": p.id,
                "rule": p.rule,
                "column": p.column,
                "cells": p.cells,
                "certain": p.certain,
                "decision": p.decision,
                "examples": [list(pair) for pair in p.examples],
            }
            for p in cleaning.proposals
        ]
        data |= {"changed": len(cleaning.log), "written": self.written}
        say(json.dumps(data, ensure_ascii=False, indent=1))

    def _say_written(self) -> None:
        for path in self.written:
            say(text("planning.written", path=path))


def _same(target: Path, source: Path) -> bool:
    return target.exists() and target.samefile(source)


def _plain(findings: Findings | list[Finding]) -> list[dict[str, Any]]:
    return [finding.to_dict() for finding in findings]


def _progress() -> Callable[[int, int], None]:
    """Says on standard error how far the rules are, every few seconds; a short run says nothing."""
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            complain(text("cleaning.cli.progress", done=done, total=total))

    return tell
