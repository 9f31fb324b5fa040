"""Reads back the clean layer and the mapping that step 05 left, for the steps that come after."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from kit.findings import KitError, Place, error
from kit.portfolio import Portfolio
from kit.safecells import bare_table
from kit.tables import read_table
from kit.themes.mapping import Mapping

FOLDER = "clean"
MAPPING = f"{FOLDER}/mapping.yaml"


def clean_layer(portfolio: Portfolio, name: str | None = None) -> gpd.GeoDataFrame:
    """The layer that cleaning left, in the CRS that it was left in.

    Args:
        portfolio: the participant's.
        name: of the layer (its file without ending); may be left out when there is one only.

    Raises:
        KitError: if there is no clean layer, or several and no name; ``cleaning.no-layer`` if the participant's file
            had no geometry.
    """
    found = sorted(p.stem for p in portfolio.path(FOLDER).glob("*.gpkg"))
    if name is None and len(found) > 1:
        raise KitError(error("cleaning.which-layer", Place(FOLDER), names=found))
    if not found and any(portfolio.path(FOLDER).glob("*.csv")):
        raise KitError(error("cleaning.no-layer", Place(FOLDER)))
    if not found or (name is not None and name not in found):
        portfolio.read_bytes(f"{FOLDER}/{name or 'predios'}.gpkg")  # says which step leaves it
    return gpd.read_file(portfolio.path(f"{FOLDER}/{name or found[0]}.gpkg"))


def clean_data(portfolio: Portfolio, name: str) -> pd.DataFrame:
    """The clean parcels: with geometry if the participant's file had any, else the table.

    Raises:
        KitError: if step 05 is not done.
    """
    path = portfolio.path(f"{FOLDER}/{name}.csv")
    if portfolio.exists(f"{FOLDER}/{name}.gpkg") or not path.is_file():
        return clean_layer(portfolio, name)
    return bare_table(read_table(path).table)


def saved_mapping(portfolio: Portfolio) -> Mapping:
    """Which column is which, as step 05 saved it."""
    return Mapping.load(portfolio, MAPPING)


def save_mapping(portfolio: Portfolio, mapping: Mapping) -> None:
    """Leave the mapping for the later steps. The CRS is left out: the clean layer names its own."""
    portfolio.write_yaml(
        MAPPING, {k: v for k, v in mapping.to_data().items() if k not in {"crs", "geometry"}}, step="05"
    )
