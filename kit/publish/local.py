"""Step 08 on one's own computer: a folder that is a whole catalogue, to be opened by double click or put on a server.

Nothing is written before everything that can be judged has been judged: a review that is not approved, metadata the
portal would refuse, a map that shows what the review keeps back.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kit import messages
from kit.findings import Findings, KitError, Place, error, warning
from kit.publish import dcat, files, listing, package, rating, site
from kit.publish.attached import MapFile, read_map, refuse_closed_columns
from kit.publish.metadata import check_catalog, check_columns, check_dataset, check_values
from kit.publish.model import VOCABULARY, Catalog, Dataset, Distribution, said
from kit.steps.review import Review

Progress = Callable[[str, float], None]
_CRS84 = "EPSG:4326"


@dataclass(frozen=True)
class Content:
    """One dataset to publish.

    Args:
        dataset: its metadata; sizes, hashes, dates of change and the bounding box are filled in.
        table: the clean table or layer; what the review drops or makes coarser is taken out of it here.
        review: step 07's decision on it.
        maps: map pages that `kit.maps.save` wrote, one per language.
        picture: a PNG or SVG of the map for the dataset's page, or one per language: ``{"es": …, "en": …}``.
    """

    dataset: Dataset
    table: pd.DataFrame
    review: Review
    maps: Sequence[Path] = ()
    picture: Path | Mapping[str, Path] | None = None


@dataclass(frozen=True)
class PublishResult:
    """What was written: the catalogue as data, its first page, every file, and what is worth attention.

    ``folder`` is where it was written; `Portfolio.writing_folder` moves it to its place afterwards, and ``files`` are
    relative, so that they hold there too.
    """

    folder: Path
    catalog: Catalog
    findings: Findings
    files: list[str] = field(default_factory=list)
    ratings: dict[str, rating.Rating] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"


def publish_local(
    folder: Path,
    catalog: Catalog,
    contents: Sequence[Content],
    *,
    now: dt.datetime | None = None,
    progress: Progress | None = None,
) -> PublishResult:
    """Write a catalogue into an empty folder.

    ``index.html`` and ``index.en.html``, ``catalog.ttl``, ``catalog.jsonld``, ``catalog.csv``, and per dataset a folder
    with its CSV, dictionary, GeoPackage and GeoJSON, ``datapackage.json``, pages and maps.

    Args:
        folder: where to write; as `Portfolio.writing_folder("catalog", step="08")` gives it.
        catalog: the institution and, with ``base_url``, the address where the folder will stand.
        contents: the datasets.
        now: the moment of publication, with its time zone; by default the present.
        progress: called with what is being done and the part done (0 to 1).

    Raises:
        KitError: if a review is not approved, or the metadata have an error, or a map shows a closed column.
    """
    now = (now or dt.datetime.now().astimezone()).replace(microsecond=0)
    tell = progress or (lambda _what, _part: None)
    datasets, opened, findings = _judge(catalog, contents, now)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Dataset] = []
    pages: dict[str, site.Extras] = {}
    for i, (described, table, content) in enumerate(zip(datasets, opened, contents, strict=True)):
        tell(messages.text("publish.progress.dataset", title=described.title), i / (len(contents) + 1))
        dataset = _write_dataset(folder, catalog, described, table, now)
        findings.extend(_too_large(dataset))
        pages[dataset.folder] = _extras(folder, dataset, table, content)
        written.append(dataset)
    tell(messages.text("publish.progress.pages"), len(contents) / (len(contents) + 1))
    moments = {"issued": catalog.issued or now, "modified": now}
    catalog = catalog.model_copy(update={**moments, "datasets": written})
    _write_catalog(folder, catalog, pages)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return PublishResult(folder, catalog, findings, names, {name: page.rating for name, page in pages.items()})


def _judge(
    catalog: Catalog, contents: Sequence[Content], now: dt.datetime
) -> tuple[list[Dataset], list[pd.DataFrame], Findings]:
    """The datasets with their dates and dictionary, the tables as the review opens them, and the findings."""
    datasets, opened, findings = [], [], Findings()
    for content in contents:
        if not content.review.approved:
            raise KitError(
                error("publish.not-approved", Place(Review.file), title=content.dataset.title or "-"),
                *content.review.check().errors,
            )
        table = content.review.apply(_layer(content))
        closed = [column.name for column in content.review.columns if column.decision != "keep"]
        refuse_closed_columns((read_map(path) for path in content.maps), closed)
        publisher = content.dataset.publisher if content.dataset.publisher.name else catalog.publisher
        dataset = content.dataset.model_copy(
            update={
                "publisher": publisher,
                "issued": content.dataset.issued or now,
                "modified": content.dataset.modified or now,
            }
        )
        flat = files.flat_table(table)
        findings.extend(check_dataset(dataset, now))
        known = dataset.key in flat.columns
        repeated = int(flat[dataset.key].duplicated(keep=False).sum()) if known else 0
        completed = dataset.model_copy(update={"columns": files.complete_columns(dataset, flat)})
        absent = [column for column in dataset.columns if column.name not in flat.columns]
        explained = completed.model_copy(update={"columns": [*completed.columns, *absent]})
        findings.extend(check_columns(explained, map(str, flat.columns), repeated))
        findings.extend(check_values(completed, flat))
        datasets.append(completed)
        opened.append(table)
    findings.extend(check_catalog(catalog.model_copy(update={"datasets": datasets})))
    if findings.errors:
        raise KitError(*findings.errors)
    return datasets, opened, findings


def _layer(content: Content) -> pd.DataFrame:
    """The table; a layer says its CRS and calls its geometry as the review does."""
    table = content.table
    if not isinstance(table, gpd.GeoDataFrame):
        return table
    if table.crs is None:
        raise KitError(error("publish.no-crs", Place(content.dataset.folder)))
    return table if table.geometry.name == "geometry" else table.rename_geometry("geometry")


def _write_dataset(folder: Path, catalog: Catalog, dataset: Dataset, table: pd.DataFrame, now: dt.datetime) -> Dataset:
    """One dataset's files; the dataset with its distributions and its extent."""
    name = dataset.folder
    here = folder / name
    here.mkdir()
    files.write_csv(files.flat_table(table), here / f"{name}.csv")
    files.write_dictionary(dataset.columns, here / f"{name}-diccionario.csv")
    made = [_distribution(dataset, "table", f"{name}.csv", "csv", rows=len(table))]
    if isinstance(table, gpd.GeoDataFrame):
        moment = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        files.write_layers(table, here / f"{name}.gpkg", here / f"{name}.geojson", name.replace("-", "_"), moment)
        made.append(_distribution(dataset, "gpkg", f"{name}.gpkg", "gpkg", len(table), _crs_name(table)))
        made.append(_distribution(dataset, "geojson", f"{name}.geojson", "geojson", len(table), _CRS84))
        box = tuple(float(x) for x in table.geometry.to_crs(4326).total_bounds)
        dataset = dataset.model_copy(update={"bbox": dataset.bbox or box})
    made.append(_distribution(dataset, "dictionary", f"{name}-diccionario.csv", "csv", rows=len(dataset.columns)))
    dataset = dataset.model_copy(update={"distributions": [files.measured(one, folder) for one in made]})
    descriptor = package.descriptor(catalog, dataset, files.DICTIONARY_HEAD)
    (here / "datapackage.json").write_text(package.to_json(descriptor), encoding="utf-8", newline="\n")
    return dataset


def _extras(folder: Path, dataset: Dataset, table: pd.DataFrame, content: Content) -> site.Extras:
    """What the dataset's page shows beside its metadata."""
    return site.Extras(
        rating.rate_dataset([rating.rate_file(dataset, one, folder) for one in dataset.distributions]),
        rating.stars(dataset),
        files.flat_table(table.head(site.PREVIEW_ROWS)),
        _copy_maps(folder / dataset.folder, [read_map(path) for path in content.maps]),
        {"es": content.picture} if isinstance(content.picture, (str, Path)) else content.picture or {},
    )


def _distribution(
    dataset: Dataset, kind: str, name: str, form: str, rows: int | None = None, crs: str = ""
) -> Distribution:
    """A file's metadata, its texts in both languages."""
    texts = {
        f"{part}{'_en' if lang == 'en' else ''}": messages.text(
            f"publish.file.{kind}.{part}", lang=lang, title=said(dataset, "title", lang)[0], crs=crs
        )
        for part in ("title", "description")
        for lang in messages.LANGUAGES
    }
    return Distribution(
        **texts,
        path=f"{dataset.folder}/{name}",
        format=form,
        rows=rows,
        crs=crs,
        issued=dataset.issued,
        modified=dataset.modified,
    )


def _crs_name(layer: gpd.GeoDataFrame) -> str:
    code = layer.crs.to_epsg() if layer.crs else None
    return f"EPSG:{code}" if code else str(layer.crs.name)


def _copy_maps(here: Path, pages: Sequence[MapFile]) -> dict[str, tuple[str, MapFile]]:
    """The map pages under plain names: language -> file name and what it says of itself."""
    copied: dict[str, tuple[str, MapFile]] = {}
    for page in pages:
        name = "mapa.html" if page.lang == "es" else "map.html"
        shutil.copyfile(page.path, here / name)
        copied[page.lang] = (name, page)
    return copied


def _too_large(dataset: Dataset) -> Findings:
    limit = int(VOCABULARY["largest_file"]["bytes"])
    return Findings(
        warning("publish.file-too-large", Place(one.path), file=one.path, megabytes=round(one.byte_size / 1e6))
        for one in dataset.distributions
        if one.byte_size > limit
    )


def _write_catalog(folder: Path, catalog: Catalog, pages: dict[str, site.Extras]) -> None:
    graph = dcat.to_graph(catalog)
    texts = {
        "catalog.ttl": dcat.to_turtle(graph),
        "catalog.jsonld": dcat.to_json_ld(graph),
        "catalog.csv": listing.to_csv(catalog),
        **site.pages(catalog, pages),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
