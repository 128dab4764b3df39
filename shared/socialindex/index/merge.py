"""A post as the parameters of the stored script ``merge-post``, which merges it into its document."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from socialindex.model import PUBLIC
from socialindex.terms.keeping import DERIVED, LEFT_OUT, bare

if TYPE_CHECKING:
    from socialindex.model import Post

SCRIPT = "merge-post"
_DIGITS = 32
"""Of a digest: 128 bits, so that nobody finds two texts for one."""
_BARE = {"left_out": LEFT_OUT, "derived": DERIVED}
_NEVER = datetime.min.replace(tzinfo=UTC)


def parameters(
    post: Post, now: datetime, *, live: bool, replay: bool, refresh: bool = False, title_only: bool = False
) -> dict[str, Any]:
    """What the script is given; its header says what each means.

    Of a post of which only the title may be stored, the rest is left out here: it may have waited since before its
    host's terms said so.
    """
    post = bare(post) if title_only else post
    written = post.edited_at or post.published_at
    latency = _ms(now) - _ms(post.published_at) if live and not replay and post.published_at else None
    return {
        # Reads filter by these two, so that a document names them even where they are the default.
        "post": {**msgspec.to_builtins(post), "kind": post.kind, "visibility": post.visibility},
        "content": _digest(post),
        "now": now.isoformat().replace("+00:00", "Z"),
        "edited": _ms(written) if written else 0,
        "seen": _ms(post.collected_at),
        "latency": latency,
        "replay": replay,
        "refresh": refresh,
        "bare": _BARE if title_only else None,
    }


def _digest(post: Post) -> str:
    """What a post says, in short, without what readings of the same words differ in: citation, figures and facts."""
    author = post.author and msgspec.structs.replace(post.author, followers=None)
    # What is the default is left out, of strings only the very object: one that comes from a document is another.
    visibility = PUBLIC if post.visibility == PUBLIC else post.visibility
    said = msgspec.structs.replace(
        post,
        author=author,
        visibility=visibility,
        metrics=None,
        in_reply_to=None,
        thread_id=None,
        collected_at=_NEVER,
        provenance=None,
    )
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:_DIGITS]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
