"""Every question that a dashboard asks, asked of the real engine; every drawing drawn of the answers."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from infra.dashboards import objects
from infra.dashboards.asking import Asked, Context, asked, phrase
from infra.dashboards.rendering import compiled, filled, marks, sized
from infra.dashboards.source import LANGUAGES, dashboards
from socialindex import engine
from socialindex.access import Caller
from socialindex.alert import projection as of_alerts
from socialindex.alert.record import Recorder
from socialindex.aws.alerts import AlertsTable
from socialindex.identity import new_id
from socialindex.search.alerts import AlertsPart
from socialindex.search.http import HttpRequest
from socialindex.setup.dashboards import Names, named
from tests.integration.dashboards_world import NAMES, WORKSPACE, World, alerts, kept
from tests.integration.parts import real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NOW = datetime.now(tz=UTC).replace(microsecond=0)
EVERYTHING = "posts-*,mentions-*,alerts-*,operations-*"
SHOWN = {
    language: [json.loads(line) for line in named(objects.ndjson(language), Names(topics=NAMES)).splitlines()]
    for language in LANGUAGES
}
PATTERNS = {each["id"]: each for each in SHOWN["en"] if each["type"] == "index-pattern"}
PANELS = {
    objects.panel_id(dashboard, panel, language): (dashboard, panel)
    for dashboard in dashboards()
    for panel in dashboard.panel
    for language in LANGUAGES
}
FIGURES = [each for language in LANGUAGES for each in SHOWN[language] if each["id"] in PANELS]
DRAWINGS = [each for each in FIGURES if PANELS[each["id"]][1].draw == "vega"]


@pytest.fixture(scope="module")
def world(servers: Running, engine_url: str) -> Iterator[World]:
    client = engine.connect(engine_url, signed=False)
    # Before too: what other modules left in the shared engine would be counted.
    client.indices.delete(index=EVERYTHING)
    with real_parts(servers) as parts:
        there = World(client, parts, NOW)
        there.fill()
        yield there
    client.indices.delete(index=EVERYTHING)


def context(name: str) -> Context:
    """A panel's dashboard, with a workspace chosen."""
    dashboard, _ = PANELS[name]
    shown = next(each for each in SHOWN["en"] if each["id"] == f"{objects.PREFIX}-{dashboard.id}-en")
    own = json.loads(shown["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])["filter"]
    chosen = [phrase("mention.workspace", WORKSPACE)] if dashboard.living else []
    return Context(NOW - timedelta(days=21), NOW, {"fixed_interval": "12h"}, [*own, *chosen])


def search(world: World, question: Asked) -> dict[str, Any]:
    found: dict[str, Any] = world.engine.search(index=question.alias, body=question.body)
    assert found["_shards"]["failed"] == 0
    return found


@pytest.mark.parametrize("shown", FIGURES, ids=lambda shown: shown["id"])
def test_every_panel_asks_what_the_engine_answers_with_data(world: World, shown: dict[str, Any]) -> None:
    questions = asked(shown, PATTERNS, context(shown["id"]))
    assert questions
    for question in questions:
        found = search(world, question)
        assert found["hits"]["total"]["value"] > 0
        for name, figure in found.get("aggregations", {}).items():
            assert has_data(figure), (name, figure)


def has_data(figure: dict[str, Any]) -> bool:
    """Whether a figure is known, and every group of it has one."""
    if "buckets" in figure:
        buckets = figure["buckets"]
        each = list(buckets.values() if isinstance(buckets, dict) else buckets)
        return any(bucket["doc_count"] for bucket in each)
    inner = [value for value in figure.values() if isinstance(value, dict) and "buckets" in value]
    if inner:
        return all(map(has_data, inner))
    return figure.get("value", figure.get("values", figure.get("hits"))) is not None


@pytest.mark.parametrize("shown", DRAWINGS, ids=lambda shown: shown["id"])
def test_every_drawing_is_drawn_of_the_answers(world: World, shown: dict[str, Any]) -> None:
    _, panel = PANELS[shown["id"]]
    saved = json.loads(json.loads(shown["attributes"]["visState"])["params"]["spec"])
    spec = sized(filled(saved, context(shown["id"]), lambda asks: search(world, asks)), panel.at[2], panel.at[3])
    drawn = list(marks(compiled(spec)))
    assert len(drawn) >= 2
    assert all(map(is_somewhere, drawn))
    assert sum(map(has_extent, drawn)) > len(drawn) / 2


def is_somewhere(mark: dict[str, Any]) -> bool:
    return all(mark.get(name, 0.0) is not None for name in ("x", "y", "path"))


def has_extent(mark: dict[str, Any]) -> bool:
    """Of a bar, whether it can be seen; what is no bar ends nowhere."""
    ends = [(mark[start], mark[end]) for start, end in (("x", "x2"), ("y", "y2")) if end in mark]
    return all(None not in pair and abs(pair[0] - pair[1]) > 0 for pair in ends)


def test_a_control_chooses_alerts_as_it_chooses_mentions(world: World) -> None:
    for topic in ("tp_phone", "tp_battery"):
        body = {"query": {"bool": {"filter": [phrase("mention.topic", topic)["query"]]}}}
        for index in ("alerts", "mentions"):
            hits = world.engine.search(index=index, body=body)["hits"]["hits"]
            assert {hit["_source"].get("topic") or hit["_source"]["mention"]["topic"] for hit in hits} == {topic}
    chosen = {"query": phrase("source", "gnuboard")["query"]}
    assert world.engine.count(index="alerts", body=chosen)["count"] == 4


def test_an_alert_in_the_engine_follows_the_table_and_is_nobody_s_words(world: World) -> None:
    alert = alerts(NOW)[0]
    document = world.engine.get(index=of_alerts.INDEX, id=alert.id)["_source"]
    assert (document["lead_minutes"], document["in_press"], document["noticed_minutes"]) == (214.0, True, 9.0)
    assert document["evidence"] == ["po_first"]
    assert "누군가" not in json.dumps(document, ensure_ascii=False)
    of_alerts.project(world.engine, [kept(alert, 3)])
    of_alerts.project(world.engine, [kept(alert, 2)])
    assert world.engine.get(index=of_alerts.INDEX, id=alert.id)["_version"] == 3


def test_an_alert_is_shown_as_it_is_told_handled_and_kept(world: World) -> None:
    table = AlertsTable(world.parts.table("AlertsTable"))
    alert = msgspec.structs.replace(alerts(NOW)[1], id=new_id("al"), workspace="ws_told")

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = world.engine.get(index=of_alerts.INDEX, id=alert.id)["_source"]
        return found

    assert Recorder(world.engine, table, world.parts.queue("DeliverQueue")).add(alert)
    assert (shown()["state"], shown()["acknowledged"]) == ("closed", False)
    change = AlertsPart(world.engine, table).routes()["PATCH /v1/alerts/{alert}"]
    body = {"body": json.dumps({"acknowledged": True, "assigned_to": "kim"})}
    asks = HttpRequest(id="r", route="", path={"alert": alert.id}, query={}, headers={}, raw=body)
    change.handle(asks, Caller(organization="org", workspaces=frozenset({"ws_told"}), scopes=frozenset(), key="key_a"))
    assert (shown()["acknowledged"], shown()["assigned_to"]) == (True, "kim")
    before = shown()
    world.engine.indices.delete(index=of_alerts.INDEX)
    of_alerts.project(world.engine, table.all())
    assert shown() == before
    of_alerts.project(world.engine, map(kept, alerts(NOW)))
    world.engine.indices.refresh(index=of_alerts.INDEX)


def test_alerts_of_a_topic_that_is_deleted_are_gone(world: World) -> None:
    gone = alerts(NOW)[2]
    of_alerts.project(world.engine, [kept(gone)])
    of_alerts.forget(world.engine, gone.topic)
    assert not world.engine.exists(index=of_alerts.INDEX, id=gone.id)
    of_alerts.forget(world.engine, "tp_unknown")
    of_alerts.project(world.engine, [kept(gone, 2)])
    world.engine.indices.refresh(index=of_alerts.INDEX)


def test_an_engine_that_lost_what_is_shown_of_operations_gets_it_back(world: World) -> None:
    def present() -> int:
        world.engine.indices.refresh(index="operations")
        count: int = world.engine.count(index="operations")["count"]
        return count

    before = present()
    world.projection.run(NOW)
    assert present() == before, "a look that is repeated writes the same documents"
    later = NOW + timedelta(minutes=5)
    assert world.projection.run(later) < before / 2, "only what is new is written"
    world.engine.indices.delete(index="operations-*")
    world.projection.run(later)
    assert present() == before + 3, "the queues of one more look"


@pytest.mark.skipif("PICTURES" not in os.environ, reason="make pictures draws them with a browser")
def test_pictures_are_prepared(world: World) -> None:
    folder = Path(os.environ["PICTURES"])
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        answers = {each["id"]: _prepared(world, each) for each in SHOWN[language] if each["id"] in PANELS}
        text = json.dumps({"names": NAMES, **answers}, ensure_ascii=False)
        (folder / f"{language}.json").write_text(text, "utf-8")


def _prepared(world: World, shown: dict[str, Any]) -> dict[str, Any]:
    _, panel = PANELS[shown["id"]]
    if panel.draw == "vega":
        saved = json.loads(json.loads(shown["attributes"]["visState"])["params"]["spec"])
        spec = filled(saved, context(shown["id"]), lambda asks: search(world, asks))
        return {"spec": sized(spec, panel.at[2], panel.at[3])}
    return {"answers": [search(world, question) for question in asked(shown, PATTERNS, context(shown["id"]))]}
