"""The frame: one source of versions, both licences, what CI runs, and names that every system accepts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from ruamel.yaml import YAML

import kit
from kit.launch.environment import UV_VERSION, WINDOWS

ROOT = Path(__file__).resolve().parents[1]
read_yaml = YAML(typ="safe").load
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
WORKFLOW = read_yaml((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
EXPORT = ["export", "--frozen", "--offline", "--no-default-groups", "--no-emit-project", "--no-hashes"]
EXPORT += ["--no-annotate", "--no-header", "--quiet"]


@pytest.fixture(scope="module")
def uv():
    """The uv that start.py installs into the environment, or the one on the path."""
    own = Path(sys.prefix) / ("Scripts/uv.exe" if WINDOWS else "bin/uv")
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("start.py test installs uv into the environment, but it is not there")
    if found is None:
        pytest.skip("no uv here: this environment was not made by start.py")
    return found


@pytest.fixture(scope="module")
def tracked():
    """The files of the repository, as git knows them."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git work tree")
    listed = subprocess.run(["git", "ls-files", "-s", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    lines = [line.decode("utf-8") for line in listed.split(b"\0") if line]
    return {line.split("\t", 1)[1]: line.split()[0] for line in lines}


def test_requirements_txt_is_the_lock_exported(uv):
    exported = subprocess.run([uv, *EXPORT], cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
    written = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert written == exported.replace("\r\n", "\n"), f"mend with: uv {' '.join(EXPORT)} -o requirements.txt"


def test_every_requirement_is_one_version_of_the_lock():
    locked = {(package["name"], package.get("version")) for package in LOCK["package"]}
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        requirement = Requirement(line)
        (pin,) = requirement.specifier
        assert pin.operator == "==" and (requirement.name, pin.version) in locked, line


def test_the_lock_answers_the_project_file(uv):
    ended = subprocess.run([uv, "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_conda_brings_python_and_pip_and_nothing_else():
    environment = read_yaml((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, through_pip = environment["dependencies"]
    assert re.match(r"python=(3\.\d+)$", python)
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(python.removeprefix("python="))
    assert (pip, through_pip) == ("pip", {"pip": ["-r requirements.txt", "-e ."]})


@pytest.mark.slow
def test_repo2docker_accepts_the_repository(tmp_path):
    pytest.importorskip("repo2docker", reason="not on Windows")
    ended = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in said


def test_the_uv_that_start_installs_builds_the_kit_without_asking_for_another():
    (builder,) = (Requirement(line) for line in PROJECT["build-system"]["requires"])
    assert builder.name == "uv_build" and builder.specifier.contains(UV_VERSION)


def test_ci_runs_the_one_command():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd ", "export "))]
    assert commands == ["scripts/install-debian.sh", "python3 start.py test"]


def test_what_is_run_directly_is_executable(tracked):
    assert {tracked[name] for name in (".ci/run", "scripts/install-debian.sh")} == {"100755"}


def test_the_workflow_covers_every_python_and_system():
    declared = sorted(c.rsplit(" ", 1)[1] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c))
    jobs = WORKFLOW["jobs"]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == declared
    others = jobs["windows-and-macos"]["strategy"]["matrix"]
    assert others["python"] == declared and others["system"] == ["windows-latest", "macos-latest"]
    assert {"conda", "binder"} <= set(jobs)


def test_the_version_is_the_same_everywhere():
    citation = read_yaml((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert PROJECT["project"]["version"] == kit.__version__ == citation["version"] == newest[1]


def test_code_and_lessons_have_their_licences():
    names = PROJECT["project"]["license-files"]
    code, lessons = ((ROOT / name).read_text(encoding="utf-8") for name in names)
    assert code.startswith("MIT License")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in lessons


def test_names_are_ones_that_every_system_accepts(tracked):
    reserved = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
    odd = [n for n in tracked if not re.fullmatch(r"[A-Za-z0-9._/-]+", n) or any(map(reserved.match, n.split("/")))]
    links = [name for name, mode in tracked.items() if mode == "120000"]
    lower = [name.lower() for name in tracked]
    assert (odd, links) == ([], [])
    assert len(set(lower)) == len(lower), "two names differ in case only"
    assert max(map(len, tracked)) <= 120


def test_no_text_file_is_opened_in_the_encoding_of_the_machine():
    ruff = [sys.executable, "-m", "ruff", "check", "--preview", "--select", "PLW1514", "--output-format", "concise"]
    ended = subprocess.run([*ruff, "start.py", "kit", "scripts"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
