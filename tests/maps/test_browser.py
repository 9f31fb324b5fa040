"""The map in headless Chromium, opened from the disk with the network off: a person sees parcels and can use them."""

from __future__ import annotations

from pathlib import Path

import folium
import geopandas as gpd
import pytest

from kit.findings import Place, error
from kit.maps import parcel_map, save

pytestmark = pytest.mark.browser

COUNT = """(wanted) => {
  let found = 0;
  for (const paper of document.querySelectorAll('.leaflet-overlay-pane canvas')) {
    const pixels = paper.getContext('2d').getImageData(0, 0, paper.width, paper.height).data;
    for (let i = 0; i < pixels.length; i += 4) {
      if (Math.abs(pixels[i] - wanted[0]) < 3 && Math.abs(pixels[i+1] - wanted[1]) < 3
          && Math.abs(pixels[i+2] - wanted[2]) < 3 && pixels[i+3] > 250) { found++; }
    }
  }
  return found;
}"""
HOUSING, ERROR = [0x56, 0xB4, 0xE9], [0xB0, 0x00, 0x20]


def until(page: object, expression: str, argument: object = None) -> None:
    """Wait until a script's answer is true (the page's policy forbids playwright's own way, which needs eval)."""
    for _ in range(200):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def open_map(page: object, made: object, tmp_path: Path) -> None:
    """Open a saved map and wait until its parcels are on the canvas."""
    page.goto(save(made, tmp_path / "mapa.html").as_uri())
    page.wait_for_selector("html[data-drawn='300']")
    until(page, f"() => ({COUNT})({HOUSING}) > 0")


def test_the_parcels_are_drawn_and_nothing_is_asked_of_the_network(
    page_offline: object, lots: gpd.GeoDataFrame, colonias: gpd.GeoDataFrame, tmp_path: Path, lang: str
) -> None:
    asked: list[str] = []
    page_offline.on("request", lambda request: asked.append(request.url))
    open_map(page_offline, parcel_map(lots, background={"colonias": colonias}), tmp_path)
    assert page_offline.evaluate(COUNT, HOUSING) > 20_000
    assert [url for url in asked if not url.startswith("data:")] == [(tmp_path / "mapa.html").as_uri()]
    assert (page_offline.blocked, page_offline.errors) == ([], [])
    assert page_offline.locator(".place-name span:visible").all_inner_texts() == ["Centro", "La Ribera"]
    assert page_offline.locator("aside .legend li").count() == 5
    assert page_offline.locator("table tbody tr").count() == 5
    described = page_offline.locator(".folium-map").get_attribute("aria-describedby")
    assert "300" in page_offline.locator(f"#{described}").inner_text()


def test_the_keyboard_zooms_and_moves(page_offline: object, lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    open_map(page_offline, parcel_map(lots), tmp_path)
    before = page_offline.evaluate(COUNT, HOUSING)
    page_offline.locator(".folium-map").focus()
    zoom = page_offline.evaluate("map_1.getZoom()")
    page_offline.keyboard.press("+")
    until(page_offline, f"map_1.getZoom() === {zoom} + 1")
    until(page_offline, f"() => ({COUNT})({HOUSING}) > {before}")
    centre = page_offline.evaluate("map_1.getCenter().lng")
    page_offline.keyboard.press("ArrowRight")
    until(page_offline, f"map_1.getCenter().lng > {centre}")


def test_a_parcel_is_found_by_its_key_and_says_its_data_as_text(
    page_offline: object, lots: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    lots.loc[42, ["COLONIA", "VALOR_CATASTRAL"]] = ["<b id=evil>La Ribera</b>", 1234567.0]
    open_map(page_offline, parcel_map(lots), tmp_path)
    page_offline.get_by_label("Buscar un predio por su clave").fill(" " + lots.loc[42, "CVE_CAT_EST"].lower())
    page_offline.keyboard.press("Enter")
    said = page_offline.locator(".leaflet-popup").inner_text()
    assert lots.loc[42, "CVE_CAT_EST"] in said
    assert "$1,234,567 MXN" in said
    assert "<b id=evil>La Ribera</b>" in said
    assert page_offline.locator("#evil").count() == 0
    page_offline.get_by_label("Buscar un predio por su clave").fill("NO EXISTE")
    page_offline.get_by_role("button", name="Buscar").click()
    assert "No hay ningún predio" in page_offline.locator("#found").inner_text()


def test_a_click_on_a_parcel_shows_its_key_and_its_problems(
    page_offline: object, lots: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    found = [error("maps.no-column", Place(rows=(2 + 42,)), wanted="x", known=["a"])]
    open_map(page_offline, parcel_map(lots, findings=found), tmp_path)
    assert page_offline.evaluate(COUNT, ERROR) > 20
    point = lots.geometry.to_crs(4326)[42].centroid
    at = page_offline.evaluate(f"(p => [p.x, p.y])(map_1.latLngToContainerPoint([{point.y}, {point.x}]))")
    box = page_offline.locator(".folium-map").bounding_box()
    page_offline.mouse.click(box["x"] + at[0], box["y"] + at[1])
    page_offline.wait_for_selector(".leaflet-popup")
    said = page_offline.locator(".leaflet-popup").inner_text()
    assert lots.loc[42, "CVE_CAT_EST"] in said
    assert "✖" in said
    page_offline.get_by_label("Cerrar").click()
    page_offline.get_by_label("Mostrar los problemas en el mapa").uncheck()
    until(page_offline, f"() => ({COUNT})({ERROR}) === 0")


def test_in_a_notebooks_frame_the_map_draws_too(page_offline: object, lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = parcel_map(lots)
    folium.Marker([19.896, -99.955], popup="Palacio municipal").add_to(made)
    notebook = tmp_path / "cuaderno.html"
    notebook.write_text(f"<!DOCTYPE html><meta charset=utf-8>{made._repr_html_()}", encoding="utf-8")
    page_offline.goto(notebook.as_uri())
    frame = page_offline.frame_locator("iframe")
    frame.locator("html[data-drawn='300']").wait_for(state="attached")
    frame.locator(".leaflet-marker-icon[src^='data:image/png']").click(force=True)
    frame.locator(".leaflet-popup", has_text="Palacio municipal").wait_for()
    assert (page_offline.blocked, page_offline.errors) == ([], [])


def test_without_scripts_the_page_says_so_and_the_table_stays(lots: gpd.GeoDataFrame, tmp_path: Path) -> None:
    page = save(parcel_map(lots), tmp_path / "mapa.html").read_text(encoding="utf-8")
    assert page.index("<noscript>") < page.index("<table>")
