"""What an author, or their server for them, has said against being kept. Whatever says no is not kept.

A flag that is absent or ``null`` says nothing: ``indexable`` came with Mastodon 4.2, other servers have none of them,
and Mastodon's ``discoverable`` is ``null`` where nobody was ever asked. Other flags are about something else:
``hide_collections`` about lists of followers, ``locked`` about who may follow, ``memorial`` about the author's death,
GoToSocial's ``enable_rss`` and ``interaction_policy`` about feeds and answers. ``unlisted`` posts ("quiet public") are
public, but Mastodon keeps them out of its own search and hashtags, and so do we.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources._families.mastodon_api.entities import Account, Status

_NO_BOTS: Final = re.compile(r"#(?:<span>)?(?:nobots?|noindex)\b", re.IGNORECASE)
"""The fediverse's older way to opt out: a hashtag in the profile text."""
MODERATED: Final = frozenset({"suspended", "limited"})
"""Reasons that are the asked server's moderators', whosever the account is (Mastodon's documentation, Account)."""


def account_objection(account: Account) -> str | None:
    """The reason why nothing of an account may be kept, or ``None``."""
    return next(_objections(account), None)


def _objections(account: Account) -> Iterator[str]:
    if account.id is None:
        yield "hidden_account"
    if account.suspended:
        yield "suspended"
    if account.limited:
        yield "limited"
    if account.noindex:
        yield "noindex"
    if account.indexable is False:
        yield "not_indexable"
    if account.discoverable is False or account.settings.discoverable is False:
        yield "not_discoverable"
    if account.note and "#" in account.note and _NO_BOTS.search(account.note):
        yield "nobot"


def objection(status: Status) -> str | None:
    """The reason why a status may not be kept, or ``None``. A boosted status is to be asked by itself."""
    if status.visibility != "public":
        return "not_public"
    if status.local_only:
        return "local_only"
    return account_objection(status.account)
