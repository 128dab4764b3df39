"""What a post carries beside its text: media, cards, the post that it quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.model import Media
from socialindex.sources._bluesky.places import POST, AtUri
from socialindex.sources._bluesky.views import Embedded, PostView, QuotedPost, Slot
from socialindex.sources._families.typed_json import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    import msgspec

    from socialindex.sources._bluesky.views import Embed

_RECORD: Final = "app.bsky.embed.record#view"
_RECORD_WITH_MEDIA: Final = "app.bsky.embed.recordWithMedia#view"
_VIDEO: Final = "app.bsky.embed.video#view"
_GALLERY_IMAGE: Final = "app.bsky.embed.gallery#viewImage"
_SEEN: Final = "app.bsky.embed.record#viewRecord"
_NOT_FOUND: Final = "app.bsky.embed.record#viewNotFound"


class Quote(NamedTuple):
    """A quoted post: its identity, and its view where the AppView shows it."""

    uri: str
    post: PostView | None


def quote_in(embed: Embed | None) -> Quote | None:
    """The post that an embed quotes.

    ``None`` for lists, feeds and the like, and where the quoted author has blocked the quoting one or has detached
    their post from the quote: then they do not want the two to be seen together.

    Raises:
        ParseError: the quoted post cannot be read.
    """
    raw = _embedded(embed)
    if not raw:
        return None
    embedded = read(raw, Embedded)
    uri = AtUri.parse(embedded.uri)
    if uri is None or uri.collection != POST:
        return None
    if embedded.kind == _SEEN:
        return Quote(embedded.uri, _as_post(read(raw, QuotedPost)))
    return Quote(embedded.uri, None) if embedded.kind == _NOT_FOUND else None


def media_of(embed: Embed | None) -> list[Media]:
    """Images and videos with their authors' descriptions."""
    return [medium for part in parts_of(embed) for medium in _media(part)]


def cards_of(embed: Embed | None) -> list[str]:
    """Addresses of cards that lead elsewhere."""
    return [part.external.uri for part in parts_of(embed) if part.external and part.external.uri]


def parts_of(embed: Embed | None) -> Iterator[Embed]:
    """An embed and, of a post that quotes with media, the media."""
    if embed is not None:
        yield embed
        if embed.media is not None:
            yield embed.media


def _media(embed: Embed) -> Iterator[Media]:
    gallery = (item for item in embed.items or () if item.kind == _GALLERY_IMAGE)
    for image in (*(embed.images or ()), *gallery):
        yield Media(kind="image", url=image.fullsize or None, description=_trimmed(image.alt))
    if embed.kind == _VIDEO:
        yield Media(kind="video", url=embed.playlist or None, description=_trimmed(embed.alt))


def _embedded(embed: Embed | None) -> msgspec.Raw | None:
    """The view of the record in an embed; in that of a quote with media it is one level deeper."""
    if embed is None or not embed.record:
        return None
    if embed.kind == _RECORD_WITH_MEDIA:
        return read(embed.record, Slot).record
    return embed.record if embed.kind == _RECORD else None


def _as_post(quoted: QuotedPost) -> PostView:
    """A quoted post as the same post is seen elsewhere."""
    return PostView(
        uri=quoted.uri,
        author=quoted.author,
        record=quoted.value,
        indexed_at=quoted.indexed_at,
        labels=quoted.labels,
        embed=next(iter(quoted.embeds or ()), None),
        like_count=quoted.like_count,
        reply_count=quoted.reply_count,
        repost_count=quoted.repost_count,
        quote_count=quoted.quote_count,
    )


def _trimmed(text: str | None) -> str | None:
    return (text.strip() or None) if text else None
