"""What each resource answers to ``Ref`` and ``Fn::GetAtt``: the same kinds of values as on AWS, with local names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.local.template.intrinsics import NO_VALUE, invalid, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.cloud import Cloud
    from infra.local.template.intrinsics import Resolver

IMPLICIT_API = "ServerlessHttpApi"
"""The logical id of the API that SAM makes for routes that name none."""


class Identity(NamedTuple):
    """A resource's name, and what it answers."""

    name: str
    ref: str
    attributes: dict[str, str]


class Site(NamedTuple):
    """Where the stack is: its name, the local servers, and the address of its HTTP API."""

    stack: str
    cloud: Cloud
    api_url: str


class Kind(NamedTuple):
    """A type of resource that is run locally."""

    name_property: str
    identify: Callable[[str, Site], Identity]


def _queue(name: str, site: Site) -> Identity:
    url = f"{site.cloud.sqs}/{site.cloud.account}/{name}"
    return Identity(name, url, {"Arn": site.cloud.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _table(name: str, site: Site) -> Identity:
    arn = site.cloud.arn("dynamodb", f"table/{name}")
    return Identity(name, name, {"Arn": arn, "StreamArn": f"{arn}/stream/local"})


def _bucket(name: str, site: Site) -> Identity:
    domain = f"{name}.s3.amazonaws.com"
    regional = f"{name}.s3.{site.cloud.region}.amazonaws.com"
    return Identity(name, name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": domain, "RegionalDomainName": regional})


def _topic(name: str, site: Site) -> Identity:
    arn = site.cloud.arn("sns", name)
    return Identity(name, arn, {"TopicArn": arn, "TopicName": name})


def _function(name: str, site: Site) -> Identity:
    return Identity(name, name, {"Arn": site.cloud.arn("lambda", f"function:{name}")})


def _layer(name: str, site: Site) -> Identity:
    arn = site.cloud.arn("lambda", f"layer:{name}:1")
    return Identity(name, arn, {"LayerVersionArn": arn})


def _api(name: str, site: Site) -> Identity:
    return Identity(name, name, {"ApiEndpoint": site.api_url, "ApiId": name})


FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
API = "AWS::Serverless::HttpApi"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
BUCKET = "AWS::S3::Bucket"
TOPIC = "AWS::SNS::Topic"

KINDS = {
    FUNCTION: Kind("FunctionName", _function),
    LAYER: Kind("LayerName", _layer),
    API: Kind("", _api),
    QUEUE: Kind("QueueName", _queue),
    TABLE: Kind("TableName", _table),
    BUCKET: Kind("BucketName", _bucket),
    TOPIC: Kind("TopicName", _topic),
}


class References:
    """Answers ``Ref`` and ``Fn::GetAtt`` for the resources that exist; ``overrides`` come first.

    ``overrides`` maps ``Resource`` (its ``Ref``) or ``Resource.Attribute`` to a value; it is how resources that
    are not run locally get one. ``resolver`` works out the names that the template gives.
    """

    def __init__(
        self,
        resources: Mapping[str, Mapping[str, object]],
        site: Site,
        overrides: Mapping[str, str],
        resolver: Resolver,
    ) -> None:
        self._resources = resources
        self._site = site
        self._overrides = overrides
        self._resolver = resolver
        self._identities: dict[str, Identity] = {IMPLICIT_API: _api(IMPLICIT_API.lower(), site)}
        self._being_named: list[str] = []

    def __call__(self, logical_id: str, attribute: str, at: str) -> str:
        """The value of ``logical_id.attribute``, or of its ``Ref`` where ``attribute`` is empty.

        Raises:
            InvalidInput: nothing answers to it here; the remedy says how to give a value.
        """
        wanted = f"{logical_id}.{attribute}" if attribute else logical_id
        if wanted in self._overrides:
            return self._overrides[wanted]
        identity = self._identity(logical_id, wanted, at)
        if not attribute:
            return identity.ref
        if attribute not in identity.attributes:
            raise invalid(at, f"{wanted} is not known locally", f"Use one of {', '.join(identity.attributes)}.")
        return identity.attributes[attribute]

    def owner(self, reference: str, kind: str) -> str | None:
        """The logical id of the resource of that kind whose ``Ref`` or ARN is ``reference``."""
        for logical_id, resource in self._resources.items():
            if resource["Type"] == kind:
                identity = self._identity(logical_id, logical_id, logical_id)
                if reference in (identity.ref, identity.attributes.get("Arn")):
                    return logical_id
        return None

    def name(self, logical_id: str) -> str:
        """The name with which a resource is created."""
        return self._identity(logical_id, logical_id, logical_id).name

    def _identity(self, logical_id: str, wanted: str, at: str) -> Identity:
        if logical_id not in self._identities:
            self._identities[logical_id] = self._identify(logical_id, wanted, at)
        return self._identities[logical_id]

    def _identify(self, logical_id: str, wanted: str, at: str) -> Identity:
        resource = self._resources.get(logical_id)
        if resource is None:
            raise invalid(at, f"there is no resource {logical_id}", f"Declare it, or give overrides for {wanted!r}.")
        kind = KINDS.get(str(resource["Type"]))
        if kind is None:
            message = f"{wanted} is a {resource['Type']}, which is not run locally"
            raise invalid(at, message, f"Give overrides for {wanted!r}.")
        if logical_id in self._being_named:
            raise invalid(at, f"the name of {logical_id} depends on itself", "Name one of the resources in full.")
        self._being_named.append(logical_id)
        try:
            return kind.identify(self._name(logical_id, resource, kind), self._site)
        finally:
            self._being_named.pop()

    def _name(self, logical_id: str, resource: Mapping[str, object], kind: Kind) -> str:
        properties = resource.get("Properties")
        given = properties.get(kind.name_property) if isinstance(properties, dict) else None
        at = f"{logical_id}.{kind.name_property}"
        resolved = NO_VALUE if given is None else self._resolver.resolve(given, at)
        return self._generated(logical_id, properties) if resolved is NO_VALUE else text(resolved)

    def _generated(self, logical_id: str, properties: object) -> str:
        """Stack and logical id, without AWS's random suffix: data must be found again at the next start."""
        name = f"{self._site.stack}-{logical_id}"
        kind = self._resources[logical_id]["Type"]
        if kind == API:
            return logical_id.lower()
        if kind == BUCKET:
            return name.lower()
        fifo = isinstance(properties, dict) and text(properties.get("FifoQueue", False)) == "true"
        return f"{name}.fifo" if kind == QUEUE and fifo else name
