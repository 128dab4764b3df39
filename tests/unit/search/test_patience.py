"""An engine that hangs is told soon, and keeps the functions that answer no longer than it must."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pytest
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from socialindex.engine import TIMEOUT
from socialindex.errors import Unavailable
from socialindex.search.analytics.asking import Question, ask
from socialindex.search.lookup import WAIT, awake, look_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

SOON = 3
HUNG = ConnectionTimeout("TIMEOUT", "x", OSError("x"))


class Engine:
    """Notes how long it may be waited for, and answers if it does."""

    def __init__(self, error: Exception | None = HUNG) -> None:
        self.error = error
        self.waits: list[float] = []

    def search(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.waits.append(params.get("request_timeout", TIMEOUT))
        if self.error:
            raise self.error
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 0}, "hits": []}}

    def msearch(self, **_: Any) -> dict[str, Any]:
        return {"responses": [self.search({})]}


def look(engine: OpenSearch) -> None:
    look_up(engine, {})


def count(engine: OpenSearch) -> None:
    ask(engine, [Question({})])


@pytest.mark.parametrize(
    ("questions", "waits"),
    [
        ([look, look, look], [WAIT, SOON, SOON]),
        ([count, count], [TIMEOUT, SOON]),
        ([look, count], [WAIT, SOON]),
        ([awake, look], [SOON, SOON]),
    ],
)
def test_an_engine_that_hangs_is_waited_for_once(
    questions: list[Callable[[OpenSearch], None]], waits: list[float]
) -> None:
    engine = Engine()
    for question in questions:
        with pytest.raises(Unavailable):
            question(cast("Any", engine))
    assert engine.waits == waits


def test_an_engine_that_answers_again_is_asked_and_after_a_while_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    engine = Engine()
    with pytest.raises(Unavailable):
        look(cast("Any", engine))
    engine.error = None
    look(cast("Any", engine))
    now += 60
    look(cast("Any", engine))
    assert engine.waits == [WAIT, SOON, WAIT, WAIT]


def test_one_that_is_only_busy_is_not_doubted() -> None:
    engine = Engine(TransportError(429, "rejected_execution_exception", {}))
    for _ in range(2):
        with pytest.raises(Unavailable):
            look(cast("Any", engine))
    assert engine.waits == [WAIT, WAIT]
