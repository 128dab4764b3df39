"""robots.txt is read as RFC 9309 has it, and where it leaves a choice, in the host's favor."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.fetch import Fetched, Fetcher, Transient
from socialindex.crawl.robots import FRESH, MAX_KEPT, RobotsRules, read_robots, robots_url
from socialindex.crawl.robots_file import MAX_BYTES
from socialindex.errors import Discarded
from tests.unit.crawl.site import LOCAL, Site, answer, page

if TYPE_CHECKING:
    from socialindex.sources.base import Request

TOKEN = "SocialIndexBot"
NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


def rules(body: bytes | str, status: int = 200) -> RobotsRules:
    return RobotsRules.parse(status, body.encode() if isinstance(body, str) else body, NOW, token=TOKEN)


def group(*lines: str) -> RobotsRules:
    return rules("\n".join(["User-agent: *", *lines]))


def stored(robots: RobotsRules) -> bytes:
    """The rules as a host's item has them."""
    return msgspec.json.encode(robots)


def allows(robots: RobotsRules, path: str) -> bool:
    return robots.allowed(f"https://board.example{path}")


# --- whose rules: RFC 9309, section 2.2.1

MINE = "Disallow: /mine"
ALL = "Disallow: /all"


@pytest.mark.parametrize(
    ("lines", "forbidden"),
    [
        (["User-agent: *", ALL], "/all"),
        (["User-agent: *", ALL, "User-agent: socialindexbot", MINE], "/mine"),
        (["User-agent: SOCIALINDEXBOT", MINE, "User-agent: *", ALL], "/mine"),
        (["user-AGENT:socialindexbot", MINE], "/mine"),
        (["User-agent: socialindexbot/2.0 (beta)", MINE, "User-agent: *", ALL], "/mine"),
        (["User-agent: otherbot", "User-agent: socialindexbot", MINE], "/mine"),
        (["User-agent: socialindexbot", "# a comment", "", "Sitemap: /s.xml", "User-agent: otherbot", MINE], "/mine"),
        # Not us: a part of our token, or more than it.
        (["User-agent: social", MINE, "User-agent: *", ALL], "/all"),
        (["User-agent: socialindexbot-image", MINE, "User-agent: *", ALL], "/all"),
        (["User-agent: index", MINE, "User-agent: *", ALL], "/all"),
        # A group of ours that forbids nothing still is ours.
        (["User-agent: *", ALL, "User-agent: socialindexbot", "Disallow:"], None),
        # A Crawl-delay is a rule of its group, not the end of a list of agents.
        (["User-agent: socialindexbot", "Crawl-delay: 1", "User-agent: otherbot", MINE], None),
        # Rules before any group belong to nobody.
        ([MINE, "User-agent: socialindexbot", "Disallow: /else"], "/else"),
    ],
)
def test_the_groups_for_us_are_found(lines: list[str], forbidden: str | None) -> None:
    robots = rules("\n".join(lines))
    assert [path for path in ("/mine", "/all", "/else") if not allows(robots, path)] == (
        [forbidden] if forbidden else []
    )


def test_groups_for_the_same_crawler_are_one() -> None:
    robots = rules(
        "User-agent: socialindexbot\nDisallow: /a\n\nUser-agent: otherbot\nDisallow: /b\n\n"
        "User-agent: socialindexbot\nDisallow: /c\nCrawl-delay: 7\n"
    )
    assert [allows(robots, path) for path in ("/a", "/b", "/c")] == [False, True, False]
    assert robots.delay == 7


# --- which rule: RFC 9309, section 2.2.2 and 2.2.3


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        (["Disallow: /"], "/", False),
        (["Disallow: /"], "", False),
        (["Disallow: /"], "/robots.txt", True),
        (["Disallow:"], "/a", True),
        ([], "/a", True),
        (["Disallow: /a"], "/ab", False),
        (["Disallow: /a/"], "/a", True),
        (["Disallow: /A"], "/a", True),
        # The longest match wins, in whichever order; where both are as long, the permission.
        (["Disallow: /a", "Allow: /a/b"], "/a/b/c", True),
        (["Allow: /a/b", "Disallow: /a"], "/a/c", False),
        (["Allow: /a", "Disallow: /a/b"], "/a/b", False),
        (["Disallow: /a", "Allow: /a"], "/a", True),
        (["Allow: /a", "Disallow: /a"], "/a", True),
        # Wildcards.
        (["Disallow: /*.php"], "/x/y.php?z", False),
        (["Disallow: /*.php$"], "/x/y.php", False),
        (["Disallow: /*.php$"], "/x/y.php?z", True),
        (["Disallow: /a*c*e"], "/abcde", False),
        (["Disallow: /a*c*e"], "/aec", True),
        (["Disallow: /a$"], "/a", False),
        (["Disallow: /a$"], "/ab", True),
        (["Disallow: *"], "/a", False),
        (["Disallow: /x/*/z"], "/x/y/z", False),
        # Queries.
        (["Disallow: /*?sid="], "/a?sid=1", False),
        (["Disallow: /bbs/board.php?bo_table=secret"], "/bbs/board.php?bo_table=secret&wr_id=1", False),
        (["Disallow: /a?"], "/a", True),
        # Percent-encoding: RFC 9309's own examples, and beyond.
        (["Disallow: /foo/bar?baz=https://foo.bar"], "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
        (["Disallow: /foo/bar/ツ"], "/foo/bar/%E3%83%84", False),
        (["Disallow: /foo/bar/%E3%83%84"], "/foo/bar/%e3%83%84", False),
        (["Disallow: /foo/bar/%E3%83%84"], "/foo/bar/ツ", False),
        (["Disallow: /foo/bar/%62%61%7A"], "/foo/bar/baz", False),
        (["Disallow: /a%2Fb"], "/a/b", True),
        (["Disallow: /a%2ab"], "/a*b", False),
        (["Disallow: /a%2ab"], "/axb", True),
        (["Disallow: /%B0%A1"], "/%b0%a1", False),
        (["Disallow: /%B0%A1"], "/%B0%A2", True),
        # Written badly, meant well.
        (["disallow:/a # not for you"], "/a", False),
        (["  Disallow  :  /a  "], "/a", False),
        (["Disallow /a"], "/a", False),
        (["Dissalow: /a"], "/a", False),
        (["Noindex: /a", "Host: board.example", "nonsense", ": /a"], "/a", True),
        # As Google's parser has it, not the RFC.
        (["Disallow: /", "Allow: /index.html"], "/", True),
        (["Disallow: /b"], "//a", True),
    ],
)
def test_rules_match_addresses(lines: list[str], path: str, allowed: bool) -> None:
    assert allows(group(*lines), path) is allowed


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(start: bytes, end: bytes) -> None:
    robots = rules(start + end.join([b"User-agent: *", b"Disallow: /a", b""]))
    assert [allows(robots, "/a"), allows(robots, "/b")] == [False, True]


def test_paths_in_other_charsets_are_compared_by_their_bytes() -> None:
    robots = rules("User-agent: *\nDisallow: /게시판".encode("euc-kr"))
    assert not allows(robots, "/%B0%D4%BD%C3%C6%C7")
    assert allows(robots, "/%B0%D4%BD%C3%C6%C8")


def test_a_file_is_read_up_to_500_kib_and_to_the_last_whole_line() -> None:
    head = b"User-agent: *\nDisallow: /first\n"
    filler = b"#" * (MAX_BYTES - len(head) - 12) + b"\n"
    robots = rules(head + filler + b"Disallow: /second-and-more\nDisallow: /third\n")
    assert [allows(robots, path) for path in ("/first", "/second", "/s", "/third")] == [False, True, True, True]


def test_only_what_concerns_us_is_kept() -> None:
    others = "".join(f"User-agent: bot{chr(97 + n)}\nDisallow: /{n}\n" for n in range(26)) * 100
    robots = rules(others + "User-agent: *\nDisallow: /a\nDisallow: /a\nSitemap: /s.xml\n")
    assert robots.rules == "Disallow: /a"
    assert len(stored(robots)) < 300


def test_more_rules_than_can_be_kept_forbid_everything() -> None:
    robots = group(*(f"Disallow: /{n:030}" for n in range(MAX_KEPT // 30)))
    assert not allows(robots, "/elsewhere")
    assert len(stored(robots)) < MAX_KEPT


# --- how fast


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        (["Crawl-delay: 10"], 10),
        (["crawl-delay:0.5"], 0.5),
        (["Crawl-delay: 0"], 0),
        (["Request-rate: 1/5"], 5),
        (["Request-rate: 30/1m"], 2),
        (["Crawl-delay: 3", "Request-rate: 1/5"], 5),
        (["Crawl-delay: soon"], None),
        (["Crawl-delay: -1"], None),
        (["Crawl-delay: nan"], None),
        (["Request-rate: 1/0"], None),
        (["Request-rate: 1/" + "9" * 5000], 10**37),
        (["Disallow: /a"], None),
    ],
)
def test_the_pace_that_a_host_asks_for(lines: list[str], delay: float | None) -> None:
    found = group(*lines).delay
    assert (found is None or found >= delay) if delay and delay > 1000 else found == delay


def test_a_crawl_delay_of_minutes_is_obeyed_and_one_of_hours_means_no() -> None:
    group("Crawl-delay: 600").check("https://board.example/")
    with pytest.raises(Discarded) as verdict:
        group("Crawl-delay: 3600").check("https://board.example/")
    assert verdict.value.reason == "crawl_delay"


# --- what an answer means: RFC 9309, section 2.3.1


def test_a_forbidden_address_is_a_verdict() -> None:
    robots = group("Disallow: /secret")
    robots.check("https://board.example/open")
    with pytest.raises(Discarded) as verdict:
        robots.check("https://board.example/secret/1")
    assert verdict.value.reason == "robots"


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 451])
def test_no_robots_txt_allows_everything(status: int) -> None:
    robots = rules("User-agent: *\nDisallow: /", status)
    robots.check("https://board.example/a")
    assert robots.delay is None


@pytest.mark.parametrize("status", [202, 408, 425, 429, 500, 502, 503, 520])
def test_a_robots_txt_that_cannot_be_had_allows_nothing_yet(status: int) -> None:
    robots = rules("", status)
    assert not allows(robots, "/a")
    with pytest.raises(Transient) as failure:
        robots.check("https://board.example/a")
    assert (failure.value.reason, failure.value.retry_after) == ("robots_unknown", 600)


def test_rules_are_used_for_hours_and_asked_for_again() -> None:
    robots = group("Disallow: /a")
    assert timedelta() < FRESH <= timedelta(hours=24)
    assert not robots.stale(NOW + FRESH - timedelta(seconds=1))
    assert robots.stale(NOW + FRESH)


def test_trouble_is_asked_about_less_and_less_and_after_a_month_given_up() -> None:
    robots, tries = RobotsRules.unknown(NOW), 1
    while robots.verdict == "unknown":
        wait = robots.expires_at - robots.fetched_at
        assert timedelta(minutes=10) <= wait <= timedelta(hours=24)
        robots, tries = RobotsRules.unknown(robots.expires_at, robots), tries + 1
    assert robots.fetched_at - NOW > timedelta(days=30)
    assert tries < 50
    assert allows(robots, "/a")
    assert RobotsRules.unknown(robots.expires_at, robots).verdict == "allow"


@pytest.mark.parametrize(
    "robots",
    [group("Disallow: /가", "Crawl-delay: 2"), rules("", 404), rules("", 503)],
    ids=["rules", "none", "unknown"],
)
def test_rules_survive_being_stored(robots: RobotsRules) -> None:
    assert msgspec.json.decode(stored(robots), type=RobotsRules) == robots


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_file_can_be_read_and_any_address_asked(body: bytes, path: str) -> None:
    robots = rules(b"User-agent: *\n" + body)
    assert msgspec.json.decode(stored(robots), type=RobotsRules) == robots
    try:
        verdict = robots.allowed(f"https://board.example/{path}")
    except Discarded:
        return
    assert verdict in {True, False}
    assert robots.delay is None or robots.delay >= 0


_LINES = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Request-rate", "Sitemap"]),
        st.text(alphabet="*$/%aB9.?&=-# socialindexbot\u00e9\u2028\x0b", max_size=20),
    ),
    max_size=12,
)


@given(_LINES)
def test_any_lines_can_be_read(lines: list[str]) -> None:
    robots = rules("\n".join(lines))
    robots.allowed("https://board.example/a%B0/b?c=$*")
    assert robots.delay is None or robots.delay >= 0


# --- where it is, and how it is had


@pytest.mark.parametrize(
    ("url", "robots"),
    [
        ("https://board.example/x/y?z", "https://board.example/robots.txt"),
        ("http://board.example:8080/x", "http://board.example:8080/robots.txt"),
        ("http://board.example:80/", "http://board.example/robots.txt"),
        ("http://[2606:2800:220:1::1]:81/", "http://[2606:2800:220:1::1]:81/robots.txt"),
    ],
)
def test_rules_are_those_of_scheme_host_and_port(url: str, robots: str) -> None:
    assert robots_url(url) == robots


def read(
    script: Any, before: RobotsRules | None = None, *, delay: float = 0.0, **more: Any
) -> tuple[RobotsRules, Site]:
    site = Site({"/robots.txt": script, **more})

    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def run() -> RobotsRules:
        async with site.serving(), Fetcher(LOCAL, sleep=no_sleep, now=lambda: NOW) as fetcher:
            return await read_robots(fetcher, site.url("/deep/page"), before=before, delay=delay)

    return asyncio.run(run()), site


FORBIDDING = b"User-agent: *\nDisallow: /a"


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/octet-stream", ""])
def test_robots_txt_is_read_whatever_its_type_and_noindex(content_type: str) -> None:
    robots, site = read(answer(200, FORBIDDING, content_type=content_type, x_robots_tag="noindex"))
    assert not allows(robots, "/a")
    assert site.paths == ["/robots.txt"]


def test_a_huge_robots_txt_is_read_in_part() -> None:
    robots, _ = read(answer(200, FORBIDDING + b"\n" + b"#" * 2_000_000))
    assert not allows(robots, "/a")


def test_redirects_are_followed_to_other_hosts_too() -> None:
    other = Site({"/r": page(FORBIDDING)})

    async def run() -> RobotsRules:
        async with other.serving():
            site = Site({"/robots.txt": answer(301, location=f"http://localhost:{other.port}/r")})
            async with site.serving(), Fetcher(LOCAL) as fetcher:
                return await read_robots(fetcher, site.url())

    assert not allows(asyncio.run(run()), "/a")


@pytest.mark.parametrize("delay", [0.0, 10.5, 600.0])
def test_redirects_are_followed_whatever_the_pace(delay: float) -> None:
    hops: dict[str, Any] = {f"/{number}": answer(301, location=f"/{number + 1}") for number in range(1, 5)}
    robots, site = read(answer(301, location="/1"), delay=delay, **hops | {"/5": page(FORBIDDING)})
    assert site.paths == ["/robots.txt", "/1", "/2", "/3", "/4", "/5"]
    assert not allows(robots, "/a")


def test_a_redirect_that_was_not_followed_allows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fetch = Fetcher.fetch

    async def impatient(self: Fetcher, request: Request, **options: Any) -> Fetched:
        return await fetch(self, request, **{**options, "slow_redirects": False})

    monkeypatch.setattr(Fetcher, "fetch", impatient)
    elsewhere: dict[str, Any] = {"/1": page(FORBIDDING)}
    robots, site = read(answer(301, location="/1"), delay=60.0, **elsewhere)
    assert site.paths == ["/robots.txt"]
    assert robots.verdict == "unknown"


@pytest.mark.parametrize(("said", "wait"), [("7200", 7200.0), ("60", 600.0), ("9999999", 86_400.0)])
def test_a_host_that_says_until_when_is_not_asked_for_its_rules_before(said: str, wait: float) -> None:
    robots, _ = read(answer(429, retry_after=said))
    assert (robots.expires_at - robots.fetched_at).total_seconds() == wait
    assert robots.hold == min(float(said), 86_400.0)
    with pytest.raises(Transient) as failure:
        robots.check("https://board.example/a")
    assert failure.value.retry_after == wait
    assert msgspec.json.decode(stored(robots), type=RobotsRules) == robots


def test_given_up_rules_are_not_asked_for_before_either() -> None:
    before = RobotsRules.unknown(NOW - timedelta(days=31))
    robots, _ = read(answer(503, retry_after="600"), before)
    assert (robots.verdict, robots.hold) == ("allow", 600.0)
    assert robots.expires_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        (answer(404), "allow"),
        (answer(403), "allow"),
        (answer(302, location="/robots.txt"), "allow"),
        (answer(302), "allow"),
        (answer(202, b"<script>prove()</script>", content_type="text/html"), "unknown"),
        (answer(500), "unknown"),
        (answer(429, retry_after="60"), "unknown"),
        (answer(302, location="http://10.0.0.1/robots.txt"), "unknown"),
        (answer(200, b"x", content_encoding="gzip"), "unknown"),
        (b"garbage\r\n\r\n", "unknown"),
        (b"", "unknown"),
    ],
)
def test_whatever_is_answered_becomes_rules(script: bytes, verdict: str) -> None:
    assert read(script)[0].verdict == verdict


def test_trouble_that_goes_on_is_remembered_across_fetches() -> None:
    before = RobotsRules.unknown(NOW - timedelta(days=1))
    robots, _ = read(answer(500), before)
    assert robots.unknown_since == NOW - timedelta(days=1)
    assert read(answer(200, FORBIDDING), robots)[0].unknown_since is None
