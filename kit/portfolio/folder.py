"""`Portfolio`: opening, reading, writing, and the way back."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock, Timeout
from ruamel.yaml.error import YAMLError

from kit import messages
from kit.findings import Finding, Findings, KitError, Place, advice, error, warning
from kit.integrity import digest, is_readable
from kit.portfolio.bursts import Burst
from kit.portfolio.disk import flush, inside, not_writable, replace
from kit.portfolio.manifest import MANIFEST, looks_like_one, new_manifest, read_manifest, yaml_rules
from kit.portfolio.steps import STEPS, step_of

HISTORY = "history"
FOLDER_VARIABLE = "TALLER_PORTFOLIO"
LOCK_SECONDS = 15.0
_TEMPORARY = ".taller-"
_STALE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of a file or folder of the portfolio."""

    path: str  # of the file it is a version of, relative to the portfolio
    when: str  # UTC, as in the name: 20151026T090000.123456Z
    stored: Path

    def __str__(self) -> str:
        return self.when


class Portfolio:
    """A participant's folder. Make one with `create`, `open` or `open_or_create`."""

    def __init__(self, folder: Path, manifest: dict[str, Any], findings: Findings) -> None:
        self.folder = folder
        self.findings = findings
        self._manifest = manifest
        self._lock = FileLock(folder / ".lock", timeout=LOCK_SECONDS)
        self._burst: Burst | None = None

    # -- opening ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: str | Path, *, title: str = "", lang: str | None = None) -> Portfolio:
        """A new portfolio in ``folder`` (made if need be; it may hold other files, but no portfolio).

        Raises:
            KitError: ``portfolio.exists`` if there is one already, ``portfolio.not-writable`` if the disk refuses.
        """
        root = Path(folder).expanduser().resolve()
        if (root / MANIFEST).exists():
            raise KitError(error("portfolio.exists", Place(str(root)), folder=str(root)))
        try:
            root.mkdir(parents=True, exist_ok=True)
            portfolio = cls(root, new_manifest(title, lang), Findings())
            with portfolio._locked():
                portfolio._store_manifest()
        except OSError as problem:
            raise KitError(not_writable(root, problem)) from problem
        return portfolio

    @classmethod
    def open(cls, folder: str | Path) -> Portfolio:
        """The portfolio in ``folder``; ``.findings`` says what in it is damaged, missing or half written.

        Raises:
            KitError: ``portfolio.not-found`` if there is no portfolio.
        """
        root = Path(folder).expanduser().resolve()
        if not root.is_dir() or (not (root / MANIFEST).is_file() and not looks_like_one(root)):
            raise KitError(error("portfolio.not-found", Place(str(root)), folder=str(root)))
        findings = Findings()
        manifest = read_manifest(root, findings)
        portfolio = cls(root, manifest, findings)
        findings.extend(portfolio.check())
        return portfolio

    @classmethod
    def open_or_create(cls, folder: str | Path | None = None, *, title: str = "", lang: str | None = None) -> Portfolio:
        """The portfolio in ``folder``, made if there is none.

        Without ``folder``: the one that the variable TALLER_PORTFOLIO names, else "portafolio" in the working folder.
        """
        root = Path(folder or os.environ.get(FOLDER_VARIABLE) or "portafolio").expanduser().resolve()
        if root.is_dir() and ((root / MANIFEST).is_file() or looks_like_one(root)):
            return cls.open(root)
        return cls.create(root, title=title, lang=lang)

    @property
    def title(self) -> str:
        """Whose portfolio it is: the government's or the group's name."""
        return str(self._manifest.get("title", ""))

    @property
    def lang(self) -> str:
        """The language that its documents are written in."""
        chosen = self._manifest.get("lang")
        return chosen if chosen in messages.LANGUAGES else messages.DEFAULT_LANGUAGE

    # -- paths -----------------------------------------------------------------------------------------------------

    def path(self, rel: str | Path) -> Path:
        """Where ``rel`` lies; always inside the folder, never through a link that leads out of it.

        Raises:
            KitError: ``portfolio.bad-path`` for a path that leads outside or cannot be a file name everywhere.
        """
        return inside(self.folder, rel)

    def exists(self, rel: str | Path) -> bool:
        """Whether the file or folder is there."""
        return self.path(rel).exists()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read_bytes(self, rel: str | Path) -> bytes:
        """The content of a file.

        Raises:
            KitError: ``portfolio.step-missing`` if it is not there, naming the step that leaves it.
        """
        path = self.path(rel)
        if not path.is_file():
            raise KitError(self._missing(str(rel)))
        try:
            return path.read_bytes()
        except OSError as problem:
            raise KitError(error("portfolio.unreadable", Place(str(rel)), reason=str(problem))) from problem

    def read_text(self, rel: str | Path) -> str:
        """The content of a UTF-8 file as text."""
        try:
            return self.read_bytes(rel).decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise KitError(self._damaged(str(rel))) from problem

    def read_yaml(self, rel: str | Path) -> Any:
        """The data of a YAML file.

        Raises:
            KitError: ``portfolio.yaml`` with the line where reading stopped.
        """
        content = self.read_text(rel)
        try:
            return yaml_rules().load(content)
        except YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            rows = (mark.line + 1,) if mark else ()
            raise KitError(
                error("portfolio.yaml", Place(str(rel), rows=rows), file=str(rel), version=self._way_back(str(rel)))
            ) from problem

    # -- writing ---------------------------------------------------------------------------------------------------

    def write_bytes(self, rel: str | Path, content: bytes, *, step: str) -> Path:
        """Write a file of ``step`` as one act; what it replaces goes to ``history/``. Returns its path."""
        with self.writing(rel, step=step) as temporary:
            temporary.write_bytes(content)
        return self.path(rel)

    def write_text(self, rel: str | Path, content: str, *, step: str) -> Path:
        """Write a UTF-8 file of ``step`` with line feeds; else like `write_bytes`."""
        return self.write_bytes(rel, content.encode("utf-8"), step=step)

    def write_yaml(self, rel: str | Path, data: Any, *, step: str) -> Path:
        """Write plain data as a YAML file that a person can edit; else like `write_bytes`."""
        stream = io.BytesIO()
        yaml_rules().dump(data, stream)
        return self.write_bytes(rel, stream.getvalue(), step=step)

    @contextmanager
    def writing(self, rel: str | Path, *, step: str) -> Iterator[Path]:
        """A temporary path to write to; when the block ends well it takes the place of ``rel``, else it vanishes."""
        target = self.path(rel)
        name = target.relative_to(self.folder).as_posix()
        with self._attempt(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary_name = tempfile.mkstemp(prefix=_TEMPORARY, suffix=target.suffix, dir=target.parent)
            os.close(handle)
        temporary = Path(temporary_name)
        temporary.chmod(0o644)  # mkstemp's 0600 would keep a colleague on a shared disk from reading it
        try:
            yield temporary
            with self._attempt(target), self._locked():  # only now: whoever makes the file may take long
                flush(temporary)
                new = digest(temporary)
                old = digest(target) if target.exists() else None
                if old != new:
                    self._keep(target, name, old)
                    replace(temporary, target)
                if self._burst is not None:
                    self._burst.wrote(name, new)
                self._note(name, step, new, target.stat().st_size)
                self._store_manifest()
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def in_burst(self, burst: Burst) -> Iterator[None]:
        """Within the block, files are written as part of ``burst``, which says what goes to ``history/``."""
        outer, self._burst = self._burst, burst
        try:
            yield
        finally:
            self._burst = outer

    @contextmanager
    def writing_folder(self, rel: str | Path, *, step: str) -> Iterator[Path]:
        """A temporary folder to fill; when the block ends well it takes the place of ``rel`` as a whole."""
        target = self.path(rel)
        name = target.relative_to(self.folder).as_posix()
        with self._attempt(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=target.parent))
            temporary.chmod(0o755)
        try:
            yield temporary
            with self._attempt(target), self._locked():
                self._swap_folder(temporary, target, name)
                self._forget_below(name)
                for path in sorted(p for p in target.rglob("*") if p.is_file()):
                    self._note(path.relative_to(self.folder).as_posix(), step, digest(path), path.stat().st_size)
                self._store_manifest()
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def take_out(self, step: str) -> list[str]:
        """Take the files of ``step`` out of the folder, so that it counts as not done; they stay in ``history/``.

        Returns:
            The names of what was taken out.

        Raises:
            KitError: ``portfolio.in-use`` if another program holds one of them.
        """
        taken: list[str] = []
        with self._attempt(self.folder), self._locked():
            noted = [name for name, entry in self._manifest["files"].items() if str(entry["step"]) == step]
            declared = next((known.files for known in STEPS if known.number == step), ())
            try:
                for name in dict.fromkeys((*noted, *declared)):
                    target = self.path(name)
                    if target.is_file():
                        with self._attempt(target):
                            replace(target, self._history_path(name, target.suffix))
                        taken.append(name)
                        self._manifest["files"].pop(name, None)
            finally:
                if taken:
                    self._store_manifest()
        return taken

    # -- what is done and what was -----------------------------------------------------------------------------------

    def steps_done(self) -> list[str]:
        """The numbers of the steps that have left something that is still here, in order."""
        files = self._manifest["files"]
        numbers = {step.number for step in STEPS}  # letters and the dossier belong to no step
        found = {str(entry["step"]) for name, entry in files.items() if (self.folder / name).exists()}
        return sorted(found & numbers)

    def versions(self, rel: str | Path) -> list[Version]:
        """The earlier versions of a file or folder, newest first."""
        name = self.path(rel).relative_to(self.folder).as_posix()
        folder = self.folder / HISTORY / name
        if not folder.is_dir():
            return []
        kept = [
            Version(name, p.name.split("Z")[0] + "Z", p) for p in folder.iterdir() if re.match(r"\d{8}T\d+", p.name)
        ]
        return sorted(kept, key=lambda version: version.when, reverse=True)

    def restore(self, rel: str | Path, version: str | None = None) -> Path:
        """Put an earlier version back (the newest that can be read, unless told which); today's is kept as well.

        Raises:
            KitError: ``portfolio.no-version`` if there is none such.
        """
        name = self.path(rel).relative_to(self.folder).as_posix()
        wanted = [v for v in self.versions(rel) if (v.when == version if version else is_readable(v.stored))]
        if not wanted:
            known = [v.when for v in self.versions(rel)]
            raise KitError(error("portfolio.no-version", Place(name), version=version or "-", versions=known or ["-"]))
        stored = wanted[0].stored
        step = self._step_of(name)
        if stored.is_dir():
            with self.writing_folder(rel, step=step) as temporary:
                shutil.copytree(stored, temporary, dirs_exist_ok=True)
            return self.path(rel)
        return self.write_bytes(rel, stored.read_bytes(), step=step)

    def check(self) -> Findings:
        """What is missing, damaged or left half written, file by file."""
        found = Findings()
        for name, entry in self._manifest["files"].items():
            try:
                path = self.path(name)
            except KitError as problem:  # a manifest edited to point outside
                found.extend(problem.findings)
                continue
            if not path.exists():
                found.add(warning("portfolio.file-missing", Place(name), file=name, version=self._way_back(name)))
            elif digest(path) != entry.get("sha256"):
                if not is_readable(path):
                    found.add(self._damaged(name))
                else:
                    found.add(
                        advice("portfolio.changed-outside", Place(name), file=name, when=str(entry.get("written")))
                    )
        left = [p for p in self.folder.rglob(f"{_TEMPORARY}*") if time.time() - p.stat().st_mtime > _STALE_SECONDS]
        if left:
            names = [p.relative_to(self.folder).as_posix() for p in left]
            found.add(advice("portfolio.interrupted-write", Place(str(self.folder)), n=len(names), files=names))
        return found

    # -- inside ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock.acquire()
        except Timeout as problem:
            raise KitError(error("portfolio.locked", Place(str(self.folder)), seconds=int(LOCK_SECONDS))) from problem
        try:
            if (self.folder / MANIFEST).is_file():  # another notebook may have written since
                self._manifest = read_manifest(self.folder, Findings())
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _attempt(self, target: Path) -> Iterator[None]:
        """Turn what the disk refuses into findings."""
        try:
            yield
        except PermissionError as problem:
            raise KitError(error("portfolio.in-use", Place(str(target)), file=target.name)) from problem
        except OSError as problem:
            raise KitError(not_writable(target, problem)) from problem

    def _keep(self, target: Path, name: str, old: str | None) -> None:
        if old is None or not target.is_file() or (self._burst is not None and not self._burst.keeps(name, old)):
            return
        shutil.copy2(target, self._history_path(name, target.suffix))
        if self._burst is not None:
            self._burst.kept(name)

    def _swap_folder(self, temporary: Path, target: Path, name: str) -> None:
        kept = self._history_path(name, "") if target.exists() else None
        if kept is not None:
            replace(target, kept)
        try:
            replace(temporary, target)
        except OSError:
            if kept is not None:  # the old folder comes back rather than leaving nothing there
                replace(kept, target)
            raise

    def _history_path(self, name: str, suffix: str) -> Path:
        folder = self.folder / HISTORY / name
        folder.mkdir(parents=True, exist_ok=True)
        stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return folder / f"{stamp}{suffix}"

    def _note(self, name: str, step: str, sha256: str, size: int) -> None:
        written = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._manifest["files"][name] = {"step": step, "sha256": sha256, "bytes": size, "written": written}

    def _forget_below(self, name: str) -> None:
        files = self._manifest["files"]
        self._manifest["files"] = {k: v for k, v in files.items() if k != name and not k.startswith(f"{name}/")}

    def _store_manifest(self) -> None:
        target = self.folder / MANIFEST
        temporary = self.folder / f"{_TEMPORARY}{os.getpid()}.yaml"
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as stream:
                yaml_rules().dump(self._manifest, stream)
            flush(temporary)
            replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)

    def _step_of(self, name: str) -> str:
        for known, entry in self._manifest["files"].items():
            if known == name or known.startswith(f"{name}/"):
                return str(entry["step"])
        step = step_of(name)
        return step.number if step else "-"

    def _missing(self, name: str) -> Finding:
        if name in self._manifest["files"]:
            return error("portfolio.file-missing", Place(name), file=name, version=self._way_back(name))
        step = step_of(name)
        return error("portfolio.step-missing", Place(name), file=name, notebook=step.notebook if step else "-")

    def _damaged(self, name: str) -> Finding:
        return error("portfolio.file-damaged", Place(name), file=name, version=self._way_back(name))

    def _way_back(self, name: str) -> str:
        """The newest version of ``name`` that can be read, or "-"; a file in a folder goes back with its folder."""
        candidates = [name, *(str(parent) for parent in PurePosixPath(name).parents if str(parent) != ".")]
        for candidate in candidates:
            for version in self.versions(candidate):
                if is_readable(version.stored):
                    return f"{candidate} ({version.when})"
        return "-"
