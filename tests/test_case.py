"""Whose parcels the later notebooks work on: what step 05 leaves is enough, and nobody is asked twice."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from kit.case import own_cadastre, saved_cadastre
from kit.demo import catch_up
from kit.findings import KitError
from kit.portfolio import Portfolio
from kit.steps.inventory import Inventory


@pytest.fixture
def lots(tmp_path):
    """A participant's file of six lots."""
    shapes = [shapely.box(300_000 + 10 * i, 2_420_000, 300_010 + 10 * i, 2_420_020) for i in range(6)]
    clave = [f"001-0001-{i + 1:06d}" for i in range(6)]
    path = tmp_path / "lotes.gpkg"
    gpd.GeoDataFrame({"CCAT": clave}, geometry=shapes, crs=32614).to_file(path, driver="GPKG")
    return path


def test_the_later_notebooks_know_whose_file_step_05_cleaned(tmp_path, lots):
    portfolio = Portfolio.create(tmp_path / "p")
    case = own_cadastre(lots)
    case.save(portfolio, *case.cleaning())
    saved = saved_cadastre(portfolio)
    assert (saved.file, saved.mapping.key, saved.synthetic) == ("lotes.gpkg", "CCAT", False)
    assert saved.ground() == {}  # the city's river does not flow under somebody else's lots
    assert "lotes.gpkg" in saved.metadata()[1].title


def test_before_step_05_nobody_knows(tmp_path):
    with pytest.raises(KitError):
        saved_cadastre(Portfolio.create(tmp_path / "p"))


def test_a_skipped_plan_is_made_up_for_on_an_inventory_without_any_dataset_of_the_example(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    row = {"responsible": "Obras", "dataset": "Baches", "resource": "Baches 2015", "description": "Baches."}
    Inventory.from_rows([row | {"access": "Público", "platform": "Excel", "date": "2015-10"}]).save(portfolio)
    catch_up(portfolio, "05")
    assert "04" in portfolio.steps_done()
