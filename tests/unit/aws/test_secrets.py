"""A secret is read seldom, counts when it has changed, and shows nothing of itself when it cannot be read.

moto stands in for Secrets Manager: the errors are those that AWS documents, the service is not AWS's.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from typing import TYPE_CHECKING
from unittest.mock import patch

import boto3
import pytest

from infra.local.standin import keep_secret, sample_credentials, standing_in
from infra.local.world.config import SITES
from socialindex.aws import clients
from socialindex.aws.secrets import FRESH_SECONDS, Secret
from socialindex.crawl.credentials import Credentials
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def standin() -> Iterator[str]:
    with standing_in() as url:
        environment = {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local-secret",
        }
        with patch.dict(os.environ, environment):
            clients.secretsmanager.cache_clear()
            yield url
    clients.secretsmanager.cache_clear()


def test_credentials_come_from_the_secret(standin: str) -> None:
    keep_secret(standin, "socialindex/one", {"api.example.com": {"kind": "bearer", "token": "t"}})
    credentials = Credentials(Secret("socialindex/one").read)
    credentials.refresh()
    assert credentials.has("https://api.example.com/")


def test_a_changed_secret_counts_after_a_while(standin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_secret(standin, "socialindex/two", {"a": 1})
    secret = Secret("socialindex/two")
    assert secret.read() == '{"a": 1}'
    boto3.client("secretsmanager").put_secret_value(SecretId="socialindex/two", SecretString="changed")
    assert secret.read() == '{"a": 1}'
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + FRESH_SECONDS + 1)
    assert secret.read() == "changed"


def test_without_a_name_nothing_is_asked() -> None:
    assert Secret("").read() == ""


def test_a_secret_that_is_not_there_is_unavailable(standin: str) -> None:
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        Secret("socialindex/none").read()


def test_the_sample_worlds_credentials_are_such_that_they_can_be_used() -> None:
    credentials = sample_credentials(itertools.count(8401))
    hosts = {f"127.0.0.1:{8401 + number}" for number in range(len(SITES))}
    assert set(credentials) <= hosts
    Credentials(lambda: json.dumps(credentials)).refresh()
