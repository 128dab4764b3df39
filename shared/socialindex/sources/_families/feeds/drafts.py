"""Entries of a feed as posts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex import languages
from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Media, Metrics
from socialindex.sources._families.articles import small_print
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.identity import page_name
from socialindex.text import Html, canonical_url, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources._families.feeds.entries import Attachment, Entry

NOTHING: Final = Html("", [], [])
MAX_NAME: Final = 200
"""Characters of an author's name that are read."""

_EAST: Final = timezone(timedelta(hours=9))  # Korea and Japan, which know no summer time
_EASTERN: Final = frozenset({"ko", "ja", "kr", "jp"})
_EASTERN_LETTERS = re.compile("[\uac00-\ud7a3\u3041-\u30ff]")
_EASTERN_SHARE: Final = 0.3
"""Share of Hangul and kana among the letters of words that are Korean or Japanese: much of the rest may be names."""
_MAX_WORDS: Final = 2_000
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_COUNT = re.compile(r"[0-9]{1,12}")
_EMAIL = re.compile(r"(?:mailto:)?[^\s@<>()\[\]]{1,100}@[^\s@<>()\[\]]+")
_HASHTAG = re.compile(r"#([^\s#,]+)")
_PROTECTED = ("Protected: ", "보호된 글: ", "보호글: ", "保護中: ")
"""What WordPress writes before the title of a post that asks for a password."""


def draft(entry: Entry, uri: str | None, zone: tzinfo, language: str, read_at: datetime) -> Draft:
    """The post that an entry is.

    Args:
        entry: what the feed says.
        uri: its identity, if it has one.
        zone: that of dates which name none.
        language: what the feed declares, for entries that declare none.
        read_at: when the feed was read.

    Raises:
        Discarded: it asks not to be indexed, wants a password, or says nothing.
        ParseError: it has no identity.
    """
    title = " ".join((entry.title.read() if entry.title else NOTHING).text.split())
    if reason := _objection(entry, title):
        raise Discarded(reason)
    if not uri:
        raise ParseError("an entry without a link or an id of its own")
    text, is_excerpt = _text(entry)
    if not (title or text.text or text.images or entry.attachments):
        raise Discarded("empty")
    link = canonical_url(entry.link) or (canonical_url(entry.id) if entry.id_is_link else None)
    answered = _answered(entry)
    published, edited = entry_dates(entry, zone)
    return Draft(
        uri=uri,
        kind="comment" if answered else "article",
        url=link,
        title=title or None,
        text=text.text or None,
        excerpt=is_excerpt and link is not None,
        language=primary_language(entry.language or language),
        author=author_named(*entry.author) if entry.author else None,
        published_at=published,
        edited_at=edited,
        in_reply_to=answered,
        hashtags=_hashtags(entry.categories),
        links=list(dict.fromkeys([*text.links, *filter(canonical_url, entry.links)])),
        media=_media(entry, text),
        metrics=_metrics(entry, read_at),
        sensitive=entry.adult or None,
    )


def local_zone(language: str | None, url: str, words: str = "") -> tzinfo:
    """Where a publisher's clocks are: in Korea or Japan as it says, or as its words show; else in UTC.

    Args:
        language: what it declares. Many declare none, or the language of the template that they took.
        url: its address, whose host counts where no language is declared.
        words: such as its titles.
    """
    place = language or (urlsplit(url).hostname or "").rpartition(".")[2]
    return _EAST if place in _EASTERN or _are_eastern(words[:_MAX_WORDS]) else UTC


def _are_eastern(words: str) -> bool:
    found = len(_EASTERN_LETTERS.findall(words))
    return found > 0 and found >= _EASTERN_SHARE * sum(map(str.isalpha, words))


def primary_language(declared: str) -> str | None:
    """The primary language of a declared one: ``ko`` of ``ko-KR``."""
    match = _LANGUAGE.fullmatch(declared.strip()[:40])
    if not match:
        return None
    language = languages.COUNTRIES.get(match[1].lower(), match[1].lower())
    return None if language in languages.NONE else languages.kept(language)


def _objection(entry: Entry, title: str) -> str | None:
    """Why an entry must not be kept."""
    if entry.blocked:
        return "noindex"
    sources = [markup.source for markup in (entry.content, entry.summary) if markup]
    asks = any(map(asks_for_password, sources)) or (title.startswith(_PROTECTED) and not entry.content)
    return "secret" if asks else None


def asks_for_password(html: str) -> bool:
    """Whether a form stands in a post's place that wants its password: WordPress's."""
    return "post-password-form" in html or "action=postpass" in html


def _text(entry: Entry) -> tuple[Html, bool]:
    """The whole text where there is one, else the summary; and whether it is a summary."""
    whole = entry.content.read() if entry.content else NOTHING
    if whole.text or not entry.summary:
        return whole._replace(text=small_print.without(whole.text)), False
    summary = entry.summary.read()
    return Html(summary.text, summary.links, whole.images or summary.images), True


def entry_dates(entry: Entry, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """When it was published, and when it was edited after that."""
    published, updated = _first_date(entry.published, zone), _first_date(entry.updated, zone)
    if published and updated and updated > published:
        return published, updated
    return published or updated, None


def _first_date(dates: Iterable[str], zone: tzinfo) -> datetime | None:
    return next(filter(None, (parse_date(date, zone) for date in dates)), None)


def author_named(name: str, url: str = "") -> Author | None:
    """The author by that name and address, without an e-mail address: RSS 2.0 gives ``kim@example.com (Kim)``."""
    name = plain_text(_EMAIL.sub("", name[:MAX_NAME])).strip(" ()<>[]\"'@")
    address = canonical_url(url) if url else None
    return Author(id=address, name=name or None, url=address) if name or address else None


def _answered(entry: Entry) -> str | None:
    """The uri of what an entry answers (RFC 4685): its page where that is told, else its id."""
    reference = entry.in_reply_to
    return page_name(reference) or (reference if reference.lower().startswith(("tag:", "urn:")) else None)


def _hashtags(categories: list[str]) -> list[str]:
    found = (tag for name in categories if name.startswith("#") for tag in _HASHTAG.findall(name))
    return list(dict.fromkeys(found))


def _media(entry: Entry, text: Html) -> list[Media]:
    """Attachments and the text's images, each once; the thumbnail only where there is no other picture."""
    found = {part.url: _medium(part) for part in entry.attachments if canonical_url(part.url)}
    for url, description in text.images:
        found.setdefault(url, Media(kind="image", url=url, description=description))
    if canonical_url(entry.thumbnail) and not any(medium.kind == "image" for medium in found.values()):
        found[entry.thumbnail] = Media(kind="image", url=entry.thumbnail)
    return list(found.values())


def _medium(part: Attachment) -> Media:
    return Media(kind=part.kind, url=part.url, description=plain_text(part.description) or None)


def _metrics(entry: Entry, read_at: datetime) -> Metrics | None:
    likes, replies, views = map(_count, (entry.likes, entry.replies, entry.views))
    if likes is replies is views is None:
        return None
    return Metrics(likes=likes, replies=replies, views=views, read_at=read_at)


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text.strip()) else None
