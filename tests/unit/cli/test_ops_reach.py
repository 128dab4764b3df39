"""How operators reach a stack on AWS: by CloudFormation's names, and its engine through the setup function."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from socialindex.aws import clients, stacks
from socialindex.errors import InvalidSettings, NotFound, Unavailable
from socialindex.ops.reach import reach
from tests.unit.client.api_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIBED = b"""<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>prod</StackName>
<Outputs><member><OutputKey>ApiUrl</OutputKey><OutputValue>https://api.example</OutputValue></member></Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
LISTED = """<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries><member>
<LogicalResourceId>{logical}</LogicalResourceId>{physical}</member></StackResourceSummaries>{more}
</ListStackResourcesResult></ListStackResourcesResponse>"""
UNKNOWN = b"""<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>
<Message>Stack with id dev does not exist</Message></Error></ErrorResponse>"""
INVOKE = "POST /2015-03-31/functions/prod-Setup/invocations?Qualifier=live"


@pytest.fixture
def aws() -> Iterator[None]:
    """An AWS that this process talks to, with credentials that it takes."""
    known = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    nowhere = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "1",
    }
    with patch.dict(os.environ, {**known, **nowhere}):
        clients.cloudformation.cache_clear()
        yield
        clients.cloudformation.cache_clear()


def listed(logical: str, physical: str = "", more: str = "") -> bytes:
    """A page of a stack's resources, as CloudFormation's XML has it."""
    named = f"<PhysicalResourceId>{physical}</PhysicalResourceId>" if physical else ""
    following = f"<NextToken>{more}</NextToken>" if more else ""
    return LISTED.format(logical=logical, physical=named, more=following).encode()


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("other", [None, "us-east-1"])
def test_the_region_may_be_given_as_to_the_command_line_of_aws(
    monkeypatch: pytest.MonkeyPatch, other: str | None
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    if other:
        monkeypatch.setenv("AWS_DEFAULT_REGION", other)
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    with serving({"POST /": [(200, DESCRIBED), (200, listed("HostsTable", "prod-HostsTable"))]}) as formation:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", formation.url)
        assert reach("prod").of("HostsTable") == "prod-HostsTable"
        assert "/ap-northeast-2/cloudformation/" in formation.asked[0].headers["authorization"]


@pytest.mark.usefixtures("aws")
def test_a_stack_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [listed("HostsTable", "prod-HostsTable-1X", "2"), listed("FrontierTable")]  # the second is being made
    answers = [(200, DESCRIBED), *((200, page) for page in pages), (400, UNKNOWN)]
    with serving({"POST /": answers}) as formation:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", formation.url)
        found = reach("prod")
        assert (found.name, found.api, found.of("HostsTable")) == ("prod", "https://api.example", "prod-HostsTable-1X")
        with pytest.raises(NotFound, match="stack prod has no FrontierTable"):
            found.of("FrontierTable")
        with pytest.raises(NotFound, match="there is no stack 'dev'"):
            reach("dev")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "missing", [["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], ["AWS_SECRET_ACCESS_KEY"], ["AWS_DEFAULT_REGION"]]
)
def test_who_asks_and_where_must_be_known(monkeypatch: pytest.MonkeyPatch, missing: list[str]) -> None:
    for name in [*missing, "AWS_REGION"]:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InvalidSettings) as told:
        reach("prod")
    assert "AWS_PROFILE" in told.value.remedy


@pytest.mark.usefixtures("aws")
def test_the_setup_function_is_asked_and_its_failure_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"errorType": "Unavailable", "errorMessage": "the engine does not answer"}
    answers = [(200, [{"name": "monday"}]), (200, failed, {"X-Amz-Function-Error": "Unhandled"}), (404, {})]
    with serving({INVOKE: answers}) as function:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", function.url)
        call = stacks.caller("prod-Setup")
        assert call({"ops": {"act": "list"}}) == [{"name": "monday"}]
        assert json.loads(function.asked[0].body) == {"ops": {"act": "list"}}
        with pytest.raises(Unavailable, match="the engine does not answer"):
            call({})
        with pytest.raises(Unavailable, match="prod-Setup"):
            call({})
