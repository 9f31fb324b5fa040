"""What every test may ask for: the real files, a language, no network, an offline page in Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kit import messages

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
IN_CI = os.environ.get("CI") == "true"

# As root and without a network Chromium needs all of these; without the last ones it phones home at every start.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest.fixture(autouse=True)
def _own_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test starts in Spanish, whatever the machine's environment or an earlier test said."""
    monkeypatch.delenv(messages.LANGUAGE_VARIABLE, raising=False)
    monkeypatch.delenv("TALLER_PORTFOLIO", raising=False)
    token = messages._language.set(None)
    yield
    messages._language.reset(token)


@pytest.fixture
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture
def real() -> Path:
    """The folder of real official files, which lies beside the repository and is never part of it."""
    folder = Path(os.environ.get("TALLER_REAL", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"the real files are not on this machine ({folder})")
    return folder


@pytest.fixture(params=messages.LANGUAGES)
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each of the kit's languages in turn, in force here and in child processes."""
    monkeypatch.setenv(messages.LANGUAGE_VARIABLE, request.param)
    with messages.speaking(request.param):
        yield request.param


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The network is off in this process, but for loopback; the list records what was tried."""
    tried: list[str] = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def refuse(host: object) -> None:
        tried.append(str(host))
        raise OSError(f"the network is off in this test: {host}")

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:  # type: ignore[index]
            refuse(address)
        connect(self, address)  # type: ignore[arg-type]

    def guarded_resolve(host: object, *args: object, **kwargs: object) -> object:
        if host not in LOOPBACK and host is not None:
            refuse(host)
        return resolve(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    return tried


def chromium() -> str:
    """The path of Debian's Chromium (or the one TALLER_CHROMIUM names); skips without it, fails without it in CI."""
    found = os.environ.get("TALLER_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    reason = "Chromium is not on this machine: run scripts/install-debian.sh, or set TALLER_CHROMIUM"
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def page_offline(tmp_path: Path) -> Iterator[object]:
    """A playwright page that reaches only files and this machine.

    ``page.blocked`` lists the addresses of every request that wanted to leave, ``page.errors`` the uncaught errors of
    the page's scripts. A fresh browser for each test: playwright's event loop must not outlive it, because Jupyter's
    clients cannot run beside it.
    """
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-MX", accept_downloads=True)
        page = context.new_page()
        page.blocked, page.errors = [], []

        def stays(url: str) -> bool:
            parts = urlsplit(url)
            return parts.scheme in {"file", "data", "blob", "about"} or parts.hostname in LOOPBACK

        def guard(route: object) -> None:
            if stays(route.request.url):
                route.continue_()
            else:
                page.blocked.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        page.on("websocket", lambda sock: None if stays(sock.url) else page.blocked.append(sock.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page
        context.close()
        browser.close()


def pytest_report_header() -> str:
    """One line that says what this run can and cannot show."""
    real_files = (
        "present" if Path(os.environ.get("TALLER_REAL", ROOT.parent / "shared" / "real")).is_dir() else "absent"
    )
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or "absent"
    return f"taller: Python {sys.version.split()[0]}, real files {real_files}, chromium {browser}"
