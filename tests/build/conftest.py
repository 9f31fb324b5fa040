"""A small course: one lesson before, one lesson with everything in it, one exercise, one data file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.build import build, check
from kit.findings import Findings

DATASETS = ("catastro",)

FIRST = """\
---
lesson:
  step: "04"
  title: {es: Plan, en: Plan}
  questions: {es: ["¿Qué?"], en: ["What?"]}
  objectives: {es: [Planear.], en: [Plan.]}
  minutes: {teach: 10, exercise: 0, break: 0}
  prerequisites: []
  datasets: []
  keypoints: {es: [Uno.], en: [One.]}
---

+++ {"lang": "es"}

## Primero

+++ {"lang": "en"}

## First
"""

LESSON = """\
---
kernelspec:
  name: python3
  display_name: Python 3
  language: python
lesson:
  step: "05"
  title:
    es: Limpiar los datos
    en: Clean the data
  questions:
    es:
      - ¿Qué tiene de malo esta tabla?
    en:
      - What is wrong with this table?
  objectives:
    es:
      - Encontrar claves repetidas.
      - Corregirlas.
    en:
      - Find repeated keys.
      - Mend them.
  minutes:
    teach: 20
    exercise: 15
    break: 5
  prerequisites: ["04"]
  datasets: [catastro]
  keypoints:
    es:
      - La clave es texto.
    en:
      - A key is text.
---

+++ {"lang": "es"}

## Lo que llegó de Catastro

Lupita Ramos envió el archivo; vea el [plan](04-plan.ipynb) y ![Mapa de predios](../../datasets/map.png).

+++ {"lang": "en"}

## What came from the cadastre office

Lupita Ramos sent the file; see the [plan](04-plan.ipynb) and ![Map of parcels](../../datasets/map.png).

```{code-cell} ipython3
:lang: es

greeting = "hola"  # saludo
```

```{code-cell} ipython3
:lang: en

greeting = "hello"  # greeting
```

```{code-cell} ipython3
:tags: [checked]

rows = 5
print(greeting, rows * 2)
rows
```

```{code-cell} ipython3
"not kept"
```

+++ {"lang": "es", "tags": ["exercise"], "minutes": 15}

### Ejercicio: cuente las claves

Cambie la celda que sigue.

+++ {"lang": "en", "tags": ["exercise"], "minutes": 15}

### Exercise: count the keys

Change the next cell.

+++ {"lang": "es", "tags": ["trainer"]}

La mitad del grupo cuenta renglones.

+++ {"lang": "en", "tags": ["trainer"]}

Half the class counts rows.
"""

EXERCISE = """\
---
lesson:
  step: "05"
  title: {es: Claves, en: Keys}
  objectives: {es: [Contar claves.], en: [Count keys.]}
  minutes: {teach: 0, exercise: 30, break: 0}
  prerequisites: ["05"]
  datasets: [catastro]
  files: [datasets/parcels.csv]
---

+++ {"lang": "es"}

## Cuente las claves repetidas

Abra [los predios](parcels.csv).

+++ {"lang": "en"}

## Count the repeated keys

Open [the parcels](parcels.csv).

```{code-cell} ipython3
---
nbgrader: {kind: solution, id: e05-keys}
---
def repeated(keys):
    ### BEGIN SOLUTION
    return len(keys) - len(set(keys))
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {kind: tests, id: e05-keys-test, points: 2}
---
assert repeated(["a", "a"]) == 1
### BEGIN HIDDEN TESTS
assert repeated(["b", "b", "b"]) == 2
### END HIDDEN TESTS
```

+++ {"lang": "es", "nbgrader": {"kind": "manual", "id": "e05-why", "points": 3}}

Porque la clave une el predio con su recibo.

+++ {"lang": "en", "nbgrader": {"kind": "manual", "id": "e05-why", "points": 3}}

Because the key joins the parcel with its bill.
"""


@dataclass
class Course:
    """A folder with sources, as the repository's root is one."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        content = path.read_text(encoding="utf-8")
        assert old in content, f"{file} has no {old!r}"
        path.write_text(content.replace(old, new, 1), encoding="utf-8", newline="\n")

    def write(self, file: str, content: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")

    def build(self, *names: str, **options):
        return build(self.root, names or None, datasets=DATASETS, **options)

    def check(self) -> Findings:
        return check(self.root, datasets=DATASETS)

    def lint(self) -> Findings:
        """What is wrong with the sources, whatever is built."""
        return Findings(f for f in self.check() if f.code not in {"build.not-built", "build.copy-differs"})


LESSON_FILE = "notebooks/source/05-cleaning.md"
EXERCISE_FILE = "exercises/source/e05-keys.md"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path)
    made.write("notebooks/source/04-plan.md", FIRST)
    made.write(LESSON_FILE, LESSON)
    made.write(EXERCISE_FILE, EXERCISE)
    made.write("datasets/map.png", "a picture")
    made.write("datasets/parcels.csv", "key\n1\n")
    return made


@pytest.fixture
def quick(course: Course) -> Course:
    """The same without checked cells, so that nothing has to be run."""
    course.edit(LESSON_FILE, ":tags: [checked]\n\n", "")
    return course
