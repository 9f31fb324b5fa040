"""``start.py wheelhouse``: the folder of wheels that takes the place of the network in a room without one.

One folder may serve several systems. pip alone would ask this machine, not the other one, which packages are needed;
so uv first resolves the exported lock for each system, and pip then fetches exactly those files.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kit.launch.environment import ROOT, UV_VERSION, Environment, Stopped, run
from kit.launch.parser import Parser
from kit.launch.texts import error, say, text

# System: uv's name for it, and the tags of its wheels as pip wants them.
SYSTEMS = {
    "windows": ("x86_64-pc-windows-msvc", ["win_amd64"]),
    "macos": (
        "aarch64-apple-darwin",
        [f"macosx_{major}_0_{cpu}" for major in (14, 13, 12, 11) for cpu in ("arm64", "universal2")],
    ),
    "linux": (
        "x86_64-manylinux_2_28",
        [*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64", "linux_x86_64"],
    ),
}
PYTHONS = ("3.11", "3.12", "3.13")
# Some packages depend on the third number too; the first and an unreachable last one stand for all between.
PATCHES = ("0", "99")


def make(environment: Environment, arguments: Sequence[str]) -> int:
    """Fill a folder with every wheel that the workshop needs; returns 0 if it is complete."""
    options = _parser().parse_args(arguments)
    folder = Path(options.folder).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(s, v) for s in options.system or ("windows",) for v in options.python or ("3.12",)]
    for system, version in wanted:
        say("start.wheelhouse-filling", system=system, version=version, folder=str(folder))
        with tempfile.TemporaryDirectory() as temporary:
            for command in commands(environment, folder, Path(temporary), system, version):
                if run(command) != 0:
                    error("start.wheelhouse-incomplete", system=system, version=version)
                    raise Stopped
    files = list(folder.glob("*.whl"))
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    say("start.wheelhouse-done", n=len(files), megabytes=f"{megabytes:.0f}", folder=str(folder))
    return 0


def commands(environment: Environment, folder: Path, work: Path, system: str, version: str) -> list[list[str]]:
    """What is run for one system and Python: resolve, fetch, check that nothing is missing."""
    platform, tags = SYSTEMS[system]
    uv, python = str(environment.script("uv")), str(environment.python)
    resolve = [uv, "pip", "compile", "--quiet", "--only-binary=:all:", str(ROOT / "requirements.txt")]
    fetch = [python, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--ignore-requires-python"]
    fetch += ["--only-binary=:all:", f"--python-version={version}", "--implementation=cp", f"--dest={folder}"]
    fetch += [f"--abi={abi}" for abi in (f"cp{version.replace('.', '')}", "abi3", "none")]
    fetch += [f"--platform={tag}" for tag in tags]
    check = [uv, "pip", "install", "--quiet", "--dry-run", "--offline", "--no-index", f"--find-links={folder}"]
    steps = []
    for patch in PATCHES:
        target = [f"--python-platform={platform}", f"--python-version={version}.{patch}"]
        needed = work / f"needed-{patch}.txt"
        steps += [
            [*resolve, *target, f"--output-file={needed}"],
            [*fetch, f"--requirement={needed}", f"uv=={UV_VERSION}"],
            [*check, *target, f"--target={work / 'trial'}", f"--requirements={needed}"],
        ]
    return steps


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="start.py wheelhouse", usage=text("start.wheelhouse-usage"), add_help=False)
    parser.add_argument("folder")
    parser.add_argument("--system", action="append", choices=list(SYSTEMS))
    parser.add_argument("--python", action="append", choices=PYTHONS)
    return parser
