"""How a sample world is run: addresses, clock and, for tests, misbehavior on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Site = str
SITES: tuple[Site, ...] = (
    "board",
    "news",
    "social",
    "slow",
    "flaky",
    "moody",
    "rhymix",
    "hackernews",
    "youtube",
    "reddit",
    "bluesky",
    "discourse",
    "wordpress",
    "press",
    "lemmy",
    "kboard",
)
"""Every server of the world, in the order of its ports. The first five share one story; each of the others is a package
of its own, ``sites/<name>/``, that is all there is to it (see ``sites.more``)."""


def system_clock() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Faults:
    """Misbehavior on purpose. The defaults are those of ``make run``: a slow host and a flaky one, no poison."""

    slow_seconds: float = 1.5
    """How long the slow host takes for an answer."""
    flaky_every: int = 4
    """Every how many requests the flaky host fails: 503 and a cut connection in turn; 0 means never."""
    flaky_retry_after: int = 2
    """Seconds in the ``Retry-After`` of its 503."""
    crawl_delay: int = 1
    """``Crawl-delay`` in the slow host's robots.txt, in seconds."""
    rate_limit: int = 300
    """Requests per five minutes that the Mastodon server allows before it answers 429."""
    poison_status: bool = False
    """One status among good ones without an account and a time."""
    poison_feed: bool = False
    """The newspaper's Atom feed answers garbage with status 200."""
    poison_thread: bool = False
    """One board post answers a page in an unknown layout."""
    moody_closes_after: float | None = None
    """Seconds after the anchor from which on the moody host's robots.txt forbids everything."""


@dataclass(frozen=True)
class WorldConfig:
    """Settings of a sample world.

    ``ports`` are in the order of ``SITES``; 0, or none where there are fewer, lets the system choose. ``data`` keeps
    ``world.json``, so that a second start shows the same world; without it nothing is kept. ``anchor`` counts only
    where nothing is kept yet.
    """

    data: Path | None = None
    ports: tuple[int, ...] = ()
    host: str = "127.0.0.1"
    seed: int = 12
    anchor: datetime | None = None
    clock: Callable[[], datetime] = system_clock
    short_addresses: bool = False
    """The board links to ``/free/1`` instead of ``/bbs/board.php?bo_table=free&wr_id=1``; both always answer."""
    faults: Faults = field(default_factory=Faults)
