"""What template.yaml puts beneath and around the functions: network, engine, alarms, new versions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from infra.local.template.document import load

ROOT = Path(__file__).parents[2]
SCHEDULE = "ScheduleV2"
OURS = {"Fn::Sub": "SocialIndex/${Stack}"}
NEED_THE_INTERNET = {
    "SearchFunction": "looks at addresses that people paste, and reads credentials from Secrets Manager",
    "DeliverFunction": "calls webhooks and mails",
    "WatchFunction": "tells administrators through SNS",
    "SetupFunction": "asks OpenSearch Service and CloudFormation",
}


@cache
def document(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", load(ROOT / name))


def resources(kind: str, name: str = "template.yaml") -> dict[str, dict[str, Any]]:
    found = document(name)["Resources"].items()
    return {logical_id: one["Properties"] for logical_id, one in found if isinstance(one, dict) and one["Type"] == kind}


FUNCTIONS = resources("AWS::Serverless::Function")
QUEUES = resources("AWS::SQS::Queue")
STACKS = resources("AWS::CloudFormation::Stack")
ASKS_THE_ENGINE = {name for name, function in FUNCTIONS.items() if "es:ESHttp" in json.dumps(function["Policies"])}
PASSES_ON = {"GateFunction": "hands on what browsers ask of Dashboards, with their own cookies"}


@cache
def alarms() -> dict[str, list[str]]:
    """Kinds of alarms that there are one of per stage, with their stages."""
    loops = {key: value for key, value in document("infra/monitoring.yaml")["Resources"].items() if "::" in key}
    return {key.removeprefix("Fn::ForEach::"): value[1] for key, value in loops.items()}


@pytest.mark.parametrize("kind", ["Failing", "Throttled"])
def test_every_function_has_alarms(kind: str) -> None:
    assert {f"{stage}Function" for stage in alarms()[kind]} == set(FUNCTIONS)


@pytest.mark.parametrize(("kind", "suffix"), [("GivenUp", "DeadLetters"), ("Late", "Queue")])
def test_every_queue_has_an_alarm(kind: str, suffix: str) -> None:
    assert {f"{stage}{suffix}" for stage in alarms()[kind]} == {name for name in QUEUES if name.endswith(suffix)}
    assert {f"{stage}Queue" for stage in document("infra/monitoring.yaml")["Mappings"]["Waits"]} == {
        name for name in QUEUES if name.endswith("Queue")
    }


def test_a_schedule_that_stops_is_noticed_where_nothing_else_calls_its_function() -> None:
    scheduled = {
        name for name, one in FUNCTIONS.items() if {each["Type"] for each in one["Events"].values()} == {SCHEDULE}
    }
    monitored = resources("AWS::CloudWatch::Alarm", "infra/monitoring.yaml").values()
    missed = [one for one in monitored if one.get("Namespace") == OURS and one["TreatMissingData"] == "breaching"]
    told = {f"{one['Dimensions'][0]['Value'].capitalize()}Function" for one in missed}
    assert scheduled == {f"{stage}Function" for stage in alarms()["Silent"]} | told


@pytest.mark.parametrize("stage", alarms()["Silent"])
def test_any_of_its_frequent_schedules_that_stops_is_noticed(stage: str) -> None:
    silence = document("infra/monitoring.yaml")["Mappings"]["Silences"][stage]
    events = FUNCTIONS[f"{stage}Function"]["Events"].values()
    rates = [each["Properties"]["ScheduleExpression"].replace("1 hour", "60 minutes") for each in events]
    calls = [int(silence["Seconds"]) // 60 // int(re.findall(r"rate\((\d+) minutes?\)", rate)[0]) for rate in rates]
    assert int(silence["Calls"]) <= sum(calls)
    for one in filter(None, calls):
        assert sum(calls) - one + calls.count(0) < int(silence["Calls"])


def test_the_runbook_enables_a_schedule_and_leaves_it_as_it_is_otherwise(tmp_path: Path) -> None:
    """UpdateSchedule takes what is not said for its default (EventBridge Scheduler, API reference)."""
    target = {
        "Arn": "arn:live",
        "RoleArn": "arn:role",
        "Input": '{"part": "roles"}',
        "RetryPolicy": {"MaximumRetryAttempts": 0},
    }
    there = {
        "Name": "socialindex-prod-SetupRoles", "GroupName": "default", "ScheduleExpression": "rate(10 minutes)",
        "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target,
    }  # fmt: skip
    kept = {**there, "Arn": "arn:schedule", "State": "DISABLED", "CreationDate": "2026-11-30T06:00:00+00:00"}
    fake = tmp_path / "aws"
    fake.write_text(f"#!/bin/sh\n[ $2 = update-schedule ] || cat <<'EOF'\n{json.dumps(kept)}\nEOF\n", "utf-8")
    fake.chmod(0o755)
    (script,) = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "docs/runbook/silent.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)  # noqa: S603, S607 - ours
    assert json.loads((tmp_path / "schedule.json").read_text("utf-8")) == {**there, "State": "ENABLED"}


@pytest.mark.parametrize("name", [*FUNCTIONS, *QUEUES])
def test_alarms_and_runbooks_know_functions_and_queues_by_name(name: str) -> None:
    given = FUNCTIONS[name]["FunctionName"] if name in FUNCTIONS else QUEUES[name]["QueueName"]
    assert given == {"Fn::Sub": "${AWS::StackName}-" + name}


def test_a_new_version_is_taken_back_by_alarms_that_there_are() -> None:
    shared = document("template.yaml")["Globals"]["Function"]
    assert shared["AutoPublishAliasAllProperties"] is True, "most code is in the layer"
    monitored = resources("AWS::CloudWatch::Alarm", "infra/monitoring.yaml")
    known = {f"${{AWS::StackName}}-{stage}-failing" for stage in alarms()["Failing"]}
    known |= {one["AlarmName"]["Fn::Sub"].replace("${Stack}", "${AWS::StackName}") for one in monitored.values()}
    condition, watched, none = shared["DeploymentPreference"]["Alarms"]["Fn::If"]
    named = [alarm["Fn::Sub"] for alarm in watched]
    assert set(named) <= known
    assert 1 <= len(named) <= 10, "CodeDeploy takes ten (AlarmConfiguration, AWS CodeDeploy API reference)"
    assert none == [{"Ref": "AWS::NoValue"}], "a list: SAM makes an empty AlarmConfiguration of it, and nothing else"
    assert document("template.yaml")["Conditions"][condition] == {"Fn::Equals": [{"Ref": "RolloutAlarms"}, "true"]}
    assert document("template.yaml")["Parameters"]["RolloutAlarms"]["Default"] == "true"


@pytest.mark.parametrize("page", ["deploy.md", "runbook/failing.md"])
def test_docs_say_how_a_fix_is_deployed_while_an_alarm_rings(page: str) -> None:
    assert "RolloutAlarms=false" in (ROOT / "docs" / page).read_text("utf-8")


KEPT = [
    (file, name)
    for file in ("template.yaml", "infra/bootstrap.yaml", "infra/engine.yaml")
    for name, one in document(file)["Resources"].items()
    if one.get("UpdateReplacePolicy") == "Retain"
]


@pytest.mark.parametrize(("file", "name"), KEPT)
def test_what_outlives_its_stack_does_not_outlive_a_first_creation_that_failed(file: str, name: str) -> None:
    """What is left would be in the next try's way, by its name, or stay there for nobody."""
    assert document(file)["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_engine_the_keys_and_all_data_outlive_their_stacks() -> None:
    kept = {name for _, name in KEPT}
    assert {"Domain", "Key", "AuditLogs", "GitHub", "EngineRole", "Artifacts"} <= kept
    assert {"DestinationsKey", "ArchiveBucket", *resources("AWS::DynamoDB::Table")} <= kept


def test_docs_delete_the_domain_between_two_tries_to_delete_the_stack() -> None:
    """Its interfaces are in the network's subnets: until it is gone, the network cannot go."""
    text = (ROOT / "docs" / "deploy.md").read_text("utf-8").split("## Take it away")[1]
    assert re.findall(r"delete-(?:stack|domain)(?= --)", text)[:3] == ["delete-stack", "delete-domain", "delete-stack"]


def test_setup_may_hand_the_engine_one_role_where_one_is_named() -> None:
    made = document("template.yaml")["Resources"]["SnapshotPolicy"]
    assert made["Condition"] == "HasSnapshotRole"
    assert made["Properties"]["Roles"] == [{"Ref": "SetupFunctionRole"}]
    (statement,) = made["Properties"]["PolicyDocument"]["Statement"]
    assert statement == {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": [{"Ref": "SnapshotRole"}]}
    told = document("template.yaml")["Conditions"]["HasSnapshotRole"]
    assert told == {"Fn::Not": [{"Fn::Equals": [{"Ref": "SnapshotRole"}, ""]}]}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("", True),
        ("arn:aws:iam::123456789012:role/socialindex-snapshots", True),
        ("arn:aws:iam::123456789012:role/*", False),
        ("*", False),
    ],
)
def test_the_role_of_snapshots_is_one_and_no_pattern(given: str, taken: bool) -> None:
    pattern = document("template.yaml")["Parameters"]["SnapshotRole"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, given)) is taken


@pytest.mark.parametrize("page", ["deploy.md", "runbook/engine-snapshot.md"])
def test_docs_name_the_role_of_snapshots(page: str) -> None:
    assert "`SnapshotRole`" in (ROOT / "docs" / page).read_text("utf-8")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_that_ask_the_engine_are_in_the_network_and_no_others(name: str) -> None:
    network = FUNCTIONS[name].get("VpcConfig")
    assert bool(network) is (name in {*ASKS_THE_ENGINE, *PASSES_ON})
    if network:
        assert ("OuterSubnets" in json.dumps(network)) is (name in NEED_THE_INTERNET)
        assert ("OuterGroup" in json.dumps(network)) is (name in NEED_THE_INTERNET)


def test_the_engine_is_told_the_role_of_every_function_that_asks_it() -> None:
    (asked,) = resources("Custom::EngineSetup").values()
    told = {f"{stage}.{arn['Fn::GetAtt']}" for stage, arn in asked["Roles"].items()}
    expected = {name.removesuffix("Function") for name in ASKS_THE_ENGINE - {"SetupFunction"}}
    assert told == {f"{stage.lower()}.{stage}FunctionRole.Arn" for stage in expected}


def test_the_engine_is_set_up_by_the_code_that_is_deployed() -> None:
    """CloudFormation calls that itself; the schedule calls the alias, and is told by the version which one is meant."""
    (asked,) = resources("Custom::EngineSetup").values()
    assert asked["ServiceToken"] == {"Fn::GetAtt": "SetupFunction.Arn"}
    assert asked["Version"] == {"Ref": "SetupFunction.Version"}


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_beneath_gets_every_parameter_and_gives_what_is_asked_of_it(name: str) -> None:
    beneath = document(STACKS[name]["TemplateURL"])
    assert set(STACKS[name]["Parameters"]) == set(beneath["Parameters"])
    text = (ROOT / "template.yaml").read_text("utf-8")
    asked = {word.split(" ")[0].rstrip(",])}\"'\n") for word in text.split(f"{name}.Outputs.")[1:]}
    assert {one.split("\n")[0].rstrip(",])") for one in asked} <= set(beneath.get("Outputs", {}))


def every(kind: str) -> list[tuple[str, dict[str, Any]]]:
    files = ["template.yaml", *(stack["TemplateURL"] for stack in STACKS.values())]
    return [(name, one) for file in files for name, one in resources(kind, file).items()]


@pytest.mark.parametrize(("name", "properties"), every("AWS::Logs::LogGroup"))
def test_logs_are_not_kept_for_ever(name: str, properties: dict[str, Any]) -> None:
    assert properties["RetentionInDays"]


@pytest.mark.parametrize(("name", "properties"), every("AWS::CloudWatch::Alarm"))
def test_an_alarm_rings_somewhere_and_leads_to_the_runbook(name: str, properties: dict[str, Any]) -> None:
    assert properties["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert "docs/runbook" in properties["AlarmDescription"]


def test_the_domain_is_encrypted_on_disks_on_wires_and_between_nodes_and_knows_who_may_what() -> None:
    (domain,) = resources("AWS::OpenSearchService::Domain", "infra/engine.yaml").values()
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert domain["NodeToNodeEncryptionOptions"]["Enabled"] is True
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    assert domain["AdvancedSecurityOptions"]["Enabled"] is True
    assert domain["AdvancedOptions"]["indices.query.bool.max_clause_count"] == "8192"
    assert set(domain["LogPublishingOptions"]) == {
        "AUDIT_LOGS", "ES_APPLICATION_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS",
    }  # fmt: skip


def test_a_domain_that_is_there_can_be_changed() -> None:
    """Each change sends all options again, and UpdateDomainConfig takes fewer than CreateDomain (API references)."""
    (domain,) = resources("AWS::OpenSearchService::Domain", "infra/engine.yaml").values()
    assert set(domain["AdvancedOptions"]) <= {
        "rest.action.multi.allow_explicit_index", "indices.fielddata.cache.size", "indices.query.bool.max_clause_count",
    }  # fmt: skip


def test_the_archive_refuses_what_is_not_encrypted_on_its_way() -> None:
    (policy,) = resources("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize("name", ["Api", "GateApi"])
def test_the_gateways_log_neither_addresses_nor_paths_nor_queries_of_who_asks(name: str) -> None:
    """A path is where the token of a mail's link stands."""
    apis = resources("AWS::Serverless::HttpApi")
    assert set(apis) == {"Api", "GateApi"}
    line = apis[name]["AccessLogSettings"]["Format"]
    assert json.loads(line)["status"] == "$context.status"
    for word in ("sourceIp", "userAgent", "$context.path", "querystring", "caller", "authorizer"):
        assert word not in line


def test_the_gate_is_there_where_it_has_an_address_and_has_no_other() -> None:
    """What depends on the function must not be made without it, and CodeDeploy's part would be."""
    made = {name: one for name, one in document("template.yaml")["Resources"].items() if name.startswith("Gate")}
    assert set(made) == {"GateApi", "GateAddress", "GateMapping", "GateLogs", "GateFunction"}
    assert {one["Condition"] for one in made.values()} == {"HasGate"}
    assert document("template.yaml")["Globals"]["Function"]["DeploymentPreference"]["PassthroughCondition"] is True
    assert made["GateApi"]["Properties"]["DisableExecuteApiEndpoint"] is True
    assert int(made["GateFunction"]["Properties"]["Timeout"]) < 30
    assert made["GateFunction"]["Properties"]["Policies"] == []


@pytest.mark.parametrize(
    ("function", "condition", "parameter"),
    [("SearchFunction", "BoundsSearch", "SearchConcurrency"), ("GateFunction", "BoundsGate", "GateConcurrency")],
)
def test_who_waits_for_the_engine_can_be_kept_from_taking_all_that_the_account_runs_at_once(
    function: str, condition: str, parameter: str
) -> None:
    reserved = FUNCTIONS[function]["ReservedConcurrentExecutions"]
    assert reserved == {"Fn::If": [condition, {"Ref": parameter}, {"Ref": "AWS::NoValue"}]}
    bounded = document("template.yaml")["Conditions"][condition]
    assert bounded == {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, "0"]}]}
    assert document("template.yaml")["Parameters"][parameter]["Default"] == "0", "an account may have ten of all"


@pytest.mark.parametrize("size", ["small", "production"])
def test_a_disk_is_told_of_before_the_service_refuses_writes(size: str) -> None:
    """Amazon OpenSearch Service, lack of available storage space; its recommended alarm is a quarter."""
    sizes = document("infra/engine.yaml")["Mappings"]["Sizes"][size]
    disk, rings = int(sizes["VolumeGb"]) * 1024, int(sizes["FreeMb"])
    assert rings == disk / 4 > min(disk / 5, 20 * 1024)


def test_nothing_but_functions_reaches_the_engine() -> None:
    groups = resources("AWS::EC2::SecurityGroup", "infra/network.yaml")
    allowed = {json.dumps(one["SourceSecurityGroupId"]) for one in groups["EngineGroup"]["SecurityGroupIngress"]}
    assert allowed == {json.dumps({"Ref": name}) for name in ("FunctionsGroup", "OuterGroup")}
    assert not any("SecurityGroupIngress" in groups[name] for name in ("FunctionsGroup", "OuterGroup"))
