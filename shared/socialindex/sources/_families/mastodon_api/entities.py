"""Entities of the Mastodon client API, the fields that we read (https://docs.joinmastodon.org/entities/).

Servers differ: fields are missing, null, or of another type. A field that cannot be read counts as absent, unless
the entity means nothing without it or an author's consent depends on it: then the entity is refused, not guessed.
"""

from __future__ import annotations

import re
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache
from typing import Annotated, Any, Final, TypeVar

import msgspec

from socialindex.errors import ParseError

Uri = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]

_ESSENTIAL: Final = re.compile(
    r"(?:reblog\.)*(?:uri|account|reblog|visibility|local_only)"
    r"|(?:.*\.)?(?:suspended|limited|noindex|indexable|discoverable|source|source\.pleroma)"
)
"""Paths of the fields that cannot be forgiven."""
_AT: Final = re.compile(r" - at `\$(.*)`$")
_MAX_DROPS: Final = 32
"""Unreadable fields of one entity that are forgiven."""


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

    id: str | int | None = None
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
    """Mastodon's Quote (``state`` and ``quoted_status`` or its id, 4.4); Akkoma's is the quoted status itself."""

    state: str | None = None
    quoted_status: Quoted | None = None
    quoted_status_id: str | int | None = None
    uri: str | None = None


class Akkoma(Entity, frozen=True, kw_only=True):
    """What Akkoma tells beyond Mastodon, under ``akkoma``: ActivityPub ids in place of its own."""

    in_reply_to_apid: str | None = None
    quote_apid: str | None = None


class Status(Entity, frozen=True, kw_only=True):
    """https://docs.joinmastodon.org/entities/Status/."""

    uri: Uri
    account: Account
    id: str | int | None = None
    url: str | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    visibility: str | None = None
    local_only: bool | None = None
    """GoToSocial's and glitch-soc's: not to leave its server."""
    content: str | None = None
    spoiler_text: str | None = None
    language: str | None = None
    in_reply_to_id: str | int | None = None
    in_reply_to_account_id: str | int | None = None
    reblog: Status | None = None
    quote: Quote | None = None
    media_attachments: list[Attachment] | None = None
    mentions: list[Mention] | None = None
    tags: list[Tag] | None = None
    poll: Poll | None = None
    card: Card | None = None
    favourites_count: int | None = None
    replies_count: int | None = None
    reblogs_count: int | None = None
    akkoma: Akkoma | None = None


class Mark(Entity, frozen=True, kw_only=True):
    """The part of a status that paging needs."""

    id: str | int | None = None
    created_at: datetime | None = None


E = TypeVar("E", bound=Entity)


def read(body: bytes, kind: type[E]) -> E:
    """One entity, without the fields that cannot be read.

    Raises:
        ParseError: it is no such entity.
    """
    tree = _tree(body)
    for _ in range(_MAX_DROPS):
        try:
            return msgspec.convert(tree, kind, strict=False)
        except msgspec.ValidationError as error:
            _drop(tree, error, kind)
    raise ParseError(f"not a {kind.__name__}: more than {_MAX_DROPS} fields cannot be read")


def read_list(body: bytes, kind: type[E]) -> list[E | ParseError]:
    """A list of entities, with a ``ParseError`` in the place of each that cannot be read.

    Raises:
        ParseError: the body is no list.
    """
    try:
        return [*_decoder(kind).decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_try(raw, kind) for raw in _items(body)]


@cache
def _decoder(kind: type[E]) -> msgspec.json.Decoder[list[E]]:
    return msgspec.json.Decoder(list[kind])  # type: ignore[valid-type] # mypy knows no types made at run time


def _items(body: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"not a list of entities: {error}") from error


def _try(raw: msgspec.Raw, kind: type[E]) -> E | ParseError:
    try:
        return read(bytes(raw), kind)
    except ParseError as error:
        return error


def _tree(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


def _drop(tree: Any, error: msgspec.ValidationError, kind: type[Entity]) -> None:  # noqa: ANN401 - any JSON
    """Remove the field that the error names from the tree; in a list, the whole list.

    Raises:
        ParseError: the field is essential.
    """
    place = _AT.search(str(error))
    path = place[1].removeprefix(".").partition("[")[0] if place else ""
    if not path or _ESSENTIAL.fullmatch(path):
        raise ParseError(f"not a {kind.__name__}: {error}") from error
    *parents, field = path.split(".")
    for name in parents:
        tree = tree[name]
    del tree[field]
