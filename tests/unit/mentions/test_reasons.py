"""Why a post matches: what of the query is told to have been found in it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from socialindex.mentions.reasons import LONGEST, LOOKS, MOST, Seen, found

ANALYSIS = Path(__file__).parents[3] / "infra" / "opensearch" / "analysis.json"

CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    # every part that is demanded was found, whatever its ending
    ("배터리 터지다", {"text": "배터리가 터졌다"}, ["배터리", "터지다"]),
    # of alternatives what stands there
    ("배터리 AND (폭발 OR 화재 OR 발열)", {"text": "배터리 발열이 심하다"}, ["배터리", "발열"]),
    ("fire OR smoke OR heat", {"text": "Smoke and fires"}, ["fire", "smoke"]),
    ("누리폰* OR lumi*", {"title": "LumiWatch", "text": "새 시계"}, ["lumi*"]),
    # not within a word
    ("fire OR smoke", {"text": "firefox in a smoke"}, ["smoke"]),
    ("KB OR 누리", {"text": "KBS 누리"}, ["누리"]),
    ("new OR radio", {"text": "radio news"}, ["radio"]),
    ('"old SM" OR radio', {"text": "old SMS, new radio"}, ["radio"]),
    ('"smart TV" OR radio', {"text": "smart TVs"}, ['"smart TV"']),
    ("이마트 OR 마트", {"text": "하이마트 옆 마트에서"}, ["마트"]),
    # together where only the engine sees it
    ("터지다 OR 폭발하다", {"text": "또 터졌다"}, ["터지다 OR 폭발하다"]),
    # Chinese and Japanese have no spaces
    ("電池 OR 発火", {"text": "新しい電池が"}, ["電池"]),
    ("แบตเตอรี่ OR ไฟไหม้", {"text": "มือถือแบตเตอรี่บวม"}, ["แบตเตอรี่"]),
    ("🔥 OR 🙂", {"text": "대박🔥"}, ["🔥"]),
    # phrases in any spacing, NEAR by its parts, nothing that is excluded
    ('"nuri phone" OR lumiwatch', {"text": "the NuriPhone 12"}, ['"nuri phone"']),
    ("배터리 NEAR/5 (폭발 OR 화재) -광고", {"text": "배터리가 화재를"}, ["배터리", "화재"]),
    ("(배터리 NEAR/5 폭발) OR 리콜", {"text": "배터리가 폭발"}, ["배터리", "폭발"]),
    ("title:리콜 OR title:배터리", {"title": "배터리", "text": "리콜"}, ["title:배터리"]),
    # values
    ("배터리 lang:ko", {"text": "배터리", "language": "ko"}, ["배터리", "lang:ko"]),
    ("hashtag:누리폰 OR 누리폰", {"text": "새 폰", "hashtags": ["누리폰"]}, ["hashtag:누리폰"]),
    ("배터리 views:>100", {"text": "배터리", "metrics": {"views": 200}}, ["배터리"]),
    ("배터리 배터리", {"text": "배터리"}, ["배터리"]),
    # what an earlier version took
    ("배터리 OR site:*.example.com", {"text": "배터리"}, ["배터리 OR site:*.example.com"]),
]


@pytest.mark.parametrize(("query", "document", "told"), CASES, ids=[ascii(case[0]) for case in CASES])
def test_what_was_found_is_told_as_the_query_has_it(query: str, document: dict[str, Any], told: list[str]) -> None:
    assert found(query, Seen(document)) == told


NO_PLURALS = json.loads(ANALYSIS.read_text("utf-8"))["index"]["analysis"]["filter"]["no_plurals"]["keywords_pattern"]


@pytest.mark.parametrize("word", ["ad", "cd", "dj", "ev", "id", "pc", "tv", "kb", "bt", "io", "new", "fire"])
def test_plurals_are_told_as_the_index_finds_them(word: str) -> None:
    is_plural = not re.fullmatch(NO_PLURALS, f"{word}s")
    assert (found(f"{word} OR radio", Seen({"text": f"{word}s and a radio"})) == [word, "radio"]) is is_plural


def test_reasons_are_few_and_short() -> None:
    words = [f"word{number}" for number in range(100)]
    assert found(" OR ".join(words), Seen({"text": " ".join(words)})) == words[:MOST]
    assert found(" OR ".join(words), Seen({"text": "nothing that one sees"})) == []
    assert len(" OR ".join(words)) > LONGEST


@pytest.mark.parametrize(
    "alternatives",
    [
        [f"w{number:05}" for number in range(498)],
        [f"w{number:05}*" for number in range(20)] + [f"배{number:05}" for number in range(478)],
        [f"w{number:03}-x" for number in range(498)],
        [f'"lorem w{number:03}"' for number in range(240)],
        [f"電{number:03}" for number in range(498)],
    ],
    ids=["words", "beginnings", "with signs", "phrases", "without spaces"],
)
def test_long_lists_of_alternatives_in_long_posts_cost_little(alternatives: list[str]) -> None:
    post = Seen({"text": ("lorem ipsum 배터리 電電 x" * 3_000)[:40_000]})
    query = f"rare ({' OR '.join(alternatives)})"
    found(query, post)
    started = time.process_time()
    for _ in range(50):  # topics, of which an index function may have to look at a hundred such posts within a minute
        assert found(query, post)[0] == "rare"
    assert time.process_time() - started < 2


def test_beyond_what_is_looked_through_an_alternative_counts_as_not_seen() -> None:
    text = "wi-fi e-mail " + "x" * (LOOKS // 2)
    assert found("wi-fi OR e-mail", Seen({"text": text})) == ["wi-fi"]
    assert found("wi-fi OR e-mail OR xxl OR mail", Seen({"text": text})) == ["wi-fi", "mail"]
    assert found("e-mail", Seen({"text": text * 3})) == ["e-mail"]
