"""The sample world's story as posts: what boards, the fediverse and the newspaper say, as the stages would have it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.local.world.generate import generate
from socialindex.identity import author_key, post_id
from socialindex.model import Author, Post, Provenance
from socialindex.normalize.enrich import Recognizer, enrich
from socialindex.normalize.language import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.world.records import Account, Article, Status, Thread, WorldData, Writer

ABOUT: Final = re.compile(r"누리폰|Nuri ?Phone|ヌリフォン", re.IGNORECASE)
QUERY: Final = '누리폰 OR "Nuri Phone" OR NuriPhone OR ヌリフォン'


def world_posts(anchor: datetime, seed: int = 12) -> list[Post]:
    """All that the world says, the earliest first."""
    enriched = [enrich(post, Recognizer(())) for post in _posts(generate(seed, anchor))]
    return sorted(enriched, key=lambda post: (post.published_at or anchor, post.id))


def about(posts: list[Post]) -> list[Post]:
    """Those of the telephone."""
    return [post for post in posts if ABOUT.search(f"{post.title} {post.text}")]


def first_article(posts: list[Post], since: datetime) -> datetime:
    """When the press begins to write."""
    return min(
        post.published_at
        for post in posts
        if post.kind == "article" and post.published_at and post.published_at >= since
    )


def _posts(world: WorldData) -> Iterator[Post]:
    accounts = {account.id: account for account in world.accounts}
    for board in world.boards:
        for thread in board.threads:
            yield from _thread(board.table, thread)
    for status in world.statuses:
        if status.visibility == "public" and status.boosts is None:
            yield _status(status, accounts[status.account])
    for article in world.articles:
        yield _article(article)


def _thread(board: str, thread: Thread) -> Iterator[Post]:
    uri = f"https://board.example.com/{board}/{thread.number}"
    if thread.secret or thread.deleted_at:
        return
    yield _post(uri, thread.published_at, "gnuboard", _writer(thread.writer), title=thread.title, text=thread.text)
    for comment in thread.comments:
        if not comment.secret:
            where = f"{uri}#c_{comment.number}"
            yield _post(
                where, comment.published_at, "gnuboard", _writer(comment.writer), text=comment.text, kind="comment"
            )


def _status(status: Status, account: Account) -> Post:
    author = Author(
        id=f"urn:{account.id}", key=author_key(f"urn:{account.id}"), name=account.name, followers=account.followers
    )
    uri = f"https://social.example.com/{status.id}"
    return _post(uri, status.published_at, "mastodon", author, text=status.text, language=status.language)


def _article(article: Article) -> Post:
    uri, text = f"https://news.example.com/{article.slug}", "\n".join(article.paragraphs)
    return _post(uri, article.published_at, "feed", None, title=article.title, text=text, kind="article")


def _writer(writer: Writer) -> Author:
    if writer.member is None:
        return Author(name=writer.name)
    return Author(id=f"urn:{writer.member}", key=author_key(f"urn:{writer.member}"), name=writer.name)


def _provenance(source: str) -> Provenance:
    return Provenance(
        channel=f"ch_{source}", adapter=f"{source}/1", archive_key="k", archive_offset=0, archive_length=1
    )


def _post(uri: str, at: datetime, source: str, author: Author | None, **given: str | None) -> Post:
    language = language_of(given.pop("language", None), given.get("title"), given.get("text"))
    return Post(
        id=post_id(uri),
        uri=uri,
        source=source,
        platform=uri.split("/")[2],
        author=author,
        published_at=at,
        collected_at=at + timedelta(minutes=1),
        first_seen_at=at + timedelta(minutes=1),
        cluster_id=post_id(uri),
        provenance=_provenance(source),
        language=language,
        **given,  # type: ignore[arg-type] # kind is one of the kinds
    )
