"""Settings: what a function needs is asked for by name, and a mistake names the variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import Habits
from socialindex.errors import InvalidSettings
from socialindex.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = {
    "CHANNELS_TABLE": "channels-1",
    "ARCHIVE_BUCKET": "archive-1",
    "ENGINE_URL": "https://engine.example",
    "CRAWL_QUEUE_URL": "https://sqs.example/crawl",
    "CRAWL_DEAD_LETTERS_URL": "https://sqs.example/crawl-dead",
    "CRAWLER_CONTACT": "https://crawler.example/about",
}


def test_each_thing_is_found_by_the_templates_names() -> None:
    settings = Settings(FULL)
    assert settings.table("channels") == "channels-1"
    assert settings.archive_bucket == "archive-1"
    assert settings.engine_url == "https://engine.example"
    assert settings.queue("crawl") == "https://sqs.example/crawl"
    assert settings.dead_letters("crawl") == "https://sqs.example/crawl-dead"
    assert settings.fetch.contact == "https://crawler.example/about"


def test_dead_letters_that_are_not_named_are_beside_their_queue() -> None:
    address = "https://sqs.eu-west-1.amazonaws.com/000000000000/stack"
    assert Settings({"INDEX_QUEUE_URL": f"{address}-IndexQueue"}).dead_letters("index") == f"{address}-IndexDeadLetters"
    with pytest.raises(InvalidSettings, match="INDEX_QUEUE_URL"):
        Settings({}).dead_letters("index")


def test_what_may_be_left_out_has_a_default() -> None:
    settings = Settings({})
    assert not settings.engine_signed
    assert not settings.allow_loopback
    assert (settings.crawl_habits, settings.lease_seconds, settings.polling) == (Habits(), 60.0, Polling())
    assert settings.retention_months == 0


@pytest.mark.parametrize(
    ("text", "on"),
    [("true", True), ("TRUE", True), ("1", True), (" yes ", True), ("false", False), ("0", False), ("", False)],
)
def test_a_switch_is_on_or_off(text: str, on: bool) -> None:
    assert Settings({"ALLOW_LOOPBACK": text}).allow_loopback is on


@pytest.mark.parametrize(
    ("environ", "variable", "ask"),
    [
        ({}, "HOSTS_TABLE", lambda settings: settings.table("hosts")),
        ({"ENGINE_URL": ""}, "ENGINE_URL", lambda settings: settings.engine_url),
        ({}, "CRAWLER_CONTACT", lambda settings: settings.fetch),
        ({"ALLOW_LOOPBACK": "perhaps"}, "ALLOW_LOOPBACK", lambda settings: settings.allow_loopback),
        ({"POLL_SECONDS": "5 minutes"}, "POLL_SECONDS", lambda settings: settings.polling),
        ({"CRAWL_DELAY_SECONDS": "nan"}, "CRAWL_DELAY_SECONDS", lambda settings: settings.crawl_habits),
        ({"LEASE_SECONDS": "-1"}, "LEASE_SECONDS", lambda settings: settings.lease_seconds),
        ({"RETENTION_MONTHS": "inf"}, "RETENTION_MONTHS", lambda settings: settings.retention_months),
        ({"RETENTION_MONTHS": "-3"}, "RETENTION_MONTHS", lambda settings: settings.retention_months),
    ],
)
def test_a_mistake_names_its_variable_and_the_remedy(
    environ: dict[str, str], variable: str, ask: Callable[[Settings], object]
) -> None:
    with pytest.raises(InvalidSettings, match=variable) as refused:
        ask(Settings(environ))
    assert refused.value.field == variable
    assert refused.value.remedy


def test_what_is_not_asked_for_may_be_missing() -> None:
    assert Settings({"INDEX_QUEUE_URL": "q"}).queue("index") == "q"
