"""The sentences that alerts are explained in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from socialindex.alert.alert import AlertKind


class Tongue(msgspec.Struct, frozen=True, kw_only=True):
    """The sentences of one language."""

    language: Literal["en", "ko"]
    what: dict[AlertKind, str]
    """With name, observed, window, times, share, usual and word."""
    was: dict[AlertKind, str]
    """Instead of ``what``, of kinds that would be said to go on, where it is over."""
    mood: str
    mood_of_all: str
    """Instead of ``mood``, of a word: all who have it are counted, whether their mood is known or not."""
    times: str
    nobody: str
    """Instead of ``times``, where none are usual."""
    since: str
    mentions: str
    closed: str
    where: str
    blind: str
    words: str
    spreader: str
    writer: str
    """Instead of ``spreader``, of whom nothing was taken up yet."""
    nameless: str
    before_press: str
    after_press: str
    with_press: str
    """Instead of both, where the two were published in one minute."""
    only_press: str
    """Instead of these, where all posts are articles or advertisements."""
    no_article: str
    no_news: str
    channels: tuple[str, str]
    """One news channel, and several."""
    todo: dict[AlertKind, str]
    statement: str
    over: str
    both: str
    moment: str
    units: tuple[str, str, str]
    """Days, hours, minutes."""
    plural: str
    """What follows a unit of which there is not one."""
    sources: dict[str, str]

    def unit(self, number: int, place: int) -> str:
        """So many days, hours or minutes."""
        return f"{number:,}{self.units[place]}{'' if number == 1 else self.plural}"

    def counted(self, channels: int) -> str:
        """So many news channels."""
        return self.channels[0] if channels == 1 else self.channels[1].format(channels)

    def source(self, name: str) -> str:
        """A source as people call it."""
        return self.sources.get(name, name)


ENGLISH: Final = Tongue(
    language="en",
    what={
        "first": "“{name}” was mentioned for the first time.",
        "burst": "Many speak about “{name}”: {observed} people within {window}, {times}.",
        "shift": "The mood about “{name}” is turning: {observed} people speak about it within {window}, and {share} "
        "of those whose mood is known are negative; usually {usual} are.",
        "crisis": "“{name}” may be in a crisis: {observed} people speak about it within {window}, {times}, and "
        "{share} of those whose mood is known are negative; usually {usual} are.",
        "term": "A new word is heard about “{name}”: “{word}”. {observed} people used it within {window}; it was not "
        "usual before.",
        "reach": "Somebody whom many follow has written about “{name}”.",
    },
    was={
        "burst": "Many spoke about “{name}”: {observed} people within {window}, {times}.",
        "shift": "The mood about “{name}” turned: {observed} people spoke about it within {window}, and {share} of "
        "those whose mood is known were negative; usually {usual} are.",
        "crisis": "“{name}” may have been in a crisis: {observed} people spoke about it within {window}, {times}, and "
        "{share} of those whose mood is known were negative; usually {usual} are.",
    },
    mood="Of those whose mood is known, {share} are negative.",
    mood_of_all="Of them, {share} are negative.",
    times="{times} times as many as usual at this hour",
    nobody="where usually nobody does at this hour",
    since="It began at about {at}.",
    mentions="Since then it was mentioned {mentions} times.",
    closed="It was over at {at}.",
    where="It was heard on {places}.",
    blind="We could not see all of {places} in this time: there may be more.",
    words="What it is about: {words}.",
    spreader="It was carried most by {name} ({place}); posts that came from there: {spread}.",
    writer="It is {name} ({place}).",
    nameless="somebody without a name",
    before_press="The first article came {lead} after the first post: so much time you had. We read {channels}.",
    after_press="The press was first: its article came {lead} before the first post. We read {channels}.",
    with_press="The first article came in the same minute as the first post. We read {channels}.",
    only_press="So far only the press has it: there is an article, but no post by anybody else. We read {channels}.",
    no_article="No article about it has come in {channels} that we read.",
    channels=("1 news channel", "{} news channels"),
    no_news="We read no news channels, so we cannot say whether the press has it.",
    todo={
        "first": "What to do: read it, and see whether it means what you meant. If not, mark it as noise.",
        "burst": "What to do: read the posts below to see what it is about. If people like it, join them; if they ask, "
        "answer.",
        "shift": "What to do: read the negative posts below, and answer those who have a problem, beginning with the "
        "first.",
        "crisis": "What to do: read the first posts now, find out whether they are true, tell whoever is responsible, "
        "and answer where it began, truthfully, before others do.",
        "term": "What to do: read what is said with this word. If it is about you, answer, and watch the word.",
        "reach": "What to do: read it soon, for many will. Answer if it asks for that, or is wrong.",
    },
    statement="The press has it: have a statement ready.",
    over="There is nothing to be done now. Look at what was answered, and what was not.",
    both=" and ",
    moment="{time} on {day} {named} (Korean time)",
    units=(" day", " hour", " minute"),
    plural="s",
    sources={
        "article": "news sites and blogs",
        "feed": "news sites and blogs",
        "wordpress": "blogs",
        "gnuboard": "boards",
        "rhymix": "boards",
        "kboard": "boards",
        "discourse": "forums",
        "lemmy": "Lemmy",
        "mastodon": "Mastodon",
        "bluesky": "Bluesky",
        "reddit": "Reddit",
        "youtube": "YouTube",
        "hackernews": "Hacker News",
        "imported": "imported files",
        "others": "other places",
    },
)
KOREAN: Final = Tongue(
    language="ko",
    what={
        "first": "“{name}” 관련 글이 처음으로 올라왔습니다.",
        "burst": "“{name}” 이야기가 늘고 있습니다. {window} 동안 {observed}명이 이야기했고, {times}.",
        "shift": "“{name}” 관련 분위기가 나빠지고 있습니다. {window} 동안 {observed}명이 이야기했고, 분위기를 알 "
        "수 있는 사람 가운데 부정적인 비율은 {share}입니다(평소 {usual}).",
        "crisis": "“{name}” 관련 위기로 보입니다. {window} 동안 {observed}명이 이야기했고, {times}. 분위기를 알 "
        "수 있는 사람 가운데 부정적인 비율은 {share}입니다(평소 {usual}).",
        "term": "“{name}” 이야기에 새로운 낱말이 나왔습니다: “{word}”. 평소에 없던 말인데 {window} 동안 {observed}명이 "
        "썼습니다.",
        "reach": "팔로워가 많은 사람이 “{name}” 관련 글을 올렸습니다.",
    },
    was={
        "burst": "“{name}” 이야기가 늘었습니다. {window} 동안 {observed}명이 이야기했고, {times}.",
        "shift": "“{name}” 관련 분위기가 나빠졌습니다. {window} 동안 {observed}명이 이야기했고, 분위기를 알 수 있는 "
        "사람 가운데 부정적인 비율은 {share}입니다(평소 {usual}).",
        "crisis": "“{name}” 관련 위기였던 것으로 보입니다. {window} 동안 {observed}명이 이야기했고, {times}. 분위기를 "
        "알 수 있는 사람 가운데 부정적인 비율은 {share}입니다(평소 {usual}).",
    },
    mood="분위기를 알 수 있는 사람 가운데 부정적인 비율은 {share}입니다.",
    mood_of_all="그 가운데 부정적인 비율은 {share}입니다.",
    times="이 시간대 평소의 {times}배입니다",
    nobody="평소 이 시간대에는 거의 없던 일입니다",
    since="시작: {at}쯤.",
    mentions="그 뒤로 나온 언급은 {mentions}건입니다.",
    closed="{at}에 잦아들었습니다.",
    where="글이 올라온 곳: {places}.",
    blind="이 시간에 다 보지 못한 곳이 있어 실제로는 더 많을 수 있습니다: {places}.",
    words="많이 나온 말: {words}.",
    spreader="가장 많이 퍼뜨린 사람(확산자): {name} ({place}). 이 사람의 글에서 {spread}건이 퍼져 나갔습니다.",
    writer="글쓴이: {name} ({place}).",
    nameless="이름을 알 수 없는 사람",
    before_press="첫 글이 올라오고 {lead} 뒤에 첫 기사가 나왔습니다. 그만큼 먼저 알 수 있었습니다(살펴보는 "
    "{channels} 기준).",
    after_press="기사가 첫 글보다 {lead} 먼저 나왔습니다(살펴보는 {channels} 기준).",
    with_press="첫 글과 첫 기사가 같은 때에 나왔습니다(살펴보는 {channels} 기준).",
    only_press="지금까지는 기사만 나왔고, 그 밖의 글은 찾지 못했습니다(살펴보는 {channels} 기준).",
    no_article="살펴보는 {channels}에는 기사가 없습니다.",
    channels=("뉴스 채널 1곳", "뉴스 채널 {}곳"),
    no_news="살펴보는 뉴스 채널이 없어 기사가 나왔는지는 알 수 없습니다.",
    todo={
        "first": "할 일: 글을 읽고 찾던 내용이 맞는지 확인하세요. 아니라면 잡음으로 표시하세요.",
        "burst": "할 일: 아래 글을 읽고 무슨 일인지 확인하세요. 좋은 이야기라면 함께하고, 묻는 사람이 있으면 답하세요.",
        "shift": "할 일: 아래 부정적인 글을 읽고, 문제를 겪는 사람에게 먼저 올라온 글부터 답하세요.",
        "crisis": "할 일: 지금 바로 첫 글들을 읽고 사실인지 확인하세요. 책임자에게 알리고, 처음 올라온 곳에서 사실대로 "
        "먼저 답하세요.",
        "term": "할 일: 이 낱말이 들어간 글을 읽어 보세요. 우리 이야기라면 답하고, 이 낱말도 지켜보세요.",
        "reach": "할 일: 많은 사람이 읽게 되니 곧 읽어 보세요. 답이 필요하거나 사실과 다르면 답하세요.",
    },
    statement="언론이 이미 다루고 있으니 입장문을 준비하세요.",
    over="지금 할 일은 없습니다. 무엇에 답했고 무엇에 답하지 못했는지 돌아보세요.",
    both=", ",
    moment="{month}월 {day}일 {time}",
    units=("일", "시간", "분"),
    plural="",
    sources={
        "article": "뉴스·블로그",
        "feed": "뉴스·블로그",
        "wordpress": "블로그",
        "gnuboard": "게시판",
        "rhymix": "게시판",
        "kboard": "게시판",
        "discourse": "포럼",
        "lemmy": "레미",
        "mastodon": "마스토돈",
        "bluesky": "블루스카이",
        "reddit": "레딧",
        "youtube": "유튜브",
        "hackernews": "해커 뉴스",
        "imported": "가져온 파일",
        "others": "그 밖의 곳",
    },
)
