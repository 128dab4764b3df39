"""Settled requests are written down together, in an order that loses nothing."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex import warc
from socialindex.aws.frontier import Pending
from socialindex.correlation import following
from socialindex.crawl import recorder as module
from socialindex.crawl.fetch import Validators
from socialindex.crawl.recorder import Done, Learned, Recorder
from socialindex.errors import Unavailable
from socialindex.messages import Archived, Tagged, decode
from socialindex.outcomes import Tally
from socialindex.sources.base import Channel, Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHANNEL = Channel(id="ch_1", source="feed", url="https://a.example/feed", created_at=AT)


class Surroundings:
    """Archive, queue, frontier and channels in one, with what was done to them in order."""

    def __init__(self, down: str = "") -> None:
        self.down = down
        self.acts: list[tuple[str, Any]] = []
        self.objects: list[bytes] = []
        self.correlation: list[Sequence[str]] = []
        self.open = threading.Event()
        self.open.set()

    def _act(self, name: str, what: Any) -> None:
        if name == self.down:
            raise Unavailable(f"{name} is down")
        self.acts.append((name, what))

    def store(self, data: bytes) -> str:
        self.open.wait(5)
        self._act("store", len(data))
        self.objects.append(data)
        return f"raw/{len(self.objects) - 1}"

    def send_tagged(self, tagged: Iterable[Tagged]) -> int:
        sent = list(tagged)
        messages = [decode(message.body, Archived) for message in sent]
        self.correlation += [message.correlation for message in sent]
        self._act("send", messages)
        return len(messages)

    def remove(self, done: Iterable[Pending]) -> None:
        self._act("remove", [pending.request.url for pending in done])

    def succeeded(self, channel: str, at: datetime, url: str, validators: Validators, *, checked: bool) -> None:
        self._act("succeeded", (channel, at, url, validators.etag, checked))

    def move(self, channel: str, cursor: dict[str, str]) -> None:
        self._act("move", (channel, cursor))

    @property
    def backfills(self) -> Surroundings:
        return self

    def end(self, channel: str, state: str, reason: str, *, walk: datetime) -> bool:
        self._act("end", (channel, state, reason, walk))
        return True

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.acts]


class Run:
    """A recorder in its surroundings, used inside an event loop."""

    def __init__(self, work: Callable[[Recorder], Awaitable[None]], surroundings: Surroundings | None = None) -> None:
        self.around = surroundings or Surroundings()
        self.tally = Tally("crawl")
        self.error: Exception | None = None
        try:
            asyncio.run(self._run(work))
        except Unavailable as error:
            self.error = error
        self.told = Counter({(count.outcome, count.reason): times for count, times in self.tally.take().items()})

    async def _run(self, work: Callable[[Recorder], Awaitable[None]]) -> None:
        parts = cast("Any", self.around)
        async with Recorder(parts, parts, parts, parts, self.tally) as recorder:
            await work(recorder)


def kept(number: int, body: bytes = b"x", learned: Learned | None = None) -> Done:
    request = Request(url=f"https://a.example/{number}")
    response = Response(request=request, url=request.url, status=200, body=body, received_at=AT)
    pending = Pending(host="a.example", channel="ch_1", request=request)
    return Done(pending, "feed", "ok", exchange=warc.Exchange(CHANNEL, response), learned=learned)


def dropped(number: int) -> Done:
    return kept(number)._replace(outcome="discard", reason="robots", exchange=None)


async def nothing(_: Recorder) -> None:
    """No work."""


def test_what_is_added_is_written_once_when_the_work_ends() -> None:
    async def work(recorder: Recorder) -> None:
        for number in range(3):
            await recorder.add(kept(number))
        await recorder.add(dropped(3))

    run = Run(work)
    assert run.around.names == ["store", "send", "remove"]
    (messages,) = (what for name, what in run.around.acts if name == "send")
    (data,) = run.around.objects
    spans = [(message.offset, message.offset + message.length) for message in messages]
    urls = [warc.read(data[begin:end]).response.url for begin, end in spans]
    assert urls == [f"https://a.example/{number}" for number in range(3)]
    assert run.around.acts[-1][1] == [*urls, "https://a.example/3"]
    assert run.told == {("ok", ""): 3, ("discard", "robots"): 1}


def test_messages_carry_the_ids_of_the_crawl_and_of_their_place() -> None:
    async def work(recorder: Recorder) -> None:
        with following(["dispatch-1"]):
            await recorder.add(kept(1))
            await recorder.add(kept(2))
            await recorder.flush()

    run = Run(work)
    (messages,) = (what for name, what in run.around.acts if name == "send")
    assert run.around.correlation == [("dispatch-1", f"0:{message.offset}") for message in messages]


def test_archive_then_queue_then_channel_then_frontier() -> None:
    learned = Learned({"newest": "5"}, Validators(etag='"a"'))
    run = Run(lambda recorder: recorder.add(kept(1, learned=learned)))
    assert run.around.names == ["store", "send", "succeeded", "move", "remove"]
    assert run.around.acts[2][1] == ("ch_1", AT, "https://a.example/1", '"a"', False)
    assert run.around.acts[3][1] == ("ch_1", {"newest": "5"})


def test_a_page_that_is_no_poll_moves_the_cursor_only() -> None:
    run = Run(lambda recorder: recorder.add(kept(1, learned=Learned({"newest": "5"}, None))))
    assert run.around.names == ["store", "send", "move", "remove"]


def test_what_has_no_response_needs_no_archive() -> None:
    run = Run(lambda recorder: recorder.add(dropped(1)))
    assert run.around.names == ["remove"]


def test_without_work_nothing_is_written() -> None:
    assert Run(nothing).around.acts == []


def test_an_object_is_closed_by_count() -> None:
    async def work(recorder: Recorder) -> None:
        for number in range(module.MAX_RECORDS + 1):
            await recorder.add(kept(number))

    run = Run(work)
    sent = [len(what) for name, what in run.around.acts if name == "send"]
    assert sent == [module.MAX_RECORDS, 1]


def test_an_object_is_closed_by_bytes() -> None:
    noise = random.Random(1).randbytes(module.MAX_BYTES // 2 + 1)  # noqa: S311 - what cannot be compressed

    async def work(recorder: Recorder) -> None:
        for number in range(3):
            await recorder.add(kept(number, noise))

    assert [len(what) for name, what in Run(work).around.acts if name == "send"] == [2, 1]


def test_an_object_is_closed_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SECONDS", 0.02)

    async def work(recorder: Recorder) -> None:
        await recorder.add(kept(1))
        async with asyncio.timeout(20):
            while around.names != ["store", "send", "remove"]:  # noqa: ASYNC110 - a thread writes
                await asyncio.sleep(0.01)

    around = Surroundings()
    Run(work, around)


@pytest.mark.parametrize(
    ("down", "left"),
    [
        ("store", []),
        ("send", ["store"]),
        ("succeeded", ["store", "send"]),
        ("move", ["store", "send", "succeeded"]),
        ("remove", ["store", "send", "succeeded", "move"]),
    ],
)
def test_where_one_step_fails_the_next_is_not_taken(down: str, left: list[str]) -> None:
    learned = Learned({"newest": "5"}, Validators(etag='"a"'))
    run = Run(lambda recorder: recorder.add(kept(1, learned=learned)), Surroundings(down))
    assert run.around.names == left
    assert isinstance(run.error, Unavailable)
    assert run.told == {("retry", "not_written"): 1}


def test_a_page_leaves_the_frontier_when_its_walk_knows_of_it() -> None:
    page = dropped(1)
    page = page._replace(pending=msgspec.structs.replace(page.pending, walk=AT))
    run = Run(lambda recorder: recorder.add(page))
    assert run.around.acts == [("end", ("ch_1", "stopped", "robots", AT)), ("remove", ["https://a.example/1"])]
    failed = Run(lambda recorder: recorder.add(page), Surroundings("end"))
    assert (failed.around.names, failed.told) == ([], {("retry", "not_written"): 1})


def test_after_a_failed_write_nothing_more_is_taken() -> None:
    async def work(recorder: Recorder) -> None:
        await recorder.add(kept(1))
        with pytest.raises(Unavailable):
            await recorder.flush()
        for again in (recorder.add(kept(2)), recorder.flush()):
            with pytest.raises(Unavailable, match="cannot be written down"):
                await again

    run = Run(work, Surroundings("store"))
    assert run.told == {("retry", "not_written"): 1}


def test_a_write_that_is_under_way_when_the_work_ends_is_finished_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_SECONDS", 0.01)
    around = Surroundings()
    around.open.clear()

    async def work(recorder: Recorder) -> None:
        await recorder.add(kept(1))
        await asyncio.sleep(0.05)  # the clock is writing now
        threading.Timer(0.05, around.open.set).start()

    run = Run(work, around)
    assert run.around.names == ["store", "send", "remove"]
    assert run.told == {("ok", ""): 1}


def test_what_is_added_while_another_object_is_written_goes_into_the_next() -> None:
    around = Surroundings()
    around.open.clear()

    async def work(recorder: Recorder) -> None:
        await recorder.add(kept(1))
        writing = asyncio.create_task(recorder.flush())
        await asyncio.sleep(0.02)
        await recorder.add(kept(2))
        around.open.set()
        await writing

    run = Run(work, around)
    assert run.around.names == ["store", "send", "remove"] * 2
    assert run.told == {("ok", ""): 2}
