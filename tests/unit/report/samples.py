"""A month of an invented phone: its battery incident, as a report has it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from socialindex.alert.alert import Spreader
from socialindex.report.branding import Branding
from socialindex.report.model import (
    MonthReport,
    ReportAlerts,
    ReportBlind,
    ReportDay,
    ReportIncident,
    ReportMood,
    ReportPlace,
    ReportPost,
    ReportPosts,
    ReportTerm,
    ReportTopic,
    ReportVoice,
)
from socialindex.report.month import Month, month_of
from socialindex.search.analytics.coverage import Coverage
from socialindex.search.mentions.answers import Answers, AnswersReport, PersonAnswers, WeekAnswers

NOW: Final = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
MONTH: Final = month_of("2026-11", "Asia/Seoul", NOW)
CARRIERS: Final = [("퍼나르기", "mastodon"), ("소식통", "gnuboard"), ("Jiho", "rhymix")]
BURST: Final = (0,) * 18 + (9, 34, 28, 17, 11, 7, 4, 3, 2, 1, 1, 0)
"""How many times as loud the days of November were."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November, by Seoul's clocks."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


def days(month: Month = MONTH) -> list[ReportDay]:
    found = []
    for place, burst in enumerate(BURST):
        usual = 38 + (place * 7) % 13 - (9 if place % 7 in {0, 6} else 0)
        mentions = usual + burst * 14
        negative = round(usual * 0.13 + burst * 14 * 0.62)
        positive = round(usual * 0.34)
        unknown = round(mentions * 0.04)
        found.append(
            ReportDay(
                at=month.since + timedelta(days=place),
                mentions=mentions,
                before=36 + (place * 5) % 11,
                positive=positive,
                neutral=mentions - negative - positive - unknown,
                negative=negative,
                unknown=unknown,
                blind=["gnuboard"] if place in {10, 11} else [],
            )
        )
    return found


def incident(**fields: Any) -> ReportIncident:
    plain: dict[str, Any] = {
        "alert": "al_aaaaaaaaaaaaaaaaaaaaaaaa",
        "kind": "crisis",
        "severity": "high",
        "since": at(19, 14, 20),
        "opened_at": at(19, 14, 55),
        "acknowledged_at": at(19, 15, 4),
        "closed_at": at(22, 23, 30),
        "first_post_at": at(19, 14, 22),
        "first_article_at": at(19, 20, 34),
        "lead_minutes": 372.0,
        "news_channels": 12,
        "negative_share": 0.71,
        "terms": ["발열", "부풀", "리콜", "충전기", "환불"],
        "sources": ["gnuboard", "mastodon", "rhymix"],
        "mentions": 1_178,
        "answered": 214,
        "open": 31,
        "first_answered_at": at(19, 16, 10),
    }
    return ReportIncident(**{**plain, **fields})


def incidents() -> list[ReportIncident]:
    return [
        incident(),
        incident(
            kind="shift", severity="medium", since=at(9, 9), opened_at=at(9, 10), acknowledged_at=None,
            closed_at=at(9, 18), first_post_at=at(9, 9), first_article_at=at(9, 8, 20), lead_minutes=-40.0,
            terms=["가격", "사전예약"], sources=["feed", "mastodon"], mentions=64, answered=9, open=0,
        ),
        incident(
            kind="term", severity="low", since=at(26, 11), opened_at=at(26, 11), closed_at=None,
            acknowledged_at=None, first_article_at=None, lead_minutes=None, terms=["녹색줄"], mentions=18, answered=2,
            open=16, sources=["gnuboard"], first_answered_at=None, first_post_at=at(26, 11),
        ),
    ]  # fmt: skip


def raised(alerts: list[ReportIncident]) -> dict[str, Any]:
    """What is told of these alerts in all, where none is left out."""
    return {
        "severities": Counter(one.severity for one in alerts),
        "days": sorted({one.opened_at.astimezone(MONTH.zone).date() for one in alerts}),
    }


def answers(**fields: Any) -> Answers:
    plain: dict[str, Any] = {
        "mentions": 2_431, "answered": 262, "median_minutes": 42.0, "p90_minutes": 190.0, "within_target": 171,
        "missed": 58, "share_within_target": 0.747, "open": 47, "assigned": 20, "overdue": 6,
    }  # fmt: skip
    return Answers(**{**plain, **fields})


def plain(found: Answers) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Answers.__struct_fields__}


def answers_report(**fields: Any) -> AnswersReport:
    medians = [(1, 55.0), (2, 48.0), (9, 71.0), (16, 38.0), (23, 29.0)]
    weeks = [WeekAnswers(week=at(day, 0), **plain(answers(median_minutes=took))) for day, took in medians]
    people = [
        PersonAnswers(assignee=name, **plain(answers(mentions=count, answered=count - 3, median_minutes=took, open=3)))
        for name, count, took in (("김하나", 121, 35.0), ("이두리", 88, 51.0), ("박세진", 53, 44.0))
    ]
    given: dict[str, Any] = {"total": answers(), "weeks": weeks, "assignees": people, "target_minutes": 60, **fields}
    return AnswersReport(topic="tp_nuri", since=MONTH.since, until=MONTH.until, **given)


def post(number: int, **fields: Any) -> ReportPost:
    plain: dict[str, Any] = {
        "post": f"p{number}",
        "source": "gnuboard",
        "platform": "board.example.com",
        "url": f"https://board.example.com/bbs/{number}",
        "author": f"누리사용자{number}",
        "excerpt": "누리폰12 충전하다가 뒷판이 부풀었습니다. 사진 올립니다. 저만 이런가요?",
        "published_at": at(19, 14 + number),
        "sentiment": -0.7,
        "spread": 64 - 9 * number,
        "engagement": 900,
        "resonance": 12.4 - number,
    }
    return ReportPost(**{**plain, **fields})


def places(*found: tuple[str, int, float | None]) -> list[ReportPlace]:
    return [ReportPlace(value=value, mentions=count, negative_share=share) for value, count, share in found]


def voices() -> list[ReportVoice]:
    found = [("누리폰", 2_431, 1_630), ("가온폰", 1_704, 1_202), ("한빛폰", 688, 540)]
    total, stories = sum(one[1] for one in found), sum(one[2] for one in found)
    return [
        ReportVoice(
            topic=f"tp_{name}", name=name, mentions=mentions, deduplicated=apart, share=mentions / total,
            share_deduplicated=apart / stories,
        )
        for name, mentions, apart in found
    ]  # fmt: skip


def report(**fields: Any) -> MonthReport:
    """A report with everything in it."""
    found, shown = days(), incidents()
    counts = {name: sum(getattr(day, name) for day in found) for name in ("positive", "neutral", "negative", "unknown")}
    known = sum(counts.values()) - counts["unknown"]
    plain: dict[str, Any] = {
        "topic": ReportTopic(id="tp_nuri", name="누리폰", q="누리폰 OR NuriPhone", known_since=at(1, 0)),
        "month": "2026-11",
        "since": MONTH.since,
        "until": MONTH.until,
        "time_zone": "Asia/Seoul",
        "is_over": True,
        "made_at": NOW,
        "mentions": sum(day.mentions for day in found),
        "deduplicated": 1_630,
        "mentions_before": 1_266,
        "mood": ReportMood(**counts, negative_share=counts["negative"] / known),
        "mood_before": ReportMood(positive=400, neutral=660, negative=150, unknown=56, negative_share=0.124),
        "days": found,
        "sources": places(("gnuboard", 980, 0.49), ("mastodon", 611, 0.31), ("rhymix", 402, 0.44), ("feed", 284, 0.2),
                          ("youtube", 154, 0.25)),
        "platforms": places(("board.example.com", 980, 0.49), ("social.example", 611, 0.31),
                            ("forum.example.com", 402, 0.44), ("news.example.com", 198, 0.2)),
        "languages": places(("ko", 2_177, 0.41), ("en", 226, 0.2), ("ja", 28, None)),
        "hashtags": places(("누리폰12", 512, 0.4), ("배터리", 301, 0.6), ("리콜", 122, 0.5), ("nuriphone", 98, 0.2)),
        "terms": [ReportTerm(term=word, mentions=400 - 31 * place) for place, word in enumerate(
            ["발열", "뒷판", "부풀", "리콜", "충전기", "환불", "서비스센터", "안전", "배터리 교체", "공지"])],
        "voices": voices(),
        "alerts": ReportAlerts(
            total=3, over=2, heard_first=1, in_press=2, median_lead_minutes=166.0, mentions=1_260, answered=225,
            open=47, incidents=shown, **raised(shown),
        ),
        "answers": answers_report(),
        "posts": ReportPosts(
            most=[post(number) for number in range(1, 6)],
            spreaders=[
                Spreader(author=f"a{place}", name=name, source=source, posts=2, spread=88 - 20 * place)
                for place, (name, source) in enumerate(CARRIERS)
            ],
            looked_at=238,
        ),
        "blind": [ReportBlind(source="gnuboard", minutes=1_730, whole=False)],
        "left_out": [],
        "coverage": Coverage(
            since=MONTH.since, until=MONTH.until, time_zone="Asia/Seoul", undated=12, blind=[], silent=[],
            health_since=at(1, 0), kept_since=None, history_since=None, sample=None, estimates=["deduplicated"],
        ),
    }  # fmt: skip
    return MonthReport(**{**plain, **fields})


def png(width: int = 180, height: int = 44, *, after: bytes = b"") -> bytes:
    """A picture: a block of one color."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    row = b"\x00" + bytes((11, 61, 102)) * width
    text = b"Author\x00Somebody"
    body = [(b"IHDR", head), (b"tEXt", text), (b"IDAT", zlib.compress(row * height)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in body) + after


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_address(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


AGENCY: Final = Branding(name="가온 커뮤니케이션", logo=data_address(png()), color="#6A1B4D")
