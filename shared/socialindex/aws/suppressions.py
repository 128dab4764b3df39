"""The suppression list in DynamoDB: posts and authors that were erased, posts that were withdrawn, and the removals.

It is asked by index, replay and export. Posts are named by ids and authors by keys, both hashes; what stands beside
them says who asked for it, when and why, and nothing about the person.

    post#<id>      -              by, at, reason: erased; before: withdrawn, readings up to then are not written;
                                  hearsay_before: withdrawn by another host than the post's, for what such hosts tell
    author#<key>   -              by, at, reason: erased
    removals       <id>           a removal with its progress
    open           <id>           one of them that may not be done yet
    open           -              until: when all are looked through again for such, of which nothing stands here
    records        <key>#<offset> an archived record that turned out to hold something erased
    lease          -              who erases now
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from socialindex import releases
from socialindex.aws.lease import alone
from socialindex.aws.tables import Table
from socialindex.erasure.removal import Removal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from socialindex.aws.values import Item
    from socialindex.model import Post, Provenance

Objection = Literal["erased", "withdrawn"]
_BEFORE = "before"
_HEARSAY = "hearsay_before"
_ONLY = "-"
"""The range key of items that are alone in their partition."""


_LOOKED_THROUGH: Final = 3_600.0
"""Seconds after which all removals are looked through for open ones: what earlier versions wrote, or a process that
died in the middle, stands nowhere else."""


class Place(NamedTuple):
    """Where a record lies in the archive."""

    key: str
    offset: int


class Entry(NamedTuple):
    """An entry of the list. ``before`` is ``None`` of what was erased, else when a post was withdrawn (Unix ms)."""

    kind: Literal["post", "author"]
    name: str
    before: int | None
    hearsay: bool = False
    """Whether it is about what other hosts than the post's own have told only."""


class Listed(NamedTuple):
    """What is on the list of a post or an author: one entry, or one for each who has withdrawn it."""

    place: str
    """On the list: what comes behind it can be asked for."""
    entries: list[Entry]


class Suppressions:
    """The table of suppressions.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # What must not be there

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        """Why each post must not be written or handed out: ``erased``, ``withdrawn`` after it was read, or ``None``."""
        keys = [_key(name) for post in posts for name in _names(post)]
        items = {item["pk"]: item for item in self._table.get_all(keys)}
        return [_objection(post, items) for post in posts]

    def erase(self, removal: Removal) -> None:
        """Put a removal's posts and authors on the list."""
        names = [*(f"post#{post}" for post in removal.posts), *(f"author#{author}" for author in removal.authors)]
        values: Item = {"by": removal.by, "at": removal.created_at.isoformat(), "reason": removal.reason}
        for name in names:
            self._table.update(_key(name), "SET #by = :by, #at = :at, #reason = :reason", values)

    def withdraw(self, posts: Iterable[Post]) -> None:
        """Note that readings of these posts up to this one must not be written.

        What another host than the post's own says counts against what such hosts have told, and no further.
        """
        for post in posts:
            name = _HEARSAY if post.hearsay else _BEFORE
            later = f"attribute_not_exists(#{name}) OR #{name} < :{name}"
            values: Item = {name: _ms(post.collected_at)}
            self._table.update(_key(f"post#{post.id}"), f"SET #{name} = :{name}", values, condition=later)

    def entries(self) -> Iterator[Entry]:
        """The whole list, in no order."""
        return (entry for one in self.listed() for entry in one.entries)

    def listed(self, after: str = "") -> Iterator[Listed]:
        """The list behind a place, or the whole of it, in an order that stays: what is new may be anywhere in it."""
        for item in self._table.scan(after=_key(after) if after else None):
            if entries := list(_entries(item)):
                yield Listed(item["pk"], entries)

    # Removals

    def add(self, removal: Removal) -> None:
        """Write a new removal down, which is open until it is ``put`` as done."""
        self.put(removal)
        self._open([removal])

    def put(self, removal: Removal) -> None:
        """Write a removal down as it is now."""
        body = msgspec.json.encode(removal).decode()
        self._table.put({"pk": "removals", "sk": removal.id, "body": body, "state": removal.state})
        if removal.state == "done":
            self._table.delete({"pk": "open", "sk": removal.id})

    def removal(self, identifier: str) -> Removal | None:
        """A removal by its id."""
        item = self._table.get({"pk": "removals", "sk": identifier})
        return _removal(item) if item else None

    def removals(self) -> list[Removal]:
        """All removals, the oldest first: as many as there ever were."""
        return _by_age(map(_removal, self._table.query("#pk = :pk", {"pk": "removals"})))

    def open_removals(self, now: float | None = None) -> list[Removal]:
        """Removals that are not done, the oldest first; the others are read once an hour only.

        Args:
            now: the clock (Unix seconds), for tests.
        """
        moment = time.time() if now is None else now
        known = list(self._table.query("#pk = :pk", {"pk": "open"}, consistent=True))
        names = {item["sk"] for item in known} - {_ONLY}
        if not any(item["sk"] == _ONLY and item["until"] > moment for item in known):
            missed = [removal for removal in self.removals() if removal.state == "running" and removal.id not in names]
            self._open(missed)
            names |= {removal.id for removal in missed}
            self._table.put({"pk": "open", "sk": _ONLY, "until": moment + _LOOKED_THROUGH})
        found = [_removal(item) for item in self._table.get_all({"pk": "removals", "sk": name} for name in names)]
        self._table.delete_all([{"pk": "open", "sk": removal.id} for removal in found if removal.state == "done"])
        return _by_age(removal for removal in found if removal.state == "running")

    def _open(self, removals: Iterable[Removal]) -> None:
        for removal in removals:
            self._table.put({"pk": "open", "sk": removal.id})

    # Archived records that hold what was erased

    def found(self, places: Iterable[Provenance]) -> None:
        """Note records of the archive that hold something erased, to be removed by the erasure stage."""
        for place in {(each.archive_key, each.archive_offset) for each in places}:
            self._table.put({"pk": "records", "sk": f"{place[0]}#{place[1]}"})

    def to_clean(self) -> list[Place]:
        """Records that were noted, by object."""
        names = (item["sk"].rpartition("#") for item in self._table.query("#pk = :pk", {"pk": "records"}))
        return [Place(key, int(offset)) for key, _, offset in names]

    def cleaned(self, places: Iterable[Place]) -> None:
        """Forget records that are done."""
        self._table.delete_all([{"pk": "records", "sk": f"{place.key}#{place.offset}"} for place in places])

    def alone(self, seconds: float) -> AbstractContextManager[bool]:
        """Be the only one who erases: as ``lease.alone``."""
        return alone(self._table, _key("lease"), seconds)


def _removal(item: Item) -> Removal:
    return releases.decode(item["body"], Removal)


def _by_age(removals: Iterable[Removal]) -> list[Removal]:
    return sorted(removals, key=lambda removal: removal.created_at)


def _names(post: Post) -> Iterator[str]:
    yield f"post#{post.id}"
    if post.author and post.author.key:
        yield f"author#{post.author.key}"


def _objection(post: Post, items: dict[str, Item]) -> Objection | None:
    found = [item for name in _names(post) if (item := items.get(name))]
    if any(_is_erased(item) for item in found):
        return "erased"
    is_old = any(_ms(post.collected_at) <= _before(post, item) for item in found)
    return "withdrawn" if is_old and post.deleted_at is None else None


def _before(post: Post, item: Item) -> int:
    """Until when such readings of a post must not be written (Unix ms); -1 where they may."""
    own: int = item.get(_BEFORE, -1)
    return max(own, item.get(_HEARSAY, -1)) if post.hearsay else own


def _entries(item: Item) -> Iterator[Entry]:
    kind, mark, name = item["pk"].partition("#")
    if not mark or kind not in {"post", "author"}:
        return
    if _is_erased(item):
        yield Entry(kind, name, None)
        return
    for attribute in (_BEFORE, _HEARSAY):
        if attribute in item:
            yield Entry(kind, name, item[attribute], attribute == _HEARSAY)


def _is_erased(item: Item) -> bool:
    return "at" in item


def _key(name: str) -> dict[str, str]:
    return {"pk": name, "sk": _ONLY}


def _ms(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)
