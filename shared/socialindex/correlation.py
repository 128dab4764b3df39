"""What belongs together across the queues: ids that messages carry as an attribute, and that log entries show.

What begins a piece of work gives it an id: a request to the API its own (the ``instance`` of problem details), a run of
a schedule the invocation's. A fetched response is named by where it is archived, which its posts know for ever. Each
stage hands on the ids of what it was handed, so that one id finds a post's whole way in the logs: docs/metrics.md.
Ids say nothing about people.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Iterator

    from socialindex.model import Post

Ids = tuple[str, ...]

ATTRIBUTE: Final = "correlation"
"""Of a message: ids, separated by spaces."""
MAX_IDS: Final = 50
"""Of a message: 2 KB, as much as a message may well be longer."""
_SUFFIX: Final = ".warc.gz"

_current: ContextVar[Ids] = ContextVar(ATTRIBUTE, default=())


def current() -> Ids:
    """What is worked at now belongs to these."""
    return _current.get()


@contextmanager
def following(ids: Iterable[str]) -> Iterator[None]:
    """What is logged and sent meanwhile belongs to these ids. Tasks and ``asyncio.to_thread`` inherit them."""
    token = _current.set(distinct(ids))
    try:
        yield
    finally:
        _current.reset(token)


def distinct(ids: Iterable[str]) -> Ids:
    """Each id once, in their order."""
    return tuple(dict.fromkeys(ids))


def of_place(key: str, offset: int) -> str:
    """The id of an archived response, such as ``093012-1f2e3d4c5b6a7988:10432``: the object's name and the offset."""
    return f"{key.rsplit('/', 1)[-1].removesuffix(_SUFFIX)}:{offset}"


def of_post(post: Post) -> Ids:
    """The id of the response that a post was read from, if it is known."""
    found = post.provenance
    return (of_place(found.archive_key, found.archive_offset),) if found else ()


def of_record(record: dict[str, Any]) -> Ids:
    """The ids that a record of an SQS event carries."""
    attribute = record.get("messageAttributes", {}).get(ATTRIBUTE, {})
    return tuple(attribute.get("stringValue", "").split())


def of_event(event: dict[str, Any], invocation: str) -> Ids:
    """The ids that an invocation begins with: those of its messages, its request's, or its own."""
    if "Records" in event:
        return distinct(itertools.chain.from_iterable(map(of_record, event["Records"])))
    return (event.get("requestContext", {}).get("requestId") or invocation,)


def attribute(ids: Iterable[str]) -> str:
    """Ids as a message's attribute; empty where there are none."""
    return " ".join(itertools.islice(ids, MAX_IDS))


def shown(entry: logging.LogRecord) -> bool:
    """A log filter that lets all pass, each with the ids of what is worked at unless it names its own."""
    if not hasattr(entry, ATTRIBUTE) and (ids := current()):
        setattr(entry, ATTRIBUTE, list(ids))
    return True
