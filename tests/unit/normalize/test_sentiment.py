"""What a text says of what it is about: words, and what is around them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.enrich.sentiment import sentiment_of
from socialindex.query.columns import NEUTRAL

LABELLED = Path(__file__).parents[3] / "infra/bench/labelled"


def judged(text: str, language: str | None = "ko") -> str | None:
    """As a query has it: ``sentiment:positive``."""
    sentiment = sentiment_of(folded(text), language)
    if sentiment is None:
        return None
    return "+" if sentiment > NEUTRAL else "-" if sentiment < -NEUTRAL else "0"


def accuracy(name: str, language: str) -> float:
    lines = (LABELLED / f"sentiment_{name}.tsv").read_text("utf-8").splitlines()
    cases = [line.split("\t", 1) for line in lines if line[0] != "#"]
    return sum(judged(text, language) == label for label, text in cases) / len(cases)


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        # a word, and its denials
        ("음질이 좋아요", "+"),
        ("음질이 안 좋아요", "-"),
        ("음질이 안좋아요", "-"),
        ("음질이 좋지 않아요", "-"),
        ("음질이 좋지는 않네요", "-"),
        ("좋은 점이 하나도 없다", "-"),
        ("좋은지 모르겠어요", "-"),
        ("별로예요", "-"),
        ("별로 좋은 점이 없네", "-"),
        ("별로 안 비싸요", "+"),
        ("못 쓰겠어요", "-"),
        ("안 좋은 게 없다", "+"),
        ("추천 안 해요", "-"),
        ("추천은 절대 안 합니다", "-"),
        ("추천을 안 할게요", "-"),
        ("추천 안 드려요", "-"),
        ("추천은 별로 안 해요", "-"),
        ("만족 못 합니다", "-"),
        ("신뢰가 안 가요", "-"),
        ("추천 안 할 수가 없네요", "+"),
        ("게임은 별로 안 해요", "0"),
        # phrases that say the contrary of their words, and denials that belong to a phrase
        ("두 번 다시 안 갑니다", "-"),
        ("두번다시 안 가요", "-"),
        ("다시 안 갈 집", "-"),
        ("재구매 의사 없습니다", "-"),
        ("재방문 의향이 없어요", "-"),
        ("재구매 의사 있어요", "+"),
        ("흠잡을 데가 없어요", "+"),
        ("손색이 없습니다", "+"),
        ("더할 나위 없네요", "+"),
        ("만족도가 높아요", "+"),
        ("만족도가 낮습니다", "-"),
        ("믿고 거릅니다", "-"),
        # what is asked for is not done yet
        ("빨리 해결해 주세요", "0"),
        ("고쳐주세요", "0"),
        ("바로 고쳐 주셨어요", "+"),
        # what is bad, and its denials
        ("후회 안 해요", "+"),
        ("실망 안 드릴게요", "+"),
        ("걱정이 안 됩니다", "+"),
        ("고장났어요", "-"),
        ("고장 한 번 없이 쓰고 있어요", "+"),
        ("아무 문제 없어요", "+"),
        ("냄새 안 나요", "+"),
        ("나쁘지 않네요", "+"),
        ("고장은 아니었어요", "+"),
        # a service denied is a complaint
        ("환불 안 해 줘요", "-"),
        ("교환도 안해 줍니다", "-"),
        ("보상은 못 해준대요", "-"),
        ("해지 안 해 줘요", "-"),
        ("추천도 안 해 줘요", "-"),
        ("불만 안 들어줘요", "-"),
        # said, but not claimed
        ("제안 해 주세요", "0"),
        ("교환 안 해 주셔도 돼요", "0"),
        ("불량이면 교환되나요?", "0"),
        ("추천해 주세요", "0"),
        ("통화 품질 좋은가요?", "0"),
        ("좋은 하루 보내세요", "0"),
        ("충전기는 상자 안에 있어요", "0"),
        # what comes behind the turn is meant
        ("디자인은 예쁜데 발열이 너무 심해요", "-"),
        ("비싸지만 만족합니다", "+"),
        # spaces are put at will
        ("돈아깝다", "-"),
        ("말이됩니까", "-"),
        # English within Korean
        ("camera 진짜 amazing", "+"),
        ("ＧＯＯＤ 최고", "+"),  # noqa: RUF001 - full width is the point
    ],
)
def test_korean(text: str, sentiment: str) -> None:
    assert judged(text) == sentiment


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("the sound is good", "+"),
        ("the sound is not good", "-"),
        ("the sound isn’t very good", "-"),  # noqa: RUF001 - what phones write
        ("hardly a good phone", "-"),
        ("never had a problem", "+"),
        ("not bad at all", "+"),
        ("no issues", "+"),
        ("my back pain is gone", "+"),
        ("can't recommend enough", "+"),
        ("I cannot recommend this phone highly enough", "+"),
        ("can't say enough good things about it", "+"),
        ("can't recommend it", "-"),
        ("can't recommend since it is not good enough", "-"),
        ("could not be happier", "+"),
        ("couldn't have been any more helpful", "+"),
        ("couldn't be more disappointed", "-"),
        ("could not be worse", "-"),
        ("looks nice but overheats", "-"),
        ("expensive but worth every penny", "+"),
        ("if it fails I will call", "0"),
        ("is it good?", "0"),
        ("what a waste, are you kidding?", "-"),
        ("the manual is in the box", "0"),
        ("hello there", "0"),  # no hell
        ("the goods arrived", "0"),
        # what nobody praises
        ("please fix this", "0"),
        ("please help, my phone won't charge", "0"),
        ("I contacted customer support", "0"),
        ("a security update of the Play Store", "0"),
        ("they charged my credit card", "0"),
        ("great support, they helped me at once", "+"),
        ("battery drains so fast", "-"),
        ("it charges fast", "+"),
        ("I can’t stand this phone", "-"),  # noqa: RUF001 - what phones write
    ],
)
def test_english(text: str, sentiment: str) -> None:
    assert judged(text, "en") == sentiment


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        ("", None, None),
        ("...", "ko", None),
        ("https://shop.example/bad-phone", "en", None),
        ("@awful@social.example", "en", None),
        ("ㅋㅋㅋㅋ", None, None),
        ("😂😂", None, None),
        ("👍👍", None, "+"),
        ("😡", "ja", "-"),
        ("最高です", "ja", None),
        ("die besten", "de", None),  # a word of another language that reads as an English one
        ("good", None, "+"),
        ("Nuri Phone 12", None, None),
    ],
)
def test_it_is_absent_where_there_is_nothing_to_judge(text: str, language: str | None, sentiment: str | None) -> None:
    assert judged(text, language) == sentiment


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("좋아요", "너무 좋아요"),
        ("조금 좋아요", "좋아요"),
        ("좋아요", "최고예요"),
        ("좋아요", "좋아요. 예뻐요"),
        ("good", "very good"),
        ("a bit good", "good"),
    ],
)
def test_degree_and_number_count(less: str, more: str) -> None:
    fainter, stronger = (sentiment_of(folded(text), None) for text in (less, more))
    assert fainter is not None
    assert stronger is not None
    assert 0 < fainter < stronger < 1


@pytest.mark.parametrize(
    ("name", "language", "least"),
    [
        ("ko", "ko", 0.95),
        ("ko_dev", "ko", 0.95),
        ("en", "en", 0.93),
        ("en_dev", "en", 0.9),
        ("ko_world", "ko", 0.72),
        ("ko_fresh", "ko", 0.66),
    ],
)
def test_labelled_texts_are_judged_as_well_as_is_documented(name: str, language: str, least: float) -> None:
    assert accuracy(name, language) >= least


@settings(deadline=None)  # the first one reads the tables
@given(st.text(), st.sampled_from(["ko", "en", "ja", None]))
@example("안 못 별로 not never 좋 bad", None)
def test_any_text_has_a_sentiment_within_bounds_or_none(text: str, language: str | None) -> None:
    sentiment = sentiment_of(folded(text), language)
    assert sentiment is None or -1 <= sentiment <= 1


@pytest.mark.parametrize(
    "part",
    ["좋", "안 좋지 않", "별로 ", "not good ", "very ", "but good ", "지만 좋", "@", "if if ", "?", "ㅋ", "if not "],
)
def test_the_time_is_linear_in_the_text(part: str) -> None:
    """Ten times the text takes about ten times the time, however busy the machine is: a square would take a hundred."""
    short, long = (min(_seconds(folded(part * (length // len(part)))) for _ in range(3)) for length in (4_000, 40_000))
    assert long < 40 * short + 0.1


def _seconds(text: str) -> float:
    started = time.process_time()
    sentiment_of(text, "ko")
    return time.process_time() - started
