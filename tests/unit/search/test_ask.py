"""What a client asks: the same by URL and by body, and every mistake is told with its field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.model import Post
from socialindex.query import parse
from socialindex.search.ask import Ask, Shown, from_body, from_parameters
from socialindex.search.cursor import digest
from socialindex.search.posts import HIDDEN, ONLY_ALONE
from socialindex.search.topic_views import watched
from socialindex.zones import zone_of

# An HTTP API joins repeated parameters by commas, so that a comma cannot be in a value; JSON has no lone surrogates.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1, max_size=20)
MOMENTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - the zones follow
    datetime(2100, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30))]),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        "source": st.lists(st.sampled_from(["feed", "Gnuboard", "imported"]), min_size=1, max_size=3),
        "language": st.lists(st.sampled_from(["ko", "KOR", "en-US", "한국어"]), min_size=1, max_size=3),
        "author": st.lists(WORDS, min_size=1, max_size=3),
        "hashtag": st.lists(WORDS, min_size=1, max_size=3),
        "from": MOMENTS,
        "to": MOMENTS.map(lambda moment: moment + timedelta(days=80_000)),
        "sort": st.sampled_from(["best", "newest", "oldest", "relevance"]),
        "limit": st.integers(1, 50),
        "thread": st.lists(WORDS, min_size=1, max_size=3),
        "cluster": st.lists(WORDS, min_size=1, max_size=3),
        "deduplicate": st.booleans(),
        "highlight": st.booleans(),
        "facets": st.lists(st.sampled_from(["source", "day", "sentiment"]), min_size=1, max_size=3),
        "facet_size": st.integers(1, 50),
        "time_zone": st.sampled_from(["UTC", "Asia/Seoul"]),
        "fields": st.lists(st.sampled_from(["text", "metrics"]), min_size=1, max_size=3),
        "cursor": WORDS,
    },
)

zone_of("Asia/Seoul")  # the table of zones takes a moment to load, which is no test's time


@given(FIELDS)
def test_url_and_body_ask_the_same(fields: dict[str, Any]) -> None:
    body = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}
    url = {name: _in_url(value) for name, value in body.items()}
    asked = from_body(json.dumps(body, ensure_ascii=False))
    assert from_parameters(url) == asked
    for name, value in fields.items():
        found = getattr(asked, {"from": "since", "to": "until"}.get(name, name))
        assert found == value


def _in_url(value: object) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("ask", [from_body(None), from_body(""), from_body("{}"), from_parameters({})])
def test_nothing_asked_is_everything_newest_first(ask: Ask) -> None:
    assert ask == Ask()
    assert (ask.order, ask.limit) == ("newest", 20)


def test_values_are_taken_between_commas_too_many() -> None:
    assert from_parameters({"source": "feed,", "author": ",kim,,lee", "q": ""}) == Ask(
        source=["feed"], author=["kim", "lee"]
    )


def test_times_are_in_utc() -> None:
    asked = from_parameters({"from": "2026-11-28T18:00:00+09:00"})
    assert asked.since == datetime(2026, 11, 28, 9, tzinfo=UTC)
    assert asked.since.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": 10**30}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"limit": None}, "limit"),
        ({"q": 3}, "q"),
        ({"q": None}, "q"),
        ({"source": "feed"}, "source"),
        ({"source": [1]}, "source"),
        ({"source": ["feed", "gnubord"]}, "source"),
        ({"sort": "first"}, "sort"),
        ({"highlight": True, "limit": 51}, "limit"),
        ({"highlight": "yes"}, "highlight"),
        ({"facets": ["followers"]}, "facets"),
        ({"facet_size": 51}, "facet_size"),
        ({"time_zone": "Asia/Nowhere"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"fields": ["versions"]}, "fields"),
        ({"fields": ["signature"]}, "fields"),
        ({"source": ["x"] * 501}, "source"),
        ({"author": ["x" * 2049]}, "author"),
        ({"q": "battery", "guided": {"all": ["battery"]}}, "guided"),
        ({"guided": {}}, "guided"),
        ({"guided": {"all": ["battery"], "sites": ["a.example"]}}, "sites"),
        ({"guided": {"none": ["ok", "*"]}}, "guided.none[1]"),
        ({"from": "yesterday"}, "from"),
        ({"from": 1_700_000_000}, "from"),
        ({"from": "2026-11-28T09:00:00"}, "from"),
        ({"to": "2026-11-28"}, "to"),
        ({"from": "2026-11-28T09:00:00Z", "to": "2026-11-28T09:00:00Z"}, "from"),
        ({"from": "2026-11-28T09:00:00Z", "to": "2026-11-27T09:00:00Z"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"to": "9999-12-31T23:59:59-12:00"}, "to"),
        ({"cursor": 3}, "cursor"),
        ({"limt": 3}, "limt"),
        ({"since": "2026-11-28T09:00:00Z"}, "since"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_a_mistake_in_a_body_names_its_field(body: object, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_body(json.dumps(body))
    assert refused.value.field == field
    assert refused.value.remedy


def test_no_topic_waits_for_posts_of_a_source_that_is_none() -> None:
    assert watched("누리폰", None, [], ["imported", "gnuboard"]).source == ["gnuboard", "imported"]
    with pytest.raises(InvalidInput, match="no source is named 'gnubord'") as refused:
        watched("누리폰", None, [], ["gnubord"])
    assert "gnuboard" in refused.value.remedy


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"sort": "first"}, "sort"),
        ({"guided": "battery"}, "guided"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-28T09:00:00 09:00"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"page": "2"}, "page"),
    ],
)
def test_a_mistake_in_a_url_names_its_field(parameters: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_parameters(parameters)
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize("field", ["from", "to"])
@pytest.mark.parametrize("text", ["20261121", "1764000000", "1764000000.5", "-1", "null", "", "2026-11-21", "1e9"])
def test_a_time_in_a_url_is_written_out(text: str, field: str) -> None:
    """A number could be a day, seconds or milliseconds: it is not guessed which."""
    with pytest.raises(InvalidInput) as refused:
        from_parameters({field: text})
    assert (refused.value.field, refused.value.remedy) == (field, "give a time such as 2026-11-28T09:00:00Z")


@pytest.mark.parametrize("body", ["{", "q=battery", "\x00", '{"q": "\\ud800"}', '{"q": "\ud800"}', "[" * 100_000])
def test_what_is_no_json_is_told_as_such(body: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_body(body)
    assert refused.value.remedy


@given(st.text(max_size=60))
def test_no_body_breaks_anything(body: str) -> None:
    try:
        from_body(body)
    except InvalidInput:
        return
    assert body.strip()[:1] in {"", "{"}


def test_a_query_by_its_parts_is_the_same_search_as_in_the_language() -> None:
    guided = {"all": ["보조 배터리"], "any": ["폭발", "화재"], "from": {"languages": ["ko"]}}
    by_parts = from_body(json.dumps({"guided": guided, "source": ["feed"]}))
    written = from_parameters({"q": '"보조 배터리" (폭발 OR 화재) lang:ko', "source": "feed"})
    assert parse(by_parts.q) == parse(written.q)
    assert digest(by_parts) == digest(from_parameters({"q": by_parts.q, "source": "feed"}))


def test_every_field_of_a_post_can_be_asked_for_but_what_is_hidden() -> None:
    hidden = {name.partition(".")[0] for name in (*HIDDEN, *ONLY_ALONE) if "." not in name}
    gone = {"deleted_at", "withdrawn"}
    assert set(get_args(Shown)) == set(Post.__struct_fields__) - hidden - gone
