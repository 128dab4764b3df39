"""Metrics of our own: in the format that CloudWatch reads from logs, and from threads too."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from socialindex.errors import ParseError
from socialindex.metrics import Metric, flush, record
from socialindex.observing import observed

CONTEXT = SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="i")


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the index function, with nothing noted yet."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "SocialIndex/test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "index")
    flush()


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_was_noted_leaves_in_one_line_with_its_unit_by_service_only(capsys: pytest.CaptureFixture[str]) -> None:
    record(Metric.FRESHNESS, 12)
    record(Metric.FRESHNESS, 40)
    record(Metric.POSTS_INDEXED, 2)
    flush()
    (line,) = told(capsys)
    (kind,) = line["_aws"]["CloudWatchMetrics"]
    assert (kind["Namespace"], kind["Dimensions"], line["service"]) == ("SocialIndex/test", [["service"]], "index")
    units = {each["Name"]: each["Unit"] for each in kind["Metrics"]}
    assert units == {"FreshnessSeconds": "Seconds", "PostsIndexed": "Count"}
    assert (line["FreshnessSeconds"], line["PostsIndexed"]) == ([12.0, 40.0], [2.0])


def test_nothing_is_said_twice_or_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    flush()
    record(Metric.BLIND_SOURCES, 0)
    flush()
    flush()
    assert [line["BlindSources"] for line in told(capsys)] == [[0.0]]


def test_values_of_threads_are_all_there_however_many(capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda value: record(Metric.FRESHNESS, value), range(1_000)))
    flush()
    lines = told(capsys)
    assert sorted(value for line in lines for value in line["FreshnessSeconds"]) == list(map(float, range(1_000)))
    assert all(len(line["FreshnessSeconds"]) <= 100 for line in lines), "CloudWatch reads a hundred of a line"


def test_a_handler_that_fails_has_said_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    @observed
    def handler(_event: dict[str, Any], _context: object) -> None:
        record(Metric.ALERT_DELAY, 61.5)
        raise ParseError("not a message")

    with pytest.raises(ParseError):
        handler({}, CONTEXT)
    assert [line["AlertDelaySeconds"] for line in told(capsys)] == [[61.5]]


def test_where_nobody_asks_nothing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    record(Metric.FRESHNESS, 1)
    flush()
    assert told(capsys) == []
