"""Asking the engine for posts or figures: the whole answer, in time, or an error."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypedDict
from weakref import WeakKeyDictionary

import msgspec

from socialindex.engine import ALIAS, answering, read_by
from socialindex.errors import Unavailable
from socialindex.opensearch import EngineConnectionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

TIME: Final = "10s"
"""How long the engine may look; below the client's patience and the function's."""
WAIT: Final = 13
"""Seconds until an answer must begin: what the engine may look, and some for putting together what it found."""
_DOUBT: Final = 30.0
"""Seconds for which an engine that hung is asked for nothing first: each request that waits takes a function's room, of
which all that are asked meanwhile would take the account's whole."""
_doubted: Final[WeakKeyDictionary[OpenSearch, float]] = WeakKeyDictionary()
"""Until when (by the monotonic clock) clients are in doubt, whose engine hung. A process has one client."""

_AT_ONCE: Final = {"ignore_unavailable": "true", "request_timeout": 3}
"""Of a request that costs the engine nothing: how long to wait, in seconds."""


class _Hit(TypedDict, total=False):
    _source: msgspec.Raw
    sort: list[Any]


class _Total(TypedDict):
    value: int


class _Hits(TypedDict):
    hits: list[_Hit]
    total: _Total


class _Answer(TypedDict, total=False):
    timed_out: bool
    _shards: dict[str, Any]
    hits: _Hits
    aggregations: dict[str, Any]


_AS_THEY_ARE: Final = msgspec.json.Decoder(_Answer)


def look_up_unread(engine: OpenSearch, body: dict[str, Any], index: str = ALIAS) -> dict[str, Any]:
    """As ``look_up``; each ``_source`` is JSON still (``msgspec.Raw``), for posts that leave as they are.

    To read them and write them again takes a third of the handler's own time.
    """
    with read_by(_AS_THEY_ARE):
        return look_up(engine, body, index)


def awake(engine: OpenSearch) -> None:
    """Pass an engine that answers at all: one that hangs is waited for as long as for a large question otherwise.

    Raises:
        Unavailable: it does not answer a search for nothing within three seconds.
    """
    with answering(), _doubting(engine):
        engine.search(index=ALIAS, body={"size": 0, "query": {"match_none": {}}}, params=_AT_ONCE)


@contextmanager
def patient(engine: OpenSearch) -> Iterator[None]:
    """As ``engine.answering``, for a question that may take long; an engine that hung just now must be ``awake`` first.

    Raises:
        InvalidQuery, InvalidInput: as there.
        Unavailable: it does not answer.
    """
    if time.monotonic() < _doubted.get(engine, 0.0):
        awake(engine)
    with answering(), _doubting(engine):
        yield


@contextmanager
def _doubting(engine: OpenSearch) -> Iterator[None]:
    """Note whether it answers."""
    try:
        yield
    except EngineConnectionError:
        _doubted[engine] = time.monotonic() + _DOUBT
        raise
    _doubted.pop(engine, None)


def look_up(engine: OpenSearch, body: dict[str, Any], index: str = ALIAS) -> dict[str, Any]:
    """The engine's answer to a search, if it looked everywhere: a part of it reads like an answer with fewer posts.

    Args:
        engine: what is asked.
        body: the question.
        index: where to look: posts, unless a selection is of mentions (``selection.index_of``).

    Raises:
        InvalidQuery, InvalidInput: the engine cannot take so large a request.
        Unavailable: it does not answer, or not all of it in time.
    """
    with patient(engine):
        answer: dict[str, Any] = engine.search(
            index=index, body={"timeout": TIME, **body}, params={"ignore_unavailable": "true", "request_timeout": WAIT}
        )
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise Unavailable("the engine did not look everywhere in time")
    return answer
