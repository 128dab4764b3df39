"""nDCG@10 of 85 judged queries, class by class, beside an index with the plain standard analyzer.

The posts are some four hundred short ones, Korean, English and Japanese. Both indices hold the same documents; the
plain one is asked the same query through the engine's own ``query_string``, all words demanded, as we demand them.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy import helpers

from infra.bench.figure import Figure
from infra.bench.judging import DEPTH, NEWEST, entries, gain, ndcg, posts, questions, timely
from infra.bench.progress import say
from infra.local.servers import OpenSearch, OpenSearchConfig, free_port, start_all
from socialindex import engine
from socialindex.query import compile_query, names, parse
from socialindex.search.ranking import ranked
from socialindex.setup.template import posts_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch as Engine

    from infra.bench.judging import Question
    from socialindex.dictionary import Entry

    Worth = Callable[[Question], dict[str, float]]

ROOT: Final = Path(__file__).parents[2]
OURS: Final = "judged"
UNTAUGHT: Final = "judged-untaught"
PLAIN: Final = "judged-plain"
_UNIT = "nDCG@10"
_HEAP_MB = 512
_FIELDS = ["title^2", "text", "hashtags"]


class Taught:
    """The judged dictionary, for those who ask for names."""

    def all(self) -> list[Entry]:
        """All entries."""
        return entries()


class Way(NamedTuple):
    """One way to ask: an index, and how a query is written for it."""

    home: str
    written: Callable[[Question], dict[str, Any]]


def run() -> list[Figure]:
    """The mean of each class and of all; beside any word found; without the dictionary; and what newness changes."""
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        options: dict[str, Any] = {"heap_mb": _HEAP_MB, "quick_start": True, "persistent": False}
        config = OpenSearchConfig(data=Path(folder), port=free_port(), **options)
        with start_all([config]) as running:
            return measured(engine.connect(running.get(OpenSearch).url, signed=False))


def measured(client: Engine) -> list[Figure]:
    """The figures of an engine, which is given the indices for it."""
    say(f"  judging {len(questions())} queries over {len(posts())} posts ...")
    fill(client)
    ours, plain = scores(client, OUR_WAY), scores(client, PLAIN_WAY)
    kinds = dict.fromkeys(question.kind for question in questions())
    return [
        *(_figure(kind, _mean(ours, kind), _mean(plain, kind)) for kind in kinds),
        _figure("all", _mean(ours), _mean(plain)),
        _figure("all_any_word", _mean(ours), _mean(scores(client, ANY_WORD))),
        _figure("all_untaught", _mean(scores(client, Way(UNTAUGHT, _untaught))), _mean(plain)),
        _figure("best", _mean(scores(client, BEST_WAY)), _mean(ours)),
        _figure("best_timely", _mean(scores(client, BEST_WAY, _timely)), _mean(scores(client, OUR_WAY, _timely))),
    ]


def fill(client: Engine) -> None:
    """Index the posts: as we do, as we do without a dictionary, and plainly."""
    _create(client, OURS, _body(entries()))
    _create(client, UNTAUGHT, _body([]))
    plain = _body([])
    plain["mappings"]["properties"] |= {"title": {"type": "text"}, "text": {"type": "text"}}
    _create(client, PLAIN, plain)


def scores(client: Engine, way: Way, worth: Worth | None = None) -> list[tuple[str, float]]:
    """The class and the nDCG@10 of each query, by its grades or what else its posts are worth."""
    worth = worth or _worth
    return [(question.kind, ndcg(worth(question), asked(client, way, question))) for question in questions()]


def asked(client: Engine, way: Way, question: Question) -> list[str]:
    """The first ten hits."""
    body = {"query": way.written(question), "size": DEPTH, "_source": False, "sort": ["_score", {"id": "asc"}]}
    return [hit["_id"] for hit in client.search(index=way.home, body=body)["hits"]["hits"]]


def _worth(question: Question) -> dict[str, float]:
    return {post: gain(grade) for post, grade in question.grades.items()}


def _timely(question: Question) -> dict[str, float]:
    days = {post.id: post.days for post in posts()}
    return {post: gain(timely(grade, days[post])) for post, grade in question.grades.items()}


def _create(client: Engine, index: str, body: dict[str, Any]) -> None:
    client.indices.create(index=index, body=body)
    actions = ({"_index": index, "_id": post.id, "_source": post.document} for post in posts())
    helpers.bulk(client, actions, refresh=True)


def _body(known: list[Entry]) -> dict[str, Any]:
    template = posts_template(ROOT / "infra" / "opensearch", known)["template"]
    return {"settings": template["settings"], "mappings": template["mappings"]}


def _compiled(question: Question) -> dict[str, Any]:
    names.use(Taught())
    return compile_query(parse(question.q))


def _untaught(question: Question) -> dict[str, Any]:
    names.use(None)
    return compile_query(parse(question.q))


def _best(question: Question) -> dict[str, Any]:
    return ranked(_compiled(question), NEWEST)


def _plainly(operator: str) -> Callable[[Question], dict[str, Any]]:
    return lambda question: {
        "query_string": {"query": question.q, "fields": _FIELDS, "default_operator": operator, "lenient": True}
    }


OUR_WAY: Final = Way(OURS, _compiled)
BEST_WAY: Final = Way(OURS, _best)
PLAIN_WAY: Final = Way(PLAIN, _plainly("and"))
ANY_WORD: Final = Way(PLAIN, _plainly("or"))


def _mean(found: list[tuple[str, float]], kind: str = "") -> float:
    return statistics.fmean(score for name, score in found if not kind or name == kind)


def _figure(name: str, value: float, baseline: float) -> Figure:
    ratio = round(value / baseline, 2) if baseline else None
    return Figure(f"relevance_{name}", round(value, 3), _UNIT, round(baseline, 3), ratio)
