"""A query is checked as a search would check it, and explained; its hits are only an estimate."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidInput, InvalidQuery
from socialindex.search.http import HttpRequest
from socialindex.search.queries import QueriesPart

CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
ROUTE = "POST /v1/queries/validate"


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Finds so many posts, or does not look everywhere in time."""

    total: dict[str, Any] = field(default_factory=lambda: {"value": 7, "relation": "eq"})
    late: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.bodies.append(body)
        return {"timed_out": self.late, "_shards": {"failed": 0}, "hits": {"hits": [], "total": self.total}}


def validated(body: dict[str, Any], engine: Engine | None = None) -> Any:
    request = HttpRequest(id="1", route=ROUTE, path={}, query={}, headers={}, raw={"body": json.dumps(body)})
    answer = QueriesPart(cast("Any", engine or Engine())).routes()[ROUTE].handle(request, CALLER)
    assert answer.status == 200
    return msgspec.to_builtins(answer.body)


def test_a_query_is_told_in_words_and_in_its_canonical_spelling() -> None:
    told = validated({"q": "(보조배터리 OR 폭발)  near"})
    assert told["canonical"] == "(보조배터리 OR 폭발) AND near"
    assert told["explanation"]["en"].startswith("(the word “보조배터리” or")
    assert told["explanation"]["ko"].startswith("(낱말 “보조배터리” 또는")
    assert [(note["position"], note["message"][-20:]) for note in told["notes"]] == [(15, "Did you mean NEAR/5?")]
    assert told["compiled"]["bool"]["must"]
    assert told["cost"] == {"units": 3, "most": 1500}
    assert told["estimate"] == {"posts": 7, "at_least": False}
    assert told["topic"] is True


def test_parts_are_told_as_the_query_that_they_make() -> None:
    told = validated({"guided": {"all": ["배터리"], "from": {"languages": ["korean"]}}})
    assert told["canonical"] == "배터리 AND lang:ko"


@pytest.mark.parametrize(
    ("engine", "estimate"),
    [
        (Engine({"value": 10_000, "relation": "gte"}), {"posts": 10_000, "at_least": True}),
        (Engine(late=True), None),
    ],
)
def test_hits_are_counted_so_far_and_so_long(engine: Engine, estimate: object) -> None:
    assert validated({"q": "lang:ko"}, engine)["estimate"] == estimate
    (body,) = engine.bodies
    assert (body["size"], body["track_total_hits"], body["timeout"]) == (0, 10_000, "2s")


def test_the_estimate_is_of_what_the_caller_may_see_and_of_the_selection() -> None:
    engine = Engine()
    validated({"q": "배터리", "source": ["feed"]}, engine)
    filters = engine.bodies[0]["query"]["bool"]["filter"]
    assert {"terms": {"visibility": ["public", "ws_a"]}} in filters
    assert {"terms": {"source": ["feed"]}} in filters


@pytest.mark.parametrize(
    ("q", "position", "remedy"),
    [
        ("배터리 && 폭발", 4, "Did you mean AND?"),
        ("배터리 || 폭발", 4, "Did you mean OR?"),
        ("배터리 OR OR 폭발", 7, "quotation marks"),
        ("(배터리 폭발", 0, "Close the group"),
        ("배터리 OR", 6, "Complete the query"),
        ("“보조 배터리", 0, "second"),
    ],
)
def test_a_mistake_is_told_with_its_position_and_what_to_write(q: str, position: int, remedy: str) -> None:
    engine = Engine()
    with pytest.raises(InvalidQuery) as refused:
        validated({"q": q}, engine)
    assert refused.value.position == position
    assert remedy in refused.value.remedy
    assert not engine.bodies


def test_what_costs_too_much_is_refused_before_it_is_asked() -> None:
    engine = Engine()
    with pytest.raises(InvalidQuery, match="units"):
        validated({"q": " OR ".join(["(가나 NEAR/5 나다)"] * 200)}, engine)
    assert not engine.bodies


@pytest.mark.parametrize("body", [{}, {"q": " "}, {"source": ["feed"]}])
def test_without_a_query_there_is_nothing_to_check(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="no query"):
        validated(body)
