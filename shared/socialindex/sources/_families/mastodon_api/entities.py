"""Entities of the Mastodon client API, the fields that we read (https://docs.joinmastodon.org/entities/).

Servers differ: fields are missing, null, or of another type, and every server has some of its own. See ``reading``.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Annotated, Final

import msgspec

Uri = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
Id = Annotated[str, msgspec.Meta(max_length=64)] | int
"""A server's own: a number, a ULID or a flake id. What is longer is none, and would not fit a cursor or a context."""


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the entities: fields that are not named here are ignored."""


class Emoji(Entity, frozen=True, kw_only=True):
    shortcode: str


class PleromaAccount(Entity, frozen=True, kw_only=True):
    """What Pleroma and Akkoma tell beyond Mastodon, under ``pleroma``."""

    ap_id: str | None = None
    hide_followers_count: bool | None = None


class PleromaSettings(Entity, frozen=True, kw_only=True):
    """Settings that Pleroma and Akkoma publish under ``source.pleroma``; ``discoverable`` is about search bots."""

    discoverable: bool | None = None
    actor_type: str | None = None


class Source(Entity, frozen=True, kw_only=True):
    pleroma: PleromaSettings | None = None


_NO_SETTINGS: Final = PleromaSettings()


class Account(Entity, frozen=True, kw_only=True):
    """https://docs.joinmastodon.org/entities/Account/; without an ``id`` where Akkoma hides the account."""

    id: Id | None = None
    acct: str = ""
    display_name: str | None = None
    note: str | None = None
    url: str | None = None
    uri: str | None = None
    """Since Mastodon 4.3."""
    fqn: str | None = None
    """Pleroma's: the whole handle, also of local accounts."""
    followers_count: int | None = None
    bot: bool | None = None
    group: bool | None = None
    emojis: list[Emoji] | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    suspended: bool | None = None
    limited: bool | None = None
    pleroma: PleromaAccount | None = None
    source: Source | None = None

    @property
    def settings(self) -> PleromaSettings:
        """The settings of a Pleroma account; empty ones elsewhere."""
        return (self.source and self.source.pleroma) or _NO_SETTINGS


class Attachment(Entity, frozen=True, kw_only=True):
    """https://docs.joinmastodon.org/entities/MediaAttachment/."""

    type: str | None = None
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class Mention(Entity, frozen=True, kw_only=True):
    acct: str
    url: str | None = None


class Tag(Entity, frozen=True, kw_only=True):
    name: str
    url: str | None = None


class PollOption(Entity, frozen=True, kw_only=True):
    title: str


class Poll(Entity, frozen=True, kw_only=True):
    options: list[PollOption] = []


class Card(Entity, frozen=True, kw_only=True):
    url: str | None = None


class Quoted(Entity, frozen=True, kw_only=True):
    uri: str | None = None


class Quote(Entity, frozen=True, kw_only=True):
    """Mastodon's Quote (``state``, ``quoted_status`` or its id; 4.4); Akkoma's and Fedibird's is the status itself."""

    state: str | None = None
    quoted_status: Quoted | None = None
    quoted_status_id: Id | None = None
    uri: str | None = None


class Akkoma(Entity, frozen=True, kw_only=True):
    """What Akkoma tells beyond Mastodon, under ``akkoma``: ActivityPub ids in place of its own."""

    in_reply_to_apid: str | None = None
    quote_apid: str | None = None


class PleromaStatus(Entity, frozen=True, kw_only=True):
    """What Pleroma tells beyond Mastodon, under ``pleroma``."""

    quote_url: str | None = None
    """The ActivityPub id of the quoted status."""


class FriendicaStatus(Entity, frozen=True, kw_only=True):
    """What Friendica tells beyond Mastodon, under ``friendica``; its posts may have a title."""

    title: str | None = None


class Status(Entity, frozen=True, kw_only=True):
    """https://docs.joinmastodon.org/entities/Status/."""

    uri: Uri
    account: Account
    id: Id | None = None
    url: str | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    visibility: str | None = None
    visibility_ex: str | None = None
    """Fedibird's and kmyblue's: what ``visibility`` has no word for, such as ``login`` or ``public_unlisted``."""
    searchability: str | None = None
    """Fedibird's and kmyblue's: who may find the post by searching."""
    local_only: bool | None = None
    """GoToSocial's and glitch-soc's: not to leave its server."""
    content: str | None = None
    spoiler_text: str | None = None
    sensitive: bool | None = None
    language: str | None = None
    in_reply_to_id: Id | None = None
    in_reply_to_account_id: Id | None = None
    reblog: Status | None = None
    quote: Quote | None = None
    quote_id: Id | None = None
    """Fedibird's and Akkoma's: the quoted status by the server's own id."""
    media_attachments: list[Attachment] | None = None
    mentions: list[Mention] | None = None
    tags: list[Tag] | None = None
    emojis: list[Emoji] | None = None
    poll: Poll | None = None
    card: Card | None = None
    favourites_count: int | None = None
    replies_count: int | None = None
    reblogs_count: int | None = None
    quotes_count: int | None = None
    """Quotes that the author let stand (Mastodon 4.5)."""
    akkoma: Akkoma | None = None
    pleroma: PleromaStatus | None = None
    friendica: FriendicaStatus | None = None


class Around(Entity, frozen=True, kw_only=True):
    """https://docs.joinmastodon.org/entities/Context/, its statuses as they came."""

    ancestors: list[msgspec.Raw]
    descendants: list[msgspec.Raw]


class Branch(Entity, frozen=True, kw_only=True):
    """The part of a status that tells whether a conversation hangs on it."""

    id: Id | None = None
    uri: str | None = None
    visibility: str | None = None
    in_reply_to_id: Id | None = None
    replies_count: int | None = None


class Mark(Entity, frozen=True, kw_only=True):
    """The part of a status that paging needs."""

    id: Id | None = None
    created_at: datetime | None = None
