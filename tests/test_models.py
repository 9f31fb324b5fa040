"""Models: data of any shape becomes a model or findings that name the field."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pytest
from pydantic import Field

from kit.findings import KitError
from kit.models import Model
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
        ({"title": 3}, "models.wrong-type", "title"),
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
