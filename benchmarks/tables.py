"""Time and peak memory of reading a CSV with `kit.tables`, beside pandas' own reader told everything it needs to know.

    python benchmarks/tables.py [--quick] [--json] [--rounds N]

Each run is a process of its own; the two readers take turns, so that a noisy machine troubles both alike. pandas is
told the encoding and which column is a key, and looks at nothing; `kit.tables` is told nothing, finds out encoding,
separator, shape, keys, numbers and dates by reading every cell, and numbers the rows. The figures to read are the
ratios. Memory is the growth of the process over its imports, against the size of the file (Linux only).
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

CODE = """
import json, pathlib, re, sys, time
import pandas as pd
from kit.tables import read_table
path, reader, codec = sys.argv[1:]
def peak():  # VmHWM: ru_maxrss would begin at the size of the process that started this one
    status = pathlib.Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) * 1024 if status.exists() else 0
before = peak()
start = time.perf_counter()
if reader == "kit":
    table = read_table(path).table
else:
    table = pd.read_csv(path, encoding=codec, dtype={"CVE_CAT_EST": "str"})
seconds = time.perf_counter() - start
grown = peak() - before
print(json.dumps({"seconds": seconds, "grown": grown, "rows": len(table)}))
"""


def make(path: Path, rows: int, codec: str) -> None:
    """A cadastre of ``rows`` parcels, about 90 bytes each."""
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "CVE_CAT_EST": pd.Series(np.arange(rows)).astype("str").str.zfill(31),
            "COLONIA": random.choice(["Peñón", "La Ribera", "José María Morelos"], rows),
            "USO": random.choice(["HABITACIONAL", "NO HABITACIONAL", "MIXTO"], rows),
            "SUP_TERRENO": (random.random(rows) * 500).round(2),
            "SUP_CONSTRUCCION": (random.random(rows) * 300).round(2),
            "VALOR_CATASTRAL": (random.random(rows) * 1e6).round(2),
            "FECHA_MOV": pd.to_datetime(random.integers(10**9, 14 * 10**8, rows), unit="s").strftime("%d/%m/%Y"),
        }
    )
    table.to_csv(path, index=False, encoding=codec)


def run(path: Path, reader: str, codec: str) -> dict[str, float]:
    """One reading in a process of its own."""
    command = [sys.executable, "-c", CODE, str(path), reader, codec]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(rows: int, rounds: int) -> list[dict[str, Any]]:
    """For each encoding, the medians of both readers and their ratios."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for codec in ("utf-8", "latin-1"):
            path = Path(folder, f"predios-{codec}.csv")
            make(path, rows, codec)
            size = path.stat().st_size
            runs: dict[str, list[dict[str, float]]] = {"kit": [], "pandas": []}
            for _ in range(rounds):
                for reader, done in runs.items():
                    done.append(run(path, reader, codec))
            middle = {
                f"{reader}_{figure}": statistics.median(each[figure] for each in done)
                for reader, done in runs.items()
                for figure in ("seconds", "grown")
            }
            results.append(
                {
                    "encoding": codec,
                    "megabytes": size / 1e6,
                    "kit_seconds": middle["kit_seconds"],
                    "pandas_seconds": middle["pandas_seconds"],
                    "time_ratio": middle["kit_seconds"] / middle["pandas_seconds"],
                    "kit_memory_per_file": middle["kit_grown"] / size,
                    "pandas_memory_per_file": middle["pandas_grown"] / size,
                    "memory_ratio": middle["kit_grown"] / max(1, middle["pandas_grown"]),
                }
            )
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    results = measure(110_000 if options.quick else 1_100_000, 1 if options.quick else options.rounds)
    if options.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        print(
            f"{result['encoding']:8} {result['megabytes']:5.0f} MB   kit {result['kit_seconds']:.2f} s, "
            f"pandas {result['pandas_seconds']:.2f} s: {result['time_ratio']:.1f} times its time   "
            f"memory: kit {result['kit_memory_per_file']:.1f} x file, pandas {result['pandas_memory_per_file']:.1f} x: "
            f"{result['memory_ratio']:.2f} times its memory"
        )


if __name__ == "__main__":
    main()
