"""A link is asked for as posts keep it, whichever of its spellings somebody pastes."""

from __future__ import annotations

import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from socialindex.query import Is, compile_query, parse, show
from socialindex.text.urls import canonical_url

HOSTS = st.sampled_from(
    [
        "x.example",
        "WWW.X.example",
        "straße.example",
        "한국.example",
        "a_b.example",
        "192.0.2.1",
        "[2001:db8::1]",
        "x",
        "www",
    ]
)
PORTS = st.sampled_from(["", ":", ":80", ":443", ":8080"])
PATHS = st.text(st.characters(codec="utf-8", exclude_characters='"'), max_size=12)
ENDS = st.sampled_from(
    ["", "/", "?id=3", "?utm_source=x", "?id=3&gclid=y&u=https://y.example/", "#c1", "/../b", "%2f", "a" * 200]
)
ADDRESSES = st.builds("{}://{}{}{}{}".format, st.sampled_from(["http", "https"]), HOSTS, PORTS, PATHS, ENDS)


def terms_of(stored: str) -> dict[str, set[str]]:
    """What the index keeps of a link: ``address`` and ``link_domain`` in infra/opensearch/analysis.json."""
    bare = re.sub(r"^https?://(?:www\.)?|/$", "", stored)
    host = re.sub(r"^https?://(?:www\.)?([^/?#:]+).*$", r"\1", stored)
    ends = [match.start() for match in re.finditer("/", bare)]
    labels = host.split(".")
    return {
        "links.address": {bare, *(bare[:end] for end in ends)},
        "links.domain": {".".join(labels[place:]) for place in range(len(labels))},
    }


@given(ADDRESSES)
@example("http://x.example?/")
@example("http://x.example/a?//")
def test_the_link_of_an_address_finds_that_address(address: str) -> None:
    stored = canonical_url(address.strip())
    assume(stored is not None and not stored.rstrip("/").endswith("*"))
    node = parse(f'link:"{stored}"')
    ((field, value),) = compile_query(node)["bool"]["filter"][0]["term"].items()
    assert value in terms_of(stored or "")[field]
    assert parse(show(node)) == node


@given(ADDRESSES)
def test_every_spelling_of_an_address_asks_for_the_same(address: str) -> None:
    spelled = address.replace("\\", "/")
    assume(spelled.isprintable() and spelled.isascii())
    stored = canonical_url(spelled)
    assume(stored is not None and not stored.rstrip("/").endswith("*") and not spelled.endswith("*"))
    assert parse(f'link:"{spelled}"') == parse(f'link:"{stored}"')


def test_what_a_post_links_to_is_found_without_its_scheme_too() -> None:
    assert parse("link:x.example/a?b=1") == parse("link:https://www.x.example/a?b=1") == Is("link", "x.example/a?b=1")
