"""A small city of lots for the tests: uses, values and colonias that are known, in UTM 14N."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

USES = ["HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"]


def make_lots(columns: int = 20, rows: int = 15) -> gpd.GeoDataFrame:
    """Lots of 10 by 20 m in blocks of ten with streets between them; the last lot has no use."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(columns), np.arange(rows)))
    west, south = 400_000 + x * 10 + (x // 10) * 12, 2_200_000 + y * 20 + (y // 2) * 12
    n = len(x)
    rng = np.random.default_rng(7)
    use = pd.Series(rng.choice(USES, n, p=[0.7, 0.15, 0.1, 0.05]), dtype="str")
    use.iloc[-1] = None
    return gpd.GeoDataFrame(
        {
            "CVE_CAT_EST": [f"99000001010001000{i:03d}{j:05d}000000" for i, j in zip(y, x, strict=True)],
            "COLONIA": np.where(x < columns / 2, "La Ribera", "Centro"),
            "USO": use,
            "SUP_TERRENO": 200.0,
            "VALOR_CATASTRAL": (rng.lognormal(13, 0.5, n)).round(2),
        },
        geometry=shapely.box(west, south, west + 10, south + 20),
        crs=32614,
    )


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    """Three hundred lots."""
    return make_lots()


@pytest.fixture
def colonias(lots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The two colonias the lots lie in."""
    merged = lots.dissolve("COLONIA").reset_index()
    return merged.set_geometry(merged.geometry.buffer(15, join_style="mitre"))[["COLONIA", "geometry"]]
