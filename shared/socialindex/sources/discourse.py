"""Discourse forums: company support forums, communities of software projects and of everything else.

A channel is a whole forum, a category, a tag, one topic or what one person wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Draft
from socialindex.sources._discourse import comments, detect, latest, lists, published, rereads, topics, users
from socialindex.sources._discourse.drafts import Reader
from socialindex.sources._discourse.entities import Post, check_answer
from socialindex.sources._discourse.places import Place, place_of
from socialindex.sources._families.typed_json import read
from socialindex.sources.base import POST_KIND, Adapter, Channel, Follow, Known, Recognized, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GONE = frozenset({404, 410})


class Discourse(Adapter):
    """Kinds of requests, each with the module that makes it.

    latest   the forum's newest posts                         latest
    list     a page of a list of topics                       lists
    created  the forum's topics by creation                   published
    topic    a page of a topic                                topics
    post     a page of a topic that was asked for some posts  topics, rereads
             or one post by itself                            rereads
             or the comments below a post                     comments
    user     the newest posts of a person                     users
    actions  the beginnings of all posts of a person          users

    A forum that is too busy answers 429 with ``Retry-After``, which the crawl obeys.
    """

    name: ClassVar[str] = "discourse"
    title: ClassVar[str] = "Discourse forums"
    version: ClassVar[int] = 6
    rank: ClassVar[int] = 30
    gives: ClassVar[tuple[str, ...]] = (
        "author",
        "likes",
        "replies",
        "views",
        "edits",
        "quotes",
        "mentions",
        "hashtags",
        "links",
        "media",
    )
    paste: ClassVar[tuple[str, ...]] = (
        "https://forum.example/",
        "https://forum.example/c/support/5",
        "https://forum.example/tag/battery",
        "https://forum.example/t/swollen-battery/12",
        "https://forum.example/u/mina/activity",
    )

    def recognize(self, page: Response) -> Recognized | None:
        """The place that a forum's page shows, or its document."""
        return detect.recognized(page)

    def probes(self, url: str) -> Iterable[Request]:
        """The document behind a topic's or a category's address."""
        return detect.probes(url)

    def start(self, channel: Channel) -> Request:
        """The newest posts, the list's first page, or where the topic was left.

        Raises:
            InvalidInput: the channel's address is none that ``recognize`` makes, or an option is no number.
        """
        place = _place(channel)
        if place.kind == "forum":
            return latest.start(place)
        if place.kind == "topic":
            return topics.start(channel, place)
        return users.start(place) if place.kind == "user" else lists.start(place)

    def backfill(self, channel: Channel) -> Request | None:
        """The walk through all posts. A topic's polls go through it from its beginning anyway."""
        place = _place(channel)
        if place.kind == "forum":
            return latest.backfill(place)
        if place.kind == "topic":
            return None
        return users.backfill(place) if place.kind == "user" else lists.backfill(place)

    def reread(self, channel: Channel, posts: Sequence[Known]) -> Iterable[Request]:
        """Pages of topics that hold the posts, one for up to twenty of a topic; also those of comments."""
        place = _place(channel)
        return [*rereads.requests(place, posts), *comments.requests(place, posts)]

    def follow(self, channel: Channel, response: Response) -> Follow:
        """Topics that are new or were answered, the next page, and the cursor."""
        kind, place = response.request.kind, _place(channel)
        if response.status in _GONE:
            return Follow()
        check_answer(response.body, response.url)
        if kind == latest.KIND:
            return latest.follow(channel, place, response)
        if kind == lists.KIND:
            return lists.follow(channel, place, response)
        if kind == published.KIND:
            return published.follow(place, response)
        if kind == users.ACTIONS:
            return users.follow(place, response)
        return _onward(channel, place, response) if kind in {topics.KIND, POST_KIND} else Follow()

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft | Exception]:
        """The posts of an answer, and those that it was asked for and that are gone."""
        kind, place = response.request.kind, _place(channel)
        if comments.is_about(response.request):
            return _comments(place, response)
        if response.status in _GONE:
            gone = rereads.asked(place, response) if kind == POST_KIND else ()
            return [Draft(uri=uri, deleted=True) for uri in gone]
        check_answer(response.body, response.url)
        reader = Reader(place, response.received_at)
        if kind == latest.KIND:
            return reader.drafts(latest.posts(response))
        if kind == users.KIND:
            return reader.drafts(users.posts(response))
        if kind == users.ACTIONS:
            return reader.excerpts(users.actions(response))
        return _of_topic(place, response) if kind in {topics.KIND, POST_KIND} else ()


def _onward(channel: Channel, place: Place, response: Response) -> Follow:
    if comments.is_about(response.request):
        return Follow(requests=comments.follow(place, response))
    if rereads.is_alone(response.request):
        return Follow()
    is_reread = rereads.is_reread(response.request)
    found = Follow(requests=rereads.follow(place, response)) if is_reread else topics.follow(channel, place, response)
    topic = topics.read_topic(response)
    further = comments.further(place, topics.posts(topic), Reader(place, response.received_at, topic))
    return msgspec.structs.replace(found, requests=[*found.requests, *further])


def _comments(place: Place, response: Response) -> list[Draft | Exception]:
    if response.status in _GONE:
        return [*comments.gone(place, response)]
    check_answer(response.body, response.url)
    return comments.posts(place, response)


def _of_topic(place: Place, response: Response) -> list[Draft | Exception]:
    if rereads.is_alone(response.request):
        return [*Reader(place, response.received_at).drafts([read(response.body, Post)])]
    topic = topics.read_topic(response)
    reader, found = Reader(place, response.received_at, topic), topics.posts(topic)
    below = (each for post in found if isinstance(post, Post) for each in comments.shown(place, post, reader))
    gone = rereads.gone(place, response, topic) if response.request.kind == POST_KIND else ()
    return [*reader.drafts(found), *below, *gone]


def _place(channel: Channel) -> Place:
    place = place_of(channel.url)
    if place is None:
        raise InvalidInput(
            f"not a place of a forum: {channel.url!r}",
            field="url",
            remedy="send https://host/latest, /c/name/5, /tag/name, /t/12 or /u/name",
        )
    return place


ADAPTER = Discourse()
