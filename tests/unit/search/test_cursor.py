"""A page goes on where the last one ended, for the same search only."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.errors import InvalidCursor
from socialindex.search.ask import Ask
from socialindex.search.cursor import Cursor, decode, digest, encode

ASK = Ask(q="배터리", source=["feed"])
VALUES = st.lists(
    st.one_of(
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    max_size=4,
)


@given(st.integers(0, 253_402_300_799_999), VALUES)
def test_a_cursor_comes_back_as_it_was(bound: int, after: list[int | float | str]) -> None:
    cursor = Cursor(ask=digest(ASK), bound=bound, after=after)
    text = encode(cursor)
    assert decode(text, ASK) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "ask",
    [
        Ask(q="배터리", source=["feed"], limit=7),
        Ask(q="배터리", source=["feed"], cursor="x"),
        Ask(q="배터리", source=["feed"], sort="best"),
        Ask(q="배터리", source=["feed"], highlight=True, fields=["text"]),
        Ask(q="배터리", source=["feed"], facets=["day"], facet_size=3, time_zone="Asia/Seoul"),
    ],
)
def test_a_cursor_outlives_another_way_to_show_the_same(ask: Ask) -> None:
    assert digest(ask) == digest(ASK)


@pytest.mark.parametrize(
    "other",
    [
        Ask(),
        Ask(q="배터리"),
        Ask(q="배터리", source=["mastodon"]),
        Ask(q="배터리", source=["feed"], sort="oldest"),
        Ask(q="배터리", source=["feed"], hashtag=["recall"]),
        Ask(q="배터리", source=["feed"], deduplicate=True),
    ],
)
def test_a_cursor_of_another_search_is_refused(other: Ask) -> None:
    text = encode(Cursor(ask=digest(other), bound=1, after=[1]))
    with pytest.raises(InvalidCursor, match="another search") as refused:
        decode(text, ASK)
    assert (refused.value.field, bool(refused.value.remedy)) == ("cursor", True)


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "한글",
        "====",
        "A" * 10_000,
        encoded(None),
        encoded([]),
        encoded({"ask": digest(ASK), "bound": 1}),
        encoded({"ask": digest(ASK), "bound": 1, "after": [None]}),
        encoded({"ask": digest(ASK), "bound": 1, "after": [[1]]}),
        encoded({"ask": digest(ASK), "bound": 1.5, "after": []}),
        encoded({"ask": digest(ASK), "bound": 10**400, "after": []}),
        encoded({"ask": digest(ASK), "bound": 253_402_300_800_000, "after": []}),
        encoded({"ask": digest(ASK), "bound": 1, "after": [], "scope": "admin"}),
        encoded({"ask": digest(ASK), "bound": 1, "after": ["x" * 5_000]}),
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor) as refused:
        decode(text, ASK)
    assert refused.value.field == "cursor"


GOOD = encode(Cursor(ask=digest(ASK), bound=1_764_000_000_000, after=[1_763_000_000_000, "abc"]))


@given(st.integers(0, len(GOOD) - 1), st.characters(exclude_categories=()))
@example(0, "\ud800")
def test_a_tampered_cursor_is_refused_or_one_of_the_same_search(place: int, character: str) -> None:
    try:
        cursor = decode(GOOD[:place] + character + GOOD[place + 1 :], ASK)
    except InvalidCursor:
        return
    assert cursor.ask == digest(ASK)
    assert isinstance(msgspec.to_builtins(cursor)["bound"], int)
