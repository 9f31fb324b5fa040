"""Building and checking all lessons and exercises: sources in, notebooks of both languages out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import jupytext
import nbformat
from nbformat import NotebookNode

from kit.build import frontmatter, grades, languages, notebook, outputs, prose
from kit.build.source import Source, find, read
from kit.findings import Findings, KitError, Place, error
from kit.messages import LANGUAGES

Progress = Callable[[str, float], None]

TRAINER_FOLDER = "build/trainer"
_DIFF_LINES = 6
_DIFF_WIDTH = 100


@dataclass
class BuildResult:
    """What a build did: paths from the folder it wrote into, and what kept it from building more."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True)
class Course:
    """All sources of a folder, with what is wrong with each."""

    root: Path
    sources: Sequence[Source]
    findings: Findings

    @property
    def lessons(self) -> Mapping[str, Source]:
        """The lessons by their step."""
        return {source.step: source for source in self.sources if not source.is_exercise}

    @property
    def sound(self) -> list[Source]:
        """The sources without errors, which can be built."""
        wrong = {finding.place.file for finding in self.findings.errors}
        return [source for source in self.sources if source.file not in wrong]


def load(root: Path, datasets: Collection[str] | None = None) -> Course:
    """Read and lint all sources below ``root``. ``datasets`` are the names that exist, by default those of the kit."""
    sources, findings = read(root)
    names = _registered() if datasets is None else datasets
    steps = [source.step for source in sources if not source.is_exercise]
    built = {source.built(lang) for source in sources for lang in LANGUAGES}
    for source in sources:
        findings.extend(frontmatter.lint(source, steps=steps, datasets=names, root=root))
        findings.extend(languages.lint(source))
        findings.extend(prose.lint(source, root=root, built=built))
        findings.extend(grades.lint(source))
        findings.extend(notebook.lint(source))
    findings.extend(_repeated_steps(sources))
    return Course(root, sources, findings)


def build(
    root: Path,
    names: Iterable[str] | None = None,
    execute: bool = False,
    progress: Progress | None = None,
    *,
    trainer: bool = False,
    into: Path | None = None,
    datasets: Collection[str] | None = None,
) -> BuildResult:
    """Write the notebooks of both languages from the sources below ``root``.

    ``names`` chooses sources by name ("05-cleaning"), by step ("05": lesson and exercise) or by assignment ("e05").
    A notebook with checked cells is run when its code changed, or always with ``execute``. With ``trainer`` the
    trainer's notes stay in, and the notebooks go to ``into`` (by default ``build/trainer`` below ``root``).
    A source with errors is not built; the result's findings say why.

    Raises:
        KitError: if a name fits no source.
        ValueError: if the trainer's copies would go among the participants'.
    """
    course = load(root, datasets)
    target = into or (root / TRAINER_FOLDER if trainer else root)
    if trainer and target.resolve() == root.resolve():
        raise ValueError("into: the trainer's copies need a folder of their own")
    chosen = {source.file for source in course.sources} if names is None else _choose(course, names)
    result = BuildResult(findings=Findings(f for f in course.findings if names is None or f.place.file in chosen))
    work = [(source, lang) for source in course.sound if source.file in chosen for lang in LANGUAGES]
    for number, (source, lang) in enumerate(work):
        if progress:
            progress(source.built(lang), number / len(work))
        made, found = _make(course, source, lang, target, execute=execute, trainer=trainer)
        result.findings.extend(found)
        if not found.errors:
            _write(target, source.built(lang), notebook.dump(made).encode(), result)
            for file, copied in _copies(source, lang).items():
                _write(target, copied, (root / file).read_bytes(), result)
    if names is None and target == root:
        _remove_left_over(course, result)
    if progress:
        progress("", 1.0)
    return result


def check(root: Path, *, datasets: Collection[str] | None = None) -> Findings:
    """Whether the sources below ``root`` keep every rule and the built notebooks are what they give. Runs nothing."""
    course = load(root, datasets)
    findings = Findings(course.findings)
    for source in course.sound:
        for lang in LANGUAGES:
            findings.extend(_compare(course, source, lang))
    for file in _left_over(course):
        findings.add(error("build.extra", Place(file)))
    return findings


def _registered() -> list[str]:
    """The names of the kit's own datasets; imported late, because reading the registry takes time."""
    from kit import datasets

    return list(datasets.registry())


def _repeated_steps(sources: Sequence[Source]) -> Findings:
    """Two lessons, or two exercises, of one step."""
    findings = Findings()
    first: dict[tuple[bool, str], Source] = {}
    for source in sources:
        other = first.setdefault((source.is_exercise, source.step), source)
        if other is not source:
            findings.add(error("build.step-repeated", Place(source.file), step=source.step, other=other.file))
    return findings


def _choose(course: Course, names: Iterable[str]) -> set[str]:
    """The files of the sources that ``names`` mean, unreadable ones too, so that their finding is shown."""
    chosen: set[str] = set()
    files = [path.relative_to(course.root).as_posix() for path in find(course.root)]
    for name in names:
        wanted = name.removesuffix(".md")
        fitting = {file for file in files if _fits(PurePosixPath(file).stem, wanted)}
        if not fitting:
            raise KitError(error("build.unknown-name", name=name, known=[PurePosixPath(file).stem for file in files]))
        chosen |= fitting
    return chosen


def _fits(stem: str, wanted: str) -> bool:
    return wanted == stem or wanted in (stem.split("-")[0], stem.split("-")[0].removeprefix("e"))


def _make(
    course: Course, source: Source, lang: str, target: Path, *, execute: bool, trainer: bool
) -> tuple[NotebookNode, Findings]:
    """The notebook of one source and language, with the outputs of its checked cells."""
    made = notebook.assemble(source, lang, course.lessons, trainer=trainer)
    if not outputs.has_checked(made):
        return made, Findings()
    if not execute and outputs.keep(made, _read_built(target / source.built(lang))):
        return made, Findings()
    return made, outputs.run(made, source, lang, course.root)


def _read_built(path: Path) -> NotebookNode | None:
    """A built notebook, or None when there is none or it is no notebook."""
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return None


def _copies(source: Source, lang: str) -> dict[str, str]:
    """The data files of an exercise: path from the root to the path of the copy."""
    folder = source.folder.format(lang=lang)
    return {file: f"{folder}/{PurePosixPath(file).name}" for file in frontmatter.files(source)}


def _write(target: Path, file: str, content: bytes, result: BuildResult) -> None:
    """Write a file at once, and only if that changes it: an unchanged notebook keeps its time."""
    path = target / file
    if path.is_file() and path.read_bytes() == content:
        result.unchanged.append(file)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
    result.written.append(file)


def _compare(course: Course, source: Source, lang: str) -> Findings:
    """One built notebook, and the data files beside it, against what the source gives now."""
    findings = Findings()
    file = source.built(lang)
    path = course.root / file
    if not path.is_file():
        return Findings([error("build.not-built", Place(file), source=source.file, name=source.name)])
    made = notebook.assemble(source, lang, course.lessons)
    built = _read_built(path)
    if outputs.has_checked(made):
        outputs.keep(made, built)
    if path.read_bytes() != notebook.dump(made).encode():
        if (
            built is not None
            and outputs.edited(built)
            and not _difference(outputs.without(built), outputs.without(made))
        ):
            findings.add(error("build.outputs-edited", Place(file), name=source.name))
        else:
            change = " | ".join(_difference(built, made))
            findings.add(error("build.drift", Place(file), source=source.file, name=source.name, change=change))
    for original, copied in _copies(source, lang).items():
        target = course.root / copied
        if not target.is_file() or target.read_bytes() != (course.root / original).read_bytes():
            findings.add(error("build.copy-differs", Place(copied), source=original, name=source.name))
    return findings


def _difference(built: NotebookNode | None, made: NotebookNode) -> list[str]:
    """The first lines that differ: of the text as an author sees it, else of the file."""
    if built is None:
        return ["-"]
    for form in (lambda given: jupytext.writes(given, fmt="md:myst"), lambda given: nbformat.writes(given, version=4)):
        lines = [
            line[:_DIFF_WIDTH]
            for line in difflib.unified_diff(form(built).splitlines(), form(made).splitlines(), n=0, lineterm="")
            if line[:3] not in ("---", "+++") and line[:2] != "@@" and line[1:].strip()
        ]
        if lines:
            return lines[:_DIFF_LINES]
    return []


def _left_over(course: Course) -> Iterator[str]:
    """Files among the built ones that no source gives. Those of a source that cannot be read are left in peace."""
    stems = {path.stem for path in find(course.root)} - {source.name for source in course.sources}
    expected = {source.built(lang) for source in course.sources for lang in LANGUAGES}
    expected |= {copy for source in course.sources for lang in LANGUAGES for copy in _copies(source, lang).values()}
    for lang in LANGUAGES:
        lessons = sorted((course.root / "notebooks" / lang).glob("*.ipynb"))
        exercises = sorted((course.root / "exercises" / lang).rglob("*"))
        for path in [*lessons, *(path for path in exercises if path.is_file())]:
            file = path.relative_to(course.root)
            hidden = any(part.startswith(".") for part in file.parts)
            if not hidden and path.stem not in stems and file.as_posix() not in expected:
                yield file.as_posix()


def _remove_left_over(course: Course, result: BuildResult) -> None:
    """Remove notebooks that the build once made and no source gives any more; never anybody else's."""
    for file in list(_left_over(course)):
        path = course.root / file
        built = _read_built(path) if path.suffix == ".ipynb" else None
        if built is not None and notebook.METADATA in built.metadata:
            path.unlink()
            result.removed.append(file)
