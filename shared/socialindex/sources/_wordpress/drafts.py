"""Posts and comments of the REST API as drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Media
from socialindex.sources._families.articles.pages import hashtags
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.drafts import author_named, primary_language
from socialindex.sources._wordpress.entities import text_in
from socialindex.sources._wordpress.places import page_of
from socialindex.sources.base import withdrawn
from socialindex.text import Html, canonical_url, html_to_text

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.sources._wordpress.entities import Comment, Post


def identity(post: Post) -> str:
    """The canonical address of a post's page, by which feeds and sitemaps name it too.

    Raises:
        ParseError: it has none.
    """
    uri = canonical_url(post.link)
    if uri is None:
        raise ParseError(f"post {post.id} has no address")
    return uri


def check(post: Post) -> None:
    """See that a post may be kept, as far as the API tells.

    Raises:
        Discarded: ``secret`` where it wants a password, ``noindex`` where its page asks not to be indexed.
        ParseError: it has no address.
    """
    uri = identity(post)
    if post.content.protected:
        raise withdrawn("secret", uri)
    if post.says_noindex:
        raise withdrawn("noindex", uri)


def post_draft(post: Post) -> Draft:
    """A post as a draft.

    Raises:
        Discarded, ParseError: as ``check``; ``empty`` where there is nothing in it.
    """
    check(post)
    uri = identity(post)
    title = " ".join(html_to_text(post.title.rendered).text.split())
    text = html_to_text(post.content.rendered, base_url=uri)
    media = _media(post, text)
    if not (title or text.text or media):
        raise Discarded("empty")
    published, modified = _moment(post.date_gmt), _moment(post.modified_gmt)
    return Draft(
        uri=uri,
        kind="article",
        title=title or None,
        text=text.text or None,
        language=primary_language(post.lang) if isinstance(post.lang, str) else None,
        author=_author(post),
        published_at=published,
        edited_at=modified if published and modified and modified > published else None,
        hashtags=_hashtags(post),
        links=text.links,
        media=media,
    )


def comment_uri(comment: Comment) -> tuple[str, str]:
    """The identities of a comment and of its post.

    Raises:
        ParseError: it has no address.
    """
    page = page_of(comment.link)
    if page is None:
        raise ParseError(f"comment {comment.id} has no address")
    return f"{page}#comment-{comment.id}", page


def comment_draft(comment: Comment) -> Draft:
    """A comment as a draft. Its author has a name only: guests choose any, and members' numbers lead nowhere.

    Raises:
        Discarded: ``pingback`` where it is no comment but a notice that another site links here; ``empty``.
        ParseError: it has no address.
    """
    uri, page = comment_uri(comment)
    if comment.type not in {"comment", ""}:
        raise Discarded("pingback")
    text = html_to_text(comment.content.rendered, base_url=page)
    if not (text.text or text.images):
        raise Discarded("empty")
    return Draft(
        uri=uri,
        kind="comment",
        text=text.text or None,
        author=author_named(html_to_text(comment.author_name).text),
        published_at=_moment(comment.date_gmt),
        in_reply_to=f"{page}#comment-{comment.parent}" if comment.parent else page,
        thread=page,
        links=text.links,
        media=[Media(kind="image", url=url, description=description) for url, description in text.images],
    )


def _moment(text: str | None) -> datetime | None:
    """A time of the API's, which is in UTC and does not say so; a draft that was never dated has the year 0."""
    return parse_date(text) if text else None


def _author(post: Post) -> Author | None:
    people = post.related("author")
    if not people:
        return None
    return author_named(html_to_text(text_in(people[0], "name")).text, text_in(people[0], "link"))


def _hashtags(post: Post) -> list[str]:
    """Its tags. Categories are the site's table of contents, and no words of the author's."""
    terms = post.related("wp:term")
    return hashtags(html_to_text(text_in(t, "name")).text for t in terms if text_in(t, "taxonomy") == "post_tag")


def _media(post: Post, text: Html) -> list[Media]:
    """The featured picture, then those in the text, each once."""
    found: dict[str, str | None] = {}
    for item in post.related("wp:featuredmedia"):
        if url := canonical_url(text_in(item, "source_url"), post.link):
            found[url] = text_in(item, "alt_text") or None
    for url, description in text.images:
        found[url] = description or found.get(url)
    return [Media(kind="image", url=url, description=description) for url, description in found.items()]
