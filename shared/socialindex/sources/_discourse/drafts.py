"""Drafts out of posts.

- A topic's first post is a ``post`` with the topic's title and tags, every other one a ``comment``. A reply that names
  no post answers the first one.
- Notices of what was done to a topic (somebody closed or moved something) and whispers are no posts of people. A post
  with staff color is: that is how a company marks its official answers. What was hidden for flags, or is in a topic
  that is unlisted, must not be kept.
- A topic's views are its first post's. Of other posts a forum tells how many people read them, which is no such figure.
- That a reply solves the topic, or that a post is a wiki, has no place in the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from socialindex.errors import Discarded
from socialindex.model import Author, Draft, Metrics
from socialindex.sources._discourse.cooked import read_cooked
from socialindex.sources._discourse.entities import LIKE, WHISPER, Comment, Post, Tag, Topic, UserAction
from socialindex.sources._families.times import in_utc
from socialindex.sources.base import withdrawn
from socialindex.text import html_to_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.errors import ParseError
    from socialindex.sources._discourse.places import Place


@dataclass(frozen=True)
class Reader:
    """Reads the posts of one answer.

    Attributes:
        place: of the forum.
        read_at: when the answer was received.
        topic: what is known of the topic, where the answer is about one.
    """

    place: Place
    read_at: datetime
    topic: Topic | None = None

    def drafts(self, posts: Iterable[Post | ParseError]) -> Iterator[Draft | Exception]:
        """The drafts of some posts in their order; ``Discarded`` for those that may not be kept."""
        return (post if isinstance(post, Exception) else self._draft(post) for post in posts)

    def excerpts(self, actions: Iterable[UserAction | ParseError]) -> Iterator[Draft | Exception]:
        """Drafts of the beginnings of posts."""
        return (action if isinstance(action, Exception) else self._excerpt(action) for action in actions)

    def comment(self, comment: Comment, uri: str, topic: int, number: int) -> Draft | Discarded:
        """The draft of a short comment below the post of a topic with a number."""
        cooked = read_cooked(comment.cooked or "", f"{self.place.base}/")
        if not cooked.text:
            return Discarded("empty")
        likes = comment.post_voting_vote_count
        return Draft(
            uri=uri,
            kind="comment",
            url=self.place.post(topic, number),
            text=cooked.text,
            author=self._author(comment.username, comment.name, comment.user_id),
            published_at=in_utc(comment.created_at),
            in_reply_to=self.place.post(topic, number),
            thread=self.place.post(topic, 1),
            mentions=cooked.mentions,
            links=cooked.links,
            metrics=None if likes is None else Metrics(likes=likes, read_at=self.read_at),
        )

    @property
    def closed(self) -> str | None:
        """The reason why nothing of the topic may be kept, or ``None``."""
        if self.topic and self.topic.archetype == "private_message":
            return "not_public"
        return "unlisted" if self.topic and self.topic.visible is False else None

    def refusal(self, post: Post) -> str | None:
        """The reason why what is below a post must not be kept, or ``None``."""
        verdict = self._objection(post, self.place.post(post.topic_id, post.post_number))
        return verdict.reason if verdict else None

    def _draft(self, post: Post) -> Draft | Discarded:
        uri = self.place.post(post.topic_id, post.post_number)
        if verdict := self._objection(post, uri):
            return verdict
        if post.user_deleted or post.deleted_at:
            return Draft(uri=uri, deleted=True)
        first = post.post_number == 1
        cooked = read_cooked(post.cooked or "", f"{self.place.base}/")
        title = self._title(post) if first else None
        if not (cooked.text or cooked.media or title):
            return Discarded("empty")
        return Draft(
            uri=uri,
            kind="post" if first else "comment",
            url=self._page(post.topic_slug or self._slug, post.topic_id, post.post_number),
            title=title,
            text=cooked.text or None,
            language=None if post.is_localized else post.locale or None,
            author=self._author(post.username, post.name, post.user_id),
            published_at=in_utc(post.created_at),
            edited_at=in_utc(post.updated_at) if post.version > 1 else None,
            in_reply_to=self._parent(post),
            thread=self.place.post(post.topic_id, 1),
            quote_of=next((self.place.post(*quoted) for quoted in cooked.quotes), None),
            mentions=cooked.mentions,
            hashtags=[*self._tags(post), *cooked.hashtags],
            links=cooked.links,
            media=cooked.media,
            metrics=self._metrics(post),
        )

    def _excerpt(self, action: UserAction) -> Draft | Discarded:
        uri = self.place.post(action.topic_id, action.post_number)
        if action.hidden:
            return withdrawn("hidden", uri)
        if action.deleted:
            return Draft(uri=uri, deleted=True)
        text, links, _ = html_to_text(action.excerpt or "", base_url=f"{self.place.base}/")
        if not text:
            return Discarded("empty")
        first = action.post_number == 1
        return Draft(
            uri=uri,
            kind="post" if first else "comment",
            url=self._page(action.slug, action.topic_id, action.post_number),
            title=plain_text(action.title or "") or None if first else None,
            text=text,
            excerpt=action.truncated is not False,
            author=self._author(action.acting_username, action.acting_name, action.acting_user_id),
            published_at=in_utc(action.created_at),
            in_reply_to=self._parent(action),
            thread=self.place.post(action.topic_id, 1),
            links=links,
        )

    def _objection(self, post: Post, uri: str) -> Discarded | None:
        if post.post_type == WHISPER:
            return withdrawn("whisper", uri)
        if post.is_notice:
            return Discarded("notice")
        reason = self.closed or ("hidden" if post.hidden else None)
        return withdrawn(reason, uri) if reason else None

    @property
    def _slug(self) -> str | None:
        return self.topic.slug if self.topic else None

    def _title(self, post: Post) -> str | None:
        return plain_text((self.topic and self.topic.title) or post.topic_title or "") or None

    def _tags(self, post: Post) -> list[str]:
        tags = self.topic.tags if self.topic and post.post_number == 1 else []
        return [name for tag in tags if (name := tag.name if isinstance(tag, Tag) else tag)]

    def _parent(self, post: Post | UserAction) -> str | None:
        if post.post_number == 1:
            return None
        return self.place.post(post.topic_id, post.reply_to_post_number or 1)

    def _metrics(self, post: Post) -> Metrics | None:
        """Likes that are not told are none; a topic's replies are its posts but the first."""
        acted = post.actions_summary
        likes = None if acted is None else sum(action.count for action in acted if action.id == LIKE)
        views, replies = None, post.reply_count
        if post.post_number == 1:
            count = self.topic.posts_count if self.topic else None
            views, replies = self.topic.views if self.topic else None, count - 1 if count else None
        if likes is replies is views is None:
            return None
        return Metrics(likes=likes, replies=replies, views=views, read_at=self.read_at)

    def _page(self, slug: str | None, topic: int, number: int) -> str | None:
        return f"{self.place.base}/t/{quote(slug)}/{topic}/{number}" if slug else None

    def _author(self, username: str | None, name: str | None, user_id: int | None) -> Author | None:
        """Who wrote a post; the forum itself and its helpers have negative ids."""
        if not username:
            return None
        page = f"{self.place.base}/u/{quote(username.lower())}"
        own_name = plain_text(name or "") or None
        bot = user_id is not None and user_id < 0
        return Author(id=page, handle=username, name=own_name, url=page, kind="bot" if bot else None)
