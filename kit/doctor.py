"""The environment check: whether this computer reads and draws a map, keeps a portfolio and opens JupyterLab.

`check` answers in findings, each of which says what to do; `picture` draws the small map that shows it.
``python -m kit.doctor`` is what start.py runs; notebook 00 calls the same functions.

Examples:
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = check(Path(folder), browser=False, map_file=Path(folder) / "map.png")
    >>> found.errors.codes()
    set()
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from packaging.requirements import Requirement

from kit import messages
from kit.findings import Finding, Findings, Place, advice, error, warning

DISTRIBUTION = "taller-abierto"
PORTFOLIO_VARIABLE = "TALLER_PORTFOLIO"
SPACE_NEEDED = 500_000_000  # bytes: a portfolio with maps and a catalogue, several times over
PARCELS_DRAWN = 3000
# What must load, not only be there: compiled parts break for want of a system library, or by a virus scanner.
COMPILED = ("numpy", "pandas", "pyarrow", "shapely", "pyproj", "pyogrio", "geopandas", "matplotlib", "zmq")
_UTM_14N = "EPSG:32614"
_CITY = Path(__file__).resolve().parents[1] / "datasets" / "catastro"
_MEXICO = (-119.0, 14.0, -86.0, 33.0)  # degrees: west, south, east, north


def check(portfolio: Path, *, browser: bool = True, map_file: Path | None = None, lang: str | None = None) -> Findings:
    """What keeps this computer from doing the workshop; empty if nothing does.

    Args:
        portfolio: the folder that will keep the participant's work.
        browser: whether a browser on this computer is wanted.
        map_file: where to draw the map; without it geography is not tried, which is quicker.
        lang: the language JupyterLab will speak; that in force unless told otherwise.
    """
    found = Findings([*_packages(), *_language_pack(lang or messages.current_language()), *_folder(portfolio)])
    if browser:
        found.extend(_browser())
    if map_file is not None:
        found.extend(_compiled())
        found.extend(_geography(map_file))
    return found


def picture(target: Path) -> Path:
    """Draw the teaching city's parcels, reprojected from UTM 14N to degrees, as a PNG; returns its path.

    Raises:
        Exception: whatever reading, reprojecting or drawing raises; `check` turns it into a finding.
    """
    parcels = _parcels().to_crs("EPSG:4326")
    west, south, east, north = parcels.total_bounds
    if not (_MEXICO[0] < west < east < _MEXICO[2] and _MEXICO[1] < south < north < _MEXICO[3]):
        raise ValueError(f"{west:.3f}, {south:.3f}, {east:.3f}, {north:.3f}")
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot(title=messages.text("doctor.map.title", n=len(parcels)))
    axes.add_collection(PolyCollection(_rings(parcels), facecolor="#cfe3f1", edgecolor="#1f4e79", linewidth=0.4))
    axes.set(xlabel=messages.text("doctor.map.longitude"), ylabel=messages.text("doctor.map.latitude"))
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
    axes.ticklabel_format(useOffset=False)
    axes.tick_params(axis="x", rotation=30)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=100)
    return target


def report(found: Findings, map_file: Path | None = None, lang: str | None = None) -> str:
    """The check's result for a terminal: a line per finding, or that all is well, and where the map lies."""
    lines = found.lines(lang) or [messages.text("doctor.all-well", lang=lang)]
    if map_file is not None and map_file.is_file():
        lines.append(messages.text("doctor.map.drawn", lang=lang, file=str(map_file)))
    return "\n".join(lines)


def _packages() -> list[Finding]:
    """Packages that are missing, or of a version that the kit does not allow."""
    try:
        wanted = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or []]
    except importlib.metadata.PackageNotFoundError:
        return [error("doctor.not-installed", Place(item=DISTRIBUTION), package=DISTRIBUTION)]
    found: list[Finding] = []
    for package in wanted:
        if package.marker is not None and not package.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(package.name)
        except importlib.metadata.PackageNotFoundError:
            found.append(error("doctor.package-missing", Place(item=package.name), package=package.name))
            continue
        if not package.specifier.contains(version, prereleases=True):
            wants = str(package.specifier)
            found.append(
                warning(
                    "doctor.package-version",
                    Place(item=package.name),
                    package=package.name,
                    version=version,
                    wanted=wants,
                )
            )
    return found


def _compiled() -> list[Finding]:
    """Packages that are there but do not load."""
    found = []
    for name in COMPILED:
        try:
            importlib.import_module(name)
        except Exception as problem:  # a broken binary raises whatever it likes
            found.append(error("doctor.package-broken", Place(item=name), package=name, reason=_first_line(problem)))
    return found


def _language_pack(lang: str) -> list[Finding]:
    """The Spanish menus, when Spanish is spoken."""
    if lang != "es" or importlib.util.find_spec("jupyterlab_language_pack_es_ES"):
        return []
    return [warning("doctor.language-pack-missing", Place(item="JupyterLab"))]


def _folder(portfolio: Path) -> list[Finding]:
    """Whether the portfolio's folder can be written to and has room."""
    try:
        portfolio.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=portfolio)
        os.close(handle)
        Path(name).unlink()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        return [error("doctor.portfolio-not-writable", Place(str(portfolio)), folder=str(portfolio), reason=reason)]
    free = shutil.disk_usage(portfolio).free
    if free < SPACE_NEEDED:
        return [warning("doctor.disk-tight", Place(str(portfolio)), free=free / 1e6, needed=SPACE_NEEDED / 1e6)]
    return []


def _browser() -> list[Finding]:
    """Whether a browser can be opened from here."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return [advice("doctor.no-browser")]
    return []


def _geography(map_file: Path) -> list[Finding]:
    """Whether a layer can be read, reprojected and drawn."""
    try:
        picture(map_file)
    except Exception as problem:  # PROJ, GDAL and matplotlib each have their own
        return [error("doctor.map-failed", Place(str(map_file)), reason=_first_line(problem))]
    return []


def _parcels() -> gpd.GeoDataFrame:
    """Some parcels of the teaching city in UTM 14N metres; four squares, written and read, if its data are not here."""
    layers = sorted(_CITY.glob("**/predios.gpkg"))
    if layers:
        parcels = gpd.read_file(layers[0], layer="predios", rows=PARCELS_DRAWN, columns=[])
        bounds = parcels.bounds  # the raw layer is dirty on purpose: some parcels lie in another system's metres
        parcels = parcels[parcels.is_valid & bounds["minx"].between(1e5, 9e5) & bounds["maxy"].between(1.5e6, 3.7e6)]
        return parcels.set_crs(_UTM_14N, allow_override=True)
    east, north = np.meshgrid([400_000, 400_030], [2_200_000, 2_200_030])
    squares = shapely.box(east, north, east + 25, north + 25).ravel()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "squares.gpkg"
        gpd.GeoDataFrame(geometry=squares, crs=_UTM_14N).to_file(file)
        return gpd.read_file(file)


def _rings(parcels: gpd.GeoDataFrame) -> list[np.ndarray]:
    """The outer rings of all polygons as arrays of coordinates."""
    rings = shapely.get_exterior_ring(shapely.get_parts(parcels.geometry.to_numpy()))
    coordinates, owner = shapely.get_coordinates(rings, return_index=True)
    return np.split(coordinates, np.flatnonzero(np.diff(owner)) + 1)


def _first_line(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}".splitlines()[0][:200]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check for start.py: print the report; 0 if nothing hinders the work."""
    parser = argparse.ArgumentParser(prog="python -m kit.doctor")
    parser.add_argument("--portfolio", type=Path, default=Path(os.environ.get(PORTFOLIO_VARIABLE, "portafolio")))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    options = parser.parse_args(arguments)
    map_file = None if options.quick else options.portfolio / "check-map.png"
    found = check(options.portfolio, browser=options.browser, map_file=map_file)
    if found or not options.quick:
        sys.stdout.write(report(found, map_file) + "\n")
    return 1 if found.errors else 0


if __name__ == "__main__":
    sys.exit(main())
