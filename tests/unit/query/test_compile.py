"""What the engine is asked. What it finds is tested on the engine itself (tests/integration)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from socialindex.query import COMPILER, compile_query, parse
from socialindex.query.fields import FIELDS

CASES_OF = Path(__file__).parent / "cases"
CASES = json.loads((CASES_OF / "compiled.json").read_text("utf-8"))
VALUES = {"kind": "post", "sentiment": "neutral", "has": "links"}


@pytest.mark.parametrize("case", CASES, ids=[ascii(case["query"]) for case in CASES])
def test_a_query_compiles_to(case: dict[str, Any]) -> None:
    assert compile_query(parse(case["query"])) == case["dsl"]


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_compiles_to_a_filter(field: str) -> None:
    value = VALUES.get(field, "5" if field in {"views", "likes", "replies", "reposts", "followers"} else "ko")
    (occurs,) = compile_query(parse(f"{field}:{value}"))["bool"]
    assert occurs == "filter"


def test_a_word_in_small_and_in_capitals_is_the_same_word_but_for_raw() -> None:
    assert compile_query(parse("title:누리S24*")) == compile_query(parse("title:누리s24*"))
    assert compile_query(parse("raw:BT")) != compile_query(parse("raw:bt"))


def test_topics_are_told_of_a_compiler_that_makes_something_else() -> None:
    """Whoever changes this digest gives ``COMPILER`` the next number: stored topics know by it that they are old."""
    queries = {case["query"] for name in ("compiled", "readings") for case in json.loads(_text(f"{name}.json"))}
    made = json.dumps([compile_query(parse(query)) for query in sorted(queries)], sort_keys=True)
    assert (COMPILER, hashlib.sha256(made.encode()).hexdigest()[:16]) == (1, "fdccaf45dee9e6a7")


def _text(name: str) -> str:
    return (CASES_OF / name).read_text("utf-8")
