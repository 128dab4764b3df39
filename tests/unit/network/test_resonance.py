"""Resonance: spread beside what is usual for the author, and what themes and formats have to do with it."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.identity import post_id
from socialindex.model import Media, Metrics
from socialindex.network.resonance import PRIOR, engagement_of, format_of, formats, resonances, themes
from socialindex.network.spread import Spread
from tests.unit.network.posts import written

if TYPE_CHECKING:
    from socialindex.model import Post
    from socialindex.network.resonance import Resonance

STAR, NOBODY = "star@x.example", "nobody@x.example"


def likes(name: str, by: str | None, count: int, reposts: int | None = None) -> Post:
    return written(name, by, metrics=Metrics(likes=count, reposts=reposts))


def resonating(posts: list[Post]) -> dict[str, Resonance]:
    spread = Spread(posts)
    return {each.post: each for each in resonances(posts, spread.followers(spread.forest()))}


def test_the_same_spread_says_more_of_somebody_who_is_seldom_heard() -> None:
    posts = [
        *(likes(f"star {n}", STAR, 900, 90) for n in range(20)),
        *(likes(f"nobody {n}", NOBODY, 9, 1) for n in range(20)),
        likes("star's", STAR, 900, 100),
        likes("nobody's", NOBODY, 900, 100),
    ]

    found = resonating(posts)

    star, nobody = found[post_id("star's")], found[post_id("nobody's")]
    assert star.spread == nobody.spread == 100
    assert star.resonance == pytest.approx(1, abs=0.6)
    assert nobody.resonance > 5 * star.resonance


def test_one_that_went_viral_does_not_raise_its_own_bar() -> None:
    calm = [likes(f"calm {n}", NOBODY, 10, 1) for n in range(10)]

    usual = [resonating([*calm, likes("viral", NOBODY, count, 1)])[post_id("viral")] for count in (10, 10_000)]

    assert [each.usual for each in usual] == pytest.approx([11, 11])
    assert [each.basis for each in usual] == [10, 10]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=9))
def test_usual_is_the_median_of_the_other_posts_drawn_toward_that_of_the_source(counts: list[int]) -> None:
    posts = [likes(str(number), STAR, count) for number, count in enumerate(counts)]
    logs = [math.log1p(count) for count in counts]

    first = resonating(posts)[post_id("0")]

    own, others = median(logs[1:]) if logs[1:] else 0, len(logs) - 1
    expected = math.expm1((others * own + PRIOR * median(logs)) / (others + PRIOR))
    assert first.usual == pytest.approx(expected)


def test_few_posts_say_little_about_an_author() -> None:
    crowd = [likes(f"crowd {n}", f"p{n}@x.example", 10) for n in range(101)]
    posts = [*crowd, likes("first", STAR, 1000), likes("second", STAR, 1000)]

    first = resonating(posts)[post_id("first")]

    assert first.basis == 1
    assert first.usual == pytest.approx((1001 * 11**PRIOR) ** (1 / (PRIOR + 1)) - 1)
    assert first.usual is not None
    assert first.usual < 30


def test_on_boards_copies_and_links_are_the_spread() -> None:
    posts = [
        written("news", "hana", source="gnuboard", cluster_id="news"),
        written("copied", None, 60, source="gnuboard", cluster_id="news"),
        written("linked", "duri", 60, source="gnuboard", links=["https://x.example/news"]),
        written("alone", "seok", 60, source="gnuboard"),
    ]

    found = resonating(posts)

    assert found[post_id("news")].spread == 2
    assert (found[post_id("news")].resonance, found[post_id("alone")].resonance) == (3, 1)
    assert found[post_id("news")].usual is None
    assert found[post_id("news")].engagement is None


@pytest.mark.parametrize(("shown", "spread"), [(None, 5), (0, 5), (4, 5), (5, 5), (50, 50)])
def test_of_reposts_and_quotes_the_higher_figure_counts(shown: int | None, spread: int) -> None:
    """Sources count the two as one: a quote that we hold is not counted beside their figure."""
    posts = [
        likes("news", STAR, 5, shown),
        *(written(f"boost {n}", f"p{n}@x.example", repost_of="news") for n in range(2)),
        *(written(f"quote {n}", f"q{n}@x.example", quote_of="news") for n in range(3)),
    ]

    assert resonating(posts)[post_id("news")].spread == spread


def test_what_came_by_other_ways_counts_beside_the_figure_of_reposts() -> None:
    posts = [
        likes("news", STAR, 5, 10),
        written("quote", NOBODY, 10, quote_of="news"),
        written("boost of the quote", STAR, 20, repost_of="quote"),
        written("link", "duri@x.example", 30, links=["https://x.example/news"]),
    ]

    assert resonating(posts)[post_id("news")].spread == 12


def test_unknown_figures_are_no_zeros() -> None:
    assert engagement_of(None) is None
    assert engagement_of(Metrics(views=900)) is None
    assert engagement_of(Metrics(likes=0)) == 0
    assert engagement_of(Metrics(likes=2, replies=3, reposts=4, views=900)) == 9


@pytest.mark.parametrize(
    ("form", "post"),
    [
        ("text", written("a")),
        ("link", written("a", links=["https://y.example/"])),
        ("video", written("a", media=[Media(kind="image"), Media(kind="video")], links=["https://y.example/"])),
        ("article", written("a", kind="article")),
        ("comment", written("a", kind="comment", links=["https://y.example/"])),
    ],
)
def test_a_format_is_the_strongest_medium_or_what_the_post_is(form: str, post: Post) -> None:
    assert format_of(post) == form


def test_themes_and_formats_by_how_they_resonate() -> None:
    def tagged(name: str, by: str, shared: int, tag: str) -> Post:
        kind: Literal["video", "image"] = "video" if tag == "발열" else "image"
        return written(name, by, hashtags=[tag], media=[Media(kind=kind)], metrics=Metrics(likes=10, reposts=shared))

    posts = [
        *(tagged(f"hot {n}", f"p{n}@x.example", 40, "발열") for n in range(4)),
        *(tagged(f"calm {n}", f"q{n}@x.example", 1, "케이스") for n in range(12)),
        *(tagged(f"mine {n}", STAR, 90, "광고") for n in range(4)),
        *(tagged(f"rare {n}", f"r{n}@x.example", 90, "희귀") for n in range(2)),
    ]

    found = list(resonating(posts).values())

    assert [(theme.name, theme.posts, theme.authors) for theme in themes(found)] == [
        ("#발열", 4, 4),
        ("#케이스", 12, 12),
    ]
    assert {form.name for form in formats(found)} == {"video", "image"}
    hot = themes(found)[0]
    assert hot.spread == 160
    assert hot.resonance > 1 > themes(found)[1].resonance
    assert hot.best in {post_id(f"hot {n}") for n in range(4)}
