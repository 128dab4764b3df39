"""API keys through the API: an organization makes, changes, rotates and revokes its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Forbidden, InvalidInput, NotFound
from socialindex.organizations import ALL, Key, digest_of
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import digest, identifier
from socialindex.search.key_rotation import (
    again,
    check_turn,
    fresh_secret,
    mark_of,
    rotated,
    rotated_by,
    told_again,
)
from socialindex.search.key_views import ChangedKey, KeyList, KeyView, KeyWithSecret, NewKey, Rotation, shown
from socialindex.search.routes import Doc, Route
from socialindex.search.within import MOST, Within, check_room, organization_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.organizations import Organizations
    from socialindex.search.http import HttpRequest

_HOME = "/v1/keys"
_ONE = f"{_HOME}/{{id}}"
_TAG = "Keys"
_NO_STORE = {"Cache-Control": "no-store"}
_SHOWN_ONCE = (
    "`secret` is shown once and kept nowhere. A request that is repeated with its `Idempotency-Key` and the same key "
    "gets the same secret again until that is used for the first time; later, or with another key, `secret` is null."
)
_ONE_BEFORE = (
    "Besides the new secret one earlier counts: until that one's time is over a further rotation is refused (409), "
    "unless `grace_hours` is 0, which ends all earlier secrets at once. "
)


class KeysPart:
    """The routes of keys.

    Args:
        organizations: the table.
        changed: told after a change that keys should feel at once.
    """

    def __init__(self, organizations: Organizations, changed: Callable[[], None]) -> None:
        self._organizations = organizations
        self._changed = changed

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        wrong = (404, 409)
        add = Doc(
            "Make a key",
            _TAG,
            Within,
            NewKey,
            KeyWithSecret,
            201,
            description=_SHOWN_ONCE,
            errors=wrong,
            repeatable=True,
        )
        every = Doc("List keys", _TAG, Within, answer=KeyList, errors=(404,))
        one = Doc("Show a key", _TAG, Within, answer=KeyView, errors=(404,))
        change = Doc("Change a key", _TAG, Within, ChangedKey, KeyView, errors=wrong)
        revoke = Doc("Revoke a key", _TAG, Within, status=204, errors=wrong)
        rotate = add._replace(summary="Give a key a new secret", body=Rotation, description=_ONE_BEFORE + _SHOWN_ONCE)
        return {
            f"POST {_HOME}": Route(Scope.MANAGE, self._add, add, weight=0),
            f"GET {_HOME}": Route(Scope.MANAGE, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.MANAGE, self._one, one, weight=0),
            f"PATCH {_ONE}": Route(Scope.MANAGE, self._change, change, weight=0),
            f"DELETE {_ONE}": Route(Scope.MANAGE, self._delete, revoke, weight=0),
            f"POST {_ONE}/rotation": Route(Scope.MANAGE, self._rotate, rotate, weight=0),
        }

    def _add(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        wanted = fields.from_body(NewKey, request.body())
        name = identifier("key", organization, request)
        living = [key for key in self._organizations.keys(organization) if key.revoked_at is None]
        check_room(name, living, "keys of this organization", MOST)
        secret, salt = fresh_secret(request, sandbox=wanted.sandbox)
        key = Key(
            id=name,
            organization=organization,
            label=wanted.label,
            scopes=sorted(set(wanted.scopes)),
            workspaces=[] if wanted.sandbox else sorted(set(wanted.workspaces)),
            member=wanted.member,
            sandbox=wanted.sandbox,
            created_at=datetime.now(tz=UTC),
            expires_at=wanted.expires_at,
            digest=digest_of(secret),
            asked=digest(wanted),
            salt=salt,
        )
        _check(key, caller)
        self._check_workspaces(key)
        self._check_member(key)
        self._organizations.point(key.digest, key)
        kept = self._organizations.add(key)
        self._organizations.unpoint(*_unused(kept, key.digest))
        known = again(kept, request) if kept.rotated_at is None else None
        return _told(kept, secret if kept is key else known)

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        living = [key for key in self._organizations.keys(organization) if key.revoked_at is None]
        return Answer(200, KeyList(items=[shown(key) for key in living]))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, shown(self._named(request, caller)))

    def _change(self, request: HttpRequest, caller: Caller) -> Answer:
        key = self._named(request, caller)
        wanted = fields.from_body(ChangedKey, request.body())
        given = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
        edited = msgspec.structs.replace(key, **changes)
        _check(edited, caller)
        if "workspaces" in changes:
            self._check_workspaces(edited)
        changed = self._organizations.change(key, lambda now: msgspec.structs.replace(now, **changes))
        self._changed()
        return Answer(200, shown(changed))

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        self._organizations.revoke(self._named(request, caller), datetime.now(tz=UTC))
        self._changed()
        return Answer(204)

    def _rotate(self, request: HttpRequest, caller: Caller) -> Answer:
        key = self._named(request, caller)
        wanted = fields.from_body(Rotation, request.body())
        _check_scopes(key, caller)
        mark = mark_of(request, wanted)
        if rotated_by(key, mark):
            return _told(key, told_again(key, request, mark))
        check_turn(key, wanted.grace_hours)
        secret, salt = fresh_secret(request, sandbox=key.sandbox)
        fresh = digest_of(secret)
        self._organizations.point(fresh, key)
        changed = self._organizations.change(key, lambda now: rotated(now, fresh, salt, mark, wanted.grace_hours))
        self._changed()
        self._organizations.unpoint(*_unused(changed, fresh, key.previous))
        return _told(changed, secret if changed.digest == fresh else told_again(changed, request, mark))

    def _named(self, request: HttpRequest, caller: Caller) -> Key:
        organization = organization_of(request, caller, self._organizations)
        return self._organizations.key(organization, request.path["id"])

    def _check_workspaces(self, key: Key) -> None:
        there = {workspace.id for workspace in self._organizations.workspaces(key.organization)} | {ALL}
        unknown = [workspace for workspace in key.workspaces if workspace not in there]
        if unknown:
            message = f"there is no workspace {unknown[0][:64]!r}"
            raise InvalidInput(message, field="workspaces", remedy='send ids that GET /v1/workspaces lists, or ["*"]')

    def _check_member(self, key: Key) -> None:
        if key.member is not None:
            try:
                self._organizations.member(key.organization, key.member)
            except NotFound as error:
                remedy = "send an id that GET /v1/members lists, or null"
                raise InvalidInput(str(error), field="member", remedy=remedy) from error


def _check(key: Key, caller: Caller) -> None:
    """Pass a key that the caller may make.

    Raises:
        Forbidden: it would do what the caller may not.
        InvalidInput: what it says does not fit together; names the field.
    """
    _check_scopes(key, caller)
    if key.sandbox and key.scopes != [Scope.READ]:
        raise InvalidInput("a sandbox key only reads", field="scopes", remedy='send ["read"]')
    if Scope.MANAGE in key.scopes and key.workspaces != [ALL]:
        remedy = 'send ["*"]: whoever makes keys can make one for every workspace'
        raise InvalidInput("a key that manages is for all workspaces", field="workspaces", remedy=remedy)
    if key.expires_at is not None and key.expires_at <= datetime.now(tz=UTC):
        remedy = "send a time to come, or DELETE the key"
        raise InvalidInput("expires_at is over", field="expires_at", remedy=remedy)


def _check_scopes(key: Key, caller: Caller) -> None:
    """Pass where getting the key's secret gives the caller no scope that it cannot give itself."""
    if Scope.ADMIN in key.scopes and Scope.ADMIN not in caller.scopes:
        raise Forbidden("only administrators make keys with the scope 'admin'")


def _unused(key: Key, *digests: str | None) -> set[str]:
    """Those of some digests that are none of a key's: nothing else would ever tell of them again."""
    return {digest for digest in digests if digest} - {key.digest, key.previous or ""}


def _told(key: Key, secret: str | None) -> Answer:
    headers = {"Location": f"{_HOME}/{key.id}", **_NO_STORE}
    return Answer(201, KeyWithSecret(key=shown(key), secret=secret), headers)
