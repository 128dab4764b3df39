"""What the million generated posts are like, and when an engine that holds them is filled anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.bench.million import Note, months, posts_wanted, version
from infra.bench.million_posts import BEGIN, CHUNK, END, Posts, document
from infra.bench.million_text import LANGUAGES, VOCABULARY, vocabulary
from socialindex.errors import InvalidSettings
from socialindex.normalize.near import ALIKE
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from socialindex.model import Post

ROOT = Path(__file__).parents[3]
SIZE = 2_000


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return [post for chunk in Posts(SIZE).chunks() for post in chunk]


@pytest.fixture(scope="module")
def living(posts: list[Post]) -> list[Post]:
    return [post for post in posts if post.deleted_at is None]


def test_there_are_as_many_as_wanted_each_once(posts: list[Post]) -> None:
    assert len({post.id for post in posts}) == len(posts) == SIZE


def test_a_chunk_is_the_same_without_those_before_it(posts: list[Post]) -> None:
    assert Posts(SIZE).chunk(1) == posts[CHUNK:]
    assert Posts(SIZE, seed=13).chunk(1) != posts[CHUNK:]


def test_posts_are_spread_over_the_year_in_order(living: list[Post]) -> None:
    published = [post.published_at for post in living if post.published_at]
    assert published == sorted(published)
    assert BEGIN <= published[0] < published[-1] < END
    assert list(dict.fromkeys(f"{moment:%Y-%m}" for moment in published)) == months()


def test_every_living_post_is_in_a_cluster_and_no_other_has_words(posts: list[Post], living: list[Post]) -> None:
    assert [post.id for post in living if not (post.cluster_id and post.text)] == []
    gone = [post for post in posts if post.deleted_at]
    assert 0 < len(gone) < SIZE / 50
    assert [post.id for post in gone if post.text or post.title or post.author or post.cluster_id] == []


def test_languages_and_sources_are_mixed(living: list[Post]) -> None:
    languages = Counter(post.language for post in living)
    assert set(LANGUAGES) <= set(languages)
    assert languages["ko"] > languages["en"] > languages["ja"] > len(living) / 20
    assert len({post.source for post in living}) == 10


def test_a_few_words_and_authors_make_most_of_it(living: list[Post]) -> None:
    authors = Counter(post.author.handle for post in living if post.author)
    assert authors.most_common(1)[0][1] > 10
    assert len(authors) > len(living) / 5
    words = vocabulary("ko").words
    assert len(set(words.things)) == len(words.weights) == VOCABULARY
    assert 0.3 < words.weights[99] / words.weights[-1] < 0.9


def test_stories_come_in_bursts_whose_copies_are_alike(living: list[Post]) -> None:
    clusters: dict[str | None, list[Post]] = {}
    for post in living:
        clusters.setdefault(post.cluster_id, []).append(post)
    story = max(clusters.values(), key=len)
    assert len(story) >= 5
    signed = [set(post.signature) for post in story if post.signature]
    alike = [each for each in signed[1:] if len(signed[0] & each) >= ALIKE]
    assert len(alike) >= len(signed) / 2
    assert sum(len(each) for each in clusters.values() if len(each) > 1) > len(living) / 30


def test_documents_have_fields_of_the_mapping_only(posts: list[Post]) -> None:
    fields: dict[str, Any] = posts_template(ROOT / "infra" / "opensearch")["template"]["mappings"]["properties"]
    assert {name for post in posts for name in document(post)} <= set(fields)


def test_other_posts_are_another_version() -> None:
    assert version(Posts(SIZE)) == version(Posts(SIZE)) != version(Posts(SIZE, seed=13))


def test_a_note_is_remembered(tmp_path: Path) -> None:
    note = Note(tmp_path / "chunks")
    assert (note.chunks, note.is_final) == (0, False)
    note.put("17")
    assert Note(tmp_path / "chunks").chunks == 17
    note.put("filled")
    assert Note(tmp_path / "chunks").is_final


@pytest.mark.parametrize(("text", "number"), [("", 1_000_000), ("2000", 2_000), ("2999", 2_000)])
def test_how_many_posts_are_wanted(text: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_POSTS", text)
    assert posts_wanted() == number


@pytest.mark.parametrize("text", ["999", "many", "-1", "1e6", "20000001", "\uff11\uff10\uff10\uff10"])
def test_a_wrong_number_of_posts_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_POSTS", text)
    with pytest.raises(InvalidSettings, match="BENCH_POSTS") as refusal:
        posts_wanted()
    assert refusal.value.field == "BENCH_POSTS"
