"""One record of a web archive, as it is written: WARC 1.1 (ISO 28500:2017), sections 4 to 6.

Ours, since warcio takes twice as long and writes WARC 1.0, whose dates have no fractions of a second. It reads what is
written here, as any reader of the format does (docs/decisions/0018-packing.md).
"""

from __future__ import annotations

import hashlib
import os
from base64 import b32encode
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HTTP: Final = "application/http; msgtype=response"
NDJSON: Final = "application/x-ndjson"
BYTES: Final = "application/octet-stream"

_CHANCE: Final = Random()  # noqa: S311 - names must differ, not be unguessable
"""Seeded by the system once a process: asking it for each record, as uuid4 does, took a fifth of the record's time."""
os.register_at_fork(after_in_child=_CHANCE.seed)
_VERSION: Final = 0x4000_8000_0000_0000_0000
_NAMED: Final = ~0xF000_C000_0000_0000_0000


def form_record(  # noqa: PLR0913 - what the standard demands of a record
    kind: str,
    *,
    target: str,
    at: datetime,
    content_type: str,
    payload: bytes,
    fields: Mapping[str, str],
    head: str = "",
) -> bytes:
    """A record, uncompressed.

    Args:
        kind: ``WARC-Type``.
        target: the address that it is about, in ASCII.
        at: when what it holds was made, with its zone.
        content_type: of its block.
        payload: what it holds; of a response, the body.
        fields: beside the standard's, each a line.
        head: of a response, in ASCII: the status line and the headers, each with its line's end, and an empty line.
    """
    block = head.encode("ascii") + payload
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{_name()}>",
        "WARC-Target-URI": target,
        "WARC-Date": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "WARC-Payload-Digest": _digest(payload),
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
        **fields,
    }
    lines = "".join([f"{name}: {value}\r\n" for name, value in named.items()])
    return b"".join((b"WARC/1.1\r\n", lines.encode(), b"\r\n", block, b"\r\n\r\n"))


def _name() -> str:
    """A random UUID (RFC 9562, section 5.4)."""
    name = f"{_CHANCE.getrandbits(128) & _NAMED | _VERSION:032x}"
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def _digest(data: bytes) -> str:
    return f"sha1:{b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"
