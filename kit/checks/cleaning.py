"""The question of lesson 05."""

from __future__ import annotations

from kit.checks.core import Choice

which_needs_a_person = Choice("05-person", right="B", choices="ABC")
