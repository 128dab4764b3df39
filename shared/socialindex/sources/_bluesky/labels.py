"""What labels mean for us (https://docs.bsky.app/docs/advanced-guides/moderation). Whatever says no is not kept.

An AppView hands posts of everybody to anonymous callers, also of accounts that show themselves to signed-in readers
only: that wish is a label on the account's profile, ``!no-unauthenticated``, and to keep it is the caller's duty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.sources._bluesky.views import instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from socialindex.sources._bluesky.views import Label, Profile

NO_UNAUTHENTICATED: Final = "!no-unauthenticated"
_HIDDEN: Final = frozenset(("!hide", "!takedown", "!suspend"))
SENSITIVE: Final = frozenset(
    (
        "!warn",
        "porn",
        "sexual",
        "sexual-figurative",
        "nudity",
        "graphic-media",
        "gore",
        "nsfl",
        "self-harm",
        "sensitive",
    )
)
"""Global label values that blur what they are on, those they replaced, and those that bsky.app shows no preview of."""
_BOT: Final = "bot"


def objection(author: Profile, labels: list[Label] | None, now: datetime) -> str | None:
    """The reason why something of an author may not be kept: ``no_unauthenticated``, ``hidden``, or ``None``.

    Args:
        author: with the labels of the account and its profile.
        labels: of the post itself.
        now: when the answer was received; labels expire.
    """
    of_author = _values(_standing(author.labels, now))
    if NO_UNAUTHENTICATED in of_author:
        return "no_unauthenticated"
    return "hidden" if _HIDDEN & (of_author | _values(_standing(labels, now))) else None


def is_sensitive(author: Profile, labels: list[Label] | None, now: datetime) -> bool:
    """Whether the author or a moderator marked a post, or the whole account, as sensitive.

    A label on the profile record is about its picture and words only, not about posts.
    """
    of_account = (label for label in _standing(author.labels, now) if label.uri == author.did)
    return not SENSITIVE.isdisjoint(_values(_standing(labels, now)) | _values(of_account))


def is_bot(author: Profile, now: datetime) -> bool:
    """Whether an account calls itself automated."""
    return any(label.val == _BOT and label.src == author.did for label in _standing(author.labels, now))


def _standing(labels: list[Label] | None, now: datetime) -> list[Label]:
    """Labels without the expired and the negated."""
    if not labels:
        return []
    negated = {(label.src, label.uri, label.val) for label in labels if label.neg}
    return [
        label
        for label in labels
        if (label.src, label.uri, label.val) not in negated and ((instant(label.exp) or now) >= now)
    ]


def _values(labels: Iterable[Label]) -> frozenset[str]:
    return frozenset(label.val for label in labels)
