"""Headers of mails as mail programs read them; the standard library's own folding does harm to three.

It takes a value that has no space within the width of a line for text to be encoded (RFC 2047). But addresses and
message ids must not be encoded, and a program that finds them so finds no link and no thread. And where it breaks a
line between two encoded words, which readers join again without a space, a space of the text may be lost.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from email.policy import Policy


_WIDTH: Final = 76
"""Of a line with encoded words, each of which has 75 characters at most (RFC 2047, section 2)."""


class _AsItIs(UnstructuredHeader, BaseHeader):
    """A value in ASCII that stands in one line, which may have 998 characters (RFC 5322, section 2.1.1)."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Text(UnstructuredHeader, BaseHeader):
    """Text, encoded with its spaces as a whole where it is not ASCII."""

    def fold(self, *, policy: Policy) -> str:
        text = Header(str(self), header_name=self.name, maxlinelen=_WIDTH)
        return f"{self.name}: {text.encode(linesep=policy.linesep)}{policy.linesep}"


def _registry() -> HeaderRegistry:
    found = HeaderRegistry()
    found.map_to_type("subject", _Text)
    for name in ("references", "list-unsubscribe"):
        found.map_to_type(name, _AsItIs)
    return found


POLICY: Final = SMTP.clone(header_factory=_registry())
"""Of a mail: lines end as SMTP has it."""
