"""Front matter: what every lesson says of itself, checked and rendered as its first and last cell.

Fields (`notebooks/README.md` describes them): step, title, questions, objectives, minutes, prerequisites, datasets,
keypoints; an exercise also has files. Words are given per language, ``{"es": …, "en": …}``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from kit.build.source import Source
from kit.findings import Findings, error
from kit.messages import LANGUAGES, text

MINUTES = ("teach", "exercise", "break")
_WORD_LISTS = ("questions", "objectives", "keypoints")
_OPTIONAL_IN_EXERCISES = {"questions", "keypoints"}


def lint(source: Source, *, steps: Collection[str], datasets: Collection[str], root: Path) -> Findings:
    """What is wrong with the front matter of ``source``.

    ``steps`` are those that have a lesson, ``datasets`` the names in the registry; paths start at ``root``.
    """
    return (
        _lint_step(source)
        + _lint_title(source)
        + _lint_word_lists(source)
        + _lint_minutes(source)
        + _lint_names(source, "prerequisites", steps)
        + _lint_names(source, "datasets", datasets)
        + _lint_files(source, root)
    )


def step_of(value: Any) -> str:
    """A step as text: YAML reads an unquoted 05 as the number 5."""
    return f"{value:02d}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def head(source: Source, lang: str, lessons: Mapping[str, Source]) -> str:
    """The Markdown of the first cell: title, time, what comes before, questions and objectives."""
    lesson = source.lesson
    times = [text(f"build.head.{kind}", lang=lang, n=n) for kind in MINUTES if (n := lesson["minutes"][kind])]
    parts = [
        f"# {source.step} · {source.title(lang)}",
        text("build.head.minutes", lang=lang, parts=times),
    ]
    if lesson["prerequisites"]:
        before = [_reference(lessons[step_of(step)], lang, source.is_exercise) for step in lesson["prerequisites"]]
        parts.append(text("build.head.before", lang=lang, lessons=", ".join(before)))
    if lesson["datasets"]:
        parts.append(text("build.head.datasets", lang=lang, datasets=", ".join(f"`{n}`" for n in lesson["datasets"])))
    if lesson.get("questions"):
        parts += [f"## {text('build.head.questions', lang=lang)}", _bullets(lesson["questions"][lang])]
    parts += [f"## {text('build.head.objectives', lang=lang)}", _bullets(lesson["objectives"][lang])]
    return "\n\n".join(parts)


def keypoints(source: Source, lang: str) -> str | None:
    """The Markdown of the last cell, or None when there are no key points."""
    if not source.lesson.get("keypoints"):
        return None
    return f"## {text('build.head.keypoints', lang=lang)}\n\n{_bullets(source.lesson['keypoints'][lang])}"


def files(source: Source) -> list[str]:
    """The data files that travel with an exercise, as paths from the root."""
    return [str(file) for file in source.lesson.get("files") or []]


def _reference(lesson: Source, lang: str, alone: bool) -> str:
    """A lesson's title, linked unless the notebook travels alone."""
    title = f"{lesson.step} · {lesson.title(lang)}"
    return title if alone else f"[{title}]({lesson.name}.ipynb)"


def _bullets(items: Collection[Any]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _missing(source: Source, name: str) -> Findings:
    return Findings([error("build.front-matter-missing", source.place(1, item=name), field=name)])


def _wrong(source: Source, name: str, value: Any, example: str) -> Findings:
    shown = str(value)
    return Findings(
        [error("build.front-matter-value", source.place(1, item=name), field=name, value=shown, example=example)]
    )


def _lint_step(source: Source) -> Findings:
    if source.lesson.get("step") is None:
        return _missing(source, "step")
    if step_of(source.lesson["step"]) != source.step:
        return _wrong(source, "step", source.lesson["step"], f'"{source.step}"')
    return Findings()


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _lint_title(source: Source) -> Findings:
    title = source.lesson.get("title")
    findings = Findings()
    for lang in LANGUAGES:
        if not isinstance(title, Mapping) or title.get(lang) is None:
            findings.extend(_missing(source, f"title.{lang}"))
        elif not _is_words(title[lang]):
            findings.extend(_wrong(source, f"title.{lang}", title[lang], "…"))
    return findings


def _lint_word_lists(source: Source) -> Findings:
    findings = Findings()
    for name in _WORD_LISTS:
        words = source.lesson.get(name)
        if words is None and source.is_exercise and name in _OPTIONAL_IN_EXERCISES:
            continue
        by_language: Mapping[str, Any] = words if isinstance(words, Mapping) else {}
        found = Findings()
        for lang in LANGUAGES:
            items = by_language.get(lang)
            if not items:
                found.extend(_missing(source, f"{name}.{lang}"))
            elif not isinstance(items, list) or not all(map(_is_words, items)):
                found.extend(_wrong(source, f"{name}.{lang}", items, "[…, …]"))
        counts = {} if found else {lang: len(by_language[lang]) for lang in LANGUAGES}
        if len(set(counts.values())) > 1:
            found.add(error("build.front-matter-counts", source.place(1, item=name), field=name, **counts))
        findings.extend(found)
    return findings


def _is_minutes(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _lint_minutes(source: Source) -> Findings:
    """Every kind of minutes is given; those of the exercises are the sum of what their cells say."""
    minutes = source.lesson.get("minutes")
    findings = Findings()
    for key in MINUTES:
        value = minutes.get(key) if isinstance(minutes, Mapping) else None
        if value is None:
            findings.extend(_missing(source, f"minutes.{key}"))
        elif not _is_minutes(value):
            findings.extend(_wrong(source, f"minutes.{key}", value, "15"))
    if findings or not isinstance(minutes, Mapping):
        return findings
    cells = [cell for cell in source.cells if "exercise" in cell.tags and cell.is_for("es")]
    idle = [cell.row for cell in cells if not _is_minutes(cell.options.get("minutes")) or not cell.options["minutes"]]
    if idle:
        return Findings([error("build.exercise-minutes", source.place(*idle), n=len(idle))])
    if source.is_exercise:
        if not minutes["exercise"]:
            findings.add(error("build.exercise-minutes", source.place(1, item="minutes.exercise"), n=1))
        return findings
    total = sum(cell.options["minutes"] for cell in cells)
    if total != minutes["exercise"]:
        place = source.place(*(cell.row for cell in cells), item="minutes.exercise")
        findings.add(error("build.minutes-sum", place, declared=minutes["exercise"], total=total))
    return findings


def _lint_names(source: Source, name: str, known: Collection[str]) -> Findings:
    """A list of names, each of which exists: steps that have a lesson, datasets in the registry."""
    values = source.lesson.get(name)
    if values is None:
        return _missing(source, name)
    if not isinstance(values, list):
        return _wrong(source, name, values, "[]")
    as_text = [step_of(value) if name == "prerequisites" else str(value) for value in values]
    return Findings(
        error("build.unknown-reference", source.place(1, item=name), field=name, name=value, known=sorted(known))
        for value in as_text
        if value not in known or (name == "prerequisites" and value == source.step and not source.is_exercise)
    )


def _lint_files(source: Source, root: Path) -> Findings:
    listed = source.lesson.get("files")
    if listed is None:
        return Findings()
    if not source.is_exercise or not isinstance(listed, list):
        return _wrong(source, "files", listed, "[datasets/catastro/raw/predios.csv]")
    findings = Findings()
    names: set[str] = {source.name + ".ipynb"}
    for file in files(source):
        path = PurePosixPath(file)
        outside = path.is_absolute() or ".." in path.parts
        if outside or path.name in names or not (root / file).is_file():
            findings.add(error("build.file-missing", source.place(1, item="files"), file=file))
        names.add(path.name)
    return findings
