"""The dashboards that are shipped ask nothing that the gate refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.dashboards import objects
from infra.dashboards.asking import Asked, Context, asked, phrase
from infra.dashboards.source import LANGUAGES
from socialindex.gate import searches

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = [json.loads(line) for language in LANGUAGES for line in objects.ndjson(language).splitlines()]
PATTERNS = {each["id"]: each for each in SHOWN if each["type"] == "index-pattern"}
PANELS = [each for each in SHOWN if each["type"] in ("visualization", "search")]
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
CONTEXT = Context(UNTIL - timedelta(days=1), UNTIL, {"fixed_interval": "1h"}, [phrase("mention.topic", "tp_1")])


def questions(shown: dict[str, Any]) -> Iterator[Asked]:
    yield from asked(shown, PATTERNS, CONTEXT)


@pytest.mark.parametrize("shown", PANELS, ids=lambda shown: shown["id"])
def test_what_a_panel_asks_passes(shown: dict[str, Any]) -> None:
    for question in questions(shown):
        searches.search({"params": {"index": question.alias, "body": question.body, "preference": 1_700_000_000}})


def test_panels_ask_something() -> None:
    assert sum(len(list(questions(each))) for each in PANELS) > len(PANELS) / 2
