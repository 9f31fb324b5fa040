"""The portfolio: a participant's folder, one file per step, in the formats that an official would send on.

Writing is atomic and locked, and the earlier version of whatever is replaced is kept in ``history/``. No path leads out
of the folder. A damaged or half-copied portfolio opens all the same: what is wrong is a finding that names the file and
the way back, and everything else can be read.

Examples:
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     portfolio = Portfolio.create(Path(folder) / "mine", title="Valle Abierto")
    ...     _ = portfolio.write_text("plan.csv", "a,b", step="04")
    ...     portfolio.steps_done()
    ['04']
"""

from kit.portfolio.bursts import Burst
from kit.portfolio.folder import FOLDER_VARIABLE, Portfolio, Version
from kit.portfolio.steps import STEPS, Step

__all__ = ["FOLDER_VARIABLE", "STEPS", "Burst", "Portfolio", "Step", "Version"]
