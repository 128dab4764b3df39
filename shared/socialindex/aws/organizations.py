"""Organizations, workspaces, members and keys in DynamoDB.

    organizations   org_x      an organization
    org_x           ws_x       its workspaces (cleared: since when nothing is left in it), members and keys
    org_x           mb_x
    org_x           key_x
    key#<digest>    key        which key a secret belongs to: what counts stands in the key's own item

What is deleted stays as a mark, so that its id is never taken again; members, who are persons, go, and with an
organization its keys.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.errors import Conflict, NotFound
from socialindex.organizations import Key, Member, Organization, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from socialindex.aws.values import Item

T = TypeVar("T", Organization, Workspace, Member, Key)

_ALL: Final = "organizations"
_TRIES: Final = 5
"""Of a change while others change the same."""
_WORDS: Final[dict[type, str]] = {
    Organization: "organization",
    Workspace: "workspace",
    Member: "member",
    Key: "key",
}
SETTLED: Final = 60.0
"""Seconds after the deletion of a workspace or its organization in which a request that was let in before may still
make something: twice as long as the longest lives."""
_PREFIXES: Final[dict[type, str]] = {Workspace: "ws_", Member: "mb_", Key: "key_"}


class Organizations:
    """The table of who may do what.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, thing: T) -> T:
        """Keep something new; where it is there already, made by the same request, what is kept.

        Raises:
            Conflict: another request made one with its id, or it was deleted since.
        """
        item: Item = {**_place(thing), "body": _encoded(thing), "version": 1}
        if self._table.put(item, unless="body"):
            return thing
        kept = self._get(type(thing), _place(thing))
        if kept.asked != thing.asked:
            raise Conflict("this Idempotency-Key was used for something else")
        if not isinstance(kept, Member) and _is_gone(kept):
            raise Conflict("what this Idempotency-Key made was deleted since: use another one")
        return kept

    def change(self, thing: T, edit: Callable[[T], T]) -> T:
        """Change something as it is now; ``edit`` may be called again where others change it too.

        Raises:
            NotFound: it is gone.
            Conflict: it changes so fast that we cannot.
        """
        place, kind = _place(thing), type(thing)
        for _ in range(_TRIES):
            item = self._item(kind, place)
            edited = edit(_decoded(item, kind))
            values: Item = {"body": _encoded(edited), "version": item["version"] + 1}
            if self._table.write_next(place, values, item["version"]):
                return edited
        raise Conflict("this is changing: ask again in a moment")

    def organization(self, identifier: str, *, deleted: bool = False) -> Organization:
        """An organization; a deleted one only where that is asked for.

        Raises:
            NotFound: there is none.
        """
        found = self._get(Organization, {"pk": _ALL, "sk": identifier})
        return found if deleted else _living(found)

    def all(self, after: str, limit: int) -> list[Organization]:
        """Organizations by their ids, behind one of them; deleted ones too."""
        values: Item = {"pk": _ALL, "after": after or "-"}
        items = self._table.query("#pk = :pk AND #sk > :after", values, limit=limit, consistent=True)
        return [_decoded(item, Organization) for item in items]

    def workspace(self, organization: str, identifier: str, *, deleted: bool = False) -> Workspace:
        """A workspace of an organization; a deleted one only where that is asked for.

        Raises:
            NotFound: it has none with this id.
        """
        found = self._get(Workspace, _within(Workspace, organization, identifier))
        return found if deleted else _living(found)

    def member(self, organization: str, identifier: str) -> Member:
        """A member of an organization.

        Raises:
            NotFound: it has none with this id.
        """
        return self._get(Member, _within(Member, organization, identifier))

    def key(self, organization: str, identifier: str) -> Key:
        """A key of an organization, also a revoked one.

        Raises:
            NotFound: it has none with this id.
        """
        return self._get(Key, _within(Key, organization, identifier))

    def workspaces(self, organization: str) -> list[Workspace]:
        """The workspaces of an organization, those that are not deleted."""
        found = (_decoded(item, Workspace) for item in self._within(Workspace, organization))
        return [workspace for workspace in found if workspace.deleted_at is None]

    def uncleared(self, organization: Organization) -> list[Workspace]:
        """Workspaces of a deleted organization in which something may be left, deleted ones too.

        Those that nobody has cleared come first; then those that were cleared so soon that a request which was let in
        before may have come in after.
        """
        found: list[tuple[float, Workspace]] = []
        for item in self._within(Workspace, organization.id):
            workspace, cleared = _decoded(item, Workspace), float(item.get("cleared", 0))
            gone_at = workspace.deleted_at or organization.deleted_at
            if gone_at is None or cleared < gone_at.timestamp() + SETTLED:
                found.append((cleared, workspace))
        return [workspace for _, workspace in sorted(found, key=lambda one: one[0])]

    def clear(self, workspace: Workspace, at: datetime) -> None:
        """Note that all that was in a workspace at a time is on its way out."""
        # No part of its body: code of the version before reads that, too, and notes that it is so, but not since when.
        self._table.update(_place(workspace), "SET #cleared = :at", {"at": at.timestamp()})

    def members(self, organization: str) -> list[Member]:
        """The members of an organization."""
        return [_decoded(item, Member) for item in self._within(Member, organization)]

    def keys(self, organization: str) -> list[Key]:
        """The keys of an organization, revoked ones too."""
        return [_decoded(item, Key) for item in self._within(Key, organization)]

    def point(self, digest: str, key: Key) -> None:
        """Note which key a secret belongs to; what the key says decides whether the secret counts."""
        self._table.put({"pk": f"key#{digest}", "sk": "key", "organization": key.organization, "id": key.id})

    def unpoint(self, *digests: str) -> None:
        """Forget secrets that no key has any more."""
        self._table.delete_all([{"pk": f"key#{digest}", "sk": "key"} for digest in digests])

    def revoke(self, key: Key, now: datetime) -> None:
        """Let a key count no longer, from now on or since it was revoked first."""
        self.change(key, lambda kept: msgspec.structs.replace(kept, revoked_at=kept.revoked_at or now, salt=None))

    def forget(self, member: Member) -> None:
        """Forget a member."""
        self._table.delete(_place(member))

    def forget_keys(self, organization: Organization) -> None:
        """Forget all keys of a deleted organization: first the secrets, of which the keys tell which they are."""
        keys = self.keys(organization.id)
        self.unpoint(*(digest for key in keys for digest in (key.digest, key.previous) if digest))
        self._table.delete_all([_place(key) for key in keys])

    # For the look-up of callers

    def pointed(self, digest: str) -> tuple[Organization, Key] | None:
        """The key that a secret was made for, with its organization; both as they are, deleted and revoked ones too."""
        pointer = self._table.get({"pk": f"key#{digest}", "sk": "key"})
        if pointer is None or "id" not in pointer:
            return None
        places = [{"pk": _ALL, "sk": pointer["organization"]}, {"pk": pointer["organization"], "sk": pointer["id"]}]
        items = {item["sk"]: item for item in self._table.get_all(places)}
        if len(items) < len(places):
            return None
        return _decoded(items[pointer["organization"]], Organization), _decoded(items[pointer["id"]], Key)

    def touch(self, key: Key, day: date, *, forget: bool) -> None:
        """Note that a key is used on a day; and, with ``forget``, that its secret need not be told again."""
        changes: dict[str, Any] = {"used_on": day, **({"salt": None} if forget else {})}
        with suppress(Conflict, NotFound):  # others use it or change it now, and note it with their next look
            self.change(key, lambda now: msgspec.structs.replace(now, **changes))

    def _within(self, kind: type, organization: str) -> Iterable[Item]:
        values: Item = {"pk": organization, "prefix": _PREFIXES[kind]}
        return self._table.query("#pk = :pk AND begins_with(#sk, :prefix)", values, consistent=True)

    def _get(self, kind: type[T], place: dict[str, str]) -> T:
        return _decoded(self._item(kind, place), kind)

    def _item(self, kind: type, place: dict[str, str]) -> Item:
        item = self._table.get(place)
        if item is None:
            raise _missing(kind)
        return item


def _place(thing: Organization | Workspace | Member | Key) -> dict[str, str]:
    parent = _ALL if isinstance(thing, Organization) else thing.organization
    return {"pk": parent, "sk": thing.id}


def _within(kind: type, organization: str, identifier: str) -> dict[str, str]:
    """The place of a thing of a kind: an id of another kind is none of it."""
    if not identifier.startswith(_PREFIXES[kind]):
        raise _missing(kind)
    return {"pk": organization, "sk": identifier}


def _missing(kind: type) -> NotFound:
    return NotFound(f"there is no such {_WORDS[kind]}", of=f"{_WORDS[kind]}s")


def _living(thing: T) -> T:
    if not isinstance(thing, Member) and _is_gone(thing):
        raise _missing(type(thing))
    return thing


def _is_gone(thing: Organization | Workspace | Key) -> bool:
    return (thing.revoked_at if isinstance(thing, Key) else thing.deleted_at) is not None


def _encoded(thing: Any) -> str:  # noqa: ANN401 - any of the four
    return msgspec.json.encode(thing).decode()


def _decoded(item: Item, kind: type[T]) -> T:
    return releases.decode(item["body"], kind)
