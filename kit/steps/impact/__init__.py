"""Step 09: use and impact: indicators followed up, reuse on record, citizens' reports answered, and the story.

`Impact` holds, judges and writes them; `reply` drafts the answer to a report.
"""

from kit.steps.impact.model import REPLIES, STORY, FollowUp, Impact, Report, Reuse, Story, story_part
from kit.steps.impact.replies import Reply, reply

__all__ = [
    "REPLIES",
    "STORY",
    "FollowUp",
    "Impact",
    "Reply",
    "Report",
    "Reuse",
    "Story",
    "reply",
    "story_part",
]
