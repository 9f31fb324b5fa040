"""A folium map that carries everything inside it: no request leaves the page, on a disk or in a notebook.

folium's own page asks ten addresses for scripts and styles and stays blank without a network. `OfflineMap` brings
Leaflet inlined (``vendor/``) and nothing else, and `MapPage` gives the map what a picture alone lacks: a language, a
title, a description, a legend, a table. A content security policy in the page makes the browser itself refuse any
request, also for what a participant adds with folium afterwards.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import folium
import jinja2
from branca.element import Figure
from folium.template import Template

from kit import messages

HERE = Path(__file__).parent
_PAGE = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_SENTENCES = (
    *("html-lang", "skip", "noscript", "legend", "problems", "show-problems"),
    *("find", "search", "keyboard", "how-summary", "made-with"),
)


class OfflineMap(folium.Map):
    """folium's map with Leaflet inlined, no tiles, and room for zooming the page itself.

    Nothing of the data goes through folium's elements: branca compiles each as a template, which is slow for megabytes
    and would run what a cell says between braces.
    """

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []
    _template = Template(
        """
        {% macro header(this, kwargs) %}
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} ></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def __init__(self, location: tuple[float, float]) -> None:
        super().__init__(
            location=location,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            prefer_canvas=True,
            zoom_snap=0.25,
            max_zoom=21,
        )
        self._id = "1"  # folium draws names at random; the same map must give the same bytes


class MapPage(Figure):
    """The page around one map: head, legend, table, text for those who do not see the picture."""

    def __init__(self, page: Mapping[str, Any], lang: str) -> None:
        super().__init__(height="860px", title=str(page["title"]))
        self.page, self.lang = page, lang
        self.data: dict[str, str] = {}

    def add_data(self, name: str, data: Mapping[str, Any]) -> None:
        """Put ``data`` into the page as JSON under the id ``name``."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self.data[name] = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

    def render(self, **kwargs: Any) -> str:
        """The whole page as HTML."""
        for child in self._children.values():
            child.render(**kwargs)
        blocks = (f'<script type="application/json" id="{name}">{text}</script>' for name, text in self.data.items())
        return _PAGE.get_template("page.html").render(
            page=self.page,
            t={name.replace("-", "_"): messages.text(f"maps.page.{name}", lang=self.lang) for name in _SENTENCES},
            css=(HERE / "web" / "map.css").read_text(encoding="utf-8"),
            header=leaflet() + self.header.render(**kwargs),
            body=self.html.render(**kwargs),
            data="\n".join(blocks),
            script=(HERE / "web" / "map.js").read_text(encoding="utf-8") + self.script.render(**kwargs),
        )

    def _repr_html_(self, **kwargs: Any) -> str:
        """The page in a frame, for a notebook."""
        page = html.escape(self.render(**kwargs))
        return (
            f'<iframe title="{html.escape(str(self.page["title"]))}" srcdoc="{page}" '
            f'style="width:100%;height:{self.height};border:1px solid #cfd6da"></iframe>'
        )


@lru_cache(maxsize=1)
def leaflet() -> str:
    """Leaflet's script, style, pictures and licence, as tags without an address."""
    folder = HERE / "vendor" / "leaflet"
    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    pictures = {file.name: _data_address(file) for file in sorted((folder / "images").glob("*.png"))}
    for name, address in pictures.items():
        style = style.replace(f"url(images/{name})", f"url({address})")
    icon = {
        "imagePath": "",
        "iconUrl": pictures["marker-icon.png"],
        "iconRetinaUrl": pictures["marker-icon-2x.png"],
        "shadowUrl": pictures["marker-shadow.png"],
    }
    licence = (folder / "LICENSE").read_text(encoding="utf-8").replace("*/", "* /")
    script = (folder / "leaflet.js").read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    # Leaflet puts imagePath before the icon's address; without the prototype's own method the address stays whole.
    icons = f"delete L.Icon.Default.prototype._getIconUrl; L.Icon.Default.mergeOptions({json.dumps(icon)});"
    return f"<style>{style}</style>\n<script>\n/* Leaflet\n{licence}*/\n{script}\n{icons}\n</script>\n"


def _data_address(file: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode("ascii")
