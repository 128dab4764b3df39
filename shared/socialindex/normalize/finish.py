"""From a draft, as an adapter read it, to a canonical post: identity and clean-up; once, for all sources."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import ParseError, Refused
from socialindex.identity import IMPORT_SCHEME, author_key, post_id
from socialindex.marks import MARKS
from socialindex.messages import MAX_BODY
from socialindex.model import MAX_TEXT, MAX_TITLE, PUBLIC, Author, Draft, Media, Metrics, Post, Provenance
from socialindex.normalize.language import primary
from socialindex.text import canonical_url
from socialindex.unseen import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.sources.base import Adapter, Channel
    from socialindex.warc import Exchange, Span

MAX_NAME = 200
MAX_LIST = 100
"""Entries kept of hashtags, mentions, links and media each."""
MAX_KEYWORD = 2_048
MAX_RATING = 5.0
MAX_POST = MAX_BODY - 1_000
"""Bytes of an encoded post. Without its lists a post always has fewer."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the first web page: an earlier date is a mistake of the source."""
CLOCK_SKEW = timedelta(hours=1)
"""How far a source's clock may run ahead of ours."""

_LISTS = ("mentions", "hashtags", "links", "media", "entities")
_PART = rf"[\w{MARKS}]{{0,99}}"
_TAG = rf"\w{_PART}(?:(?<![\x00-\x7f가-힣])\u200d{_PART})*"  # a joiner stays where a query's does (``query.folding``)
_HASHTAGS = re.compile(rf"[#＃](?<![\w{MARKS}&/].)({_TAG}(?:[#＃]{_TAG})*)")  # noqa: RUF001 - as it is typed
"""Often several, written together: #누리폰#배터리."""
_WHOLE = re.compile(_TAG)
_SEVERAL = re.compile(r"[\s#＃]")  # noqa: RUF001 - same
_SIGN = re.compile("[#＃]")  # noqa: RUF001 - same


def finish(draft: Draft, exchange: Exchange, adapter: Adapter, place: tuple[str, Span]) -> Post:
    """The canonical post of a draft.

    Raises:
        ParseError: the draft has no identity, or one that cannot be its own.
    """
    uri = _identity(draft.uri, exchange.channel)
    received = exchange.response.received_at
    url = canonical_url(draft.url or draft.uri, exchange.response.url)
    post = Post(
        id=post_id(uri),
        uri=uri,
        source=adapter.name,
        platform=url.split("/", 3)[2] if url else _host(exchange.response.url),
        kind=draft.kind,
        url=url,
        collected_at=received,
        hearsay=_is_hearsay(uri, exchange.response.url, adapter),
        visibility=exchange.channel.workspace or PUBLIC,
        provenance=_provenance(exchange, adapter, place),
    )
    if draft.deleted:
        return msgspec.structs.replace(post, deleted_at=received)
    return fitted(_with_content(post, draft, exchange))


def is_live(post: Post, exchange: Exchange) -> bool:
    """Whether the post was published after its channel was added."""
    return post.published_at is not None and post.published_at >= exchange.channel.created_at


def _with_content(post: Post, draft: Draft, exchange: Exchange) -> Post:
    base, received = exchange.response.url, exchange.response.received_at
    title, text = clean(draft.title, MAX_TITLE), clean(draft.text, MAX_TEXT)
    return msgspec.structs.replace(
        post,
        title=title,
        text=text,
        excerpt=draft.excerpt,
        language=primary(draft.language or exchange.channel.language),
        author=_author(draft.author, base),
        published_at=_date(draft.published_at, received),
        edited_at=_date(draft.edited_at, received),
        in_reply_to=_reference(draft.in_reply_to),
        thread_id=post.id if draft.thread == post.uri else _reference(draft.thread),
        repost_of=_reference(draft.repost_of),
        quote_of=_reference(draft.quote_of),
        mentions=_unique(clean(mention, MAX_NAME) for mention in draft.mentions) if draft.mentions else [],
        hashtags=_hashtags(draft, text),
        links=_unique(canonical_url(link, base) for link in draft.links) if draft.links else [],
        media=[_media(media, base) for media in draft.media[:MAX_LIST]],
        metrics=_metrics(draft.metrics, received),
        sensitive=draft.sensitive,
        rating=_rating(draft.rating),
    )


def fitted(post: Post) -> Post:
    """A post that fits into a message: where lists as long as they may be are too much together, they are shortened."""
    while len(msgspec.json.encode(post)) > MAX_POST:
        shorter = {name: getattr(post, name)[: len(getattr(post, name)) // 2] for name in _LISTS}
        post = msgspec.structs.replace(post, **shorter)
    return post


def clean(text: str | None, limit: int) -> str | None:
    """Text in NFC without control, direction and zero-width characters; None where nothing visible is left."""
    if text is None:
        return None
    text = text[: 4 * limit]  # a syllable that is written apart takes three, a letter with its marks four
    if not (text.isascii() and text.isprintable()):
        text = UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return text.strip()[:limit].rstrip() or None


def _identity(uri: str, channel: Channel) -> str:
    cleaned = clean(uri, MAX_KEYWORD)
    if not cleaned:
        raise ParseError("a post without an identity")
    own = channel.workspace and f"{IMPORT_SCHEME}{channel.workspace}/"
    if cleaned.startswith(IMPORT_SCHEME) and not (own and cleaned.startswith(own)):
        raise ParseError("a post that claims the identity of an import of another workspace")
    return cleaned


def _reference(uri: str | None) -> str | None:
    cleaned = clean(uri, MAX_KEYWORD)
    return post_id(cleaned) if cleaned else None


def _host(url: str) -> str | None:
    return urlsplit(url).netloc.rpartition("@")[2] or None


def _is_hearsay(uri: str, told_by: str, adapter: Adapter) -> bool:
    """Whether a post's identity names one host and another one told us of it: any server can claim any identity."""
    if uri.startswith("/".join((*told_by.split("/", 3)[:3], ""))):
        return False  # the same scheme, host and port: nearly always
    if not uri.startswith(("https://", "http://")):
        return not _counts_without_host(uri, told_by, adapter)
    named = _site(uri)
    return named != _site(told_by) and not any(f".{named}".endswith(f".{domain}") for domain in adapter.speaks_for)


def _counts_without_host(uri: str, told_by: str, adapter: Adapter) -> bool:
    """Whether it is for this host to tell of an identity that names none, an AT URI, say: nothing in it shows whose."""
    served = adapter.hostless.get(uri.partition(":")[0].lower())
    return served is not None and served in {"", _site(told_by)}


def _site(url: str) -> str:
    try:
        return host_of(over_http(url))
    except Refused:
        return ""


def _provenance(exchange: Exchange, adapter: Adapter, place: tuple[str, Span]) -> Provenance:
    key, span = place
    return Provenance(
        channel=exchange.channel.id,
        adapter=f"{adapter.name}/{adapter.version}",
        archive_key=key,
        archive_offset=span.offset,
        archive_length=span.length,
    )


def _author(author: Author | None, base: str) -> Author | None:
    if author is None:
        return None
    author_id = clean(author.id, MAX_KEYWORD)
    return msgspec.structs.replace(
        author,
        id=author_id,
        key=author_key(author_id) if author_id else None,
        handle=clean(author.handle, MAX_NAME),
        name=clean(author.name, MAX_NAME),
        url=canonical_url(author.url, base) if author.url else None,
        followers=_count(author.followers),
    )


def _date(date: datetime | None, received: datetime) -> datetime | None:
    """A date that can be true, in UTC; None for one before the web or after we read it."""
    if date is None or not EARLIEST <= date <= received + CLOCK_SKEW:
        return None
    known = min(date, received)
    return known if known.tzinfo is UTC else known.astimezone(UTC)


def _hashtags(draft: Draft, text: str | None) -> list[str]:
    has_any = text and ("#" in text or "＃" in text)  # noqa: RUF001 - as it is typed
    written = _written(_without_named(draft.hashtags, text)) if text and has_any else []
    return _unique(_hashtag(tag) for tag in (*draft.hashtags, *written)) if written or draft.hashtags else []


def _written(text: str) -> list[str]:
    return [tag for run in _HASHTAGS.findall(text) for tag in _SIGN.split(run)]


def _without_named(tags: Sequence[str], text: str) -> str:
    """A text without tags that the source names whole: what we would read of #k-pop is #k, which nobody wrote."""
    cleaned = filter(None, (clean(tag.lstrip("#"), MAX_NAME) for tag in tags[:MAX_LIST]))
    longer = [re.escape(tag) for tag in cleaned if not (_WHOLE.fullmatch(tag) or _SEVERAL.search(tag))]
    if not longer:
        return text
    return re.sub(rf"[#＃](?:{'|'.join(longer)})(?!\w)", " ", text, flags=re.IGNORECASE)  # noqa: RUF001 - as it is typed


def _hashtag(tag: str) -> str | None:
    cleaned = (clean(tag, MAX_NAME) or "").lstrip("#＃").strip()  # noqa: RUF001 - as it is typed
    return None if cleaned.isdigit() else cleaned.casefold()[:MAX_NAME]


def _media(media: Media, base: str) -> Media:
    url = canonical_url(media.url, base) if media.url else None
    return msgspec.structs.replace(media, url=url, description=clean(media.description, MAX_TITLE))


def _metrics(metrics: Metrics | None, received: datetime) -> Metrics | None:
    if metrics is None:
        return None
    likes, replies = _count(metrics.likes), _count(metrics.replies)
    reposts, views = _count(metrics.reposts), _count(metrics.views)
    if likes is replies is reposts is views is None:
        return None
    read_at = _date(metrics.read_at, received) or received
    return Metrics(likes=likes, replies=replies, reposts=reposts, views=views, read_at=read_at)


def _count(number: int | None) -> int | None:
    """A count that can be true: not negative, and within what the index holds (a signed 64-bit integer)."""
    return number if number is not None and 0 <= number < 2**63 else None


def _rating(rating: float | None) -> float | None:
    return rating if rating is not None and 0 <= rating <= MAX_RATING else None


def _unique(values: Iterable[str | None]) -> list[str]:
    """The first values that are there, each once; what comes behind enough of them is not even looked at."""
    kept: dict[str, None] = {}
    for value in values:
        if value:
            kept[value] = None
        if len(kept) == MAX_LIST:
            break
    return list(kept)
