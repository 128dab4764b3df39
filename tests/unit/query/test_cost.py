"""What a query costs is known before it is asked, and what costs too much is refused."""

from __future__ import annotations

import pytest

from socialindex.errors import InvalidQuery
from socialindex.query import cost, parse


def near(groups: int, terms: int, term: str) -> str:
    """So many groups of so many terms near each other."""
    numbers = [range(first * terms, (first + 1) * terms) for first in range(groups)]
    return " NEAR/5 ".join(f"({' OR '.join(map(term.format, some))})" for some in numbers)


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
        (near(2, 25, "w{}"), 200),  # all words of a group are one alternative
        (near(2, 25, '"a{} b"'), 916),  # 625 pairs of four words in title and text, 8,192 of which are 1,500 units
        ("title:(" + near(2, 25, '"a{} b"') + ")", 458),
        (near(2, 25, "wi-fi{}"), 916),
        (near(2, 22, '"배터{} 불량"'), 1225),  # and each without its space, as one word
        (near(3, 8, '"a{} b"'), 1125),
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


@pytest.mark.parametrize(
    ("query", "combinations"),
    [
        (near(4, 5, '"a{} b"'), 625),
        (near(3, 9, '"a{} b"'), 729),
        (near(2, 25, '"배터{} 불량"'), 676),
        (near(3, 16, "wi-fi{}"), 4096),
        (near(3, 8, "電池管{}"), 512),
    ],
)
def test_a_near_whose_groups_multiply_to_more_than_the_engine_takes_is_refused_where_it_stands(
    query: str, combinations: int
) -> None:
    with pytest.raises(InvalidQuery, match=f"over {combinations} combinations of phrases") as refused:
        parse(f"배터리 OR ({query})")
    assert refused.value.position == len("배터리 OR (") + query.rindex("NEAR")
    assert "Split the largest group" in refused.value.remedy


def test_nears_that_are_too_much_together_are_refused() -> None:
    one = near(2, 25, '"a{} b"')
    cost.check(parse(one))
    with pytest.raises(InvalidQuery, match="1832 units, 1500 at most"):
        cost.check(parse(f"({one}) OR ({one})"))


def test_the_longest_list_of_plain_words_and_phrases_costs_less() -> None:
    cost.check(parse(" OR ".join(f"w{number}" for number in range(500))))
    cost.check(parse(" OR ".join(f'"a{number} b"' for number in range(250))))
