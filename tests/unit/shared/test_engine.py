"""The engine's signs of trouble: what may pass is told apart from what will not."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from opensearchpy.exceptions import (
    AuthorizationException,
    ConflictError,
    ConnectionTimeout,
    NotFoundError,
    RequestError,
    SSLError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as EngineConnectionError

from socialindex import engine
from socialindex.engine import answering, index_of
from socialindex.errors import InvalidInput, InvalidQuery, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    "error",
    [
        EngineConnectionError("N/A", "refused", OSError("refused")),
        ConnectionTimeout("TIMEOUT", "read timed out", OSError("timeout")),
        SSLError("N/A", "handshake", OSError("handshake")),
        TransportError(429, "circuit_breaking_exception", {}),
        TransportError(502, "bad gateway", {}),
        TransportError(503, "search_phase_execution_exception", {}),
        TransportError(504, "gateway timeout", {}),
    ],
    ids=lambda error: f"{type(error).__name__} {error.status_code}",
)
def test_an_engine_that_is_down_or_busy_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable, match="the engine") as told, answering():
        raise error
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        RequestError(400, "parsing_exception", {}),
        AuthorizationException(403, "security_exception", {}),
        NotFoundError(404, "index_not_found_exception", {}),
        ConflictError(409, "version_conflict_engine_exception", {}),
        ValueError("ours"),
    ],
)
def test_what_the_engine_refuses_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)), answering():
        raise error


def told(status: int, *causes: str) -> TransportError:
    """As the engine tells it: the cause at the end of a chain, or with the shard that failed."""
    chain: dict[str, object] = {}
    for cause in reversed(causes):
        chain = {"type": cause, "caused_by": chain}
    shards = {"failed_shards": [{"shard": 0, "reason": chain}]}
    return TransportError(status, "search_phase_execution_exception", {"error": {"root_cause": [], **shards}})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (told(500, "too_many_clauses"), InvalidQuery),
        (told(400, "query_shard_exception", "too_many_clauses"), InvalidQuery),
        (told(400, "query_shard_exception", "too_many_nested_clauses"), InvalidQuery),
        (told(503, "too_many_buckets_exception"), InvalidInput),
        (told(500, "task_cancelled_exception"), Unavailable),
        (told(500, "circuit_breaking_exception"), Unavailable),
        (told(429, "circuit_breaking_exception"), Unavailable),
        (told(429, "rejected_execution_exception"), Unavailable),
        (TransportError(429, "busy", "no JSON"), Unavailable),
    ],
)
def test_a_cause_counts_more_than_the_status_that_it_came_with(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as refused, answering():
        raise error
    assert type(refused.value) is kind
    assert getattr(refused.value, "remedy", "x")


@pytest.mark.parametrize("params", [{}, {"request_timeout": 2}])
def test_an_engine_that_cannot_be_reached_is_given_up_soon(
    params: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a node has gone with its address, connections are neither taken nor refused."""
    monkeypatch.setattr(engine, "TIMEOUT", 2)
    monkeypatch.setattr(engine, "_CONNECTING", 0.2)
    with full() as url:
        client = engine.connect.__wrapped__(url, signed=False)
        began = time.monotonic()
        with pytest.raises(Unavailable), answering():
            client.search(index="posts", body={}, params=params)
        assert time.monotonic() - began < 1.5


@contextmanager
def full() -> Iterator[str]:
    """The address of a server that takes nobody, since its queue is full."""
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_month_has_one_index() -> None:
    assert index_of("2026-11") == "posts-g1-2026.11"
