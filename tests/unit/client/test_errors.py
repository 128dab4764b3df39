"""Refusals by their kinds, each with what it has to say."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest

from socialindex import client as kinds
from socialindex.client import ApiError, Client, InvalidRequest, Refused, SocialIndexError, Unavailable
from socialindex.errors import InvalidQuery, InvalidSettings
from socialindex.search.problems import problem
from tests.unit.client.api_server import serving


def refused(status: int, body: Any) -> ApiError:
    with serving({"GET /v1/channels": (status, body)}) as api, pytest.raises(ApiError) as refusal:
        Client(api.url, "si_abc", attempts=1).channels()
    return refusal.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, kinds.InvalidRequest),
        (401, kinds.Unauthorized),
        (403, kinds.Forbidden),
        (404, kinds.NotFound),
        (405, kinds.ApiError),
        (409, kinds.Conflict),
        (410, kinds.OffsetExpired),
        (422, kinds.Refused),
        (429, kinds.RateLimited),
        (500, kinds.ServerError),
        (502, kinds.ServiceUnavailable),
        (503, kinds.ServiceUnavailable),
        (504, kinds.ServiceUnavailable),
    ],
)
def test_each_status_has_its_kind(status: int, kind: type[ApiError]) -> None:
    error = refused(status, {"title": "No", "request_id": "r-1"})
    assert type(error) is kind
    assert (error.status, error.request_id) == (status, "r-1")
    assert isinstance(error, SocialIndexError)


def test_what_may_be_there_later_is_one_kind() -> None:
    assert isinstance(refused(503, b""), Unavailable)


def test_a_query_that_cannot_be_read_says_where_and_what_to_do() -> None:
    told = problem(InvalidQuery("a quote is missing", position=7, remedy="close it"), "r-1")
    error = refused(told.status, told.body)
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.position, error.remedy) == ("q", 7, "close it")
    assert str(error) == "a quote is missing"


def test_a_script_that_catches_nothing_ends_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    told = problem(InvalidQuery("a quote is missing", position=7, remedy="close it"), "r-1")
    assert traceback.format_exception(refused(told.status, told.body))[-2:] == [
        "socialindex.client.errors.InvalidRequest: a quote is missing\n",
        "close it\n",
    ]
    monkeypatch.delenv("SOCIALINDEX_URL", raising=False)
    with pytest.raises(InvalidSettings) as refusal:
        Client.from_environment()
    assert "http://" in traceback.format_exception(refusal.value)[-1]


def test_an_address_that_must_not_be_crawled_says_why() -> None:
    error = refused(422, {"detail": "robots.txt forbids it", "reason": "robots"})
    assert isinstance(error, Refused)
    assert error.reason == "robots"


@pytest.mark.parametrize("body", [b"", {"field": 3, "remedy": [], "position": "7"}])
def test_particulars_that_are_missing_or_none_are_absent(body: Any) -> None:
    error = refused(400, body)
    assert isinstance(error, InvalidRequest)
    assert (error.field, error.remedy, error.position, error.request_id) == (None, None, None, None)


def test_an_error_comes_whole_from_a_worker_process() -> None:
    error = kinds.RateLimited(429, {"detail": "used", "violated-policies": ["day"]}, 9.0)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - ours
    assert (type(again), str(again), again.policies, again.retry_after) == (type(error), "used", ["day"], 9.0)
