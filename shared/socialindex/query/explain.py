"""A query in words, for the people who are asked whether it is what they meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, assert_never

import msgspec

from socialindex.query.nodes import And, Between, Exact, Is, Near, Node, Not, Or, Phrase, Prefix, Word

if TYPE_CHECKING:
    from types import UnionType

Language = Literal["en", "ko"]


class _Tongue(msgspec.Struct, frozen=True):
    """The sentences of one language. Korean ones avoid particles that depend on the sound before them."""

    word: str
    phrase: str
    prefix: str
    exact: str
    title: str
    near: str
    ordered: str
    negation: str
    both: str
    either: str
    fields: dict[str, str]
    beginning: str
    exactly: str
    range: str
    at_least: str
    at_most: str
    values: dict[str, str] = {}


_ENGLISH: Final = _Tongue(
    word="the word “{}”",
    phrase="the phrase “{}”",
    prefix="a word that begins with “{}”",
    exact="exactly “{}”",
    title="{} in the title",
    near="{parts} with at most {distance} words between them",
    ordered="{parts}, in this order, with at most {distance} words between them",
    negation="not {}",
    both=" and ",
    either=" or ",
    fields={
        "author": "by the author “{}”",
        "mention": "addressed to “{}”",
        "hashtag": "with the hashtag #{}",
        "site": "on {} or its subdomains",
        "link": "with a link to {}",
        "source": "from the source {}",
        "lang": "in the language “{}”",
        "kind": "of the kind {}",
        "sentiment": "of {} sentiment",
        "has": "with {}",
        "views": "views",
        "likes": "likes",
        "replies": "replies",
        "reposts": "reposts",
        "followers": "followers of the author",
    },
    beginning="{}…",
    exactly="{field}: exactly {low}",
    range="{field}: {low} to {high}",
    at_least="{field}: at least {low}",
    at_most="{field}: at most {high}",
    values={"promotion": "a mark that it is paid for"},
)
_KOREAN: Final = _Tongue(
    word="낱말 “{}”",
    phrase="구절 “{}”",
    prefix="“{}”(으)로 시작하는 낱말",
    exact="정확히 “{}”",
    title="제목에 {}",
    near="{parts} (사이에 최대 {distance}어절)",
    ordered="{parts} (이 순서로, 사이에 최대 {distance}어절)",
    negation="{} 제외",
    both=", 그리고 ",
    either=" 또는 ",
    fields={
        "author": "글쓴이 “{}”",
        "mention": "“{}” 멘션",
        "hashtag": "해시태그 #{}",
        "site": "사이트 {} (하위 도메인 포함)",
        "link": "링크 {}",
        "source": "출처 {}",
        "lang": "언어 “{}”",
        "kind": "종류: {}",
        "sentiment": "감성: {}",
        "has": "{} 있음",
        "views": "조회 수",
        "likes": "좋아요 수",
        "replies": "댓글 수",
        "reposts": "공유 수",
        "followers": "글쓴이의 팔로워 수",
    },
    beginning="{}…",
    exactly="{field} 정확히 {low}",
    range="{field} {low} 이상 {high} 이하",
    at_least="{field} {low} 이상",
    at_most="{field} {high} 이하",
    values={
        "post": "글",
        "comment": "댓글",
        "repost": "공유",
        "article": "기사",
        "review": "후기",
        "positive": "긍정",
        "negative": "부정",
        "neutral": "중립",
        "media": "사진이나 영상",
        "links": "링크",
        "hashtags": "해시태그",
        "promotion": "협찬·광고 표시",
    },
)
_TONGUES: Final[dict[Language, _Tongue]] = {"en": _ENGLISH, "ko": _KOREAN}


def explain(node: Node, language: Language = "en") -> str:
    """What posts a query finds, as the end of the sentence "posts …"."""
    return _told(node, _TONGUES[language])


def _told(node: Node, tongue: _Tongue) -> str:  # noqa: C901, PLR0911 - one case a kind of node
    match node:
        case Word() | Phrase() | Prefix():
            told = _term(node, tongue)
            return tongue.title.format(told) if node.title else told
        case Exact():
            return tongue.exact.format(node.text)
        case Near():
            parts = tongue.both.join(_grouped(part, Or | Near, tongue) for part in node.parts)
            return (tongue.ordered if node.ordered else tongue.near).format(parts=parts, distance=node.distance)
        case Is():
            value = tongue.values.get(node.value, node.value)
            return tongue.fields[node.field].format(tongue.beginning.format(value) if node.prefix else value)
        case Between():
            return _range(node, tongue)
        case Not():
            return tongue.negation.format(_grouped(node.part, And | Or | Near, tongue))
        case And():
            return tongue.both.join(_grouped(part, Or, tongue) for part in node.parts)
        case Or():
            return tongue.either.join(_grouped(part, And, tongue) for part in node.parts)
        case _:
            assert_never(node)


def _grouped(node: Node, looser: type | UnionType, tongue: _Tongue) -> str:
    told = _told(node, tongue)
    return f"({told})" if isinstance(node, looser) else told


def _term(node: Word | Phrase | Prefix, tongue: _Tongue) -> str:
    match node:
        case Word():
            return tongue.word.format(node.text)
        case Phrase():
            return tongue.phrase.format(node.text)
        case Prefix():
            return tongue.prefix.format(node.text)


def _range(node: Between, tongue: _Tongue) -> str:
    field = tongue.fields[node.field]
    if node.low is not None and node.high is not None:
        sentence = tongue.exactly if node.low == node.high else tongue.range
    else:
        sentence = tongue.at_most if node.low is None else tongue.at_least
    return sentence.format(field=field, low=_number(node.low), high=_number(node.high))


def _number(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
