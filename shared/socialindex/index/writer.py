"""Writing posts into the engine: where each lives, one bulk request, one verdict per post."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from socialindex.engine import answering, current_generation, index_of
from socialindex.errors import Discarded, ParseError, Unavailable
from socialindex.index import freshness
from socialindex.index.homes import known_homes
from socialindex.index.merge import SCRIPT, parameters
from socialindex.terms.keeping import is_title_only, must_refresh

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.model import Post

_BULK_BYTES = 1_500_000
"""Bytes of one bulk request: about a thousand posts. Larger ones are hardly faster, and a small engine that has just
started, or is busy, needs longer for 5 MB than we wait for an answer; then all of it comes again."""
_CONFLICT_RETRIES = 3
_BAD_REQUEST = 400
"""The one status of an item that is about the post itself; every other one is about the engine."""
_NO_SCRIPT = "resource_not_found_exception"
"""The cause of a 400 that is not about the post: the engine was not set up."""
_UNCHANGED = "noop"
_NO_DOCUMENT = "document_missing_exception"
"""What the engine says of a post that we do not have, and that makes no document."""


class Write(NamedTuple):
    """A post to be merged into its document."""

    post: Post
    live: bool
    replay: bool
    again: bool = False
    """Whether its message came before: what follows from the post may not have been done then."""
    make: bool = True
    """Whether there is to be a document where there is none; one that was read in the index may be erased by now."""


class Merged(NamedTuple):
    """What became of a post that was merged into its document."""

    document: dict[str, Any]
    """As it is now, whole."""
    home: str
    """Its index."""
    is_changed: bool
    """Whether this made the document, or changed anything of it."""


class Writer:
    """Writes posts; the same post written again changes nothing."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def write(self, writes: Sequence[Write]) -> list[Exception | None]:
        """Merge posts into their documents; per post ``None`` where it worked.

        The errors are ``Unavailable`` where another try may help, ``ParseError`` where the engine will never take the
        post, and ``Discarded`` where there is no document of one that makes none, such as a withdrawn one.

        Raises:
            Unavailable: the engine does not answer; nothing is known of any post.
        """
        return [_error(item) for _, item in self._written(writes, returned=False)]

    def merge(self, writes: Sequence[Write]) -> list[Merged | Exception]:
        """As ``write``; per post what its document has become, or the error."""
        return [_error(item) or _merged(home, item) for home, item in self._written(writes, returned=True)]

    def _written(self, writes: Sequence[Write], *, returned: bool) -> list[tuple[str, dict[str, Any]]]:
        """Per post its index and the engine's answer."""
        homes = self._homes(writes)
        now = datetime.now(tz=UTC)
        items: list[dict[str, Any]] = []
        for body in _bulks(writes, homes, now, returned=returned):
            with answering():
                answer = self._engine.bulk(body=body)
            items += [item["update"] for item in answer["items"]]
        freshness.note(zip(writes, items, strict=True))
        return [(homes[write.post.id], item) for write, item in zip(writes, items, strict=True)]

    def _homes(self, writes: Sequence[Write]) -> dict[str, str]:
        """The index of each id: where it already lives, else that of the month in which it was first seen."""
        homes = known_homes(self._engine, [write.post.id for write in writes])
        strangers = [write.post for write in writes if write.post.id not in homes]
        if strangers:
            # Asked each time: a generation that is over takes no writes, and the message would have to come again.
            generation = current_generation(self._engine)
            for post in strangers:
                # Two versions of one post in a batch must meet in one index.
                homes.setdefault(post.id, index_of(f"{post.collected_at:%Y-%m}", generation))
        return homes


def _bulks(writes: Sequence[Write], homes: dict[str, str], now: datetime, *, returned: bool) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    torn = _told_twice(writes)
    for write in writes:
        anew = write.replay and _reading(write.post) not in torn
        entry = _entry(write, homes[write.post.id], now, returned=returned, anew=anew)
        if lines and size + len(entry) > _BULK_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
        lines.append(entry)
        size += len(entry)
    if lines:
        yield b"".join(lines)


def _told_twice(writes: Sequence[Write]) -> set[tuple[str, datetime]]:
    """Readings of which one response says two things, as of feeds that give several entries one id.

    Neither stands in place of the other: as without a replay, their versions tell which counts.
    """
    first: dict[tuple[str, datetime], Post] = {}
    posts = [write.post for write in writes if write.replay]
    return {_reading(post) for post in posts if first.setdefault(_reading(post), post) != post}


def _reading(post: Post) -> tuple[str, datetime]:
    return post.id, post.collected_at


def _entry(write: Write, home: str, now: datetime, *, returned: bool, anew: bool) -> bytes:
    action = {"update": {"_index": home, "_id": write.post.id, "retry_on_conflict": _CONFLICT_RETRIES}}
    limits = {"refresh": must_refresh(write.post), "title_only": is_title_only(write.post)}
    given = parameters(write.post, now, live=write.live, replay=write.replay, **limits)
    body: dict[str, Any] = {"script": {"id": SCRIPT, "params": {**given, "anew": anew}}}
    if write.make and not write.post.withdrawn:  # of one that must not be kept, there is not even to be a tombstone
        body |= {"scripted_upsert": True, "upsert": {}}
    if returned:
        body["_source"] = True  # whole: to leave fields out costs the engine more than to send them
    return msgspec.json.encode(action) + b"\n" + msgspec.json.encode(body) + b"\n"


def _merged(home: str, item: dict[str, Any]) -> Merged:
    return Merged(item["get"]["_source"], home, item["result"] != _UNCHANGED)


def _error(item: dict[str, Any]) -> Exception | None:
    if "error" not in item:
        return None
    error = item["error"]
    if error.get("type") == _NO_DOCUMENT:
        return Discarded("unknown", "there is no document of a post that makes none")
    reason = f"{error.get('type')}: {error.get('reason')}"
    if item["status"] == _BAD_REQUEST and error.get("caused_by", {}).get("type") != _NO_SCRIPT:
        return ParseError(f"the engine refuses the post: {reason}")
    return Unavailable(f"the engine did not take the post now: {reason}")
