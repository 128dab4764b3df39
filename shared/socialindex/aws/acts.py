"""Permits of mails' links, in the table of deliveries: ``act#<digest>``, ``act``. They go when their time is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.deliver.acts import CLAIM, Permit

if TYPE_CHECKING:
    from socialindex.aws.values import Item

_FREE: Final = "attribute_not_exists(#done_at) AND (attribute_not_exists(#claimed_at) OR #claimed_at < :before)"


class Known(NamedTuple):
    """A permit, and when it was used."""

    permit: Permit
    used_at: datetime | None


class ActsTable:
    """The table of permits, by the digests of links.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, digest: str, permit: Permit) -> None:
        """Keep a new permit."""
        expires = int(permit.expires_at.timestamp())
        self._table.put({**_key(digest), "body": msgspec.json.encode(permit).decode(), "expires": expires})

    def find(self, digest: str, now: datetime) -> Known | None:
        """A permit whose time is not over."""
        item = self._table.get(_key(digest))
        if item is None:
            return None
        permit = releases.decode(item["body"], Permit)
        used = datetime.fromtimestamp(item["done_at"], tz=UTC) if "done_at" in item else None
        return Known(permit, used) if permit.expires_at > now else None

    def claim(self, digest: str, now: datetime) -> bool:
        """Begin the act; False where it is done, or somebody does it at this moment.

        Who that is says ``claimed_by``: what we have written though its answer was lost is ours.
        """
        ours = uuid4().hex
        values: Item = {"now": now.timestamp(), "before": (now - CLAIM).timestamp(), "ours": ours}
        condition, change = f"attribute_exists(#body) AND {_FREE}", "SET #claimed_at = :now, #claimed_by = :ours"
        made = self._table.attempt(_key(digest), change, values, condition=condition)
        return made.done or (made.item or {}).get("claimed_by") == ours

    def done(self, digest: str, now: datetime) -> None:
        """Note that the act is done."""
        self._table.update(_key(digest), "SET #done_at = :now", {"now": now.timestamp()})

    def release(self, digest: str) -> None:
        """Note that it is not done after all, and may be tried again at once."""
        self._table.update(_key(digest), "REMOVE #claimed_at")


def _key(digest: str) -> dict[str, str]:
    return {"workspace": f"act#{digest}", "id": "act"}
