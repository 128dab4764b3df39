"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import msgspec

from socialindex.errors import ParseError
from socialindex.sources._families.feeds.entries import MAX_ENTRIES, Attachment, Document, Entry, Markup, Person
from socialindex.sources._families.feeds.media import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]
"""A JSON object of which nothing is known: every value is asked for its type before it is used."""


def read(text: str, url: str) -> Document:
    """Read a JSON Feed; see the package's ``read``."""
    feed = _decode(text)
    if "jsonfeed.org/version/" not in _text(feed, "version"):
        raise ParseError("JSON, but no JSON Feed: it names no version of it")
    language, author = _text(feed, "language"), _author(feed)
    return Document(
        format="JSON Feed",
        title=_text(feed, "title"),
        language=language,
        home=_address(feed, "home_page_url", url),
        older=_address(feed, "next_url", url),
        read_entries=lambda: [_entry(item, url, language, author) for item in _objects(feed, "items")[:MAX_ENTRIES]],
    )


def _decode(text: str) -> Object:
    try:
        feed = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"JSON that does not parse: {error}") from error
    if not isinstance(feed, dict):
        raise ParseError("JSON, but no JSON Feed: not an object")
    return feed


def _entry(item: Object, url: str, language: str, author: Person | None) -> Entry:
    return Entry(
        id=_text(item, "id"),
        id_is_link=True,
        link=_address(item, "url", url),
        title=_markup(item, "title", "", url),
        content=_markup(item, "content_text", "content_html", url),
        summary=_markup(item, "summary", "", url),
        language=_text(item, "language") or language,
        author=_author(item) or author,
        published=[_text(item, "date_published")],
        updated=[_text(item, "date_modified")],
        categories=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        links=[_address(item, "external_url", url)],
        attachments=list(_attachments(item, url)),
        thumbnail=_address(item, "image", url) or _address(item, "banner_image", url),
    )


def _markup(item: Object, text: str, html: str, url: str) -> Markup | None:
    """The HTML of an item where it has one, else its text."""
    if source := _text(item, html):
        return Markup(source, base=_address(item, "url", url) or url)
    source = _text(item, text)
    return Markup(source, is_html=False) if source else None


def _author(item: Object) -> Person | None:
    """The first of 1.1's ``authors``, else 1.0's ``author``."""
    alone = item.get("author")
    authors = _objects(item, "authors") + ([alone] if isinstance(alone, dict) else [])
    return Person(_text(authors[0], "name"), _text(authors[0], "url")) if authors else None


def _attachments(item: Object, url: str) -> Iterator[Attachment]:
    for part in _objects(item, "attachments"):
        if address := _address(part, "url", url):
            yield Attachment(address, kind_of(_text(part, "mime_type"), address), _text(part, "title"))


def _text(item: Object, key: str) -> str:
    """A string, or a number as a string, which 1.1 says to take an ``id`` as; else empty."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _address(item: Object, key: str, url: str) -> str:
    address = _text(item, key).strip()
    try:
        return urljoin(url, address) if address else ""
    except ValueError:
        return ""


def _list(item: Object, key: str) -> list[Any]:
    value = item.get(key)
    return value if isinstance(value, list) else []


def _objects(item: Object, key: str) -> list[Object]:
    return [value for value in _list(item, key) if isinstance(value, dict)]
