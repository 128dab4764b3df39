"""What an author, or their server for them, has said against being kept. Whatever says no is not kept.

A flag that is absent or ``null`` says nothing: ``indexable`` came with Mastodon 4.2, other servers have none of them,
and Mastodon's ``discoverable`` is ``null`` where nobody was ever asked. ``unlisted`` posts ("quiet public") are
public, but Mastodon keeps them out of its own search and hashtags, and so do we.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.sources._families.mastodon_api.entities import Account, Status

_NO_BOTS: Final = re.compile(r"#(?:<span>)?(?:nobots?|noindex)\b", re.IGNORECASE)
"""The fediverse's older way to opt out: a hashtag in the profile text."""
_ACCOUNT_RULES: Final[tuple[tuple[str, Callable[[Account], bool]], ...]] = (
    ("hidden_account", lambda account: account.id is None),
    ("suspended", lambda account: account.suspended is True),
    ("limited", lambda account: account.limited is True),
    ("noindex", lambda account: account.noindex is True),
    ("not_indexable", lambda account: account.indexable is False),
    ("not_discoverable", lambda account: False in {account.discoverable, account.settings.discoverable}),
    ("nobot", lambda account: bool(account.note and "#" in account.note and _NO_BOTS.search(account.note))),
)


def account_objection(account: Account) -> str | None:
    """The reason why nothing of an account may be kept, or ``None``."""
    return next((reason for reason, holds in _ACCOUNT_RULES if holds(account)), None)


def objection(status: Status) -> str | None:
    """The reason why a status may not be kept, or ``None``. A boosted status is to be asked by itself."""
    if status.visibility != "public":
        return "not_public"
    if status.local_only:
        return "local_only"
    return account_objection(status.account)
