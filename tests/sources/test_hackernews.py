"""What the fixtures of one answer cannot show: walks over many answers, and the addresses that people paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.sources.base import Channel, Follow, Known, Request, Response
from socialindex.sources.hackernews import ADAPTER

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SITE = "https://news.ycombinator.com"


def channel(url: str = f"{SITE}/newest", **fields: dict[str, str]) -> Channel:
    return Channel(id="ch_test", source="hackernews", url=url, created_at=NOW, **fields)  # type: ignore[arg-type]


def answer(request: Request, body: Any) -> Response:
    return Response(request=request, url=request.url, status=200, body=msgspec.json.encode(body), received_at=NOW)


@dataclass
class Site:
    """Items by number, of which numbers below ``begins`` are stories."""

    kids: dict[int, list[int]] = field(default_factory=dict)
    listed: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    def body(self, request: Request) -> Any:
        path = request.url.rpartition("/v0/")[2].removesuffix(".json")
        if path.endswith("stories"):
            return self.listed
        if path == "updates":
            return {"items": self.changed, "profiles": []}
        number = int(path.removeprefix("item/"))
        kind = "story" if number in self.listed else "comment"
        return {"id": number, "type": kind, "kids": self.kids.get(number, [])}


def drain(site: Site, channel: Channel, requests: list[Request]) -> tuple[Channel, list[int]]:
    """The channel afterwards, and the items that were read, in order."""
    read = []
    while requests:
        request = requests.pop(0)
        follow: Follow = ADAPTER.follow(channel, answer(request, site.body(request)))
        if follow.cursor is not None:
            channel = msgspec.structs.replace(channel, cursor=follow.cursor)
        if request.kind == "post":
            read.append(int(request.url.rpartition("/")[2].removesuffix(".json")))
        requests += follow.requests
    return channel, read


TREES = st.lists(st.integers(0, 60), max_size=60).map(
    lambda parents: {1000 + n: 1000 + min(parent, n - 1) for n, parent in enumerate(parents, 1)}
)


@settings(deadline=None)
@given(parents=TREES, budget=st.integers(0, 80))
def test_never_more_comments_are_read_than_were_asked_for_and_all_where_they_suffice(
    parents: dict[int, int], budget: int
) -> None:
    site = Site(listed=[1000])
    for kid, parent in parents.items():
        site.kids.setdefault(parent, []).append(kid)
    place = channel(options={"comments": str(budget)})
    _, read = drain(site, place, [ADAPTER.start(place)])
    assert read[0] == 1000
    assert len(read) == len(set(read)) <= budget + 1
    assert len(read) > 1 or not parents or not budget


def test_comments_that_come_later_are_found_and_soon_no_others_are_read_again() -> None:
    site = Site(listed=[1000], kids={1000: [1001, 1002]})
    place, read = drain(site, channel(), [ADAPTER.start(channel())])
    assert read == [1000, 1001, 1002]
    # A first poll knows no number beyond the list's own: it takes 1001 and 1002 for new once more.
    site.kids[1000], site.changed = [1003, 1001, 1002], [1003, 1000]
    place, read = drain(site, place, [ADAPTER.start(place)])
    assert read == [1000, 1003, 1001, 1002]
    site.kids[1000], site.changed = [1004, 1003, 1001, 1002], [1004, 1000]
    place, read = drain(site, place, [ADAPTER.start(place)])
    assert read == [1000, 1004]


def test_a_list_with_more_items_than_a_cursor_holds_settles_down() -> None:
    site = Site(listed=[*range(5000, 5500)])
    place = channel(f"{SITE}/news", options={"items": "400", "comments": "0"})
    place, first = drain(site, place, [ADAPTER.start(place)])
    place, second = drain(site, place, [ADAPTER.start(place)])
    assert len(first) == 150
    assert second == []
    assert len(msgspec.json.encode(place.cursor)) <= 4096


def test_a_story_that_members_vouched_for_is_read_though_newer_ones_were_read_before_it() -> None:
    """It was killed as it came, and the list of new stories, which goes by number, did not have it until then."""
    site = Site(listed=[5009, 5007, 5002])
    place = channel(options={"comments": "0", "items": "2"})
    place, first = drain(site, place, [ADAPTER.start(place)])
    site.listed = [5011, 5009, 5008, 5007, 5002]
    place, second = drain(site, place, [ADAPTER.start(place)])
    _, third = drain(site, place, [ADAPTER.start(place)])
    assert (first, second, third) == ([5009, 5007], [5011, 5008], [])


def test_an_old_story_among_the_newest_has_none_read_again_at_each_poll() -> None:
    """The list has more stories than the cursor holds, all of which have higher numbers than that one."""
    site = Site(listed=[5500, 4000, *range(5499, 5001, -1)])
    place = channel(options={"comments": "0", "items": "400"})
    place, first = drain(site, place, [ADAPTER.start(place)])
    site.listed = [5501, *site.listed]
    place, second = drain(site, place, [ADAPTER.start(place)])
    _, third = drain(site, place, [ADAPTER.start(place)])
    assert (len(first), second, third) == (150, [5501], [])


def test_a_re_read_asks_for_each_item_and_what_came_after_its_conversation() -> None:
    uris = [f"{SITE}/item?id={number}" for number in (1000, 1001, 1007)]
    posts = [Known(uri=uris[0]), *(Known(uri=uri, kind="comment", thread=uris[0]) for uri in uris[1:])]
    requests = list(ADAPTER.reread(channel(), [*posts, Known(uri="https://other.example/item?id=5")]))
    assert [request.url.rpartition("/")[2] for request in requests] == ["1000.json", "1001.json", "1007.json"]
    assert {request.priority for request in requests} == {2}
    assert {request.context["since"] for request in requests} == {"1007"}


PASTED = [
    ("https://news.ycombinator.com/", f"{SITE}/news"),
    ("https://news.ycombinator.com", f"{SITE}/news"),
    ("http://news.ycombinator.com/newest?p=2", f"{SITE}/newest"),
    ("https://NEWS.ycombinator.com/shownew", f"{SITE}/show"),
    ("https://news.ycombinator.com/item?id=0042#43", f"{SITE}/item?id=42"),
    ("https://news.ycombinator.com/threads?id=Sora_k", f"{SITE}/user?id=Sora_k"),
]


@pytest.mark.parametrize(("pasted", "canonical"), PASTED)
def test_addresses_of_the_site_are_recognized_without_a_fetch(pasted: str, canonical: str) -> None:
    recognized = ADAPTER.by_address(pasted)
    assert recognized is not None
    assert recognized.url == canonical
    assert ADAPTER.start(channel(recognized.url)).url.startswith("https://hacker-news.firebaseio.com/v0/")


@pytest.mark.parametrize("pasted", ["https://news.ycombinator.com/item?id=-1", "https://news.ycombinator.com/login"])
def test_other_pages_of_the_site_say_what_to_paste(pasted: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ADAPTER.by_address(pasted)
    assert refused.value.field == "url"


@pytest.mark.parametrize("url", ["https://blog.example/newest", "http://10.0.0.1/newest", "not an address"])
def test_other_hosts_are_neither_recognized_nor_probed(url: str) -> None:
    assert ADAPTER.by_address(url) is None
    assert list(ADAPTER.probes(url)) == []


def test_a_server_on_this_machine_is_asked_whether_it_speaks_the_api() -> None:
    assert [request.url for request in ADAPTER.probes("http://127.0.0.1:8405/ask")] == [
        "http://127.0.0.1:8405/v0/maxitem.json"
    ]


def test_an_option_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        ADAPTER.start(channel(options={"comments": "many"}))
    assert refused.value.field == "comments"
