"""The environment check: silent on a good machine, and for each failing thing a finding that says what to do."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import webbrowser
from types import SimpleNamespace

import matplotlib.image
import pytest

from kit import doctor


def test_this_machine_can_do_the_workshop(tmp_path):
    found = doctor.check(tmp_path, browser=False, map_file=tmp_path / "map.png")
    assert list(found) == []


@pytest.mark.parametrize("city", [True, False], ids=["teaching city", "no data here"])
def test_the_map_shows_something(tmp_path, monkeypatch, city):
    if not city:
        monkeypatch.setattr(doctor, "_CITY", tmp_path)
    drawn = matplotlib.image.imread(doctor.picture(tmp_path / "map.png"))
    inside = drawn[len(drawn) // 3 : -len(drawn) // 3, len(drawn) // 3 : -len(drawn) // 3, :3]
    blue = inside[..., 2] > inside[..., 0] + 0.05
    assert blue.mean() > 0.2


def test_the_map_speaks_the_language(lang):
    assert ("predios" if lang == "es" else "parcels") in doctor.messages.text("doctor.map.title", n=4)


def _missing_package(monkeypatch, _):
    def version(name):
        if name == "folium":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", version)


def _old_package(monkeypatch, _):
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.1" if name == "folium" else real(name))


def _not_installed(monkeypatch, _):
    monkeypatch.setattr(doctor, "DISTRIBUTION", "no-such-distribution")


def _broken_package(monkeypatch, _):
    def load(name):
        if name == "pyproj":
            raise ImportError("DLL load failed while importing _context")
        return real(name)

    real = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", load)


def _no_language_pack(monkeypatch, _):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "language_pack" in name else real(name))


def _full_disk(monkeypatch, _):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=40_000_000))


def _no_browser(monkeypatch, _):
    def get():
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", get)


def _folder_is_a_file(_, folder):
    folder.rmdir()
    folder.touch()


def _wrong_projection(monkeypatch, _):
    monkeypatch.setattr(doctor, "_MEXICO", (0.0, 0.0, 1.0, 1.0))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_missing_package, "doctor.package-missing"),
        (_old_package, "doctor.package-version"),
        (_not_installed, "doctor.not-installed"),
        (_broken_package, "doctor.package-broken"),
        (_no_language_pack, "doctor.language-pack-missing"),
        (_full_disk, "doctor.disk-tight"),
        (_no_browser, "doctor.no-browser"),
        (_folder_is_a_file, "doctor.portfolio-not-writable"),
        (_wrong_projection, "doctor.map-failed"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_each_failing_thing_is_one_finding_with_a_way_out(tmp_path, monkeypatch, lang, spoil, code):
    folder = tmp_path / "portafolio"
    folder.mkdir()
    monkeypatch.setattr(webbrowser, "get", lambda: None)
    spoil(monkeypatch, folder)
    found = doctor.check(folder, map_file=tmp_path / "map.png", lang="es")
    assert found.codes() == {code}
    assert len(found[0].sentence("mend", lang)) > 20
    assert code in doctor.report(found, lang=lang)


def test_start_learns_from_the_exit_code_and_the_user_from_the_report(tmp_path):
    def run(folder, *options):
        command = [sys.executable, "-m", "kit.doctor", "--no-browser", "--portfolio", folder, *options]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=None)

    (tmp_path / "file").touch()
    well, quick, ill = run(tmp_path / "a"), run(tmp_path / "a", "--quick"), run(tmp_path / "file")
    assert well.returncode == 0 and "check-map.png" in well.stdout
    assert quick.returncode == 0 and quick.stdout == ""
    assert ill.returncode == 1 and "doctor.portfolio-not-writable" in ill.stdout
