"""Step 05, cleaning: profile, proposals, decisions, a recipe that runs again, and a log that proves what was done.

Examples:
    >>> import pandas as pd
    >>> from kit.steps.cleaning import Cleaning
    >>> raw = pd.DataFrame({"USO": ["HAB", "Mixto", "MIXTO"], "VALOR": ["$1,200.00", "950", "1100"]})
    >>> cleaning = Cleaning.start(raw)
    >>> [proposal.id for proposal in cleaning.proposals]
    ['number-symbols:VALOR', 'category-catalogue:USO']
    >>> cleaning.accept_all().result()["VALOR"].tolist()
    [1200.0, 950.0, 1100.0]
"""

from kit.steps.cleaning.joining import join_by_key
from kit.steps.cleaning.log import replay
from kit.steps.cleaning.proposals import RULES, Proposal, Proposals
from kit.steps.cleaning.recipe import apply_recipe
from kit.steps.cleaning.session import Cleaning

__all__ = ["RULES", "Cleaning", "Proposal", "Proposals", "apply_recipe", "join_by_key", "replay"]
