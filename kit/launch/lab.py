"""Opening the workshop: the participant's copies, the environment check, JupyterLab in the participant's language.

JupyterLab gets a configuration folder of its own inside the portfolio and the kit's defaults on its search path, so
the user's own Jupyter settings are neither read nor changed. Nothing in these defaults asks the network for anything.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from kit.launch import copies
from kit.launch.environment import ROOT, Environment, Stopped, surroundings
from kit.launch.texts import error, language, say, warning, write

WELCOME = "00-readiness.ipynb"
DEFAULT_PORT = 8888
PORTS_TRIED = 50
SECONDS_TO_ANSWER = 180
SECONDS_TO_CLOSE = 10


@dataclass(frozen=True)
class Wishes:
    """What the user asked of the workshop."""

    portfolio: Path
    port: int = DEFAULT_PORT
    browser: bool = True


def open_workshop(environment: Environment, wishes: Wishes, started: float) -> int:
    """Open JupyterLab on the welcome notebook and stay until it is closed; returns the exit code.

    Args:
        environment: where JupyterLab is installed.
        wishes: port, portfolio, browser.
        started: `time.monotonic` at the start of the program, for the figure that is printed.

    Raises:
        Stopped: if something that the user can mend prevents it; it has been printed.
    """
    welcome = _prepare(wishes.portfolio)
    state = environment.state()
    if not state.get("checked"):
        _check_first(environment, wishes, state)
        started = time.monotonic()
    port = free_port(wishes.port)
    if port != wishes.port:
        warning("start.port-taken", wanted=wishes.port, port=port)
    token = secrets.token_hex(24)
    log = wishes.portfolio / copies.OWN_FOLDER / "jupyter.log"
    end_as_by_ctrl_c()
    with log.open("wb") as stream:
        server = subprocess.Popen(  # noqa: S603 - the environment's own Python
            command(environment, wishes, port, welcome),
            cwd=wishes.portfolio,
            env=variables(wishes.portfolio, JUPYTER_TOKEN=token),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    check = None
    try:
        _wait_until_it_answers(server, port, log)
        say("start.lab-ready", seconds=f"{time.monotonic() - started:.1f}")
        say("start.lab-address", address=f"http://127.0.0.1:{port}/lab/tree/{welcome}?token={token}")
        say("start.lab-how-to-close", portfolio=str(wishes.portfolio))
        if state.get("checked"):  # all was well at an earlier start: look again, but let JupyterLab go first
            check = _check(environment, wishes, "--quick")
        server.wait()
    except KeyboardInterrupt:
        say("start.lab-closing")
    finally:
        _close(server)
        if check is not None and check.poll() is None:
            check.terminate()
    say("start.lab-closed", portfolio=str(wishes.portfolio))
    return 0


def end_as_by_ctrl_c() -> None:
    """Have a closed window or a polite kill end the program as Ctrl+C does, so that JupyterLab is closed with it."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # the second is not known to Windows, the third to nobody else
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def command(environment: Environment, wishes: Wishes, port: int, welcome: str) -> list[str]:
    """JupyterLab's command line."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        str(environment.python),
        *("-m", "kit.jupyter"),
        f"--ServerApp.root_dir={wishes.portfolio}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url=/lab/tree/{welcome}",
        *([] if wishes.browser else ["--no-browser"]),
        *(["--allow-root"] if as_root else []),
    ]


def variables(portfolio: Path, **more: str) -> dict[str, str]:
    """The variables of JupyterLab and its kernels: the language, the portfolio, the kit's defaults."""
    defaults = [ROOT / "kit" / "jupyter" / language(), ROOT / "kit" / "jupyter" / "common"]
    path = [str(folder) for folder in defaults] + [p for p in [os.environ.get("JUPYTER_CONFIG_PATH")] if p]
    return surroundings(
        TALLER_LANG=language(),
        TALLER_PORTFOLIO=str(portfolio),
        JUPYTER_CONFIG_PATH=os.pathsep.join(path),
        JUPYTER_CONFIG_DIR=str(portfolio / copies.OWN_FOLDER / "jupyter"),
        JUPYTER_PREFER_ENV_PATH="1",
        **more,
    )


def free_port(wanted: int) -> int:
    """``wanted``, or the next port that nobody uses.

    Raises:
        Stopped: if there is none among the next fifty.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # there the option would let two programs share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    error("start.no-port", first=wanted, last=wanted + PORTS_TRIED - 1)
    raise Stopped


def _prepare(portfolio: Path) -> str:
    """Bring the lessons to the portfolio; returns the welcome notebook's path in it."""
    lessons = f"notebooks/{language()}"
    if not (ROOT / lessons / WELCOME).is_file():
        error("start.lessons-missing", folder=str(ROOT / lessons))
        raise Stopped
    try:
        portfolio.mkdir(parents=True, exist_ok=True)
        copies.bring(ROOT, [lessons, "notebooks/figures", "guide"], portfolio)
    except OSError as problem:
        error("start.portfolio-not-writable", folder=str(portfolio), reason=str(problem))
        raise Stopped from None
    return f"{lessons}/{WELCOME}"


def _check_first(environment: Environment, wishes: Wishes, state: dict[str, object]) -> None:
    """Check the environment before JupyterLab opens; once all was well, later starts do not wait for it."""
    say("start.checking")
    check = _check(environment, wishes)
    try:
        code = check.wait()
    finally:
        check.terminate()
    if code == 0:
        environment.write_state(**{**state, "checked": True})
    elif code != 1:  # it ended otherwise than by saying what is wrong
        error("start.check-broken", number=code)


def _check(environment: Environment, wishes: Wishes, *options: str) -> subprocess.Popen[bytes]:
    """Start the environment check; its output comes to this terminal, Ctrl-C does not go to it."""
    options = (*options, *(() if wishes.browser else ("--no-browser",)))
    return subprocess.Popen(  # noqa: S603
        [environment.python, "-m", "kit.doctor", "--portfolio", wishes.portfolio, *options],
        cwd=ROOT,
        env=variables(wishes.portfolio),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server answers; stop, with the end of its log, if it ends or takes too long."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with direct.open(f"http://127.0.0.1:{port}/api", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    write("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]))
    error("start.lab-failed", log=str(log))
    raise Stopped


def _close(server: subprocess.Popen[bytes]) -> None:
    """Wait for the server, which Ctrl-C has reached as well; end it if it does not go."""
    for end in (server.terminate, server.kill):
        try:
            server.wait(SECONDS_TO_CLOSE if end == server.kill else 2)
            return
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            end()
    server.wait()
