"""Functions killed, or refused, at any of their calls to other parts: in the end all is as if nothing had been.

``FAULT_POINTS=all make test ARGS="tests/integration/test_fault_points.py"`` tries every call of every stage; some of
each are tried with all other tests.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clocks import clock_off_by
from tests.integration.fault_outside import Alerting, Delivering, Erasing, Exporting, Incident
from tests.integration.fault_posts import Indexing, Normalizing, Topical
from tests.integration.fault_stages import Stages, function_parts, stages_on
from tests.integration.outgoing import FAULTS, Killed, outgoing
from tests.unit.deliver.receivers import receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running
    from tests.integration.fault_stages import Case
    from tests.integration.outgoing import Fault, Outgoing
    from tests.integration.parts import Parts

    Make = Callable[[], Case]

pytestmark = pytest.mark.integration

TRIED = 3
"""Calls of each stage that meet each fault, unless all do."""
ATTEMPTS = 6
"""After which a stage that is not done has lost something."""
LATER = timedelta(minutes=10)
"""Between two attempts: longer than any lease of a process that is gone."""


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with function_parts(servers) as parts:
        yield parts


@pytest.fixture
def stages(parts: Parts, index: OpenSearch, engine_url: str) -> Iterator[Stages]:
    with stages_on(parts, engine_url) as stages:
        yield stages


@pytest.fixture(params=["normalize", "index", "topics", "alert", "deliver", "exports", "erasure"])
def make(request: pytest.FixtureRequest, stages: Stages) -> Iterator[Make]:
    """Makes pieces of a stage's work, each like the others."""
    if request.param == "alert":
        incident = Incident(stages)
        yield lambda: Alerting(incident)
        incident.forget()
    elif request.param == "deliver":
        with receiver() as there:
            yield lambda: Delivering(stages, there)
    else:
        kinds: dict[str, Callable[[Stages], Case]] = {
            "normalize": Normalizing,
            "index": Indexing,
            "topics": Topical,
            "exports": Exporting,
            "erasure": Erasing,
        }
        yield lambda: kinds[request.param](stages)


def test_a_stage_that_meets_a_fault_anywhere_leaves_what_an_undisturbed_one_does(make: Make) -> None:
    _, first = worked(make(), FAULTS[0], None)  # it reads what a process then keeps for a minute
    seen, undisturbed = worked(make(), FAULTS[0], None)
    assert undisturbed == first
    found = {(fault, at): worked(make(), fault, at) for fault, at in chosen(len(seen.calls))}
    assert {fault for (fault, _), (calls, _) in found.items() if calls.is_met} == set(FAULTS)
    ends = {f"{fault} at {at}, {calls.calls[at]}": end for (fault, at), (calls, end) in found.items()}
    assert {where: end for where, end in ends.items() if end != undisturbed} == {}


def worked(case: Case, fault: Fault, at: int | None) -> tuple[Outgoing, Any]:
    """The calls of the first attempt, and what there is when the work is done."""
    went = False
    with outgoing(fault, at) as calls:
        try:
            went = case.attempt(1)
        except Killed:
            assert calls.is_met
    for receives in range(2, ATTEMPTS):
        if went and case.is_done():
            break
        with clock_off_by(LATER * (receives - 1)):
            went = case.attempt(receives)
    assert went and case.is_done(), f"not done after {ATTEMPTS} attempts"  # noqa: PT018 - both say the same
    return calls, case.outcome()


def chosen(calls: int) -> list[tuple[Fault, int]]:
    """The calls that meet a fault; of some, each fault has others, the first and the last among them."""
    if os.environ.get("FAULT_POINTS") == "all":
        return [(fault, at) for fault in FAULTS for at in range(calls)]
    points = len(FAULTS) * TRIED
    return [(FAULTS[number % len(FAULTS)], number * (calls - 1) // (points - 1)) for number in range(points)]
