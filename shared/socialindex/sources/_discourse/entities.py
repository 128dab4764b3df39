"""What a forum's JSON tells, the fields that we read (https://docs.discourse.org/, and the serializers behind it).

Forums run any of many versions and plugins: fields are missing or null; what is not named here is ignored.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Any, Final

import msgspec

from socialindex.errors import Discarded, ParseError
from socialindex.sources._families.typed_json import Entity, read

LIKE: Final = 2
"""The id of likes in ``actions_summary``."""
REGULAR: Final = 1
"""A post of somebody."""
STAFF: Final = 2
"""An ordinary post with "Add Staff Color", or what moderators say of an act of theirs (``action_code``)."""
WHISPER: Final = 4
"""A post that only the forum's team is to see. The other value of ``post_type`` is 3, a notice of the software."""


class Action(Entity, frozen=True, kw_only=True):
    """How often a post was acted on. Forums leave out what did not happen, and the number where it is zero."""

    id: int
    count: int = 0


class Post(Entity, frozen=True, kw_only=True):
    id: int
    post_number: int
    topic_id: int
    post_type: int = REGULAR
    action_code: str | None = None
    """What moderators did, such as ``closed.enabled``."""
    username: str | None = None
    name: str | None = None
    user_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1
    """How many wordings there were; an edit within the first minutes makes none."""
    cooked: str | None = None
    topic_slug: str | None = None
    topic_title: str | None = None
    """Only beside posts of several topics."""
    reply_to_post_number: int | None = None
    reply_count: int | None = None
    actions_summary: list[Action] | None = None
    hidden: bool | None = None
    """Hidden for flags; ``cooked`` is a notice then."""
    user_deleted: bool | None = None
    """Deleted by its author; stays a day longer with a notice for its text."""
    deleted_at: datetime | None = None
    locale: str | None = None
    is_localized: bool | None = None
    """Whether ``cooked`` is a translation; ``locale`` is the original's."""
    comments: msgspec.Raw = msgspec.Raw(b"null")
    """The first of its comments, of which there are ``comments_count``, where answers are voted on; else anything."""
    comments_count: Any = None

    @property
    def is_notice(self) -> bool:
        """Whether it tells what was done to the topic, and nobody wrote it."""
        return self.post_type not in {REGULAR, STAFF, WHISPER} or (self.post_type == STAFF and bool(self.action_code))


class Comment(Entity, frozen=True, kw_only=True):
    """A short comment below a question or an answer."""

    id: int
    username: str | None = None
    name: str | None = None
    user_id: int | None = None
    created_at: datetime | None = None
    cooked: str | None = None
    post_voting_vote_count: int | None = None


class Comments(Entity, frozen=True, kw_only=True):
    """``/post_voting/comments.json``."""

    comments: list[msgspec.Raw]


class Mark(Entity, frozen=True, kw_only=True):
    """The part of a post that paging needs."""

    id: int
    post_number: int
    topic_id: int
    created_at: datetime | None = None


class Tag(Entity, frozen=True, kw_only=True):
    name: str


class Stream(Entity, frozen=True, kw_only=True):
    """``posts`` are a page of those whose ids are in ``stream``, which is the whole topic's."""

    posts: list[msgspec.Raw]
    stream: list[int] = []
    last_id: int | None = msgspec.field(name="lastId", default=None)
    """In the place of ``stream`` where a topic has 10,000 posts and more (``TopicView::MEGA_TOPIC_POSTS_COUNT``)."""

    @property
    def end(self) -> int | None:
        """The id of the topic's last post, where it is told."""
        return self.stream[-1] if self.stream else self.last_id


class Topic(Entity, frozen=True, kw_only=True):
    """``/t/12.json``."""

    id: int
    title: str | None = None
    slug: str | None = None
    posts_count: int | None = None
    views: int | None = None
    tags: list[str | Tag] = []
    """Names; objects since tags have ids."""
    archetype: str = "regular"
    """``private_message`` where it is none of the public's."""
    visible: bool | None = None
    """False where it is unlisted."""
    is_post_voting: bool | None = None
    is_qa: bool | None = None
    """What older versions of the same plugin call it."""
    post_stream: Stream

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody and in lists: what a single post does not tell."""
        return self.archetype != "private_message" and self.visible is not False

    @property
    def is_voted(self) -> bool:
        """Whether it is a question whose answers come by votes, and replies to them not at all."""
        return bool(self.is_post_voting or self.is_qa)


class Row(Entity, frozen=True, kw_only=True):
    """A topic in a list."""

    id: int
    created_at: datetime | None = None
    bumped_at: datetime | None = None
    highest_post_number: int = 0
    pinned: bool | None = None
    pinned_globally: bool | None = None
    visible: bool | None = None
    archetype: str = "regular"


class TopicList(Entity, frozen=True, kw_only=True):
    topics: list[Row]
    more_topics_url: str | None = None


class ListPage(Entity, frozen=True, kw_only=True):
    """``/c/slug/5/l/latest.json``, ``/tag/name.json``."""

    topic_list: TopicList


class LatestPosts(Entity, frozen=True, kw_only=True):
    """``/posts.json``."""

    latest_posts: list[msgspec.Raw]


class UserAction(Entity, frozen=True, kw_only=True):
    """An entry of ``/user_actions.json``: a post of which only the beginning is told."""

    post_number: int
    topic_id: int
    title: str | None = None
    slug: str | None = None
    excerpt: str | None = None
    truncated: bool | None = None
    created_at: datetime | None = None
    acting_username: str | None = None
    acting_name: str | None = None
    acting_user_id: int | None = None
    reply_to_post_number: int | None = None
    post_type: int | None = None
    hidden: bool | None = None
    deleted: bool | None = None


class UserActions(Entity, frozen=True, kw_only=True):
    user_actions: list[msgspec.Raw]


class Refusal(Entity, frozen=True, kw_only=True):
    """What a forum answers instead; also with status 200 behind some proxies."""

    errors: Any
    error_type: str | None = None


_VERDICTS: Final = {"not_logged_in": "login_required", "invalid_access": "restricted", "not_found": "gone"}


def check_answer(body: bytes, url: str) -> None:
    """Whether an answer is one at all.

    Raises:
        Discarded: ``login_required``, ``restricted`` or ``gone``.
    """
    if body.lstrip()[:1] == b"<" and url.partition("?")[0].endswith("/login"):
        raise Discarded("login_required")
    if b'"errors"' not in body[:200]:
        return
    try:
        refusal = read(body, Refusal)
    except ParseError:
        return
    if reason := _VERDICTS.get(refusal.error_type or ""):
        raise Discarded(reason)
