"""What calls need, what policies allow, and a process that is held to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.guard import record
from infra.local.guard.calls import Call, needed
from infra.local.guard.engine import asked
from infra.local.guard.policy import Statement, allowed
from infra.local.guard.roles import statements

ROOT = Path(__file__).parents[3]
QUEUE = "http://127.0.0.1:9324/111122223333/socialindex-CrawlQueue"
CALLS: list[tuple[str, str, dict[str, Any], set[tuple[str, str]]]] = [
    ("dynamodb", "GetItem", {"TableName": "Hosts"}, {("dynamodb:GetItem", "table/Hosts")}),
    (
        "dynamodb",
        "Query",
        {"TableName": "Hosts", "IndexName": "ready"},
        {("dynamodb:Query", "table/Hosts/index/ready")},
    ),
    (
        "dynamodb",
        "BatchWriteItem",
        {"RequestItems": {"A": [], "B": []}},
        {("dynamodb:BatchWriteItem", "table/A"), ("dynamodb:BatchWriteItem", "table/B")},
    ),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "A"}}, {"ConditionCheck": {"TableName": "B"}}]},
        {("dynamodb:PutItem", "table/A"), ("dynamodb:ConditionCheckItem", "table/B")},
    ),
    (
        "dynamodb",
        "BatchExecuteStatement",
        {"Statements": [{"Statement": "INSERT INTO \"A\" VALUE {'id': ?}"}, {"Statement": 'UPDATE "B" SET x=?'}]},
        {("dynamodb:PartiQLInsert", "table/A"), ("dynamodb:PartiQLUpdate", "table/B")},
    ),
    ("sqs", "SendMessageBatch", {"QueueUrl": QUEUE}, {("sqs:SendMessage", "socialindex-CrawlQueue")}),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "exports/a"}, {("s3:PutObject", "b/exports/a")}),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "raw/a"}, {("s3:GetObject", "b/raw/a")}),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "raw/"}, {("s3:ListBucket", "b")}),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "1"}]}},
        {("s3:DeleteObject", "b/x"), ("s3:DeleteObjectVersion", "b/y")},
    ),
    ("sns", "Publish", {"TopicArn": "arn:aws:sns:r:1:Health"}, {("sns:Publish", "Health")}),
    (
        "sesv2",
        "SendEmail",
        {"FromEmailAddress": "a@example.com", "Content": {"Raw": {"Data": b""}}},
        {("ses:SendRawEmail", "identity/a@example.com"), ("ses:SendRawEmail", "configuration-set/default")},
    ),
    (
        "sesv2",
        "SendEmail",
        {"FromEmailAddress": "a@example.com", "Content": {"Simple": {}}},
        {("ses:SendEmail", "identity/a@example.com"), ("ses:SendEmail", "configuration-set/default")},
    ),
    ("secretsmanager", "GetSecretValue", {"SecretId": "a/b"}, {("secretsmanager:GetSecretValue", "secret:a/b-abcdef")}),
]


@pytest.mark.parametrize(("service", "operation", "params", "expected"), CALLS)
def test_a_call_needs_its_actions_on_its_resources(
    service: str, operation: str, params: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert set(needed(service, operation, params)) == {Call(*one) for one in expected}


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [("kms", "Decrypt", {}), ("dynamodb", "ExecuteStatement", {"Statement": "EXISTS"})],
)
def test_what_is_not_written_down_is_no_silent_yes(service: str, operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError):
        list(needed(service, operation, params))


POLICY = [
    Statement(("dynamodb:Query", "dynamodb:GetItem"), ("arn:aws:dynamodb:r:1:table/Hosts",)),
    Statement(("dynamodb:Query",), ("arn:aws:dynamodb:r:1:table/Hosts/index/*",)),
    Statement(("dynamodb:UpdateItem",), ("arn:aws:dynamodb:r:1:table/Counts",)),
    Statement(("s3:GetObject",), ("arn:aws:s3:::b/raw/*",)),
    Statement(("secretsmanager:GetSecretValue",), ("arn:aws:secretsmanager:r:1:secret:a/b-??????",)),
    Statement(("es:ESHttpPost",), ("arn:aws:es:r:1:domain/socialindex/*",)),
]


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("dynamodb:GetItem", "table/Hosts", True),
        ("dynamodb:Query", "table/Hosts/index/ready", True),
        ("dynamodb:GetItem", "table/Hosts/index/ready", False),
        ("dynamodb:PutItem", "table/Hosts", False),
        ("dynamodb:GetItem", "table/HostsOfOthers", False),
        ("s3:GetObject", "b/raw/2026/a", True),
        ("s3:GetObject", "b/exports/a", False),
        ("s3:GetObjectVersion", "b/raw/a", False),
        ("secretsmanager:GetSecretValue", "secret:a/b-abcdef", True),
        ("secretsmanager:GetSecretValue", "secret:a/c-abcdef", False),
        ("es:ESHttpPost", "engine", True),
        ("es:ESHttpDelete", "engine", False),
    ],
)
def test_a_policy_allows_what_it_says(action: str, resource: str, *, expected: bool) -> None:
    assert allowed(POLICY, Call(action, resource)) is expected


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_pattern_without_wildcards_is_itself_alone(one: str, other: str) -> None:
    plain = one.replace("*", "").replace("?", "").replace(":", "")
    statement = Statement(("s3:GetObject",), (f"arn:aws:s3:::{plain}",))
    assert statement.allows(Call("s3:GetObject", other)) is (plain == other)


REQUESTS: list[tuple[str, str, str | None, set[tuple[str, str]]]] = [
    ("POST", "/posts,mentions/_search", None, {("read/search", "posts"), ("read/search", "mentions")}),
    ("POST", "/topics,mentions/_count", None, {("read/search", "topics"), ("read/search", "mentions")}),
    ("GET", "/topics/_doc/tp_1%2F2", None, {("read/get", "topics")}),
    ("DELETE", "/posts-g1-2026.10/_doc/1", None, {("write/delete", "posts-g1-2026.10")}),
    ("POST", "/posts/_delete_by_query", "{}", {("write/delete/byquery", "posts")}),
    (
        "POST",
        "/_msearch",
        '{"index":"alerts"}\n{}\n{"index":"mentions"}\n{}\n',
        {("read/msearch", "cluster"), ("read/search", "alerts"), ("read/search", "mentions")},
    ),
    (
        "POST",
        "/_bulk",
        '{"delete":{"_index":"posts-g1-2026.10","_id":"1"}}\n{"update":{"_index":"alerts-1","_id":"1"}}\n{"doc":{}}\n',
        {
            ("write/bulk", "cluster"),
            ("write/bulk[s]", "posts-g1-2026.10"),
            ("write/delete", "posts-g1-2026.10"),
            ("write/bulk[s]", "alerts-1"),
            ("write/update", "alerts-1"),
        },
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), REQUESTS)
def test_a_request_of_the_engine_needs_actions_on_indices(
    method: str, path: str, body: str | None, expected: set[tuple[str, str]]
) -> None:
    named = {(f"indices:data/{action}", index) for action, index in expected}
    assert set(asked(method, path, body)) == {Call(*one) for one in named}


@pytest.mark.parametrize(
    ("function", "method", "path", "expected"),
    [
        ("AlertFunction", "POST", "/topics/_search", True),
        ("DeliverFunction", "POST", "/topics/_search", False),
        ("MaintainFunction", "DELETE", "/posts-g1-2026.10", True),
        ("MaintainFunction", "POST", "/posts-g1-2026.10/_forcemerge", True),
        ("SearchFunction", "DELETE", "/posts-g1-2026.10", False),
        ("SearchFunction", "POST", "/_analyze", True),
        ("SearchFunction", "GET", "/_index_template/posts", True),
        ("SearchFunction", "PUT", "/_index_template/posts", False),
        ("SearchFunction", "POST", "/.kibana/_search", False),
        ("CrawlFunction", "POST", "/posts/_search", False),
        ("SetupFunction", "PUT", "/_index_template/posts", True),
    ],
)
def test_a_function_may_do_what_its_role_in_the_engine_says(
    function: str, method: str, path: str, *, expected: bool
) -> None:
    assert all(allowed(statements(function), call) for call in asked(method, path)) is expected


@pytest.mark.parametrize("function", ["SetupFunction", "SearchFunction", "CrawlFunction"])
@pytest.mark.parametrize("call", [Call("dynamodb:DeleteItem", "table/x-ChannelsTable"), Call("es:ESHttpPut", "engine")])
def test_a_role_in_the_engine_allows_nothing_that_a_policy_is_to_allow(function: str, call: Call) -> None:
    assert not allowed(statements(function), call)


HANDLER = """
import boto3
from botocore.exceptions import ClientError

def look(table):
    client = boto3.client("dynamodb", region_name="r", endpoint_url="http://127.0.0.1:9",
                          aws_access_key_id="invented", aws_secret_access_key="invented")
    try:
        client.get_item(TableName=table, Key={"id": {"S": "1"}})
    except ClientError as error:
        return error.response["Error"]["Code"]
    except Exception as error:
        return type(error).__name__

print(look("Hosts"), look("Others"))
"""
UPDATES = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

class Tables(BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"Attributes": {"seen": {"S": "sent"}}}')

    def log_message(self, *_):
        pass

tables = HTTPServer(("127.0.0.1", 0), Tables)
Thread(target=tables.serve_forever, daemon=True).start()
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{tables.server_port}"

from socialindex.aws.tables import Table
from socialindex.errors import Unavailable

for name in ("Counts", "Others"):
    try:
        print(Table(name).update({"id": "1"}, "SET #seen = :seen", {"seen": "sent"})["seen"])
    except Unavailable as error:
        print(error.__cause__.response["Error"]["Code"])
"""
HERE = {
    "AWS_ACCESS_KEY_ID": "invented",
    "AWS_SECRET_ACCESS_KEY": "invented",
    "AWS_DEFAULT_REGION": "r",
    "AWS_MAX_ATTEMPTS": "1",
}


def run(code: str, folder: Path) -> list[str]:
    """Words that code prints in a process that is held to the policy."""
    (folder / "policy.json").write_text(json.dumps(POLICY), "utf-8")
    install = (
        "from pathlib import Path\nfrom infra.local.guard.watching import install\n"
        "install(Path('policy.json'), Path('calls'))\n"
    )
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", install + code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}", **HERE},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_process_that_is_watched_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    assert run(HANDLER, tmp_path) == ["EndpointConnectionError", "AccessDeniedException"]
    assert (tmp_path / "calls").read_text("utf-8").splitlines() == [
        "dynamodb:GetItem table/Hosts",
        "DENIED dynamodb:GetItem table/Others",
    ]


def test_updates_that_go_past_boto3_are_watched_too(tmp_path: Path) -> None:
    assert run(UPDATES, tmp_path) == ["sent", "AccessDeniedException"]
    assert (tmp_path / "calls").read_text("utf-8").splitlines() == [
        "dynamodb:UpdateItem table/Counts",
        "DENIED dynamodb:UpdateItem table/Others",
    ]


def test_a_record_tells_what_was_denied_and_what_nobody_needed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    lines = "dynamodb:Query table/Hosts/index/ready\nDENIED dynamodb:PutItem table/Hosts\n"
    (tmp_path / "logs" / "CrawlFunction.calls").write_text(lines, "utf-8")
    assert record.denied([tmp_path]) == ["CrawlFunction: DENIED dynamodb:PutItem table/Hosts"]
    allowed_ = {
        record.Permission("CrawlFunction", "dynamodb:Query", "arn:aws:dynamodb:r:1:table/Hosts"),
        record.Permission("CrawlFunction", "dynamodb:GetItem", "arn:aws:dynamodb:r:1:table/Hosts"),
        record.Permission("IndexFunction", "dynamodb:Query", "arn:aws:dynamodb:r:1:table/Hosts"),
    }
    used = record.used(allowed_, record.recorded([tmp_path]))
    assert [(one.function, one.action) for one in used] == [("CrawlFunction", "dynamodb:Query")]


def test_every_function_of_the_template_is_held_to_its_policy() -> None:
    template = record.template()
    assert not [name for name, function in template.functions.items() if not function.statements]
    assert {one.action.split(":")[0] for one in record.permissions(template)} <= {
        "es", "dynamodb", "sqs", "s3", "sns", "ses", "secretsmanager", "cloudformation",
    }  # fmt: skip
