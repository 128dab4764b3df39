"""Plausible but wrong: bodies that are almost what a source answers, and channels that are almost what it is asked for.

What is wrong is chosen from what has broken parsers before, and put where the source's own fixtures have something:
random bytes alone are refused at the door and show nothing of what lies behind it.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from hypothesis import strategies as st

from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Refused
from socialindex.normalize.finish import MAX_KEYWORD, clean
from socialindex.sources.base import Known
from socialindex.text import canonical_url
from tests.sources.harness import Case, Json, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Channel

WORDS: Final = [
    "",
    " \u3000\t\n",
    "\x00",
    "nul\x00bell\x07esc\x1b[31mc1\x85",
    "\u202eright\u2066to left\u202c\u061c",
    "z\u200be\u200cr\u2060o\ufeff",
    "\u3164",
    "half \ud83d",
    "\udd0b half",
    "e\u0301 한글",
    "\U000e0041tags\U000e007f",
    "가" * 70_000,
    "#" * 300,
    "&#0;&#xD800;&#x110000;&bogus;&lt;b&gt;&amp;amp;",
    "<b><!-- <![CDATA[ <script>",
    "]]>",
    '"><img src=x onerror=1>',
    "javascript:alert(1)",
    "data:text/html,x",
    "//10.0.0.1/",
    "http://[",
    "http://[::ffff:10.0.0.1]/",
    "http://good.example@10.0.0.1/",
    "http://good.example#@10.0.0.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "https://a.example:99999999/",
    "https://a.example/\ud800",
    "https://a.example/" + "x" * 1_500,
    "https://a.example/" + "x" * 5_000,
    "at://did:plc:x/app.bsky.feed.post/\x00",
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01T00:00:00Z",
    "2026-02-30T25:61:61+99:99",
    "2026-11-20T09:00:00.99999999999999999999Z",
    "Mon, 31 Feb 99999 25:00:00 +9999",
    "26.13.45 99:99",
    "-1",
    "-0",
    "1e999",
    "NaN",
    "٣٤",
    "²",
    "1" * 5_000,
    "9" * 25,
    "-" * 40,
]
"""Invisible characters, halves of pairs, addresses that mean two things, dates and numbers that are none."""

DIGITS: Final = ["", "0", "9" * 25, "1" * 5_000, "٣٤", "²", "-7", "1,2,,3"]
NUMBERS: Final = [0, -1, -(2**63), 2**63, 2**64, 10**40, 253402300800, -62135596801, 10**14, 1e308, -0.5, 1.5, math.nan]
_TOKEN = re.compile(r"<[^>]*>|[^<]+|<")
_NUMBER = re.compile(r"\d+")
_VALUE = re.compile(r'"[^"]*"')
_MARKUP: Final = ["<!--", "<![CDATA[", "<script>", "</div>", "<div>" * 300, "<plaintext>", "<table><tr>"]

WORD: Final = st.one_of(st.sampled_from(WORDS), st.text(max_size=20))
LEAF: Final = st.one_of(
    WORD,
    st.sampled_from(NUMBERS),
    st.sampled_from([None, True, False]),
    st.sampled_from(["[]", "{}", "[[]]", "[null]", "[{}]", "[" * 200 + "]" * 200]).map(json.loads),
)


class Stock(NamedTuple):
    """What the fixtures of a source are made of."""

    keys: list[str]
    tokens: list[str]


@cache
def stock(source: str) -> Stock:
    """The keys of its JSON and the tokens of its markup."""
    bodies = [body_of(case) for case in cases(source)]
    keys = {key for body in bodies for document in documents(body) for key in _keys(document)}
    tokens = {token for body in bodies if b"<" in body for token in _TOKEN.findall(body.decode("utf-8", "replace"))}
    return Stock(sorted(keys) or ["id"], sorted(token for token in tokens if len(token) < 2_000) or ["<p>"])


@cache
def body_of(case: Case) -> bytes:
    return next((file.read_bytes() for file in sorted(case.folder.glob("body.*"))), b"")


def documents(body: bytes) -> list[Json]:
    """The JSON documents of a body, one or one a line; none where it is something else."""
    for parts in ([body], body.splitlines()):
        with suppress(ValueError, RecursionError):
            return [json.loads(part) for part in parts if part.strip()]
    return []


def _keys(document: Json) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
    for part in _parts(document):
        yield from _keys(part)


def _parts(document: Json) -> list[Json]:
    if isinstance(document, dict):
        return list(document.values())
    return document if isinstance(document, list) else []


def paths(document: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a document but itself."""
    steps = document.items() if isinstance(document, dict) else enumerate(_parts(document))
    for step, part in steps:
        yield (*path, step)
        yield from paths(part, (*path, step))


@st.composite
def hostile_body(draw: st.DrawFn, case: Case) -> bytes:
    """A body of the case with something wrong in it, or one that is made of what the source's bodies are made of."""
    body = body_of(case)
    found, few = documents(body), draw(st.integers(0, 4))
    if few == 0:
        return draw(collage(case.source, as_json=bool(found)))
    if found:
        return b"\n".join([written(draw, draw(wrong_json(document))) for document in found])
    return draw(wrong_markup(body)) if b"<" in body else draw(st.binary(max_size=100)) + body


@st.composite
def collage(draw: st.DrawFn, source: str, *, as_json: bool) -> bytes:
    """A document of the source's own keys or tokens in an order that nobody thought of."""
    if as_json:
        keys = st.sampled_from(stock(source).keys)
        trees = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=8))
        return written(draw, draw(trees))
    tokens = st.one_of(st.sampled_from(stock(source).tokens), st.sampled_from(_MARKUP), WORD)
    return "".join(draw(st.lists(tokens, max_size=30))).encode("utf-8", "surrogatepass")


def written(draw: st.DrawFn, document: Json) -> bytes:
    """JSON as a careful server writes it, or with raw characters that its charset does not have."""
    if draw(st.booleans()):
        return json.dumps(document).encode()
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


@st.composite
def wrong_json(draw: st.DrawFn, document: Json) -> Json:
    """The document with a few values that are something else, missing, doubled, or another place's."""
    changed = json.loads(json.dumps(document))
    for _ in range(draw(st.integers(1, 4))):
        ways = list(paths(changed))
        if not ways:
            return draw(LEAF)
        *way, last = draw(st.sampled_from(ways))
        inside = _at(changed, way)
        choice = draw(st.integers(0, 9))
        if choice == 0:
            del inside[last]
        elif choice == 1 and isinstance(inside, list):
            inside.extend([inside[last]] * draw(st.integers(1, 40)))
        elif choice == 2:
            other = _at(changed, draw(st.sampled_from(ways)))
            inside[last] = json.loads(json.dumps(other))
        else:
            inside[last] = draw(LEAF)
    return changed


def _at(document: Json, way: list[Any] | tuple[Any, ...]) -> Any:
    for step in way:
        document = document[step]
    return document


@st.composite
def wrong_markup(draw: st.DrawFn, body: bytes) -> bytes:
    """The markup with a few tokens that are something else, missing, doubled or moved."""
    tokens = _TOKEN.findall(body.decode("utf-8", "surrogateescape"))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(tokens) - 1)) if tokens else 0
        token = tokens[at] if tokens else ""
        choice = draw(st.integers(0, 7))
        if choice == 0:
            changed = ""
        elif choice == 1:
            changed = token * draw(st.sampled_from([2, 50, 500]))
        elif choice == 2:
            changed = token + draw(st.sampled_from(_MARKUP))
        elif choice == 3:
            changed = draw(st.sampled_from(tokens or [""]))
        elif choice == 4:
            digits = draw(st.sampled_from(DIGITS))
            changed = _NUMBER.sub(digits, token)
        else:
            word = draw(WORD)
            changed = _VALUE.sub(lambda _: f'"{word}"', token, count=1) if token.startswith("<") else word  # noqa: B023
        tokens[at : at + 1] = [changed]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "euc-kr", "utf-16"]))
    text = "".join(tokens)
    if encoding == "utf-8":
        return text.encode("utf-8", "surrogatepass")
    return text.encode(encoding, "ignore")


def is_address(url: str) -> bool:
    """Whether an address gets as far as an adapter: what cannot be fetched at all is refused before."""
    try:
        return bool(host_of(over_http(url)))
    except Refused:
        return False


def is_text(word: str) -> bool:
    """Whether a word can be written down in a table."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


@st.composite
def odd_address(draw: st.DrawFn, known: list[str]) -> str:
    """An address that is almost one of these, or somebody else's."""
    word, url = draw(WORD), draw(st.sampled_from(known))
    at = draw(st.sampled_from([match.end() for match in re.finditer(r"[/?=&#.@]|$", url)]))
    odd = draw(st.sampled_from([word, f"{url[:at]}{word}", f"{url[:at]}{word}{url[at:]}", url[:at]]))
    return odd if is_address(odd) else url


@st.composite
def odd_channel(draw: st.DrawFn, channel: Channel) -> Channel:
    """The channel with an address or options that it never should have."""
    url = draw(odd_address([channel.url])) if is_address(channel.url) else channel.url
    names = st.sampled_from(["pages", *channel.options])
    options = draw(st.dictionaries(names, WORD.filter(is_text), max_size=3))
    return msgspec.structs.replace(channel, url=url, options={**channel.options, **options})


@st.composite
def odd_known(draw: st.DrawFn, uris: list[str]) -> list[Known]:
    """Posts as the index has them, some of which the channel never had."""
    near = st.one_of(WORD, odd_address(uris) if uris else WORD, st.sampled_from([*uris, "https://a.example/1"]))
    uri = near.map(lambda uri: clean(uri, MAX_KEYWORD) or "x")
    url = st.none() | near.map(canonical_url)
    kinds = st.sampled_from(["post", "comment", "article", "repost", "review", "nothing"])
    return draw(st.lists(st.builds(Known, uri=uri, kind=kinds, url=url, thread=st.none() | uri), max_size=8))
