"""Where terms let only titles and links be stored, the rest is gone: when a post is read again, and when it is not."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import terms
from socialindex.access import Caller
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain import titles
from socialindex.maintain.titles import Titles
from socialindex.search.posts import read
from socialindex.terms import Terms
from socialindex.topics.documents import Documents
from tests.integration.test_mention_upkeep import NOVEMBER, documents, reading, write
from tests.integration.test_mentions import VERSIONS, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Document
    from socialindex.model import Post

pytestmark = pytest.mark.integration

SECRET = "whole article"
URI = "https://news.example/1"
READER = Caller(organization="org_us", workspaces=frozenset(), scopes=frozenset())


class Edits:
    """What administrators entered; a test may have them enter more."""

    def __init__(self) -> None:
        self.entries: list[Terms] = []

    def all(self) -> list[Terms]:
        return self.entries

    def limit(self, *domains: str, keep: Any = "title_and_link") -> None:
        given = {"name": "News", "verdict": "allowed", "reason": "r", "source": "s", "edited_at": NOVEMBER}
        self.entries = [*self.entries, Terms(domains=list(domains), keep=keep, **given)]  # type: ignore[arg-type]
        terms.use(self)

    def lift(self) -> None:
        self.entries = []
        terms.use(self)


@pytest.fixture
def edits() -> Iterator[Edits]:
    entered = Edits()
    terms.use(entered)
    yield entered
    terms.use(None)


def article(uri: str = URI, minute: int = 0, **fields: Any) -> Post:
    """A post that was read whole, with all that tells of its text."""
    whole: dict[str, Any] = {
        "platform": "news.example",
        "title": "누리폰 13",
        "text": f"the {SECRET}, 2.0",
        "links": [f"https://news.example/{SECRET}"],
        "hashtags": [SECRET],
        "entities": [SECRET],
        "signature": ["0badcafe"],
        "sentiment": 0.5,
        "language": "ko",
    }
    return reading(uri, NOVEMBER + timedelta(minutes=minute), **whole | fields)


def bare(uri: str = URI, minute: int = 0, **fields: Any) -> Post:
    """The same as normalize leaves it under the limit."""
    given = {"platform": "news.example", "title": "누리폰 13", "text": None} | fields
    return reading(uri, NOVEMBER + timedelta(minutes=minute), **given)


def source(index: OpenSearch, uri: str = URI) -> Document:
    document: Document = documents(index, uri)[0]["_source"]
    return document


# Writing


def test_a_reading_under_the_limit_leaves_nothing_of_what_was_read_before(index: OpenSearch, edits: Edits) -> None:
    write(index, article(text=f"an older {SECRET}"), article(minute=1), article(minute=2, excerpt=True))
    edits.limit("news.example")
    write(index, bare(minute=5))
    assert SECRET not in str(documents(index, URI))
    assert SECRET not in str(read(index, READER, post_id(URI)))
    assert source(index)["title"] == "누리폰 13"
    assert "history" not in source(index)


def test_earlier_titles_stay(index: OpenSearch, edits: Edits) -> None:
    write(index, article(title="first"), article(minute=1, title="second"), article(minute=2, title="second", text="x"))
    edits.limit("news.example")
    write(index, bare(minute=5, title="third"))
    assert [(known["title"], "text" in known) for known in source(index)["history"]] == [
        ("first", False),
        ("second", False),
    ]


def test_a_text_that_waited_in_the_queue_comes_too_late(index: OpenSearch, edits: Edits) -> None:
    edits.limit("news.example")
    write(index, bare(minute=5), article(minute=0), article(minute=9))
    assert SECRET not in str(documents(index, URI))
    assert "0badcafe" not in str(documents(index, URI))


def test_in_any_order_the_document_is_the_same(index: OpenSearch, edits: Edits) -> None:
    edits.limit("news.example")
    told: list[Document] = []
    for number, order in enumerate(permutations(range(3))):
        uri = f"https://news.example/{number}"
        seen = [article(uri, 0, title="first"), article(uri, 5, title="second"), bare(uri, 9, title="third")]
        for at in order:
            assert Writer(index).write([Write(seen[at], live=False, replay=True)]) == [None]
        told.append(
            {name: source(index, uri).get(name) for name in ("title", "history", "title_only", "first_seen_at")}
        )
    assert all(each == told[0] for each in told)
    assert [known["title"] for known in told[0]["history"]] == ["first", "second"]


def test_what_the_limit_took_comes_back_when_it_ends(index: OpenSearch, edits: Edits) -> None:
    write(index, article())
    edits.limit("news.example")
    run(index)
    assert "text" not in source(index)
    edits.lift()
    write(index, article(minute=5))
    assert source(index)["text"] == article().text
    assert "title_only" not in source(index)


def test_the_same_reading_under_the_limit_costs_no_write(index: OpenSearch, edits: Edits) -> None:
    edits.limit("news.example")
    write(index, bare())
    before = documents(index, URI)
    write(index, bare(minute=5), article(minute=6, language=None))
    assert documents(index, URI) == before


def test_another_host_that_claims_a_post_takes_nothing_from_it(index: OpenSearch, edits: Edits) -> None:
    edits.limit("news.example")
    write(index, article("https://free.example/1", platform="free.example"))
    write(index, bare("https://free.example/1", minute=5, hearsay=True))
    assert source(index, "https://free.example/1")["text"] == article().text


# Documents that nobody reads again


def run(index: OpenSearch, seconds: float = 60.0) -> int:
    index.indices.refresh(index="posts-*")
    return Titles(index, Service(index).listener.again).run(seconds)


def test_documents_that_are_not_read_again_lose_their_texts(index: OpenSearch, edits: Edits) -> None:
    write(index, article(text=f"an older {SECRET}"), article(minute=1))
    before = source(index)
    edits.limit("news.example")
    assert run(index) == 1
    after = source(index)
    assert SECRET not in str(after)
    assert "0badcafe" not in str(after)
    kept = {name: after[name] for name in ("title", "language", "collected_at", "provenance", "first_seen_at")}
    assert kept == {name: before[name] for name in kept}
    assert after["updated_at"] > before["updated_at"]
    assert run(index) == 0


def test_what_became_history_before_the_writer_knew_goes_too(index: OpenSearch, edits: Edits) -> None:
    write(index, article(), bare(minute=5))
    assert SECRET in str(source(index)["history"])
    edits.limit("news.example")
    assert run(index) == 1
    assert SECRET not in str(documents(index, URI))


def test_a_text_that_a_late_writer_brings_is_found_again(index: OpenSearch, edits: Edits) -> None:
    edits.limit("news.example")
    write(index, bare())
    edits.lift()
    write(index, article(minute=5))
    edits.limit("news.example")
    assert run(index) == 1
    assert SECRET not in str(documents(index, URI))


def test_a_mark_alone_is_no_change_that_anybody_is_told(index: OpenSearch, edits: Edits) -> None:
    write(index, bare())
    before = source(index)
    edits.limit("news.example")
    assert run(index) == 1
    after = source(index)
    assert after.pop("title_only")
    assert after == before
    assert "title_only" not in read(index, READER, post_id(URI))


@pytest.mark.parametrize(
    ("platform", "visibility", "is_left"),
    [
        ("news.example", "public", False),
        ("www.news.example", "public", False),
        ("news.example:8080", "public", False),
        ("open.news.example", "public", True),  # has an entry of its own
        ("notnews.example", "public", True),
        ("news.example", "ws_1", True),  # a client brought it along
    ],
)
def test_the_entry_that_counts_for_a_host_says_what_is_kept(
    index: OpenSearch, edits: Edits, platform: str, visibility: str, *, is_left: bool
) -> None:
    write(index, article("u", platform=platform, visibility=visibility))
    edits.limit("news.example")
    edits.limit("open.news.example", keep="full")
    assert run(index) == 1 - is_left
    assert (SECRET in str(documents(index, "u"))) is is_left


def test_tombstones_and_what_is_erased_meanwhile_stay_as_they_are(
    index: OpenSearch, edits: Edits, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = NOVEMBER + timedelta(minutes=1)
    write(index, article("gone"), reading("gone", at, text=None, deleted_at=at, platform="news.example"))
    write(index, article("erased"))
    edits.limit("news.example")
    written = Writer.merge

    def erased(self: Writer, writes: Sequence[Write]) -> Any:
        index.delete(index="posts-g1-2026.11", id=post_id("erased"))
        return written(self, writes)

    monkeypatch.setattr(Writer, "merge", erased)
    assert run(index) == 1
    assert documents(index, "erased") == []
    assert source(index, "gone")["deleted_at"]


def test_a_run_goes_on_where_the_last_one_ended(
    index: OpenSearch, edits: Edits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PAGE", 2)
    write(index, *(article(str(number)) for number in range(5)))
    edits.limit("news.example")
    assert run(index, 0.0) == 0
    index.indices.refresh(index="posts-*")
    pages: list[int] = []

    def over(posts: Sequence[Document]) -> None:
        """The second page takes longer than there is time."""
        pages.append(len(posts))
        time.sleep(len(pages) - 1)

    assert Titles(index, over).run(1.0) == sum(pages) == 4
    assert run(index) == 1
    assert not any(SECRET in str(documents(index, str(number))) for number in range(5))


# Mentions


@pytest.fixture
def service(index: OpenSearch, edits: Edits) -> Service:
    """A post that is a mention by its title, by its text, and of a topic that rests since; then there is the limit."""
    service = Service(index)
    for name, query in (("title", "누리폰"), ("text", "whole"), ("rests", "article")):
        service.watch(name, query)
    assert service.tell(article("a")) == []
    Documents(index).remove("tp_rests", next(VERSIONS))
    edits.limit("news.example")
    return service


def changed_at(service: Service) -> dict[tuple[str, str], datetime]:
    found = service.mentions().items()
    return {name: datetime.fromisoformat(mention["mention"]["changed_at"]) for name, mention in found}


def assert_followed(service: Service, before: dict[tuple[str, str], datetime]) -> None:
    """The mentions show what the post is now, and streams are told of each."""
    assert service.gone() == {("text", "a"): "edited"}
    assert service.living() == {("title", "a"), ("rests", "a")}
    assert {mention.get("title") for mention in service.mentions().values()} == {"누리폰 13", None}
    assert SECRET not in str([{**mention, "mention": None} for mention in service.mentions().values()])
    assert all(after > before[name] for name, after in changed_at(service).items())


def test_a_reading_under_the_limit_is_an_edit_to_mentions(service: Service) -> None:
    before = changed_at(service)
    assert service.tell(bare("a", minute=5)) == []
    assert_followed(service, before)


def test_mentions_of_what_is_not_read_again_follow_as_after_an_edit(service: Service) -> None:
    before = changed_at(service)
    assert run(service.client) == 1
    assert_followed(service, before)
    assert run(service.client) == 0


def test_mentions_that_a_run_did_not_come_to_are_found_by_the_next(service: Service) -> None:
    before = changed_at(service)
    service.client.indices.refresh(index="posts-*")
    with pytest.raises(RuntimeError):
        Titles(service.client, crash).run()
    assert SECRET not in str(documents(service.client, "a"))
    assert len(service.living()) == 3
    assert run(service.client) == 1
    assert_followed(service, before)
    assert run(service.client) == 0


def crash(_: object) -> None:
    raise RuntimeError
