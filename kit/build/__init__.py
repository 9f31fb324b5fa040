"""From one source to two languages: lessons and exercises built as notebooks, and checked against their source.

`build` writes, `check` compares and runs nothing. How a source is written stands in ``notebooks/README.md`` and
``exercises/README.md``.
"""

from kit.build.course import BuildResult, build, check

__all__ = ["BuildResult", "build", "check"]
