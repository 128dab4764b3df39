"""From an event in the queue to whoever wants to hear of it: signed calls, mail whose links act, digests, and kills."""

from __future__ import annotations

import os
import re
import runpy
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest
from standardwebhooks import Webhook

from infra.local.mailbox import sent
from socialindex import settings
from socialindex.alert import projection
from socialindex.alert.alert import Alert, Spreader
from socialindex.aws.acts import ActsTable
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.consents import OF_ADDRESS, OF_BOTH, OF_WORKSPACE, STOPPED, ConsentsTable
from socialindex.aws.deliveries import DeliveriesTable, Due
from socialindex.aws.destinations import DestinationsTable
from socialindex.deliver.acts import CLAIM, Permit
from socialindex.deliver.courier import Courier
from socialindex.deliver.delivery import Level
from socialindex.deliver.digest import Time
from socialindex.deliver.digest_figures import MentionFigures
from socialindex.deliver.fanout import delivery_of
from socialindex.deliver.hours import last_eight
from socialindex.errors import Conflict, TooManyRequests
from socialindex.mentions.merge import working
from socialindex.mentions.work import Work
from socialindex.messages import encode
from tests.integration.mention_world import NOW, World, document
from tests.integration.outgoing import outgoing
from tests.integration.parts import event as sqs_event
from tests.integration.parts import real_parts, unique
from tests.integration.whole_api import whole_api
from tests.unit.deliver.receivers import Receiver, receiver, status
from tests.unit.deliver.samples import AT, alert, destination, of_alert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.deliver.event import Event

pytestmark = pytest.mark.integration

SENDER = "alerts@socialindex.example"
LINKS = "https://api.example.com"
LINK = re.compile(rf"{LINKS}(/v1/acts/[\w-]+)")
CONTEXT = SimpleNamespace(
    function_name="deliver",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 300_000,
)


class House:
    """A workspace behind the whole API, and the deliver function beside it."""

    def __init__(self, world: World, handler: Any) -> None:
        self.world = world
        self._handler = handler
        self.home = f"/v1/workspaces/{world.workspace}"
        self.deliveries = DeliveriesTable(world.parts.table("DeliveriesTable"))
        self.destinations = DestinationsTable(world.parts.table("DestinationsTable"))
        self.alerts = AlertsTable(world.parts.table("AlertsTable"))

    def add(self, **fields: Any) -> dict[str, Any]:
        body = {"name": "당직", "language": "ko", "time_zone": "Asia/Seoul", **fields}
        made: dict[str, Any] = self.world.done("POST", f"{self.home}/destinations", body)
        return made

    def deliver(self) -> None:
        """Let the function take what is in its queue, as the poller does."""
        bodies = [body for body, _ in self.world.parts.receive("DeliverQueue")]
        if bodies:
            assert self._handler(sqs_event(*bodies), CONTEXT) == {"batchItemFailures": []}

    def sweep(self) -> dict[str, int]:
        swept: dict[str, int] = self._handler({}, CONTEXT)
        return swept

    def tell(self, *events: Event) -> None:
        self.world.parts.queue("DeliverQueue").send_all(map(encode, events))
        self.deliver()

    def log(self, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.world.done("GET", f"{self.home}/deliveries", **query)["items"]
        return items

    def an_alert(self, topic: str, **fields: Any) -> Alert:
        made = alert(id=f"al_{unique('')[1:]}", workspace=self.world.workspace, topic=topic, **fields)
        assert self.alerts.save(None, made, "alert.opened")
        return made

    def told_of(self, one: Alert, kind: Any = "alert.opened") -> Event:
        return msgspec.structs.replace(
            of_alert(kind), id=f"ev_{one.id}", data=msgspec.to_builtins(one), workspace=one.workspace, topic=one.topic
        )

    def remove_all(self) -> None:
        for one in self.destinations.of_workspace(self.world.workspace):
            self.destinations.remove(one.workspace, one.id)


@contextmanager
def deliver_function(world: World, engine_url: str) -> Iterator[Any]:
    """The function's handler, as its own module wires it."""
    function = world.parts.template.functions["DeliverFunction"]
    world.parts.make_for(function)
    settings.load.cache_clear()
    with patch.dict(os.environ, {**function.environment, "ENGINE_URL": engine_url, "PUBLIC_URL": LINKS}):
        handler = runpy.run_path(str(function.code / "app.py"))["handler"]
    settings.load.cache_clear()
    yield handler


@pytest.fixture(scope="module")
def whole(servers: Running, engine_url: str) -> Iterator[House]:
    with real_parts(servers) as parts:
        for name in ("SearchFunction", "DeliverFunction"):
            parts.template.functions[name].environment.update(ALLOW_LOOPBACK="true", MAIL_FROM=SENDER)
        parts.cloud.sesv2_client().create_email_identity(EmailIdentity=SENDER)
        with whole_api(parts, engine_url) as api:
            world = World(api, engine_url)
            with deliver_function(world, engine_url) as handler:
                yield House(world, handler)


@pytest.fixture
def house(whole: House) -> Iterator[House]:
    whole.remove_all()
    whole.world.parts.receive("DeliverQueue")
    yield whole
    whole.remove_all()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def test_a_webhook_is_told_signed_and_the_log_shows_it(house: House, there: Receiver) -> None:
    made = house.add(way="webhook", url=f"{there.url}/hook")
    one = house.an_alert("tp_a")
    house.tell(house.told_of(one), house.told_of(one))
    (call,) = there.calls
    message = Webhook(made["secret"]).verify(call.body, call.headers)
    assert (message["type"], message["data"]["id"]) == ("alert.opened", one.id)
    (line,) = house.log(destination=made["destination"]["id"])
    assert (line["id"], line["state"], line["status"]) == (call.headers["webhook-id"], "delivered", 204)
    shown = house.world.done("GET", f"{house.home}/deliveries/{line['id']}")
    assert shown["attempts"][0]["status"] == 204
    assert "부풀" not in str(shown["content"])


def test_a_secret_is_rotated_without_a_call_that_fails(house: House, there: Receiver) -> None:
    made = house.add(way="webhook", url=there.url)
    where = f"{house.home}/destinations/{made['destination']['id']}"
    rotated = house.world.done("POST", f"{where}/rotation", {"grace_hours": 1})
    tested = house.world.done("POST", f"{where}/test")
    house.deliver()
    (call,) = there.calls
    assert call.headers["webhook-id"] == tested["id"]
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(call.body, call.headers)["type"] == "test"


def test_killed_between_the_call_and_its_note_it_is_told_again_with_the_same_id(house: House, there: Receiver) -> None:
    house.add(way="webhook", url=there.url)
    one = house.an_alert("tp_a")

    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    with patch.object(Courier, "_note", die), pytest.raises(Killed):
        house.tell(house.told_of(one))
    (delivery,) = [line for line in house.log() if line["state"] == "waiting"]
    kept = house.deliveries.get(house.world.workspace, delivery["id"])
    assert kept.delivery.attempts == []
    overdue = msgspec.structs.replace(kept.delivery, next_at=datetime.now(tz=UTC))  # as if the lease were over
    house.deliveries.save(kept, overdue)
    assert house.sweep()["waiting"] == 1
    first, second = there.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert house.log()[0]["state"] == "delivered"


def test_what_is_given_up_is_a_dead_letter_and_can_be_told_again(house: House, there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500, b"no")
    house.add(way="webhook", url=there.url)
    house.tell(house.told_of(house.an_alert("tp_a")))
    (line,) = house.log(state="waiting")
    kept = house.deliveries.get(house.world.workspace, line["id"])
    over = msgspec.structs.replace(kept.delivery, next_at=datetime.now(tz=UTC), until=datetime.now(tz=UTC))
    house.deliveries.save(kept, over)
    house.sweep()
    assert house.log(state="failed")[0]["id"] == line["id"]
    ((_, reason),) = house.world.parts.receive("DeliverDeadLetters")
    assert reason.startswith("status: it answered 500")
    there.answer = lambda handler: status(handler, 200)
    house.world.done("POST", f"{house.home}/deliveries/{line['id']}/redeliver")
    house.sweep()
    assert house.log()[0]["state"] == "delivered"
    assert {call.headers["webhook-id"] for call in there.calls} == {line["id"]}


def test_mail_is_confirmed_told_and_acted_upon(house: House) -> None:
    before = len(sent(house.world.parts.cloud))
    made = house.add(way="email", email="duty@example.com", wishes={"events": ["alert.opened"]})["destination"]
    topic = house.world.topic()
    one = house.an_alert(topic.id)
    house.tell(house.told_of(one))
    (asked,) = mails(house, before)
    act(house, asked, 0)
    assert house.world.done("GET", f"{house.home}/destinations/{made['id']}")["state"] == "active"
    house.tell(msgspec.structs.replace(house.told_of(one), id="ev_again"))
    (mail,) = mails(house, before + 1)
    assert mail["To"] == "duty@example.com"
    assert "지금 답하세요." in mail.get_body(("plain",)).get_content()
    act(house, mail, 1)
    after = house.world.done("GET", f"/v1/alerts/{one.id}")
    assert (after["acknowledged_by"], after["assigned_to"]) == ("당직", "당직")
    document = house.world.client.get(index=projection.INDEX, id=one.id)["_source"]
    assert (document["acknowledged"], document["assigned_to"]) == (True, "당직"), "dashboards show it"


def test_of_two_who_acknowledge_an_alert_at_once_the_first_one_counts(house: House) -> None:
    one = house.an_alert("tp_a")
    replace = AlertsTable._replace

    def overtaken(table: AlertsTable, *args: Any) -> bool:
        """Write what the second one has read, once the first one has written."""
        with patch.object(AlertsTable, "_replace", replace):
            table.acknowledge(one.id, "first", AT)
        return replace(table, *args)

    with patch.object(AlertsTable, "_replace", overtaken):
        told = house.alerts.acknowledge(one.id, "second", AT + timedelta(seconds=1))
    assert told == house.alerts.get(one.id).alert
    assert (told.acknowledged_by, told.acknowledged_at) == ("first", AT)


def mails(house: House, after: int) -> list[Any]:
    return [message_from_string(text, policy=policy.default) for text in sent(house.world.parts.cloud)[after:]]


def act(house: House, mail: Any, number: int) -> None:
    """Open a mail's link as scanners do, and then as a person does."""
    path = LINK.findall(mail.get_body(("plain",)).get_content())[number]
    for _ in range(3):
        assert house.world.api.call(None, "GET", path).status == 200
    assert house.world.api.call(None, "POST", path).status == 200
    assert house.world.api.call(None, "POST", path).status == 410
    assert house.world.api.call(None, "GET", path).status == 410


def test_a_retry_reads_what_posts_say_now(house: House, there: Receiver) -> None:
    there.answer = lambda handler: status(handler, 500)
    made = house.add(way="webhook", url=there.url)
    topic = house.world.topic()
    post = document("words", title="처음 제목", author={"key": "author_key_1", "name": "글쓴이"})
    house.world.match(topic, post)
    spreader = Spreader(author="author_key_1", source="mastodon", posts=1, spread=3)
    evidence = [msgspec.structs.replace(alert().evidence[0], post=post["id"], title="옛 제목", author="옛 이름")]
    house.tell(house.told_of(house.an_alert(topic.id, evidence=evidence, spreaders=[spreader], lead_time=None)))
    there.answer = lambda handler: status(handler, 200)
    (line,) = house.log(state="waiting", destination=made["destination"]["id"])
    kept = house.deliveries.get(house.world.workspace, line["id"])
    house.deliveries.save(kept, msgspec.structs.replace(kept.delivery, next_at=datetime.now(tz=UTC)))
    house.sweep()
    told = [Webhook(made["secret"]).verify(call.body, call.headers)["data"] for call in there.calls]
    assert [one["evidence"][0]["title"] for one in told] == ["옛 제목", "처음 제목"]
    assert told[1]["spreaders"][0]["name"] == "글쓴이"
    assert "글쓴이" in told[1]["explanation"]["ko"]


def test_a_digest_has_the_figures_of_the_index(house: House) -> None:
    topic, other = house.world.topic(), house.world.topic(name="Other")
    until = NOW + timedelta(minutes=1)
    week = timedelta(days=7)
    now = [document(f"now{number}", sentiment=(-0.8, 0.6, 0.0, None)[number % 4]) for number in range(8)]
    now[0] |= {"metrics": {"likes": 500, "reposts": 40}, "author": {"key": "k", "name": "Kim"}}
    now[1] |= {"cluster_id": now[2]["id"]}
    before = [document(f"before{number}", at=NOW - week, sentiment=0.5) for number in range(3)]
    old = [document("old", at=NOW - timedelta(days=3))]
    before_topic = document("before the topic", at=topic.since - timedelta(days=1))
    house.world.match(topic, *now, *before, *old, at=NOW - timedelta(hours=1))
    house.world.match(other, document("elsewhere"))
    done: list[dict[str, Any]] = [
        {"status": "answered", "answered_at": NOW - timedelta(minutes=50)},
        {"status": "answered", "answered_at": NOW - timedelta(minutes=20)},
        {"status": "assigned", "due_at": NOW - timedelta(minutes=5)},
        {"noise": True},
    ]
    for post, work in zip(now, done, strict=False):
        ids = house.world.match(topic, post, at=NOW - timedelta(hours=1))
        house.world.change(ids[0], working(Work(topic=topic.id, post=post["id"], version=1, **work)))
    (long_ago,) = house.world.match(topic, before_topic, at=NOW - timedelta(days=4))
    answered = Work(topic=topic.id, post=before_topic["id"], version=1, **done[0])
    house.world.change(long_ago, working(answered))
    figures, day = MentionFigures(house.world.client), Time(until - timedelta(days=1), until, UTC)
    row, alone = figures.of([topic, other], day)
    assert (row.mentions, row.mentions_before) == (7, 3)
    assert (row.positive, row.neutral, row.negative) == (2, 2, 2)
    assert (row.negative_share, row.negative_share_before) == (2 / 6, 0.0)
    assert (row.answered, row.answer_minutes, row.overdue) == (2, 25.0, 1)
    assert row.posts[0].post == now[0]["id"]
    assert row.posts[0].title is None
    assert (alone.mentions, alone.name, alone.posts) == (1, "Other", [])
    house.world.match(other, now[0], before[0])
    assert figures.total([topic, other], day) == (8, 3)
    assert figures.total([topic], day) == (7, 3)


@pytest.mark.parametrize(
    ("by", "named", "spread"), [("ABA", "last week", [1]), ("AAA", "0", [])], ids=["by another, too", "by one alone"]
)
def test_of_copies_a_digest_shows_the_first_that_was_published_if_others_took_it_up(
    house: House, by: str, named: str, spread: list[int]
) -> None:
    topic, run = house.world.topic(), unique("copied")
    group = document(f"{run} {named}")["id"]
    posts = [
        document(f"{run} {place}", at=NOW - timedelta(hours=9 - place), author={"key": key}, cluster_id=group)
        for place, key in enumerate(by)
    ]
    house.world.match(topic, *posts)
    (row,) = MentionFigures(house.world.client).of([topic], Time(NOW - timedelta(days=1), NOW, UTC))
    assert [(one.post, one.spread) for one in row.posts] == [(posts[0]["id"], count) for count in spread]


def test_a_digest_of_a_workspace_without_an_index_is_empty_and_told(house: House, there: Receiver) -> None:
    made = house.add(way="webhook", url=there.url, wishes={"events": ["digest.daily"]})["destination"]
    eight = last_eight(NOW, made["time_zone"], weekly=False)
    house.destinations.change(
        house.world.workspace, made["id"], lambda one: msgspec.structs.replace(one, digest_at=eight)
    )
    assert house.sweep()["digests"] == 1
    assert house.sweep()["digests"] == 0
    (call,) = there.calls
    message = msgspec.json.decode(call.body)
    assert message["type"] == "digest.daily"
    assert datetime.fromisoformat(message["timestamp"]).hour == 23
    after = house.destinations.get(house.world.workspace, made["id"]).destination.digest_at
    assert after is not None
    assert after > NOW


# --- the tables themselves -------------------------------------------------------------------------------------------


def test_deliveries_wait_in_the_order_of_their_time(house: House) -> None:
    table, workspace = house.deliveries, unique("ws")
    made = [
        msgspec.structs.replace(
            delivery_of(of_alert(revision=number), destination(workspace=workspace), AT + timedelta(minutes=number)),
            workspace=workspace,
        )
        for number in (3, 1, 2)
    ]
    assert [table.add(one) for one in made] == [True] * 3
    assert not table.add(made[0])
    due = [one for one in table.due(AT + timedelta(minutes=2)) if one.workspace == workspace]
    assert due == [Due(workspace, made[1].id, "ds_a"), Due(workspace, made[2].id, "ds_a")]
    kept = table.get(workspace, made[1].id)
    table.save(kept, msgspec.structs.replace(kept.delivery, state="delivered"))
    assert [one.id for one in table.due(AT + timedelta(minutes=2)) if one.workspace == workspace] == [made[2].id]
    lines = [one.id for _, one in table.lines(workspace, "", 10)]
    assert lines == [made[0].id, made[2].id, made[1].id]
    table.clear(workspace)
    assert list(table.lines(workspace, "", 10)) == []


def test_what_was_told_last_of_an_alert_is_remembered(house: House) -> None:
    name = unique("al")
    assert house.deliveries.level("ds_a", name) == Level()
    for told in (Level(2, revision=3, sent="msg_a"), Level(1, revision=2, sent="msg_b"), Level(0, revision=3)):
        house.deliveries.told("ds_a", name, told, datetime.now(tz=UTC))
    assert house.deliveries.level("ds_a", name) == Level(2, revision=3, sent="msg_a")
    house.deliveries.told("ds_a", name, Level(0, revision=4), datetime.now(tz=UTC))
    assert house.deliveries.level("ds_a", name) == Level(0, revision=4, sent="msg_a")
    assert house.deliveries.level("ds_b", name) == Level()


def test_an_address_is_asked_so_often_a_day_and_not_by_whom_it_has_stopped(house: House) -> None:
    table, now = ConsentsTable(house.world.parts.table("DeliveriesTable")), datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    tomorrow = now + timedelta(minutes=1)

    def asked(workspaces: list[str], addresses: list[str], at: datetime = now) -> int:
        """How many are asked before one is refused."""
        for number, (workspace, address) in enumerate(zip(workspaces, addresses, strict=True)):
            try:
                table.take(workspace, address, at)
            except TooManyRequests:
                return number
        return len(addresses)

    one, duty = unique("ws"), f"{unique('duty')}@example.com"
    assert asked([one] * 9, [duty] * 9) == OF_BOTH
    with pytest.raises(TooManyRequests) as refused:
        table.take(one, duty.upper(), now)
    assert (refused.value.policy, refused.value.retry_after) == ("confirmations", 60)
    assert asked([one] * 2, [duty] * 2, tomorrow) == 2
    everybody = [unique("ws") for _ in range(OF_ADDRESS + 1)]
    assert asked(everybody, [f"{one}@example.com"] * len(everybody)) == OF_ADDRESS
    strangers = [f"{number}{duty}" for number in range(OF_WORKSPACE + 1)]
    assert asked([unique("ws")] * len(strangers), strangers) == OF_WORKSPACE
    table.stop(one, duty, tomorrow)
    with pytest.raises(Conflict, match="not asked before 2026-12-21"):
        table.take(one, duty.upper(), tomorrow + timedelta(days=29))
    table.take(unique("ws"), duty, tomorrow + timedelta(days=29))
    table.take(one, duty, tomorrow + STOPPED + timedelta(days=1))


def test_a_permit_is_used_by_one_and_an_act_that_was_killed_can_be_done_again(house: House) -> None:
    table, name, now = ActsTable(house.world.parts.table("DeliveriesTable")), unique("digest"), datetime.now(tz=UTC)
    permit = Permit(
        act="acknowledge",
        workspace="ws_a",
        destination="ds_a",
        address="a@example.com",
        who="A",
        language="en",
        expires_at=now + timedelta(minutes=5),
    )
    assert not table.claim(name, now)
    table.add(name, permit)
    assert table.claim(name, now)
    assert not table.claim(name, now)
    assert table.claim(name, now + CLAIM + timedelta(seconds=1))
    table.release(name)
    with outgoing("unanswered", 0) as out:
        assert table.claim(name, now)
    assert out.calls == ["dynamodb UpdateItem"] * 2
    table.done(name, now)
    assert not table.claim(name, now + timedelta(days=1))
    known = table.find(name, now)
    assert known is not None
    assert (known.permit, known.used_at is None) == (permit, False)
    assert table.find(name, now + timedelta(minutes=6)) is None
