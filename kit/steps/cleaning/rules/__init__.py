"""The rules of cleaning, in the order in which they run: each subject in its module."""

from kit.steps.cleaning.rules import texts, keys, numbers, dates, categories, geometry, rows  # noqa: F401, I001 - order is the meaning
