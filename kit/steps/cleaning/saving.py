"""Leaves what cleaning made in the portfolio: the clean table, the layer, the recipe and the log."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kit.portfolio import Portfolio
from kit.portfolio.disk import replace
from kit.safecells import safe_table
from kit.steps.cleaning import log as logs
from kit.steps.cleaning.joining import join_by_key
from kit.steps.cleaning.recipe import recipe_of, to_yaml
from kit.steps.cleaning.session import Cleaning
from kit.words import unaccented

FOLDER = "clean"
RECIPE = f"{FOLDER}/recipe.yaml"
LOG = "cleaning-log.json"
STEP = "05"
FORMAT = 1


def save(
    cleaning: Cleaning, portfolio: Portfolio, *, layer: Any = None, name: str | None = None, key: str | None = None
) -> list[Path]:
    """Write ``clean/<name>.csv`` (UTF-8), ``clean/<name>.gpkg`` if there is geometry, recipe and log.

    Recipe and log hold one part per raw file, so that a table and its layer stand side by side; saving a file again
    replaces its part.

    Args:
        cleaning: what was cleaned.
        portfolio: where to.
        layer: the cleaning of the layer (or a layer) whose features get the table's attributes, joined by key.
        name: of the files; the raw file's own name when not given.
        key: the column by which table and layer are joined; the table's key when not given.

    Raises:
        KitError: if the two have no key in common, or the portfolio cannot be written.
    """
    stem = file_name(name or Path(cleaning.state.file).stem)
    written = [portfolio.write_text(f"{FOLDER}/{stem}.csv", to_csv(cleaning.texts()), step=STEP)]
    joined: gpd.GeoDataFrame | None = None
    if layer is not None:
        joined, _ = join_by_key(cleaning, layer, key)
    elif cleaning.state.geometry is not None:
        joined = gpd.GeoDataFrame(cleaning.result())
    if joined is not None:
        with portfolio.writing(f"{FOLDER}/{stem}.gpkg", step=STEP) as temporary:
            joined.to_file(temporary, driver="GPKG", layer=stem, engine="pyogrio")
        written.append(portfolio.path(f"{FOLDER}/{stem}.gpkg"))
    parts = [cleaning, *([layer] if isinstance(layer, Cleaning) else [])]
    recipes, changes = _earlier(portfolio)
    for part in parts:
        file = part.state.file or stem
        recipes[file] = recipe_of(part)
        changes[file] = {"sha256": str(part.source.get("sha256", "")), "changes": logs.to_data(part.log)}
    written.append(portfolio.write_text(RECIPE, to_yaml({"format": FORMAT, "files": recipes}), step=STEP))
    content = json.dumps({"format": FORMAT, "files": changes}, ensure_ascii=False, indent=1)
    written.append(portfolio.write_text(LOG, content, step=STEP))
    return written


def write_files(cleaning: Cleaning, table: Path, log: Path, layer: Path | None = None) -> list[Path]:
    """The clean table, the log and, if there is geometry, the layer, outside a portfolio; each is whole or not there.

    Raises:
        OSError: if the folder cannot be written.
    """
    changes = {"sha256": str(cleaning.source.get("sha256", "")), "changes": logs.to_data(cleaning.log)}
    content = json.dumps({"format": FORMAT, "files": {cleaning.state.file: changes}}, ensure_ascii=False, indent=1)
    _as_one(table, lambda path: path.write_text(to_csv(cleaning.texts()), encoding="utf-8", newline="\n"))
    _as_one(log, lambda path: path.write_text(content, encoding="utf-8", newline="\n"))
    if layer is None:
        return [table, log]
    made = gpd.GeoDataFrame(cleaning.result())
    _as_one(layer, lambda path: made.to_file(path, driver="GPKG", layer=file_name(layer.stem), engine="pyogrio"))
    return [table, layer, log]


def _as_one(target: Path, write: Callable[[Path], object]) -> None:
    """Write beside the target and take its place at the end."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kit-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, target.name)
        write(made)
        replace(made, target)


def to_csv(table: pd.DataFrame) -> str:
    """The table as CSV text: commas, one line per row, empty cells empty, no cell a formula (`kit.safecells`)."""
    stream = io.StringIO()
    safe_table(table).to_csv(stream, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    return stream.getvalue()


def file_name(text: str) -> str:
    """A name of ASCII letters, digits, hyphens (Guide 2015, step 2.1: no characters outside ASCII in file names)."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(text).lower()).strip("-") or "datos"


def _earlier(portfolio: Portfolio) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts that earlier savings left, by raw file."""
    recipes: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    if portfolio.exists(RECIPE):
        recipes = dict((portfolio.read_yaml(RECIPE) or {}).get("files", {}))
    if portfolio.exists(LOG):
        changes = dict(json.loads(portfolio.read_text(LOG)).get("files", {}))
    return recipes, changes
