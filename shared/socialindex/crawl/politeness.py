"""How fast one host is asked: a delay that grows when the host suffers and shrinks back slowly.

Multiplicative increase of the delay, and a decrease by a share of what is above the floor, make it settle near the
fastest pace that a host bears. Everything here is a pure function of what happened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from socialindex.model import Struct

Sign = Literal["ok", "slow", "throttled", "error"]
"""What a request told about its host. throttled: 202, 429 and 503. error: timeouts, broken connections, other 5xx."""

MAX_DELAY: Final = 3_600.0
"""Seconds; however a host behaves, it is asked once an hour."""
SLOW_SECONDS: Final = 5.0
"""An answer that takes longer is a sign of a host under load."""

_GROWTH: Final[dict[Sign, float]] = {"slow": 1.5, "throttled": 2.0, "error": 2.0}
_AT_LEAST: Final[dict[Sign, float]] = {"slow": 1.0, "throttled": 30.0, "error": 1.0}
"""Seconds after the first such sign: growth by a factor alone never leaves zero. 30 s after a 429 is what Media Cloud
waits."""
_RECOVERY = 0.9  # of what the delay has above its floor, kept after a good answer
_SETTLED = 0.05  # seconds above the floor that are not worth to be recovered from


class Pace(Struct, frozen=True, kw_only=True):
    """The pace of one host. Serializable: the stage keeps it with the host."""

    delay: float
    """Seconds between two requests now."""
    floor: float
    """Seconds between two requests when all is well: robots.txt's Crawl-delay, or the default."""
    failures: int = 0
    """Requests in a row that failed (throttled or error)."""
    hold: float = 0.0
    """Seconds that the host asked to be left alone, once (Retry-After), or its rate limit demands."""

    @classmethod
    def at(cls, floor: float) -> Pace:
        """The pace of a host that nothing is known about yet."""
        return cls(delay=floor, floor=floor)

    def with_floor(self, floor: float) -> Pace:
        """The same host after its robots.txt was read (again)."""
        return msgspec.structs.replace(self, floor=floor, delay=max(self.delay, floor))

    def after(self, sign: Sign, *, elapsed: float = 0.0, hold: float | None = None) -> Pace:
        """The pace after one more request.

        Args:
            sign: how it went.
            elapsed: seconds that the answer took; a slow host is not asked more than half of the time.
            hold: seconds from its Retry-After or its rate limit headers.
        """
        return Pace(
            delay=self._recovered() if sign == "ok" else self._grown(sign, elapsed),
            floor=self.floor,
            failures=0 if sign in {"ok", "slow"} else self.failures + 1,
            hold=hold or 0.0,
        )

    def asked(self) -> Pace:
        """The pace after a request that told nothing of it, such as one that met a verdict on its page.

        What the host asked for when it failed was waited for before this request. What its rate limit demands holds on.
        """
        return msgspec.structs.replace(self, hold=0.0) if self.failures else self

    @property
    def wait(self) -> float:
        """Seconds from the end of the last request to the next."""
        return max(self.delay, self.hold)

    def next_at(self, now: datetime) -> datetime:
        """When the host may be asked next, ``now`` being the end of the last request."""
        return now + timedelta(seconds=self.wait)

    def _recovered(self) -> float:
        excess = (self.delay - self.floor) * _RECOVERY
        return self.floor + excess if excess > _SETTLED else self.floor

    def _grown(self, sign: Sign, elapsed: float) -> float:
        taken = elapsed if sign == "slow" else 0.0
        grown = max(self.delay * _GROWTH[sign], _AT_LEAST[sign], taken)
        return max(min(grown, MAX_DELAY), self.floor)


def sign_of(elapsed: float) -> Sign:
    """What a good answer tells by the seconds that it took."""
    return "slow" if elapsed > SLOW_SECONDS else "ok"


def sign_of_failure(reason: str) -> Sign:
    """What a failure tells, by the reason of a ``Transient``."""
    return "throttled" if reason == "throttled" else "error"
