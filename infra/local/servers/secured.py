"""OpenSearch with the real security plugin, as Amazon OpenSearch Service has it: for the tests of roles only.

Who asks is said by a signed token (JWT) with a name and backend roles, which is what the plugin makes of a SAML
assertion too. Between nodes there are certificates, made for the test; clients come without TLS, on loopback.
"""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from infra.local.servers.base import HOST
from infra.local.servers.opensearch import OpenSearch, OpenSearchConfig

if TYPE_CHECKING:
    from pathlib import Path

ADMINISTRATORS: Final = "administrators"
"""The backend role that may do everything."""
NODE: Final = "node"
"""The name in every node's certificate: one that has it, of the same authority, is a node."""
_TYPES: Final = {
    "action_groups": "actiongroups",
    "internal_users": "internalusers",
    "nodes_dn": "nodesdn",
    "roles": "roles",
    "tenants": "tenants",
}
"""Files of the plugin's configuration that hold nothing, with what their head calls them."""


@dataclass(frozen=True, kw_only=True)
class SecuredConfig(OpenSearchConfig):
    """Settings of a node of a secured cluster.

    Attributes:
        number: of the node; the first one begins the cluster, and manages it alone.
        transport: the port on which nodes meet.
        first: the first node's ``transport``.
        certificates: folder with ``ca.pem``, ``node.pem`` and ``node.key`` (PKCS #8).
        key: what tokens are signed with (HMAC), of 64 bytes.
    """

    number: int = 1
    transport: int
    first: int
    certificates: Path
    key: bytes


class Secured(OpenSearch):
    """One node of a secured cluster."""

    name: ClassVar[str] = "OpenSearch with security"
    artifact: ClassVar[str] = "opensearch-security"
    port_setting: ClassVar[str] = "port"
    config: SecuredConfig

    def __init__(self, config: SecuredConfig) -> None:
        super().__init__(config)

    def is_ready(self) -> bool:
        """Whether the node has joined and knows who may do what."""
        return self._status("/_plugins/_security/health") == HTTPStatus.OK

    def _configure(self) -> Path:
        config = super()._configure()
        shutil.copytree(self.config.certificates, config / "certificates", dirs_exist_ok=True)
        security = config / "opensearch-security"
        security.mkdir(exist_ok=True)
        for name, content in _files(self.config.key).items():
            (security / f"{name}.yml").write_text(json.dumps(content), encoding="utf-8")
        return config

    def _settings(self) -> dict[str, object]:
        shared = super()._settings()
        del shared["discovery.type"]
        first = self.config.number == 1
        return shared | {
            "node.name": f"node-{self.config.number}",
            "node.roles": ["cluster_manager", "data"] if first else ["data"],
            "transport.port": self.config.transport,
            "discovery.seed_hosts": [f"{HOST}:{self.config.first}"],
            "cluster.initial_cluster_manager_nodes": ["node-1"],
            "plugins.security.ssl.transport.pemcert_filepath": "certificates/node.pem",
            "plugins.security.ssl.transport.pemkey_filepath": "certificates/node.key",
            "plugins.security.ssl.transport.pemtrustedcas_filepath": "certificates/ca.pem",
            "plugins.security.ssl.transport.enforce_hostname_verification": False,
            "plugins.security.ssl.http.enabled": False,
            "plugins.security.nodes_dn": [f"CN={NODE}"],
            "plugins.security.allow_default_init_securityindex": True,
            "plugins.security.restapi.roles_enabled": ["all_access"],
            "plugins.security.system_indices.enabled": True,
            "plugins.security.audit.type": "noop",
        }


def _files(key: bytes) -> dict[str, dict[str, Any]]:
    """The plugin's configuration to begin with: tokens count, administrators may everything, nobody else anything."""
    empty = {name: {"_meta": _meta(kind)} for name, kind in _TYPES.items()}
    dashboards = {"multitenancy_enabled": True, "private_tenant_enabled": True, "index": ".kibana"}
    authenticator = {
        "type": "jwt",
        "challenge": False,
        "config": {
            "signing_key": base64.b64encode(key).decode(),
            "subject_key": "sub",
            "roles_key": "roles",
        },
    }
    tokens = {
        "http_enabled": True,
        "order": 0,
        "http_authenticator": authenticator,
        "authentication_backend": {"type": "noop"},
    }
    dynamic = {"kibana": dashboards, "http": {"anonymous_auth_enabled": False}, "authc": {"tokens": tokens}}
    return empty | {
        "config": {"_meta": _meta("config"), "config": {"dynamic": dynamic}},
        "audit": {"_meta": _meta("audit"), "config": {"enabled": False}},
        "allowlist": {"_meta": _meta("allowlist"), "config": {"enabled": False, "requests": {}}},
        "roles_mapping": {"_meta": _meta("rolesmapping"), "all_access": {"backend_roles": [ADMINISTRATORS]}},
    }


def _meta(kind: str) -> dict[str, object]:
    return {"type": kind, "config_version": 2}
