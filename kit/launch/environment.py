"""The environment ``.venv``: made once, to the letter of the lock; detected when half-made, moved or out of date.

A state file inside it says "making" before the first step and "ready" after the last. So an interrupted making is
recognised at the next start, whatever had been done, and made anew; what was downloaded stays in uv's own cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.launch import network
from kit.launch.texts import error, say, warning

ROOT = Path(__file__).resolve().parents[2]
# The one place where uv's version is written; it must satisfy build-system.requires in pyproject.toml, so that uv
# builds the kit itself with its own back end and asks no registry for one.
UV_VERSION = "0.13.9"
WINDOWS = os.name == "nt"
SPACE_NEEDED = 2_000_000_000  # bytes: the environment takes 1.1 GB, and as much passes through uv's cache
# Windows without long paths stops at 259 characters; the deepest file of the environment needs 160 below the folder.
LONGEST_ROOT_ON_WINDOWS = 95
# Variables of other environments and programs that would reach into ours: conda, QGIS and PostGIS set the last four for
# the whole machine, and then pyproj and GDAL read the wrong tables.
FOREIGN = {
    *("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX"),
    *("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"),
}


class Stopped(Exception):
    """The start ends here; its reason has been printed."""


@dataclass(frozen=True)
class Environment:
    """The folder of an environment and its programs."""

    folder: Path

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.script("python")

    @property
    def state_file(self) -> Path:
        """The file that says how far the making went."""
        return self.folder / "taller-state.json"

    def script(self, name: str) -> Path:
        """One of the environment's programs."""
        return self.folder / "Scripts" / f"{name}.exe" if WINDOWS else self.folder / "bin" / name

    def state(self) -> dict[str, object]:
        """What the state file says; nothing if there is none or it is damaged."""
        try:
            read = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def write_state(self, **state: object) -> None:
        """Replace the state file as a whole."""
        temporary = self.state_file.with_suffix(".tmp")
        temporary.write_text(json.dumps(state, indent=1), encoding="utf-8")
        temporary.replace(self.state_file)


def ready(groups: Sequence[str] = (), root: Path = ROOT) -> Environment:
    """The environment, made or brought up to date if it is not as the lock says.

    Args:
        groups: dependency groups wanted beside what participants need ("dev").
        root: the repository's folder.

    Raises:
        Stopped: if it could not be made; what to do has been printed.
    """
    environment = Environment(root / ".venv")
    wanted = {"lock": digest(root / "uv.lock"), "project": digest(root / "pyproject.toml"), "folder": str(root)}
    state = environment.state()
    if _is_ready(environment, state, wanted, groups):
        return environment
    _check_place(root)
    if environment.folder.exists() and not _can_be_updated(environment, state, root):
        say("start.environment-anew")
        _remove(environment.folder)
    groups = sorted({*groups, *_known_groups(state)})
    earlier = environment.state()
    environment.folder.mkdir(exist_ok=True)
    environment.write_state(state="making", **wanted)
    say("start.environment-making", folder=str(environment.folder))
    try:
        _make(environment, groups, root)
    except Stopped:
        # uv fetches before it touches anything: an environment that worked before a failed update still does.
        if earlier.get("state") == "ready":
            environment.write_state(**earlier)
        raise
    version = ".".join(map(str, python_version(environment) or ()))
    environment.write_state(state="ready", python=version, groups=groups, **wanted)
    say("start.environment-ready")
    return environment


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def python_version(environment: Environment) -> tuple[int, int] | None:
    """The version of the environment's Python; None if it does not run (its base was removed, or it is half-made)."""
    try:
        answer = subprocess.run(  # noqa: S603 - the environment's own Python
            [environment.python, "-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        major, minor = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return major, minor


def run(command: Sequence[str | Path], cwd: Path = ROOT, **variables: str) -> int:
    """Run a program with its output on this terminal; returns its exit code."""
    return subprocess.call([str(part) for part in command], cwd=cwd, env=surroundings(**variables))  # noqa: S603


def surroundings(**variables: str) -> dict[str, str]:
    """This process's variables for a child, UTF-8 everywhere, with ``variables``, without other programs' own."""
    return {**{k: v for k, v in os.environ.items() if k not in FOREIGN}, "PYTHONUTF8": "1", **variables}


def wheelhouse(root: Path = ROOT) -> Path | None:
    """The folder of wheels beside start.py, if there is one with wheels in it."""
    folder = root / "wheelhouse"
    return folder if any(folder.glob("*.whl")) else None


def _is_ready(
    environment: Environment, state: dict[str, object], wanted: dict[str, str], groups: Sequence[str]
) -> bool:
    as_wanted = state.get("state") == "ready" and all(state.get(name) == value for name, value in wanted.items())
    return as_wanted and set(groups) <= set(_known_groups(state)) and python_version(environment) is not None


def _known_groups(state: dict[str, object]) -> list[str]:
    groups = state.get("groups")
    return [str(group) for group in groups] if isinstance(groups, list) else []


def _can_be_updated(environment: Environment, state: dict[str, object], root: Path) -> bool:
    """Whether packages may be brought up to date in place; else the environment must be made anew."""
    if not (environment.folder / "pyvenv.cfg").is_file():
        error("start.not-an-environment", folder=str(environment.folder))
        raise Stopped
    if state.get("state") == "making" or state.get("folder", str(root)) != str(root):
        return False
    version = python_version(environment)
    return version is not None and (3, 11) <= version <= (3, 13)


def _remove(folder: Path) -> None:
    """Remove the environment; a file held open (Windows) is a problem with a way out."""
    try:
        shutil.rmtree(folder)
    except OSError as problem:
        error("start.environment-busy", folder=str(folder), reason=str(problem))
        raise Stopped from None


def _check_place(root: Path) -> None:
    """Stop or warn, before the long work, where it is known to fail."""
    free = shutil.disk_usage(root).free
    if free < SPACE_NEEDED:
        warning("start.disk-tight", free=f"{free / 1e9:.1f}", needed=f"{SPACE_NEEDED / 1e9:.1f}", folder=str(root))
    if WINDOWS and len(str(root)) > LONGEST_ROOT_ON_WINDOWS and not _windows_long_paths():
        error("start.path-too-long", folder=str(root), length=len(str(root)), limit=LONGEST_ROOT_ON_WINDOWS)
        raise Stopped
    if synchronised(root):
        warning("start.folder-synchronised", folder=str(root))
    if not _writable(root):
        error("start.no-permission", folder=str(root))
        raise Stopped


def synchronised(folder: Path) -> bool:
    """Whether a cloud drive (OneDrive, Dropbox, Google Drive, iCloud) copies the folder while we write it."""
    names = [part.lower() for part in folder.parts]
    return any(name.startswith(("onedrive", "dropbox", "google drive", "googledrive", "icloud")) for name in names)


def _windows_long_paths() -> bool:
    """Whether this Windows allows paths beyond 259 characters."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


def _writable(folder: Path) -> bool:
    probe = folder / f"taller-{os.getpid()}.tmp"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError:
        return False
    return True


def _make(environment: Environment, groups: Sequence[str], root: Path) -> None:
    """The three steps: a bare environment, uv in it, everything the lock says."""
    if python_version(environment) is None or not environment.script("pip").is_file():
        say("start.step-venv")
        if run([sys.executable, "-m", "venv", environment.folder], root) != 0:
            error("start.venv-failed", program=sys.executable)
            raise Stopped
    wheels = wheelhouse(root)
    if not _has_uv(environment):
        say("start.step-uv", version=UV_VERSION)
        source = f"--no-index --find-links={wheels}".split(" ", 1) if wheels else []
        pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        _or_stop(run([environment.python, *pip, *source, f"uv=={UV_VERSION}"], root), root, wheels)
    if wheels and not groups:
        say("start.step-wheelhouse", folder=str(wheels))
        commands = from_wheelhouse(environment, wheels, root)
    else:
        say("start.step-packages")
        commands = [from_lock(environment, groups)]
        wheels = None
    for command in commands:
        # A cloud drive refuses hard links into its folders.
        links = {"UV_LINK_MODE": "copy"} if synchronised(root) else {}
        variables = {"UV_PROJECT_ENVIRONMENT": str(environment.folder), "UV_PYTHON_DOWNLOADS": "never", **links}
        _or_stop(run(command, root, **variables), root, wheels)


def _has_uv(environment: Environment) -> bool:
    """Whether the environment holds the uv that we want."""
    packages = environment.folder / ("Lib" if WINDOWS else "lib")
    return any(packages.glob(f"**/site-packages/uv-{UV_VERSION}.dist-info"))


def from_lock(environment: Environment, groups: Sequence[str]) -> list[str]:
    """The command of uv that installs what the lock says; inexact, because uv itself and pip live there too."""
    uv = str(environment.script("uv"))
    return [uv, "sync", "--frozen", "--inexact", "--no-default-groups", *(f"--group={group}" for group in groups)]


def from_wheelhouse(environment: Environment, wheels: Path, root: Path) -> list[list[str]]:
    """The commands of uv that install the exported lock, and then the kit, from a folder and without a network."""
    install = [str(environment.script("uv")), "pip", "install", f"--python={environment.python}", "--offline"]
    source = ["--no-index", f"--find-links={wheels}"]
    return [
        [*install, *source, f"--requirements={root / 'requirements.txt'}"],
        [*install, *source, "--no-deps", f"--editable={root}"],
    ]


def _or_stop(code: int, root: Path, wheels: Path | None) -> None:
    """Stop after a failed step, with the likeliest reason that can be verified."""
    if code == 0:
        return
    free = shutil.disk_usage(root).free
    if free < SPACE_NEEDED / 8:
        error("start.disk-full", free=f"{free / 1e6:.0f}", folder=str(root))
    elif not _writable(root):
        error("start.no-permission", folder=str(root))
    elif wheels:
        error("start.wheelhouse-unfit", folder=str(wheels), machine=network.this_machine())
    elif not network.registry_answers():
        error("start.no-network", registry=network.registry(), machine=network.this_machine())
    else:
        error("start.step-failed", number=code)
    raise Stopped
