"""Errors as problem details: one status for each kind, words for the caller, nothing of our insides."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import msgspec
import pytest

from socialindex import errors
from socialindex.access import NOBODY
from socialindex.aws.topics import TopicsTable
from socialindex.cli import cli
from socialindex.search.problems import problem
from socialindex.search.within import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.search.http import Answer

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8"))
SECRET = "postgres://root:hunter2@10.0.0.7"
CASES: list[tuple[Exception, int, str]] = [
    (errors.SocialIndexError(SECRET), 500, "internal"),
    (errors.InvalidInput("limit is 0", field="limit", remedy="use 1 to 100"), 400, "invalid-input"),
    (errors.InvalidQuery("a quote is missing", position=7), 400, "invalid-query"),
    (errors.InvalidCursor("no cursor", field="cursor"), 400, "invalid-input"),
    (errors.ExpiredCursor("too old", field="after"), 410, "offset-expired"),
    (errors.InvalidSettings(SECRET, field="ENGINE_URL"), 500, "internal"),
    (errors.NotFound("there is no post"), 404, "not-found"),
    (errors.Unauthorized("no key"), 401, "unauthorized"),
    (errors.Forbidden("no scope"), 403, "forbidden"),
    (errors.Conflict("it exists"), 409, "conflict"),
    (errors.TooManyRequests("30 queries are used", policy="day", retry_after=9), 429, "quota-exceeded"),
    (errors.ParseError(SECRET), 500, "internal"),
    (errors.LayoutChanged(SECRET), 500, "internal"),
    (errors.Unavailable(SECRET), 503, "unavailable"),
    (errors.Lasting(SECRET), 503, "unavailable"),
    (errors.Discarded("noindex", "the page says no"), 422, "refused"),
    (errors.Refused("private_address", "10.0.0.1 is private"), 422, "refused"),
    (KeyError(SECRET), 500, "internal"),
    (RuntimeError(SECRET), 500, "internal"),
]


def told(error: Exception) -> tuple[Answer, dict[str, Any]]:
    answer = problem(error, "r1")
    body: dict[str, Any] = msgspec.json.decode(answer.encoded()["body"])
    return answer, body


@pytest.mark.parametrize(("error", "status", "slug"), CASES, ids=lambda value: type(value).__name__)
def test_each_kind_of_error_has_its_status(error: Exception, status: int, slug: str) -> None:
    answer, body = told(error)
    assert (answer.status, body["status"]) == (status, status)
    assert body["type"] == f"urn:socialindex:problem:{slug}"
    assert body["title"]
    assert body["request_id"] == "r1"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("secret", "this address says that it must not be crawled: secret"),
        ("members_only", "this address says that it must not be crawled: members only"),
        ("board_gone", "the site says that it has no such board; see in a browser that the address is right"),
        ("gone", "the site says that nothing is there, or no longer; see in a browser that the address is right"),
    ],
)
def test_a_bare_verdict_is_told_as_what_the_site_says(reason: str, words: str) -> None:
    _, body = told(errors.Discarded(reason))
    assert (body["detail"], body["reason"]) == (words, reason)
    assert body["title"] == "The address cannot be crawled"  # true of what is not there, too


def test_no_kind_of_error_is_forgotten() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}
    assert kinds <= {type(error) for error, _, _ in CASES}


class NoTopics(TopicsTable):
    def find(self, _topic: str) -> None:
        return None


def _routes() -> list[tuple[str, str]]:
    """All that name something by a parameter and answer 404, and what the last parameter is one of."""
    told = [
        f"{method.upper()} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method, route in methods.items()
        if "{" in path and "404" in route["responses"]
    ]
    return [(route, route.rpartition("/{")[0].rpartition("/")[2]) for route in told]


@pytest.mark.parametrize(("route", "of"), _routes())
def test_who_names_what_there_is_not_is_told_where_to_see_what_there_is(route: str, of: str) -> None:
    remedy = msgspec.json.decode(problem(errors.NotFound("there is none"), "r1", route).encoded()["body"]).get("remedy")
    if of == "acts":
        assert remedy is None, "nobody lists the links of letters"
        return
    path, _, command = remedy.removeprefix("see which there are: GET ").partition(", or ")
    assert path.endswith(f"/{of}")
    assert "get" in DOCUMENT["paths"][path]
    known: click.Command = cli
    for word in command.strip("`").split()[1:]:
        assert isinstance(known, click.Group)
        known = known.commands[word]


@pytest.mark.parametrize(
    ("ask", "route", "path"),
    [
        (lambda: NOBODY.owns("ws_a"), "GET /v1/workspaces/{id}/exports/{export}", "/v1/workspaces"),
        (lambda: named("org_b", NOBODY, cast("Any", None)), "DELETE /v1/keys/{id}", "/v1/organizations"),
        (lambda: NoTopics("none").kept_of(NOBODY, "tp_a"), "POST /v1/posts/search", "/v1/workspaces/{id}/topics"),
    ],
)
def test_what_there_is_none_of_need_not_be_what_the_path_ends_in(
    ask: Callable[[], object], route: str, path: str
) -> None:
    with pytest.raises(errors.NotFound) as refused:
        ask()
    remedy = msgspec.json.decode(problem(refused.value, "r1", route).encoded()["body"])["remedy"]
    assert remedy.startswith(f"see which there are: GET {path}, or ")


@pytest.mark.parametrize("route", ["", "$default", "POST /v1/posts/search"])
def test_where_nothing_is_named_nothing_is_listed(route: str) -> None:
    assert "remedy" not in msgspec.json.decode(problem(errors.NotFound("none"), "r1", route).encoded()["body"])


@pytest.mark.parametrize("error", [error for error, status, _ in CASES if status >= 500])
def test_our_own_trouble_tells_nothing_of_our_insides(error: Exception) -> None:
    answer, body = told(error)
    assert "hunter2" not in str(answer.encoded())
    assert "ENGINE_URL" not in str(answer.encoded())
    assert set(body) - {"remedy"} == {"type", "title", "status", "request_id"}


def test_who_finds_us_busy_is_told_what_to_do() -> None:
    answer, body = told(errors.Unavailable(SECRET))
    assert "Retry-After" in body["remedy"]
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("error", [error for error, status, _ in CASES if status < 500])
def test_the_callers_mistake_is_told_in_words(error: Exception) -> None:
    assert told(error)[1]["detail"] == str(error)


@pytest.mark.parametrize(
    ("error", "particulars"),
    [
        (CASES[1][0], {"field": "limit", "remedy": "use 1 to 100"}),
        (CASES[2][0], {"field": "q", "position": 7}),
        (errors.Refused("private_address", "it is private"), {"reason": "private_address"}),
        (errors.InvalidInput("bad"), {}),
    ],
)
def test_what_helps_to_mend_it_is_told(error: Exception, particulars: dict[str, Any]) -> None:
    body = told(error)[1]
    rest = {name: value for name, value in body.items() if name in {"field", "remedy", "position", "reason"}}
    assert rest == particulars


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (errors.Unauthorized(), {"WWW-Authenticate": "Bearer"}),
        (errors.Unavailable(), {"Retry-After": "5"}),
        (errors.TooManyRequests("used", policy="day", retry_after=9), {"Retry-After": "9"}),
        (errors.NotFound(), {}),
    ],
)
def test_a_status_brings_the_headers_that_it_calls_for(error: Exception, headers: dict[str, str]) -> None:
    assert told(error)[0].headers == headers
