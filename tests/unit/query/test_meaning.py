"""What is told of a query without the engine: what is rare in it, what to highlight, and what it says in words."""

from __future__ import annotations

import pytest

from socialindex.query import explain, parse, selective, show, terms


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("배터리", True),
        ('"보조 배터리"', True),
        ("배터*", True),
        ("raw:BT", True),
        ("a NEAR/5 b", True),
        ("title:리콜", True),
        ("#태그", True),
        ("author:nuri", True),
        ("site:x.example", True),
        ("link:x.example", True),
        ("@nuri", True),
        ("lang:ko", False),
        ("source:mastodon", False),
        ("kind:post", False),
        ("sentiment:negative", False),
        ("has:media", False),
        ("views:>1000", False),
        ("author:nuri*", False),
        ("-배터리", False),
        ("-배터리 lang:ko", False),
        ("배터리 lang:ko", True),
        ("배터리 -광고", True),
        ("배터리 OR lang:ko", False),
        ("배터리 OR (폭발 lang:ko)", True),
        ("배터리 OR NOT 폭발", False),
    ],
)
def test_a_topic_needs_something_rare(query: str, *, expected: bool) -> None:
    assert selective(parse(query)) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('배터리 OR "보조 배터리" OR batter*', ["배터리", '"보조 배터리"', "batter*"]),
        ("a NEAR/5 (b OR c) raw:D title:e", ["a", "b", "c", "raw:D", "title:e"]),
        ("배터리 -광고 NOT (x y)", ["배터리"]),
        ("배터리 (배터리 OR 폭발)", ["배터리", "폭발"]),
        ("site:x.example views:>5", []),
    ],
)
def test_what_to_highlight(query: str, expected: list[str]) -> None:
    assert list(map(show, terms(parse(query)))) == expected


@pytest.mark.parametrize(
    ("query", "english", "korean"),
    [
        ("배터리", "the word “배터리”", "낱말 “배터리”"),
        ('title:"보조 배터리"', "the phrase “보조 배터리” in the title", "제목에 구절 “보조 배터리”"),
        ("batter*", "a word that begins with “batter”", "“batter”(으)로 시작하는 낱말"),
        ("{BT}", "exactly “BT”", "정확히 “BT”"),
        (
            "(a OR b) -c",
            "(the word “a” or the word “b”) and not the word “c”",
            "(낱말 “a” 또는 낱말 “b”), 그리고 낱말 “c” 제외",
        ),
        (
            "a NEAR/5 b",
            "the word “a” and the word “b” with at most 5 words between them",
            "낱말 “a”, 그리고 낱말 “b” (사이에 최대 5어절)",
        ),
        (
            "a NEAR/5f b",
            "the word “a” and the word “b”, in this order, with at most 5 words between them",
            "낱말 “a”, 그리고 낱말 “b” (이 순서로, 사이에 최대 5어절)",
        ),
        ("site:x.example", "on x.example or its subdomains", "사이트 x.example (하위 도메인 포함)"),
        ("#태그*", "with the hashtag #태그…", "해시태그 #태그…"),
        ("sentiment:negative", "of negative sentiment", "감성: 부정"),
        ("views:>=1000", "views: at least 1,000", "조회 수 1,000 이상"),
        ("likes:<=5", "likes: at most 5", "좋아요 수 5 이하"),
        ("replies:5", "replies: exactly 5", "댓글 수 정확히 5"),
        ("followers:100..200", "followers of the author: 100 to 200", "글쓴이의 팔로워 수 100 이상 200 이하"),
    ],
)
def test_in_words(query: str, english: str, korean: str) -> None:
    assert explain(parse(query)) == english
    assert explain(parse(query), "ko") == korean
