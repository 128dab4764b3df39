"""What template.yaml promises, read as the local stack reads it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from infra.local.cloud import Cloud
from infra.local.events.routes import Routes
from infra.local.template import Site, read_template
from infra.openapi.api import routes_by_function
from socialindex import batch
from socialindex.model import Author, Media, Metrics, Post, Provenance
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    import msgspec

ROOT = Path(__file__).parents[2]
VISIBILITY_TIMES = 6
"""AWS asks for a visibility timeout of at least six times the function's timeout."""
TWO_WEEKS = 1_209_600


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as one-entry mappings."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader
    return loaded


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"] for name, resource in template()["Resources"].items() if resource["Type"] == kind
    }


FUNCTIONS = resources("AWS::Serverless::Function")
QUEUES = resources("AWS::SQS::Queue")
TIMEOUT = template()["Globals"]["Function"]["Timeout"]


def sources(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Functions with the properties of their events of a kind."""
    return [
        (name, event["Properties"])
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_a_folder_with_its_stages_name(name: str) -> None:
    stage = name.removesuffix("Function").lower()
    assert FUNCTIONS[name]["CodeUri"] == f"functions/{stage}/"
    assert (ROOT / "functions" / stage / "app.py").is_file()
    assert (ROOT / "shared" / "socialindex" / stage).is_dir()


@pytest.mark.parametrize(("name", "event"), sources("SQS"))
def test_a_queue_has_dead_letters_and_outlasts_its_function(name: str, event: dict[str, Any]) -> None:
    queue = QUEUES[event["Queue"]["GetAtt"].removesuffix(".Arn")]
    timeout = FUNCTIONS[name].get("Timeout", TIMEOUT)
    assert queue["VisibilityTimeout"] >= VISIBILITY_TIMES * timeout
    assert queue["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"].removesuffix(".Arn") in QUEUES
    patience = batch.A_DAY if _comes_soon(name) else batch.PATIENCE
    assert queue["RedrivePolicy"]["maxReceiveCount"] == patience + 1
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["ScalingConfig"]["MaximumConcurrency"] >= 2


def _comes_soon(function: str) -> bool:
    """Whether a function has messages that met an outage come again sooner than their queue would."""
    statements = [one for policy in FUNCTIONS[function]["Policies"] for one in policy["Statement"]]
    return any("sqs:ChangeMessageVisibility" in one["Action"] for one in statements)


def test_what_somebody_waits_for_comes_again_soon() -> None:
    assert {name for name in FUNCTIONS if _comes_soon(name)} == {
        "NormalizeFunction",
        "IndexFunction",
        "DeliverFunction",
    }


def test_schedules_of_two_stacks_in_one_account_do_not_share_names() -> None:
    """SAM names them after function and event alone: https://github.com/aws/serverless-application-model/issues/3109."""
    names = [event.get("Name", {}).get("Sub", "") for _, event in sources("ScheduleV2")]
    assert len(set(names)) == len(names) > 0
    assert [name for name in names if not re.fullmatch(r"\$\{AWS::StackName\}-[A-Za-z]{1,40}", name)] == []
    bootstrap = (ROOT / "infra" / "bootstrap.yaml").read_text("utf-8")
    assert re.findall(r":schedule/(.+)", bootstrap) == ["default/socialindex-${Environment}*"]


def test_no_message_waits_so_long_that_it_ends_without_having_become_a_dead_letter() -> None:
    """Each receive may take the whole visibility timeout, where a function is killed."""
    waits = {
        name: queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        for name, queue in QUEUES.items()
        if "RedrivePolicy" in queue
    }
    assert max(waits.values()) < TWO_WEEKS / 2


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_keeps_messages_for_two_weeks_encrypted(name: str) -> None:
    assert QUEUES[name]["MessageRetentionPeriod"] == TWO_WEEKS
    assert QUEUES[name]["SqsManagedSseEnabled"] is True


def test_the_gateway_hands_every_request_to_search_that_no_other_function_takes() -> None:
    wired = [(name, event["Method"], event["Path"]) for name, event in sources("HttpApi")]
    assert ("SearchFunction", "ANY", "$default") in wired
    assert {method for _, method, _ in wired} == {"ANY"}, "which methods there are, the functions know"


def test_every_route_is_answered_by_the_function_that_the_gateway_asks() -> None:
    site, engine = Site("routes", Cloud(sqs="", dynamodb="", s3=""), ""), {"EngineUrl": "http://engine.example"}
    template = read_template(ROOT / "template.yaml", site, parameters=engine)
    gateway = Routes(template.routes)
    for function, found in routes_by_function().items():
        for name in found:
            match = gateway.match(*name.replace("{", "").replace("}", "").split(" "))
            assert match, name
            assert match.route.function == function, name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gets_every_variable_that_it_reads(name: str) -> None:
    stage = name.removesuffix("Function").lower()
    code = (ROOT / "functions" / stage / "app.py").read_text("utf-8")
    given = {
        *FUNCTIONS[name]["Environment"]["Variables"],
        *template()["Globals"]["Function"]["Environment"]["Variables"],
    }
    wanted = {f"{table.upper()}_TABLE" for table in re.findall(r'\.table\("(\w+)"\)', code)}
    wanted |= {f"{queue.upper()}_QUEUE_URL" for queue in re.findall(r'\.queue\("(\w+)"\)', code)}
    wanted |= {f"{queue.upper()}_DEAD_LETTERS_URL" for queue in re.findall(r'\.dead_letters\("(\w+)"\)', code)}
    assert wanted <= given


@pytest.mark.parametrize("name", resources("AWS::DynamoDB::Table"))
def test_a_table_can_be_restored_and_outlives_the_stack(name: str) -> None:
    resource = template()["Resources"][name]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


@pytest.mark.parametrize("name", ["HealthTable", "OutcomesTable"])
def test_what_is_written_at_every_look_or_day_has_an_end(name: str) -> None:
    wanted = {"AttributeName": "expires", "Enabled": True}
    assert resources("AWS::DynamoDB::Table")[name]["TimeToLiveSpecification"] == wanted


def test_the_archive_is_private_encrypted_and_versioned() -> None:
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]


WITHOUT_RESOURCE = {"es:DescribePackages"}
"""Actions that IAM knows no resource for (Service Authorization Reference, Amazon OpenSearch Service)."""


def test_no_policy_has_a_wildcard_for_actions_or_all_resources() -> None:
    statements = [s for f in FUNCTIONS.values() for policy in f["Policies"] for s in policy["Statement"]]
    assert statements
    for statement in statements:
        assert not [action for action in statement["Action"] if "*" in action]
        assert "*" not in statement["Resource"] or set(statement["Action"]) <= WITHOUT_RESOURCE


NESTED = {"author": Author, "media": Media, "metrics": Metrics, "provenance": Provenance}
OURS = {"versions", "title_only"}
"""What the merge script keeps beside the model."""


def test_the_mapping_is_strict_and_names_the_models_fields() -> None:
    mappings = posts_template(ROOT / "infra" / "opensearch")["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    assert set(mappings["properties"]) - OURS == set(Post.__struct_fields__)
    for field, struct in NESTED.items():
        assert set(mappings["properties"][field]["properties"]) == set(
            cast("type[msgspec.Struct]", struct).__struct_fields__
        )
