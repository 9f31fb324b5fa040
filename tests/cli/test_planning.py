"""The planning commands: the findings of code and form, nothing overwritten, exit codes, both languages."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET

import openpyxl
import pytest

from kit import messages
from kit.cli import main
from kit.findings import Findings
from kit.forms import form
from kit.portfolio import Portfolio
from kit.steps.examples import example
from kit.steps.impact import Impact
from kit.steps.inventory import HEADERS, Inventory
from kit.steps.inventory import example as example_inventory
from kit.steps.plan import HEADERS as PLAN_HEADERS
from kit.steps.plan import Plan
from kit.steps.plan import example as example_plan
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

MODELS = {"readiness": Readiness, "problem": Problem, "theory": Theory, "impact": Impact}
ROOMS = [*MODELS, "inventory", "plan"]
COMMANDS = {
    "readiness": ["check", "show"],
    "problem": ["check", "show"],
    "theory": ["check", "show", "canvas"],
    "impact": ["check", "show"],
    "inventory": ["check", "template", "suggest", "convert", "accept"],
    "plan": ["check", "export", "calendar", "hours", "rank"],
}
FAULT = {"statement": "Falta una app para consultar predios", "whys": ["uno"]}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The folder of a portfolio with faults in every planning step."""
    made = Portfolio.create(tmp_path_factory.mktemp("faulty") / "p", title="Valle Abierto")
    with messages.speaking("es"):
        Readiness.of({"government": "Valle Abierto"}).save(made)
        Problem.of(FAULT).save(made)
        Theory.of({**example("theory"), "stakeholders": []}).save(made)
        Inventory.read(example_inventory(draft=True))[0].save(made)
        arguments = {**example_plan(), "vision": "", "choose": 3}
        Plan.from_inventory(Inventory.load(made), **arguments).save(made)
        Impact.of({**example("impact"), "reuses": []}).save(made)
    return made.folder


@pytest.fixture
def portfolio(faulty, tmp_path, monkeypatch):
    """A copy of it, which the commands find by the environment's variable."""
    folder = shutil.copytree(faulty, tmp_path / "p")
    monkeypatch.setenv("TALLER_PORTFOLIO", str(folder))
    return Portfolio.open(folder)


def of_code(room, portfolio):
    """What the code finds in a step of the portfolio."""
    if room == "inventory":
        return Inventory.load(portfolio).check()
    if room == "plan":
        return Plan.load(portfolio).check()
    model = MODELS[room].from_portfolio(portfolio)
    return model.check_in(portfolio) if hasattr(model, "check_in") else model.check()


@pytest.mark.parametrize("room", ROOMS)
def test_command_code_and_form_give_the_same_findings(room, portfolio, capsys):
    found = of_code(room, portfolio)
    code = main([room, "check", "--json"])
    assert Findings.from_json(capsys.readouterr().out).to_json() == found.to_json() != "[]"
    assert code == (1 if found.errors else 0)
    assert {f.code for f in form(room, portfolio).findings} == found.codes()


@pytest.mark.parametrize("room", ROOMS)
def test_findings_are_lines_with_a_tally_and_an_exit_code(room, portfolio, capsys, lang):
    found = of_code(room, portfolio)
    code = main([room, "check", "--lang", lang])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [*found.lines(lang), found.tally(lang)] and code == (1 if found.errors else 0)


def test_a_step_without_fault_ends_with_zero(tmp_path, capsys):
    good = Portfolio.create(tmp_path / "p")
    Problem.of(example("problem")).save(good)
    assert main(["problem", "check", "--portfolio", str(good.folder)]) == 0
    assert messages.text("findings.none") in capsys.readouterr().out


@pytest.mark.parametrize("room", MODELS)
def test_a_file_may_be_checked_without_a_portfolio(room, portfolio, capsys):
    path = portfolio.path(MODELS[room].file)
    assert main([room, "check", str(path), "--json"]) in (0, 1)
    alone = MODELS[room].from_portfolio(portfolio).check()
    assert Findings.from_json(capsys.readouterr().out).to_json() == alone.to_json()


def test_an_inventory_and_a_plan_in_files_are_checked_with_what_reading_them_took(portfolio, capsys, tmp_path):
    draft = example_inventory(draft=True)
    inventory, reading = Inventory.read(draft)
    main(["inventory", "check", str(draft), "--json"])
    assert Findings.from_json(capsys.readouterr().out).to_json() == (reading + inventory.check()).to_json()
    main(["plan", "check", str(portfolio.path(Plan.csv)), "--inventory", str(draft), "--json"])
    plan, _ = Plan.read_file(portfolio.path(Plan.csv))
    assert Findings.from_json(capsys.readouterr().out).codes() == (reading + plan.check(inventory)).codes()


@pytest.mark.parametrize("room", MODELS)
def test_what_is_written_is_shown_with_labels_and_no_english_key(room, portfolio, capsys, lang):
    assert main([room, "show", "--lang", lang]) == 0
    shown = capsys.readouterr().out
    labels = {MODELS[room].label(name) for name in MODELS[room].from_portfolio(portfolio).to_data()}
    assert all(label in shown for label in labels)
    assert "follow_ups" not in shown and "not_corrected" not in shown


# -- what is written --------------------------------------------------------------------------------------------------


def test_the_canvas_is_drawn_as_svg_and_as_a_pdf_of_the_size_asked_for(portfolio, tmp_path, capsys):
    assert main(["theory", "canvas", str(tmp_path / "c.svg")]) == 0
    assert ET.parse(tmp_path / "c.svg").getroot().tag.endswith("svg")
    assert main(["theory", "canvas", str(tmp_path / "c.pdf"), "--paper", "a3"]) == 0
    page = (tmp_path / "c.pdf").read_bytes()
    assert page.startswith(b"%PDF") and b"1190" in page  # the long side of A3 in points
    assert main(["theory", "canvas", str(tmp_path / "d.pdf"), "--paper", "a0"]) == 1
    assert "planning.paper" in capsys.readouterr().err


WRITERS = {
    "canvas": (["theory", "canvas"], "c.svg"),
    "template": (["inventory", "template"], "t.xlsx"),
    "convert": (["inventory", "convert", str(example_inventory())], "i.csv"),
    "accept": (["inventory", "accept", str(example_inventory(draft=True))], "a.csv"),
    "export": (["plan", "export"], "plan.xlsx"),
    "calendar": (["plan", "calendar", "--picture"], "cal.png"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_is_overwritten_without_leave(name, portfolio, tmp_path, capsys):
    command, file = WRITERS[name]
    out = tmp_path / file
    out.write_text("mine", encoding="utf-8")
    assert main([*command, str(out)]) == 1
    assert "--force" in capsys.readouterr().err and out.read_text(encoding="utf-8") == "mine"
    main([*command, str(out), "--force"])
    assert messages.text("planning.replaced", path=str(out)) in capsys.readouterr().out
    assert out.read_bytes() != b"mine"


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_cannot_be_written_is_a_finding(name, portfolio, tmp_path, capsys):
    command, file = WRITERS[name]
    assert main([*command, str(tmp_path / "nowhere" / file)]) == 1
    assert main([*command, str(tmp_path / "x.docx")]) == 1
    err = capsys.readouterr().err
    assert "planning.no-folder" in err and "planning.ending" in err and "Traceback" not in err


def test_the_empty_template_has_the_official_headers(tmp_path):
    assert main(["inventory", "template", str(tmp_path / "t.xlsx")]) == 0
    page = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert [cell.value for cell in page[1]] == list(HEADERS)


def test_an_inventory_of_another_layout_becomes_the_official_template(tmp_path):
    source = tmp_path / "otro.csv"
    source.write_bytes("ds:identifier;ds:title;rs:title\nbaches;Baches;\nbaches;;Baches 2015\n".encode("cp1252"))
    assert main(["inventory", "convert", str(source), str(tmp_path / "i.xlsx")]) == 0
    again, _ = Inventory.read(tmp_path / "i.xlsx")
    assert again == Inventory.read(source)[0] and len(again)


def test_proposals_are_written_into_another_file_and_the_original_stays(tmp_path, capsys):
    source = tmp_path / "mine.csv"
    source.write_bytes(example_inventory(draft=True).read_bytes())
    before = source.read_bytes()
    assert main(["inventory", "accept", str(source), str(source), "--force"]) == 1
    assert "planning.same-file" in capsys.readouterr().err and source.read_bytes() == before
    main(["inventory", "accept", str(source), str(tmp_path / "new.csv")])
    inventory = Inventory.read(source)[0]
    assert Inventory.read(tmp_path / "new.csv")[0] == inventory.accept()
    assert messages.text("planning.accepted", n=len(inventory.proposals())) in capsys.readouterr().out


def test_the_plan_is_exported_on_its_template(portfolio, tmp_path):
    for file in ("plan.csv", "plan.xlsx"):
        assert main(["plan", "export", str(tmp_path / file)]) == 0
        assert Plan.read_file(tmp_path / file)[0].items == Plan.load(portfolio).items
    assert (tmp_path / "plan.csv").read_text(encoding="utf-8").startswith(",".join(PLAN_HEADERS))


def test_the_calendar_counts_from_the_day_given_with_or_without_a_plan(portfolio, tmp_path, capsys, monkeypatch):
    assert main(["plan", "calendar", "--start", "2015-09-01"]) == 0
    shown = capsys.readouterr().out
    assert "2015-10-01" in shown and "Predios del catastro" in shown
    monkeypatch.setenv("TALLER_PORTFOLIO", str(tmp_path / "none"))
    assert main(["plan", "calendar", "--start", "2017-01-01", "--guide", "2017"]) == 0
    assert "2017-04-01" in capsys.readouterr().out
    assert main(["plan", "calendar", "--start", "enero"]) == 1
    assert main(["plan", "calendar", "--guide", "2016"]) == 1
    err = capsys.readouterr().err
    assert "plan.start" in err and "plan.unknown-revision" in err
    assert main(["plan", "calendar", "--picture", str(tmp_path / "c.pdf")]) == 0
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")


def test_the_ranking_is_shown_with_what_would_change_it(portfolio, capsys):
    assert main(["plan", "rank", "--top", "2"]) == 0
    assert Plan.load(portfolio).firmness(2) in capsys.readouterr().out


def test_suggestions_are_shown_and_an_unknown_theme_names_those_there_are(capsys):
    assert main(["inventory", "suggest", "movilidad"]) == 0
    assert "GTFS" in capsys.readouterr().out
    assert main(["inventory", "suggest", "cocina"]) == 1
    assert "inventory.unknown-theme" in capsys.readouterr().err


# -- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "planning.file"),
        (b"a: [1,\n", "planning.yaml"),
        (b"statement: \xff\xfe", "planning.yaml"),
        (b"- 1\n", "models.not-a-form"),
        (b"estado: x\n", "models.unknown-field"),
    ],
)
def test_a_file_that_is_no_step_is_a_finding_and_no_traceback(content, code, tmp_path, capsys):
    path = tmp_path / "problem.yaml"
    if content is not None:
        path.write_bytes(content)
    assert main(["problem", "check", str(path)]) == 1
    out, err = capsys.readouterr()
    assert code in err and "Traceback" not in err and out == ""
    assert main(["problem", "check", str(path), "--json"]) == 1
    assert [item["code"] for item in json.loads(capsys.readouterr().out)] == [code]


def test_an_empty_file_is_a_step_that_says_nothing_yet(tmp_path, capsys):
    (tmp_path / "theory.yaml").write_text("", encoding="utf-8")
    main(["theory", "check", str(tmp_path / "theory.yaml"), "--json"])
    assert Findings.from_json(capsys.readouterr().out).codes() == Theory().check().codes()


@pytest.mark.parametrize("room", ROOMS)
def test_a_step_not_done_yet_names_the_notebook(room, tmp_path, capsys):
    empty = Portfolio.create(tmp_path / "p")
    assert main([room, "check", "--portfolio", str(empty.folder)]) == 1
    assert "portfolio.step-missing" in capsys.readouterr().err


@pytest.mark.parametrize("spoken", messages.LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_each_room_and_command_explains_itself_in_the_language_asked_for(room, spoken, capsys):
    assert main([room, "--help", "--lang", spoken]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert messages.text(f"planning.cli.{room}", lang=spoken) in shown
    for command in COMMANDS[room]:
        assert command in shown
        assert main([room, command, "--help", "--lang", spoken]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert messages.text(f"planning.cli.{command}", lang=spoken)[:60] in told


def test_every_finding_of_the_commands_has_been_seen():
    known = {key[:-5] for key in messages.catalogue("es") if key.startswith("planning.") and key.endswith(".mend")}
    tried = {"paper", "no-folder", "ending", "exists", "same-file", "file", "yaml", "not-written"}
    assert known == {f"planning.{name}" for name in tried}


def test_a_folder_in_the_place_of_the_file_is_said(portfolio, tmp_path, capsys):
    (tmp_path / "plan.csv").mkdir()
    assert main(["plan", "export", str(tmp_path / "plan.csv"), "--force"]) == 1
    assert "planning.not-written" in capsys.readouterr().err
