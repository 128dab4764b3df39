"""Errors as problem details: one status for each kind, words for the caller, nothing of our insides."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex import errors
from socialindex.search.problems import problem

if TYPE_CHECKING:
    from socialindex.search.http import Answer

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


def test_no_kind_of_error_is_forgotten() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}
    assert kinds <= {type(error) for error, _, _ in CASES}


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
