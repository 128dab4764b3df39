"""What other tools call things: what we take over, and what we name instead of misunderstanding it.

Sources: Brandwatch Consumer Research "Query Operators", Meltwater "How to Master Boolean Search" 2/3 and 3/3, and the
operators of Lucene's query parser that analysts bring along. docs/query-language.md has the same as a table.
"""

from __future__ import annotations

import re

from socialindex.query import addresses

SAME_FIELD = {
    "language": "lang",
    "hashtags": "hashtag",
    "tags": "hashtag",
    "tag": "hashtag",
    "links": "link",
    "at_mentions": "mention",
    "mentions": "mention",
    "authorfollowers": "followers",
    "intitle": "title",
    "headline": "title",
    "제목": "title", "작성자": "author", "글쓴이": "author", "사이트": "site", "링크": "link", "언어": "lang",
    "종류": "kind", "감성": "sentiment", "해시태그": "hashtag", "태그": "hashtag", "언급": "mention", "조회수": "views",
    "좋아요": "likes", "추천수": "likes", "댓글수": "replies", "공유수": "reposts", "팔로워": "followers",
}  # fmt: skip
"""Their name for a field of ours with the same meaning, and names that Koreans give it."""

_PLACE = "Where an author lives is rarely public, so we do not keep it; lang: or site: is the nearest there is."
_IMAGE = "We do not look into pictures; has:media finds posts that have some."
_RATING = "Stars are not kept as a field; use kind:review and words of the text."
_TIME = "Times are parameters of the request (from, to), not part of the query."
_PERSON = "We do not guess personal traits of authors."
_WORDS = "Words without a field already look in title and text."
_OUTLET = "Use site: with the outlet's host."
_AUTHOR = "Use author: with a handle or a name."
_ANCESTOR = "Conversations are read with the thread endpoint, not by a query."

OTHER_FIELD = {
    "engagementtype": "Use kind:comment for COMMENT and REPLY, kind:repost for RETWEET; quotes are not told apart.",
    "posttype": "Use kind: with post, comment, repost, article or review.",
    "url": "Use site: for the host that published a post, link: for an address that a post links to.",
    "domain": "Use site: with the host.",
    "ingress": "A lead paragraph is not kept apart; use title: or the words alone.",
    "channelid": "Use site: and author:.",
    "blogname": "Use author: or site:.",
    "weblogtitle": "Use author:.",
    "subreddit": "Use site: with the community's host, or link: with its address.",
    "topleveldomain": "Use site: with a top-level domain, such as site:kr.",
    "retweets": "Use reposts:, such as reposts:>100.",
    "comments": "Use replies:, such as replies:>10.",
    "reach": "Use views: or followers:.",
    "monthlyvisitors": "Use views: or followers:.",
    **dict.fromkeys(("text", "body", "content", "keyword", "keywords", "내용", "본문", "키워드", "검색어"), _WORDS),
    **dict.fromkeys(("publication", "outlet", "platform", "출처", "매체", "매체명", "언론사", "플랫폼"), _OUTLET),
    **dict.fromkeys(("user", "username", "handle", "channel", "채널", "아이디", "닉네임"), _AUTHOR),
    **dict.fromkeys(("continent", "country", "region", "city", "latitude", "longitude", "location"), _PLACE),
    **dict.fromkeys(("지역", "국가", "위치"), _PLACE),
    **dict.fromkeys(("brandids", "objects", "imagetype", "publishersubtype"), _IMAGE),
    **dict.fromkeys(("rating", "itemreview", "별점", "평점"), _RATING),
    **dict.fromkeys(("minuteofday", "from", "to", "since", "until", "before", "after", "date"), _TIME),
    **dict.fromkeys(("날짜", "기간", "작성일", "게시일"), _TIME),
    **dict.fromkeys(("authorgender", "gender", "authorverified", "authorverifiedtype", "authortype"), _PERSON),
    **dict.fromkeys(("성별", "연령", "나이"), _PERSON),
    **dict.fromkeys(("engagingwith", "engagingwithguid", "guid", "parentpostid", "rootpostid"), _ANCESTOR),
}
"""A field that we lack, by its lower-case name: what comes nearest. Other Korean words before a colon are words."""

NEAR = re.compile(r"(O?)NEAR(?:/(\d+)(F?))?", re.IGNORECASE)
"""``NEAR/5`` and ``NEAR/5f`` as Brandwatch has them, ``ONEAR/5`` for the latter as Meltwater has it."""
DEFAULT_DISTANCE = 4
"""What a bare NEAR means in Meltwater."""

_DISTANCE = "Write NEAR/5 for any order, NEAR/5f for this order."
OPERATORS = (
    (re.compile(r"&{1,2}"), "Did you mean AND? Terms side by side are joined by AND already."),
    (re.compile(r"\|{1,2}|/"), "Did you mean OR?"),
    (re.compile(r"\++"), "Leave the + out: every term is required already."),
    (re.compile(r"!+"), "Did you mean NOT? Write NOT term or -term."),
    (re.compile(r"-+"), "Write -term without a space to exclude a term."),
    (re.compile(r"(?i:ADJ|PRE|WITHIN|XNEAR|W|P|N)/\d+|/\d+|ADJ\d+|O?NEAR(?:[~:=]?\d+|/.*)"), _DISTANCE),
    (re.compile(r"~\d+"), 'Write it without a space before the ~: "a b"~5 or (a AND b)~5.'),
    (re.compile(r"ANDNOT|BUTNOT"), "Did you mean AND NOT?"),
    (re.compile(r"XOR"), "Did you mean OR? Write (a OR b) AND NOT (a b) where only one may be there."),
    (re.compile(r"ATLEAST/?\d+"), "How often a word occurs is not asked here; raw: or NEAR narrow a search."),
)
"""Chunks that are operators elsewhere, and what to write here."""

GLUED = re.compile("(?:^|(?<=[가-힣]))(AND|OR|NOT)(?=[가-힣])")
"""An operator that is written together with Korean words: what it joins is not looked for."""

LOWER_OPERATORS = {
    "and": "AND", "or": "OR", "not": "NOT", "And": "AND", "Or": "OR", "Not": "NOT",
    "near": "NEAR/5", "그리고": "AND", "또는": "OR", "혹은": "OR", "제외": "NOT",
}  # fmt: skip
"""Words that read like operators and are searched as words."""


_LISTED = re.compile("(?<=[가-힣])[,;/·、](?=[가-힣])")
"""What stands between the words of a list, and makes a phrase of them here."""


def remark(chunk: str) -> str:
    """What the author of an unquoted word should hear, empty where it is unsuspicious."""
    if chunk in LOWER_OPERATORS:
        return f'"{chunk}" is looked for as a word. Did you mean {LOWER_OPERATORS[chunk]}?'
    if chunk.isalnum():
        return ""
    if re.search(r"\^\d[\d.]*$", chunk):
        return "Weights (^n) are ignored: they do not change what is found."
    if re.search(r"\w\?+$", chunk):
        return "? is no wildcard here and is ignored."
    if chunk[0] in "'‘’":  # noqa: RUF001 - the look-alikes are the point
        return 'Single quotation marks make no phrase. Did you mean "…"?'
    return _remark_of_list(chunk) or addresses.remark(chunk)


def _remark_of_list(chunk: str) -> str:
    if not _LISTED.search(chunk):
        return ""
    return f"{chunk} is looked for as words side by side. Write OR between alternatives, AND between what is all there."
