from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.text import canonical_url

BASE = "https://blog.example.com/posts/1?page=2"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Blog.Example.COM", "https://blog.example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443/", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://example.com:/", "http://example.com/"),
        ("http://example.com./", "http://example.com/"),
        ("http://user:secret@example.com/", "http://example.com/"),
        ("http://example.com/a#top", "http://example.com/a"),
        ("http://example.com/a?", "http://example.com/a"),
        ("http://example.com/a/", "http://example.com/a/"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/../../a/..", "http://example.com/"),
        ("http://example.com/a/%2e%2E/b", "http://example.com/b"),
        ("http://example.com/a//b", "http://example.com/a//b"),
        ("http://example.com/%7Euser/%e3%81%82%2f", "http://example.com/~user/%E3%81%82%2F"),
        ("http://example.com/글?말=말", "http://example.com/%EA%B8%80?%EB%A7%90=%EB%A7%90"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/a b|c", "http://example.com/a%20b%7Cc"),
        ("  http://example.com/a\n", "http://example.com/a"),
        ("http://exa\tmple.com/", "http://example.com/"),
        ("http://example.com\\a", "http://example.com/a"),
        ("http://evil.example\\@good.example/", "http://evil.example/@good.example/"),
        ("http://한글.example/", "http://xn--bj0bj06e.example/"),
        ("http://Bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://example。com/", "http://example.com/"),
        ("http://my_site.example.com/", "http://my_site.example.com/"),
        ("http://[::0001]:8080/", "http://[::1]:8080/"),
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("/a?b", "https://blog.example.com/a?b"),
        ("../2", "https://blog.example.com/2"),
        ("?page=3", "https://blog.example.com/posts/1?page=3"),
        ("//cdn.example.com/x", "https://cdn.example.com/x"),
        ("http://example.com/news/view.do;jsessionid=0A1B.node1?nttId=3", "http://example.com/news/view.do?nttId=3"),
        ("http://example.com/a;JSESSIONID=0A1B;v=2/b;jsessionid=", "http://example.com/a;v=2/b"),
        ("http://example.com/a/..;jsessionid=0A1B/b", "http://example.com/b"),
        ("http://example.com/a;jsession=1", "http://example.com/a;jsession=1"),
    ],
)
def test_there_is_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url, BASE) == canonical


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("utm_source=x&utm_medium=y", ""),
        ("b=2&fbclid=x&a=1&a=0", "?b=2&a=1&a=0"),
        ("UTM_Source=x&GCLID=y", ""),
        ("%75tm_source=x&id=7", "?id=7"),
        ("wr_id=1&bo_table=free&NaPm=ct%3Dx", "?wr_id=1&bo_table=free"),
        ("ref=home&source=rss", "?ref=home&source=rss"),
        ("source=rss-5f1a0c2e9b7d------2", ""),
        ("source=rss----7b722bfd1b8d--bug_bounty", ""),
        ("sk=a1b2&source=user_profile---------1----------------", "?sk=a1b2"),
        ("source=friends_link&sk=a1b2", "?source=friends_link&sk=a1b2"),
        ("source=a--b", "?source=a--b"),
        ("resource=rss----a---4", "?resource=rss----a---4"),
        ("at_medium=RSS&at_campaign=rss&id=3", "?id=3"),
        ("idxno=3&PHPSESSID=0a1b2c", "?idxno=3"),
        ("JSESSIONID=0A1B.node1&nttId=3", "?nttId=3"),
        ("ASPSESSIONIDQQTRSABC=0A1B&no=3", "?no=3"),
        ("session=2026&sid=102", "?session=2026&sid=102"),
        ("flag&empty=&utm_term", "?flag&empty="),
        ("a=1&&b=2&", "?a=1&b=2"),
        ("q=a+b&r=%2B", "?q=a+b&r=%2B"),
        ("url=https://example.org/?x=1", "?url=https://example.org/?x=1"),
    ],
)
def test_trackers_are_removed_and_the_rest_keeps_its_order(query: str, left: str) -> None:
    assert canonical_url(f"https://example.com/a?{query}") == f"https://example.com/a{left}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//example.com/",
        "example.com",
        "mailto:a@example.com",
        "javascript:alert(1)",
        "ftp://example.com/",
        "data:text/html,x",
        "http://",
        "http:///a",
        "http://?x",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://exa mple.com/",
        "http://a..example/",
        "http://-a.example/",
        "http://%00.example/",
        "http://%ff.example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 130 + "example/",
        "http://☃\u200d.example/",
        "http://example.com/" + "a" * 2_048,
        "http://example.com/?" + "utm_source=x&" * 2_000,
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_the_longest_address() -> None:
    url = "http://example.com/" + "a" * (2_048 - len("http://example.com/"))
    assert canonical_url(url) == url
    assert canonical_url(f"{url}a") is None
    assert canonical_url(f"{url}?utm_source={'x' * 500}") == url


PIECES = st.one_of(
    st.sampled_from(["http://", "HTTPS://", "//", "/", "\\", "..", ".", "%2e", "%", "%C3", "%zz", "?", "&", "#", ":"]),
    st.sampled_from(["@", "[", "]", "=", "+", "example.com", "한글", "ß", "xn--", ":80", ":443", ";", "utm_source=1"]),
    st.sampled_from(["%75tm_a", "a b", "\ud800", "\x00", "::1", "。"]),
)


@given(
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=12).map("".join),
    st.sampled_from(["", BASE, "http://[", "nonsense"]),
)
@example("http://example.com//../..//a", "")
@example("http://example.com/%25%32%65", "")
def test_the_canonical_form_is_a_fixed_point_and_ascii(url: str, base: str) -> None:
    canonical = canonical_url(url, base)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert canonical.startswith(("http://", "https://"))
        assert not set(canonical) & set(' <>"\\^`{}|#')


HOSTS = st.lists(st.sampled_from(["a", "xn--9", "-b", "_c", "1", "A", "a" * 64]), min_size=1, max_size=3).map(".".join)
PORTS = st.sampled_from(["", ":80", ":443", ":8080", ":0080", ":65536", ":12345", ":99999"])
PATHS = st.lists(
    st.sampled_from(
        ["/", ".", "..", "a", "%41", "~", "@b", "=", ";", "?q=1", "?", "&a=b", "&utm_id=1", "#f", " ", "é"]
    ),
    max_size=6,
).map("".join)


@given(st.sampled_from(["http", "https"]), HOSTS, PORTS, PATHS, st.sampled_from(["", BASE]))
@example("http", "a", "", "//.", "")
@example("http", "a", "", "/b/..", "")
@example("https", "a", ":8080", "/b/./?q=1", "")
def test_an_address_that_is_canonical_at_a_glance_is_so_by_all_rules(
    scheme: str, host: str, port: str, path: str, base: str
) -> None:
    url = f"{scheme}://{host}{port}{path}"
    assert canonical_url(url, base) == canonical_url(f" {url}", base)
