"""The group activities of the planning lessons: their minutes add up, and somebody alone is told what to do."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from kit.build.source import parse

ROOT = Path(__file__).resolve().parents[2]
PLANNING = [
    path
    for number in ("00", "01", "02", "03", "04", "09")
    for path in (ROOT / "notebooks/source").glob(f"{number}-*.md")
]
MINUTES = re.compile(r"^\| (\d+)-(\d+) \|", re.MULTILINE)
ALONE = {"es": "**A solas.**", "en": "**Alone.**"}


def activities(lesson: Path) -> list[tuple[str, str, int]]:
    """Language, text and minutes of each exercise that has a table of minutes."""
    source, findings = parse(lesson.read_text(encoding="utf-8"), lesson.name)
    assert source is not None, findings.lines()
    exercises = [cell for cell in source.cells if "exercise" in cell.tags]
    timed = [cell for cell in exercises if MINUTES.search(cell.text)]
    return [(cell.lang, cell.text, cell.options["minutes"]) for cell in timed]


@pytest.mark.parametrize("lesson", PLANNING, ids=lambda path: path.stem)
def test_every_planning_lesson_has_a_group_activity_in_both_languages(lesson):
    assert [lang for lang, _, _ in activities(lesson)][:2] == ["es", "en"]


@pytest.mark.parametrize("lesson", PLANNING, ids=lambda path: path.stem)
def test_the_minutes_of_an_activity_follow_each_other_and_end_with_those_of_the_exercise(lesson):
    for _, words, minutes in activities(lesson):
        spans = [(int(start), int(end)) for start, end in MINUTES.findall(words)]
        assert spans[0][0] == 0 and spans[-1][1] == minutes
        assert all(end == start for (_, end), (start, _) in itertools.pairwise(spans))
        assert all(start < end for start, end in spans)


@pytest.mark.parametrize("lesson", PLANNING, ids=lambda path: path.stem)
def test_an_activity_says_what_somebody_alone_does(lesson):
    for lang, words, _ in activities(lesson):
        assert ALONE[lang] in words


@pytest.mark.parametrize("lesson", PLANNING, ids=lambda path: path.stem)
def test_a_planning_lesson_has_notes_for_its_trainer(lesson):
    source, _ = parse(lesson.read_text(encoding="utf-8"), lesson.name)
    assert sum("trainer" in cell.tags for cell in source.cells) >= 4  # two notes, in both languages
