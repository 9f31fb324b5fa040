"""Step 09: each rule fails where it should and only there, progress is drawn and told, reports get their reply."""

from __future__ import annotations

import copy
import datetime as dt
import re

import pytest

from kit import messages
from kit.portfolio import Portfolio
from kit.steps.examples import THEMES, example
from kit.steps.impact import REPLIES, STORY, FollowUp, Impact, Report, Reuse, Story, reply
from kit.steps.impact.progress import rows
from kit.steps.readiness import Person, Readiness
from kit.steps.theory import Theory

TODAY = dt.date(2016, 6, 20)  # the day of the worked case


@pytest.fixture
def portfolio(tmp_path):
    return Portfolio.create(tmp_path / "p", title="Valle Abierto")


@pytest.fixture
def theory():
    return Theory.of(example("theory", "es"))


def changed(data, path, value):
    """``data`` with ``value`` at a dotted path; the value `...` takes the field out."""
    data = copy.deepcopy(data)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = data
    for part in way:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return data


def made(*changes):
    """The worked case of the cadastre with fields changed."""
    data = changed(example("impact", "es"), "date", TODAY)
    for path, value in changes:
        data = changed(data, path, value)
    return Impact.of(data)


# -- rules ------------------------------------------------------------------------------------------------------------

FAULTS = [  # what is changed, the code, the field beside which the form shows it
    ([("story", ...)], "impact.no-story", "story"),
    ([("story", {"title": ""})], "impact.no-story", "story"),
    ([("story.title", "")], "impact.story-untitled", "story.title"),
    ([("story.results", "")], "impact.story-incomplete", "story.results"),
    ([("story.background", "")], "impact.story-incomplete", "story.background"),
    ([("story.results", "La constancia sale mucho antes.")], "impact.story-without-figure", "story.results"),
    ([("reuses", [])], "impact.no-reuse", "reuses"),
    ([("reuses.0.who", "")], "impact.reuse-incomplete", "reuses.0.who"),
    ([("reuses.1.what", "")], "impact.reuse-incomplete", "reuses.1.what"),
    ([("reuses.0.url", "www.periodico.mx/nota")], "impact.reuse-link", "reuses.0.url"),
    ([("reuses.0.url", "javascript:alert(1)")], "impact.reuse-link", "reuses.0.url"),
    ([("reuses.0.date", ...), ("reuses.0.url", "")], "impact.reuse-unproven", "reuses.0.url"),
    ([("reuses", [{"who": "Ingresos", "what": "x", "kind": "institution"}])], "impact.only-inside", "reuses"),
    ([("reuses", [{"who": "Sofía", "what": "Mapa"}])], "impact.no-outcome", "reuses.0.outcome"),
    ([("reports.0.what", "")], "impact.report-incomplete", "reports.0.what"),
    ([("reports.0.received", ...)], "impact.report-incomplete", "reports.0.received"),
    ([("reports.0.received", dt.date(2016, 6, 21))], "impact.report-future", "reports.0.received"),
    ([("reports.0.status", ...)], "impact.report-open", "reports.0.status"),
    ([("reports.0.status", "received")], "impact.report-open", "reports.0.status"),
    (
        [("reports.0.received", dt.date(2016, 5, 21)), ("reports.0.answer", "")],
        "impact.unanswered",
        "reports.0.answer",
    ),
    (
        [("reports.0.received", dt.date(2016, 5, 20)), ("reports.0.answer", "")],
        "impact.answer-overdue",
        "reports.0.answer",
    ),
    ([("reports.0.answered", ...)], "impact.answer-undated", "reports.0.answered"),
    ([("reports.0.answered", dt.date(2015, 11, 2))], "impact.answer-before", "reports.0.answered"),
    ([("reports.0.answered", dt.date(2015, 12, 4))], "impact.late-answer", "reports.0.answered"),
    ([("follow_ups.1.indicator", "")], "impact.follow-up-incomplete", "follow_ups.1.indicator"),
    ([("follow_ups.1.date", ...)], "impact.follow-up-incomplete", "follow_ups.1.date"),
    ([("follow_ups.1.value", ...)], "impact.follow-up-incomplete", "follow_ups.1.value"),
    ([("follow_ups.1.date", dt.date(2016, 6, 21))], "impact.follow-up-future", "follow_ups.1.date"),
    ([("follow_ups.1.date", dt.date(2015, 12, 15))], "impact.two-values", "follow_ups.1.value"),
    ([("follow_ups.2.source", "")], "impact.no-source", "follow_ups.2.source"),
]

FINE = [
    ([("reports.0.answered", dt.date(2015, 12, 3))], "impact.late-answer"),  # the thirtieth day
    ([("reports.0.received", dt.date(2016, 5, 21)), ("reports.0.answer", "")], "impact.answer-overdue"),
    ([("reports.0.status", "not_corrected")], "impact.report-open"),
    ([("reuses.0.url", "https://periodico.mx/nota?id=1"), ("reuses.0.date", ...)], "impact.reuse-unproven"),
    ([("reuses.0.url", "HTTP://periodico.mx")], "impact.reuse-link"),
    ([("reuses.0.kind", "institution"), ("reuses.1.kind", "government")], "impact.only-inside"),
    ([("story.results", "Bajó de 23 a 8.")], "impact.story-without-figure"),
    ([("follow_ups.1.date", dt.date(2015, 12, 15)), ("follow_ups.1.value", 12)], "impact.two-values"),
    ([("follow_ups.1.value", 0)], "impact.follow-up-incomplete"),
    ([("follow_ups.1.date", TODAY)], "impact.follow-up-future"),
]

AGAINST = [  # what is changed in the impact, in the theory, the code, the field
    ([("follow_ups.0.indicator", "Otra cosa")], [], "impact.unknown-indicator", "follow_ups.0.indicator"),
    ([("follow_ups.0.unit", "semanas")], [], "impact.unit", "follow_ups.0.unit"),
    ([("follow_ups.3", ...)], [], "impact.not-followed", "follow_ups"),
    ([], [("indicators.0.baseline", ...)], "impact.no-baseline", "follow_ups.1.value"),
    ([], [("indicators.0.target", ...)], "impact.no-baseline", "follow_ups.1.value"),
    ([("date", dt.date(2016, 7, 1))], [], "impact.overdue", "follow_ups.2.value"),
    (
        [("date", dt.date(2016, 7, 1)), ("follow_ups.2.date", dt.date(2016, 7, 1))],
        [],
        "impact.target-missed",
        "follow_ups.2.value",
    ),
    ([("follow_ups.1.value", 24)], [], "impact.wrong-way", "follow_ups.1.value"),
    ([("follow_ups.3.value", 50)], [], "impact.wrong-way", "follow_ups.3.value"),
    ([("follow_ups.1.value", 4)], [], "impact.beyond-target", "follow_ups.1.value"),
    ([("follow_ups.3.value", 66)], [], "impact.beyond-target", "follow_ups.3.value"),
    ([("story.results", "La constancia tarda 9 días hábiles.")], [], "impact.story-contradicts", "story.results"),
    ([("story.results", "Las claves con error bajaron a 2.2 %.")], [], "impact.story-contradicts", "story.results"),
]

AGREES = [
    ([("follow_ups.0.unit", "DÍAS HÁBILES")], [], "impact.unit"),
    ([("date", dt.date(2016, 6, 30))], [], "impact.overdue"),  # the day of the target itself
    ([("follow_ups.1.value", 5)], [], "impact.beyond-target"),
    (
        [("follow_ups.1.value", 5), ("date", dt.date(2017, 3, 1))],
        [("indicators.1", ...), ("indicators.1", ...)],
        "impact.overdue",
    ),
    ([("follow_ups.1.value", 23)], [], "impact.wrong-way"),  # no change is not worse
    (
        [("story.results", "Bajó 15 días hábiles, de 23 a 8 días hábiles, y 12.5% a 2.1%.")],
        [],
        "impact.story-contradicts",
    ),
    ([("story.results", "Se atendió a 1,900 personas en 3 días.")], [], "impact.story-contradicts"),
    ([], [("indicators.0.name", "")], "impact.no-baseline"),
]


@pytest.mark.parametrize("theme", THEMES)
def test_the_worked_cases_have_nothing_to_mend(theme, lang):
    impact, theory = Impact.of(example("impact", theme=theme)), Theory.of(example("theory", theme=theme))
    assert (impact.check() + impact.check_against(theory)).lines() == []


@pytest.mark.parametrize(("changes", "code", "field"), FAULTS, ids=[f"{f[1]}-{n}" for n, f in enumerate(FAULTS)])
def test_each_rule_finds_its_fault_beside_its_field_and_says_it_in_both_languages(changes, code, field):
    found = made(*changes).check()
    assert field in [finding.place.field for finding in found.of(code)]
    assert all(finding.line(lang) for finding in found for lang in messages.LANGUAGES)


@pytest.mark.parametrize(("changes", "code"), FINE, ids=[f"{f[1]}-{n}" for n, f in enumerate(FINE)])
def test_no_rule_invents_a_fault(changes, code):
    assert code not in made(*changes).check().codes()


@pytest.mark.parametrize(
    ("changes", "theirs", "code", "field"), AGAINST, ids=[f"{f[2]}-{n}" for n, f in enumerate(AGAINST)]
)
def test_each_rule_against_the_theory_finds_its_fault(changes, theirs, code, field, theory):
    found = made(*changes).check_against(_theory(theirs))
    assert field in [finding.place.field for finding in found.of(code)]
    assert all(finding.line(lang) for finding in found for lang in messages.LANGUAGES)


@pytest.mark.parametrize(("changes", "theirs", "code"), AGREES, ids=[f"{f[2]}-{n}" for n, f in enumerate(AGREES)])
def test_what_agrees_with_the_theory_is_no_finding(changes, theirs, code):
    assert code not in made(*changes).check_against(_theory(theirs)).codes()


def _theory(changes):
    data = changed(example("theory", "es"), "indicators.1.date", dt.date(2016, 6, 30))
    for path, value in changes:
        data = changed(data, path, value)
    return Theory.of(data)


def test_every_rule_of_the_catalogue_has_a_failing_example():
    raised = {f[1] for f in FAULTS} | {f[2] for f in AGAINST} | {"impact.no-theory"}
    known = {key[:-5] for key in messages.catalogue("es") if key.startswith("impact.") and key.endswith(".mend")}
    assert known == raised


def test_every_finding_names_a_field_that_the_model_has_and_no_english_key():
    empty = Impact(follow_ups=[FollowUp()], reuses=[Reuse(url="x")], reports=[Report()], story=Story(title="x"))
    for finding in empty.check():
        here = empty
        for part in finding.place.field.split("."):
            here = here[int(part)] if part.isdigit() else getattr(here, part)
        assert finding.place.item not in Impact.model_fields


# -- half-filled and earlier files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"follow_ups": [{}], "reuses": [{}], "reports": [{}], "story": {}},
        {"follow_ups": [{"indicator": "x"}], "reports": [{"what": "y"}], "story": {"results": "z"}},
    ],
)
def test_whatever_is_half_filled_is_saved_and_loads_again(data, portfolio):
    impact = Impact.of(data)
    assert impact.save(portfolio)
    again = Impact.from_portfolio(portfolio)
    assert len(again.follow_ups) == len(impact.follow_ups) and len(again.reports) == len(impact.reports)
    assert again.save(portfolio)


def test_a_file_of_the_first_version_still_loads(portfolio):
    old = {
        "follow_ups": [{"indicator": "Días", "date": "2016-06-15", "value": 8, "source": "Libro"}],
        "reuses": [{"who": "Sofía", "kind": "society", "what": "Mapa", "date": "2015-11-20"}],
        "reports": [{"received": "2015-11-03", "what": "x", "answer": "Corregida.", "answered": "2015-11-18"}],
        "story": {"title": "t", "background": "b", "challenges": "c", "solution": "s", "results": "23 a 8"},
    }
    portfolio.write_yaml(Impact.file, old, step="09")
    impact = Impact.from_portfolio(portfolio)
    assert impact.reports[0].status is None and impact.reuses[0].outcome == ""
    assert impact.check(today=TODAY).errors.codes() == set()


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_the_share_of_the_way_whether_lower_or_higher_is_better(theory):
    shares = {indicator.name: share for indicator, _, share in made().progress(theory)}
    assert shares["Días para obtener la constancia"] == pytest.approx(15 / 18)
    assert shares["Predial cobrado"] == pytest.approx(4 / 11)


@pytest.mark.parametrize(
    ("value", "state"),
    [(23, "still"), (24, "back"), (8, "moving"), (5, "reached"), (4, "beyond")],
)
def test_an_indicator_says_where_it_stands(value, state, theory):
    row = rows(made(("follow_ups.1.value", value)), theory)[0]
    assert row.state == state
    assert messages.text(f"impact.state.{state}") in made(("follow_ups.1.value", value)).progress_table(theory)


def test_the_latest_value_is_the_one_of_the_latest_day_in_whatever_order(theory):
    data = example("impact", "es")
    data["follow_ups"].reverse()
    assert rows(Impact.of(data), theory)[0].latest.value == 8


def test_values_without_a_day_or_a_number_do_not_count(theory):
    impact = made(("follow_ups.1.date", ...), ("follow_ups.2.value", ...))
    assert rows(impact, theory)[0].latest.value == 12 and rows(impact, theory)[1].latest is None


def test_the_picture_has_a_chart_per_indicator_with_its_lines_and_the_same_in_words(theory, tmp_path, lang):
    impact = made(("follow_ups.3", ...))
    picture = impact.picture(theory)
    assert [axes.get_ylabel() for axes in picture.axes] == ["días hábiles", "%", "%"]
    days = picture.axes[0].lines
    assert [line.get_ydata()[0] for line in days[:2]] == [23, 5] and list(days[-1].get_ydata()) == [12, 8]
    assert messages.text("impact.state.none") in [text.get_text() for text in picture.axes[2].texts]
    words = impact.describe(theory)
    assert all(indicator.name in words for indicator in theory.indicators) and "2016-06-15" in words
    picture.savefig(tmp_path / "p.png")
    assert (tmp_path / "p.png").stat().st_size > 5000


def test_a_picture_of_no_indicators_is_empty_and_not_an_error(lang):
    assert made().picture(Theory.of({})).axes == [] and made().describe(Theory.of({}))


# -- story and replies ------------------------------------------------------------------------------------------------


def test_the_story_is_a_page_in_the_official_order_and_nothing_in_it_is_markup(portfolio, lang):
    Theory.of(example("theory", lang)).save(portfolio)
    data = changed(example("impact", lang), "story.results", "<img src=x onerror=alert(1)> 8")
    data = changed(data, "reuses.0.url", "javascript:alert(2)")
    Impact.of(data).save(portfolio)
    page = portfolio.read_text(STORY)
    parts = [messages.text(f"impact.story.{n}") for n in ("background", "challenges", "solution", "results")]
    assert [page.index(f"<h2>{part}") for part in parts] == sorted(page.index(f"<h2>{part}") for part in parts)
    assert "<img src=x" not in page and "javascript:" not in page and f'<html lang="{lang}">' in page
    alt = re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]+)">', page)[1]
    assert "2016-06-15" in alt


def test_saving_twice_changes_no_byte(portfolio):
    Theory.of(example("theory", "es")).save(portfolio)
    made().save(portfolio)
    first = {name: portfolio.read_bytes(name) for name in (Impact.file, STORY, REPLIES)}
    made().save(portfolio)
    assert {name: portfolio.read_bytes(name) for name in first} == first


def test_impact_before_the_theory_is_saved_and_names_the_step_to_do(portfolio):
    found = made().save(portfolio)
    assert found.codes() == {"impact.no-theory"} and "02-theory" in found.lines()[0]
    assert portfolio.steps_done() == ["09"]


def test_a_theory_that_cannot_be_read_is_a_finding_and_the_impact_is_saved(portfolio):
    portfolio.write_text(Theory.file, "a: [", step="02")
    assert "portfolio.yaml" in made().save(portfolio).codes()
    assert Impact.from_portfolio(portfolio) == made()


OFFICIAL = Person(name="Julián Ku", position="Director", email="julian@valleabierto.example")


def draft(lang="es", **fields):
    report = Report.of({"received": "2015-11-03", "what": "La clave aparece dos veces.", **fields})
    return reply(report, "Valle Abierto", OFFICIAL, today=dt.date(2015, 11, 10), lang=lang)


def test_the_reply_to_a_report_not_yet_answered_says_by_when(lang):
    body = draft(lang).body
    assert {"es": "3 de diciembre de 2015", "en": "December 3, 2015"}[lang] in body
    assert "La clave aparece dos veces" in body and "Julián Ku\nDirector\njulian@valleabierto.example" in body


@pytest.mark.parametrize(
    ("status", "es", "en"),
    [
        ("corrected", "ya está corregido. Era un duplicado.", "corrected now. Era un duplicado."),
        ("not_corrected", "por este motivo: Era un duplicado.", "for this reason: Era un duplicado."),
        (None, "encontramos: Era un duplicado.", "found: Era un duplicado."),
    ],
)
def test_the_reply_says_what_was_done_and_why(status, es, en):
    assert es in draft("es", status=status, answer="Era un duplicado.", answered="2015-11-18").body
    assert en in draft("en", status=status, answer="Era un duplicado.", answered="2015-11-18").body


def test_a_refusal_without_its_reason_leaves_room_for_it(lang):
    assert messages.text("impact.reply.blank-reason") in draft(lang, status="not_corrected").body


def test_a_late_reply_asks_to_be_excused_and_one_in_time_does_not(lang):
    late = draft(lang, status="corrected", answer="x", answered="2015-12-10")
    assert messages.text("impact.reply.sorry", days=30, n=37) in late.body
    in_time = draft(lang, status="corrected", answer="x", answered="2015-12-03")
    assert len(in_time.body.split("\n\n")) == len(late.body.split("\n\n")) - 1


def test_a_reply_to_an_empty_report_can_still_be_made(lang):
    assert reply(Report(), "", lang=lang).body and reply(Report(answer="x"), "", lang=lang).subject


def test_the_replies_are_saved_in_both_languages_signed_by_the_administrator(portfolio):
    Readiness.of(example("readiness", "es")).save(portfolio)
    made().save(portfolio)
    text = portfolio.read_text(REPLIES)
    assert "Buen día:" in text and "Good day," in text and text.count("Julián Ku") == 2


def test_replies_show_themselves_without_markup_of_others():
    shown = draft("es", answer="<script>", status="corrected")._repr_html_()
    assert "<script>" not in shown and 'lang="es"' in shown
