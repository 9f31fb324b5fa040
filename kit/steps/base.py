"""What the form-like steps share: a model with rules that is saved to and loaded from its file in the portfolio."""

from __future__ import annotations

from typing import ClassVar, Self

from kit.findings import Findings
from kit.models import Model
from kit.portfolio import Portfolio


class StepModel(Model):
    """A step whose result is one YAML file. A step says its number, its file, and its rules in `check`."""

    step: ClassVar[str]
    file: ClassVar[str]

    def check(self) -> Findings:
        """What is missing or does not hold together; a model with findings may still be saved."""
        raise NotImplementedError

    def save(self, portfolio: Portfolio) -> Findings:
        """Write the step's file into the portfolio and return what `check` finds."""
        portfolio.write_yaml(self.file, self.to_data(), step=self.step)
        return self.check()

    @classmethod
    def from_portfolio(cls, portfolio: Portfolio) -> Self:
        """The model that this step left.

        Raises:
            KitError: if the step is not done yet, or its file cannot be read.
        """
        return cls.load(portfolio, cls.file)
