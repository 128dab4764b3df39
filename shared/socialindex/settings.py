"""The environment of a function, read once and typed. Every name that ``template.yaml`` sets stands here."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from socialindex.crawl.rhythm import Polling
from socialindex.crawl.settings import FetchSettings, Habits
from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes"})
_FALSE = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True)
class Settings:
    """Settings by the environment's names.

    A value is looked at when it is asked for, so that a function needs only what it uses.

    Raises:
        InvalidSettings: on access, where a value is missing or malformed; names the variable.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def text(self, name: str) -> str:
        """A value that must be there."""
        value = self.environ.get(name, "")
        if not value:
            raise InvalidSettings(f"{name} is not set", field=name, remedy="set it in template.yaml")
        return value

    def number(self, name: str, default: float) -> float:
        """A number from 0 up; ``default`` where the environment is silent."""
        value = self.environ.get(name, "")
        try:
            number = float(value) if value else default
        except ValueError as error:
            raise InvalidSettings(f"{name} is {value!r}, not a number", field=name, remedy="use digits") from error
        if not 0 <= number < math.inf:
            raise InvalidSettings(f"{name} is {value}", field=name, remedy="use a number from 0 up")
        return number

    def flag(self, name: str) -> bool:
        """A switch that is off unless set to 1, true or yes."""
        value = self.environ.get(name, "").strip().lower()
        if value not in _TRUE | _FALSE:
            raise InvalidSettings(f"{name} is {value!r}, not a switch", field=name, remedy="use true or false")
        return value in _TRUE

    def table(self, name: str) -> str:
        """Name of a table by its short name, such as channels, hosts or frontier."""
        return self.text(f"{name.upper()}_TABLE")

    @property
    def archive_bucket(self) -> str:
        """Name of the bucket that holds the raw responses."""
        return self.text("ARCHIVE_BUCKET")

    @property
    def engine_url(self) -> str:
        """The engine's address, such as ``https://search-domain.example``."""
        return self.text("ENGINE_URL")

    @property
    def engine_signed(self) -> bool:
        """Whether requests to the engine are signed (Amazon OpenSearch Service) or plain (the local engine)."""
        return self.flag("ENGINE_SIGNED")

    def queue(self, stage: str) -> str:
        """URL of a stage's queue."""
        return self.text(f"{stage.upper()}_QUEUE_URL")

    def dead_letters(self, stage: str) -> str:
        """URL of a stage's dead-letter queue; where it is not given, of the one that is named after the stage's queue.

        Who looks at all of them gets half of the names: Lambda takes 4 KB of variables.
        """
        given = self.environ.get(f"{stage.upper()}_DEAD_LETTERS_URL", "")
        return given or f"{self.queue(stage).removesuffix('Queue')}DeadLetters"

    @property
    def crawler_contact(self) -> str:
        """Address of the page about the crawler; it stands in the User-Agent."""
        return self.text("CRAWLER_CONTACT")

    @property
    def operator_contact(self) -> str:
        """Where people send requests about the crawler: a ``mailto:`` or ``https://`` address."""
        return self.text("OPERATOR_CONTACT")

    @property
    def fetch(self) -> FetchSettings:
        """How the fetcher behaves."""
        return FetchSettings(contact=self.crawler_contact, allow_loopback=self.allow_loopback)

    @property
    def crawl_habits(self) -> Habits:
        """How hosts are treated that ask for nothing else: 2 seconds between requests, 20,000 requests a day."""
        delay, daily = self.number("CRAWL_DELAY_SECONDS", 2.0), self.number("CRAWL_DAILY_REQUESTS", 20_000)
        return Habits(delay=delay, daily=int(daily))

    @property
    def mail_from(self) -> str:
        """The address that mail comes from; empty where this service sends none."""
        return self.environ.get("MAIL_FROM", "")

    @property
    def credentials_secret(self) -> str:
        """Name or ARN of the secret that has the platforms' credentials; empty where there are none."""
        return self.environ.get("CREDENTIALS_SECRET", "")

    @property
    def sandbox_workspace(self) -> str:
        """The workspace whose posts sandbox keys see; empty where there is none, and they see nothing."""
        return self.environ.get("SANDBOX_WORKSPACE", "")

    @property
    def audit_days(self) -> float:
        """Days for which the audit log keeps entries."""
        return self.number("AUDIT_DAYS", 730.0)

    @property
    def allow_loopback(self) -> bool:
        """Whether loopback addresses may be crawled and called: the local stack only."""
        return self.flag("ALLOW_LOOPBACK")

    @property
    def lease_seconds(self) -> float:
        """How long a host stays leased without a heartbeat."""
        return self.number("LEASE_SECONDS", 60.0)

    @property
    def topic_settle_seconds(self) -> float:
        """Seconds after which a topic's backfill looks once more."""
        return self.number("TOPIC_SETTLE_SECONDS", 180.0)

    @property
    def polling(self) -> Polling:
        """How often channels are polled. Bounds that the first interval is beyond give way to it."""
        first = self.number("POLL_SECONDS", 300.0)
        floor, ceiling = self.number("POLL_FLOOR_SECONDS", 60.0), self.number("POLL_CEILING_SECONDS", 86_400.0)
        return Polling(first=first, floor=min(floor, first), ceiling=max(ceiling, first))

    @property
    def retention_months(self) -> int:
        """Whole months that the index keeps beside the current one; 0 keeps everything."""
        return int(self.number("RETENTION_MONTHS", 0))


@cache
def load() -> Settings:
    """The settings of this process."""
    return Settings()
