"""The one test of all sources: contract, fixtures, and hostile answers."""

from __future__ import annotations

import difflib
import re
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex import sources
from tests.sources.harness import (
    Case,
    Json,
    cases,
    fixture_names,
    observe,
    pretty,
    source_names,
    violations,
)

SOURCES = source_names()
CASES = [case for name in fixture_names() for case in cases(name)]
REQUIRED = [("page",), ("empty",), ("malformed",), ("deleted", "forbidden")]

each_source = pytest.mark.parametrize("name", SOURCES)


def test_every_source_has_fixtures_and_every_folder_a_source() -> None:
    assert fixture_names() == SOURCES


@each_source
def test_a_source_has_one_name(name: str) -> None:
    adapter = sources.find(name)
    assert re.fullmatch("[a-z][a-z0-9_]*", name)
    assert adapter.name == name
    assert adapter.title
    assert adapter.version > 0


@each_source
@pytest.mark.parametrize("prefixes", REQUIRED, ids="_or_".join)
def test_a_source_shows_what_it_makes_of_what_servers_answer(name: str, prefixes: tuple[str, ...]) -> None:
    assert any(case.folder.name.startswith(prefixes) for case in cases(name))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}-{case.folder.name}")
def test_case(case: Case, golden: bool, capsys: pytest.CaptureFixture[str]) -> None:
    expected = case.expected
    observed = _observe(case)
    if "recognized" not in expected:
        del observed["recognized"]
    if golden and observed != expected:
        with capsys.disabled():
            print(f"\n{_diff(expected, observed)}")  # noqa: T201 - what --golden is for
        case.write(observed)
        return
    assert observed == expected


def _observe(case: Case) -> Json:
    """What the adapter says, asked twice: a pure one says the same and keeps nothing."""
    adapter = sources.find(case.source)
    channel, response = case.channel(), case.response(adapter)
    first, second = observe(adapter, channel, response), observe(adapter, channel, response)
    assert first == second
    assert not vars(adapter)
    assert list(violations(first)) == []
    return first


def _diff(expected: Json, observed: Json) -> str:
    lines = difflib.unified_diff(pretty(expected).splitlines(), pretty(observed).splitlines(), "expected", "observed")
    return "\n".join(lines)


BYTES = st.binary(max_size=200)
SPAN = st.tuples(st.floats(0, 1), st.floats(0, 0.5))


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """A body with parts cut out, doubled, replaced and cut off."""
    for start, length in draw(st.lists(SPAN, min_size=1, max_size=4)):
        at = int(start * len(body))
        end = at + int(length * length * len(body))
        middle = draw(st.one_of(st.just(b""), st.just(body[at:end] * 2), BYTES))
        body = body[:at] + middle + body[end:]
    return body


@each_source
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_hostile_answer_gives_an_error_of_the_contract_or_posts_that_keep_it(name: str, data: st.DataObject) -> None:
    adapter = sources.find(name)
    case = data.draw(st.sampled_from(cases(name)))
    response = case.response(adapter)
    body = data.draw(st.one_of(BYTES, mutated(response.body)))
    status = data.draw(st.sampled_from([200, 200, 200, 404, 410]))
    started = time.process_time()
    observed = observe(adapter, case.channel(), msgspec.structs.replace(response, body=body, status=status))
    assert time.process_time() - started < 5
    assert list(violations(observed)) == []
    assert len(observed["posts"]) <= 10 + len(body)
