"""What the workflows promise, beside what actionlint and zizmor look at (`make audit`)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from infra.local.template.document import load

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"^\s*(?:- )?uses: (?:\./\.github/workflows/\w+\.yml|[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$")


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
    return loaded


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_actions_are_pinned_by_their_whole_commit_and_say_which_version_that_is(path: Path) -> None:
    uses = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert uses
    assert not [line for line in uses if not PINNED.match(line)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_workflow_has_more_rights_than_its_jobs_name(path: Path) -> None:
    loaded = workflow(path.stem)
    assert loaded["permissions"] == {}
    for job in loaded["jobs"].values():
        assert set(job["permissions"]) <= {"contents", "id-token"}
        assert job["permissions"]["contents"] == "read"


def test_no_key_that_lasts_is_known_to_any_workflow() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert "AWS_ACCESS_KEY" not in text
        assert set(re.findall(r"secrets\.(\w+)", text)) <= {"SMOKE_KEY"}, "an API key of ours, which searches only"


def test_the_smoke_tests_key_is_handed_on_to_the_workflow_that_uses_it() -> None:
    """Without that, a called workflow may not be given its environment's secrets (actions/runner#1490)."""
    called = (ROOT / ".github" / "workflows" / "stack.yml").read_text("utf-8")
    declared = workflow("stack")[True]["workflow_call"]["secrets"]  # type: ignore[index]  # YAML reads on: as true
    assert set(declared) == set(re.findall(r"secrets\.(\w+)", called))
    assert all(one["required"] is False for one in declared.values())
    callers = [job for job in workflow("deploy")["jobs"].values() if job.get("uses", "").endswith("/stack.yml")]
    assert len(callers) == 2
    assert all(job["secrets"] == {name: f"${{{{ secrets.{name} }}}}" for name in declared} for job in callers)


def test_a_pull_request_runs_what_the_readme_says_and_gets_no_identity() -> None:
    loaded = workflow("check")
    assert ".ci/run" in [step.get("run") for step in steps("check")]
    assert "make audit" in [step.get("run") for step in steps("check")]
    assert not [job for job in loaded["jobs"].values() if "id-token" in job["permissions"]]


def test_prod_comes_after_dev_which_comes_after_the_checks() -> None:
    jobs = workflow("deploy")["jobs"]
    assert (jobs["build"]["needs"], jobs["dev"]["needs"], jobs["prod"]["needs"]) == ("check", "build", "dev")
    assert [jobs[name]["with"]["environment"] for name in ("dev", "prod")] == ["dev", "prod"]


def test_changes_are_shown_before_whoever_approves_lets_them_happen() -> None:
    """The plan's environment asks nobody; the other is the one with reviewers, and executes what was shown."""
    jobs = workflow("stack")["jobs"]
    assert jobs["plan"]["environment"].endswith("-plan")
    assert jobs["execute"]["needs"] == "plan"
    shown = " ".join(step.get("run", "") for step in jobs["plan"]["steps"])
    assert "--no-execute-changeset" in shown
    assert "infra.changes < changes.json >> " in shown
    done = " ".join(step.get("run", "") for step in jobs["execute"]["steps"])
    assert 'execute-change-set --change-set-name "$CHANGES"' in done
    assert "infra.smoke" in done
    assert "sam deploy" not in done


AWS = """#!{python}
import json, sys
import jmespath
asked = sys.argv[1:]
if "describe-change-set" in asked:
    print(json.dumps({{"StackName": "socialindex-dev", "Changes": []}}))
else:
    found = jmespath.search(asked[asked.index("--query") + 1], {{"Summaries": {summaries}}})
    print("\\t".join(found) if isinstance(found, list) else found)
"""
"""Answers as the command line does: text with tabs between, None for null."""


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ([], ""),
        ([(1_000, "EXECUTE_COMPLETE")], ""),
        ([(1_000, "AVAILABLE")], ""),
        ([(1_000, "AVAILABLE"), (2_005, "AVAILABLE")], "arn:2005"),
        ([(2_005, "UNAVAILABLE"), (1_000, "AVAILABLE")], ""),
    ],
    ids=["none", "all done", "one that nobody approved", "that one and ours", "that one and ours, which is empty"],
)
def test_what_is_shown_is_what_this_run_proposes(kept: list[tuple[int, str]], shown: str, tmp_path: Path) -> None:
    """A change set that nobody approved stays; a run that changes nothing must not offer it as its own."""
    summaries = [
        {
            "ChangeSetName": f"samcli-deploy{at}",
            "ChangeSetId": f"arn:{at}",
            "ExecutionStatus": status,
            "CreationTime": f"2026-11-28T10:{at % 1_000:02}:{at // 1_000:02}+00:00",
        }
        for at, status in kept
    ]
    (show,) = [step for step in steps("stack") if step.get("name") == "Show"]
    fake = tmp_path / "aws"
    fake.write_text(AWS.format(python=sys.executable, summaries=json.dumps(summaries)), "utf-8")
    fake.chmod(0o755)
    output, summary = tmp_path / "output", tmp_path / "summary"
    environ = {
        **os.environ,
        "PATH": f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "STACK": "socialindex-dev",
        "SINCE": "2000",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    subprocess.run(["bash", "-e", "-c", show["run"]], cwd=tmp_path, env=environ, check=True)  # noqa: S603, S607 - ours
    assert (output.read_text("utf-8") if output.exists() else "") == (f"arn={shown}\n" if shown else "")
    assert ("nothing changes" in summary.read_text("utf-8")) is not bool(shown)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_bootstrap_stack_gives_roles_to_those_jobs_only(environment: str) -> None:
    text = (ROOT / "infra" / "bootstrap.yaml").read_text("utf-8")
    assert text.count("token.actions.githubusercontent.com:sub") == 2
    assert "repo:${Repository}:environment:${Environment}-plan" in text
    assert re.search(r"repo:\$\{Repository\}:environment:\$\{Environment\}$", text, re.MULTILINE)
    config = (ROOT / "samconfig.toml").read_text("utf-8")
    assert f'stack_name = "socialindex-{environment}"' in config, "the name that the roles are bound to"
    assert f"EngineName=socialindex-{environment}" in config


def bootstrap() -> dict[str, Any]:
    """The resources that deployments need before the first one."""
    return cast("dict[str, Any]", load(ROOT / "infra" / "bootstrap.yaml")["Resources"])


def builder() -> list[dict[str, Any]]:
    """The statements of the role by which CloudFormation makes what the templates hold."""
    (policy,) = bootstrap()["Builder"]["Properties"]["Policies"]
    return cast("list[dict[str, Any]]", policy["PolicyDocument"]["Statement"])


def test_the_first_api_of_an_account_can_be_made() -> None:
    """With it API Gateway makes a role of its own, by the permissions of who asks, and refuses to go on without them.

    Using service-linked roles for API Gateway (developer guide); amplify-education/serverless-domain-manager#112.
    """
    (made,) = [one for one in builder() if "iam:CreateServiceLinkedRole" in one["Action"]]
    assert made["Condition"] == {"StringEquals": {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}}
    (role,) = made["Resource"]
    assert role["Fn::Sub"].endswith(":role/aws-service-role/ops.apigateway.amazonaws.com/*")


def test_a_small_stack_can_grow() -> None:
    """A route whose way changes is replaced, neither made nor deleted (AWS::EC2::Route, update: no interruption)."""
    found = cast("dict[str, Any]", load(ROOT / "infra" / "network.yaml"))["Resources"].values()
    routes = [one["Properties"] for one in found if one["Type"] == "AWS::EC2::Route"]
    assert [one for one in routes if isinstance(one.get("NatGatewayId"), dict) and "Fn::If" in one["NatGatewayId"]]
    assert [one for one in builder() if "ec2:ReplaceRoute" in one["Action"]]


def test_files_that_a_rollback_asks_for_are_there_when_nothing_was_deployed_for_long() -> None:
    """Functions go back to the files that they were made from: without these, ``UPDATE_ROLLBACK_FAILED``.

    What a deployment uploads is under its commit, so that the last one's files age (serverless/serverless#2239).
    """
    made = bootstrap()["Artifacts"]["Properties"]
    (rule,) = made["LifecycleConfiguration"]["Rules"]
    assert int(rule["ExpirationInDays"]) >= 3 * 365
    assert "three years" in (ROOT / "docs" / "deploy.md").read_text("utf-8")


def test_the_roles_are_made_in_the_region_that_is_deployed_to() -> None:
    """They are for the region in which they are made, which an engineer's own default may not be."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    (first, *_) = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert "infra/bootstrap.yaml" in first
    (region,) = set(re.findall(r'region = "(.+)"', (ROOT / "samconfig.toml").read_text("utf-8")))
    assert first.startswith(f"export AWS_DEFAULT_REGION={region} ")
    assert workflow("stack")["env"]["AWS_REGION"] == region


_OURS = "socialindex-${Environment}"
_HERE = "${AWS::Region}:${AWS::AccountId}"
TAGGED = {
    "alarm": ("cloudwatch:TagResource", f"arn:${{AWS::Partition}}:cloudwatch:{_HERE}:alarm:{_OURS}-api-slow"),
    "API": ("apigateway:TagResource", "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/1"),
    "bucket": ("s3:PutBucketTagging", f"arn:${{AWS::Partition}}:s3:::{_OURS}-archivebucket-1"),
    "bucket, of late": ("s3:TagResource", f"arn:${{AWS::Partition}}:s3:::{_OURS}-archivebucket-1"),
    "budget": ("budgets:TagResource", f"arn:${{AWS::Partition}}:budgets::${{AWS::AccountId}}:budget/{_OURS}-cost"),
    "engine": ("es:AddTags", f"arn:${{AWS::Partition}}:es:{_HERE}:domain/{_OURS}"),
    "function": ("lambda:TagResource", f"arn:${{AWS::Partition}}:lambda:{_HERE}:function:{_OURS}-CrawlFunction"),
    "log group": ("logs:TagResource", f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:/socialindex/{_OURS}/api"),
    "mapping": ("lambda:TagResource", f"arn:${{AWS::Partition}}:lambda:{_HERE}:event-source-mapping:1"),
    "mapping, read": ("lambda:ListTags", f"arn:${{AWS::Partition}}:lambda:{_HERE}:event-source-mapping:1"),
    "network": ("ec2:CreateTags", f"arn:${{AWS::Partition}}:ec2:{_HERE}:vpc/1"),
    "topic": ("sns:TagResource", f"arn:${{AWS::Partition}}:sns:{_HERE}:{_OURS}-AlarmTopic-1"),
}
"""What CloudFormation tags by itself with the stack that it is of, as the kinds' schemas say (``tagging``:
``cloudFormationSystemTags`` and ``permissions``), and what it needs for that on what."""


@pytest.mark.parametrize("kind", TAGGED)
def test_what_cloudformation_makes_can_be_tagged_by_it(kind: str) -> None:
    """Without, a first deployment is rolled back (aws-samples/sample-autonomous-cloud-coding-agents#407)."""
    action, resource = TAGGED[kind]
    assert [one for one in builder() if _is_in(action, one["Action"]) and _is_in(resource, one["Resource"])]


def _is_in(name: str, patterns: list[Any]) -> bool:
    plain = [one["Fn::Sub"] if isinstance(one, dict) else one for one in patterns]
    return any(fnmatchcase(name, one) for one in plain)
