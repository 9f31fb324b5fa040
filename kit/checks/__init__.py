"""What answers a learner: questions with hints and four outcomes."""

from kit.checks.core import Choice, FunctionQuestion, NotAttemptedError, Number, Outcome, Question, Score, Status

__all__ = ["Choice", "FunctionQuestion", "NotAttemptedError", "Number", "Outcome", "Question", "Score", "Status"]
