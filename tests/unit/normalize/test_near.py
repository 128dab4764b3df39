"""Signatures: what near-duplicates have in common, and what others do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.normalize.near import ALIKE, BANDS, MOST, signature

if TYPE_CHECKING:
    import random

STORIES = {
    "ko": (
        "마루시가 내년 상반기까지 시내버스 412대를 모두 저상버스로 바꾼다. 시는 28일 교통 약자 이동 편의 계획을 "
        "발표하고 국비 210억 원을 포함해 모두 640억 원을 들이겠다고 했다. 지금까지 저상버스는 전체의 61%로, "
        "언덕이 많은 북부 노선에는 한 대도 없었다. 시는 북부의 정류장 37곳의 턱을 낮추고 경사로를 새로 깔아 "
        "저상버스가 다닐 수 있게 할 계획이다."
    ),
    "en": (
        "The city of Maru will replace all of its remaining high-floor buses by the middle of next year, its transport "
        "office announced on Saturday, in a plan that costs 64 billion won. Low-floor vehicles make up 61 percent of "
        "the fleet of 412 today, and none of them serves the hilly northern routes. Kerbs at 37 stops in the north "
        "will be lowered and ramps rebuilt so that the new buses can get through."
    ),
    "ja": (
        "マル市は来年前半までに、市内を走るバス412台をすべて低床バスに切り替える。市は28日に移動しやすさの計画を発表し、国の補助を含めて"
        "64億円を投じるとした。低床バスは現在全体の61%で、坂の多い北部の路線には一台も走っていない。市は北部の停留所37か所の段差をなくし、"
        "傾斜路を作り直すことで新しいバスが通れるようにする。"
    ),
}
languages = pytest.mark.parametrize("language", STORIES)


def shared(one: list[str], other: list[str]) -> int:
    return len(set(one) & set(other))


def are_near(one: str, other: str) -> bool:
    return shared(signature(one), signature(other)) >= ALIKE


@languages
def test_a_signature_has_as_many_different_entries_as_there_are_bands(language: str) -> None:
    found = signature(STORIES[language])
    assert len(set(found)) == len(found) == BANDS
    assert all(re.fullmatch("[0-9a-f]{8}", entry) for entry in found)


def test_it_is_the_same_on_every_machine_and_day() -> None:
    assert signature(STORIES["en"])[:3] == ["06afcb01", "106ecfa1", "2873b9a1"]


# What does not count


@languages
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" ", ""),
        lambda text: text.replace(" ", "  \n"),
        lambda text: text.replace(".", "").replace(",", "").replace("。", "").replace("、", ""),
        lambda text: f"“{text}” 👏🔥 …",
        lambda text: f"https://short.example/a1b2c3 {text} http://x.example/?id=9",
        str.upper,
        lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" < c <= "~" else c for c in text),
    ],
    ids=["spaces", "line breaks", "punctuation", "quotes and emoji", "addresses", "case", "width"],
)
def test_what_those_who_copy_a_text_change(language: str, change: object) -> None:
    assert callable(change)
    assert signature(change(STORIES[language])) == signature(STORIES[language])


@given(st.sampled_from(sorted(STORIES)), st.randoms(use_true_random=False))
def test_wherever_spaces_are_put_korean_is_the_same(language: str, chance: random.Random) -> None:
    spaced = "".join(c + " " * (chance.random() < 0.1) for c in STORIES[language])
    assert signature(spaced) == signature(STORIES[language])


# Near


@languages
def test_a_story_with_another_byline_and_an_end_of_its_own(language: str) -> None:
    story = STORIES[language]
    assert are_near(f"(Garam Wire) {story}", f"[새벽일보 도하늘 기자] {story} ⓒ 새벽일보")


@languages
def test_a_quote_with_a_short_comment(language: str) -> None:
    assert are_near(STORIES[language], f"우리 동네도 제발 ㅠㅠ\n> {STORIES[language]}")


def test_what_follows_after_thousands_of_letters_does_not_count() -> None:
    story = " ".join(f"{word}{number}" for number in range(MOST // 20) for word in STORIES["ko"].split()[:9])
    assert len(story) > MOST
    assert signature(story + STORIES["en"]) == signature(story)


# Not near


@pytest.mark.parametrize(("one", "other"), [("ko", "en"), ("ko", "ja"), ("en", "ja")])
def test_other_texts_have_hardly_anything_in_common(one: str, other: str) -> None:
    assert shared(signature(STORIES[one]), signature(STORIES[other])) == 0


def test_two_stories_of_one_template() -> None:
    template = "{} 지역의 내일 날씨입니다. 아침 최저 기온은 {}도, 낮 최고 기온은 {}도입니다. {} 외출할 때 {} 챙기세요."
    mild = template.format("마루", "3", "12", "오전에는 흐리다가 오후부터 차차 맑아지겠습니다.", "얇은 겉옷을")
    cold = template.format("한들", "영하 2", "5", "새벽부터 눈이 내려 7센티미터가 쌓이겠습니다.", "장갑과 목도리를")
    assert signature(mild)
    assert not are_near(mild, cold)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "ㅋㅋㅋ 대박",
        "ㅋ" * 5_000 + " 대박",
        "LMAO" + "O" * 5_000,
        "하하" * 2_000,
        "새해 복 많이 받으세요!",
        "Congratulations, well deserved!",
        "https://a.example/" + "a-long-path/" * 50,
        "👏" * 500,
    ],
)
def test_too_few_words_have_no_signature(text: str | None) -> None:
    assert signature(text) == []


@given(st.text(max_size=300), st.text(max_size=3_000))
def test_any_text_has_one_signature_or_none(title: str, text: str) -> None:
    found = signature(text, title)
    assert len(found) in (0, BANDS)
    assert found == signature(text, title)


# Titles


def test_outlets_print_a_story_under_headlines_of_their_own() -> None:
    assert signature(STORIES["ko"], "다른 제목") == signature(STORIES["ko"], None)


@pytest.mark.parametrize("text", [None, "ㅈㄱㄴ"])
def test_a_title_counts_where_there_is_little_else(text: str | None) -> None:
    assert len(signature(text, STORIES["ko"][:200])) == BANDS
    assert signature(text, "짧은 제목") == []
