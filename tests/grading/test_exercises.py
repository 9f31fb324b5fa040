"""The exercises' sources: built without findings, the same points and identifiers in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.build import check

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = sorted(path.name for path in (ROOT / "exercises" / "es").glob("e*"))


def test_the_sources_keep_every_rule_and_are_built():
    findings = [finding for finding in check(ROOT) if str(finding.place.file).startswith("exercises/")]
    assert findings == []


@pytest.mark.parametrize("name", EXERCISES)
def test_both_languages_have_the_same_graded_cells(name, exercise):
    def graded(lang):
        cells = [cell.metadata.nbgrader for cell in exercise(name, lang).source.cells if "nbgrader" in cell.metadata]
        return [(cell.grade_id, cell.get("points"), cell.grade, cell.solution, cell.locked) for cell in cells]

    assert graded("es") == graded("en")


@pytest.mark.parametrize("name", EXERCISES)
def test_every_code_answer_is_tried_on_a_second_input_too(name, exercise):
    cells = exercise(name, "es").source.cells
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    answers = [i for i, c in graded.items() if c.cell_type == "code" and c.metadata.nbgrader.solution]
    assert answers
    for answer in answers:
        assert "BEGIN HIDDEN TESTS" in graded[f"{answer}-hidden"].source
        assert "HIDDEN" not in graded[f"{answer}-test"].source
