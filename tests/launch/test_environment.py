"""The environment: made once, recognised when half-made, moved or out of date, and never made worse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kit.launch import environment as env
from kit.launch import network


@pytest.fixture
def folder(tmp_path):
    """A repository of which only the lock and the project file matter."""
    (tmp_path / "uv.lock").write_text("one", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("one", encoding="utf-8")
    return tmp_path


@pytest.fixture
def made(monkeypatch):
    """Stands in for the installation: makes a real but empty environment, notes each making."""
    makings: list[list[str]] = []

    def make(environment, groups, root):
        makings.append(list(groups))
        if env.python_version(environment) is None:
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment.folder], check=True)

    monkeypatch.setattr(env, "_make", make)
    return makings


def test_a_ready_environment_is_left_alone(folder, made):
    first = env.ready(root=folder)
    marker = first.folder / "marker"
    marker.touch()
    env.ready(root=folder)
    assert made == [[]] and marker.exists()
    assert first.state()["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_changed_lock_brings_the_environment_up_to_date_in_place(folder, made):
    marker = env.ready(root=folder).folder / "marker"
    marker.touch()
    (folder / "uv.lock").write_text("two", encoding="utf-8")
    env.ready(root=folder)
    assert len(made) == 2 and marker.exists()


def test_a_group_once_installed_stays_and_serves_those_who_do_not_ask_for_it(folder, made):
    env.ready(["dev"], root=folder)
    env.ready(root=folder)
    assert made == [["dev"]]
    (folder / "uv.lock").write_text("two", encoding="utf-8")
    env.ready(root=folder)
    assert made == [["dev"], ["dev"]]


def _half_made(environment):
    environment.write_state(**{**environment.state(), "state": "making"})


def _moved(environment):
    environment.write_state(**{**environment.state(), "folder": "/elsewhere"})


def _without_its_python(environment):
    environment.write_state(**{**environment.state(), "lock": "older"})
    environment.python.unlink()


@pytest.mark.parametrize("spoil", [_half_made, _moved, _without_its_python])
def test_a_spoilt_environment_is_made_anew(folder, made, spoil, capsys):
    environment = env.ready(root=folder)
    marker = environment.folder / "marker"
    marker.touch()
    spoil(environment)
    env.ready(root=folder)
    assert len(made) == 2 and not marker.exists()
    assert "se hace de nuevo" in capsys.readouterr().out


def test_an_interruption_at_any_moment_is_seen_at_the_next_start(folder, made, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(env, "_make", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            env.ready(root=folder)
    half = env.Environment(folder / ".venv")
    assert half.state()["state"] == "making"
    (half.folder / "pyvenv.cfg").touch()
    env.ready(root=folder)
    assert half.state()["state"] == "ready" and len(made) == 1


def test_a_failed_update_does_not_condemn_the_environment_that_worked(folder, made, monkeypatch):
    environment = env.ready(root=folder)
    (folder / "uv.lock").write_text("two", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(env, "_make", lambda *_: (_ for _ in ()).throw(env.Stopped))
        with pytest.raises(env.Stopped):
            env.ready(root=folder)
    marker = environment.folder / "marker"
    marker.touch()
    env.ready(root=folder)
    assert marker.exists()


def test_a_folder_of_somebody_elses_is_not_touched(folder, made, capsys):
    (folder / ".venv").mkdir()
    (folder / ".venv" / "letters.txt").touch()
    with pytest.raises(env.Stopped):
        env.ready(root=folder)
    assert [p.name for p in (folder / ".venv").iterdir()] == ["letters.txt"]
    assert "start.not-an-environment" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["", "{", "[]", '"x"'])
def test_a_damaged_state_file_counts_as_none(tmp_path, damage):
    environment = env.Environment(tmp_path)
    environment.state_file.write_text(damage, encoding="utf-8")
    assert environment.state() == {}


@pytest.mark.parametrize(
    ("free", "writable", "answers", "wheels", "code"),
    [
        (10e6, True, True, None, "start.disk-full"),
        (50e9, False, True, None, "start.no-permission"),
        (50e9, True, False, None, "start.no-network"),
        (50e9, True, True, None, "start.step-failed"),
        (50e9, True, False, Path("wheelhouse"), "start.wheelhouse-unfit"),
    ],
)
def test_a_failed_step_is_explained_by_what_can_be_verified(
    tmp_path, monkeypatch, capsys, free, writable, answers, wheels, code
):
    monkeypatch.setattr(env.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    monkeypatch.setattr(env, "_writable", lambda _: writable)
    monkeypatch.setattr(network, "registry_answers", lambda: answers)
    with pytest.raises(env.Stopped):
        env._or_stop(2, tmp_path, wheels)
    assert code in capsys.readouterr().out


def test_what_is_known_to_fail_is_said_before_the_work(tmp_path, monkeypatch, capsys):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(env, "WINDOWS", True)
    monkeypatch.setattr(env, "_windows_long_paths", lambda: False)
    with pytest.raises(env.Stopped):
        env._check_place(deep)
    assert "start.path-too-long" in capsys.readouterr().out
    monkeypatch.setattr(env, "_windows_long_paths", lambda: True)
    env._check_place(deep)
    assert "start.path-too-long" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        ("C:/Users/Ana/OneDrive - Municipio/taller", True),
        ("/home/ana/Dropbox/taller", True),
        ("/home/ana/taller", False),
        ("/home/ana/mis-dropbox/taller", False),
    ],
)
def test_a_cloud_drive_is_recognised_by_its_folder(path, cloud):
    assert env.synchronised(Path(path)) is cloud


def test_a_wheelhouse_counts_only_with_wheels_in_it(tmp_path):
    assert env.wheelhouse(tmp_path) is None
    (tmp_path / "wheelhouse").mkdir()
    assert env.wheelhouse(tmp_path) is None
    (tmp_path / "wheelhouse" / "six-1-py3-none-any.whl").touch()
    assert env.wheelhouse(tmp_path) == tmp_path / "wheelhouse"


def test_nothing_of_a_wheelhouse_installation_reaches_for_the_network(tmp_path):
    commands = env.from_wheelhouse(env.Environment(tmp_path / ".venv"), tmp_path / "wheelhouse", tmp_path)
    assert len(commands) == 2
    assert all({"--offline", "--no-index"} <= set(command) for command in commands)


def test_variables_of_other_environments_do_not_reach_ours(monkeypatch):
    monkeypatch.setenv("PROJ_LIB", "/opt/qgis/proj")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    variables = env.surroundings(TALLER_LANG="en")
    assert not {"PROJ_LIB", "VIRTUAL_ENV"} & set(variables)
    assert (variables["TALLER_LANG"], variables["PYTHONUTF8"]) == ("en", "1")


def test_the_state_file_says_where_and_what(folder, made):
    environment = env.ready(root=folder)
    state = json.loads(environment.state_file.read_text(encoding="utf-8"))
    assert state["folder"] == str(folder) and state["lock"] == env.digest(folder / "uv.lock")
