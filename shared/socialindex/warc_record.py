"""One record of a web archive, as it is written: WARC 1.1 (ISO 28500:2017), sections 4 to 6.

Ours, since warcio takes twice as long and writes WARC 1.0, whose dates have no fractions of a second. It reads what is
written here, as any reader of the format does (docs/decisions/0018-packing.md).
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from typing import TYPE_CHECKING, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HTTP: Final = "application/http; msgtype=response"
NDJSON: Final = "application/x-ndjson"
BYTES: Final = "application/octet-stream"


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
        "WARC-Record-ID": f"<{uuid4().urn}>",
        "WARC-Target-URI": target,
        "WARC-Date": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "WARC-Payload-Digest": _digest(payload),
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
        **fields,
    }
    lines = "".join([f"{name}: {value}\r\n" for name, value in named.items()])
    return b"".join((b"WARC/1.1\r\n", lines.encode(), b"\r\n", block, b"\r\n\r\n"))


def _digest(data: bytes) -> str:
    return f"sha1:{b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"
