"""Time and memory of auditing a cadastre, from the GeoPackage to the findings, beside plain geopandas.

    python benchmarks/cadastre_audit.py [--quick] [--json] [--rounds N] [--keep FOLDER]

Both read the same dirty teaching city and answer the same questions: invalid polygons, repeated keys, keys against
blocks, pairs that share area and how much. The peer is what a careful user of geopandas writes: read_file, is_valid,
duplicated, overlay of the layer with itself. Each run is a process of its own and the two take turns, so that a noisy
machine troubles both alike; imports are not counted. The full run audits 100 thousand and 1 million parcels (the city
is made first, in half a minute or more), the quick one 20 and 100 thousand. `same_findings`: the figures agree.
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

import geopandas as gpd
import numpy as np
import shapely

FULL, QUICK = (100_000, 1_000_000), (20_000, 100_000)

CODE = """
import json, pathlib, re, sys, time
import geopandas as gpd, numpy as np, pandas as pd, shapely
from kit.layers import read_layer
from kit.themes.cadastre import audit
from kit.themes.mapping import guess

def ours(path):
    read = read_layer(path, layer="predios")
    mapping, _ = guess(read.layer)
    found = audit(read.layer, mapping, rows=read.rows, file="predios.gpkg")
    blocks = found.findings.of("cadastre.key-block-differs")
    summary = found.summary
    return {
        "invalid": summary["invalid"], "repeated": summary["duplicate_features"],
        "blocks": blocks[0].params["n"] if blocks else 0,
        "above": summary["overlap_above"], "area": summary["overlap_area"],
    }

def plain(path):
    layer = gpd.read_file(path, layer="predios")
    valid = layer.is_valid
    repeated = layer["CVE_CAT_EST"].duplicated(keep=False).sum()
    local = layer["CVE_CAT_ORI"]
    standard = layer["CVE_CAT_EST"]
    parts = layer["MANZANA"].str.split("-", expand=True)
    blocks = (local.str.slice(0, 8) != layer["MANZANA"]) | (standard.str.slice(17, 20) != parts[1].str.slice(1))
    layer.loc[~valid, "geometry"] = layer.geometry[~valid].make_valid()
    shapes = layer[["geometry"]].assign(number=np.arange(len(layer)))
    pairs = gpd.overlay(shapes, shapes, how="intersection", keep_geom_type=True)
    pairs = pairs[pairs["number_1"] < pairs["number_2"]]
    area = pairs.area
    return {
        "invalid": int((~valid).sum()), "repeated": int(repeated), "blocks": int(blocks.sum()),
        "above": int((area > 0.01).sum()), "area": float(area.sum()),
    }

def peak():  # VmHWM: ru_maxrss would begin at the size of the process that started this one
    status = pathlib.Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024 if status.exists() else None

start, cpu = time.perf_counter(), time.process_time()
figures = {"ours": ours, "plain": plain}[sys.argv[1]](sys.argv[2])
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak(), "figures": figures}))
"""


def make(path: Path, parcels: int) -> None:
    """The teaching city with planted faults in one parcel of fifty: moved, of another's key or block, bow ties."""
    from kit.datagen import make_city

    layer = make_city(parcels).parcels
    random = np.random.default_rng(5)
    chosen = random.permutation(len(layer))[: len(layer) // 50]
    moved, keyed, blocked, tied = np.split(chosen, [len(chosen) // 4, len(chosen) // 3, len(chosen) // 2])
    geometry = layer.geometry.to_numpy().copy()
    geometry[moved] = shapely.transform(geometry[moved], lambda points: points + np.array([1.5, 0.5]))
    corners = shapely.get_num_coordinates(geometry[tied])
    for position in tied[corners == 5][: len(layer) // 1000]:
        a, b, c, d = shapely.get_coordinates(geometry[position])[:4]
        geometry[position] = shapely.Polygon([a, c, b, d])
    layer = layer.set_geometry(gpd.GeoSeries(geometry, crs=layer.crs))
    table = layer["CVE_CAT_EST"].to_numpy(dtype=object).copy()
    table[keyed] = table[keyed - 1]
    layer["CVE_CAT_EST"] = table
    blocks = layer["MANZANA"].to_numpy(dtype=object).copy()
    blocks[blocked] = blocks[blocked - len(layer) // 3]
    layer["MANZANA"] = blocks
    layer.to_file(path, layer="predios", driver="GPKG", engine="pyogrio", use_arrow=True)


def run(who: str, path: Path) -> dict[str, Any]:
    """One audit in a process of its own."""
    done = subprocess.run([sys.executable, "-c", CODE, who, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{who} on {path.name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(path: Path, rounds: int) -> dict[str, Any]:
    """Medians of both, taking turns."""
    ours, plain = [], []
    for _ in range(rounds):
        ours.append(run("ours", path))
        plain.append(run("plain", path))
    seconds, theirs = (statistics.median(item["seconds"] for item in runs) for runs in (ours, plain))
    return {
        "seconds": seconds,
        "cpu_seconds": statistics.median(item["cpu_seconds"] for item in ours),
        "peak_mb": ours[0]["peak_mb"],
        "figures": ours[0]["figures"],
        "geopandas_seconds": theirs,
        "geopandas_peak_mb": plain[0]["peak_mb"],
        "ratio_to_geopandas": theirs / seconds,
        "same_findings": same(ours[0]["figures"], plain[0]["figures"]),
    }


def same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Whether both found the same; shared area to a square centimetre in a hectare."""
    area = abs(ours["area"] - theirs["area"]) <= 1e-8 * 10_000 * max(1.0, ours["area"])
    return area and all(ours[name] == theirs[name] for name in ours if name != "area")


def main() -> None:
    """Make the cities, audit them, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20 and 100 thousand parcels")
    parser.add_argument("--json", action="store_true", help="one object")
    parser.add_argument(
        "--rounds", type=int, help="turns of each (quick: 1; full: 3 for the small, 1 for the large city)"
    )
    parser.add_argument("--keep", type=Path, help="folder in which the cities are kept and found again")
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    results = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for size in sizes:
            path = folder / f"city-{size}.gpkg"
            if not path.exists():
                make(path, size)
            rounds = options.rounds or (1 if options.quick or size > sizes[0] else 3)
            results[size] = measure(path, rounds)
    small, large = (results[size] for size in sizes)
    growth = large["seconds"] / small["seconds"] / (sizes[1] / sizes[0])
    name = "growth_20k_to_100k" if options.quick else "growth_100k_to_1m"
    if options.json:
        print(json.dumps({"parcels": sizes[1], **large, name: growth, "smaller": {"parcels": sizes[0], **small}}))
        return
    print(
        f"{'parcels':>10} {'seconds':>8} {'CPU s':>6} {'peak MB':>8} {'geopandas s':>12} {'MB':>7} {'ratio':>6}  same"
    )
    for size, found in results.items():
        peaks = [found[name] or float("nan") for name in ("peak_mb", "geopandas_peak_mb")]
        ours = f"{size:>10,} {found['seconds']:>8.2f} {found['cpu_seconds']:>6.2f} {peaks[0]:>8,.0f}"
        theirs = f"{found['geopandas_seconds']:>12.2f} {peaks[1]:>7,.0f}"
        print(f"{ours} {theirs} {found['ratio_to_geopandas']:>6.1f}  {found['same_findings']}")
    print(f"{name}: {growth:.2f} (1 = time grows as the number of parcels does)")


if __name__ == "__main__":
    main()
