"""The questions of lessons 03 and 04 have the answers that their lessons show."""

from __future__ import annotations

import pytest

from kit.checks.core import Status
from kit.checks.inventory import closed_resources, firm_place
from kit.steps.examples import THEMES
from kit.steps.inventory import Inventory, city, example
from kit.steps.plan import Plan
from kit.steps.plan import example as plan_example


@pytest.fixture(scope="module")
def whole() -> Inventory:
    return city()


@pytest.mark.parametrize("theme", THEMES)
def test_a_dataset_that_the_paragraph_calls_firm_is_right_and_the_last_one_is_not(whole, theme):
    plan = Plan.from_inventory(whole, **plan_example(theme))
    table = plan.sensitivity(lang="es")
    firm = [str(name) for name, share in zip(table.iloc[:, 1], table.iloc[:, 2], strict=True) if share >= 95]
    assert firm and all(name in plan.firmness(lang="es") for name in firm)
    question = firm_place(plan)
    assert all(question.check(name).status is Status.RIGHT for name in firm)
    assert question.check(str(table.iloc[-1, 1])).status is not Status.RIGHT


def test_the_drafts_resources_that_are_not_public_are_counted_from_its_rows():
    inventory, _ = Inventory.read(example(draft=True))
    closed = sum(words in ("Privado", "Restringido", "No público") for words in inventory.column("access"))
    question = closed_resources(inventory)
    assert question.check(closed).status is Status.RIGHT and question.check(closed + 1).status is not Status.RIGHT
