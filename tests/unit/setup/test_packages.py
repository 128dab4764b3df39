"""Packages and stacks as boto3 asks for them; its stub holds each request against AWS's own model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from socialindex.aws import clients, deployments, packages
from socialindex.errors import InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

NORI = "analysis-nori"
DOMAIN = {"DomainName": "socialindex"}


def stubbed(monkeypatch: pytest.MonkeyPatch, service: str) -> Iterator[Stubber]:
    session: Any = boto3.Session("invented", "invented", region_name="ap-northeast-2")
    client = session.client(service)
    with Stubber(client) as stub:
        monkeypatch.setattr(clients, service, lambda: client)
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "opensearch")


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    yield from stubbed(monkeypatch, "cloudformation")


def domain_of(version: str) -> dict[str, Any]:
    cluster: dict[str, Any] = {}
    return {"DomainStatus": {**DOMAIN, "DomainId": "1/socialindex", "ARN": "arn:aws:es:r:1:domain/socialindex",
                             "ClusterConfig": cluster, "EngineVersion": version}}  # fmt: skip


def test_a_package_that_is_not_associated_has_no_state(service: Stubber) -> None:
    other = {"PackageName": "analysis-ik", "DomainPackageStatus": "ACTIVE"}
    service.add_response("list_packages_for_domain", {"DomainPackageDetailsList": [other]}, DOMAIN)
    assert packages.DomainPackages("socialindex").state(NORI) == ""


def test_its_state_may_stand_on_a_later_page(service: Stubber) -> None:
    ours = {"PackageName": NORI, "DomainPackageStatus": "ASSOCIATING"}
    service.add_response("list_packages_for_domain", {"DomainPackageDetailsList": [], "NextToken": "2"}, DOMAIN)
    service.add_response("list_packages_for_domain", {"DomainPackageDetailsList": [ours]}, {**DOMAIN, "NextToken": "2"})
    assert packages.DomainPackages("socialindex").state(NORI) == "ASSOCIATING"


def test_the_package_of_the_domains_own_version_is_associated(service: Stubber) -> None:
    offered = [
        {"PackageID": "G1", "PackageName": NORI, "EngineVersion": "OpenSearch_2.19"},
        {"PackageID": "G2", "PackageName": NORI, "EngineVersion": "OpenSearch_3.3"},
    ]
    service.add_response("describe_domain", domain_of("OpenSearch_3.3"), DOMAIN)
    service.add_response(
        "describe_packages", {"PackageDetailsList": offered}, {"Filters": [{"Name": "PackageName", "Value": [NORI]}]}
    )
    service.add_response("associate_package", {}, {"PackageID": "G2", **DOMAIN})
    packages.DomainPackages("socialindex").associate(NORI)


def test_a_version_without_the_package_is_named(service: Stubber) -> None:
    service.add_response("describe_domain", domain_of("OpenSearch_9.9"), DOMAIN)
    service.add_response("describe_packages", {"PackageDetailsList": []})
    with pytest.raises(InvalidSettings, match="OpenSearch_9.9"):
        packages.DomainPackages("socialindex").associate(NORI)


@pytest.mark.parametrize(
    ("code", "error"), [("ConflictException", Unavailable), ("AccessDeniedException", InvalidSettings)]
)
def test_a_domain_that_is_changing_is_waited_for_and_a_refusal_is_not(
    service: Stubber, code: str, error: type[Exception]
) -> None:
    service.add_client_error("list_packages_for_domain", code)
    with pytest.raises(error):
        packages.DomainPackages("socialindex").state(NORI)


@pytest.mark.parametrize(
    ("status", "taken_back"),
    [
        ("CREATE_IN_PROGRESS", False),
        ("UPDATE_IN_PROGRESS", False),
        ("UPDATE_ROLLBACK_IN_PROGRESS", True),
        ("ROLLBACK_IN_PROGRESS", True),
        ("DELETE_IN_PROGRESS", True),
    ],
)
def test_a_stack_says_whether_it_is_being_taken_back(stacks: Stubber, status: str, *, taken_back: bool) -> None:
    stack = {"StackName": "socialindex-dev", "StackStatus": status, "CreationTime": "2026-11-28T00:00:00Z"}
    stacks.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "socialindex-dev"})
    assert deployments.being_taken_back("socialindex-dev") is taken_back


def test_where_it_cannot_be_learned_no_rollback_is_risked(stacks: Stubber) -> None:
    stacks.add_client_error("describe_stacks", "AccessDenied")
    assert deployments.being_taken_back("socialindex-dev") is True
