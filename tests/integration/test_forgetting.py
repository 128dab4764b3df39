"""What people did with mentions goes with their post, whatever became of the mentions before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from socialindex.aws.work import WorkTable
from socialindex.erasure.stage import Erasure
from socialindex.identity import post_id
from socialindex.maintain.stage import Maintain
from socialindex.maintain.tombstones import KEPT, sweep
from socialindex.mentions import merge
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.forgetting import Memories
from socialindex.mentions.model import mention_id
from socialindex.mentions.work import Work
from socialindex.mentions.writer import MentionWriter
from socialindex.outcomes import Tally
from socialindex.search.erasures import ErasurePart
from tests.integration.parts import real_parts
from tests.integration.test_erasure import Service
from tests.integration.test_mention_upkeep import KIM, NOVEMBER, TOPICS, documents, found, mention, reading, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

WORDS: Final = "Kim was burnt, says her neighbor"
UNTIL_SWEPT: Final = KEPT + timedelta(hours=1)


class Room:
    """A post of Kim's that is a mention of two topics, and one of somebody else; people worked with all of them."""

    def __init__(self, service: Service) -> None:
        self.service, self.engine = service, service.index
        self.work = WorkTable(service.parts.table("WorkTable"))
        self.memories = Memories(self.work)
        service.erasures = ErasurePart(self.engine, service.suppressions, self.memories)
        self.stage = Erasure(self.engine, service.archive, service.suppressions, timedelta(0), memories=self.memories)
        write(self.engine, reading("hers", author=KIM), reading("his"))
        mention(self.engine, "hers", "his")
        for uri in ("hers", "his"):
            for topic in TOPICS:
                self._work(topic, uri)

    def _work(self, topic: str, uri: str) -> None:
        saved = self.work.save(Work(topic=topic, post=post_id(uri), tags=[WORDS]))
        write_all(self.engine, [Update("mentions-g1-2026.11", mention_id(topic, post_id(uri)), merge.working(saved))])

    def take_down(self, *, withdrawn: bool) -> None:
        """Her post is not there any more, and its mentions follow."""
        at = NOVEMBER + timedelta(days=1)
        write(self.engine, reading("hers", at, deleted_at=at, withdrawn=withdrawn, text=None))
        writer = MentionWriter(self.engine, self.work)
        (hit,) = documents(self.engine, "hers")
        assert writer.write(writer.taken_down({post_id("hers"): hit["_source"]}), Tally("mentions")) == {}
        self.engine.indices.refresh(index="mentions-*")

    def kept(self, uri: str) -> int:
        """Of how many mentions of a post what people did is in the table."""
        return len(self.work.of((topic, post_id(uri)) for topic in TOPICS))


@pytest.fixture
def room(servers: Running, index: OpenSearch) -> Iterator[Room]:
    with real_parts(servers) as parts:
        yield Room(Service(parts, index))


@pytest.mark.parametrize("whom", ["post", "author"])
@pytest.mark.parametrize("before", ["living", "withdrawn", "deleted", "swept"])
def test_what_people_did_goes_with_an_erased_post(room: Room, before: str, whom: str) -> None:
    if before != "living":
        room.take_down(withdrawn=before == "withdrawn")
    if before == "swept":
        assert sweep(room.engine, datetime.now(tz=UTC) + UNTIL_SWEPT, room.memories) == 2
    assert room.kept("hers") == 2  # its author may agree again
    if whom == "post":
        room.service.ask("DELETE /v1/posts/{id}", id=post_id("hers"))
    else:
        room.service.ask("DELETE /v1/authors/{id}", id=KIM.key or "")
    assert (room.kept("hers"), room.kept("his")) == (0, 2)
    assert room.stage.run(60)["removals"] == 1
    assert WORDS not in str(found(room.engine, "hers"))
    assert WORDS in str(found(room.engine, "his"))


def test_what_people_did_goes_with_a_month_beyond_the_retention(room: Room) -> None:
    later = datetime(2027, 2, 1, tzinfo=UTC)
    assert "posts-g1-2026.11" in Maintain(room.engine, room.memories).run(2, later)["deleted"]
    assert (room.kept("hers"), room.kept("his")) == (0, 0)


def test_what_people_did_with_a_post_without_anything_else_is_forgotten_by_its_id(room: Room) -> None:
    for family in ("posts", "mentions"):
        room.engine.indices.delete(index=f"{family}-g1-2026.11")
    assert room.kept("hers") == 2
    room.service.ask("DELETE /v1/posts/{id}", id=post_id("hers"))
    assert (room.kept("hers"), room.kept("his")) == (0, 2)
