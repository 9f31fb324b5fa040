"""How long the teaching city takes to make, how much memory, and whether the same seed gives the same bytes.

``python benchmarks/city.py`` makes 5,000, 100,000 and 1,000,000 parcels, each in a process of its own so that memory is
its own; ``--quick`` leaves out the million; ``--json`` prints one object. The peer is the prototype measured in
spikes.md: 1.6M parcels in 21 s on one core, without attributes, keys, dirt or a street graph.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from typing import Any

SIZES = {"5k": 5_000, "100k": 100_000, "1m": 1_000_000}
REPEATED = 5_000  # the size made twice more, for same_bytes


def measure(parcels: int) -> dict[str, Any]:
    """One city in this process: wall and processor seconds, peak memory in MB, digest; then its dirt."""
    from kit.datagen import dirt, make_city

    wall, cpu = time.perf_counter(), time.process_time()
    city = make_city(parcels)
    made = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu, "peak_mb": peak_mb()}
    wall = time.perf_counter()
    soiled = dirt.soil_table(dirt.texts(city.parcels.drop(columns="geometry")), city.seed, file="predios.csv")
    made |= {"dirt_seconds": time.perf_counter() - wall, "defects": len(soiled.key)}
    return {"parcels": parcels, **made, "per_second": parcels / made["seconds"], "digest": city.digest()}


def peak_mb() -> float:
    """Peak resident memory of this process; 0 where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if platform.system() == "Darwin" else 1024)


def apart(parcels: int) -> dict[str, Any]:
    """`measure` in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(parcels)], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The teaching city: time, memory, same bytes")
    parser.add_argument("--quick", action="store_true", help="without the million parcels")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)))
        return
    results = {name: apart(size) for name, size in SIZES.items() if not (given.quick and size >= 1_000_000)}
    same = len({apart(REPEATED)["digest"] for _ in range(2)} | {results["5k"]["digest"]}) == 1
    figures: dict[str, Any] = {f"seconds_{name}": round(r["seconds"], 2) for name, r in results.items()}
    figures |= {f"cpu_seconds_{name}": round(r["cpu_seconds"], 2) for name, r in results.items()}
    figures |= {f"peak_mb_{name}": round(r["peak_mb"]) for name, r in results.items()}
    figures |= {f"dirt_seconds_{name}": round(r["dirt_seconds"], 2) for name, r in results.items()}
    figures["same_bytes"] = same
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{'parcels':>10} {'s':>7} {'cpu s':>7} {'parcels/s':>10} {'MB':>6} {'dirt s':>7} {'defects':>8}")
    for r in results.values():
        print(
            f"{r['parcels']:>10,} {r['seconds']:>7.2f} {r['cpu_seconds']:>7.2f} {r['per_second']:>10,.0f} "
            f"{r['peak_mb']:>6.0f} {r['dirt_seconds']:>7.2f} {r['defects']:>8,}"
        )
    print(f"same bytes from the same seed: {'yes' if same else 'NO'}")


if __name__ == "__main__":
    main()
