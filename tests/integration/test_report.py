"""A topic's month on real servers: figures that can be counted by hand, the page, an agency's name, and isolation."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from infra.local.events.http_event import Request
from socialindex.access import Scope
from socialindex.alert.alert import Alert, Evidence, LeadTime, Term
from socialindex.alert.identity import alert_id
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.branding import Brandings
from socialindex.aws.health import Health
from socialindex.identity import author_key, post_id
from socialindex.mentions import merge
from socialindex.report.incidents import SHOWN
from socialindex.report.month import month_of
from socialindex.watch.events import Finding, HealthEvent
from tests.integration.mention_world import NOW, World, document, fresh, home
from tests.integration.parts import real_parts, unique
from tests.integration.whole_api import whole_api
from tests.unit.report.pages import Page
from tests.unit.report.samples import data_address, png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running
    from socialindex.topics.topic import Topic

pytestmark = pytest.mark.integration

ZONE: Final = "Asia/Seoul"
MONTH: Final = month_of(None, ZONE, NOW)
"""The last one that is over."""
HOSTILE: Final = "<script>alert(1)</script>"
ASKED: Final = {"month": MONTH.name, "time_zone": ZONE}


def at(day: int, hour: float = 12) -> datetime:
    """A time of the month, by Seoul's clocks."""
    return MONTH.since + timedelta(days=day - 1, hours=hour)


def author(name: str) -> dict[str, Any]:
    return {"id": f"urn:{name}", "key": author_key(f"urn:{name}"), "name": name}


class Story:
    """A month: a burst of bad words about one topic on its 19th, an alert of it, answers; and a rival."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.topic = world.topic(name=f"누리폰 {HOSTILE}", answer_minutes=60)
        self.rival = world.topic(name="가온폰", q="가온폰")
        self._blind()
        self.nothing, self.nothing_shown = self.report(), self.page()
        self.quiet, self.bad = self._said()
        self._answered()
        self.alert = self._alert()

    def _said(self) -> tuple[list[str], list[str]]:
        first = post_id("urn:bad0")
        quiet = [self.mention(f"quiet{n}", at(5), sentiment=0.5, source="feed", hashtags=["누리"]) for n in range(4)]
        bad = [
            self.mention(
                f"bad{number}",
                at(19, 12 + number / 4),
                sentiment=-0.8,
                text=f"누리폰12 배터리 발열 {HOSTILE}",
                title=f"{HOSTILE} {number}",
                author=author(f"{HOSTILE} {number}"),
                metrics={"likes": 10 * number, "reposts": 0, "read_at": at(20).isoformat()},
                cluster_id=first if number < 3 else post_id(f"urn:bad{number}"),
            )
            for number in range(6)
        ]
        self.mention("before", MONTH.before_since + timedelta(days=3), sentiment=-0.8)
        self.mention("after", MONTH.until + timedelta(minutes=1), sentiment=-0.8)
        self.world.done("PATCH", home(self.topic, self.mention("noise", at(7))), {"noise": True})
        self.world.change(self.mention("gone", at(8)), merge.erasing())
        self.world.match(self.rival, *(document(f"rival{n}", at=at(9)) for n in range(5)), at=at(9))
        return quiet, bad

    def mention(self, name: str, when: datetime, **fields: Any) -> str:
        (found,) = self.world.match(self.topic, document(name, at=when, **fields), at=when)
        return found

    def _answered(self) -> None:
        """Two in time, one too late; one waits."""
        for number, hours in ((0, 0.5), (1, 3), (3, 0.75)):
            one = home(self.topic, self.bad[number])
            answered = at(19, 12 + number / 4 + hours)
            self.world.done("PATCH", one, {"assignee": "Kim"})
            self.world.done("PATCH", one, {"answer": {"text": "교환", "at": answered.isoformat()}})
        self.world.done("PATCH", home(self.topic, self.bad[2]), {"assignee": "Lee"})

    def _blind(self) -> None:
        finding = Finding(
            kind="errors", source="mastodon", since=at(11, 0), message="its answers fail", evidence={}, channel=None
        )
        event = HealthEvent(
            id=unique("he"), finding=finding, opened_at=at(11, 0), seen_at=at(11, 6), closed_at=at(11, 6)
        )
        Health(self.world.parts.table("HealthTable")).close(event)

    def _alert(self) -> Alert:
        first = Evidence(post=post_id("urn:bad0"), source="mastodon", published_at=at(19, 12))
        article = Evidence(post=post_id("urn:article"), source="feed", published_at=at(19, 18))
        alert = Alert(
            id=alert_id(self.topic.id, "burst"), topic=self.topic.id, workspace=self.world.workspace,
            topic_name=self.topic.name, kind="crisis", severity="high", state="closed", revision=1,
            since=at(19, 11.9), opened_at=at(19, 12.5), updated_at=at(20), closed_at=at(20, 0), window_minutes=60,
            observed=6, expected=0.5, score=9.0, sources=["mastodon"], evidence=[first],
            terms=[Term(term="발열", mentions=6, times=9.0)],
            lead_time=LeadTime(minutes=360.0, first_post=first, first_article=article, news_channels=4),
        )  # fmt: skip
        assert AlertsTable(self.world.parts.table("AlertsTable")).save(None, alert, "alert.opened")
        return alert

    def report(self, **query: Any) -> Any:
        return self.world.done("GET", where(self.topic), format="json", **{**ASKED, **query})

    def page(self, language: str = "ko") -> Page:
        told = self.world.call("GET", where(self.topic), language=language, **ASKED)
        assert (told.status, told.content_type) == (200, "text/html"), told
        return Page(told.text)


def where(topic: Topic) -> str:
    return f"/v1/topics/{topic.id}/report"


@pytest.fixture(scope="module")
def story(servers: Running, engine_url: str) -> Iterator[Story]:
    with real_parts(servers) as parts, whole_api(parts, engine_url) as api:
        yield Story(fresh(api, engine_url))


def test_before_the_first_mention_of_all_a_report_says_that_there_is_none(story: Story) -> None:
    told = story.nothing
    assert (told["mentions"], told["mentions_before"], told["left_out"]) == (0, 0, [])
    assert told["mood"] == {"positive": 0, "neutral": 0, "negative": 0, "unknown": 0, "negative_share": None}
    assert {day["mentions"] for day in told["days"]} == {0}
    assert [(one["mentions"], one["share"]) for one in told["voices"]] == [(0, None), (0, None)]
    assert "이달에는 언급이 없었습니다." in story.nothing_shown.words


def test_what_is_counted_is_what_was_said(story: Story) -> None:
    told = story.report()
    assert (told["mentions"], told["mentions_before"], told["deduplicated"]) == (10, 1, 8)
    assert (told["mood"]["positive"], told["mood"]["negative"], told["mood"]["unknown"]) == (4, 6, 0)
    assert (told["mood"]["negative_share"], told["mood_before"]["negative_share"]) == (0.6, 1.0)
    days = {day["at"]: day for day in told["days"] if day["mentions"]}
    assert [(day["mentions"], day["negative"]) for day in days.values()] == [(4, 0), (6, 6)]
    assert sum(day["before"] or 0 for day in told["days"]) == 1
    assert [(one["value"], one["mentions"], one["negative_share"]) for one in told["sources"]] == [
        ("mastodon", 6, 1.0),
        ("feed", 4, 0.0),
    ]
    assert [(one["value"], one["mentions"]) for one in told["hashtags"]] == [("누리", 4)]
    assert told["left_out"] == []
    assert told["is_over"] is True


def test_a_month_has_its_days_by_the_zones_clocks(story: Story) -> None:
    days = story.report()["days"]
    assert days[0]["at"] == MONTH.since.isoformat().replace("+00:00", "Z")
    assert len(days) == (MONTH.until - MONTH.since) / timedelta(days=1)


def test_alerts_tell_the_lead_and_what_came_of_them(story: Story) -> None:
    alerts = story.report()["alerts"]
    assert (alerts["total"], alerts["heard_first"], alerts["in_press"], alerts["median_lead_minutes"]) == (1, 1, 1, 360)
    assert (alerts["mentions"], alerts["answered"], alerts["open"], alerts["over"]) == (6, 3, 3, 1)
    (one,) = alerts["incidents"]
    assert (one["alert"], one["lead_minutes"], one["news_channels"]) == (story.alert.id, 360, 4)
    assert (one["mentions"], one["answered"], one["open"]) == (6, 3, 3)
    assert one["first_answered_at"] == at(19, 12.5).isoformat().replace("+00:00", "Z")


def test_answers_are_told_beside_the_target(story: Story) -> None:
    answers = story.report()["answers"]
    total = answers["total"]
    assert answers["target_minutes"] == 60
    assert (total["mentions"], total["answered"], total["within_target"], total["overdue"]) == (10, 3, 2, 1)
    assert total["median_minutes"] == pytest.approx(45)
    assert {one["assignee"]: one["answered"] for one in answers["assignees"]} == {"Kim": 3, "Lee": 0}


def test_a_topic_is_heard_beside_the_others_of_its_workspace(story: Story) -> None:
    for query in ({}, {"beside": story.rival.id}, {"beside": f"{story.topic.id},{story.rival.id}"}):
        own, rival = story.report(**query)["voices"]
        assert (own["topic"], own["mentions"], own["deduplicated"]) == (story.topic.id, 10, 8)
        assert (rival["name"], rival["mentions"], rival["share"]) == ("가온폰", 5, pytest.approx(1 / 3))
        assert own["share_deduplicated"] == pytest.approx(8 / 13)


def test_what_spread_is_shown_once_with_who_carried_it(story: Story) -> None:
    posts = story.report()["posts"]
    assert posts["looked_at"] == 10
    copied = [one for one in posts["most"] if one["spread"]]
    assert [(one["post"], one["spread"]) for one in copied] == [(post_id("urn:bad0"), 2)]
    assert [(one["name"], one["spread"]) for one in posts["spreaders"]] == [(f"{HOSTILE} 0", 2)]


@pytest.mark.parametrize(
    ("by", "named", "spread"),
    [
        (["A", "B", "A", None], "0", [("0", 2)]),  # who repeats themselves has not spread it
        (["A", "A", "A"], "0", []),
        ([None, None, "A"], "0", [("0", 2)]),
        (["A", "B", "C"], "2", [("0", 2)]),  # the group has the name of the one that was seen first
        (["A", "B", "C"], "last month", [("0", 2)]),
    ],
)
def test_what_others_copied_is_the_spread_of_the_first_that_was_published(
    story: Story, by: list[str | None], named: str, spread: list[tuple[str, int]]
) -> None:
    topic, run = story.world.topic(name="copied"), unique("copied")
    who = [author(f"{run} {one}") if one else {"name": "ㅇㅇ"} for one in by]
    posts = [
        document(f"{run} {place}", at=at(10, place), author=one, cluster_id=post_id(f"urn:{run} {named}"))
        for place, one in enumerate(who)
    ]
    story.world.match(topic, *posts)
    told = story.world.done("GET", where(topic), format="json", **ASKED)["posts"]
    assert [(one["post"], one["spread"]) for one in told["most"]] == [
        (post_id(f"urn:{run} {name}"), count) for name, count in spread
    ]
    carried = [(one["name"], one["spread"]) for one in told["spreaders"]]
    assert carried == [(f"{run} {by[0]}", count) for _, count in spread if by[0]]


@pytest.mark.parametrize(("shown", "spread"), [(3, 4), (5, 6), (0, 4)])
def test_reposts_that_have_the_words_are_among_those_that_the_source_counts(
    story: Story, shown: int, spread: int
) -> None:
    topic, run = story.world.topic(name="reposted"), unique("reposted")
    metrics = {"likes": 10, "reposts": shown, "read_at": at(11).isoformat()}
    first = document(f"{run} 0", at=at(10, 0), author=author(f"{run} 0"), metrics=metrics)
    others = [
        document(
            f"{run} {n}",
            at=at(10, n),
            author=author(f"{run} {n % 4}"),
            cluster_id=first["id"],
            **({} if n == 5 else {"kind": "repost", "repost_of": first["id"]}),
        )
        for n in range(1, 6)  # three by others, one by the author, and a copy
    ]
    story.world.match(topic, first, *others)
    told = story.world.done("GET", where(topic), format="json", **ASKED)["posts"]
    assert {one["post"]: one["spread"] for one in told["most"]} == {first["id"]: spread}


def test_what_was_not_seen_is_told(story: Story) -> None:
    told = story.report()
    assert told["blind"] == [{"source": "mastodon", "minutes": 360, "whole": True}]
    assert [day["at"] for day in told["days"] if day["blind"]] == [at(11, 0).isoformat().replace("+00:00", "Z")]
    assert told["coverage"]["blind"][0]["kind"] == "errors"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", ["언론보다 6시간 먼저 들었습니다", "45분", "1건이 목표를 넘겨 기다립니다", "마스토돈"]),
        ("en", ["Heard 6 hours before the press", "45 minutes", "Waiting beyond the target: 1", "Mastodon"]),
    ],
)
def test_the_page_says_it_in_words_and_keeps_strangers_words_text(story: Story, language: str, said: list[str]) -> None:
    page = story.page(language)
    assert [words for words in said if words not in page.words] == []
    assert HOSTILE in page.words
    assert not {"script", "link", "iframe"} & {tag for tag, _ in page.elements}
    assert {one["href"] for one in page.named("a")} <= {f"https://social.example/bad{n}" for n in range(6)}


def test_the_answer_is_what_accept_takes(story: Story) -> None:

    def told(accept: str) -> str:
        answer = story.world.api.ask(
            Request(
                method="GET", path=where(story.topic), query=f"month={MONTH.name}", protocol="HTTP/1.1", body=b"",
                headers=[("Authorization", f"Bearer {story.world.key}"), ("Accept", accept)], source_ip="127.0.0.1",
            )
        )  # fmt: skip
        assert answer.status == 200
        kinds = {name.lower(): value for name, value in answer.headers}
        assert kinds["cache-control"] == "no-store"
        return kinds["content-type"].partition(";")[0]

    assert told("application/json") == "application/json"
    assert told("text/html,application/xhtml+xml,*/*;q=0.8") == "text/html"
    assert told("*/*") == "text/html"


@pytest.mark.parametrize(
    "query", [{"month": "2026-13"}, {"month": "2099-01"}, {"time_zone": "Nuri"}, {"language": "fr"}]
)
def test_what_is_no_report_is_refused(story: Story, query: dict[str, str]) -> None:
    told = story.world.call("GET", where(story.topic), **{**ASKED, **query})
    assert told.status == 400
    assert told.body["remedy"]


def test_before_what_was_looked_through_nothing_is_claimed(story: Story) -> None:
    young = story.world.topic(name="young", since=MONTH.since - timedelta(days=2))
    told = story.world.done("GET", where(young), format="json", **ASKED)
    assert (told["mentions"], told["mentions_before"], told["mood_before"]) == (0, None, None)
    assert told["mood"]["negative_share"] is None
    assert {day["before"] for day in told["days"]} == {None}


def test_alerts_that_are_left_out_are_counted(story: Story) -> None:
    loud = story.world.topic(name="loud")
    table = AlertsTable(story.world.parts.table("AlertsTable"))
    assert story.alert.lead_time is not None
    of_the_press = msgspec.structs.replace(story.alert.lead_time, minutes=None, first_post=None)
    with_the_press = msgspec.structs.replace(story.alert.lead_time, minutes=0.4)
    for number, lead in enumerate([*[story.alert.lead_time] * SHOWN, of_the_press, with_the_press]):
        worse = number < SHOWN
        one = msgspec.structs.replace(
            story.alert,
            id=alert_id(loud.id, f"burst {number}"),
            topic=loud.id,
            severity="medium" if worse else "low",
            opened_at=at(2 if worse else 3, 0.5),
            lead_time=lead,
        )
        assert table.save(None, one, "alert.opened")
    told = story.world.done("GET", where(loud), format="json", **ASKED)["alerts"]
    assert (told["total"], len(told["incidents"])) == (SHOWN + 2, SHOWN)
    assert told["severities"] == {"medium": SHOWN, "low": 2}
    assert (told["heard_first"], told["in_press"]) == (SHOWN, SHOWN + 2), "in the same minute nobody is first"
    assert told["days"] == [f"{MONTH.name}-02", f"{MONTH.name}-03"]


def test_of_more_alerts_than_are_shown_the_one_most_was_said_in_comes_first(story: Story) -> None:
    busy = story.world.topic(name="busy")
    story.world.match(busy, document("busy", at=at(9)), at=at(9))
    table = AlertsTable(story.world.parts.table("AlertsTable"))
    small = [
        {"since": at(2), "opened_at": at(2, number / 4), "closed_at": at(3), "mentions": 9} for number in range(SHOWN)
    ]
    large = {"since": at(8), "opened_at": at(8, 1), "closed_at": at(10), "mentions": 5_000}
    for number, fields in enumerate([*small, large]):
        one = {"id": alert_id(busy.id, f"burst {number}"), "topic": busy.id, **fields}
        assert table.save(None, msgspec.structs.replace(story.alert, **one), "alert.opened")
    told = story.world.done("GET", where(busy), format="json", **ASKED)["alerts"]["incidents"]
    assert len(told) == SHOWN
    assert (told[0]["opened_at"], told[0]["mentions"]) == (at(8, 1).isoformat().replace("+00:00", "Z"), 1)
    assert {one["mentions"] for one in told[1:]} == {0}


def test_a_month_that_goes_on_is_reported_so_far(story: Story) -> None:
    moment = datetime.now(tz=UTC)
    now = month_of(f"{moment:%Y-%m}", "UTC", moment)
    told = story.report(month=now.name, time_zone="UTC")
    assert told["is_over"] is False
    assert told["from"] == now.since.isoformat().replace("+00:00", "Z")


# Branding and isolation


def test_an_agencys_name_and_logo_stand_on_the_page_until_the_workspace_goes(story: Story) -> None:
    world = story.world
    path = f"/v1/workspaces/{world.workspace}/branding"
    assert world.done("GET", path) == {"name": None, "logo": None, "color": None}
    kept = world.done("PUT", path, {"name": f"Gaon {HOSTILE}", "logo": data_address(png()), "color": "#6A1B4D"})
    assert world.done("GET", path) == kept
    assert b"Somebody" not in base64.b64decode(kept["logo"].partition(",")[2])
    page = story.page()
    assert [one["src"] for one in page.named("img")] == [kept["logo"]]
    assert f"Gaon {HOSTILE}" in page.words
    assert "--accent:#6A1B4D" in page.styles[0]
    told = world.call("PUT", path, {"logo": "data:image/svg+xml;base64,PHN2Zy8+"})
    assert (told.status, world.done("GET", path)) == (400, kept)
    assert world.done("PUT", path, {}) == {"name": None, "logo": None, "color": None}
    assert not story.page().named("img")


def test_a_workspace_that_goes_takes_its_branding_along(story: Story) -> None:
    world = story.world
    manager = world.tenant.manager
    space = world.api.done(manager, "POST", "/v1/workspaces", {"name": unique("client")})["id"]
    path = f"/v1/workspaces/{space}/branding"
    world.api.done(manager, "PUT", path, {"name": "Gaon"})
    table = world.parts.table("AccessTable")

    assert Brandings(table).of(space).name == "Gaon"
    world.api.done(manager, "DELETE", f"/v1/workspaces/{space}")
    assert Brandings(table).of(space).name is None


def test_another_workspace_learns_nothing(story: Story) -> None:
    world = story.world
    other = world.api.done(world.tenant.manager, "POST", "/v1/workspaces", {"name": unique("client")})["id"]
    key = world.tenant.key(other)
    for path in (where(story.topic), f"/v1/workspaces/{world.workspace}/branding"):
        assert world.call("GET", path, key=key).status == 404
    assert world.call("PUT", f"/v1/workspaces/{world.workspace}/branding", {"name": "x"}, key=key).status == 404
    theirs = world.topic(workspace=other, name="theirs")
    for beside in (theirs.id, "tp_nothing"):
        told = world.call("GET", where(story.topic), beside=beside)
        assert (told.status, json.loads(told.text)["detail"]) == (404, "there is no such topic")
    assert theirs.id not in json.dumps(story.report())


def test_a_key_that_only_writes_may_not_read(story: Story) -> None:
    key = story.world.tenant.key(story.world.workspace, scopes=[Scope.WRITE])
    assert story.world.call("GET", where(story.topic), key=key).status == 403
