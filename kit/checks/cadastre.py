"""The questions of lesson 06a, whose answers depend on the participant's own file."""

from __future__ import annotations

from kit.checks.core import Number
from kit.themes.cadastre import Audit


def repeated_keys(audit: Audit) -> Number:
    """How many keys are shared by several parcels, by the review that the notebook made."""
    return Number("06a-repeated", float(audit.summary["duplicate_keys"]))
