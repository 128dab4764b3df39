"""Offsets of a stream: what clients keep, and when there is no going on from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import ExpiredCursor, InvalidCursor
from socialindex.search.mentions.offset import KEPT, Offset, decode, encode

NOW = 1_795_000_000_000
WEEK = int(KEPT.total_seconds() * 1000)
moments = st.integers(min_value=NOW - WEEK, max_value=NOW)


@given(st.text(max_size=20), moments, moments, st.text(max_size=40))
def test_an_offset_comes_back_as_it_was(topic: str, at: int, begun: int, id_: str) -> None:
    offset = Offset(topic=topic, at=at, id=id_, begun=begun)
    assert decode(encode(offset), topic, NOW) == offset


@given(st.text())
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor) as refused:
        decode(text, "tp_a", NOW)
    assert refused.value.field == "after"


def test_an_offset_is_of_one_topic() -> None:
    with pytest.raises(InvalidCursor, match="another topic"):
        decode(encode(Offset(topic="tp_a", at=NOW, begun=NOW)), "tp_b", NOW)


@pytest.mark.parametrize(
    ("at", "begun", "good"),
    [
        (NOW, NOW, True),
        (NOW - WEEK, NOW - 2 * WEEK, True),
        (NOW - WEEK - 1, NOW - WEEK - 1, False),
        # Whoever reads from the beginning may have come to a time long ago: all that is gone, went before or is told.
        (0, NOW - WEEK, True),
        (0, NOW - WEEK - 1, False),
    ],
)
def test_there_is_no_going_on_after_deleted_ones_are_forgotten(at: int, begun: int, good: bool) -> None:
    text = encode(Offset(topic="tp_a", at=at, begun=begun))
    if good:
        assert decode(text, "tp_a", NOW).at == at
    else:
        with pytest.raises(ExpiredCursor) as refused:
            decode(text, "tp_a", NOW)
        assert "from=start" in refused.value.remedy


def test_a_place_from_before_the_loss_of_the_stream_is_refused() -> None:
    lost, begun = NOW - 5_000, Offset(topic="tp_a", at=0, begun=NOW - 1_000)
    assert decode(encode(begun), "tp_a", NOW, lost) == begun
    with pytest.raises(ExpiredCursor, match="made anew"):
        decode(encode(Offset(topic="tp_a", at=NOW - 6_000, begun=NOW - 7_000)), "tp_a", NOW, lost)
