"""What is wrong with a request is told with its field and with what to send instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest

from socialindex.errors import InvalidInput
from socialindex.imports.plan import Field
from socialindex.report.branding import Branding
from socialindex.search import fields
from socialindex.search.analytics.aggregate import Aggregate
from socialindex.search.analytics.voices_asked import Voices
from socialindex.search.ask import Ask, AskBody
from socialindex.search.imports import NewImport, StartRun
from socialindex.search.key_views import NewKey
from socialindex.search.mentions.asked import ChangeMention
from socialindex.search.topic_views import ChangeTopic, NewTopic

if TYPE_CHECKING:
    import msgspec

TIME = "give a time such as 2026-11-28T09:00:00Z"
NAMED = {"name": "Nuri", "q": "누리폰"}

BODIES: list[tuple[type[msgspec.Struct], Any, str, str]] = [
    (AskBody, {"kind": ["tweet"]}, "kind", "give one of article, comment, post, repost, review"),
    (AskBody, {"limit": 0}, "limit", "give a whole number from 1 to 100"),
    (AskBody, {"limit": "ten"}, "limit", "give a whole number from 1 to 100"),
    (AskBody, {"deduplicate": "yes"}, "deduplicate", "give true or false"),
    (AskBody, {"from": "2026-11-01"}, "from", TIME),
    (AskBody, {"to": 1_764_547_200}, "to", TIME),
    (AskBody, {"source": "feed"}, "source", "give a list of at most 500 values"),
    (AskBody, {"q": None}, "q", "give a text"),
    (AskBody, {"guided": {"near": {"distance": 101}}}, "guided.near.distance", "give a whole number from 0 to 100"),
    (AskBody, {"guided": {"al": ["a"]}}, "al", "did you mean all? what can be given is: all, any, from, near, none"),
    (AskBody, {"guided": []}, "guided", "give an object with all, any, from, near, none"),
    (Voices, {}, "queries", "add queries: a list of 2 to 10 values"),
    (Voices, {"queries": [NAMED]}, "queries", "give a list of 2 to 10 values"),
    (Voices, {"queries": [NAMED, {"q": "가온폰"}]}, "name", "add name: a text of 1 to 200 characters"),
    (NewTopic, {"name": "n", "language": [""]}, "language", "give a text such as ko"),
    (ChangeTopic, {"answer_minutes": 0}, "answer_minutes", "give a whole number from 1 to 43,200"),
    (ChangeTopic, {"state": "off"}, "state", "give one of active, paused"),
    (ChangeMention, {"sentiment": 2}, "sentiment", "give a number from -1 to 1"),
    (ChangeMention, {"answer": {"url": "board"}}, "answer.url", "give a text such as https://board.example.com/1#c2"),
    (NewKey, {"label": "k", "scopes": ["serch"]}, "scopes", "give one of read, write, export, manage, admin"),
    (StartRun, {"delimiter": "x"}, "delimiter", r'give one of "\t", ",", ";", "|"'),
    (
        NewImport,
        {"name": "n", "bytes": 1, "plan": {"mapping": {"body": "Text"}}},
        "plan.mapping",
        f"give one of {', '.join(sorted(get_args(Field)))} as a key",
    ),
    (Branding, {"color": "red"}, "color", "give a text such as #0B3D66"),
]


@pytest.mark.parametrize(("kind", "body", "field", "remedy"), BODIES)
def test_a_body_that_cannot_be_taken_says_what_can(
    kind: type[msgspec.Struct], body: Any, field: str, remedy: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        fields.from_body(kind, json.dumps(body))
    assert (caught.value.field, caught.value.remedy) == (field, remedy)


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ({"sort": "hot"}, "sort", "give one of best, newest, oldest, relevance"),
        (
            {"facets": "source,color"},
            "facets",
            "give one of author, day, hashtag, kind, language, platform, sentiment,",
        ),
        ({"limit": "1000"}, "limit", "give a whole number from 1 to 100"),
        ({"lmit": "1"}, "lmit", "did you mean limit? what can be given is: "),
        ({"lang": "ko"}, "lang", "did you mean language? what can be given is: "),
        ({"from": "2026-11-20"}, "from", TIME),
        ({"from": "2026-11-20T09:00:00 09:00"}, "from", "write the + of its zone as %2B in a URL"),
        ({"source": ""}, "source", "give a value, or leave source out"),
        ({"author": " "}, "author", "give a value, or leave author out"),
        ({"facets": ","}, "facets", "give a value, or leave facets out"),
        ({"author": ",,"}, "author", "give a value, or leave author out"),
    ],
)
def test_a_parameter_that_cannot_be_taken_says_what_can(query: dict[str, str], field: str, remedy: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        fields.from_query(Ask, query)
    assert caught.value.field == field
    assert caught.value.remedy.startswith(remedy)


def test_an_empty_list_that_must_be_given_cannot_be_left_out() -> None:
    with pytest.raises(InvalidInput) as caught:
        fields.from_query(Aggregate, {"by": ""})
    assert (caught.value.field, caught.value.remedy) == ("by", "give a value")


@pytest.mark.parametrize("body", [{"from": "2026-11-20"}, {"from": "2026-11-20T09:00"}, {"from": 1_764_547_200}])
def test_a_time_is_refused_in_the_same_words_wherever_it_is_given(body: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as in_body:
        fields.from_body(AskBody, json.dumps(body))
    with pytest.raises(InvalidInput) as in_url:
        fields.from_query(Ask, {name: str(value) for name, value in body.items()})
    assert str(in_body.value) == str(in_url.value) == "from is no time"
    assert in_body.value.remedy == in_url.value.remedy == TIME


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ({"limit": "1,2"}, "give a whole number from 1 to 100, once"),
        ({"sort": "newest,newest"}, "give one of best, newest, oldest, relevance, once"),
        ({"highlight": "true,true"}, "give true or false, once"),
        ({"from": "2026-11-20T00:00:00Z,2026-11-21T00:00:00Z"}, f"{TIME}, once"),
    ],
)
def test_a_parameter_that_may_have_been_given_twice_is_told_so(query: dict[str, str], remedy: str) -> None:
    """The gateway joins the values of a repeated parameter by commas."""
    [(field, given)] = query.items()
    with pytest.raises(InvalidInput) as caught:
        fields.from_query(Ask, query)
    assert str(caught.value).startswith(f"{field} takes one value, and this is more than one, or has a comma: ")
    assert given[:20] in str(caught.value)
    assert (caught.value.field, caught.value.remedy) == (field, remedy)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"source": ",".join(["feed"] * 501)}, "Expected `array` of length <= 500"),
        ({"kind": "post,tweet"}, "Invalid enum value 'tweet'"),
        ({"time_zone": "UTC," * 32}, "Expected `str` of length <= 64"),
    ],
)
def test_commas_in_lists_and_texts_are_no_mistake_of_their_own(query: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        fields.from_query(Ask, query)
