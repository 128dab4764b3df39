"""What a newer release wrote is read by this one, and what is wrong stays wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from socialindex import releases
from socialindex.errors import ParseError
from socialindex.messages import Archived, PostBatch, decode, encode
from socialindex.model import Author, Media, Post, Provenance
from socialindex.topics.topic import Topic, Watched
from socialindex.warc import Span

AT = datetime(2026, 11, 28, 5, tzinfo=UTC)
POST = Post(
    id="p",
    uri="https://board.example.com/1",
    source="gnuboard",
    collected_at=AT,
    author=Author(name="a"),
    media=[Media(kind="image"), Media(kind="video")],
    provenance=Provenance(channel="c", adapter="gnuboard/1", archive_key="k", archive_offset=0, archive_length=1),
)
TOPIC = Topic(
    id="tp_a",
    workspace="ws_a",
    organization="org_a",
    name="a",
    watched=Watched(q="배터리"),
    since=AT,
    created_at=AT,
    changed_at=AT,
)
PLACES: list[tuple[Any, Any, list[list[str | int]]]] = [
    (POST, Post, [[], ["author"], ["media", 1], ["provenance"]]),
    (PostBatch(posts=[POST, POST]), PostBatch, [[], ["posts", 1], ["posts", 0, "author"]]),
    ([POST], list[Post], [[0], [0, "media", 0]]),
    ({"a": [Span(1, 2)], "b": []}, dict[str, list[Span]], []),
    ({1: TOPIC}, dict[int, Topic], [["1"], ["1", "watched"]]),
    (TOPIC, Topic, [[], ["watched"]]),
    (None, Topic | None, []),
    (TOPIC, Topic | None, [[], ["watched"]]),
]


def with_novelties(value: Any, places: list[list[str | int]]) -> Any:
    """A value as JSON, with a field that nobody knows at each of the places."""
    told = msgspec.json.decode(msgspec.json.encode(value))
    for place in places:
        at = told
        for step in place:
            at = at[step]
        at["novel"] = {"deep": [1]}
    return told


@pytest.mark.parametrize(("value", "kind", "places"), PLACES)
def test_fields_that_only_a_newer_release_knows_are_left_out(
    value: Any, kind: type, places: list[list[str | int]]
) -> None:
    assert releases.decode(msgspec.json.encode(value), kind) == value
    for some in [places, *([place] for place in places)]:
        assert releases.decode(msgspec.json.encode(with_novelties(value, some)), kind) == value


def test_what_is_decoded_already_is_read_likewise() -> None:
    assert releases.convert(with_novelties(TOPIC, [[], ["watched"]]), Topic) == TOPIC


def test_a_message_of_a_newer_release_is_done_by_an_older_one() -> None:
    message = Archived(key="raw/a", offset=1, length=2, source="feed")
    newer = msgspec.json.encode({**msgspec.to_builtins(message), "hint": {"why": "new"}}).decode()
    assert decode(newer, Archived) == message
    assert encode(decode(newer, Archived)) == encode(message)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"novel": 1}', "missing required field"),
        ('{"novel": 1, "key": 5, "offset": 1, "length": 2, "source": "feed"}', "key"),
        ("[]", "Expected"),
        ("{", "truncated"),
    ],
)
def test_what_is_wrong_stays_wrong(body: str, why: str) -> None:
    with pytest.raises(ParseError, match=why):
        decode(body, Archived)
