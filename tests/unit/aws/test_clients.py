"""Clients are made once per process, however many threads ask first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import JSONFileLoader

from socialindex.aws import clients

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 16


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-1")
    forget()
    yield
    forget()


def forget() -> None:
    for client in (clients.dynamodb, clients.sqs, clients.s3):
        client.cache_clear()


def test_threads_that_ask_at_once_share_one_client() -> None:
    together = Barrier(THREADS)

    def ask(_: int) -> int:
        together.wait()
        return id(clients.sqs())

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(ask, range(THREADS)))) == 1


def test_each_service_has_its_own_client() -> None:
    assert clients.sqs().meta.service_model.service_name == "sqs"
    assert clients.dynamodb().meta.service_model.service_name == "dynamodb"
    assert clients.s3().meta.service_model.service_name == "s3"
    assert clients.s3() is clients.s3()


def test_what_is_forgotten_is_made_again_for_the_environment_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clients.sqs()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-2")
    assert clients.sqs() is before
    forget()
    assert clients.sqs().meta.region_name == "ap-northeast-2"


def test_what_is_forgotten_signs_with_the_credentials_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    for key in ("first", "second"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        forget()
        given = {"Bucket": "archive-1", "Key": "exports/a"}
        assert f"{key}%2F" in clients.s3().generate_presigned_url("get_object", Params=given)


def test_clients_share_what_botocore_reads_of_all_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it for each took most of a client's time: a third of a second of a cold start with four, and 24 MB."""
    read = list[str]()
    load = JSONFileLoader.load_file

    def noting(self: JSONFileLoader, path: str) -> object:
        read.append(path)
        return load(self, path)

    monkeypatch.setenv("AWS_SESSION_TOKEN", "of an environment that no other test has")
    monkeypatch.setattr(JSONFileLoader, "load_file", noting)
    for make in (clients.dynamodb, clients.sqs, clients.s3):
        make()
    assert [Path(path).name for path in read].count("endpoints") == 1


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("", "https://archive-1.s3.eu-west-1.amazonaws.com/exports/a"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/archive-1/exports/a"),
    ],
    ids=["AWS", "a local server"],
)
@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_a_presigned_address_leads_to_the_region_itself(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, expected: str, operation: str
) -> None:
    """Elsewhere it is sent on while a bucket is new, and signed for another host (S3 user guide, redirection)."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    forget()
    place = {"Bucket": "archive-1", "Key": "exports/a"}
    assert clients.s3().generate_presigned_url(operation, Params=place).partition("?")[0] == expected
