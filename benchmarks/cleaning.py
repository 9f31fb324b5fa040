"""How much of the city's dirt cleaning finds, how much it invents, and how many cells are right after its fixes.

    python benchmarks/cleaning.py [--quick] [--json] [--parcels N] [--seed S]

The dirty cadastre of Valle Abierto (a latin-1 CSV and a layer) is made from the seed, with its answer key. Found:
the answer key's lines that a finding names (file, row, column). Invented: cells named by findings on the clean truth.
Right: answer-key lines that hold the truth after the proposals are accepted, the certain ones alone and all of them;
"recoverable" are the defects of which the catalogue says that the rest of the package still knows the truth.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kit.datagen import make_city
from kit.datagen.defects import catalogue
from kit.datagen.dirt import soil_table, texts
from kit.datagen.dirt_features import soil_layer
from kit.findings import Findings, Level
from kit.layers import read_layer
from kit.steps.cleaning import Cleaning

# Which findings of the reader name a defect of the whole file.
_FILE_DEFECTS = {
    "title-rows": "tables.title",
    "blank-column": "tables.blank-column",
    "total-row": "tables.total",
    "footnote": "tables.footnote",
    "encoding": "tables.encoding",
}
_SAME_PLACE = 0.02  # m


def make(folder: Path, parcels: int, seed: int) -> dict[str, Any]:
    """The dirty files, their answer keys, and the truth."""
    truth = make_city(parcels, seed).parcels
    table = texts(pd.DataFrame(truth.drop(columns="geometry")))
    dirty = soil_table(table, seed, file="predios.csv")
    dirty.write_csv(folder / "predios.csv")
    table.to_csv(folder / "clean.csv", index=False)
    shapes = gpd.GeoDataFrame(truth[["CVE_CAT_EST", "geometry"]], crs=truth.crs)
    layer = soil_layer(shapes, seed, file="predios.gpkg", layer="predios")
    layer.layer.to_file(folder / "predios.gpkg", layer="predios", driver="GPKG")
    shapes.to_file(folder / "clean.gpkg", layer="predios", driver="GPKG")
    names = sorted(truth["COLONIA"].unique())  # as the package's layer of colonias has them
    return {"table": table, "names": names, "table_key": dirty.key, "layer_key": layer.key}


def found(key: pd.DataFrame, findings: Findings) -> pd.Series:
    """Which lines of the answer key a finding names: same row and column, or the row or the file as a whole."""
    cells: set[tuple[int, str | None]] = set()
    codes = findings.codes()
    for finding in findings:
        cells.update((row, finding.place.column) for row in finding.place.rows)
    rows = {row for row, column in cells if column is None}
    hit = []
    for line in key.itertuples():
        if line.defect in _FILE_DEFECTS:
            hit.append(any(code.startswith(_FILE_DEFECTS[line.defect]) for code in codes))
        elif line.column:
            hit.append((line.row, line.column) in cells)
        else:
            hit.append(line.row in rows)
    return pd.Series(hit, index=key.index)


def right(key: pd.DataFrame, cleaning: Cleaning) -> pd.Series:
    """Which lines of the answer key hold the truth in the clean table."""
    state = cleaning.state
    place = pd.Series(np.arange(len(state.rows)), index=state.rows)
    good = []
    for line in key.itertuples():
        if line.defect in _FILE_DEFECTS:  # right if the reader kept it out of the table
            good.append(line.defect in {"blank-column", "encoding"} or line.row not in place.index)
            continue
        label = place.get(line.row)
        here = label in state.frame.index
        if line.true == "":
            good.append(not here)
        elif not here:
            good.append(False)
        elif line.column == "geometry":
            good.append(_same_shape(state.geometry.loc[label], line.true))
        else:
            good.append(_same(state.frame.loc[label, line.column], line.true))
    return pd.Series(good, index=key.index)


def broken(key: pd.DataFrame, cleaning: Cleaning) -> int:
    """Cells that were right and were changed to something else."""
    log = cleaning.log
    struck = set(zip(key["row"], key["column"], strict=True))
    gone = set(key.loc[(key["column"] == "") | (key["true"] == "") & (key["column"] == "geometry"), "row"])
    harmless = log["rule"].isin(["date-format", "date-order"])  # another writing of the same day
    changes = log[~harmless]
    return sum(
        (row, column) not in struck and row not in gone  # a repeated row carries the dirt of its first
        for row, column in zip(changes["row"], changes["column"], strict=True)
    )


def _same(cell: Any, true: str) -> bool:
    if cell != cell or cell is None:
        return False
    if cell == true:
        return True
    if len(true) > 15:  # a key, which is not a number
        return False
    try:
        return abs(float(cell) - float(true)) < 0.005
    except ValueError:
        return False


def _same_shape(shape: Any, true: str) -> bool:
    if shape is None:
        return False
    want = shapely.from_wkt(true)
    return bool(shapely.hausdorff_distance(shape, want) < _SAME_PLACE and abs(shape.area - want.area) < 0.5)


def invented(cleaning: Cleaning) -> int:
    """Cells that findings of any weight name in the clean truth."""
    seen = [f for f in cleaning.findings if f.level is not Level.ADVICE]
    return sum(max(1, len(f.place.rows)) for f in seen)


def measure(parcels: int, seed: int) -> dict[str, Any]:
    """All figures, and the table per defect."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make(folder, parcels, seed)
        began = time.perf_counter()
        layer = Cleaning.start(read_layer(folder / "predios.gpkg"), file="predios.gpkg")
        reference = {"table": layer, "COLONIA": made["names"]}
        table = Cleaning.start(folder / "predios.csv", reference=reference)
        parts = [(made["table_key"], table), (made["layer_key"], layer)]
        hits = pd.concat([found(key, cleaning.findings) for key, cleaning in parts], ignore_index=True)
        certain = pd.concat([right(k, c.accept_all()) for k, c in parts], ignore_index=True)
        layer.accept_all(certain=False)
        reference["table"] = layer
        table = Cleaning.start(folder / "predios.csv", reference=reference)
        parts = [(made["table_key"], table.accept_all(certain=False)), (made["layer_key"], layer)]
        after = pd.concat([right(k, c) for k, c in parts], ignore_index=True)
        spoilt = sum(broken(k, c) for k, c in parts)
        seconds = time.perf_counter() - began
        clean = [Cleaning.start(folder / "clean.csv"), Cleaning.start(read_layer(folder / "clean.gpkg"))]
        wrong = sum(invented(c) for c in clean)
        cells = sum(c.raw.size + (0 if c.state.geometry is None else len(c.raw)) for c in clean)
    key = pd.concat([k for k, _ in parts], ignore_index=True)
    known = catalogue().drop_duplicates(["defect", "column"]).set_index(["defect", "column"])["recoverable"]
    lines = pd.DataFrame({"defect": key["defect"], "column": key["column"], "found": hits, "certain": certain})
    lines["right"] = after
    lines["recoverable"] = [
        known.get((d, c), "yes") == "yes" for d, c in zip(key["defect"], key["column"], strict=True)
    ]
    figures = {
        "found_share": float(hits.mean()),
        "invented_per_100k_cells": 1e5 * wrong / cells,
        "right_after_fix_share": float(after.mean()),
        "right_after_fix_share_recoverable": float(after[lines["recoverable"]].mean()),
        "right_after_certain_share": float(certain.mean()),
        "broken_cells": spoilt,
        "defects": len(lines),
        "cells": int(cells),
        "parcels": parcels,
        "seconds": round(seconds, 1),
    }
    by = lines.groupby(["defect", "column"], sort=False)
    per = by.agg(n=("found", "size"), found=("found", "mean"), certain=("certain", "mean"), right=("right", "mean"))
    return {"figures": figures, "per_defect": per.reset_index()}


def main() -> None:
    """Run, print the table or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 parcels")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2015)
    chosen = parser.parse_args()
    result = measure(2_000 if chosen.quick else chosen.parcels, chosen.seed)
    if chosen.json:
        per = result["per_defect"].to_dict("records")
        print(json.dumps({"benchmark": "cleaning", **result["figures"], "per_defect": per}, ensure_ascii=False))
        return
    print(result["per_defect"].round(3).to_string(index=False))
    for name, value in result["figures"].items():
        print(f"{name:36} {value:.4g}" if isinstance(value, float) else f"{name:36} {value}")


if __name__ == "__main__":
    main()
