"""JupyterLab as a participant meets it: in the language, on the welcome notebook, without a request to anybody."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kit.launch import lab
from kit.launch.environment import Environment, Stopped

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "kit" / "jupyter"
SCHEMAS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"

# As start.py opens the workshop, in the environment that runs these tests and with its state file elsewhere.
PROGRAM = """
import sys, time
from pathlib import Path
from kit.launch import lab, texts
from kit.launch.environment import Environment
class Here(Environment):
    python = Path(sys.executable)
texts.choose_language(["--lang", sys.argv[2]])
portfolio = Path(sys.argv[1])
sys.exit(lab.open_workshop(Here(portfolio.parent), lab.Wishes(portfolio, 9400, False), time.monotonic()))
"""


def test_a_taken_port_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < lab.free_port(port) < port + lab.PORTS_TRIED


def test_no_free_port_is_said(monkeypatch, capsys):
    monkeypatch.setattr(lab, "PORTS_TRIED", 0)
    with pytest.raises(Stopped):
        lab.free_port(9000)
    assert "start.no-port" in capsys.readouterr().out


def test_lessons_that_are_not_there_are_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    with pytest.raises(Stopped):
        lab.open_workshop(Environment(tmp_path), lab.Wishes(tmp_path / "portafolio"), 0)
    assert "start.lessons-missing" in capsys.readouterr().out


def test_the_defaults_name_settings_that_jupyterlab_has():
    unknown = []
    for path in SETTINGS.glob("*/labconfig/default_setting_overrides.json"):
        for plugin, values in json.loads(path.read_text(encoding="utf-8")).items():
            schema = SCHEMAS / plugin.replace(":", "/")
            known = json.loads(schema.with_name(schema.name + ".json").read_text(encoding="utf-8"))["properties"]
            unknown += [f"{path.parts[-3]} {plugin} {name}" for name in values if name not in known]
    assert unknown == []


def test_each_language_has_its_defaults():
    languages = {path.parent.name for path in SETTINGS.glob("*/labconfig")} - {"common"}
    assert languages == {"es", "en"}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT as Ctrl-C does; Windows has no such signal for a child")
@pytest.mark.parametrize(
    ("speaks", "menu", "ended_by"), [("es", "Archivo", signal.SIGINT), ("en", "File", signal.SIGTERM)]
)
def test_the_workshop_opens_on_the_welcome_notebook_and_asks_nobody(tmp_path, page_offline, speaks, menu, ended_by):
    portfolio = tmp_path / "portafolio"
    command = [sys.executable, "-u", "-c", PROGRAM, str(portfolio), speaks]
    workshop = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        said = []
        for line in workshop.stdout:
            said.append(line)
            if address := re.search(r"http://127\.0\.0\.1:\d+/\S+token=\w+", line):
                break
        assert any(re.search(r"JupyterLab .* \d+\.\d s", line) for line in said), said
        page_offline.goto(address[0])
        page_offline.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        page_offline.wait_for_selector(f".lm-MenuBar-itemLabel:text-is('{menu}')", timeout=30_000)
        assert page_offline.locator(".lm-TabBar-tabLabel:text-is('00-readiness.ipynb')").count() == 1
        assert page_offline.blocked == []
        assert page_offline.locator(".lm-MenuBar-itemLabel:text-is('Nbgrader')").count() == 0
    finally:
        workshop.send_signal(ended_by)
        rest = workshop.communicate(timeout=60)[0]
    assert workshop.returncode == 0
    with pytest.raises(OSError):  # JupyterLab is closed with it
        socket.create_connection(("127.0.0.1", int(re.search(r":(\d+)/", address[0])[1])), timeout=2).close()
    assert str(portfolio) in rest
    assert (portfolio / "notebooks" / speaks / lab.WELCOME).is_file()
    assert (portfolio / "check-map.png").is_file()
