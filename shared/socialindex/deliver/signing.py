"""Signatures of Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks), symmetric."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX: Final = "whsec_"
_BYTES: Final = 32
"""Of a secret: the specification asks for 24 to 64."""


def new_secret() -> str:
    """A secret as its owner gets it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed(message: str, timestamp: int, body: bytes, with_secrets: Iterable[str]) -> dict[str, str]:
    """Headers of a call: its id, when it is made (Unix time), and a signature by each secret."""
    content = f"{message}.{timestamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in with_secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
