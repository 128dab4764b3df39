"""The judged queries and their measure."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from infra.bench.judging import DEPTH, Question, entries, gain, ndcg, posts, questions, timely
from socialindex.query import parse

GAINS = {"a": 7.0, "b": 3.0, "c": 1.0}


@pytest.mark.parametrize(
    ("found", "score"),
    [
        (["a", "b", "c"], 1.0),
        (["a", "b", "c", "x", "y"], 1.0),
        ([], 0.0),
        (["x", "y"], 0.0),
        (["x"] * DEPTH + ["a"], 0.0),
        (["c", "b", "a"], (1 + 3 / math.log2(3) + 7 / 2) / (7 + 3 / math.log2(3) + 1 / 2)),
    ],
)
def test_the_measure(found: list[str], score: float) -> None:
    assert ndcg(GAINS, found) == pytest.approx(score)


def test_a_grade_is_worth_more_than_the_next_and_less_when_it_is_old() -> None:
    assert [gain(grade) for grade in range(4)] == [0, 1, 3, 7]
    assert timely(3, 0) > timely(3, 20) > timely(3, 60)


def test_there_are_enough_queries_of_every_class() -> None:
    kinds = Counter(question.kind for question in questions())
    assert len(questions()) >= 60
    assert min(kinds.values()) >= 4
    assert {"korean", "english", "mixed", "misspelling", "spacing", "variant", "initials", "negation"} <= set(kinds)


def test_posts_are_short_and_no_two_are_alike() -> None:
    assert 400 <= len(posts()) <= 800
    texts = Counter(f"{post.document.get('title')} {post.document['text']}" for post in posts())
    assert [text for text, times in texts.items() if times > 1] == []
    assert max(map(len, texts)) < 300


@pytest.mark.parametrize("question", questions(), ids=lambda question: ascii(question.q))
def test_a_query_can_be_read_and_is_graded(question: Question) -> None:
    parse(question.q)
    assert max(question.grades.values()) == 3


def test_the_dictionary_does_not_know_every_misspelling() -> None:
    known = {spelling for entry in entries() for spelling in (entry.name, *entry.variants)}
    unknown = {"뉴리폰", "Nuriphon", "누리벗즈", "누리패들", "Lumiwach"}
    assert not known & unknown
    assert all(any(word in post.document["text"] for post in posts()) for word in unknown)
