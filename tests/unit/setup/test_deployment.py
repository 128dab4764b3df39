"""Setup as a custom resource, with a service whose plugin takes its time and a CloudFormation that listens."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.errors import InvalidSettings, Unavailable
from socialindex.opensearch import TransportError
from socialindex.setup.answering import send
from socialindex.setup.deployment import Deployment, Parts
from socialindex.setup.packages import NORI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HOUR = 3600.0


@dataclass
class World:
    """A domain, an engine and CloudFormation, without any of them; it stands in where no cloud can be had."""

    states: list[str] = field(default_factory=lambda: ["ACTIVE"])
    """Of nori, one a look; the last one stays."""
    troubles: list[Exception] = field(default_factory=list)
    """Of the engine, one a try."""
    taken_back: bool = False
    now: float = 0.0
    kept: tuple[str, float] | None = None
    associated: list[str] = field(default_factory=list)
    puts: list[Mapping[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    heard: Callable[[], object] = lambda: None
    """What CloudFormation does on an answer."""

    def put(self, request: str, until: float) -> None:
        self.kept = (request, until)

    def get(self) -> tuple[str, float] | None:
        return self.kept

    def clear(self, request: str) -> None:
        if self.kept and self.kept[0] == request:
            self.kept = None

    def state(self, package: str) -> str:
        assert package == NORI
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def associate(self, package: str) -> None:
        self.associated.append(package)

    def put_all(self, properties: Mapping[str, Any]) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.puts.append(properties)

    def answer(self, url: str, body: bytes) -> None:
        self.answers.append({"url": url, **msgspec.json.decode(body)})
        self.heard()

    def deployment(self) -> Deployment:
        parts = Parts(
            pending=self,
            packages=lambda _: self,
            put=self.put_all,
            being_taken_back=lambda _: self.taken_back,
            answer=self.answer,
        )
        return Deployment(parts, lambda: self.now)


def event(kind: str, **properties: object) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ServiceToken": "arn:aws:lambda:ap-northeast-2:111122223333:function:setup",
        "ResponseURL": "https://answers.example/?signature=invented",
        "StackId": "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/socialindex-dev/1",
        "RequestId": "a-request",
        "LogicalResourceId": "EngineSetup",
        "ResourceType": "Custom::EngineSetup",
        "ResourceProperties": {"ServiceToken": "arn", "Domain": "socialindex", **properties},
    }


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_engine_that_has_nori_is_set_up_and_answered_at_once(kind: str) -> None:
    world = World()
    assert world.deployment().ask(event(kind, Roles={"search": "arn:role"})) == "done"
    assert world.puts[0]["Roles"] == {"search": "arn:role"}
    (answer,) = world.answers
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "engine"
    assert {answer[name] for name in ("RequestId", "LogicalResourceId")} == {"a-request", "EngineSetup"}
    assert world.kept is None


def test_nori_is_waited_for_minute_by_minute_and_asked_for_once() -> None:
    world = World(states=["", "ASSOCIATING", "ASSOCIATING", "ACTIVE"])
    assert world.deployment().ask(event("Create")) == "waiting"
    outcomes = [world.deployment().go_on() for _ in range(3)]
    assert outcomes == ["waiting", "waiting", "done"]
    assert world.associated == [NORI]
    assert len(world.puts) == len(world.answers) == 1


@pytest.mark.parametrize(
    ("version", "outcome"),
    [("41", "waiting"), ("42", "done"), ("43", "waiting"), ("$LATEST", "done"), ("", "done")],
)
def test_code_that_is_being_replaced_leaves_the_deployment_to_what_comes(version: str, outcome: str) -> None:
    """The schedule calls the alias, which a canary leaves at the version before for minutes."""
    world = World(troubles=[Unavailable("engine: no route")])
    asked = event("Update", Version="arn:aws:lambda:ap-northeast-2:111122223333:function:setup:42")
    assert world.deployment().ask(asked) == "waiting"
    assert world.deployment().go_on(version) == outcome
    assert [answer["Status"] for answer in world.answers] == (["SUCCESS"] if outcome == "done" else [])
    assert len(world.puts) == len(world.answers)


def test_an_alias_that_never_moves_is_told_as_the_reason() -> None:
    world = World(troubles=[Unavailable("engine: no route")])
    deployment = world.deployment()
    deployment.ask(event("Update", Version="arn:aws:lambda:ap-northeast-2:111122223333:function:setup:42"))
    world.now = HOUR - 5 * 60.0
    assert deployment.go_on("41") == "failed"
    assert "version 41" in world.answers[0]["Reason"]


def test_without_a_deployment_nothing_happens() -> None:
    world = World(states=[""])
    assert world.deployment().go_on() == "done"
    assert not world.associated
    assert not world.answers


def test_an_existing_engine_elsewhere_needs_no_plugin() -> None:
    world = World(states=[""])
    asked = event("Create")
    del asked["ResourceProperties"]["Domain"]
    assert world.deployment().ask(asked) == "done"
    assert not world.associated


def test_an_engine_that_answers_late_is_no_failure() -> None:
    world = World(troubles=[Unavailable("engine: no route"), Unavailable("engine: no route")])
    deployment = world.deployment()
    assert [deployment.ask(event("Create")), deployment.go_on(), deployment.go_on()] == ["waiting", "waiting", "done"]


def test_before_an_hour_is_over_it_has_failed_and_says_why() -> None:
    world = World(states=["ASSOCIATING"])
    deployment = world.deployment()
    deployment.ask(event("Create"))
    world.now = HOUR - 5 * 60.0
    assert deployment.go_on() == "failed"
    assert world.answers[0]["Status"] == "FAILED"
    assert "analysis-nori is being associated" in world.answers[0]["Reason"]
    assert deployment.go_on() == "done"


@pytest.mark.parametrize(("taken_back", "status"), [(False, "FAILED"), (True, "SUCCESS")])
def test_tries_that_never_come_to_an_end_are_told_before_the_stack_has_waited_in_vain(
    taken_back: bool, status: str
) -> None:
    """As those that are killed by their timeout, or end in a mistake of ours; a rollback has to go on all the same."""
    minutes = 60
    world = World(taken_back=taken_back, troubles=[KeyError("a mistake")] * minutes)
    deployment = world.deployment()
    with pytest.raises(KeyError):
        deployment.ask(event("Update"))
    for minute in range(1, minutes):
        world.now = 60.0 * minute
        with suppress(KeyError):
            deployment.go_on()
    (answer,) = world.answers
    assert answer["Status"] == status
    assert "log" in answer["Reason"]
    assert not world.puts
    assert world.kept is None


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_an_answer_that_nobody_takes_is_sent_for_as_long_as_somebody_may_wait(kind: str) -> None:
    """After that it would only keep setup from its other work, each minute, until the next deployment."""
    world = World()

    def refuse() -> None:
        raise Unavailable("CloudFormation refused the answer: 403")

    world.heard = refuse
    deployment = world.deployment()
    with pytest.raises(Unavailable, match="403"):
        deployment.ask(event(kind))
    world.now = HOUR
    with pytest.raises(Unavailable, match="403"):
        deployment.go_on()
    assert world.kept is not None
    world.now = 2 * HOUR
    assert deployment.go_on() == "failed"
    assert world.kept is None
    assert deployment.go_on() == "done"


TROUBLES = {
    "refused": TransportError(400, "mapper_parsing_exception", {}),
    "wrong": InvalidSettings("no analysis-nori for OpenSearch_9.9", field="EngineVersion"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_will_not_get_better_fails_at_once(trouble: str) -> None:
    world = World(troubles=[TROUBLES[trouble]])
    assert world.deployment().ask(event("Update")) == "failed"
    assert world.answers[0]["Status"] == "FAILED"


def test_a_failed_association_fails_with_what_to_do() -> None:
    world = World(states=["ASSOCIATION_FAILED"])
    assert world.deployment().ask(event("Update")) == "failed"
    assert "ASSOCIATION_FAILED" in world.answers[0]["Reason"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_rollback_is_never_failed(trouble: str) -> None:
    world = World(troubles=[TROUBLES[trouble]], taken_back=True)
    world.deployment().ask(event("Update"))
    assert world.answers[0]["Status"] == "SUCCESS"


def test_a_delete_takes_nothing_back_and_ends_what_waits() -> None:
    world = World(states=["ASSOCIATING"])
    deployment = world.deployment()
    deployment.ask(event("Create"))
    assert deployment.ask(event("Delete")) == "done"
    assert [answer["Status"] for answer in world.answers] == ["SUCCESS"]
    assert not world.puts
    assert world.kept is None


def test_the_newest_request_is_the_one_that_is_answered() -> None:
    world = World(states=["ASSOCIATING", "ASSOCIATING", "ACTIVE"])
    deployment = world.deployment()
    deployment.ask(event("Create"))
    deployment.ask({**event("Update"), "RequestId": "a-later-one"})
    deployment.go_on()
    assert [answer["RequestId"] for answer in world.answers] == ["a-later-one"]


def test_a_request_that_comes_while_another_is_answered_is_not_forgotten() -> None:
    world = World(troubles=[Unavailable("engine: no route")])
    deployment = world.deployment()
    deployment.ask(event("Create"))

    def ask_next() -> None:
        world.heard = lambda: None
        world.troubles.append(Unavailable("engine: no route"))
        assert deployment.ask({**event("Update"), "RequestId": "a-later-one"}) == "waiting"

    world.heard = ask_next
    assert [deployment.go_on(), deployment.go_on()] == ["done", "done"]
    assert [answer["RequestId"] for answer in world.answers] == ["a-request", "a-later-one"]


class _Listener(BaseHTTPRequestHandler):
    statuses: list[int]
    taken: list[tuple[str | None, bytes]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((self.headers["Content-Type"], body))
        self.send_response(type(self).statuses.pop(0))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[tuple[str, type[_Listener]]]:
    class Listener(_Listener):
        statuses = []
        taken = []

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/answer", Listener
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_has_no_content_type_since_its_address_is_signed_for_none(
    listener: tuple[str, type[_Listener]],
) -> None:
    url, heard = listener
    heard.statuses[:] = [503, 200]
    send(url, b'{"Status": "SUCCESS"}')
    assert heard.taken == [("", b'{"Status": "SUCCESS"}')] * 2


def test_an_answer_that_is_refused_is_noticed_without_telling_the_address(
    listener: tuple[str, type[_Listener]],
) -> None:
    url, heard = listener
    heard.statuses[:] = [403]
    with pytest.raises(Unavailable, match="403") as refused:
        send(url, b"{}")
    assert url not in str(refused.value)
