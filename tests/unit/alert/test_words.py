"""Alerts in plain words: each sentence is there when there is something to say, and nothing is said that is not so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from socialindex.alert.alert import Alert, AlertKind, Evidence, LeadTime, Spreader, Term
from socialindex.alert.words import LANGUAGES, Language, explain

AT = datetime(2026, 11, 28, 5, 10, tzinfo=UTC)


def alert(**given: Any) -> Alert:
    plain: dict[str, Any] = {
        "id": "al_a",
        "topic": "tp_a",
        "workspace": "ws_a",
        "topic_name": "누리폰 12",
        "kind": "crisis",
        "severity": "high",
        "state": "open",
        "revision": 1,
        "since": AT,
        "opened_at": AT,
        "updated_at": AT,
        "window_minutes": 60,
        "observed": 42,
        "expected": 4.0,
        "score": 9.0,
        "negative_share": 0.71,
        "usual_negative_share": 0.14,
        "mentions": 1234,
        "sources": ["gnuboard", "mastodon"],
        "terms": [Term(term="배터리", mentions=30, times=12.0), Term(term="연기", mentions=9, times=9.0)],
        "spreaders": [Spreader(author="k", name="김하나", source="mastodon", posts=2, spread=17)],
        "lead_time": lead(205),
    }
    return Alert(**{**plain, **given})


def lead(minutes: float | None, channels: int = 3) -> LeadTime:
    article = ARTICLE if minutes is not None else None
    return LeadTime(
        minutes=minutes,
        first_post=Evidence(post="p1", source="gnuboard"),
        first_article=article,
        news_channels=channels,
    )


ARTICLE = Evidence(post="p2", source="feed")
EVERYWHERE = ["reddit", "mastodon", "bluesky", "lemmy", "youtube", "discourse", "gnuboard", "rhymix"]
ONLY_PRESS = LeadTime(minutes=None, first_post=None, first_article=ARTICLE, news_channels=3)


def test_a_crisis_is_explained_in_english() -> None:
    assert explain(alert(), "en") == (
        "“누리폰 12” may be in a crisis: 42 people speak about it within 1 hour, 10 times as many as usual at this "
        "hour, and 71% of those whose mood is known are negative; usually 14% are.\n\n"
        "It began at about 14:10 on 28 Nov (Korean time). Since then it was mentioned 1,234 times. It was heard on "
        "boards and Mastodon.\n\n"
        "What it is about: “배터리” and “연기”. It was carried most by 김하나 (Mastodon); posts that came from "
        "there: 17.\n\n"
        "The first article came 3 hours 25 minutes after the first post: so much time you had. We read 3 news "
        "channels.\n\n"
        "What to do: read the first posts now, find out whether they are true, tell whoever is responsible, and answer "
        "where it began, truthfully, before others do. The press has it: have a statement ready."
    )


def test_a_crisis_is_explained_in_korean() -> None:
    assert explain(alert(), "ko") == (
        "“누리폰 12” 관련 위기로 보입니다. 1시간 동안 42명이 이야기했고, 이 시간대 평소의 10배입니다. 분위기를 알 수 "
        "있는 사람 가운데 부정적인 비율은 71%입니다(평소 14%).\n\n"
        "시작: 11월 28일 14:10쯤. 그 뒤로 나온 언급은 1,234건입니다. 글이 올라온 곳: 게시판, 마스토돈.\n\n"
        "많이 나온 말: “배터리”, “연기”. 가장 많이 퍼뜨린 사람(확산자): 김하나 (마스토돈). 이 사람의 글에서 17건이 "
        "퍼져 나갔습니다.\n\n"
        "첫 글이 올라오고 3시간 25분 뒤에 첫 기사가 나왔습니다. 그만큼 먼저 알 수 있었습니다(살펴보는 뉴스 채널 3곳 "
        "기준).\n\n"
        "할 일: 지금 바로 첫 글들을 읽고 사실인지 확인하세요. 책임자에게 알리고, 처음 올라온 곳에서 사실대로 먼저 "
        "답하세요. 언론이 이미 다루고 있으니 입장문을 준비하세요."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(AlertKind))
@pytest.mark.parametrize("state", ["open", "closed"])
def test_every_kind_says_what_and_what_to_do(language: Language, kind: AlertKind, state: str) -> None:
    told = explain(alert(kind=kind, state=state, closed_at=AT if state == "closed" else None), language)
    assert "누리폰 12" in told
    assert not re.search(r"[{}]|None|\bnan\b", told)
    assert len(told.split("\n\n")) >= 4


@pytest.mark.parametrize(
    ("given", "said", "unsaid"),
    [
        ({"lead_time": lead(None)}, "No article about it has come in 3 news channels", "after the first post"),
        ({"lead_time": lead(None, 0)}, "We read no news channels", "has come in"),
        ({"lead_time": ONLY_PRESS}, "So far only the press has it", "No article"),
        ({"lead_time": ONLY_PRESS}, "The press has it: have a statement ready.", "after the first post"),
        ({"lead_time": lead(5, 1)}, "We read 1 news channel.", "channels"),
        ({"lead_time": lead(-30)}, "came 30 minutes before the first post", "so much time you had"),
        ({"lead_time": lead(0)}, "The first article came in the same minute as the first post. We", "so much time"),
        ({"lead_time": lead(-0.4)}, "The first article came in the same minute as the first post. We", "was first"),
        ({"lead_time": lead(3_000)}, "came 2 days 2 hours after", "minutes after"),
        ({"expected": 0.2}, "where usually nobody does", "times as many"),
        ({"expected": 12.0}, "3.5 times as many", "usually nobody"),
        ({"blind": ["reddit"]}, "We could not see all of Reddit", "all of boards"),
        ({"blind": EVERYWHERE}, "all of Reddit, Mastodon, Bluesky, Lemmy, YouTube, forums and boards in", "Lemmy and"),
        ({"spreaders": []}, "What it is about", "carried most"),
        ({"spreaders": [Spreader(author="k", source="new", posts=1, spread=1)]}, "without a name (new)", "None"),
        ({"spreaders": [Spreader(author="k", source="new", posts=1, spread=1)]}, "came from there: 1.", "1 posts"),
        ({"state": "closed", "closed_at": AT}, "There is nothing to be done now", "What to do"),
        ({"kind": "burst", "sources": ["feed", "article"]}, "news sites and blogs.", "blogs and news"),
        ({"kind": "burst"}, "Of those whose mood is known, 71% are negative. It", "Of them"),
        ({"kind": "shift"}, "71% of those whose mood is known are negative; usually", "of 42 people"),
        ({"kind": "term"}, "Of them, 71% are negative. It", "mood is known"),
    ],
)
def test_what_is_said_is_so(given: dict[str, Any], said: str, unsaid: str) -> None:
    told = explain(alert(**given), "en").replace("\n\n", " ")
    assert said in told
    assert unsaid not in told


@pytest.mark.parametrize(
    ("kind", "english", "korean"),
    [
        ("burst", ("Many speak about", "Many spoke about"), ("이야기가 늘고 있습니다", "이야기가 늘었습니다")),
        ("shift", ("is turning", "turned: 42 people spoke"), ("분위기가 나빠지고 있습니다", "분위기가 나빠졌습니다")),
        (
            "crisis",
            ("may be in a crisis", "may have been in a crisis"),
            ("위기로 보입니다", "위기였던 것으로 보입니다"),
        ),
    ],
)
def test_of_what_is_over_it_is_not_said_that_it_goes_on(
    kind: AlertKind, english: tuple[str, str], korean: tuple[str, str]
) -> None:
    said: dict[Language, tuple[str, str]] = {"en": english, "ko": korean}
    for language, (goes_on, was) in said.items():
        open_, over = (explain(alert(kind=kind, closed_at=closed_at), language) for closed_at in (None, AT))
        assert goes_on in open_
        assert was not in open_
        assert was in over
        assert goes_on not in over
        assert not re.search(r"It is (heard|carried)|they talk|퍼지는|나오는", over)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("burst", "평소의 10배입니다. 분위기를 알 수 있는 사람 가운데 부정적인 비율은 71%입니다."),
        ("shift", "42명이 이야기했고, 분위기를 알 수 있는 사람 가운데 부정적인 비율은 71%입니다(평소 14%)."),
        ("term", "42명이 썼습니다. 그 가운데 부정적인 비율은 71%입니다."),
    ],
)
def test_in_korean_too_a_share_is_said_to_be_of_those_whose_mood_is_known(kind: AlertKind, said: str) -> None:
    assert said in explain(alert(kind=kind), "ko")


@pytest.mark.parametrize(
    ("share", "english", "korean"),
    [
        (0.004, "0.4%", "0.4%"),
        (0.0001, "under 0.1%", "0.1% 미만"),
        (0.996, "99.6%", "99.6%"),
        (0.9999, "over 99.9%", "99.9% 이상"),
    ],
)
def test_few_are_not_nobody_and_most_are_not_all(share: float, english: str, korean: str) -> None:
    told = alert(negative_share=share, usual_negative_share=share)
    assert f"and {english} of those whose mood is known are negative; usually {english} are." in explain(told, "en")
    assert f"부정적인 비율은 {korean}입니다(평소 {korean})." in explain(told, "ko")


@pytest.mark.parametrize(
    ("expected", "english", "korean"), [(0.5, "6,020 times", "6,020배"), (301.5, "10 times", "10배")]
)
def test_how_many_times_as_usual_is_a_number_that_people_read(expected: float, english: str, korean: str) -> None:
    told = alert(kind="burst", observed=3_010, expected=expected)
    assert f", {english} as many" in explain(told, "en")
    assert f"평소의 {korean}입니다" in explain(told, "ko")


@pytest.mark.parametrize("minutes", [-0.4, 0, 0.4])
def test_in_korean_too_who_was_first_is_told_by_whole_minutes(minutes: float) -> None:
    told = explain(alert(lead_time=lead(minutes)), "ko")
    assert "첫 글과 첫 기사가 같은 때에 나왔습니다(살펴보는 뉴스 채널 3곳 기준)." in told
    assert "0분" not in told


def test_in_korean_too_it_is_said_that_only_the_press_has_it() -> None:
    told = explain(alert(lead_time=ONLY_PRESS), "ko")
    assert "지금까지는 기사만 나왔고, 그 밖의 글은 찾지 못했습니다(살펴보는 뉴스 채널 3곳 기준)." in told
    assert "기사가 없습니다" not in told
    assert "언론이 이미 다루고 있으니" in told
