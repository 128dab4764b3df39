"""What the stored script ``merge-mention`` is given; its header says what becomes of it.

Each function gives params of its own kind. Those of several kinds can be joined into one update
(``{**matching(...), **working(...)}``): ``match`` and ``work`` in one, say, of a mention that is made again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from socialindex.mentions.model import mention_id
from socialindex.mentions.work import work_params
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.mentions.work import Work

Document = dict[str, Any]
"""A post's document, as the engine returns it (``_source``), whole."""
Params = dict[str, Any]

SCRIPT: Final = "merge-mention"
CONFLICT_RETRIES: Final = 5
"""Of one update: the index stage, a person and the cluster writer may meet in a mention."""
NOT_SHOWN: Final = frozenset(
    {"history", "versions", "metrics_history", "signature", "provenance", "refreshed_at", "title_only", "visibility"}
)
"""Fields of a post's document that a mention's does not take from it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def matching(  # noqa: PLR0913 - what a match is made of
    document: Document,
    *,
    topic: str,
    workspace: str,
    revision: int,
    since: datetime,
    matched: Sequence[str],
    at: datetime,
) -> Params:
    """A topic's query matches a post.

    Args:
        document: the post's, as it was held against the topic; a living one.
        topic: the topic's id.
        workspace: the topic's.
        revision: of the topic, that which matched.
        since: when that revision came to be.
        matched: what of the query was found.
        at: when it was found out.
    """
    match = {
        "id": mention_id(topic, document["id"]),
        "topic": topic,
        "workspace": workspace,
        "post": document["id"],
        "public": document["visibility"] == PUBLIC,
        "revision": revision,
        "matched": list(matched),
        "matched_at": _iso(at),
        "backfilled": datetime.fromisoformat(document["first_seen_at"]) < since,
    }
    return {"match": match, **following(document, workspace)}


def following(document: Document, workspace: str) -> Params:
    """A mention's post changed in what no query asks for, such as its figures."""
    return {"seen": seen(document), "post": projected(document, workspace)}


def going(gone: Literal["edited", "topic"], seen: int, revision: int) -> Params:
    """The topic does not match any more: since the post changed, or since the topic did.

    Args:
        gone: why.
        seen: version of the post that does not match. Of a topic that was changed or deleted, and nobody looked at the
            post: the one that the mention was made of (``byposts.Place.seen``).
        revision: of the topic that does not match.
    """
    return {"gone": gone, "seen": seen, "revision": revision}


def deleting(seen: int) -> Params:
    """The post is gone as of a version, for every topic; a newer version can bring the mention back."""
    return {"gone": "deleted", "seen": seen}


def erasing(seen: int | None = None) -> Params:
    """The post must not be kept as it was in a version; with ``None`` in any, and the mention never comes back."""
    return {"gone": "erased"} if seen is None else {"gone": "erased", "seen": seen}


def moving(before: str, after: str) -> Params:
    """The post has another ``cluster_id``."""
    return {"cluster": {"from": before, "to": after}}


def working(work: Work) -> Params:
    """People did something; the newest version of it counts."""
    return {"work": work_params(work)}


def update(index: str, mention: str, params: Params, *, make: bool) -> bytes:
    """The two lines of a bulk request that bring this to a mention.

    Args:
        index: ``mentions-g<generation>-<month>``, beside that of the post.
        mention: its id.
        params: of the script.
        make: whether it is remembered where the mention is not there. Without, the engine's verdict on the item is
            then 404 with ``document_missing_exception``.
    """
    action = {"update": {"_index": index, "_id": mention, "retry_on_conflict": CONFLICT_RETRIES}}
    body: dict[str, Any] = {"script": {"id": SCRIPT, "params": {"id": mention, **params}}}
    if make:
        body |= {"scripted_upsert": True, "upsert": {}}
    return msgspec.json.encode(action) + b"\n" + msgspec.json.encode(body) + b"\n"


def projected(document: Document, workspace: str) -> Document:
    """What a post's document has for the top of a mention's: only the topic's workspace may see it."""
    return {**{name: value for name, value in document.items() if name not in NOT_SHOWN}, "visibility": workspace}


def seen(document: Document) -> int:
    """The version of a post's document: when it last changed, in Unix ms."""
    return (datetime.fromisoformat(document["updated_at"]) - _EPOCH) // timedelta(milliseconds=1)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
