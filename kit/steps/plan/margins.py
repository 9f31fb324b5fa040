"""How far one single weight would have to move before the ranking says something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_NUDGE = 1e-6  # just beyond the weight at which two datasets have the same points
_NOTHING = 1e-9  # points below which two totals are the same


@dataclass(frozen=True, slots=True)
class Change:
    """One weight, as it is and as it would have to be."""

    criterion: int
    now: float
    needed: float

    @property
    def size(self) -> float:
        """How far the weight would move."""
        return abs(self.needed - self.now)


def swap(scores: np.ndarray, weights: np.ndarray, ahead: int, behind: int) -> Change | None:
    """The smallest change of one weight after which the dataset behind has as many points as the one ahead.

    Args:
        scores: datasets by criteria.
        weights: per criterion.
        ahead: row of the dataset with more points.
        behind: row of the other.

    Returns:
        None if no weight alone can do it.
    """
    difference = scores[ahead] - scores[behind]
    lead = float(difference @ weights)
    changes = [
        Change(j, float(weights[j]), float(weights[j] - lead / d))
        for j, d in enumerate(difference)
        if d and _possible(weights, j, float(weights[j] - lead / d))
    ]
    return min(changes, key=lambda change: change.size, default=None)


def tipping(scores: np.ndarray, weights: np.ndarray, top: int) -> list[Change | None]:
    """Per dataset the smallest change of one weight that takes it out of the ``top`` places, or brings it in."""
    totals = scores @ weights
    places = 1 + (totals[None, :] > totals[:, None] + _NOTHING).sum(axis=1)
    return [_tip(scores, weights, totals, row, top, bool(places[row] <= top)) for row in range(len(scores))]


def _tip(
    scores: np.ndarray, weights: np.ndarray, totals: np.ndarray, row: int, top: int, inside: bool
) -> Change | None:
    lead = totals[row] - totals
    best: Change | None = None
    for j, now in enumerate(weights):
        difference = scores[row, j] - scores[:, j]
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = now - lead / difference
        crossing = np.unique(crossing[np.isfinite(crossing) & (difference != 0) & (crossing >= 0)])
        # a tie is enough to come in, because equal points share the better place; to leave takes a little more
        nudge = _NUDGE * np.maximum(1, np.abs(crossing))
        tried = np.concatenate([crossing - nudge, crossing + nudge]) if inside else crossing
        crossing = np.tile(crossing, 2) if inside else crossing
        crossing, tried = crossing[tried >= 0], tried[tried >= 0]
        gaps = lead[None, :] + (tried - now)[:, None] * difference[None, :]
        place = 1 + (gaps < -_NOTHING / 10).sum(axis=1)
        for weight, is_in in zip(crossing, place <= top, strict=True):
            if bool(is_in) is inside or not _possible(weights, j, float(weight)):
                continue
            change = Change(j, float(now), float(weight))
            if best is None or change.size < best.size:
                best = change
    return best


def _possible(weights: np.ndarray, criterion: int, value: float) -> bool:
    """Whether a weight may have the value: not negative, and not leaving all weights at zero."""
    return value >= 0 and float(weights.sum() - weights[criterion] + value) > 0
