"""How much of an inventory's dirt the rules find, how much they invent, and how fast and large they are.

    python benchmarks/inventory.py [--quick] [--json] [--seeds N] [--rows N]

The city's inventory is made from a seed as the two files that offices hand over (a workbook and a latin-1 CSV), each
with its answer key. Found: the key's lines that a finding of the expected code names (file, row and column where it
has them). Invented: rows that findings or proposals name in the clean inventory, written as CSV and XLSX and read
back. Right: the key's lines that hold the truth after all proposals are accepted. `seeds`: the found share of other
seeds than the one that the rules were written beside. Speed and peak memory are of reading and checking 100,000 rows
in a process of its own; beside it, as a floor, pandas reading the same CSV and openpyxl the same workbook, checking
nothing (workbook: full run only).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from kit.datagen import inventario
from kit.datagen.inventario import BOOK, TABLE
from kit.datagen.inventario_dirt import catalogue
from kit.findings import Finding, Findings
from kit.steps.inventory import Inventory

ROWS = 100_000
# What stands in no row of an inventory that was read: the official columns in their order, as text.
_OF_THE_LAYOUT = {"encoding", "changed-header", "moved-column", "extra-column"}

CODE = """
import json, pathlib, re, sys, time
import pandas as pd
from kit.steps.inventory import Inventory
import openpyxl

def kit(path):
    inventory, findings = Inventory.read(path)
    return {"rows": len(inventory), "findings": len(findings) + len(inventory.check())}

def plain(path):
    if path.endswith(".csv"):
        return {"rows": len(pd.read_csv(path, dtype=str, keep_default_na=False))}
    page = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return {"rows": sum(1 for _ in page.iter_rows(values_only=True)) - 1}

def peak():  # VmHWM: ru_maxrss would begin at the size of the process that started this one
    status = pathlib.Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024 if status.exists() else None

start = time.perf_counter()
done = {"kit": kit, "plain": plain}[sys.argv[1]](sys.argv[2])
print(json.dumps({**done, "seconds": time.perf_counter() - start, "peak_mb": peak()}))
"""


def dirty_files(folder: Path, seed: int) -> dict[str, pd.DataFrame]:
    """Write both files of a seed; the answer key of each."""
    keys = {}
    for file in (BOOK, TABLE):
        made = inventario.soil(seed, file=file)
        path = folder / Path(file).name
        if file == BOOK:
            inventario.write_book(path, made)
        else:
            made.write_csv(path)
        keys[file] = made.key
    return keys


def names_it(line: dict[str, Any], finding: Finding, own_names: dict[str, str]) -> bool:
    """Whether a finding is the one that a line of the answer key asks for.

    Its column is the official header, or the one that it has in this file (``own_names``: official header to that).
    """
    if finding.code not in line["code"].split("|"):
        return False
    place, column = finding.place, line["column"]
    if pd.isna(line["row"]):
        return True
    if place.rows and line["row"] not in place.rows:
        return False
    return not column or place.column in (None, column, own_names.get(column))


def found(key: pd.DataFrame, findings: Findings) -> list[bool]:
    """Which lines of the answer key are found."""
    renamed = key[key["defect"] == "changed-header"]
    own_names = dict(zip(renamed["true"], renamed["dirty"], strict=True))
    return [any(names_it(line, finding, own_names) for finding in findings) for line in key.to_dict("records")]


def right(key: pd.DataFrame, inventory: Inventory) -> list[bool]:
    """Which lines of the answer key hold the truth in the inventory."""
    at = {int(row): position for position, row in enumerate(inventory.rows)}
    moved = _out_of_place(inventory)
    good = []
    for line in key.to_dict("records"):
        if line["defect"] in _OF_THE_LAYOUT:
            good.append(True)
        elif line["defect"] == "moved-row":
            good.append(line["row"] not in moved)
        elif line["column"]:
            position = at.get(line["row"])
            good.append(position is not None and inventory.table[line["column"]].iloc[position] == line["true"])
        else:
            good.append(line["row"] not in at)
    return good


def _out_of_place(inventory: Inventory) -> set[int]:
    """The rows that do not stand with their dataset."""
    return {row for finding in inventory.check().of("inventory.not-contiguous") for row in finding.place.rows}


def beyond(key: pd.DataFrame, findings: Findings) -> int:
    """Cells that findings name and the answer key does not: what follows from a defect elsewhere in its group."""
    struck = set(zip(key["row"], key["column"], strict=True))
    rows = {row for row, column in struck if column == ""}
    named = {(row, finding.place.column or "") for finding in findings for row in finding.place.rows}
    return sum(cell not in struck and cell[0] not in rows and cell[1] != "" for cell in named)


def of_seed(seed: int) -> dict[str, Any]:
    """Both files of a seed: the lines of their answer keys, found or not, right or not."""
    with tempfile.TemporaryDirectory() as name:
        keys = dirty_files(Path(name), seed)
        parts, more = [], 0
        for file, key in keys.items():
            inventory, findings = Inventory.read(Path(name) / Path(file).name)
            findings.extend(inventory.check())
            mended = inventory.accept().grouped()
            parts.append(key.assign(found=found(key, findings), right=right(key, mended)))
            more += beyond(key, findings)
    return {"lines": pd.concat(parts, ignore_index=True), "beyond": more}


def invented() -> int:
    """Rows that findings and proposals name in the clean inventory, read back from CSV and from XLSX."""
    truth = Inventory(inventario.truth())
    count = 0
    with tempfile.TemporaryDirectory() as name:
        for ending, write in (("csv", truth.to_csv), ("xlsx", truth.to_xlsx)):
            path = Path(name, f"inventario.{ending}")
            write(path)
            inventory, findings = Inventory.read(path)
            findings.extend(inventory.check())
            count += sum(max(1, len(finding.place.rows)) for finding in findings) + len(inventory.proposals())
            if inventory != truth:
                raise SystemExit(f"{path.name}: read back it differs")
    return count


def many_rows(rows: int) -> pd.DataFrame:
    """The truth over and over, each time the datasets of another district."""
    truth = inventario.truth()
    times = -(-rows // len(truth))
    pieces = []
    for district in range(1, times + 1):
        piece = truth.copy()
        for header in ("Nombre del conjunto", "Nombre del recurso"):
            piece[header] = piece[header] + f", delegación {district}"
        pieces.append(piece)
    return pd.concat(pieces, ignore_index=True).head(rows)


def speed(rows: int, *, workbook: bool) -> dict[str, Any]:
    """Seconds, rows per second and peak memory of reading and checking; the floor beside it."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        table = many_rows(rows)
        files = [Path(name, "grande.csv")]
        table.to_csv(files[0], index=False, encoding="utf-8")
        if workbook:
            files.append(Path(name, "grande.xlsx"))
            Inventory(table).to_xlsx(files[1])
        for path in files:
            kind = path.suffix[1:]
            ours, plain = (_child(who, path) for who in ("kit", "plain"))
            if not ours["rows"] == plain["rows"] == rows:
                raise SystemExit(f"{path.name}: {ours['rows']} and {plain['rows']} rows were read, not {rows}")
            figures[kind] = {
                "rows_per_second": rows / ours["seconds"],
                "peak_mb": ours["peak_mb"],
                "seconds": ours["seconds"],
                "findings": ours["findings"],
                "plain_seconds": plain["seconds"],
                "plain_peak_mb": plain["peak_mb"],
            }
    return figures


def _child(who: str, path: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", CODE, who, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{who} on {path.name} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(rows: int, seeds: int, *, workbook: bool) -> dict[str, Any]:
    """All figures, and the table per defect."""
    began = time.perf_counter()
    own = of_seed(inventario.DEFAULT_SEED)
    lines = own["lines"]
    others = [of_seed(seed)["lines"]["found"].mean() for seed in range(1, seeds + 1)]
    kinds = catalogue().drop_duplicates(["defect", "column"]).set_index("defect")["recoverable"]
    recoverable = lines["defect"].map(kinds.groupby(level=0).first()) == "yes"
    large = speed(rows, workbook=workbook)
    per = lines.groupby("defect", sort=False).agg(
        injected=("found", "size"), found=("found", "sum"), right=("right", "sum"), code=("code", "first")
    )
    return {
        "figures": {
            "found_share": float(lines["found"].mean()),
            "invented": invented(),
            "rows_per_second": round(large["csv"]["rows_per_second"]),
            "peak_mb": round(large["csv"]["peak_mb"], 1) if large["csv"]["peak_mb"] else None,
        },
        "more": {
            "defects": len(lines),
            "right_share": float(lines["right"].mean()),
            "right_share_recoverable": float(lines.loc[recoverable, "right"].mean()),
            "beyond_the_key": own["beyond"],
            "seeds": seeds,
            "found_share_of_seeds": float(statistics.mean(others)) if others else None,
            "found_share_of_worst_seed": float(min(others)) if others else None,
            "rows": rows,
            "large": large,
            "seconds": round(time.perf_counter() - began, 1),
        },
        "per_defect": per.reset_index(),
    }


def main() -> None:
    """Run, print the table or one JSON object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="3 other seeds, no large workbook")
    parser.add_argument("--json", action="store_true", help="one JSON object: the four figures")
    parser.add_argument("--seeds", type=int, help="how many other seeds (20; quick: 3; json: none)")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the large inventory")
    chosen = parser.parse_args()
    usual = 0 if chosen.json else 3 if chosen.quick else 20
    seeds = usual if chosen.seeds is None else chosen.seeds
    result = measure(chosen.rows, seeds, workbook=not (chosen.quick or chosen.json))
    if chosen.json:
        print(json.dumps(result["figures"]))
        return
    print(result["per_defect"].to_string(index=False))
    more = {name: value for name, value in result["more"].items() if name != "large"}
    for name, value in {**result["figures"], **more}.items():
        print(f"{name:28} {value:.4g}" if isinstance(value, float) else f"{name:28} {value}")
    for kind, large in result["more"]["large"].items():
        floor = {"csv": "pandas", "xlsx": "openpyxl"}[kind]
        print(
            f"{kind:5} kit {large['seconds']:.1f} s, {large['peak_mb'] or 0:,.0f} MB, read and checked; "
            f"{floor} {large['plain_seconds']:.1f} s, {large['plain_peak_mb'] or 0:,.0f} MB, only read"
        )


if __name__ == "__main__":
    main()
