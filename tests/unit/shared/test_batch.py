"""One bad item never fails the others, and none is lost."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import metrics
from socialindex.batch import A_DAY, MAX_RECEIVES, PATIENCE, Batch, Record, reason_of, soon
from socialindex.correlation import current
from socialindex.errors import (
    Conflict,
    Discarded,
    InvalidInput,
    InvalidQuery,
    Lasting,
    LayoutChanged,
    NotFound,
    ParseError,
    Refused,
    Unavailable,
)
from socialindex.metrics import Metric
from socialindex.outcomes import Count, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping


WAITED = Metric.WAITED


class Letters:
    """A dead-letter queue; one that is down takes nothing."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.kept: list[tuple[str, str]] = []

    def put(self, body: str, *, reason: str) -> None:
        if self.down:
            raise Unavailable("dead-letter queue: no answer")
        self.kept.append((body, reason))


def event(*receives: int) -> dict[str, Any]:
    return {"Records": [_record(number, count) for number, count in enumerate(receives)]}


def _record(number: int, receives: int) -> dict[str, Any]:
    counted = {"ApproximateReceiveCount": str(receives)}
    return {"messageId": f"m{number}", "receiptHandle": f"r{number}", "body": f"b{number}", "attributes": counted}


def judged(error: Exception, receives: int = 1, *, down: bool = False) -> tuple[str, str, list[tuple[str, str]], bool]:
    """Outcome, counted reason, dead letters, and whether the message comes again."""
    letters, tally = Letters(down=down), Tally("index")
    batch = Batch(event(receives, 1), letters, tally)
    batch.failed(batch.records[0], error, source="feed")
    ((count, times),) = tally.take().items()
    assert (count.stage, count.source, times) == ("index", "feed", 1)
    again = batch.answer() == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert again or batch.answer() == {"batchItemFailures": []}
    return count.outcome, count.reason, letters.kept, again


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (Discarded("secret"), "discard", "secret"),
        (Refused("private_address", "10.0.0.1 is a private address"), "discard", "private_address"),
        (ParseError("no date"), "quarantine", "ParseError"),
        (LayoutChanged("no list"), "quarantine", "LayoutChanged"),
        (InvalidInput("no such source"), "quarantine", "InvalidInput"),
        (InvalidQuery("unbalanced"), "quarantine", "InvalidQuery"),
        (Unavailable("down"), "retry", "Unavailable"),
        (Conflict("changed"), "retry", "Conflict"),
        (NotFound("gone"), "retry", "NotFound"),
        (KeyError("title"), "retry", "KeyError"),
        (RecursionError("deep"), "retry", "RecursionError"),
        (MemoryError(), "retry", "MemoryError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_kind_of_error_has_one_verdict(error: Exception, outcome: str, reason: str) -> None:
    got, counted, letters, again = judged(error)
    assert (got, counted) == (outcome, reason)
    assert again == (outcome == "retry")
    assert letters == ([("b0", reason_of(error))] if outcome == "quarantine" else [])


@pytest.mark.parametrize(
    ("error", "receives", "outcome"),
    [
        (KeyError("title"), MAX_RECEIVES - 1, "retry"),
        (KeyError("title"), MAX_RECEIVES, "quarantine"),
        (KeyError("title"), 1_000, "quarantine"),
        (Unavailable("down"), MAX_RECEIVES, "retry"),
        (Unavailable("down"), PATIENCE - 1, "retry"),
        (Unavailable("down"), PATIENCE, "quarantine"),
        (Discarded("secret"), 1_000, "discard"),
    ],
)
def test_what_fails_without_a_verdict_is_quarantined_at_its_limit(
    error: Exception, receives: int, outcome: str
) -> None:
    assert judged(error, receives)[0] == outcome


class Hidden(dict[str, int]):
    """What a queue hides, by receipt, for so many seconds; one that is down hides nothing."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down

    def hide(self, seconds: Mapping[str, int]) -> None:
        if self.down:
            raise Unavailable("queue: no answer")
        self.update(seconds)


def test_an_alert_that_meets_an_outage_of_a_moment_comes_again_at_once_and_no_other_does() -> None:
    queue, letters = Hidden(), Letters()
    batch = Batch(event(1, 1, 1, 4, 1), letters, Tally("deliver"), queue)
    for record, error in zip(batch.records, [Unavailable("down"), KeyError("x"), ParseError("bad")], strict=False):
        batch.failed(record, error)
    batch.failed(batch.records[3], Unavailable("down"))
    assert [one["itemIdentifier"] for one in batch.answer()["batchItemFailures"]] == ["m0", "m1", "m3"]
    assert queue.keys() == {"r0", "r3"}
    assert 13 <= queue["r0"] <= 17
    assert 108 <= queue["r3"] <= 132


@pytest.mark.parametrize(("receives", "waited"), [(1, []), (2, [1_000]), (6, [1_000])])
def test_how_long_ago_what_comes_again_was_sent_is_told_before_it_is_worked_at(
    receives: int, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQS leaves what came three times out of its queue's age, and what kills its function tells nothing at the end."""
    found: list[float] = []
    told: list[int] = []
    monkeypatch.setattr(metrics, "record", lambda metric, value: found.append(value) if metric is WAITED else None)
    monkeypatch.setattr(metrics, "flush", lambda: told.append(len(found)))
    record = _record(0, receives)
    record["attributes"]["SentTimestamp"] = str(int((time.time() - 1_000) * 1_000))
    Batch({"Records": [record, _record(1, 1)]}, Letters(), Tally("index"), Hidden())
    assert found == pytest.approx(waited, abs=5)
    assert told == [len(waited)]


@pytest.mark.parametrize(
    ("error", "receives", "minutes", "outcome"),
    [
        (KeyError("title"), MAX_RECEIVES + 2, 10, "retry"),
        (Conflict("changed"), MAX_RECEIVES + 2, 10, "retry"),
        (KeyError("title"), MAX_RECEIVES - 1, 60, "retry"),
        (KeyError("title"), MAX_RECEIVES, 24, "quarantine"),
        (ParseError("no date"), 1, 0, "quarantine"),
        (Unavailable("down"), A_DAY, 10, "quarantine"),
    ],
    ids=["after an outage", "a conflict after one", "too few", "without an outage", "a verdict", "an outage of a day"],
)
def test_an_outage_of_minutes_does_not_use_up_the_receives_that_our_own_errors_have(
    error: Exception, receives: int, minutes: float, outcome: str
) -> None:
    record, tally = _record(0, receives), Tally("index")
    record["attributes"]["SentTimestamp"] = str(int((time.time() - minutes * 60) * 1_000))
    batch = Batch({"Records": [record, _record(1, 1)]}, Letters(), tally, Hidden())
    batch.failed(batch.records[0], error)
    assert [count.outcome for count in tally.take()] == [outcome]


def test_what_comes_again_soon_does_so_for_a_day_and_not_all_at_once() -> None:
    waits = [soon(receives) for receives in range(1, A_DAY)]
    assert 80_000 < sum(waits) < 90_000
    assert max(waits) < 360, "the shortest visibility timeout"
    assert len({soon(9) for _ in range(200)}) > 20
    assert all(after < 2.5 * before for before, after in zip(itertools.accumulate(waits), waits[1:], strict=False))


@pytest.mark.parametrize(("receives", "again"), [(PATIENCE, True), (A_DAY - 1, True), (A_DAY, False)])
@pytest.mark.parametrize("down", [False, True])
def test_what_comes_again_soon_is_waited_for_a_day_whatever_the_queue_says(
    receives: int, *, again: bool, down: bool
) -> None:
    batch = Batch(event(receives), Letters(), Tally("index"), Hidden(down=down))
    batch.failed(batch.records[0], Unavailable("down"))
    assert bool(batch.answer()["batchItemFailures"]) is again


@pytest.mark.parametrize(
    ("error", "outcome", "again"),
    [
        (Unavailable("down"), "retry", False),
        (Lasting("down for long"), "retry", True),
        (Conflict("changed"), "retry", True),
        (ParseError("bad"), "quarantine", False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_a_schedule_asks_for_again_does_not_stay_for_an_outage(
    error: Exception, outcome: str, *, again: bool
) -> None:
    tally = Tally("topics")
    batch = Batch(event(1), Letters(), tally, swept=True)
    batch.failed(batch.records[0], error)
    assert bool(batch.answer()["batchItemFailures"]) is again
    assert tally.take() == {Count("topics", "", outcome, type(error).__name__): 1}  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [ParseError("no date"), KeyError("title")])
def test_an_item_comes_again_while_the_dead_letters_are_down(error: Exception) -> None:
    outcome, reason, letters, again = judged(error, MAX_RECEIVES, down=True)
    assert (outcome, reason, letters, again) == ("retry", "Unavailable", [], True)


def test_a_failure_concerns_its_own_record_only() -> None:
    letters, tally = Letters(), Tally("index")
    batch = Batch(event(1, 1, 9, 1), letters, tally)
    batch.failed(batch.records[3], Unavailable("down"))
    batch.failed(batch.records[1], ParseError("bad"))
    batch.failed(batch.records[2], ValueError("bad"))
    batch.failed(batch.records[0], OSError("odd"))
    assert batch.answer() == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m3"}]}
    assert [body for body, _ in letters.kept] == ["b1", "b2"]
    assert sum(tally.take().values()) == 4


@pytest.mark.parametrize(
    ("errors", "is_told"),
    [
        ([KeyError("title"), TypeError("None")], True),
        ([KeyError("title")], True),
        ([KeyError("title"), None], False),
        ([KeyError("title"), Unavailable("down")], False),
        ([KeyError("title"), ParseError("bad")], False),
        ([Conflict("changed"), Conflict("changed")], False),
        ([Unavailable("down")], False),
        ([], False),
    ],
)
def test_code_that_can_do_nothing_fails_so_that_alarms_hear_of_it(
    errors: list[Exception | None], *, is_told: bool
) -> None:
    """A partial answer counts as success (AWS/Lambda, Errors), and a deployment is taken back by that metric only."""
    batch = Batch(event(*[1 for _ in errors]), Letters(), Tally("index"))
    for record, error in zip(batch.records, errors, strict=True):
        if error:
            batch.failed(record, error)
    if is_told:
        with pytest.raises(KeyError):
            batch.answer()
    else:
        assert len(batch.answer()["batchItemFailures"]) == sum(
            isinstance(error, (KeyError, Conflict, Unavailable)) for error in errors
        )


def test_a_batch_without_failures_answers_with_none() -> None:
    assert Batch(event(1, 2), Letters(), Tally("index")).answer() == {"batchItemFailures": []}


def test_a_record_is_what_sqs_says() -> None:
    record = Record(_record(7, 3))
    assert (record.id, record.body, record.receives) == ("m7", "b7", 3)


def test_a_reason_names_the_class_and_is_short() -> None:
    assert reason_of(LayoutChanged("no list")) == "LayoutChanged: no list"
    assert len(reason_of(ParseError("x" * 5_000))) == 1_000


def test_what_was_counted_is_taken_once() -> None:
    tally = Tally("crawl")
    tally.add("ok", source="feed", times=3)
    tally.add("ok", source="feed")
    tally.add("discard", source="feed", reason="robots")
    assert tally.take() == {Count("crawl", "feed", "ok"): 4, Count("crawl", "feed", "discard", "robots"): 1}
    assert not tally.take()


def test_a_dead_letter_belongs_to_what_its_message_belonged_to() -> None:
    class Ids(Letters):
        def put(self, body: str, *, reason: str) -> None:
            super().put(body, reason=" ".join([reason, *current()]))

    letters, attribute = Ids(), {"correlation": {"stringValue": "request-1 093012-ab:7"}}
    batch = Batch({"Records": [{**_record(0, 1), "messageAttributes": attribute}]}, letters, Tally("index"))
    batch.failed(batch.records[0], ParseError("not a message"))
    assert letters.kept == [("b0", "ParseError: not a message request-1 093012-ab:7")]
