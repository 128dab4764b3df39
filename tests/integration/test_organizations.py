"""Organizations, workspaces, members and keys through the API, on a real table."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.access import Scope, visible_to
from socialindex.aws.founding import new_key
from socialindex.aws.imports import ImportsTable
from socialindex.errors import Unauthorized, Unavailable
from socialindex.imports.job import Import
from socialindex.organizations import ALL
from socialindex.search.organizations import OrganizationsPart
from tests.integration.outgoing import outgoing
from tests.integration.parts import Parts, real_parts, unique
from tests.integration.tenants import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from tests.integration.tenants import Organization

pytestmark = pytest.mark.integration

SEARCH = "GET /v1/posts"
KEYS = "POST /v1/keys"
ONE_KEY = "GET /v1/keys/{id}"
ROTATION = "POST /v1/keys/{id}/rotation"
HOUR = 3600.0


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def service(parts: Parts) -> Service:
    return Service(parts, environments=2)


@pytest.fixture
def agency(service: Service) -> Organization:
    return service.organization()


def in_days(days: float) -> str:
    return (datetime.now(tz=UTC) + timedelta(days=days)).isoformat()


# Room


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("POST /v1/workspaces", {"name": "a workspace"}),
        ("POST /v1/members", {"name": "a member"}),
        (KEYS, {"label": "a key", "scopes": ["read"]}),
    ],
)
def test_there_are_so_many_and_a_repeated_request_makes_none_more(
    service: Service, agency: Organization, monkeypatch: pytest.MonkeyPatch, route: str, body: dict[str, Any]
) -> None:
    for module in ("workspaces", "keys"):
        monkeypatch.setattr(f"socialindex.search.{module}.MOST", 3)
    repeated = {"idempotency-key": unique("key")}
    first = service.done(agency.manager, route, body, headers=repeated)
    made = [service.call(agency.manager, route, body) for _ in range(3)]
    refused = next(answer for answer in made if answer.status == 409)
    assert made[0].status == 201
    assert "delete one first" in refused.body["detail"]
    assert named(service.done(agency.manager, route, body, headers=repeated)) == named(first)


def named(body: dict[str, Any]) -> str:
    """The id of what was made."""
    identifier: str = body.get("key", body)["id"]
    return identifier


# Keys


def test_a_key_tells_its_organization_workspaces_and_scopes(service: Service, agency: Organization) -> None:
    spaces = sorted([agency.workspace(), agency.workspace()])
    agency.workspace()
    identifier, secret = agency.key(scopes=["write", "read"], workspaces=spaces)
    caller = service.environments[0].access.caller(secret)
    assert (caller.organization, caller.key) == (agency.id, identifier)
    assert caller.workspaces == frozenset(spaces)
    assert caller.scopes == {Scope.READ, Scope.WRITE}
    assert secret.startswith("si_")
    assert len(secret) == 35


def test_a_key_for_all_workspaces_sees_later_ones_too(service: Service, agency: Organization) -> None:
    _, secret = agency.key()
    assert service.environments[0].access.caller(secret).workspaces == frozenset()
    later = agency.workspace()
    assert service.environments[0].access.caller(secret).workspaces == {later}


def test_a_secret_is_shown_once_and_stored_as_a_hash_only(service: Service, agency: Organization, parts: Parts) -> None:
    identifier, secret = agency.key()
    shown = service.done(agency.manager, ONE_KEY, id=identifier)
    listed = service.done(agency.manager, "GET /v1/keys")
    items = parts.cloud.dynamodb_client().scan(TableName=parts.table("AccessTable"))["Items"]
    assert len(items) > 3
    assert secret.removeprefix("si_") not in f"{items} {shown} {listed}"


def test_the_last_day_of_use_is_known(service: Service, agency: Organization) -> None:
    identifier, secret = agency.key()
    assert service.done(agency.manager, ONE_KEY, id=identifier)["used_on"] is None
    service.done(secret, SEARCH)
    assert service.done(agency.manager, ONE_KEY, id=identifier)["used_on"] == datetime.now(tz=UTC).date().isoformat()


def test_whatever_is_no_key_gets_the_same_answer(service: Service, agency: Organization) -> None:
    identifier, revoked = agency.key()
    service.done(agency.manager, "DELETE /v1/keys/{id}", id=identifier)
    _, expired = agency.key(expires_at=in_days(1))
    _, good = agency.key()
    wrong = ["", "si_", good[:-1], good + "a", good.upper(), good[3:], "si_배터리", "si_\ud800", agency.id, identifier]
    service.ahead = 25 * HOUR
    answers = [service.call(key, SEARCH) for key in (*wrong, revoked, expired)]
    assert {answer.status for answer in answers} == {401}
    assert len({answer.body["detail"] for answer in answers}) == 1
    assert service.call(good, SEARCH).status == 200


def test_a_revoked_key_counts_nowhere_after_a_quarter_minute(service: Service, agency: Organization) -> None:
    identifier, secret = agency.key()
    assert [service.call(secret, SEARCH, at=at).status for at in (0, 1)] == [200, 200]
    service.done(agency.manager, "DELETE /v1/keys/{id}", id=identifier)
    assert service.call(secret, SEARCH, at=0).status == 401
    service.ahead = 15.1
    assert service.call(secret, SEARCH, at=1).status == 401


def test_a_revoked_key_changes_nothing_from_that_moment_on(service: Service, agency: Organization) -> None:
    identifier, secret = agency.key(scopes=["read", "manage"])
    service.done(secret, SEARCH, at=1)
    service.done(agency.manager, "DELETE /v1/keys/{id}", id=identifier)
    assert service.call(secret, "POST /v1/workspaces", {"name": "mine"}, at=1).status == 401
    assert service.done(agency.manager, "GET /v1/workspaces") == {"items": []}


@pytest.mark.parametrize(("grace", "hours", "counts"), [(24, 23.9, True), (24, 24.1, False), (0, 0.01, False)])
def test_a_rotated_key_has_two_secrets_for_a_while(
    service: Service, agency: Organization, grace: int, hours: float, counts: bool
) -> None:
    identifier, old = agency.key()
    new = service.done(agency.manager, ROTATION, {"grace_hours": grace}, id=identifier)["secret"]
    service.ahead = hours * HOUR
    assert service.call(new, SEARCH).status == 200
    assert service.call(old, SEARCH).status == (200 if counts else 401)


def test_a_secret_is_told_whichever_answer_of_a_table_is_lost(service: Service, agency: Organization) -> None:
    """The client of tables sends a write again, and what it wrote was taken for another request's."""
    for at in itertools.count():
        with outgoing("unanswered", at) as making:
            made = service.done(agency.manager, KEYS, {"label": "a key", "scopes": ["read"], "workspaces": ["*"]})
        with outgoing("unanswered", at) as rotating:
            fresh = service.done(agency.manager, ROTATION, {"grace_hours": 1}, id=named(made))
        told = [made["secret"], fresh["secret"]]
        assert [secret and service.call(secret, SEARCH).status for secret in told] == [200, 200]
        if not (making.is_met or rotating.is_met):
            return


def test_no_rotation_cuts_a_secret_off_within_its_grace(service: Service, agency: Organization) -> None:
    identifier, first = agency.key()
    told = service.done(agency.manager, ROTATION, {"grace_hours": 168}, id=identifier)
    refused = service.call(agency.manager, ROTATION, {"grace_hours": 1}, id=identifier)
    assert refused.status == 409
    until = datetime.fromisoformat(told["key"]["previous_until"])
    assert until.isoformat() in refused.body["detail"]
    assert [service.call(secret, SEARCH).status for secret in (first, told["secret"])] == [200, 200]


def test_a_rotation_without_grace_ends_all_earlier_secrets_and_makes_room(
    service: Service, agency: Organization
) -> None:
    identifier, first = agency.key()
    hours = (168, 0, 24)
    later = [service.done(agency.manager, ROTATION, {"grace_hours": grace}, id=identifier)["secret"] for grace in hours]
    assert [service.call(secret, SEARCH).status for secret in (first, *later)] == [401, 401, 200, 200]


def test_a_lost_answer_can_be_had_again_until_the_key_is_used(service: Service, agency: Organization) -> None:
    body, again = {"label": "a machine", "scopes": ["read"]}, {"idempotency-key": unique("k")}
    first = service.done(agency.manager, KEYS, body, headers=again)
    assert service.done(agency.manager, KEYS, body, headers=again) == first
    assert service.call(agency.manager, KEYS, {**body, "label": "another"}, headers=again).status == 409
    assert service.call(first["secret"], SEARCH).status == 200
    told = service.done(agency.manager, KEYS, body, headers=again)
    assert (told["key"]["id"], told["secret"]) == (first["key"]["id"], None)
    assert len(service.done(agency.manager, "GET /v1/keys")["items"]) == 2


def test_another_key_is_not_told_the_secret(service: Service, agency: Organization) -> None:
    body, again = {"label": "a machine", "scopes": ["read"]}, {"idempotency-key": unique("k")}
    service.done(agency.manager, KEYS, body, headers=again)
    _, other = agency.key(scopes=["manage"])
    assert service.done(other, KEYS, body, headers=again)["secret"] is None


def test_a_rotation_is_done_once_though_it_is_asked_for_twice(service: Service, agency: Organization) -> None:
    identifier, old = agency.key()
    again = {"idempotency-key": unique("k")}
    first, second = (service.done(agency.manager, ROTATION, {}, id=identifier, headers=again) for _ in range(2))
    assert first == second
    assert [service.call(secret, SEARCH).status for secret in (old, first["secret"])] == [200, 200]


def test_a_rotation_is_not_done_again_after_another_one(service: Service, agency: Organization) -> None:
    identifier, _ = agency.key()
    named = [{"idempotency-key": unique("k")} for _ in range(2)]
    rotate = {"grace_hours": 0}
    first, second = (service.done(agency.manager, ROTATION, rotate, id=identifier, headers=one) for one in named)
    again = service.done(agency.manager, ROTATION, rotate, id=identifier, headers=named[0])
    assert again == {"key": second["key"], "secret": None}
    assert [service.call(made["secret"], SEARCH).status for made in (first, second)] == [401, 200]


def test_a_repeated_making_does_not_tell_the_secret_of_a_rotation(service: Service, agency: Organization) -> None:
    body, again = {"label": "a machine", "scopes": ["read"]}, {"idempotency-key": unique("k")}
    made = service.done(agency.manager, KEYS, body, headers=again)
    service.done(agency.manager, ROTATION, {}, id=made["key"]["id"], headers={"idempotency-key": unique("k")})
    assert service.done(agency.manager, KEYS, body, headers=again)["secret"] is None


def test_a_rotations_idempotency_key_is_for_one_body(service: Service, agency: Organization) -> None:
    identifier, old = agency.key()
    again = {"idempotency-key": unique("k")}
    made = service.done(agency.manager, ROTATION, {"grace_hours": 1}, id=identifier, headers=again)
    assert service.call(agency.manager, ROTATION, {"grace_hours": 0}, id=identifier, headers=again).status == 409
    assert [service.call(secret, SEARCH).status for secret in (old, made["secret"])] == [200, 200]


def test_of_a_keys_rotations_the_last_are_remembered(service: Service, agency: Organization, parts: Parts) -> None:
    identifier, _ = agency.key()
    for number in range(40):
        headers = {"idempotency-key": f"k{number}"}
        service.done(agency.manager, ROTATION, {"grace_hours": 0}, id=identifier, headers=headers)
    kept = parts.organizations.key(agency.id, identifier)
    assert len(msgspec.json.encode(kept)) < 3_000
    headers = {"idempotency-key": "k30"}
    service.done(agency.manager, ROTATION, {"grace_hours": 0}, id=identifier, headers=headers)
    assert parts.organizations.key(agency.id, identifier).digest == kept.digest


MISTAKES: list[tuple[dict[str, Any], int, str]] = [
    ({"scopes": ["read", "admin"]}, 403, ""),
    ({"scopes": []}, 400, "scopes"),
    ({"scopes": ["everything"]}, 400, "scopes"),
    ({"scopes": ["manage"], "workspaces": []}, 400, "workspaces"),
    ({"workspaces": ["ws_unknown"]}, 400, "workspaces"),
    ({"member": "mb_unknown"}, 400, "member"),
    ({"sandbox": True, "scopes": ["write"]}, 400, "scopes"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, 400, "expires_at"),
    ({"label": ""}, 400, "label"),
    ({"colour": "blue"}, 400, "colour"),
]


@pytest.mark.parametrize(("fields", "status", "field"), MISTAKES)
def test_a_key_that_must_not_be_is_not_made(
    service: Service, agency: Organization, fields: dict[str, Any], status: int, field: str
) -> None:
    told = service.call(agency.manager, KEYS, {"label": "a", "scopes": ["read"], **fields})
    assert (told.status, told.body.get("field", "")) == (status, field)
    assert len(service.done(agency.manager, "GET /v1/keys")["items"]) == 1


def test_who_manages_cannot_get_an_administrators_secret(service: Service, agency: Organization, parts: Parts) -> None:
    secret = new_key(parts.organizations, agency.id, workspaces=[ALL], scopes=[Scope.ADMIN])
    identifier = service.environments[0].access.caller(secret).key
    assert service.call(agency.manager, ROTATION, {}, id=identifier).status == 403
    assert service.call(agency.manager, "PATCH /v1/keys/{id}", {"label": "mine"}, id=identifier).status == 403


def test_a_key_is_changed_within_its_rules(service: Service, agency: Organization) -> None:
    identifier, secret = agency.key()
    space = agency.workspace()
    changed = service.done(agency.manager, "PATCH /v1/keys/{id}", {"workspaces": [space]}, id=identifier)
    assert (changed["workspaces"], changed["label"]) == ([space], "a machine")
    assert service.environments[0].access.caller(secret).workspaces == {space}
    assert service.call(agency.manager, "PATCH /v1/keys/{id}", {"scopes": ["admin"]}, id=identifier).status == 403


def test_a_key_of_a_workspace_that_is_gone_can_be_changed(service: Service, agency: Organization) -> None:
    gone, kept = agency.workspace(), agency.workspace()
    identifier, _ = agency.key(workspaces=[gone, kept])
    service.done(agency.manager, "DELETE /v1/workspaces/{id}", id=gone)
    change = "PATCH /v1/keys/{id}"
    changed = service.done(agency.manager, change, {"label": "another"}, id=identifier)
    assert (changed["label"], changed["workspaces"]) == ("another", sorted([gone, kept]))
    refused = service.call(agency.manager, change, {"workspaces": [gone, kept]}, id=identifier)
    assert (refused.status, refused.body["field"]) == (400, "workspaces")
    assert service.done(agency.manager, change, {"workspaces": [kept]}, id=identifier)["workspaces"] == [kept]


def test_a_sandbox_key_sees_the_sample_posts_and_nothing_else(service: Service, agency: Organization) -> None:
    agency.workspace()
    _, secret = agency.key(sandbox=True)
    caller = service.environments[0].access.caller(secret)
    assert secret.startswith("si_test_")
    assert visible_to(caller)[0] == {"terms": {"visibility": ["ws_sample"]}}
    assert service.done(secret, "GET /v1/workspaces") == {"items": []}
    service.done(secret, SEARCH)
    assert service.done(agency.manager, "GET /v1/usage")["queries"]["used"] == 0
    assert service.done(secret, "GET /v1/usage")["queries"]["used"] == 1


# Other organizations

FOREIGN = [
    ("GET /v1/keys/{id}", "key", None),
    ("PATCH /v1/keys/{id}", "key", {"label": "mine"}),
    ("DELETE /v1/keys/{id}", "key", None),
    (ROTATION, "key", {}),
    ("PATCH /v1/workspaces/{id}", "workspace", {"name": "mine"}),
    ("DELETE /v1/workspaces/{id}", "workspace", None),
    ("DELETE /v1/members/{id}", "member", None),
]


@pytest.mark.parametrize(("route", "what", "body"), FOREIGN)
def test_what_is_anothers_is_as_if_it_were_not(
    service: Service, agency: Organization, route: str, what: str, body: Any
) -> None:
    other = service.organization()
    member = service.done(other.manager, "POST /v1/members", {"name": "가람"})["id"]
    theirs = {"key": other.key()[0], "workspace": other.workspace(), "member": member}[what]
    answers = [
        service.call(agency.manager, route, body, id=theirs),
        service.call(agency.manager, route, body, id=f"{theirs[:-4]}aaaa"),
        service.call(agency.manager, route, body, id=theirs, query={"organization": other.id}),
        service.call(agency.manager, route, body, id=agency.id),
    ]
    assert [answer.status for answer in answers] == [404] * 4
    assert answers[0].body["detail"] == answers[1].body["detail"]
    assert service.call(service.admin, route, body, id=theirs, query={"organization": other.id}).status < 300


@pytest.mark.parametrize("route", ["workspaces", "members", "keys", "usage", "audit"])
def test_a_list_of_another_organization_is_for_administrators(
    service: Service, agency: Organization, route: str
) -> None:
    other = service.organization()
    query = {"organization": other.id}
    assert service.call(agency.manager, f"GET /v1/{route}", query=query).status == 404
    assert service.call(service.admin, f"GET /v1/{route}", query=query).status == 200
    assert service.call(service.admin, f"GET /v1/{route}", query={"organization": "org_unknown"}).status == 404


def test_a_key_for_some_workspaces_hears_of_no_other(service: Service, agency: Organization) -> None:
    mine, _ = agency.workspace(), agency.workspace()
    _, secret = agency.key(workspaces=[mine])
    assert [one["id"] for one in service.done(secret, "GET /v1/workspaces")["items"]] == [mine]
    assert len(service.done(agency.manager, "GET /v1/workspaces")["items"]) == 2


# Organizations


def test_organizations_are_for_administrators_only(service: Service, agency: Organization) -> None:
    for route in ("POST /v1/organizations", "GET /v1/organizations"):
        assert service.call(agency.manager, route, {}).status == 403
    for route in ("GET", "PATCH", "DELETE"):
        assert service.call(agency.manager, f"{route} /v1/organizations/{{id}}", {}, id=agency.id).status == 403


def test_a_plan_can_be_adjusted_and_holds_for_keys_that_are_there(service: Service, agency: Organization) -> None:
    changed = service.done(
        service.admin, "PATCH /v1/organizations/{id}", {"limits": {"queries_a_day": 7}}, id=agency.id
    )
    assert (changed["limits"]["queries_a_day"], changed["limits"]["topics"]) == (7, 1000)
    assert "q=7;w=86400" in service.call(agency.manager, SEARCH).headers["RateLimit-Policy"]
    back = service.done(service.admin, "PATCH /v1/organizations/{id}", {"limits": {}}, id=agency.id)
    assert (back["limits"]["queries_a_day"], back["adjusted"]) == (100_000, {})


def test_an_organization_is_made_once_though_it_is_asked_for_twice(service: Service) -> None:
    body, again = {"name": "Invented Motors", "plan": "trial"}, {"idempotency-key": unique("k")}
    first, second = (service.done(service.admin, "POST /v1/organizations", body, headers=again) for _ in range(2))
    assert first == second
    assert (
        service.call(service.admin, "POST /v1/organizations", {**body, "plan": "agency"}, headers=again).status == 409
    )


def test_organizations_come_in_pages(service: Service) -> None:
    made = {service.organization().id for _ in range(3)}
    seen = listed(service)
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def listed(service: Service) -> list[str]:
    """All organizations, two on a page."""
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.done(service.admin, "GET /v1/organizations", query={"limit": "2", "cursor": cursor})
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    return seen


def test_a_deleted_organization_has_no_keys_any_more(service: Service, agency: Organization) -> None:
    space = agency.workspace()
    _, secret = agency.key(workspaces=[space])
    assert service.call(secret, SEARCH).status == 200
    for _ in range(2):  # doing it again is no error
        closed = service.done(service.admin, "DELETE /v1/organizations/{id}", id=agency.id)
        assert closed == {"id": agency.id, "workspaces": 1, "imports": 0}
    assert [service.call(key, SEARCH).status for key in (secret, agency.manager)] == [401, 401]
    assert service.call(service.admin, "GET /v1/organizations/{id}", id=agency.id).status == 404
    assert agency.id not in listed(service)


def test_members_go_with_their_organization(service: Service, agency: Organization, parts: Parts) -> None:
    for name in ("마루", "아라"):
        service.done(agency.manager, "POST /v1/members", {"name": name})
    service.done(service.admin, "DELETE /v1/organizations/{id}", id=agency.id)
    kept = str(parts.cloud.dynamodb_client().scan(TableName=parts.table("AccessTable"))["Items"])
    assert "마루" not in kept
    assert "아라" not in kept


def test_hashes_of_secrets_go_with_their_organization(service: Service, agency: Organization, parts: Parts) -> None:
    """Those that a rotation or a repeated request leaves behind, too: each stayed in its table for good."""
    repeated = {"idempotency-key": unique("key")}
    body = {"label": "a machine", "scopes": ["read"]}
    made = [service.done(agency.manager, KEYS, body, headers=repeated) for _ in range(2)]
    identifier, secret = agency.key()
    rotations = [{"grace_hours": hours} for hours in (0, 24)]
    secrets = [service.done(agency.manager, ROTATION, rotation, id=identifier)["secret"] for rotation in rotations]
    assert [service.call(one, SEARCH).status for one in (secret, *secrets)] == [401, 200, 200]
    assert service.call(made[1]["secret"], SEARCH).status == 200
    assert f"'S': '{agency.id}'" in _kept(parts)
    service.done(service.admin, "DELETE /v1/organizations/{id}", id=agency.id)
    assert f"'S': '{agency.id}'" not in _kept(parts).replace(f"'sk': {{'S': '{agency.id}'}}", "")


def _kept(parts: Parts) -> str:
    return str(parts.cloud.dynamodb_client().scan(TableName=parts.table("AccessTable"))["Items"])


def test_a_workspace_that_is_half_deleted_goes_with_its_organization(
    service: Service, agency: Organization, parts: Parts
) -> None:
    space = agency.workspace()
    job = Import(workspace=space, id=unique("im"), name="리뷰.csv", bytes=9, created_at=datetime.now(tz=UTC), asked="")
    imports = ImportsTable(parts.table("ImportsTable"))
    kept = parts.organizations.workspace(agency.id, space)  # whoever deleted it got no further than its mark
    parts.organizations.change(kept, lambda one: msgspec.structs.replace(one, deleted_at=datetime.now(tz=UTC)))
    imports.add(job)
    closed = service.done(service.admin, "DELETE /v1/organizations/{id}", id=agency.id)
    assert closed == {"id": agency.id, "workspaces": 0, "imports": 1}
    assert imports.get(space, job.id).job.state == "deleting"


def test_the_deletion_of_an_organization_goes_on_where_it_was_interrupted(
    service: Service, agency: Organization, parts: Parts
) -> None:
    """As where it has more workspaces than one request has time for: it began with the first one each time."""
    spaces = sorted(agency.workspace() for _ in range(3))
    looked_at: list[str] = []

    class Room:
        def clear(self, workspace: str) -> int:
            looked_at.append(workspace)
            if len(looked_at) in {2, 4}:
                raise Unavailable("there is no time left")
            return 1

    service.environments[0].api.routes |= OrganizationsPart(parts.organizations, [Room()], lambda: None).routes()
    told = [service.call(service.admin, "DELETE /v1/organizations/{id}", id=agency.id) for _ in range(4)]
    assert [answer.status for answer in told] == [503, 503, 202, 202]
    assert looked_at[:3] == [spaces[0], spaces[1], spaces[1]]
    assert looked_at[3:7] == [spaces[2], spaces[2], spaces[0], spaces[1]]  # first those to which nobody came
    assert told[-1].body == {"id": agency.id, "workspaces": 3, "imports": 3}


def test_what_came_in_while_an_organization_was_deleted_goes_when_it_is_deleted_again(
    service: Service, agency: Organization, parts: Parts
) -> None:
    """A request that was let in before lives for half a minute: what it made stayed, and nobody could see it."""
    space, imports = agency.workspace(), ImportsTable(parts.table("ImportsTable"))

    def deleted() -> int:
        closed = service.done(service.admin, "DELETE /v1/organizations/{id}", id=agency.id)
        return int(closed["imports"])

    def late() -> Import:
        job = Import(workspace=space, id=unique("im"), name="a.csv", bytes=9, created_at=datetime.now(tz=UTC), asked="")
        imports.add(job)
        return job

    assert deleted() == 0
    job = late()
    assert deleted() == 1
    assert imports.get(space, job.id).job.state == "deleting"
    # A minute later nothing comes any more: once it was looked through then, a workspace is not looked through again.
    gone = parts.organizations.organization(agency.id, deleted=True)
    minutes_ago = gone.deleted_at and gone.deleted_at - timedelta(minutes=2)
    parts.organizations.change(gone, lambda one: msgspec.structs.replace(one, deleted_at=minutes_ago))
    late()
    assert [deleted(), deleted()] == [0, 0]


def test_an_administrator_cannot_delete_the_own_organization(service: Service) -> None:
    own = service.environments[0].access.caller(service.admin).organization
    assert service.call(service.admin, "DELETE /v1/organizations/{id}", id=own).status == 409
    assert service.call(service.admin, "GET /v1/organizations/{id}", id=own).status == 200


# Workspaces and members


def test_a_deleted_workspace_is_out_of_all_keys_and_its_imports_go(
    service: Service, agency: Organization, parts: Parts
) -> None:
    gone, kept = agency.workspace(), agency.workspace()
    _, only = agency.key(workspaces=[gone])
    _, both = agency.key(workspaces=[gone, kept])
    job = Import(workspace=gone, id=unique("im"), name="리뷰.csv", bytes=9, created_at=datetime.now(tz=UTC), asked="")
    imports = ImportsTable(parts.table("ImportsTable"))
    imports.add(job)
    parts.receive("ImportsQueue")
    closed = service.done(agency.manager, "DELETE /v1/workspaces/{id}", id=gone)
    assert closed == {"id": gone, "workspaces": 1, "imports": 1}
    assert service.call(only, SEARCH).status == 401
    assert service.environments[0].access.caller(both).workspaces == {kept}
    assert imports.get(gone, job.id).job.state == "deleting"
    assert [job.id in body for body, _ in parts.receive("ImportsQueue")] == [True]
    assert service.call(agency.manager, "PATCH /v1/workspaces/{id}", {"name": "again"}, id=gone).status == 404


def test_nothing_is_made_in_a_workspace_that_was_closed_moments_before(
    service: Service, agency: Organization, parts: Parts
) -> None:
    """Nobody could see it or delete it, and it would stay for good."""
    gone, kept = agency.workspace(), agency.workspace()
    _, both = agency.key(workspaces=[gone, kept], scopes=["read", "write"])
    service.done(both, SEARCH, at=1)  # from now on this process knows the key
    service.done(agency.manager, "DELETE /v1/workspaces/{id}", id=gone)
    made = [
        service.call(both, "POST /v1/workspaces/{id}/imports", {"name": "a.csv", "bytes": 9}, id=space, at=1).status
        for space in (gone, kept)
    ]
    assert made == [404, 201]
    assert ImportsTable(parts.table("ImportsTable")).all(gone) == []


def test_a_members_keys_go_with_the_member(service: Service, agency: Organization, parts: Parts) -> None:
    member = service.done(agency.manager, "POST /v1/members", {"name": "소라"})["id"]
    _, theirs = agency.key(member=member)
    _, machine = agency.key()
    service.done(agency.manager, "DELETE /v1/members/{id}", id=member)
    assert [service.call(key, SEARCH).status for key in (theirs, machine)] == [401, 200]
    assert service.done(agency.manager, "GET /v1/members") == {"items": []}
    assert "소라" not in str(parts.cloud.dynamodb_client().scan(TableName=parts.table("AccessTable"))["Items"])


def test_a_pointer_without_its_key_is_no_key(service: Service, agency: Organization, parts: Parts) -> None:
    """What a crash between the two writes leaves."""
    with pytest.raises(Unauthorized):
        service.environments[0].access.caller("si_" + "a" * 32)
    identifier, secret = agency.key()
    table = parts.table("AccessTable")
    parts.cloud.dynamodb_client().delete_item(TableName=table, Key={"pk": {"S": agency.id}, "sk": {"S": identifier}})
    assert service.call(secret, SEARCH).status == 401
