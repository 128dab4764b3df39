"""A cluster with the real security plugin, and people who ask it something."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import opensearchpy
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.local.servers import Secured, SecuredConfig, free_port, start_all
from infra.local.servers.secured import ADMINISTRATORS, NODE

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from infra.local.servers import Running

HEAP_MB: Final = 512
HOUR: Final = 3_600
REFUSED: Final = 400
"""Statuses from here on: the plugin answers with 403, and with 500 what it knows that it cannot filter."""


class Told(NamedTuple):
    """An answer."""

    status: int
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Person:
    """Somebody with groups, as an identity provider says them."""

    cluster: Cluster
    name: str
    groups: tuple[str, ...]
    node: int = 0

    def ask(self, method: str, path: str, body: object = None, tenant: str | None = None) -> Told:
        """Ask a node; a body of text is taken as lines of JSON."""
        lines = isinstance(body, str)
        headers = {"Content-Type": "application/x-ndjson" if lines else "application/json", **self.headers}
        headers |= {"securitytenant": tenant} if tenant is not None else {}
        sent = body if isinstance(body, str) or body is None else json.dumps(body)
        answer = self.cluster.pool.request(method, self.cluster.urls[self.node] + path, body=sent, headers=headers)
        return Told(answer.status, answer.data.decode())

    @property
    def headers(self) -> dict[str, str]:
        """Who it is, signed."""
        claims = {"sub": self.name, "roles": ",".join(self.groups), "exp": int(time.time()) + HOUR}
        return {"Authorization": f"Bearer {_token(claims, self.cluster.key)}"}

    def engine(self) -> opensearchpy.OpenSearch:
        """The client that the service's own code uses, as this person."""
        return opensearchpy.OpenSearch(self.cluster.urls[self.node], headers=self.headers, timeout=60)


@dataclass
class Cluster:
    """Nodes that know each other by certificates made for them."""

    folder: Path
    key: bytes = field(default_factory=lambda: secrets.token_bytes(64))
    urls: list[str] = field(default_factory=list)
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(timeout=60.0, retries=False))
    _running: list[Running] = field(default_factory=list)
    _first: int = field(default_factory=free_port)

    def join(self) -> None:
        """Start one more node, and wait until it takes part."""
        number = len(self.urls) + 1
        config = SecuredConfig(
            data=self.folder / f"node-{number}",
            port=free_port(),
            heap_mb=HEAP_MB,
            quick_start=True,
            persistent=False,
            number=number,
            transport=self._first if number == 1 else free_port(),
            first=self._first,
            certificates=self.folder / "certificates",
            key=self.key,
        )
        self._running.append(start_all([config]))
        self.urls.append(self._running[-1].get(Secured).url)

    def person(self, name: str, *groups: str, node: int = 0) -> Person:
        """Somebody who logs in."""
        return Person(self, name, groups, node)

    @property
    def administrator(self) -> Person:
        """Who may do everything."""
        return self.person("administrator", ADMINISTRATORS)

    def __enter__(self) -> Self:
        make_certificates(self.folder / "certificates")
        self.join()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.pool.clear()
        for running in reversed(self._running):
            running.stop()


def _token(claims: dict[str, Any], key: bytes) -> str:
    """A JWT (RFC 7519), signed with HMAC and SHA-512."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS512", "typ": "JWT"}, claims)]
    signed = b".".join(_base64(part) for part in parts)
    return b".".join([signed, _base64(hmac.digest(key, signed, "sha512"))]).decode()


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def make_certificates(folder: Path) -> None:
    """An authority and one certificate for all nodes, good for a day; the authority's key is kept nowhere."""
    folder.mkdir(parents=True)
    authority, node = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "ca.pem").write_bytes(_certificate("authority", authority, authority).public_bytes(pem))
    (folder / "node.pem").write_bytes(_certificate(NODE, node, authority).public_bytes(pem))
    (folder / "node.key").write_bytes(node.private_bytes(pem, form, serialization.NoEncryption()))


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(tz=UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=key is authority, path_length=None), critical=True)
        .add_extension(addresses, critical=False)
        .sign(authority, hashes.SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
