"""A stack of CloudFormation as an operator reaches it: what its resources are called, and its setup function."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from socialindex.aws import clients
from socialindex.errors import InvalidSettings, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ALIAS = "live"
"""The version that ``AutoPublishAlias`` of template.yaml keeps in use."""
_PATIENT = Config(read_timeout=180, retries={"total_max_attempts": 1})
"""A call of a function is answered at its end."""
_NOBODY = (NoCredentialsError, PartialCredentialsError, NoRegionError, ProfileNotFound)
_REMEDY = "set AWS_PROFILE (or AWS_ACCESS_KEY_ID and its like) and AWS_REGION to those of the stack's account"


class Stack(NamedTuple):
    """What CloudFormation tells of a stack."""

    resources: dict[str, str]
    """Physical ids by logical ones: a queue's URL, a table's or a function's name."""
    outputs: dict[str, str]


@contextmanager
def known() -> Iterator[None]:
    """What an operator asks of AWS from a terminal, where the SDK may find neither credentials nor a region.

    Raises:
        InvalidSettings: nobody said who asks, or where.
    """
    # The SDK for Python reads the other name alone; AWS's command line takes both, and this one before.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    try:
        yield
    except _NOBODY as error:
        raise InvalidSettings(str(error), field="AWS_PROFILE", remedy=_REMEDY) from error
    except Unavailable as error:  # as which tables tell what the SDK raises at their calls
        if not isinstance(error.__cause__, _NOBODY):
            raise
        raise InvalidSettings(str(error.__cause__), field="AWS_PROFILE", remedy=_REMEDY) from error


def stack(name: str) -> Stack:
    """The stack of this name.

    Raises:
        InvalidSettings: nobody said who asks, or where.
        NotFound: there is no such stack.
        Unavailable: CloudFormation does not answer, or refuses.
    """
    try:
        with known():
            return _stack(name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            raise NotFound(f"there is no stack {name!r} in this account and region") from error
        raise Unavailable(f"stack {name}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"stack {name}: {error}") from error


def _stack(name: str) -> Stack:
    client = clients.cloudformation()
    (told,) = client.describe_stacks(StackName=name)["Stacks"]
    pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
    found = [each for page in pages for each in page["StackResourceSummaries"] if "PhysicalResourceId" in each]
    return Stack(
        {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found},
        {each["OutputKey"]: each["OutputValue"] for each in told.get("Outputs", [])},
    )


def caller(function: str) -> Callable[[dict[str, Any]], Any]:
    """What invokes a function of the stack and gives its answer.

    Raises (the calls):
        Unavailable: the function failed, or cannot be invoked.
    """
    client: Any = boto3.Session().client("lambda", config=_PATIENT)

    def call(event: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is anything
        try:
            answer = client.invoke(FunctionName=function, Qualifier=_ALIAS, Payload=json.dumps(event).encode())
            told = json.loads(answer["Payload"].read())
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"function {function}: {error}") from error
        if "FunctionError" in answer:
            raise Unavailable(f"function {function}: {told.get('errorType')}: {told.get('errorMessage')}")
        return told

    return call
