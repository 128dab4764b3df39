"""What is sent is the address that was checked, byte for byte where a server could tell the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.urls import host_of, joined, place_of, sendable
from socialindex.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("http://Board.Example/x", "board.example", "http://board.example"),
        ("https://board.example:443/x", "board.example", "https://board.example"),
        ("https://board.example./", "board.example", "https://board.example"),
        ("http://board.example:8080/", "board.example:8080", "http://board.example:8080"),
        ("http://127.0.0.1:8081/", "127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("http://[2606:2800:0220::0001]:8081/", "[2606:2800:220::1]:8081", "http://[2606:2800:220::1]:8081"),
        ("http://한국.example/", "xn--3e0b707e.example", "http://xn--3e0b707e.example"),
    ],
)
def test_a_host_has_one_spelling(url: str, host: str, origin: str) -> None:
    assert host_of(url) == host
    assert place_of(url).origin == origin


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://example.com", "http://example.com/"),
        ("http://example.com?a=1", "http://example.com/?a=1"),
        ("http://example.com/a?b#c", "http://example.com/a?b"),
        (
            "http://example.com/게시판?q=배터리",
            "http://example.com/%EA%B2%8C%EC%8B%9C%ED%8C%90?q=%EB%B0%B0%ED%84%B0%EB%A6%AC",
        ),
        ("http://example.com/a b\\c", "http://example.com/a%20b%5Cc"),
        # Left as they are: EUC-KR escapes, lower-case escapes, escaped delimiters, plus signs, dots.
        ("http://example.com/?q=%B0%A1&r=%c0", "http://example.com/?q=%B0%A1&r=%c0"),
        ("http://example.com/a%2Fb;c=%3F?d=e+f/../g", "http://example.com/a%2Fb;c=%3F?d=e+f/../g"),
        ("http://example.com/100%", "http://example.com/100%"),
    ],
)
def test_addresses_are_sent_in_ascii_and_otherwise_unchanged(url: str, sent: str) -> None:
    assert sendable(url) == sent


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (b"/b", "http://a.example/b"),
        (b"c?d#e", "http://a.example/x/c?d"),
        (b"//b.example/", "http://b.example/"),
        (b"https://b.example/ ", "https://b.example/"),
        ("/게시판".encode(), "http://a.example/%EA%B2%8C%EC%8B%9C%ED%8C%90"),
        ("/게시판".encode("euc-kr"), "http://a.example/%B0%D4%BD%C3%C6%C7"),
        (b"", "http://a.example/x/y"),
        # A host beyond ASCII, as a browser reads it: raw, or escaped as WordPress does.
        ("https://한국.example".encode(), "https://xn--3e0b707e.example/"),
        ("//한국.Example:8080/게시판?a#b".encode(), "http://xn--3e0b707e.example:8080/%EA%B2%8C%EC%8B%9C%ED%8C%90?a"),
        (b"HTTPS://%ed%95%9C%EA%B5%AD.example?a", "https://xn--3e0b707e.example/?a"),
    ],
)
def test_a_location_is_read_as_the_server_means_it(location: bytes, target: str) -> None:
    assert joined("http://a.example/x/y", location) == target


@pytest.mark.parametrize(
    "location",
    [
        "http://한국.example/".encode("euc-kr"),  # which no browser reads either
        "http://a@한국.example/".encode(),
        "http://한국.example%2f@b.example/".encode(),
        "http://한국.example%00/".encode(),
        b"http://%31%30.0.0.1/",
    ],
)
def test_a_location_with_no_host_is_refused(location: bytes) -> None:
    with pytest.raises(Refused):
        host_of(joined("http://a.example/x", location))


@given(st.binary(max_size=80))
def test_any_location_leads_somewhere_or_is_refused(location: bytes) -> None:
    try:
        target = joined("http://a.example/x", location)
        place_of(target)
    except Refused:
        return
    assert sendable(target).isascii()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="#", min_codepoint=32), max_size=60))
def test_what_is_sent_stays_on_its_host(path: str) -> None:
    try:
        sent = sendable(f"http://a.example/{path}")
    except Refused:
        return
    assert host_of(sent) == "a.example"
    assert sendable(sent) == sent


PIECES = r"""a.example A b_c - 127.0.0.1 127.1 [::1] :80 :8080 :22 : @ / ? ?? & a=1 %41 % 한 \ [ ] ~ ^ | " ' ; .."""
PARTS = st.lists(st.sampled_from([*PIECES.split(), " "]), max_size=7).map("".join)


def outcome(read: Callable[[str], object], url: str) -> object:
    try:
        return read(url)
    except Refused as verdict:
        return verdict.reason


@given(st.sampled_from(["http", "https"]), PARTS)
def test_what_is_plain_at_a_glance_is_read_as_by_all_rules(scheme: str, rest: str) -> None:
    url, slowly = f"{scheme}://{rest}", f"{scheme.upper()}://{rest}"
    assert outcome(place_of, url) == outcome(place_of, slowly)
    assert outcome(sendable, url) == outcome(sendable, f"{slowly}#fragment")
