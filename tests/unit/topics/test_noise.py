"""Which words of a query's hits look off: those that avoid what most hits are about."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.search.proposing.noise import SEPARATOR, loud, themes

WORDS = ["배터리", "발열", "로켓", "위성", "오늘"]


def matrix(posts: list[set[int]]) -> dict[str, Any]:
    """The engine's counts of posts that have these words, by their places."""
    sets = [{place} for place in range(len(WORDS))] + [set(pair) for pair in combinations(range(len(WORDS)), 2)]
    counts = [(places, sum(1 for post in posts if places <= post)) for places in sets]
    return {
        "buckets": [
            {"key": SEPARATOR.join(map(str, sorted(places))), "doc_count": count} for places, count in counts if count
        ]
    }


PHONE: list[set[int]] = [{0, 1}] * 30 + [{0}] * 30 + [{0, 1, 4}] * 10
ROCKET: list[set[int]] = [{2, 3}] * 12 + [{2, 4}] * 4


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        (PHONE + ROCKET, [["로켓", "위성"]]),
        (PHONE, []),
        (ROCKET, []),
        (PHONE + ROCKET[:2], []),  # so few may be chance
        ([*PHONE, *({2, 0, 1} for _ in range(16))], []),  # rockets that are about batteries
        ([], []),
    ],
)
def test_a_theme_that_avoids_the_main_one_looks_off(posts: list[set[int]], expected: list[list[str]]) -> None:
    assert [theme.words for theme in themes(WORDS, matrix(posts), len(posts))] == expected


@given(st.lists(st.sets(st.integers(0, len(WORDS) - 1)), max_size=80))
def test_the_most_frequent_word_is_never_off_and_no_word_is_off_twice(posts: list[set[int]]) -> None:
    found = [word for theme in themes(WORDS, matrix(posts), len(posts)) for word in theme.words]
    counts = {word: sum(1 for post in posts if place in post) for place, word in enumerate(WORDS)}
    assert len(found) == len(set(found))
    assert not found or max(counts.values()) > min(counts[word] for word in found) or len(found) < len(WORDS)


def test_an_account_is_loud_by_its_share() -> None:
    buckets = [{"key": "bot", "doc_count": 40}, {"key": "kim", "doc_count": 5}]
    assert loud(buckets, 100) == ["bot"]
    assert loud([{"key": "kim", "doc_count": 5}], 6) == []  # of so few posts


@pytest.mark.parametrize("together", [50, 120, 300])
def test_words_of_thousands_of_posts_are_compared(together: int) -> None:
    """The powers and factorials of Poisson's law are above any number there."""
    counts = {"0": 9_000, "1": 6_000, f"0{SEPARATOR}1": together}
    buckets = [{"key": key, "doc_count": count} for key, count in counts.items()]
    assert [theme.words for theme in themes(WORDS[:2], {"buckets": buckets}, 20_000)] == [["발열"]]
