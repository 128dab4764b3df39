"""Networks on the real servers, by the function's own handler: the sample world's incident, and what must not leak."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import igraph  # type: ignore[import-untyped]  # it has no types of its own
import msgspec
import networkx as nx
import pytest
import urllib3

from infra.bench.corpus import crawl_world, posts_of
from socialindex import engine
from socialindex.access import Scope
from socialindex.aws.network_files import NetworkFiles
from socialindex.aws.networks import NetworksTable
from socialindex.aws.suppressions import Suppressions
from socialindex.identity import author_key, post_id
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.merge import matching
from socialindex.mentions.model import mention_id
from socialindex.model import Author, Post
from socialindex.network.reading import Reader
from socialindex.network.stage import MAX_ATTEMPTS
from socialindex.normalize.enrich import Enricher
from socialindex.search.network import part, spreading
from tests.integration.parts import event, real_parts
from tests.integration.whole_api import Gateway, Tenant, clear, context_of, post, whole_api, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.local.servers import Running
    from tests.integration.whole_api import Told

pytestmark = pytest.mark.integration

NOW = datetime.now(tz=UTC)
WINDOW = {"from": (NOW - timedelta(days=60)).isoformat(), "to": (NOW + timedelta(days=1)).isoformat()}
INCIDENT = {"q": "누리폰", **WINDOW}
CHANNELS = ("board-free", "board-qna", "news-archive", "social-local")


class Killed(BaseException):
    """What ends a function in the middle of its work."""


class World:
    """A tenant beside the sample world's public posts."""

    def __init__(self, api: Gateway, posts: list[Post]) -> None:
        self.api, self.posts = api, {post.id: post for post in posts}
        self.table = NetworksTable(api.parts.table("NetworksTable"))
        self.tenant = Tenant(api)
        self.space = self.tenant.furnished()
        self.key = self.tenant.key(self.space.id)

    def ask(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Told:
        return self.api.call(key or self.key, "POST", path, body=body or INCIDENT)

    def get(self, one: str, *, key: str = "") -> Told:
        return self.api.call(key or self.key, "GET", f"/v1/networks/{one}")

    def begun(self, body: dict[str, Any] | None = None) -> str:
        told = self.ask("/v1/networks", body)
        assert told.status == 202, told
        one: str = told.body["id"]
        return one

    def invoke(self, payload: dict[str, Any]) -> Any:
        """What the network function answers."""
        return self.api.handlers["NetworkFunction"](payload, context_of(self.function))

    @property
    def function(self) -> Any:
        return self.api.parts.template.functions["NetworkFunction"]

    def flow(self) -> None:
        """Let the stage do all that waits."""
        self.invoke({})
        for body, _ in self.api.parts.receive("NetworkQueue"):
            assert self.invoke(event(body)) == {"batchItemFailures": []}

    def let_go(self, one: str) -> None:
        """As if the lease had run out."""
        kept = self.table.get(self.tenant.id, one)
        self.table.save(kept, msgspec.structs.replace(kept.job, work_at=1.0))

    def files(self) -> list[str]:
        s3, bucket = self.api.parts.cloud.s3_client(), self.api.parts.bucket
        found: Any = s3.list_object_versions(Bucket=bucket, Prefix=f"networks/{self.tenant.id}")
        return [version["Key"] for version in found.get("Versions", [])]


@pytest.fixture(scope="module")
def world(servers: Running, engine_url: str) -> Iterator[World]:
    enrich = Enricher()
    told = {one.id: enrich(one) for exchange in crawl_world(CHANNELS).exchanges for one in posts_of(exchange)}
    posts = list(told.values())
    with real_parts(servers) as parts, whole_api(parts, engine_url) as api:
        clear(engine_url)
        for start in range(0, len(posts), 100):
            write(engine_url, posts[start : start + 100])
        yield World(api, posts)
        clear(engine_url)


# In the answer


@pytest.mark.parametrize("of", ["authors", "hashtags", "author-hashtags"])
def test_every_network_opens_as_json_gexf_and_graphml(world: World, of: str, tmp_path: Path) -> None:
    told = world.ask("/v1/network", {**INCIDENT, "of": of})
    assert told.status == 200, told
    graph = nx.node_link_graph(told.body, edges="edges")
    assert graph.number_of_nodes() > 3
    assert graph.number_of_edges() == len(told.body["edges"]) > 2

    gexf = world.ask("/v1/network", {**INCIDENT, "of": of, "format": "gexf"})
    assert gexf.content_type == "application/gexf+xml"
    drawn = nx.read_gexf(io.BytesIO(gexf.text.encode()))
    assert set(drawn.nodes) == set(graph.nodes)
    assert drawn.number_of_edges() == graph.number_of_edges()

    graphml = world.ask("/v1/network", {**INCIDENT, "of": of, "format": "graphml"})
    assert graphml.content_type == "application/graphml+xml"
    (tmp_path / "a.graphml").write_text(graphml.text, "utf-8")
    read = igraph.Graph.Read_GraphML(str(tmp_path / "a.graphml"))
    assert (read.vcount(), read.ecount()) == (graph.number_of_nodes(), graph.number_of_edges())


def test_the_incidents_network_says_who_is_heard_and_what_it_was_made_of(world: World) -> None:
    told = world.ask("/v1/network").body
    about = told["graph"]
    matching = [one for one in world.posts.values() if "누리폰" in f"{one.title} {one.text}"]
    assert 20 < about["read"]["posts"] == about["read"]["of"] <= len(world.posts)
    assert about["read"]["of"] >= len([one for one in matching if one.published_at]) * 0.5
    assert about["coverage"]["blind"] == []
    loudest = max(told["nodes"], key=lambda node: node["in_strength"])
    answered = [edge for edge in told["edges"] if edge["target"] == loudest["id"]]
    assert sum(edge["weight"] for edge in answered) == loudest["in_strength"] > 2
    assert set(about["bridges"]) <= {node["id"] for node in told["nodes"]}


def test_the_heaviest_edges_are_shown_and_what_is_left_out_is_told(world: World) -> None:
    whole = world.ask("/v1/network").body
    few = world.ask("/v1/network", {**INCIDENT, "limit": 5}).body
    assert [edge["weight"] for edge in few["edges"]] == [edge["weight"] for edge in whole["edges"][:5]]
    assert few["graph"]["left_out"]["edges"] == len(whole["edges"]) - 5
    together = {**INCIDENT, "of": "hashtags"}
    every, heavy = (world.ask("/v1/network", {**together, "min_weight": least}).body for least in (1, 2))
    assert [edge["weight"] for edge in heavy["edges"]] == [
        edge["weight"] for edge in every["edges"] if edge["weight"] > 1
    ]
    assert heavy["graph"]["left_out"]["weight"] == sum(edge["weight"] == 1 for edge in every["edges"]) > 0
    newest = world.ask("/v1/network", {**INCIDENT, "posts": 10}).body["graph"]["read"]
    assert (newest["posts"], newest["of"]) == (10, whole["graph"]["read"]["of"])
    assert newest["oldest"] > whole["graph"]["read"]["oldest"]
    assert whole["graph"]["read"]["answers"] > 0
    alone = world.ask("/v1/network", {**INCIDENT, "answers": False}).body
    assert len(alone["edges"]) < len(whole["edges"])


def test_the_press_is_taken_up_on_boards_and_the_fediverse(world: World) -> None:
    found = world.ask("/v1/network/diffusion").body
    first = found["cascades"][0]
    assert first["size"] >= 5
    assert len(first["sources"]) > 1
    assert "누리폰" in found["posts"][first["post"]]["excerpt"]
    assert sum(first["hours"]) + first["later"] == first["size"] - 1
    assert set(found["authors"]) >= {row["author"] for row in found["spreaders"]}

    tree = world.api.call(world.key, "GET", f"/v1/posts/{first['post']}/cascade").body
    assert tree["steps"][0]["post"] == first["post"]
    assert tree["size"] >= first["size"]
    steps = {step["post"]: step for step in tree["steps"]}
    for step in tree["steps"][1:]:
        assert steps[step["came_from"]]["depth"] == step["depth"] - 1
    below = tree["steps"][1]["post"]
    assert world.api.call(world.key, "GET", f"/v1/posts/{below}/cascade").body["came_from"] == first["post"]
    assert world.api.call(world.key, "GET", f"/v1/posts/{post_id('urn:nothing')}/cascade").status == 404


def test_what_resonates_comes_with_its_numbers(world: World) -> None:
    found = world.ask("/v1/network/resonance", {**INCIDENT, "limit": 5}).body
    best = found["most"][0]
    assert best["resonance"] == pytest.approx((best["spread"] + 1) / (best["expected"] + 1))
    assert [each["resonance"] for each in found["most"]] == sorted(
        (each["resonance"] for each in found["most"]), reverse=True
    )
    assert "#누리폰12" in [theme["name"] for theme in found["themes"]]
    assert found["usual_from"] > 0
    assert {theme["best"] for theme in found["themes"]} <= set(found["posts"])


def test_what_is_usual_for_an_author_is_read_from_their_newest_posts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more posts than a page holds any might be read, others each time: what resonates changed by itself."""
    read: list[Post] = []
    really = Reader.matching

    def matching(reader: Reader, clauses: list[dict[str, Any]], most: int) -> Iterator[Post]:
        found = list(really(reader, clauses, most))
        read.extend(found if most == few else [])
        return iter(found)

    few = 7
    monkeypatch.setattr(spreading, "PAGE", few)
    monkeypatch.setattr(Reader, "matching", matching)
    world.ask("/v1/network/resonance", INCIDENT)
    at = [one.published_at for one in read if one.published_at]
    authors = {one.author.key for one in read if one.author}
    theirs = [one.published_at for one in world.posts.values() if one.author and one.author.key in authors]
    assert len(at) == few
    assert at == sorted(filter(None, theirs), reverse=True)[:few]


def test_what_people_ask_and_complain_about(world: World) -> None:
    found = world.ask("/v1/network/needs").body
    asked = [world.posts[one] for theme in found["questions"]["themes"] for one in theme["examples"]]
    assert found["questions"]["posts"] > 5
    assert found["complaints"]["posts"] > 10
    assert "배터리" in [theme["term"] for theme in found["complaints"]["themes"]]
    assert all("?" in f"{one.title} {one.text}" or "요" in f"{one.title} {one.text}" for one in asked)
    assert not [one for one in found["posts"] if world.posts[one].kind == "article"]


def watched(world: World, engine_url: str, word: str) -> str:
    """The id of a new topic, with all posts that have a word for mentions."""
    made = {"name": word, "q": word}
    topic: str = world.api.done(world.tenant.manager, "POST", f"/v1/workspaces/{world.space.id}/topics", made)["id"]
    ids = [one.id for one in world.posts.values() if word in f"{one.title} {one.text}"]
    client = engine.connect(engine_url, signed=False)
    hits = client.search(index="posts", body={"query": {"ids": {"values": ids}}, "size": len(ids)})["hits"]["hits"]
    about: dict[str, Any] = {"topic": topic, "workspace": world.space.id, "matched": [word]}
    write_all(client, [mention_of(hit, about) for hit in hits])
    client.indices.refresh(index="mentions-*")
    return topic


def mention_of(hit: dict[str, Any], about: dict[str, Any]) -> Update:
    home = hit["_index"].replace("posts-", "mentions-")
    match = matching(hit["_source"], revision=1, since=NOW, at=NOW, **about)
    return Update(home, mention_id(about["topic"], hit["_id"]), match, make=True)


def test_what_a_topic_is_about_is_no_theme_of_it(world: World, engine_url: str) -> None:
    """As of a query: that its own words stand out goes without saying."""
    topic = watched(world, engine_url, "배터리")
    found = world.ask("/v1/network/needs", {**WINDOW, "topic": [topic], "limit": 100}).body
    assert found["complaints"]["posts"] > 10
    for need in ("questions", "complaints"):
        themes = [theme["term"] for theme in found[need]["themes"]]
        assert themes
        assert "배터리" not in themes


def test_accounts_that_publish_one_text_in_one_minute_are_shown_with_the_evidence(
    world: World, engine_url: str
) -> None:
    at, word = NOW - timedelta(days=1), "nuriflood"
    posts = [
        post(
            f"urn:flood:{number}",
            source="mastodon",
            text=f"{word} 지금 바로 확인하세요",
            author=Author(id=f"f{number}", key=author_key(f"f{number}"), handle=f"f{number}"),
            published_at=at + timedelta(seconds=5 * number),
        )
        for number in range(6)
    ]
    write(engine_url, posts)
    client = engine.connect(engine_url, signed=False)
    for one in posts:  # as the writer of clusters does
        client.update_by_query(
            index="posts-*",
            body={
                "query": {"ids": {"values": [one.id]}},
                "script": {"source": f"ctx._source.cluster_id = '{posts[0].id}'"},
            },
            params={"refresh": "true"},
        )
    found = world.ask("/v1/network/coordination", {**WINDOW, "q": word}).body
    (group,) = found["groups"]
    assert (group["basis"], len(group["accounts"])) == ("flood", 6)
    assert {found["authors"][key]["handle"] for key in group["accounts"]} == {f"f{number}" for number in range(6)}
    assert found["posts"][group["texts"][0]["posts"][0]]["excerpt"] == posts[0].text


# As a file


def test_what_is_too_large_for_an_answer_becomes_a_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = world.ask("/v1/network").body
    monkeypatch.setattr(part, "SHOWN", 5)
    told = world.ask("/v1/network", {**INCIDENT, "format": "json"})
    again = world.ask("/v1/network", {**INCIDENT, "format": "json"})
    assert told.status == again.status == 202
    assert told.body["id"] == again.body["id"]
    reader = world.tenant.key(world.space.id, scopes=[Scope.READ])
    assert world.ask("/v1/network", key=reader).status == 403
    monkeypatch.undo()

    world.flow()
    done = world.get(told.body["id"]).body
    assert (done["state"], done["edges"], done["seen"]) == (
        "done",
        len(whole["edges"]),
        whole["graph"]["read"]["posts"],
    )
    file = urllib3.request("GET", done["link"])
    assert (file.status, len(file.data)) == (200, done["bytes"])
    made = json.loads(file.data)
    assert made["edges"] == whole["edges"]
    assert made["graph"]["read"] == whole["graph"]["read"]
    assert file.headers["Content-Disposition"] == f'attachment; filename="{done["file_name"]}"'
    place = world.api.call(world.key, "GET", f"/v1/networks/{done['id']}/file")
    assert place.status == 303
    assert done["id"] in [one["id"] for one in world.api.call(world.key, "GET", "/v1/networks").body["items"]]

    assert world.api.call(world.key, "DELETE", f"/v1/networks/{done['id']}").status == 202
    world.flow()
    assert world.get(done["id"]).status == 404
    assert not [name for name in world.files() if done["id"] in name]


@pytest.mark.parametrize("when", ["before the file is there", "behind it"])
def test_a_network_whose_work_was_killed_is_made_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    world.flow()
    one, real = world.begun({**INCIDENT, "format": "gexf"}), NetworkFiles.put

    def killed(self: NetworkFiles, *given: Any) -> None:
        if when == "behind it":
            real(self, *given)
        raise Killed

    monkeypatch.setattr(NetworkFiles, "put", killed)
    with pytest.raises(Killed):
        world.flow()
    monkeypatch.undo()
    assert world.get(one).body["state"] == "queued"
    world.flow()
    assert world.get(one).body["state"] == "queued", "the lease still holds"
    world.let_go(one)
    world.flow()
    done = world.get(one).body
    assert done["state"] == "done"
    drawn = nx.read_gexf(io.BytesIO(urllib3.request("GET", done["link"]).data))
    assert drawn.number_of_edges() == done["edges"]


def test_a_network_that_never_ends_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.flow()
    one = world.begun({**INCIDENT, "limit": 7})

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(NetworkFiles, "put", killed)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            world.flow()
        world.let_go(one)
    world.flow()
    given_up = world.get(one).body
    assert (given_up["state"], given_up["link"]) == ("failed", None)
    assert given_up["failure"]["remedy"]
    assert [reason for _, reason in world.api.parts.receive("NetworkDeadLetters")]


def test_what_was_erased_is_in_no_file(world: World) -> None:
    whole = world.ask("/v1/network").body
    loudest = max((node for node in whole["nodes"] if node["kind"] == "author"), key=lambda node: node["strength"])
    table = Suppressions(world.api.parts.table("SuppressionsTable"))._table  # noqa: SLF001 - as a removal writes it
    item = {"pk": f"author#{loudest['id']}", "sk": "-"}
    table.put({**item, "at": NOW.isoformat()})
    try:
        one = world.begun({**INCIDENT, "limit": 4_000})
        world.flow()
    finally:
        table.delete(item)
    done = world.get(one).body
    (left_out,) = [left for left in done["posts_left_out"] if left["reason"] == "erased"]
    assert left_out["posts"] > 0
    made = json.loads(urllib3.request("GET", done["link"]).data)
    assert loudest["id"] not in [node["id"] for node in made["nodes"]]


# Whose


def test_nobody_sees_a_network_that_may_hold_what_they_must_not_see(world: World, engine_url: str) -> None:
    second = world.tenant.furnished()
    write(engine_url, second.posts())
    both = world.tenant.key(world.space.id, second.id)
    told = world.ask("/v1/networks", {**WINDOW, "q": second.word, "from": "2026-11-01T00:00:00Z"}, key=both)
    one = told.body["id"]
    world.flow()
    assert world.get(one, key=both).body["total"] == len(second.posts())
    stranger = Tenant(world.api)
    for key in (world.key, stranger.key(stranger.furnished().id)):
        assert world.get(one, key=key).status == 404
        assert one not in world.api.call(key, "GET", "/v1/networks").text
        for path in ("network", "network/diffusion", "network/resonance", "network/needs", "network/coordination"):
            seen = world.ask(f"/v1/{path}", {**WINDOW, "q": second.word, "from": "2026-11-01T00:00:00Z"}, key=key)
            assert seen.status == 200
            assert second.ids["authors"] not in seen.text
        assert world.api.call(key, "GET", f"/v1/posts/{second.ids['posts']}/cascade").status == 404

    gone = world.api.call(world.tenant.manager, "DELETE", f"/v1/workspaces/{second.id}")
    assert gone.status < 300, gone
    world.flow()
    assert one not in [job.id for job in world.table.of_workspace(second.id)]
    assert not [name for name in world.files() if one in name]
