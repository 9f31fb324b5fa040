"""The pages, opened from the disk in headless Chromium with the network off, in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import geopandas as gpd
import pytest

from kit.maps import parcel_map, parcel_picture, save
from kit.publish import Catalog, Content, PublishResult, publish_local

SIZE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def published(
    tmp_path: Path, catalog: Catalog, content: Content, lots: gpd.GeoDataFrame, now: dt.datetime
) -> PublishResult:
    """A catalogue with maps in both languages and a picture."""
    maps = [save(parcel_map(lots, lang=lang), tmp_path / f"{lang}.html") for lang in ("es", "en")]
    pictures = {
        lang: parcel_picture(lots, tmp_path / f"{lang}.png", size=(6, 4), lang=lang).path for lang in ("es", "en")
    }
    full = dataclasses.replace(content, maps=maps, picture=pictures)
    return publish_local(tmp_path / "catalog", catalog, [full], now=now)


@pytest.mark.browser
def test_a_person_opens_the_catalogue_and_comes_to_the_parcels(
    page_offline: object, published: PublishResult, lang: str
) -> None:
    page = page_offline
    page.goto(published.index.as_uri())
    if lang == "en":
        page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == {"es": "es-MX", "en": "en"}[lang]
    page.get_by_role("link", name={"es": "Predios de Valle Abierto", "en": "Parcels of Valle Abierto"}[lang]).click()
    words = page.locator("main").inner_text()
    for expected in {
        "es": ["Calidad: oro", "Apertura: 3 estrellas de 5", "Cada tres meses", "Jefatura de Catastro", "Libre Uso MX"],
        "en": ["Quality: gold", "Openness: 3 stars of 5", "Every three months", "Jefatura de Catastro", "Libre Uso MX"],
    }[lang]:
        assert expected in words
    picture = page.locator("main img")
    assert "30 pr" in picture.get_attribute("alt") or "30 pa" in picture.get_attribute("alt")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    page.locator("a.button").click()
    page.wait_for_selector("html[data-drawn='30']")
    assert (page.blocked, page.errors) == ([], [])


@pytest.mark.browser
def test_a_file_is_downloaded_by_its_link(page_offline: object, published: PublishResult) -> None:
    page_offline.goto((published.folder / "predios/index.html").as_uri())
    with page_offline.expect_download() as started:
        page_offline.get_by_role("link", name="Predios de Valle Abierto: tabla").click()
    assert Path(started.value.path()).read_bytes() == (published.folder / "predios/predios.csv").read_bytes()


@pytest.mark.browser
def test_the_pages_are_readable_on_a_telephone(page_offline: object, published: PublishResult) -> None:
    page_offline.set_viewport_size({"width": 360, "height": 740})
    for name in ("index.html", "predios/index.html", "predios/mapa.html"):
        page_offline.goto((published.folder / name).as_uri())
        assert page_offline.evaluate(SIZE) <= 0, name


def test_the_pages_need_no_script_and_every_link_leads_somewhere(published: PublishResult) -> None:
    import re

    for page in published.folder.rglob("index*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        for address in re.findall(r'(?:href|src)="([^"]+)"', text):
            if not address.startswith(("#", "mailto:", "data:", "https://datos.gob.mx/")):
                assert (page.parent / address).is_file(), f"{page.name}: {address}"


def test_each_language_shows_its_own_picture_and_one_serves_both(
    tmp_path: Path, catalog: Catalog, content: Content, published: PublishResult, now: dt.datetime
) -> None:
    def picture(result: PublishResult, page: str) -> str:
        text = (result.folder / "predios" / page).read_text(encoding="utf-8")
        return text.partition('src="data:image/png;base64,')[2].partition('"')[0]

    assert picture(published, "index.html") != picture(published, "index.en.html")
    one = dataclasses.replace(content, maps=[tmp_path / "es.html"], picture=tmp_path / "es.png")
    single = publish_local(tmp_path / "single", catalog, [one], now=now)
    assert picture(single, "index.html") == picture(single, "index.en.html") == picture(published, "index.html")


def test_what_the_metadata_say_is_never_markup(
    tmp_path: Path, catalog: Catalog, content: Content, now: dt.datetime
) -> None:
    evil = '<script>alert("x")</script>{{ 7 * 7 }}'
    content.dataset.title = content.dataset.description = evil
    content.table.loc[0, "COLONIA"] = evil
    result = publish_local(tmp_path / "catalog", catalog, [content], now=now)
    page = (result.folder / "predios/index.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_the_page_shows_dictionary_preview_hash_and_how_to_cite(published: PublishResult) -> None:
    page = (published.folder / "predios/index.en.html").read_text(encoding="utf-8")
    one = published.catalog.datasets[0].distributions[0]
    assert one.sha256 in page
    assert page.count("9900000101000100000100010000000") == 1  # the tenth record, the last of the preview
    assert '<span lang="en">Land use</span>' in page
    assert '<span lang="es">Valor catastral</span>' in page  # not translated: said in Spanish, and marked as such
    assert "“Parcels of Valle Abierto”, MVA." in page
    assert "mailto:catastro@valleabierto.example?subject=Error%20in" in page
