"""Records that lie together are read together, and what is wrong with one is no neighbor's trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import ParseError, Unavailable
from socialindex.normalize.ahead import GAP, MOST, Ahead
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "raw/2026/1.warc.gz"


class Archive:
    """Objects in memory, and what was asked of them."""

    def __init__(self, objects: Mapping[str, bytes], *, down: bool = False) -> None:
        self.objects = objects
        self.down = down
        self.asked: list[tuple[str, Span]] = []

    def read(self, key: str, span: Span) -> bytes:
        self.asked.append((key, span))
        if self.down:
            raise Unavailable("archive: no answer")
        data = self.objects.get(key, b"")
        if span.offset >= len(data):
            raise ParseError(f"the archive has nothing at {key} {span.offset}")
        return data[span.offset : span.offset + span.length]


def spans(*lengths: int) -> list[Span]:
    return [Span(sum(lengths[:place]), length) for place, length in enumerate(lengths)]


def test_neighbors_take_one_request_whatever_their_order() -> None:
    data = bytes(range(60))
    archive = Archive({KEY: data, "other": data})
    places = [(key, span) for key in (KEY, "other") for span in spans(10, 20, 30)][::-1]
    ahead = Ahead(archive, places)
    assert [ahead.read(*place) for place in places] == [data[s.offset : s.offset + s.length] for _, s in places]
    assert sorted(archive.asked) == [("other", Span(0, 60)), (KEY, Span(0, 60))]


@pytest.mark.parametrize(
    ("places", "requests"),
    [
        pytest.param([Span(0, 10)], [Span(0, 10)], id="one alone"),
        pytest.param([Span(0, 10), Span(10 + GAP, 10)], [Span(0, GAP + 20)], id="near"),
        pytest.param([Span(0, 10), Span(11 + GAP, 10)], [Span(0, 10), Span(11 + GAP, 10)], id="far"),
        pytest.param([Span(0, MOST), Span(MOST, 1)], [Span(0, MOST), Span(MOST, 1)], id="too much at once"),
        pytest.param([Span(0, 10), Span(0, 10)], [Span(0, 10), Span(0, 10)], id="the same twice"),
    ],
)
def test_what_is_far_or_large_is_read_alone(places: list[Span], requests: list[Span]) -> None:
    archive = Archive({KEY: bytes(MOST + GAP)})
    ahead = Ahead(archive, [(KEY, span) for span in places])
    assert [len(ahead.read(KEY, span)) for span in places] == [span.length for span in places]
    assert [span for _, span in archive.asked] == requests


def test_a_place_beyond_the_object_is_the_trouble_of_its_own_record() -> None:
    archive = Archive({KEY: bytes(10)})
    places = [Span(0, 10), Span(10, 10)]
    ahead = Ahead(archive, [(KEY, span) for span in places])
    assert ahead.read(KEY, places[0]) == bytes(10)
    with pytest.raises(ParseError):
        ahead.read(KEY, places[1])


def test_an_archive_that_is_down_is_asked_once_for_neighbors() -> None:
    archive = Archive({}, down=True)
    places = spans(10, 10, 10)
    ahead = Ahead(archive, [(KEY, span) for span in places])
    for span in places:
        with pytest.raises(Unavailable):
            ahead.read(KEY, span)
    assert len(archive.asked) == 1


def test_what_was_not_named_in_advance_is_read_too() -> None:
    ahead = Ahead(Archive({KEY: bytes(50)}), [(KEY, span) for span in spans(10, 10)])
    assert ahead.read(KEY, Span(40, 5)) == bytes(5)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 300_000), st.integers(1, 5_000)), max_size=20))
def test_records_are_the_same_as_read_one_by_one(named: list[tuple[str, int, int]]) -> None:
    data = bytes(number % 251 for number in range(310_000))
    archive = Archive({"a": data, "b": data[::-1]})
    places = [(key, Span(offset, length)) for key, offset, length in named]
    ahead = Ahead(archive, places)
    assert [ahead.read(*place) for place in places] == [archive.read(*place) for place in places]
