"""A still picture of the parcels for documents, pages and the README, with its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kit import messages
from kit.findings import KitError, Place, error
from kit.maps import describe, shapes
from kit.maps.classes import PALETTE, Classes, classify
from kit.maps.parcels import AREA, VALUE

METRES_PER_DEGREE = 111_320.0
COLOURS = 128


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the picture lies and what it shows, in words."""

    path: Path
    alt: str


def parcel_picture(
    parcels: gpd.GeoDataFrame,
    path: Path,
    *,
    colour_by: str = "USO",
    title: str | None = None,
    background: Mapping[str, gpd.GeoDataFrame] | None = None,
    size: tuple[float, float] = (10.0, 7.0),
    lang: str | None = None,
) -> Picture:
    """Draw parcels into a ``.png`` or ``.svg`` file, north up, with legend and scale bar.

    Args:
        parcels: polygons in any CRS that the layer names.
        path: the file to write; its ending chooses the format.
        colour_by: the column that gives the classes, as in `parcel_map`.
        title: the heading; none by default.
        background: layers under the parcels by kind, as in `parcel_map`.
        size: width and height in inches (at 150 dots per inch).
        lang: "es" or "en"; by default the language in force.

    Raises:
        KitError: if the column does not exist, the layer names no CRS, or there is nothing to draw.
    """
    lang = lang or messages.current_language()
    if colour_by not in parcels.columns:
        raise KitError(error("maps.no-column", Place(column=colour_by), wanted=colour_by, known=list(parcels.columns)))
    classes, heading = classify(parcels[colour_by], lang), describe.column_label(colour_by, {}, lang)
    geometries = shapes.to_degrees(parcels, messages.text("maps.layer.parcels", lang=lang))
    parts, owner = shapes.polygons(geometries)
    if not len(parts):
        raise KitError(error("maps.nothing-to-draw", Place(item=colour_by), n=len(parcels)))
    frame, outside = shapes.frame(geometries)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    squeeze = float(np.cos(np.radians((frame.south + frame.north) / 2)))
    for kind, layer in (background or {}).items():
        _draw_ground(axes, kind, shapes.to_degrees(layer, kind), squeeze)
    _draw_classes(axes, parts, classes.codes[owner], classes, squeeze)
    axes.set_xlim(frame.west * squeeze, frame.east * squeeze)
    axes.set_ylim(frame.south, frame.north)
    axes.set_aspect("equal")
    axes.margins(0.02)
    axes.set_axis_off()
    _legend(axes, classes, heading, lang)
    _scale_bar(axes, frame, squeeze, lang)
    if title:
        axes.set_title(title, loc="left", fontsize=14, fontweight="bold")
    table = describe.summary(parcels, classes, VALUE if VALUE in parcels else None, AREA if AREA in parcels else None)
    counts = describe.Counts(len(parcels), len(np.unique(owner)), outside)
    alt = describe.description(table, heading, frame, counts, lang)
    return Picture(_write(figure, Path(path), title or "", alt), alt)


def _outlines(parts: shapes.Geometries, squeeze: float) -> list[Outline]:
    """Polygons with their holes as matplotlib outlines, one per polygon, without a loop over points."""
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = points * [squeeze, 1.0]
    first = np.append(True, ring[1:] != ring[:-1])
    codes = np.where(first, Outline.MOVETO, Outline.LINETO).astype(np.uint8)
    codes[np.append(first[1:], True)] = Outline.CLOSEPOLY
    cuts = np.flatnonzero(np.diff(part[ring])) + 1
    return [Outline(xy, code) for xy, code in zip(np.split(points, cuts), np.split(codes, cuts), strict=True)]


def _draw_classes(
    axes: mpl.axes.Axes, parts: shapes.Geometries, codes: np.ndarray, classes: Classes, squeeze: float
) -> None:
    outlines = _outlines(parts, squeeze)
    width = 0.3 if len(parts) < 20_000 else 0.1
    for code, one in enumerate(classes.classes):
        chosen = [outlines[i] for i in np.flatnonzero(codes == code)]
        if chosen:
            axes.add_collection(
                PathCollection(
                    chosen, facecolors=one.colour, edgecolors=one.ink, linewidths=width, hatch=one.hatch or None
                )
            )


def _draw_ground(axes: mpl.axes.Axes, kind: str, geometries: shapes.Geometries, squeeze: float) -> None:
    style = PALETTE["background"].get(kind, PALETTE["background"]["other"])
    parts, _ = shapes.polygons(geometries)
    if style["fill"] and len(parts):
        axes.add_collection(
            PathCollection(
                _outlines(parts, squeeze), facecolors=style["fill"], edgecolors=style["line"], linewidths=0.5
            )
        )
        return
    flat = shapely.get_parts(shapely.get_parts(geometries))
    lines = flat[shapely.get_type_id(flat) == shapely.GeometryType.LINESTRING]
    axes.add_collection(
        LineCollection(
            [shapely.get_coordinates(line) * [squeeze, 1.0] for line in lines], colors=style["line"], linewidths=0.8
        )
    )


def _legend(axes: mpl.axes.Axes, classes: Classes, heading: str, lang: str) -> None:
    handles = [
        Patch(
            facecolor=one.colour,
            edgecolor=one.ink,
            hatch=one.hatch or None,
            label=f"{one.label} ({messages.number(one.count, lang)})",
        )
        for one in classes.classes
    ]
    axes.legend(
        title=heading,
        alignment="left",
        title_fontproperties={"weight": "bold"},
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        frameon=False,
        handlelength=2.2,
        handleheight=1.4,
    )


def _scale_bar(axes: mpl.axes.Axes, frame: shapes.Frame, squeeze: float, lang: str) -> None:
    """A bar of a round length, about a quarter of the picture's width, and an arrow to the north."""
    wanted = frame.width_km * 1000 / 4
    power = 10 ** np.floor(np.log10(wanted))
    metres = float(power * max(step for step in (1, 2, 5) if step * power <= wanted))
    length = metres / METRES_PER_DEGREE
    x, y = frame.west * squeeze, frame.south - (frame.north - frame.south) * 0.045
    axes.plot([x, x + length], [y, y], color="#1c2327", linewidth=3, solid_capstyle="butt", clip_on=False)
    text = f"{messages.number(metres / 1000, lang)} km" if metres >= 1000 else f"{messages.number(metres, lang)} m"
    axes.annotate(text, (x + length, y), xytext=(6, 0), textcoords="offset points", va="center", annotation_clip=False)
    axes.annotate(
        "N",
        (1.05, 0.1),
        xytext=(1.05, 0.0),
        xycoords="axes fraction",
        ha="center",
        arrowprops={"arrowstyle": "-|>", "color": "#1c2327"},
        annotation_clip=False,
    )


def _write(figure: Figure, path: Path, title: str, alt: str) -> Path:
    """The file, with the description inside it and without the date, so that the same map gives the same bytes."""
    if path.suffix.lower() == ".svg":
        with mpl.rc_context({"svg.hashsalt": "taller", "svg.fonttype": "none"}):
            FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None, "Title": title, "Description": alt})
    else:
        figure.set_dpi(150)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        said = PngInfo()
        said.add_itxt("Title", title)
        said.add_itxt("Description", alt)
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        image.quantize(COLOURS).save(path, format="PNG", optimize=True, pnginfo=said)  # a fourth of the size
    return path
