"""Time and memory of checking a table against its schema, beside frictionless with the same faults.

    python benchmarks/validation.py [--quick] [--json] [--rounds N]

A table of 12 columns (a padrón: keys, text, enum, numbers, dates, times, booleans) with one planted fault of each kind
in every 5,000 rows or so is checked by both, reading included. Each run is a process of its own and the two take
turns, so that a noisy machine troubles both alike; imports are not counted. The full run has 1 million rows, the quick
one 100 thousand. `same_findings`: both name the same rows, columns, kinds and values, and every planted fault is there.
What frictionless says twice of one place (a cell that a short row lacks, once missing and once required; a blank row,
once blank and once without key) counts once; for repeated keys it gives no value, so there the value is not compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FULL, QUICK = 1_000_000, 100_000
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
        {"name": "clave", "type": "string", "constraints": {"unique": True, "pattern": r"\d{2}-\d{3}-\d{9}"}},
        {"name": "calle", "type": "string", "constraints": {"required": True, "maxLength": 40}},
        {"name": "uso", "type": "string", "constraints": {"enum": ["H", "C", "I", "M"]}},
        {"name": "superficie", "type": "number", "constraints": {"minimum": 1, "maximum": 99999}},
        {"name": "valor", "type": "number", "constraints": {"minimum": 0}},
        {"name": "alta", "type": "date", "constraints": {"minimum": "1990-01-01"}},
        {"name": "visita", "type": "datetime"},
        {"name": "activo", "type": "boolean"},
        {"name": "año", "type": "year"},
        {"name": "niveles", "type": "integer", "constraints": {"minimum": 0, "maximum": 60}},
        {"name": "nota", "type": "string"},
    ],
    "missingValues": ["", "NA"],
    "primaryKey": ["id"],
}
PLANTED = (
    ("id", "0", "minimum"),
    ("clave", "21-114-12", "pattern"),
    ("calle", "", "required"),
    ("calle", "Prolongación de la calle de los Niños Héroes", "max-length"),
    ("uso", "habitacional", "enum"),
    ("superficie", "120 m2", "type"),
    ("superficie", "100000.5", "maximum"),
    ("valor", "-1", "minimum"),
    ("alta", "2023-02-29", "type"),
    ("alta", "1989-12-31", "minimum"),
    ("visita", "2023-01-01 10:00", "type"),
    ("activo", "quizá", "type"),
    ("año", "23", "type"),
    ("niveles", "1.5", "type"),
)
SHAPES = ("short", "long", "blank", "again")
STEP = 5000

CODE = """
import json, pathlib, re, sys, time
mode, path, schema, out = sys.argv[1:]
schema = json.loads(schema)
if mode == "ours":
    from kit.validation import examine
else:
    from frictionless import Resource, Schema, system

def ours():
    faults = examine(path, schema).faults
    columns = (faults[name].tolist() for name in ("row", "column", "kind", "value"))
    return list(zip(*columns))

def theirs():
    resource = Resource(path=pathlib.Path(path).name, basepath=str(pathlib.Path(path).parent), format="csv",
                        encoding="utf-8", schema=Schema.from_descriptor(schema))
    report = resource.validate(limit_errors=10**9)
    found = []
    for fault in report.tasks[0].errors:
        kind = fault.type
        if kind == "constraint-error":
            kind = fault.note.split('"')[1]
        found.append((fault.row_number, getattr(fault, "field_name", ""), kind, getattr(fault, "cell", "")))
    return found

def peak():  # VmHWM: ru_maxrss would begin at the size of the process that started this one
    status = pathlib.Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024 if status.exists() else None

start = time.perf_counter()
found = {"ours": ours, "theirs": theirs}[mode]()
seconds = time.perf_counter() - start
pathlib.Path(out).write_text(json.dumps(found), encoding="utf-8")
print(json.dumps({"seconds": seconds, "peak_mb": peak()}))
"""
NAMES = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "primary-key",
    "minLength": "min-length",
    "maxLength": "max-length",
}
KEYS = ("unique", "primary-key")


def make(path: Path, rows: int) -> list[tuple[int, str]]:
    """Write the table; the planted faults as row and kind."""
    random = np.random.default_rng(11)
    number = np.arange(rows)
    moments = pd.to_datetime(random.integers(10**9, 17 * 10**8, rows), unit="s")
    table = pd.DataFrame(
        {
            "id": (number + 1).astype(str),
            "clave": np.char.add("21-114-", np.char.zfill((number * 7).astype(str), 9)),
            "calle": np.char.add(
                random.choice(["Calle Juárez ", "Av. Hidalgo ", "Niños Héroes "], rows), number.astype(str)
            ),
            "uso": random.choice(["H", "C", "I", "M", "NA"], rows),
            "superficie": np.round(random.uniform(50, 900, rows), 2).astype(str),
            "valor": random.integers(10_000, 9_000_000, rows).astype(str),
            "alta": moments.strftime("%Y-%m-%d"),
            "visita": moments.strftime("%Y-%m-%dT%H:%M:%S"),
            "activo": random.choice(["true", "false"], rows),
            "año": random.integers(1990, 2026, rows).astype(str),
            "niveles": random.integers(0, 20, rows).astype(str),
            "nota": random.choice(["", "revisar", "sin acceso, volver"], rows),
        }
    )
    planted: list[tuple[int, str]] = []
    kinds = [*PLANTED, *((None, shape, shape) for shape in SHAPES)]
    shapes: dict[int, str] = {}
    for start in range(100, rows - STEP + 1, STEP):
        for offset, (column, value, kind) in enumerate(kinds):
            row = start + offset * 7
            if column is None:
                shapes[row] = value
            else:
                table.loc[row, column] = value
                planted.append((row + 2, kind))
    again = [row for row, shape in shapes.items() if shape == "again"]
    for row in again:
        table.loc[row, ["id", "clave"]] = table.loc[row - 50, ["id", "clave"]].to_numpy()
    lines = table.to_csv(index=False, lineterminator="\n").split("\n")
    for row, shape in shapes.items():
        line = lines[row + 1]
        bent = {"short": ",".join(line.split(",")[:5]), "long": line + ",sobra", "blank": "", "again": line}
        lines[row + 1] = bent[shape]
        kind = {"short": "missing-cell", "long": "extra-cell", "blank": "blank-row", "again": "primary-key"}
        planted.append((row + 2, kind[shape]))
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    return planted


def run(mode: str, path: Path, out: Path) -> dict[str, Any]:
    """One run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, mode, str(path), json.dumps(SCHEMA), str(out)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def faults(out: Path) -> set[tuple[int, str, str, str]]:
    """What a run found, in the kit's words and each fault once."""
    found = [
        (row, column, NAMES.get(kind, kind), value) for row, column, kind, value in json.loads(out.read_text("utf-8"))
    ]
    blank = {row for row, _, kind, _ in found if kind == "blank-row"}
    lacking = {(row, column) for row, column, kind, _ in found if kind == "missing-cell"}
    kept = set()
    for row, column, kind, value in found:
        if (row in blank and kind != "blank-row") or (kind == "required" and (row, column) in lacking):
            continue
        named = ("", "") if kind == "primary-key" or kind == "blank-row" else (column, "" if kind in KEYS else value)
        kept.add((row, named[0], kind, named[1]))
    return kept


def main() -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=0, help="runs of each; the median counts (1; with --quick 3)")
    options = parser.parse_args()
    rows = QUICK if options.quick else FULL
    rounds = options.rounds or (3 if options.quick else 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "padron.csv"
        planted = make(path, rows)
        runs: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
        for _ in range(rounds):
            for mode, done in runs.items():
                done.append(run(mode, path, Path(folder) / f"{mode}.json"))
        mine, theirs = (faults(Path(folder) / f"{mode}.json") for mode in runs)
    named = {(row, kind) for row, _, kind, _ in mine}
    seconds = {mode: statistics.median(item["seconds"] for item in done) for mode, done in runs.items()}
    peaks = [item["peak_mb"] for item in runs["ours"] if item["peak_mb"]]
    result = {
        "rows": rows,
        "columns": len(SCHEMA["fields"]),
        "rounds": rounds,
        "planted": len(planted),
        "faults": len(mine),
        "seconds": round(seconds["ours"], 3),
        "frictionless_seconds": round(seconds["theirs"], 3),
        "ratio_to_frictionless": round(seconds["theirs"] / seconds["ours"], 1),
        "same_findings": mine == theirs and set(planted) <= named,
        "only_ours": len(mine - theirs),
        "only_theirs": len(theirs - mine),
        "peak_mb": round(max(peaks)) if peaks else None,
    }
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:<24}{value:>14,}" if isinstance(value, (int, float)) else f"{name:<24}{value!s:>14}")


if __name__ == "__main__":
    main()
