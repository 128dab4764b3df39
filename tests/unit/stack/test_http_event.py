from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.events.http_event import Answer, Place, Request, answer, event
from infra.local.events.routes import Match
from infra.local.template.model import Route

ROUTE = Route(function="F", api="api", method="GET", path="/v1/posts/{id}")
NOW = datetime(2026, 3, 12, 19, 3, 58, 638000, tzinfo=UTC)
JSON = [("content-type", "application/json")]
TEXT = [("content-type", "text/plain;charset=UTF-8")]


def made(**given: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "method": "GET",
        "path": "/v1/posts/1",
        "query": "",
        "protocol": "HTTP/1.1",
        "headers": [],
        "body": b"",
        "source_ip": "127.0.0.1",
    }
    place = Place(account="000000000000", request_id="r-1")
    made = event(Request(**{**plain, **given}), Match(ROUTE, {"id": "1"}), place, NOW)
    return dict(json.loads(made))


def test_an_event_has_the_shape_of_format_2() -> None:
    headers = [
        ("Host", "api.example.com:443"),
        ("User-Agent", "test/1"),
        ("X-A", "1"),
        ("x-a", "2"),
        ("Cookie", "a=1; b=2"),
    ]
    assert made(headers=headers, query="q=a%20b&tag=x&tag=y&empty=") == {
        "version": "2.0",
        "routeKey": "GET /v1/posts/{id}",
        "rawPath": "/v1/posts/1",
        "rawQueryString": "q=a%20b&tag=x&tag=y&empty=",
        "cookies": ["a=1", "b=2"],
        "headers": {"host": "api.example.com:443", "user-agent": "test/1", "x-a": "1,2"},
        "queryStringParameters": {"q": "a b", "tag": "x,y", "empty": ""},
        "pathParameters": {"id": "1"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "GET",
                "path": "/v1/posts/1",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test/1",
            },
            "requestId": "r-1",
            "routeKey": "GET /v1/posts/{id}",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238638,
        },
        "isBase64Encoded": False,
    }


def test_the_path_is_decoded() -> None:
    assert made(path="/v1/posts/%EB%B0%B0")["rawPath"] == "/v1/posts/배"


@pytest.mark.parametrize(
    ("kind", "encoded"),
    [
        ("application/json", False),
        ("application/json; charset=utf-8", False),
        ("application/problem+json", False),
        ("text/csv", False),
        ("application/xml", False),
        ("image/svg+xml", False),
        ("image/png", True),
        ("application/octet-stream", True),
        ("application/x-www-form-urlencoded", True),
    ],
)
def test_a_body_that_is_no_text_is_encoded(kind: str, encoded: bool) -> None:
    sent = made(headers=[("Content-Type", kind)], body="{안녕}".encode())
    assert sent["isBase64Encoded"] is encoded
    assert (base64.b64decode(sent["body"]).decode() if encoded else sent["body"]) == "{안녕}"


def test_a_compressed_body_is_encoded_whatever_its_type() -> None:
    sent = made(headers=[("Content-Type", "application/json"), ("Content-Encoding", "gzip")], body=b"\x1f\x8b")
    assert (sent["isBase64Encoded"], sent["body"]) == (True, "H4s=")


def test_what_is_not_there_is_left_out() -> None:
    assert not {"cookies", "queryStringParameters", "body"} & made().keys()


@pytest.mark.parametrize(
    ("payload", "status", "headers", "body"),
    [
        ({"message": "hi"}, 200, JSON, b'{"message": "hi"}'),
        ("hi", 200, JSON, b"hi"),
        (None, 200, JSON, b"null"),
        ([1, 2], 200, JSON, b"[1, 2]"),
        ({"statusCode": 204}, 204, TEXT, b""),
        ({"statusCode": "201", "body": "안"}, 201, TEXT, "안".encode()),
        ({"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"}, 200,
         [("Content-Type", "text/html")], b"<p>"),
        ({"statusCode": 200, "headers": {"x-count": 3, "x-last": True}, "cookies": ["a=1; Secure", "b=2"]}, 200,
         [("x-count", "3"), ("x-last", "true"), *TEXT, ("set-cookie", "a=1; Secure"), ("set-cookie", "b=2")], b""),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, TEXT, b"\x00\xff"),
    ],
)  # fmt: skip
def test_an_answer_says_its_status_or_is_all_body(
    payload: object, status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    assert answer(json.dumps(payload).encode()) == Answer(status=status, headers=headers, body=body)


@pytest.mark.parametrize(
    "payload",
    [
        {"statusCode": "fine"},
        {"statusCode": 99},
        {"statusCode": 700},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "body": "%%%", "isBase64Encoded": True},
        {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}},
        {"statusCode": 200, "headers": {"bad name": "a"}},
        {"statusCode": 200, "cookies": ["a=1\nx: y"]},
    ],
)
def test_an_answer_that_is_not_of_the_format_is_none(payload: object) -> None:
    assert answer(json.dumps(payload).encode()) is None
