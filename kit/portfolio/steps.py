"""The steps of the workshop: number, name, notebook, and what each leaves in the portfolio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the workshop: its number, its name (of notebook, module and guide page), what it leaves."""

    number: str
    name: str
    files: tuple[str, ...]
    part: str = ""  # of a step with several notebooks: the one to begin with

    @property
    def notebook(self) -> str:
        """The name of the step's notebook, without its ending."""
        return self.part or f"{self.number}-{self.name}"


STEPS = (
    Step("00", "readiness", ("readiness.yaml",)),
    Step("01", "problem", ("problem.yaml", "problem.svg")),
    Step("02", "theory", ("theory.yaml", "theory.svg", "theory.pdf")),
    Step("03", "inventory", ("inventory.csv", "inventory.xlsx")),
    Step("04", "plan", ("plan.csv", "plan.xlsx", "priorities.yaml")),
    Step("05", "cleaning", ("clean", "cleaning-log.json")),
    Step("06", "mapping", ("maps",), part="06a-cadastre"),
    Step("07", "review", ("review.yaml",)),
    Step("08", "publish", ("catalog",)),
    Step("09", "impact", ("impact.yaml", "story.html", "replies.txt")),
)


def step_of(name: str) -> Step | None:
    """The step that leaves the file or folder ``name``."""
    return next((s for s in STEPS if any(name == f or name.startswith(f"{f}/") for f in s.files)), None)
