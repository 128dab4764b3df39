"""Words of mentions against posts: what stands out is what is said more often than usual."""

from __future__ import annotations

import pytest

from socialindex.search.analytics.asking import Found
from socialindex.search.analytics.words import Candidate, contrasted, news, own_words


def test_what_is_usual_does_not_stand_out() -> None:
    said = [
        Candidate(word, 0.0, posts, posts) for word, posts in (("배터리", 50), ("리콜", 20), ("점심", 5), ("신제품", 3))
    ]
    usual = {"배터리": 500, "리콜": 20, "점심": 100, "신제품": 0}
    buckets = {str(place): {"doc_count": usual[each.term]} for place, each in enumerate(said)}
    found = contrasted(said, 100, Found(1_000, {"found": {"buckets": buckets}}))
    assert [each.term for each in found] == ["리콜", "신제품"]
    assert [each.background for each in found] == [20, 0]
    share, usually = 0.2, 0.02
    assert found[0].score == round((share - usually) * share / usually, 6)


def test_without_any_posts_beside_them_nothing_stands_out_and_nothing_fails() -> None:
    assert contrasted([Candidate("배터리", 0.0, 5, 0)], 5, Found(0, {})) == []


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("Ёлка", ["елка"]),
        ("Λόγος", ["λογοσ"]),
        ("Pokémon", ["pokemon"]),
        ("L'Oréal", ["loreal"]),
        ("O\u2019Neill", ["oneill"]),
        ("Ødegaard OR Łódź OR Đoković OR Y\u0131ld\u0131z", ["odegaard", "lodz", "dokovic", "yildiz"]),
        ("Lætitia OR Œuvre OR Þór", ["laetitia", "oeuvre", "thor"]),
        ("بطارية", ["بطاريه"]),
        ('"على بطـــارية"', ["علي", "بطاريه"]),
        ("کیف", ["كيف"]),
        ("배터리의", ["배터리"]),
        ("배터리 OR battery*", ["배터리", "battery"]),
    ],
)
def test_a_querys_own_words_are_no_news_as_the_index_has_them(query: str, tokens: list[str]) -> None:
    found = [Candidate(word, 1.0, 5, 1) for word in (*tokens, "배", "리콜", "recall")]
    assert [each.term for each in news(found, own_words(query))][-2:] == ["리콜", "recall"]
    assert not {*tokens} & {each.term for each in news(found, own_words(query))}


@pytest.mark.parametrize(("query", "term"), [("각시", "가"), ("กิน", "กัน"), ("ガス", "カス")])
def test_letters_that_the_index_tells_apart_are_news(query: str, term: str) -> None:
    assert news([Candidate(term, 1.0, 5, 1)], own_words(query)) == [Candidate(term, 1.0, 5, 1)]
