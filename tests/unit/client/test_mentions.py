"""Following a topic: parts are taken until nothing is there, and the offset says where to go on."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import main
from socialindex.client import Client, InvalidInput, OffsetExpired
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM = "GET /v1/topics/tp_a/mentions"
AT = "2026-11-28T09:00:00Z"


def item(name: str, **mention: Any) -> dict[str, Any]:
    whole = {"id": f"mn_{name}", "topic": "tp_a", "workspace": "ws_a", "post": name, "public": True, "revision": 1}
    return {"id": name, "title": f"title {name}", "mention": {**whole, "matched_at": AT, "changed_at": AT, **mention}}


def part(offset: str, *items: dict[str, Any], more: bool = False) -> tuple[int, dict[str, Any]]:
    return 200, {"items": list(items), "offset": offset, "more": more}


class Service(dict[str, Any]):
    """Answers by what the request is behind."""

    api: ApiServer

    def get(self, *_: Any) -> Any:
        path = self.api.asked[-1].path
        if "after=old" in path:
            return 410, {"title": "too old", "remedy": "begin anew"}
        if "after=o1" in path:
            return part("o2", item("c", gone="erased"))
        return part("o2") if "after=o2" in path else part("o1", item("a"), item("b"), more=True)


@pytest.fixture
def api() -> Iterator[ApiServer]:
    service = Service()
    with serving(service) as api:
        service.api = api
        yield api


@pytest.fixture
def client(api: ApiServer) -> Client:
    return Client(api.url, "si_abc")


def test_a_stream_is_read_to_its_end(api: ApiServer, client: Client) -> None:
    stream = client.mentions("tp_a")
    found = [(post.id, post.mention.gone) for post in stream if post.mention]
    assert found == [("a", None), ("b", None), ("c", "erased")]
    assert stream.offset == "o2"
    assert ["after=" in asked.path for asked in api.asked] == [False, True]


def test_the_offset_moves_when_a_part_is_taken(client: Client) -> None:
    stream = client.mentions("tp_a")
    posts = iter(stream)
    next(posts)
    assert stream.offset is None  # what broke off here comes again
    list(itertools.islice(posts, 2))
    assert stream.offset == "o1"


def test_it_goes_on_behind_an_offset(client: Client) -> None:
    assert [post.id for post in client.mentions("tp_a", after="o1")] == ["c"]
    assert list(client.mentions("tp_a", after="o2")) == []


def test_an_old_offset_is_an_error_of_its_own(client: Client) -> None:
    with pytest.raises(OffsetExpired):
        list(client.mentions("tp_a", after="old"))


def test_there_is_one_beginning(client: Client) -> None:
    with pytest.raises(InvalidInput):
        client.mentions("tp_a", after="o1", start="now")


def test_what_is_taken_back_is_sent_as_null(client: Client, api: ApiServer) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - the stand-in answers with something else
        client.change_mention("tp_a", "mn_a", assignee=None, tags=["x"])
    assert api.asked[-1].body == {"assignee": None, "tags": ["x"]}


def test_the_command_shows_mentions_and_where_to_go_on(
    api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOCIALINDEX_URL", api.url)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setattr("sys.argv", ["socialindex", "mentions", "tp_a"])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().out
    assert not ended.value.code
    assert "title a" in shown
    assert "gone: erased" in shown
    assert "--after o2" in shown
