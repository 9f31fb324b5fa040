"""Participants' copies: brought once, never overwritten once somebody has worked in them."""

from __future__ import annotations

import pytest

from kit.launch import copies

LESSON = "notebooks/es/05-cleaning.ipynb"


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / "notebooks" / "es").mkdir(parents=True)
    (root / LESSON).write_text("first", encoding="utf-8")
    return root


@pytest.fixture
def portfolio(tmp_path):
    return tmp_path / "portafolio"


def bring(repository, portfolio):
    return [p.relative_to(portfolio).as_posix() for p in copies.bring(repository, ["notebooks/es"], portfolio)]


def read(portfolio, name=LESSON):
    return (portfolio / name).read_text(encoding="utf-8")


def test_a_lesson_is_brought_once(repository, portfolio):
    assert bring(repository, portfolio) == [LESSON]
    assert bring(repository, portfolio) == []


def test_an_untouched_copy_follows_its_source(repository, portfolio, capsys):
    bring(repository, portfolio)
    (repository / LESSON).write_text("second", encoding="utf-8")
    assert bring(repository, portfolio) == [LESSON]
    assert read(portfolio) == "second" and capsys.readouterr().out == ""


def test_a_newer_lesson_arrives_beside_the_copy_in_which_somebody_worked(repository, portfolio, capsys):
    bring(repository, portfolio)
    (portfolio / LESSON).write_text("my work", encoding="utf-8")
    (repository / LESSON).write_text("second", encoding="utf-8")
    beside = "notebooks/es/05-cleaning.v2.ipynb"
    assert bring(repository, portfolio) == [beside]
    assert (read(portfolio), read(portfolio, beside)) == ("my work", "second")
    assert "05-cleaning.v2.ipynb" in capsys.readouterr().out
    assert bring(repository, portfolio) == []


def test_a_third_version_does_not_overwrite_the_second(repository, portfolio):
    bring(repository, portfolio)
    (portfolio / LESSON).write_text("my work", encoding="utf-8")
    for version in ("second", "third"):
        (repository / LESSON).write_text(version, encoding="utf-8")
        bring(repository, portfolio)
    assert read(portfolio, "notebooks/es/05-cleaning.v2.ipynb") == "second"
    assert read(portfolio, "notebooks/es/05-cleaning.v3.ipynb") == "third"


def test_a_copy_from_before_the_record_was_lost_is_not_overwritten(repository, portfolio):
    bring(repository, portfolio)
    (portfolio / LESSON).write_text("my work", encoding="utf-8")
    (portfolio / copies.OWN_FOLDER / "copies.json").write_text("{", encoding="utf-8")
    bring(repository, portfolio)
    assert read(portfolio) == "my work"


def test_a_copy_that_was_removed_comes_back(repository, portfolio):
    bring(repository, portfolio)
    (portfolio / LESSON).unlink()
    assert bring(repository, portfolio) == [LESSON]
