"""How fetching behaves. The defaults are for the public Internet; tests and the local stack change a few."""

from __future__ import annotations

import re

from socialindex.errors import InvalidSettings
from socialindex.model import Struct

_TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309, section 2.2.1
_CONTACT = re.compile(r"(?:https?://|mailto:)[!-~]+")
_KIB = 1024


class FetchSettings(Struct, frozen=True, kw_only=True):
    """Who we are, how long we wait and how much we take.

    Raises:
        InvalidSettings: a token that robots.txt cannot name, or a contact that is no address.
    """

    contact: str
    """Where a site's operator learns who we are and how to opt out: a page (https://...) or a mailto: address."""
    token: str = "socialindexbot"  # noqa: S105 - a product token, no secret
    """The product token: what robots.txt and X-Robots-Tag call us."""
    version: str = "1"
    allow_loopback: bool = False
    """Whether loopback addresses may be fetched from: the local stack's sample world, nothing else."""

    connect_seconds: float = 10.0
    """For the TCP connection. Name look-up and TLS count in ``request_seconds`` only."""
    request_seconds: float = 30.0
    """For one request until its body's last byte, whether a server is silent or sends a byte now and then. A timer for
    each read beside it would cost a tenth of the crawl's speed and end nothing much earlier."""
    fetch_seconds: float = 60.0
    """After so long a fetch begins no further request, be it a retry or a redirect: it ends ``request_seconds`` later
    at the latest."""

    max_redirects: int = 5
    retries: int = 2
    """In place, and only for what is likely over in a moment; the stage tries everything else again later."""
    retry_wait_seconds: float = 0.5
    """Doubled with every retry, with full jitter."""
    patience_seconds: float = 10.0
    """The longest wait in the middle of a fetch. Where a host's pace demands more, the stage is asked to come back."""
    retry_after_max_seconds: float = 86_400.0
    """A server that sends us away for longer is asked again after this."""

    stream_seconds: float = 20.0
    """Of a slice of a stream of messages. All that a host has else to give waits for so long."""
    stream_messages: int = 5_000
    """Of a slice."""

    max_body_bytes: int = 8 * _KIB * _KIB
    """Of a body, on the wire and decoded alike; of a slice of a stream."""
    max_ratio: float = 200.0
    """Decoded to encoded bytes. Repetitive pages reach 50; gzip cannot exceed 1,032, brotli has no bound worth it."""
    ratio_floor_bytes: int = 256 * _KIB
    """Decoded bytes below which the ratio does not matter."""
    max_headers: int = 128
    max_header_bytes: int = 16 * _KIB
    """Of one header's name and value. Content-Security-Policy and Set-Cookie grow beyond the usual 8 KiB."""

    connections: int = 100
    """At once, to all hosts."""
    connections_per_host: int = 4
    keep_alive_seconds: float = 15.0
    dns_cache_seconds: int = 60

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise InvalidSettings(
                f"{self.token!r} is no product token", field="token", remedy="use letters, '_' and '-' only"
            )
        if not _CONTACT.fullmatch(self.contact):
            raise InvalidSettings(
                f"{self.contact!r} is no contact", field="contact", remedy="use an https:// or mailto: address"
            )

    @property
    def user_agent(self) -> str:
        """What we call ourselves on the wire (RFC 9110, section 10.1.5)."""
        return f"{self.token}/{self.version} (+{self.contact})"


class Expect(Struct, frozen=True, kw_only=True):
    """What a fetch may bring back beyond the usual."""

    any_type: bool = False
    """Take a body of whatever content type."""
    any_client_error: bool = False
    """Return 4xx answers, without their bodies, instead of raising their verdict."""
    explained: bool = False
    """Return 400, 403 and 429 answers with their bodies; the last two only where no header says how long to wait."""
    noindex: bool = False
    """Take an answer though its X-Robots-Tag forbids to index it: lists and feeds that only lead to posts, and
    servers whose operator gave us a token. Its marks are in ``Fetched.robots_tags`` all the same."""
    first_bytes: int | None = None
    """Keep this many decoded bytes and drop the rest, instead of refusing what is larger than a page may be."""


PAGE = Expect()
"""A page to index."""


class Habits(Struct, frozen=True, kw_only=True):
    """How a host is treated that asks for nothing else."""

    delay: float = 2.0
    """Seconds between two requests."""
    daily: int = 20_000
    """Requests a day, in units where a platform counts so. The terms register may have another number for a host."""
