"""`start.py test`: every part runs, the last line counts, one failure is enough to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.launch import suite
from kit.launch.environment import Environment

REPORT = '<testsuites><testsuite tests="10" failures="{failures}" errors="1" skipped="2"/></testsuites>'


@pytest.fixture
def run(monkeypatch):
    """Stands in for running programs: the codes to answer with, and what was run."""
    ran: list[list[str]] = []

    def install(pytest_code=0, failures=None, part_codes=None):
        def fake(command, **_):
            words = [str(word) for word in command]
            ran.append(words)
            report = next((word for word in words if word.startswith("--junit-xml=")), None)
            if report is None:
                return (part_codes or {}).get(words[-1], 0)
            if failures is not None:
                content = (
                    REPORT.format(failures=failures) if failures else REPORT.format(failures=0).replace('"1"', '"0"')
                )
                Path(report.removeprefix("--junit-xml=")).write_text(content, encoding="utf-8")
            return pytest_code

        monkeypatch.setattr(suite, "run", fake)
        return ran

    return install


ENVIRONMENT = Environment(Path(".venv"))


def last_line(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_all_parts_run_in_order_and_are_counted(run, capsys):
    ran = run(failures=0)
    assert suite.run_suite(ENVIRONMENT, []) == 0
    names = [" ".join(Path(word).name for word in words[:4]) for words in ran]
    assert [name.split()[-1] if "-m" not in name else name.split()[2] for name in names] == [
        *("ruff", "ruff", "mypy", "lint-imports", "--check", "pytest")
    ]
    assert last_line(capsys).startswith("13 passed, 0 failed, 2 skipped in ")


def test_a_part_that_fails_fails_the_suite_and_the_rest_still_runs(run, capsys):
    ran = run(failures=0, part_codes={"mypy": 1})
    assert suite.run_suite(ENVIRONMENT, []) == 1
    assert len(ran) == 6
    assert last_line(capsys).startswith("12 passed, 1 failed, 2 skipped")


def test_tests_that_fail_or_break_are_failures(run, capsys):
    run(pytest_code=1, failures=3)
    assert suite.run_suite(ENVIRONMENT, []) == 1
    assert last_line(capsys).startswith("9 passed, 4 failed, 2 skipped")


def test_a_pytest_that_ends_without_a_report_is_a_failure(run, capsys):
    run(pytest_code=4)
    assert suite.run_suite(ENVIRONMENT, []) == 1
    assert "1 failed" in last_line(capsys)


def test_arguments_go_to_pytest_alone(run):
    ran = run(failures=0)
    suite.run_suite(ENVIRONMENT, ["-k", "cleaning"])
    assert len(ran) == 1 and ran[0][-2:] == ["-k", "cleaning"]
