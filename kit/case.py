"""The cadastre that steps 05 to 08 work on: the teaching city's, or a participant's own file.

Both come in one shape, `Cadastre`, so that a notebook changes from one to the other by changing one cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from kit import datasets
from kit.findings import Findings, KitError
from kit.layers import LayerRead, read_layer
from kit.maps import Picture, parcel_map, parcel_picture, save
from kit.messages import LANGUAGES, text
from kit.portfolio import Portfolio
from kit.publish import Catalog, Content, Dataset, Publisher
from kit.publish.dictionary import columns_from
from kit.steps.cleaning import Cleaning
from kit.steps.cleaning.loading import clean_data, save_mapping, saved_mapping
from kit.steps.examples import catalog_example
from kit.steps.review import Review
from kit.tables import TableRead, read_table
from kit.themes.cadastre import audit, audit_table
from kit.themes.mapping import Mapping, guess, read_mapping

SOURCE = "clean/source.yaml"  # whose file the clean parcels come from
NAME = "predios"  # of the clean files, whatever the participant's own file is called
_GROUND = {
    "rio": "river",
    "areas_verdes": "parks",
    "manzanas": "manzanas",
    "vialidades": "streets",
    "colonias": "colonias",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose parcels they are, which steps 06 to 08 need to know: the city's, or those of a participant's file."""

    file: str
    mapping: Mapping
    synthetic: bool = False

    def title(self, lang: str | None = None) -> str:
        """What the map and the catalogue call these parcels."""
        return text("case.city" if self.synthetic else "case.own", lang=lang, file=self.file)

    def ground(self) -> dict[str, gpd.GeoDataFrame]:
        """What lies under the parcels on the teaching city's map: river, parks, streets; nothing for another file."""
        if not self.synthetic:
            return {}
        path = datasets.dataset("catastro").path("raw/predios.gpkg")
        return {kind: gpd.read_file(path, layer=name) for name, kind in _GROUND.items()}

    def parcels(self, portfolio: Portfolio) -> pd.DataFrame:
        """The clean parcels that step 05 left, with geometry if the file had any."""
        return clean_data(portfolio, NAME)

    def draw(
        self, portfolio: Portfolio, parcels: gpd.GeoDataFrame, colour_by: str, findings: Findings
    ) -> dict[str, Picture]:
        """Leave the map in the portfolio, in both languages: a page that needs no network, and a still picture.

        Args:
            portfolio: where to.
            parcels: the clean layer; row numbers of ``findings`` count its features from 1.
            colour_by: the column that gives the colours.
            findings: problems to mark on the map.

        Returns:
            The still picture of each language, with its description.
        """
        ground, rows = self.ground(), np.arange(1, len(parcels) + 1)
        key, value, area = (
            column if column in parcels.columns else None
            for column in (self.mapping.key, self.mapping.value, self.mapping.area)
        )
        pictures: dict[str, Picture] = {}
        for lang in LANGUAGES:
            made = parcel_map(
                parcels,
                colour_by=colour_by,
                key=key,
                value=value,
                area=area,
                title=self.title(lang),
                background=ground,
                findings=findings,
                rows=rows,
                lang=lang,
            )
            with portfolio.writing(map_file(lang), step="06") as temporary:
                save(made, temporary)
            with portfolio.writing(picture_file(lang), step="06") as temporary:
                pictures[lang] = parcel_picture(
                    parcels, temporary, colour_by=colour_by, title=self.title(lang), background=ground, lang=lang
                )
        return pictures

    def content(self, portfolio: Portfolio, dataset: Dataset, parcels: pd.DataFrame, review: Review) -> Content:
        """What step 08 publishes: the parcels with their metadata, their review, and the maps of step 06 if any."""
        drawn = isinstance(parcels, gpd.GeoDataFrame) and parcels.geom_type.isin(["Polygon", "MultiPolygon"]).any()
        maps = [portfolio.path(map_file(lang)) for lang in LANGUAGES] if drawn else []
        pictures = {lang: portfolio.path(picture_file(lang)) for lang in LANGUAGES} if drawn else None
        return Content(dataset, parcels, review, maps=maps, picture=pictures)

    def metadata(self) -> tuple[Catalog, Dataset]:
        """The catalogue and the dataset: as Valle Abierto describes them, or a beginning for another file."""
        known = catalog_example()
        catalog, dataset = Catalog.of(known["catalog"]), Dataset.of(known["dataset"])
        if self.synthetic:
            dataset.columns = columns_from(datasets.dataset("catastro").descriptor["resources"][0]["schema"]["fields"])
            return catalog, dataset
        names = {f"name{end}": text("case.publisher", lang=lang) for lang, end in _endings()}
        catalog.publisher = dataset.publisher = Publisher(**names, mbox=dataset.mbox)
        for item, name in ((catalog, "catalog"), (dataset, "dataset")):
            for part in ("title", "description"):
                for lang, end in _endings():
                    setattr(item, part + end, text(f"case.{name}-{part}", lang=lang, file=self.file))
        dataset.spatial, dataset.spatial_key = names["name"], ""
        dataset.key = self.mapping.key or ""
        return catalog, dataset


@dataclass(frozen=True, kw_only=True)
class Cadastre(Source):
    """A cadastre as it came: a layer, a table, or both; and which column is which."""

    layer_file: str = ""
    layer: LayerRead | None = None
    table: TableRead | None = None
    findings: Findings

    def faults(self) -> Findings:
        """What is wrong with the cadastre as it came: keys, and where there is a layer areas, shapes and overlaps."""
        if self.layer is not None:
            return audit(self.layer.layer, self.mapping, rows=self.layer.rows, file=self.layer_file).findings
        return audit_table(self._table.table, self.mapping, rows=self._table.rows, file=self.file)

    def cleaning(self) -> tuple[Cleaning, Cleaning | None]:
        """What there is to clean: the main table, and the layer where it is a file of its own."""
        if self.layer is None or self.table is None:
            return Cleaning.start(self.layer or self._table, self.mapping), None
        return Cleaning.start(self.table, self.mapping, reference=self.layer), Cleaning.start(self.layer)

    def save(self, portfolio: Portfolio, main: Cleaning, layer: Cleaning | None) -> list[Path]:
        """Leave the clean files, recipe, log and mapping in the portfolio.

        Table and layer are joined by the local key where both have one, else by the key.
        """
        save_mapping(portfolio, self.mapping)
        portfolio.write_yaml(SOURCE, {"file": self.file, "synthetic": self.synthetic}, step="05")
        local = self.mapping.local
        key = local if layer is not None and self.layer is not None and local in self.layer.layer.columns else None
        return main.save(portfolio, layer=layer, name=NAME, key=key)

    @property
    def _table(self) -> TableRead:
        if self.table is None:
            raise ValueError("a cadastre has a layer, a table, or both")
        return self.table


def map_file(lang: str) -> str:
    """Where step 06 leaves the map's page, in the portfolio."""
    return f"maps/cadastre.{lang}.html"


def picture_file(lang: str) -> str:
    """Where step 06 leaves the still picture, in the portfolio."""
    return f"maps/cadastre.{lang}.png"


def city_cadastre() -> Cadastre:
    """The dirty cadastre of the teaching city, as its dataset ships it."""
    data = datasets.dataset("catastro")
    table = read_table(data.path("raw/predios.csv"))
    layer = read_layer(data.path("raw/predios.gpkg"), layer="predios")
    mapping, findings = guess(table.table, file="predios.csv")
    found = table.findings + layer.findings + findings
    return Cadastre(
        file="predios.csv",
        layer_file="predios.gpkg",
        layer=layer,
        table=table,
        mapping=mapping,
        findings=found,
        synthetic=True,
    )


def own_cadastre(
    path: str | Path, *, pairs: Iterable[str] = (), mapping_file: str | Path | None = None, crs: str | None = None
) -> Cadastre:
    """A participant's cadastre: one file, a layer or a table; a table without geometry can do all but the map.

    Args:
        path: the file.
        pairs: ``field=COLUMN`` each, such as ``key=CLAVE``.
        mapping_file: a YAML file of the same.
        crs: the reference system, when the file does not say it or says it wrong.

    Raises:
        KitError: if the file cannot be read, or the column of the key cannot be guessed and was not given.
    """
    path = Path(path)
    given = read_mapping(pairs, mapping_file)
    try:
        layer = read_layer(path, geometry=given.geometry, crs=crs or given.crs)
    except KitError as problem:
        if given.geometry or problem.findings.codes() != {"layers.no-geometry"}:
            raise
        table = read_table(path)
        mapping, findings = guess(table.table, given, file=path.name)
        return Cadastre(file=path.name, table=table, mapping=mapping, findings=table.findings + findings)
    mapping, findings = guess(layer.layer, given, file=path.name)
    return Cadastre(
        file=path.name,
        layer_file=path.name,
        layer=layer,
        mapping=mapping,
        findings=layer.findings + findings,
    )


def saved_cadastre(portfolio: Portfolio) -> Source:
    """Whose parcels step 05 left in the portfolio, so that the later notebooks need not be told again.

    Raises:
        KitError: if step 05 is not done.
    """
    kept = portfolio.read_yaml(SOURCE)
    return Source(file=str(kept["file"]), mapping=saved_mapping(portfolio), synthetic=bool(kept["synthetic"]))


def _endings() -> list[tuple[str, str]]:
    """Each language with the ending of the fields that hold it."""
    return [(lang, "" if lang == "es" else f"_{lang}") for lang in LANGUAGES]
