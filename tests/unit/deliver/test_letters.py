"""Letters in both languages, and what strangers write into them."""

from __future__ import annotations

import html.parser
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.alert.alert import LeadTime
from socialindex.deliver.letter import Letter, as_blocks, as_html, as_text
from socialindex.deliver.letters import letter_of, words_of
from socialindex.deliver.lines import link, one_line
from socialindex.deliver.words import Words
from tests.unit.deliver.samples import (
    AT,
    HOSTILE,
    alert,
    brief,
    destination,
    digest_topic,
    every_kind,
    evidence,
    of_alert,
    of_digest,
    of_mention,
    told,
)

if TYPE_CHECKING:
    from socialindex.deliver.digest import DigestTopic
    from socialindex.deliver.event import Event

EVERY = every_kind()
LONG = f"https://blog.example.com/{'%EB%B0%B0' * 60}"
"""An address of sixty Korean letters, as blogs have them."""
LINKS: dict[Any, str] = {
    "acknowledge": "https://api.example.com/v1/acts/aaa",
    "stop": "https://api.example.com/v1/acts/bbb",
}
HANGUL = re.compile("[가-힣]")


def written(event: Event, **fields: Any) -> Letter:
    return letter_of(event, destination(**fields), LINKS)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("event", EVERY, ids=[event.kind for event in EVERY])
def test_every_kind_is_a_letter_in_every_format(event: Event, language: Any) -> None:
    letter = written(event, language=language)
    text, page, blocks = as_text(letter), as_html(letter), as_blocks(letter)
    assert len(text) > 40
    assert "None" not in text
    assert "{" not in text
    assert page.startswith("<!DOCTYPE html>")
    assert blocks["text"]
    assert len(blocks["blocks"]) <= 50
    assert bool(HANGUL.search(letter.foot[0].replace("당직", ""))) is (language == "ko")


@pytest.mark.parametrize(
    ("expected", "said"),
    [(0.004, "0"), (0.5, "0.5"), (3.0, "3"), (9.97, "10"), (999.6, "1,000"), (1_234.5, "1,234"), (54_321.0, "54,321")],
)
def test_what_is_usual_is_a_number_that_people_read(expected: float, said: str) -> None:
    for language, sentence in (("en", f"this time of the week {said} are usual."), ("ko", f"보통 {said}명입니다.")):
        assert sentence in as_text(written(of_alert(expected=expected), language=language))


@pytest.mark.parametrize("kind", ["first", "reach"])
@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [("en", "1 voice in 5 minutes.", "usual"), ("ko", "5분 동안 1명이 말했습니다.", "보통")],
)
def test_of_an_alert_that_one_post_makes_nothing_is_said_to_be_usual(
    kind: str, language: Any, said: str, unsaid: str
) -> None:
    one: dict[str, Any] = {"window_minutes": 5, "observed": 1, "expected": 0.0, "negative_share": None, "terms": []}
    for explained in ({}, alert().explanation):
        text = as_text(written(of_alert(kind=kind, explanation=explained, **one), language=language))
        assert said in text
        assert unsaid not in text


@pytest.mark.parametrize(
    ("kind", "english", "korean"),
    [
        (
            "crisis",
            "Of those whose mood is known, 80% are negative",
            "분위기를 알 수 있는 사람 가운데 부정적인 비율은 80%입니다",
        ),
        ("term", "Of them, 80% are negative", "그 가운데 부정적인 비율은 80%입니다"),
    ],
)
def test_a_letter_says_of_whom_a_share_is_negative(kind: str, english: str, korean: str) -> None:
    for language, said in (("en", english), ("ko", korean)):
        assert said in as_text(written(of_alert(kind=kind), language=language))


@pytest.mark.parametrize(
    ("language", "unseen", "carrier"),
    [
        ("en", "everything of boards, news sites and blogs:", "퍼나르기 (Mastodon):"),
        ("ko", "못했습니다: 게시판, 뉴스·블로그. 실제로는", "퍼나르기 (마스토돈):"),
    ],
)
def test_places_are_called_as_people_call_them(language: Any, unseen: str, carrier: str) -> None:
    blind = ["gnuboard", "rhymix", "feed"]
    alert_text, digest_text = (
        as_text(written(event, language=language)) for event in (of_alert(blind=blind), of_digest(blind=blind))
    )
    assert unseen in alert_text
    assert unseen in digest_text
    assert carrier in alert_text


@pytest.mark.parametrize("event", EVERY, ids=[event.kind for event in EVERY])
@pytest.mark.parametrize(("language", "said"), [("en", "Links with a button"), ("ko", "단추가 있는 링크")])
def test_links_are_explained_where_there_are_any(event: Event, language: Any, said: str) -> None:
    """A chat's message has none."""
    mail, chat = (letter_of(event, destination(language=language), links) for links in (LINKS, {}))
    assert said in as_text(mail)
    assert said not in str(as_blocks(chat))


def test_the_way_to_stop_mails_is_a_link_where_a_mail_has_links() -> None:
    letter = written(of_alert())
    assert f'<a href="{LINKS["stop"]}">' in as_html(letter)
    assert LINKS["stop"] in as_text(letter).splitlines()[-1]


def test_both_languages_say_the_same() -> None:
    shape = {
        language: [(len(one.lead), len(one.sections), len(one.buttons), len(one.foot)) for one in written_in(language)]
        for language in ("en", "ko")
    }
    assert shape["en"] == shape["ko"]
    assert set(words_of("en").kinds) == set(words_of("ko").kinds)
    assert not Words.__abstractmethods__ - set(dir(words_of("ko")))


def written_in(language: Any) -> list[Letter]:
    return [written(event, language=language) for event in EVERY]


def test_an_alert_explains_itself_and_can_be_acknowledged() -> None:
    letter = written(of_alert())
    assert letter.subject == "[위기·높음] 누리폰12: 지금 확인해 주세요"
    assert letter.lead[:2] == ["많은 사람이 말합니다.", "지금 답하세요."]
    text = as_text(letter)
    for said in ("42명", "35분 먼저", "뉴스 채널 7곳", "「발열」", "퍼나르기", "https://board.example.com/p1", "확인:"):
        assert said in text
    assert LINKS["acknowledge"] in text
    assert written(of_alert(explanation={})).lead[0].startswith("「누리폰12」 위기")


@pytest.mark.parametrize(("language", "said"), [("en", "is over"), ("ko", "끝났습니다")])
def test_an_alert_that_the_press_writes_of_after_its_end_is_told_as_over(language: Any, said: str) -> None:
    over: dict[str, Any] = {"state": "closed", "closed_at": AT, "revision": 4}
    end, article = (written(of_alert(kind, **over), language=language) for kind in ("alert.closed", "alert.updated"))
    assert said in article.subject
    assert (article.subject, article.lead) == (end.subject, end.lead)
    assert written(of_alert("alert.updated", revision=2), language=language).subject != end.subject


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", "So far only the press has it: no post by anybody else was found (of 7 news channels", "No article"),
        ("ko", "지금까지는 기사만 나왔고, 그 밖의 글은 찾지 못했습니다 (우리가 읽는 뉴스 채널 7곳", "아직 기사가"),
    ],
)
def test_an_alert_says_that_only_the_press_has_it(language: Any, said: str, unsaid: str) -> None:
    lead = LeadTime(minutes=None, first_post=None, first_article=evidence("p2"), news_channels=7)
    text = as_text(written(of_alert(lead_time=lead), language=language))
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("minutes", "english", "korean"),
    [
        (0, "1 minute", "1분"),
        (0.3, "1 minute", "1분"),
        (1, "1 minute", "1분"),
        (95, "1 hour 35 minutes", "1시간 35분"),
        (119.4, "1 hour 59 minutes", "1시간 59분"),
        (119.6, "2 hours", "2시간"),
        (149, "2 hours 29 minutes", "2시간 29분"),
        (205, "3 hours 25 minutes", "3시간 25분"),
        (360, "6 hours", "6시간"),
        (2_879, "1 day 23 hours", "1일 23시간"),
        (3_000, "2 days 2 hours", "2일 2시간"),
        (4_319.6, "3 days", "3일"),
        (2_000_000, "1,388 days 21 hours", "1,388일 21시간"),
    ],
)
def test_a_length_of_time_is_told_so_that_it_is_true(minutes: float, english: str, korean: str) -> None:
    """Half of some answers came within 2 hours, it said, where they took 149 minutes."""
    assert (words_of("en").span(minutes), words_of("ko").span(minutes)) == (english, korean)
    answered = as_text(written(of_digest(topics=[digest_topic(answer_minutes=minutes)]), language="en"))
    assert f"half of them within {english}." in answered


@pytest.mark.parametrize("minutes", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", "The first article came in the same minute as the first post (of 7 news channels", " 0 minutes"),
        ("ko", "첫 글과 첫 기사가 같은 때에 나왔습니다 (우리가 읽는 뉴스 채널 7곳", " 0분"),
    ],
)
def test_within_a_minute_nobody_was_first(language: Any, said: str, unsaid: str, minutes: float) -> None:
    lead = LeadTime(minutes=minutes, first_post=evidence(), first_article=evidence("p2"), news_channels=7)
    (one,) = digest_topic().alerts
    row = digest_topic(alerts=[msgspec.structs.replace(one, lead_minutes=minutes)])
    of_one, of_day = (
        as_text(written(event, language=language)) for event in (of_alert(lead_time=lead), of_digest(topics=[row]))
    )
    assert said in of_one
    assert unsaid not in of_one + of_day


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", "We read no news channels, so we cannot say whether the press has it.", "No article"),
        ("ko", "읽는 뉴스 채널이 없어 기사가 나왔는지는 알 수 없습니다.", "아직 기사가"),
    ],
)
def test_without_news_channels_nothing_is_said_of_the_press(language: Any, said: str, unsaid: str) -> None:
    lead = LeadTime(minutes=None, first_post=evidence(), first_article=None, news_channels=0)
    text = as_text(written(of_alert(lead_time=lead), language=language))
    assert said in text
    assert unsaid not in text


def test_a_digest_tells_what_happened_why_who_and_what_to_do() -> None:
    text = as_text(written(of_digest(), language="en"))
    for said in (
        "1,204 mentions, 286% more than a week before (312).",
        "Of those whose mood is known, 58% are negative, after 21% a week before.",
        "40 mentions answered; half of them within 22 minutes.",
        "about: 발열, 리콜; carried by: 퍼나르기.",
        "You could know it 1 hour 35 minutes before the first of 7 news channels wrote of it.",
        "누리폰12: an alert is open and nobody has acknowledged it.",
        "누리폰12: 3 posts should be answered already.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 0, ("as a week before", "한 주 전과 같습니다")),
        (5, 0, ("none a week before", "한 주 전에는 없었습니다")),
        (
            5,
            None,
            ("5 mentions, how many a week before is not known.", "5건, 한 주 전에는 몇 건이었는지 알 수 없습니다."),
        ),
        (105, 100, ("about as many as a week before (100)", "한 주 전(100건)과 비슷합니다")),
        (50, 100, ("50% fewer than a week before (100)", "한 주 전(100건)보다 50% 적습니다")),
        (1, 1_000, ("99.9% fewer than a week before (1,000)", "한 주 전(1,000건)보다 99.9% 적습니다")),
        (1_280, 10, ("12,700% more than a week before (10)", "한 주 전(10건)보다 12,700% 많습니다")),
    ],
)
def test_numbers_are_told_beside_those_of_the_week_before(now: int, before: int | None, said: tuple[str, str]) -> None:
    row: DigestTopic = digest_topic(mentions=now, mentions_before=before)
    for language, words in zip(("en", "ko"), said, strict=True):
        assert words in " ".join(words_of(language).digest_topic(row))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "english", "korean"),
    [(0.004, "0.4%", "0.4%"), (0.0001, "under 0.1%", "0.1% 미만"), (0.9999, "over 99.9%", "99.9% 이상")],
)
def test_few_are_not_nobody_and_most_are_not_all(share: float, english: str, korean: str) -> None:
    row: DigestTopic = digest_topic(negative_share=share, negative_share_before=share)
    of_one = of_alert(negative_share=share, usual_negative_share=share)
    for language, said in (
        ("en", (f"{english} are negative, after {english} a week", f"{english} are negative; {english} is usual.")),
        ("ko", (f"비율은 {korean}입니다 (한 주 전 {korean}).", f"비율은 {korean}입니다 (평소 {korean}).")),
    ):
        texts = (as_text(written(event, language=language)) for event in (of_digest(topics=[row]), of_one))
        assert all(words in text for words, text in zip(said, texts, strict=True))


@pytest.mark.parametrize(
    ("total", "english", "korean"),
    [
        ((90, 60), "90 posts in all, 50% more than a week before (60).", "모두 90건, 한 주 전(60건)보다 50% 많습니다."),
        ((90, None), "90 posts in all, how many", "모두 90건, 한 주 전에는 몇 건이었는지 알 수 없습니다."),
        ((None, None), "2,408 posts in all, how many", "모두 2,408건, 한 주 전에는 몇"),
    ],
    ids=["known", "of a new topic, too", "made before it was counted"],
)
def test_a_digest_tells_of_all_topics_together(total: tuple[int | None, int | None], english: str, korean: str) -> None:
    event = of_digest(topics=[digest_topic()] * 2, mentions=total[0], mentions_before=total[1])
    for language, said in (("en", english), ("ko", korean)):
        (lead,) = written(event, language=language).lead
        assert lead.startswith(said)


TAKEN: list[dict[str, Any]] = [{"acknowledged": True}, {"assigned_to": "김하나"}, {"closed_at": AT}]


@pytest.mark.parametrize(
    ("alerts", "english", "korean"),
    [
        ([{}], "an alert is open and nobody has acknowledged it", "열린 경보 1건을 아직 아무도"),
        ([{}, *TAKEN, {}], "2 alerts are open and nobody has acknowledged them", "열린 경보 2건을 아직 아무도"),
        (TAKEN, "Nothing needs to be done.", "지금 하실 일은 없습니다."),
    ],
    ids=["one", "some", "all are somebody's"],
)
def test_a_digest_asks_once_a_topic_who_takes_what_nobody_has_taken(
    alerts: list[dict[str, Any]], english: str, korean: str
) -> None:
    (one,) = digest_topic().alerts
    shown = [msgspec.structs.replace(one, id=f"al_{place}", **each) for place, each in enumerate(alerts)]
    for language, said in (("en", english), ("ko", korean)):
        letter = written(of_digest(topics=[digest_topic(alerts=shown, overdue=0)]), language=language)
        (line,) = letter.sections[0].lines
        assert said in line.text


def test_where_nothing_is_to_be_done_it_says_so() -> None:
    text = as_text(written(of_digest(topics=[digest_topic(alerts=[], overdue=0)])))
    assert "지금 하실 일은 없습니다." in text
    assert "아직 보고 있는 주제가 없습니다" in as_text(written(of_digest(topics=[])))


# --- what strangers write --------------------------------------------------------------------------------------------


class Tags(html.parser.HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"} and value]


OURS = {"html", "head", "meta", "title", "body", "h1", "h2", "p", "ul", "li", "a", "br"}


def hostile_events(text: str) -> list[Event]:
    post = evidence(title=text, excerpt=text, author=text, platform=text, source=text, url=f"javascript:{text}")
    spreader = msgspec.structs.replace(alert().spreaders[0], name=text, source=text)
    term = msgspec.structs.replace(alert().terms[0], term=text)
    return [
        of_alert(
            topic_name=text,
            evidence=[post],
            spreaders=[spreader],
            terms=[term],
            blind=[text],
            explanation={"ko": text, "en": text},
            assigned_to=text,
        ),
        of_mention(
            topic_name=text, assignee=text, mentions=[brief(title=text, author=text, platform=text, url=post.url)]
        ),
        of_digest(topics=[digest_topic(name=text, posts=[post])], blind=[text]),
    ]


@given(
    st.text(max_size=60) | st.sampled_from([HOSTILE, "*_~`<!channel> <@U1> <https://x.example|y> & \"'", "\r\n.\r\n"])
)
def test_strangers_words_stay_words(text: str) -> None:
    for event in hostile_events(text):
        letter = letter_of(event, destination(name=one_line(text) or "x"), LINKS)
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", letter.subject)
        page = Tags(as_html(letter))
        assert page.tags <= OURS
        assert all(address.startswith("https://api.example.com/") for address in page.links)
        message = as_blocks(letter)
        marked = [message["text"], *(part["text"] for part in parts(message) if part.get("type") == "mrkdwn")]
        assert not [one for one in marked if re.search("<(?!https://api.example.com/|https://board)", one)]


def parts(block: Any) -> list[dict[str, Any]]:
    """All objects in a message."""
    if isinstance(block, dict):
        return [block, *(each for value in block.values() for each in parts(value))]
    return [each for value in block for each in parts(value)] if isinstance(block, list) else []


@pytest.mark.parametrize(
    ("paragraphs", "language", "last"),
    [(48, "en", "47"), (49, "en", "There was no room"), (200, "ko", "나머지는 자리가 없어")],
)
def test_a_chat_is_told_that_there_was_no_room_for_all(paragraphs: int, language: Any, last: str) -> None:
    letter = Letter("a", language, [str(number) for number in range(paragraphs)], foot=["small print"])
    *_, said, foot = blocks = as_blocks(letter)["blocks"]
    assert len(blocks) <= 50
    assert said["text"]["text"].startswith(last)
    assert foot["type"] == "context"


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://board.example.com/1?a=b&c=%20", True),
        ("http://board.example.com/", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("data:text/html,x", False),
        ("https://a.example/ https://b.example/", False),
        ("https://a.example/\r\nX: y", False),
        (f"https://a.example/{'a' * 3_000}", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_linked(url: str | None, is_taken: bool) -> None:
    assert (link(url) is not None) is is_taken


def shown_in_chat(event: Event) -> list[str]:
    """The sections of a chat's message."""
    return [block["text"]["text"] for block in as_blocks(written(event))["blocks"] if block["type"] == "section"]


def many_alerts() -> Event:
    """A summary of as many alerts as there may be, of a topic with a long name."""
    over = alert(topic_name="누리폰 12 " * 8, state="closed", closed_at=AT)
    alerts = [msgspec.to_builtins(msgspec.structs.replace(over, id=f"al_{number}")) for number in range(30)]
    return told("alert.summary", {"quiet_until": AT.isoformat(), "alerts": alerts})


@pytest.mark.parametrize(
    "event",
    [
        of_alert(evidence=[evidence(f"p{number}", title="긴 제목 " * 30, url=LONG) for number in range(5)]),
        of_mention(count=10, mentions=[brief(post=f"p{number}", url=LONG) for number in range(10)]),
        of_digest(topics=[digest_topic(topic=f"tp_{number}", posts=[evidence(url=LONG)] * 3) for number in range(20)]),
        many_alerts(),
    ],
    ids=lambda event: event.kind,
)
def test_a_chat_is_shown_every_line_whole(event: Event) -> None:
    sections = shown_in_chat(event)
    assert all(len(text) <= 3_000 and text.count("<") == text.count(">") for text in sections)
    lines = [line.text for section in written(event).sections for line in section.lines]
    assert sum(text.count("• ") for text in sections) == len(lines)


def test_an_address_that_a_chat_has_no_room_for_is_left_out_alone() -> None:
    posts = [
        brief(title=name, url=f"https://board.example.com/?{'a=1&' * times}") for name, times in (("a", 500), ("b", 1))
    ]
    *_, text = shown_in_chat(of_mention(mentions=posts))
    first, second = text.splitlines()[1:]
    assert (first[:2], "http" in first) == ("• ", False)
    assert second.startswith("• <https://board.example.com/?a=1&amp;|")
