"""What people do by the links of a mail: a link shows a page with a button, and only the button does it.

Programs that look into mail open every link in it, so that opening one must do nothing (RFC 9110, section 9.2.1).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from socialindex.deliver.destination import Language  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct

Act = Literal["acknowledge", "assign", "confirm", "stop"]
"""acknowledge: an alert was seen. assign: it is this person's. confirm: a mail address wants mail. stop: it does not
any more."""
VALID: Final = timedelta(days=7)
CLAIM: Final = timedelta(seconds=60)
"""After which an act that was begun and not done may be done again: whoever did it is gone."""
_BYTES: Final = 20


class Permit(Struct, frozen=True, kw_only=True):
    """What one link may do, once. Kept under the digest of the link's secret part."""

    act: Act
    workspace: str
    destination: str
    address: str
    """That the link was sent to."""
    alert: str | None = None
    about: str = ""
    """What the page says that it is about: a topic's or destination's name."""
    who: str
    language: Language
    expires_at: datetime


class Permits(Protocol):
    """Where permits are kept: ``aws.acts.ActsTable``."""

    def add(self, digest: str, permit: Permit) -> None:
        """Keep a new permit."""


def new_token() -> str:
    """The secret part of a link: 160 random bits."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
