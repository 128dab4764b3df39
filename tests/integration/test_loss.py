"""The engine loses its data: nothing goes into wrong indices, nothing that comes back is deleted or taken for news."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.marks import Marks
from socialindex.errors import Unavailable
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import Post
from socialindex.reread.schedule import Mark
from socialindex.setup.families import FAMILIES
from socialindex.setup.loss import NAME, Loss, lost_at
from socialindex.setup.progress import Rebuild
from socialindex.setup.rebuilding import Rebuilding
from socialindex.setup.stage import Setup
from socialindex.topics.documents import Documents
from tests.integration.alert_world import Room, ago, hours, mention, minutes, quiet_memory, topic_at
from tests.integration.fault_stages import Stages, function_parts
from tests.integration.test_alerts import crisis, usual
from tests.integration.test_rebuilding import Store
from tests.integration.test_rebuilding import Topics as NoTopics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running
    from tests.integration.parts import Parts

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[2] / "infra" / "opensearch"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SCRIPTS = ("merge-post", "merge-mention")


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with function_parts(servers) as parts:
        yield parts


@pytest.fixture
def engine(index: OpenSearch) -> Iterator[OpenSearch]:
    """The engine, set up before and after."""
    yield index
    lose(index)
    Setup(index, FOLDER).run()


def lose(engine: OpenSearch) -> None:
    """Delete what setup puts, and all that is in it."""
    engine.indices.delete(index="posts-*,mentions-*,topics-*")
    for family in FAMILIES:
        engine.indices.delete_index_template(name=family.name, params={"ignore": 404})
    for script in SCRIPTS:
        engine.delete_script(id=script, params={"ignore": 404})


def written(engine: OpenSearch) -> list[Exception | None]:
    post = Post(id=post_id("urn:a"), uri="urn:a", source="feed", collected_at=AT, text="누리폰")
    return Writer(engine).write([Write(post, live=False, replay=False)])


def test_nothing_is_written_before_the_templates_are_back(engine: OpenSearch) -> None:
    """A write would make an index with other fields, which no search sees."""
    lose(engine)
    with pytest.raises(Unavailable, match="run setup"):
        written(engine)
    assert not engine.indices.exists(index="posts-*", params={"allow_no_indices": "false"})
    Setup(engine, FOLDER).run()
    assert written(engine) == [None]
    assert set(engine.indices.get_alias(name="posts")) == {"posts-g1-2026.11"}


@pytest.mark.parametrize("what", ["posts", "mentions", "topics", *SCRIPTS, "the index of topics"])
def test_whatever_is_missing_of_it_an_engine_is_set_up_anew(engine: OpenSearch, parts: Parts, what: str) -> None:
    setup, marks = Setup(engine, FOLDER), Marks(parts.table("MarksTable"))
    marks.put(NAME, Mark(0, ""))
    topics: list[object] = []
    loss = Loss(setup.is_there, lambda: topics, marks, clock=lambda: 5.0)
    assert not loss.note()
    if what in SCRIPTS:
        engine.delete_script(id=what)
    elif what == "the index of topics":
        engine.indices.delete(index="topics-*")
    else:
        engine.indices.delete_index_template(name=what)
    assert loss.note()
    assert lost_at(marks) == 0, "where there is no topic yet, nothing was lost"
    topics.append("one")
    assert loss.note()
    assert lost_at(marks) == 5
    setup.run()
    assert not loss.note()


@pytest.mark.parametrize("phase", ["copying", "switching", "retiring"])
def test_a_rebuilding_that_the_loss_interrupts_deletes_nothing(engine: OpenSearch, phase: Any) -> None:
    """The engine begins with its first generation again, which a rebuilding from 1 to 2 takes for the old one."""
    lose(engine)
    Setup(engine, FOLDER).run()
    assert written(engine) == [None]
    long_ago = datetime.now(tz=UTC) - timedelta(days=2)
    store = Store()
    store.save(
        Rebuild(generation=2, before=1, phase=phase, digest="d", began_at=long_ago, switched_at=long_ago, copied={})
    )
    told = Rebuilding(engine, FOLDER, store, NoTopics()).run(time.time() + 300)
    assert told is not None
    assert (told.phase, "lost its data" in str(told.trouble)) == ("done", True)
    engine.indices.refresh(index="posts")
    assert engine.count(index="posts")["count"] == 1


def test_topics_that_are_lost_are_taken_in_within_a_minute(index: OpenSearch, parts: Parts, engine_url: str) -> None:
    stages = Stages(parts, engine_url)
    topic = stages.watch("누리폰")
    assert "taken_in" not in stages.run("topics", {})
    index.indices.delete(index="topics-*")
    Setup(index, FOLDER).run()
    swept = stages.run("topics", {})
    assert (swept["taken_in"], swept["woken"] > 0) == (1, True)
    stages.topics.remove(topic)


def test_what_is_missing_is_not_silence_and_what_comes_back_is_no_news(engine: OpenSearch, parts: Parts) -> None:
    parts.receive("DeliverQueue")
    room = Room(parts, engine, ago(2))
    topic = room.add(topic_at(ago(24 * 30)), quiet_memory(room.now - hours(1)))
    posts = [*usual(topic, room.now), *crisis(topic, room.now)]
    mention(engine, topic, posts)
    room.run()
    assert room.told() == {"alert.opened": 1}
    lose(engine)
    room.run(minutes(1))
    Setup(engine, FOLDER).run()
    room.run(minutes(1))
    room.marks.put(NAME, Mark(round(room.now.timestamp() * 1000), ""))
    Documents(engine).put(topic, 2)
    room.run(minutes(1))
    for part in (posts[:40], posts[40:80], posts):
        mention(engine, topic, part)
        room.run(minutes(1))
    told = room.told()
    room.table.forget(topic.id)
    room.marks.put(NAME, Mark(0, ""))
    assert told["alert.opened"] == 1
    assert told["alert.closed"] == 0
