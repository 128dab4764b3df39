"""What a person pastes becomes a channel, or words that tell why not. A real server on loopback answers."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import pairwise
from time import monotonic, process_time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.channels.recognize import MAX_REQUESTS, Found, recognize
from socialindex.crawl.settings import FetchSettings
from socialindex.errors import Discarded, InvalidInput, Refused
from tests.unit.crawl.site import CONTACT, LOCAL, Names, Site, answer, page

if TYPE_CHECKING:
    from collections.abc import Mapping

RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Kim writes</title>'
    b"<item><title>One</title><link>http://blog.test/1</link></item></channel></rss>"
)
FEED = answer(200, RSS, Content_Type="application/rss+xml")
HOME = page(
    b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>Hello</body></html>'
)
MISSING = answer(404)
PUBLIC = FetchSettings(contact=CONTACT)


class AnySite(Site):
    """A site that says 404 to what it has no script for."""

    async def _answer(self, writer: Any) -> bool:
        self._queues.setdefault(self.asked[-1].path, deque([MISSING]))
        return await super()._answer(writer)


class TimedSite(AnySite):
    """One that notes when it was asked."""

    def __init__(self, scripts: Mapping[str, Any]) -> None:
        super().__init__(scripts)
        self.times: list[float] = []

    async def _answer(self, writer: Any) -> bool:
        self.times.append(monotonic())
        return await super()._answer(writer)

    @property
    def pauses(self) -> list[float]:
        return [later - sooner for sooner, later in pairwise(self.times)]


def found(
    scripts: Mapping[str, Any],
    pasted: str,
    *,
    settings: FetchSettings = LOCAL,
    site: Site | None = None,
    delay: float | None = None,
    paused: str = "",
    **names: str,
) -> Found:
    """What is recognized; ``{host}`` stands for the site's host and ``{port}`` for its port."""
    site = site or AnySite(scripts)

    async def run() -> Found:
        async with site.serving():
            text = pasted.replace("{host}", site.host).replace("{port}", str(site.port))
            resolver = Names(blog_test="127.0.0.1", **names)
            return await recognize(text, settings, resolver=resolver, delay=delay, admits=admits)

    def admits(host: str) -> None:
        if host.partition(":")[0] == paused:
            raise Discarded("paused", f"{host} is paused")

    return asyncio.run(run())


# What people paste


@pytest.mark.parametrize(
    "pasted",
    [
        "http://{host}/feed",
        "{host}/feed",
        "  http://{host}/feed \n",
        "HTTP://{host}/feed",
        "blog.test:{port}/feed",
        "{host}/feed?next=https://other.example/",
        "<http://{host}/feed>",
        "<URL:http://{host}/feed>",
        "feed:http://{host}/feed",
        "feed://{host}/feed",
    ],
)
def test_the_feed_itself_is_recognized_however_it_is_written(pasted: str) -> None:
    scripts = {"/feed": FEED, "/feed?next=https://other.example/": FEED}
    assert found(scripts, pasted).source == "feed"


def test_a_blogs_home_page_leads_to_its_feed() -> None:
    site = AnySite({"/": HOME, "/feed": FEED})
    result = found({}, "{host}", site=site)
    assert result.recognized.url == f"http://{site.host}/feed"
    assert result.recognized.title == "Kim writes"
    assert "RSS" in result.recognized.why


def test_a_page_that_names_no_feed_is_asked_for_at_the_usual_places() -> None:
    site = AnySite({"/": page(b"<p>Hello"), "/rss.xml": FEED})
    assert found({}, "{host}", site=site).recognized.url == f"http://{site.host}/rss.xml"


PERSON = b'<meta name="misskey:user-username" content="sora"><meta name="misskey:user-id" content="9s">'
WEBFINGER = b"""{"subject": "acct:sora@blog.test", "links": [
    {"rel": "self", "href": "http://blog.test/users/9s"},
    {"rel": "http://webfinger.net/rel/profile-page", "href": "http://blog.test/@sora"}]}"""


class Misskey(AnySite):
    """A server that gives people WebFinger, whatever its port, but no API that we read."""

    async def _answer(self, writer: Any) -> bool:
        if (path := self.asked[-1].path).startswith("/.well-known/webfinger"):
            self._queues[path] = deque([answer(200, WEBFINGER, Content_Type="application/jrd+json")])
        return await super()._answer(writer)


def test_a_person_of_misskey_is_found_by_a_feed_that_no_page_names() -> None:
    site = Misskey({"/@sora": page(PERSON), "/@sora.atom": FEED})
    result = found({}, "{host}/@sora", site=site)
    assert (result.source, result.recognized.url) == ("feed", f"http://{site.host}/@sora.atom")


def test_a_person_of_misskey_who_wants_no_crawlers_is_refused() -> None:
    noindex = b'<meta name="robots" content="noindex">'
    with pytest.raises(Discarded, match="noindex"):
        found({}, "{host}/@sora", site=Misskey({"/@sora": page(noindex + PERSON), "/@sora.atom": FEED}))


def test_a_person_of_gotosocial_is_found_by_the_feed_that_their_page_names() -> None:
    source = b'<footer><a href="https://github.com/superseriousbusiness/gotosocial">GoToSocial</a></footer>'
    link = b'<link rel="alternate" type="application/rss+xml" href="/@ann/feed.rss">'
    result = found({"/@ann": page(link + source), "/@ann/feed.rss": FEED}, "{host}/@ann")
    assert (result.source, result.recognized.title) == ("feed", "Kim writes")


def test_robots_txt_is_asked_first_and_once() -> None:
    site = AnySite({"/": HOME, "/feed": FEED})
    found({}, "{host}", site=site)
    assert site.paths == ["/robots.txt", "/", "/feed"]


def test_a_redirect_is_followed_to_the_channel() -> None:
    site = AnySite({"/old": answer(301, Location="/feed"), "/feed": FEED})
    assert found({}, "{host}/old", site=site).recognized.url == f"http://{site.host}/feed"


# What is no channel


def test_an_address_that_nobody_knows_says_what_was_tried() -> None:
    with pytest.raises(InvalidInput, match="no source knows this address. Tried: ") as refused:
        found({"/about": page(b"<p>Hello")}, "{host}/about")
    said = str(refused.value)
    assert "/about (status 200)" in said
    assert "/feed (status 404)" in said
    assert (refused.value.field, bool(refused.value.remedy)) == ("url", True)


GNUBOARD = b"""<script>var g5_url = "http://blog.test"; var g5_bbs_url = "http://blog.test/bbs"; var g5_bo_table = "";
</script><!-- <a href="/bbs/board.php?bo_table=hidden">Hidden</a> -->
<ul><li><a href="/bbs/content.php?co_id=company">About</a></li><li><a href="/bbs/login.php">Login</a></li></ul>
<h2 class="lat_title"><a class="t" href="./bbs/board.php?bo_table=notice">Notices</a></h2>
<a href="/bbs/board.php?bo_table=notice&amp;wr_id=3">One</a> <a href="/qa/17">Two</a> <a href="/shop/1530000000">Cup</a>
<a href="/content/3">Terms</a> <a href="/group/1">Group</a> <a href="/2026/11">November</a>
<a href="https://other.example/bbs/board.php?bo_table=free">Elsewhere</a>"""
IN_A_FOLDER = b"""<script>var g5_bbs_url = "http://blog.test/g5/bbs";</script><a href="/blog/12">Another program's</a>
<a href="/g5/bbs/board.php?bo_table=notice">Notices</a>"""
GNUBOARD_6 = b"""<script>var g6_bbs_url = "http://blog.test/bbs";</script>
<a href="/board/free">Free</a> <a href="/board/free/12">One</a> <a href="/content/company">About</a>"""
RHYMIX = rb"""<meta name="generator" content="Rhymix">
<script>var default_url = "http:\/\/blog.test\/"; var current_mid = "main";</script>
<a href="/about">About</a> <a href="/page/12">Older</a> <a href="/files/12">File</a>
<a href="/free/12">One</a> <a href="/index.php?mid=qna&amp;document_srl=15">Two</a>
<a href="/index.php?mid=main&amp;act=dispMemberLoginForm">Login</a> <a href="/free/14#comment_3">Three</a>"""
MANY = GNUBOARD_6 + b"".join(b'<a href="/board/b%d">B</a>' % number for number in range(9))


@pytest.mark.parametrize(
    ("body", "boards"),
    [
        (GNUBOARD, ["/bbs/board.php?bo_table=notice", "/bbs/board.php?bo_table=qa"]),
        (IN_A_FOLDER, ["/g5/bbs/board.php?bo_table=notice"]),
        (GNUBOARD_6, ["/board/free"]),
        (MANY, ["/board/free", "/board/b0", "/board/b1", "/board/b2", "/board/b3"]),
        (RHYMIX, ["/free", "/index.php?mid=qna"]),
    ],
    ids=["gnuboard", "in a folder", "gnuboard 6", "many", "rhymix"],
)
def test_of_a_sites_home_page_it_is_told_which_boards_it_links_to(body: bytes, boards: list[str]) -> None:
    site = AnySite({"/": page(body)})
    with pytest.raises(InvalidInput) as refused:
        found({}, "{host}", site=site)
    assert str(refused.value) == "this is a page of a site with boards, and none of them itself"
    told = refused.value.remedy.removeprefix("paste the address of a board, such as ").split(", ")
    assert told == [f"http://{site.host}{board}" for board in boards]


def test_boards_are_told_soon_of_a_page_of_comments_that_do_not_end() -> None:
    site = AnySite({"/": page(IN_A_FOLDER + b"<!--" * 20_000 + b'<a href="/g5/bbs/board.php?bo_table=hidden">H</a>')})
    began = process_time()
    with pytest.raises(InvalidInput) as refused:
        found({}, "{host}", site=site)
    assert process_time() - began < 5
    assert refused.value.remedy.endswith("such as http://" + site.host + "/g5/bbs/board.php?bo_table=notice")


@pytest.mark.parametrize(
    "body",
    [
        GNUBOARD.replace(b"g5_", b"my_"),
        RHYMIX.replace(b"current_mid", b"mine"),
        RHYMIX.replace(b"/free", b"").replace(b"document_srl", b"member_srl"),
    ],
    ids=["no Gnuboard", "no Rhymix", "no documents"],
)
def test_links_of_other_pages_are_not_taken_for_boards(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="no source knows this address. Tried: "):
        found({"/": page(body)}, "{host}")


IMWEB = b"""<script src="https://vendor-cdn.imweb.me/js/jquery.js?1627517460"></script><div class="li_board">
<a href="/notice/?q=YToxOntzOjEyOiJrZXkiOzM6&amp;bmode=view&amp;idx=17&amp;t=board">A</a></div>"""
CAFE24 = b"""<div class="xans-element- xans-board xans-board-listpackage-1002 xans-board-listpackage xans-board-1002 ">
<a href="/article/free/1002/412/">A</a></div>"""
SITEMAP = answer(
    200,
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc>http://blog.test/home</loc></url></urlset>",
    Content_Type="application/xml",
)


@pytest.mark.parametrize(("body", "builder"), [(IMWEB, "imweb"), (CAFE24, "Cafe24")])
def test_of_a_site_builders_board_it_is_said_that_no_source_reads_it(body: bytes, builder: str) -> None:
    with pytest.raises(InvalidInput, match=f"this is a board of {builder}, which no source reads") as refused:
        found({"/notice": page(body)}, "{host}/notice")
    assert "sitemap" in refused.value.remedy
    assert "import" in refused.value.remedy


@pytest.mark.parametrize(
    ("body", "words"), [(IMWEB, "a board of imweb"), (CAFE24, "a board of Cafe24"), (b"<p>Hello", "")]
)
def test_a_sitemap_that_is_taken_for_a_site_builders_board_says_what_it_leaves_out(body: bytes, words: str) -> None:
    result = found({"/notice": page(body), "/sitemap.xml": SITEMAP}, "{host}/notice")
    assert result.source == "article"
    assert (words in result.recognized.why, "no source reads" in result.recognized.why) == (True, bool(words))


def test_of_a_site_that_is_down_it_is_said_once_and_not_that_nobody_knows_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        found({"/robots.txt": answer(503)}, "{host}/board")
    assert str(refused.value).count("robots.txt") == 1
    assert "no source" not in str(refused.value)
    assert (refused.value.field, "try again later" in refused.value.remedy) == ("url", True)


def test_only_so_many_addresses_are_asked_for() -> None:
    links = b"".join(b'<link rel="alternate" type="application/rss+xml" href="/f%d">' % n for n in range(50))
    site = AnySite({"/": page(links)})
    with pytest.raises(InvalidInput):
        found({}, "{host}", site=site)
    assert len(site.paths) <= MAX_REQUESTS + 1


@pytest.mark.parametrize("pasted", ["nowhere.test", "https://nowhere.test/feed"])
def test_a_host_that_the_dns_does_not_know_is_the_callers_to_mend(pasted: str) -> None:
    with pytest.raises(InvalidInput, match="nowhere.test is not known") as refused:
        found({}, pasted)
    assert refused.value.field == "url"


def test_a_port_that_is_none_is_the_callers_to_mend() -> None:
    with pytest.raises(InvalidInput, match="no address"):
        found({}, "blog.test:port/feed")


@pytest.mark.parametrize(
    ("pasted", "message", "remedy"),
    [
        ("", "no address is given", "paste the address of a board"),
        (" \n", "no address is given", "paste the address of a board"),
        ("<>", "no address is given", "paste the address of a board"),
        ("feed:", "no address is given", "paste the address of a board"),
        ("@nuri", "'@nuri' does not say on which platform or server", "@name@host"),
        ("@누리", "'@누리' does not say on which platform or server", "@name@host"),
        ("nuri@social.test", "is a mail address, or a handle without its first @", "write a handle as @name@host"),
        ("mailto:nuri@social.test", "is a mail address", "paste the profile's address"),
    ],
)
def test_what_is_pasted_and_no_address_is_told_as_what_it_is(pasted: str, message: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refused:
        found({}, pasted)
    assert refused.value.field == "url"
    assert remedy in str(refused.value.remedy)


# What must not be fetched


@pytest.mark.parametrize(
    ("pasted", "reason"),
    [
        ("http://10.0.0.1/feed", "private_address"),
        ("10.0.0.1/feed", "private_address"),
        ("http://127.0.0.1/feed", "private_address"),
        ("http://[::1]/feed", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("localhost:8080", "private_address"),
        ("http://2130706433/", "bad_host"),
        ("http://0x7f.1/", "bad_host"),
        ("http://kim:secret@blog.test/", "userinfo"),
        ("kim@blog.test/feed", "userinfo"),
        ("ftp://blog.test/feed", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http://blog.test:22/", "port"),
        ("http://blog test/", "bad_host"),
        ("http://", "bad_host"),
        ("http://private.test/feed", "private_address"),
        ("private.test", "private_address"),
        ("http://both.test/feed", "private_address"),
    ],
)
def test_an_address_that_is_not_public_is_refused_before_anything_is_sent(pasted: str, reason: str) -> None:
    site = AnySite({"/feed": FEED})
    with pytest.raises(Refused) as refused:
        found({}, pasted, settings=PUBLIC, site=site, private_test="10.1.2.3", both_test="93.184.215.14 127.0.0.1")
    assert refused.value.reason == reason
    assert site.asked == []


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/feed", "http://private.test/feed", "http://169.254.169.254/", "file:///etc/passwd"],
)
def test_a_redirect_to_what_is_not_public_is_refused(target: str) -> None:
    with pytest.raises(Refused):
        found({"/": answer(302, Location=target)}, "{host}", private_test="10.1.2.3")


def test_a_feed_link_to_what_is_not_public_is_not_followed() -> None:
    home = page(b'<link rel="alternate" type="application/rss+xml" href="http://10.0.0.1/feed">')
    with pytest.raises(InvalidInput, match=r"http://10.0.0.1/feed \(private_address\)"):
        found({"/": home}, "{host}")


def test_a_host_whose_terms_forbid_it_is_refused_with_the_reason() -> None:
    with pytest.raises(Refused, match="DCInside") as refused:
        found({}, "https://gall.dcinside.com/board/lists?id=x")
    assert refused.value.reason == "terms_forbidden"


def test_a_redirect_to_a_host_whose_terms_forbid_it_is_refused() -> None:
    with pytest.raises(Refused, match="DCInside"):
        found({"/": answer(302, Location="https://gall.dcinside.com/board")}, "{host}")


def test_a_feed_link_to_a_host_whose_terms_forbid_it_is_not_followed() -> None:
    home = page(b'<link rel="alternate" type="application/rss+xml" href="https://blog.naver.com/kim.xml">')
    with pytest.raises(InvalidInput, match="terms_forbidden"):
        found({"/": home}, "{host}")


def test_what_robots_txt_forbids_is_discarded_with_the_reason() -> None:
    robots = answer(200, b"User-agent: *\nDisallow: /private", Content_Type="text/plain")
    site = AnySite({"/robots.txt": robots, "/private/feed": FEED})
    with pytest.raises(Discarded) as refused:
        found({}, "{host}/private/feed", site=site)
    assert refused.value.reason == "robots"
    assert site.paths == ["/robots.txt"]


def test_a_feed_that_robots_txt_forbids_is_not_asked_for() -> None:
    robots = answer(200, b"User-agent: *\nDisallow: /feed", Content_Type="text/plain")
    site = AnySite({"/robots.txt": robots, "/": HOME, "/feed": FEED})
    with pytest.raises(InvalidInput, match=r"/feed \(robots\)"):
        found({}, "{host}", site=site)
    assert "/feed" not in site.paths


def test_a_host_whose_robots_txt_cannot_be_had_is_not_asked_further() -> None:
    site = AnySite({"/robots.txt": answer(503), "/feed": FEED})
    settings = msgspec.structs.replace(LOCAL, retries=0)
    with pytest.raises(InvalidInput, match="robots.txt"):
        found({}, "{host}/feed", site=site, settings=settings)
    assert set(site.paths) == {"/robots.txt"}


def test_a_paused_host_is_not_even_asked_for_robots_txt() -> None:
    site = AnySite({"/feed": FEED})
    with pytest.raises(Discarded, match=r"blog.test:\d+ is paused") as refused:
        found({}, "blog.test:{port}/feed", site=site, paused="blog.test")
    assert (refused.value.reason, site.paths) == ("paused", [])


def test_a_redirect_to_a_paused_host_is_not_followed() -> None:
    site = AnySite({"/": answer(302, Location="http://blog.test/feed")})
    with pytest.raises(Discarded, match="blog.test is paused"):
        found({}, "{host}", site=site, paused="blog.test")


LEADS_AWAY = b'<link rel="alternate" type="application/rss+xml" href="http://blog.test/feed">'


def test_a_page_that_leads_to_a_paused_host_alone_says_so() -> None:
    with pytest.raises(Discarded, match="blog.test is paused"):
        found({"/": page(LEADS_AWAY)}, "{host}", paused="blog.test")


def test_a_page_that_also_leads_elsewhere_than_to_a_paused_host_is_taken_for_that() -> None:
    site = AnySite({"/": page(LEADS_AWAY), "/rss.xml": FEED})
    assert found({}, "{host}", site=site, paused="blog.test").recognized.url == f"http://{site.host}/rss.xml"


# At whose pace


def robots(delay: float) -> bytes:
    return answer(200, f"User-agent: *\nCrawl-delay: {delay}\n".encode(), Content_Type="text/plain")


@pytest.mark.parametrize(
    ("asked", "ours", "least"),
    [(0.3, 0.0, [0.0, 0.3]), (0.1, 0.3, [0.3, 0.3]), (0.3, 0.1, [0.1, 0.3])],
    ids=["the host's", "ours where it is slower", "the pasted page follows on robots.txt at ours"],
)
def test_a_host_is_asked_at_its_pace_or_ours(asked: float, ours: float, least: list[float]) -> None:
    site = TimedSite({"/robots.txt": robots(asked), "/": HOME, "/feed": FEED})
    assert found({}, "{host}", site=site, delay=ours).source == "feed"
    assert site.paths == ["/robots.txt", "/", "/feed"]
    assert all(pause >= seconds for pause, seconds in zip(site.pauses, least, strict=True))


def test_redirects_keep_the_pace_too() -> None:
    site = TimedSite({"/old": answer(301, Location="/feed"), "/feed": FEED})
    found({}, "{host}/old", site=site, delay=0.2)
    assert len(site.pauses) == 2
    assert min(site.pauses) >= 0.2


def test_a_host_that_wants_long_pauses_is_asked_for_the_pasted_page_alone() -> None:
    site = AnySite({"/robots.txt": robots(30), "/": HOME, "/feed": FEED})
    with pytest.raises(InvalidInput, match="is asked every 30 s only") as refused:
        found({}, "{host}", site=site)
    assert site.paths == ["/robots.txt", "/"]
    assert "/feed (paced)" in str(refused.value)
    assert "the feed" in refused.value.remedy
    assert found({}, "{host}/feed", site=AnySite(site.scripts)).source == "feed"


def test_a_redirect_that_would_have_to_wait_for_long_is_not_followed() -> None:
    site = AnySite({"/robots.txt": robots(30), "/old": answer(301, Location="/feed"), "/feed": FEED})
    with pytest.raises(InvalidInput, match="is asked every 30 s only"):
        found({}, "{host}/old", site=site)
    assert site.paths == ["/robots.txt", "/old"]


def test_a_page_that_fails_is_not_asked_again_sooner_than_its_host_wants() -> None:
    site = AnySite({"/robots.txt": robots(30), "/feed": [answer(503), FEED]})
    with pytest.raises(InvalidInput, match="is asked every 30 s only"):
        found({}, "{host}/feed", site=site)
    assert site.paths == ["/robots.txt", "/feed"]
