"""What a query costs is known before it is asked, and what costs too much is refused."""

from __future__ import annotations

import pytest

from socialindex.errors import InvalidQuery
from socialindex.query import cost, parse


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("배터리", 1),
        ("배터*", 1),
        ("배터리 폭발 -광고", 3),
        ('"보조 배터리 폭발"', 6),
        ('raw:"SK On"', 4),
        ("배터리 NEAR/5 폭발", 8),
        ('("보조 배터리" OR 충전기) NEAR/5 폭발', 16),
        ("lang:ko views:>5", 2),
        ("author:nuri*", 10),
        ("site:(a.example OR b.example)", 2),
    ],
)
def test_a_query_costs(query: str, units: int) -> None:
    assert cost.units(parse(query)) == units


def test_what_costs_too_much_is_refused_with_what_to_do() -> None:
    near = "(가나 NEAR/5 나다)"
    cost.check(parse(" OR ".join([near] * 187)))
    with pytest.raises(InvalidQuery, match="1504 units, 1500 at most") as refused:
        cost.check(parse(" OR ".join([near] * 188)))
    assert refused.value.remedy


def test_the_longest_list_of_plain_words_and_phrases_costs_less() -> None:
    cost.check(parse(" OR ".join(f"w{number}" for number in range(500))))
    cost.check(parse(" OR ".join(f'"a{number} b"' for number in range(250))))
