"""Which column is which: the mapping of a participant's cadastre to the names that the kit works with.

A mapping comes from a small YAML file, from options (``key=CLAVE``), or is guessed by content and by column names
(``mapping.json``); what was guessed is always said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from ruamel.yaml import YAML, YAMLError

from kit import keys
from kit.findings import Findings, KitError, Place, advice, error
from kit.layers import describe_columns
from kit.layers.columns import find_geometry, plain
from kit.models import Model
from kit.themes.uses import known_uses

FACTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
COLUMNS = (*FACTS["names"], "geometry")
_SAMPLE = 2000
_SHARE = 0.6  # of a column's filled cells must look like keys for the column to hold them


class Mapping(Model):
    """Names of the columns of one cadastral file; what a file has not is None.

    Attributes:
        key: the parcel's key (the standard one of 31 characters where there is one, else the local one).
        local: the local key, where the file has both.
        block: the block's key.
        state: the state's INEGI key (2 digits).
        municipality: the municipality's INEGI key (3 digits).
        use: land use.
        value: cadastral value, MXN.
        area: area of the land, m².
        built: area built, m².
        date: date of the last change.
        geometry: the column or columns ("x,y") of geometry, when the file is a table.
        crs: the reference system, when the file does not say it.
        labels: column to a better name, for columns without one.
    """

    key: str | None = None
    local: str | None = None
    block: str | None = None
    state: str | None = None
    municipality: str | None = None
    use: str | None = None
    value: str | None = None
    area: str | None = None
    built: str | None = None
    date: str | None = None
    geometry: str | None = None
    crs: str | None = None
    labels: dict[str, str] = {}

    def columns(self) -> dict[str, str]:
        """Field to column, of those that name a column."""
        named = {name: getattr(self, name) for name in COLUMNS if name != "geometry"}
        return {name: column for name, column in named.items() if column is not None}


def read_mapping(options: Iterable[str] = (), file: str | Path | None = None) -> Mapping:
    """A mapping out of a YAML file and options; options go before the file.

    Args:
        options: each ``field=column`` ("key=CLAVE"), or the path of a YAML file.
        file: a YAML file with one ``field: column`` a line.

    Raises:
        KitError: if the file is not there or is no mapping, or an option is not understood.
    """
    data: dict[str, Any] = {} if file is None else _load(Path(file))
    for option in options:
        field, sign, column = option.partition("=")
        if sign:
            data[field.strip()] = column.strip()
        elif Path(option).suffix.lower() in {".yaml", ".yml"}:
            data |= _load(Path(option))
        else:
            raise KitError(error("cadastre.mapping-option", Place(item=option), option=option, fields=_fields()))
    mapping, findings = Mapping.read(data, file=str(file) if file else None)
    if mapping is None:
        raise KitError(*findings)
    return mapping


def guess(
    table: pd.DataFrame, given: Mapping | None = None, *, file: str | None = None, need: Sequence[str] = ("key",)
) -> tuple[Mapping, Findings]:
    """A mapping for ``table``: what was given, then what keys look like, then names; and a finding on what was guessed.

    Args:
        table: the table or layer as read.
        given: what the user says; never overruled.
        file: the name that findings give as their place.
        need: fields without which the work cannot go on ("key", "geometry").

    Raises:
        KitError: if a given column is not there, or a needed one cannot be guessed; the message lists the columns with
            an example each and the option to give.
    """
    given = given or Mapping()
    if unknown := [column for column in given.columns().values() if column not in table.columns]:
        known = describe_columns(_plain_table(table))
        raise KitError(error("cadastre.mapping-column-unknown", Place(file), column=unknown, columns=known))
    found = given.columns()
    plain_table = _plain_table(table)
    for guesser in (_by_shape, _by_name, _by_use):
        for field, column in guesser(plain_table, found).items():
            if field not in found and column not in found.values():
                found[field] = column
    if "key" not in found and "local" in found:
        found["key"] = found.pop("local")
    geometry = given.geometry or _geometry(table)
    _require({**found, **({"geometry": geometry} if geometry else {})}, need, plain_table, file)
    new = {field: column for field, column in found.items() if field not in given.columns()}
    mapping = given.model_copy(update={**found, "geometry": geometry})
    if not new:
        return mapping, Findings()
    pairs = "; ".join(f"{field}={column} ({_example(table[column])})" for field, column in new.items())
    return mapping, Findings([advice("cadastre.mapping-guessed", Place(file), n=len(new), pairs=pairs)])


def _by_name(table: pd.DataFrame, found: dict[str, str]) -> dict[str, str]:
    by_plain = {plain(column): str(column) for column in reversed(table.columns)}
    result: dict[str, str] = {}
    for field, names in FACTS["names"].items():
        column = next((by_plain[plain(name)] for name in names if plain(name) in by_plain), None)
        if column is not None and column not in {*result.values(), *found.values()}:
            result[field] = column
    return result


def _by_shape(table: pd.DataFrame, found: dict[str, str]) -> dict[str, str]:
    """Columns whose cells look like keys: 31 digits, CCC-MMMM-PPPPPP, CCC-MMMM."""
    wanted = {
        "key": {"standard", "short", "separated", "scientific"},
        "local": {"local", "local-separated"},
        "block": {"block"},
    }
    result: dict[str, str] = {}
    for column in table.columns:
        cells = table[column].dropna().head(_SAMPLE)
        if column in found.values() or not len(cells) or pd.api.types.is_datetime64_any_dtype(cells.dtype):
            continue
        shapes = keys.shapes(cells)
        for field, names in wanted.items():
            if field not in result and np.asarray(shapes.isin(names)).mean() >= _SHARE:
                result[field] = str(column)
    return result


def _by_use(table: pd.DataFrame, found: dict[str, str]) -> dict[str, str]:
    """The column whose cells are words of the catalogue of uses."""
    if "use" in found:
        return {}
    for column in table.columns:
        cells = table[column].dropna().head(_SAMPLE)
        if len(cells) and not pd.api.types.is_numeric_dtype(cells.dtype) and known_uses(cells).mean() >= _SHARE:
            return {"use": str(column)}
    return {}


def _geometry(table: pd.DataFrame) -> str | None:
    if isinstance(table, gpd.GeoDataFrame):
        return str(table.geometry.name)
    names = find_geometry(table)
    return ",".join(names) if names else None


def _require(found: dict[str, str], need: Sequence[str], table: pd.DataFrame, file: str | None) -> None:
    missing: dict[str, Callable[[], Any]] = {
        "key": lambda: error("cadastre.mapping-key-missing", Place(file), columns=describe_columns(table)),
        "geometry": lambda: error("cadastre.mapping-geometry-missing", Place(file), columns=describe_columns(table)),
    }
    problems = [
        missing[field]() if field in missing else _field_missing(field, table, file)
        for field in need
        if field not in found
    ]
    if problems:
        raise KitError(*problems)


def _field_missing(field: str, table: pd.DataFrame, file: str | None) -> Any:
    return error("cadastre.mapping-field-missing", Place(file), field=field, columns=describe_columns(table))


def _plain_table(table: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(table, gpd.GeoDataFrame):
        return table
    return pd.DataFrame(table.drop(columns=table.geometry.name))


def _load(path: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise KitError(error("cadastre.mapping-file-missing", Place(str(path)), file=path.name)) from None
    except (YAMLError, UnicodeDecodeError):
        raise KitError(error("cadastre.mapping-file-damaged", Place(str(path)), file=path.name)) from None
    if not isinstance(data, dict):
        raise KitError(error("cadastre.mapping-file-damaged", Place(str(path)), file=path.name))
    return {str(field): value if isinstance(value, dict) else str(value) for field, value in data.items()}


def _fields() -> list[str]:
    return list(Mapping.model_fields)


def _example(column: pd.Series) -> str:
    filled = column.dropna()
    return str(filled.iloc[0])[:32] if len(filled) else "-"
