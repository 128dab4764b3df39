"""Words of mentions against posts: what stands out is what is said more often than usual."""

from __future__ import annotations

from socialindex.search.analytics.asking import Found
from socialindex.search.analytics.words import Candidate, contrasted


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
