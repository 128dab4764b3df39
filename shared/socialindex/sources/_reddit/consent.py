"""Why a thing must not be kept: it is gone, or whoever can say no has said no.

What its author deleted or somebody removed must go from what we hold, too (Reddit's Data API Terms): such a thing is
a draft with ``deleted``. The rest is left out. A submission's text survives its author's account: it stays, by nobody.
"""

from __future__ import annotations

import re
from typing import Final

from socialindex.sources._reddit.things import Comment, Submission

_GONE: Final = re.compile(r"\s*\[ ?(?:deleted|removed)(?: by [^\[\]]{1,100})? ?\]\s*", re.IGNORECASE)
"""What stands in the place of a text or a title."""
_OPEN: Final = frozenset({"public", "restricted", "archived", "user"})
"""Types of communities that everybody may read. The others are private, for employees, or for those who pay."""
NOBODY: Final = "[deleted]"


def is_gone(thing: Submission | Comment) -> bool:
    """Whether its author deleted it, or moderators, Reddit or a court removed it."""
    if thing.removal_reason:
        return True
    if isinstance(thing, Comment):
        return _stands_in(thing.body)
    return bool(thing.removed_by_category) or _stands_in(thing.selftext) or _stands_in(thing.title)


def objection(thing: Submission | Comment) -> str | None:
    """The reason why a thing may not be kept, or ``None``."""
    if thing.subreddit_type is not None and thing.subreddit_type not in _OPEN:
        return "not_public"
    if thing.quarantine:
        return "quarantined"
    if isinstance(thing, Submission) and thing.is_robot_indexable is False:
        return "noindex"
    return None


def _stands_in(text: str | None) -> bool:
    return text is not None and _GONE.fullmatch(text) is not None
