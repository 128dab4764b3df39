"""The routes of mentions."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidInput
from socialindex.mentions.changing import Change, Moment, changed, noted
from socialindex.mentions.work import Note, Who, Work
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import identifier
from socialindex.search.mentions import finding, stream
from socialindex.search.mentions.answers import AnswersReport, AskAnswers, report
from socialindex.search.mentions.asked import (
    ChangeMention,
    ChangeMentions,
    ChangeResult,
    ChangeResults,
    MentionView,
    NoteMention,
    view,
)
from socialindex.search.mentions.stream import AskStream, StreamPart
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from socialindex.mentions.desk import Desk, Done
    from socialindex.search.http import HttpRequest
    from socialindex.search.listening import Topics
    from socialindex.search.mentions.finding import Found
    from socialindex.topics.topic import Topic

_HOME: Final = "/v1/topics/{topic}/mentions"
_ONE: Final = f"{_HOME}/{{mention}}"
TAG: Final = "Mentions"


class MentionsPart:
    """Mentions of a topic.

    Args:
        engine: where they are.
        topics: whose they are.
        desk: where people work with them.
    """

    def __init__(
        self, engine: OpenSearch, topics: Topics, desk: Desk, lost_at: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._engine = engine
        self._topics = topics
        self._desk = desk
        self._lost_at = lost_at

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        part = Doc(
            "Read what is new, changed or deleted since an offset",
            TAG,
            query=AskStream,
            answer=StreamPart,
            description="The way to keep a copy: nothing is skipped, and what must go is told. The stream is ten "
            "seconds behind. An offset is good for seven days, for which deleted mentions are told of; an older one "
            "is refused with 410. `POST /v1/posts/search` with `topic` searches mentions instead.",
            errors=(404, 410),
        )
        one = Doc("Show a mention, with all that people did with it", TAG, answer=MentionView, errors=(404,))
        change = Doc(
            "Assign, answer, close, tag or correct a mention",
            TAG,
            body=ChangeMention,
            answer=MentionView,
            description="The answer is right at once; searches and figures follow within some five seconds.",
            errors=(404, 409),
        )
        note = Doc(
            "Note something at a mention", TAG, body=NoteMention, answer=MentionView, errors=(404, 409), repeatable=True
        )
        many = Doc(
            "Change up to a thousand mentions",
            TAG,
            body=ChangeMentions,
            answer=ChangeResults,
            errors=(404,),
            repeatable=True,
        )
        how_fast = Doc(
            "Tell how fast mentions are answered", TAG, query=AskAnswers, answer=AnswersReport, errors=(404,)
        )
        return {
            f"GET {_HOME}": Route(Scope.READ, self._stream, part, gives_posts=True),
            f"POST {_HOME}/changes": Route(Scope.WRITE, self._many, many),
            f"GET {_ONE}": Route(Scope.READ, self._one, one, gives_posts=True),
            f"PATCH {_ONE}": Route(Scope.WRITE, self._change, change),
            f"POST {_ONE}/notes": Route(Scope.WRITE, self._note, note),
            "GET /v1/topics/{topic}/answers": Route(Scope.READ, self._answers, how_fast),
        }

    def _stream(self, request: HttpRequest, caller: Caller) -> Answer:
        asked = fields.from_query(AskStream, request.query)
        topic = self._topic(request, caller)
        request.expect(asked.limit)
        part = stream.read(self._engine, caller, topic.id, asked, self._lost_at())
        return Answer(200, part, posts=part.posts)

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        request.expect(1)
        held = finding.one(self._engine, caller, self._topic(request, caller).id, request.path["mention"])
        return Answer(200, view(held.item, self._desk.work(held)), posts=1)

    def _change(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topic(request, caller)
        asked = fields.from_body(ChangeMention, request.body())
        held = finding.one(self._engine, caller, topic.id, request.path["mention"])
        (done,) = self._desk.do(topic, [held], _who(caller, asked.by), partial(changed, change=asked))
        if isinstance(asked.assignee, str):
            self._desk.tell(topic, [done])
        return _shown(done)

    def _note(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topic(request, caller)
        asked = fields.from_body(NoteMention, request.body())
        held = finding.one(self._engine, caller, topic.id, request.path["mention"])
        act = partial(_act, None, asked.text, _note_id(topic, request))
        (done,) = self._desk.do(topic, [held], _who(caller, asked.by), act)
        return _shown(done)

    def _many(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topic(request, caller)
        asked = fields.from_body(ChangeMentions, request.body())
        _check(asked)
        found = self._found(caller, topic, asked)
        act = partial(_act, asked.change, asked.note, _note_id(topic, request))
        done = self._desk.do(topic, found.held, _who(caller, asked.by), act)
        if asked.change and isinstance(asked.change.assignee, str):
            self._desk.tell(topic, done)
        results = [_result(one) for one in done]
        unknown = dict.fromkeys(asked.mentions).keys() - {one.id for one in results}
        results += [ChangeResult(id=one, result="unknown", status=None, detail=None) for one in sorted(unknown)]
        return Answer(200, ChangeResults(results=results, left=found.total - len(found.held)))

    def _found(self, caller: Caller, topic: Topic, asked: ChangeMentions) -> Found:
        if asked.where is None:
            return finding.named(self._engine, caller, topic.id, asked.mentions)
        return finding.matching(self._engine, caller, topic.id, asked.where)

    def _answers(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topic(request, caller)
        asked = fields.from_query(AskAnswers, request.query)
        return Answer(200, report(self._engine, caller, topic, asked, datetime.now(tz=UTC)))

    def _topic(self, request: HttpRequest, caller: Caller) -> Topic:
        """The topic of the path.

        Raises:
            NotFound: there is none, or it is not the caller's.
        """
        return self._topics.of(caller, request.path["topic"])


def _act(change: Change | None, text: str | None, note_id: str, work: Work, moment: Moment) -> Work:
    following = changed(work, moment, change) if change else work
    return noted(following, Note(id=note_id, at=moment.at, by=moment.who, text=text)) if text else following


def _note_id(topic: Topic, request: HttpRequest) -> str:
    """The id of what a request notes: repeated, it notes it once."""
    return identifier("nt", f"{topic.id} {request.path.get('mention', '')}", request)


def _check(asked: ChangeMentions) -> None:
    """Pass a request that says which mentions, and what of them.

    Raises:
        InvalidInput: it does not.
    """
    if bool(asked.mentions) == (asked.where is not None):
        raise InvalidInput("which mentions?", field="mentions", remedy="give their ids, or where to find them")
    if asked.change is None and asked.note is None:
        raise InvalidInput("nothing is to be changed", field="change", remedy="give a change or a note")


def _who(caller: Caller, name: str | None) -> Who:
    return Who(key=caller.key or None, name=name)


def _shown(done: Done) -> Answer:
    if done.error:
        raise done.error
    assert done.work  # noqa: S101 - what has no error has been done
    return Answer(200, view(done.held.item, done.work))


def _result(done: Done) -> ChangeResult:
    return ChangeResult(
        id=done.held.id,
        result=done.result,
        status=done.work.status if done.work else None,
        detail=str(done.error) if done.error else None,
    )
