"""Proposals and suggestions through the API. They make nothing: a person takes what they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from socialindex.access import Caller, Scope
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.proposing.answers import Propose, TopicProposal
from socialindex.search.proposing.proposal import Proposing
from socialindex.search.proposing.suggestions import Suggesting, Suggestions
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.dictionary import Cached
    from socialindex.search.http import HttpRequest
    from socialindex.topics.topic import Topic

_TAG: Final = "Topics"
_WEIGHT: Final = 5
"""Queries that a proposal counts for: as many requests to the engine, or more."""


class Topics(Protocol):
    """Where topics are kept: ``aws.topics.TopicsTable``."""

    def of(self, caller: Caller, topic_id: str) -> Topic:
        """A topic of one of the caller's workspaces; raises ``NotFound``."""


class ProposingPart:
    """The routes of proposals.

    Args:
        engine: what is asked.
        topics: where topics are kept.
        dictionary: names and their spellings.
    """

    def __init__(self, engine: OpenSearch, topics: Topics, dictionary: Cached) -> None:
        self._engine = engine
        self._topics = topics
        self._dictionary = dictionary

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        propose = Doc(
            "Propose a topic from a brand's name",
            _TAG,
            body=Propose,
            answer=TopicProposal,
            description="Nothing is made. The answer holds a query with the ways in which people write the name, what "
            "it finds, and which groups of hits may not be meant, each with the query that would leave it out.",
            errors=(404,),
        )
        suggest = Doc(
            "Suggest what could be added to a topic",
            _TAG,
            answer=Suggestions,
            description="Other spellings, misspellings, and words that go with it, each with what it would add. To "
            "accept one, change the topic's `q` to the suggestion's.",
            errors=(404,),
        )
        return {
            "POST /v1/workspaces/{id}/topics/propose": Route(Scope.READ, self._propose, propose, weight=_WEIGHT),
            "GET /v1/topics/{topic}/suggestions": Route(Scope.READ, self._suggest, suggest, weight=_WEIGHT),
        }

    def _propose(self, request: HttpRequest, caller: Caller) -> Answer:
        caller.owns(request.path["id"])
        asked = fields.from_body(Propose, request.body())
        own = _alone(caller, request.path["id"])
        return Answer(200, Proposing(self._engine, own, self._dictionary.entries(), asked).made())

    def _suggest(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topics.of(caller, request.path["topic"])
        own = _alone(caller, topic.workspace)
        return Answer(200, Suggesting(self._engine, own, self._dictionary.entries(), topic.watched).made())


def _alone(caller: Caller, workspace: str) -> Caller:
    """The caller, as if the key were for this one workspace: a topic matches nothing of the others."""
    return msgspec.structs.replace(caller, workspaces=frozenset({workspace}))
