"""Deliveries from an event to the last attempt: retries, kills, quiet hours, digests, and destinations that fail."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import msgspec
import pytest
from standardwebhooks import Webhook

from socialindex.deliver.again import send_again
from socialindex.deliver.courier import LEASE
from socialindex.deliver.destination import USUAL, Secrets, Wishes
from socialindex.deliver.hours import Quiet
from socialindex.deliver.release import SUMMED
from socialindex.deliver.schedule import DAY
from socialindex.deliver.sending import MailSettings
from socialindex.deliver.stage import MAKING
from socialindex.errors import Refused, Unavailable
from tests.unit.deliver.receivers import receiver, status
from tests.unit.deliver.samples import AT, SECRET, destination, of_alert, of_deleted, of_mention, told
from tests.unit.deliver.world import AMPLE, NO_TIME, Killed, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from http.server import BaseHTTPRequestHandler

    from socialindex.deliver.destination import Destination, Way
    from socialindex.deliver.event import Event, Kind
    from tests.unit.deliver.receivers import Receiver

EVERYTHING = Wishes(events=["alert.opened", "alert.updated", "alert.closed", "mention.due", "topic.suspended"])


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def hook(there: Receiver, **fields: Any) -> Destination:
    return destination(address=there.url, **fields)


def messages(there: Receiver) -> list[dict[str, Any]]:
    """What a receiver was told, each call checked as receivers check it."""
    return [Webhook(SECRET).verify(call.body, call.headers) for call in there.calls]


def ids(there: Receiver) -> list[str]:
    return [call.headers["webhook-id"] for call in there.calls]


def test_an_event_is_told_at_once_to_those_who_want_it(there: Receiver) -> None:
    others = [
        hook(there, id="ds_b", wishes=Wishes(events=["mention.due"])),
        hook(there, id="ds_c", wishes=Wishes(events=["alert.opened"], topics=["tp_b"])),
        hook(there, id="ds_d", wishes=Wishes(events=["alert.opened"], severities=["low"])),
        hook(there, id="ds_e", state="paused"),
        hook(there, id="ds_f", workspace="ws_b"),
    ]
    world = World(hook(there), *others)
    assert world.hear(of_alert()) == {"batchItemFailures": []}
    (message,) = messages(there)
    assert (message["type"], message["workspace"], message["topic"]) == ("alert.opened", "ws_a", "tp_a")
    assert message["timestamp"] == "2026-11-28T00:30:00Z"
    assert message["data"]["evidence"][0]["title"] == "배터리가 부풀었어요"
    delivery = world.only()
    assert (delivery.state, delivery.destination, delivery.attempts[0].status) == ("delivered", "ds_a", 204)
    assert world.outcomes.told() == Counter({("", "ok", ""): 1, ("webhook", "ok", ""): 1})


def test_what_is_kept_has_nobodys_words(there: Receiver) -> None:
    world = World(hook(there, wishes=EVERYTHING))
    world.hear(of_alert(), of_mention())
    kept = b"".join(body for body, _ in world.deliveries.kept.values()).decode()
    for word in ("부풀었", "김*수", "퍼나르기", "환불", "이*영", "board.example.com/", "지금 답하세요"):
        assert word not in kept
        assert word in "".join(call.body.decode() for call in there.calls)
    for known in ("al_abcdefghijklmnopqrstuvwx", "author_key_1", "p1", "mn_a", "발열"):
        assert known in kept


def test_the_same_event_twice_is_told_once(there: Receiver) -> None:
    world = World(hook(there))
    world.hear(of_alert(), of_alert())
    world.hear(of_alert())
    assert len(there.calls) == 1


def test_a_message_that_is_no_event_is_quarantined_and_others_go_on(there: Receiver) -> None:
    world = World(hook(there))
    broken = msgspec.structs.replace(of_alert(), data={"id": "al_x"})
    world.hear(broken, of_alert())
    assert len(there.calls) == 1
    ((_, reason),) = world.dead_letters.letters
    assert reason.startswith("ParseError: no data of alert.opened")


# --- topics that are deleted ---


ONLY = Wishes(topics=["tp_a"])


@pytest.mark.parametrize(
    ("before", "topics", "state", "is_told"),
    [
        ({"wishes": ONLY}, ["tp_a"], "disabled", True),
        ({"wishes": ONLY, "state": "paused"}, ["tp_a"], "disabled", True),
        ({"wishes": ONLY, "state": "unconfirmed"}, ["tp_a"], "unconfirmed", True),
        ({"wishes": ONLY, "state": "disabled", "trouble": "410"}, ["tp_a"], "disabled", False),
        ({"wishes": Wishes(topics=["tp_b", "tp_a"])}, ["tp_b"], "active", False),
        ({"wishes": Wishes(topics=["tp_b"])}, ["tp_b"], "active", False),
        ({"wishes": Wishes()}, [], "active", False),
    ],
)
def test_a_destination_whose_only_topic_is_deleted_says_why_it_is_silent(
    there: Receiver, before: dict[str, Any], topics: list[str], state: str, is_told: bool
) -> None:
    world = World(hook(there, **before), hook(there, id="ds_f", workspace="ws_b", wishes=ONLY))
    for _ in range(2):
        assert world.hear(of_deleted("tp_a")) == {"batchItemFailures": []}
    after = world.destination()
    assert (after.wishes.topics, after.state) == (topics, state)
    assert ("the only topic that it is for was deleted" in (after.trouble or "")) is is_told
    assert world.destinations.get("ws_b", "ds_f").destination.wishes == ONLY
    assert not there.calls
    assert not world.deliveries.all()


@pytest.mark.parametrize("waits_for", ["quiet hours", "a receiver that is down"])
@pytest.mark.parametrize(
    ("change", "ends"),
    [({}, "delivered"), ({"state": "paused"}, "cancelled")],
    ids=["active", "paused meanwhile"],
)
def test_an_end_that_waits_when_its_topic_is_deleted_is_told(
    there: Receiver, waits_for: str, change: dict[str, Any], ends: str
) -> None:
    quiet = Quiet(since="00:00", until="23:00") if waits_for == "quiet hours" else None
    there.answer = lambda handler: status(handler, 204 if quiet else 503)
    world = World(hook(there, wishes=ONLY, quiet=quiet, time_zone="UTC"))
    world.hear(of_alert("alert.closed", state="closed", revision=3, closed_at=AT))
    world.destinations.change("ws_a", "ds_a", lambda one: msgspec.structs.replace(one, **change))
    world.hear(of_deleted("tp_a"), of_alert("alert.opened", id="al_new"))
    assert world.destination().state == "disabled"
    there.answer = lambda handler: status(handler, 204)
    world.run(AT + DAY, every=timedelta(minutes=30))
    assert world.only().state == ends
    assert {one["type"] for one in messages(there)} <= {"alert.closed"}


def test_a_destination_of_a_deleted_topic_that_answers_410_is_told_no_more(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 503)
    world = World(hook(there, wishes=ONLY))
    world.hear(of_alert())
    world.later(minutes=30)
    world.hear(of_alert("alert.closed", id="al_b", state="closed", closed_at=AT), of_deleted("tp_a"))
    there.answer = lambda handler: status(handler, 410)
    world.run(AT + timedelta(hours=3))
    assert sorted(one.state for one in world.deliveries.all()) == ["cancelled", "failed"]
    assert "410" in (world.destination().trouble or "")


# --- retries ---------------------------------------------------------------------------------------------------------


def test_a_destination_that_is_down_is_tried_for_a_day_and_then_given_up(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 503, b"busy")
    world = World(hook(there))
    world.hear(of_alert())
    assert world.only().state == "waiting"
    world.run(AT + DAY + timedelta(hours=1))
    delivery = world.only()
    assert delivery.state == "failed"
    assert 10 <= len(delivery.attempts) == len(there.calls) <= 12
    assert delivery.attempts[-1].at == AT + DAY
    assert {(one.status, one.reason, one.answer) for one in delivery.attempts} == {(503, "status", "busy")}
    assert len(set(ids(there))) == 1
    ((body, reason),) = world.dead_letters.letters
    assert json.loads(body) == {
        "workspace": "ws_a",
        "delivery": delivery.id,
        "destination": "ds_a",
        "event": delivery.event.id,
    }
    assert reason == "status: it answered 503 instead of 200 to 299"
    assert world.outcomes.told()["webhook", "quarantine", "status"] == 1


def test_a_destination_that_comes_back_gets_it_with_the_words_of_that_moment(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there))
    world.hear(of_alert())
    there.answer = lambda handler: status(handler, 200)
    world.later(seconds=70)
    world.sweep()
    first, second = messages(there)
    assert ids(there)[0] == ids(there)[1]
    assert "worded" not in first["data"]
    assert second["data"]["worded"] is True
    assert "title" not in second["data"]["evidence"][0]
    assert world.only().state == "delivered"
    assert world.destination().failing_since is None


@pytest.mark.parametrize(("way", "told", "opening"), [("slack", 1, "merged"), ("webhook", 2, "delivered")])
@pytest.mark.parametrize("late", ["its receiver was down", "its message came late"])
def test_people_are_not_told_that_an_alert_began_after_they_heard_that_it_is_over(
    there: Receiver, late: str, way: Way, told: int, opening: str
) -> None:
    """A program sees by the revision which is newer, and may keep something for each."""
    world = World(hook(there, way=way))
    began, over = of_alert(), of_alert("alert.closed", state="closed", revision=2, closed_at=AT)
    if late == "its receiver was down":
        there.answer = lambda handler: status(handler, 503)
        world.hear(began)
        world.run(AT + timedelta(hours=4))
        there.answer = lambda handler: status(handler, 204)
        there.calls.clear()
        world.hear(over)
        world.run(AT + DAY)
    else:
        world.hear(over)
        world.hear(began)
    assert len(there.calls) == told
    assert {one.event.kind: one.state for one in world.deliveries.all()} == {
        "alert.opened": opening,
        "alert.closed": "delivered",
    }
    (first,) = [one for one in world.deliveries.all() if one.event.kind == "alert.closed"]
    (last,) = [one for one in world.deliveries.all() if one.event.kind == "alert.opened"]
    assert last.told_in == (first.id if opening == "merged" else None)


@pytest.mark.parametrize("answers", [[200], [503, 200]], ids=["it is taken", "not at once"])
@pytest.mark.parametrize("tried", [True, False])
def test_who_asks_by_hand_is_told_what_they_asked_for_whatever_was_told_since(
    there: Receiver, answers: list[int], *, tried: bool
) -> None:
    world = World(hook(there, way="slack"))
    began, over = of_alert(), of_alert("alert.closed", state="closed", revision=2, closed_at=AT)
    if tried:
        there.answer = lambda handler: status(handler, 503)
        world.hear(began)
        there.answer = lambda handler: status(handler, 204)
    world.hear(over)
    world.run(AT + timedelta(hours=1))
    world.hear(began)
    (opening,) = [one for one in world.deliveries.all() if one.event.kind == "alert.opened"]
    assert (opening.state, bool(opening.attempts)) == ("merged", tried)

    there.calls.clear()
    there.answer = lambda handler: status(handler, answers[min(len(there.calls), len(answers)) - 1])
    deliveries, destinations = cast("Any", (world.deliveries, world.destinations))
    send_again(deliveries, destinations, "ws_a", opening.id)
    world.now = datetime.now(tz=UTC)
    world.run(world.now + timedelta(minutes=10))
    assert len(there.calls) == len(answers)
    assert world.deliveries.get("ws_a", opening.id).delivery.state == "delivered"


def test_what_is_asked_for_by_hand_in_quiet_hours_is_told_at_their_end(there: Receiver) -> None:
    now = datetime.now(tz=UTC)
    since, until = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 1))
    world = World(hook(there, quiet=Quiet(since=since, until=until, crisis_passes=True), time_zone="UTC"))
    world.now = now
    world.hear(of_burst("alert.opened", 0, severity="low"))
    world.hear(of_alert("alert.updated", revision=2))
    world.run(now + timedelta(hours=1, minutes=3))
    opening, _ = sorted(world.deliveries.all(), key=lambda one: one.event.data["revision"])
    assert (opening.state, len(there.calls)) == ("merged", 1)

    deliveries, destinations = cast("Any", (world.deliveries, world.destinations))
    send_again(deliveries, destinations, "ws_a", opening.id)
    world.now = now + timedelta(minutes=1)
    world.run(world.now + timedelta(minutes=5))
    assert world.deliveries.get("ws_a", opening.id).delivery.state == "held"
    world.run(now + timedelta(hours=1, minutes=3))
    assert world.deliveries.get("ws_a", opening.id).delivery.state == "delivered"


def test_retry_after_is_honored(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 429, Retry_After="7200")
    world = World(hook(there))
    world.hear(of_alert())
    assert world.only().next_at == AT + timedelta(hours=2)


def test_an_engine_that_is_down_costs_no_attempt(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there))
    world.hear(of_alert())
    world.wording.down = True
    for _ in range(5):
        world.later(minutes=3)
        world.sweep()
    assert len(world.only().attempts) == 1
    world.wording.down = False
    there.answer = lambda handler: status(handler, 200)
    world.later(minutes=3)
    world.sweep()
    assert world.only().state == "delivered"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(3))
def test_whatever_write_it_dies_at_all_is_told_and_with_the_same_id(there: Receiver, at: int, after: bool) -> None:
    """The writes: the delivery, its lease, the note of what came of it. What dies before the note is sent again."""
    world = World(hook(there))
    world.deliveries.faults.at, world.deliveries.faults.after = at, after
    with pytest.raises(Killed):
        world.hear(of_alert())
    world.later(seconds=LEASE.total_seconds() + 1)
    world.hear(of_alert())  # the queue gives the message again
    world.sweep()
    assert world.only().state == "delivered"
    sent = ids(there)
    assert len(sent) == (2 if (at, after) == (2, False) else 1)
    assert len(set(sent)) == 1


def test_two_that_come_for_the_same_delivery_send_it_once(there: Receiver) -> None:
    world = World(hook(there))
    world.hear(of_alert(), left=NO_TIME)
    assert there.calls == []

    def sweeps_too(handler: BaseHTTPRequestHandler) -> None:
        world.sweep()
        status(handler, 204)

    there.answer = sweeps_too
    world.sweep()
    assert len(there.calls) == 1


def test_a_destination_that_hangs_keeps_no_other_waiting(there: Receiver) -> None:
    world = World(*(hook(there, id=f"ds_{number:02}") for number in range(20)))
    for number in range(60):
        world.hear(of_alert(revision=number + 1), left=NO_TIME)
    swept = world.sweep()
    assert swept["waiting"] == 20 * 50
    assert Counter(one.state for one in world.deliveries.all()) == {"delivered": 1_000, "waiting": 200}


# --- destinations that fail ------------------------------------------------------------------------------------------


def test_410_disables_the_destination(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 410)
    world = World(hook(there))
    world.hear(of_alert())
    assert world.only().state == "failed"
    assert world.destination().state == "disabled"
    assert "410" in (world.destination().trouble or "")
    world.hear(of_alert(revision=2))
    assert len(there.calls) == 1


def test_a_destination_that_fails_for_days_is_disabled_and_its_owner_sees_why(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there))
    for day in range(4):
        world.hear(of_alert(revision=day + 1))
        world.run(AT + timedelta(days=day + 1, hours=1))
    assert world.destination().state == "disabled"
    assert (world.destination().trouble or "").startswith("nothing has been taken since 2026-11-28 00:30 UTC, and 3 ")


def test_one_lost_delivery_disables_nobody(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there))
    world.hear(of_alert())
    world.run(AT + timedelta(days=5))
    assert world.destination().state == "active"


def test_a_private_address_is_given_up_at_once(there: Receiver) -> None:
    world = World(destination(address="https://169.254.169.254/latest/meta-data/"))
    world.hear(of_alert())
    (attempt,) = world.only().attempts
    assert (world.only().state, attempt.status) == ("failed", None)


def test_deliveries_of_a_destination_that_is_gone_are_cancelled(there: Receiver) -> None:
    world = World(hook(there))
    world.hear(of_alert(), left=NO_TIME)
    world.destinations.remove("ws_a", "ds_a")
    world.sweep()
    assert world.only().state == "cancelled"
    assert there.calls == []


def test_a_mistake_of_ours_is_an_attempt_like_any_other() -> None:
    world = World(destination(secrets=Secrets(secret="whsec_a")))
    world.hear(of_alert())
    (attempt,) = world.only().attempts
    assert (world.only().state, attempt.reason) == ("waiting", "internal")


# --- alerts that become worse ----------------------------------------------------------------------------------------


def test_who_wants_openings_is_told_when_an_alert_becomes_worse(there: Receiver) -> None:
    world = World(hook(there, wishes=Wishes(events=["alert.opened"])))
    world.hear(of_alert(severity="low", kind="burst"))
    world.hear(of_alert("alert.updated", severity="low", revision=2))
    world.hear(of_alert("alert.updated", severity="high", revision=3))
    world.hear(of_alert("alert.updated", severity="high", revision=4))
    world.hear(of_alert("alert.closed", severity="high", revision=5))
    assert [(one["type"], one["data"]["severity"]) for one in messages(there)] == [
        ("alert.opened", "low"),
        ("alert.updated", "high"),
    ]


def test_who_wants_crises_only_is_told_of_one_that_became_a_crisis(there: Receiver) -> None:
    world = World(hook(there, wishes=Wishes(events=["alert.opened"], severities=["high"])))
    world.hear(of_alert(severity="medium"))
    world.hear(of_alert("alert.updated", severity="high", revision=2))
    assert [one["type"] for one in messages(there)] == ["alert.updated"]


Change = tuple[str, str, int]
"""What becomes of an alert: what it is told as, its state then, and its revision."""
OPENED: Change = ("alert.opened", "open", 1)
WORKED: Change = ("alert.updated", "open", 2)
CLOSED: Change = ("alert.closed", "closed", 3)
ARTICLE: Change = ("alert.updated", "closed", 4)
"""The press writes of what is over."""
AGAIN: Change = ("alert.updated", "open", 5)
STILL: Change = ("alert.updated", "open", 6)
OVER: Change = ("alert.closed", "closed", 7)


def of_change(change: Change) -> Event:
    kind, state, revision = change
    at = AT + timedelta(minutes=revision)
    closed_at = at if state == "closed" else None
    fields = {"state": state, "closed_at": closed_at, "updated_at": at, "revision": revision}
    return of_alert(cast("Kind", kind), kind="burst", **fields)


@pytest.mark.parametrize(
    ("events", "changes"),
    [
        (USUAL, [OPENED, CLOSED, AGAIN, OVER]),
        (["alert.opened"], [OPENED, AGAIN]),
        (["alert.closed"], [CLOSED, OVER]),
        (EVERYTHING.events, [OPENED, WORKED, CLOSED, ARTICLE, AGAIN, STILL, OVER]),
    ],
)
def test_an_alert_that_goes_on_after_its_end_is_told_once_more(
    there: Receiver, events: list[Kind], changes: list[Change]
) -> None:
    world = World(hook(there, wishes=Wishes(events=events)))
    happened = [OPENED, WORKED, CLOSED, ARTICLE, AGAIN, CLOSED, STILL, AGAIN, OVER]  # some of it is heard again later
    for change in [*happened, *happened]:
        world.hear(of_change(change))
    assert [(one["type"], one["data"]["revision"]) for one in messages(there)] == [
        (kind, revision) for kind, _, revision in changes
    ]


# --- quiet hours -----------------------------------------------------------------------------------------------------

QUIET = Quiet(since="08:00", until="12:00", crisis_passes=True)  # AT is 09:30 in Seoul
NOON = datetime(2026, 11, 28, 3, tzinfo=UTC)


def test_what_comes_in_quiet_hours_is_told_at_their_end(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET, wishes=EVERYTHING))
    world.hear(of_alert(kind="burst"), of_mention())
    assert there.calls == []
    assert {(one.state, one.next_at) for one in world.deliveries.all()} == {("held", NOON)}
    world.run(NOON + timedelta(minutes=2))
    assert sorted(one["type"] for one in messages(there)) == ["alert.opened", "mention.due"]


def test_a_high_crisis_may_pass(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET))
    world.hear(of_alert())
    assert len(there.calls) == 1
    strict = World(hook(there, quiet=msgspec.structs.replace(QUIET, crisis_passes=False)))
    strict.hear(of_alert())
    assert len(there.calls) == 1


def of_burst(told_as: Any, minutes: int, **fields: Any) -> Any:
    return of_alert(told_as, kind="burst", updated_at=AT + timedelta(minutes=minutes), **fields)


def test_of_an_alert_that_goes_on_only_the_last_word_is_told(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET, wishes=EVERYTHING))
    for number in range(3):
        world.hear(of_burst("alert.updated" if number else "alert.opened", number, revision=number + 1))
    world.run(NOON + timedelta(minutes=2))
    (message,) = messages(there)
    assert (message["type"], message["data"]["revision"]) == ("alert.updated", 3)
    last = [one for one in world.deliveries.all() if one.state == "delivered"]
    merged = [one for one in world.deliveries.all() if one.state == "merged"]
    assert {one.told_in for one in merged} == {last[0].id}


@pytest.mark.parametrize("events", [["alert.opened"], ["alert.opened", "alert.closed"]])
def test_alerts_that_closed_meanwhile_come_in_one_summary(there: Receiver, events: Any) -> None:
    world = World(hook(there, quiet=QUIET, wishes=Wishes(events=events)))
    for name in "ab":
        fields = {"id": f"al_{name}", "topic": "tp_a"}
        world.hear(of_burst("alert.opened", 0, **fields))
        world.hear(of_burst("alert.closed", 9, state="closed", closed_at=AT, revision=2, **fields))
    world.hear(of_burst("alert.opened", 5, id="al_c"))
    world.run(NOON + timedelta(minutes=2))
    told_ = {one["type"]: one["data"] for one in messages(there)}
    assert set(told_) == {"alert.summary", "alert.opened"}
    assert [alert["id"] for alert in told_["alert.summary"]["alerts"]] == ["al_a", "al_b"]
    assert told_["alert.opened"]["id"] == "al_c"
    states = Counter(one.state for one in world.deliveries.all())
    assert states == {"merged": 4, "delivered": 2}


def test_a_night_of_many_alerts_is_told_whole_in_summaries_that_can_be_kept_and_sent(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET))
    names = [f"al_{number:03}" for number in range(2 * SUMMED + 1)]
    for name in names:
        world.hear(of_burst("alert.opened", 0, id=name))
        world.hear(of_burst("alert.closed", 9, state="closed", closed_at=AT, revision=2, id=name))
    world.run(NOON + timedelta(minutes=2))
    summaries = [one["data"]["alerts"] for one in messages(there)]
    assert sorted(len(alerts) for alerts in summaries) == [1, SUMMED, SUMMED]
    assert sorted(alert["id"] for alerts in summaries for alert in alerts) == names
    assert len({*ids(there)}) == len(summaries)
    assert Counter(one.state for one in world.deliveries.all()) == {"merged": 2 * len(names), "delivered": 3}


@pytest.mark.parametrize("events", [USUAL, ["alert.opened"], EVERYTHING.events])
@pytest.mark.parametrize(
    ("changes", "told_as", "revision"),
    [
        ([OPENED, CLOSED, AGAIN], "alert.updated", 5),
        ([OPENED, CLOSED, CLOSED, AGAIN, CLOSED], "alert.updated", 5),
        ([OPENED, CLOSED, AGAIN, OVER], "alert.summary", 7),
        ([OPENED, CLOSED], "alert.summary", 3),
    ],
)
def test_quiet_hours_say_how_an_alert_stands_at_their_end(
    there: Receiver, events: list[Kind], changes: list[Change], told_as: str, revision: int
) -> None:
    world = World(hook(there, quiet=QUIET, wishes=Wishes(events=events)))
    for change in changes:
        world.hear(of_change(change))
    world.run(NOON + timedelta(minutes=2))
    (message,) = messages(there)
    alert = message["data"]["alerts"][0] if "alerts" in message["data"] else message["data"]
    assert (message["type"], alert["revision"]) == (told_as, revision)


@pytest.mark.parametrize("events", [["alert.opened"], USUAL, EVERYTHING.events])
@pytest.mark.parametrize("is_over", [False, True])
def test_what_was_held_before_a_crisis_passed_is_not_told_after_it(
    there: Receiver, events: list[Kind], is_over: bool
) -> None:
    world = World(hook(there, quiet=QUIET, wishes=Wishes(events=events)))
    world.hear(of_burst("alert.opened", 0, severity="low"))
    opened = world.only()
    world.hear(of_alert("alert.updated", revision=2))
    if is_over:
        world.hear(of_alert("alert.closed", revision=3, state="closed", closed_at=AT))
    assert [one["type"] for one in messages(there)] == ["alert.updated"]
    world.run(NOON + timedelta(minutes=2))
    end = ["alert.closed"] if is_over and "alert.closed" in events else []
    assert [one["type"] for one in messages(there)] == ["alert.updated", *end]
    merged = world.deliveries.get("ws_a", opened.id).delivery
    assert (merged.state, merged.told_in) == ("merged", ids(there)[0])


@pytest.mark.parametrize("changes", [[], [ARTICLE]])
def test_a_crisis_wakes_people_and_its_end_does_not(there: Receiver, changes: list[Change]) -> None:
    world = World(hook(there, quiet=QUIET, wishes=EVERYTHING))
    world.hear(of_alert())
    for kind, state, revision in [CLOSED, *changes]:
        world.hear(of_alert(cast("Kind", kind), revision=revision, state=state, closed_at=AT, updated_at=world.now))
        world.later(minutes=10)
    assert [one["type"] for one in messages(there)] == ["alert.opened"]
    world.run(NOON + timedelta(minutes=2))
    assert [one["type"] for one in messages(there)] == ["alert.opened", changes[0][0] if changes else "alert.closed"]


def test_a_crisis_that_goes_on_in_quiet_hours_wakes_people_again(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET))
    world.hear(of_alert())
    world.hear(of_alert("alert.closed", revision=2, state="closed", closed_at=AT))
    world.hear(of_alert("alert.updated", revision=3))
    told_ = [("alert.opened", 1), ("alert.updated", 3)]
    assert [(one["type"], one["data"]["revision"]) for one in messages(there)] == told_
    world.run(NOON + timedelta(minutes=2))
    assert len(there.calls) == len(told_)


def test_an_end_that_was_held_is_no_summary_where_the_alert_goes_on_as_a_crisis(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET))
    for change in (OPENED, CLOSED):
        world.hear(of_change(change))
    world.hear(of_alert("alert.updated", revision=5))
    world.run(NOON + timedelta(minutes=2))
    assert [one["type"] for one in messages(there)] == ["alert.updated"]


def test_what_comes_after_a_crisis_and_is_held_is_told(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET, wishes=EVERYTHING))
    world.hear(of_burst("alert.opened", 0))
    world.hear(of_alert("alert.updated", updated_at=AT + timedelta(minutes=1), revision=2))
    world.hear(of_burst("alert.updated", 2, revision=3))
    world.run(NOON + timedelta(minutes=2))
    assert [one["data"]["revision"] for one in messages(there)] == [2, 3]


def test_an_end_after_quiet_hours_and_before_their_release_is_the_last_word(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET))
    world.hear(of_burst("alert.opened", 0))
    world.now = NOON + timedelta(seconds=20)
    world.hear(of_burst("alert.closed", 151, state="closed", closed_at=NOON, revision=2))
    world.run(NOON + timedelta(minutes=3))
    assert [one["type"] for one in messages(there)] == ["alert.closed"]


def test_an_opening_is_told_where_its_end_is_told_to_nobody(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET, wishes=Wishes(events=["alert.opened"])))
    world.hear(of_burst("alert.opened", 0))
    world.now = NOON + timedelta(seconds=20)
    world.hear(of_burst("alert.closed", 151, state="closed", closed_at=NOON, revision=2))
    world.run(NOON + timedelta(minutes=3))
    assert [one["type"] for one in messages(there)] == ["alert.opened"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [([OPENED, CLOSED, ARTICLE], "지나간 경보 1건"), ([WORKED, CLOSED, ARTICLE], "끝났습니다")],
)
def test_an_article_about_what_is_over_does_not_make_it_go_on(changes: list[Change], said: str) -> None:
    world = World(mail(quiet=QUIET, wishes=EVERYTHING))
    for change in changes:
        world.hear(of_change(change))
    world.run(NOON + timedelta(minutes=2))
    (message,) = world.mail.sent
    assert said in message["Subject"]


def test_an_end_that_nobody_asked_for_is_told_to_nobody(there: Receiver) -> None:
    world = World(hook(there, quiet=QUIET, wishes=Wishes(events=["alert.opened"])))
    world.hear(of_burst("alert.closed", 1, state="closed", closed_at=AT, revision=2))
    world.run(NOON + timedelta(minutes=2))
    assert there.calls == []
    assert world.only().state == "cancelled"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(8))
def test_a_release_that_dies_is_gone_on_with(there: Receiver, at: int, after: bool) -> None:
    world = World(hook(there, quiet=QUIET, wishes=EVERYTHING))
    world.hear(of_burst("alert.opened", 0, id="al_a"))
    world.hear(of_burst("alert.closed", 9, id="al_a", state="closed", closed_at=AT, revision=2))
    world.hear(of_burst("alert.opened", 1, id="al_b"))
    world.hear(of_burst("alert.updated", 2, id="al_b", revision=2))
    world.now = NOON
    world.deliveries.faults.calls = 0
    world.deliveries.faults.at, world.deliveries.faults.after = at, after
    with pytest.raises(Killed):
        world.run(NOON + timedelta(minutes=3))
    world.now += LEASE
    world.run(NOON + timedelta(minutes=10))
    by_id = {call.headers["webhook-id"]: json.loads(call.body)["type"] for call in there.calls}
    assert sorted(by_id.values()) == ["alert.summary", "alert.updated"]
    assert {one.state for one in world.deliveries.all()} <= {"delivered", "merged"}


def test_a_retry_that_falls_into_quiet_hours_waits_for_their_end(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    quiet = Quiet(since="09:31", until="12:00")
    world = World(hook(there, quiet=quiet))
    world.hear(of_alert())
    there.answer = lambda handler: status(handler, 200)
    world.run(NOON)
    assert len(there.calls) == 1
    assert (world.only().state, world.only().next_at) == ("held", NOON)
    world.run(NOON + timedelta(minutes=2))
    assert world.only().state == "delivered"


SEOUL = "Asia/Seoul"
NIGHT = Quiet(since="22:00", until="07:00")
NEARLY_ALWAYS = Quiet(since="09:31", until="09:30")


@pytest.mark.parametrize("quiet", [NIGHT, NEARLY_ALWAYS])
def test_quiet_hours_add_to_the_day_of_tries_what_is_held_and_no_more(there: Receiver, quiet: Quiet) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there, quiet=quiet))
    world.hear(of_alert())
    world.run(AT + timedelta(days=14))
    delivery = world.only()
    tries = [one.at for one in delivery.attempts]
    assert delivery.state == "failed"
    assert not [at for at in tries if quiet.end(at, SEOUL)]
    assert 10 <= len(tries) <= 12
    assert tries[-1] == delivery.until > AT + DAY
    assert len(world.dead_letters.letters) == 1


def test_what_was_held_before_its_first_try_has_a_whole_day(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there, quiet=msgspec.structs.replace(QUIET, crisis_passes=False)))
    world.hear(of_alert())
    world.run(NOON + timedelta(days=3))
    first, *_, last = world.only().attempts
    assert first.at == NOON
    assert last.at >= NOON + DAY


def test_a_destination_with_quiet_hours_that_fails_for_days_is_disabled(there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    world = World(hook(there, quiet=NIGHT))
    for day in range(4):
        world.hear(of_alert(revision=day + 1))
        world.run(AT + timedelta(days=day + 1))
    world.run(AT + timedelta(days=7))
    assert world.destination().state == "disabled"


# --- digests ---------------------------------------------------------------------------------------------------------

EIGHT = datetime(2026, 11, 28, 23, tzinfo=UTC)  # Sunday 08:00 in Seoul


def test_digests_are_made_once_per_day_and_destination(there: Receiver) -> None:
    wishes = Wishes(events=["digest.daily", "digest.weekly"])
    one, other = (hook(there, id=name, wishes=wishes, digest_at=EIGHT) for name in ("ds_a", "ds_b"))
    world = World(one, other)
    for _ in range(3 * 24):
        world.sweep()
        world.later(hours=1)
    kinds = Counter((call["type"], call["timestamp"]) for call in messages(there))
    assert kinds == {
        ("digest.daily", "2026-11-28T23:00:00Z"): 2,
        ("digest.daily", "2026-11-29T23:00:00Z"): 2,
        ("digest.daily", "2026-11-30T23:00:00Z"): 2,
        ("digest.weekly", "2026-11-29T23:00:00Z"): 2,
    }
    assert world.destination().digest_at == datetime(2026, 12, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(("days", "first"), [(0, 28), (1, 28), (3, 28), (6, 28), (7, 29), (9, 31)])
def test_digests_of_days_that_an_outage_took_are_made_up_for(there: Receiver, days: int, first: int) -> None:
    wishes = Wishes(events=["digest.daily", "digest.weekly"])
    world = World(hook(there, wishes=wishes, digest_at=EIGHT))
    world.now = EIGHT + timedelta(days=days, hours=5)
    for _ in range(12):
        world.sweep()
        world.later(minutes=1)
    calls = [(call["type"], datetime.fromisoformat(call["timestamp"])) for call in messages(there)]
    eights = [EIGHT + timedelta(days=day) for day in range(first - 28, days + 1)]
    assert [at for kind, at in calls if kind == "digest.daily"] == eights
    assert [at for kind, at in calls if kind == "digest.weekly"] == [at for at in eights if at.weekday() == 6]
    assert world.destination().digest_at == EIGHT + timedelta(days=days + 1)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_zone_that_changes_its_clocks_costs_no_digest(there: Receiver, hours: int) -> None:
    set_before = EIGHT + timedelta(hours=hours)
    world = World(hook(there, wishes=Wishes(events=["digest.daily", "digest.weekly"]), digest_at=set_before))
    world.now = set_before
    for _ in range(26):
        world.sweep()
        world.later(hours=1)
    daily = [call["timestamp"] for call in messages(there) if call["type"] == "digest.daily"]
    assert daily == ["2026-11-28T23:00:00Z", "2026-11-29T23:00:00Z"]


def test_sweeps_that_overlap_at_eight_make_other_digests_each() -> None:
    """All of a time zone are due in one moment, and a sweep begins each minute, whether or not the last one is over."""
    world = World(*[mail(id=f"ds_{n}", wishes=Wishes(events=["digest.daily"]), digest_at=EIGHT) for n in range(60)])
    world.now, make = EIGHT, world.digests.event

    def slowly(*given: Any) -> Event:
        time.sleep(0.01)
        return make(*given)

    with patch.object(world.digests, "event", slowly), ThreadPoolExecutor(2) as sweeps:
        list(sweeps.map(lambda _: world.sweep(), range(2)))
    assert len(world.mail.sent) == 60
    assert world.digests.made < 90


def test_digests_are_told_before_all_are_made() -> None:
    world = World(*[mail(id=f"ds_{n}", wishes=Wishes(events=["digest.daily"]), digest_at=EIGHT) for n in range(400)])
    world.now = EIGHT
    told = world.stage.sweep(lambda: AMPLE - world.digests.made)["digests"]
    assert told == len(world.mail.sent) == MAKING + 1


def test_a_digest_that_cannot_be_made_comes_later_and_keeps_nobody_else_waiting(there: Receiver) -> None:
    world = World(hook(there, wishes=Wishes(events=["digest.daily"]), digest_at=EIGHT))
    world.now = EIGHT
    world.digests.down = True
    assert world.sweep()["digests"] == 0
    world.digests.down = False
    world.later(minutes=30)
    assert world.sweep()["digests"] == 1
    assert [one["timestamp"] for one in messages(there)] == ["2026-11-28T23:00:00Z"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(3))
def test_a_digest_that_dies_is_told_with_the_same_id(there: Receiver, at: int, after: bool) -> None:
    world = World(hook(there, wishes=Wishes(events=["digest.daily"]), digest_at=EIGHT))
    world.now = EIGHT
    world.deliveries.faults.at, world.deliveries.faults.after = at, after
    with pytest.raises(Killed):
        world.sweep()
    world.now += LEASE
    world.sweep()
    world.now += LEASE
    world.sweep()
    assert len(set(ids(there))) == 1
    assert world.only().state == "delivered"


# --- mail and chat ---------------------------------------------------------------------------------------------------


def mail(**fields: Any) -> Destination:
    return destination(way="email", address="duty@example.com", secrets=None, **fields)


def test_mail_says_it_in_text_and_html_with_links_that_act() -> None:
    world = World(mail())
    world.hear(of_alert())
    (message,) = world.mail.sent
    assert (message["To"], message["From"]) == ("duty@example.com", "alerts@example.com")
    assert message["Subject"] == "[위기·높음] 누리폰12: 지금 확인해 주세요"
    assert message["X-Delivery-Id"] == world.only().id
    text, page = (part.get_content() for part in message.iter_parts())
    assert "지금 답하세요." in text
    assert "<h1" in page
    permits = {permit.act: permit for permit in world.permits.kept.values()}
    assert set(permits) == {"acknowledge", "assign", "stop"}
    assert permits["assign"].alert == "al_abcdefghijklmnopqrstuvwx"
    assert permits["assign"].who == "당직"
    assert text.count("https://api.example.com/v1/acts/") == 3
    assert not [digest for digest in world.permits.kept if digest in text]
    assert message["List-Unsubscribe"].startswith("<https://api.example.com/v1/acts/")


def test_mails_about_one_alert_are_shown_together() -> None:
    world = World(mail(wishes=EVERYTHING))
    world.hear(of_alert(), of_alert("alert.updated", revision=2), of_mention())
    threads = Counter(message["References"] for message in world.mail.sent)
    assert sorted(threads.values()) == [1, 2]


ON_AWS = MailSettings(
    "alerts@notifications.listening.agency.example.com",
    "https://abcdefghij.execute-api.ap-northeast-2.amazonaws.example.com/production",
)


def read(message: EmailMessage, name: str) -> str:
    """A header as mail programs read it: unfolded, then decoded as RFC 2047 has it."""
    raw = message_from_bytes(message.as_bytes(), policy=compat32)[name]
    assert all(len(line) <= 76 for line in raw.splitlines() if line.lstrip().startswith("=?"))
    return str(make_header(decode_header("".join(raw.splitlines()))))


def test_programs_find_the_link_to_stop_and_the_thread_whatever_their_length() -> None:
    """Neither may be encoded: a mail program that does so finds no address (RFC 2047, section 5)."""
    world = World(mail(), settings=ON_AWS)
    world.hear(of_alert())
    (message,) = world.mail.sent
    lines = message.as_bytes().decode("ascii").split("\r\n")
    (stop,) = [line for line in lines if line.startswith("List-Unsubscribe: ")]
    assert re.fullmatch(rf"List-Unsubscribe: <{ON_AWS.links}/v1/acts/[\w-]{{27}}>", stop)
    assert f"References: <al_abcdefghijklmnopqrstuvwx@{ON_AWS.sender.partition('@')[2]}>" in lines


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "name",
    [
        "누리폰 12",
        "누리폰 12 (Nuri Phone) 배터리 발열 논란",
        "R&D Café 발열 논란",
        "Genève “x” 환불 요청이 많은 서비스센터 Café",
        "Nuri Phone 12 and its charger, which was sold to everybody last spring",
    ],
)
def test_a_subject_is_read_as_it_was_written(name: str, language: Any) -> None:
    """Of two encoded words that stand in two lines, readers leave out what is between: a space was lost there."""
    world = World(mail(language=language, wishes=EVERYTHING))
    world.hear(of_alert(topic_name=name), of_mention(topic_name=name, count=1_234))
    assert [read(message, "Subject") for message in world.mail.sent] == [one["Subject"] for one in world.mail.sent]
    assert all(name in message["Subject"] for message in world.mail.sent)


def test_strangers_words_make_no_headers() -> None:
    world = World(mail())
    world.hear(of_alert(topic_name="x\r\nBcc: all@example.com"))
    (message,) = world.mail.sent
    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused("mail_rejected", "MessageRejected"), "failed"),
        (Unavailable("mail: TooManyRequestsException"), "waiting"),
    ],
)
def test_mail_that_is_not_taken(error: Exception, state: str) -> None:
    world = World(mail())
    world.mail.raises = error
    world.hear(of_alert())
    assert world.only().state == state


def test_nothing_but_the_question_is_sent_to_an_address_before_it_is_confirmed() -> None:
    world = World(mail(state="unconfirmed"))
    asked = {"destination": "ds_a", "name": "당직"}
    world.hear(of_alert(), told("test", asked), told("destination.confirm", asked))
    (message,) = world.mail.sent
    assert "당직" in message["Subject"]
    assert [permit.act for permit in world.permits.kept.values()] == ["confirm", "stop"]


def test_a_test_that_waits_goes_to_no_address_that_has_not_agreed() -> None:
    world = World(mail())
    world.mail.raises = Unavailable("mail: TooManyRequestsException")
    world.hear(told("test", {"destination": "ds_a", "name": "당직"}))
    assert world.only().state == "waiting"
    world.mail.raises = None
    other = {"state": "unconfirmed", "address": "other@example.com"}
    world.destinations.change("ws_a", "ds_a", lambda one: msgspec.structs.replace(one, **other))
    world.later(hours=1)
    world.sweep()
    assert world.mail.sent == []
    assert world.only().state == "cancelled"


def test_a_test_goes_to_the_one_destination_that_it_is_for(there: Receiver) -> None:
    world = World(hook(there, state="paused"), hook(there, id="ds_b"))
    world.hear(told("test", {"destination": "ds_a", "name": "당직"}))
    assert [one["type"] for one in messages(there)] == ["test"]
    assert world.only().destination == "ds_a"


def test_a_chat_is_sent_text_and_blocks(there: Receiver) -> None:
    world = World(destination(way="slack", address=f"{there.url}/services/T/B/secret", secrets=None))
    there.answer = lambda handler: status(handler, 200, b"ok")
    world.hear(of_alert())
    message = json.loads(there.calls[0].body)
    assert set(message) == {"text", "blocks"}
    assert message["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "[위기·높음] 누리폰12: 지금 확인해 주세요", "emoji": False},
    }
    assert "webhook-signature" not in {name.lower() for name in there.calls[0].headers}
