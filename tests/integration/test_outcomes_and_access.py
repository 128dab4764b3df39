"""Counters and keys on a real DynamoDB."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import Unauthorized
from socialindex.outcomes import Count
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.aws.access import Access
    from socialindex.aws.outcomes import Outcomes

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture(scope="module")
def outcomes(parts: Parts) -> Outcomes:
    return parts.outcomes


@pytest.fixture(scope="module")
def access(parts: Parts) -> Access:
    return parts.access


# Outcomes


def test_counts_of_all_invocations_are_added_up(outcomes: Outcomes) -> None:
    stage = unique("stage")
    ok, no = Count(stage, "feed", "ok"), Count(stage, "feed", "discard", "robots")
    outcomes.add(Counter({ok: 3, no: 1}))
    outcomes.add(Counter({ok: 4}))
    outcomes.add(Counter())
    found = outcomes.read(stage)
    assert {(one.source, one.outcome, one.reason): one.times for one in found} == {
        ("feed", "ok", ""): 7,
        ("feed", "discard", "robots"): 1,
    }
    today = datetime.now(tz=UTC)
    assert {one.day for one in found} == {today.date().isoformat()}
    assert all(abs((today - one.last_at).total_seconds()) < 60 for one in found)


def test_counts_are_exact_though_many_count_at_once(outcomes: Outcomes) -> None:
    count = Count(unique("stage"), "feed", "ok")
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda times: outcomes.add(Counter({count: times})), range(1, 61)))
    (found,) = outcomes.read(count.stage)
    assert found.times == sum(range(1, 61))


@pytest.mark.parametrize(
    "count",
    [
        Count("", "", "retry", "Unavailable"),
        Count("", "feed", "discard", "a#b#c"),
        Count("", "feed", "quarantine", "이유 없음"),
        Count("", "", "ok"),
    ],
)
def test_what_is_counted_is_read_as_it_was(outcomes: Outcomes, count: Count) -> None:
    counted = count._replace(stage=unique("stage"))
    outcomes.add(Counter({counted: 2}))
    (found,) = outcomes.read(counted.stage)
    assert (found.source, found.outcome, found.reason, found.times) == (*counted[1:], 2)


def test_a_stage_that_counted_nothing_has_no_counts(outcomes: Outcomes) -> None:
    assert outcomes.read(unique("stage")) == []


def test_counts_are_printed_as_metrics(outcomes: Outcomes, capsys: pytest.CaptureFixture[str]) -> None:
    stage = unique("stage")
    outcomes.add(Counter({Count(stage, "feed", "discard", "robots"): 5}))
    (line,) = capsys.readouterr().out.splitlines()
    printed = json.loads(line)
    assert (printed["stage"], printed["source"], printed["reason"], printed["discard"]) == (
        stage,
        "feed",
        "robots",
        [5.0],
    )


# Keys


def test_a_key_tells_its_organization_workspaces_and_scopes(access: Access) -> None:
    organization = access.add_organization("Invented Motors")
    spaces = [access.add_workspace(organization, name) for name in ("cars", "bikes")]
    key = access.add_key(organization, workspaces=spaces, scopes=[Scope.READ, Scope.ADMIN])
    assert access.caller(key) == Caller(
        organization=organization, workspaces=frozenset(spaces), scopes=frozenset({Scope.READ, Scope.ADMIN})
    )


def test_a_key_without_workspaces_has_none(access: Access) -> None:
    key = access.add_key("org_a", workspaces=[], scopes=[Scope.READ])
    assert access.caller(key).workspaces == frozenset()


def test_keys_and_ids_are_never_the_same(access: Access) -> None:
    keys = {access.add_key("org_a", workspaces=[], scopes=[]) for _ in range(5)}
    assert len(keys) == 5
    assert all(key.startswith("si_") and len(key) == 35 for key in keys)
    assert len({access.add_organization("same name") for _ in range(3)}) == 3


def test_a_key_is_stored_as_a_hash_only(parts: Parts, access: Access) -> None:
    key = access.add_key("org_a", workspaces=[], scopes=[Scope.READ])
    items = parts.cloud.dynamodb_client().scan(TableName=parts.table("AccessTable"))["Items"]
    assert len(items) > 0
    assert key not in str(items)
    assert key.removeprefix("si_") not in str(items)


def test_an_unknown_key_is_no_key(access: Access) -> None:
    key = access.add_key("org_a", workspaces=[], scopes=[Scope.READ])
    organization = access.add_organization("Invented Motors")
    for wrong in (
        "",
        "si_",
        key[:-1],
        key + "a",
        key.upper(),
        key[3:],
        "si_배터리",
        "si_\ud800",
        organization,
        f"{key} ",
    ):
        with pytest.raises(Unauthorized, match="not known"):
            access.caller(wrong)
