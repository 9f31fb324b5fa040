"""Outputs of checked cells: kept from the built notebook while its code is unchanged, else made anew by running it.

Two hashes in the notebook's metadata say whether kept outputs may be trusted: ``inputs`` (the code that gave them) and
``outputs`` (they themselves). Whether the code still gives them is nbval's question, in the tests.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

import kit
from kit.build.frontmatter import files
from kit.build.notebook import CHECKED, METADATA, units
from kit.build.source import Source
from kit.findings import Finding, Findings, error
from kit.messages import LANGUAGE_VARIABLE
from kit.portfolio import FOLDER_VARIABLE

RAN = 1  # the execution count of every kept output: nbval compares only cells that have one, and it must never change
CELL_TIMEOUT = 120  # seconds; a lesson runs in less, all cells together
_VOLATILE = {
    "path": re.compile(r"(?<![\w.:/])/(?:tmp|home|root|var|private|Users)/|\b[A-Za-z]:\\{1,2}\w"),
    "time": re.compile(r"\b\d{1,2}:\d{2}:\d{2}\b"),
    "address": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    "image": re.compile(r'"image/(?:png|jpeg|gif)"'),
}


def has_checked(notebook: NotebookNode) -> bool:
    """Whether any cell's output is kept."""
    return any(_is_checked(cell) for cell in notebook.cells)


def keep(notebook: NotebookNode, earlier: NotebookNode | None) -> bool:
    """Give ``notebook`` the outputs of the ``earlier`` build, if the same code gave them and nobody edited them."""
    inputs = _inputs_hash(notebook)
    if earlier is None or _notes(earlier).get("inputs") != inputs or edited(earlier):
        return False
    kept = {cell.id: cell.outputs for cell in earlier.cells if _is_checked(cell)}
    for cell in notebook.cells:
        if _is_checked(cell):
            _set(cell, copy.deepcopy(kept[cell.id]))
    _note(notebook, inputs)
    return True


def edited(notebook: NotebookNode) -> bool:
    """Whether a built notebook's outputs are not those that the build wrote."""
    return has_checked(notebook) and _notes(notebook).get("outputs") != _outputs_hash(notebook)


def without(notebook: NotebookNode) -> NotebookNode:
    """A copy of ``notebook`` without outputs and without what the build noted of them."""
    bare = copy.deepcopy(notebook)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    bare.metadata[METADATA] = {key: _notes(bare)[key] for key in _notes(bare) if key not in ("inputs", "outputs")}
    return bare


def run(notebook: NotebookNode, source: Source, lang: str, root: Path) -> Findings:
    """Run ``notebook`` in an empty folder and keep the outputs of its checked cells.

    The folder holds the exercise's data files, the portfolio is a new one, the kit speaks ``lang``.
    """
    inputs = _inputs_hash(notebook)
    ran = copy.deepcopy(notebook)
    with tempfile.TemporaryDirectory(prefix="kit-build-", ignore_cleanup_errors=True) as folder:
        for file in files(source):
            shutil.copy(root / file, folder)
        try:
            client = NotebookClient(
                ran,
                timeout=CELL_TIMEOUT,
                kernel_name="python3",
                coalesce_streams=True,
                resources={"metadata": {"path": folder}},
            )
            client.execute(env=_environment(Path(folder), lang))
        except CellExecutionError as problem:
            return _failed(source, ran, f"{problem.ename}: {problem.evalue}")
        except (CellTimeoutError, DeadKernelError) as problem:
            return _failed(source, ran, str(problem).strip().splitlines()[0])
    for cell, done in zip(notebook.cells, ran.cells, strict=True):
        if _is_checked(cell):
            _set(cell, done.outputs)
    _note(notebook, inputs)
    return Findings(_volatile(source, notebook))


def _is_checked(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and CHECKED in cell.metadata.get("tags", [])


def _notes(notebook: NotebookNode) -> Mapping[str, Any]:
    """What the build wrote of itself into a notebook's metadata."""
    notes = notebook.metadata.get(METADATA)
    return notes if isinstance(notes, Mapping) else {}


def _note(notebook: NotebookNode, inputs: str) -> None:
    notebook.metadata[METADATA].update(inputs=inputs, outputs=_outputs_hash(notebook))


def _inputs_hash(notebook: NotebookNode) -> str:
    return _hash(
        [[cell.id, cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells if cell.cell_type == "code"]
    )


def _outputs_hash(notebook: NotebookNode) -> str:
    return _hash([[cell.id, cell.outputs] for cell in notebook.cells if _is_checked(cell)])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:16]


def _environment(folder: Path, lang: str) -> dict[str, str]:
    """The kernel's environment: nothing of the user's own profile or portfolio, and the kit that is building."""
    paths = [str(Path(kit.__file__).resolve().parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        LANGUAGE_VARIABLE: lang,
        FOLDER_VARIABLE: str(folder / "portafolio"),
        "IPYTHONDIR": str(folder / ".ipython"),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
    }


def _set(cell: NotebookNode, given: list[NotebookNode]) -> None:
    """Give a checked cell its outputs, without the counts that change from run to run."""
    cell.outputs = given
    cell.execution_count = RAN
    for output in given:
        if "execution_count" in output:
            output.execution_count = RAN


def _row(source: Source, cell_id: str) -> int:
    return next((next(iter(unit.cells.values())).row for unit in units(source) if unit.id == cell_id), 1)


def _failed(source: Source, ran: NotebookNode, reason: str) -> Findings:
    """A finding at the last cell that was begun."""
    begun = [cell.id for cell in ran.cells if cell.cell_type == "code" and "execution" in cell.metadata]
    row = _row(source, begun[-1]) if begun else 1
    return Findings([error("build.execution-failed", source.place(row), reason=reason)])


def _volatile(source: Source, notebook: NotebookNode) -> list[Finding]:
    findings = []
    for cell in filter(_is_checked, notebook.cells):
        content = json.dumps(cell.outputs, ensure_ascii=False)
        kinds = [kind for kind, pattern in _VOLATILE.items() if pattern.search(content)]
        if kinds:
            place = source.place(_row(source, cell.id), item=cell.id)
            findings.append(error("build.output-volatile", place, kinds=kinds))
    return findings
