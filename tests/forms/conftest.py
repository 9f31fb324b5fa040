"""A real JupyterLab for the tests of forms: started once per session, with the kit's settings and its own folder."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from kit.launch.lab import free_port
from kit.portfolio import Portfolio

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
SECONDS_TO_ANSWER = 90
TO_LOAD = 30_000  # ms


@dataclass
class Lab:
    """A running JupyterLab, and notebooks in its folder.

    ``notebook`` writes one, ``open`` shows and runs it on a page; each has a portfolio of its name beside it.
    """

    folder: Path
    port: int
    token: str
    _count: int = field(default=0)

    def portfolio(self, name: str) -> Portfolio:
        """The portfolio that the notebooks of this name work with."""
        return Portfolio.open_or_create(self.folder / name, title="Valle Abierto")

    def notebook(self, name: str, *cells: str, lang: str = "es") -> str:
        """Write a notebook with these code cells; the first of all opens the portfolio as ``p``."""
        first = (
            "from kit import messages\nfrom kit.forms import form\nfrom kit.portfolio import Portfolio\n"
            f"messages.set_language('{lang}')\np = Portfolio.open_or_create('{name}', title='Valle Abierto')"
        )
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in (first, *cells)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(book, self.folder / f"{name}.ipynb")
        return f"{name}.ipynb"

    def open(self, page, notebook: str, *, run: bool = True, wait: bool = True):
        """Show a notebook in a workspace of its own, run all of its cells, and return when the first form is there."""
        self._count += 1
        page.goto(
            f"http://127.0.0.1:{self.port}/lab/workspaces/w{self._count}/tree/{notebook}?token={self.token}",
            timeout=TO_LOAD,
        )
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=TO_LOAD)
        if run:
            self.until_connected(page, notebook)
            run_all(page)
        if wait:
            page.locator(".kf").first.wait_for(timeout=TO_LOAD)
        return page

    def until_connected(self, page, notebook: str) -> None:
        """Return when the page has a connection to its kernel; what is asked earlier is lost."""
        for _ in range(TO_LOAD // 100):
            answer = page.request.get(f"http://127.0.0.1:{self.port}/api/sessions?token={self.token}")
            kernels = [one["kernel"] for one in answer.json() if one["path"] == notebook]
            if any(one["connections"] and one["execution_state"] == "idle" for one in kernels):
                break
            page.wait_for_timeout(100)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=TO_LOAD)

    def end_kernels(self, page) -> None:
        """End the kernels of all notebooks; a page that is loaded anew gets a new one."""
        address = f"http://127.0.0.1:{self.port}/api/sessions"
        own = {"Authorization": f"token {self.token}"}
        for one in page.request.get(address, headers=own).json():
            assert page.request.delete(f"{address}/{one['id']}", headers=own).ok


def run_all(page) -> None:
    """Run every cell, from the first on."""
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    for number in range(cells.count()):
        run_cell(cells.nth(number))


def run_cell(cell) -> None:
    """Run a cell and return when it is done."""
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    cell.page.keyboard.press("Control+Enter")
    for _ in range(TO_LOAD // 50):
        now = prompt.inner_text()
        if now != before and any(letter.isdigit() for letter in now):
            return
        cell.page.wait_for_timeout(50)
    raise AssertionError("the cell does not run")


def save_notebook(page) -> None:
    """Save the notebook as a person would, with Ctrl+S outside of the form."""
    page.locator(".jp-Notebook .jp-CodeCell").first.locator(".cm-content").click()
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=TO_LOAD)


def serious(page, element: str) -> list[str]:
    """What axe-core finds in an element that is serious or worse, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        # JupyterLab has an AMD loader, which the library would otherwise give itself to
        page.evaluate(
            "(source) => { const define = undefined, module = undefined; (0, eval)(source); }", AXE.read_text("utf-8")
        )
    found = page.evaluate("async (element) => (await axe.run(element)).violations", element)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a port of its own, without a browser and without the user's settings."""
    folder = tmp_path_factory.mktemp("lab")
    own = tmp_path_factory.mktemp("jupyter")
    token = secrets.token_hex(16)
    port = free_port(18888 + os.getpid() % 1000)
    defaults = [ROOT / "kit" / "jupyter" / "es", ROOT / "kit" / "jupyter" / "common"]
    environment = {
        **os.environ,
        "TALLER_LANG": "es",
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(str(path) for path in defaults),
        "JUPYTER_CONFIG_DIR": str(own),
        "JUPYTER_DATA_DIR": str(own),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": str(ROOT),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    log = own / "jupyter.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [
                sys.executable,
                *("-m", "kit.jupyter", "--no-browser", "--allow-root"),
                f"--ServerApp.root_dir={folder}",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
            ],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        _wait(server, port, log)
        yield Lab(folder, port, token)
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with direct.open(f"http://127.0.0.1:{port}/api", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("JupyterLab does not answer:\n" + log.read_text(encoding="utf-8", errors="replace")[-3000:])
