"""The examples of the guide do what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from socialindex.errors import InvalidQuery
from socialindex.query import parse, show
from socialindex.query.fields import FIELDS, TEXT_FIELDS
from socialindex.query.guided import Guided, written

GUIDE = (Path(__file__).parents[3] / "docs" / "query-language.md").read_text("utf-8")


def examples(kind: str) -> list[str]:
    return [line for block in re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("query", examples("query"), ids=ascii)
def test_an_example_is_read(query: str) -> None:
    assert parse(show(parse(query))) == parse(query)


def test_the_query_by_its_parts_makes_the_query_below_it() -> None:
    parts, query = re.findall(
        r"```(?:json|query)\n(.*?)```", GUIDE[GUIDE.index("## A query by its parts") :], re.DOTALL
    )[:2]
    assert written(msgspec.convert(json.loads(parts)["guided"], Guided)) == query.strip()


@pytest.mark.parametrize("query", examples("refused"), ids=ascii)
def test_a_mistake_is_refused(query: str) -> None:
    with pytest.raises(InvalidQuery):
        parse(query)


@pytest.mark.parametrize("field", [*FIELDS, *TEXT_FIELDS])
def test_every_field_is_in_the_guide(field: str) -> None:
    assert f"`{field}:`" in GUIDE
