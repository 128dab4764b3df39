"""The terms register: what operators allow, beside what robots.txt says."""

from __future__ import annotations

import pytest

from socialindex import terms
from socialindex.errors import Refused


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


@pytest.mark.parametrize("url", ["not an address", "http://[", "https://kim@gall.dcinside.com/", "ftp://a.example/"])
def test_what_is_no_address_is_refused_too(url: str) -> None:
    with pytest.raises(Refused):
        terms.check(url)


def test_every_entry_says_why_and_where_it_stands() -> None:
    assert terms.shipped()
    for entry in terms.shipped():
        assert entry.domains
        assert entry.name
        assert entry.reason
        assert entry.source
        assert all(domain == domain.lower() and "/" not in domain for domain in entry.domains)


def test_every_domain_stands_in_one_entry() -> None:
    domains = [domain for entry in terms.shipped() for domain in entry.domains]
    assert len(domains) == len(set(domains))
