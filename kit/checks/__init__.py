"""What answers a learner: questions with hints and four outcomes."""

from kit.checks.core import Choice, Number, Outcome, Question, Status

__all__ = ["Choice", "Number", "Outcome", "Question", "Status"]
