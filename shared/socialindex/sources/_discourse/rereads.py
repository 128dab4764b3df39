"""Reading posts again, as few pages of their topics as hold them all.

A page is about the posts that it was asked for: one that it should hold and does not is deleted. It holds every post
between its first and its last one, and every later one where it is the topic's last page. A topic whose answers are
voted on has no such pages (``topics``): what they do not hold is asked for by itself.

Moderators move posts to other topics (``PostMover``). A moved post keeps its id and its time, so that nothing else in
the API shows it as new; but a notice stays behind that links to where it went, and has the first one's number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.model import Draft
from socialindex.sources._discourse import topics
from socialindex.sources._discourse.asking import ORIGINALS
from socialindex.sources._discourse.entities import Mark, Post, Topic
from socialindex.sources._discourse.places import number_of, place_of
from socialindex.sources._families.typed_json import read_each
from socialindex.sources.base import POST_KIND, Request
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Known, Response

_FIRST_PAGE: Final = range(1, topics.PAGE + 1)
_SPLIT: Final = "split_topic"
_LINK = re.compile(r'href="([^"<>]{1,500})"')
_MAX_MOVES: Final = 5
_ALONE: Final = "alone"
"""In the context of a request for a single post."""


def requests(place: Place, posts: Sequence[Known]) -> Iterator[Request]:
    """Requests for those of some posts that are of the forum."""
    for topic, numbers in _by_topic(place, posts).items():
        for batch in _pages(numbers):
            yield _page(place, topic, batch)


def asked(place: Place, response: Response) -> Iterable[str]:
    """The identities of the posts that a request was about."""
    return [place.post(*post) for post in _asked(response)]


def gone(place: Place, response: Response, topic: Topic) -> Iterator[Draft]:
    """Posts that an answer should hold and does not."""
    if topic.is_voted and topic.is_public:
        return
    marks = [mark for mark in read_each(topic.post_stream.posts, Mark) if isinstance(mark, Mark)]
    held = {mark.post_number for mark in marks}
    if len(marks) < len(topic.post_stream.posts) or not held:
        return  # what cannot be read might be what was asked for
    first = min(held) if min(held) > 1 and len(held) >= topics.PAGE else 1
    last = None if topic.post_stream.end is not None and topics.is_last(topic, marks) else max(held)
    written = held - _notices(topic)
    for asked_topic, number in _asked(response):
        is_elsewhere = number < first or (last is not None and number > last)
        if asked_topic != topic.id or (number not in written and not is_elsewhere):
            yield Draft(uri=place.post(asked_topic, number), deleted=True)


def follow(place: Place, response: Response) -> list[Request]:
    """Requests for what a page was asked for and does not hold: where it was moved to.

    Of a topic with votes they are for the page by time, then for each by itself.

    Raises:
        ParseError: the page cannot be read.
    """
    if is_alone(response.request):
        return []
    topic = topics.read_topic(response)
    held = {mark.post_number for mark in read_each(topic.post_stream.posts, Mark) if isinstance(mark, Mark)}
    missing = [post for post in _asked(response) if post[1] not in held]
    if topic.is_public and not topic.is_voted:
        went = missing or any(number in _notices(topic) for _, number in _asked(response))
        return _moved(place, topic) if went else []
    if not (topic.is_voted and topic.is_public and missing):
        return []
    if not topics.is_by_time(response.request):
        return [topics.by_time(response.request)]
    return [_alone(place, *post) for post in missing]


def _notices(topic: Topic) -> set[int]:
    """The numbers of what tells on a page what was done to the topic: they may have been a post's that was moved."""
    return {post.post_number for post in topics.posts(topic) if isinstance(post, Post) and post.is_notice}


def _moved(place: Place, topic: Topic) -> list[Request]:
    notices = (post for post in topics.posts(topic) if isinstance(post, Post) and post.action_code == _SPLIT)
    links = (unescape(link) for post in notices for link in _LINK.findall(post.cooked or ""))
    urls = (canonical_url(link, f"{place.base}/") for link in links)
    found = (_linked(place, url) for url in urls if url)
    return [topics.onward(place, *post) for post in islice(dict.fromkeys(filter(None, found)), _MAX_MOVES)]


def _linked(place: Place, url: str) -> tuple[int, int] | None:
    """The topic that a link leads to, with the post's number; the first one's where it names none."""
    other = place_of(url)
    if other is None or (other.base, other.kind) != (place.base, "topic"):
        return None
    return number_of(place.base, url) or (int(other.name), 1)


def is_alone(request: Request) -> bool:
    """Whether the answer to a request is a single post."""
    return _ALONE in request.context


def is_reread(request: Request) -> bool:
    """Whether a request reads posts again; those of a poll of a topic go on to its end."""
    return request.kind == POST_KIND and "up" not in request.context


def _alone(place: Place, topic: int, number: int) -> Request:
    return Request(
        url=f"{place.base}/posts/by_number/{topic}/{number}.json",
        kind=POST_KIND,
        priority=2,
        context={"topic": str(topic), "asked": str(number), _ALONE: "1"},
        headers=ORIGINALS,
    )


def _asked(response: Response) -> list[tuple[int, int]]:
    context = response.request.context
    return [(int(context["topic"]), int(number)) for number in context.get("asked", "").split()]


def _by_topic(place: Place, posts: Iterable[Known]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for post in posts:
        if known := number_of(place.base, post.uri):
            found[known[0]].append(known[1])
    return {topic: sorted(set(numbers)) for topic, numbers in found.items()}


def _pages(numbers: list[int]) -> Iterator[list[int]]:
    """Ascending numbers in groups that one page is sure to hold."""
    while numbers:
        span = _FIRST_PAGE if numbers[0] in _FIRST_PAGE else range(numbers[0], numbers[0] + topics.BEHIND)
        yield [number for number in numbers if number in span]
        numbers = [number for number in numbers if number not in span]


def _page(place: Place, topic: int, numbers: list[int]) -> Request:
    at = 1 if numbers[0] in _FIRST_PAGE else numbers[0]
    context = {"topic": str(topic), "asked": " ".join(map(str, numbers))}
    return msgspec.structs.replace(topics.near(place, topic, at, 2, context), kind=POST_KIND)
