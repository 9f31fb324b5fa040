"""The portfolio: nothing is lost, nothing leads outside, and damage is named with the way back."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.findings import KitError
from kit.portfolio import STEPS, Portfolio
from kit.portfolio import folder as module
from kit.portfolio.manifest import MANIFEST


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "mine", title="Valle Abierto", lang="es")


def _code(caught) -> str:
    (finding,) = caught.value.findings
    return finding.code


def test_what_is_written_is_there_when_opened_again(portfolio):
    portfolio.write_yaml("problem.yaml", {"problem": "Tardan 23 días", "who": ["vecinos"]}, step="01")
    portfolio.write_text("plan.csv", "a,b\n", step="04")
    again = Portfolio.open(portfolio.folder)
    assert again.title == "Valle Abierto" and again.lang == "es"
    assert again.steps_done() == ["01", "04"]
    assert again.read_yaml("problem.yaml") == {"problem": "Tardan 23 días", "who": ["vecinos"]}
    assert len(again.findings) == 0


def test_yaml_keeps_words_that_yaml_1_1_would_change(portfolio):
    portfolio.path("readiness.yaml").write_text("answer: no\ntime: 12:30\nkey: 0123\n", encoding="utf-8")
    data = portfolio.read_yaml("readiness.yaml")
    assert data["answer"] == "no" and data["time"] == "12:30"


def test_the_earlier_version_is_kept_and_comes_back(portfolio):
    portfolio.write_text("plan.csv", "first", step="04")
    portfolio.write_text("plan.csv", "second", step="04")
    portfolio.write_text("plan.csv", "second", step="04")
    (version,) = portfolio.versions("plan.csv")
    portfolio.restore("plan.csv", version.when)
    assert portfolio.read_text("plan.csv") == "first"
    assert sorted(v.stored.read_text(encoding="utf-8") for v in portfolio.versions("plan.csv")) == ["first", "second"]


def test_a_folder_is_replaced_as_a_whole_and_its_earlier_state_kept(portfolio):
    for name in ("old.txt", "new.txt"):
        with portfolio.writing_folder("catalog", step="08") as folder:
            (folder / name).write_text(name, encoding="utf-8")
    assert [p.name for p in portfolio.path("catalog").iterdir()] == ["new.txt"]
    portfolio.restore("catalog")
    assert [p.name for p in portfolio.path("catalog").iterdir()] == ["old.txt"]
    assert portfolio.steps_done() == ["08"]


def test_a_failure_while_writing_leaves_what_was_there_and_no_rubbish(portfolio):
    portfolio.write_text("plan.csv", "good", step="04")
    with pytest.raises(ZeroDivisionError), portfolio.writing("plan.csv", step="04") as temporary:
        temporary.write_text("half", encoding="utf-8")
        _ = 1 / 0
    with pytest.raises(ZeroDivisionError), portfolio.writing_folder("catalog", step="08") as folder:
        (folder / "x").write_text("half", encoding="utf-8")
        _ = 1 / 0
    assert portfolio.read_text("plan.csv") == "good"
    assert not portfolio.exists("catalog")
    assert not list(portfolio.folder.rglob(".taller-*"))


def test_an_error_of_the_one_who_writes_is_not_mistaken_for_a_full_disk(portfolio):
    with pytest.raises(FileNotFoundError), portfolio.writing("plan.csv", step="04"):
        raise FileNotFoundError("something else")


def test_a_process_killed_in_mid_write_leaves_the_earlier_file_whole(portfolio):
    portfolio.write_text("plan.csv", "good", step="04")
    code = f"""
    import os
    from kit.portfolio import Portfolio
    with Portfolio.open({str(portfolio.folder)!r}).writing("plan.csv", step="04") as temporary:
        temporary.write_text("half", encoding="utf-8")
        os._exit(9)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False).returncode == 9
    again = Portfolio.open(portfolio.folder)
    assert again.read_text("plan.csv") == "good"
    (left,) = portfolio.folder.glob(".taller-*")
    os.utime(left, (1, 1))
    assert Portfolio.open(portfolio.folder).findings.codes() == {"portfolio.interrupted-write"}


@pytest.mark.parametrize(
    "path",
    [
        "../out.txt",
        "a/../../b",
        "/etc/passwd",
        "C:\\x",
        "C:x",
        "\\\\server\\share",
        "",
        ".",
        "con.txt",
        "a/NUL",
        "año.csv",
        "a b",
        "x.",
    ],
)
def test_no_path_leads_outside_or_is_a_name_that_some_system_refuses(portfolio, path):
    with pytest.raises(KitError) as caught:
        portfolio.path(path)
    assert _code(caught) == "portfolio.bad-path"


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_whatever_the_name_a_path_is_inside_or_refused(tmp_path_factory, name):
    root = tmp_path_factory.getbasetemp() / "inside"
    portfolio = Portfolio.open_or_create(root)
    try:
        assert portfolio.path(name).resolve().is_relative_to(root.resolve())
    except KitError as problem:
        assert problem.findings.codes() == {"portfolio.bad-path"}


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_a_link_that_leads_outside_is_not_followed(portfolio, tmp_path):
    (tmp_path / "secret").mkdir()
    (portfolio.folder / "clean").symlink_to(tmp_path / "secret")
    with pytest.raises(KitError) as caught:
        portfolio.write_text("clean/x.csv", "x", step="05")
    assert _code(caught) == "portfolio.bad-path"
    assert not list((tmp_path / "secret").iterdir())


def test_a_manifest_that_points_outside_is_reported_and_not_followed(portfolio):
    portfolio.write_text("plan.csv", "x", step="04")
    path = portfolio.folder / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace("plan.csv", "../../plan.csv"), encoding="utf-8")
    assert "portfolio.bad-path" in Portfolio.open(portfolio.folder).findings.codes()


@pytest.mark.parametrize(
    ("name", "whole", "damage", "code"),
    [
        ("problem.yaml", b"a: 1\n", b"", "portfolio.file-damaged"),
        ("problem.yaml", b"a: 1\n", b"a: [1, 2", "portfolio.file-damaged"),
        ("cleaning-log.json", b'{"a": [1, 2]}', b'{"a": [1', "portfolio.file-damaged"),
        ("inventory.csv", b"a,b\n1,2\n", b"a,b\x00\x00\x00", "portfolio.file-damaged"),
        ("story.html", b"<html></html>", b"<html><p>", "portfolio.file-damaged"),
        ("inventory.csv", b"a,b\n1,2\n", b"a,b\n1,3\n", "portfolio.changed-outside"),
        ("inventory.csv", b"a,b\n1,2\n", None, "portfolio.file-missing"),
    ],
)
def test_damage_is_named_with_the_way_back_and_the_rest_still_opens(portfolio, name, whole, damage, code):
    portfolio.write_bytes(name, whole, step="03")
    portfolio.write_bytes(name, whole + b" ", step="03")
    portfolio.write_text("plan.csv", "whole", step="04")
    target = portfolio.path(name)
    target.unlink() if damage is None else target.write_bytes(damage)

    again = Portfolio.open(portfolio.folder)
    (finding,) = again.findings
    assert finding.code == code and finding.place.file == name
    assert again.read_text("plan.csv") == "whole"
    if code != "portfolio.changed-outside":
        assert again.versions(name)[0].when in finding.line("es")
        again.restore(name)
        assert again.read_bytes(name) == whole
        assert len(Portfolio.open(portfolio.folder).findings) == 0


@pytest.mark.parametrize("damage", [None, b"", b"{", b"files: 3", b"\xff\xfe"])
def test_a_portfolio_without_a_good_manifest_is_rebuilt_from_its_files(portfolio, damage):
    portfolio.write_text("plan.csv", "whole", step="04")
    with portfolio.writing_folder("clean", step="05") as folder:
        (folder / "predios.csv").write_text("a", encoding="utf-8")
    manifest = portfolio.folder / MANIFEST
    manifest.unlink() if damage is None else manifest.write_bytes(damage)
    again = Portfolio.open(portfolio.folder)
    assert again.findings.codes() == {"portfolio.manifest-damaged"}
    assert again.steps_done() == ["04", "05"]
    again.write_text("problem.yaml", "a: 1", step="01")
    assert len(Portfolio.open(portfolio.folder).findings) == 0


def test_two_notebooks_do_not_write_at_once(portfolio, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.2)
    second = Portfolio.open(portfolio.folder)
    with portfolio._locked(), pytest.raises(KitError) as caught:
        second.write_text("plan.csv", "b", step="04")
    assert _code(caught) == "portfolio.locked"
    second.write_text("plan.csv", "b", step="04")
    assert portfolio.read_text("plan.csv") == "b"


def test_what_two_open_portfolios_write_in_turn_is_all_on_record(portfolio):
    second = Portfolio.open(portfolio.folder)
    portfolio.write_text("plan.csv", "a", step="04")
    second.write_text("problem.yaml", "a: 1", step="01")
    portfolio.write_text("impact.yaml", "a: 1", step="09")
    assert Portfolio.open(portfolio.folder).steps_done() == ["01", "04", "09"]


def test_a_step_not_done_yet_names_its_notebook(portfolio):
    with pytest.raises(KitError) as caught:
        portfolio.read_yaml("theory.yaml")
    assert _code(caught) == "portfolio.step-missing"
    assert "02-theory" in str(caught.value)


def test_bad_yaml_names_the_row(portfolio):
    portfolio.path("theory.yaml").write_text("a: 1\nb: [1\nc: 2\n", encoding="utf-8")
    with pytest.raises(KitError) as caught:
        portfolio.read_yaml("theory.yaml")
    assert _code(caught) == "portfolio.yaml"
    assert caught.value.findings[0].place.rows[0] >= 2


def test_creating_where_there_is_one_changes_nothing(portfolio):
    before = (portfolio.folder / MANIFEST).read_bytes()
    with pytest.raises(KitError) as caught:
        Portfolio.create(portfolio.folder)
    assert _code(caught) == "portfolio.exists"
    assert (portfolio.folder / MANIFEST).read_bytes() == before


def test_opening_where_there_is_none_says_so(tmp_path):
    with pytest.raises(KitError) as caught:
        Portfolio.open(tmp_path / "nowhere")
    assert _code(caught) == "portfolio.not-found"


def test_a_folder_that_cannot_be_made_is_a_finding(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KitError) as caught:
        Portfolio.create(tmp_path / "file" / "below")
    assert _code(caught) == "portfolio.not-writable"


def test_no_version_to_restore_is_a_finding(portfolio):
    with pytest.raises(KitError) as caught:
        portfolio.restore("plan.csv")
    assert _code(caught) == "portfolio.no-version"


def test_steps_have_one_number_and_one_name_each():
    assert [s.number for s in STEPS] == [f"{n:02d}" for n in range(10)]
    assert len({s.name for s in STEPS}) == len(STEPS)


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_content_comes_back_and_so_does_what_it_replaced(tmp_path_factory, first, second):
    portfolio = Portfolio.create(tmp_path_factory.mktemp("any") / "p")
    portfolio.write_bytes("maps/x.bin", first, step="06")
    portfolio.write_bytes("maps/x.bin", second, step="06")
    assert portfolio.read_bytes("maps/x.bin") == second
    assert [v.stored.read_bytes() for v in portfolio.versions("maps/x.bin")] == ([] if first == second else [first])
