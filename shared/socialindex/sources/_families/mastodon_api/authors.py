"""Authors out of accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialindex.model import Author, AuthorKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources._families.mastodon_api.entities import Account, Emoji, Status

_STATUS_URI: Final = re.compile(r"(https?://[^/]+/(?:ap/)?users/[^/]+)/statuses/[^/]+(?:/activity)?")
"""ActivityPub ids of Mastodon's and GoToSocial's statuses begin with their author's."""
_SHORTCODE: Final = re.compile(r" ?:(\w+):")


def author_of(status: Status, domain: str) -> Author:
    """Who wrote a status; ``domain`` completes the handles of the server's own accounts."""
    account = status.account
    return Author(
        id=actor_uri(account) or _actor_of(status.uri) or account.url or None,
        handle=handle(account.fqn or account.acct, domain),
        name=display_name(account),
        url=account.url or None,
        followers=_followers(account),
        kind=_kind(account),
    )


def handle(acct: str, domain: str) -> str | None:
    """A whole handle, ``name@domain``, out of one that lacks its domain at its own server."""
    if not acct:
        return None
    return acct if "@" in acct else f"{acct}@{domain}"


def actor_uri(account: Account) -> str | None:
    """The account's ActivityPub id where the server tells it: Mastodon since 4.3, Pleroma and Akkoma."""
    return account.uri or (account.pleroma.ap_id if account.pleroma else None)


def display_name(account: Account) -> str | None:
    """The name that an account goes by, without the shortcodes of custom emoji."""
    name = account.display_name or ""
    if ":" in name and account.emojis:
        name = " ".join(without_emoji(name, account.emojis).split())
    return name.strip() or None


def without_emoji(text: str, emojis: Iterable[Emoji]) -> str:
    """A text without the shortcodes of some custom emoji, and without the spaces that they leave."""
    known = {emoji.shortcode for emoji in emojis}
    kept = _SHORTCODE.sub(lambda code: "" if code[1] in known else code[0], text)
    return kept.replace("\n ", "\n").strip()


def _actor_of(status_uri: str) -> str | None:
    match = _STATUS_URI.fullmatch(status_uri)
    return match[1] if match else None


def _followers(account: Account) -> int | None:
    """Absent where the author hides the number: glitch-soc then says -1, Pleroma and Akkoma say 0."""
    hidden = account.pleroma and account.pleroma.hide_followers_count
    count = account.followers_count
    return None if hidden or count is None or count < 0 else count


def _kind(account: Account) -> AuthorKind | None:
    """The ActivityPub actor type behind the flags: Service or Application, Group or Organization, Person."""
    if account.bot:
        return "bot"
    if account.group or account.settings.actor_type in {"Group", "Organization"}:
        return "organization"
    return "person" if account.bot is False else None
