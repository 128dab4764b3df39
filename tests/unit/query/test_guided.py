"""A query by its parts is one that the language has, and asks what its parts say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.query import parse, show
from socialindex.query.guided import Guided, written

CASES = [
    ({"all": ["배터리", "폭발"]}, "배터리 AND 폭발"),
    ({"all": ["보조 배터리"]}, '"보조 배터리"'),
    ({"all": ["배터*", "#갤럭시"]}, "배터* AND hashtag:갤럭시"),
    ({"any": ["폭발"]}, "폭발"),
    ({"any": ["폭발", "불이 났다"], "none": ["광고", "체험단"]}, '(폭발 OR "불이 났다") AND NOT 광고 AND NOT 체험단'),
    ({"none": ["광고"]}, "NOT 광고"),
    ({"near": {"terms": ["배터리", "폭발"]}}, "배터리 NEAR/5 폭발"),
    ({"near": {"terms": ["배터리", "폭발"], "distance": 2, "ordered": True}}, "배터리 NEAR/2f 폭발"),
    ({"near": {"terms": ["가나", "나다", "다라"], "ordered": True}}, "(가나 NEAR/5f 나다) NEAR/5f 다라"),
    ({"near": {"terms": ["가나", "나다", "다라"]}}, "(가나 AND 나다 AND 다라)~5"),
    (
        {"from": {"sites": ["a.example", "https://b.example/"], "sources": ["feed"], "languages": ["한국어"]}},
        "(site:a.example OR site:b.example) AND source:feed AND lang:ko",
    ),
    ({"from": {"authors": ["nuri*", "홍보 담당"]}}, 'author:nuri* OR author:"홍보 담당"'),
    ({"all": ["OR", 'NOT "x" (y)', "“인용”"]}, '"OR" AND "NOT x (y)" AND 인용'),
]


@pytest.mark.parametrize(("parts", "query"), CASES, ids=[query for _, query in CASES])
def test_parts_are_written_as(parts: dict[str, Any], query: str) -> None:
    assert written(msgspec.convert(parts, Guided)) == query


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "guided"),
        ({"all": []}, "guided"),
        ({"from": {}}, "guided"),
        ({"all": ["ok", "***"]}, "guided.all[1]"),
        ({"any": [" "]}, "guided.any[0]"),
        ({"any": ["*터리"]}, "guided.any[0]"),
        ({"none": ["a" * 200]}, "guided.none[0]"),
        ({"near": {"terms": ["ok", "…"]}}, "guided.near.terms[1]"),
        ({"near": {"terms": ["a b c de*"] * 20}}, "guided.near"),
        ({"from": {"sites": ["kein host"]}}, "guided.from.sites[0]"),
        ({"from": {"languages": ["ko", "klingonisch"]}}, "guided.from.languages[1]"),
        ({"any": ["ab*"] * 21}, "guided"),
        ({"any": ["a b"] * 251}, "guided"),
        ({"all": ["\ud800"]}, "guided.all[0]"),
    ],
)
def test_a_mistake_is_told_with_its_part(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        written(msgspec.convert(parts, Guided))
    assert refused.value.field == field
    assert refused.value.remedy


TEXTS = st.lists(
    st.text(min_size=1, max_size=8) | st.sampled_from(["배터*", "#갤럭시", '"', "a b", "NEAR/5"]), max_size=3
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "all": TEXTS,
        "any": TEXTS,
        "none": TEXTS,
        "near": st.fixed_dictionaries(
            {"terms": st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=4)},
            optional={"distance": st.integers(0, 100), "ordered": st.booleans()},
        ),
        "from": st.fixed_dictionaries({}, optional={"sites": TEXTS, "authors": TEXTS, "languages": TEXTS}),
    },
)


def outcome(parts: dict[str, Any]) -> str | InvalidInput:
    try:
        return written(msgspec.convert(parts, Guided))
    except InvalidInput as error:
        return error


@given(PARTS)
def test_whatever_the_parts_are_they_make_a_canonical_query_or_are_refused(parts: dict[str, Any]) -> None:
    query = outcome(parts)
    if isinstance(query, InvalidInput):
        assert query.remedy
        assert query.field.startswith("guided")
    else:
        assert show(parse(query)) == query
