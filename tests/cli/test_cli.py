"""The command ``kit``: help in both languages, exit codes, and no traceback for a user's mistake."""

from __future__ import annotations

import pytest

from kit import messages
from kit.cli import main
from kit.portfolio import Portfolio

COMMANDS = ("demo", "build", "table", "datasets", "portfolio", "version")


@pytest.mark.parametrize("spoken", messages.LANGUAGES)
def test_every_command_is_in_the_help_in_the_language_asked_for(capsys, spoken):
    assert main(["--lang", spoken, "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in COMMANDS)
    assert messages.text("cli.demo.help", lang=spoken)[:40] in " ".join(shown.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys, command):
    assert main([command, "--help"]) == 0
    assert (
        messages.text(f"cli.{command}.help" if command != "version" else "cli.version")[:30] in capsys.readouterr().out
    )


def test_the_language_may_stand_anywhere_on_the_line(capsys, tmp_path):
    Portfolio.create(tmp_path / "p")
    assert main(["portfolio", "show", "--portfolio", str(tmp_path / "p"), "--lang=en"]) == 0
    assert "No findings." in capsys.readouterr().out


def test_an_unknown_language_names_those_there_are(capsys):
    assert main(["--lang", "fr", "version"]) == 2
    assert "es" in capsys.readouterr().err


def test_an_unknown_option_ends_with_usage_and_code_2(capsys):
    assert main(["demo", "--nope"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_users_mistake_is_findings_on_standard_error_and_code_1(capsys, tmp_path):
    assert main(["table", str(tmp_path / "nada.csv")]) == 1
    out, err = capsys.readouterr()
    assert "nada.csv" in err and "→" in err and "Traceback" not in err and out == ""


def test_a_table_is_shown_with_what_was_found(capsys, tmp_path):
    path = tmp_path / "uso.csv"
    path.write_bytes("Año;Uso\n2015;Habitación\n2016;[b]x[/b]\n".encode("cp1252"))
    assert main(["table", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "Habitación" in shown and "[b]x[/b]" in shown and "[tables.separator]" in shown


def test_the_datasets_are_listed_and_whole(capsys):
    assert main(["datasets", "list"]) == 0
    assert "catastro" in capsys.readouterr().out
    assert main(["datasets", "verify"]) == 0


def test_an_earlier_version_comes_back_by_command(capsys, tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    portfolio.write_text("plan.csv", "first", step="04")
    portfolio.write_text("plan.csv", "second", step="04")
    folder = ["--portfolio", str(tmp_path / "p")]
    assert main(["portfolio", "versions", "plan.csv", *folder]) == 0
    assert portfolio.versions("plan.csv")[0].when in capsys.readouterr().out
    assert main(["portfolio", "restore", "plan.csv", *folder]) == 0
    assert portfolio.read_text("plan.csv") == "first"
    assert main(["portfolio", "restore", "theory.yaml", *folder]) == 1


def test_a_damaged_portfolio_is_said_and_the_exit_code_tells(capsys, tmp_path):
    Portfolio.create(tmp_path / "p").write_text("problem.yaml", "a: 1", step="01").write_bytes(b"")
    assert main(["portfolio", "show", "--portfolio", str(tmp_path / "p")]) == 1
    assert "[portfolio.file-damaged]" in capsys.readouterr().out


def test_a_demo_that_fails_ends_with_code_1_and_says_which_step(capsys, tmp_path):
    (tmp_path / "nada.csv").write_text("A,B\n1,2\n", encoding="utf-8")
    line = ["demo", "--cadastre", str(tmp_path / "nada.csv"), "--portfolio", str(tmp_path / "p")]
    assert main(line) == 1
    out, err = capsys.readouterr()
    assert "05" in err and "✖" in out and "[10/10]" in out


def test_the_build_check_of_this_repository_passes(capsys, root):
    assert main(["build", "--check", "--root", str(root)]) == 0, capsys.readouterr().out
