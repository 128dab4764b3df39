"""Destinations, deliveries, the catalogue and mails' links through the API, and what others learn: nothing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import jsonschema_rs
import msgspec
import pytest

from infra.events.page import PAGE, page
from socialindex.access import Caller, Scope
from socialindex.aws.acts import Known
from socialindex.deliver.acts import Permit, digest_of, new_token
from socialindex.deliver.destination import MOST_SECRETS, Wishes, without
from socialindex.deliver.fanout import delivery_of
from socialindex.deliver.told import CATALOGUE
from socialindex.errors import Conflict, NotFound, TooManyRequests, Unavailable
from socialindex.search import listening
from socialindex.search.acts import ActsPart
from socialindex.search.api import Api
from socialindex.search.deliveries import DeliveriesPart
from socialindex.search.destination_making import Ground
from socialindex.search.destinations import MOST, DestinationsOfWorkspace, DestinationsPart
from socialindex.search.events import EventsPart, catalogue
from socialindex.topics.topic import Topic, Watched
from tests.unit.deliver.samples import AT, HOSTILE, SECRET, destination, every_kind, of_alert
from tests.unit.deliver.world import Deliveries, Destinations

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "/v1/workspaces/{id}/destinations"
ONE = f"{HOME}/{{destination}}"
LOG = "/v1/workspaces/{id}/deliveries"
ENTRY = f"{LOG}/{{delivery}}"
ACT = "/v1/acts/{token}"
OWN = Caller(
    organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ, Scope.WRITE}), key="key_a"
)
KEYS = {
    "own": OWN,
    "other": msgspec.structs.replace(OWN, organization="org_b", workspaces=frozenset({"ws_b"})),
    "both": msgspec.structs.replace(OWN, workspaces=frozenset({"ws_a", "ws_c"})),
    "reader": msgspec.structs.replace(OWN, scopes=frozenset({Scope.READ})),
}
HOOK = {"name": "Duty", "way": "webhook", "url": "https://hooks.example.com/a"}
MAIL = {"name": "당직", "way": "email", "email": "duty@example.com", "language": "ko", "time_zone": "Asia/Seoul"}
CHAT = {"name": "Chat", "way": "slack", "url": "https://chat.example.com/services/T/B/secret"}


class Keys:
    def caller(self, key: str, **_fresh: bool) -> Caller:
        return KEYS[key]


class Queue:
    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def send_all(self, bodies: Any) -> int:
        self.bodies += [json.loads(body) for body in bodies]
        return len(self.bodies)


class Acts:
    """Permits in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Permit] = {}
        self.claimed: set[str] = set()
        self.used: dict[str, datetime] = {}

    def find(self, digest: str, now: datetime) -> Known | None:
        permit = self.kept.get(digest)
        return Known(permit, self.used.get(digest)) if permit and permit.expires_at > now else None

    def claim(self, digest: str, now: datetime) -> bool:  # noqa: ARG002 - the interface
        if digest in self.claimed or digest in self.used:
            return False
        self.claimed.add(digest)
        return True

    def done(self, digest: str, now: datetime) -> None:
        self.used[digest] = now

    def release(self, digest: str) -> None:
        self.claimed.discard(digest)


class Consents:
    """Whom nobody may ask, and who was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.stopped: list[tuple[str, str]] = []
        self.raises: Exception | None = None

    def take(self, workspace: str, address: str, now: datetime) -> None:  # noqa: ARG002 - the interface
        if self.raises:
            raise self.raises
        self.asked.append((workspace, address))

    def stop(self, workspace: str, address: str, now: datetime) -> None:  # noqa: ARG002 - the interface
        self.stopped.append((workspace, address))


class Alerts:
    def __init__(self) -> None:
        self.did: list[tuple[str, ...]] = []
        self.raises: Exception | None = None

    def acknowledge(self, alert_id: str, by: str, at: datetime) -> None:  # noqa: ARG002 - the interface
        if self.raises:
            raise self.raises
        self.did.append(("acknowledge", alert_id, by))

    def assign(self, alert_id: str, to: str | None) -> None:
        self.did.append(("assign", alert_id, to or ""))


class Told(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class Service:
    def __init__(self, *, ground: Ground | None = None) -> None:
        self.destinations, self.deliveries, self.queue = Destinations(), Deliveries(), Queue()
        self.acts, self.alerts, self.consents = Acts(), Alerts(), Consents()
        self.api = Api(
            cast("Any", None),
            Keys(),
            cast("Any", None),
            [
                DestinationsPart(
                    cast("Any", self.destinations),
                    cast("Any", self.deliveries),
                    self.consents,
                    cast("Any", self.queue),
                    ground or Ground(sends_mail=True),
                ).routes(),
                DeliveriesPart(cast("Any", self.deliveries), cast("Any", self.destinations), self.consents).routes(),
                ActsPart(cast("Any", self.acts), cast("Any", self.destinations), self.consents, self.alerts).routes(),
                EventsPart().routes(),
            ],
        )

    def call(self, route: str, body: Any = None, *, key: str = "own", workspace: str = "ws_a", **more: Any) -> Told:
        answer = self.api.handle(
            {
                "requestContext": {"requestId": "r"},
                "routeKey": route,
                "pathParameters": {"id": workspace, **more.get("path", {})},
                "queryStringParameters": more.get("query", {}),
                "headers": {"authorization": f"Bearer {key}", **more.get("headers", {})},
                "body": None if body is None else json.dumps(body),
            }
        )
        text = answer.get("body") or ""
        is_json = "json" in answer["headers"].get("Content-Type", "")
        return Told(answer["statusCode"], json.loads(text) if is_json else text, answer["headers"])

    def made(self, body: dict[str, Any]) -> dict[str, Any]:
        told = self.call(f"POST {HOME}", body)
        assert told.status == 201, told
        one: dict[str, Any] = told.body["destination"]
        return one

    def on(self, method: str, name: str, body: Any = None, *, to: str = "", **more: Any) -> Told:
        return self.call(f"{method} {ONE}{to}", body, path={"destination": name}, **more)

    def permit(self, **fields: Any) -> str:
        """The token of a new permit."""
        plain: dict[str, Any] = {
            "act": "acknowledge",
            "workspace": "ws_a",
            "destination": "ds_a",
            "address": "duty@example.com",
            "alert": "al_a",
            "about": "누리폰12",
            "who": "당직",
            "language": "ko",
            "expires_at": datetime.now(tz=UTC) + timedelta(days=7),
        }
        token = new_token()
        self.acts.kept[digest_of(token)] = Permit(**{**plain, **fields})
        return token


@pytest.fixture
def service() -> Service:
    return Service()


# --- destinations ----------------------------------------------------------------------------------------------------


def test_a_webhook_is_made_and_its_secret_shown_once(service: Service) -> None:
    told = service.call(f"POST {HOME}", {**HOOK, "wishes": {"events": ["alert.opened", "digest.daily"]}})
    made = told.body["destination"]
    assert told.headers["Location"] == f"/v1/workspaces/ws_a/destinations/{made['id']}"
    assert told.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", told.body["secret"])
    assert (made["state"], made["address"], made["next_digest_at"] is None) == ("active", HOOK["url"], False)
    assert told.body["secret"] not in json.dumps(
        [service.on("GET", made["id"]).body, service.call(f"GET {HOME}").body, service.on("PATCH", made["id"], {}).body]
    )


def test_a_repeated_request_makes_nothing_twice_and_tells_the_secret_again(service: Service) -> None:
    headers = {"idempotency-key": "one"}
    first, second = (service.call(f"POST {HOME}", HOOK, headers=headers) for _ in range(2))
    assert first.body == second.body
    assert len(service.destinations.kept) == 1
    assert service.call(f"POST {HOME}", CHAT, headers=headers).status == 409
    service.on("POST", first.body["destination"]["id"], {}, to="/rotation")
    assert service.call(f"POST {HOME}", HOOK, headers=headers).body["secret"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**HOOK, "url": "http://hooks.example.com/"}, "url"),
        ({**HOOK, "url": "https://10.0.0.1/"}, "url"),
        ({**HOOK, "url": "https://localhost/"}, "url"),
        ({"name": "x", "way": "webhook"}, "url"),
        ({**HOOK, "email": "a@example.com"}, "email"),
        ({**MAIL, "email": "nobody"}, "email"),
        ({**MAIL, "email": "a@localhost"}, "email"),
        ({**MAIL, "email": "a@b.example\r\nBcc: c@d.example"}, "email"),
        ({**MAIL, "email": "A <a@b.example>"}, "email"),
        ({**MAIL, "email": "<a@b.example>"}, "email"),
        ({**MAIL, "email": "a@b.example."}, "email"),
        ({**MAIL, "email": "a@b..example"}, "email"),
        ({**MAIL, "email": "@b.example"}, "email"),
        ({**MAIL, "email": "\\\x00@["}, "email"),
        ({**MAIL, "email": "(again)a@b.example"}, "email"),
        ({**MAIL, "email": "a@b.example(again)"}, "email"),
        ({**MAIL, "email": '"a"@b.example'}, "email"),
        ({**MAIL, "email": "a\t@b.example"}, "email"),
        ({**MAIL, "email": "a@[192.0.2.1]"}, "email"),
        ({**MAIL, "email": f"{'a' * 65}@b.example"}, "email"),
        ({**MAIL, "email": "a@b.example, c@d.example"}, "email"),
        ({**MAIL, "email": "당직@예시.example"}, "email"),
        ({**HOOK, "time_zone": "Mars/Olympus"}, "time_zone"),
        ({**HOOK, "quiet": {"from": "22:00", "to": "22:00"}}, "quiet"),
        ({**HOOK, "quiet": {"from": "25:00", "to": "07:00"}}, "quiet.from"),
        ({**HOOK, "quiet": {"from": "22:30\n", "to": "07:00"}}, "quiet.from"),
        ({**HOOK, "quiet": {"from": "22:30", "to": "07:00\n"}}, "quiet.to"),
        ({**HOOK, "wishes": {"events": []}}, "wishes.events"),
        ({**HOOK, "wishes": {"events": ["test"]}}, "wishes"),
        ({**HOOK, "wishes": {"events": ["topic.deleted"]}}, "wishes"),
        ({**HOOK, "wishes": {"events": ["no.such"]}}, "wishes.events"),
        ({**HOOK, "language": "fr"}, "language"),
        ({**HOOK, "name": ""}, "name"),
        ({**HOOK, "secret": "x"}, "secret"),
    ],
)
def test_what_cannot_be_told_anything_is_refused(service: Service, body: dict[str, Any], field: str) -> None:
    told = service.call(f"POST {HOME}", body)
    assert (told.status, told.body["field"]) == (400, field)
    assert told.body["remedy"]


TOPICS = {"tp_a": "ws_a", "tp_b": "ws_a", "tp_c": "ws_c"}


@pytest.fixture
def topics() -> Iterator[dict[str, str]]:
    """Which topics there are, and whose: to be changed by tests."""
    kept = dict(TOPICS)

    class Kept:
        def of(self, caller: Caller, topic_id: str) -> Topic:
            if kept.get(topic_id) not in caller.workspaces:
                raise NotFound("there is no such topic")
            about = Watched(q="누리폰")
            fields: dict[str, Any] = {"since": AT, "created_at": AT, "changed_at": AT}
            return Topic(
                id=topic_id, workspace=kept[topic_id], organization="org_a", name="누리폰", watched=about, **fields
            )

    listening.use(Kept())
    yield kept
    listening.use(None)


@pytest.mark.parametrize("topic", ["tp_typo", "tp_c", "누리폰"])
@pytest.mark.parametrize("key", ["own", "both"])
def test_a_destination_for_topics_that_it_cannot_hear_of_is_refused(
    service: Service, topics: dict[str, str], topic: str, key: str
) -> None:
    assert topics == TOPICS
    kept = service.made({**HOOK, "wishes": {"topics": ["tp_a"]}})
    for told in (
        service.call(f"POST {HOME}", {**HOOK, "wishes": {"topics": ["tp_a", topic]}}, key=key),
        service.on("PATCH", kept["id"], {"wishes": {"topics": [topic]}}, key=key),
    ):
        assert (told.status, told.body["field"]) == (400, "wishes.topics")
        assert topic in told.body["detail"]
        assert "GET /v1/workspaces/ws_a/topics" in told.body["remedy"]
    assert [one["wishes"]["topics"] for one in service.call(f"GET {HOME}").body["items"]] == [["tp_a"]]


def test_a_topic_that_was_deleted_since_stands_in_the_way_of_no_change(
    service: Service, topics: dict[str, str]
) -> None:
    headers, wanted = {"idempotency-key": "one"}, {**HOOK, "wishes": {"topics": ["tp_a"]}}
    first = service.call(f"POST {HOME}", wanted, headers=headers)
    del topics["tp_a"]
    assert service.call(f"POST {HOME}", wanted, headers=headers).body == first.body
    kept = first.body["destination"]["id"]
    changes: list[dict[str, Any]] = [
        {"name": "Night"},
        {"wishes": {"topics": ["tp_a", "tp_b"]}},
        {"wishes": {"topics": []}},
    ]
    for change in changes:
        assert service.on("PATCH", kept, change).status == 200


def test_a_destination_for_a_deleted_topic_alone_is_not_set_to_work_again_before_it_has_another(
    service: Service, topics: dict[str, str]
) -> None:
    assert "tp_gone" not in topics
    kept = "ds_a"
    service.destinations.add(without(destination(wishes=Wishes(topics=["tp_gone"])), "tp_gone", AT))
    assert "was deleted" in service.on("GET", kept).body["trouble"]
    told = service.on("PATCH", kept, {"state": "active"})
    assert (told.status, told.body["field"]) == (400, "wishes.topics")
    again = service.on("PATCH", kept, {"state": "active", "wishes": {"topics": ["tp_b"]}}).body
    assert (again["state"], again["trouble"], again["wishes"]["topics"]) == ("active", None, ["tp_b"])


@pytest.mark.parametrize(
    "address", ["Min.Seo+alerts@b-c.example", "o'neil_1@xn--9t4b11yi5a.example", f"{'a' * 64}@a.b.c.example"]
)
def test_an_address_that_mail_can_go_to_is_taken(service: Service, address: str) -> None:
    assert service.made({**MAIL, "email": address})["address"] == address
    assert service.consents.asked == [("ws_a", address)]


def test_where_no_mail_is_sent_none_is_promised() -> None:
    told = Service(ground=Ground(sends_mail=False)).call(f"POST {HOME}", MAIL)
    assert (told.status, told.body["field"]) == (400, "way")


def test_a_workspace_has_only_so_many(service: Service) -> None:
    for number in range(MOST):
        service.destinations.add(destination(id=f"ds_{number}"))
    assert service.call(f"POST {HOME}", HOOK).status == 409


def test_a_mail_address_is_asked_before_anything_is_sent(service: Service) -> None:
    made = service.made(MAIL)
    assert made["state"] == "unconfirmed"
    (event,) = service.queue.bodies
    assert (event["kind"], event["data"]) == ("destination.confirm", {"destination": made["id"], "name": "당직"})
    assert service.on("POST", made["id"], to="/test").status == 409
    assert service.on("PATCH", made["id"], {"state": "active"}).status == 409
    changed = service.on("PATCH", made["id"], {"email": "other@example.com", "name": "B"}).body
    assert (changed["state"], changed["address"]) == ("unconfirmed", "other@example.com")
    assert len({event["id"] for event in service.queue.bodies}) == 2


def test_nobody_is_asked_more_often_than_they_may_be(service: Service) -> None:
    made = service.made(MAIL)
    service.on("PATCH", made["id"], {"email": "other@example.com"})
    kept = service.deliveries.get(*list(service.deliveries.kept)[-1])
    service.deliveries.save(kept, msgspec.structs.replace(kept.delivery, state="delivered"))
    assert service.call(f"POST {ENTRY}/redeliver", path={"delivery": kept.delivery.id}).status == 202
    other = ("ws_a", "other@example.com")
    assert service.consents.asked == [("ws_a", "duty@example.com"), other, other]
    service.consents.raises = TooManyRequests("asked often", policy="confirmations", retry_after=86_400)
    asked = len(service.queue.bodies)
    assert service.call(f"POST {HOME}", {**MAIL, "name": "C"}).status == 429
    assert service.on("PATCH", made["id"], {"email": "duty@example.com"}).status == 429
    assert service.on("PATCH", made["id"], {"name": "D"}).status == 200
    assert (len(service.queue.bodies), len(service.call(f"GET {HOME}").body["items"])) == (asked, 1)


def test_another_address_of_a_confirmed_destination_is_asked_again(service: Service) -> None:
    made = service.made(MAIL)
    service.destinations.change("ws_a", made["id"], lambda one: msgspec.structs.replace(one, state="active"))
    assert service.on("PATCH", made["id"], {"email": "other@example.com"}).body["state"] == "unconfirmed"
    assert len(service.queue.bodies) == 2


def test_a_chats_address_is_not_shown(service: Service) -> None:
    made = service.made(CHAT)
    assert made["address"] == "https://chat.example.com/…"
    assert service.on("POST", made["id"], {}, to="/rotation").status == 409


def test_a_secret_is_rotated_and_the_old_one_counts_for_a_while(service: Service) -> None:
    told = service.call(f"POST {HOME}", HOOK)
    name = told.body["destination"]["id"]
    rotated = service.on("POST", name, {"grace_hours": 2}, to="/rotation")
    assert rotated.status == 201
    assert rotated.body["secret"] != told.body["secret"]
    kept = service.destinations.get("ws_a", name).destination.secrets
    assert kept is not None
    now = datetime.now(tz=UTC)
    assert kept.now(now) == [rotated.body["secret"], told.body["secret"]]
    assert kept.now(now + timedelta(hours=3)) == [rotated.body["secret"]]


def _rotated(service: Service, name: str, hours: int) -> str:
    secret: str = service.on("POST", name, {"grace_hours": hours}, to="/rotation").body["secret"]
    return secret


def _signing(service: Service, name: str, *, in_hours: float = 0) -> list[str]:
    secrets = service.destinations.get("ws_a", name).destination.secrets
    return secrets.now(datetime.now(tz=UTC) + timedelta(hours=in_hours)) if secrets else []


def test_a_rotation_whose_answer_was_lost_is_asked_for_again_and_cuts_no_receiver_off(service: Service) -> None:
    told = service.call(f"POST {HOME}", HOOK)
    name, known = told.body["destination"]["id"], told.body["secret"]
    lost, second = _rotated(service, name, 24), _rotated(service, name, 48)
    assert _signing(service, name) == [second, lost, known]
    assert _signing(service, name, in_hours=25) == [second, lost]  # the receiver's own time is as long as it was told
    assert _signing(service, name, in_hours=49) == [second]


def test_a_rotation_without_grace_ends_all_earlier_secrets(service: Service) -> None:
    name = service.made(HOOK)["id"]
    _rotated(service, name, 24)
    _rotated(service, name, 24)
    last = _rotated(service, name, 0)
    assert _signing(service, name) == [last]


def test_a_webhook_has_no_more_secrets_than_a_call_can_be_signed_by(service: Service) -> None:
    name = service.made(HOOK)["id"]
    rotated = [service.on("POST", name, {}, to="/rotation").status for _ in range(MOST_SECRETS)]
    assert rotated == [*[201] * (MOST_SECRETS - 1), 409]
    assert service.on("POST", name, {"grace_hours": 0}, to="/rotation").status == 201


def test_a_disabled_destination_is_set_to_work_again(service: Service) -> None:
    service.destinations.add(destination(state="disabled", trouble="410", lost=3, failing_since=AT))
    assert service.on("GET", "ds_a").body["trouble"] == "410"
    told = service.on("PATCH", "ds_a", {"state": "active"}).body
    assert (told["state"], told["trouble"], told["failing_since"]) == ("active", None, None)


def test_digests_follow_the_zone_and_the_wishes(service: Service) -> None:
    made = service.made({**HOOK, "wishes": {"events": ["digest.weekly"]}, "time_zone": "Asia/Seoul"})
    at = datetime.fromisoformat(made["next_digest_at"])
    assert (at.hour, at.weekday()) == (23, 6)
    assert service.on("PATCH", made["id"], {"state": "paused"}).body["next_digest_at"] is None
    assert service.on("PATCH", made["id"], {"wishes": {"events": ["test"]}}).status == 400


DAILY = {"events": ["alert.opened", "digest.daily"]}


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"name": "B"}, True),
        ({"wishes": {**DAILY, "severities": ["high"]}}, True),
        ({"state": "active"}, True),
        ({"wishes": {"events": ["digest.daily", "digest.weekly"]}}, False),
        ({"time_zone": "Europe/Berlin"}, False),
        ({"state": "paused"}, False),
    ],
)
def test_a_digest_that_is_due_stays_due_unless_its_times_change(
    service: Service, change: dict[str, Any], is_kept: bool
) -> None:
    made = service.made({**HOOK, "wishes": DAILY, "time_zone": "Asia/Seoul"})
    due = datetime.now(tz=UTC) - timedelta(seconds=20)
    service.destinations.change("ws_a", made["id"], lambda one: msgspec.structs.replace(one, digest_at=due))
    assert service.on("PATCH", made["id"], change).status == 200
    after = service.destinations.get("ws_a", made["id"]).destination.digest_at
    assert (after == due) is is_kept


def test_a_destination_is_deleted(service: Service) -> None:
    made = service.made(HOOK)
    assert service.on("DELETE", made["id"]).status == 204
    assert service.on("GET", made["id"]).status == 404
    assert service.on("DELETE", made["id"]).status == 404


def test_a_test_is_a_delivery_that_can_be_followed(service: Service) -> None:
    made = service.made(HOOK)
    told = service.on("POST", made["id"], to="/test")
    assert told.status == 202
    assert told.headers["Location"] == f"/v1/workspaces/ws_a/deliveries/{told.body['id']}"
    (event,) = service.queue.bodies
    assert (event["kind"], event["id"]) == ("test", told.body["event"])
    assert service.call(f"GET {ENTRY}", path={"delivery": told.body["id"]}).body["state"] == "waiting"
    assert service.on("POST", made["id"], to="/test").body["id"] != told.body["id"]


def test_a_workspace_that_goes_takes_secrets_and_deliveries_along(service: Service) -> None:
    service.made(HOOK)
    service.deliveries.add(delivery_of(of_alert(), destination(), AT))
    service.deliveries.add(msgspec.structs.replace(delivery_of(of_alert(), destination(), AT), workspace="ws_b"))
    DestinationsOfWorkspace(cast("Any", service.destinations), cast("Any", service.deliveries)).clear("ws_a")
    assert service.destinations.kept == {}
    assert [one.workspace for one in service.deliveries.all()] == ["ws_b"]


ROUTES = [
    *(f"{method} {ONE}" for method in ("GET", "PATCH", "DELETE")),
    f"POST {ONE}/rotation",
    f"POST {ONE}/test",
    f"GET {ENTRY}",
    f"POST {ENTRY}/redeliver",
    f"GET {HOME}",
    f"POST {HOME}",
    f"GET {LOG}",
]


@pytest.mark.parametrize("route", ROUTES)
def test_others_learn_nothing(service: Service, route: str) -> None:
    service.destinations.add(destination())
    delivery = delivery_of(of_alert(), destination(), AT)
    service.deliveries.add(delivery)
    body = HOOK if route == f"POST {HOME}" else {}
    path = {"destination": "ds_a", "delivery": delivery.id}
    foreign = service.call(route, body, key="other", path=path)
    nothing = service.call(route, body, key="other", workspace="ws_x", path={"destination": "ds_x", "delivery": "x"})
    assert (foreign.status, foreign.body) == (404, nothing.body)
    inside = service.call(route, body, key="other", workspace="ws_b", path=path)
    assert inside.status == 404 or route in {f"GET {HOME}", f"POST {HOME}", f"GET {LOG}"}


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.startswith("GET ")])
def test_a_reader_changes_nothing(service: Service, route: str) -> None:
    service.destinations.add(destination())
    assert service.call(route, {}, key="reader", path={"destination": "ds_a", "delivery": "x"}).status == 403


# --- deliveries ------------------------------------------------------------------------------------------------------


def logged(service: Service, number: int, **fields: Any) -> str:
    made = delivery_of(of_alert(revision=number), destination(), AT + timedelta(seconds=number))
    service.deliveries.add(msgspec.structs.replace(made, **fields))
    return made.id


def test_the_log_is_paged_and_filtered(service: Service) -> None:
    names = [logged(service, number, state="failed" if number % 2 else "delivered") for number in range(1, 8)]
    seen, cursor = [], ""
    while cursor is not None:
        page = service.call(f"GET {LOG}", query={"limit": "2", "cursor": cursor}).body
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == names[::-1]
    failed = service.call(f"GET {LOG}", query={"state": "failed", "destination": "ds_a", "kind": "alert.opened"}).body
    assert [one["id"] for one in failed["items"]] == names[::-2]
    assert service.call(f"GET {LOG}", query={"destination": "ds_b"}).body["items"] == []
    assert service.call(f"GET {LOG}", query={"cursor": "x"}).status == 400


def test_a_delivery_that_was_given_up_is_sent_again_with_its_id(service: Service) -> None:
    service.destinations.add(destination())
    name = logged(service, 1, state="failed", tries=10)
    told = service.call(f"POST {ENTRY}/redeliver", path={"delivery": name})
    assert (told.status, told.body["id"], told.body["state"], told.body["tries"]) == (202, name, "waiting", 0)
    assert [due.id for due in service.deliveries.due(datetime.now(tz=UTC))] == [name]
    assert service.call(f"POST {ENTRY}/redeliver", path={"delivery": name}).status == 409


@pytest.mark.parametrize("state", ["paused", "disabled", "unconfirmed", None])
def test_nothing_is_sent_again_to_whom_nothing_is_sent(service: Service, state: Any) -> None:
    if state:
        service.destinations.add(destination(state=state))
    name = logged(service, 1, state="failed")
    assert service.call(f"POST {ENTRY}/redeliver", path={"delivery": name}).status == 409


@pytest.mark.parametrize(
    ("state", "status"), [("active", 202), ("paused", 202), ("disabled", 202), ("unconfirmed", 409)]
)
def test_a_test_is_sent_again_to_no_address_that_has_not_agreed(service: Service, state: Any, status: int) -> None:
    made = service.made(MAIL)
    service.destinations.change("ws_a", made["id"], lambda one: msgspec.structs.replace(one, state="active"))
    tested = service.on("POST", made["id"], to="/test").body["id"]
    kept = service.deliveries.get("ws_a", tested)
    service.deliveries.save(kept, msgspec.structs.replace(kept.delivery, state="delivered"))
    service.destinations.change("ws_a", made["id"], lambda one: msgspec.structs.replace(one, state=state))
    assert service.call(f"POST {ENTRY}/redeliver", path={"delivery": tested}).status == status


# --- mails' links ----------------------------------------------------------------------------------------------------


def test_looking_at_a_link_does_nothing_however_often(service: Service) -> None:
    token = service.permit()
    for _ in range(3):
        told = service.call(f"GET {ACT}", path={"token": token})
        assert told.status == 200
        assert '<form method="post"><button type="submit">네, 확인했습니다</button></form>' in told.body
    assert service.alerts.did == []
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in told.headers["Content-Security-Policy"]
    assert "script" not in told.body


@pytest.fixture
def mailed(service: Service) -> Service:
    """One with the destination that links are sent to."""
    service.destinations.add(destination(way="email", address="duty@example.com"))
    return service


def test_the_button_does_it_once(mailed: Service) -> None:
    service, token = mailed, mailed.permit()
    done = service.call(f"POST {ACT}", path={"token": token})
    assert (done.status, "확인했습니다." in done.body) == (200, True)
    again = service.call(f"POST {ACT}", path={"token": token})
    assert (again.status, "이미 쓰인 링크입니다" in again.body) == (410, True)
    assert service.call(f"GET {ACT}", path={"token": token}).status == 410
    assert service.alerts.did == [("acknowledge", "al_a", "당직")]


def test_assigning_acknowledges_too(mailed: Service) -> None:
    mailed.call(f"POST {ACT}", path={"token": mailed.permit(act="assign")})
    assert mailed.alerts.did == [("acknowledge", "al_a", "당직"), ("assign", "al_a", "당직")]


@pytest.mark.parametrize("act", ["acknowledge", "assign"])
@pytest.mark.parametrize("permit", [{"address": "left@example.com"}, {"destination": "ds_removed"}])
def test_whoever_gets_no_mail_any_more_acts_no_more(mailed: Service, act: str, permit: dict[str, str]) -> None:
    token = mailed.permit(act=act, **permit)
    assert mailed.call(f"POST {ACT}", path={"token": token}).status == 404
    assert mailed.alerts.did == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_none_or_too_old_does_nothing(service: Service, method: str) -> None:
    old = service.permit(expires_at=datetime.now(tz=UTC) - timedelta(seconds=1))
    for token in (old, "x", "\ud800", new_token()):
        told = service.call(f"{method} {ACT}", path={"token": token})
        assert (told.status, told.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert service.alerts.did == []


@pytest.mark.parametrize(
    ("error", "status", "works_later"),
    [(Unavailable("table"), 503, True), (Conflict("busy"), 409, True), (NotFound("gone"), 404, False)],
)
def test_an_act_that_fails_can_be_tried_again(
    mailed: Service, error: Exception, status: int, works_later: bool
) -> None:
    token = mailed.permit()
    mailed.alerts.raises = error
    assert mailed.call(f"POST {ACT}", path={"token": token}).status == status
    mailed.alerts.raises = None
    assert (mailed.call(f"POST {ACT}", path={"token": token}).status == 200) is works_later


def test_a_mail_address_is_confirmed_and_may_be_stopped(service: Service) -> None:
    wishes = Wishes(events=["digest.daily"])
    service.destinations.add(destination(way="email", address="duty@example.com", state="unconfirmed", wishes=wishes))
    for address, status in (("old@example.com", 404), ("duty@example.com", 200)):
        token = service.permit(act="confirm", address=address, alert=None)
        assert service.call(f"POST {ACT}", path={"token": token}).status == status
    kept = service.destinations.get("ws_a", "ds_a").destination
    assert (kept.state, kept.digest_at is None) == ("active", False)
    service.call(f"POST {ACT}", path={"token": service.permit(act="stop", alert=None)})
    kept = service.destinations.get("ws_a", "ds_a").destination
    assert (kept.state, kept.digest_at) == ("unconfirmed", None)
    assert "no more mail" in (kept.trouble or "")
    assert service.consents.stopped == [("ws_a", "duty@example.com")]
    assert service.on("PATCH", "ds_a", {"state": "active"}).status == 409
    assert service.on("POST", "ds_a", to="/test").status == 409


def test_names_stay_words_on_the_page(service: Service) -> None:
    told = service.call(f"GET {ACT}", path={"token": service.permit(about=HOSTILE, who=HOSTILE, language="en")})
    assert "<script" not in told.body


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_catalogue_describes_what_is_sent(service: Service) -> None:
    told = service.call("GET /v1/events", key="reader")
    schemas = {one["kind"]: one["schema"] for one in told.body["items"]}
    events = {event.kind: event for event in every_kind() if event.kind != "destination.confirm"}
    assert set(schemas) == set(events) == {one.kind for one in CATALOGUE}
    for kind, schema in schemas.items():
        jsonschema_rs.meta.validate(schema)
        data = json.loads(msgspec.json.encode(events[kind].data))
        jsonschema_rs.validate(schema, data)
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, {})
    assert catalogue().items[0].kind == "alert.opened"


def test_no_secret_is_shown_anywhere(service: Service) -> None:
    service.destinations.add(destination())
    name = logged(service, 1)
    told = [
        service.call(f"GET {HOME}"),
        service.on("GET", "ds_a"),
        service.on("PATCH", "ds_a", {"name": "B"}),
        service.call(f"GET {LOG}"),
        service.call(f"GET {ENTRY}", path={"delivery": name}),
        service.on("POST", "ds_a", to="/test"),
    ]
    assert {one.status for one in told} == {200, 202}
    assert SECRET not in json.dumps([one.body for one in told])


def test_the_page_about_events_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m infra.events"
