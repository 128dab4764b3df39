"""Maintain on the real engine: months that are over go, and what lives twice becomes one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import pytest

from socialindex import engine, terms
from socialindex.engine import index_of
from socialindex.erasure import documents as documents_module
from socialindex.errors import ParseError
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain import stage
from socialindex.maintain.forbidden import take_down
from socialindex.maintain.freshness import expire_unread
from socialindex.maintain.stage import Maintain
from socialindex.model import PUBLIC, Metrics, Post, Provenance
from socialindex.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.marks import Marks
    from socialindex.reread.schedule import Mark

pytestmark = pytest.mark.integration

OCTOBER = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, 0, 1, tzinfo=UTC)
LATE = NOVEMBER + timedelta(minutes=2)
LAST = next(f"u{number}" for number in range(10_000) if post_id(f"u{number}") > "zz")
"""A uri whose id is behind nearly all others'."""


def reading(uri: str, at: datetime, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, provenance=place, **fields)


def figures(likes: int, at: datetime) -> Metrics:
    return Metrics(likes=likes, read_at=at)


def straddle(index: OpenSearch, *readings: Post) -> None:
    """Write readings, those of each month as if the other months were not there."""
    months = []
    for month, posts in groupby(readings, key=lambda post: index_of(f"{post.collected_at:%Y-%m}")):
        for post in posts:
            assert Writer(index).write([Write(post, live=False, replay=True)]) == [None]
            index.indices.refresh(index=month)
        index.indices.close(index=month)
        months.append(month)
    for month in months:
        index.indices.open(index=month)


def documents(index: OpenSearch, uri: str) -> list[tuple[str, dict[str, Any]]]:
    index.indices.refresh(index="posts-*")
    body = {"query": {"ids": {"values": [post_id(uri)]}}}
    return [(hit["_index"], hit["_source"]) for hit in index.search(index="posts", body=body)["hits"]["hits"]]


def fill(index: OpenSearch, month: str, count: int) -> None:
    """Other posts, written just now."""
    now = datetime.now(tz=UTC).isoformat()
    lines: list[dict[str, Any]] = []
    for uri in (f"other-{month}-{number}" for number in range(count)):
        lines.append({"index": {"_index": f"posts-g1-{month}", "_id": post_id(uri)}})
        lines.append({"id": post_id(uri), "uri": uri, "indexed_at": now})
    assert not index.bulk(body=b"\n".join(map(msgspec.json.encode, lines)) + b"\n")["errors"]


# What lives twice


HISTORY = [
    *((likes, OCTOBER + timedelta(seconds=10 * likes)) for likes in (1, 2)),
    *((likes, NOVEMBER + timedelta(minutes=likes)) for likes in (3, 4, 5)),
]
STRADDLERS = {
    "edited": [
        reading("edited", OCTOBER, text="old", metrics=figures(1, OCTOBER)),
        reading("edited", NOVEMBER, text="new", hashtags=["x"], metrics=figures(5, NOVEMBER)),
    ],
    "measured": [reading("measured", at, text="t", metrics=figures(likes, at)) for likes, at in HISTORY],
    "told late": [
        reading("told late", OCTOBER, text="new", edited_at=NOVEMBER),
        reading("told late", NOVEMBER, text="old", published_at=OCTOBER),
    ],
    "reworded": [
        reading("reworded", OCTOBER, text="first"),
        reading("reworded", NOVEMBER, text="second"),
        reading("reworded", NOVEMBER + timedelta(minutes=1), text="third"),
    ],
    "gone for a while": [
        reading("gone for a while", OCTOBER, text="words"),
        reading("gone for a while", NOVEMBER, deleted_at=NOVEMBER),
        reading("gone for a while", NOVEMBER + timedelta(minutes=1), text="words"),
    ],
    "gone": [reading("gone", OCTOBER, text="words"), reading("gone", NOVEMBER, deleted_at=NOVEMBER)],
    "back": [reading("back", OCTOBER, deleted_at=OCTOBER), reading("back", NOVEMBER, text="it is back")],
    "reworded and back": [
        reading("reworded and back", OCTOBER, text="other"),
        *(
            reading("reworded and back", NOVEMBER + timedelta(minutes=minute), text=text)
            for minute, text in enumerate(["words", "other", "words"])
        ),
    ],
    "measured between": [
        reading("measured between", OCTOBER, text="t", metrics=figures(6, NOVEMBER + timedelta(minutes=1))),
        *(reading("measured between", at, text="t", metrics=figures(5, at)) for at in (NOVEMBER, LATE)),
    ],
    LAST: [reading(LAST, OCTOBER, text="old"), reading(LAST, NOVEMBER, text="new")],
}


class Mended(NamedTuple):
    """What two runs did, and the documents after each."""

    runs: list[dict[str, list[str]]]
    documents: list[dict[str, list[tuple[str, dict[str, Any]]]]]

    def one(self, uri: str) -> dict[str, Any]:
        """The only document of a post, where its older copy was."""
        ((home, doc),) = self.documents[0][uri]
        assert home == "posts-g1-2026.10"
        return doc


@pytest.fixture(scope="module")
def mended(engine_url: str) -> Mended:
    index = engine.connect(engine_url, signed=False)
    index.indices.delete(index="posts-*")
    for month in ("2026.10", "2026.11"):
        fill(index, month, 2_000)
    readings = [post for posts in STRADDLERS.values() for post in posts]
    straddle(index, *sorted(readings, key=lambda post: post.collected_at))
    assert [len(documents(index, uri)) for uri in STRADDLERS] == [2] * len(STRADDLERS)
    runs, found = [], []
    for _ in range(2):
        runs.append(Maintain(index).run(0))
        found.append({uri: documents(index, uri) for uri in STRADDLERS})
    return Mended(runs, found)


def test_what_lives_in_two_months_is_found_among_thousands_of_others(mended: Mended) -> None:
    assert sorted(mended.runs[0]["mended"]) == sorted(map(post_id, STRADDLERS))
    assert mended.one(LAST)["text"] == "new"


def test_it_becomes_one_with_the_newer_content_and_the_older_first_sight(mended: Mended) -> None:
    doc = mended.one("edited")
    assert (doc["text"], doc["hashtags"]) == ("new", ["x"])
    assert doc["first_seen_at"] == "2026-10-31T23:59:00Z"
    assert doc["metrics"]["likes"] == 5
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1]


def test_the_history_of_both_copies_is_kept(mended: Mended) -> None:
    doc = mended.one("measured")
    assert [earlier["likes"] for earlier in doc["metrics_history"]] == [1, 2, 3, 4]
    assert doc["metrics"]["likes"] == 5


def test_the_words_of_both_copies_are_kept(mended: Mended) -> None:
    doc = mended.one("reworded")
    assert doc["text"] == "third"
    assert [version["text"] for version in doc["history"]] == ["first", "second"]


def test_words_that_returned_in_one_copy_are_the_present_ones(mended: Mended) -> None:
    doc = mended.one("reworded and back")
    assert (doc["text"], [version["text"] for version in doc["history"]]) == ("words", ["other"])
    assert doc["collected_at"] == "2026-11-01T00:01:00Z"


def test_a_figure_that_one_copy_saw_again_is_the_present_one(mended: Mended) -> None:
    doc = mended.one("measured between")
    assert (doc["metrics"]["likes"], [earlier["likes"] for earlier in doc["metrics_history"]]) == (5, [5, 6])


def test_that_a_post_was_gone_for_a_while_is_not_forgotten(mended: Mended) -> None:
    doc = mended.one("gone for a while")
    assert (doc["text"], doc["versions"]["gone"]) == ("words", int(NOVEMBER.timestamp() * 1000))


def test_older_content_in_the_later_month_changes_nothing(mended: Mended) -> None:
    assert mended.one("told late")["text"] == "new"


def test_a_deletion_in_either_copy_counts(mended: Mended) -> None:
    assert "deleted_at" in mended.one("gone")
    assert "text" not in mended.one("gone")
    assert mended.one("back")["text"] == "it is back"


def test_a_second_run_has_nothing_to_do(mended: Mended) -> None:
    assert mended.runs[1] == {"deleted": [], "mended": [], "merged": []}
    assert mended.documents[1] == mended.documents[0]


def test_it_is_found_though_the_posts_are_old_and_were_replayed_just_now(index: OpenSearch) -> None:
    march, april = datetime(2024, 3, 31, 23, 59, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    straddle(index, reading("a", march, text="old"), reading("a", april, text="new"))
    assert Maintain(index).run(0)["mended"] == [post_id("a")]
    ((home, _),) = documents(index, "a")
    assert home == "posts-g1-2024.03"


class Kept:
    """Watermarks."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}

    def get(self, name: str) -> Mark | None:
        return self.marks.get(name)

    def put(self, name: str, mark: Mark) -> None:
        self.marks[name] = mark


def test_of_more_than_there_is_time_for_the_next_runs_go_on(index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_PAGE", 2)
    uris = [f"u{number}" for number in range(5)]
    straddle(index, *(reading(uri, at, text="t") for at in (OCTOBER, NOVEMBER) for uri in uris))
    marks = cast("Marks", Kept())
    runs = [Maintain(index, marks=marks).run(0, seconds=0)["mended"] for _ in range(3)]
    assert [len(mended) for mended in runs] == [2, 2, 1]
    assert sorted(chain.from_iterable(runs)) == sorted(map(post_id, uris))
    straddle(index, reading("another", OCTOBER, text="t"), reading("another", NOVEMBER, text="t"))
    assert Maintain(index, marks=marks).run(0)["mended"] == [post_id("another")]


class Refusing(Writer):
    """A writer for an engine that takes no reading of one post any more."""

    def write(self, writes: Sequence[Write]) -> list[Exception | None]:
        return [ParseError("no")] if writes[0].post.uri == "refused" else super().write(writes)


def test_one_that_the_engine_takes_no_more_holds_up_no_other_and_no_deletion(
    index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "Writer", Refusing)
    march = datetime(2024, 3, 31, 23, 59, tzinfo=UTC)
    uris = ("refused", "a")
    straddle(
        index,
        reading("gone", march, text="t"),
        *(reading(uri, at, text="t") for at in (OCTOBER, NOVEMBER) for uri in uris),
    )
    told = Maintain(index).run(12, datetime(2026, 11, 28, 12, tzinfo=UTC))
    assert told["mended"] == [post_id("a")]
    assert told["deleted"] == ["posts-g1-2024.03"]
    assert [len(documents(index, uri)) for uri in uris] == [2, 1]


# Retention


def test_months_beyond_the_retention_are_deleted_whole(index: OpenSearch) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    for uri, at in (
        ("old", datetime(2026, 8, 31, tzinfo=UTC)),
        ("kept", datetime(2026, 9, 1, tzinfo=UTC)),
        ("new", now),
    ):
        straddle(index, reading(uri, at, text="t"))
    assert Maintain(index).run(2, now)["deleted"] == ["posts-g1-2026.08"]
    assert [len(documents(index, uri)) for uri in ("old", "kept", "new")] == [0, 1, 1]


def test_without_a_retention_everything_is_kept(index: OpenSearch) -> None:
    straddle(index, reading("a", datetime(2001, 1, 1, tzinfo=UTC), text="t"))
    assert Maintain(index).run(0)["deleted"] == []
    assert len(documents(index, "a")) == 1


@pytest.mark.parametrize("months", [0, 3])
def test_an_engine_without_posts_needs_nothing(index: OpenSearch, months: int) -> None:
    assert Maintain(index).run(months) == {"deleted": [], "mended": [], "merged": []}


# What must be read again to be kept


@pytest.fixture
def video_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register with one host that lets posts be kept for 30 days without being read again."""
    entry = Terms(domains=["video.example"], name="Video", verdict="allowed", reason="r", source="s", refresh_days=30)
    monkeypatch.setattr(terms, "register", lambda: (entry,))
    monkeypatch.setattr(terms, "of_host", lambda host: entry if f".{host}".endswith(".video.example") else None)


@pytest.mark.usefixtures("video_terms")
def test_what_was_not_read_again_in_time_is_deleted_for_good(index: OpenSearch) -> None:
    now = datetime.now(tz=UTC)
    old, fresh = now - timedelta(days=31), now - timedelta(days=29)
    for uri, platform, times in (
        ("unread", "www.video.example", [old]),
        ("read again", "video.example", [old, fresh]),
        ("gone", "video.example", [old]),
        ("elsewhere", "notvideo.example", [old]),
    ):
        for at in times:
            fields = {"deleted_at": at} if uri == "gone" else {"text": "t"}
            post = reading(uri, at, platform=platform, **fields)
            assert Writer(index).write([Write(post, live=False, replay=False)]) == [None]
            index.indices.refresh(index="posts-*")
    assert expire_unread(index) == 2
    assert [len(documents(index, uri)) for uri in ("unread", "read again", "gone", "elsewhere")] == [0, 1, 0, 1]


def edited(*domains: str, **fields: Any) -> Terms:
    given = {"name": "N", "verdict": "allowed", "reason": "r", "source": "s", "edited_at": datetime.now(tz=UTC)}
    return Terms(domains=list(domains), **{**given, **fields})


class Edits:
    """What administrators entered."""

    def __init__(self, *entries: Terms) -> None:
        self._entries = list(entries)

    def all(self) -> list[Terms]:
        return self._entries


@pytest.fixture
def administrators() -> Iterator[None]:
    """They have an agreement with YouTube's main host, and terms of two others with an exception within one of them."""
    terms.use(
        Edits(
            edited("youtube.com", verdict="permission", agreement="contract 2026-17"),
            edited("strict.example", refresh_days=30),
            edited("open.strict.example"),
            edited("lenient.example"),
            edited("strict.lenient.example", refresh_days=30),
        )
    )
    yield
    terms.use(None)


@pytest.mark.usefixtures("administrators")
@pytest.mark.parametrize(
    ("platform", "visibility", "left"),
    [
        ("youtube.com", PUBLIC, 1),  # ships with 30 days; the administrators' entry has none
        ("www.youtube.com", PUBLIC, 1),
        ("youtu.be", PUBLIC, 0),  # of the shipped entry still
        ("strict.example", PUBLIC, 0),
        ("www.strict.example", PUBLIC, 0),
        ("open.strict.example", PUBLIC, 1),
        ("www.open.strict.example", PUBLIC, 1),
        ("lenient.example", PUBLIC, 1),
        ("strict.lenient.example", PUBLIC, 0),
        ("strict.example", "ws_1", 1),  # a client brought it along
    ],
)
def test_the_entry_that_counts_for_a_host_says_whether_its_posts_must_be_read_again(
    index: OpenSearch, platform: str, visibility: str, left: int
) -> None:
    straddle(index, reading("a", datetime(2001, 1, 1, tzinfo=UTC), text="t", platform=platform, visibility=visibility))
    index.indices.refresh(index="posts-*")
    assert expire_unread(index) == 1 - left
    assert len(documents(index, "a")) == left


def test_without_such_terms_nothing_is_deleted(index: OpenSearch) -> None:
    straddle(index, reading("a", datetime(2001, 1, 1, tzinfo=UTC), text="t", platform="video.example"))
    assert expire_unread(index) == 0
    assert len(documents(index, "a")) == 1


# What terms forbid


@pytest.fixture
def forbidding() -> Iterator[None]:
    terms.use(
        Edits(
            edited("a.example", "moved.example", verdict="forbidden"),
            edited("open.a.example"),
            edited("moved.example"),  # takes it over from the entry above
        )
    )
    yield
    terms.use(None)


@pytest.mark.usefixtures("forbidding")
@pytest.mark.parametrize(
    ("platform", "visibility", "left"),
    [
        ("a.example", PUBLIC, 0),
        ("www.a.example", PUBLIC, 0),
        ("open.a.example", PUBLIC, 1),
        ("moved.example", PUBLIC, 1),
        ("nota.example", PUBLIC, 1),
        ("instagram.com", PUBLIC, 1),  # ships as forbidden, so that nothing was collected of it
        ("a.example", "ws_1", 1),  # a client brought it along
    ],
)
def test_a_host_that_an_administrator_forbids_leaves_the_index(
    index: OpenSearch, platform: str, visibility: str, left: int
) -> None:
    straddle(index, reading("a", datetime.now(tz=UTC), platform=platform, title="t", visibility=visibility))
    index.indices.refresh(index="posts-*")
    assert take_down(index) == 1 - left
    assert len(documents(index, "a")) == left


@pytest.mark.usefixtures("forbidding")
def test_of_a_large_host_each_run_takes_down_what_it_has_time_for(
    index: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents_module, "PAGE", 2)
    now = datetime.now(tz=UTC)
    straddle(index, *(reading(f"u{number}", now, platform="a.example", title="t") for number in range(5)))
    index.indices.refresh(index="posts-*")
    taken = []
    for _ in range(3):
        left = iter([True, False])  # time for a first page
        taken.append(take_down(index, go_on=partial(next, left)))
    assert taken == [2, 2, 1]
    assert not any(documents(index, f"u{number}") for number in range(5))
