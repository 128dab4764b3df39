from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.text import html_to_text
from socialindex.text._simple import read_simple
from socialindex.text.html import MAX_ADDRESSES, MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "https://blog.example.com/posts/1"

SHORTENED = (
    '<a href="https://news.example.com/a/long/path"><span class="invisible">https://</span>'
    '<span class="ellipsis">news.example.com/a</span><span class="invisible">/long/path</span></a>'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("  plain \n text  ", "plain text"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one</p>\n\n  <p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div><div><div>one</div></div></div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("one<br><br><br><br><br>two", "one\n\ntwo"),
        ("<p>&nbsp;</p><p>&nbsp;</p><p>one</p><p>&nbsp;</p>", "one"),
        ("<ul><li>one</li><li>two</li></ul>after", "one\ntwo\nafter"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<blockquote>said</blockquote>answered", "said\nanswered"),
        ("<h1>Head</h1>body", "Head\nbody"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("배터<b>리</b>가 <i>뜨</i>거워요", "배터리가 뜨거워요"),
        ("one <b> two </b> three", "one two three"),
        ("a\n\t<span>\n b</span>", "a b"),
        ("<pre>one\n  two</pre>three", "one\ntwo\nthree"),
        ("<style>p{}</style><script>x()</script>seen<template>t</template><iframe>f</iframe>", "seen"),
        ("<noscript>please</noscript>seen", "seen"),
        ("<div hidden>no</div>seen", "seen"),
        ('<p style="color:red; DISPLAY : none">no<b>no</b></p>seen', "seen"),
        ("<script>if (a<b) '<p>no</p>'</script>seen", "seen"),
        ("<!-- no -->seen<!doctype html><?php no ?>", "seen"),
        ("<html><head><title>no</title><meta charset=euc-kr></head><body>한글</body></html>", "한글"),
        (SHORTENED, "news.example.com/a…"),
        ('<span class="ellipsis"><span>a</span>b</span>c', "ab…c"),
        ("<ruby>電池<rp>(</rp><rt>でんち</rt><rp>)</rp></ruby>", "電池"),
        ('hot <img class="emoji" alt="🔥" src="/f.png">!', "hot 🔥!"),
        ("un<wbr>broken", "unbroken"),
        ("a&#0;b&#1;c&#x9f;d", "a\ufffdbc\u0178d"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("</div></p>closed", "closed"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("lone \ud800 half &amp; more", "lone half & more"),
    ],
)
def test_text_is_what_a_browser_shows(html: str, text: str) -> None:
    assert html_to_text(html).text == text


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="/a">a</a> <a href="b#c">b</a> <a href="/a">again</a>', ["/a", "/posts/b#c"]),
        ('<a href="mailto:a@example.com">m</a><a href="javascript:x()">j</a><a href="ftp://example.com/">f</a>', []),
        ('<a name="x">x</a><a href="http://[broken">y</a>', []),
        ('<a href=" /a\n">spaces</a>', ["/a"]),
        ('<div hidden><a href="/spam">x</a></div>', []),
    ],
)
def test_links_are_absolute_and_each_is_there_once(html: str, links: list[str]) -> None:
    assert html_to_text(html, base_url=BASE).links == [f"https://blog.example.com{path}" for path in links]


def test_a_shortened_link_stays_whole() -> None:
    assert html_to_text(SHORTENED).links == ["https://news.example.com/a/long/path"]


@pytest.mark.parametrize(
    ("html", "images"),
    [
        ('<img src="/a.png" alt=" a  cat "><img src="/b.png" alt="">', [("/a.png", "a cat"), ("/b.png", None)]),
        ('<img src="data:image/gif;base64,R0" data-src="/lazy.png">', [("/lazy.png", None)]),
        ('<img src="/img/blank.gif" data-src="/lazy.png">', [("/lazy.png", None)]),
        ('<img src="/lazyload/a.png" data-src="/b.png">', [("/lazyload/a.png", None)]),
        ('<img src="/img/loading.svg">', [("/img/loading.svg", None)]),
        ('<img src="/count.gif" width="1" height="1">', []),
        ('<img class="wp-smiley" src="/s.png" alt=":)">', []),
        ("<img>", []),
    ],
)
def test_images_have_their_alternative_text(html: str, images: list[tuple[str, str | None]]) -> None:
    expected = [(f"https://blog.example.com{path}", alt) for path, alt in images]
    assert html_to_text(html, base_url=BASE).images == expected


def test_relative_addresses_need_a_base() -> None:
    assert html_to_text('<a href="/a">a</a><img src="/b.png">') == ("a", [], [])


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 100_000 + "end", id="deep"),
        pytest.param("<b><i>" * 50_000 + "</b></i>" * 50_000 + "end", id="deep and crossed"),
        pytest.param("<div hidden>" * 100_000, id="deep and hidden"),
        pytest.param("<span class=ellipsis>" * 40_000, id="deep ellipses"),
        pytest.param("가나다 " * 2_500_000, id="a line of 10 MB"),
        pytest.param("<" * 1_000_000, id="brackets"),
        pytest.param("&" * 1_000_000, id="ampersands"),
        pytest.param("\0" * 1_000_000 + "<b>x", id="NULs"),
        pytest.param("<a " + "x=1 " * 250_000 + ">x</a>", id="attributes"),
        pytest.param("<!--" * 250_000, id="comments"),
        pytest.param("<pre>" + "\n" * 1_000_000, id="lines"),
    ],
)
def test_hostile_markup_costs_little(html: str) -> None:
    started = time.process_time()
    text = html_to_text(html).text
    assert len(text) <= MAX_CHARACTERS + 40_000  # an ellipsis may follow each span
    assert time.process_time() - started < 5


def test_a_page_of_links_keeps_so_many() -> None:
    html = "".join(f'<a href="/{number}">x</a><img src="/{number}.png">' for number in range(MAX_ADDRESSES + 10))
    found = html_to_text(html, base_url=BASE)
    assert (len(found.links), len(found.images)) == (MAX_ADDRESSES, MAX_ADDRESSES)


FRAGMENTS = st.one_of(
    st.sampled_from(["<p>", "</p>", "<br>", "<span class=ellipsis>", "</span>", "<pre>", "</pre>", "<a href=/x>"]),
    st.sampled_from(["<div hidden>", "</div>", "<script>", "</script>", "<table>", "<td>", "&amp;", "&#8;", "<!--"]),
    st.sampled_from(["<", "\x00", "\ud800", " ", "\n", "<img src=x>"]),
)


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=10)), max_size=30).map("".join))
def test_no_string_is_refused_and_the_text_is_tidy(html: str) -> None:
    text = html_to_text(html, base_url=BASE).text
    assert all(unicodedata.category(character) not in {"Cc", "Cs"} or character == "\n" for character in text)
    assert text == text.strip(" \n")
    assert not any(untidy in text for untidy in (" \n", "\n ", "\n\n\n", "  ", "\u00a0"))


def parsed(html: str) -> tuple[str, list[str], list[tuple[str, str | None]]]:
    """What the parser's way makes of HTML, however simple it is."""
    return html_to_text(html, base_url=BASE, skip=lambda _tag, _attributes: False)


WORDS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["&amp;", "&lt;b&gt;", "&nbsp;", "&#39;", "&#x27;", "&quot;", " ", "\n", " \t ", "\u00a0", "배터리", "&", ">"]
    ),
)
CLASSES = st.sampled_from(["invisible", "ellipsis", "h-card", "", "u-url invisible", "ellipsis x", "Invisible"])
WORD_SPANS = st.builds('<span class="{}">{}</span>'.format, CLASSES, WORDS)
LINK_PARTS = st.lists(st.one_of(WORDS, WORD_SPANS), max_size=3).map("".join)
HREFS = st.sampled_from(
    ["https://a.example/b?c=1&amp;d=2", "/x", "javascript:x", "https://a.example/[", " https://a.example/ ", "", "#a"]
)
EXTRAS = st.sampled_from(["", ' rel="tag"', ' class="u-url mention"', ' hidden=""', ' href="/two"', ' title=" href="'])
LINKS = st.one_of(
    st.builds('<a href="{}"{}>{}</a>'.format, HREFS, EXTRAS, LINK_PARTS),
    st.builds('<a{} href="{}">{}</a>'.format, EXTRAS, HREFS, LINK_PARTS),
)
CARDS = st.builds('<span class="{}" translate="no">{}</span>'.format, CLASSES, st.one_of(LINKS, WORDS))
BREAKS = st.sampled_from(["<br>", "<br/>", "<br />", "</p>\n<p>", "<b>", "</span>"])
PARAGRAPHS = st.lists(
    st.lists(st.one_of(WORDS, WORD_SPANS, LINKS, CARDS, BREAKS), max_size=4).map(
        lambda parts: f"<p>{''.join(parts)}</p>"
    ),
    min_size=1,
    max_size=3,
).map("".join)


@given(PARAGRAPHS)
def test_the_short_way_and_the_parsers_way_say_the_same(html: str) -> None:
    assert html_to_text(html, base_url=BASE) == parsed(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>배터리가 부풀었어요 &amp; 무섭다</p>",
        "<p>one<br />two</p><p>three</p>",
        f"<p>read {SHORTENED}</p>",
        '<p><a href="https://a.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a></p>',
        '<p><span class="h-card" translate="no"><a href="/@k" class="u-url mention">@<span>k</span></a></span></p>',
    ],
)
def test_what_microblogs_write_goes_the_short_way(html: str) -> None:
    assert read_simple(html) is not None
    assert html_to_text(html, base_url=BASE) == parsed(html)


@pytest.mark.parametrize(
    "html",
    [
        "plain",
        "<p>unclosed",
        "<p>one</p>two",
        "<p hidden>no</p>",
        "<p>&hearts;</p>",
        "<p><b>bold</b></p>",
        '<p><span style="display:none">no</span></p>',
        '<p><a href="/x"><a href="/y">z</a></a></p>',
        "<p><span class=invisible>no</span></p>",
    ],
)
def test_what_is_not_simple_is_left_to_the_parser(html: str) -> None:
    assert read_simple(html) is None


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>" + "<a " * 16_000, id="links that do not end"),
        pytest.param("<p>" + '<span class="x">' * 3_000, id="spans that do not end"),
        pytest.param("<p>" + "&amp;" * 9_000 + "<", id="references"),
        pytest.param("<p>x</p>" * 6_000 + "<", id="paragraphs"),
    ],
)
def test_what_only_begins_simply_costs_little(html: str) -> None:
    started = time.process_time()
    assert read_simple(html) is None
    assert time.process_time() - started < 1


def test_elements_that_are_skipped_leave_nothing_and_are_seen_in_order() -> None:
    seen: list[str] = []

    def skip(tag: str, attributes: Mapping[str, str]) -> bool:
        seen.append(tag)
        return "quote" in attributes.get("class", "").split()

    html = '<p>own</p><aside class="quote"><p>said <a href="/q">q</a></p></aside><p>words <a href="/a">a</a></p>'
    assert html_to_text(html, base_url=BASE, skip=skip) == ("own\n\nwords a", ["https://blog.example.com/a"], [])
    assert seen[-4:] == ["p", "aside", "p", "a"]


def test_a_question_that_fails_harms_no_later_reading() -> None:
    def fail(_tag: str, _attributes: Mapping[str, str]) -> bool:
        raise LookupError

    with pytest.raises(LookupError):
        html_to_text("<p>one</p><b>two", skip=fail)
    assert html_to_text("<b>three</b>").text == "three"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p><span class="u-url invisible">0</span></p>', ""),
        ('<p><span class="invisible u-url">0</span>1</p>', "1"),
        ('<p><span class="invisible"><a href="/x">0</a></span>1</p>', "1"),
        ('<p><span class="u-url ellipsis">0</span></p>', "0…"),
        ("<p>an invisible ellipsis</p>", "an invisible ellipsis"),
    ],
)
def test_what_a_link_hides_stays_hidden_however_it_is_marked(html: str, text: str) -> None:
    assert html_to_text(html).text == text
