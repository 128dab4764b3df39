"""Counters and keys on a real DynamoDB."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from socialindex.access import Scope
from socialindex.aws.founding import new_key, new_organization, new_workspace
from socialindex.aws.outcomes import KEPT, Outcomes
from socialindex.aws.tables import Table
from socialindex.cli.usage import bootstrap
from socialindex.outcomes import Count
from socialindex.plans import PLANS
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.aws.access import Access

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


def test_days_are_counted_until_they_are_too_old(parts: Parts, outcomes: Outcomes) -> None:
    """DynamoDB deletes them later than it says, and has none that were written before they had an end."""
    stage, table = unique("stage"), Table(parts.table("OutcomesTable"))
    today = datetime.now(tz=UTC).date()
    days = [today - timedelta(days=ago) for ago in (1_000, KEPT.days + 1, KEPT.days, 1)]
    for day in days:
        table.put({"stage": stage, "count": f"{day}#feed#ok#", "times": 1, "last_at": f"{day}T12:00:00+00:00"})
    outcomes.add(Counter({Count(stage, "feed", "ok"): 1}))
    kept = [each.day for each in outcomes.read(stage)]
    assert kept == [f"{day}" for day in (*days[2:], today)]
    assert [each.day for each in outcomes.read(stage, today - timedelta(days=1))] == kept[1:]


def test_a_day_s_counts_have_an_end(parts: Parts, outcomes: Outcomes) -> None:
    count = Count(unique("stage"), "feed", "ok")
    outcomes.add(Counter({count: 1}))
    today = datetime.now(tz=UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    key = {"stage": count.stage, "count": f"{today:%Y-%m-%d}#feed#ok#"}
    item = Table(parts.table("OutcomesTable")).get(key)
    assert item is not None
    assert item["expires"] == (today + KEPT + timedelta(days=1)).timestamp()


def test_nothing_fails_for_a_count_that_cannot_be_written(caplog: pytest.LogCaptureFixture) -> None:
    """An invocation that raised would have its whole batch wait for its queue's timeout, what is done too."""
    Outcomes(unique("nowhere")).add(Counter({Count("index", "feed", "ok"): 1}))
    assert [record.message for record in caplog.records] == ["counts are lost"]


def test_a_stage_that_counted_nothing_has_no_counts(outcomes: Outcomes) -> None:
    assert outcomes.read(unique("stage")) == []


# Keys


def test_the_first_key_is_made_without_the_api(parts: Parts, access: Access) -> None:
    organization = new_organization(parts.organizations, "Invented Motors")
    spaces = [new_workspace(parts.organizations, organization, name) for name in ("cars", "bikes")]
    key = new_key(parts.organizations, organization, workspaces=spaces, scopes=[Scope.READ, Scope.ADMIN])
    caller = access.caller(key)
    assert (caller.organization, caller.limits) == (organization, PLANS["internal"])
    assert (caller.workspaces, caller.scopes) == (frozenset(spaces), frozenset({Scope.READ, Scope.ADMIN}))


def test_a_service_that_has_keys_is_not_founded_again(parts: Parts) -> None:
    table = parts.table("AccessTable")
    new_organization(parts.organizations, "Invented Motors")
    refused = CliRunner().invoke(bootstrap, [table, "Another operator"])
    assert refused.exit_code == 1
    assert "has organizations already" in refused.output


def test_a_new_service_gets_its_first_key_from_the_command_line(parts: Parts, servers: Running) -> None:
    with real_parts(servers) as empty:
        made = CliRunner().invoke(bootstrap, [empty.table("AccessTable"), "The operator", "--json"])
        caller = empty.access.caller(json.loads(made.output)["secret"])
    assert caller.scopes == frozenset(Scope)
