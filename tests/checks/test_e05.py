"""The questions of exercise e05: each says what is wrong, what was expected and where, and how much is right."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from kit import messages
from kit.checks import Status, e05
from kit.steps.cleaning.state import CATALOGUES

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "exercises" / "source" / "e05" / "predios.csv"
NOTEBOOK = ROOT / "exercises" / "es" / "e05" / "e05-cleaning.ipynb"
QUESTIONS = {question.function: question for question in (e05.reading, e05.uses, e05.numbers, e05.repeated)}


def raw() -> pd.DataFrame:
    return pd.read_csv(FILE, dtype=str, encoding="latin-1")


@pytest.fixture(scope="module")
def model() -> dict:
    """The model answers of the exercise, as functions."""
    names: dict = {"pd": pd, "USES": ["HABITACIONAL", "NO HABITACIONAL", "MIXTO", "SIN USO"]}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, names)  # the course's own code
    return names


def upper_only(use):
    return use.str.upper()


def whole_pesos(text):
    return e05.parse_numbers(text)[0].round()


def glued_cents(text):
    return pd.to_numeric(text.str.replace(r"[^0-9]", "", regex=True), errors="coerce")


def counted_with_blanks(table):
    counts = table["CVE_CAT_EST"].value_counts()
    return counts[counts > 1].sum(), (counts > 1).sum()


SPELLINGS = {"e05-use-lost", "e05-use-blanks", "e05-use-case", "e05-use-short"}

# question, answer, codes of the findings, share that is right
WRONG = [
    ("read_parcels", lambda file: pd.read_csv(file, encoding="latin-1"), {"e05-keys-as-numbers"}, 0.5),
    ("read_parcels", lambda file: pd.read_csv(file, dtype=str, encoding="cp850"), {"e05-letters"}, 0.5),
    ("read_parcels", lambda file: pd.read_csv(file, encoding="cp850"), {"e05-letters", "e05-keys-as-numbers"}, 0),
    ("read_parcels", lambda file: pd.read_csv(file, dtype=str, encoding="latin-1").head(10), {"e05-rows"}, 0),
    ("read_parcels", lambda file: pd.read_csv(file, sep=";", dtype=str, encoding="latin-1"), {"e05-no-columns"}, 0),
    ("read_parcels", lambda file: file, {"e05-no-table"}, 0),
    ("read_parcels", "predios.csv", {"no-function-at-all"}, 0),
    ("clean_use", lambda use: use, {"e05-use-blanks", "e05-use-case", "e05-use-short", "e05-use-unknown"}, 0),
    ("clean_use", upper_only, {"e05-use-blanks", "e05-use-short", "e05-use-unknown"}, 0.4),
    ("clean_use", lambda use: upper_only(use.str.strip()), {"e05-use-short", "e05-use-unknown"}, 0.6),
    ("clean_use", lambda use: use.str.lower(), {"e05-use-unknown", *SPELLINGS}, 0),
    ("clean_use", lambda use: use.map({}), SPELLINGS, 0),
    ("clean_use", lambda use: use.head(3), {"e05-no-column"}, 0),
    ("clean_use", lambda use: "MIXTO", {"e05-no-column"}, 0),
    ("to_number", lambda text: text, {"e05-still-text"}, 0),
    ("to_number", lambda text: pd.to_numeric(text, errors="coerce"), {"e05-number-unread"}, 0),
    ("to_number", lambda text: e05.parse_numbers(text)[0].fillna(0), {"e05-number-invented"}, 0.8),
    ("to_number", whole_pesos, {"e05-cents"}, 0),
    ("to_number", glued_cents, {"e05-cents", "e05-number-wrong"}, 0),
    ("to_number", lambda text: e05.parse_numbers(text)[0] * 2, {"e05-number-wrong"}, 0),
    ("repeated_keys", lambda table: (3, 7), {"e05-swapped"}, 0),
    ("repeated_keys", counted_with_blanks, {"e05-key-blanks"}, 0),
    ("repeated_keys", lambda table: (4, 3), {"e05-first-left-out"}, 0.5),
    ("repeated_keys", lambda table: (7, 58), {"e05-count"}, 0.5),
    ("repeated_keys", lambda table: 7, {"e05-not-two"}, 0),
    ("repeated_keys", lambda table: ("7", "3"), {"e05-not-two"}, 0),
]


@pytest.mark.parametrize("function", QUESTIONS)
def test_the_model_answer_is_right(function, model, lang):
    outcome = QUESTIONS[function].on(FILE).check_in(model)
    assert (outcome.status, outcome.share) == (Status.RIGHT, 1.0)


@pytest.mark.parametrize(("function", "answer", "codes", "share"), WRONG)
def test_a_wrong_answer_is_told_what_is_wrong_and_earns_its_share(function, answer, codes, share, lang):
    outcome = QUESTIONS[function].on(FILE).check(answer)
    assert outcome.status is Status.WRONG
    assert outcome.findings.codes() == {f"checks.{code}" for code in codes}
    assert outcome.share == pytest.approx(share)
    shown = repr(outcome) + outcome._repr_html_()
    assert all(finding.sentence("mend") in shown for finding in outcome.findings)


@pytest.mark.parametrize("function", QUESTIONS)
def test_an_error_in_the_answer_is_the_learners_and_earns_nothing(function, lang):
    def answer(given):
        raise KeyError("USO")

    outcome = QUESTIONS[function].on(FILE).check(answer)
    assert (outcome.status, outcome.share) == (Status.ERROR, 0.0)
    assert "KeyError: 'USO'" in repr(outcome)
    assert messages.text("checks.exception.KeyError") in repr(outcome)


def not_implemented(given):
    raise NotImplementedError()


@pytest.mark.parametrize("function", QUESTIONS)
@pytest.mark.parametrize("stub", [lambda given: None, lambda given: (None, None), not_implemented, None])
def test_a_stub_is_not_attempted(function, stub, lang):
    outcome = QUESTIONS[function].on(FILE).check(stub)
    assert (outcome.status, outcome.share) == (Status.NOT_ATTEMPTED, 0.0)


@pytest.mark.parametrize("function", QUESTIONS)
def test_a_function_that_never_came_to_be_is_not_attempted_and_named(function, lang):
    outcome = QUESTIONS[function].on(FILE).check_in({})
    assert outcome.status is Status.NOT_ATTEMPTED
    assert function in repr(outcome)


@pytest.mark.parametrize("function", QUESTIONS)
def test_each_question_has_three_hints(function, lang):
    question = QUESTIONS[function].on(FILE)
    hints = [question.hint() for _ in range(4)]
    assert len(set(hints)) == 3
    assert hints[2] == hints[3]


def test_a_finding_names_the_file_the_column_and_the_rows():
    findings = e05.numbers.on(FILE).check(lambda text: e05.parse_numbers(text)[0].fillna(0)).findings
    places = {(f.place.file, f.place.column): f.place.rows for f in findings}
    rows = {
        column: raw()[column].isin(["s/d", "-"]) | raw()[column].isna() for column in ("SUP_TERRENO", "VALOR_CATASTRAL")
    }
    assert places == {("predios.csv", name): tuple(np.flatnonzero(where) + 2) for name, where in rows.items()}


def test_the_same_question_on_other_material_finds_out_a_counted_answer():
    answer = lambda table: (7, 3)  # noqa: E731
    assert e05.repeated.on(FILE).check(answer).status is Status.RIGHT
    other = pd.DataFrame({"CVE_CAT_EST": ["a", "b", "a ", "c", "b"]})
    outcome = e05.repeated.on(other).check(answer)
    assert (outcome.status, outcome.share) == (Status.WRONG, 0.0)
    assert e05.repeated.on(other).check(lambda table: (4, 2)).status is Status.RIGHT


def test_an_outcome_on_hidden_material_shows_nothing_of_it(lang):
    other = pd.DataFrame({"USO": ["Mixto", "secreto"]})
    wrong = e05.uses.on(other).check(lambda use: use).without_findings()
    error = e05.uses.on(other).check(lambda use: use.map({"Mixto": 1}.__getitem__)).without_findings()
    assert (wrong.status, error.status) == (Status.WRONG, Status.ERROR)
    assert messages.text("checks.hidden-material") in repr(wrong)
    assert "KeyError" in repr(error)
    assert not re.search("secreto|Mixto", repr(wrong) + repr(error) + wrong._repr_html_())


def test_missing_values_of_any_kind_and_lists_are_taken_for_a_column():
    use = pd.DataFrame({"USO": ["mixto", "-", None]})
    for missing in (None, np.nan, pd.NA):
        assert e05.uses.on(use).check(lambda given, m=missing: ["MIXTO", m, m]).status is Status.RIGHT
        assert e05.uses.on(use).check(lambda given, m=missing: pd.Series(["MIXTO", m, m])).status is Status.RIGHT


def test_the_learners_function_cannot_change_the_material():
    table = raw()

    def answer(given):
        given["CVE_CAT_EST"] = "x"
        return 58, 1

    assert e05.repeated.on(table).check(answer).status is Status.WRONG
    assert table.equals(raw())


def test_a_file_that_is_not_there_is_said(lang):
    outcome = e05.uses.on("no-such.csv").check(lambda use: use)
    assert outcome.findings.codes() == {"checks.file-missing"}


def test_the_exercises_file_has_the_dirt_that_the_trainers_note_counts():
    table = raw()
    assert len(table) == 58
    keys = table["CVE_CAT_EST"]
    assert e05._repeated(keys.str.strip()) == (7, 3)
    assert e05._repeated(keys) == (4, 2)
    pair = table.iloc[[4, 9]]
    assert set(pair["CVE_CAT_EST"]) == {"9900000106000100500200011000000"}
    assert list(pair["CVE_CAT_ORI"]) == ["005-0002-000011", "005-0003-000005"]
    money, area = table["VALOR_CATASTRAL"], table["SUP_TERRENO"]
    assert money.str.contains("$", regex=False).sum() == 8
    assert money.str.contains("^[0-9,]*,", na=False).sum() == 5
    assert area.str.contains("m2$", case=False).sum() == 5
    assert [e05.parse_numbers(column)[0].isna().sum() for column in (money, area)] == [3, 1]


def test_the_exercises_catalogue_of_uses_agrees_with_step_05():
    known = CATALOGUES["USO"]
    for use, spellings in e05._facts()["uses"].items():
        taken = {*known[use]["certain"], *known[use]["probable"]}
        assert {re.sub(r"\W+", " ", spelling) for spelling in spellings} <= taken, use
