"""Short comments below questions and answers (the plugin discourse-post-voting).

A page of a topic holds the first five below each of its posts, and how many there are; the others come at once, in a
list. They have no numbers in the topic: a comment is known by its post's number, and by the ids of the post and its
own, which is what it takes to ask for it again. The list does not tell whether the topic is still for everybody: to
read comments again, a page of the topic is asked for first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.errors import ParseError
from socialindex.model import Draft
from socialindex.sources._discourse import topics
from socialindex.sources._discourse.asking import ORIGINALS
from socialindex.sources._discourse.drafts import Reader
from socialindex.sources._discourse.entities import Comment, Comments, Post
from socialindex.sources._families.one_service import batches
from socialindex.sources._families.typed_json import read, read_each
from socialindex.sources.base import POST_KIND, Request, withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.sources._discourse.places import Place
    from socialindex.sources.base import Known, Response

_ASKED: Final = "asked"
"""In the context of a request: the ids of the comments that it is about."""
_BELOW: Final = "below"
"""In the context of a request: the id of the post that the comments are below."""
_AFTER: Final = "after"
"""In the context of a request for a list: the id of the comment that it begins after."""
_REASON: Final = "reason"
"""In the context of a request: why the comments must not be kept."""
_MOST: Final = 50
"""Comments that are asked for together, whose ids fit a request's context."""
_URI: Final = re.compile(
    r"/t/(?P<topic>[0-9]{1,12})/(?P<number>[0-9]{1,9})#comment-(?P<post>[0-9]{1,10})-(?P<id>[0-9]{1,10})"
)


class Below(NamedTuple):
    """The post that comments are below: its topic's number, its own, its id."""

    topic: int
    number: int
    post: int

    def uri(self, place: Place, comment: int) -> str:
        """The identity of a comment."""
        return f"{place.post(self.topic, self.number)}#comment-{self.post}-{comment}"


def further(place: Place, posts: Iterable[Post | ParseError], reader: Reader) -> Iterator[Request]:
    """The requests for the comments that a page of a topic does not hold."""
    for post in posts:
        first = [] if isinstance(post, ParseError) else _first(post, reader)
        held = [comment.id for comment in read_each(first, Comment) if isinstance(comment, Comment)]
        if isinstance(post, Post) and held and post.comments_count != len(first):
            reason = reader.refusal(post)
            yield _list(place, _below(post), max(held), {_REASON: reason} if reason else {})


def requests(place: Place, posts: Iterable[Known]) -> Iterator[Request]:
    """The requests for those of some posts that are comments of the forum, the ones below one post together."""
    found: defaultdict[Below, set[int]] = defaultdict(set)
    for post in posts:
        path = post.uri.removeprefix(place.base)
        match = _URI.fullmatch(path) if path != post.uri else None
        if match:
            found[Below(int(match["topic"]), int(match["number"]), int(match["post"]))].add(int(match["id"]))
    for below, ids in found.items():
        for batch in batches(sorted(ids), _MOST):
            context = _context(below) | {_ASKED: " ".join(map(str, batch))}
            page = topics.near(place, below.topic, below.number, 2, context)
            yield msgspec.structs.replace(page, kind=POST_KIND)


def follow(place: Place, response: Response) -> list[Request]:
    """The request for the list, after the page of a topic whose comments may be kept.

    Raises:
        ParseError: the page cannot be read.
    """
    asked = _asked(response)
    if _AFTER in response.request.context or _refusal(place, response):
        return []
    return [_list(place, _asked_below(response), min(asked) - 1, {_ASKED: " ".join(map(str, asked))})]


def is_about(request: Request) -> bool:
    """Whether a request asks for a list of comments, or for the page that such a list waits for."""
    return _BELOW in request.context


def gone(place: Place, response: Response) -> list[Draft]:
    """The comments that were asked for, where their post or topic is gone."""
    below = _asked_below(response)
    return [Draft(uri=below.uri(place, comment), deleted=True) for comment in _asked(response)]


def posts(place: Place, response: Response) -> list[Draft | Exception]:
    """The comments of an answer, and those that it was asked for and does not hold.

    Raises:
        ParseError: it is neither a list of comments nor a page of a topic.
    """
    below, context = _asked_below(response), response.request.context
    if _AFTER not in context:
        reason = _refusal(place, response)
        return [withdrawn(reason, below.uri(place, each)) for each in _asked(response)] if reason else []
    found = [*read_each(read(response.body, Comments).comments, Comment)]
    held = {comment.id for comment in found if isinstance(comment, Comment)}
    missing = [] if len(held) < len(found) else [each for each in _asked(response) if each not in held]
    reader, reason = Reader(place, response.received_at), context.get(_REASON)
    return [
        *(each if isinstance(each, ParseError) else _judged(place, below, each, reason, reader) for each in found),
        *(Draft(uri=below.uri(place, each), deleted=True) for each in missing),
    ]


def shown(place: Place, post: Post, reader: Reader) -> Iterator[Draft | Exception]:
    """The comments that a page holds below a post."""
    below, reason = _below(post), reader.refusal(post)
    for each in read_each(_first(post, reader), Comment):
        yield each if isinstance(each, ParseError) else _judged(place, below, each, reason, reader)


def _first(post: Post, reader: Reader) -> list[msgspec.Raw]:
    """The comments that a page holds below a post; other plugins may mean anything by them."""
    if not (reader.topic and reader.topic.is_voted):
        return []
    try:
        return read(post.comments, list[msgspec.Raw])
    except ParseError:
        return []


def _judged(place: Place, below: Below, comment: Comment, reason: str | None, reader: Reader) -> Draft | Exception:
    uri = below.uri(place, comment.id)
    return withdrawn(reason, uri) if reason else reader.comment(comment, uri, below.topic, below.number)


def _below(post: Post) -> Below:
    return Below(post.topic_id, post.post_number, post.id)


def _refusal(place: Place, response: Response) -> str | None:
    """The reason why comments may not be kept, as a page of their topic tells it."""
    topic, below = topics.read_topic(response), _asked_below(response)
    reader = Reader(place, response.received_at, topic)
    theirs = (post for post in topics.posts(topic) if isinstance(post, Post) and post.id == below.post)
    return reader.closed or next((reader.refusal(post) for post in theirs), None)


def _list(place: Place, below: Below, after: int, context: dict[str, str]) -> Request:
    return Request(
        url=f"{place.base}/post_voting/comments.json?post_id={below.post}&last_comment_id={after}",
        kind=POST_KIND,
        priority=2,
        context={**_context(below), _AFTER: str(after), **context},
        headers=ORIGINALS,
    )


def _context(below: Below) -> dict[str, str]:
    return {"topic": str(below.topic), "number": str(below.number), _BELOW: str(below.post)}


def _asked_below(response: Response) -> Below:
    context = response.request.context
    return Below(int(context["topic"]), int(context["number"]), int(context[_BELOW]))


def _asked(response: Response) -> list[int]:
    return [int(comment) for comment in response.request.context.get(_ASKED, "").split()]
