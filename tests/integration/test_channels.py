"""Channels on a real DynamoDB: due when their time has come, and never half there."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.aws.channels import DISTRUST_SECONDS, Unchanged
from socialindex.aws.tables import Table
from socialindex.crawl.fetch import Validators
from socialindex.crawl.rhythm import Rhythm
from socialindex.errors import Conflict
from socialindex.sources.base import Channel
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.servers import Running
    from socialindex.aws.channels import Channels

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, 30, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture(scope="module")
def channels(parts: Parts) -> Channels:
    return parts.channels


def added(channels: Channels, **fields: Any) -> Channel:
    name = unique("ch")
    channel = Channel(
        id=name, source="feed", url=f"https://{name}.example/배터리", created_at=AT, options={"pages": "3"}, **fields
    )
    channels.add(channel)
    return channel


def is_due(channels: Channels, channel: Channel, now: float) -> bool:
    return channel.id in {state.channel.id for state in channels.due(now)}


def test_a_new_channel_is_as_it_was_added_and_due_at_once(channels: Channels) -> None:
    channel = added(channels, title="뉴스", language="ko")
    state = channels.get(channel.id)
    assert state
    assert state.channel == channel
    assert (state.etag, state.last_modified, state.last_success_at, state.failures) == (None, None, None, 0)
    assert is_due(channels, channel, time.time())


def test_a_channel_is_added_once(channels: Channels) -> None:
    channel = added(channels)
    channels.move(channel.id, {"seen": "5"})
    with pytest.raises(Conflict, match=channel.url):
        channels.add(channel)
    state = channels.get(channel.id)
    assert state
    assert state.channel.cursor == {"seen": "5"}


def test_a_channel_is_due_from_its_time_on(channels: Channels) -> None:
    channel, now = added(channels), time.time()
    channels.schedule(channel.id, now + 300)
    assert not is_due(channels, channel, now + 299)
    assert is_due(channels, channel, now + 300)


def test_the_longest_waiting_are_due_first(channels: Channels) -> None:
    for number in (3, 1, 2, 9, 7, 5, 8, 6, 4, 0):
        channels.schedule(added(channels).id, 1_000.0 + number)
    assert [state.poll_at for state in channels.due(1_009.0)] == [1_000.0 + number for number in range(10)]


def test_polling_while_looking_for_what_is_due_meets_each_channel_once(channels: Channels) -> None:
    ids = [added(channels).id for _ in range(30)]
    met = []
    for state in channels.due(time.time()):
        met.append(state.channel.id)
        channels.schedule(state.channel.id, time.time() + 300)
    assert sorted(one for one in met if one in ids) == sorted(ids)


def test_many_are_scheduled_at_once(channels: Channels) -> None:
    many = [added(channels) for _ in range(30)]
    channels.schedule_all({channel.id: 2_000.5 + number for number, channel in enumerate(many)})
    states = [channels.get(channel.id) for channel in many]
    assert [state and state.poll_at for state in states] == [2_000.5 + number for number in range(30)]


def test_a_cursor_is_kept_as_the_adapter_gave_it(channels: Channels) -> None:
    channel = added(channels)
    cursor = {"newest": "115", "gaps": "1:2 3:4", "배터리": ""}
    channels.move(channel.id, cursor)
    state = channels.get(channel.id)
    assert state
    assert state.channel == msgspec.structs.replace(channel, cursor=cursor)
    channels.move(channel.id, {})
    assert (channels.get(channel.id) or state).channel.cursor == {}


def test_a_success_keeps_the_validators_and_forgets_failures(channels: Channels) -> None:
    channel = added(channels)
    channels.failed(channel.id, "forbidden")
    channels.failed(channel.id, "gone")
    state = channels.get(channel.id)
    assert state
    assert (state.failures, state.failure) == (2, "gone")
    modified = "Fri, 20 Nov 2026 09:00:00 GMT"
    channels.succeeded(channel.id, AT, channel.url, Validators(etag='"a"', last_modified=modified))
    state = channels.get(channel.id)
    assert state
    assert (state.failures, state.failure, state.last_success_at, state.full_at) == (0, None, AT, AT)
    assert (state.validated, state.etag, state.last_modified) == (channel.url, '"a"', modified)
    channels.succeeded(channel.id, AT, channel.url, Validators())
    state = channels.get(channel.id)
    assert state
    assert (state.etag, state.last_modified) == (None, None)


def test_a_rhythm_is_kept_unless_a_later_poll_was_heard_of(channels: Channels) -> None:
    channel = added(channels)
    state = channels.get(channel.id)
    assert state
    assert state.rhythm == Rhythm()
    later = Rhythm(posts=2.5, seconds=60.25, at=1_000.5, newest=990.0)
    channels.heard(channel.id, later, 5_000.0)
    channels.heard(channel.id, Rhythm(at=1_000.5), 1.0)
    channels.heard(channel.id, Rhythm(at=900.0), 1.0)
    state = channels.get(channel.id)
    assert state
    assert (state.rhythm, state.poll_at, state.distrusted_until) == (later, 5_000.0, None)
    channels.heard(channel.id, Rhythm(at=1_001.0), 6_000.0, lied=True)
    state = channels.get(channel.id)
    assert state
    month = datetime.fromtimestamp(1_001.0 + DISTRUST_SECONDS, UTC)
    assert (state.rhythm, state.poll_at, state.distrusted_until) == (Rhythm(at=1_001.0), 6_000.0, month)


def test_answers_that_nothing_changed_are_counted_until_one_is_checked(channels: Channels) -> None:
    channel = added(channels)
    for number in range(3):
        answer = Unchanged(AT, channel.url, Validators(etag='"a"'))
        channels.unchanged(channel.id, answer, Rhythm(at=float(number)), 100.0 + number)
    channels.succeeded(channel.id, AT, channel.url, Validators(etag='"b"'))
    state = channels.get(channel.id)
    assert state
    assert (state.unchanged, state.etag, state.poll_at, state.rhythm.at) == (3, '"b"', 102.0, 2.0)
    channels.succeeded(channel.id, AT, channel.url, Validators(etag='"b"'), checked=True)
    assert (channels.get(channel.id) or state).unchanged == 0


def test_an_answer_that_nothing_changed_can_leave_room_for_what_an_earlier_poll_has_to_tell(
    channels: Channels,
) -> None:
    channel = added(channels)
    channels.heard(channel.id, Rhythm(at=1_000.0), 1.0)
    channels.unchanged(channel.id, Unchanged(AT, channel.url, Validators(etag='"a"')), None, 1_200.0)
    state = channels.get(channel.id)
    assert state
    assert (state.rhythm.at, state.unchanged, state.etag, state.poll_at) == (1_000.0, 1, '"a"', 1_200.0)
    told = Rhythm(at=1_060.0, newest=1_050.0)
    channels.heard(channel.id, told, 1_300.0)
    assert (channels.get(channel.id) or state).rhythm == told


def test_all_are_listed(channels: Channels) -> None:
    wanted = {added(channels).id for _ in range(5)}
    assert wanted <= {state.channel.id for state in channels.all()}


LATE: dict[str, Callable[[Channels, str], None]] = {
    "schedule many": lambda channels, name: channels.schedule_all({name: 0.0}),
    "schedule": lambda channels, name: channels.schedule(name, 0.0),
    "succeeded": lambda channels, name: channels.succeeded(name, AT, "u", Validators(etag="e")),
    "unchanged": lambda channels, name: channels.unchanged(name, Unchanged(AT, "u", Validators()), Rhythm(at=1.0), 0.0),
    "heard": lambda channels, name: channels.heard(name, Rhythm(at=1.0), 0.0),
    "failed": lambda channels, name: channels.failed(name, "gone"),
    "move": lambda channels, name: channels.move(name, {"a": "b"}),
}


@pytest.mark.parametrize("act", LATE.values(), ids=LATE)
def test_a_channel_that_was_removed_never_rises_again(
    parts: Parts, channels: Channels, act: Callable[[Channels, str], None]
) -> None:
    channel = added(channels)
    assert channels.remove(channel.id) is True
    act(channels, channel.id)
    assert channels.get(channel.id) is None
    assert not is_due(channels, channel, time.time() + 1_000)
    assert Table(parts.table("ChannelsTable")).get({"id": channel.id}) is None
    assert channels.remove(channel.id) is False


def test_a_channel_that_was_removed_can_be_added_anew(channels: Channels) -> None:
    channel = added(channels)
    channels.move(channel.id, {"seen": "5"})
    channels.remove(channel.id)
    channels.add(channel)
    state = channels.get(channel.id)
    assert state
    assert state.channel.cursor == {}
