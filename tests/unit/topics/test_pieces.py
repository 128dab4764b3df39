"""Queries put together from their parts, and what is shown of posts."""

from __future__ import annotations

import pytest

from socialindex.query import parse, show
from socialindex.query.nodes import Phrase, Word
from socialindex.search.proposing.pieces import samples, widened, without


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        ("누리폰", "누리폰 OR 누리픈"),
        ("누리폰 배터리", "(누리폰 OR 누리픈) AND 배터리"),
        ("누리폰 OR 갤럭탭", "누리폰 OR 누리픈 OR 갤럭탭"),
        ("누리폰 -로켓", "(누리폰 OR 누리픈) AND NOT 로켓"),
        ("배터리 -누리폰", "배터리 AND NOT 누리폰"),
        ("누리폰 NEAR/5 배터리", "(누리폰 OR 누리픈) NEAR/5 배터리"),
        ("title:누리폰", "title:누리폰"),
    ],
)
def test_another_spelling_counts_where_the_first_does(query: str, wider: str) -> None:
    assert show(widened(parse(query), Word("누리폰"), Word("누리픈"))) == wider
    assert parse(wider) == widened(parse(query), Word("누리폰"), Word("누리픈"))


def test_what_is_not_meant_is_left_out() -> None:
    node = without(parse("누리폰 OR NuriPhone"), [Word("로켓"), Phrase("위성 발사")])
    assert show(node) == '(누리폰 OR NuriPhone) AND NOT (로켓 OR "위성 발사")'
    assert without(parse("누리폰"), []) == parse("누리폰")


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("누리폰 짧은 글", "누리폰 짧은 글", "누리폰 짧은 글"),
        ("앞 " * 300 + "누리폰 여기" + " 뒤" * 300, "…", "…"),
        ("긴 " * 300, "긴", "…"),
    ],
)
def test_a_post_is_shown_at_where_it_says_it(text: str, starts: str, ends: str) -> None:
    (shown,) = samples([{"_source": {"id": "p", "source": "feed", "text": text}}], ["누리폰"])
    assert shown.excerpt
    assert shown.excerpt.startswith(starts)
    assert shown.excerpt.endswith(ends)
    assert ("누리폰" in text) is ("누리폰" in shown.excerpt)
    assert shown.published_at is None
