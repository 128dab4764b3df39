"""Queries that can find nothing are refused where they are asked anew, and read on where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidQuery
from socialindex.query import compile_query, parse
from socialindex.search.analytics.voice import question
from socialindex.search.analytics.voices_asked import Named, Voices
from socialindex.search.selection import Selection, query_of
from socialindex.search.topic_views import watched
from socialindex.topics.topic import Watched

if TYPE_CHECKING:
    from collections.abc import Callable

CALLER: Final = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
VAIN: Final = [
    ("배터리 source:gnubord", "gnubord", "no source is named 'gnubord'", "Did you mean source:gnuboard?"),
    ("배터리 source:naver", "naver", "no source is named 'naver'", "use site:"),
    ("배터리 -source:(feed OR mastadon)", "mastadon", "no source is named 'mastadon'", "Did you mean source:mastodon?"),
    ("배터리 OR (폭발 #1)", "1)", "#1 is a number", 'Write raw:"#1"'),
    ("배터리 hashtag:2026", "2026", "#2026 is a number", 'Write raw:"#2026"'),
    ("배터리 #갤럭시 hashtag:(아이폰, 누리폰)", "아이폰,", "hashtag: takes no list with ,", "hashtag:(아이폰 OR ...)"),
    ("배터리 author:(nuri, kim)", "nuri,", "author: takes no list with ,", "author:(nuri OR ...)"),
    ("배터리 lang:ko lang:en", "en", "no post is both lang:ko and lang:en", "lang:(ko OR en)"),
    (
        "배터리 OR (#a kind:post AND kind:comment)",
        "comment)",
        "both kind:post and kind:comment",
        "kind:(post OR comment)",
    ),
    (
        "배터리 source:feed -source:lemmy source:mastodon",
        "mastodon",
        "source:feed and source:mastodon",
        "(feed OR mastodon)",
    ),
    ("배터리 sentiment:긍정 sentiment:부정", "배터리", "both sentiment:positive", "(positive OR negative)"),
]


def voices(q: str) -> Voices:
    return Voices(queries=[Named(name="ours", q=q), Named(name="theirs", q="폭발")])


DOORS: Final[dict[str, Callable[[str], object]]] = {
    "search": lambda q: query_of(Selection(q=q)),
    "topic": lambda q: watched(q, None, [], []),
    "share of voice": lambda q: question(CALLER, voices(q), cast("Any", None)),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("q", "at", "why", "remedy"), VAIN, ids=[ascii(q) for q, *_ in VAIN])
def test_a_query_that_can_find_nothing_is_refused(
    door: Callable[[str], object], q: str, at: str, why: str, remedy: str
) -> None:
    with pytest.raises(InvalidQuery) as refused:
        door(q)
    assert why in str(refused.value)
    assert q[refused.value.position :].startswith(at)
    assert remedy in refused.value.remedy


@pytest.mark.parametrize("q", [q for q, *_ in VAIN], ids=[ascii(q) for q, *_ in VAIN])
def test_a_topic_that_is_kept_already_goes_on(q: str) -> None:
    assert Watched(q=q).compiled() == {"bool": {"filter": [compile_query(parse(q))]}}


@pytest.mark.parametrize(
    "q",
    [
        "배터리 (lang:ko OR lang:en)",
        "배터리 lang:ko lang:ko",
        "배터리 lang:ko -lang:en",
        "배터리 site:example.com site:a.example.com",
        "배터리 author:nuri author:kim",
        "배터리 source:imported #1위 #1*",
        "배터리 (source:feed kind:post OR source:mastodon kind:comment)",
    ],
)
def test_what_can_find_something_is_asked(q: str) -> None:
    for door in DOORS.values():
        door(q)
