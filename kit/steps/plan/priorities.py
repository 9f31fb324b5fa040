"""Priorities: scores on the seven criteria, weighted by the participant; how firm the ranking is; value against effort.

The Guide gives criteria and no weights. So the weights are the participant's, shown beside the ranking, and the ranking
is tried under other weights to see which places are owed to the data and which to the weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kit.findings import KitError, Place, error
from kit.steps.inventory import Inventory
from kit.steps.plan.facts import CRITERIA, TOP_SCORE

Scores = Mapping[str, Mapping[str, Any]]
_YES = frozenset(("si", "sí", "yes", "x", "s", "y", "true", "verdadero"))
_NO = frozenset(("no", "n", "false", "falso"))
_DIGITS = 9  # beyond these two totals are the same: sums of floats differ in their last bits


def blank_scores(inventory: Inventory, *, soon: str | None = None) -> pd.DataFrame:
    """A table to fill in: a row per dataset, a column per criterion; what the inventory itself answers is filled.

    Args:
        inventory: of step 03.
        soon: the last month (AAAA-MM) that counts as a near date; without it "soon" is left to the participant.
    """
    datasets = inventory.datasets()
    table = pd.DataFrame(np.nan, index=pd.Index(datasets["dataset"], name="dataset"), columns=list(CRITERIA))
    table["public_resource"] = np.where(datasets["public"] > 0, TOP_SCORE, 0.0)
    if soon is not None:
        near = (datasets["month"] != "") & (datasets["month"] <= soon)
        table["soon"] = np.where(near, TOP_SCORE, 0.0)
    return table


def as_scores(given: pd.DataFrame | Scores | None) -> dict[str, dict[str, float]]:
    """Scores as numbers: 0 to 5 as they are, yes and no as 5 and 0; what is blank is left out.

    Raises:
        KitError: ``plan.unknown-criterion``, ``plan.score-unreadable``.
    """
    if given is None:
        return {}
    rows: Scores = {str(k): dict(v) for k, v in given.iterrows()} if isinstance(given, pd.DataFrame) else given
    unknown = {str(name) for scores in rows.values() for name in scores} - set(CRITERIA)
    if unknown:
        raise KitError(error("plan.unknown-criterion", names=sorted(unknown), known=list(CRITERIA)))
    result: dict[str, dict[str, float]] = {}
    for dataset, scores in rows.items():
        numbers = {name: a_score(value, str(dataset)) for name, value in scores.items()}
        result[str(dataset)] = {name: value for name, value in numbers.items() if value is not None}
    return result


def a_score(value: Any, dataset: str) -> float | None:
    """One score; None for a blank.

    Raises:
        KitError: ``plan.score-unreadable``.
    """
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return float(TOP_SCORE) if value else 0.0
    word = str(value).strip().lower()
    if not word:
        return None
    if word in _YES | _NO:
        return float(TOP_SCORE) if word in _YES else 0.0
    try:
        return float(word.replace(",", "."))
    except ValueError:
        raise KitError(error("plan.score-unreadable", Place(item=dataset), value=str(value))) from None


def as_weights(given: Mapping[str, Any] | None) -> dict[str, float]:
    """A weight for each criterion: the one given, else 1.

    Raises:
        KitError: ``plan.unknown-criterion`` or ``plan.weights`` for a negative weight, or none above zero.
    """
    weights = dict.fromkeys(CRITERIA, 1.0)
    for name, value in (given or {}).items():
        if name not in weights:
            raise KitError(error("plan.unknown-criterion", names=[str(name)], known=list(CRITERIA)))
        weights[name] = a_weight(value, name) or 0.0
    if not any(weights.values()):
        raise KitError(error("plan.weights", values=[0]))
    return weights


def a_weight(value: Any, criterion: str) -> float | None:
    """One weight, 0 or more; None for a blank.

    Raises:
        KitError: ``plan.weights``.
    """
    if value is None or not str(value).strip():
        return None
    try:
        weight = float(str(value).strip().replace(",", "."))
    except ValueError:
        weight = -1.0
    if not 0 <= weight < np.inf:
        raise KitError(error("plan.weights", Place(item=criterion), values=[str(value)]))
    return weight


def matrix(scores: Mapping[str, Mapping[str, float]], datasets: Iterable[str]) -> np.ndarray:
    """Scores as an array, datasets by criteria, within 0 and 5; what was not scored is 0."""
    rows = [[scores.get(name, {}).get(criterion, 0.0) for criterion in CRITERIA] for name in datasets]
    return np.clip(np.asarray(rows, dtype="float64").reshape(len(rows), len(CRITERIA)), 0, TOP_SCORE)


def points(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted points from 0 to 100, 100 being the top score on every criterion; one column per set of weights."""
    totals = scores @ weights / weights.sum(axis=0) * (100 / TOP_SCORE)
    return np.asarray(np.round(totals, _DIGITS))


def ranks(totals: np.ndarray) -> np.ndarray:
    """Places from 1; equal points share the better place. By columns if there are several."""
    frame = pd.DataFrame(totals).rank(axis=0, method="min", ascending=False).astype("int64")
    return np.asarray(frame).reshape(totals.shape)


def stability(
    scores: np.ndarray, weights: np.ndarray, top: int, *, draws: int, spread: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How the places move when every weight is drawn anew, each within ``spread`` of itself.

    Returns:
        Per dataset the share of the draws in which it is among the ``top``, its best and its worst place.
    """
    factors = np.random.default_rng(seed).uniform(1 - spread, 1 + spread, size=(len(weights), draws))
    places = ranks(points(scores, weights[:, None] * factors))
    return (places <= top).mean(axis=1), places.min(axis=1), places.max(axis=1)
