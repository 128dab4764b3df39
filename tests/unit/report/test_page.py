"""The page: it needs nothing else, runs nothing, shows what is known, and no stranger's words can change that."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialindex.alert.alert import Spreader
from socialindex.report.branding import Branding
from socialindex.report.model import MonthReport, ReportAlerts, ReportBlind, ReportPosts, ReportTerm, ReportTopic
from socialindex.report.month import month_of
from socialindex.report.page import WORDS, page, policy_of
from tests.unit.report.pages import Page
from tests.unit.report.samples import (
    AGENCY,
    MONTH,
    answers,
    answers_report,
    incident,
    places,
    plain,
    post,
    raised,
    report,
    voices,
)

if TYPE_CHECKING:
    from socialindex.deliver.destination import Language
    from socialindex.report.words import Words

LANGUAGES: list[Language] = ["en", "ko"]
HOSTILE = "</bdi><script>alert(1)</script><img src=x onerror=y>\" ' \u202e{since}"
each_language = pytest.mark.parametrize("language", LANGUAGES)


def shown(language: Language = "en", brand: Branding = AGENCY, **fields: Any) -> Page:
    return Page(page(report(**fields), MONTH, language, brand))


@each_language
def test_a_page_needs_nothing_else_and_runs_nothing(language: Language) -> None:
    found = shown(language)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"}
    loaded = [
        value for _, attributes in found.elements for name, value in attributes.items() if name in {"src", "srcset"}
    ]
    assert loaded == [AGENCY.logo]
    (style,) = found.styles
    assert not re.search(r"url\(|@import|@font-face|expression", style)
    assert all(not name.startswith("on") and name != "style" for _, names in found.shape for name in names)


def test_the_policy_names_the_one_style_that_there_is() -> None:
    found = shown()
    (policy,) = [meta["content"] for meta in found.named("meta") if "http-equiv" in meta]
    digest = base64.b64encode(hashlib.sha256(found.styles[0].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert policy_of(AGENCY) == f"{policy}; frame-ancestors 'none'"
    assert policy_of(Branding()) != policy_of(AGENCY)


@each_language
def test_every_chart_says_what_it_shows(language: Language) -> None:
    charts = [one for one in shown(language).named("svg") if "aria-hidden" not in one]
    assert len(charts) == 8
    assert all(one["role"] == "img" and one["aria-label"] for one in charts)
    assert not [one for one in charts if "{" in one["aria-label"]]


@each_language
def test_nothing_is_left_unfilled(language: Language) -> None:
    assert not re.search(r"[{}]|None|nan", shown(language).words)


def strange(text: str) -> MonthReport:
    """A report in which everything that a stranger can write is the same."""
    person = answers_report().assignees[0]
    return report(
        topic=ReportTopic(id="tp_a", name=text, q=text, known_since=MONTH.since),
        sources=places((text, 3, 0.1)),
        platforms=places((text, 3, 0.1)),
        languages=places((text, 3, None)),
        hashtags=places((text, 3, None)),
        terms=[ReportTerm(term=text, mentions=1)],
        voices=[msgspec.structs.replace(one, name=text) for one in voices()],
        alerts=msgspec.structs.replace(report().alerts, incidents=[incident(terms=[text], sources=[text])]),
        answers=answers_report(assignees=[msgspec.structs.replace(person, assignee=text)]),
        posts=ReportPosts(
            most=[post(1, author=text, excerpt=text, platform=text, source=text, url=text)],
            spreaders=[Spreader(author="a", name=text, source=text, posts=1, spread=2)],
            looked_at=1,
        ),
    )


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40), st.sampled_from(LANGUAGES))
@example(HOSTILE, "ko")
@example("<script>", "en")
@example("javascript:alert(1)", "en")
def test_what_strangers_write_is_text(text: str, language: Language) -> None:
    brand = msgspec.structs.replace(AGENCY, name=text)
    usual = page(strange("nuri"), MONTH, language, msgspec.structs.replace(AGENCY, name="nuri"))
    written = page(strange(text), MONTH, language, brand)
    assert Page(written.encode().decode()).shape == Page(usual).shape


def test_a_post_is_linked_where_its_address_is_one() -> None:
    assert {one["href"] for one in shown().named("a")} == {f"https://board.example.com/bbs/{n}" for n in range(1, 6)}
    assert all("noopener" in one["rel"] for one in shown().named("a"))


# What is not known


@each_language
def test_a_month_of_which_nothing_is_known_is_a_page_too(language: Language) -> None:
    nothing = answers(mentions=0, answered=0, median_minutes=None, p90_minutes=None, within_target=0, missed=0,
                      share_within_target=None, open=0, assigned=0, overdue=0)  # fmt: skip
    mood = {"positive": 0, "neutral": 0, "negative": 0, "unknown": 0, "negative_share": None}
    quiet = [
        msgspec.structs.replace(one, mentions=0, before=None, positive=0, neutral=0, negative=0, unknown=0, blind=[])
        for one in report().days
    ]
    found = shown(
        language,
        Branding(),
        mentions=0,
        deduplicated=0,
        mentions_before=None,
        mood=msgspec.structs.replace(report().mood, **mood),
        mood_before=None,
        days=quiet,
        **{name: [] for name in ("sources", "platforms", "languages", "hashtags", "terms", "voices", "blind")},
        alerts=msgspec.structs.replace(alerts(), mentions=0, answered=0, open=0),
        answers=answers_report(total=nothing, weeks=[], assignees=[], target_minutes=None),
        posts=ReportPosts(most=[], spreaders=[], looked_at=0),
    )  # fmt: skip
    words = WORDS[language]
    for said in (words.headline_quiet, words.no_mentions, words.no_voices, words.no_alerts, words.all_seen):
        assert said in found.words
    assert words.before_unknown in found.words
    assert "0%" not in found.words
    assert not found.named("img")


@each_language
def test_parts_that_were_not_told_in_time_are_said_to_be_left_out(language: Language) -> None:
    found = shown(language, terms=None, voices=None, posts=None, left_out=["terms", "voices", "posts"])
    assert found.words.count(WORDS[language].not_in_time) == 4


@each_language
def test_an_unknown_month_before_is_no_zero(language: Language) -> None:
    days = [msgspec.structs.replace(one, before=None) for one in report().days]
    found = shown(language, mentions_before=None, mood_before=None, days=days)
    assert WORDS[language].before_unknown in found.words
    assert not found.named("polyline")
    assert shown(language).named("polyline")


def test_what_was_not_seen_is_stated() -> None:
    words = shown().words
    assert "boards" in words
    assert "1 day 4 hours" in words
    assert "some channels" in words
    assert "Posts whose time is not known, and which are in no figure: 12." in words


@each_language
def test_sources_of_one_name_that_were_not_seen_are_told_apart(language: Language) -> None:
    """Else one place was not seen for two lengths of time."""
    blind = [
        ReportBlind(source="gnuboard", minutes=90, whole=True),
        ReportBlind(source="gnuboard", minutes=30, whole=False),
        ReportBlind(source="rhymix", minutes=60, whole=True),
        ReportBlind(source="mastodon", minutes=60, whole=True),
    ]
    text, name = shown(language, blind=blind).text, WORDS[language].source
    limits = text[text.index(WORDS[language].headings.limits) :]
    assert limits.count(f"{name('gnuboard')} (gnuboard)") == 2
    assert f"{name('rhymix')} (rhymix)" in limits
    assert name("mastodon") in limits


# Words


def test_both_languages_fill_in_the_same() -> None:
    english, korean = (fields(WORDS[language]) for language in LANGUAGES)
    assert english == korean


def fields(words: Words) -> dict[str, set[str]]:
    """What is filled into each sentence; a month and a day are written in other orders."""
    said = {name: getattr(words, name) for name in words.__struct_fields__}
    filled = {name: set(re.findall(r"{(\w+)}", text)) for name, text in said.items() if isinstance(text, str)}
    return {name: found for name, found in filled.items() if name not in {"month", "day", "moment"}}


@pytest.mark.parametrize(
    ("minutes", "english", "korean"),
    [
        (0.2, "1 minute", "1분"),
        (1, "1 minute", "1분"),
        (59.6, "1 hour", "1시간"),
        (372, "6 hours 12 minutes", "6시간 12분"),
        (-40, "40 minutes", "40분"),
        (24 * 60 + 61, "1 day 1 hour", "1일 1시간"),
    ],
)
def test_lengths_of_time(minutes: float, english: str, korean: str) -> None:
    assert (WORDS["en"].span(minutes), WORDS["ko"].span(minutes)) == (english, korean)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (150, 100, "50% more a day than the month before (100 in all)"),
        (50, 100, "50% fewer a day than the month before (100 in all)"),
        (1, 1_000, "99.9% fewer a day than the month before (1,000 in all)"),
        (1_280, 10, "12,700% more a day than the month before (10 in all)"),
        (105, 100, "about as many a day as the month before (100 in all)"),
        (5, 0, "none the month before"),
        (5, None, "the month before is not known"),
    ],
)
def test_a_month_beside_the_one_before(now: int, before: int | None, said: str) -> None:
    assert WORDS["en"].beside(now, before) == said


@pytest.mark.parametrize(
    ("name", "end", "mentions", "before", "english", "korean"),
    [
        (
            "2027-03",
            "2027-04-02",
            3100,
            2800,
            "about as many a day as",
            "하루 평균이 지난달과 비슷함 (지난달 모두 2,800건)",
        ),
        (
            "2027-02",
            "2027-03-02",
            2800,
            3100,
            "about as many a day as",
            "하루 평균이 지난달과 비슷함 (지난달 모두 3,100건)",
        ),
        (
            "2027-02",
            "2027-03-02",
            3100,
            3100,
            "11% more a day than",
            "하루 평균이 지난달보다 11% 많음 (지난달 모두 3,100건)",
        ),
        (
            "2027-03",
            "2027-03-31",
            3000,
            2800,
            "about as many a day as",
            "하루 평균이 지난달과 비슷함 (지난달 모두 2,800건)",
        ),
        (
            "2027-03",
            "2027-03-15",
            1400,
            1400,
            "about as many a day as",
            "하루 평균이 지난달과 비슷함 (지난달 모두 1,400건)",
        ),
    ],
)
def test_months_of_different_length_are_compared_by_day(
    name: str, end: str, mentions: int, before: int, english: str, korean: str
) -> None:
    month = month_of(name, "UTC", datetime.fromisoformat(end).replace(tzinfo=UTC))
    made = report(mentions=mentions, mentions_before=before, is_over=month.is_over)
    for language, said in (("en", english), ("ko", korean)):
        assert Page(page(made, month, language, AGENCY)).words.count(said) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "said", "charted"),
    [("en", "99.6%, under 0.1%", "over 99.9%"), ("ko", "99.6%, 0.1% 미만", "99.9% 이상")],
)
def test_few_are_not_nobody_and_most_are_not_all(language: Language, said: str, charted: str) -> None:
    first, second, *_ = voices()
    own = msgspec.structs.replace(first, share=0.996, share_deduplicated=0.9999)
    other = msgspec.structs.replace(second, share=0.0001, share_deduplicated=0.0001)
    mood, mood_before = (msgspec.structs.replace(report().mood, negative_share=share) for share in (0.996, 0.0001))
    found = shown(language, voices=[own, other], mood=mood, mood_before=mood_before)
    under = said.rpartition(", ")[2]
    for words in ("99.6%", WORDS[language].month_before.format(before=under), charted):
        assert words in found.text
    assert not {"0%", "100%"} & {word.strip(".,;()") for word in found.words.split()}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "134% more a day than the month before (1,266 in all)"),
        ("ko", "하루 평균이 지난달보다 134% 많음 (지난달 모두 1,266건)"),
    ],
)
def test_the_number_of_the_month_before_is_said_to_be_all_of_it(language: Language, said: str) -> None:
    """Beside a mean it was read as one."""
    assert shown(language).words.count(said) == 2


def test_in_korean_too_a_share_of_voice_is_the_topics_own() -> None:
    """It was read as that of all topics together."""
    assert "견준 주제 2개까지 모두 합한 언급 가운데 이 주제의 점유율은 50%이고, " in shown("ko").words


# The first page


def led(lead: float | None) -> dict[str, Any]:
    return {"lead_minutes": lead} if lead is not None else {"lead_minutes": None, "first_article_at": None}


def alerts(*leads: float | None, channels: int = 12, **fields: Any) -> ReportAlerts:
    found = [incident(**{"news_channels": channels, **led(lead), **fields}) for lead in leads]
    known = [lead for lead in leads if lead is not None]
    return ReportAlerts(
        total=len(leads),
        over=len(leads),
        heard_first=sum(lead > 0 for lead in known),
        in_press=len(known),
        median_lead_minutes=None,
        mentions=10,
        answered=4,
        open=1,
        incidents=found,
        **raised(found),
    )


ONLY_PRESS = alerts(None, first_post_at=None, first_article_at=MONTH.since)


@pytest.mark.parametrize(
    ("found", "headline", "card"),
    [
        (alerts(372.0, -40.0), "Heard 6 hours 12 minutes before the press", "Heard first: 1 of 2 alerts"),
        (alerts(-40.0), "The press was first by 40 minutes", "Heard first: 0 of 1 alert that"),
        (alerts(None), "Heard before it became news", "No article yet in 12 news channels"),
        (
            ONLY_PRESS,
            "Only the press had it",
            "no post by anybody else (we read 12 news channels)",
        ),
        (ONLY_PRESS, "Only the press had it", "Press only"),
        (alerts(None, channels=0), "Alerts raised: 1", "No news channels are read"),
        (alerts(), "A month without an alert", "No alert became news"),
    ],
)
def test_the_first_page_says_what_was_heard_before_the_press(found: ReportAlerts, headline: str, card: str) -> None:
    words = shown(alerts=found).words
    assert headline in words
    assert card in words


LOUD: dict[str, Any] = {"lead_minutes": -40.0, "mentions": 5_000}
EARLY: dict[str, Any] = {"lead_minutes": 300.0, "mentions": 12}


@pytest.mark.parametrize(
    ("found", "headline", "largest"),
    [
        ([EARLY, LOUD], "The press was first by 40 minutes", "mentions: 5,000"),
        ([EARLY, LOUD | led(None)], "Heard before it became news", "mentions: 5,000"),
        ([EARLY, LOUD | {"severity": "medium"}], "Heard 5 hours before the press", "mentions: 12."),
    ],
)
def test_the_first_page_is_about_the_worst_incident_not_that_with_the_longest_lead(
    found: list[dict[str, Any]], headline: str, largest: str
) -> None:
    words = shown(alerts=msgspec.structs.replace(alerts(), incidents=[incident(**one) for one in found])).words
    assert headline in words
    assert largest in words


@pytest.mark.parametrize("lead", [0.0, 0.4, -0.4])
@pytest.mark.parametrize(
    ("language", "headline", "card", "unsaid"),
    [
        ("en", "Heard in the same minute as the press", "In the same minute", "by 0 minutes"),
        ("ko", "언론과 같은 때에 들었습니다", "언론과 같은 때", "언론이 0분"),
    ],
)
def test_of_what_the_press_had_at_the_same_time_nobody_was_first(
    lead: float, language: Language, headline: str, card: str, unsaid: str
) -> None:
    page = shown(language, alerts=alerts(lead, first_article_at=incident().first_post_at))
    assert headline in page.words
    assert page.words.count(card) > 1
    assert unsaid not in page.words


@each_language
def test_of_what_came_in_the_same_minute_the_course_says_no_length(language: Language) -> None:
    usual = incident()
    first = usual.first_post_at
    assert first
    soon = incident(opened_at=first + timedelta(seconds=20))
    found = shown(language, alerts=msgspec.structs.replace(alerts(), incidents=[soon])).text
    words = WORDS[language]
    at = found.index(words.steps["alert"])
    assert words.after.format(span=words.span(1)) not in found[at : at + 4]


def test_in_korean_too_the_first_page_says_that_only_the_press_had_it() -> None:
    page = shown("ko", alerts=ONLY_PRESS)
    for said in ("언론에만 나왔습니다", "기사만 나옴", "기사만 나왔고 그 밖의 글은 없었습니다"):
        assert said in page.words
    assert "기사가 없습니다" not in page.words


def test_the_first_page_says_how_fast_it_was_answered_and_what_came_of_it() -> None:
    words = shown().words
    assert "42 minutes" in words
    assert "75% within the target of 1 hour" in words
    assert "2 of 3 over" in words
    assert "Of 1,260 mentions during alerts, answered: 225, open: 47" in words


def test_alerts_that_are_left_out_count_too() -> None:
    """Of forty-five the worst thirty are told one by one."""
    found = alerts(*[None] * 30, severity="medium")
    days = [*found.days, MONTH.first]
    alone = shown(alerts=found)
    more = shown(alerts=msgspec.structs.replace(found, total=45, severities={"medium": 31, "low": 14}, days=days))
    assert "medium 31, low 14" in more.words
    assert len(marks(more)) == len(marks(alone)) + 1


def marks(page: Page) -> list[dict[str, str]]:
    """Triangles above the days on which an alert was raised."""
    return [one for one in page.named("path") if one["d"].endswith("l-5 -9h10z")]


ONE: dict[str, Any] = {
    "alerts": msgspec.structs.replace(
        report().alerts, heard_first=1, in_press=1, mentions=1, incidents=[incident(news_channels=1)]
    ),
    "answers": answers_report(total=answers(mentions=1, answered=1)),
    "days": [msgspec.structs.replace(one, mentions=int(not place)) for place, one in enumerate(report().days)],
    "posts": ReportPosts(most=[post(1)], spreaders=[], looked_at=1),
    "voices": voices()[:2],
}
"""A month in which there is one of each thing."""


def test_of_one_thing_it_is_said_as_of_one() -> None:
    words = shown(**ONE).words
    for said in (
        "Heard first: 1 of 1 alert that became news (we read 1 news channel)",
        "Of 1 mention during alerts",
        "Share of voice beside 1 other topic:",
        "Of 1 mention found this month, answered: 1",
        ": 1 mention.",
        "Chosen from 1 post:",
    ):
        assert said in words
    unanswered = answers(mentions=1, answered=0, p90_minutes=None)
    assert "Of 1 mention found this month, none" in shown(answers=answers_report(total=unanswered)).words
    assert "No article yet in 1 news channel that we read" in shown(alerts=alerts(None, channels=1)).words
    assert not re.search(r"(?<![\d,.])1 (alerts|mentions|posts|other topics|news channels)\b", words)


def test_without_a_target_none_is_claimed() -> None:
    found = shown(answers=answers_report(target_minutes=None, total=answers(overdue=0)))
    assert "No target is set" in found.words
    assert "within the target" not in found.words


def test_steps_stand_in_the_order_of_time() -> None:
    (course,) = [one["aria-label"] for one in shown().named("svg") if "Course" in one.get("aria-label", "")]
    names = ["First post", "Alert", "Seen by you", "First answer", "First article", "Over"]
    places = [course.index(name) for name in names]
    assert places == sorted(places)


def covering(*, known: datetime = MONTH.since, **fields: Any) -> dict[str, Any]:
    """A month without mentions, of which so much is known."""
    topic = msgspec.structs.replace(report().topic, known_since=known)
    nothing: dict[str, Any] = {"mentions": 0, "deduplicated": 0, "voices": [], "terms": []}
    return {**nothing, "topic": topic, "coverage": msgspec.structs.replace(report().coverage, **fields)}


LATER = MONTH.until + timedelta(days=3)


@pytest.mark.parametrize(
    ("covered", "is_known", "said"),
    [
        (covering(), True, ("no figure: 12", "세지 않았습니다")),
        (covering(history_since=date(2026, 10, 20)), True, ("no figure: 12", "세지 않았습니다")),
        (
            covering(history_since=date(2026, 11, 10)),
            True,
            ("The plan shows public posts from 10 Nov, 09:00 on", "요금제에 따라 11월 10일 09:00부터의 공개 글만"),
        ),
        (
            covering(history_since=date(2026, 12, 10)),
            False,
            ("The plan shows public posts from 10 Dec, 09:00 on", "요금제에 따라 12월 10일 09:00부터의 공개 글만"),
        ),
        (covering(kept_since=LATER), False, ("are deleted.", "전에 처음 본 글은 지웠습니다")),
        (covering(known=LATER), False, ("were not looked through", "찾아보지 않았습니다")),
    ],
    ids=["all", "all of it", "a part by the plan", "none by the plan", "deleted", "a new topic"],
)
def test_a_month_of_which_nothing_is_known_is_not_said_to_have_had_no_mentions(
    covered: dict[str, Any], is_known: bool, said: tuple[str, str]
) -> None:
    for language, sentence in zip(LANGUAGES, said, strict=True):
        found, words = shown(language, **covered).words, WORDS[language]
        assert sentence in found
        assert (words.no_mentions in found, words.none_known in found) == (is_known, not is_known)


def test_answers_of_a_person_are_shown() -> None:
    assert plain(answers_report().assignees[0])["mentions"] == 121
    assert "121" in shown().words
