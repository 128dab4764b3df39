"""AWS bounds names, variables and policies: with the longest name that a stack can have, a deployment still passes."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from infra.local.cloud import Cloud
from infra.local.template import Site, read_template
from socialindex.settings import Settings

if TYPE_CHECKING:
    from infra.local.template import Template

ROOT: Final = Path(__file__).parents[2]
STACK: Final = "s" * 41
"""The longest name (docs/deploy.md): those of schedules are made of it."""
REGION: Final = "ap-northeast-2"
MADE_UP: Final = "-1ABCDEFGHIJKL"
"""What CloudFormation puts behind a name that it makes."""
NAME_CHARACTERS: Final = 64
"""Of a function (Lambda API reference) and a schedule (EventBridge Scheduler API reference)."""
QUEUE_CHARACTERS: Final = 80
VARIABLES_BYTES: Final = 4_096
"""Of all variables, as JSON, which is how Lambda measures them
(https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594)."""
POLICY_CHARACTERS: Final = 10_240
"""Of all policies in a role, without blanks (IAM user guide, quotas)."""
GIVEN: Final = {
    "EngineUrl": f"https://vpc-{'e' * 28}-{'x' * 26}.{REGION}.es.amazonaws.com",
    "CredentialsSecret": "socialindex/credentials-of-platforms",
    "CrawlerContact": "https://a-rather-long-name-of-a-service.example.com/crawler",
    "OperatorContact": "mailto:crawler@a-rather-long-name-of-a-service.example.com",
    "MailFrom": "alerts@a-rather-long-name-of-a-service.example.com",
    "PublicUrl": "https://a-rather-long-name-of-a-service.example.com",
    "SandboxWorkspace": "ws_abcdefghijklmnop",
}


@cache
def template() -> Template:
    """The template as a stack of that name has it on AWS, as far as lengths go."""
    cloud = Cloud(sqs=f"https://sqs.{REGION}.amazonaws.com", dynamodb="", s3="", region=REGION, account="1" * 12)
    site = Site(STACK, cloud, f"https://abcdefghij.execute-api.{REGION}.amazonaws.com")
    text = (ROOT / "template.yaml").read_text("utf-8")
    found = re.findall(r"^  (\w+):\n    Type: AWS::(DynamoDB::Table|S3::Bucket|SNS::Topic)$", text, re.MULTILINE)
    names = {logical: f"{STACK}-{logical}{MADE_UP}" for logical, _ in found}
    tables = {logical: cloud.arn("dynamodb", f"table/{names[logical]}") for logical, kind in found if "Table" in kind}
    buckets = {logical: f"arn:aws:s3:::{names[logical]}" for logical, kind in found if "Bucket" in kind}
    topics = {logical: cloud.arn("sns", names[logical]) for logical, kind in found if "Topic" in kind}
    arns = {f"{logical}.Arn": arn for logical, arn in (tables | buckets).items()}
    return read_template(ROOT / "template.yaml", site, parameters=GIVEN, overrides=names | topics | arns)


def test_names_are_short_enough_and_no_longer_name_of_a_stack_would_do() -> None:
    read = template()
    names = [*(one.name for one in read.functions.values()), *(one.name for one in read.schedules)]
    assert max(map(len, names)) == NAME_CHARACTERS
    assert max(len(queue.name) for queue in read.queues.values()) <= QUEUE_CHARACTERS
    assert f"at most {len(STACK)} characters" in (ROOT / "docs" / "deploy.md").read_text("utf-8")


@pytest.mark.parametrize("function", sorted(template().functions))
def test_a_functions_variables_fit(function: str) -> None:
    variables = template().functions[function].environment
    size = len(json.dumps(variables, separators=(",", ":")).encode())
    assert size < VARIABLES_BYTES, f"{size} bytes"


@pytest.mark.parametrize("function", ["SearchFunction", "WatchFunction"])
def test_who_looks_at_all_dead_letters_finds_them_by_their_queues(function: str) -> None:
    variables, queues = template().functions[function].environment, template().queues
    stages = [name.removesuffix("DeadLetters") for name in queues if name.endswith("DeadLetters")]
    assert len(stages) == 8
    for stage in stages:
        assert Settings(variables).dead_letters(stage) == queues[f"{stage}DeadLetters"].url


@pytest.mark.parametrize("function", sorted(template().functions))
def test_a_functions_policy_fits(function: str) -> None:
    statements = [
        {"Effect": "Allow", "Action": one.actions, "Resource": one.resources}
        for one in template().functions[function].statements
    ]
    size = len(json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":")))
    assert size < POLICY_CHARACTERS, f"{size} characters"
