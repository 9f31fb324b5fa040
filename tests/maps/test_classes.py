"""Classes: which values share a colour, and that none is told by colour alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kit.maps.classes import PALETTE, classify


def test_a_use_keeps_its_colour_whatever_else_is_on_the_map() -> None:
    every = classify(pd.Series(["HABITACIONAL", "MIXTO", "SIN USO", "NO HABITACIONAL"], name="USO"), "es")
    few = classify(pd.Series(["MIXTO", "SIN USO", "SIN USO"], name="USO"), "es")
    colour = {one.label: one.colour for one in every.classes}
    assert all(one.colour == colour[one.label] for one in few.classes)


def test_no_two_categories_share_colour_or_pattern() -> None:
    styles = PALETTE["categories"]
    assert len({style["colour"] for style in styles}) == len({style["pattern"] for style in styles}) == len(styles)


def test_more_values_than_styles_share_a_last_class() -> None:
    made = classify(pd.Series(list("aaabbccddeeffgghhi"), name="x"), "en")
    assert [one.label for one in made.classes[:7]] == list("abcdefg")
    assert made.classes[-1].label == "Other values (2)"
    assert made.classes[-1].count == 3


def test_numbers_are_cut_at_their_quintiles() -> None:
    made = classify(pd.Series(np.arange(100.0), name="v"), "en")
    assert [one.count for one in made.classes] == [20] * 5
    assert made.numeric
    assert (np.diff(made.codes) >= 0).all()


def test_blanks_and_infinities_are_a_class_of_their_own() -> None:
    made = classify(pd.Series([*np.arange(20.0), np.nan, np.inf], name="v"), "es")
    assert (made.classes[-1].label, made.classes[-1].count) == ("Sin dato", 2)
    words = classify(pd.Series(["a", " ", None, "a "], name="w"), "es")
    assert [(one.label, one.count) for one in words.classes] == [("a", 2), ("Sin dato", 2)]


def test_repeated_quantiles_make_fewer_classes() -> None:
    made = classify(pd.Series([0.0] * 90 + list(range(1, 11)), name="v"), "en")
    assert sum(one.count for one in made.classes) == 100
    assert len({one.label for one in made.classes}) == len(made.classes)


def test_a_few_whole_numbers_are_categories_without_decimals() -> None:
    made = classify(pd.Series([1.0, 2.0, 2.0, np.nan], name="niveles"), "es")
    assert [one.label for one in made.classes] == ["2", "1", "Sin dato"]
