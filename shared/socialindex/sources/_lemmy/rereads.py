"""Reading posts again: for their figures, their edits, their deletion.

Only what the channel's server published can be asked for: of other servers' posts nobody but it knows the numbers that
it gave them. Comments of one post are asked for together, as its tree; those that the tree does not hold (it is cut at
300) are asked for by themselves, so that none is taken for deleted.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal

from socialindex.sources._families.one_service import batches
from socialindex.sources._families.typed_json import read_each
from socialindex.sources._lemmy import walk
from socialindex.sources._lemmy.api import JSON, Api
from socialindex.sources._lemmy.entities import Mark
from socialindex.sources._lemmy.places import number_of
from socialindex.sources.base import POST_KIND, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.sources.base import Known, Response

KIND: Final = "tree"
_MOST: Final = 40
"""Numbers that fit a request's context."""


def requests(api: Api, posts: Sequence[Known]) -> Iterator[Request]:
    """Requests for those of some posts that the server published."""
    trees: defaultdict[str, list[str]] = defaultdict(list)
    for post in posts:
        own = number_of(api.origin, post.uri)
        thread = number_of(api.origin, post.thread or "")
        if own and own[0] == "comment" and thread:
            trees[thread[1]].append(own[1])
        elif own:
            yield _single(api, *own, post.uri)
    for post_number, numbers in trees.items():
        yield from _tree(api, post_number, numbers)


def missing(api: Api, response: Response) -> list[Request]:
    """Requests for the comments that a tree was asked for and does not hold.

    Raises:
        ParseError: it is no list.
    """
    held = {str(mark.subject.id) for mark in read_each(walk.rows(response), Mark) if isinstance(mark, Mark)}
    asked = response.request.context.get("asked", "").split()
    return [_comment(api, number) for number in asked if number not in held]


def _tree(api: Api, post: str, numbers: list[str]) -> Iterable[Request]:
    if len(numbers) == 1:
        return [_comment(api, numbers[0])]
    return [
        Request(url=api.tree(post), kind=KIND, priority=2, context={"asked": " ".join(batch)}, headers=JSON)
        for batch in batches(numbers, _MOST)
    ]


def _comment(api: Api, number: str) -> Request:
    return _single(api, "comment", number, f"{api.origin}/comment/{number}")


def _single(api: Api, kind: Literal["post", "comment"], number: str, uri: str) -> Request:
    return Request(url=api.single(kind, number), kind=POST_KIND, priority=2, context={"uri": uri}, headers=JSON)
