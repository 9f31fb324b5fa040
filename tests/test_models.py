"""Models: data of any shape becomes a model or findings that name the field."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pytest
from pydantic import Field

from kit.findings import KitError
from kit.models import LooseDate, Model, Texts
from kit.portfolio import Portfolio


class Part(Model):
    unit: str
    target: float | None = Field(default=None, ge=0)


class Form(Model):
    title: str
    kind: Literal["a", "b"] = "a"
    parts: list[Part] = []
    due: dt.date | None = None


@pytest.mark.parametrize(
    ("data", "code", "item"),
    [
        ({}, "models.missing", "title"),
        ({"title": "x", "kind": "c"}, "models.not-in-list", "kind"),
        ({"title": "x", "parts": [{"unit": "m", "target": -1}]}, "models.out-of-range", "parts.0.target"),
        ({"title": "x", "parts": [{"unit": "m", "target": "mucho"}]}, "models.wrong-type", "parts.0.target"),
        ({"title": "x", "due": "26/10/2015"}, "models.wrong-type", "due"),
        ({"title": ["x"]}, "models.wrong-type", "title"),
        ({"title": True}, "models.wrong-type", "title"),
        ({"title": "x", "parts": [{"unit": "m", "target": float("nan")}]}, "models.wrong-type", "parts.0.target"),
        ({"title": "x", "titel": "y"}, "models.unknown-field", "titel"),
    ],
)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_what_does_not_fit_is_a_finding_that_names_the_field(data, code, item, lang):
    model, findings = Form.read(data, file="form.yaml")
    assert model is None
    (finding,) = findings
    assert (finding.code, finding.place.file, finding.place.item) == (code, "form.yaml", item)
    assert finding.line(lang)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_form_says_so(data):
    model, findings = Form.read(data)
    assert model is None and findings.codes() == {"models.not-a-form"}


def test_a_model_goes_to_the_portfolio_and_comes_back(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    form = Form.of(title=" Trámites ", parts=[{"unit": "días", "target": 5}], due=dt.date(2016, 12, 31))
    portfolio.write_yaml("problem.yaml", form.to_data(), step="01")
    assert Form.load(portfolio, "problem.yaml") == form
    assert form.title == "Trámites"


def test_a_date_written_by_hand_in_yaml_is_a_date(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    portfolio.path("problem.yaml").write_text("title: x\ndue: 2016-12-31\n", encoding="utf-8")
    assert Form.load(portfolio, "problem.yaml").due == dt.date(2016, 12, 31)


def test_all_faults_are_told_at_once():
    with pytest.raises(KitError) as caught:
        Form.of({"kind": "z", "parts": [{}]})
    assert {f.place.item for f in caught.value.findings} == {"title", "kind", "parts.0.unit"}


def test_a_figure_is_taken_for_the_text_that_it_is_and_a_blank_value_for_none(tmp_path):
    form = Form.of(title=2014, kind=None, parts=[None, {"unit": 3, "target": None}])
    assert (form.title, form.kind, form.parts) == ("2014", "a", [Part(unit="3")])


def test_a_text_alone_is_a_list_of_one_and_a_date_a_text():
    class Loose(Model):
        names: Texts = []
        when: LooseDate = ""

    assert Loose.of(names="Ana", when=dt.date(2014, 12, 31)) == Loose(names=["Ana"], when="2014-12-31")
    assert Loose.of(names=" ", when=2014) == Loose(names=[], when="2014")


def test_signs_that_no_file_can_hold_are_dropped_and_line_breaks_are_of_one_kind():
    pasted = "\ufeffuno\r\ndos\x0btres\u2028cuatro\x85cinco\x00\x1b\ud800 "
    assert Form.of(title=pasted).title == "uno\ndos\ntres\ncuatro\ncinco"
    form = Form(title="x")
    form.title = pasted.replace("\ud800", "")
    assert form.to_data()["title"] == "uno\ndos\ntres\ncuatro\ncinco"
