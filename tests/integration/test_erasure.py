"""Erasure on the real engine, tables, queues and bucket: what is erased is gone everywhere and never comes back."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.aws.archive import Archive
from socialindex.aws.clients import s3
from socialindex.aws.imports import ImportArchive
from socialindex.aws.suppressions import Suppressions
from socialindex.crawl.settings import FetchSettings
from socialindex.erasure.reapply import reapply
from socialindex.erasure.stage import Erasure
from socialindex.errors import InvalidInput, NotFound, SocialIndexError
from socialindex.identity import author_key, post_id
from socialindex.imports.job import Import
from socialindex.imports.pack import Packer
from socialindex.imports.plan import Plan
from socialindex.index.stage import Index
from socialindex.index.writer import Writer
from socialindex.normalize.stage import Normalize
from socialindex.search.erasures import ErasurePart
from socialindex.search.http import HttpRequest
from socialindex.search.operations import Operations, Stores
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, WarcObject
from tests.integration.pages import AT, Status, exchange, status, uri
from tests.integration.parts import Parts, event, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

ADMIN = Caller(organization="org_us", workspaces=frozenset(), scopes=frozenset({Scope.ADMIN}))
FETCH = FetchSettings(contact="https://crawler.example/about")


class Service:
    """Everything from the archive on."""

    def __init__(self, parts: Parts, index: OpenSearch) -> None:
        self.parts, self.index = parts, index
        self.suppressions = Suppressions(parts.table("SuppressionsTable"))
        self.archive = parts.archive
        self.erasures = ErasurePart(index, self.suppressions)
        self.stage = Erasure(index, self.archive, self.suppressions, timedelta(0))
        queues = {"normalize": (parts.queue("NormalizeQueue"), parts.queue("NormalizeDeadLetters"))}
        stores = Stores(
            channels=parts.channels, hosts=parts.hosts, outcomes=parts.outcomes, archive=parts.archive, queues=queues
        )
        self._operations = Operations(stores, index, FETCH)
        letters = parts.queue("NormalizeDeadLetters"), parts.queue("IndexDeadLetters")
        self._normalize = Normalize(parts.archive, parts.queue("IndexQueue"), letters[0], parts.outcomes)
        self._index = Index(Writer(index), letters[1], parts.outcomes, self.suppressions)

    def fetched(self, *pages: list[Status]) -> str:
        """An archive object of these timelines; its key."""
        growing = WarcObject()
        for number, page in enumerate(pages):
            growing.add(exchange(page, number))
        return self.archive.store(growing.data())

    def replay(self) -> list[str]:
        """Read the whole archive again; the uris of all documents then."""
        self._operations.replay("")
        self.process()
        return self.uris()

    def process(self) -> None:
        """Let the stages do what waits for them."""
        for queue, stage in (("NormalizeQueue", self._normalize), ("IndexQueue", self._index)):
            bodies = [body for body, _ in self.parts.receive(queue)]
            if bodies:
                assert stage.handle(event(*bodies)) == {"batchItemFailures": []}

    def documents(self) -> list[dict[str, Any]]:
        self.index.indices.refresh(index="posts*")
        answer = self.index.search(index="posts*", body={"size": 1_000})
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def uris(self) -> list[str]:
        return sorted(document["uri"] for document in self.documents())

    def bytes_of_all_versions(self) -> bytes:
        """All that the bucket holds, whatever the version, decompressed."""
        bucket = self.parts.bucket
        versions = s3().list_object_versions(Bucket=bucket).get("Versions", [])
        objects = (
            s3().get_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
            for each in versions
        )
        return b"".join(gzip.decompress(data) for data in objects)

    def ask(self, route: str, body: object = None, **path: str) -> Any:
        """What a route of removals answers."""
        raw = {"body": json.dumps(body)} if body is not None else {}
        request = HttpRequest(id="r", route=route, path=path, query={}, headers={}, raw=raw)
        return self.erasures.routes()[route].handle(request, ADMIN).body


@pytest.fixture
def service(servers: Running, index: OpenSearch) -> Iterator[Service]:
    with real_parts(servers) as parts:
        yield Service(parts, index)


ANNA = "https://social.example/users/anna"


def test_an_erased_post_is_gone_from_index_and_archive_and_the_others_stay(service: Service) -> None:
    service.fetched([status(1, "anna", "secretive words"), status(2, "bora")], [status(3, "anna")])
    assert service.replay() == [uri("anna", 1), uri("anna", 3), uri("bora", 2)]
    removal = service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1)))
    assert (removal.documents, removal.state, removal.by) == (1, "running", "org_us")
    assert service.uris() == [uri("anna", 3), uri("bora", 2)]
    assert service.stage.run(60) == {"removals": 1, "objects": 1, "records": 1}
    shown = service.ask("GET /v1/removals/{id}", id=removal.id)
    assert (shown.state, shown.objects, shown.records, shown.unreadable) == ("done", 1, 1, 0)
    assert b"secretive words" not in service.bytes_of_all_versions()
    assert b"status 3 of anna" in service.bytes_of_all_versions()
    service.index.indices.delete(index="posts-*")
    assert service.replay() == [uri("anna", 3), uri("bora", 2)]
    assert service.replay() == [uri("anna", 3), uri("bora", 2)]


def test_an_erased_author_is_gone_whole_and_what_others_say_of_them_stays(service: Service) -> None:
    boost = {**status(4, "bora"), "reblog": status(1, "anna"), "content": ""}
    mention = status(5, "bora", "what does @anna think?")
    service.fetched([status(1, "anna"), boost], [mention], [status(2, "anna")])
    assert len(service.replay()) == 4
    author = next(doc["author"] for doc in service.documents() if doc["uri"] == uri("anna", 1))
    assert author["key"] == author_key(ANNA)
    removal = service.ask("DELETE /v1/authors/{id}", id=author["key"])
    assert removal.documents == 2
    assert service.stage.run(60)["records"] == 2
    stay = [uri("bora", 4), uri("bora", 5)]
    assert service.uris() == stay
    assert b"of anna" not in service.bytes_of_all_versions()
    service.index.indices.delete(index="posts-*")
    assert service.replay() == stay


def test_of_an_erased_author_not_even_a_tombstone_comes_back(service: Service) -> None:
    service.fetched([status(1, "anna")])
    service.replay()
    service.ask("DELETE /v1/authors/{id}", id=author_key(ANNA))
    url = "https://social.example/api/v1/statuses/1001"
    request = Request(url=url, kind="post", context={"uri": uri("anna", 1)})
    channel = Channel(id="ch_1", source="mastodon", url="https://social.example/public/local", created_at=AT)
    growing = WarcObject()
    growing.add(Exchange(channel, Response(request=request, url=url, status=404, received_at=AT)))
    service.archive.store(growing.data())
    assert service.replay() == []


def test_what_an_erased_author_writes_later_is_turned_away_and_its_record_cleaned(service: Service) -> None:
    service.fetched([status(1, "anna")])
    service.replay()
    service.ask("DELETE /v1/authors/{id}", id=author_key(ANNA))
    service.stage.run(60)
    service.fetched([status(2, "anna", "a later word"), status(3, "bora")])
    assert service.replay() == [uri("bora", 3)]
    assert len(service.suppressions.to_clean()) == 1
    assert service.stage.run(60) == {"removals": 0, "objects": 0, "records": 1}
    assert service.suppressions.to_clean() == []
    assert b"a later word" not in service.bytes_of_all_versions()


def test_messages_under_way_find_what_was_kept_of_their_response(service: Service) -> None:
    service.fetched([status(1, "anna"), status(2, "bora")])
    service._operations.replay("")  # noqa: SLF001 - the messages wait in the queue while the record is erased
    service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1)))
    service.stage.run(60)
    service.process()
    assert service.uris() == [uri("bora", 2)]


def test_a_restored_backup_is_cleaned_by_the_list(service: Service) -> None:
    service.fetched([status(1, "anna"), status(2, "bora"), status(3, "chan")])
    service.replay()
    backup = service.documents()
    service.ask("DELETE /v1/authors/{id}", id=author_key(ANNA))
    service.ask("DELETE /v1/posts/{id}", id=post_id(uri("chan", 3)))
    service.index.indices.delete(index="posts-*")
    for document in backup:
        service.index.index(index="posts-g1-2026.11", id=document["id"], body=document)
    assert len(service.uris()) == 3
    assert reapply(service.index, service.suppressions.entries()).documents == 2
    assert service.uris() == [uri("bora", 2)]
    assert reapply(service.index, service.suppressions.entries()).documents == 0


# By address


@pytest.mark.parametrize(
    ("url", "left"),
    [
        (uri("anna", 1), [uri("anna", 2), uri("bora", 3)]),
        ("https://social.example/@anna/1?utm_source=mail", [uri("anna", 2), uri("bora", 3)]),
        (ANNA, [uri("bora", 3)]),
        ("https://social.example/@anna", [uri("bora", 3)]),
    ],
)
def test_an_address_names_a_post_or_an_author(service: Service, url: str, left: list[str]) -> None:
    service.fetched([status(1, "anna"), status(2, "anna"), status(3, "bora")])
    service.replay()
    removal = service.ask("POST /v1/removals", {"url": url, "reason": "court_order"})
    assert removal.reason == "court_order"
    assert url.partition("//")[2] not in json.dumps([removal.posts, removal.authors])
    assert service.uris() == left
    assert service.replay() == left


def test_an_address_that_we_do_not_know_is_kept_out_from_then_on(service: Service) -> None:
    removal = service.ask("POST /v1/removals", {"url": uri("anna", 1)})
    assert (removal.documents, removal.day) == (0, "")
    service.fetched([status(1, "anna"), status(2, "anna")])
    assert service.replay() == [uri("anna", 2)]


def test_the_search_begins_on_the_day_on_which_the_post_was_first_seen(service: Service) -> None:
    service.fetched([status(1, "anna")])
    service.replay()
    assert service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1))).day == "2026-11-20"


def seen(page: list[Status], day: int) -> bytes:
    """An archive object of a timeline that was read on a day of November."""
    channel, response = exchange(page)
    growing = WarcObject()
    growing.add(Exchange(channel, msgspec.structs.replace(response, received_at=AT.replace(day=day))))
    return growing.data()


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"created_at": "2026-11-02T08:00:00Z"}, "2026-11-02"),
        ({"created_at": "2026-11-02T00:30:00Z"}, "2026-11-01"),  # their clock may be ahead
        ({"created_at": None}, ""),
    ],
)
def test_a_document_that_was_deleted_and_made_anew_does_not_hide_earlier_objects(
    service: Service, fields: dict[str, Any], day: str
) -> None:
    page = [status(1, "anna", "secretive words", **fields)]
    service.archive.replace("raw/2026/11/02/090000-a.warc.gz", seen(page, 2))
    service.replay()
    service.index.delete_by_query(index="posts-*", body={"query": {"match_all": {}}}, params={"refresh": "true"})
    key = "raw/2026/11/20/090000-b.warc.gz"
    service.archive.replace(key, seen(page, 20))
    service._operations.replay('{"day": "2026-11-20"}')  # noqa: SLF001 - only what was read since
    service.process()
    assert [document["first_seen_at"][:10] for document in service.documents()] == ["2026-11-20"]
    removal = service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1)))
    assert removal.day == day
    assert service.stage.run(60) == {"removals": 1, "objects": 2, "records": 2}
    assert b"secretive words" not in service.bytes_of_all_versions()


def test_of_posts_that_must_be_read_again_the_whole_archive_is_searched(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socialindex.index.writer.must_refresh", lambda _: True)
    service.fetched([status(1, "anna")])
    service.replay()
    assert service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1))).day == ""


def test_an_imported_post_is_found_under_the_day_on_which_its_import_was_announced(service: Service) -> None:
    announced = datetime(2026, 11, 28, 23, 50, tzinfo=UTC)
    job = Import(
        id="im_1", workspace="ws_a", name="a.csv", bytes=9, asked="", plan=Plan(mapping={"text": "t"}),
        created_at=announced, confirmed_at=announced + timedelta(minutes=15),
    )  # fmt: skip
    packer = Packer(job)
    packer.add(2, {"text": "secretive words", "published_at": "2026-11-29T00:01:00Z"})
    packed = packer.take()
    assert packed
    key = ImportArchive(service.parts.bucket).store(job, packed.data)
    assert key.startswith("raw/2026/11/28/")
    service.replay()
    (document,) = service.documents()
    removal = service.ask("DELETE /v1/posts/{id}", id=document["id"])
    assert removal.day == ""
    assert service.stage.run(60) == {"removals": 1, "objects": 1, "records": 1}
    assert b"secretive words" not in service.bytes_of_all_versions()


@pytest.mark.parametrize(
    ("route", "body", "path", "error"),
    [
        ("POST /v1/removals", {}, {}, InvalidInput),
        ("POST /v1/removals", {"url": " "}, {}, InvalidInput),
        ("POST /v1/removals", {"url": "https://a.example", "reason": "because Kim asked"}, {}, InvalidInput),
        ("DELETE /v1/posts/{id}", None, {"id": "https://a.example"}, InvalidInput),
        ("DELETE /v1/authors/{id}", None, {"id": "short"}, InvalidInput),
        ("GET /v1/removals/{id}", None, {"id": "rm_none"}, NotFound),
    ],
)
def test_a_mistake_is_told(
    service: Service, route: str, body: object, path: dict[str, str], error: type[SocialIndexError]
) -> None:
    with pytest.raises(error):
        service.ask(route, body, **path)
    assert service.ask("GET /v1/removals").items == []


# Interrupted and concurrent runs


def test_a_run_that_is_out_of_time_is_gone_on_with(service: Service) -> None:
    keys = [service.fetched([status(number, "anna")]) for number in range(4)]
    service.replay()
    removal = service.ask("DELETE /v1/authors/{id}", id=author_key(ANNA))
    times = itertools.chain([0.0] * 6, itertools.repeat(9.0))  # before the third object the time is up
    short = Erasure(service.index, service.archive, service.suppressions, timedelta(0), lambda: next(times))
    assert short.run(1)["objects"] == 2
    shown = service.suppressions.removal(removal.id)
    assert shown is not None
    assert (shown.state, shown.after, shown.objects) == ("running", sorted(keys)[1], 2)
    assert service.stage.run(60) == {"removals": 1, "objects": 2, "records": 2}
    assert b"of anna" not in service.bytes_of_all_versions()


def test_a_version_that_a_crash_left_behind_is_deleted(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.fetched([status(1, "anna")])
    service.replay()
    service.ask("DELETE /v1/authors/{id}", id=author_key(ANNA))

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Archive, "drop", crash)
    with pytest.raises(KeyboardInterrupt):
        service.stage.run(60)
    monkeypatch.undo()
    assert b"of anna" in service.bytes_of_all_versions()
    service.stage.run(60)
    assert b"of anna" not in service.bytes_of_all_versions()


def test_only_one_run_erases_at_a_time(service: Service) -> None:
    service.ask("DELETE /v1/posts/{id}", id=post_id("https://a.example/1"))
    with service.suppressions.alone(60) as alone:
        assert alone
        assert service.stage.run(60)["removals"] == 0
    assert service.stage.run(60)["removals"] == 1


def test_a_removal_stays_open_while_others_may_still_write_what_it_names(service: Service) -> None:
    careful = Erasure(service.index, service.archive, service.suppressions)
    removal = service.ask("DELETE /v1/posts/{id}", id=post_id(uri("anna", 1)))
    careful.run(60)
    shown = service.suppressions.removal(removal.id)
    assert shown is not None
    assert shown.state == "running"


# Withdrawn


def test_what_was_read_before_a_withdrawal_does_not_come_back_whatever_the_order(service: Service) -> None:
    place = {"id": post_id("u"), "uri": "u", "source": "feed"}
    posts = {
        "old": {**place, "text": "words", "collected_at": "2026-11-20T09:00:00Z"},
        "no": {
            **place,
            "deleted_at": "2026-11-20T10:00:00Z",
            "withdrawn": True,
            "collected_at": "2026-11-20T10:00:00Z",
        },
        "yes": {**place, "text": "again", "collected_at": "2026-11-20T11:00:00Z"},
    }

    def write(*names: str) -> list[str | None]:
        body = json.dumps({"posts": [posts[name] for name in names], "replay": True})
        assert service._index.handle(event(body)) == {"batchItemFailures": []}  # noqa: SLF001 - the stage alone
        return [document.get("text") for document in service.documents()]

    assert write("old") == ["words"]
    assert write("no") == [None]
    service.index.indices.delete(index="posts-*")
    assert write("no", "old") == []
    assert write("yes") == ["again"]


def test_what_another_host_withdraws_counts_against_what_such_hosts_have_told_only(service: Service) -> None:
    uri = "https://news.example/1"
    place = {"id": post_id(uri), "uri": uri, "source": "mastodon", "platform": "news.example"}

    def told(hour: int, **fields: Any) -> dict[str, Any]:
        gone = {"deleted_at": f"2026-11-20T{hour:02}:00:00Z"} if "withdrawn" in fields else {}
        return {**place, "collected_at": f"2026-11-20T{hour:02}:00:00Z", **fields, **gone}

    def texts(*posts: dict[str, Any]) -> list[str | None]:
        body = json.dumps({"posts": posts, "replay": True})
        assert service._index.handle(event(body)) == {"batchItemFailures": []}  # noqa: SLF001 - the stage alone
        reapply(service.index, service.suppressions.entries())
        return [document.get("text") for document in service.documents()]

    assert texts(told(9, text="copied", hearsay=True)) == ["copied"]
    assert texts(told(10, withdrawn=True, hearsay=True)) == [None]
    service.index.indices.delete(index="posts-*")
    assert texts(told(9, text="copied", hearsay=True)) == []
    assert texts(told(8, text="its own words")) == ["its own words"]
    assert texts(told(11, withdrawn=True, hearsay=True), told(8, text="its own words")) == ["its own words"]
    assert texts(told(12, withdrawn=True)) == [None]
    service.index.indices.delete(index="posts-*")
    assert texts(told(8, text="its own words"), told(9, text="copied", hearsay=True)) == []


def test_suppressions_hold_no_address_and_no_name(service: Service) -> None:
    service.fetched([status(1, "anna")])
    service.replay()
    service.ask("POST /v1/removals", {"url": ANNA})
    items = cast("Any", service.suppressions)._table.scan()  # noqa: SLF001 - everything that is stored
    stored = json.dumps(list(items))
    assert "anna" not in stored
    assert "social.example" not in stored
    assert unique("x") not in stored
