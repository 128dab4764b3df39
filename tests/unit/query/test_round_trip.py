"""Over all inputs: nothing crashes, and printing and reading are inverse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from socialindex.errors import InvalidQuery
from socialindex.query import Between, Is, Node, Reading, compile_query, explain, parse, read, selective, show, terms
from socialindex.query.nodes import Near, Prefix, all_of, any_of, leaves_of, none_of

FRAGMENTS = st.sampled_from((Path(__file__).parent / "cases" / "fragments.txt").read_text("utf-8").split())
ODD = st.sampled_from(
    [" ", "\u3000", "\u200b", "\u200c", "\u200d", "\x00", "\n", "e\u0301", "\u1107\u1162", "\uff8a\uff9e", "\ud800"]
)
QUERIES = st.one_of(
    st.lists(FRAGMENTS | ODD | st.text(max_size=3), max_size=12).map("".join),
    st.lists(FRAGMENTS, max_size=12).map(" ".join),
)


def outcome(text: str) -> Reading | InvalidQuery:
    try:
        return read(text)
    except InvalidQuery as error:
        return error


@given(QUERIES)
def test_no_input_crashes(text: str) -> None:
    reading = outcome(text)
    if isinstance(reading, InvalidQuery):
        assert 0 <= reading.position <= len(text)
        assert reading.remedy
        return
    assert parse(show(reading.node)) == reading.node
    assert all(0 <= note.position < len(text) for note in reading.notes)
    json.dumps(compile_query(reading.node)).encode()
    assert explain(reading.node)
    assert explain(reading.node, "ko")
    assert set(terms(reading.node)) <= set(leaves_of(reading.node))
    assert selective(reading.node) in (True, False)


def quoted(field: str) -> st.SearchStrategy[Any]:
    """Whatever quotation marks can hold behind a field."""
    texts = st.text(st.characters(codec="utf-8", exclude_characters='"'), min_size=1, max_size=12)
    readings = texts.map(lambda text: outcome(f'{field}"{text}"'))
    return readings.filter(lambda reading: isinstance(reading, Reading)).map(lambda reading: reading.node)  # type: ignore[union-attr]


bounds = st.integers(min_value=0, max_value=10**9)
ranges = st.tuples(bounds, bounds).map(sorted).map(lambda ends: Between("views", *ends)) | st.one_of(
    st.builds(Between, st.just("likes"), low=bounds), st.builds(Between, st.just("likes"), high=bounds)
)
filters = st.one_of(
    quoted("author:"),
    quoted("hashtag:"),
    quoted("link:"),
    quoted("site:"),
    st.sampled_from([Is("lang", "ko"), Is("kind", "post"), Is("has", "media"), Is("sentiment", "neutral")]),
    ranges,
)


def places(field: str) -> st.SearchStrategy[Any]:
    """What NEAR can measure between, of the text or of the title."""
    return st.recursive(
        quoted(field),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(any_of),
            st.builds(lambda parts, n: Near(tuple(parts), n), st.lists(inner, min_size=2, max_size=3), bounds),
            st.builds(lambda a, b: Near((a, b), 3, ordered=True), inner, inner),
        ),
        max_leaves=5,
    )


def within_limits(node: Any) -> bool:
    nears: list[Near] = []
    stack = [node]
    while stack:
        part = stack.pop()
        nears += [part] if isinstance(part, Near) else []
        stack += getattr(part, "parts", ())
    return all(part.distance <= 100 for part in nears)


nodes = st.recursive(
    filters | quoted("raw:") | places("").filter(within_limits) | places("title:").filter(within_limits),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(all_of),
        st.lists(inner, min_size=2, max_size=4).map(any_of),
        inner.map(none_of),
    ),
    max_leaves=8,
)


@given(nodes)
def test_what_is_printed_reads_as_the_same(node: Node) -> None:
    prefixes = sum(isinstance(leaf, Prefix) or getattr(leaf, "prefix", False) for leaf in leaves_of(node))
    assume(prefixes <= 20)
    assert parse(show(node)) == node
