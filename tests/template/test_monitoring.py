"""Alarms and their pages: each leads to one that says what to do, and looks at what code of ours or AWS emits."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from typing import Any, NamedTuple, cast

import pytest

from infra.local.template.document import load
from socialindex.metrics import Metric
from tests.system.examples import blocks
from tests.template.monitoring import OURS, ROOT, alarms, budgets, metrics, resources

RUNBOOK = ROOT / "docs" / "runbook"
PAGE = re.compile(r"docs/runbook/([a-z-]+\.md)")
PARTS = ("## What it means", "## Look", "## Do", "## It is over when")
ALARMS = alarms()
PAGES = sorted(path.name for path in RUNBOOK.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_names_a_page_that_is_there(name: str) -> None:
    (page,) = PAGE.findall(ALARMS[name]["AlarmDescription"])
    assert page in PAGES


def test_no_page_is_without_an_alarm_and_none_is_missing_in_the_index() -> None:
    named = " ".join([*(alarm["AlarmDescription"] for alarm in ALARMS.values()), *budgets()])
    assert sorted(set(PAGE.findall(named))) == PAGES
    assert sorted(set(re.findall(r"\]\(([a-z-]+\.md)\)", (RUNBOOK / "README.md").read_text("utf-8")))) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(page: str) -> None:
    text = (RUNBOOK / page).read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")][: len(PARTS)] == list(PARTS)
    tried, words = "**Walked through**", " ".join(text.split())
    assert tried in words or "**Cloud only**" in words
    assert (tried in words) == any(block.session == "curl" for block in blocks(RUNBOOK / page))


class Failures(NamedTuple):
    """Within what time a stage's alarm counts failures, of how many such periods, and in how many of those."""

    seconds: int
    periods: int
    datapoints: int


MONITORING = cast("dict[str, Any]", load(ROOT / "infra" / "monitoring.yaml"))
FAILURES = {
    stage: Failures(int(one["Seconds"]), int(one["Periods"]), int(one["Datapoints"]))
    for stage, one in MONITORING["Mappings"]["Failures"].items()
}
REPEATED = (0, 60, 180)
"""Seconds after a schedule's call at which Lambda runs it, as long as it fails (AWS Lambda Developer Guide)."""
UNITS = {"minute": 60, "hour": 3_600}


def schedules() -> list[tuple[str, str, int]]:
    """Stages, their schedules and the seconds between two calls."""
    found: list[tuple[str, str, int]] = []
    for name, made in resources("template.yaml").items():
        for event, one in made.get("Properties", {}).get("Events", {}).items():
            if one["Type"] == "ScheduleV2":
                count, unit = one["Properties"]["ScheduleExpression"].removeprefix("rate(").rstrip(")").split()
                found.append((name.removesuffix("Function"), event, int(count) * UNITS[unit.rstrip("s")]))
    return found


def rings(alarm: Failures, every: int, others: list[int], phase: int) -> bool:
    """Whether it does, where all fails that one schedule calls and nothing else; a period begins at ``phase``."""
    end = 4 * max(every, alarm.seconds * alarm.periods)
    edges = range(phase, end, alarm.seconds)
    failed = [call + later for call in range(0, end, every) for later in REPEATED]
    well = [call for other in others for call in range(0, end, other)]
    loud: list[bool] = []
    for begin, over in pairwise(edges):
        bad, good = (sum(begin <= one < over for one in calls) for calls in (failed, well))
        loud.append(bad >= 2 and 100 * bad / (bad + good) > 5)
    return any(sum(loud[at : at + alarm.periods]) >= alarm.datapoints for at in range(len(loud)))


@pytest.mark.parametrize(("stage", "schedule", "every"), schedules())
def test_an_alarm_looks_far_enough_to_hear_of_every_schedule_that_fails(stage: str, schedule: str, every: int) -> None:
    """Of a call that fails every five minutes, two repetitions are never in one minute."""
    others = [one for of, name, one in schedules() if of == stage and name != schedule]
    alarm = FAILURES[stage]
    assert all(rings(alarm, every, others, phase) for phase in range(0, alarm.seconds, 10))


def test_a_minute_is_too_short_for_what_comes_every_five() -> None:
    assert not rings(Failures(60, 5, 2), 300, [], 0)


def test_alarms_of_failures_look_as_far_as_is_said_of_their_stage() -> None:
    alarm = ALARMS["Fn::ForEach::Failing"]
    told = {
        name: {"Fn::FindInMap": ["Failures", {"Ref": "Stage"}, name]} for name in ("Seconds", "Periods", "Datapoints")
    }
    assert [one["MetricStat"]["Period"] for one in alarm["Metrics"] if "MetricStat" in one] == [told["Seconds"]] * 2
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (told["Periods"], told["Datapoints"])
    assert set(FAILURES) == set(MONITORING["Resources"]["Fn::ForEach::Failing"][1])


def test_alarms_look_at_metrics_of_ours_that_there_are_by_service_only() -> None:
    ours = [one for alarm in ALARMS.values() for one in metrics(alarm) if one["Namespace"] == OURS]
    assert {one["MetricName"] for one in ours} == {
        "FreshnessSeconds",
        "AlertDelaySeconds",
        "DeliveryDelaySeconds",
        "BlindSources",
        "RemovalAgeSeconds",
        "MaintainAgeSeconds",
        "WaitedSeconds",
    }
    assert {one["MetricName"] for one in ours} <= {metric.value for metric in Metric}
    assert all([dimension["Name"] for dimension in one["Dimensions"]] == ["service"] for one in ours)


def test_messages_that_come_again_soon_have_an_alarm_that_sees_them() -> None:
    """SQS leaves what was received three times out of the age of its queue."""
    found = {
        name.removesuffix("Function")
        for name, made in resources("template.yaml").items()
        if made["Type"].endswith("Function") and "sqs:ChangeMessageVisibility" in json.dumps(made["Properties"])
    }
    assert found == set(MONITORING["Resources"]["Fn::ForEach::Retrying"][1])
    services = {stage: MONITORING["Mappings"]["Waits"][stage]["Service"] for stage in found}
    assert services == {stage: stage.lower() for stage in found}


def test_the_dashboard_shows_every_metric_of_ours() -> None:
    (dashboard,) = (
        one["Properties"]["DashboardBody"]["Fn::Sub"]
        for one in resources("infra/monitoring.yaml").values()
        if isinstance(one, dict) and one["Type"] == "AWS::CloudWatch::Dashboard"
    )
    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "x", dashboard))["widgets"]
    shown = {metric[1] for widget in widgets for metric in widget["properties"]["metrics"] if len(metric) > 1}
    assert {metric.value for metric in Metric} <= shown
    places = [(widget["x"], widget["y"]) for widget in widgets]
    assert len(set(places)) == len(places)


def test_namespaces_of_code_and_alarms_are_one_per_stack() -> None:
    shared = cast("dict[str, Any]", load(ROOT / "template.yaml"))["Globals"]["Function"]["Environment"]["Variables"]
    assert shared["POWERTOOLS_METRICS_NAMESPACE"] == {"Fn::Sub": "SocialIndex/${AWS::StackName}"}


@pytest.mark.parametrize("function", sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")))
def test_every_handler_is_observed(function: str) -> None:
    tree = ast.parse((ROOT / "functions" / function / "app.py").read_text("utf-8"))
    (handler,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "handler")
    assert [ast.unparse(one) for one in handler.decorator_list] == ["observed"]


def test_every_api_has_an_alarm_on_its_5xx() -> None:
    """What a function answers by itself, such as the gate's 502, is no invocation that fails."""
    found = resources("template.yaml")
    given = found["Monitoring"]["Properties"]["Parameters"]
    seen = {
        json.dumps(given[dimension["Value"]["Ref"]])
        for alarm in ALARMS.values()
        for one in metrics(alarm)
        if (one["Namespace"], one["MetricName"]) == ("AWS/ApiGateway", "5xx")
        for dimension in one["Dimensions"]
    }
    apis = [name for name, made in found.items() if made["Type"] == "AWS::Serverless::HttpApi"]
    assert [name for name in apis if not any(f'"Ref": "{name}"' in one for one in seen)] == []


def test_whoever_rings_may_use_the_topic_and_its_key() -> None:
    found = resources("template.yaml")
    (statement,) = found["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    services = set(statement["Principal"]["Service"])
    assert services == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    key = found["AlarmKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert services <= {one["Principal"].get("Service") for one in key}
