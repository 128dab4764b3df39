from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from infra.local.world.generate import encode, generate
from socialindex.normalize.near import ALIKE, signature

if TYPE_CHECKING:
    from infra.local.world.records import Comment, Thread, WorldData

ANCHOR = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SEED = 12


@cache
def story(seed: int = SEED) -> WorldData:
    return generate(seed, ANCHOR)


def threads(data: WorldData) -> list[Thread]:
    return [thread for board in data.boards for thread in board.threads]


def comments(data: WorldData) -> list[Comment]:
    return [comment for thread in threads(data) for comment in thread.comments]


def texts(data: WorldData) -> list[str]:
    return [
        *(f"{thread.title}\n{thread.text}" for thread in threads(data)),
        *(comment.text for comment in comments(data)),
        *(status.text for status in data.statuses if not status.boosts),
        *("\n".join([article.title, *article.paragraphs]) for article in data.articles),
        *("\n".join([post.title, *post.paragraphs]) for post in [*data.walk, *data.lab]),
    ]


def moments(data: WorldData) -> list[datetime]:
    return [
        *(thread.published_at for thread in threads(data)),
        *(comment.published_at for comment in comments(data)),
        *(status.published_at for status in data.statuses),
        *(article.published_at for article in [*data.articles, *data.walk, *data.lab]),
    ]


def test_same_seed_and_anchor_give_the_same_bytes() -> None:
    assert encode(generate(SEED, ANCHOR)) == encode(story())


def test_another_seed_gives_another_world() -> None:
    assert encode(story(13)) != encode(story())


@pytest.mark.parametrize("seed", [0, 1, 12, 99])
def test_the_world_has_the_size_that_it_should(seed: int) -> None:
    data = story(seed)
    assert 550 <= len(texts(data)) <= 850
    assert 60 <= len(data.articles) + len(data.walk) + len(data.lab) <= 120
    assert 200 <= len(data.statuses) <= 320
    assert 130 <= len(comments(data)) <= 350


def test_most_is_korean_and_there_is_english_and_japanese() -> None:
    count = Counter(
        "ja" if re.search("[ぁ-ん]", text) else "ko" if re.search("[가-힣]", text) else "en" for text in texts(story())
    )
    assert 0.75 < count["ko"] / count.total() < 0.9
    assert count["en"] >= 60
    assert count["ja"] >= 30


def test_texts_vary() -> None:
    found = texts(story())
    assert len(set(found)) > 0.85 * len(found)
    assert Counter(found).most_common(1)[0][1] <= 5


def test_the_world_reaches_back_half_a_year() -> None:
    first = min(thread.published_at for thread in threads(story()))
    assert timedelta(days=140) < ANCHOR - first < timedelta(days=200)


@pytest.mark.parametrize(
    "phrase",
    [
        "배터리가",
        "배터리를",
        "보조배터리",
        "battery",
        "batteries",
        "バッテリー",
        "안 켜짐",
        "협찬",
        "체험단",
        "#광고",
        "#ad",
        "ㅠㅠ",
        "ㅋㅋ",
    ],
)
def test_what_search_must_cope_with_is_there(phrase: str) -> None:
    assert any(phrase in text for text in texts(story()))


@pytest.mark.parametrize("forms", [("누리폰12", "누리폰 12"), ("누리버즈", "누리 버즈"), ("서비스센터", "서비스 센터")])
def test_people_spell_brands_in_their_own_ways(forms: tuple[str, str]) -> None:
    everything = "\n".join(texts(story()))
    assert all(form in everything for form in forms)


def test_no_slot_is_left_open() -> None:
    assert not [text for text in texts(story()) if re.search(r"\{\w|\w\}", text) or "::" in text]


def test_social_posts_notice_the_incident_hours_before_the_news() -> None:
    data = story()
    first_thread = next(thread for thread in threads(data) if thread.key == "first-swelling")
    first_status = next(status for status in data.statuses if status.key == "social-first")
    first_article = min(
        (article for article in data.articles if "팽창" in article.title), key=lambda article: article.published_at
    )
    assert first_thread.published_at == ANCHOR - timedelta(days=3)
    assert timedelta(hours=8) < first_article.published_at - first_thread.published_at < timedelta(hours=10)
    assert first_status.published_at < first_article.published_at


def test_notice_and_recall_follow_in_their_order() -> None:
    data = story()
    at = {thread.key: thread.published_at for thread in threads(data) if thread.key}
    recall = next(article for article in data.articles if article.slug == "news-recall")
    assert timedelta(hours=20) < at["notice-inspection"] - at["first-swelling"] < timedelta(hours=32)
    assert timedelta(hours=44) < recall.published_at - at["first-swelling"] < timedelta(hours=60)
    assert recall.published_at < at["notice-recall"] < ANCHOR


def test_talk_rises_with_the_news_and_decays_after_the_recall() -> None:
    data = story()
    start = ANCHOR - timedelta(days=3)
    found = moments(data)

    def per_hour(first: float, last: float) -> float:
        span = (start + timedelta(hours=first), start + timedelta(hours=last))
        return sum(span[0] <= moment < span[1] for moment in found) / (last - first)

    ordinary = per_hour(-24 * 90, -24)
    assert per_hour(0, 9) > 5 * ordinary
    assert per_hour(9, 27) > 1.5 * per_hour(0, 9)
    assert per_hour(66, 72) < per_hour(9, 27) / 2


def test_press_releases_have_near_duplicates() -> None:
    articles = {article.slug: set(" ".join(article.paragraphs).split()) for article in story().articles}
    ours, theirs = articles["news-recall"], articles["press-recall"]
    assert len(ours & theirs) > 0.6 * len(theirs)
    assert ours != theirs


@pytest.mark.parametrize("seed", [SEED, 0, 1, 99])
def test_what_is_printed_twice_becomes_one_cluster(seed: int) -> None:
    """A release and the newspaper's own version of it: the service must tell that they are one story."""
    articles = story(seed).articles
    copy = next(article for article in articles if article.title.endswith("서비스센터 문 연다"))
    release = next(article for article in articles if article.published_at == copy.published_at - timedelta(minutes=31))
    scripted = {article.slug: article for article in articles}
    for one, other in ((copy, release), (scripted["news-recall"], scripted["press-recall"])):
        first, second = (set(signature("\n\n".join(article.paragraphs))) for article in (one, other))
        assert len(first & second) >= ALIKE
        assert one.paragraphs != other.paragraphs


def test_numbers_of_a_board_follow_time_and_are_shared_with_comments() -> None:
    for board in story().boards:
        entries: list[Thread | Comment] = [*board.threads, *(c for t in board.threads for c in t.comments)]
        entries.sort(key=lambda entry: entry.number)
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.published_at for entry in entries] == sorted(entry.published_at for entry in entries)


@pytest.mark.parametrize("seed", [0, 1, 12, 99])
def test_answers_come_after_what_they_answer(seed: int) -> None:
    data = story(seed)
    statuses = {status.id: status for status in data.statuses}
    for status in data.statuses:
        for original in (status.answers, status.boosts):
            assert original is None or statuses[original].published_at < status.published_at
    for thread in threads(data):
        written = {comment.number: comment.published_at for comment in thread.comments}
        for comment in thread.comments:
            assert thread.published_at < comment.published_at
            assert comment.parent is None or written[comment.parent] < comment.published_at


@pytest.mark.parametrize("seed", [0, 1, 12, 99])
def test_identities_are_unique(seed: int) -> None:
    data = story(seed)
    for ids in (
        [status.id for status in data.statuses],
        [account.id for account in data.accounts],
        [article.slug for article in data.articles],
        [post.slug for post in [*data.walk, *data.lab]],
    ):
        assert len(ids) == len(set(ids))


def test_about_twenty_items_arrive_in_the_first_quarter_of_an_hour() -> None:
    data = story()
    after = sorted((moment - ANCHOR).total_seconds() for moment in moments(data) if moment > ANCHOR)
    assert 15 <= len(after) <= 26
    assert after[0] <= 30
    assert after[-1] == 900
