"""Every rule of the sources, with an edit of a sound course that breaks it."""

from __future__ import annotations

import pytest

from kit.findings import KitError

LESSON = "notebooks/source/05-cleaning.md"
EXERCISE = "exercises/source/e05-keys.md"

# what is broken: (code, file, old, new, a word the row in the source begins with or None for the front matter)
BROKEN = {
    "title in one language": ("build.front-matter-missing", LESSON, "    en: Clean the data\n", "", None),
    "no questions": ("build.front-matter-missing", LESSON, "  questions:", "  unknown:", None),
    "no objectives in English": ("build.front-matter-missing", EXERCISE, ", en: [Count keys.]", "", None),
    "no minutes for the break": ("build.front-matter-missing", LESSON, "    break: 5\n", "", None),
    "no prerequisites": ("build.front-matter-missing", LESSON, '  prerequisites: ["04"]\n', "", None),
    "no keypoints": ("build.front-matter-missing", LESSON, "  keypoints:", "  points:", None),
    "no datasets": ("build.front-matter-missing", LESSON, "  datasets: [catastro]\n", "", None),
    "no step": ("build.front-matter-missing", LESSON, '  step: "05"\n', "", None),
    "another step": ("build.front-matter-value", LESSON, 'step: "05"', 'step: "06"', None),
    "minutes in words": ("build.front-matter-value", LESSON, "teach: 20", "teach: twenty", None),
    "negative minutes": ("build.front-matter-value", LESSON, "teach: 20", "teach: -1", None),
    "objectives as one text": ("build.front-matter-value", EXERCISE, "es: [Contar claves.]", "es: Contar", None),
    "files of a lesson": ("build.front-matter-value", LESSON, "  datasets:", "  files: [a.csv]\n  datasets:", None),
    "an objective untranslated": ("build.front-matter-counts", LESSON, "      - Mend them.\n", "", None),
    "a dataset that is none": ("build.unknown-reference", LESSON, "[catastro]", "[catastral]", None),
    "a prerequisite that is none": ("build.unknown-reference", LESSON, '["04"]', '["03"]', None),
    "a lesson before itself": ("build.unknown-reference", LESSON, '["04"]', '["05"]', None),
    "an exercise cell of 0 minutes": ("build.exercise-minutes", LESSON, '"minutes": 15', '"minutes": 0', "### Ej"),
    "an exercise source of 0 minutes": ("build.exercise-minutes", EXERCISE, "exercise: 30", "exercise: 0", None),
    "minutes that do not add up": ("build.minutes-sum", LESSON, "exercise: 15", "exercise: 20", "### Ej"),
    "a file that is not there": ("build.file-missing", EXERCISE, "datasets/parcels.csv", "datasets/none.csv", None),
    "a file outside": ("build.file-missing", EXERCISE, "datasets/parcels.csv", "../secret.csv", None),
    "words without a language": ("build.no-language", LESSON, '+++ {"lang": "es"}', "+++", "## Lo que"),
    "a third language": ("build.no-language", LESSON, '+++ {"lang": "es"}', '+++ {"lang": "fr"}', "## Lo que"),
    "a missing translation": (
        "build.no-partner",
        EXERCISE,
        '+++ {"lang": "en"}\n\n## Count the repeated keys\n\nOpen [the parcels](parcels.csv).\n',
        "",
        "## Cuente",
    ),
    "English before Spanish": (
        "build.no-partner",
        LESSON,
        '+++ {"lang": "es", "tags": ["trainer"]}\n\nLa mitad del grupo cuenta renglones.\n\n'
        '+++ {"lang": "en", "tags": ["trainer"]}\n\nHalf the class counts rows.\n',
        '+++ {"lang": "en", "tags": ["trainer"]}\n\nHalf the class counts rows.\n\n'
        '+++ {"lang": "es", "tags": ["trainer"]}\n\nLa mitad del grupo cuenta renglones.\n',
        "Half",
    ),
    "code without its partner": (
        "build.no-partner",
        LESSON,
        '```{code-cell} ipython3\n:lang: en\n\ngreeting = "hello"  # greeting\n```\n',
        "",
        'greeting = "hola"',
    ),
    "a tag in one language": (
        "build.pair-options",
        LESSON,
        '{"lang": "en", "tags": ["trainer"]}',
        '{"lang": "en"}',
        "La mitad",
    ),
    "points of one language": ("build.pair-options", EXERCISE, '"points": 3}}', '"points": 4}}', "Porque"),
    "Spanish left in English": (
        "build.untranslated",
        LESSON,
        "Half the class counts rows.",
        "La mitad del grupo cuenta renglones.",
        "La mitad",
    ),
    "code that drifted": ("build.code-differs", LESSON, 'greeting = "hello"', 'greet = "hello"', 'greeting = "hola"'),
    "code that is none": ("build.code-syntax", LESSON, "rows = 5", "rows = = 5", "rows = ="),
    "a second title": ("build.heading-title", LESSON, "## What came", "# What came", "# What came"),
    "a skipped level": ("build.heading-skips", LESSON, "### Exercise", "#### Exercise", "#### Exercise"),
    "an image without alt text": ("build.image-alt", LESSON, "![Map of parcels]", "![]", "Lupita Ramos sent"),
    "an HTML image without alt text": (
        "build.image-alt",
        LESSON,
        "Half the class",
        '<img src="../../datasets/map.png"> Half the class',
        "<img",
    ),
    "a dead link": (
        "build.link-missing",
        LESSON,
        "[plan](04-plan.ipynb) and",
        "[plan](03-x.ipynb) and",
        "Lupita Ramos s",
    ),
    "a dead HTML link": ("build.link-missing", LESSON, "Half", '<a href="none.md">x</a> Half', "<a href"),
    "a link out of the project": ("build.link-missing", LESSON, "](04-plan.ipynb)", "](../../../..)", "Lupita Ramos e"),
    "an exercise's link to a lesson": (
        "build.link-missing",
        EXERCISE,
        "(parcels.csv).\n\n+++",
        "(../../../datasets/parcels.csv).\n\n+++",
        "Abra",
    ),
    "a colon directive": ("build.directive", LESSON, "Change the next", ":::{note}\nChange the next", ":::{note}"),
    "a fence directive": ("build.directive", LESSON, "Change the", "```{tip}\nx\n```\n\nChange the", "```{tip}"),
    "an unknown kind": ("build.grade-kind", EXERCISE, "kind: solution", "kind: answer", "def repeated"),
    "a kind of another cell": ("build.grade-kind", EXERCISE, '"kind": "manual"', '"kind": "tests"', "Porque"),
    "a grade id with an accent": ("build.grade-id", EXERCISE, "id: e05-keys}", "id: e05-cláves}", "def repeated"),
    "a grade id twice": ("build.grade-id-repeated", EXERCISE, "e05-keys-test", "e05-keys", "def repeated"),
    "an unknown nbgrader option": ("build.grade-option", EXERCISE, "points: 2}", "points: 2, pts: 3}", "assert"),
    "tests worth 0": ("build.points", EXERCISE, "points: 2", "points: 0", "assert"),
    "tests without points": ("build.points", EXERCISE, ", points: 2", "", "assert"),
    "a solution with points": ("build.points", EXERCISE, "id: e05-keys}", "id: e05-keys, points: 1}", "def repeated"),
    "a solution that does not end": ("build.solution-marks", EXERCISE, "    ### END SOLUTION\n", "", "def repeated"),
    "hidden tests that would show": (
        "build.solution-marks",
        EXERCISE,
        "nbgrader: {kind: tests, id: e05-keys-test, points: 2}",
        "tags: [x]",
        "### BEGIN HIDDEN",
    ),
    "an id that cannot be one": (
        "build.cell-id",
        LESSON,
        ":tags: [checked]",
        ":tags: [checked]\n:id: dos palabras",
        "rows = 5",
    ),
    "YAML that is none": ("build.unreadable", LESSON, "title:\n", "title: [\n", None),
    "YAML that holds itself": ("build.unreadable", LESSON, "datasets: [catastro]", "datasets: &x [*x]", None),
    "an option that is a date": ("build.unreadable", LESSON, ":tags: [checked]", ":since: 2015-02-20", None),
    "braces that are none": ("build.unreadable", LESSON, '{"lang": "es"}', '{"lang": es}', None),
}


def test_a_sound_course_has_no_findings(course):
    assert list(course.lint()) == []


@pytest.mark.parametrize("what", BROKEN)
def test_each_broken_rule_is_found_at_its_row(course, what):
    code, file, old, new, beginning = BROKEN[what]
    course.edit(file, old, new)
    found = [finding for finding in course.lint() if finding.place.file == file]
    assert code in {finding.code for finding in found}
    if beginning:
        lines = (course.root / file).read_text(encoding="utf-8").splitlines()
        pointed = [lines[row - 1].strip() for finding in found if finding.code == code for row in finding.place.rows]
        assert any(line.startswith(beginning) for line in pointed), pointed


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_said_in_both_languages_and_keeps_the_source_from_being_built(course, what, lang):
    code, file, old, new, _ = BROKEN[what]
    course.edit(file, old, new)
    name = file.rsplit("/", 1)[1]
    result = course.build(name)
    assert result.written == []
    assert result.findings.of(code)[0].line(lang).endswith(f"[{code}]")


def test_two_lessons_of_one_step_are_one_too_many(course):
    course.write("notebooks/source/05-other.md", (course.root / LESSON).read_text(encoding="utf-8"))
    assert "build.step-repeated" in course.lint().codes()


@pytest.mark.parametrize("name", ["cleaning.md", "e05-x.md", "5-x.md", "05-Árbol.md"])
def test_a_file_name_without_its_step_is_found(course, name):
    course.write(f"notebooks/source/{name}", "text\n")
    assert course.lint().codes() == {"build.file-name"}


def test_a_source_in_latin_1_is_a_finding(course):
    (course.root / "notebooks/source/06-x.md").write_bytes("¿Qué?".encode("latin-1"))
    assert course.lint().codes() == {"build.unreadable"}


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ('x = "uno"  # número', 'x = "one"'),
        ('x = f"{n} predios de {m}"', 'x = f"of {m}, {n} parcels"'),
        ('%matplotlib inline\nprint("hola")', '%matplotlib inline\nprint("hello")'),
        ('x = ("a"\n     "b")', 'x = "c"'),
    ],
)
def test_code_may_differ_in_words(course, spanish, english):
    course.edit(LESSON, 'greeting = "hola"  # saludo', 'greeting = "hola"\n' + spanish)
    course.edit(LESSON, 'greeting = "hello"  # greeting', 'greeting = "hello"\n' + english)
    assert list(course.lint()) == []


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("x = 1", "x = 2"),
        ('x = t["USO"]', 'x = t["USE"]'),
        ('x = f"{n} predios"', 'x = f"{m} parcels"'),
        ('print("hola")', 'print("hello", end="")'),
        ('x = "hola"', "x = 1"),
    ],
)
def test_code_may_not_differ_in_anything_else(course, spanish, english):
    course.edit(LESSON, 'greeting = "hola"  # saludo', spanish)
    course.edit(LESSON, 'greeting = "hello"  # greeting', english)
    assert course.lint().codes() == {"build.code-differs"}


def test_prose_that_only_looks_wrong_is_left_alone(course):
    fine = """Un `![]()` en código, <https://datos.gob.mx>, [arriba](#primero)
y ![Mapa](../../datasets/map.png "título").

```text
# no es un título
![](none.png)
```
"""
    course.edit(LESSON, "La mitad del grupo cuenta renglones.\n", "La mitad del grupo cuenta renglones.\n\n" + fine)
    assert list(course.lint()) == []


def test_headings_must_be_in_order_without_the_trainers_notes_too(course):
    course.edit(LESSON, "La mitad del", "### Nota\n\nLa mitad del")
    course.edit(LESSON, "Half the", "### Note\n\nHalf the")
    assert list(course.lint()) == []
    more = '\n+++ {"lang": "es"}\n\n##### Más\n\n+++ {"lang": "en"}\n\n##### More\n'
    note = '+++ {"lang": "LANG", "tags": ["trainer"]}\n\n#### Nota\n'
    course.edit(
        LESSON,
        "counts rows.\n",
        "counts rows.\n\n" + note.replace("LANG", "es") + "\n" + note.replace("LANG", "en") + more,
    )
    assert {f.code for f in course.lint()} == {"build.heading-skips"}


def test_a_name_that_fits_no_source_stops_with_the_names_there_are(course):
    with pytest.raises(KitError) as stopped:
        course.build("07")
    finding = stopped.value.findings[0]
    assert finding.code == "build.unknown-name"
    assert finding.params["known"] == ["04-plan", "05-cleaning", "e05-keys"]
