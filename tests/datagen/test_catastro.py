"""The cadastre package: the same bytes from the same seed, described as it is, and no older than its generator."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from kit import datasets
from kit.datagen import catastro, dirt
from kit.datagen.build import build_all
from kit.datagen.dirt_features import clean_layer

LAYERS = ["predios", "manzanas", "colonias", "vialidades", "areas_verdes", "rio"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("datasets")
    build_all(root)
    return root


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_two_builds_are_the_same_to_the_byte(tmp_path: Path):
    for name in ("one", "two"):
        catastro.build(tmp_path / name, parcels=600, seed=3)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    for rel in files(tmp_path / "one"):
        assert (tmp_path / "one" / rel).read_bytes() == (tmp_path / "two" / rel).read_bytes(), rel


def test_the_repository_holds_what_the_generator_makes(fresh: Path):
    packages = ("catastro/", "inventario/", "registry")
    assert [f for f in files(datasets.ROOT) if f.startswith(packages)] == files(fresh)
    # SQLite and GDAL write their versions into a GeoPackage and its hash into the descriptor: these by content.
    other_libraries = {"catastro/raw/predios.gpkg", "catastro/datapackage.json", "registry.json"}
    other_libraries |= {"inventario/raw/inventario.xlsx", "inventario/datapackage.json"}
    for rel in files(fresh):
        if rel not in other_libraries or sys.platform == "linux":
            assert (datasets.ROOT / rel).read_bytes() == (fresh / rel).read_bytes(), rel
    for layer in LAYERS:
        kept, made = (gpd.read_file(root / "catastro/raw/predios.gpkg", layer=layer) for root in (datasets.ROOT, fresh))
        pd.testing.assert_frame_equal(kept, made)


def test_it_is_small_enough_to_carry():
    total = sum(path.stat().st_size for path in (datasets.ROOT / "catastro").rglob("*") if path.is_file())
    assert total < 6_000_000


def test_answer_key_turns_the_shipped_files_into_the_truth():
    folder = datasets.ROOT / "catastro"
    key = pd.read_csv(folder / "answer-key.csv", dtype={"row": "Int64"}, keep_default_na=False, na_values={"row": [""]})
    with (folder / "raw/predios.csv").open(encoding="ISO-8859-1", newline="") as stream:
        grid = pd.DataFrame(list(csv.reader(stream)), dtype=object)
    truth = catastro.truth()
    clean = dirt.clean_table(grid, key[key["file"] == "raw/predios.csv"])
    assert (clean.to_numpy() == dirt.texts(truth.drop(columns="geometry")).to_numpy()).all()
    layer = gpd.read_file(folder / "raw/predios.gpkg", layer="predios")
    mended = clean_layer(layer, key[key["file"] == "raw/predios.gpkg"])
    assert (shapely.get_coordinates(mended.geometry) == shapely.get_coordinates(truth.geometry)).all()
    assert (mended["CVE_CAT_EST"].to_numpy() == truth["CVE_CAT_EST"].to_numpy()).all()


def test_feature_ids_are_those_of_the_answer_key():
    folder = datasets.ROOT / "catastro"
    key = pd.read_csv(folder / "answer-key.csv", dtype=str, keep_default_na=False)
    empty = key[key["defect"] == "null-geometry"]
    layer = pyogrio.read_dataframe(folder / "raw/predios.gpkg", layer="predios", fid_as_index=True)
    assert list(layer.loc[empty["row"].astype(int), "CVE_CAT_EST"]) == list(empty["key"])
    assert layer.geometry.loc[empty["row"].astype(int)].isna().all()


def test_layers_and_reference_system():
    file = datasets.ROOT / "catastro" / "raw" / "predios.gpkg"
    assert [name for name, _ in pyogrio.list_layers(file)] == LAYERS
    for name in LAYERS:
        assert pyogrio.read_info(file, layer=name)["crs"] == "EPSG:32614"


def test_descriptor_is_a_valid_data_package():
    from frictionless import Package

    folder = datasets.ROOT / "catastro"
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert not Package.validate_descriptor(descriptor).errors
    assert descriptor["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in descriptor["resources"]:
        file = folder / resource["path"]
        assert resource["bytes"] == file.stat().st_size
        assert resource["hash"] == f"sha256:{datasets.sha256(file)}"


def test_schema_names_every_column_and_the_truth_obeys_it():
    descriptor = datasets.dataset("catastro").descriptor
    predios, capa, _ = descriptor["resources"]
    truth = catastro.truth().drop(columns="geometry")
    assert [field["name"] for field in predios["schema"]["fields"]] == list(truth.columns)
    for field in predios["schema"]["fields"]:
        rules, values = field.get("constraints", {}), truth[field["name"]]
        assert "pattern" not in rules or values.str.fullmatch(rules["pattern"].strip("^$")).all()
        assert "enum" not in rules or set(values) <= set(rules["enum"])
        assert not rules.get("unique") or values.is_unique
        assert {"es", "en"} == set(field["titles"]) == set(field["descriptions"])
    for layer in capa["layers"]:
        read = gpd.read_file(datasets.dataset("catastro").path("raw/predios.gpkg"), layer=layer["name"], rows=1)
        assert [field["name"] for field in layer["schema"]["fields"]] == list(read.columns)


def test_dictionary_names_every_column_in_both_languages():
    for lang in ("es", "en"):
        content = datasets.dataset("catastro").folder.joinpath(f"dictionary.{lang}.md").read_text(encoding="utf-8")
        assert all(f"`{column}`" in content for column in catastro.fields()["name"])
        assert "LA_SpatialUnit" in content


def test_command_builds_into_any_folder(tmp_path: Path):
    subprocess.run(
        [sys.executable, "-m", "kit.datagen", "--root", str(tmp_path / "out"), "--parcels", "400"],
        check=True, capture_output=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert not datasets.verify("catastro", tmp_path / "out")
    assert datasets.registry(tmp_path / "out")["catastro"]["rows"] == 400


def test_the_first_layer_is_the_parcels():
    layer = gpd.read_file(datasets.dataset("catastro").path("raw/predios.gpkg"), layer=0, rows=3)
    assert list(layer.columns) == ["CVE_CAT_EST", "CVE_CAT_ORI", "geometry"]
    assert np.isfinite(layer.total_bounds).all()
