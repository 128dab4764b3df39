"""API Gateway's payload format 2.0, as a request comes in and as an answer goes out."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from socialindex.errors import InvalidInput, Unauthorized
from socialindex.search.http import Answer, HttpRequest, request_of


def event(**changes: Any) -> dict[str, Any]:
    plain = {
        "version": "2.0",
        "routeKey": "GET /v1/posts/{id}",
        "headers": {"authorization": "Bearer si_abc"},
        "requestContext": {"requestId": "r1"},
        "isBase64Encoded": False,
    }
    return {**plain, **changes}


def request(**changes: Any) -> HttpRequest:
    return request_of(event(**changes))


def test_a_request_is_what_the_gateway_says() -> None:
    found = request(pathParameters={"id": "배터리 1"}, queryStringParameters={"source": "a,b"})
    assert (found.id, found.route) == ("r1", "GET /v1/posts/{id}")
    assert (found.path, found.query) == ({"id": "배터리 1"}, {"source": "a,b"})
    assert found.key() == "si_abc"


def test_what_a_request_lacks_is_empty() -> None:
    found = request()
    assert (found.path, found.query, found.body()) == ({}, {}, "")


@pytest.mark.parametrize(
    ("body", "encoded", "text"),
    [
        ("{}", False, "{}"),
        ("", False, ""),
        (None, False, ""),
        (base64.b64encode('{"q": "배터리"}'.encode()).decode(), True, '{"q": "배터리"}'),
        ("", True, ""),
        ("\ufeff{}", False, "{}"),
        (base64.b64encode(b"\xef\xbb\xbf{}").decode(), True, "{}"),
    ],
)
def test_a_body_is_text_however_it_travels(body: str | None, encoded: bool, text: str) -> None:
    assert request(body=body, isBase64Encoded=encoded).body() == text


@pytest.mark.parametrize("body", [base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"\xed\xa0\x80").decode()])
def test_a_body_that_is_no_text_is_told_as_such(body: str) -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        request(body=body, isBase64Encoded=True).body()


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer si_abc"},
        {"Authorization": "Bearer si_abc"},
        {"AUTHORIZATION": "bearer si_abc"},
        {"authorization": "BEARER   si_abc  "},
    ],
)
def test_a_key_is_found_whatever_the_case(headers: dict[str, str]) -> None:
    assert request(headers=headers).key() == "si_abc"


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "si_abc"}, {"x-api-key": "si_abc"}])
def test_a_request_without_a_key_is_told_how_to_send_it(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized, match="Authorization: Bearer si_"):
        request(headers=headers).key()


def test_an_answer_is_json_with_its_headers() -> None:
    answer = Answer(201, {"q": "배터리", "none": None}, {"Location": "/v1/channels/c"}).encoded()
    assert answer["statusCode"] == 201
    assert answer["headers"] == {"Location": "/v1/channels/c", "Content-Type": "application/json"}
    assert json.loads(answer["body"]) == {"q": "배터리", "none": None}


def test_an_answer_without_a_body_has_no_type() -> None:
    assert Answer(204).encoded() == {"statusCode": 204, "headers": {}}


LONG = {"items": ["배터리"] * 200}


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        ("gzip", True),
        ("GZIP, deflate, br", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *;q=1", False),
        ("identity", False),
        ("gzip;q=;,,", True),
    ],
)
def test_a_large_answer_is_packed_where_the_client_takes_it(accepts: str, packed: bool) -> None:
    answer = Answer(200, LONG).encoded(accepts)
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert (answer["headers"].get("Content-Encoding") == "gzip") is packed
    assert answer.get("isBase64Encoded", False) is packed
    body = gzip.decompress(base64.b64decode(answer["body"])) if packed else answer["body"]
    assert json.loads(body) == LONG


def test_a_small_answer_and_none_are_never_packed() -> None:
    for answer in (Answer(200, {"a": 1}), Answer(204)):
        assert answer.encoded("gzip").get("isBase64Encoded") is None
