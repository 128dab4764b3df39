"""API keys through the API: an organization makes, changes, rotates and revokes its own."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, Forbidden, InvalidInput, NotFound
from socialindex.model import Struct
from socialindex.organizations import ALL, Key, Name, derived_secret, digest_of, new_salt, new_secret
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import digest, given, identifier
from socialindex.search.routes import Doc, Route
from socialindex.search.within import Within, check_room, organization_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.organizations import Organizations
    from socialindex.search.http import HttpRequest

_HOME = "/v1/keys"
_ONE = f"{_HOME}/{{id}}"
_TAG = "Keys"
_NO_STORE = {"Cache-Control": "no-store"}
_NAMED = 16
"""Characters of the digest of an Idempotency-Key: enough to tell one key's rotations apart."""
_MARKS = 16
"""Rotations of a key whose requests may be repeated."""
_Scopes = Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=len(Scope))]
_Workspaces = Annotated[list[str], msgspec.Meta(max_length=100)]
_SHOWN_ONCE = (
    "`secret` is shown once and kept nowhere. A request that is repeated with its `Idempotency-Key` and the same key "
    "gets the same secret again until that is used for the first time; later, or with another key, `secret` is null."
)
_ONE_BEFORE = (
    "Besides the new secret one earlier counts: until that one's time is over a further rotation is refused (409), "
    "unless `grace_hours` is 0, which ends all earlier secrets at once. "
)


class NewKey(Struct, frozen=True, kw_only=True):
    """A key that is to be."""

    label: Name
    """What it is for."""
    scopes: _Scopes
    workspaces: _Workspaces = msgspec.field(default_factory=lambda: [ALL])
    """Ids of those that it may see; ``["*"]``: all, also those that come later; none: public posts only."""
    member: str | None = None
    """Whose it is; ``null``: a machine's."""
    sandbox: bool = False
    """To try the API with: it sees the sample posts and nothing else, and eats nothing of the plan."""
    expires_at: datetime | None = None


class ChangedKey(Struct, frozen=True, kw_only=True):
    """What is to be changed of a key; what is left out stays."""

    label: Name | msgspec.UnsetType = msgspec.UNSET
    scopes: _Scopes | msgspec.UnsetType = msgspec.UNSET
    workspaces: _Workspaces | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET


class Rotation(Struct, frozen=True, kw_only=True):
    """How a key gets a new secret."""

    grace_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 24
    """Hours for which the old secret counts too; 0 ends all earlier secrets at once."""


class KeyView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A key without its secret."""

    id: str
    label: str
    scopes: list[Scope]
    workspaces: list[str]
    member: str | None
    sandbox: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: date | None
    """The last day (UTC) on which it was used."""
    rotated_at: datetime | None
    previous_until: datetime | None
    """Until when the secret before the last rotation counts."""


class KeyWithSecret(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A key with its new secret, which is shown this once."""

    key: KeyView
    secret: str | None


class KeyList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The keys that are not revoked, by their ids."""

    items: list[KeyView]


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
        check_room([key for key in self._organizations.keys(organization) if key.revoked_at is None], "keys")
        secret, salt = _fresh(request, sandbox=wanted.sandbox)
        key = Key(
            id=identifier("key", organization, request),
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
        again = _again(kept, request) if kept.rotated_at is None else None
        return _told(kept, secret if kept is key else again)

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        living = [key for key in self._organizations.keys(organization) if key.revoked_at is None]
        return Answer(200, KeyList(items=[_view(key) for key in living]))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, _view(self._named(request, caller)))

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
        return Answer(200, _view(changed))

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        self._organizations.revoke(self._named(request, caller), datetime.now(tz=UTC))
        self._changed()
        return Answer(204)

    def _rotate(self, request: HttpRequest, caller: Caller) -> Answer:
        key = self._named(request, caller)
        wanted = fields.from_body(Rotation, request.body())
        _check_scopes(key, caller)
        mark = _mark(request, wanted)
        if _rotated_by(key, mark):
            return _told(key, _told_again(key, request, mark))
        _check_turn(key, wanted.grace_hours)
        secret, salt = _fresh(request, sandbox=key.sandbox)
        fresh = digest_of(secret)
        self._organizations.point(fresh, key)
        changed = self._organizations.change(key, lambda now: _rotated(now, fresh, salt, mark, wanted.grace_hours))
        self._changed()
        return _told(changed, secret if changed.digest == fresh else _told_again(changed, request, mark))

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


def _fresh(request: HttpRequest, *, sandbox: bool) -> tuple[str, str | None]:
    """A new secret; with an Idempotency-Key one that can be told again, and its salt."""
    if given(request) is None:
        return new_secret(sandbox=sandbox), None
    salt = new_salt()
    return derived_secret(request.key(), salt, sandbox=sandbox), salt


def _again(key: Key, request: HttpRequest) -> str | None:
    """The secret of a key whose request is repeated; ``None`` where it cannot be told any more."""
    if key.salt is None:
        return None
    secret = derived_secret(request.key(), key.salt, sandbox=key.sandbox)
    return secret if digest_of(secret) == key.digest else None


def _told_again(key: Key, request: HttpRequest, mark: str) -> str | None:
    """The secret that a repeated rotation made; ``None`` too where another rotation came after it."""
    return _again(key, request) if _marks(key)[-1] == mark else None


def _mark(request: HttpRequest, wanted: Rotation) -> str:
    """What tells a repeated rotation: digests of its Idempotency-Key, and of this with what is asked; empty without."""
    named = given(request)
    return f"{hashlib.sha256(named.encode()).hexdigest()[:_NAMED]}.{digest(wanted, named)}" if named else ""


def _marks(key: Key) -> list[str]:
    """The marks of a key's last rotations, the newest at the end."""
    return key.rotation.split()


def _rotated_by(key: Key, mark: str) -> bool:
    """Whether this very request has rotated a key already.

    Raises:
        Conflict: it has, and asked for something else then; or the key counts no longer.
    """
    _check_living(key)
    if mark in _marks(key):
        return True
    if mark and any(kept.startswith(mark[: _NAMED + 1]) for kept in _marks(key)):
        raise Conflict("this Idempotency-Key was used for something else")
    return False


def _check_turn(key: Key, grace_hours: int) -> None:
    """Pass a rotation that cuts no secret off before its time, or that is to end all at once.

    Raises:
        Conflict: the secret before the last one still counts, and a key has room for one such only.
    """
    until = key.previous_until
    if grace_hours and until is not None and until > datetime.now(tz=UTC):
        raise Conflict(
            f"the secret before the last rotation counts until {until.isoformat()}: rotate again after that, or with "
            "grace_hours 0, which ends all earlier secrets at once"
        )


def _rotated(key: Key, fresh: str, salt: str | None, mark: str, grace_hours: int) -> Key:
    """A key with a new secret; as it is where this very request has rotated it meanwhile.

    Raises:
        Conflict: as ``_rotated_by`` and ``_check_turn``.
    """
    if _rotated_by(key, mark):
        return key
    _check_turn(key, grace_hours)
    now = datetime.now(tz=UTC)
    return msgspec.structs.replace(
        key,
        digest=fresh,
        salt=salt,
        rotation=" ".join([*_marks(key), *([mark] if mark else [])][-_MARKS:]),
        rotated_at=now,
        previous=key.digest,
        previous_until=now + timedelta(hours=grace_hours),
    )


def _check_living(key: Key) -> None:
    if key.good_until(key.digest, datetime.now(tz=UTC)) is None:
        raise Conflict("this key is revoked, or its time is over: make another one")


def _told(key: Key, secret: str | None) -> Answer:
    headers = {"Location": f"{_HOME}/{key.id}", **_NO_STORE}
    return Answer(201, KeyWithSecret(key=_view(key), secret=secret), headers)


def _view(key: Key) -> KeyView:
    return KeyView(**{name: getattr(key, name) for name in KeyView.__struct_fields__})
