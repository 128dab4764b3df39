"""Freshness is said of new posts of followed channels, and of nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialindex.index.freshness import note
from socialindex.index.writer import Write
from socialindex.metrics import flush
from socialindex.model import Post

AGO = timedelta(minutes=10)


def write(*, published: timedelta | None = AGO, live: bool = True, replay: bool = False) -> Write:
    now = datetime.now(tz=UTC)
    at = None if published is None else now - published
    return Write(
        Post(id="p", uri="https://a.example/1", source="feed", collected_at=now, published_at=at), live, replay
    )


@pytest.mark.parametrize(
    ("given", "result", "seconds"),
    [
        ({}, "created", 600),
        ({"published": -AGO}, "created", 0),
        ({}, "updated", None),
        ({}, "noop", None),
        ({"published": None}, "created", None),
        ({"live": False}, "created", None),
        ({"replay": True}, "created", None),
    ],
)
def test_freshness_is_noted_of_what_is_new(
    given: dict[str, Any],
    result: str,
    seconds: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "SocialIndex/test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "index")
    written = write(**given)
    note([(written, {"result": result}), (written, {"error": {"type": "x"}, "status": 503})])
    flush()
    said = [value for line in capsys.readouterr().out.splitlines() for value in json.loads(line)["FreshnessSeconds"]]
    assert said == ([] if seconds is None else [pytest.approx(seconds, abs=60)])
