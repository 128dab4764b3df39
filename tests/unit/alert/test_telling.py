"""Which posts tell an incident, and who carried it."""

from __future__ import annotations

from typing import Any

import msgspec

from socialindex.alert.telling import EVIDENCE, Telling, distinct
from socialindex.identity import author_key, post_id
from socialindex.model import Metrics
from tests.unit.network.posts import written


def told(*posts: Any) -> list[str]:
    names = {post.id: post.uri.rpartition("/")[2] for post in posts}
    return [names[each.post] for each in Telling(posts).evidence()]


def test_negative_and_widely_spread_posts_come_first() -> None:
    calm = written("calm", "kim", sentiment=0.5)
    angry = written("angry", "lee", sentiment=-0.8)
    shared = written("shared", "park", sentiment=-0.8)
    liked = written("liked", "choi", sentiment=0.0, metrics=Metrics(likes=9))
    sharing = [written(f"share {number}", f"who {number}", 60 + number, repost_of="shared") for number in range(3)]
    assert told(calm, angry, shared, liked, *sharing) == ["shared", "angry", "liked", "calm"]


def test_one_of_each_text_is_shown_and_no_advertisement() -> None:
    first = written("first", "kim", sentiment=-0.5, cluster_id="first")
    copies = [written(f"copy {number}", f"who {number}", number + 1, cluster_id="first") for number in range(3)]
    advertisement = written("ad", "shop", sentiment=-0.9, promotional=True)
    assert told(first, *copies, advertisement) == ["first"]
    (evidence,) = Telling([first, *copies]).evidence()
    assert evidence.spread == 3


def test_no_source_has_all_the_evidence() -> None:
    here = [written(f"here {number}", f"who {number}", sentiment=-0.9) for number in range(EVIDENCE + 2)]
    there = [written(f"there {number}", f"they {number}", source="gnuboard", sentiment=-0.2) for number in range(2)]
    assert [name.partition(" ")[0] for name in told(*here, *there)] == ["here"] * 3 + ["there"] * 2
    assert len(told(*here)) == EVIDENCE


def test_spreaders_are_those_whose_posts_were_taken_up() -> None:
    posts = [
        written("a", "kim"),
        written("b", "kim", 5),
        written("c", "lee", 10),
        written("mine", "park", 15),
        *(written(f"of a {number}", f"who {number}", 60 + number, repost_of="a") for number in range(2)),
        *(written(f"of c {number}", f"they {number}", 60 + number, quote_of="c") for number in range(5)),
        written("guest's", None, 20),
        written("of guest's", "jung", 90, quote_of="guest's"),
    ]
    found = Telling(posts).spreaders()
    assert [(each.author, each.posts, each.spread) for each in found] == [
        (author_key("lee"), 1, 5),
        (author_key("kim"), 2, 2),
    ]
    assert all(each.name is None for each in found)


def test_an_alert_keeps_nobodys_words() -> None:
    evidence = Telling([]).shown(written("a", "kim", text="words of mine", title="a title", url="https://x.example/a"))
    kept = msgspec.to_builtins(evidence)
    assert kept == {
        "post": post_id("a"),
        "source": "mastodon",
        "platform": "social.example",
        "published_at": kept["published_at"],
    }


def test_posts_count_once_in_the_order_of_their_publication() -> None:
    a, b, undated = written("a", at=9), written("b", at=3), written("undated", at=None)
    assert [post.uri[-1] for post in distinct([a, b, a])] == ["b", "a"]
    assert len(distinct([a, undated, undated])) == 2
