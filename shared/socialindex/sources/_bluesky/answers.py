"""Posts of answers that were asked for by their URIs: what is missing says something too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.errors import Discarded, ParseError
from socialindex.sources._bluesky.views import Named, Posts, PostView, ThreadAnswer
from socialindex.sources._bluesky.xrpc import asked_for, check
from socialindex.sources._families.typed_json import read, read_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import msgspec

    from socialindex.model import Draft
    from socialindex.sources._bluesky.drafts import Reader
    from socialindex.sources.base import Request, Response


def thread_posts(reader: Reader, response: Response) -> Iterable[Draft | Exception]:
    """The posts of a conversation; where the AppView does not have the post that it was asked for, that one is gone."""
    try:
        check(response)
    except Discarded as verdict:
        uri = response.request.context.get("uri")
        if verdict.reason != "gone" or uri is None:
            raise
        return (reader.gone(uri),)
    return reader.thread(read(response.body, ThreadAnswer).thread)


def asked_posts(reader: Reader, response: Response) -> Iterator[Draft | Exception]:
    """Posts that were asked for by their URIs.

    Of posts that we have, one that is missing is gone. A post that a stream told of and that is not there was never
    ours.
    """
    raws = read(response.body, Posts).posts
    yield from reader.posts(read_each(raws, PostView))
    ours = "found" not in response.request.context
    for uri in _missing(response.request, raws):
        yield reader.gone(uri) if ours else Discarded("not_found")


def _missing(request: Request, raws: list[msgspec.Raw]) -> list[str]:
    """Posts that an answer should hold and does not; none where some of what it holds cannot be told."""
    held = {None if isinstance(each, ParseError) else each.uri for each in read_each(raws, Named)}
    return [] if None in held else [uri for uri in asked_for(request) if uri not in held]
