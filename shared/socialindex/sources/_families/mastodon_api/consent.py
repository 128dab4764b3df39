"""What an author, or their server for them, has said against being kept. Whatever says no is not kept.

A flag that is absent or ``null`` says nothing: ``indexable`` came with Mastodon 4.2, other servers have none of them,
and Mastodon's ``discoverable`` is ``null`` where nobody was ever asked. Other flags are about something else:
``hide_collections`` about lists of followers, ``locked`` about who may follow, ``memorial`` about the author's death,
GoToSocial's ``enable_rss`` and ``interaction_policy`` about feeds and answers. ``unlisted`` posts ("quiet public") are
public, but Mastodon keeps them out of its own search and hashtags, and so do we.

Fedibird and kmyblue let authors say of each post who may find it by searching (``searchability``), and call posts that
are for their own people alone ``public`` all the same, with the truth in ``visibility_ex``. Of another server's authors
they say ``direct`` where these have said nothing, so that it is no word of theirs; the same of a boost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources._families.mastodon_api.entities import Account, Status

_NO_BOTS: Final = re.compile(r"#(?:<span>)?(?:nobots?|noindex)\b", re.IGNORECASE)
"""The fediverse's older way to opt out: a hashtag in the profile text."""
_NOT_SEARCHABLE: Final = re.compile(
    r"#(?:<span>)?searchable_?by_?(?:followers?|reacted|nobody)|\[searchability:(?:followers|reactors|private)\]",
    re.IGNORECASE,
)
"""How authors elsewhere say it in their profiles, as Fedibird and kmyblue read them."""
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
    yield from _said_in_profile(account.note or "")


def _said_in_profile(note: str) -> Iterator[str]:
    if "#" in note and _NO_BOTS.search(note):
        yield "nobot"
    if _NOT_SEARCHABLE.search(note):
        yield "not_searchable"


def objection(status: Status) -> str | None:
    """The reason why a status may not be kept, or ``None``. A boosted status is to be asked by itself."""
    if status.visibility != "public" or status.visibility_ex not in {None, "public"}:
        return "not_public"
    if status.local_only:
        return "local_only"
    return account_objection(status.account) or ("not_searchable" if _is_kept_from_search(status) else None)


def _is_kept_from_search(status: Status) -> bool:
    if status.reblog or status.searchability in {None, "public"}:
        return False
    return status.searchability != "direct" or "@" not in status.account.acct
