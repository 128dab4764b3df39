"""Events as the other stages make them, and destinations that are told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.alert.alert import Alert, Evidence, LeadTime, Spreader, Term
from socialindex.alert.announcing import event as alert_event
from socialindex.deliver.destination import Destination, Secrets, Wishes
from socialindex.deliver.digest import Digest, DigestAlert, DigestTopic
from socialindex.deliver.event import Event, event_id
from socialindex.mentions.telling import Brief, MentionsTold

if TYPE_CHECKING:
    from socialindex.deliver.event import Kind

AT = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
HOSTILE = '<script>alert("x")</script>\r\nBcc: all@example.com\u202e'
"""What a stranger may write into a title, a name or a topic's name."""


def evidence(post: str = "p1", **fields: Any) -> Evidence:
    plain: dict[str, Any] = {
        "source": "gnuboard",
        "platform": "board.example.com",
        "url": f"https://board.example.com/{post}",
        "title": "배터리가 부풀었어요",
        "excerpt": "어제 산 누리폰12 배터리가 부풀었습니다.",
        "author": "김*수",
        "published_at": AT,
        "spread": 12,
    }
    return Evidence(post=post, **{**plain, **fields})


def alert(**fields: Any) -> Alert:
    plain: dict[str, Any] = {
        "id": "al_abcdefghijklmnopqrstuvwx",
        "topic": "tp_a",
        "workspace": "ws_a",
        "topic_name": "누리폰12",
        "kind": "crisis",
        "severity": "high",
        "state": "open",
        "revision": 1,
        "since": AT - timedelta(minutes=40),
        "opened_at": AT,
        "updated_at": AT,
        "window_minutes": 30,
        "observed": 42,
        "expected": 3.0,
        "score": 12.0,
        "negative_share": 0.8,
        "usual_negative_share": 0.2,
        "mentions": 60,
        "sources": ["gnuboard", "mastodon"],
        "evidence": [evidence()],
        "terms": [Term(term="발열", mentions=20, times=8.5)],
        "spreaders": [Spreader(author="author_key_1", name="퍼나르기", source="mastodon", posts=3, spread=17)],
        "lead_time": LeadTime(minutes=95.0, first_post=evidence(), first_article=evidence("p2"), news_channels=7),
        "explanation": {"en": "Many speak of it.\n\nAnswer now.", "ko": "많은 사람이 말합니다.\n\n지금 답하세요."},
    }
    return Alert(**{**plain, **fields})


def of_alert(told_as: Kind = "alert.opened", **fields: Any) -> Event:
    return alert_event(alert(**fields), told_as)


def brief(**fields: Any) -> Brief:
    plain: dict[str, Any] = {
        "id": "mn_a",
        "post": "p1",
        "source": "gnuboard",
        "platform": "board.example.com",
        "url": "https://board.example.com/1",
        "title": "환불 되나요?",
        "excerpt": "누리폰12 환불 되나요?",
        "author": "이*영",
        "published_at": AT,
        "sentiment": -0.4,
        "status": "assigned",
        "assignee": "당직",
        "due_at": AT + timedelta(hours=1),
    }
    return Brief(**{**plain, **fields})


def of_deleted(topic: str) -> Event:
    """That a topic is no more."""
    return Event(id=f"ev_{topic}", kind="topic.deleted", workspace="ws_a", topic=topic, at=AT)


def of_mention(kind: Kind = "mention.due", **fields: Any) -> Event:
    plain: dict[str, Any] = {
        "topic": "tp_a",
        "topic_name": "누리폰12",
        "assignee": "당직",
        "by": None,
        "count": 1,
        "mentions": [brief()],
    }
    return told(kind, MentionsTold(**{**plain, **fields}), topic="tp_a")


def digest_topic(**fields: Any) -> DigestTopic:
    plain: dict[str, Any] = {
        "topic": "tp_a",
        "name": "누리폰12",
        "mentions": 1_204,
        "mentions_before": 312,
        "positive": 100,
        "neutral": 404,
        "negative": 700,
        "negative_share": 700 / 1_204,
        "negative_share_before": 0.21,
        "posts": [evidence()],
        "alerts": [
            DigestAlert(
                id="al_a",
                kind="crisis",
                severity="high",
                opened_at=AT,
                closed_at=None,
                acknowledged=False,
                lead_minutes=95.0,
                news_channels=7,
                terms=["발열", "리콜"],
                spreaders=[Spreader(author="author_key_1", name="퍼나르기", source="mastodon", posts=3, spread=17)],
            )
        ],
        "answered": 40,
        "answer_minutes": 22.5,
        "overdue": 3,
    }
    return DigestTopic(**{**plain, **fields})


def of_digest(**fields: Any) -> Event:
    plain: dict[str, Any] = {
        "period": "day",
        "since": AT - timedelta(days=1),
        "until": AT,
        "time_zone": "Asia/Seoul",
        "topics": [digest_topic()],
        "topics_left_out": 0,
        "blind": [],
    }
    return told("digest.daily", Digest(**{**plain, **fields}))


def told(kind: Kind, data: Any, *, topic: str | None = None, name: str = "x") -> Event:
    plain = data if isinstance(data, dict) else msgspec.to_builtins(data)
    return Event(id=event_id(kind, name), kind=kind, workspace="ws_a", topic=topic, at=AT, data=plain)


def every_kind() -> list[Event]:
    """An event of every kind."""
    test = {"destination": "ds_a", "name": "당직"}
    topic = {"id": "tp_a", "name": "누리폰12", "q": "누리폰12", "trouble": "the query is too expensive"}
    summary = {"quiet_until": AT.isoformat(), "alerts": [msgspec.to_builtins(alert(state="closed", closed_at=AT))]}
    return [
        of_alert("alert.opened"),
        of_alert("alert.updated", revision=2),
        of_alert("alert.closed", state="closed", closed_at=AT, revision=3),
        told("alert.summary", summary),
        of_mention("mention.assigned"),
        of_mention("mention.due"),
        told("topic.suspended", topic, topic="tp_a"),
        of_digest(),
        msgspec.structs.replace(of_digest(period="week"), kind="digest.weekly"),
        told("test", test),
        told("destination.confirm", test),
    ]


def destination(**fields: Any) -> Destination:
    plain: dict[str, Any] = {
        "workspace": "ws_a",
        "id": "ds_a",
        "name": "당직",
        "way": "webhook",
        "address": "https://hooks.example.com/a",
        "secrets": Secrets(secret=SECRET),
        "wishes": Wishes(events=["alert.opened", "alert.closed", "mention.due", "topic.suspended"]),
        "language": "ko",
        "time_zone": "Asia/Seoul",
        "state": "active",
        "created_at": AT,
        "changed_at": AT,
    }
    return Destination(**{**plain, **fields})
