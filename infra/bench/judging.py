"""The judged queries (``infra/bench/judged/``): posts with labels, queries with grades by label, and nDCG@10."""

from __future__ import annotations

import math
import re
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from socialindex.dictionary import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

NEWEST: Final = datetime(2026, 11, 28, tzinfo=UTC)
"""The moment from which the posts' days count back."""
DEPTH: Final = 10
"""How many hits of an answer are judged."""
_FOLDER = Path(__file__).parent / "judged"
_HASHTAG = re.compile(r"#(\w+)")
_GRADES = "321"


_NEW, _RECENT = 7, 30
"""Days up to which a post keeps its grade, or half a grade less, where newness counts; an older one has one less."""


class Judged(NamedTuple):
    """A post with what it is about."""

    id: str
    labels: frozenset[str]
    days: int
    document: dict[str, Any]
    """As the index has it."""


class Question(NamedTuple):
    """A query with the grades of the posts that are worth something: 3 what was asked for, 2 most of it, 1 a part."""

    kind: str
    """The class of queries that it stands for."""
    q: str
    grades: dict[str, int]


@cache
def posts() -> list[Judged]:
    """The posts of ``posts.txt``."""
    lines = (_FOLDER / "posts.txt").read_text("utf-8").splitlines()
    return [_post(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]


@cache
def questions() -> list[Question]:
    """The queries of ``queries.toml``.

    Raises:
        LookupError: a query that no post is worth anything for cannot be judged.
    """
    found = [_question(raw) for raw in tomllib.loads((_FOLDER / "queries.toml").read_text("utf-8"))["queries"]]
    empty = [question.q for question in found if not question.grades]
    if empty:
        raise LookupError(f"no post has the labels of: {', '.join(empty)}")
    return found


@cache
def entries() -> list[Entry]:
    """The names that an administrator would have entered."""
    raw = tomllib.loads((_FOLDER / "dictionary.toml").read_text("utf-8"))["entries"]
    return msgspec.convert(raw, list[Entry])


def ndcg(gains: dict[str, float], found: Sequence[str]) -> float:
    """Normalized discounted cumulative gain of the first ten hits, from 0 to 1 (Järvelin and Kekäläinen 2002).

    Args:
        gains: what each post is worth; posts that are not named are worth nothing.
        found: ids in the order of the answer.
    """
    ideal = _discounted(sorted(gains.values(), reverse=True))
    return _discounted([gains.get(post, 0.0) for post in found]) / ideal


def gain(grade: float) -> float:
    """What a grade is worth: a post that was asked for as much as seven that have a part of it."""
    return float(2**grade - 1)


def timely(grade: int, days: int) -> float:
    """A grade as somebody has it who follows what is going on: what is old is worth less."""
    return grade - (0.0 if days <= _NEW else 0.5 if days <= _RECENT else 1.0)


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(worth / math.log2(rank + 2) for rank, worth in enumerate(gains[:DEPTH]))


def _post(number: int, line: str) -> Judged:
    days, labels, text = line.split(" | ", 2)
    title, _, body = text.rpartition(" :: ")
    document: dict[str, Any] = {
        "id": f"post-{number}",
        "text": body,
        "language": labels.split()[0],
        "published_at": (NEWEST - timedelta(days=int(days))).isoformat(),
        "hashtags": [tag.lower() for tag in _HASHTAG.findall(text)],
    }
    if title:
        document["title"] = title
    return Judged(document["id"], frozenset(labels.split()), int(days), document)


def _question(raw: dict[str, Any]) -> Question:
    rules = [(int(grade), set(labels.split())) for grade in _GRADES for labels in raw.get(grade, [])]
    grades = {post.id: grade for post in posts() if (grade := _grade(rules, post.labels))}
    return Question(raw["class"], raw["q"], grades)


def _grade(rules: list[tuple[int, set[str]]], labels: frozenset[str]) -> int:
    about = labels | {f"{label}~" for label in labels}
    return max((grade for grade, wanted in rules if wanted <= about), default=0)
