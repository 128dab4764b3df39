"""The engine's signs of trouble: what may pass is told apart from what will not."""

from __future__ import annotations

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

from socialindex.engine import answering, index_of
from socialindex.errors import Unavailable


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


def test_a_month_has_one_index() -> None:
    assert index_of("2026-11") == "posts-g1-2026.11"
