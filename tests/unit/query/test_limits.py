"""Every limit lets its last value pass and names the first that does not."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.errors import InvalidQuery
from socialindex.query import compile_query, limits, parse

if TYPE_CHECKING:
    from collections.abc import Callable

ANALYSIS = Path(__file__).parents[3] / "infra" / "opensearch" / "analysis.json"


def words(number: int) -> str:
    return " ".join(f"w{index}x" for index in range(number))


CASES: list[tuple[str, int, Callable[[int], str], str]] = [
    ("length", limits.MAX_LENGTH, lambda n: "a" + " " * (n - 1), "characters"),
    ("clauses", limits.MAX_CLAUSES, words, "too many terms and values"),
    ("values", limits.MAX_CLAUSES, lambda n: f"site:({' OR '.join(f'h{i}.example' for i in range(n))})", "too many"),
    ("words of phrases", limits.MAX_CLAUSES, lambda n: " OR ".join(['"a b"'] * (n // 2) + ["c"] * (n % 2)), "too many"),
    ("depth", limits.MAX_DEPTH, lambda n: "(" * n + "a" + ")" * n, "parentheses"),
    ("depth of values", limits.MAX_DEPTH, lambda n: "site:" + "(" * n + "a" + ")" * n, "parentheses"),
    ("prefixes", limits.MAX_PREFIXES, lambda n: " ".join(["ab*"] * n), "terms with *"),
    ("prefixes of values", limits.MAX_PREFIXES, lambda n: " ".join(["#ab*"] * n), "terms with *"),
    ("prefix", limits.MAX_PREFIX, lambda n: "a" * n + "*", "too long"),
    ("distance", limits.MAX_DISTANCE, lambda n: f"a NEAR/{n} b", "too far"),
    ("distance in a phrase", limits.MAX_DISTANCE, lambda n: f'"a b"~{n}', "too far"),
    ("near", limits.MAX_NEAR, lambda n: f"({' OR '.join(['a'] * (n - 1))}) NEAR/5 b", "one NEAR over"),
    ("chain of near", limits.MAX_NEAR, lambda n: " NEAR/1 ".join(["a"] * n), "one NEAR over"),
    ("word", limits.MAX_WORD, lambda n: "a" * n, "a word of"),
    ("value", limits.MAX_WORD, lambda n: "author:" + "a" * n, "does not take"),
    ("phrase", limits.MAX_PHRASE_WORDS, lambda n: f'"{words(n)}"', "the phrase has"),
    ("raw phrase", limits.MAX_PHRASE_WORDS, lambda n: f'raw:"{words(n)}"', "too long"),
]


@pytest.mark.parametrize(("limit", "build", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_limit(limit: int, build: Callable[[int], str], said: str) -> None:
    parse(build(limit))
    with pytest.raises(InvalidQuery, match=said.replace("*", r"\*")) as refused:
        parse(build(limit + 1))
    assert refused.value.remedy


def test_question_marks_behind_an_address_cost_no_more_than_other_letters() -> None:
    half = limits.MAX_LENGTH // 2 - 20
    began = process_time()
    with pytest.raises(InvalidQuery, match="a word of"):
        parse("a" * half + "/www.example.com/" + "?" * half + "b")
    assert process_time() - began < 1


def test_negations_and_minus_signs_do_not_nest() -> None:
    assert parse("NOT " * 5001 + "a") == parse("-a")
    assert parse("-" * 5000 + "a") == parse("a")


COSTLY = {
    "names": (" OR ", "누리폰{}", limits.MAX_CLAUSES),
    "phrases": (" OR ", '"누리폰 배터리{}"', limits.MAX_CLAUSES // 2),
    "long phrases": (" OR ", f'"{" ".join(["누리폰"] * 25)}"', limits.MAX_CLAUSES // 25),
    "phrases near": (" OR ", '("누리폰 화면" NEAR/5 "하늘탭 전원")', limits.MAX_CLAUSES // 4),
    "names near": (" OR ", "(누리폰 NEAR/5 하늘탭)", limits.MAX_CLAUSES // 2),
    "authors": (" OR ", "author:nuri{}", limits.MAX_CLAUSES),
}


@pytest.mark.parametrize(("joint", "part", "number"), COSTLY.values(), ids=COSTLY)
def test_the_longest_query_stays_within_what_the_engine_is_told_to_allow(joint: str, part: str, number: int) -> None:
    query = compile_query(parse(joint.join(part.format(index) for index in range(number))))
    assert clauses(query) <= limits.ENGINE_CLAUSES


def clauses(dsl: Any) -> int:
    """What Lucene counts at least: a leaf for each field of a query and each rule of an interval."""
    if isinstance(dsl, list):
        return sum(map(clauses, dsl))
    if not isinstance(dsl, dict):
        return 0
    if "fields" in dsl:
        return len(dsl["fields"])
    leaf = "query" in dsl or any(not isinstance(value, dict | list) for value in dsl.values())
    return sum(map(clauses, dsl.values())) or int(leaf)


def test_the_index_keeps_beginnings_as_long_as_prefixes_may_be() -> None:
    beginnings = json.loads(ANALYSIS.read_text("utf-8"))["index"]["analysis"]["filter"]["beginnings"]
    assert beginnings["min_gram"] == 1 + limits.MIN_PREFIX
    assert beginnings["max_gram"] == 1 + limits.MAX_PREFIX
