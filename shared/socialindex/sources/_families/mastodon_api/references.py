"""What a status refers to, by the publishers' addresses: its parent, its conversation, what it quotes.

A reply names its parent by the server's own id. The parent's ``uri`` is known where Akkoma tells it, where the parent
is in the same answer or the request was about it, and where authors answer themselves on their own server, whose
addresses differ in the id alone. Otherwise it is absent, and so is the conversation unless its first post is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from socialindex.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from socialindex.sources._families.mastodon_api.entities import Status

_MAX_ANCESTORS: Final = 40
"""As many statuses as a page holds."""


@dataclass(frozen=True)
class Surroundings:
    """What is known around the statuses of one answer.

    Attributes:
        statuses: those of the answer, by the server's own ids.
        uris: addresses of statuses that are not in it, by their ids.
        first: the address that the one conversation began with, where the answer is about one and it is known.
    """

    statuses: Mapping[str | int, Status]
    uris: Mapping[str, str] = field(default_factory=dict)
    first: str | None = None

    def parent(self, status: Status) -> str | None:
        """The address of the status that one answers."""
        if status.akkoma and status.akkoma.in_reply_to_apid:
            return status.akkoma.in_reply_to_apid
        if status.in_reply_to_id is None:
            return None
        known = self.statuses.get(status.in_reply_to_id)
        return known.uri if known else self.uris.get(str(status.in_reply_to_id)) or _own_parent(status)

    def conversation(self, status: Status) -> str | None:
        """The address of the conversation's first post."""
        for _ in range(_MAX_ANCESTORS):
            if not is_reply(status):
                return status.uri
            parent = self.statuses.get(status.in_reply_to_id) if status.in_reply_to_id is not None else None
            if parent is None:
                break
            status = parent
        return self.first

    def quoted(self, status: Status) -> str | None:
        """The address of the quoted status. Mastodon's quotes count only while the quoted author accepts them."""
        if told := (status.akkoma and status.akkoma.quote_apid) or (status.pleroma and status.pleroma.quote_url):
            return told
        quote = status.quote
        if quote is None:
            known = self.statuses.get(status.quote_id) if status.quote_id else None
            return known.uri if known else None
        if quote.state not in {None, "accepted"}:
            return None
        quoted = quote.quoted_status or self.statuses.get(quote.quoted_status_id or "") or quote
        return quoted.uri or None


def by_id(answer: Iterable[Status | ParseError]) -> dict[str | int, Status]:
    """The statuses of an answer, boosted ones included, by the server's own ids."""
    statuses = [status for status in answer if not isinstance(status, ParseError)]
    boosted = [status.reblog for status in statuses if status.reblog]
    return {status.id: status for status in [*boosted, *statuses] if status.id is not None}


def is_reply(status: Status) -> bool:
    """Whether a status answers another one. Mastodon keeps the parent's account when the parent is deleted."""
    if status.in_reply_to_id is not None or status.in_reply_to_account_id is not None:
        return True
    return bool(status.akkoma and status.akkoma.in_reply_to_apid)


def _own_parent(status: Status) -> str | None:
    """The parent's address where an author answers itself at the server that made this one's address from its id."""
    if status.account.id is None or status.in_reply_to_account_id != status.account.id:
        return None
    prefix = status.uri.removesuffix(f"/statuses/{status.id}")
    return f"{prefix}/statuses/{status.in_reply_to_id}" if prefix != status.uri else None
