"""The cases: what comes in, and what it gets."""

from __future__ import annotations

import gzip
import json
from typing import Final

import brotli

from tests.integration.hostile import (
    CHUNKED,
    DEFLATE_BLOCK,
    GZIP_COMMENT,
    GZIP_MEMBER,
    HEAD,
    MIB,
    TEXT,
    Case,
    article,
    bomb,
    forever,
    gzipped,
    html,
    long_status,
    moved,
    nothing,
    raw,
    rss,
    said_json,
    status,
    timeline,
    xml,
)
from tests.unit.crawl.site import answer, page

READ: Final = ["crawl ok", "normalize ok"]
MISREAD: Final = ["crawl ok", "normalize quarantine ParseError"]
UNREAD: Final = ["crawl quarantine ParseError", "normalize quarantine ParseError"]
OWN: Final = {"title": "리콜 안내"}
PICTURE: Final = {"type": "image", "url": "https://files.example.com/a.png?\uffff", "description": "b\uffffb"}
AGES: Final = ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "어제쯤"]


def gone(reason: str) -> list[str]:
    return [f"crawl discard {reason}"]


def again(reason: str) -> list[str]:
    return [f"crawl retry {reason}"]


BOMBS = [
    Case("a gzip bomb", bomb("gzip"), gone("compression_bomb")),
    Case("a gzip bomb in gzip", bomb("gzip, gzip"), gone("compression_bomb")),
    Case("a deflate bomb", bomb("deflate"), gone("compression_bomb")),
    Case("a brotli bomb", bomb("br"), gone("compression_bomb")),
    Case("a gzip header without an end", nothing("gzip", GZIP_COMMENT, b"a" * 65_536), gone("too_large")),
    Case("empty gzip members without an end", nothing("gzip", b"", GZIP_MEMBER * 16), gone("too_large")),
    Case("empty deflate blocks without an end", nothing("deflate", b"", DEFLATE_BLOCK * 13_000), gone("too_large")),
    Case(
        "a hundred bytes of brotli that hold gigabytes of empty gzip members",
        lambda: page(brotli.compress(GZIP_MEMBER * 200_000), Content_Encoding="gzip, br"),
        gone("compression_bomb"),
    ),
    Case("gzip that is none", html("<p>plain", Content_Encoding="gzip"), gone("bad_encoding")),
    Case(
        "gzip that breaks off",
        lambda: page(gzip.compress(bytes(range(256)) * 9)[:-9], Content_Encoding="gzip"),
        again("truncated"),
    ),
    Case("an encoding that we did not ask for", html("(\xb5/\xfd", Content_Encoding="zstd"), gone("content_encoding")),
    Case("a gzip bomb as robots.txt", html(article()), READ, [OWN], robots=bomb("gzip")),
    Case(
        "empty gzip members without an end as robots.txt",
        html(article()),
        READ,
        [OWN],
        robots=nothing("gzip", b"", GZIP_MEMBER * 16),
    ),
    Case(
        "a gzip bomb in a sitemap's file",
        lambda: page(gzipped(), Content_Type="application/xml"),
        UNREAD,
        source="sitemap",
    ),
]

STREAMS = [
    Case("an endless body", forever(HEAD + b"\r\n", b"a" * 65_536), gone("too_large")),
    Case("endless chunks", forever(CHUNKED, b"10000\r\n" + b"a" * 65_536 + b"\r\n"), gone("too_large")),
    Case("endless headers", forever(HEAD, b"X-A: b\r\n"), gone("bad_response")),
    Case("a header without an end", forever(HEAD + b"X-A: ", b"a" * 65_536), gone("bad_response")),
    Case("500 headers", raw(HEAD + b"X-A: b\r\n" * 500 + b"\r\n<p>x"), gone("bad_response")),
    Case("a byte of the body now and then", forever(HEAD + b"\r\n", b"a", 0.05), again("timeout")),
    Case("a header now and then", forever(HEAD, b"X-A: b\r\n", 0.2), again("timeout")),
    Case("endless early hints", forever(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.2), again("timeout")),
    Case("silence", forever(b"", b"", 0.05), again("timeout")),
    Case("an endless robots.txt", html(article()), READ, [OWN], robots=forever(HEAD + b"\r\n", b"# a\n" * 9_999)),
    Case(
        "a robots.txt of a byte now and then",
        html(article()),
        again("robots_unknown"),
        robots=forever(HEAD + b"\r\n", b"a", 0.05),
    ),
    Case(
        "a million rules in robots.txt",
        html(article()),
        gone("robots"),
        robots=lambda: page(b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % n for n in range(30_000))),
    ),
]

LENGTHS = [
    Case("a length that is too long", raw(HEAD + b"Content-Length: 999\r\n\r\n<p>short"), again("truncated")),
    Case("a length that is too short", lambda: HEAD + b"Content-Length: 5\r\n\r\n<p>hello", gone("bad_response")),
    Case(
        "an answer behind robots.txt, to a request that was not made",
        html(article()),
        READ,
        [OWN],
        robots=lambda: answer(404) + page(article(title="forged").encode()),
    ),
    Case("two lengths", raw(HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n<p>hello"), gone("bad_response")),
    Case("a length that is no number", raw(HEAD + b"Content-Length: -5\r\n\r\n<p>hello"), gone("bad_response")),
    Case("a length of 99 GB", raw(HEAD + b"Content-Length: 99000000000\r\n\r\n<p>"), gone("too_large")),
    Case("a status that is none", raw(b"HTTP/1.1 9999 Huge\r\n\r\n"), gone("bad_response")),
    Case("another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), gone("bad_response")),
    Case("a Retry-After of thirty years", lambda: answer(429, b"", Retry_After="999999999"), again("throttled")),
]

TYPES = [
    Case("an image", lambda: page(b"\x89PNG\r\n", Content_Type="image/png"), gone("content_type")),
    Case("a program", lambda: page(b"MZ\x90", Content_Type="application/x-msdownload"), gone("content_type")),
    Case(
        "a program that calls itself a page",
        html(b"MZ\x90\x00" + bytes(range(256)) * 40),
        [*READ, "normalize discard no_article"],
    ),
    Case("a program that calls itself a feed", xml(b"MZ\x90\x00" + bytes(range(256)) * 40), UNREAD, source="feed"),
    Case("a page that calls itself JSON", said_json(article().encode()), UNREAD, source="mastodon"),
    Case("an empty body", html(""), MISREAD),
]

SIZES = [
    Case("HTML in a line of 10 MB", lambda: page(article("a" * 10 * MIB).encode()), gone("too_large")),
    Case(
        "HTML in a line of 7 MB", lambda: page(article("a" * 7 * MIB).encode()), READ, [{**OWN, "text": "a" * 40_000}]
    ),
    Case(
        "JSON in a line of 10 MB",
        long_status(10 * MIB),
        gone("too_large"),
        source="mastodon",
    ),
    Case(
        "JSON in a line of 7 MB",
        long_status(7 * MIB),
        READ,
        [{"text": "a" * 40_000}],
        source="mastodon",
    ),
    Case("HTML of 100,000 levels", html("<div>" * 100_000 + "end"), MISREAD),
    Case("an article below 100,000 levels", html("<div>" * 100_000 + article()), MISREAD),
    Case("JSON of 100,000 levels", said_json(b"[" * 100_000 + b"]" * 100_000), UNREAD, source="mastodon"),
    Case(
        "JSON of 100,000 levels where nobody looks",
        said_json(json.dumps([status(x=None)]).encode().replace(b"null", b"[" * 100_000 + b"]" * 100_000)),
        UNREAD,
        source="mastodon",
    ),
    Case(
        "XML of 100,000 levels",
        xml(rss("<a>" * 100_000 + "</a>" * 100_000)),
        READ,
        [{"title": "Recall"}],
        source="feed",
    ),
    Case("100,000 attributes", html(article(head=f"<meta {' '.join(f'a{n}=b' for n in range(100_000))}>")), MISREAD),
    Case("100,000 links", html(article("".join(f'<a href="/{n}">x</a> ' for n in range(100_000)))), READ, [OWN]),
]

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
MARKUP = [
    Case(
        "a billion laughs",
        xml(rss("<description>&l9;</description>", f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>')),
        READ,
        [{"title": "Recall", "text": "&l9;"}],
        source="feed",
    ),
    Case(
        "an external entity, a file",
        xml(rss("<description>&e;</description>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')),
        READ,
        [{"title": "Recall", "text": "&e;"}],
        source="feed",
    ),
    Case(
        "an external entity, an inner address",
        xml(rss("<description>&e;</description>", '<!DOCTYPE x [<!ENTITY e SYSTEM "/stolen">]>')),
        READ,
        [{"title": "Recall", "text": "&e;"}],
        source="feed",
    ),
    Case(
        "an external document type",
        xml(rss("", '<!DOCTYPE x SYSTEM "/stolen">')),
        READ,
        [{"title": "Recall"}],
        source="feed",
    ),
    Case("a comment without an end", html(f"{article()}<!-- {TEXT}"), READ, [OWN]),
    Case("a script without an end", html(article(f"{TEXT}<script>{TEXT}")), READ, [OWN]),
]

CHARACTERS = [
    Case("invalid UTF-8", html(article("batt\x00ery").encode().replace(b"\x00", b"\xff\xfe\xc0")), READ, [OWN]),
    Case("EUC-KR that calls itself UTF-8", html(article().encode("euc-kr")), READ, [OWN]),
    Case(
        "EUC-KR and UTF-8 in one page",
        html(article().encode().replace("신고".encode(), "신고".encode("euc-kr"))),
        READ,
        [OWN],
    ),
    Case(
        "a charset that is none",
        lambda: page(article().encode(), Content_Type="text/html; charset=klingon"),
        READ,
        [OWN],
    ),
    Case(
        "UTF-7",
        lambda: page(article("+ADw-script+AD4-").encode(), Content_Type="text/html; charset=utf-7"),
        READ,
        [OWN],
    ),
    Case(
        "NUL and control characters",
        timeline(status(content="nul\x00bell\x07esc\x1b[31mc1\x85")),
        READ,
        [{"text": "nulbellesc[31mc1"}],
        source="mastodon",
    ),
    Case(
        "code points that are no characters",
        timeline(status(content="hid\ufffeden \uffffword", media_attachments=[PICTURE])),
        READ,
        [{"text": "hidden word"}],
        source="mastodon",
    ),
    Case(
        "marks that turn and hide text",
        timeline(status(content="\u202eright\u202c z\u200be\u2060ro\ufeff")),
        READ,
        [{"text": "right zero"}],
        source="mastodon",
    ),
    Case(
        "half of a pair",
        said_json(json.dumps([status(content="half \ud83d"), status(2)]).encode()),
        UNREAD,
        source="mastodon",
    ),
]

VALUES = [
    Case("a million items that are none", said_json(b"[0" + b",0" * 1_000_000 + b"]"), UNREAD, source="mastodon"),
    *(
        Case(
            f"a post of {date}",
            timeline(status(created_at=date), status(2)),
            READ,
            [{"published_at": None}, {}],
            source="mastodon",
        )
        for date in AGES
    ),
    *(
        Case(
            f"an entry of {date}",
            xml(rss(f"<pubDate>{date}</pubDate>")),
            READ,
            [{"title": "Recall", "published_at": None}],
            source="feed",
        )
        for date in AGES
    ),
    Case(
        "negative counts",
        timeline(status(favourites_count=-3, replies_count=-1, reblogs_count=-9)),
        READ,
        [{"metrics": None}],
        source="mastodon",
    ),
    Case(
        "counts beyond 64 bits",
        timeline(status(favourites_count=2**63, replies_count=1)),
        READ,
        [{"metrics": {"replies": 1}}],
        source="mastodon",
    ),
    Case(
        "one id three times",
        timeline(status(), status(content="again"), status()),
        READ,
        [{"uri": status()["uri"]}],
        source="mastodon",
    ),
    Case(
        "a post without an identity",
        timeline(status(uri=""), status(2)),
        [*READ, "normalize quarantine ParseError"],
        [{}],
        source="mastodon",
    ),
]

REFUSED: Final = {
    "http://10.0.0.1/": "private_address",
    "http://169.254.169.254/latest/meta-data/": "private_address",
    "http://[::ffff:10.0.0.1]/": "private_address",
    "http://[::ffff:a9fe:a9fe]/": "private_address",
    "http://[64:ff9b::a00:1]/": "private_address",
    "http://[2002:a00:1::]/": "private_address",
    "http://[fd00:ec2::254]/": "private_address",
    "//10.0.0.1/": "private_address",
    "http://167772161/": "bad_host",
    "http://0xa000001/": "bad_host",
    "http://012.0.0.1/": "bad_host",
    "http://10.1/": "bad_host",
    "http://good.example@10.0.0.1/": "userinfo",
    "http://{host}@10.0.0.1/": "userinfo",
    "http://10.0.0.1\\@{host}/": "userinfo",
    "http://[10.0.0.1/": "bad_url",
    "http://10.0.0.1:25/": "port",
    "file:///etc/passwd": "scheme",
    "gopher://10.0.0.1/": "scheme",
    "javascript:alert(1)": "scheme",
    "ws://10.0.0.1/": "scheme",
}

REDIRECTS = [
    *(Case(f"a redirect to {url}", moved(url), gone(reason)) for url, reason in REFUSED.items()),
    Case(
        "a redirect to http://{host}/own#@10.0.0.1/",
        moved("http://{host}/own#@10.0.0.1/"),
        READ,
        [OWN],
        others={"/own": page(article().encode())},
    ),
    Case("a redirect to itself", moved("/page"), gone("redirect_loop")),
    Case(
        "a redirect in a circle", moved("/b"), gone("redirect_loop"), others={"/b": answer(302, b"", Location="/page")}
    ),
    Case(
        "redirects without an end",
        moved("/1"),
        gone("redirects"),
        others={f"/{n}": answer(302, b"", Location=f"/{n + 1}") for n in range(1, 9)},
    ),
    Case("a redirect to nowhere", lambda: answer(302), gone("bad_redirect")),
    Case(
        "a redirect to a name of a private address",
        moved("http://inner.test/"),
        ["crawl discard moved", "crawl discard private_address"],
    ),
    Case(
        "a name that turns private between two look-ups",
        html(article()),
        gone("private_address"),
        robots=lambda: answer(404, b"", Connection="close"),
        url="http://rebind.test:{port}/page",
    ),
]

CASES: Final[list[Case]] = [*BOMBS, *STREAMS, *LENGTHS, *TYPES, *SIZES, *MARKUP, *CHARACTERS, *VALUES, *REDIRECTS]
