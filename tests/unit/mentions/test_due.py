"""Of what is due, no topic keeps another waiting."""

from __future__ import annotations

from socialindex.mentions.due import in_turns


def test_topics_take_turns_by_what_has_waited_longest() -> None:
    due = [("tp_a", "1"), ("tp_a", "2"), ("tp_a", "3"), ("tp_b", "4"), ("tp_a", "5"), ("tp_b", "6"), ("tp_c", "7")]
    assert in_turns(due, 4) == [("tp_a", "1"), ("tp_b", "4"), ("tp_c", "7"), ("tp_a", "2")]
    assert sorted(in_turns(due, 100)) == sorted(due)
