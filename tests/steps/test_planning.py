"""What the form-like steps 00, 01 and 02 share: half-filled files, hostile texts, findings beside fields."""

from __future__ import annotations

import datetime as dt
import re
import types
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.problem import Problem
from kit.steps.readiness import Readiness
from kit.steps.theory import Theory

MODELS = {"readiness": Readiness, "problem": Problem, "theory": Theory}
AWKWARD = [
    "<script>alert(1)</script> & \"comillas\" 'simples' ]]> <!-- -->",
    "</text></svg><svg onload=alert(1)>",
    "a" * 5000,
    "palabra " * 700,
    "😀👩‍👩‍👧‍👦🇲🇽",
    "שלום עולם مرحبا",
    "uno\ndos\r\ntres\ttabulado\u2028cuatro\x85cinco",
    "controles \x00\x01\x08\x1b\x7f\ufffe",
    "{llaves} %s {0} {{x}}",
    "#panic() $x$ *typst* @ref",
    "- [ ] yaml: 'no', \"sí\" # nada",
    "e\u0301" * 200,
]


@pytest.mark.parametrize(("step", "theme"), [(s, t) for s in MODELS for t in THEMES])
def test_the_worked_cases_fit_their_models_and_have_nothing_to_mend(step, theme, lang):
    assert MODELS[step].of(example(step, lang, theme)).check().lines() == []


@pytest.mark.parametrize("step", MODELS)
def test_a_step_is_saved_with_its_findings_and_comes_back(step, tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    model = MODELS[step].of(example(step, "es"))
    assert model.save(portfolio) == model.check()
    assert MODELS[step].from_portfolio(portfolio) == model
    assert portfolio.steps_done() == [model.step]


# -- any degree of filling ---------------------------------------------------------------------------------------------

_text = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(AWKWARD[:2]))


def _filled(annotation: Any) -> st.SearchStrategy[Any]:
    """What somebody may have written in a field of a type."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {name: _filled(field.annotation) for name, field in annotation.model_fields.items()}
        return st.fixed_dictionaries({}, optional=fields)
    if origin is list:
        return st.lists(_filled(inside[0]), max_size=3)
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (Union, types.UnionType):
        return st.one_of(st.none(), *(_filled(part) for part in inside if part is not type(None)))
    return {
        str: _text,
        float: st.floats(allow_nan=False, allow_infinity=False),
        int: st.integers(0, 9),
        dt.date: st.dates(),
    }[annotation]


@pytest.mark.parametrize("step", MODELS)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_saved_loads_again_at_any_degree_of_filling(step, data, tmp_path):
    model = MODELS[step].of(data.draw(_filled(MODELS[step])))
    found = model.check()
    folder = tmp_path / "p"
    portfolio = Portfolio.open(folder) if folder.exists() else Portfolio.create(folder)
    portfolio.write_yaml(model.file, model.to_data(), step=model.step)
    again = MODELS[step].from_portfolio(portfolio)
    assert again.to_data() == model.to_data()
    assert again.check() == found
    for finding in found:
        assert _holds(model, finding.place.field), finding
        assert all(finding.line(lang) for lang in messages.LANGUAGES)


def _holds(model: Any, path: str) -> bool:
    """Whether the model has the field, or the position in a list, that a path names."""
    *way, last = path.split(".")
    for part in way:
        if model is None:
            return True  # of an official or a measure that is not there yet
        model = model[int(part)] if part.isdigit() else getattr(model, part)
    return model is None or (int(last) < len(model) if last.isdigit() else last in type(model).model_fields)


@pytest.mark.parametrize("step", MODELS)
def test_a_blank_form_loads_and_says_what_is_missing(step, lang):
    found = MODELS[step]().check()
    assert found and all(finding.place.field and finding.place.item for finding in found)


@pytest.mark.parametrize(
    ("lang", "keys"),
    [
        (
            "es",
            {"affected", "whys", "statement", "leads_to", "holder", "evidence", "scope", "council", "branches", "test"},
        ),
        ("en", {"leads_to", "council_session", "entry_point", "baseline_date"}),
    ],
)
def test_a_sentence_names_a_key_only_in_brackets_after_its_label(lang, keys):
    shown = {
        (key, word)
        for key, forms in messages.catalogue(lang).items()
        if key.startswith(("readiness.", "problem.", "theory.")) and key.endswith((".found", ".expected", ".mend"))
        for word in re.findall(r"\b[a-z_]+\b", re.sub(r"\([^)]*\)|\{[^}]*\}", "", " ".join(forms)))
    }
    assert not {(key, word) for key, word in shown if word in keys}


def test_a_file_written_by_hand_may_leave_values_blank_and_texts_without_quotes(tmp_path):
    portfolio = Portfolio.create(tmp_path / "p")
    portfolio.path("problem.yaml").write_text(
        "statement:\naffected: vecinos\nscope: 2014\nwhys:\n  - uno\n  -\n  - 3\n"
        "measure:\n  name: Días\n  baseline: 23\n  date: 2014-12-31\nbranches:\n  - [x, y]\n",
        encoding="utf-8",
    )
    problem = Problem.from_portfolio(portfolio)
    assert (problem.affected, problem.scope, problem.whys) == (["vecinos"], "2014", ["uno", "3"])
    assert problem.measure.date == "2014-12-31"
    assert problem.branches[0].whys == ["x", "y"]


def test_what_does_not_fit_a_field_is_said_beside_it_by_its_label(lang):
    _, found = Theory.read({"indicators": [{"name": "x", "target": "mucho", "metta": 1}], "date": "pronto"})
    assert {(f.code, f.place.field) for f in found} == {
        ("models.wrong-type", "indicators.0.target"),
        ("models.unknown-field", "indicators.0.metta"),
        ("models.wrong-type", "date"),
    }
    assert {f.place.item for f in found.of("models.wrong-type")} == {
        Theory.label("indicators.0.target"),
        Theory.label("date"),
    }


# -- hostile texts -----------------------------------------------------------------------------------------------------


def _everywhere(model: type[BaseModel], text: str) -> dict[str, Any]:
    """Data with one text in each field that takes one."""

    def put(annotation: Any) -> Any:
        origin, inside = get_origin(annotation), get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return {name: put(field.annotation) for name, field in annotation.model_fields.items()}
        if origin is list:
            return [put(inside[0])] * 2
        if origin is Literal:
            return inside[-1]
        if origin in (Union, types.UnionType):
            return put(next(part for part in inside if part is not type(None)))
        return {str: text, float: 1.5, int: 1, dt.date: dt.date(2020, 1, 1)}[annotation]

    return put(model)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
@pytest.mark.parametrize("step", MODELS)
def test_awkward_texts_in_every_field_stay_text(step, text, tmp_path):
    model = MODELS[step].of(_everywhere(MODELS[step], text))
    drawing = model.drawing() if step != "readiness" else ""
    if drawing:
        tree = ET.fromstring(drawing)
        assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= {
            *("svg", "title", "desc", "rect", "path", "text", "tspan", "circle"),
        }
    seen = _Tags()
    seen.feed(model._repr_html_())
    assert not seen.tags & {"script", "img", "iframe"} and not any(a.startswith("on") for a in seen.attributes)
    portfolio = Portfolio.create(tmp_path / "p")
    assert model.save(portfolio).lines()
    assert MODELS[step].from_portfolio(portfolio).to_data() == model.to_data()


@pytest.mark.parametrize("text", AWKWARD[:2])
def test_awkward_texts_in_the_radar_are_drawn(text, tmp_path):
    Readiness.of(_everywhere(Readiness, text)).picture().savefig(tmp_path / "radar.png")
    assert (tmp_path / "radar.png").exists()
