"""The questions of lesson 07."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kit.checks.core import Question
from kit.findings import Findings, error


class Columns(Question):
    """A question whose answer is a list of columns, in any order."""

    def __init__(self, name: str, right: Iterable[str], known: Iterable[str]) -> None:
        super().__init__(name)
        self.right = set(right)
        self.known = list(known)

    def attempted(self, answer: Any) -> bool:
        """An empty list is no answer."""
        return super().attempted(answer) and bool(answer)

    def judge(self, answer: Any) -> tuple[Findings, float]:
        """Columns that do not exist, that are not asked for, that are missing; the share is of those found."""
        given = {str(name) for name in ([answer] if isinstance(answer, str) else answer)}
        found = Findings()
        if strangers := sorted(given - set(self.known)):
            found.add(error("checks.unknown-columns", names=strangers, known=self.known))
        if extra := sorted((given & set(self.known)) - self.right):
            found.add(error("checks.too-many-columns", n=len(extra), names=extra))
        if len(given & self.right) < len(self.right):
            missing = len(self.right) - len(given & self.right)
            found.add(error("checks.too-few-columns", n=missing))
        share = max(0.0, (len(given & self.right) - len(given - self.right)) / len(self.right))
        return found, share


PADRON = ("CVE_CAT_EST", "NOMBRE_O_RAZON_SOCIAL", "RFC", "TELEFONO", "COLONIA", "USO", "VALOR_CATASTRAL")
names_of_people = Columns("07-names", right=("NOMBRE_O_RAZON_SOCIAL", "RFC", "TELEFONO"), known=PADRON)
