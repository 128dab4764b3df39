"""Optional plugins of an Amazon OpenSearch Service domain, which the service calls packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws import clients
from socialindex.errors import InvalidSettings, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSING = frozenset({"ConflictException", "LimitExceededException", "InternalException", "BaseException"})
"""Errors of a domain that is being changed: AssociatePackage, Amazon OpenSearch Service API reference."""


class _Client(Protocol):
    """The calls that are made here, as boto3's ``opensearch`` client has them."""

    def describe_domain(self, *, DomainName: str) -> dict[str, Any]: ...  # noqa: N803 - AWS's names
    def describe_packages(self, *, Filters: list[dict[str, Any]], NextToken: str = ...) -> dict[str, Any]: ...  # noqa: N803
    def list_packages_for_domain(self, *, DomainName: str, NextToken: str = ...) -> dict[str, Any]: ...  # noqa: N803
    def associate_package(self, *, PackageID: str, DomainName: str) -> dict[str, Any]: ...  # noqa: N803


class DomainPackages:
    """The packages of the domain with this name.

    Raises (every method):
        Unavailable: the service does not answer, or the domain is being changed.
    """

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def state(self, package: str) -> str:
        """How a package is associated, as DomainPackageStatus has it, such as ``ACTIVE``; empty where it is not."""
        for found in self._pages("list_packages_for_domain", "DomainPackageDetailsList", DomainName=self._domain):
            if found["PackageName"] == package:
                return str(found["DomainPackageStatus"])
        return ""

    def associate(self, package: str) -> None:
        """Begin to associate a package; the domain is copied to new nodes, which takes up to an hour.

        Raises:
            InvalidSettings: there is no such package for the domain's version.
        """
        self._call("associate_package", PackageID=self._id(package), DomainName=self._domain)

    def _id(self, package: str) -> str:
        version = self._call("describe_domain", DomainName=self._domain)["DomainStatus"]["EngineVersion"]
        named = [{"Name": "PackageName", "Value": [package]}]
        for found in self._pages("describe_packages", "PackageDetailsList", Filters=named):
            if found.get("EngineVersion") == version:
                return str(found["PackageID"])
        message = f"the service has no package {package} for {version}"
        raise InvalidSettings(message, field="EngineVersion", remedy="take a version that has it")

    def _pages(self, operation: str, key: str, **arguments: object) -> Iterator[dict[str, Any]]:
        while True:
            answer = self._call(operation, **arguments)
            yield from answer.get(key, [])
            if not answer.get("NextToken"):
                return
            arguments["NextToken"] = answer["NextToken"]

    def _call(self, operation: str, **arguments: object) -> dict[str, Any]:
        client = cast("_Client", clients.opensearch())
        try:
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in _PASSING:
                raise Unavailable(f"domain {self._domain}: {error}") from error
            raise InvalidSettings(f"{operation}: {error}", field="EngineName", remedy="mend the template") from error
        except BotoCoreError as error:
            raise Unavailable(f"domain {self._domain}: {error}") from error
        return answer
