"""The client and the service say the same: routes, what they take, what they answer, and what may be repeated.

A client is older than the service that it talks to, or newer. So its structs are its own, and these tests hold them to
the ones that the service answers with: every field is known, and whatever is new does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

import msgspec
import pytest

from infra.openapi.api import routes
from socialindex.client import Client, asking
from socialindex.client import models as ours
from socialindex.client.transport import Request, Transport
from tests.unit.client.samples import Sample, decoded

if TYPE_CHECKING:
    from socialindex.search.routes import Route

Call = Callable[[Client], Any]

CALLS: dict[str, Call] = {
    "POST /v1/posts/search": lambda client: client.search("x").first,
    "GET /v1/posts/{id}": lambda client: client.post("p"),
    "GET /v1/posts/{id}/thread": lambda client: client.thread("p", depth=3),
    "GET /v1/posts/{id}/copies": lambda client: client.copies("p", limit=3, cursor="c"),
    "POST /v1/queries/validate": lambda client: client.validate("x"),
    "POST /v1/authors": lambda client: client.authors("x", by="views"),
    "GET /v1/authors/{id}": lambda client: client.author("a"),
    "POST /v1/trends": lambda client: client.trends("x"),
    "POST /v1/aggregate": lambda client: client.aggregate("x", by="source"),
    "POST /v1/analytics/terms": lambda client: client.terms("x"),
    "POST /v1/share-of-voice": lambda client: client.share_of_voice(["x", "y"]),
    "POST /v1/sentiment": lambda client: client.sentiment("x"),
    "POST /v1/analytics/sources": lambda client: client.makeup("x"),
    "POST /v1/workspaces/{id}/exports": lambda client: client.start_export("x", workspace="w"),
    "GET /v1/workspaces/{id}/exports": lambda client: client.exports(workspace="w", limit=3, cursor="c"),
    "GET /v1/workspaces/{id}/exports/{export}": lambda client: client.export("e", workspace="w"),
    "DELETE /v1/workspaces/{id}/exports/{export}": lambda client: client.delete_export("e", workspace="w"),
    "POST /v1/workspaces/{id}/imports": lambda client: client.upload_import(__file__, workspace="w"),
    "GET /v1/workspaces/{id}/imports": lambda client: client.imports(workspace="w"),
    "GET /v1/workspaces/{id}/imports/{import}": lambda client: client.import_job("i", workspace="w"),
    "GET /v1/workspaces/{id}/imports/{import}/proposal": lambda client: client.import_proposal("i", workspace="w"),
    "POST /v1/workspaces/{id}/imports/{import}/runs": lambda client: client.start_import("i", workspace="w"),
    "DELETE /v1/workspaces/{id}/imports/{import}": lambda client: client.delete_import("i", workspace="w"),
    "POST /v1/workspaces/{id}/topics/propose": lambda client: client.propose_topic("x", workspace="w"),
    "POST /v1/workspaces/{id}/topics": lambda client: client.add_topic("x", "y", workspace="w"),
    "GET /v1/workspaces/{id}/topics": lambda client: client.topics(workspace="w", limit=3, cursor="c"),
    "GET /v1/topics/{topic}": lambda client: client.topic("t"),
    "PATCH /v1/topics/{topic}": lambda client: client.pause_topic("t"),
    "DELETE /v1/topics/{topic}": lambda client: client.delete_topic("t"),
    "GET /v1/topics/{topic}/suggestions": lambda client: client.topic_suggestions("t"),
    "GET /v1/topics/{topic}/mentions": lambda client: client.mentions("t").part(),
    "GET /v1/topics/{topic}/mentions/{mention}": lambda client: client.mention("t", "m"),
    "PATCH /v1/topics/{topic}/mentions/{mention}": lambda client: client.change_mention("t", "m", noise=True),
    "POST /v1/topics/{topic}/mentions/{mention}/notes": lambda client: client.note_mention("t", "m", "x"),
    "POST /v1/topics/{topic}/mentions/changes": lambda client: client.change_mentions("t", ["m"], note="x"),
    "GET /v1/topics/{topic}/answers": lambda client: client.answers("t", since="2026-11-01T00:00:00Z"),
    "GET /v1/workspaces/{id}/alerts": lambda client: client.alerts(
        workspace="w",
        topic="t",
        state="open",
        kind="crisis",
        severity="high",
        since="x",
        until="y",
        limit=3,
        cursor="c",
    ),
    "GET /v1/alerts/{alert}": lambda client: client.alert("a"),
    "PATCH /v1/alerts/{alert}": lambda client: client.assign_alert("a", "kim"),
    "GET /v1/workspaces/{id}/branding": lambda client: client.branding(workspace="w"),
    "PUT /v1/workspaces/{id}/branding": lambda client: client.set_branding(workspace="w", name="x"),
    "POST /v1/network": lambda client: client.network("x"),
    "POST /v1/networks": lambda client: client.start_network("x", format="gexf"),
    "GET /v1/networks": lambda client: client.networks(limit=3, cursor="c"),
    "GET /v1/networks/{id}": lambda client: client.network_job("n"),
    "DELETE /v1/networks/{id}": lambda client: client.delete_network("n"),
    "POST /v1/network/diffusion": lambda client: client.diffusion("x"),
    "POST /v1/network/resonance": lambda client: client.resonance("x"),
    "POST /v1/network/coordination": lambda client: client.coordination("x"),
    "POST /v1/network/needs": lambda client: client.needs("x", limit=5),
    "GET /v1/posts/{id}/cascade": lambda client: client.cascade("p"),
    "GET /v1/workspaces/{id}/destinations": lambda client: client.destinations(workspace="w"),
    "POST /v1/workspaces/{id}/destinations": lambda client: client.add_destination("x", "webhook", workspace="w"),
    "GET /v1/workspaces/{id}/destinations/{destination}": lambda client: client.destination("d", workspace="w"),
    "PATCH /v1/workspaces/{id}/destinations/{destination}": lambda client: client.change_destination(
        "d", workspace="w", name="x"
    ),
    "POST /v1/workspaces/{id}/destinations/{destination}/rotation": lambda client: client.rotate_destination(
        "d", workspace="w"
    ),
    "POST /v1/workspaces/{id}/destinations/{destination}/test": lambda client: client.test_destination(
        "d", workspace="w"
    ),
    "GET /v1/workspaces/{id}/deliveries": lambda client: client.deliveries(
        workspace="w", destination=["d"], state=["failed"], kind=["test"], limit=3, cursor="c"
    ),
    "GET /v1/workspaces/{id}/deliveries/{delivery}": lambda client: client.delivery("m", workspace="w"),
    "POST /v1/workspaces/{id}/deliveries/{delivery}/redeliver": lambda client: client.redeliver("m", workspace="w"),
    "GET /v1/events": lambda client: client.events(),
    "GET /v1/usage": lambda client: client.usage(organization="o"),
    "GET /v1/workspaces": lambda client: client.workspaces(),
    "POST /v1/workspaces": lambda client: client.add_workspace("x"),
    "PATCH /v1/workspaces/{id}": lambda client: client.rename_workspace("w", "x"),
    "GET /v1/keys": lambda client: client.keys(),
    "GET /v1/keys/{id}": lambda client: client.key("k"),
    "POST /v1/keys": lambda client: client.add_key("x", ["read"]),
    "POST /v1/keys/{id}/rotation": lambda client: client.rotate_key("k"),
    "GET /v1/status": lambda client: client.status(),
    "GET /v1/health": lambda client: client.health(),
    "GET /v1/coverage": lambda client: client.coverage(),
    "GET /v1/sources": lambda client: client.sources(),
}
PLAIN: dict[str, Call] = {
    "DELETE /v1/workspaces/{id}": lambda client: client.delete_workspace("w"),
    "DELETE /v1/workspaces/{id}/destinations/{destination}": lambda client: client.remove_destination(
        "d", workspace="w"
    ),
    "DELETE /v1/keys/{id}": lambda client: client.revoke_key("k"),
    "GET /v1/topics/{topic}/report": lambda client: client.report_figures("t", "2026-11", beside=["u", "v"]),
    "GET /v1/channels": lambda client: client.channels(),
    "POST /v1/channels": lambda client: client.add_channel("https://a.example"),
    "DELETE /v1/channels/{id}": lambda client: client.remove_channel("c"),
    "POST /v1/replays": lambda client: client.replay(),
    "POST /v1/channels/{id}/backfills": lambda client: client.start_backfill("c"),
    "GET /v1/channels/{id}/backfills": lambda client: client.backfill("c"),
    "DELETE /v1/channels/{id}/backfills": lambda client: client.cancel_backfill("c"),
    "DELETE /v1/posts/{id}": lambda client: client.erase_post("p"),
    "DELETE /v1/authors/{id}": lambda client: client.erase_author("a"),
    "POST /v1/removals": lambda client: client.request_removal("https://a.example"),
    "GET /v1/removals": lambda client: client.removals(),
    "GET /v1/removals/{id}": lambda client: client.removal("r"),
    "GET /v1/terms": lambda client: client.register(),
    "GET /v1/terms/{domain}": lambda client: client.register_of("a.example"),
    "PUT /v1/terms/{domain}": lambda client: client.enter_terms("a.example", {}),
    "DELETE /v1/terms/{domain}": lambda client: client.take_terms_back("a.example"),
}
"""Whose answers are plain JSON, or none."""
EVERY = {**CALLS, **PLAIN}
TAKEN: list[tuple[str, Any, set[str]]] = [
    ("POST /v1/posts/search", asking.SearchFields, {"q", "limit", "cursor"}),
    ("POST /v1/queries/validate", asking.Guided, {"q"}),
    ("POST /v1/authors", asking.AuthorsFields, {"q"}),
    ("POST /v1/trends", asking.TrendsFields, {"q"}),
    ("POST /v1/aggregate", asking.AggregateFields, {"q", "by"}),
    ("POST /v1/analytics/terms", asking.TermsFields, {"q"}),
    ("POST /v1/share-of-voice", asking.VoicesFields, {"q", "queries"}),
    ("POST /v1/sentiment", asking.SentimentFields, {"q"}),
    ("POST /v1/analytics/sources", asking.Figures, {"q"}),
    ("POST /v1/workspaces/{id}/exports", asking.ExportFields, {"q"}),
    ("POST /v1/network", asking.NetworkFields, {"q"}),
    ("POST /v1/networks", asking.NetworkFields, {"q"}),
    ("POST /v1/network/needs", asking.LookedFields, {"q"}),
    ("POST /v1/workspaces/{id}/destinations", asking.DestinationFields, {"name", "way"}),
    ("PATCH /v1/workspaces/{id}/destinations/{destination}", asking.ChangedDestinationFields, set()),
    ("POST /v1/keys", asking.KeyFields, {"label", "scopes"}),
    ("POST /v1/workspaces/{id}/topics/propose", asking.NameFields, {"name"}),
    ("POST /v1/workspaces/{id}/topics", asking.TopicFields, {"name", "q"}),
    ("PATCH /v1/topics/{topic}", asking.TopicChanges, set()),
    ("PATCH /v1/topics/{topic}/mentions/{mention}", asking.MentionFields, set()),
]
"""Routes, the fields that a method takes by keyword, and those that it takes by parameters of its own."""


class Asked(NamedTuple):
    request: Request
    kind: Any


class Stop(BaseException):
    """The request is seen."""


@cache
def service() -> dict[str, Route]:
    return routes()


@pytest.fixture
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the call for a route asks."""
    seen: list[Asked] = []

    def ask(_: Transport, request: Request, kind: Any) -> Any:
        seen.append(Asked(request, kind))
        raise Stop

    monkeypatch.setattr(Transport, "ask", ask)
    with pytest.raises(Stop):
        EVERY[request.param](Client("http://127.0.0.1:1", "si_abc"))
    return seen[0]


each_call = pytest.mark.parametrize(("route", "asked"), [(route, route) for route in EVERY], indirect=["asked"])


@each_call
def test_a_method_asks_a_route_that_there_is(route: str, asked: Asked) -> None:
    method, _, template = route.partition(" ")
    assert route in service()
    assert asked.request.method == method
    assert re.fullmatch(re.sub(r"\{\w+}", "[^/]+", template), asked.request.path)


@each_call
def test_its_parameters_are_taken(route: str, asked: Asked) -> None:
    """Of bodies see ``TAKEN`` and the kinds of values, which the service itself checks."""
    query = service()[route].doc.query
    taken = {field.encode_name for field in msgspec.structs.fields(query)} if query else set()
    assert set(asked.request.query) <= taken


@each_call
def test_what_makes_something_has_an_idempotency_key(route: str, asked: Asked) -> None:
    assert (asked.request.idempotency_key is not None) is service()[route].doc.repeatable


@each_call
def test_a_post_that_is_repeated_changes_nothing(route: str, asked: Asked) -> None:
    """Those that audit logs and plans take for acts need another scope than READ."""
    assert not asked.request.reads or service()[route].scope == "read"


@pytest.mark.parametrize(("route", "fields", "more"), TAKEN, ids=[route for route, _, _ in TAKEN])
def test_a_method_takes_by_keyword_what_the_route_takes(route: str, fields: Any, more: set[str]) -> None:
    body = service()[route].doc.body
    assert body
    named = {"since": "from", "until": "to"}
    assert {named.get(name, name) for name in get_type_hints(fields)} | more == {
        field.encode_name for field in msgspec.structs.fields(body)
    }


# Answers


def answered(route: str, *, newer: bool = False) -> Any:
    """An answer of the service with everything in it."""
    return Sample(newer=newer).of(service()[route].doc.answer)


each_struct = pytest.mark.parametrize(
    ("route", "asked"),
    [(route, route) for route in CALLS],
    indirect=["asked"],
)


@each_struct
def test_every_field_of_an_answer_is_known(route: str, asked: Asked) -> None:
    assert decoded(answered(route), asked.kind) == answered(route)


@each_struct
def test_what_is_new_does_no_harm(route: str, asked: Asked) -> None:
    """New fields anywhere, and words that no list has."""
    assert decoded(answered(route, newer=True), asked.kind)


def test_all_answers_are_exported() -> None:
    structs = {name for name, kind in vars(ours).items() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}
    assert structs == set(ours.__all__)
