"""A step's YAML file outside a portfolio: read into its model, or told why it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML, YAMLError

from kit.findings import KitError, Place, error
from kit.models import Model

M = TypeVar("M", bound=Model)


def load_file(kind: type[M], path: Path) -> M:
    """The model in a YAML file.

    Raises:
        KitError: ``planning.file`` if it cannot be read, ``planning.yaml`` with the line where reading stopped, or what
            does not fit the model.
    """
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise KitError(error("planning.file", Place(str(path)), reason=problem.strerror or str(problem))) from problem
    except UnicodeDecodeError as problem:
        raise KitError(error("planning.yaml", Place(str(path)))) from problem
    except YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        rows = (mark.line + 1,) if mark else ()
        raise KitError(error("planning.yaml", Place(str(path), rows=rows))) from problem
    model, findings = kind.read({} if data is None else data, file=path.name)
    if model is None:
        raise KitError(*findings)
    return model
