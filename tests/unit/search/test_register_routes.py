"""Sources, the terms register and the page about the crawler, through the API's door."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex import sources, terms
from socialindex.access import Caller, Scope
from socialindex.aws.channels import ChannelState
from socialindex.crawl.settings import FetchSettings
from socialindex.errors import Unauthorized
from socialindex.search.api import Api
from socialindex.search.crawler import CrawlerPart
from socialindex.search.sources import SourcesPart
from socialindex.search.terms import TermsPart
from socialindex.sources.base import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.terms import Terms

AT = datetime(2026, 11, 28, tzinfo=UTC)
SCOPES = {"si_reader": [Scope.READ], "si_admin": [Scope.READ, Scope.ADMIN]}
FETCH = FetchSettings(contact="https://crawler.example.com/crawler")
ENTRY = {"verdict": "forbidden", "reason": "no programs", "source": "terms of use, article 9"}


class Keys:
    def caller(self, key: str, **_fresh: bool) -> Caller:
        if key not in SCOPES:
            raise Unauthorized("this API key is not known")
        return Caller(organization="org_a", workspaces=frozenset(), scopes=frozenset(SCOPES[key]))


class Store:
    """Administrators' entries, channels and what is known of hosts' robots.txt, in memory."""

    def __init__(self, *urls: str) -> None:
        self.entries: dict[str, Terms] = {}
        self.forgotten: list[str] = []
        self._urls = urls

    def put(self, entry: Terms) -> None:
        self.entries[entry.domains[0]] = entry

    def remove(self, domain: str) -> bool:
        return self.entries.pop(domain, None) is not None

    def forget_rules(self, host: str) -> None:
        self.forgotten.append(host)

    def all(self) -> Any:
        return [
            ChannelState(channel=Channel(id=url, source="feed", url=url, created_at=AT), poll_at=0.0)
            for url in self._urls
        ]


class _Edits:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Terms]:
        return list(self._store.entries.values())


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    yield
    terms.use(None)


def call(store: Store, route: str, body: object = None, *, key: str | None = "si_reader", **more: Any) -> Any:
    parts = [
        TermsPart(store, cast("Any", store)).routes(),
        SourcesPart().routes(),
        CrawlerPart(FETCH, "mailto:crawler@example.com", store).routes(),
    ]
    api = Api(cast("Any", None), Keys(), cast("Any", None), parts)
    event = {
        "routeKey": route,
        "headers": {"authorization": f"Bearer {key}"} if key else {},
        "requestContext": {"requestId": "r1"},
        "pathParameters": {"domain": "board.example.com"},
        "body": body if isinstance(body, str) else json.dumps(body),
    }
    answer = api.handle({**event, **more})
    if answer["headers"].get("Content-Type", "").startswith("application/"):
        answer["body"] = json.loads(answer["body"])
    return answer


def test_every_source_that_can_be_pasted_says_what_it_gives_and_needs() -> None:
    cards = {card["name"]: card for card in call(Store(), "GET /v1/sources")["body"]["items"]}
    assert set(cards) == {adapter.name for adapter in sources.all_adapters() if adapter.paste}
    for card in cards.values():
        assert card["title"]
        assert card["paste"]


def test_the_register_lists_hosts_that_nobody_reviewed() -> None:
    store = Store("https://blog.example.com/feed", "https://www.clien.net/x", "https://blog.example.com/other")
    answer = call(store, "GET /v1/terms")
    assert answer["body"]["unreviewed"] == ["blog.example.com"]
    assert "dcinside.com" in {domain for entry in answer["body"]["items"] for domain in entry["domains"]}


def test_what_an_administrator_enters_holds_until_it_is_taken_back() -> None:
    store = Store()
    terms.use(_Edits(store))
    terms.FRESH_SECONDS, before = 0.0, terms.FRESH_SECONDS
    try:
        assert call(store, "PUT /v1/terms/{domain}", ENTRY, key="si_admin")["statusCode"] == 200
        found = call(store, "GET /v1/terms/{domain}")["body"]
        assert (found["host"], found["may_crawl"]) == ("board.example.com", False)
        assert found["terms"]["reason"] == "no programs"
        assert call(store, "DELETE /v1/terms/{domain}", key="si_admin")["statusCode"] == 204
        assert call(store, "GET /v1/terms/{domain}")["body"] == {
            "host": "board.example.com",
            "may_crawl": True,
            "terms": None,
        }
    finally:
        terms.FRESH_SECONDS = before
    assert call(store, "DELETE /v1/terms/{domain}", key="si_admin")["statusCode"] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"verdict": "perhaps", "reason": "a", "source": "b"}, "verdict"),
        ({"verdict": "forbidden", "reason": " ", "source": "b"}, "reason"),
        ({"verdict": "forbidden", "reason": "a"}, "source"),
        ({**ENTRY, "daily": -1}, "daily"),
        ({**ENTRY, "domains": "board"}, "domains"),
        ({**ENTRY, "refresh_days": "30"}, "refresh_days"),
        ({**ENTRY, "refresh_day": 30}, "refresh_day"),
        ("not JSON", ""),
        ("[]", ""),
    ],
)
def test_an_entry_that_cannot_be_taken_gets_a_clear_400(body: object, field: str) -> None:
    answer = call(Store(), "PUT /v1/terms/{domain}", body, key="si_admin")
    assert answer["statusCode"] == 400
    assert answer["body"].get("field", "") == field
    assert answer["body"]["remedy"]


@pytest.mark.parametrize("route", ["PUT /v1/terms/{domain}", "DELETE /v1/terms/{domain}"])
def test_only_administrators_change_the_register(route: str) -> None:
    assert call(Store(), route, ENTRY)["statusCode"] == 403


def test_everybody_can_open_the_page_about_the_crawler() -> None:
    answer = call(Store(), "GET /crawler", key=None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    for told in (FETCH.user_agent, "mailto:crawler@example.com", f"User-agent: {FETCH.token}", "수집을 막으려면"):
        assert told in answer["body"]
    assert "$" not in answer["body"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ('{"url": "https://Board.example.com/free"}', {"content-type": "application/json"}),
        ("url=https%3A%2F%2Fboard.example.com%2F", {"content-type": "application/x-www-form-urlencoded"}),
    ],
)
def test_a_site_that_changed_its_robots_txt_is_read_again_at_once(body: str, headers: dict[str, str]) -> None:
    store = Store()
    answer = call(store, "POST /v1/opt-outs", body, key=None, headers=headers)
    assert answer["statusCode"] == 202
    assert answer["body"]["host"] == "board.example.com"
    assert store.forgotten == ["board.example.com"]


@pytest.mark.parametrize("body", ["", "{}", '{"url": "ftp://a.example"}', '{"url": 5}', "[", '{"url": "board"}'])
def test_what_is_no_site_is_told_so(body: str) -> None:
    store = Store()
    answer = call(store, "POST /v1/opt-outs", body, key=None)
    assert answer["statusCode"] == 400
    assert not store.forgotten
