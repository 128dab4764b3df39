"""The terms register as it ships: what operators allow, beside what robots.txt says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from socialindex import sources, terms
from socialindex.errors import Refused

if TYPE_CHECKING:
    from socialindex.terms import Terms

DOCS = Path(__file__).parents[3] / "docs" / "terms.md"
SHIPPED = pytest.mark.parametrize("entry", terms.shipped(), ids=lambda entry: entry.domains[0])


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example.com/",
        "https://naver.example/",
        "https://notdcinside.com/",
        "https://dcinside.com.example/",
        "http://127.0.0.1:8080/free",
    ],
)
def test_a_host_that_nobody_reviewed_is_not_objected_to(url: str) -> None:
    terms.check(url)
    assert terms.find(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://blog.naver.com/someone", "terms_forbidden"),
        ("https://m.blog.naver.com/someone", "terms_forbidden"),
        ("https://cafe.naver.com/x", "terms_forbidden"),
        ("https://n.news.naver.com/mnews/article/comment/001/1", "terms_forbidden"),
        ("https://gall.dcinside.com/board/lists?id=x", "terms_forbidden"),
        ("https://GALL.DCINSIDE.COM/board", "terms_forbidden"),
        ("https://gall.dcinside.com:443/board", "terms_forbidden"),
        ("https://gall.dcinside.com./board", "terms_forbidden"),
        ("https://gall\u3002dcinside\uff0ecom/board", "terms_forbidden"),
        ("https://www.clien.net/service", "terms_permission"),
        ("https://www.fmkorea.com/best", "terms_permission"),
        ("https://www.teamblind.com/kr", "terms_forbidden"),
        ("https://pann.nate.com/talk", "terms_permission"),
    ],
)
def test_a_forbidden_host_is_refused_with_the_reason_and_its_source(url: str, reason: str) -> None:
    with pytest.raises(Refused, match="terms of use") as refused:
        terms.check(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize("site", ["x", "twitter", "facebook", "instagram", "threads", "tiktok", "linkedin"])
def test_platforms_that_let_nobody_collect_are_closed(site: str) -> None:
    with pytest.raises(Refused) as refused:
        terms.check(f"https://www.{site}.com/nuri")
    assert refused.value.reason == "terms_forbidden"


@pytest.mark.parametrize("url", ["not an address", "http://[", "https://kim@gall.dcinside.com/", "ftp://a.example/"])
def test_what_is_no_address_is_refused_too(url: str) -> None:
    with pytest.raises(Refused):
        terms.check(url)


@pytest.mark.parametrize("site", sorted({site for adapter in sources.all_adapters() for site in adapter.speaks_for}))
def test_pages_of_a_platform_that_is_read_by_its_api_are_not_asked(site: str) -> None:
    found = terms.find(f"https://{site}/")
    assert found is not None
    assert found.through
    with pytest.raises(Refused):
        terms.check(f"https://www.{site}/")


@pytest.mark.parametrize("url", ["https://www.youtube.com/watch?v=x", "https://news.ycombinator.com/item?id=1"])
def test_posts_that_come_through_an_open_api_are_kept(url: str) -> None:
    terms.check_post(url)


@pytest.mark.parametrize(
    "host",
    [
        "public.api.bsky.app",
        "jetstream2.us-east.bsky.network",
        "hacker-news.firebaseio.com",
        "lemmy.world",
        "mastodon.social",
        "nuri.wordpress.com",
        "www.googleapis.com",
    ],
)
def test_the_open_networks_and_apis_may_be_asked(host: str) -> None:
    assert terms.of_host(host) is not None
    terms.check(f"https://{host}/")


def test_posts_of_reddit_need_an_agreement_about_its_api() -> None:
    with pytest.raises(Refused) as refused:
        terms.check_post("https://www.reddit.com/r/nuriphone/")
    assert refused.value.reason == "terms_permission"


@pytest.mark.parametrize(
    ("host", "limit", "value"),
    [
        ("www.youtube.com", "refresh_days", 30),
        ("www.youtube.com", "export", "none"),
        ("www.googleapis.com", "daily", 10_000),
        ("www.reddit.com", "export", "none"),
        ("www.yna.co.kr", "keep", "title_and_link"),
        ("rss.donga.com", "keep", "title_and_link"),
    ],
)
def test_limits_that_the_terms_set_are_entered(host: str, limit: str, value: object) -> None:
    assert getattr(terms.of_host(host), limit) == value


@SHIPPED
def test_an_entry_is_either_read_or_says_what_it_rests_on(entry: Terms) -> None:
    if entry.reviewed is None:
        assert re.search(r"\bnot (yet )?(read|found)\b|\bno evidence\b", entry.source)
    else:
        assert entry.document is not None
        assert entry.reviewed > date(2020, 1, 1)


@SHIPPED
def test_what_ships_is_no_agreement_of_anybody(entry: Terms) -> None:
    assert entry.agreement is None
    assert entry.edited_at is None


@SHIPPED
def test_the_documentation_lists_every_entry(entry: Terms) -> None:
    row = f"| {', '.join(entry.domains)} | {entry.verdict} |"
    assert row in DOCS.read_text(encoding="utf-8")


def test_every_domain_stands_in_one_entry() -> None:
    domains = [domain for entry in terms.shipped() for domain in entry.domains]
    assert len(domains) == len(set(domains))
